//! `runs/groups`: the runs that a filter finds, in groups by what they have in common.
//!
//! Runs are numbered as they are found; values are then read along their indexes, one pass each, and put together in memory:
//! to look each of them up run by run, as SQL would, takes ten times as long for a hundred thousand runs. Metrics are read for
//! the groups of the page only, but for one that groups are ordered by: its aggregates take 56 bytes a group until they are ranked.
//! What all this takes is bounded, see [`values::Room`].

mod aggregate;
mod found;
mod groups;
mod values;

use trainyard_api::limits::{GROUP_KEYS, GROUP_METRICS, GROUPS};
use trainyard_api::run_groups::{
    GroupKey, GroupKind, GroupOrder, GroupOrderBy, GroupRuns, GroupRunsResponse, RunGroup,
};

use super::order::Order;
use super::plan::Search;
use super::runs::{RULES, TIES};
use super::{experiment_keys, page, parse, place};
use crate::{Access, Operation, StoreError, Transaction};
use aggregate::Aggregate;
pub(crate) use found::attribute;
use found::{Belonging, Found};
use groups::{Groups, PlaceOnPage, Ranking};
use values::{Room, Values};

impl Operation for GroupRuns {
    const ACCESS: Access = Access::Read;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<GroupRunsResponse, StoreError> {
        let Self { experiment_ids, filter, run_view_type, group_by, metrics, order_by, max_results, page_token } = self;
        check(&group_by, &metrics)?;
        check_order(&group_by, order_by.as_ref())?;
        let limit = page::limit(max_results, 100, GROUPS)?;
        // Metrics say nothing about which groups there are: a page of the same groups may be asked for with others.
        let query = ("run groups", &experiment_ids, &filter, run_view_type, &group_by, &order_by);
        let after: Option<PlaceOnPage> = place::read(&query, &page_token)?;
        let experiments = experiment_keys(&experiment_ids)?;
        let order = Order::parse(&RULES, &[], &TIES)?;
        let mut search =
            Search::new(tx, &RULES, (experiments, run_view_type), (parse(&filter, &RULES)?, &filter), order)?;

        let (mut values, mut room) = (vec![Values::default(); group_by.len()], Room::default());
        let found = Found::read(tx, &mut search, &group_by, (&mut values, &mut room))?;
        for (key, values) in group_by.iter().zip(&mut values) {
            read_values(tx, &found, key, (values, &mut room))?;
        }
        let values = values.into_iter().map(|values| values.sorted(found.runs.len())).collect();
        let groups = Groups::of(&found, values);
        let ranking = ranking(tx, &found, &groups, order_by.as_ref())?;
        let mut page = groups.behind(&ranking, after.as_ref());
        let next_page_token = place::cut(&query, &mut page, limit, |group| groups.place(&ranking, *group));
        // It takes up to 16 bytes a group, and is not needed for the metrics.
        drop(ranking);
        let answers = answers(tx, &found, &groups, (&page, &metrics))?;
        Ok(GroupRunsResponse { groups: answers, total: groups.count() as i64, next_page_token })
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
            GroupKind::Attribute if found::attribute(&key.key).is_none() => {
                return invalid(&field, format!("'{}' is none of status, user_id and run_name", key.key));
            }
            GroupKind::Attribute | GroupKind::Param | GroupKind::Tag => {}
        }
        // A run that used many datasets is in the group of each: by two keys of that kind it would be in that of each pair.
        let is_same =
            |other: &GroupKey| other.kind == key.kind && (key.kind == GroupKind::Dataset || other.key == key.key);
        if let Some(first) = group_by[..index].iter().position(is_same) {
            return invalid(&format!("group_by[{index}]"), format!("it is the same key as group_by[{first}]"));
        }
    }
    Ok(())
}

fn check_order(group_by: &[GroupKey], order_by: Option<&GroupOrder>) -> Result<(), StoreError> {
    let Some(GroupOrder { by, index, key, .. }) = order_by else { return Ok(()) };
    match by {
        GroupOrderBy::Value if usize::try_from(*index).is_ok_and(|index| index < group_by.len()) => Ok(()),
        GroupOrderBy::Value => Err(StoreError::invalid(format!(
            "Invalid value for parameter 'order_by.index': {index} is the place of no key; 'group_by' has {}",
            group_by.len()
        ))),
        GroupOrderBy::Metric if key.is_empty() => Err(StoreError::missing("order_by.key")),
        GroupOrderBy::Metric | GroupOrderBy::Runs | GroupOrderBy::LatestStartTime => Ok(()),
    }
}

