//! A model directory that is being written, and models that are saved without being logged.

use std::fs;
use std::path::{Path, PathBuf};

use trainyard_api::artifact_path::ArtifactPath;

use super::{Flavor, ModelOptions, SaveModel, Signature};
use crate::Error;
use crate::models::{self, Environment, Mlmodel};

/// Python that a rebuilt environment gets; from Rust there is no interpreter to ask.
const PYTHON_VERSION: &str = "3.11.9";

/// The folder that [`SaveModel::save`] fills.
///
/// ```
/// use trainyard::{BoxError, Flavor, ModelFolder, SaveModel};
///
/// /// Weights for a network whose code is Python's.
/// struct Weights(Vec<u8>);
///
/// impl SaveModel for Weights {
///     fn save(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
///         folder.write("data/weights.bin", &self.0)?;
///         folder.add_flavor(Flavor::python_function("my_package.loader").set("data", "data")?);
///         folder.require_python("my-package>=1.2");
///         Ok(())
///     }
/// }
///
/// # fn main() -> Result<(), trainyard::Error> {
/// # let temporary = tempfile::tempdir().expect("a folder");
/// # let folder = temporary.path().join("model");
/// trainyard::save_model(&folder, &Weights(vec![1, 2, 3]), &Default::default())?;
/// assert!(folder.join("requirements.txt").is_file());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ModelFolder {
    path: PathBuf,
    flavors: Vec<Flavor>,
    signature: Option<Signature>,
    python_requirements: Vec<String>,
}

impl ModelFolder {
    /// The folder, for code that writes files by itself. What lies in it becomes part of the model.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let temporary = tempfile::tempdir().expect("a folder");
    /// # let folder = temporary.path().join("model");
    /// use trainyard::{BoxError, Flavor, ModelFolder, SaveModel};
    ///
    /// struct Weights(Vec<u8>);
    ///
    /// impl SaveModel for Weights {
    ///     fn save(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
    ///         std::fs::write(folder.path().join("weights.bin"), &self.0)?;
    ///         folder.add_flavor(Flavor::of::<Self>("weights"));
    ///         Ok(())
    ///     }
    /// }
    /// # trainyard::save_model(&folder, &Weights(vec![1, 2]), &Default::default())?;
    /// # assert!(folder.join("weights.bin").is_file());
    /// # Ok(())
    /// # }
    /// ```
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file; its folders are made.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let temporary = tempfile::tempdir().expect("a folder");
    /// # let folder = temporary.path().join("model");
    /// use trainyard::{BoxError, Flavor, ModelFolder, SaveModel};
    ///
    /// struct Weights(Vec<u8>);
    ///
    /// impl SaveModel for Weights {
    ///     fn save(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
    ///         folder.write("data/weights.bin", &self.0)?;
    ///         folder.add_flavor(Flavor::of::<Self>("weights"));
    ///         Ok(())
    ///     }
    /// }
    /// # trainyard::save_model(&folder, &Weights(vec![1, 2]), &Default::default())?;
    /// # assert!(folder.join("data/weights.bin").is_file());
    /// # Ok(())
    /// # }
    /// ```
    pub fn write(&self, file: &str, content: &[u8]) -> Result<(), Error> {
        let path = self.path_of(file)?;
        fs::write(&path, content).map_err(Error::io(&path))
    }

    /// The place of a file whose folders have been made.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let temporary = tempfile::tempdir().expect("a folder");
    /// # let folder = temporary.path().join("model");
    /// use trainyard::{BoxError, Flavor, ModelFolder, SaveModel};
    ///
    /// struct Weights(Vec<u8>);
    ///
    /// impl SaveModel for Weights {
    ///     fn save(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
    ///         let mut file = std::fs::File::create(folder.path_of("data/weights.bin")?)?;
    ///         std::io::Write::write_all(&mut file, &self.0)?;
    ///         folder.add_flavor(Flavor::of::<Self>("weights"));
    ///         Ok(())
    ///     }
    /// }
    /// # trainyard::save_model(&folder, &Weights(vec![1, 2]), &Default::default())?;
    /// # assert!(folder.join("data/weights.bin").is_file());
    /// # Ok(())
    /// # }
    /// ```
    pub fn path_of(&self, file: &str) -> Result<PathBuf, Error> {
        let invalid = |error: trainyard_api::artifact_path::InvalidPath| Error::ArtifactPath {
            path: error.path,
            reason: error.reason.to_owned(),
        };
        let path = self.path.join(ArtifactPath::parse(file).map_err(invalid)?.as_str());
        let parent = path.parent().unwrap_or(&self.path);
        fs::create_dir_all(parent).map_err(Error::io(parent))?;
        Ok(path)
    }

