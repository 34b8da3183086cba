//! Which way of finding runs is the cheapest. What indexes list for the clauses of a filter is counted, up to a bound.

use trainyard_api::ViewType;

use super::stretches::Stretch;
use super::{Plan, Search};
use crate::search::in_stages;
use crate::search::rules::{Subject, Test};
use crate::search::sql::Statement;
use crate::search::tree::Comparator;
use crate::search::values::{Ask, List};
use crate::{StoreError, Transaction, Value};

/// Entries of an index that are counted at most; where there are more, their number is told from a sample.
const MOST_COUNTED: i64 = 2_000;
/// Runs of a sample.
const SAMPLED: i64 = 200;
/// Clauses whose entries are counted, and that a sample is looked at for.
const MOST_CLAUSES: usize = 16;
/// What it costs to pass an entry of an index, to read a row of a table, and to look up a metric, param or tag of a run:
/// microseconds on one machine, of which only the proportions matter.
const PASS: f64 = 0.05;
const READ: f64 = 0.4;
const LOOK_UP: f64 = 1.5;
/// Clauses are seldom independent: to walk through runs that few clauses hold for may take longer than it looks.
const RISK: f64 = 2.0;
/// How many runs a condition holds for of which nothing is known.
const UNKNOWN_SHARE: f64 = 0.5;

/// Entries of an index that a part is about.
struct Listing {
    part: usize,
    entries: f64,
    /// Whether the entries come by run, so that several listings are brought together by passing over them once.
    by_run: bool,
}

/// What is known of the runs.
pub(super) struct Known {
    /// About how many there are.
    total: f64,
    /// How many are of the experiments and stages.
    pub(super) of_experiments: f64,
    /// By part, how many of all runs it holds for.
    shares: Vec<f64>,
    listings: Vec<Listing>,
}

