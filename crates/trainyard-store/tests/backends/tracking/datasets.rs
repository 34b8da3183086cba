use trainyard_api::datasets::*;
use trainyard_api::experiments::CreateExperiment;
use trainyard_api::logged_models::CreateLoggedModel;
use trainyard_api::runs::CreateRun;
use trainyard_api::{ModelId, RunId, Tag};

use super::{absent, get, invalid, missing, refused};
use crate::backend::TestStore;

fn dataset(name: &str) -> Dataset {
    Dataset {
        name: name.to_owned(),
        digest: "d1".to_owned(),
        source_type: "local".to_owned(),
        source: "{}".to_owned(),
        ..Dataset::default()
    }
}

fn input(dataset: Dataset, context: &str) -> DatasetInput {
    DatasetInput { tags: vec![Tag::new("mlflow.data.context", context)], dataset }
}

fn log(test: &TestStore, run_id: &RunId, datasets: Vec<DatasetInput>) -> Result<(), trainyard_store::StoreError> {
    test.call(LogInputs { run_id: run_id.clone(), datasets, ..LogInputs::default() }).map(drop)
}

fn model(test: &TestStore) -> ModelId {
    test.call(CreateLoggedModel { experiment_id: "0".into(), ..CreateLoggedModel::default() })
        .unwrap()
        .model
        .info
        .model_id
}

pub fn datasets_are_inputs_with_their_first_tags(test: TestStore) {
    let run_id = super::run(&test);
    let full = Dataset { schema: "s".to_owned(), profile: "p".to_owned(), ..dataset("full") };
    log(&test, &run_id, vec![input(dataset("iris"), "train"), input(full.clone(), "eval")]).unwrap();
    log(&test, &run_id, vec![input(dataset("iris"), "eval")]).unwrap();
    let expected = [input(dataset("iris"), "train"), input(full, "eval")];
    assert_eq!(get(&test, &run_id).inputs.dataset_inputs, expected);
}

pub fn a_dataset_is_stored_once_an_experiment(test: TestStore) {
    let (first, second) = (super::run(&test), super::run(&test));
    let changed = Dataset { source: "other".to_owned(), ..dataset("iris") };
    log(&test, &first, vec![input(dataset("iris"), "train")]).unwrap();
    log(&test, &second, vec![input(changed, "eval")]).unwrap();
    assert_eq!(get(&test, &second).inputs.dataset_inputs, [input(dataset("iris"), "eval")]);
    let count = test.store.read(|tx| tx.query("SELECT COUNT(*) FROM dataset", &[], |row| row.get::<i64>(0)));
    assert_eq!(count.wait().unwrap(), [1]);
}

pub fn limits_of_datasets(test: TestStore) {
    let run_id = super::run(&test);
    let log_one = |change: fn(&mut DatasetInput)| {
        let mut input = input(dataset("iris"), "train");
        change(&mut input);
        refused(log(&test, &run_id, vec![input]))
    };
    let too_long =
        |what: &str, limit: usize| invalid(&format!("'{what}' exceeds the maximum length of {limit} characters"));
    assert_eq!(log_one(|input| input.dataset.name.clear()), missing("datasets[0].dataset.name"));
    assert_eq!(log_one(|input| input.dataset.digest.clear()), missing("datasets[0].dataset.digest"));
    assert_eq!(log_one(|input| input.dataset.name = "x".repeat(501)), too_long("name", 500));
    assert_eq!(log_one(|input| input.dataset.digest = "x".repeat(37)), too_long("digest", 36));
    assert_eq!(log_one(|input| input.dataset.source = "x".repeat(65_536)), too_long("source", 65_535));
    assert_eq!(log_one(|input| input.dataset.schema = "x".repeat(1_048_576)), too_long("schema", 1_048_575));
    assert_eq!(log_one(|input| input.dataset.profile = "x".repeat(16_777_216)), too_long("profile", 16_777_215));
    assert_eq!(log_one(|input| input.tags[0].key = "x".repeat(256)), too_long("key", 255));
    assert_eq!(log_one(|input| input.tags[0].value = "x".repeat(501)), too_long("value", 500));
    let many = (0..1001).map(|i| input(dataset(&i.to_string()), "train")).collect();
    assert_eq!(
        refused(log(&test, &run_id, many)),
        invalid("A request can log at most 1000 datasets. Got 1001 datasets.")
    );
    assert_eq!(refused(log(&test, &"nope".into(), vec![])), absent("Run with id=nope not found"));
    assert_eq!(get(&test, &run_id).inputs, RunInputs::default());
}

