//! Model URIs: which there are, and where the files behind them lie.

use std::path::{Path, PathBuf};

use trainyard_api::logged_models::{GetLoggedModel, LoggedModel, SearchLoggedModels};
use trainyard_api::model_versions::{GetModelVersion, GetModelVersionDownloadUri, ModelVersion};
use trainyard_api::registered_models::{GetLatestVersions, GetModelVersionByAlias};
use trainyard_api::runs::Run;
use trainyard_api::{ModelId, RunId};

use crate::{Client, Error, Progress, models, run};

/// Versions that are made from versions are followed so far.
const MAX_HOPS: usize = 8;

/// A model URI, taken apart.
///
/// ```
/// use trainyard::ModelUri;
///
/// # fn main() -> Result<(), trainyard::Error> {
/// let uri = ModelUri::parse("models:/iris-classifier@champion")?;
/// assert_eq!(uri, ModelUri::Alias("iris-classifier".to_owned(), "champion".to_owned()));
/// assert_eq!(ModelUri::parse("models:/m-0123")?, ModelUri::Logged("m-0123".into()));
/// assert!(ModelUri::parse("models:/a/b/c").is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ModelUri {
    /// `models:/m-…`
    Logged(ModelId),
    /// `models:/name/3`
    Version(String, String),
    /// `models:/name/latest`
    Latest(String),
    /// `models:/name/Production`
    Stage(String, String),
    /// `models:/name@alias`
    Alias(String, String),
    /// `runs:/run/path`; the path may be empty.
    Run(RunId, String),
    /// A path, or the URI of an artifact root.
    Place(String),
}

/// Where a model's files lie, and what is known of it.
///
/// ```
/// # fn main() -> Result<(), trainyard::Error> {
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// client.register_model("s3://bucket/models/iris", "iris", &[])?;
/// let resolved = client.resolve_model("models:/iris/1")?;
/// assert_eq!(resolved.artifact_uri, "s3://bucket/models/iris");
/// assert_eq!(resolved.registered, Some(("iris".to_owned(), "1".to_owned())));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ResolvedModel {
    /// URI of the model directory, for [`Client::artifacts`].
    pub artifact_uri: String,
    /// The logged model.
    pub model_id: Option<ModelId>,
    /// The run that made it, where the URI told.
    pub run_id: Option<RunId>,
    /// Registered name and version number, where the URI went through the registry.
    pub registered: Option<(String, String)>,
}

impl ModelUri {
    /// Takes a model URI apart without asking anybody.
    ///
    /// ```
    /// use trainyard::ModelUri;
    ///
    /// assert_eq!(ModelUri::parse("models:/iris/3")?, ModelUri::Version("iris".to_owned(), "3".to_owned()));
    /// assert_eq!(ModelUri::parse("s3://bucket/iris")?, ModelUri::Place("s3://bucket/iris".to_owned()));
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    pub fn parse(uri: &str) -> Result<Self, Error> {
        let error = |reason: &str| Error::Uri { kind: "model URI", uri: uri.to_owned(), reason: reason.to_owned() };
        if let Some(rest) = uri.strip_prefix("models:") {
            const FORMS: &str = "expected models:/m-<id>, models:/<name>/<version>, models:/<name>/latest, \
                                 models:/<name>/<stage> or models:/<name>@<alias>";
            let path = rest.strip_prefix('/').ok_or_else(|| error(FORMS))?.trim_start_matches('/');
            return match path.split('/').collect::<Vec<_>>()[..] {
                [name, suffix] if !name.trim().is_empty() && !suffix.trim().is_empty() => {
                    let name = name.to_owned();
                    Ok(match suffix {
                        _ if suffix.bytes().all(|byte| byte.is_ascii_digit()) => Self::Version(name, suffix.to_owned()),
                        _ if suffix.eq_ignore_ascii_case("latest") => Self::Latest(name),
                        _ => Self::Stage(name, suffix.to_owned()),
                    })
                }
                [one] if !one.trim().is_empty() => match one.rsplit_once('@') {
                    Some((name, alias)) if !name.is_empty() && !alias.trim().is_empty() => {
                        Ok(Self::Alias(name.to_owned(), alias.to_owned()))
                    }
                    Some(_) => Err(error(FORMS)),
                    None => Ok(Self::Logged(one.into())),
                },
                _ => Err(error(FORMS)),
            };
        }
        if let Some(rest) = uri.strip_prefix("runs:") {
            let path = rest.strip_prefix('/').ok_or_else(|| error("expected runs:/<run id>/<path>"))?;
            let (run_id, path) = path.trim_start_matches('/').split_once('/').unwrap_or((path, ""));
            if run_id.is_empty() {
                return Err(error("expected runs:/<run id>/<path>"));
            }
            return Ok(Self::Run(run_id.into(), path.trim_end_matches('/').to_owned()));
        }
        if uri.is_empty() {
            return Err(error("it is empty"));
        }
        Ok(Self::Place(uri.to_owned()))
    }
}

