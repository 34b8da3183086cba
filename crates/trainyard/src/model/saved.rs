//! Model directories that have been fetched and checked, and loading from them.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use trainyard_api::artifact_path::ArtifactPath;

use super::{BoxError, Flavor, LoadModel, Signature};
use crate::models::{self, MLMODEL, Mlmodel};
use crate::{Client, Error};

/// A model directory whose digests have been checked. A copy that was fetched is removed with this value.
///
/// ```
/// # fn main() -> Result<(), trainyard::Error> {
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// # let run = client.start_run("iris", "")?;
/// use trainyard::flavors::Json;
///
/// let info = run.log_model("weights", &Json(&[0.5, -1.25]))?;
/// let saved = client.fetch_model(&info.model_uri)?;
/// assert_eq!(saved.flavors().collect::<Vec<_>>(), ["rust_serde"]);
/// assert_eq!(saved.read("model.json")?, b"[0.5,-1.25]");
/// let Json(weights) = saved.load::<Json<[f64; 2]>>()?;
/// # drop(weights);
/// # run.finish()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct SavedModel {
    path: PathBuf,
    description: Mlmodel,
    _fetched: Option<TempDir>,
}

impl SavedModel {
    /// Opens and checks a model directory of this machine.
    ///
    /// A file that is missing, or is not the one that was saved, is an error that names it.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let temporary = tempfile::tempdir().expect("a folder");
    /// # let folder = temporary.path().join("model");
    /// use trainyard::SavedModel;
    /// use trainyard::flavors::Json;
    ///
    /// trainyard::save_model(&folder, &Json(&[0.5, -1.25]), &Default::default())?;
    /// SavedModel::open(&folder)?;
    /// std::fs::write(folder.join("model.json"), "[]").expect("a file");
    /// assert!(SavedModel::open(&folder).expect_err("a changed file").to_string().contains("model.json"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn open(path: &Path) -> Result<Self, Error> {
        models::verify(path)?;
        Ok(Self { path: path.to_owned(), description: Mlmodel::read(path)?, _fetched: None })
    }

    /// The model directory.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let temporary = tempfile::tempdir().expect("a folder");
    /// # let folder = temporary.path().join("model");
    /// use trainyard::SavedModel;
    /// use trainyard::flavors::Json;
    ///
    /// trainyard::save_model(&folder, &Json(&[0.5, -1.25]), &Default::default())?;
    /// let saved = SavedModel::open(&folder)?;
    /// assert_eq!(saved.path(), folder);
    /// # Ok(())
    /// # }
    /// ```
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The place of one of its files.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let temporary = tempfile::tempdir().expect("a folder");
    /// # let folder = temporary.path().join("model");
    /// use trainyard::SavedModel;
    /// use trainyard::flavors::Json;
    ///
    /// trainyard::save_model(&folder, &Json(&[0.5, -1.25]), &Default::default())?;
    /// let saved = SavedModel::open(&folder)?;
    /// assert_eq!(saved.file("model.json")?, folder.join("model.json"));
    /// assert!(saved.file("../model.json").is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub fn file(&self, file: &str) -> Result<PathBuf, Error> {
        let parsed = ArtifactPath::parse(file);
        let parsed = parsed.map_err(|error| Error::model(&self.path.join(MLMODEL), error.to_string()))?;
        let path = self.path.join(parsed.as_str());
        if path.is_file() { Ok(path) } else { Err(Error::model(&path, "the file is missing from the model")) }
    }

    /// The content of one of its files.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let temporary = tempfile::tempdir().expect("a folder");
    /// # let folder = temporary.path().join("model");
    /// use trainyard::SavedModel;
    /// use trainyard::flavors::Json;
    ///
    /// trainyard::save_model(&folder, &Json(&[0.5, -1.25]), &Default::default())?;
    /// let saved = SavedModel::open(&folder)?;
    /// assert_eq!(saved.read("model.json")?, b"[0.5,-1.25]");
    /// # Ok(())
    /// # }
    /// ```
    pub fn read(&self, file: &str) -> Result<Vec<u8>, Error> {
        let path = self.file(file)?;
        fs::read(&path).map_err(Error::io(&path))
    }

    /// A flavor by name.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let temporary = tempfile::tempdir().expect("a folder");
    /// # let folder = temporary.path().join("model");
    /// use trainyard::SavedModel;
    /// use trainyard::flavors::Json;
    ///
    /// trainyard::save_model(&folder, &Json(&[0.5, -1.25]), &Default::default())?;
    /// let saved = SavedModel::open(&folder)?;
    /// assert_eq!(saved.flavor("rust_serde")?.name(), "rust_serde");
    /// let error = saved.flavor("onnx").expect_err("another flavor").to_string();
    /// assert!(error.contains("it can be loaded as rust_serde"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn flavor(&self, name: &str) -> Result<Flavor, Error> {
        let path = self.path.join(MLMODEL);
        match self.description.flavors.get(name) {
            Some(entries) => Ok(Flavor::read(name, entries, &path)),
            None => {
                let known: Vec<&str> = self.flavors().collect();
                let reason = format!("the model has no flavor '{name}'; it can be loaded as {}", known.join(", "));
                Err(Error::model(&path, reason))
            }
        }
    }

    /// Names of its flavors.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let temporary = tempfile::tempdir().expect("a folder");
    /// # let folder = temporary.path().join("model");
    /// use trainyard::SavedModel;
    /// use trainyard::flavors::Json;
    ///
    /// trainyard::save_model(&folder, &Json(&[0.5, -1.25]), &Default::default())?;
    /// let saved = SavedModel::open(&folder)?;
    /// assert_eq!(saved.flavors().collect::<Vec<_>>(), ["rust_serde"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn flavors(&self) -> impl Iterator<Item = &str> {
        self.description.flavors.keys().map(String::as_str)
    }

    /// What goes in and comes out, where the model says so.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let temporary = tempfile::tempdir().expect("a folder");
    /// # let folder = temporary.path().join("model");
    /// use trainyard::SavedModel;
    /// use trainyard::flavors::Json;
    ///
    /// trainyard::save_model(&folder, &Json(&[0.5, -1.25]), &Default::default())?;
    /// let saved = SavedModel::open(&folder)?;
    /// assert_eq!(saved.signature()?, None, "nobody has said what goes in");
    /// # Ok(())
    /// # }
    /// ```
    pub fn signature(&self) -> Result<Option<Signature>, Error> {
        let Some(stored) = &self.description.signature else { return Ok(None) };
        let signature = Signature::from_stored(stored);
        signature.map(Some).map_err(|reason| Error::model(&self.path.join(MLMODEL), format!("signature: {reason}")))
    }

    /// The logged model's id; none for a model that was only saved.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// use trainyard::flavors::Json;
    ///
    /// let info = run.log_model("weights", &Json(&[0.5, -1.25]))?;
    /// let saved = client.fetch_model(&info.model_uri)?;
    /// assert_eq!(saved.model_id(), Some(info.model_id.as_str()));
    /// # run.finish()
    /// # }
    /// ```
    pub fn model_id(&self) -> Option<&str> {
        self.description.model_id.as_deref()
    }

    /// The run that logged it.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// use trainyard::flavors::Json;
    ///
    /// let info = run.log_model("weights", &Json(&[0.5, -1.25]))?;
    /// let saved = client.fetch_model(&info.model_uri)?;
    /// assert_eq!(saved.run_id(), Some(run.id().as_str()));
    /// # run.finish()
    /// # }
    /// ```
    pub fn run_id(&self) -> Option<&str> {
        self.description.run_id.as_deref()
    }

    /// Loads the model.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let temporary = tempfile::tempdir().expect("a folder");
    /// # let folder = temporary.path().join("model");
    /// use trainyard::SavedModel;
    /// use trainyard::flavors::Json;
    ///
    /// trainyard::save_model(&folder, &Json(&[0.5, -1.25]), &Default::default())?;
    /// let saved = SavedModel::open(&folder)?;
    /// let Json(weights) = saved.load::<Json<[f64; 2]>>()?;
    /// assert_eq!(weights, [0.5, -1.25]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn load<T: LoadModel>(&self) -> Result<T, Error> {
        T::load(self).map_err(|error| self.not_loaded(error))
    }

    /// Refuses a model that another crate has saved, or a version of it that this one need not be compatible with: another
    /// major version, or another minor version below 1.0. A model that does not say who saved it is refused too.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// use trainyard::flavors::Json;
    ///
    /// let (name, version) = (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
    /// let info = run.log_model("weights", &Json(&[0.5, -1.25]).made_by(name, version))?;
    /// let saved = client.fetch_model(&info.model_uri)?.check_made_by(name, version)?;
    /// let Json(weights) = saved.load::<Json<[f64; 2]>>()?;
    /// assert_eq!(weights, [0.5, -1.25]);
    /// # run.finish()
    /// # }
    /// ```
    pub fn check_made_by(self, crate_name: &str, version: &str) -> Result<Self, Error> {
        let path = self.path.join(MLMODEL);
        let mut of_types = self
            .description
            .flavors
            .iter()
            .map(|(name, entries)| Flavor::read(name, entries, &path))
            .filter(Flavor::has_type);
        // One that says its version first: adapters add flavors of their own beside it.
        let Some(first) = of_types.next() else {
            return Err(Error::model(&path, "the model does not say which crate saved it"));
        };
        let said = std::iter::once(first.clone()).chain(of_types).find(Flavor::has_version).unwrap_or(first);
        said.check_made_by(crate_name, version)?;
        Ok(self)
    }

    /// An error of a loader; one of ours already says what is wrong and where.
    pub(crate) fn not_loaded(&self, error: BoxError) -> Error {
        match error.downcast::<Error>() {
            Ok(error) => *error,
            Err(source) => Error::LoadModel { path: self.path.clone(), source },
        }
    }
}

