//! The values that runs have of one key, each text once.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use trainyard_api::limits::GROUPED_RUNS;

use crate::StoreError;

/// Stands for no value while values are read.
const NONE: u32 = u32::MAX;
/// What a text takes beside its bytes.
const OVERHEAD: usize = 80;

/// What there is room for in memory, for all keys together.
pub(super) struct Room {
    bytes: usize,
    /// Further values of runs that have several.
    further: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self { bytes: 256 << 20, further: GROUPED_RUNS }
    }
}

/// Values as they are read.
#[derive(Debug, Clone, Default)]
pub(super) struct Values {
    texts: HashMap<Arc<str>, u32>,
    /// Of each run the first value.
    first: Vec<u32>,
    /// Runs with a further value: those that used several datasets.
    further: HashSet<(u32, u32)>,
}

impl Values {
    /// Notes that a run has a value.
    pub(super) fn add(&mut self, run: u32, text: &str, room: &mut Room) -> Result<(), StoreError> {
        let number = match self.texts.get(text) {
            Some(number) => *number,
            None => {
                room.bytes = room.bytes.checked_sub(text.len() + OVERHEAD).ok_or_else(|| {
                    too_much("The runs that are found have more different values than there is room for")
                })?;
                let number = self.texts.len() as u32;
                self.texts.insert(text.into(), number);
                number
            }
        };
        let place = run as usize;
        if self.first.len() <= place {
            self.first.resize(place + 1, NONE);
        }
        match &mut self.first[place] {
            first if *first == NONE => *first = number,
            first if *first == number => {}
            _ => {
                if self.further.insert((run, number)) {
                    room.further = room
                        .further
                        .checked_sub(1)
                        .ok_or_else(|| too_much("The runs that are found used more datasets than there is room for"))?;
                }
            }
        }
        Ok(())
    }

    /// The values of so many runs, numbered in order.
    pub(super) fn sorted(self, runs: usize) -> Sorted {
        let Self { texts, mut first, further } = self;
        first.resize(runs, NONE);
        let mut ranked: Vec<(Rank, Arc<str>, u32)> =
            texts.into_iter().map(|(text, number)| (Rank::of(&text), text, number)).collect();
        ranked.sort_unstable_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
        let none = ranked.len() as u32;
        let mut numbers = vec![none; ranked.len()];
        for (place, (_, _, number)) in ranked.iter().enumerate() {
            numbers[*number as usize] = place as u32;
        }
        let renumbered = |number: u32| numbers.get(number as usize).copied().unwrap_or(none);
        first.iter_mut().for_each(|number| *number = renumbered(*number));
        let mut further: Vec<(u32, u32)> = further.into_iter().map(|(run, number)| (run, renumbered(number))).collect();
        further.sort_unstable();
        let texts = ranked.into_iter().map(|(_, text, _)| text).collect();
        Sorted { texts, first, further }
    }
}

fn too_much(what: &str) -> StoreError {
    StoreError::invalid(format!("{what}, and cannot be grouped; add to the filter"))
}

/// Values in order. The number of one is its place, that of no value is behind all of them.
pub(super) struct Sorted {
    texts: Vec<Arc<str>>,
    /// Of each run the first value.
    pub(super) first: Vec<u32>,
    /// Runs with a further value, in order.
    pub(super) further: Vec<(u32, u32)>,
}

impl Sorted {
    pub(super) fn text(&self, number: u32) -> Option<String> {
        self.texts.get(number as usize).map(|text| text.as_ref().to_owned())
    }

    /// How many there are; the number of no value.
    pub(super) fn count(&self) -> u32 {
        self.texts.len() as u32
    }

    /// Where a value stands that may have gone meanwhile.
    pub(super) fn place(&self, value: Option<&str>) -> Place {
        let Some(value) = value else { return Place::At(self.texts.len() as u32) };
        let wanted = (Rank::of(value), value);
        match self.texts.binary_search_by(|text| (Rank::of(text), text.as_ref()).cmp(&wanted)) {
            Ok(place) => Place::At(place as u32),
            Err(place) => Place::Before(place as u32),
        }
    }
}

/// A place among values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    At(u32),
    /// Between this value and the one before it.
    Before(u32),
}

impl Place {
    /// How a value lies to it.
    pub(super) fn order(self, number: u32) -> Ordering {
        match self {
            Self::At(place) => number.cmp(&place),
            Self::Before(place) if number < place => Ordering::Less,
            Self::Before(_) => Ordering::Greater,
        }
    }
}

/// What texts are ordered by before they are compared: numbers by what they are, then all else.
#[derive(Debug, Clone, Copy)]
struct Rank(Option<f64>);

impl Rank {
    fn of(text: &str) -> Self {
        Self(text.parse().ok().filter(|number: &f64| !number.is_nan()))
    }
}

impl Ord for Rank {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.0, other.0) {
            (Some(one), Some(other)) => one.total_cmp(&other),
            (one, other) => other.is_some().cmp(&one.is_some()),
        }
    }
}

impl PartialOrd for Rank {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Rank {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Rank {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn values(of_runs: &[(u32, &str)], room: &mut Room) -> Result<Values, StoreError> {
        let mut values = Values::default();
        of_runs.iter().try_for_each(|(run, text)| values.add(*run, text, room))?;
        Ok(values)
    }

    #[test]
    fn numbers_come_before_texts_and_both_before_nothing() {
        let read = [(0, "b"), (1, "10"), (2, "9.5"), (4, "a"), (5, "-1e3"), (6, "nan"), (7, "9.50")];
        let sorted = values(&read, &mut Room::default()).unwrap().sorted(9);
        let texts: Vec<&str> = sorted.texts.iter().map(AsRef::as_ref).collect();
        assert_eq!(texts, ["-1e3", "9.5", "9.50", "10", "a", "b", "nan"]);
        assert_eq!(sorted.first, [5, 3, 1, 7, 4, 0, 6, 2, 7]);
        assert_eq!((sorted.place(Some("10")), sorted.place(None)), (Place::At(3), Place::At(7)));
        // What stands at the end of a page may be gone when the next is asked for.
        let gone = sorted.place(Some("11"));
        assert_eq!((gone.order(3), gone.order(4)), (Ordering::Less, Ordering::Greater));
    }

    #[test]
    fn a_value_that_a_run_has_twice_counts_once() {
        let read = [(0, "a"), (0, "b"), (0, "a"), (0, "b"), (1, "b")];
        let sorted = values(&read, &mut Room { bytes: 1000, further: 1 }).unwrap().sorted(2);
        assert_eq!((sorted.first, sorted.further), (vec![0, 1], vec![(0, 1)]));
    }

    #[test]
    fn values_beyond_the_room_are_refused() {
        let long = "x".repeat(500);
        let error = values(&[(0, "a"), (1, &long)], &mut Room { bytes: 600, further: 9 }).unwrap_err();
        assert!(error.to_string().contains("more different values"), "{error}");
        assert!(values(&[(0, &long), (1, &long), (2, &long)], &mut Room { bytes: 600, further: 9 }).is_ok());
        let error = values(&[(0, "a"), (0, "b"), (0, "c")], &mut Room { bytes: 600, further: 1 }).unwrap_err();
        assert!(error.to_string().contains("more datasets"), "{error}");
    }
}