pub fn models_are_inputs_and_outputs(test: TestStore) {
    let run_id = super::run(&test);
    let model_id = model(&test);
    let models = vec![ModelInput { model_id: model_id.clone() }; 2];
    for _ in 0..2 {
        test.call(LogInputs { run_id: run_id.clone(), models: models.clone(), ..LogInputs::default() }).unwrap();
    }
    let output = |step| vec![ModelOutput { model_id: model_id.clone(), step }];
    let log = |models| test.call(LogOutputs { run_id: run_id.clone(), models });
    log(output(3)).unwrap();
    log(output(4)).unwrap();
    let run = get(&test, &run_id);
    assert_eq!(run.inputs.model_inputs, [ModelInput { model_id: model_id.clone() }]);
    assert_eq!(run.outputs.unwrap().model_outputs, output(4));

    assert_eq!(refused(log(vec![])), missing("models"));
    let unknown = ModelOutput { model_id: "m-nope".into(), step: 0 };
    let both = vec![output(9).remove(0), unknown];
    assert_eq!(refused(log(both)), absent("Logged model with ID 'm-nope' not found."));
    assert_eq!(get(&test, &run_id).outputs.unwrap().model_outputs, output(4), "nothing of a refused request is stored");
}

pub fn the_datasets_of_experiments_are_listed_with_their_contexts(test: TestStore) {
    let other = CreateExperiment { name: "other".into(), ..CreateExperiment::default() };
    let other = test.call(other).unwrap().experiment_id;
    let in_other = CreateRun { experiment_id: other.clone(), ..CreateRun::default() };
    let in_other = test.call(in_other).unwrap().run.info.run_id;
    let (first, second) = (super::run(&test), super::run(&test));
    let untold = DatasetInput { dataset: dataset("untold"), ..DatasetInput::default() };
    log(&test, &first, vec![input(dataset("iris"), "train"), untold]).unwrap();
    log(&test, &second, vec![input(dataset("iris"), "train")]).unwrap();
    log(&test, &second, vec![input(dataset("wine"), "eval")]).unwrap();
    log(&test, &in_other, vec![input(dataset("iris"), "train")]).unwrap();

    let search = |ids: &[&str]| {
        let experiment_ids = ids.iter().map(|id| (*id).into()).collect();
        test.call(SearchDatasets { experiment_ids }).map(|answer| answer.dataset_summaries)
    };
    let summary = |experiment_id: &str, name: &str, context: &str| DatasetSummary {
        experiment_id: experiment_id.into(),
        name: name.to_owned(),
        digest: "d1".to_owned(),
        context: context.to_owned(),
    };
    let default = [summary("0", "iris", "train"), summary("0", "untold", ""), summary("0", "wine", "eval")];
    assert_eq!(search(&["0"]).unwrap(), default);
    let both = search(&["0", other.as_str(), "0", "99", "99999999999999999999"]).unwrap();
    assert_eq!(both, [&default[..], &[summary(other.as_str(), "iris", "train")]].concat());
    assert_eq!(refused(search(&[])), invalid("SearchDatasets request must specify at least one experiment_id."));
    assert_eq!(
        refused(search(&["0"; 21])),
        invalid("SearchDatasets request cannot specify more than 20 experiment_ids. Received 21 experiment_ids.")
    );
    assert_eq!(refused(search(&["x"])), invalid("Invalid experiment ID 'x'. Experiment ID must be a valid integer."));
}
