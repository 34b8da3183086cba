//! Which crate in which version has saved a model.

use crate::{BoxError, ModelFolder, Predict, SaveModel};

/// A model with the crate and version that save it: what `made_by` of [`Json`](super::Json) and `Cbor` makes.
///
/// It is loaded as what is inside: [`SavedModel::check_made_by`](crate::SavedModel::check_made_by) compares the versions.
///
/// ```
/// use trainyard::flavors::Json;
/// use trainyard::{SavedModel, save_model};
///
/// # fn main() -> Result<(), trainyard::Error> {
/// # let temporary = tempfile::tempdir().expect("a folder");
/// # let folder = temporary.path().join("model");
/// save_model(&folder, &Json(&[0.5]).made_by("iris", "0.3.1"), &Default::default())?;
/// let refused = SavedModel::open(&folder)?.check_made_by("iris", "0.4.0").expect_err("not compatible");
/// assert!(refused.to_string().contains("saved by iris 0.3.1"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MadeBy<M> {
    model: M,
    crate_name: String,
    version: String,
}

impl<M> MadeBy<M> {
    pub(super) fn new(model: M, crate_name: &str, version: &str) -> Self {
        Self { model, crate_name: crate_name.to_owned(), version: version.to_owned() }
    }
}

impl<M: SaveModel> SaveModel for MadeBy<M> {
    fn save(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
        self.model.save(folder)?;
        folder.set_made_by(&self.crate_name, &self.version);
        Ok(())
    }
}

impl<M: Predict<Input>, Input: ?Sized> Predict<Input> for MadeBy<M> {
    type Output = M::Output;

    fn predict(&self, input: &Input) -> Result<M::Output, BoxError> {
        self.model.predict(input)
    }
}
