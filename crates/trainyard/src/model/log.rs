//! Logging a model to a run: saved first, then made, filled and registered, so that what cannot be saved leaves nothing
//! behind.

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::Duration;

use trainyard_api::datasets::{LogOutputs, ModelOutput};
use trainyard_api::logged_models::{
    CreateLoggedModel, FinalizeLoggedModel, LogLoggedModelParams, LoggedModelInfo, LoggedModelStatus,
};
use trainyard_api::metric_summaries::GetMetricSummaries;
use trainyard_api::metrics::Metric;
use trainyard_api::runs::{GetRun, LogBatch, Run as StoredRun};
use trainyard_api::{ModelId, Param, RunId, Tag, limits};

use super::folder::Filled;
use super::{ModelFolder, ModelOptions, SaveModel};
use crate::models::{self, MLMODEL};
use crate::{Client, Error, Run};

/// Params that one request to make a logged model takes.
const PARAMS_PER_REQUEST: usize = 100;
/// Points of a metric that are looked through at a time.
const HISTORY_PAGE: u32 = 10_000;
/// How long what the run has logged may take to be delivered.
const DELIVERY: Duration = Duration::from_secs(60);
/// Tags of a run that say who made it and how, which its models have too.
const TAGS_OF_ORIGIN: [&str; 3] = ["mlflow.user", "mlflow.source.name", "mlflow.source.type"];

/// A model that has been logged.
///
/// ```
/// # fn main() -> Result<(), trainyard::Error> {
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// # let run = client.start_run("iris", "")?;
/// use trainyard::ModelOptions;
/// use trainyard::flavors::Json;
///
/// let options = ModelOptions::new().registered_model_name("iris-classifier");
/// let info = run.log_model_with("weights", &Json(&[0.5, -1.25]), &options)?;
/// assert_eq!(info.model_uri, format!("models:/{}", info.model_id));
/// assert_eq!(info.registered_model_version.as_deref(), Some("1"));
/// # run.finish()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ModelInfo {
    /// Id of the logged model, `m-…`.
    pub model_id: ModelId,
    /// `models:/m-…`, for [`load_model`](crate::load_model).
    pub model_uri: String,
    /// Where the files are.
    pub artifact_uri: String,
    /// Number of the version, where the model was registered.
    pub registered_model_version: Option<String>,
}

impl Run {
    /// Saves a model and logs it under this name.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// use trainyard::flavors::Json;
    ///
    /// let client = trainyard::Client::connect(&tracking_uri)?;
    /// let run = client.start_run("iris", "")?;
    /// let weights = vec![0.5, -1.25];
    /// let info = run.log_model("weights", &Json(&weights))?;
    /// run.finish()?;
    /// let Json(loaded) = client.load_model::<Json<Vec<f64>>>(&info.model_uri)?;
    /// assert_eq!(loaded, weights);
    /// # Ok(())
    /// # }
    /// ```
    pub fn log_model(&self, name: &str, model: &dyn SaveModel) -> Result<ModelInfo, Error> {
        self.log_model_with(name, model, &ModelOptions::default())
    }

