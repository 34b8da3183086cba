//! The file `MLmodel`: how a model was saved and what loads it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use trainyard_api::artifact_path::ArtifactPath;
use uuid::Uuid;

use super::{COMPAT_VERSION, MLMODEL, from_yaml, to_yaml};
use crate::Error;

/// Largest `MLmodel` that is read.
const MAX_BYTES: u64 = 64 << 20;
/// Keys of a flavor that name a file or directory of the model.
const PATH_KEYS: [&str; 12] = [
    "pickled_model",
    "model_path",
    "model_data",
    "data",
    "code",
    "python_model",
    "saved_model_dir",
    "model_file",
    "custom_objects",
    "model_config_path",
    "path",
    "extra_files",
];

/// What `MLmodel` holds. Keys that are not known here are kept in `other`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mlmodel {
    /// URI of the model directory; unset for a model that was only saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artifact_path: Option<String>,
    /// By flavor, what its loader needs.
    pub flavors: BTreeMap<String, Map<String, Value>>,
    /// Whether the signature comes from type hints.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_signature_from_type_hint: Option<bool>,
    /// The caller's own notes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
    /// Version of MLflow that reads the directory.
    pub mlflow_version: String,
    /// Id of the logged model.
    pub model_id: Option<String>,
    /// Size of the model's own files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_size_bytes: Option<u64>,
    /// Id of this directory; the logged model's where there is one.
    pub model_uuid: String,
    /// Prompts that the model uses.
    pub prompts: Option<Value>,
    /// Run that logged the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
    /// Where the input example lies and how to read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved_input_example_info: Option<Map<String, Value>>,
    /// Columns or tensors that go in and come out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
    /// Whether the signature's types were read off the example.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub type_hint_from_example: Option<bool>,
    /// When it was made: `YYYY-MM-DD HH:MM:SS.ffffff`.
    pub utc_time_created: String,
    /// All other keys.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// A signature: each part is a JSON document in text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Signature {
    /// What goes in.
    pub inputs: Option<String>,
    /// What comes out.
    pub outputs: Option<String>,
    /// Parameters of a prediction.
    pub params: Option<String>,
}

impl Mlmodel {
    /// A description without flavors: new id, the time of now.
    pub fn new() -> Self {
        Self {
            mlflow_version: COMPAT_VERSION.to_owned(),
            model_uuid: Uuid::new_v4().simple().to_string(),
            utc_time_created: Timestamp::now().strftime("%Y-%m-%d %H:%M:%S.%6f").to_string(),
            ..Default::default()
        }
    }

    /// Reads and checks `MLmodel` of a model directory.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(MLMODEL);
        let file = match fs::File::open(&path) {
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                let reason = format!("there is no file {MLMODEL}");
                return Err(Error::NoModel { uri: folder.display().to_string(), reason });
            }
            opened => opened.map_err(Error::io(&path))?,
        };
        let mut text = String::new();
        file.take(MAX_BYTES + 1).read_to_string(&mut text).map_err(Error::io(&path))?;
        if text.len() as u64 > MAX_BYTES {
            return Err(Error::model(&path, format!("it is larger than {} MiB", MAX_BYTES >> 20)));
        }
        Self::parse(&text).map_err(|reason| Error::model(&path, reason))
    }

    /// Reads and checks the text of an `MLmodel`; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let model = Self::from_json(from_yaml(text)?)?;
        model.check_paths()?;
        Ok(model)
    }

    /// Reads a description from JSON, without checking its paths.
    pub fn from_json(mut value: Value) -> Result<Self, String> {
        if let Value::Object(fields) = &mut value {
            // A key without a value is a key that is not there, except where `null` has to be written again.
            fields.retain(|key, value| !value.is_null() || matches!(key.as_str(), "model_id" | "prompts"));
        }
        serde_json::from_value(value).map_err(|error| error.to_string())
    }

    /// The description as JSON.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).expect("text keys and plain values")
    }

    /// The text of the file: block style, keys sorted, as MLflow writes it.
    pub fn to_yaml(&self) -> String {
        to_yaml(&self.to_json())
    }

    /// Writes `MLmodel` into a model directory, whole or not at all.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        let path = folder.join(MLMODEL);
        self.check_paths().map_err(|reason| Error::model(&path, reason))?;
        super::write_file(&path, self.to_yaml().as_bytes())
    }

    /// Checks that every path in it stays inside of the model directory.
    ///
    /// `model_code_path` is left out: it is the author's own path, of which loaders take only the last part.
    pub fn check_paths(&self) -> Result<(), String> {
        for (flavor, keys) in &self.flavors {
            check_map(&format!("flavors.{flavor}"), keys)?;
        }
        if let Some(info) = &self.saved_input_example_info {
            for key in ["artifact_path", "serving_input_path"] {
                if let Some(path) = info.get(key) {
                    check_path(&format!("saved_input_example_info.{key}"), path)?;
                }
            }
        }
        Ok(())
    }
}

fn check_map(place: &str, keys: &Map<String, Value>) -> Result<(), String> {
    for (key, value) in keys {
        let place = format!("{place}.{key}");
        match value {
            _ if PATH_KEYS.contains(&key.as_str()) => check_path(&place, value)?,
            // The environment files, by manager: {conda: conda.yaml, virtualenv: python_env.yaml}.
            Value::Object(files) if key == "env" => {
                for (manager, file) in files {
                    check_path(&format!("{place}.{manager}"), file)?;
                }
            }
            _ if key == "env" => check_path(&place, value)?,
            Value::Object(artifacts) if key == "artifacts" => {
                for (name, artifact) in artifacts {
                    check_path(&format!("{place}.{name}.path"), &artifact["path"])?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn check_path(place: &str, value: &Value) -> Result<(), String> {
    match value {
        // A dot stands for the model directory itself.
        Value::String(path) if matches!(path.as_str(), "" | "." | "./") => Ok(()),
        Value::String(path) => {
            let parsed = ArtifactPath::parse_directory(path.strip_prefix("./").unwrap_or(path));
            parsed.map(drop).map_err(|error| format!("{place} is '{path}', which {}", error.reason))
        }
        Value::Array(items) => items.iter().try_for_each(|item| check_path(place, item)),
        Value::Object(fields) => match fields.get("path") {
            Some(path) => check_path(&format!("{place}.path"), path),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}