impl Search<'_> {
    /// Counts, and chooses the cheapest way. From then on parts are looked at in the order of how few runs they hold for.
    pub(super) fn plan(&mut self, tx: &mut Transaction<'_>, limit: i64) -> Result<Plan, StoreError> {
        // An index that has just the wanted runs in the wanted order is not to be beaten.
        let first = self.stretches().first().copied();
        if self.takes_all() && first.is_some_and(|first| self.is_in_order_by_experiment(first)) {
            return Ok(Plan::Ordered);
        }
        let greatest = greatest(tx)?;
        let asked = self.asked(limit);
        if let Some((plan, looked_at)) = tx.plans().known(&asked, greatest, tx.now_ms()) {
            self.looked_at = looked_at;
            return Ok(plan);
        }
        let mut known = self.known(tx, greatest)?;
        self.looked_at.sort_by(|one, other| share(&known.shares, *one).total_cmp(&share(&known.shares, *other)));
        let plan = self.cheapest(limit as f64, &mut known);
        tx.plans().remember(asked, (&plan, &self.looked_at), greatest, tx.now_ms());
        Ok(plan)
    }

    /// Whether every run of the experiments and stages is wanted.
    fn takes_all(&self) -> bool {
        self.parts.is_empty() && !self.roots_only
    }

    pub(super) fn known(&self, tx: &mut Transaction<'_>, greatest: i64) -> Result<Known, StoreError> {
        let total = greatest as f64;
        let mut of_experiments = Statement::new(tx, "SELECT 1 FROM run x WHERE ");
        // Whether a run is a root no index says: to count those would be to look at all runs, where few are.
        self.narrow_to(&mut of_experiments, true, false);
        let of_experiments = of_experiments.counted(MOST_COUNTED).number(tx)?;
        let mut shares = vec![UNKNOWN_SHARE; self.parts.len()];
        let mut listings = Vec::new();
        let mut is_unsure = of_experiments == MOST_COUNTED;
        for (part, test) in self.tests().filter(|(_, test)| is_listed(test)).take(MOST_CLAUSES) {
            let mut listing = Statement::new(tx, "");
            list(&mut listing, test);
            let counted = listing.counted(MOST_COUNTED).number(tx)?;
            is_unsure |= counted == MOST_COUNTED;
            shares[part] = counted as f64 / total;
            listings.push(Listing { part, entries: counted as f64, by_run: is_by_run(test) });
        }
        let mut known = Known { total, of_experiments: of_experiments as f64, shares, listings };
        if is_unsure && self.takes_all() && self.are_all_runs(tx)? {
            known.of_experiments = total;
        } else if is_unsure {
            self.sample(tx, greatest, &mut known)?;
        }
        Ok(known)
    }

    /// Whether there are runs of one experiment only and in one stage only, and they are those that are looked among: two
    /// looks into an index instead of many at runs.
    fn are_all_runs(&self, tx: &mut Transaction<'_>) -> Result<bool, StoreError> {
        let ends = "SELECT COALESCE((SELECT MIN(experiment_id) FROM run), -1), \
                           COALESCE((SELECT MAX(experiment_id) FROM run), -1)";
        let ends = Statement::new(tx, ends).numbers(tx, 2)?;
        let [experiment, last] = ends.as_slice() else { return Ok(false) };
        if experiment != last || !self.experiments.contains(experiment) {
            return Ok(false);
        }
        let others = match self.view {
            ViewType::All => return Ok(true),
            ViewType::ActiveOnly => ViewType::DeletedOnly,
            ViewType::DeletedOnly => ViewType::ActiveOnly,
        };
        let mut statement = Statement::new(tx, "SELECT 1 FROM run x WHERE x.experiment_id = ");
        statement.bind(*experiment);
        in_stages(&mut statement, "x", others);
        Ok(statement.counted(1).number(tx)? == 0)
    }

    /// Looks at some runs for what was counted up to the bound only, and for what clauses hold for that no index lists.
    fn sample(&self, tx: &mut Transaction<'_>, greatest: i64, known: &mut Known) -> Result<(), StoreError> {
        let mut statement = Statement::new(tx, "SELECT COUNT(*), COUNT(CASE WHEN ");
        self.narrow_to(&mut statement, true, false);
        statement.push(" THEN 1 END)");
        let parts: Vec<(usize, &Test)> = self.tests().take(MOST_CLAUSES).collect();
        for (part, test) in &parts {
            statement.push(", COUNT(CASE WHEN ").filter(self.rules, &self.parts[*part].filter, self.text)?;
            statement.push(" THEN 1 END), COUNT(CASE WHEN ");
            // The entries of an index that are passed are those of its key, where it does not tell more.
            if is_listed(test) && !is_exact(test) {
                statement.has(self.rules, &test.subject);
            } else {
                statement.push("1 = 0");
            }
            statement.push(" THEN 1 END)");
        }
        let ids = statement.reserve(Value::integers(&spread(greatest)));
        let ids = statement.dialect().integers(&ids);
        statement.push(" FROM run x WHERE x.id IN ").push(&ids);
        let counts = statement.numbers(tx, 2 + 2 * parts.len())?;
        let [found, of_experiments, counts @ ..] = counts.as_slice() else { return Ok(()) };
        // Half a run more: what no run of a sample has, some may have.
        let share = |count: i64| (count as f64 + 0.5) / (*found as f64 + 1.0);
        let many = MOST_COUNTED as f64;
        if known.of_experiments >= many {
            known.of_experiments = many.max(share(*of_experiments) * known.total);
        }
        for ((part, test), counts) in parts.into_iter().zip(counts.chunks_exact(2)) {
            let (holds, has) = (share(counts[0]), share(counts[1]));
            let Some(listing) = known.listings.iter_mut().find(|listing| listing.part == part) else {
                known.shares[part] = holds;
                continue;
            };
            if listing.entries >= many {
                listing.entries = many.max(if is_exact(test) { holds } else { has } * known.total);
                known.shares[part] = holds;
            }
        }
        Ok(())
    }

    fn cheapest(&self, limit: f64, known: &mut Known) -> Plan {
        let Known { total, of_experiments, shares, listings } = known;
        let (total, of_experiments) = (*total, *of_experiments);
        let joined = LOOK_UP * self.order.joined() as f64;
        // Conditions in the order in which they are looked at, without those that a way has seen to.
        let others = |is_said: &dyn Fn(usize) -> bool| -> Vec<f64> {
            let parts = self.looked_at.iter().filter(|part| !is_said(**part)).map(|part| share(shares, *part));
            parts.chain(self.roots_only.then_some(UNKNOWN_SHARE)).collect()
        };
        let all = others(&|_| false);
        let mut best = (of_experiments * (READ + looked_up(&all) + all.iter().product::<f64>() * joined), Plan::All);

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
            let rest = others(&|part| listed.contains(&part));
            cost += rows * (looked_up(&rest) + rest.iter().product::<f64>() * (READ + joined));
            if cost < best.0 {
                best = (cost, Plan::Listed(listed));
            }
        }

        let stretches = self.stretches();
        if let Some(first) = stretches.first() {
            let is_about_order = |part: usize| {
                let test = self.parts.get(part).and_then(|part| part.test.as_ref());
                test.is_some_and(|test| Some(&test.subject) == self.order.first())
            };
            let rest = others(&is_about_order);
            let of_experiments = if self.is_in_order_by_experiment(*first) { 1.0 } else { of_experiments / total };
            let passed = rest.iter().product::<f64>();
            let walked = (limit / (of_experiments * passed)).min(total);
            // Where the index is not one of runs, a run is read once everything else holds.
            let read = if *first == Stretch::Column { READ } else { PASS + READ * passed };
            if RISK * walked * (read + looked_up(&rest)) < best.0 {
                best.1 = Plan::Ordered;
            }
        }
        best.1
    }
}

