//! `runs/groups`: the runs that a filter finds, in groups by what they have in common.
//!
//! Runs are numbered as they are found; values and metrics are then read along their indexes, one pass each, and put together
//! in memory. To look each of them up run by run, as SQL would, takes ten times as long for a hundred thousand runs.

mod aggregate;

use std::cmp::Ordering;
use std::collections::HashMap;

use trainyard_api::limits::{GROUP_KEYS, GROUP_METRICS, GROUPED_RUNS, GROUPS};
use trainyard_api::run_groups::{GroupKey, GroupKind, GroupRuns, GroupRunsResponse, RunGroup};

use super::order::Order;
use super::plan::Search;
use super::runs::{RULES, TIES};
use super::{experiment_keys, page, parse, place};
use crate::{Access, Operation, StoreError, Transaction, Value};
use aggregate::Aggregate;

/// Up to so many runs, what belongs to them is looked up; of more, all there is of a key is looked through.
const FEW: usize = 2000;
/// What attributes are called in SQL.
const ATTRIBUTES: [(&str, &str); 3] = [("status", "x.status"), ("user_id", "x.user_id"), ("run_name", "x.name")];

impl Operation for GroupRuns {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GroupRunsResponse, StoreError> {
        let Self { experiment_ids, filter, run_view_type, group_by, metrics, max_results, page_token } = self;
        check(&group_by, &metrics)?;
        let limit = page::limit(max_results, 100, GROUPS)?;
        let query = ("run groups", &experiment_ids, &filter, run_view_type, &group_by, &metrics);
        let after: Option<Vec<Option<String>>> = place::read(&query, &page_token)?;
        let experiments = experiment_keys(&experiment_ids)?;
        let order = Order::parse(&RULES, &[], &TIES)?;
        let search = Search::new(tx, &RULES, (experiments, run_view_type), (parse(&filter, &RULES)?, &filter), order)?;
        let found = Found::read(tx, &search, &group_by)?;
        let mut groups = Groups::of(tx, &found, &group_by)?;
        for (index, metric) in metrics.iter().enumerate() {
            groups.aggregate(tx, &found, (index, metrics.len()), metric)?;
        }
        let mut groups = groups.finish(&metrics);
        let total = groups.len() as i64;
        if let Some(after) = after {
            groups.retain(|group| by_values(&group.values, &after).is_gt());
        }
        groups.truncate(usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(1));
        let next_page_token = place::cut(&query, &mut groups, limit, |group| group.values.clone());
        Ok(GroupRunsResponse { groups, total, next_page_token })
    }
}

fn check(group_by: &[GroupKey], metrics: &[String]) -> Result<(), StoreError> {
    let invalid = |field: &str, reason: String| {
        Err(StoreError::invalid(format!("Invalid value for parameter '{field}': {reason}")))
    };
    if group_by.is_empty() {
        return Err(StoreError::missing("group_by"));
    }
    if group_by.len() > GROUP_KEYS {
        return invalid("group_by", format!("{} keys are named, {GROUP_KEYS} at most can be", group_by.len()));
    }
    if metrics.len() > GROUP_METRICS {
        return invalid("metrics", format!("{} metrics are named, {GROUP_METRICS} at most can be", metrics.len()));
    }
    for (index, key) in group_by.iter().enumerate() {
        let field = format!("group_by[{index}].key");
        match key.kind {
            GroupKind::Dataset => {}
            _ if key.key.is_empty() => return Err(StoreError::missing(&field)),
            GroupKind::Attribute if attribute(&key.key).is_none() => {
                return invalid(&field, format!("'{}' is none of status, user_id and run_name", key.key));
            }
            GroupKind::Attribute | GroupKind::Param | GroupKind::Tag => {}
        }
    }
    Ok(())
}

/// What an attribute that runs can be grouped by is called in SQL; its table is `x`.
pub(crate) fn attribute(name: &str) -> Option<&'static str> {
    ATTRIBUTES.iter().find(|(known, _)| *known == name).map(|(_, column)| *column)
}

/// Runs, numbered.
struct Found {
    numbers: HashMap<i64, u32>,
    runs: Vec<FoundRun>,
}

struct FoundRun {
    key: i64,
    start_time: i64,
    is_running: bool,
    /// Values of the attributes among the keys, as numbers in `Values`.
    attributes: Vec<String>,
}

