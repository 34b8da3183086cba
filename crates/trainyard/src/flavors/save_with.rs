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
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let temporary = tempfile::tempdir().expect("a folder");
    /// # let folder = temporary.path().join("model");
    /// use trainyard::Flavor;
    /// use trainyard::flavors::SaveWith;
    ///
    /// let flavor = Flavor::new("my_format").set("data", "weights.txt")?;
    /// let model = SaveWith::of(flavor, |folder| std::fs::write(folder.join("weights.txt"), "0.5"));
    /// trainyard::save_model(&folder, &model, &Default::default())?;
    ///
    /// let saved = trainyard::SavedModel::open(&folder)?;
    /// let file: String = saved.flavor("my_format")?.get("data")?;
    /// assert_eq!(saved.read(&file)?, b"0.5");
    /// # Ok(())
    /// # }
    /// ```
    pub fn of(flavor: Flavor, write: F) -> Self {
        Self { flavor, write }
    }

    /// Records which crate in which version saves the model: `env!("CARGO_PKG_NAME")`, `env!("CARGO_PKG_VERSION")`.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let temporary = tempfile::tempdir().expect("a folder");
    /// # let folder = temporary.path().join("model");
    /// use trainyard::flavors::SaveWith;
    ///
    /// let model = SaveWith::new("my_format", |folder| std::fs::write(folder.join("weights.txt"), "0.5"));
    /// trainyard::save_model(&folder, &model.made_by("iris", "0.3.1"), &Default::default())?;
    /// trainyard::SavedModel::open(&folder)?.check_made_by("iris", "0.3.7")?;
    /// # Ok(())
    /// # }
    /// ```
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
