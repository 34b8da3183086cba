//! docs/search.md: every example in it finds what it says.

use std::collections::BTreeSet;

use trainyard_api::datasets::{Dataset, DatasetInput, LogInputs};
use trainyard_api::experiments::{CreateExperiment, SearchExperiments};
use trainyard_api::logged_models::{CreateLoggedModel, FinalizeLoggedModel, LoggedModelStatus, SearchLoggedModels};
use trainyard_api::metrics::{LogMetric, Metric};
use trainyard_api::model_versions::{CreateModelVersion, SearchModelVersions};
use trainyard_api::registered_models::{CreateRegisteredModel, SearchRegisteredModels};
use trainyard_api::runs::{CreateRun, LogBatch, RunStatus, SearchRuns, UpdateRun};
use trainyard_api::{ExperimentId, Param, RunId, Tag};
use trainyard_store::StoreError;

use super::experiment;
use crate::backend::TestStore;

const REFERENCE: &str = include_str!("../../../../../docs/search.md");

type Pairs<'p> = &'p [(&'p str, &'p str)];

fn pairs<T>(pairs: Pairs<'_>, new: impl Fn(&str, &str) -> T) -> Vec<T> {
    pairs.iter().map(|(key, value)| new(key, value)).collect()
}

struct Store {
    test: TestStore,
    fruit: ExperimentId,
}

impl Store {
    /// What the reference says is there.
    fn filled(test: TestStore) -> Self {
        let fruit = experiment(&test, "fruit");
        let tags = vec![Tag::new("team", "vision")];
        test.call(CreateExperiment { name: "trees".into(), tags, ..Default::default() }).unwrap();
        let store = Self { test, fruit };
        let apple = store.run(
            "apple",
            &[("accuracy", 0.95), ("val/loss", 0.05)],
            &[("lr", "0.001"), ("depth", "8"), ("optimizer", "adam")],
            &[("team", "vision"), ("stage", "prod")],
            Some(61_000),
        );
        store.used(&apple, "iris", "train");
        store.used(&apple, "wine", "test");
        let banana = store.run(
            "banana",
            &[("accuracy", 0.9), ("val/loss", f64::NAN)],
            &[("lr", "1e-2"), ("optimizer", "SGD")],
            &[("team", "vision")],
            None,
        );
        store.used(&banana, "iris", "train");
        let params: Pairs<'_> = &[("lr", "auto"), ("depth", "16"), ("optimizer", "adamw")];
        store.run("cherry", &[("accuracy", 0.97)], params, &[("stage", "test")], Some(6_000));
        store.run("date", &[], &[], &[("note", "it's ripe")], None);
        store.models(&apple);
        store
    }

    fn run(&self, name: &str, metrics: &[(&str, f64)], params: Pairs<'_>, tags: Pairs<'_>, end: Option<i64>) -> RunId {
        let request = CreateRun {
            experiment_id: self.fruit.clone(),
            run_name: name.into(),
            user_id: "ana".into(),
            start_time: Some(1000),
            ..Default::default()
        };
        let run_id = self.test.call(request).unwrap().run.info.run_id;
        let metric = |(key, value): &(&str, f64)| Metric { key: (*key).into(), value: *value, ..Default::default() };
        let batch = LogBatch {
            run_id: run_id.clone(),
            metrics: metrics.iter().map(metric).collect(),
            params: pairs(params, |key, value| Param::new(key, value)),
            tags: pairs(tags, |key, value| Tag::new(key, value)),
        };
        self.test.call(batch).unwrap();
        if end.is_some() {
            let status = Some(RunStatus::Finished);
            let request = UpdateRun { run_id: run_id.clone(), status, end_time: end, ..Default::default() };
            self.test.call(request).unwrap();
        }
        run_id
    }

    fn used(&self, run_id: &RunId, dataset: &str, context: &str) {
        let input = DatasetInput {
            dataset: Dataset { name: dataset.into(), digest: format!("{dataset}-1"), ..Default::default() },
            tags: vec![Tag::new("mlflow.data.context", context)],
        };
        self.test.call(LogInputs { run_id: run_id.clone(), datasets: vec![input], ..Default::default() }).unwrap();
    }

