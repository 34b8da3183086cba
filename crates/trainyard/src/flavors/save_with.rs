//! The way out for models that no adapter knows.

use std::path::Path;

use crate::{BoxError, Flavor, ModelFolder, SaveModel};

/// Saves what a closure writes into a folder. [`LoadWith`](super::LoadWith) loads with a closure.
///
/// ```
/// use trainyard::flavors::SaveWith;
///
/// # fn main() -> Result<(), trainyard::Error> {
/// # let temporary = tempfile::tempdir().expect("a folder");
/// # let folder = temporary.path().join("model");
/// let weights = [0.5_f64, -1.25];
/// let model = SaveWith::new("my_format", |folder| {
///     std::fs::write(folder.join("weights.txt"), format!("{weights:?}"))
/// });
/// trainyard::save_model(&folder, &model, &Default::default())?;
/// let saved = trainyard::SavedModel::open(&folder)?;
/// assert_eq!(saved.read("weights.txt")?, b"[0.5, -1.25]");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct SaveWith<F> {
    flavor: Flavor,
    write: F,
}

impl<F, E> SaveWith<F>
where
    F: Fn(&Path) -> Result<(), E>,
    E: Into<BoxError>,
{
    /// Saves what `write` leaves in the folder, under a flavor of this name, which records the closure's type with its crate
    /// and the compiler's version.
    pub fn new(flavor: &str, write: F) -> Self {
        Self::of(Flavor::of::<F>(flavor), write)
    }

    /// The same with a flavor of your own.
    pub fn of(flavor: Flavor, write: F) -> Self {
        Self { flavor, write }
    }

    /// Records which crate in which version saves the model: `env!("CARGO_PKG_NAME")`, `env!("CARGO_PKG_VERSION")`.
    #[must_use]
    pub fn made_by(self, crate_name: &str, version: &str) -> Self {
        Self { flavor: self.flavor.made_by(crate_name, version), ..self }
    }
}

impl<F, E> SaveModel for SaveWith<F>
where
    F: Fn(&Path) -> Result<(), E>,
    E: Into<BoxError>,
{
    fn save(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
        (self.write)(folder.path()).map_err(Into::into)?;
        folder.add_flavor(self.flavor.clone());
        Ok(())
    }
}
