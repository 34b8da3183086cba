//! The runs that are found, numbered, and what belongs to them.

use std::collections::HashMap;

use trainyard_api::limits::GROUPED_RUNS;
use trainyard_api::run_groups::{GroupKey, GroupKind};

use super::values::{Room, Values};
use crate::search::plan::Search;
use crate::{Row, StoreError, Transaction, Value};

/// To look up what belongs to one run takes as long as to pass so many entries of an index.
const LOOK_UP: i64 = 30;
/// Runs at most that something is looked up for, whatever their share is: they are sent with each statement.
const MOST_LOOKED_UP: usize = 100_000;
/// What attributes are called in SQL.
const ATTRIBUTES: [(&str, &str); 3] = [("status", "x.status"), ("user_id", "x.user_id"), ("run_name", "x.name")];

/// The column of an attribute that runs are grouped by.
pub(crate) fn attribute(name: &str) -> Option<&'static str> {
    ATTRIBUTES.iter().find(|(known, _)| *known == name).map(|(_, column)| *column)
}

/// Runs by number.
pub(super) struct Found {
    pub(super) runs: Vec<FoundRun>,
    numbers: HashMap<i64, u32>,
    /// The greatest key of any run: about how many there are.
    greatest: i64,
}

pub(super) struct FoundRun {
    key: i64,
    pub(super) start_time: i64,
    pub(super) is_running: bool,
}

/// Rows that belong to runs.
pub(super) struct Belonging<'s> {
    /// A query of these rows, up to the end of its `WHERE`. Its first column is the run.
    pub(super) sql: &'s str,
    /// What the run is called in it.
    pub(super) run: &'s str,
    /// What `$1` in it stands for.
    pub(super) value: Option<&'s str>,
}

impl Found {
    /// Reads the runs, and the values of the attributes among the keys.
    pub(super) fn read(
        tx: &mut Transaction<'_>,
        search: &mut Search<'_>,
        group_by: &[GroupKey],
        (values, room): (&mut [Values], &mut Room),
    ) -> Result<Self, StoreError> {
        let greatest = tx.query_one("SELECT COALESCE(MAX(id), 0) FROM run", &[], |row| row.get(0))?.unwrap_or(0);
        let mut found = Self { runs: Vec::new(), numbers: HashMap::new(), greatest };
        if search.experiments.is_empty() {
            return Ok(found);
        }
        let mut columns = "x.id, x.start_time, CASE WHEN x.status = 'RUNNING' THEN 1 ELSE 0 END".to_owned();
        let mut attributes: Vec<&mut Values> = Vec::new();
        for (key, values) in group_by.iter().zip(values).filter(|(key, _)| key.kind == GroupKind::Attribute) {
            columns.push_str(&format!(", {}", attribute(&key.key).unwrap_or("NULL")));
            attributes.push(values);
        }
        search.every(tx, &columns)?.visit(tx, |row| {
            if found.runs.len() == GROUPED_RUNS {
                return Err(StoreError::invalid(format!(
                    "More than {GROUPED_RUNS} runs are found, which is too many to group; add to the filter"
                )));
            }
            let (key, number) = (row.get(0)?, found.runs.len() as u32);
            found.numbers.insert(key, number);
            found.runs.push(FoundRun { key, start_time: row.get(1)?, is_running: row.get::<i64>(2)? != 0 });
            for (index, values) in attributes.iter_mut().enumerate() {
                values.add(number, &row.get::<String>(3 + index)?, room)?;
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// Shows what belongs to some of the runs, or to all.
    ///
    /// Where they are a small part of all runs there are, it is looked up for each of them; else all rows are passed.
    pub(super) fn each(
        &self,
        tx: &mut Transaction<'_>,
        Belonging { sql, run, value }: Belonging<'_>,
        some: Option<&[u32]>,
        mut each: impl FnMut(u32, &Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut values: Vec<Value> = value.map(Value::from).into_iter().collect();
        let mut sql = sql.to_owned();
        let count = some.map_or(self.runs.len(), <[u32]>::len);
        if is_looked_up(count, self.greatest) {
            let keys: Vec<i64> = match some {
                Some(numbers) => numbers.iter().map(|number| self.runs[*number as usize].key).collect(),
                None => self.runs.iter().map(|run| run.key).collect(),
            };
            values.push(Value::integers(&keys));
            sql.push_str(&format!(" AND {run} IN {}", tx.dialect().integers(&format!("${}", values.len()))));
        }
        tx.visit(&sql, &values, |row| match self.numbers.get(&row.get::<i64>(0)?) {
            Some(number) => each(*number, row),
            None => Ok(()),
        })
    }
}

fn is_looked_up(count: usize, greatest: i64) -> bool {
    count <= MOST_LOOKED_UP && count as i64 * LOOK_UP < greatest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_part_of_all_runs_is_looked_up() {
        assert!(is_looked_up(3000, 1_000_000));
        assert!(!is_looked_up(3000, 5000));
        assert!(!is_looked_up(200_000, i64::MAX));
    }
}
