//! Forgetting the names of metrics, params and tags that no run of an experiment has any more (table `experiment_column`):
//! after runs have been removed for good.

use std::time::{Duration, Instant};

use trainyard_api::columns::ColumnKind;

use crate::{StoreError, Transaction, Writers};

/// How long [`forget`] keeps others from writing, about. The last name that it looks at comes on top.
const WHILE: Duration = Duration::from_millis(100);

/// A name that no run of its experiment has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnName {
    experiment: i64,
    kind: ColumnKind,
    key: String,
}

/// The names of an experiment that none of its runs has, deleted runs included.
pub fn unused(tx: &mut Transaction<'_>, experiment: i64) -> Result<Vec<ColumnName>, StoreError> {
    let mut names = Vec::new();
    for kind in [ColumnKind::Metric, ColumnKind::Param, ColumnKind::Tag] {
        let sql = format!(
            "SELECT key FROM experiment_column AS named WHERE experiment_id = $1 AND kind = $2 AND NOT {} ORDER BY key",
            is_used(kind)
        );
        let found = tx.query(&sql, &[experiment.into(), kind.as_str().into()], |row| row.get(0))?;
        names.extend(found.into_iter().map(|key| ColumnName { experiment, kind, key }));
    }
    Ok(names)
}

/// Forgets names from the start of a list unless a run has got one meanwhile, as many as a short transaction can; how many
/// need no further call.
pub fn forget(tx: &mut Transaction<'_>, names: &[ColumnName]) -> Result<usize, StoreError> {
    let start = Instant::now();
    tx.scans()?;
    // Whoever notes a name that is there already changes nothing, and would not be waited for: see
    // `tracking::columns::write_down`.
    if let Some(lock) = tx.dialect().lock("experiment_column", Writers::Wait) {
        tx.execute(&lock, &[])?;
    }
    for (index, ColumnName { experiment, kind, key }) in names.iter().enumerate() {
        let sql = format!(
            "DELETE FROM experiment_column AS named WHERE experiment_id = $1 AND kind = $2 AND key = $3 AND NOT {}",
            is_used(*kind)
        );
        tx.execute(&sql, &[(*experiment).into(), kind.as_str().into(), key.as_str().into()])?;
        if start.elapsed() >= WHILE {
            return Ok(index + 1);
        }
    }
    Ok(names.len())
}

/// Whether a run of the experiment has the name of a row of `named`. Runs first: most names are those of most runs, and then
/// the first run is the answer.
fn is_used(kind: ColumnKind) -> String {
    let of_run = match kind {
        ColumnKind::Metric => {
            "metric_series AS x WHERE x.metric_key = (SELECT id FROM metric_key WHERE metric_key.key = named.key)"
        }
        ColumnKind::Param => "param AS x WHERE x.key = named.key",
        ColumnKind::Tag => "run_tag AS x WHERE x.key = named.key",
    };
    format!(
        "EXISTS (SELECT 1 FROM run CROSS JOIN {of_run} AND x.run = run.id AND run.experiment_id = named.experiment_id)"
    )
}
