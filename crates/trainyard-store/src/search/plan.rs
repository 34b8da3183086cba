//! By which index the runs of a search are found.
//!
//! A database that knows nothing of the values guesses badly between the two ways there are: to walk an index in the
//! wanted order until the page is full, or to take the runs that an index lists for some clauses of the filter and sort
//! them. Here the entries are counted, up to a bound, and the cheaper way is written so that there is no other:
//! `CROSS JOIN` fixes the order of tables in SQLite and is an ordinary join elsewhere.

use std::cmp::Ordering;

use trainyard_api::ViewType;

use super::keyset::{Place, Rows, Term};
use super::order::Order;
use super::page::Page;
use super::rules::{Rules, Subject, Test};
use super::sql::Statement;
use super::tree::{Comparator, Filter};
use super::values::{Ask, List};
use super::{in_stages, is_one_of};
use crate::tracking::run_trees::PARENT;
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

/// A search for runs: rows `x` of the table `run`.
pub(super) struct Search<'s> {
    pub(super) rules: &'static Rules,
    pub(super) experiments: Vec<i64>,
    pub(super) view: ViewType,
    pub(super) order: Order,
    /// Whether only runs are wanted whose parent is not among these experiments and stages.
    pub(super) roots_only: bool,
    parts: Vec<Part>,
    /// What the parts were read from.
    text: &'s str,
}

/// One of the conditions that all have to hold.
struct Part {
    filter: Filter,
    /// What it says, if it is a single clause.
    test: Option<Test>,
}

/// How to find the runs.
#[derive(Debug, PartialEq, Eq)]
enum Plan {
    /// Along an index in the wanted order.
    Ordered,
    /// Those that indexes list for all of these parts.
    Listed(Vec<usize>),
    /// All of the experiments.
    All,
}

/// What comes one after the other in the wanted order, each along an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stretch {
    /// By start time or by name.
    Column,
    /// Runs whose metric is a number.
    Numbers,
    /// Runs whose metric is NaN.
    Nan,
    /// Runs with the param or tag.
    Present,
    /// Runs without the metric, param or tag.
    Absent,
}

/// Entries of an index that a part is about.
struct Listing {
    part: usize,
    entries: f64,
    /// Whether the entries come by run, so that several listings are brought together by passing over them once.
    by_run: bool,
}

