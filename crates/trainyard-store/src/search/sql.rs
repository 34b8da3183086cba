//! Filters as SQL with binds.

use trainyard_api::logged_models::DatasetRef;

mod compare;

use super::FilterError;
use super::keyset::{self, Place, Rows, Term};
use super::page::Page;
use super::rules::{KeyValues, Metrics, Rules, Subject};
use super::tree::Filter;
use super::values::Ask;
use crate::{Dialect, Row, StoreError, Transaction, Value};

/// SQL under construction. Text and binds grow together, so that binds are numbered in order of first use.
#[derive(Clone)]
pub(super) struct Statement {
    sql: String,
    values: Vec<Value>,
    dialect: Dialect,
    artifact_root: String,
    datasets: Vec<DatasetRef>,
    owner: String,
}

impl Statement {
    /// A statement that begins with this text.
    pub(super) fn new(tx: &Transaction<'_>, sql: &str) -> Self {
        Self {
            sql: sql.to_owned(),
            values: Vec::new(),
            dialect: tx.dialect(),
            artifact_root: tx.artifact_root().prefix().to_owned(),
            datasets: Vec::new(),
            owner: "x.id".to_owned(),
        }
    }

    /// Has filters name the rows that are looked at by this column instead of `x.id`: where it is known before the row itself
    /// is read, rows that a filter does not hold for are never read.
    pub(super) fn look_at(&mut self, owner: &str) {
        owner.clone_into(&mut self.owner);
    }

    /// Adds text of our own.
    pub(super) fn push(&mut self, sql: &str) -> &mut Self {
        self.sql.push_str(sql);
        self
    }