impl Client {
    /// Finds where the model behind a URI lies: `models:/…`, `runs:/…`, a path or an artifact URI.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// use trainyard::flavors::Json;
    ///
    /// let info = run.log_model("weights", &Json(&[0.5, -1.25]))?;
    /// let resolved = client.resolve_model(&format!("runs:/{}/weights", run.id()))?;
    /// assert_eq!(resolved.artifact_uri, info.artifact_uri);
    /// assert_eq!(resolved.model_id, Some(info.model_id));
    /// # run.finish()
    /// # }
    /// ```
    pub fn resolve_model(&self, uri: &str) -> Result<ResolvedModel, Error> {
        self.resolve(uri, 0)
    }

    fn resolve(&self, uri: &str, hops: usize) -> Result<ResolvedModel, Error> {
        if hops > MAX_HOPS {
            return Err(no_model(uri, "its versions refer to each other without end"));
        }
        match ModelUri::parse(uri)? {
            ModelUri::Logged(model_id) => {
                let model = self.call(GetLoggedModel { model_id, allow_deleted: false })?.model;
                Ok(ResolvedModel::of(model))
            }
            ModelUri::Version(name, version) => self.resolve_version(name, version, hops),
            ModelUri::Alias(name, alias) => {
                let found = self.call(GetModelVersionByAlias { name: name.clone(), alias })?.model_version;
                self.resolve_version(name, found.version, hops)
            }
            ModelUri::Latest(name) => {
                let version = self.latest_version(uri, &name, Vec::new())?;
                self.resolve_version(name, version, hops)
            }
            ModelUri::Stage(name, stage) => {
                let version = self.latest_version(uri, &name, vec![stage])?;
                self.resolve_version(name, version, hops)
            }
            ModelUri::Run(run_id, path) => self.resolve_in_run(uri, run_id, &path),
            ModelUri::Place(artifact_uri) => Ok(ResolvedModel { artifact_uri, ..Default::default() }),
        }
    }

    fn resolve_version(&self, name: String, version: String, hops: usize) -> Result<ResolvedModel, Error> {
        let request = GetModelVersionDownloadUri { name: name.clone(), version: version.clone() };
        let artifact_uri = self.call(request)?.artifact_uri;
        let found = self.call(GetModelVersion { name: name.clone(), version: version.clone() })?.model_version;
        // Servers differ in whether they answer the place itself or the model it was registered from.
        let mut resolved = self.resolve(&artifact_uri, hops + 1)?;
        resolved.model_id = resolved.model_id.or(model_id_of(&found));
        resolved.run_id = resolved.run_id.or((!found.run_id.is_empty()).then_some(found.run_id));
        resolved.registered = Some((name, version));
        Ok(resolved)
    }

    /// The highest version number among the newest of each stage.
    fn latest_version(&self, uri: &str, name: &str, stages: Vec<String>) -> Result<String, Error> {
        let versions = self.call(GetLatestVersions { name: name.to_owned(), stages })?.model_versions;
        versions
            .into_iter()
            .map(|version| version.version)
            .max_by_key(|version| version.parse::<u64>().unwrap_or(0))
            .ok_or_else(|| no_model(uri, &format!("'{name}' has no such version")))
    }

    /// The run's own artifacts come first, then the logged models of the run by name.
    fn resolve_in_run(&self, uri: &str, run_id: RunId, path: &str) -> Result<ResolvedModel, Error> {
        let run = run::get(self, &run_id)?;
        let run_id = run.info.run_id.clone();
        let root = run.info.artifact_uri.trim_end_matches('/');
        if path.is_empty() {
            let artifact_uri = root.to_owned();
            return Ok(ResolvedModel { artifact_uri, run_id: Some(run_id), ..Default::default() });
        }
        // A root that cannot be reached does not keep the run's logged models from being found.
        let exists = self.artifacts(root).and_then(|artifacts| artifacts.exists(path));
        if matches!(exists, Ok(true)) {
            let artifact_uri = format!("{root}/{path}");
            return Ok(ResolvedModel { artifact_uri, run_id: Some(run_id), ..Default::default() });
        }
        let (name, below) = path.split_once('/').unwrap_or((path, ""));
        let Some(model) = self.logged_model_of_run(&run, name)? else {
            exists?;
            let reason = format!("the run has neither artifacts at '{path}' nor a logged model '{name}'");
            return Err(no_model(uri, &reason));
        };
        let mut resolved = ResolvedModel::of(model);
        if !below.is_empty() {
            resolved.artifact_uri = format!("{}/{below}", resolved.artifact_uri.trim_end_matches('/'));
        }
        Ok(resolved)
    }