    /// Saves a model and logs it under this name, with all that the options say.
    ///
    /// Names, params and tags are checked and the model is saved before anything is made in the tracking store. What fails
    /// while its files are sent leaves a logged model that is marked as failed, as far as the store can still be told; what
    /// fails while it is registered is [`Error::NotRegistered`], which names the logged model. [`Error::Undelivered`] is a
    /// store that cannot be reached; what it has refused of the run is told by [`flush`](Run::flush) and
    /// [`finish`](Run::finish), not here.
    pub fn log_model_with(
        &self,
        name: &str,
        model: &dyn SaveModel,
        options: &ModelOptions,
    ) -> Result<ModelInfo, Error> {
        check_name(name)?;
        if let Some(name) = &options.registered_model_name {
            check_registered_name(name)?;
        }
        options.check()?;
        // A run that the store does not have yet has no place for files: better said before the model is saved.
        self.artifact_uri("a model")?;
        let temporary = std::env::temp_dir();
        let folder = tempfile::Builder::new().prefix("trainyard-").tempdir().map_err(Error::io(&temporary))?;
        let filled = ModelFolder::fill(&folder.path().join("model"), model, options)?;
        let client = self.client();
        // Params, and the points of this step, are the model's too: the store must have them first. What it has refused is no
        // fault of the model.
        self.inner().deliver_quietly(DELIVERY)?;
        let stored = client.call(GetRun { run_id: self.stored_id()?, ..Default::default() })?.run;
        let logged = client.call(creation(&stored, name, options))?.model.info;
        let first_points = self.first_points();
        let is_of_model = |point: &Metric| self.is_of_model(point);
        let delivery =
            Delivery { client, run: &stored, logged: &logged, options, first_points, is_of_model: &is_of_model };
        if let Err(error) = delivery.carry_out(filled) {
            delivery.mark_as_failed();
            return Err(error);
        }
        let model_uri = format!("models:/{}", logged.model_id);
        let registered_model_version = match &options.registered_model_name {
            Some(name) => {
                let registered = client.register_model(&model_uri, name, &options.tags);
                let version = registered.map_err(|source| Error::NotRegistered {
                    model_uri: model_uri.clone(),
                    name: name.clone(),
                    source: Box::new(source),
                })?;
                Some(version.version)
            }
            None => None,
        };
        Ok(ModelInfo {
            model_id: logged.model_id,
            model_uri,
            artifact_uri: logged.artifact_uri,
            registered_model_version,
        })
    }
}

fn creation(run: &StoredRun, name: &str, options: &ModelOptions) -> CreateLoggedModel {
    let mut tags: Vec<Tag> = Vec::new();
    for key in TAGS_OF_ORIGIN {
        let of_run = run.data.tags.iter().find(|tag| tag.key == key);
        tags.extend(of_run.filter(|_| !options.tags.iter().any(|tag| tag.key == key)).cloned());
    }
    tags.extend_from_slice(&options.tags);
    CreateLoggedModel {
        experiment_id: run.info.experiment_id.clone(),
        name: name.to_owned(),
        model_type: options.model_type.clone(),
        source_run_id: run.info.run_id.clone(),
        params: all_params(run, options).into_iter().take(PARAMS_PER_REQUEST).collect(),
        tags,
    }
}

/// Those that the caller names, then those of the run.
fn all_params(run: &StoredRun, options: &ModelOptions) -> Vec<Param> {
    let is_named = |key: &str| options.params.iter().any(|param| param.key == key);
    let of_run = run.data.params.iter().filter(|param| !is_named(&param.key));
    options.params.iter().chain(of_run).cloned().collect()
}

/// A logged model on its way to being complete.
struct Delivery<'a> {
    client: &'a Client,
    run: &'a StoredRun,
    logged: &'a LoggedModelInfo,
    options: &'a ModelOptions,
    /// What this process has logged last at step 0.
    first_points: Vec<Metric>,
    /// Whether a point of the run is another model's: stores do not tell.
    is_of_model: &'a dyn Fn(&Metric) -> bool,
}

