//! Which points of a series stand for all of them.
//!
//! As in MLflow, `count` points are cut into as many runs of equal length as points are wanted, the longer runs before the
//! shorter; the first point of each is picked, and the last of all in place of the last pick. MLflow stops there and loses
//! whatever happens between two picks. Here, the picks between both ends are taken in twos: where the lowest or the highest
//! point of their runs lies outside of what they and their neighbours span, it takes the place of one of them. So a
//! smooth curve is sampled as by MLflow, and no spike is lost.

use super::super::Point;
use super::super::block::{CHUNK, Chunk};

/// Picks of a series whose points are shown to it one after the other, or many at once by their outline.
pub(super) struct Picks {
    /// Points that come before those that are shown.
    before: i64,
    count: i64,
    runs: i64,
    seen: i64,
    /// The run whose first point is the next pick.
    next_run: i64,
    picked: Vec<Point>,
    group: Group,
    last: Option<Point>,
    went_back: bool,
}

/// Neighbouring picks, and the extremes of their runs.
#[derive(Default)]
struct Group {
    /// The pick before.
    before: Option<Point>,
    picks: Vec<Point>,
    extremes: Option<Chunk>,
}

impl Picks {
    pub(super) fn new(before: i64, count: i64, most: i64) -> Self {
        let runs = most.min(count).max(1);
        let (picked, group) = (Vec::new(), Group::default());
        Self { before, count, runs, seen: 0, next_run: 0, picked, group, last: None, went_back: false }
    }

    /// Whether a point came that the order of steps puts before its predecessor.
    pub(super) fn went_back(&self) -> bool {
        self.went_back
    }

    /// Takes the next point.
    pub(super) fn see(&mut self, point: Point) {
        self.arrive(&point);
        self.group.widen(&Chunk { first: point, min: point, max: point });
        self.last = Some(point);
        self.seen += 1;
    }

    /// Takes the next `count` points by their outline, unless a pick lies within them or the last of all may.
    pub(super) fn take_whole(&mut self, chunk: &Chunk, count: i64) -> bool {
        let end = self.seen + count;
        let next = self.start(self.next_run);
        let next = if next == self.seen { self.start(self.next_run + 1) } else { next };
        if end >= self.count || next < end {
            return false;
        }
        self.arrive(&chunk.first);
        self.group.widen(chunk);
        self.seen = end;
        true
    }

    /// Says which point was the last of those taken by their outlines.
    pub(super) fn passed(&mut self, last: Point) {
        self.last = Some(last);
    }

    /// The sample, once all points have been seen.
    pub(super) fn finish(mut self) -> Vec<Point> {
        let Some(last) = self.last else { return self.picked };
        if self.runs == 1 {
            return vec![last];
        }
        self.group.close(&last, &mut self.picked);
        self.picked.push(last);
        self.picked
    }

    /// As [`Picks::finish`], put into the order of steps.
    pub(super) fn sorted(self) -> Vec<Point> {
        let mut points = self.finish();
        points.sort_by(Point::by_step);
        points
    }

    /// Where a run begins. Long runs begin where chunks do, so that outlines can stand for them.
    fn start(&self, run: i64) -> i64 {
        let (length, longer) = (self.count / self.runs, self.count % self.runs);
        let start = run.saturating_mul(length).saturating_add(run.min(longer));
        let chunk = CHUNK as i64;
        if run == 0 || length < 2 * chunk {
            return start;
        }
        (self.before + start + chunk / 2) / chunk * chunk - self.before
    }

    /// Notes the order of a point that comes next, and picks it where a run begins with it.
    fn arrive(&mut self, point: &Point) {
        self.went_back |= self.last.is_some_and(|last| last.order() > point.order());
        let run = self.next_run;
        if run >= self.runs || self.seen != self.start(run) {
            return;
        }
        self.next_run += 1;
        // The last of all takes the place of the last pick.
        if run == self.runs - 1 {
            return;
        }
        if run == 0 {
            self.picked.push(*point);
            self.group.before = Some(*point);
            return;
        }
        // An odd one joins the two before it.
        let begins_group = run % 2 == 1 && (run == 1 || run < self.runs - 2);
        if begins_group && !self.group.picks.is_empty() {
            self.group.close(point, &mut self.picked);
        }
        self.group.picks.push(*point);
    }
}