impl<'s> Search<'s> {
    pub(super) fn new(
        tx: &Transaction<'_>,
        rules: &'static Rules,
        (experiments, view): (Vec<i64>, ViewType),
        (filter, text): (Filter, &'s str),
        order: Order,
    ) -> Result<Self, StoreError> {
        // No way of finding the runs may be the one that notices what is wrong with a filter.
        Statement::new(tx, "").filter(rules, &filter, text)?;
        let mut search = Self { rules, experiments, view, order, roots_only: false, parts: Vec::new(), text };
        search.split(filter)?;
        Ok(search)
    }

    fn split(&mut self, filter: Filter) -> Result<(), StoreError> {
        match filter {
            Filter::And(filters) => {
                for filter in filters {
                    self.split(filter)?;
                }
            }
            Filter::Clause(clause) => {
                let test = Some(self.rules.test(&clause, self.text)?);
                self.parts.push(Part { filter: Filter::Clause(clause), test });
            }
            Filter::Or(_) | Filter::Not(_) => self.parts.push(Part { filter, test: None }),
        }
        Ok(())
    }

    /// The keys of one page, and the token of the next.
    pub(super) fn page(&self, tx: &mut Transaction<'_>, page: &Page) -> Result<(Vec<i64>, String), StoreError> {
        let terms = self.order.terms();
        let start = page.start(tx, &self.all(tx), &terms)?;
        if self.experiments.is_empty() {
            return Ok(page.cut(Rows::new(page.limit)));
        }
        let plan = self.plan(tx, page.limit)?;
        Ok(page.cut(self.read(tx, plan, page, &terms, start.as_ref())?))
    }

    fn read(
        &self,
        tx: &mut Transaction<'_>,
        plan: Plan,
        page: &Page,
        terms: &[Term],
        start: Option<&Place>,
    ) -> Result<Rows, StoreError> {
        let mut rows = Rows::new(page.limit);
        match plan {
            Plan::Ordered => {
                for stretch in self.stretches() {
                    self.read_stretch(tx, stretch, start, &mut rows)?;
                }
            }
            Plan::Listed(listed) => self.listed(tx, &listed)?.read(tx, &mut rows, terms, 0, start)?,
            Plan::All => {
                let mut statement = self.all(tx);
                statement.push(" WHERE ");
                self.narrow(&mut statement, true);
                self.filter(&mut statement, |_| false)?;
                statement.read(tx, &mut rows, terms, 0, start)?;
            }
        }
        Ok(rows)
    }

    /// All runs there are, up to `WHERE`.
    fn all(&self, tx: &Transaction<'_>) -> Statement {
        let mut statement = Statement::new(tx, "SELECT x.id AS id");
        self.order.select(&mut statement);
        statement.push(" FROM run x");
        self.order.join(&mut statement, 0);
        statement
    }

    /// Runs that indexes list for all of these parts.
    fn listed(&self, tx: &Transaction<'_>, listed: &[usize]) -> Result<Statement, StoreError> {
        let mut statement = Statement::new(tx, "SELECT x.id AS id");
        self.order.select(&mut statement);
        self.push_listed(&mut statement, listed, |statement| self.order.join(statement, 0))?;
        Ok(statement)
    }

    fn push_listed(
        &self,
        statement: &mut Statement,
        listed: &[usize],
        join: impl FnOnce(&mut Statement),
    ) -> Result<(), StoreError> {
        let mut before = " FROM (";
        let mut said = Vec::new();
        for part in listed {
            let Some(test) = &self.parts[*part].test else { continue };
            statement.push(before);
            if list(statement, test) {
                said.push(*part);
            }
            before = " INTERSECT ";
        }
        statement.push(") d CROSS JOIN run x");
        join(statement);
        statement.push(" WHERE ");
        self.narrow(statement, false);
        statement.push(" AND x.id = d.run");
        self.filter(statement, |part| said.contains(&part))
    }

    /// Narrows to the experiments and stages, by an index of theirs or by looking at each run.
    fn narrow(&self, statement: &mut Statement, by_index: bool) {
        self.narrow_to(statement, by_index, self.roots_only);
    }

    fn narrow_to(&self, statement: &mut Statement, by_index: bool, roots_only: bool) {
        statement.push(if by_index { "x.experiment_id" } else { "+x.experiment_id" });
        is_one_of(statement, &self.experiments);
        in_stages(statement, "x", self.view);
        if roots_only {
            // The parent by its id and by nothing else, whatever a planner thinks of the experiments.
            statement
                .push(" AND NOT EXISTS (SELECT 1 FROM run_tag pt CROSS JOIN run p WHERE pt.run = x.id AND pt.key = ");
            statement.bind(PARENT).push(" AND p.run_id = pt.value AND p.id <> x.id AND +p.experiment_id");
            is_one_of(statement, &self.experiments);
            in_stages(statement, "p", self.view);
            statement.close_exists();
        }
    }

    /// All runs that are found, in no order, with these columns of `x`.
    pub(super) fn every(&self, tx: &mut Transaction<'_>, columns: &str) -> Result<Statement, StoreError> {
        let plan = self.plan(tx, i64::MAX)?;
        let mut statement = Statement::new(tx, &format!("SELECT {columns}"));
        if let Plan::Listed(listed) = plan {
            self.push_listed(&mut statement, &listed, |_| {})?;
        } else {
            statement.push(" FROM run x WHERE ");
            self.narrow(&mut statement, true);
            self.filter(&mut statement, |_| false)?;
        }
        Ok(statement)
    }

    /// How many conditions each run is looked at for.
    fn conditions(&self) -> usize {
        self.parts.len() + usize::from(self.roots_only)
    }

    /// Adds all parts but those that something else stands for.
    fn filter(&self, statement: &mut Statement, is_said: impl Fn(usize) -> bool) -> Result<(), StoreError> {
        for (index, part) in self.parts.iter().enumerate() {
            if !is_said(index) {
                statement.push(" AND ").filter(self.rules, &part.filter, self.text)?;
            }
        }
        Ok(())
    }

    /// The stretches of the wanted order; none where no index gives it.
    fn stretches(&self) -> Vec<Stretch> {
        match self.order.first() {
            None | Some(Subject::Column("x.start_time" | "x.name")) => vec![Stretch::Column],
            Some(Subject::Metric(_)) => vec![Stretch::Numbers, Stretch::Nan, Stretch::Absent],
            Some(Subject::KeyValue(..)) => vec![Stretch::Present, Stretch::Absent],
            Some(_) => Vec::new(),
        }
    }

    fn read_stretch(
        &self,
        tx: &mut Transaction<'_>,
        stretch: Stretch,
        start: Option<&Place>,
        rows: &mut Rows,
    ) -> Result<(), StoreError> {
        if rows.wanted() == 0 || !self.may_hold(stretch) {
            return Ok(());
        }
        let start = match start {
            // A column is one stretch, whatever its values are.
            Some(place) if stretch != Stretch::Column => match rank_at(place).cmp(&stretch.rank()) {
                Ordering::Less => None,
                Ordering::Equal => Some(place),
                Ordering::Greater => return Ok(()),
            },
            start => start,
        };
        let (terms, fixed) = self.terms_in(stretch);
        self.stretch(tx, stretch)?.read(tx, rows, &terms, fixed, start)
    }

    /// What a stretch is ordered by, and how many of the terms are equal all along it.
    fn terms_in(&self, stretch: Stretch) -> (Vec<Term>, usize) {
        let mut terms = self.order.terms();
        let (fixed, there) = match stretch {
            Stretch::Column | Stretch::Present => (0, Some(0)),
            Stretch::Numbers => (1, Some(1)),
            Stretch::Nan | Stretch::Absent => (self.order.width_of_first(), None),
        };
        if let Some(term) = there.and_then(|index: usize| terms.get_mut(index)) {
            term.optional = false;
        }
        (terms, fixed)
    }

    /// Whether the clauses about what is ordered by leave anything of a stretch.
    fn may_hold(&self, stretch: Stretch) -> bool {
        self.parts.iter().filter_map(|part| part.test.as_ref()).all(|test| {
            if Some(&test.subject) != self.order.first() {
                return true;
            }
            let is_null = test.ask.is_absence();
            match stretch {
                Stretch::Column => true,
                Stretch::Numbers | Stretch::Present => !is_null,
                Stretch::Nan => !is_null && !is_range(&test.ask),
                Stretch::Absent => is_null,
            }
        })
    }

    /// The runs of a stretch.
    fn stretch(&self, tx: &Transaction<'_>, stretch: Stretch) -> Result<Statement, StoreError> {
        let mut statement = Statement::new(tx, "SELECT x.id AS id");
        let first = self.order.first();
        match (stretch, first) {
            (Stretch::Numbers | Stretch::Nan, _) => {
                self.order.select_with(&mut statement, &["o0.latest_is_nan", "o0.latest_value"]);
                statement.push(" FROM metric_summary o0 CROSS JOIN run x");
            }
            (Stretch::Present, Some(Subject::KeyValue(table, _))) => {
                self.order.select(&mut statement);
                statement.push(&format!(" FROM {} o0 CROSS JOIN run x", table.table));
            }
            (Stretch::Absent, Some(Subject::Metric(_))) => {
                self.order.select_with(&mut statement, &["2", "NULL"]);
                statement.push(" FROM run x");
            }
            (Stretch::Absent, _) => {
                self.order.select_with(&mut statement, &["NULL"]);
                statement.push(" FROM run x");
            }
            _ => {
                self.order.select(&mut statement);
                statement.push(" FROM run x");
            }
        }
        self.order.join(&mut statement, 1);
        statement.push(" WHERE ");
        self.narrow(&mut statement, self.is_in_order_by_experiment(stretch));
        match (stretch, first) {
            (Stretch::Absent, Some(Subject::Metric(key))) => {
                statement
                    .push(" AND NOT EXISTS (SELECT 1 FROM metric_summary m WHERE m.run = x.id AND m.metric_key = ");
                statement.metric_key(key).close_exists();
            }
            (Stretch::Absent, Some(Subject::KeyValue(table, key))) => {
                let lookup = format!("SELECT 1 FROM {} m WHERE m.{} = x.id AND m.key = ", table.table, table.owner);
                statement.push(" AND NOT EXISTS (").push(&lookup).bind(key.as_str()).close_exists();
            }
            (Stretch::Present, Some(Subject::KeyValue(table, key))) => {
                statement.push(&format!(" AND x.id = o0.{} AND o0.key = ", table.owner)).bind(key.as_str());
            }
            (Stretch::Numbers | Stretch::Nan, Some(Subject::Metric(key))) => {
                statement.push(" AND x.id = o0.run AND o0.metric_key = ").metric_key(key);
                statement.push(if stretch == Stretch::Nan {
                    " AND o0.latest_is_nan = 1"
                } else {
                    " AND o0.latest_is_nan = 0"
                });
            }
            _ => {}
        }
        let mut said = Vec::new();
        if stretch == Stretch::Numbers {
            // A range of what is ordered by bounds the walk.
            for (index, test) in self.tests() {
                if Some(&test.subject) == first && is_range(&test.ask) {
                    statement.push(" AND ").compare("o0.latest_value", &test.ask);
                    said.push(index);
                }
            }
        }
        self.filter(&mut statement, |part| said.contains(&part))?;
        Ok(statement)
    }

    /// Whether the index of the experiments' runs has them in the order of the stretch.
    fn is_in_order_by_experiment(&self, stretch: Stretch) -> bool {
        let by_name = self.order.first() == Some(&Subject::Column("x.name"));
        self.experiments.len() == 1
            && self.view != ViewType::All
            && (stretch == Stretch::Absent || stretch == Stretch::Column && !by_name)
    }

    fn tests(&self) -> impl Iterator<Item = (usize, &Test)> {
        self.parts.iter().enumerate().filter_map(|(index, part)| Some((index, part.test.as_ref()?)))
    }

    /// Counts, and chooses the cheapest way.
    fn plan(&self, tx: &mut Transaction<'_>, limit: i64) -> Result<Plan, StoreError> {
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

impl Stretch {
    /// What the first of the columns that a metric is ordered by says in this stretch; the others follow it.
    fn rank(self) -> i64 {
        match self {
            Self::Column | Self::Numbers | Self::Present => 0,
            Self::Nan => 1,
            Self::Absent => 2,
        }
    }
}

/// The rank of the stretch that a place is in.
fn rank_at(place: &Place) -> i64 {
    match place.values.first() {
        Some(Value::Integer(rank)) => *rank,
        Some(Value::Null) => Stretch::Absent.rank(),
        _ => 0,
    }
}

/// Adds a query of the runs that an index lists for a clause; answers whether they are just those that it holds for.
fn list(statement: &mut Statement, test: &Test) -> bool {
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
fn is_range(ask: &Ask) -> bool {
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

#[cfg(test)]
mod tests;