impl Client {
    /// Fetches and checks the model behind `models:/name@alias`, `models:/name/3`, `models:/m-…`, `runs:/<run
    /// id>/<name>`, an artifact URI or a path. A model that lies in a folder of this machine is used in place.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// use trainyard::flavors::Json;
    ///
    /// let info = run.log_model("weights", &Json(&[0.5, -1.25]))?;
    /// let saved = client.fetch_model(&format!("runs:/{}/weights", run.id()))?;
    /// assert_eq!(saved.read("model.json")?, b"[0.5,-1.25]");
    /// # run.finish()
    /// # }
    /// ```
    pub fn fetch_model(&self, uri: &str) -> Result<SavedModel, Error> {
        let temporary = std::env::temp_dir();
        let fetched = tempfile::Builder::new().prefix("trainyard-").tempdir().map_err(Error::io(&temporary))?;
        // Downloads answer paths without links, and folders for temporary files often lie behind one.
        let folder = fs::canonicalize(fetched.path()).map_err(Error::io(fetched.path()))?;
        let path = self.download_model(uri, &folder, &())?;
        let is_copy = path.starts_with(&folder);
        let description = Mlmodel::read(&path)?;
        Ok(SavedModel { path, description, _fetched: is_copy.then_some(fetched) })
    }

