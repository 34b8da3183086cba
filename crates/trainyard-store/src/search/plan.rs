//! By which index the runs of a search are found.
//!
//! A database that knows nothing of the values guesses badly between the two ways there are: to walk an index in the
//! wanted order until the page is full, or to take the runs that an index lists for some clauses of the filter and sort
//! them. `cheapest` counts what the indexes list and decides; here the way is written so that there is no other:
//! `CROSS JOIN` fixes the order of tables in SQLite and is an ordinary join elsewhere.

mod cheapest;

use std::cmp::Ordering;

use trainyard_api::ViewType;

use super::keyset::{Place, Rows, Term};
use super::order::Order;
use super::page::Page;
use super::rules::{Rules, Subject, Test};
use super::sql::Statement;
use super::tree::Filter;
use super::{in_stages, is_one_of};
use crate::tracking::run_trees::PARENT;
use crate::{StoreError, Transaction, Value};
use cheapest::{is_range, list};

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

#[cfg(test)]
mod postgres_tests;
#[cfg(test)]
mod tests;
