//! The registry: putting a model into it with the requests that MLflow's own client sends, aliases and tags.

use serde_json::{Value, json};
use trainyard_api::logged_models::{GetLoggedModel, SetLoggedModelTags};
use trainyard_api::model_versions::{CreateModelVersion, GetModelVersion, ModelVersion, SetModelVersionTag};
use trainyard_api::registered_models::{
    CreateRegisteredModel, DeleteRegisteredModel, DeleteRegisteredModelAlias, GetLatestVersions,
    GetModelVersionByAlias, GetRegisteredModel, RegisteredModel, SetRegisteredModelAlias, SetRegisteredModelTag,
};
use trainyard_api::runs::GetRun;
use trainyard_api::{ErrorCode, ModelId, RunId, Tag};

use crate::model_uri::{ModelUri, model_id_of};
use crate::{Client, Error};

/// Tag of a logged model that lists the versions made from it.
const VERSIONS_TAG: &str = "mlflow.modelVersions";

impl Client {
    /// Makes the next version of the registered model `name`, which is made too when there is none yet, and removed again
    /// when there is no version to go into it.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// let version = client.register_model("s3://bucket/models/iris", "iris", &[])?;
    /// client.set_model_alias("iris", "champion", &version.version)?;
    /// assert_eq!(client.model_version_by_alias("iris", "champion")?.version, "1");
    /// # Ok(())
    /// # }
    /// ```
    pub fn register_model(&self, model_uri: &str, name: &str, tags: &[Tag]) -> Result<ModelVersion, Error> {
        let source = self.source_of(model_uri)?;
        let is_new = match self.call(CreateRegisteredModel { name: name.to_owned(), ..Default::default() }) {
            Ok(_) => true,
            Err(error) if error.code() == ErrorCode::ResourceAlreadyExists => false,
            Err(error) => return Err(error),
        };
        let made = self.call(CreateModelVersion {
            name: name.to_owned(),
            source: source.uri,
            run_id: source.run_id,
            tags: tags.to_vec(),
            model_id: source.model_id.clone(),
            ..Default::default()
        });
        let version = match made {
            Ok(made) => made.model_version,
            Err(error) => {
                if is_new {
                    self.undo_registered_model(name);
                }
                return Err(error);
            }
        };
        // The version is there: an error here would have callers make it again.
        if !source.model_id.is_empty()
            && let Err(error) = self.tag_with_version(source.model_id.clone(), &version)
        {
            let (model, number, id) = (&version.name, &version.version, &source.model_id);
            tracing::warn!(model.name = %model, model.version = %number, model.id = %id, %error,
                "the model is registered, and does not list the version among its tags");
        }
        Ok(version)
    }

    /// A registered model, with its aliases, its tags and the newest version of each stage.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # client.register_model("s3://bucket/models/iris", "iris", &[])?;
    /// assert_eq!(client.registered_model("iris")?.name, "iris");
    /// # Ok(())
    /// # }
    /// ```
    pub fn registered_model(&self, name: &str) -> Result<RegisteredModel, Error> {
        Ok(self.call(GetRegisteredModel { name: name.to_owned() })?.registered_model)
    }

    /// A version of a registered model, by its number.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # client.register_model("s3://bucket/models/iris", "iris", &[])?;
    /// assert_eq!(client.model_version("iris", "1")?.source, "s3://bucket/models/iris");
    /// # Ok(())
    /// # }
    /// ```
    pub fn model_version(&self, name: &str, version: &str) -> Result<ModelVersion, Error> {
        let (name, version) = (name.to_owned(), version.to_owned());
        Ok(self.call(GetModelVersion { name, version })?.model_version)
    }

    /// The version of a registered model that an alias stands for.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # client.register_model("s3://bucket/models/iris", "iris", &[])?;
    /// client.set_model_alias("iris", "champion", "1")?;
    /// assert_eq!(client.model_version_by_alias("iris", "champion")?.version, "1");
    /// # Ok(())
    /// # }
    /// ```
    pub fn model_version_by_alias(&self, name: &str, alias: &str) -> Result<ModelVersion, Error> {
        let (name, alias) = (name.to_owned(), alias.to_owned());
        Ok(self.call(GetModelVersionByAlias { name, alias })?.model_version)
    }