    /// The logged model of that name that the run made; of several, the one logged at the highest step, and of those
    /// the newest.
    pub(crate) fn logged_model_of_run(&self, run: &Run, name: &str) -> Result<Option<LoggedModel>, Error> {
        // The filter language cannot quote a quote, and no logged model's name holds one.
        if name.contains('\'') {
            return Ok(None);
        }
        let mut request = SearchLoggedModels {
            experiment_ids: vec![run.info.experiment_id.clone()],
            filter: format!("name = '{name}' AND source_run_id = '{}'", run.info.run_id),
            ..Default::default()
        };
        let mut best: Option<(i64, LoggedModel)> = None;
        loop {
            let page = self.call(request.clone())?;
            for model in page.models {
                let mut outputs = run.outputs.iter().flat_map(|outputs| &outputs.model_outputs);
                let step = outputs.find(|output| output.model_id == model.info.model_id).map_or(0, |o| o.step);
                let newer = |(best_step, best): &(i64, LoggedModel)| {
                    (step, model.info.creation_timestamp_ms) > (*best_step, best.info.creation_timestamp_ms)
                };
                if best.as_ref().is_none_or(newer) {
                    best = Some((step, model));
                }
            }
            if page.next_page_token.is_empty() {
                return Ok(best.map(|(_, model)| model));
            }
            request.page_token = page.next_page_token;
        }
    }

    /// Fetches the model directory behind a URI into `dest`, checks it, and answers where it is.
    ///
    /// A model that lies in a folder of this machine is checked and answered in place; nothing is copied.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// use trainyard::flavors::Json;
    ///
    /// let info = run.log_model("weights", &Json(&[0.5, -1.25]))?;
    /// let place = client.download_model(&info.model_uri, &folder.path().join("models"), &())?;
    /// assert!(place.join("MLmodel").is_file());
    /// # run.finish()
    /// # }
    /// ```
    pub fn download_model(&self, uri: &str, dest: &Path, progress: &dyn Progress) -> Result<PathBuf, Error> {
        let artifacts = self.artifacts(&self.resolve_model(uri)?.artifact_uri)?;
        let folder = match artifacts.local_root() {
            Some(root) => root.to_owned(),
            None => artifacts.download("", dest, progress)?,
        };
        models::verify(&folder)?;
        Ok(folder)
    }
}

impl ResolvedModel {
    fn of(model: LoggedModel) -> Self {
        let run_id = model.info.source_run_id;
        Self {
            artifact_uri: model.info.artifact_uri,
            model_id: Some(model.info.model_id),
            run_id: (!run_id.is_empty()).then_some(run_id),
            registered: None,
        }
    }
}

/// The logged model that a version was made from. MLflow's server tells it only as the version's source.
pub(crate) fn model_id_of(version: &ModelVersion) -> Option<ModelId> {
    match ModelUri::parse(&version.source) {
        _ if !version.model_id.is_empty() => Some(version.model_id.clone()),
        Ok(ModelUri::Logged(model_id)) => Some(model_id),
        _ => None,
    }
}

fn no_model(uri: &str, reason: &str) -> Error {
    Error::NoModel { uri: uri.to_owned(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_told_from_the_others() {
        let parse = |uri: &str| ModelUri::parse(uri).expect("a model URI");
        let text = str::to_owned;
        assert_eq!(parse("models:/m-0123"), ModelUri::Logged("m-0123".into()));
        assert_eq!(parse("models:/iris/12"), ModelUri::Version(text("iris"), text("12")));
        assert_eq!(parse("models:/iris/Latest"), ModelUri::Latest(text("iris")));
        assert_eq!(parse("models:/iris/Production"), ModelUri::Stage(text("iris"), text("Production")));
        assert_eq!(parse("models:/a@b@champion"), ModelUri::Alias(text("a@b"), text("champion")));
        assert_eq!(parse("models:///iris/1"), ModelUri::Version(text("iris"), text("1")));
        assert_eq!(parse("runs:/r1/model/sub/"), ModelUri::Run("r1".into(), text("model/sub")));
        assert_eq!(parse("runs:/r1"), ModelUri::Run("r1".into(), String::new()));
        assert_eq!(parse("s3://bucket/model"), ModelUri::Place(text("s3://bucket/model")));
        assert_eq!(parse("./model"), ModelUri::Place(text("./model")));
    }

    #[test]
    fn what_is_none_of_them_is_refused_by_name() {
        for uri in ["models:", "models:/", "models:/a/b/c", "models:/a/", "models:/@x", "models:/a@", "runs:/", ""] {
            let error = ModelUri::parse(uri).expect_err(uri);
            assert!(error.to_string().contains("model URI"), "{error}");
        }
    }
}
