//! Which way of finding runs is the cheapest. What indexes list for the clauses of a filter is counted, up to a bound.

use super::{Plan, Search};
use crate::search::rules::{Subject, Test};
use crate::search::sql::Statement;
use crate::search::tree::Comparator;
use crate::search::values::{Ask, List};
use crate::{StoreError, Transaction, Value};

/// Entries of an index that are counted at most; where there are more, their number is guessed.
const MOST_COUNTED: i64 = 10_000;
/// Clauses whose entries are counted.
const MOST_CLAUSES: usize = 16;
/// What it costs to pass an entry of an index, to read a run, and to look up a metric, param or tag of a run: microseconds
/// on one machine, of which only the proportions matter.
const PASS: f64 = 0.05;
const READ: f64 = 0.4;
const LOOK_UP: f64 = 1.5;
/// Clauses are seldom independent: to walk through runs that few clauses hold for may take longer than it looks.
const RISK: f64 = 2.0;
/// How many runs a clause holds for, of which no index says it.
const UNKNOWN_SHARE: f64 = 0.5;

/// Entries of an index that a part is about.
struct Listing {
    part: usize,
    entries: f64,
    /// Whether the entries come by run, so that several listings are brought together by passing over them once.
    by_run: bool,
}

impl Search<'_> {
    /// Counts, and chooses the cheapest way.
    pub(super) fn plan(&self, tx: &mut Transaction<'_>, limit: i64) -> Result<Plan, StoreError> {
        let total = Statement::new(tx, "SELECT COALESCE(MAX(id), 0) FROM run").number(tx)?.max(1) as f64;
        let mut of_experiments = Statement::new(tx, "SELECT 1 FROM run x WHERE ");
        // Whether a run is a root no index says: to count those would be to look at all runs, where few are.
        self.narrow_to(&mut of_experiments, true, false);
        let of_experiments = count(tx, &of_experiments, total)?;
        let mut listings = Vec::new();
        for (part, test) in self.tests().filter(|(_, test)| is_listed(test)).take(MOST_CLAUSES) {
            let mut listing = Statement::new(tx, "");
            list(&mut listing, test);
            listings.push(Listing { part, entries: count(tx, &listing, total)?, by_run: is_by_run(test) });
        }
        Ok(self.cheapest(limit as f64, total, of_experiments, &mut listings))
    }

    fn cheapest(&self, limit: f64, total: f64, of_experiments: f64, listings: &mut [Listing]) -> Plan {
        let row = |lookups: usize| READ + LOOK_UP * lookups as f64;
        let joined = self.order.joined();
        let mut best = (of_experiments * row(self.conditions() + joined), Plan::All);

        // The listing with the fewest entries; where it comes by run, together with others that cost less to pass over
        // than to look up.
        listings.sort_by(|left, right| left.entries.total_cmp(&right.entries));
        if let Some(fewest) = listings.first() {
            let (mut listed, mut rows) = (vec![fewest.part], fewest.entries);
            let mut cost = fewest.entries * PASS;
            for other in listings[1..].iter().filter(|other| fewest.by_run && other.by_run) {
                if other.entries * PASS < rows * LOOK_UP {
                    listed.push(other.part);
                    cost += other.entries * PASS;
                    rows *= other.entries / total;
                }
            }
            cost += rows * row(self.conditions() - listed.len() + joined);
            if cost < best.0 {
                best = (cost, Plan::Listed(listed));
            }
        }

        let stretches = self.stretches();
        if let Some(first) = stretches.first() {
            let mut share = if self.is_in_order_by_experiment(*first) { 1.0 } else { of_experiments / total };
            if self.roots_only {
                share *= UNKNOWN_SHARE;
            }
            for (index, part) in self.parts.iter().enumerate() {
                if part.test.as_ref().is_some_and(|test| Some(&test.subject) == self.order.first()) {
                    continue;
                }
                let listing = listings.iter().find(|listing| listing.part == index);
                share *= listing.map_or(UNKNOWN_SHARE, |listing| listing.entries / total);
            }
            let walked = (limit / share).min(total);
            if RISK * walked * row(self.conditions()) < best.0 {
                best.1 = Plan::Ordered;
            }
        }
        best.1
    }
}

/// Adds a query of the runs that an index lists for a clause; answers whether they are just those that it holds for.
pub(super) fn list(statement: &mut Statement, test: &Test) -> bool {
    match (&test.subject, &test.ask) {
        (Subject::KeyValue(table, key), ask) => {
            statement.push(&format!("SELECT t.{} AS run FROM {} t WHERE t.key = ", table.owner, table.table));
            statement.bind(key.as_str());
            let exact = is_text(ask) || is_text_list(ask);
            if exact {
                statement.push(" AND ").compare_indexed("t.value", ask);
            }
            exact
        }
        (Subject::Metric(key), ask) => {
            statement.push("SELECT t.run AS run FROM metric_summary t WHERE t.metric_key = ").metric_key(key);
            let exact = is_range(ask);
            if exact {
                statement.push(" AND t.latest_is_nan = 0 AND ").compare("t.latest_value", ask);
            }
            exact
        }
        (_, ask) => {
            statement.push("SELECT t.id AS run FROM run t WHERE ").compare("t.run_id", ask);
            true
        }
    }
}

/// Whether an index lists the runs that a clause can hold for.
fn is_listed(test: &Test) -> bool {
    match &test.subject {
        Subject::KeyValue(..) | Subject::Metric(_) => !test.ask.is_absence(),
        Subject::Column("x.run_id") => is_text(&test.ask) || is_text_list(&test.ask),
        Subject::Column(_) | Subject::Dataset(_) | Subject::DatasetContext => false,
    }
}

/// Whether the entries of a clause come by run.
fn is_by_run(test: &Test) -> bool {
    match &test.subject {
        Subject::KeyValue(..) => is_text(&test.ask),
        Subject::Metric(_) => matches!(test.ask, Ask::Compare { comparator: Comparator::Equal, .. }),
        _ => false,
    }
}

fn is_text(ask: &Ask) -> bool {
    matches!(ask, Ask::Compare { comparator: Comparator::Equal, value: Value::Text(_), .. })
}

fn is_text_list(ask: &Ask) -> bool {
    matches!(ask, Ask::In { list: List::Texts(_), negated: false, .. })
}

/// Whether the numbers that it holds for lie side by side.
pub(super) fn is_range(ask: &Ask) -> bool {
    match ask {
        Ask::Compare { comparator, .. } => *comparator != Comparator::NotEqual,
        Ask::Between { negated, .. } => !negated,
        Ask::Match { .. } | Ask::In { .. } | Ask::IsNull { .. } => false,
    }
}

/// How many rows a query has: counted where they are few, else guessed between that and the most there can be.
fn count(tx: &mut Transaction<'_>, query: &Statement, total: f64) -> Result<f64, StoreError> {
    let counted = query.clone().counted(MOST_COUNTED).number(tx)?;
    let counted_all = counted < MOST_COUNTED;
    Ok(if counted_all { counted as f64 } else { (counted as f64 * total).sqrt().max(counted as f64) })
}
