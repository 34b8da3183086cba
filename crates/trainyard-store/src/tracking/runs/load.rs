//! Whole runs for answers: as many statements for a page of them as for one.

use std::collections::HashMap;

use trainyard_api::datasets::{DatasetInput, ModelInput, ModelOutput, RunOutputs};
use trainyard_api::runs::{Run, RunColumns, RunInfo};
use trainyard_api::{Param, RunId, Tag};

use crate::tracking::points::Point;
use crate::tracking::{datasets, experiments};
use crate::{Row, StoreError, Transaction, Value};

/// The runs with these keys, in that order, with all that was logged to them, or with some of it; keys of nothing are left
/// out.
pub(crate) fn load(
    tx: &mut Transaction<'_>,
    keys: &[i64],
    columns: Option<&RunColumns>,
) -> Result<Vec<Run>, StoreError> {
    let mut page = Page::read_infos(tx, keys)?;
    page.add_params(tx, columns.map(|columns| columns.params.as_slice()))?;
    page.add_tags(tx, columns.map(|columns| columns.tags.as_slice()))?;
    page.add_metrics(tx, columns.map(|columns| columns.metrics.as_slice()))?;
    match columns {
        None => page.add_datasets(tx)?,
        Some(RunColumns { datasets: true, .. }) => page.add_names_of_datasets(tx)?,
        Some(_) => {}
    }
    if columns.is_none_or(|columns| columns.models) {
        page.add_models(tx)?;
    }
    Ok(page.runs.into_iter().flatten().collect())
}

/// Runs under construction, with the way from a key to its run.
struct Page {
    keys: Value,
    positions: HashMap<i64, usize>,
    runs: Vec<Option<Run>>,
}

impl Page {
    fn read_infos(tx: &mut Transaction<'_>, keys: &[i64]) -> Result<Self, StoreError> {
        let root = tx.artifact_root().clone();
        let positions = keys.iter().enumerate().map(|(position, key)| (*key, position)).collect();
        let mut page = Self { keys: Value::integers(keys), positions, runs: vec![None; keys.len()] };
        let infos = tx.query(
            &page.statement(
                tx,
                "SELECT run.id, run.run_id, run.name, run.experiment_id, run.user_id, run.status, run.start_time,
                        run.end_time, run.lifecycle_stage, experiment.artifact_location
                 FROM run JOIN experiment ON experiment.id = run.experiment_id WHERE run.id IN $runs",
            ),
            std::slice::from_ref(&page.keys),
            |row| {
                let run_id: RunId = row.get(1)?;
                let location = experiments::location(&root, row.get(3)?, row.get(9)?);
                let info = RunInfo {
                    run_uuid: run_id.clone(),
                    run_name: row.get(2)?,
                    experiment_id: row.get(3)?,
                    user_id: row.get(4)?,
                    status: row.get(5)?,
                    start_time: row.get(6)?,
                    end_time: row.get(7)?,
                    artifact_uri: experiments::below(&location, &format!("{run_id}/artifacts")),
                    lifecycle_stage: row.get(8)?,
                    run_id,
                };
                Ok((row.get::<i64>(0)?, info))
            },
        )?;
        for (key, info) in infos {
            page.runs[page.positions[&key]] =
                Some(Run { info, outputs: Some(RunOutputs::default()), ..Run::default() });
        }
        Ok(page)
    }

    fn add_params(&mut self, tx: &mut Transaction<'_>, keys: Option<&[String]>) -> Result<(), StoreError> {
        let select = "SELECT run, key, value FROM param WHERE run IN $runs";
        self.add_some(tx, (select, "key IN $keys", "run, key"), keys, |row, run| {
            run.data.params.push(Param { key: row.get(1)?, value: row.get(2)? });
            Ok(())
        })
    }

    fn add_tags(&mut self, tx: &mut Transaction<'_>, keys: Option<&[String]>) -> Result<(), StoreError> {
        let select = "SELECT run, key, value FROM run_tag WHERE run IN $runs";
        self.add_some(tx, (select, "key IN $keys", "run, key"), keys, |row, run| {
            run.data.tags.push(Tag { key: row.get(1)?, value: row.get(2)? });
            Ok(())
        })
    }

    fn add_metrics(&mut self, tx: &mut Transaction<'_>, keys: Option<&[String]>) -> Result<(), StoreError> {
        let select = "SELECT summary.run, metric_key.key, latest_value, latest_is_nan, latest_timestamp, latest_step
                      FROM metric_summary AS summary JOIN metric_key ON metric_key.id = summary.metric_key
                      WHERE summary.run IN $runs";
        // By their numbers, so that each is looked up in the index of a run's metrics.
        let of_keys = "summary.metric_key IN (SELECT id FROM metric_key WHERE key IN $keys)";
        self.add_some(tx, (select, of_keys, "summary.run, metric_key.key"), keys, |row, run| {
            run.data.metrics.push(Point::from_row(row, 2)?.metric(&row.get::<String>(1)?));
            Ok(())
        })
    }

