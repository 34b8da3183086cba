//! Boosters of XGBoost and LightGBM, in the form in which these libraries save them: MLflow's flavors `xgboost` and
//! `lightgbm`.

use std::fs;
use std::path::Path;

use super::ours;
use crate::{BoxError, Error, Flavor, LoadModel, ModelFolder, SaveModel, SavedModel};

/// The version of LightGBM in the crate `lightgbm3` 1.0.11.
#[cfg(feature = "lightgbm3")]
const OF_LIGHTGBM3: &str = "4.7.0";

/// A booster of XGBoost, as its library saves it: UBJSON or JSON. Every MLflow client loads it and predicts with it.
///
/// The native library is not linked; hand over what it wrote.
///
/// ```
/// use trainyard::flavors::Xgboost;
/// use trainyard::{SavedModel, save_model};
///
/// # fn main() -> Result<(), trainyard::Error> {
/// # let temporary = tempfile::tempdir().expect("a folder");
/// # let folder = temporary.path().join("model");
/// # let file = temporary.path().join("model.json");
/// # std::fs::write(&file, r#"{"learner": {}}"#).expect("a file");
/// let booster = Xgboost::from_file(&file, "3.2.0")?;
/// save_model(&folder, &booster, &Default::default())?;
/// let bytes = SavedModel::open(&folder)?.load::<Xgboost>()?.bytes().to_vec();
/// # drop(bytes);
/// # Ok(())
/// # }
/// ```
///
/// With the feature `xgb`, `Xgboost::of` takes boosters of the crate `xgb` as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Xgboost {
    bytes: Vec<u8>,
    version: String,
}

impl Xgboost {
    /// A saved booster, and the version of XGBoost that saved it.
    ///
    /// ```
    /// use trainyard::flavors::Xgboost;
    ///
    /// let booster = Xgboost::from_bytes(br#"{"learner": {}}"#.to_vec(), "3.2.0")?;
    /// assert_eq!((booster.version(), booster.bytes().len()), ("3.2.0", 15));
    /// assert!(Xgboost::from_bytes(b"binf".to_vec(), "0.90").is_err());
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    pub fn from_bytes(bytes: Vec<u8>, version: &str) -> Result<Self, Error> {
        if bytes.first() == Some(&b'{') {
            return Ok(Self { bytes, version: version.to_owned() });
        }
        Err(not_a_booster(
            "XGBoost",
            "it starts neither like JSON nor like UBJSON; the old binary form is not supported",
        ))
    }

    /// A saved booster in a file, and the version of XGBoost that saved it.
    pub fn from_file(path: &Path, version: &str) -> Result<Self, Error> {
        Self::from_bytes(fs::read(path).map_err(Error::io(path))?, version)
    }

    /// A booster of the crate `xgb`, and the version of XGBoost that it is linked with.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::BoxError> {
    /// # let folder = tempfile::tempdir()?;
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("flowers", "")?;
    /// use trainyard::flavors::Xgboost;
    /// use xgb::parameters::TrainingParametersBuilder;
    /// use xgb::{Booster, DMatrix};
    ///
    /// let mut matrix = DMatrix::from_dense(&[0.0, 1.0, 4.0, 5.0], 4)?;
    /// matrix.set_labels(&[0.0, 0.0, 1.0, 1.0])?;
    /// let booster = Booster::train(&TrainingParametersBuilder::default().dtrain(&matrix).boost_rounds(2).build()?)?;
    /// let info = run.log_model("booster", &Xgboost::of(&booster)?)?;
    ///
    /// let again = Booster::load_buffer(client.load_model::<Xgboost>(&info.model_uri)?.bytes())?;
    /// assert_eq!(again.predict(&matrix)?, booster.predict(&matrix)?);
    /// # Ok(run.finish()?)
    /// # }
    /// ```
    #[cfg(feature = "xgb")]
    pub fn of(booster: &xgb::Booster) -> Result<Self, Error> {
        /// What the booster says of itself; JSON, since UBJSON would have to be read by hand.
        #[derive(serde::Deserialize)]
        struct Saved {
            version: [u32; 3],
        }

        let bytes = booster.save_buffer(false).map_err(|error| not_a_booster("XGBoost", &error.to_string()))?;
        let saved = serde_json::from_slice::<Saved>(&bytes);
        let [major, minor, patch] = saved.map_err(|error| not_a_booster("XGBoost", &error.to_string()))?.version;
        Self::from_bytes(bytes, &format!("{major}.{minor}.{patch}"))
    }

    /// The booster as it was saved.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Version of XGBoost that saved it.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// JSON begins with a key in quotes, UBJSON with the length of one.
    fn format(&self) -> &'static str {
        let second = self.bytes[1..].iter().find(|byte| !byte.is_ascii_whitespace());
        if matches!(second, Some(b'"' | b'}')) { "json" } else { "ubj" }
    }
}

impl SaveModel for Xgboost {
    fn save(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
        let format = self.format();
        let file = format!("model.{format}");
        folder.write(&file, &self.bytes)?;
        let flavor = ours::<Self>("xgboost").set("code", None::<String>)?.set("data", &file)?;
        let flavor = flavor.set("model_class", "xgboost.core.Booster")?.set("model_format", format)?;
        folder.add_flavor(flavor.set("xgb_version", &self.version)?);
        folder.add_flavor(Flavor::python_function("mlflow.xgboost").set("data", &file)?);
        folder.require_python(format!("xgboost=={}", self.version));
        Ok(())
    }
}