    /// Loads the model behind a URI; see [`fetch_model`](Self::fetch_model) for the URIs.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// use trainyard::flavors::Json;
    ///
    /// let info = run.log_model("weights", &Json(&[0.5, -1.25]))?;
    /// let Json(weights) = client.load_model::<Json<[f64; 2]>>(&info.model_uri)?;
    /// assert_eq!(weights, [0.5, -1.25]);
    /// # run.finish()
    /// # }
    /// ```
    pub fn load_model<T: LoadModel>(&self, uri: &str) -> Result<T, Error> {
        self.fetch_model(uri)?.load()
    }
}

/// Loads the model behind a URI from the tracking URI of the environment; see [`Client::fetch_model`] for the URIs.
///
/// ```
/// use trainyard::flavors::Json;
///
/// # fn main() -> Result<(), trainyard::Error> {
/// # // Where the database of this example is.
/// # let folder = tempfile::tempdir().expect("a folder");
/// # std::env::set_current_dir(folder.path()).expect("a folder");
/// # let client = trainyard::Client::from_env()?;
/// # let run = client.start_run("iris", "")?;
/// # let options = trainyard::ModelOptions::new().registered_model_name("iris-classifier");
/// # run.log_model_with("iris-classifier", &Json(vec![0.5, -1.25]), &options)?;
/// # run.finish()?;
/// # client.set_model_alias("iris-classifier", "champion", "1")?;
/// let Json(weights) = trainyard::load_model::<Json<Vec<f64>>>("models:/iris-classifier@champion")?;
/// assert_eq!(weights, [0.5, -1.25]);
/// # Ok(())
/// # }
/// ```
pub fn load_model<T: LoadModel>(uri: &str) -> Result<T, Error> {
    Client::from_env()?.load_model(uri)
}