impl Group {
    fn widen(&mut self, chunk: &Chunk) {
        match &mut self.extremes {
            Some(extremes) => extremes.widen(chunk),
            none => *none = Some(*chunk),
        }
    }

    /// Ends the group before the pick that follows it: adds its points, and begins the next.
    fn close(&mut self, next: &Point, picked: &mut Vec<Point>) {
        let mut picks = std::mem::take(&mut self.picks);
        let Some(latest) = picks.last().copied() else { return };
        let span = self.before.iter().chain(&picks).chain([next]).filter(|point| !point.is_nan);
        let span = span.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), point| {
            (low.min(point.value), high.max(point.value))
        });
        let extremes = self.extremes.take();
        let outside = extremes.map_or_else(Vec::new, |extremes| outside(&extremes, span, picks.len()));
        for point in &outside {
            // The pick of the run that the point lies in makes room, unless it alone shows the other extreme.
            let place = picks.partition_point(|pick| pick.order() <= point.order()).saturating_sub(1);
            let pick = picks.remove(place);
            let is_extreme =
                extremes.is_some_and(|Chunk { min, max, .. }| [min.value, max.value].contains(&pick.value));
            let is_alone =
                !pick.is_nan && self.before.iter().chain([next]).chain(&picks).all(|other| other.value != pick.value);
            if is_extreme && is_alone && !picks.is_empty() {
                picks.remove(place.saturating_sub(1));
                picks.insert(place.saturating_sub(1), pick);
            }
        }
        picks.extend(outside);
        picks.sort_by(Point::by_step);
        picked.append(&mut picks);
        self.before = Some(latest);
    }
}

