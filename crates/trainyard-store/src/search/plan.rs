//! By which index the runs of a search are found.
//!
//! A database that knows nothing of the values guesses badly between the two ways there are: to walk an index in the
//! wanted order until the page is full, or to take the runs that an index lists for some clauses of the filter and sort
//! them. `cheapest` counts what the indexes list and decides, and `remembered` keeps what was decided for a while. Here and
//! in `stretches` the way is written so that there is no other: `CROSS JOIN` fixes the order of tables in SQLite and is an
//! ordinary join elsewhere.

mod cheapest;
mod remembered;
mod stretches;

use trainyard_api::ViewType;

use super::keyset::{Place, Rows, Term};
use super::order::Order;
use super::page::Page;
use super::rules::{Rules, Test};
use super::sql::Statement;
use super::tree::Filter;
use super::{in_stages, is_one_of};
use crate::tracking::run_trees::PARENT;
use crate::{StoreError, Transaction};
use cheapest::list;
pub(crate) use remembered::Plans;

/// A search for runs: rows `x` of the table `run`.
pub(super) struct Search<'s> {
    pub(super) rules: &'static Rules,
    pub(super) experiments: Vec<i64>,
    pub(super) view: ViewType,
    pub(super) order: Order,
    /// Whether only runs are wanted whose parent is not among these experiments and stages.
    pub(super) roots_only: bool,
    parts: Vec<Part>,
    /// In which order the parts are looked at: those that fewest runs pass first, once that is known.
    looked_at: Vec<usize>,
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
#[derive(Debug, Clone, PartialEq, Eq)]
enum Plan {
    /// Along an index in the wanted order.
    Ordered,
    /// Those that indexes list for all of these parts.
    Listed(Vec<usize>),
    /// All of the experiments.
    All,
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
        let mut search =
            Self { rules, experiments, view, order, roots_only: false, parts: Vec::new(), looked_at: Vec::new(), text };
        search.split(filter)?;
        search.looked_at = (0..search.parts.len()).collect();
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
    pub(super) fn page(&mut self, tx: &mut Transaction<'_>, page: &Page) -> Result<(Vec<i64>, String), StoreError> {
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
        self.order.join(&mut statement);
        statement
    }

    /// Runs that indexes list for all of these parts.
    fn listed(&self, tx: &Transaction<'_>, listed: &[usize]) -> Result<Statement, StoreError> {
        let mut statement = Statement::new(tx, "SELECT x.id AS id");
        self.order.select(&mut statement);
        self.push_listed(&mut statement, listed, |statement| self.order.look_up(statement, 0))?;
        Ok(statement)
    }

    fn push_listed(
        &self,
        statement: &mut Statement,
        listed: &[usize],
        join: impl FnOnce(&mut Statement),
    ) -> Result<(), StoreError> {
        let tests: Vec<(usize, &Test)> = self.tests().filter(|(part, _)| listed.contains(part)).collect();
        let mut said = Vec::new();
        for (index, (part, test)) in tests.iter().enumerate() {
            statement.push(if index == 0 { " FROM (" } else { " INTERSECT " });
            if list(statement, test) {
                said.push(*part);
            }
        }
        if tests.len() > 1 {
            let intersected = statement.dialect().intersected();
            statement.push(intersected);
        }
        statement.push(") d CROSS JOIN run x");
        join(statement);
        statement.look_at("d.run");
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
        let column = "x.experiment_id";
        let column = if by_index { column.to_owned() } else { statement.dialect().not_by_index(column) };
        statement.push(&column);
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
    pub(super) fn every(&mut self, tx: &mut Transaction<'_>, columns: &str) -> Result<Statement, StoreError> {
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

    /// Adds all parts but those that something else stands for.
    fn filter(&self, statement: &mut Statement, is_said: impl Fn(usize) -> bool) -> Result<(), StoreError> {
        for index in self.looked_at.iter().copied().filter(|index| !is_said(*index)) {
            if let Some(part) = self.parts.get(index) {
                statement.push(" AND ").filter(self.rules, &part.filter, self.text)?;
            }
        }
        Ok(())
    }

    /// All that decides on the way, as a text.
    fn asked(&self, limit: i64) -> String {
        format!("{:?}", (&self.experiments, self.view, self.roots_only, limit, &self.order, self.text))
    }

    fn tests(&self) -> impl Iterator<Item = (usize, &Test)> {
        self.parts.iter().enumerate().filter_map(|(index, part)| Some((index, part.test.as_ref()?)))
    }
}

#[cfg(test)]
mod postgres_tests;
#[cfg(test)]
mod tests;
