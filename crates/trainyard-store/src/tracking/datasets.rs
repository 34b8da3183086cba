//! Datasets and logged models as inputs and outputs of runs (tables `dataset`, `run_dataset_input`,
//! `run_dataset_input_tag`, `run_model_input`, `run_model_output`).

use trainyard_api::datasets::{
    Dataset, DatasetInput, DatasetSummary, LogInputs, LogOutputs, SearchDatasets, SearchDatasetsResponse,
};
use trainyard_api::run_events::RunChangeKind;
use trainyard_api::{Empty, RunId, limits, rules};

use super::tags::last_of_each;
use super::{logged_models, runs};
use crate::search::experiment_keys;
use crate::{Access, Operation, Row, StoreError, Transaction, Value};

impl Operation for LogInputs {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        let run_id = runs::id("run_id", self.run_id, RunId::default())?;
        rules::inputs(&self.datasets)?;
        let run = runs::active(tx, run_id)?;
        runs::note(tx, &run, RunChangeKind::Inputs);
        for input in self.datasets {
            let dataset = intern(tx, run.experiment, &input.dataset)?;
            attach(tx, run.key, dataset, input)?;
        }
        for input in self.models {
            let model = logged_models::key(tx, &input.model_id)?;
            tx.execute(
                "INSERT INTO run_model_input (run, model) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                &[run.key.into(), model.into()],
            )?;
        }
        Ok(Empty {})
    }
}

impl Operation for LogOutputs {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        let run = runs::active(tx, runs::id("run_id", self.run_id, RunId::default())?)?;
        rules::outputs(&self.models)?;
        runs::note(tx, &run, RunChangeKind::Models);
        for output in self.models {
            let model = logged_models::key(tx, &output.model_id)?;
            tx.execute(
                "INSERT INTO run_model_output (run, model, step) VALUES ($1, $2, $3)
                 ON CONFLICT (run, model) DO UPDATE SET step = excluded.step",
                &[run.key.into(), model.into(), output.step.into()],
            )?;
        }
        Ok(Empty {})
    }
}

impl Operation for SearchDatasets {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<SearchDatasetsResponse, StoreError> {
        let Self { experiment_ids } = self;
        if experiment_ids.is_empty() {
            return Err(StoreError::invalid("SearchDatasets request must specify at least one experiment_id."));
        }
        let limit = limits::DATASET_SEARCH_EXPERIMENTS;
        if experiment_ids.len() > limit {
            return Err(StoreError::invalid(format!(
                "SearchDatasets request cannot specify more than {limit} experiment_ids. Received {} experiment_ids.",
                experiment_ids.len()
            )));
        }
        let experiments = experiment_keys(&experiment_ids)?;
        let dataset_summaries = tx.query(
            &format!(
                "SELECT DISTINCT dataset.experiment_id, dataset.name, dataset.digest, tag.value
                 FROM dataset JOIN run_dataset_input AS input ON input.dataset = dataset.id
                 LEFT JOIN run_dataset_input_tag AS tag
                        ON tag.run = input.run AND tag.dataset = input.dataset AND tag.key = 'mlflow.data.context'
                 WHERE dataset.experiment_id IN {}
                 ORDER BY dataset.experiment_id, dataset.name, dataset.digest, tag.value LIMIT $2",
                tx.dialect().integers("$1")
            ),
            &[Value::integers(&experiments), limits::DATASET_SUMMARIES.into()],
            |row| {
                Ok(DatasetSummary {
                    experiment_id: row.get(0)?,
                    name: row.get(1)?,
                    digest: row.get(2)?,
                    context: row.get::<Option<String>>(3)?.unwrap_or_default(),
                })
            },
        )?;
        Ok(SearchDatasetsResponse { dataset_summaries })
    }
}

/// Reads `name, digest, source_type, source, schema, profile`, the first of them at `first`.
pub(super) fn from_row(row: &Row<'_>, first: usize) -> Result<Dataset, StoreError> {
    Ok(Dataset {
        name: row.get(first)?,
        digest: row.get(first + 1)?,
        source_type: row.get(first + 2)?,
        source: row.get(first + 3)?,
        schema: row.get::<Option<String>>(first + 4)?.unwrap_or_default(),
        profile: row.get::<Option<String>>(first + 5)?.unwrap_or_default(),
    })
}

/// The key of a dataset in its experiment: name and digest say which it is, and what is known of it stays.
fn intern(tx: &mut Transaction<'_>, experiment: i64, dataset: &Dataset) -> Result<i64, StoreError> {
    let known = tx.query_one(
        "SELECT id FROM dataset WHERE experiment_id = $1 AND name = $2 AND digest = $3",
        &[experiment.into(), (&dataset.name).into(), (&dataset.digest).into()],
        |row| row.get(0),
    )?;
    if let Some(known) = known {
        return Ok(known);
    }
    let optional = |text: &String| Some(text).filter(|text| !text.is_empty()).map_or(Value::Null, Value::from);
    tx.insert(
        "INSERT INTO dataset (experiment_id, name, digest, source_type, source, schema, profile)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (experiment_id, name, digest) DO UPDATE SET name = excluded.name RETURNING id",
        &[
            experiment.into(),
            (&dataset.name).into(),
            (&dataset.digest).into(),
            (&dataset.source_type).into(),
            (&dataset.source).into(),
            optional(&dataset.schema),
            optional(&dataset.profile),
        ],
    )
}

/// Makes a dataset an input of a run; one that is an input already keeps its tags.
fn attach(tx: &mut Transaction<'_>, run: i64, dataset: i64, input: DatasetInput) -> Result<(), StoreError> {
    let attached = tx.execute(
        "INSERT INTO run_dataset_input (run, dataset) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        &[run.into(), dataset.into()],
    )?;
    if attached == 0 {
        return Ok(());
    }
    tx.insert_many(
        "run_dataset_input_tag",
        ["run", "dataset", "key", "value"],
        "ON CONFLICT (run, dataset, key) DO UPDATE SET value = excluded.value",
        last_of_each(&input.tags).map(|tag| [run.into(), dataset.into(), (&tag.key).into(), (&tag.value).into()]),
    )?;
    Ok(())
}