/// The extremes that lie outside of a span, at most `most` of them: those that lie farther outside.
fn outside(Chunk { min, max, .. }: &Chunk, (low, high): (f64, f64), most: usize) -> Vec<Point> {
    let below = (!min.is_nan && min.value < low).then_some(*min);
    // A lone number is both.
    let above = (!max.is_nan && max.value > high).then_some(*max).filter(|max| Some(*max) != below);
    let mut outside: Vec<Point> = below.into_iter().chain(above).collect();
    if outside.len() > most {
        let below_is_farther = low - min.value > max.value - high;
        outside.retain(|point| (point == min) == below_is_farther);
    }
    outside
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn curve(values: impl IntoIterator<Item = f64>) -> Vec<Point> {
        values.into_iter().zip(0..).map(|(value, step)| Point::with_number(0, step, value)).collect()
    }

    fn sampled(points: &[Point], most: i64) -> Vec<Point> {
        let mut picks = Picks::new(0, points.len() as i64, most);
        for point in points {
            picks.see(*point);
        }
        picks.finish()
    }

    fn steps(points: &[Point]) -> Vec<i64> {
        points.iter().map(|point| point.step).collect()
    }

    #[test]
    fn a_smooth_curve_is_sampled_as_by_mlflow() {
        for falling in [false, true] {
            let value = |i: i32| f64::from(if falling { -i } else { i });
            let picks = |count, most| steps(&sampled(&curve((0..count).map(value)), most));
            assert_eq!(picks(0, 5), [0; 0]);
            assert_eq!(picks(4, 5), [0, 1, 2, 3]);
            assert_eq!(picks(12, 1), [11]);
            assert_eq!(picks(12, 2), [0, 11]);
            assert_eq!(picks(12, 3), [0, 4, 11]);
            assert_eq!(picks(12, 5), [0, 3, 6, 8, 11]);
            assert_eq!(picks(12, 7), [0, 2, 4, 6, 8, 10, 11]);
            assert_eq!(picks(12, 11), [0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        }
    }

    #[test]
    fn a_spike_takes_the_place_of_the_pick_of_its_run() {
        let mut points = curve((0..100).map(|_| 1.0));
        points[37].value = 9.0;
        assert_eq!(steps(&sampled(&points, 10)), [0, 10, 20, 37, 40, 50, 60, 70, 80, 99]);
        points[38].value = -9.0;
        assert_eq!(steps(&sampled(&points, 10)), [0, 10, 20, 37, 38, 50, 60, 70, 80, 99]);
        points[37].value = f64::INFINITY;
        assert_eq!(steps(&sampled(&points, 3)), [0, 37, 99]);
    }

    #[test]
    fn a_pick_that_is_the_other_extreme_stays() {
        let with_spikes = |spikes: &[(usize, f64)]| {
            let mut points = curve((0..100).map(|_| 1.0));
            for (step, value) in spikes {
                points[*step].value = *value;
            }
            steps(&sampled(&points, 10))
        };
        assert_eq!(with_spikes(&[(30, -9.0), (37, 9.0)]), [0, 10, 20, 30, 37, 50, 60, 70, 80, 99]);
        // The lowest is there twice, and the second of them is a pick.
        assert_eq!(with_spikes(&[(33, -9.0), (40, -9.0), (45, 9.0)]), [0, 10, 20, 40, 45, 50, 60, 70, 80, 99]);
    }

    #[test]
    fn a_number_among_nan_is_shown() {
        let mut points = curve((0..100).map(|_| f64::NAN));
        assert_eq!(steps(&sampled(&points, 4)), [0, 25, 50, 99]);
        points[60] = Point::with_number(0, 60, 1.0);
        assert_eq!(steps(&sampled(&points, 4)), [0, 25, 60, 99]);
    }

    #[test]
    fn steps_that_go_back_are_noticed() {
        let went_back = |steps: &[i64]| {
            let mut picks = Picks::new(0, steps.len() as i64, 2);
            for step in steps {
                picks.see(Point::with_number(0, *step, 0.0));
            }
            picks.went_back()
        };
        assert!(went_back(&[1, 2, 1]));
        assert!(!went_back(&[1, 1, 2]));
    }

    proptest! {
        #[test]
        fn a_sample_is_full_and_has_ends_and_extremes(
            values in prop::collection::vec(any::<f64>(), 1..500), most in 4_i64..60,
        ) {
            let points = curve(values);
            let sample = sampled(&points, most);
            prop_assert_eq!(sample.len(), points.len().min(most as usize));
            prop_assert_eq!((sample.first(), sample.last()), (points.first(), points.last()));
            prop_assert!(steps(&sample).is_sorted_by(|one, next| one < next));
            let whole = Chunk::of(&points).expect("points");
            let shown = Chunk::of(&sample).expect("points");
            let number = |point: Point| (!point.is_nan).then_some(point.value);
            prop_assert_eq!((number(shown.min), number(shown.max)), (number(whole.min), number(whole.max)));
        }

        #[test]
        fn outlines_stand_for_their_points(
            values in prop::collection::vec(any::<f64>(), 1..9000), most in 1_i64..60, before in 0_i64..600,
        ) {
            let points = curve(values);
            let picks = || Picks::new(before, points.len() as i64, most);
            let mut by_points = picks();
            let mut by_outlines = picks();
            for point in &points {
                by_points.see(*point);
            }
            // Chunks lie where they would if points had come before these.
            let first = (CHUNK - before as usize % CHUNK).min(points.len());
            for chunk in std::iter::once(&points[..first]).chain(points[first..].chunks(CHUNK)) {
                let Some(outline) = Chunk::of(chunk) else { continue };
                if by_outlines.take_whole(&outline, chunk.len() as i64) {
                    by_outlines.passed(chunk[chunk.len() - 1]);
                } else {
                    chunk.iter().for_each(|point| by_outlines.see(*point));
                }
            }
            prop_assert_eq!(by_points.finish(), by_outlines.finish());
        }
    }
}