impl Found {
    fn read(tx: &mut Transaction<'_>, search: &Search<'_>, group_by: &[GroupKey]) -> Result<Self, StoreError> {
        let mut found = Self { numbers: HashMap::new(), runs: Vec::new() };
        if search.experiments.is_empty() {
            return Ok(found);
        }
        let mut columns = "x.id, x.start_time, CASE WHEN x.status = 'RUNNING' THEN 1 ELSE 0 END".to_owned();
        let mut attributes = 0;
        for key in group_by.iter().filter(|key| key.kind == GroupKind::Attribute) {
            columns.push_str(&format!(", {}", attribute(&key.key).unwrap_or("NULL")));
            attributes += 1;
        }
        search.every(tx, &columns)?.visit(tx, |row| {
            if found.runs.len() == GROUPED_RUNS {
                return Err(StoreError::invalid(format!(
                    "More than {GROUPED_RUNS} runs are found, which is too many to group; add to the filter"
                )));
            }
            let key: i64 = row.get(0)?;
            found.numbers.insert(key, found.runs.len() as u32);
            let attributes = (0..attributes).map(|index| row.get(3 + index)).collect::<Result<_, _>>()?;
            found.runs.push(FoundRun { key, start_time: row.get(1)?, is_running: row.get::<i64>(2)? != 0, attributes });
            Ok(())
        })?;
        Ok(found)
    }

    /// The keys of the runs, where they are few enough to look up what belongs to them.
    fn few(&self) -> Option<Value> {
        let keys = || self.runs.iter().map(|run| run.key).collect::<Vec<_>>();
        (self.runs.len() <= FEW).then(|| Value::integers(&keys()))
    }

    /// Shows the rows of a query whose first column is a run. `condition` narrows it to few runs.
    fn each(
        &self,
        tx: &mut Transaction<'_>,
        (sql, run): (&str, &str),
        value: Option<&str>,
        mut each: impl FnMut(u32, &crate::Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut values: Vec<Value> = value.map(Value::from).into_iter().collect();
        let mut sql = sql.to_owned();
        if let Some(few) = self.few() {
            values.push(few);
            sql.push_str(&format!(" AND {run} IN {}", tx.dialect().integers(&format!("${}", values.len()))));
        }
        tx.visit(&sql, &values, |row| match self.numbers.get(&row.get::<i64>(0)?) {
            Some(number) => each(*number, row),
            None => Ok(()),
        })
    }
}

/// The values of one key, each text once. Number 0 stands for none.
#[derive(Default)]
struct Values {
    numbers: HashMap<String, u32>,
    texts: Vec<String>,
    /// Of each run the first value.
    of_runs: Vec<u32>,
    /// Further ones: of runs that used several datasets.
    more: Vec<(u32, u32)>,
}

impl Values {
    fn read(tx: &mut Transaction<'_>, found: &Found, key: &GroupKey, attribute: usize) -> Result<Self, StoreError> {
        let mut values = Self { of_runs: vec![0; found.runs.len()], ..Self::default() };
        match key.kind {
            GroupKind::Attribute => {
                for (number, run) in found.runs.iter().enumerate() {
                    values.add(number as u32, run.attributes.get(attribute).map_or("", String::as_str));
                }
            }
            GroupKind::Param | GroupKind::Tag => {
                let table = if key.kind == GroupKind::Tag { "run_tag" } else { "param" };
                let sql = format!("SELECT pair.run, pair.value FROM {table} AS pair WHERE pair.key = $1");
                found.each(tx, (&sql, "pair.run"), Some(&key.key), |run, row| {
                    values.add(run, &row.get::<String>(1)?);
                    Ok(())
                })?;
            }
            GroupKind::Dataset => {
                let sql = "SELECT DISTINCT input.run, dataset.name FROM run_dataset_input AS input
                           JOIN dataset ON dataset.id = input.dataset WHERE 1 = 1";
                found.each(tx, (sql, "input.run"), None, |run, row| {
                    values.add(run, &row.get::<String>(1)?);
                    Ok(())
                })?;
            }
        }
        Ok(values)
    }

    fn add(&mut self, run: u32, text: &str) {
        let number = match self.numbers.get(text) {
            Some(number) => *number,
            None => {
                self.texts.push(text.to_owned());
                let number = self.texts.len() as u32;
                self.numbers.insert(text.to_owned(), number);
                number
            }
        };
        match self.of_runs.get_mut(run as usize) {
            Some(first) if *first == 0 => *first = number,
            _ => self.more.push((run, number)),
        }
    }

