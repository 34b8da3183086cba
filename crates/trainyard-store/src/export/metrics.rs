//! Every point of metrics, one a row.

use trainyard_api::export::{ExportMetrics, Format};
use trainyard_api::{RunId, limits};

use super::table::{Field, Kind, Table, Text};
use super::{Export, Sink};
use crate::tracking::{experiments, points, runs};
use crate::{StoreError, Transaction, Value};

const RUN_ID: usize = 0;
const KEY: usize = 1;
const STEP: usize = 2;
const TIMESTAMP: usize = 3;
const VALUE: usize = 4;

/// Runs that are looked up at a time.
const PAGE: usize = 1000;

impl Export for ExportMetrics {
    const NAME: &'static str = "metrics";

    fn export(self, tx: &mut Transaction<'_>, format: Format, sink: &mut Sink<'_>) -> Result<(), StoreError> {
        let selection = Selection::check(tx, &self)?;
        let mut table = Table::new(
            format,
            vec![
                Field::required("run_id", Kind::Text),
                Field::required("key", Kind::Text),
                Field::required("step", Kind::Integer),
                Field::required("timestamp", Kind::Time),
                Field::required("value", Kind::Number),
            ],
        )?;
        for some in selection.0.chunks(PAGE) {
            for (run, run_id) in Selection::named(tx, some)? {
                export_run(tx, (run, &run_id), &self.metric_keys, &mut table, sink)?;
            }
        }
        table.finish(sink)
    }
}

fn export_run(
    tx: &mut Transaction<'_>,
    (run, run_id): (i64, &RunId),
    keys: &[String],
    table: &mut Table,
    sink: &mut Sink<'_>,
) -> Result<(), StoreError> {
    let wanted =
        if keys.is_empty() { String::new() } else { format!(" AND metric_key.key IN {}", tx.dialect().texts("$2")) };
    let mut values: Vec<Value> = vec![run.into()];
    if !keys.is_empty() {
        values.push(Value::texts(keys));
    }
    let series = tx.query(
        &format!(
            "SELECT series.id, metric_key.key FROM metric_series AS series
             JOIN metric_key ON metric_key.id = series.metric_key
             WHERE series.run = $1{wanted} ORDER BY metric_key.key"
        ),
        &values,
        |row| Ok((row.get::<i64>(0)?, row.get::<String>(1)?)),
    )?;
    let run_id = Text::new(run_id.as_str());
    for (series, key) in series {
        let key = Text::new(&key);
        points::visit(tx, series, points::START, i64::MAX, |point| {
            table.shared_text(RUN_ID, &run_id);
            table.shared_text(KEY, &key);
            table.integer(STEP, point.step);
            table.integer(TIMESTAMP, point.timestamp);
            table.number(VALUE, point.number());
            table.end_row(sink)
        })?;
    }
    Ok(())
}

/// The runs that are exported, by their keys and in the order of these: those that are named, or all active ones of the
/// experiments.
struct Selection(Vec<i64>);

impl Selection {
    fn check(tx: &mut Transaction<'_>, request: &ExportMetrics) -> Result<Self, StoreError> {
        let ExportMetrics { experiment_ids, run_ids, .. } = request;
        if experiment_ids.is_empty() && run_ids.is_empty() {
            return Err(StoreError::missing("experiment_ids"));
        }
        if run_ids.len() > limits::EXPORT_RUN_IDS {
            return Err(StoreError::invalid(format!(
                "Invalid value {} for parameter 'run_ids' supplied: an export can name at most {} runs",
                run_ids.len(),
                limits::EXPORT_RUN_IDS
            )));
        }
        let mut experiments = Vec::with_capacity(experiment_ids.len());
        for experiment_id in experiment_ids {
            experiments.push(experiments::existing(tx, experiment_id)?);
        }
        if run_ids.is_empty() {
            let sql = format!(
                "SELECT id FROM run WHERE experiment_id IN {} AND lifecycle_stage = 'active' ORDER BY id",
                tx.dialect().integers("$1")
            );
            return tx.query(&sql, &[Value::integers(&experiments)], |row| row.get(0)).map(Self);
        }
        let mut keys = Vec::with_capacity(run_ids.len());
        for run_id in run_ids {
            let run = runs::find(tx, run_id.clone())?;
            if experiments.is_empty() || experiments.contains(&run.experiment) {
                keys.push(run.key);
            }
        }
        keys.sort_unstable();
        keys.dedup();
        Ok(Self(keys))
    }

    /// Some of the runs with their ids.
    fn named(tx: &mut Transaction<'_>, runs: &[i64]) -> Result<Vec<(i64, RunId)>, StoreError> {
        let sql = format!("SELECT id, run_id FROM run WHERE id IN {} ORDER BY id", tx.dialect().integers("$1"));
        tx.query(&sql, &[Value::integers(runs)], |row| Ok((row.get(0)?, row.get(1)?)))
    }
}