impl LoadModel for Xgboost {
    fn load(saved: &SavedModel) -> Result<Self, BoxError> {
        let flavor = saved.flavor("xgboost")?;
        let bytes = saved.read(&flavor.get::<String>("data")?)?;
        Ok(Self::from_bytes(bytes, &flavor.get::<String>("xgb_version")?)?)
    }
}

/// A booster of LightGBM, as its library saves it: text. Every MLflow client loads it and predicts with it.
///
/// The native library is not linked; hand over what it wrote.
///
/// ```
/// use trainyard::flavors::Lightgbm;
/// use trainyard::{SavedModel, save_model};
///
/// # fn main() -> Result<(), trainyard::Error> {
/// # let temporary = tempfile::tempdir().expect("a folder");
/// # let folder = temporary.path().join("model");
/// # let text = "tree\nversion=v4\nnum_class=1\n";
/// save_model(&folder, &Lightgbm::from_text(text, "4.6.0")?, &Default::default())?;
/// assert_eq!(SavedModel::open(&folder)?.load::<Lightgbm>()?.text(), text);
/// # Ok(())
/// # }
/// ```
///
/// With the feature `lightgbm3`, `Lightgbm::of` takes boosters of the crate `lightgbm3` as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lightgbm {
    text: String,
    version: String,
}

impl Lightgbm {
    /// A saved booster, and the version of LightGBM that saved it.
    pub fn from_text(text: impl Into<String>, version: &str) -> Result<Self, Error> {
        let text = text.into();
        // The first line names the kind of model; it is `tree` for all there are.
        if text.starts_with("tree") && text.contains("num_class=") {
            return Ok(Self { text, version: version.to_owned() });
        }
        Err(not_a_booster("LightGBM", "the text does not start like one that Booster.save_model writes"))
    }

    /// A saved booster in a file, and the version of LightGBM that saved it.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let file = folder.path().join("model.txt");
    /// # std::fs::write(&file, "tree\nversion=v4\nnum_class=1\n").expect("a file");
    /// let booster = trainyard::flavors::Lightgbm::from_file(&file, "4.6.0")?;
    /// assert_eq!(booster.version(), "4.6.0");
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_file(path: &Path, version: &str) -> Result<Self, Error> {
        Self::from_text(fs::read_to_string(path).map_err(Error::io(path))?, version)
    }

    /// A booster of the crate `lightgbm3`, which holds the version of LightGBM that is noted: the booster does not tell.
    #[cfg(feature = "lightgbm3")]
    pub fn of(booster: &lightgbm3::Booster) -> Result<Self, Error> {
        let text = booster.save_string().map_err(|error| not_a_booster("LightGBM", &error.to_string()))?;
        Self::from_text(text, OF_LIGHTGBM3)
    }

    /// The booster as it was saved.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Version of LightGBM that saved it.
    pub fn version(&self) -> &str {
        &self.version
    }
}

impl SaveModel for Lightgbm {
    fn save(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
        const FILE: &str = "model.lgb";
        folder.write(FILE, self.text.as_bytes())?;
        let flavor = ours::<Self>("lightgbm").set("code", None::<String>)?.set("data", FILE)?;
        let flavor = flavor.set("lgb_version", &self.version)?.set("model_class", "lightgbm.basic.Booster")?;
        folder.add_flavor(flavor);
        folder.add_flavor(Flavor::python_function("mlflow.lightgbm").set("data", FILE)?);
        folder.require_python(format!("lightgbm=={}", self.version));
        Ok(())
    }
}

impl LoadModel for Lightgbm {
    fn load(saved: &SavedModel) -> Result<Self, BoxError> {
        let flavor = saved.flavor("lightgbm")?;
        let text = String::from_utf8(saved.read(&flavor.get::<String>("data")?)?)?;
        Ok(Self::from_text(text, &flavor.get::<String>("lgb_version")?)?)
    }
}

fn not_a_booster(library: &str, reason: &str) -> Error {
    Error::InvalidModel { field: "booster", value: format!("of {library}"), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_and_ubjson_are_told_from_each_other() {
        let format = |bytes: &[u8]| Xgboost::from_bytes(bytes.to_vec(), "3.2.0").map(|booster| booster.format());
        assert_eq!(format(b"{ \n\"learner\": {}}").expect("a booster"), "json");
        assert_eq!(format(b"{L\0\0\0\0\0\0\0\x07learner{}").expect("a booster"), "ubj");
        let error = format(b"binf\0").expect_err("no booster").to_string();
        assert!(error.contains("of XGBoost") && error.contains("UBJSON"), "{error}");
    }

    #[test]
    fn text_that_is_no_booster_is_refused() {
        let error = Lightgbm::from_text("treehouse", "4.7.0").expect_err("no booster").to_string();
        assert!(error.contains("of LightGBM"), "{error}");
        assert!(Lightgbm::from_text("tree\nversion=v4\nnum_class=1\n", "4.7.0").is_ok());
    }
}