    /// Adds a way to load the model, in place of an earlier one of the same name.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let temporary = tempfile::tempdir().expect("a folder");
    /// # let folder = temporary.path().join("model");
    /// use trainyard::{BoxError, Flavor, ModelFolder, SaveModel};
    ///
    /// struct Weights(Vec<u8>);
    ///
    /// impl SaveModel for Weights {
    ///     fn save(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
    ///         folder.write("weights.bin", &self.0)?;
    ///         folder.add_flavor(Flavor::of::<Self>("weights").set("data", "weights.bin")?);
    ///         Ok(())
    ///     }
    /// }
    /// # trainyard::save_model(&folder, &Weights(vec![1, 2]), &Default::default())?;
    /// # assert!(trainyard::SavedModel::open(&folder)?.flavor("weights").is_ok());
    /// # Ok(())
    /// # }
    /// ```
    pub fn add_flavor(&mut self, flavor: Flavor) {
        self.flavors.retain(|other| other.name() != flavor.name());
        self.flavors.push(flavor);
    }

    /// Names the crate that saves the model in all flavors of a Rust type.
    pub(crate) fn set_made_by(&mut self, crate_name: &str, version: &str) {
        for flavor in self.flavors.iter_mut().filter(|flavor| flavor.has_type()) {
            flavor.put_made_by(crate_name, version);
        }
    }

    /// Says what goes in and comes out; a signature given by the caller comes first.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let temporary = tempfile::tempdir().expect("a folder");
    /// # let folder = temporary.path().join("model");
    /// use trainyard::{BoxError, Flavor, ModelFolder, SaveModel, Signature};
    ///
    /// struct Weights(Vec<u8>);
    ///
    /// impl SaveModel for Weights {
    ///     fn save(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
    ///         folder.write("weights.bin", &self.0)?;
    ///         folder.add_flavor(Flavor::of::<Self>("weights"));
    ///         folder.set_signature(Signature::of(&[[5.1, 3.5]], &[0_i64])?);
    ///         Ok(())
    ///     }
    /// }
    /// # trainyard::save_model(&folder, &Weights(vec![1, 2]), &Default::default())?;
    /// # assert!(trainyard::SavedModel::open(&folder)?.signature()?.is_some());
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_signature(&mut self, signature: Signature) {
        self.signature = Some(signature);
    }