/// What groups are ordered by before their values; where that is a metric, it is aggregated for all of them.
fn ranking(
    tx: &mut Transaction<'_>,
    found: &Found,
    groups: &Groups,
    order_by: Option<&GroupOrder>,
) -> Result<Ranking, StoreError> {
    let Some(&GroupOrder { by, index, ref key, aggregate, descending }) = order_by else { return Ok(Ranking::None) };
    let ranks = match by {
        GroupOrderBy::Value => {
            return Ok(Ranking::Value { index: usize::try_from(index).unwrap_or_default(), descending });
        }
        GroupOrderBy::Runs => groups.run_counts().map(Some).collect(),
        GroupOrderBy::LatestStartTime => groups.latest_start_times().map(Some).collect(),
        GroupOrderBy::Metric => {
            let aggregates = aggregates(tx, found, (groups, groups.count()), None, (key, Some))?;
            aggregates.into_iter().map(|one| one.rank(aggregate)).collect()
        }
    };
    Ok(Ranking::Numbers { ranks, descending })
}

/// Aggregates the latest values of a metric, of runs with these numbers or of all, for so many places of groups.
fn aggregates(
    tx: &mut Transaction<'_>,
    found: &Found,
    (groups, places): (&Groups, usize),
    runs: Option<&[u32]>,
    (metric, place_of): (&str, impl Fn(u32) -> Option<u32>),
) -> Result<Vec<Aggregate>, StoreError> {
    let sql = "SELECT summary.run, summary.latest_value FROM metric_summary AS summary
               WHERE summary.metric_key = (SELECT id FROM metric_key WHERE key = $1) AND summary.latest_is_nan = 0";
    let mut aggregates = vec![Aggregate::default(); places];
    let belonging = Belonging { sql, run: "summary.run", value: Some(metric) };
    found.each(tx, belonging, runs, |run, row| {
        let value = row.get(1)?;
        for place in groups.of_run(run).filter_map(&place_of) {
            aggregates[place as usize].add(value);
        }
        Ok(())
    })?;
    Ok(aggregates)
}

/// Reads the values of a key; those of attributes have come with the runs.
fn read_values(
    tx: &mut Transaction<'_>,
    found: &Found,
    key: &GroupKey,
    (values, room): (&mut Values, &mut Room),
) -> Result<(), StoreError> {
    let pairs = |table: &str| format!("SELECT pair.run, pair.value FROM {table} AS pair WHERE pair.key = $1");
    let (sql, run, value) = match key.kind {
        GroupKind::Attribute => return Ok(()),
        GroupKind::Param => (pairs("param"), "pair.run", Some(key.key.as_str())),
        GroupKind::Tag => (pairs("run_tag"), "pair.run", Some(key.key.as_str())),
        // Several datasets of a run may have one name.
        GroupKind::Dataset => {
            let sql = "SELECT input.run, dataset.name FROM run_dataset_input AS input CROSS JOIN dataset
                       WHERE dataset.id = input.dataset";
            (sql.to_owned(), "input.run", None)
        }
    };
    found.each(tx, Belonging { sql: &sql, run, value }, None, |run, row| values.add(run, &row.get::<String>(1)?, room))
}

/// Groups as they are answered, with aggregates of these metrics.
fn answers(
    tx: &mut Transaction<'_>,
    found: &Found,
    groups: &Groups,
    (page, metrics): (&[u32], &[String]),
) -> Result<Vec<RunGroup>, StoreError> {
    let mut answers: Vec<RunGroup> = page.iter().map(|group| groups.answer(*group)).collect();
    if metrics.is_empty() || page.is_empty() {
        return Ok(answers);
    }
    // Of each group its place on the page.
    let mut places: Vec<Option<u32>> = vec![None; groups.count()];
    for (place, group) in page.iter().enumerate() {
        places[*group as usize] = Some(place as u32);
    }
    let place_of = |group: u32| places[group as usize];
    let runs = 0..found.runs.len() as u32;
    let on_page: Vec<u32> = runs.filter(|run| groups.of_run(*run).any(|group| place_of(group).is_some())).collect();
    for metric in metrics {
        let aggregates = aggregates(tx, found, (groups, page.len()), Some(&on_page), (metric, place_of))?;
        for (answer, aggregate) in answers.iter_mut().zip(aggregates) {
            answer.metrics.push(aggregate.of(metric));
        }
    }
    Ok(answers)
}
