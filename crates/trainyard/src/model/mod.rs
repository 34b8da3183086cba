//! Models in Rust: what can be saved and loaded, and how a run logs one.
//!
//! The files of a model directory are the business of [`models`](crate::models); what frameworks need to be saved and
//! loaded is in [`flavors`](crate::flavors).

mod example;
mod flavor;
mod folder;
#[cfg(feature = "polars")]
mod frame;
mod log;
mod options;
mod saved;
mod signature;
mod tensor;

pub use example::InputExample;
pub use flavor::Flavor;
pub use folder::{ModelFolder, save_model};
pub use log::ModelInfo;
pub use options::ModelOptions;
pub use saved::{SavedModel, load_model};
pub use signature::{Column, DataType, Schema, Signature, TensorSpec};
pub use tensor::Tensor;

/// Any error, as code that saves, loads or predicts returns it.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A model that can be saved.
///
/// Only `&self` is asked for: a model need not be `Clone`, `Send`, `'static` or of serde. The orphan rule keeps
/// programs from implementing this for the types of a framework, so wrap those: in an adapter of
/// [`flavors`](crate::flavors), which takes a reference as well as a value, in [`SaveWith`](crate::flavors::SaveWith),
/// or in a type of your own.
///
/// ```
/// use trainyard::{BoxError, Flavor, LoadModel, ModelFolder, SaveModel, SavedModel, save_model};
///
/// struct Mean(f64);
///
/// impl SaveModel for Mean {
///     fn save(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
///         folder.write("mean.txt", self.0.to_string().as_bytes())?;
///         folder.add_flavor(Flavor::of::<Self>("mean").made_by(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")));
///         Ok(())
///     }
/// }
///
/// impl LoadModel for Mean {
///     fn load(saved: &SavedModel) -> Result<Self, BoxError> {
///         let flavor = saved.flavor("mean")?;
///         flavor.check_type::<Self>()?;
///         flavor.check_made_by(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))?;
///         Ok(Self(String::from_utf8(saved.read("mean.txt")?)?.parse()?))
///     }
/// }
///
/// # fn main() -> Result<(), trainyard::Error> {
/// # let temporary = tempfile::tempdir().expect("a folder");
/// # let folder = temporary.path().join("model");
/// save_model(&folder, &Mean(2.5), &Default::default())?;
/// let mean: Mean = SavedModel::open(&folder)?.load()?;
/// assert_eq!(mean.0, 2.5);
/// # Ok(())
/// # }
/// ```
pub trait SaveModel {
    /// Writes the model's files into the folder, and adds the flavor that says how they are loaded.
    fn save(&self, folder: &mut ModelFolder) -> Result<(), BoxError>;
}

impl<T: SaveModel + ?Sized> SaveModel for &T {
    fn save(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
        (**self).save(folder)
    }
}

impl<T: SaveModel + ?Sized> SaveModel for Box<T> {
    fn save(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
        (**self).save(folder)
    }
}

/// A model that can be loaded: apart from [`SaveModel`], because much that can be saved cannot.
///
/// ```
/// use trainyard::{BoxError, LoadModel, SavedModel};
///
/// /// The sizes of layers, of whatever has saved them.
/// struct Layers(Vec<usize>);
///
/// impl LoadModel for Layers {
///     fn load(saved: &SavedModel) -> Result<Self, BoxError> {
///         let text = String::from_utf8(saved.read("layers.txt")?)?;
///         Ok(Self(text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?))
///     }
/// }
///
/// # fn main() -> Result<(), trainyard::Error> {
/// # let temporary = tempfile::tempdir().expect("a folder");
/// # let folder = temporary.path().join("model");
/// # let model = trainyard::flavors::SaveWith::new("layers", |folder: &std::path::Path| {
/// #     std::fs::write(folder.join("layers.txt"), "784 128 10")
/// # });
/// # trainyard::save_model(&folder, &model, &Default::default())?;
/// let layers: Layers = SavedModel::open(&folder)?.load()?;
/// assert_eq!(layers.0, [784, 128, 10]);
/// # Ok(())
/// # }
/// ```
pub trait LoadModel: Sized {
    /// Reads the model from a directory whose digests have been checked.
    fn load(saved: &SavedModel) -> Result<Self, BoxError>;
}

/// A model that predicts.
///
/// The adapters for frameworks predict as their models do, and answer an error where these would panic.
///
/// ```
/// use trainyard::flavors::Json;
/// use trainyard::{BoxError, Predict};
///
/// struct Line {
///     slope: f64,
///     intercept: f64,
/// }
///
/// impl Predict<[f64]> for Line {
///     type Output = Vec<f64>;
///
///     fn predict(&self, input: &[f64]) -> Result<Vec<f64>, BoxError> {
///         Ok(input.iter().map(|x| self.slope * x + self.intercept).collect())
///     }
/// }
///
/// # fn main() -> Result<(), BoxError> {
/// let model = Json(Line { slope: 2.0, intercept: 1.0 });
/// assert_eq!(model.predict(&[0.0, 1.5])?, [1.0, 4.0]);
/// # Ok(())
/// # }
/// ```
pub trait Predict<Input: ?Sized> {
    /// What comes out.
    type Output;

    /// Predicts.
    fn predict(&self, input: &Input) -> Result<Self::Output, BoxError>;
}
