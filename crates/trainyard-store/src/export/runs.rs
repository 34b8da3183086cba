//! Runs, one a row. The columns are those of `mlflow.search_runs`: attributes, then `metrics.…`, `params.…`, `tags.…`.

use std::collections::{BTreeSet, HashMap};

use trainyard_api::export::{ExportRuns, Format};
use trainyard_api::runs::{Run, RunColumns, SearchRuns};
use trainyard_api::{ExperimentId, KeyValue, LifecycleStage, limits};

use super::table::{Field, Kind, Table};
use super::{Export, Sink};
use crate::search::runs::every_key;
use crate::tracking::runs;
use crate::{StoreError, Transaction, Value};

/// Runs that are loaded at a time: few, since each may have ten thousand metrics.
const LOADED: usize = 50;
/// Runs whose keys are looked up at a time.
const NAMED: usize = 1000;

/// The columns that every run has, in order.
fn attributes() -> Vec<Field> {
    let text = |name| Field::required(name, Kind::Text);
    vec![
        text("run_id"),
        text("experiment_id"),
        text("run_name"),
        text("status"),
        Field::required("start_time", Kind::Time),
        Field::optional("end_time", Kind::Time),
        text("user_id"),
        text("lifecycle_stage"),
        text("artifact_uri"),
    ]
}

impl Export for ExportRuns {
    const NAME: &'static str = "runs";

    fn export(mut self, tx: &mut Transaction<'_>, format: Format, sink: &mut Sink<'_>) -> Result<(), StoreError> {
        if self.experiment_ids.is_empty() {
            self.experiment_ids = active_experiments(tx)?;
        }
        let search = SearchRuns {
            experiment_ids: self.experiment_ids,
            filter: self.filter,
            run_view_type: self.run_view_type,
            order_by: self.order_by,
            ..SearchRuns::default()
        };
        // Found and put in order once, however many they are: a key is as long as a number.
        let found = every_key(tx, &search)?;
        // A file says what its columns are before the first row.
        let named = Keys::named(self.metric_keys, self.param_keys, self.tag_keys);
        let is_named = named.len() > 0;
        let keys = if is_named { named } else { Keys::read(tx, &found)? };
        keys.check_number()?;
        let loaded = is_named.then(|| keys.columns());
        let mut fields = attributes();
        let mut columns = HashMap::new();
        let groups = [
            ("metrics", &keys.metrics, Kind::Number),
            ("params", &keys.params, Kind::Text),
            ("tags", &keys.tags, Kind::Text),
        ];
        for (group, names, kind) in groups {
            for name in names {
                columns.insert((group, name.as_str()), fields.len());
                fields.push(Field::optional(format!("{group}.{name}"), kind));
            }
        }
        let mut table = Table::new(format, fields)?;
        for some in found.chunks(LOADED) {
            for run in runs::load(tx, some, loaded.as_ref())? {
                add_attributes(&mut table, &run);
                for metric in &run.data.metrics {
                    if let Some(column) = columns.get(&("metrics", metric.key.as_str())) {
                        table.number(*column, metric.value);
                    }
                }
                let mut add = |group, pairs: &[KeyValue]| {
                    for pair in pairs {
                        if let Some(column) = columns.get(&(group, pair.key.as_str())) {
                            table.text(*column, &pair.value);
                        }
                    }
                };
                add("params", &run.data.params);
                add("tags", &run.data.tags);
                table.end_row(sink)?;
            }
        }
        table.finish(sink)
    }
}

fn active_experiments(tx: &mut Transaction<'_>) -> Result<Vec<ExperimentId>, StoreError> {
    let sql = "SELECT id FROM experiment WHERE lifecycle_stage = $1 ORDER BY id";
    tx.query(sql, &[LifecycleStage::Active.into()], |row| row.get(0))
}

fn add_attributes(table: &mut Table, run: &Run) {
    let info = &run.info;
    table.text(0, info.run_id.as_str());
    table.text(1, info.experiment_id.as_str());
    table.text(2, &info.run_name);
    table.text(3, info.status.as_str());
    table.integer(4, info.start_time);
    if let Some(end_time) = info.end_time {
        table.integer(5, end_time);
    }
    table.text(6, &info.user_id);
    table.text(7, info.lifecycle_stage.as_str());
    table.text(8, &info.artifact_uri);
}

/// The keys of what was logged to any of the runs.
#[derive(Default)]
struct Keys {
    metrics: BTreeSet<String>,
    params: BTreeSet<String>,
    tags: BTreeSet<String>,
}

impl Keys {
    fn named(metrics: Vec<String>, params: Vec<String>, tags: Vec<String>) -> Self {
        let [metrics, params, tags] = [metrics, params, tags].map(BTreeSet::from_iter);
        Self { metrics, params, tags }
    }

    fn len(&self) -> usize {
        self.metrics.len() + self.params.len() + self.tags.len()
    }

    fn check_number(&self) -> Result<(), StoreError> {
        if self.len() > limits::EXPORT_COLUMNS {
            return Err(StoreError::invalid(format!(
                "The runs have more than {} different metrics, params and tags, each of which would be a column. Please name \
                 those that you want by 'metric_keys', 'param_keys' and 'tag_keys', or choose fewer runs by 'filter' or \
                 'experiment_ids'.",
                limits::EXPORT_COLUMNS
            )));
        }
        Ok(())
    }

    /// As searches name what of runs is wanted.
    fn columns(&self) -> RunColumns {
        let list = |names: &BTreeSet<String>| names.iter().cloned().collect();
        RunColumns {
            metrics: list(&self.metrics),
            params: list(&self.params),
            tags: list(&self.tags),
            ..RunColumns::default()
        }
    }

    fn read(tx: &mut Transaction<'_>, runs: &[i64]) -> Result<Self, StoreError> {
        let mut keys = Self::default();
        for some in runs.chunks(NAMED) {
            keys.add(tx, &Value::integers(some))?;
            keys.check_number()?;
        }
        Ok(keys)
    }

    fn add(&mut self, tx: &mut Transaction<'_>, runs: &Value) -> Result<(), StoreError> {
        let list = tx.dialect().integers("$1");
        let metrics = format!(
            "SELECT key FROM metric_key WHERE id IN (SELECT metric_key FROM metric_summary WHERE run IN {list})"
        );
        let of_pairs = |table: &str| format!("SELECT DISTINCT key FROM {table} WHERE run IN {list}");
        let statements = [
            (metrics, &mut self.metrics),
            (of_pairs("param"), &mut self.params),
            (of_pairs("run_tag"), &mut self.tags),
        ];
        for (sql, known) in statements {
            known.extend(tx.query(&sql, std::slice::from_ref(runs), |row| row.get::<String>(0))?);
        }
        Ok(())
    }
}
