//! Input examples: the files `input_example.json` and `serving_input_example.json` of a model directory.

use std::fs;
use std::path::Path;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::tensor::shape_of;
use super::{Column, DataType, Schema, Tensor};
use crate::Error;

const FILE: &str = "input_example.json";
const SERVING_FILE: &str = "serving_input_example.json";

/// Data like a model's input, kept beside the model for people and for scoring servers.
///
/// ```
/// use trainyard::{InputExample, ModelOptions};
///
/// # fn main() -> Result<(), trainyard::Error> {
/// let rows = InputExample::tensor(&[[5.1_f32, 3.5], [6.2, 3.4]])?;
/// let table = InputExample::table(&["length", "width"], &[[5.1, 3.5], [6.2, 3.4]])?;
/// let options = ModelOptions::new().input_example(table);
/// # drop((rows, options));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct InputExample {
    /// Content of the file.
    json: String,
    /// Body of a request to a scoring server.
    serving: String,
    /// `type` in `MLmodel`, and `pandas_orient` where there is one.
    kind: &'static str,
    orient: Option<&'static str>,
    inputs: Option<Schema>,
}

impl InputExample {
    /// Rows of numbers or texts, of any number of dimensions.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let temporary = tempfile::tempdir().expect("a folder");
    /// # let folder = temporary.path().join("model");
    /// use trainyard::flavors::Json;
    /// use trainyard::{InputExample, ModelOptions, save_model};
    ///
    /// let options = ModelOptions::new().input_example(InputExample::tensor(&[[5.1_f32, 3.5], [6.2, 3.4]])?);
    /// save_model(&folder, &Json(&[0.5, -1.25]), &options)?;
    /// let written = std::fs::read_to_string(folder.join("input_example.json")).expect("a file");
    /// assert_eq!(written, "[[5.1, 3.5], [6.2, 3.4]]");
    /// # Ok(())
    /// # }
    /// ```
    pub fn tensor(rows: &(impl Tensor + ?Sized)) -> Result<Self, Error> {
        let inputs = Some(Schema::of(rows)?);
        let json = json_of(rows);
        Ok(Self { serving: format!("{{\"inputs\": {json}}}"), json, kind: "ndarray", orient: None, inputs })
    }

    /// A table: names of columns, and rows with a value for each.
    ///
    /// ```
    /// use trainyard::InputExample;
    ///
    /// let rows = [[5.1, 3.5], [6.2, 3.4]];
    /// let example = InputExample::table(&["length", "width"], &rows)?;
    /// assert!(InputExample::table(&["length"], &rows).is_err(), "a name is missing");
    /// # drop(example);
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    pub fn table<N: AsRef<str>>(columns: &[N], rows: &(impl Tensor + ?Sized)) -> Result<Self, Error> {
        let shape = shape_of(rows)?;
        if shape.len() != 2 || shape[1] != columns.len() {
            return Err(Error::InvalidModel {
                field: "input_example",
                value: format!("{shape:?}"),
                reason: format!("expected rows with one value for each of the {} columns", columns.len()),
            });
        }
        let data_type = column_type(rows.dtype());
        let names: Vec<&str> = columns.iter().map(AsRef::as_ref).collect();
        let column =
            |name: &&str| Column { name: Some((*name).to_owned()), data_type: data_type.clone(), required: true };
        let inputs = Schema::Columns(names.iter().map(column).collect());
        Ok(Self::split(&names, &json_of(rows), inputs))
    }

    /// A data frame: its rows as JSON.
    pub(super) fn split(columns: &[&str], rows: &str, inputs: Schema) -> Self {
        let json = format!("{{\"columns\": {}, \"data\": {rows}}}", json!(columns));
        Self {
            serving: format!("{{\"dataframe_split\": {json}}}"),
            json,
            kind: "dataframe",
            orient: Some("split"),
            inputs: Some(inputs),
        }
    }

    /// Anything else, as JSON.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    ///
    /// let question = BTreeMap::from([("question", "Which flower is it?"), ("language", "en")]);
    /// let example = trainyard::InputExample::json(&question)?;
    /// # drop(example);
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    pub fn json(value: &(impl Serialize + ?Sized)) -> Result<Self, Error> {
        let json = serde_json::to_string(value).map_err(|error| Error::InvalidModel {
            field: "input_example",
            value: String::new(),
            reason: error.to_string(),
        })?;
        Ok(Self { serving: format!("{{\"inputs\": {json}}}"), json, kind: "json_object", orient: None, inputs: None })
    }

    /// What a signature says of it.
    pub(crate) fn inputs(&self) -> Option<&Schema> {
        self.inputs.as_ref()
    }

    /// Writes the files and answers what `MLmodel` says of them.
    pub(crate) fn write(&self, folder: &Path) -> Result<Map<String, Value>, Error> {
        for (name, content) in [(FILE, &self.json), (SERVING_FILE, &self.serving)] {
            let path = folder.join(name);
            fs::write(&path, content).map_err(Error::io(&path))?;
        }
        let mut about = Map::new();
        about.insert("artifact_path".to_owned(), FILE.into());
        about.insert("serving_input_path".to_owned(), SERVING_FILE.into());
        about.insert("type".to_owned(), self.kind.into());
        if let Some(orient) = self.orient {
            about.insert("pandas_orient".to_owned(), orient.into());
        }
        Ok(about)
    }
}

fn json_of(rows: &(impl Tensor + ?Sized)) -> String {
    let mut json = String::new();
    rows.push_json(&mut json);
    json
}

fn column_type(dtype: &str) -> DataType {
    match dtype {
        "bool" => DataType::Boolean,
        "float32" => DataType::Float,
        "float64" => DataType::Double,
        "str" => DataType::String,
        "int64" | "uint32" => DataType::Long,
        // MLflow has no column type that holds them all.
        "uint64" => DataType::Any,
        _ => DataType::Integer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_written_as_a_split_data_frame() {
        let example = InputExample::table(&["a", "b"], &[[1.0, 2.0], [3.0, 4.5]]).expect("a table");
        assert_eq!(example.serving, r#"{"dataframe_split": {"columns": ["a","b"], "data": [[1.0, 2.0], [3.0, 4.5]]}}"#);
        assert_eq!(example.inputs, Some(Schema::columns([("a", DataType::Double), ("b", DataType::Double)])));
        let error = InputExample::table(&["a"], &[[1, 2]]).expect_err("too few names").to_string();
        assert!(error.contains("input_example") && error.contains("1 columns"), "{error}");
    }

    #[test]
    fn tensors_and_json_are_inputs() {
        let example = InputExample::tensor(&[[1_u8, 2]]).expect("a tensor");
        assert_eq!((example.json.as_str(), example.serving.as_str()), ("[[1, 2]]", r#"{"inputs": [[1, 2]]}"#));
        let example = InputExample::json(&json!({"question": "why?"})).expect("JSON");
        assert_eq!(example.serving, r#"{"inputs": {"question":"why?"}}"#);
    }
}