    /// Lets an alias of a registered model stand for a version, and no longer for another.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # client.register_model("s3://bucket/models/iris", "iris", &[])?;
    /// client.set_model_alias("iris", "champion", "1")?;
    /// client.delete_model_alias("iris", "champion")?;
    /// assert!(client.model_version_by_alias("iris", "champion").is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_model_alias(&self, name: &str, alias: &str, version: &str) -> Result<(), Error> {
        let (name, alias, version) = (name.to_owned(), alias.to_owned(), version.to_owned());
        self.call(SetRegisteredModelAlias { name, alias, version }).map(drop)
    }

    /// Removes an alias of a registered model.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # client.register_model("s3://bucket/models/iris", "iris", &[])?;
    /// client.set_model_alias("iris", "champion", "1")?;
    /// client.delete_model_alias("iris", "champion")?;
    /// assert!(client.registered_model("iris")?.aliases.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn delete_model_alias(&self, name: &str, alias: &str) -> Result<(), Error> {
        let (name, alias) = (name.to_owned(), alias.to_owned());
        self.call(DeleteRegisteredModelAlias { name, alias }).map(drop)
    }

    /// Sets a tag of a registered model.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # client.register_model("s3://bucket/models/iris", "iris", &[])?;
    /// client.set_model_tag("iris", "team", "flowers")?;
    /// client.set_model_version_tag("iris", "1", "reviewed", "yes")?;
    /// assert_eq!(client.registered_model("iris")?.tags[0].value, "flowers");
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_model_tag(&self, name: &str, key: &str, value: &str) -> Result<(), Error> {
        let (name, key, value) = (name.to_owned(), key.to_owned(), value.to_owned());
        self.call(SetRegisteredModelTag { name, key, value }).map(drop)
    }

    /// Sets a tag of a version of a registered model.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # client.register_model("s3://bucket/models/iris", "iris", &[])?;
    /// client.set_model_version_tag("iris", "1", "reviewed", "yes")?;
    /// assert_eq!(client.model_version("iris", "1")?.tags[0].value, "yes");
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_model_version_tag(&self, name: &str, version: &str, key: &str, value: &str) -> Result<(), Error> {
        let (name, version) = (name.to_owned(), version.to_owned());
        let (key, value) = (key.to_owned(), value.to_owned());
        self.call(SetModelVersionTag { name, version, key, value }).map(drop)
    }

    /// Removes a registered model that was made just now, unless somebody has put a version into it in the meantime.
    fn undo_registered_model(&self, name: &str) {
        let latest = GetLatestVersions { name: name.to_owned(), stages: Vec::new() };
        let undone = self.attempt(latest).and_then(|latest| {
            if !latest.model_versions.is_empty() {
                return Ok(());
            }
            self.attempt(DeleteRegisteredModel { name: name.to_owned() }).map(drop)
        });
        if let Err(error) = undone {
            tracing::warn!(model.name = name, %error, "the registered model that has no version could not be removed");
        }
    }

    fn source_of(&self, model_uri: &str) -> Result<Source, Error> {
        match ModelUri::parse(model_uri)? {
            ModelUri::Logged(model_id) => Ok(Source::of_model(model_id)),
            ModelUri::Run(run_id, path) => {
                let run = self.call(GetRun { run_id: run_id.clone(), ..Default::default() })?.run;
                let root = run.info.artifact_uri.trim_end_matches('/');
                let directory = if path.is_empty() { root.to_owned() } else { format!("{root}/{path}") };
                if self.artifacts(&directory)?.exists("MLmodel")? {
                    return Ok(Source { uri: directory, run_id, model_id: ModelId::default() });
                }
                match self.logged_model_of_run(&run, &path)? {
                    Some(model) => Ok(Source { run_id, ..Source::of_model(model.info.model_id) }),
                    None => Err(Error::NoModel {
                        uri: model_uri.to_owned(),
                        reason: format!("the run has neither a model directory nor a logged model at '{path}'"),
                    }),
                }
            }
            ModelUri::Version(name, version) => {
                let version = self.call(GetModelVersion { name, version })?.model_version;
                let model_id = model_id_of(&version).unwrap_or_default();
                Ok(Source { uri: model_uri.to_owned(), run_id: version.run_id, model_id })
            }
            ModelUri::Latest(_) | ModelUri::Stage(..) | ModelUri::Alias(..) => {
                let resolved = self.resolve_model(model_uri)?;
                let (name, version) = resolved.registered.unwrap_or_default();
                self.source_of(&format!("models:/{name}/{version}"))
            }
            ModelUri::Place(uri) => Ok(Source { uri, run_id: RunId::default(), model_id: ModelId::default() }),
        }
    }

    /// Lists the version in the logged model's tag, unless the server has done so.
    fn tag_with_version(&self, model_id: ModelId, version: &ModelVersion) -> Result<(), Error> {
        let model = self.call(GetLoggedModel { model_id: model_id.clone(), allow_deleted: false })?.model;
        let tag = model.info.tags.iter().find(|tag| tag.key == VERSIONS_TAG);
        let mut versions: Vec<Value> = tag.and_then(|tag| serde_json::from_str(&tag.value).ok()).unwrap_or_default();
        let listed = versions.iter().any(|entry| {
            // MLflow's server writes the number as a number, its client as text.
            let number = entry["version"].as_str().map_or_else(|| entry["version"].to_string(), str::to_owned);
            entry["name"] == version.name.as_str() && number == version.version
        });
        if listed {
            return Ok(());
        }
        versions.push(json!({"name": version.name, "version": version.version}));
        let tags = vec![Tag::new(VERSIONS_TAG, Value::Array(versions).to_string())];
        self.call(SetLoggedModelTags { model_id, tags })?;
        Ok(())
    }
}

/// What a version is made from.
struct Source {
    uri: String,
    run_id: RunId,
    model_id: ModelId,
}

impl Source {
    fn of_model(model_id: ModelId) -> Self {
        Self { uri: format!("models:/{model_id}"), run_id: RunId::default(), model_id }
    }
}