    /// Adds a value as the next bind.
    pub(super) fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        let bind = self.reserve(value.into());
        self.push(&bind)
    }

    /// A bind that has to be pushed next, within other text.
    pub(super) fn reserve(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    /// Carries it out for one page. It is a query of `id` and of `k1`, `k2`, … that the terms are about.
    pub(super) fn page(
        self,
        tx: &mut Transaction<'_>,
        page: &Page,
        terms: &[Term],
        start: Option<&Place>,
    ) -> Result<(Vec<i64>, String), StoreError> {
        let mut rows = Rows::new(page.limit);
        self.read(tx, &mut rows, terms, 0, start)?;
        Ok(page.cut(rows))
    }

    /// Carries it out and adds the rows that come after `start`, in order. The first `fixed` terms are the same in all of
    /// them and in `start`.
    pub(super) fn read(
        self,
        tx: &mut Transaction<'_>,
        rows: &mut Rows,
        terms: &[Term],
        fixed: usize,
        start: Option<&Place>,
    ) -> Result<(), StoreError> {
        let statement = self.ordered(terms, fixed, start, rows.wanted());
        tx.query(&statement.sql, &statement.values, |row| rows.add(row, terms.len()))?;
        Ok(())
    }

    fn ordered(self, terms: &[Term], fixed: usize, start: Option<&Place>, limit: i64) -> Self {
        let columns: String = (1..=terms.len()).map(|index| format!(", q.k{index}")).collect();
        let mut whole = Self { sql: format!("SELECT q.id{columns} FROM ({}) q", self.sql), ..self };
        if let Some(place) = start {
            whole.push(" WHERE ");
            keyset::after(&mut whole, terms, &place.values, fixed);
        }
        keyset::order_by(&mut whole, terms, fixed);
        whole.push(" LIMIT ").bind(limit);
        whole
    }

    /// How the database would carry it out.
    #[cfg(test)]
    pub(super) fn explain(
        self,
        tx: &mut Transaction<'_>,
        terms: &[Term],
        fixed: usize,
        start: Option<&Place>,
    ) -> Result<Vec<String>, StoreError> {
        let statement = self.ordered(terms, fixed, start, 100);
        // SQLite says before the text which steps belong together.
        let (explain, column) = match tx.dialect() {
            Dialect::Sqlite => ("EXPLAIN QUERY PLAN", 3),
            Dialect::Postgres => ("EXPLAIN", 0),
        };
        tx.query(&format!("{explain} {}", statement.sql), &statement.values, |row| row.get(column))
    }

    /// Carries it out for its first row.
    pub(super) fn first(&self, tx: &mut Transaction<'_>, terms: usize) -> Result<Option<Place>, StoreError> {
        tx.query_one(&self.sql, &self.values, |row| {
            let values = (1..=terms).map(|index| row.get(index)).collect::<Result<_, _>>()?;
            Ok(Place { key: row.get(0)?, values })
        })
    }

    /// How many rows it has, counted no further than `most`.
    pub(super) fn counted(self, most: i64) -> Self {
        let mut count = Self { sql: format!("SELECT COUNT(*) FROM ({} LIMIT ", self.sql), ..self };
        count.bind(most).push(") c");
        count
    }

    /// Carries it out and shows each of its rows.
    pub(super) fn visit(
        &self,
        tx: &mut Transaction<'_>,
        visit: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        tx.visit(&self.sql, &self.values, visit)
    }

    /// Carries it out for the one number that it answers.
    pub(super) fn number(&self, tx: &mut Transaction<'_>) -> Result<i64, StoreError> {
        Ok(tx.query_one(&self.sql, &self.values, |row| row.get(0))?.unwrap_or(0))
    }

    /// Carries it out for so many numbers of its only row.
    pub(super) fn numbers(&self, tx: &mut Transaction<'_>, count: usize) -> Result<Vec<i64>, StoreError> {
        let row = tx.query_one(&self.sql, &self.values, |row| (0..count).map(|index| row.get(index)).collect())?;
        Ok(row.unwrap_or_default())
    }

    /// Adds the integer that stands for the key of a metric, or NULL.
    pub(super) fn metric_key(&mut self, key: &str) -> &mut Self {
        self.push("(SELECT id FROM metric_key WHERE key = ").bind(key).push(")")
    }

    /// Adds the condition that rows of `metric_summary`, which are looked up, are about a metric of a run.
    pub(super) fn metric_of_run(&mut self, summary: &str, run: &str, key: &str) -> &mut Self {
        let key = self.reserve(Value::Text(key.to_owned()));
        let is_metric = self
            .dialect
            .second_of_key(&format!("{summary}.metric_key"), &format!("(SELECT id FROM metric_key WHERE key = {key})"));
        self.push(&format!("{summary}.run = {run} AND {is_metric}"))
    }

    /// The database it is for.
    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Lets the filter see only those metrics of logged models that are about these datasets.
    pub(super) fn narrow_metrics(&mut self, datasets: Vec<DatasetRef>) {
        self.datasets = datasets;
    }

    /// SQL of an attribute. `{root}` in it is bound to the artifact root: what stands before the id of an experiment in
    /// its location, when it has none of its own.
    pub(super) fn column(&mut self, column: &str) -> String {
        if !column.contains("{root}") {
            return column.to_owned();
        }
        let root = self.reserve(Value::Text(self.artifact_root.clone()));
        column.replace("{root}", &root)
    }

    /// Adds a filter as a condition that holds for the wanted rows; `text` is what it was read from.
    pub(super) fn filter(&mut self, rules: &Rules, filter: &Filter, text: &str) -> Result<(), FilterError> {
        match filter {
            Filter::And(filters) if filters.is_empty() => {
                self.push("1 = 1");
            }
            Filter::And(filters) | Filter::Or(filters) => {
                let word = if matches!(filter, Filter::And(_)) { " AND " } else { " OR " };
                self.push("(");
                for (index, filter) in filters.iter().enumerate() {
                    self.push(if index == 0 { "" } else { word });
                    self.filter(rules, filter, text)?;
                }
                self.push(")");
            }
            // What is unknown to SQL, such as a comparison of a time that there is not, is not found: `NOT` finds it.
            Filter::Not(filter) => {
                self.push("((");
                self.filter(rules, filter, text)?;
                self.push(") IS NOT TRUE)");
            }
            Filter::Clause(clause) => {
                let test = rules.test(clause, text)?;
                self.test(rules.metrics, &test.subject, &test.ask);
            }
        }
        Ok(())
    }

    /// Adds a condition that holds for rows with a metric, param or tag, whatever it is.
    pub(super) fn has(&mut self, rules: &Rules, subject: &Subject) -> &mut Self {
        self.test(rules.metrics, subject, &Ask::IsNull { negated: true, as_number: false });
        self
    }

    fn test(&mut self, metrics: Metrics, subject: &Subject, ask: &Ask) {
        match subject {
            Subject::Column(column) => {
                let column = self.column(column);
                self.compare(&column, ask);
            }
            Subject::KeyValue(table, key) => self.key_value(*table, key, ask),
            Subject::Metric(key) => {
                self.push(if ask.is_absence() { "NOT EXISTS (SELECT 1 FROM (" } else { "EXISTS (SELECT 1 FROM (" });
                let datasets = std::mem::take(&mut self.datasets);
                self.latest(metrics, key, &datasets);
                self.datasets = datasets;
                self.push(") l");
                if !matches!(ask, Ask::IsNull { .. }) {
                    self.push(" WHERE ");
                    self.compare_metric(ask);
                }
                self.close_exists();
            }
            Subject::Dataset(column) => {
                self.push(&format!(
                    "EXISTS (SELECT 1 FROM run_dataset_input i JOIN dataset ds ON ds.id = i.dataset \
                     WHERE i.run = {} AND ",
                    self.owner
                ));
                self.compare(column, ask);
                self.close_exists();
            }
            Subject::DatasetContext => {
                self.push(&format!(
                    "EXISTS (SELECT 1 FROM run_dataset_input_tag t \
                     WHERE t.run = {} AND t.key = 'mlflow.data.context' AND ",
                    self.owner
                ));
                self.compare("t.value", ask);
                self.close_exists();
            }
        }
    }

    /// Ends the subquery of an `EXISTS`.
    pub(super) fn close_exists(&mut self) -> &mut Self {
        self.push(self.dialect.looked_up()).push(")")
    }

    /// `!=` and its like find owners that have the key with another value, as in MLflow; `IS NULL` those without it.
    fn key_value(&mut self, table: KeyValues, key: &str, ask: &Ask) {
        let KeyValues { table, owner, .. } = table;
        self.push(if ask.is_absence() { "NOT EXISTS " } else { "EXISTS " });
        self.push(&format!("(SELECT 1 FROM {table} t WHERE t.{owner} = {} AND t.key = ", self.owner)).bind(key);
        if !matches!(ask, Ask::IsNull { as_number: false, .. }) {
            self.push(" AND ").compare("t.value", ask);
        }
        self.close_exists();
    }

    /// A query of the latest point of a metric: columns `value` and `is_nan`, no row where there is none. Of a logged
    /// model's points, it looks at those that are about one of the datasets, if there are any.
    pub(super) fn latest(&mut self, metrics: Metrics, key: &str, datasets: &[DatasetRef]) {
        match metrics {
            Metrics::OfLoggedModel => {
                self.push(
                    "SELECT p.value, p.is_nan FROM logged_model_metric p WHERE p.model = x.id AND p.metric_key = ",
                );
                self.metric_key(key);
                self.about_datasets(datasets);
                self.push(" ORDER BY p.step DESC, p.timestamp DESC, p.value DESC LIMIT 1");
            }
            Metrics::OfRun | Metrics::None => {
                let run = self.owner.clone();
                self.push("SELECT s.latest_value AS value, s.latest_is_nan AS is_nan FROM metric_summary s WHERE ");
                self.metric_of_run("s", &run, key);
            }
        }
    }

    /// Narrows points `p` of logged models to those about one of the datasets. An empty name or digest fits all.
    pub(super) fn about_datasets(&mut self, datasets: &[DatasetRef]) {
        for (index, dataset) in datasets.iter().enumerate() {
            self.push(if index == 0 { " AND (" } else { " OR " }).push("(p.dataset_name <> ''");
            for (column, value) in [("name", &dataset.dataset_name), ("digest", &dataset.dataset_digest)] {
                if !value.is_empty() {
                    self.push(" AND p.dataset_").push(column).push(" = ").bind(value);
                }
            }
            self.push(")");
        }
        self.push(if datasets.is_empty() { "" } else { ")" });
    }
}