/// The greatest key of a run: about how many there are.
pub(super) fn greatest(tx: &mut Transaction<'_>) -> Result<i64, StoreError> {
    Ok(Statement::new(tx, "SELECT COALESCE(MAX(id), 0) FROM run").number(tx)?.max(1))
}

fn share(shares: &[f64], part: usize) -> f64 {
    shares.get(part).copied().unwrap_or(UNKNOWN_SHARE).min(1.0)
}

/// What it costs to look at a run until a condition does not hold, where so many runs pass each of them.
fn looked_up(shares: &[f64]) -> f64 {
    let (cost, _) = shares.iter().fold((0.0, 1.0), |(cost, passed), share| (cost + LOOK_UP * passed, passed * share));
    cost
}

/// Ids for a sample, spread evenly and in no step that ids could have in common.
pub(super) fn spread(greatest: i64) -> Vec<i64> {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let mut ids: Vec<i64> =
        (0..SAMPLED).map(|index| 1 + ((index as f64 * GOLDEN).fract() * greatest as f64) as i64).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Adds a query of the runs that an index lists for a clause; answers whether they are just those that it holds for.
pub(super) fn list(statement: &mut Statement, test: &Test) -> bool {
    match (&test.subject, &test.ask) {
        (Subject::KeyValue(table, key), ask) => {
            statement.push(&format!("SELECT t.{} AS run FROM {} t WHERE t.key = ", table.owner, table.table));
            statement.bind(key.as_str());
            if is_exact(test) {
                statement.push(" AND ").compare_value_indexed(ask);
            }
        }
        (Subject::Metric(key), ask) => {
            statement.push("SELECT t.run AS run FROM metric_summary t WHERE t.metric_key = ").metric_key(key);
            if is_exact(test) {
                statement.push(" AND t.latest_is_nan = 0 AND ").compare("t.latest_value", ask);
            }
        }
        (_, ask) => {
            statement.push("SELECT t.id AS run FROM run t WHERE ").compare("t.run_id", ask);
        }
    }
    is_exact(test)
}

/// Whether the runs that [`list`] lists for a clause are just those that it holds for.
fn is_exact(test: &Test) -> bool {
    match &test.subject {
        Subject::KeyValue(..) => is_text(&test.ask) || is_text_list(&test.ask),
        Subject::Metric(_) => is_range(&test.ask),
        _ => true,
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