    fn models(&self, run_id: &RunId) {
        for (name, lr, accuracy) in [("first", "0.1", Some(0.8)), ("second", "0.10", None)] {
            let request = CreateLoggedModel {
                experiment_id: self.fruit.clone(),
                name: name.into(),
                source_run_id: run_id.clone(),
                params: vec![Param::new("lr", lr)],
                ..Default::default()
            };
            let model_id = self.test.call(request).unwrap().model.info.model_id;
            if let Some(value) = accuracy {
                let point = LogMetric {
                    run_id: run_id.clone(),
                    key: "model_accuracy".into(),
                    value: Some(value),
                    timestamp: Some(1),
                    model_id: model_id.clone(),
                    ..Default::default()
                };
                self.test.call(point).unwrap();
                self.test.call(FinalizeLoggedModel { model_id, status: LoggedModelStatus::Ready }).unwrap();
            }
        }
        for (name, tag) in
            [("iris", ("stage", "prod")), ("wine", ("owner", "ana")), ("greeting", ("mlflow.prompt.is_prompt", "true"))]
        {
            let tags = vec![Tag::new(tag.0, tag.1)];
            self.test
                .call(CreateRegisteredModel { name: name.into(), tags: tags.clone(), ..Default::default() })
                .unwrap();
            for _ in 0..if name == "iris" { 2 } else { 1 } {
                let source = if name == "greeting" { "dummy-source".into() } else { format!("s3://bucket/{name}") };
                let request =
                    CreateModelVersion { name: name.into(), source, tags: tags.clone(), ..Default::default() };
                self.test.call(request).unwrap();
            }
        }
    }

    fn find(&self, entity: &str, filter: &str) -> Result<BTreeSet<String>, StoreError> {
        let (filter, test) = (filter.to_owned(), &self.test);
        Ok(match entity {
            "runs" => {
                let experiment_ids = vec![self.fruit.clone()];
                let found = test.call(SearchRuns { experiment_ids, filter, ..Default::default() })?;
                found.runs.into_iter().map(|run| run.info.run_name).collect()
            }
            "experiments" => {
                let found = test.call(SearchExperiments { max_results: Some(100), filter, ..Default::default() })?;
                found.experiments.into_iter().map(|experiment| experiment.name).collect()
            }
            "logged-models" => {
                let experiment_ids = vec![self.fruit.clone()];
                let found = test.call(SearchLoggedModels { experiment_ids, filter, ..Default::default() })?;
                found.models.into_iter().map(|model| model.info.name).collect()
            }
            "registered-models" => {
                let found = test.call(SearchRegisteredModels { filter, ..Default::default() })?;
                found.registered_models.into_iter().map(|model| model.name).collect()
            }
            "model-versions" => {
                let found = test.call(SearchModelVersions { filter, ..Default::default() })?;
                found
                    .model_versions
                    .into_iter()
                    .map(|version| format!("{}/{}", version.name, version.version))
                    .collect()
            }
            other => panic!("the reference has examples for unknown entities: {other}"),
        })
    }
}

pub fn the_examples_of_the_reference_find_what_it_says(test: TestStore) {
    let store = Store::filled(test);
    let mut entity = None;
    let mut seen = BTreeSet::new();
    for line in REFERENCE.lines() {
        if let Some(language) = line.strip_prefix("```") {
            entity = language.strip_prefix("text ");
            continue;
        }
        let Some(entity) = entity.filter(|_| !line.trim().is_empty()) else { continue };
        seen.insert(entity);
        let (filter, found) = line.split_once('→').unwrap_or_else(|| panic!("no → in {line:?}"));
        match found.trim().strip_prefix("400: ") {
            Some(message) => {
                let error = store.find(entity, filter).unwrap_err().to_string();
                assert!(error.contains(message), "{filter}: {error}");
            }
            None => {
                let expected: BTreeSet<String> =
                    found.split(',').map(|name| name.trim().to_owned()).filter(|name| name != "nothing").collect();
                assert_eq!(store.find(entity, filter).expect(filter), expected, "{filter}");
            }
        }
    }
    let all = BTreeSet::from(["experiments", "logged-models", "model-versions", "registered-models", "runs"]);
    assert_eq!(seen, all);
}
