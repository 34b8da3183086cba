//! Groups of runs by the numbers of their values.

use std::cmp::Ordering;
use std::collections::HashMap;

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
    pub(super) fn behind(&self, after: Option<&[Option<String>]>) -> Vec<u32> {
        let places: Option<Vec<Place>> = after
            .map(|after| self.values.iter().zip(after).map(|(values, value)| values.place(value.as_deref())).collect());
        let values = |group: u32| &self.groups[group as usize].values;
        let is_behind = |group: &u32| {
            let Some(places) = &places else { return true };
            let orders = values(*group).iter().zip(places).map(|(number, place)| place.order(*number));
            orders.fold(Ordering::Equal, Ordering::then).is_gt()
        };
        let mut behind: Vec<u32> = (0..self.groups.len() as u32).filter(is_behind).collect();
        behind.sort_unstable_by_key(|group| values(*group));
        behind
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
