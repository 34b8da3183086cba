//! Groups of runs by the numbers of their values.

use std::cmp::Ordering;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use trainyard_api::limits::GROUP_KEYS;
use trainyard_api::run_groups::RunGroup;

use super::found::Found;
use super::values::{Place, Sorted};

/// One value a key, by number; 0 for keys that are not there.
type Combination = [u32; GROUP_KEYS];

struct Group {
    values: Combination,
    runs: i64,
    running: i64,
    latest_start_time: i64,
}

/// All groups, numbered as they come up.
pub(super) struct Groups {
    values: Vec<Sorted>,
    groups: Vec<Group>,
    /// Of each run its group.
    of_runs: Vec<u32>,
    /// Runs with a further group, in order: those that used several datasets.
    further: Vec<(u32, u32)>,
}

/// What groups are ordered by before their values.
pub(super) enum Ranking {
    /// Nothing.
    None,
    /// The value of one key.
    Value { index: usize, descending: bool },
    /// A number of each group; none comes last.
    Numbers { ranks: Vec<Option<i64>>, descending: bool },
}

/// Where a group stands in the order: its rank, if it has one, and its values.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PlaceOnPage(Option<i64>, Vec<Option<String>>);

/// How a rank lies to another.
fn ranked(one: Option<i64>, other: Option<i64>, descending: bool) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) if descending => other.cmp(&one),
        (Some(one), Some(other)) => one.cmp(&other),
        (one, other) => one.is_none().cmp(&other.is_none()),
    }
}

impl Groups {
    pub(super) fn of(found: &Found, values: Vec<Sorted>) -> Self {
        let mut known: HashMap<Combination, u32> = HashMap::new();
        let mut groups: Vec<Group> = Vec::new();
        let mut join = |values: Combination, run: usize| {
            let group = *known.entry(values).or_insert(groups.len() as u32);
            if group as usize == groups.len() {
                groups.push(Group { values, runs: 0, running: 0, latest_start_time: i64::MIN });
            }
            let counted = &mut groups[group as usize];
            counted.runs += 1;
            counted.running += i64::from(found.runs[run].is_running);
            counted.latest_start_time = counted.latest_start_time.max(found.runs[run].start_time);
            group
        };
        let of_run = |run: usize| {
            let mut combination = Combination::default();
            for (value, values) in combination.iter_mut().zip(&values) {
                *value = values.first[run];
            }
            combination
        };
        let of_runs = (0..found.runs.len()).map(|run| join(of_run(run), run)).collect();
        // No more than one key is a dataset, so no other value of the run changes along with it.
        let mut further = Vec::new();
        for (index, values) in values.iter().enumerate() {
            for (run, value) in &values.further {
                let mut combination = of_run(*run as usize);
                combination[index] = *value;
                further.push((*run, join(combination, *run as usize)));
            }
        }
        Self { values, groups, of_runs, further }
    }

    pub(super) fn count(&self) -> usize {
        self.groups.len()
    }

    /// The groups that a run is in.
    pub(super) fn of_run(&self, run: u32) -> impl Iterator<Item = u32> {
        let begin = self.further.partition_point(|(other, _)| *other < run);
        let further = self.further[begin..].iter().take_while(move |(other, _)| *other == run);
        std::iter::once(self.of_runs[run as usize]).chain(further.map(|(_, group)| *group))
    }

    /// The groups behind one, in order; all of them without it.
    pub(super) fn behind(&self, ranking: &Ranking, after: Option<&PlaceOnPage>) -> Vec<u32> {
        let values = |group: u32| &self.groups[group as usize].values;
        let places: Option<Vec<Place>> = after.map(|PlaceOnPage(_, texts)| {
            self.values.iter().zip(texts).map(|(values, text)| values.place(text.as_deref())).collect()
        });
        let is_behind = |group: &u32| {
            let (Some(PlaceOnPage(rank, _)), Some(places)) = (after, &places) else { return true };
            let first = match ranking {
                Ranking::None => Ordering::Equal,
                Ranking::Value { index, descending } => {
                    let number = values(*group)[*index];
                    places.get(*index).map_or(Ordering::Equal, |place| self.turned(*index, *descending, number, *place))
                }
                Ranking::Numbers { ranks, descending } => ranked(ranks[*group as usize], *rank, *descending),
            };
            let orders = values(*group).iter().zip(places).map(|(number, place)| place.order(*number));
            orders.fold(first, Ordering::then).is_gt()
        };
        let mut behind: Vec<u32> = (0..self.groups.len() as u32).filter(is_behind).collect();
        behind.sort_unstable_by(|one, other| {
            let first = match ranking {
                Ranking::None => Ordering::Equal,
                Ranking::Value { index, descending } => {
                    let place = Place::At(values(*other)[*index]);
                    self.turned(*index, *descending, values(*one)[*index], place)
                }
                Ranking::Numbers { ranks, descending } => {
                    ranked(ranks[*one as usize], ranks[*other as usize], *descending)
                }
            };
            first.then_with(|| values(*one).cmp(values(*other)))
        });
        behind
    }

    /// How the value of a key lies to a place, in one direction or the other; what is missing is last either way.
    fn turned(&self, index: usize, descending: bool, number: u32, place: Place) -> Ordering {
        let none = self.values[index].count();
        if number == none || place == Place::At(none) || !descending {
            return place.order(number);
        }
        place.order(number).reverse()
    }

    /// Where a group stands, for the token of the page behind it.
    pub(super) fn place(&self, ranking: &Ranking, group: u32) -> PlaceOnPage {
        let rank = match ranking {
            Ranking::Numbers { ranks, .. } => ranks[group as usize],
            Ranking::None | Ranking::Value { .. } => None,
        };
        PlaceOnPage(rank, self.texts(group))
    }

    /// How many runs each group has.
    pub(super) fn run_counts(&self) -> impl Iterator<Item = i64> {
        self.groups.iter().map(|group| group.runs)
    }

    /// When the newest run of each group began.
    pub(super) fn latest_start_times(&self) -> impl Iterator<Item = i64> {
        self.groups.iter().map(|group| group.latest_start_time)
    }

    /// The values of a group.
    pub(super) fn texts(&self, group: u32) -> Vec<Option<String>> {
        let numbers = &self.groups[group as usize].values;
        self.values.iter().zip(numbers).map(|(values, number)| values.text(*number)).collect()
    }

    /// A group as it is answered, without metrics.
    pub(super) fn answer(&self, group: u32) -> RunGroup {
        let Group { runs, running, latest_start_time, .. } = self.groups[group as usize];
        RunGroup { values: self.texts(group), runs, running, latest_start_time, metrics: Vec::new() }
    }
}
