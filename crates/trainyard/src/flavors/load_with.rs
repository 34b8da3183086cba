//! The way back for models that no adapter knows.

use std::path::Path;

use crate::{BoxError, Error, SavedModel};

/// Loads with a closure what [`SaveWith`](super::SaveWith) has saved with one.
///
/// ```
/// use std::path::Path;
/// use trainyard::flavors::{LoadWith, SaveWith};
///
/// # fn main() -> Result<(), trainyard::Error> {
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// # let run = client.start_run("iris", "")?;
/// let (name, version) = (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
/// let mean = 2.5_f64;
/// let model = SaveWith::new("mean", |folder: &Path| std::fs::write(folder.join("mean.txt"), mean.to_string()));
/// let info = run.log_model("mean", &model.made_by(name, version))?;
///
/// let loader = LoadWith::new("mean", |folder: &Path| std::fs::read_to_string(folder.join("mean.txt")));
/// let loaded = loader.made_by(name, version).load(&client.fetch_model(&info.model_uri)?)?;
/// assert_eq!(loaded, "2.5");
/// # run.finish()
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct LoadWith<F> {
    flavor: String,
    made_by: Option<(String, String)>,
    read: F,
}

impl<F, M, E> LoadWith<F>
where
    F: Fn(&Path) -> Result<M, E>,
    E: Into<BoxError>,
{
    /// Loads a model that has a flavor of this name with `read`, which is given the model directory.
    pub fn new(flavor: &str, read: F) -> Self {
        Self { flavor: flavor.to_owned(), made_by: None, read }
    }

    /// Refuses a model that another crate has saved, or a version of this one that need not be compatible.
    #[must_use]
    pub fn made_by(mut self, crate_name: &str, version: &str) -> Self {
        self.made_by = Some((crate_name.to_owned(), version.to_owned()));
        self
    }

    /// Loads a model whose digests have been checked.
    pub fn load(&self, saved: &SavedModel) -> Result<M, Error> {
        let flavor = saved.flavor(&self.flavor)?;
        if let Some((crate_name, version)) = &self.made_by {
            flavor.check_made_by(crate_name, version)?;
        }
        (self.read)(saved.path()).map_err(|error| saved.not_loaded(error.into()))
    }
}
