//! Models that serde writes as CBOR.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::depth::check_cbor;
use super::{MadeBy, RUST_SERDE};
use crate::{BoxError, Flavor, LoadModel, ModelFolder, Predict, SaveModel, SavedModel};

const FILE: &str = "model.cbor";

/// A model that is kept as CBOR: smaller than JSON, and with NaN and infinities.
///
/// ```
/// use trainyard::flavors::Cbor;
/// use trainyard::{SavedModel, save_model};
///
/// # fn main() -> Result<(), trainyard::Error> {
/// # let temporary = tempfile::tempdir().expect("a folder");
/// # let folder = temporary.path().join("model");
/// let edges = vec![f64::NEG_INFINITY, 0.5, f64::INFINITY];
/// save_model(&folder, &Cbor(&edges), &Default::default())?;
/// assert_eq!(SavedModel::open(&folder)?.load::<Cbor<Vec<f64>>>()?, Cbor(edges));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cbor<T>(pub T);

impl<T> Cbor<T> {
    /// The same model, and which crate in which version saves it: `env!("CARGO_PKG_NAME")`, `env!("CARGO_PKG_VERSION")`. The
    /// type and its crate's name are recorded without it.
    ///
    /// [`SavedModel::check_made_by`] refuses a model that a version has saved which need not be compatible.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let temporary = tempfile::tempdir().expect("a folder");
    /// # let folder = temporary.path().join("model");
    /// use trainyard::flavors::Cbor;
    ///
    /// let (name, version) = (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
    /// trainyard::save_model(&folder, &Cbor(&[0.5, f64::NAN]).made_by(name, version), &Default::default())?;
    /// let saved = trainyard::SavedModel::open(&folder)?.check_made_by(name, version)?;
    /// assert!(saved.load::<Cbor<[f64; 2]>>()?.0[1].is_nan());
    /// # Ok(())
    /// # }
    /// ```
    pub fn made_by(self, crate_name: &str, version: &str) -> MadeBy<Self> {
        MadeBy::new(self, crate_name, version)
    }
}

impl<T: Serialize> SaveModel for Cbor<T> {
    fn save(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
        let mut bytes = Vec::new();
        ciborium::into_writer(&self.0, &mut bytes)?;
        check_cbor(&bytes)?;
        folder.write(FILE, &bytes)?;
        folder.add_flavor(Flavor::of::<T>(RUST_SERDE).set("data", FILE)?.set("format", "cbor")?);
        Ok(())
    }
}

impl<T: DeserializeOwned> LoadModel for Cbor<T> {
    fn load(saved: &SavedModel) -> Result<Self, BoxError> {
        let flavor = saved.flavor(RUST_SERDE)?;
        flavor.check_type::<T>()?;
        let format: String = flavor.get("format")?;
        if format != "cbor" {
            return Err(format!("the model was saved as {format}, not as CBOR").into());
        }
        let file: String = flavor.get("data")?;
        let model = ciborium::from_reader(saved.read(&file)?.as_slice());
        model.map(Self).map_err(|error| format!("{file}: {error}").into())
    }
}

impl<T: Predict<Input>, Input: ?Sized> Predict<Input> for Cbor<T> {
    type Output = T::Output;

    fn predict(&self, input: &Input) -> Result<T::Output, BoxError> {
        self.0.predict(input)
    }
}