    fn text(&self, number: u32) -> Option<String> {
        self.texts.get(number.checked_sub(1)? as usize).cloned()
    }
}

/// What is known of a group: its values as numbers, its runs, and its metrics.
struct Group {
    values: Vec<u32>,
    runs: i64,
    running: i64,
    latest_start_time: i64,
    metrics: Vec<Aggregate>,
}

struct Groups {
    values: Vec<Values>,
    groups: Vec<Group>,
    /// Of each run its groups: one, or several where it used several datasets.
    of_runs: Vec<Vec<u32>>,
}

impl Groups {
    fn of(tx: &mut Transaction<'_>, found: &Found, group_by: &[GroupKey]) -> Result<Self, StoreError> {
        let mut values = Vec::with_capacity(group_by.len());
        let mut attributes = 0;
        for key in group_by {
            values.push(Values::read(tx, found, key, attributes)?);
            attributes += usize::from(key.kind == GroupKind::Attribute);
        }
        let mut more: HashMap<(usize, u32), Vec<u32>> = HashMap::new();
        for (index, values) in values.iter().enumerate() {
            for (run, number) in &values.more {
                more.entry((index, *run)).or_default().push(*number);
            }
        }
        let mut groups = Self { values, groups: Vec::new(), of_runs: Vec::with_capacity(found.runs.len()) };
        let mut known: HashMap<Vec<u32>, u32> = HashMap::new();
        for (number, run) in found.runs.iter().enumerate() {
            let mut combinations = vec![Vec::with_capacity(group_by.len())];
            for (index, values) in groups.values.iter().enumerate() {
                let further = more.get(&(index, number as u32)).map(Vec::as_slice).unwrap_or_default();
                let mut next = Vec::with_capacity(combinations.len() * (1 + further.len()));
                for combination in combinations {
                    for value in further {
                        next.push([combination.as_slice(), &[*value]].concat());
                    }
                    let mut combination = combination;
                    combination.push(values.of_runs[number]);
                    next.push(combination);
                }
                combinations = next;
            }
            let mut of_run = Vec::with_capacity(combinations.len());
            for values in combinations {
                let group = match known.get(&values) {
                    Some(group) => *group,
                    None => {
                        let (runs, running, latest_start_time) = (0, 0, i64::MIN);
                        let group = groups.groups.len() as u32;
                        known.insert(values.clone(), group);
                        groups.groups.push(Group { values, runs, running, latest_start_time, metrics: Vec::new() });
                        group
                    }
                };
                let counted = &mut groups.groups[group as usize];
                counted.runs += 1;
                counted.running += i64::from(run.is_running);
                counted.latest_start_time = counted.latest_start_time.max(run.start_time);
                of_run.push(group);
            }
            groups.of_runs.push(of_run);
        }
        Ok(groups)
    }

    fn aggregate(
        &mut self,
        tx: &mut Transaction<'_>,
        found: &Found,
        (index, count): (usize, usize),
        metric: &str,
    ) -> Result<(), StoreError> {
        for group in &mut self.groups {
            group.metrics.resize(count, Aggregate::default());
        }
        let sql = "SELECT summary.run, summary.latest_value FROM metric_summary AS summary
                   WHERE summary.metric_key = (SELECT id FROM metric_key WHERE key = $1) AND summary.latest_is_nan = 0";
        let Self { groups, of_runs, .. } = self;
        found.each(tx, (sql, "summary.run"), Some(metric), |run, row| {
            let value = row.get(1)?;
            for group in &of_runs[run as usize] {
                groups[*group as usize].metrics[index].add(value);
            }
            Ok(())
        })
    }

    /// The groups as they are answered, in order.
    fn finish(self, metrics: &[String]) -> Vec<RunGroup> {
        let Self { values, groups, .. } = self;
        let group = |group: Group| RunGroup {
            values: group.values.iter().zip(&values).map(|(number, values)| values.text(*number)).collect(),
            runs: group.runs,
            running: group.running,
            latest_start_time: group.latest_start_time,
            metrics: metrics.iter().zip(group.metrics).map(|(key, aggregate)| aggregate.of(key)).collect(),
        };
        let mut groups: Vec<RunGroup> = groups.into_iter().map(group).collect();
        groups.sort_by(|one, other| by_values(&one.values, &other.values));
        groups
    }
}

/// Numbers by what they are, then texts, then what is missing.
fn by_values(one: &[Option<String>], other: &[Option<String>]) -> Ordering {
    let rank = |value: &Option<String>| match value {
        Some(text) => match text.parse::<f64>() {
            Ok(number) if !number.is_nan() => (0, number),
            _ => (1, 0.0),
        },
        None => (2, 0.0),
    };
    for (one, other) in one.iter().zip(other) {
        let (left, right) = (rank(one), rank(other));
        let order = left.0.cmp(&right.0).then(left.1.total_cmp(&right.1)).then_with(|| one.cmp(other));
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}