impl Delivery<'_> {
    fn carry_out(&self, mut filled: Filled) -> Result<(), Error> {
        let model_id = self.model_id();
        let all = all_params(self.run, self.options);
        for params in all.get(PARAMS_PER_REQUEST..).unwrap_or_default().chunks(PARAMS_PER_REQUEST) {
            self.client.call(LogLoggedModelParams { model_id: model_id.clone(), params: params.to_vec() })?;
        }
        let outputs = vec![ModelOutput { model_id: model_id.clone(), step: self.options.step }];
        self.client.call(LogOutputs { run_id: self.run_id(), models: outputs })?;
        filled.description.model_id = Some(model_id.to_string());
        filled.description.model_uuid = model_id.to_string();
        filled.description.artifact_path = Some(self.logged.artifact_uri.clone());
        filled.description.run_id = Some(self.run_id().to_string());
        filled.finish()?;
        self.upload(&filled)?;
        self.link_metrics()?;
        self.client.call(FinalizeLoggedModel { model_id, status: LoggedModelStatus::Ready })?;
        Ok(())
    }

    /// `MLmodel` goes last: without it there is no model, so nobody finds half of one.
    fn upload(&self, filled: &Filled) -> Result<(), Error> {
        let artifacts = self.client.artifacts(&self.logged.artifact_uri)?;
        let mut files: Vec<(PathBuf, String)> = Vec::new();
        for file in models::files_below(&filled.path)? {
            if file != MLMODEL {
                files.push((filled.path.join(&file), file));
            }
        }
        artifacts.upload(&files, &())?;
        artifacts.upload(&[(filled.path.join(MLMODEL), MLMODEL.to_owned())], &())
    }

    /// Repeats the run's points of this step with the model's id. Points at step 0, where models stand when nothing is said, are
    /// first looked for among those that this process has logged. A metric that had begun by this step, and whose latest
    /// point is a later one or another model's, is looked up page by page.
    fn link_metrics(&self) -> Result<(), Error> {
        let step = self.options.step;
        let is_wanted = |point: &Metric| point.step == step && point.model_id.is_empty() && !(self.is_of_model)(point);
        let (mut linked, mut hidden): (Vec<Metric>, Vec<&str>) = Default::default();
        for latest in &self.run.data.metrics {
            let first = self.first_points.iter().find(|point| step == 0 && point.key == latest.key);
            if let Some(first) = first {
                linked.push(first.clone());
            } else if is_wanted(latest) {
                linked.push(latest.clone());
            } else if latest.step >= step {
                hidden.push(&latest.key);
            }
        }
        self.keep_begun(&mut hidden);
        for key in hidden {
            let history = self.client.metric_history(self.run_id(), key).page_size(HISTORY_PAGE);
            for page in history.pages() {
                linked.extend(page?.into_iter().filter(is_wanted));
            }
        }
        for point in &mut linked {
            point.model_id = self.model_id();
            point.run_id = RunId::default();
        }
        for metrics in linked.chunks(limits::BATCH_METRICS) {
            let request = LogBatch { run_id: self.run_id(), metrics: metrics.to_vec(), ..Default::default() };
            self.client.call(request)?;
        }
        Ok(())
    }

    /// Drops the metrics that begin at a later step, as Trainyard tells of many at once. Other servers do not: each of their
    /// histories is looked at.
    fn keep_begun(&self, keys: &mut Vec<&str>) {
        if keys.is_empty() {
            return;
        }
        let max_results = Some(limits::METRIC_SUMMARIES);
        let request = GetMetricSummaries { run_id: self.run_id(), max_results, ..Default::default() };
        if let Ok(answer) = self.client.call(request) {
            let later = answer.metrics.iter().filter(|metric| metric.first.step > self.options.step);
            let later: HashSet<&str> = later.map(|metric| metric.key.as_str()).collect();
            keys.retain(|key| !later.contains(key));
        }
    }

    fn mark_as_failed(&self) {
        let failed = FinalizeLoggedModel { model_id: self.model_id(), status: LoggedModelStatus::UploadFailed };
        if let Err(error) = self.client.call(failed) {
            tracing::warn!(model.id = %self.logged.model_id, %error, "the model could not be marked as failed");
        }
    }

    fn model_id(&self) -> ModelId {
        self.logged.model_id.clone()
    }

    fn run_id(&self) -> RunId {
        self.run.info.run_id.clone()
    }
}

/// What the tracking store would refuse, before anything is saved or made.
fn check_name(name: &str) -> Result<(), Error> {
    const FORBIDDEN: [char; 6] = ['/', ':', '.', '%', '"', '\''];
    if !name.is_empty() && !name.contains(FORBIDDEN) {
        return Ok(());
    }
    Err(Error::InvalidModel {
        field: "model name",
        value: name.to_owned(),
        reason: "it may not be empty, nor hold any of / : . % \" '".to_owned(),
    })
}

fn check_registered_name(name: &str) -> Result<(), Error> {
    let reason = match name {
        _ if name.trim().is_empty() => "it may not be empty",
        _ if name.contains(['/', ':']) => "it may not hold / or :",
        "." | ".." => "it may not be a dot or two",
        _ => return Ok(()),
    };
    Err(Error::InvalidModel { field: "registered model name", value: name.to_owned(), reason: reason.to_owned() })
}
