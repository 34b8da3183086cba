//! Models in the ONNX format, and copies in it of models that only Rust could load otherwise: MLflow's flavor `onnx`.

#[cfg(any(feature = "linfa", feature = "smartcore", test))]
mod graph;
#[cfg(any(feature = "linfa", feature = "smartcore", test))]
mod linear;
mod proto;
#[cfg(any(feature = "linfa", feature = "smartcore", test))]
mod trees;

use std::fs;
use std::path::Path;

use prost::Message;

use super::ours;
use crate::{BoxError, Error, Flavor, LoadModel, ModelFolder, SaveModel, SavedModel};
use proto::ModelProto;

#[cfg(any(feature = "linfa", feature = "smartcore"))]
pub(crate) use graph::{Exported, Labels, Precision};
#[cfg(any(feature = "linfa", feature = "smartcore"))]
pub(crate) use linear::{Targets, Threshold, binary, multinomial, regression};
#[cfg(any(feature = "linfa", feature = "smartcore"))]
pub(crate) use trees::{Comparison, Forest, Node, Tree};

const FILE: &str = "model.onnx";
/// The version of the onnx package that knows all that is written here; stock MLflow notes it and does not read it.
const ONNX_VERSION: &str = "1.17.0";
/// What MLflow asks for when nobody says otherwise.
const PROVIDERS: [&str; 2] = ["CUDAExecutionProvider", "CPUExecutionProvider"];

/// A model in the ONNX format, from whatever made it. Every MLflow client loads it and predicts with it.
///
/// Rust gets the bytes back, for `ort`, `tract` or `rten`:
///
/// ```
/// use trainyard::flavors::Onnx;
///
/// # fn main() -> Result<(), trainyard::Error> {
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// # let run = client.start_run("nets", "")?;
/// # let file = folder.path().join("net.onnx");
/// # let identity = b"\x08\x08\x3a\x12\x0a\x10\x0a\x01x\x12\x01y\x22\x08Identity\x42\x02\x10\x15";
/// # std::fs::write(&file, identity).expect("a file");
/// let net = Onnx::from_file(&file)?;
/// let info = run.log_model("net", &net)?;
/// let loaded: Onnx = client.load_model(&info.model_uri)?;
/// assert_eq!(loaded.bytes(), net.bytes());
/// # run.finish()
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Onnx {
    bytes: Vec<u8>,
}

impl Onnx {
    /// A model as bytes. Weights in files of their own cannot be taken along; they are refused.
    ///
    /// ```
    /// let refused = trainyard::flavors::Onnx::from_bytes(b"a picture of a net".to_vec()).expect_err("no model");
    /// assert!(refused.to_string().contains("it is not in the ONNX format"));
    /// ```
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, Error> {
        check(&bytes).map_err(|reason| Error::InvalidModel {
            field: "ONNX model",
            value: format!("{} bytes", bytes.len()),
            reason,
        })?;
        Ok(Self { bytes })
    }

    /// A model in a file.
    pub fn from_file(path: &Path) -> Result<Self, Error> {
        let bytes = fs::read(path).map_err(Error::io(path))?;
        match check(&bytes) {
            Ok(()) => Ok(Self { bytes }),
            Err(reason) => Err(Error::model(path, reason)),
        }
    }

    /// The model as bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl SaveModel for Onnx {
    fn save(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
        Ok(write(&self.bytes, folder)?)
    }
}

impl LoadModel for Onnx {
    fn load(saved: &SavedModel) -> Result<Self, BoxError> {
        let file: String = saved.flavor("onnx")?.get("data")?;
        Ok(Self::from_file(&saved.file(&file)?)?)
    }
}

/// Adds an ONNX copy to a model that has a flavor of its own.
#[cfg(any(feature = "linfa", feature = "smartcore"))]
pub(crate) fn write_copy(copy: Exported, folder: &mut ModelFolder) -> Result<(), BoxError> {
    write(&copy.bytes, folder)?;
    folder.set_signature(copy.signature);
    Ok(())
}

fn write(bytes: &[u8], folder: &mut ModelFolder) -> Result<(), Error> {
    folder.write(FILE, bytes)?;
    let flavor = ours::<Onnx>("onnx").set("code", None::<String>)?.set("data", FILE)?.set("providers", PROVIDERS)?;
    folder.add_flavor(flavor.set("onnx_session_options", None::<String>)?.set("onnx_version", ONNX_VERSION)?);
    folder.add_flavor(Flavor::python_function("mlflow.onnx").set("data", FILE)?);
    folder.require_python(format!("onnx>={ONNX_VERSION}"));
    // The first to have trees that answer doubles.
    folder.require_python("onnxruntime>=1.20.0");
    Ok(())
}

fn check(bytes: &[u8]) -> Result<(), String> {
    let model = ModelProto::decode(bytes).map_err(|error| format!("it is not in the ONNX format: {error}"))?;
    let Some(graph) = model.graph.filter(|graph| !graph.node.is_empty()) else {
        return Err("it is not in the ONNX format, or has no graph".to_owned());
    };
    if model.ir_version.is_none() || model.opset_import.is_empty() {
        return Err("it names no version of the ONNX format or of its operators".to_owned());
    }
    match graph.initializer.iter().find(|tensor| tensor.data_location == Some(EXTERNAL)) {
        Some(tensor) => Err(format!(
            "the weights '{}' lie in a file of their own; save the model with its weights inside",
            tensor.name.as_deref().unwrap_or_default()
        )),
        None => Ok(()),
    }
}

/// `data_location` of weights that lie in a file of their own.
const EXTERNAL: i32 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_model_is_refused() {
        for bytes in [&b"not ONNX at all"[..], b"", b"\x08\x07"] {
            let error = Onnx::from_bytes(bytes.to_vec()).expect_err("no model").to_string();
            assert!(error.contains("ONNX"), "{error}");
        }
    }

    #[test]
    fn weights_in_another_file_are_refused_by_name() {
        let copy = linear::regression(Precision::Single, &[1.0, 2.0], 0.5, linear::Targets::Floats);
        let mut model = ModelProto::decode(copy.bytes.as_slice()).expect("a model");
        Onnx::from_bytes(copy.bytes).expect("a model");
        let graph = model.graph.as_mut().expect("a graph");
        graph.initializer[0].data_location = Some(EXTERNAL);
        let error = Onnx::from_bytes(model.encode_to_vec()).expect_err("external").to_string();
        assert!(error.contains("'weights' lie in a file"), "{error}");
    }
}
