//! Whether a database is whole: its pages, its references, and for each series its blocks, its counts and its summary.

use serde::Serialize;

use super::series;
use crate::{DbError, Store, StoreError, Transaction};

/// Series that are checked in one transaction; between two of them writers and checkpoints go on.
const AT_ONCE: i64 = 50;

/// What is being removed is not whole meanwhile.
const STAYS: &str = "run NOT IN (SELECT entity FROM removal WHERE kind = 'run')";

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Where: the database, a table, or a metric of a run.
    pub place: String,
    /// What.
    pub message: String,
}

/// How far a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckProgress {
    /// Series that have been checked.
    pub series: u64,
    /// Series there are.
    pub of_series: u64,
}

/// What has been checked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Series.
    pub series: u64,
    /// Points, rows and packed ones.
    pub points: u64,
    /// Blocks.
    pub blocks: u64,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// Checks everything. Damage is listed in the answer; an error means that no answer could be found.
///
/// Blocking: it belongs on a thread that may block.
pub fn check(store: &Store, mut progress: impl FnMut(CheckProgress)) -> Result<Checked, StoreError> {
    let mut checked = Checked::default();
    for (place, statements) in [("the database", pages as Part), ("references", references)] {
        match store.read(statements).wait() {
            Ok(messages) => {
                let problems = messages.into_iter().map(|message| Problem { place: place.to_owned(), message });
                checked.problems.extend(problems);
            }
            Err(error) => checked.problems.push(unreadable(place, &error)?),
        }
    }
    let all = store
        .read(|tx| {
            tx.query_one(&format!("SELECT COUNT(*) FROM metric_series WHERE {STAYS}"), &[], |row| row.get::<i64>(0))
        })
        .wait();
    let of_series = match all {
        Ok(count) => count.unwrap_or(0).unsigned_abs(),
        Err(error) => {
            checked.problems.push(unreadable("table metric_series", &error)?);
            return Ok(checked);
        }
    };
    match store.read(summaries).wait() {
        Ok(problems) => checked.problems.extend(problems),
        Err(error) => checked.problems.push(unreadable("table metric_summary", &error)?),
    }
    let mut after = 0;
    loop {
        progress(CheckProgress { series: checked.series, of_series });
        let found = store.read(move |tx| some_series(tx, after)).wait();
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                checked.problems.push(unreadable("table metric_series", &error)?);
                return Ok(checked);
            }
        };
        let Some(last) = found.last else { return Ok(checked) };
        after = last;
        checked.series += found.checked.series;
        checked.points += found.checked.points;
        checked.blocks += found.checked.blocks;
        checked.problems.extend(found.checked.problems);
    }
}

type Part = fn(&mut Transaction<'_>) -> Result<Vec<String>, StoreError>;

/// What the database itself finds wrong with its pages and indexes.
fn pages(tx: &mut Transaction<'_>) -> Result<Vec<String>, StoreError> {
    let Some(check) = tx.dialect().integrity_check() else { return Ok(Vec::new()) };
    let lines = tx.query(check, &[], |row| row.get::<String>(0))?;
    Ok(lines.into_iter().filter(|line| line != "ok").collect())
}

/// Rows that refer to others that are not there.
fn references(tx: &mut Transaction<'_>) -> Result<Vec<String>, StoreError> {
    let Some(check) = tx.dialect().reference_check() else { return Ok(Vec::new()) };
    tx.query(check, &[], |row| {
        let (table, parent, count) = (row.get::<String>(0)?, row.get::<String>(1)?, row.get::<i64>(2)?);
        Ok(format!("{count} rows of {table} refer to rows of {parent} that are not there"))
    })
}

/// Summaries of series that are not there.
fn summaries(tx: &mut Transaction<'_>) -> Result<Option<Problem>, StoreError> {
    let count = tx.query_one(
        &format!(
            "SELECT COUNT(*) FROM metric_summary AS summary WHERE summary.{STAYS} AND NOT EXISTS (SELECT 1
             FROM metric_series AS series WHERE series.run = summary.run AND series.metric_key = summary.metric_key)"
        ),
        &[],
        |row| row.get::<i64>(0),
    )?;
    let message = |count| format!("{count} rows belong to no series of metric_series");
    let problem = |count| Problem { place: "table metric_summary".to_owned(), message: message(count) };
    Ok(count.filter(|count| *count > 0).map(problem))
}

struct Found {
    /// The last series that was looked at; `None` when there is none left.
    last: Option<i64>,
    checked: Checked,
}

fn some_series(tx: &mut Transaction<'_>, after: i64) -> Result<Found, StoreError> {
    let keys = tx.query(
        &format!("SELECT id FROM metric_series WHERE id > $1 AND {STAYS} ORDER BY id LIMIT $2"),
        &[after.into(), AT_ONCE.into()],
        |row| row.get::<i64>(0),
    )?;
    let mut found = Found { last: keys.last().copied(), checked: Checked::default() };
    for key in keys {
        found.checked.series += 1;
        let mut problems = Vec::new();
        let mut place = format!("series {key}");
        let counted = series::name(tx, key).and_then(|name| {
            place = name;
            series::check(tx, key, &mut problems)
        });
        let failed = match counted {
            Ok((points, blocks)) => {
                found.checked.points += points;
                found.checked.blocks += blocks;
                false
            }
            Err(error) => {
                problems.push(unreadable("", &error)?.message);
                true
            }
        };
        let problems = problems.into_iter().map(|message| Problem { place: place.clone(), message });
        found.checked.problems.extend(problems);
        if failed {
            // PostgreSQL answers nothing more in a transaction in which a statement failed: the others need a new one.
            found.last = Some(key);
            break;
        }
    }
    Ok(found)
}

/// A failure to read as what it says about the database; a failure to get at the database at all stays one.
fn unreadable(place: &str, error: &StoreError) -> Result<Problem, StoreError> {
    match error {
        StoreError::Database(DbError::Busy | DbError::Conflict(_) | DbError::TimedOut(_) | DbError::Unavailable(_))
        | StoreError::TooSlow { .. }
        | StoreError::Closed
        | StoreError::Panicked => Err(error.clone()),
        error => Ok(Problem { place: place.to_owned(), message: format!("cannot be read: {error}") }),
    }
}