    fn add_datasets(&mut self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        self.add(
            tx,
            "SELECT input.run, name, digest, source_type, source, schema, profile
             FROM run_dataset_input AS input JOIN dataset ON dataset.id = input.dataset
             WHERE input.run IN $runs ORDER BY input.run, input.dataset",
            add_dataset,
        )?;
        self.add(
            tx,
            "SELECT tag.run, dataset.name, dataset.digest, tag.key, tag.value
             FROM run_dataset_input_tag AS tag JOIN dataset ON dataset.id = tag.dataset
             WHERE tag.run IN $runs ORDER BY tag.run, tag.dataset, tag.key",
            |row, run| {
                let (name, digest): (String, String) = (row.get(1)?, row.get(2)?);
                let tag = Tag { key: row.get(3)?, value: row.get(4)? };
                let mut inputs = run.inputs.dataset_inputs.iter_mut();
                if let Some(input) = inputs.find(|input| input.dataset.name == name && input.dataset.digest == digest) {
                    input.tags.push(tag);
                }
                Ok(())
            },
        )
    }

    /// Schemas and profiles have up to millions of characters.
    fn add_names_of_datasets(&mut self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        self.add(
            tx,
            "SELECT input.run, name, digest, source_type, '', CAST(NULL AS TEXT), CAST(NULL AS TEXT)
             FROM run_dataset_input AS input JOIN dataset ON dataset.id = input.dataset
             WHERE input.run IN $runs ORDER BY input.run, input.dataset",
            add_dataset,
        )
    }

    fn add_models(&mut self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        self.add(
            tx,
            "SELECT input.run, logged_model.model_id
             FROM run_model_input AS input JOIN logged_model ON logged_model.id = input.model
             WHERE input.run IN $runs ORDER BY input.run, input.model",
            |row, run| {
                run.inputs.model_inputs.push(ModelInput { model_id: row.get(1)? });
                Ok(())
            },
        )?;
        self.add(
            tx,
            "SELECT output.run, logged_model.model_id, output.step
             FROM run_model_output AS output JOIN logged_model ON logged_model.id = output.model
             WHERE output.run IN $runs ORDER BY output.run, output.model",
            |row, run| {
                run.outputs
                    .get_or_insert_default()
                    .model_outputs
                    .push(ModelOutput { model_id: row.get(1)?, step: row.get(2)? });
                Ok(())
            },
        )
    }

    /// Hands each row of a statement to the run whose key is its first column.
    fn add(
        &mut self,
        tx: &mut Transaction<'_>,
        sql: &str,
        add: impl FnMut(&Row<'_>, &mut Run) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let values = [self.keys.clone()];
        self.add_by(tx, sql, &values, add)
    }

    /// As [`add`](Self::add), of all rows that a `SELECT` finds or, with `keys`, of those with one of these keys.
    fn add_some(
        &mut self,
        tx: &mut Transaction<'_>,
        (select, of_keys, order): (&str, &str, &str),
        keys: Option<&[String]>,
        add: impl FnMut(&Row<'_>, &mut Run) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let Some(keys) = keys else {
            return self.add(tx, &format!("{select} ORDER BY {order}"), add);
        };
        if keys.is_empty() {
            return Ok(());
        }
        let of_keys = of_keys.replace("$keys", &tx.dialect().texts("$2"));
        let values = [self.keys.clone(), Value::texts(keys)];
        self.add_by(tx, &format!("{select} AND {of_keys} ORDER BY {order}"), &values, add)
    }

    fn add_by(
        &mut self,
        tx: &mut Transaction<'_>,
        sql: &str,
        values: &[Value],
        mut add: impl FnMut(&Row<'_>, &mut Run) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let sql = self.statement(tx, sql);
        let Self { positions, runs, .. } = self;
        tx.query(&sql, values, |row| {
            let position = positions.get(&row.get::<i64>(0)?).copied();
            match position.and_then(|position| runs[position].as_mut()) {
                Some(run) => add(row, run),
                None => Ok(()),
            }
        })?;
        Ok(())
    }

    fn statement(&self, tx: &Transaction<'_>, sql: &str) -> String {
        sql.replace("$runs", &tx.dialect().integers("$1"))
    }
}

fn add_dataset(row: &Row<'_>, run: &mut Run) -> Result<(), StoreError> {
    run.inputs.dataset_inputs.push(DatasetInput { tags: Vec::new(), dataset: datasets::from_row(row, 1)? });
    Ok(())
}
