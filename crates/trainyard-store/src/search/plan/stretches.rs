//! Walking indexes in the wanted order, one stretch after the other.

use std::cmp::Ordering;

use trainyard_api::ViewType;

use super::Search;
use super::cheapest::is_range;
use crate::search::keyset::{Place, Rows, Term};
use crate::search::rules::Subject;
use crate::search::sql::Statement;
use crate::{StoreError, Transaction, Value};

/// What comes one after the other in the wanted order, each along an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stretch {
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

impl Search<'_> {
    /// The stretches of the wanted order; none where no index gives it.
    pub(super) fn stretches(&self) -> Vec<Stretch> {
        match self.order.first() {
            None | Some(Subject::Column("x.start_time" | "x.name")) => vec![Stretch::Column],
            Some(Subject::Metric(_)) => vec![Stretch::Numbers, Stretch::Nan, Stretch::Absent],
            Some(Subject::KeyValue(..)) => vec![Stretch::Present, Stretch::Absent],
            Some(_) => Vec::new(),
        }
    }

    pub(super) fn read_stretch(
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
    pub(super) fn terms_in(&self, stretch: Stretch) -> (Vec<Term>, usize) {
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
    pub(super) fn may_hold(&self, stretch: Stretch) -> bool {
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
    pub(super) fn stretch(&self, tx: &Transaction<'_>, stretch: Stretch) -> Result<Statement, StoreError> {
        let mut statement = Statement::new(tx, "SELECT x.id AS id");
        let first = self.order.first();
        match (stretch, first) {
            (Stretch::Numbers | Stretch::Nan, _) => {
                self.order.select_with(&mut statement, &["o0.latest_is_nan", "o0.latest_value"]);
                statement.push(" FROM metric_summary o0 CROSS JOIN run x");
                statement.look_at("o0.run");
            }
            (Stretch::Present, Some(Subject::KeyValue(table, _))) => {
                self.order.select(&mut statement);
                statement.push(&format!(" FROM {} o0 CROSS JOIN run x", table.table));
                statement.look_at(&format!("o0.{}", table.owner));
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
        self.order.look_up(&mut statement, 1);
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
    pub(super) fn is_in_order_by_experiment(&self, stretch: Stretch) -> bool {
        let by_name = self.order.first() == Some(&Subject::Column("x.name"));
        self.experiments.len() == 1
            && self.view != ViewType::All
            && (stretch == Stretch::Absent || stretch == Stretch::Column && !by_name)
    }
}

impl Stretch {
    /// What the first of the columns that a metric is ordered by says in this stretch; the others follow it.
    pub(super) fn rank(self) -> i64 {
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