    /// Names what Python has to have installed to load the model, as in `requirements.txt`.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let temporary = tempfile::tempdir().expect("a folder");
    /// # let folder = temporary.path().join("model");
    /// use trainyard::{BoxError, Flavor, ModelFolder, SaveModel};
    ///
    /// struct Weights(Vec<u8>);
    ///
    /// impl SaveModel for Weights {
    ///     fn save(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
    ///         folder.write("weights.bin", &self.0)?;
    ///         folder.add_flavor(Flavor::python_function("my_package.loader").set("data", "weights.bin")?);
    ///         folder.require_python("my-package>=1.2");
    ///         Ok(())
    ///     }
    /// }
    /// # trainyard::save_model(&folder, &Weights(vec![1, 2]), &Default::default())?;
    /// # assert!(std::fs::read_to_string(folder.join("requirements.txt")).expect("a file").contains("my-package>=1.2"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn require_python(&mut self, requirement: impl Into<String>) {
        let requirement = requirement.into();
        if !self.python_requirements.contains(&requirement) {
            self.python_requirements.push(requirement);
        }
    }

    /// Lets the model write itself, and example and environment beside it: everything but `MLmodel`.
    pub(crate) fn fill(path: &Path, model: &dyn SaveModel, options: &ModelOptions) -> Result<Filled, Error> {
        options.check()?;
        fs::create_dir_all(path).map_err(Error::io(path))?;
        let mut folder =
            Self { path: path.to_owned(), flavors: Vec::new(), signature: None, python_requirements: Vec::new() };
        // An error of ours already says what is wrong and where.
        model.save(&mut folder).map_err(|error| match error.downcast::<Error>() {
            Ok(error) => *error,
            Err(source) => Error::SaveModel { source },
        })?;
        folder.describe(options)
    }

    fn describe(self, options: &ModelOptions) -> Result<Filled, Error> {
        if self.flavors.is_empty() {
            let reason =
                "`save` added no flavor, without which nothing can load the model: see ModelFolder::add_flavor";
            return Err(Error::model(&self.path, reason));
        }
        let mut description = Mlmodel::new();
        description.metadata = (!options.metadata.is_empty()).then(|| options.metadata.clone());
        let mut signature = options.signature.clone().or(self.signature);
        if let Some(example) = &options.input_example {
            description.saved_input_example_info = Some(example.write(&self.path)?);
            if let Some(inputs) = example.inputs() {
                signature.get_or_insert_default().inputs.get_or_insert_with(|| inputs.clone());
            }
        }
        description.signature = signature.as_ref().map(Signature::to_stored);
        description.model_size_bytes = Some(models::size_bytes(&self.path)?);
        let mut is_python = false;
        for mut flavor in self.flavors {
            if flavor.name() == "python_function" {
                is_python = true;
                flavor.put("env", serde_json::json!({"conda": "conda.yaml", "virtualenv": "python_env.yaml"}));
                flavor.put("python_version", PYTHON_VERSION);
            }
            let (name, entries) = flavor.into_entries();
            description.flavors.insert(name, entries);
        }
        if is_python {
            let environment = Environment {
                python_version: PYTHON_VERSION.to_owned(),
                pip_version: None,
                setuptools_version: None,
                wheel_version: None,
                requirements: self.python_requirements,
                constraints: Vec::new(),
                conda_yaml: None,
            };
            environment.write(&self.path)?;
        }
        description.check_paths().map_err(|reason| Error::model(&self.path, reason))?;
        Ok(Filled { path: self.path, description })
    }
}

/// A model directory that lacks nothing but `MLmodel`.
#[derive(Debug)]
pub(crate) struct Filled {
    pub(crate) path: PathBuf,
    pub(crate) description: Mlmodel,
}

impl Filled {
    /// Writes `MLmodel` with the digests of all other files.
    pub(crate) fn finish(&mut self) -> Result<(), Error> {
        models::finish(&self.path, &mut self.description)
    }
}

/// Saves a model as a model directory, without a run, whole or not at all: `folder` must not exist yet, or be empty.
///
/// What the options say of runs and the registry is left out.
///
/// ```
/// use trainyard::flavors::Json;
/// use trainyard::{ModelOptions, SavedModel, Signature, save_model};
///
/// # fn main() -> Result<(), trainyard::Error> {
/// # let temporary = tempfile::tempdir().expect("a folder");
/// # let folder = temporary.path().join("model");
/// let options = ModelOptions::new().signature(Signature::of(&[[1.0, 2.0]], &[0.5])?);
/// save_model(&folder, &Json(&[0.5, -1.25]), &options)?;
/// let Json(weights) = SavedModel::open(&folder)?.load::<Json<[f64; 2]>>()?;
/// assert_eq!(weights, [0.5, -1.25]);
/// # Ok(())
/// # }
/// ```
pub fn save_model(folder: &Path, model: &dyn SaveModel, options: &ModelOptions) -> Result<(), Error> {
    match fs::read_dir(folder) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                return Err(Error::model(
                    folder,
                    "the folder exists and is not empty; a model gets a folder of its own",
                ));
            }
            fs::remove_dir(folder).map_err(Error::io(folder))?;
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(Error::io(folder)(error)),
    }
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(Error::io(parent))?;
    // Beside its place, so that it can be renamed into it.
    let temporary = tempfile::Builder::new().prefix(".trainyard-").tempdir_in(parent).map_err(Error::io(parent))?;
    let complete = temporary.path().join("model");
    ModelFolder::fill(&complete, model, options)?.finish()?;
    fs::rename(&complete, folder).map_err(Error::io(folder))
}
