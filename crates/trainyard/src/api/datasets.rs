//! Datasets and models as inputs and outputs of runs.
//!
//! ```
//! # fn main() -> Result<(), trainyard::Error> {
//! # let folder = tempfile::tempdir().expect("a folder");
//! # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
//! use trainyard::api::Tag;
//! use trainyard::api::datasets::{
//!     Dataset, DatasetInput, LogInputs, LogOutputs, ModelInput, ModelOutput, RunInputs, RunOutputs, SearchDatasets,
//! };
//! use trainyard::api::logged_models::CreateLoggedModel;
//! use trainyard::api::runs::{CreateRun, GetRun};
//!
//! let run_id = client.call(CreateRun::default())?.run.info.run_id;
//! let dataset = Dataset {
//!     name: "iris".to_owned(),
//!     digest: "9a3b1c77".to_owned(),
//!     source_type: "local".to_owned(),
//!     source: r#"{"uri": "iris.csv"}"#.to_owned(),
//!     ..Default::default()
//! };
//! let datasets = vec![DatasetInput { tags: vec![Tag::new("mlflow.data.context", "training")], dataset }];
//! let model = || CreateLoggedModel { experiment_id: "0".into(), ..Default::default() };
//! let pretrained = client.call(model())?.model.info.model_id;
//! let models = vec![ModelInput { model_id: pretrained }];
//! client.call(LogInputs { run_id: run_id.clone(), datasets, models })?;
//!
//! let tuned = client.call(model())?.model.info.model_id;
//! let models = vec![ModelOutput { model_id: tuned, step: 100 }];
//! client.call(LogOutputs { run_id: run_id.clone(), models })?;
//!
//! let run = client.call(GetRun { run_id, ..Default::default() })?.run;
//! let RunInputs { dataset_inputs, model_inputs } = run.inputs;
//! assert_eq!((dataset_inputs[0].dataset.name.as_str(), model_inputs.len()), ("iris", 1));
//! let RunOutputs { model_outputs } = run.outputs.expect("a model");
//! assert_eq!(model_outputs[0].step, 100);
//!
//! let found = client.call(SearchDatasets { experiment_ids: vec!["0".into()] })?;
//! assert_eq!(found.dataset_summaries[0].context, "training");
//! # Ok(())
//! # }
//! ```

pub use trainyard_api::datasets::{
    Dataset, DatasetInput, DatasetSummary, LogInputs, LogOutputs, ModelInput, ModelOutput, RunInputs, RunOutputs,
    SearchDatasets, SearchDatasetsResponse,
};
