//! Mean and deviation of numbers that are seen once.

use trainyard_api::run_groups::{GroupAggregate, MetricAggregate};

/// Beyond this the squares of numbers may not be numbers any more.
const LARGE: f64 = 1e150;
/// What numbers are multiplied by where one is large: 2 to the -600, which loses no digit.
const SHRINK: f64 = f64::from_bits((1023 - 600) << 52);

/// By Welford's method, which is exact where sums of squares cancel out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Aggregate {
    count: i64,
    /// Numbers that are infinite: they are in `min` and `max`, and in nothing else.
    infinite: i64,
    /// What mean and squares are scaled by.
    scale: f64,
    mean: f64,
    /// Sum of the squares of distances from the mean.
    squares: f64,
    min: f64,
    max: f64,
}

impl Default for Aggregate {
    fn default() -> Self {
        Self { count: 0, infinite: 0, scale: 1.0, mean: 0.0, squares: 0.0, min: f64::INFINITY, max: f64::NEG_INFINITY }
    }
}

impl Aggregate {
    pub(super) fn add(&mut self, value: f64) {
        (self.min, self.max) = (self.min.min(value), self.max.max(value));
        self.count += 1;
        if value.is_infinite() {
            self.infinite += 1;
            return;
        }
        if value.abs() > LARGE && self.scale == 1.0 {
            self.scale = SHRINK;
            self.mean *= SHRINK;
            self.squares *= SHRINK;
            self.squares *= SHRINK;
        }
        let value = value * self.scale;
        let distance = value - self.mean;
        self.mean += distance / (self.count - self.infinite) as f64;
        self.squares += distance * (value - self.mean);
    }

    /// A number that is in the order of one of the aggregates; none where that is missing or NaN.
    pub(super) fn rank(self, aggregate: GroupAggregate) -> Option<i64> {
        let MetricAggregate { count, mean, min, max, std, .. } = self.of("");
        let value = match aggregate {
            GroupAggregate::Count => return Some(count),
            GroupAggregate::Mean => mean,
            GroupAggregate::Min => min,
            GroupAggregate::Max => max,
            GroupAggregate::Std => std,
        };
        value.filter(|value| !value.is_nan()).map(in_order)
    }

    pub(super) fn of(self, key: &str) -> MetricAggregate {
        let some = |value: f64| (self.count > 0).then_some(value);
        let (mean, std) = if self.infinite > 0 {
            // Of both infinities the sum is NaN, as it is by addition.
            let ends = [self.min, self.max].into_iter().filter(|end| end.is_infinite());
            (ends.sum::<f64>(), f64::NAN)
        } else {
            (self.mean / self.scale, (self.squares / (self.count - 1) as f64).sqrt() / self.scale)
        };
        MetricAggregate {
            key: key.to_owned(),
            count: self.count,
            mean: some(mean),
            min: some(self.min),
            max: some(self.max),
            std: (self.count > 1).then_some(std),
        }
    }
}

/// An integer in the order of doubles; equal ones, zeros among them, have the same.
fn in_order(value: f64) -> i64 {
    // Minus zero and zero are zero.
    let bits = (value + 0.0).to_bits() as i64;
    // Of negative numbers the greater is the one whose other bits say less.
    if bits < 0 { bits ^ i64::MAX } else { bits }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of(values: &[f64]) -> MetricAggregate {
        let mut aggregate = Aggregate::default();
        values.iter().for_each(|value| aggregate.add(*value));
        aggregate.of("m")
    }

    #[test]
    fn the_deviation_is_that_of_a_sample() {
        assert_eq!(of(&[]), MetricAggregate { key: "m".to_owned(), ..MetricAggregate::default() });
        // Far from 0, where sums of squares have no digits left.
        let of = of(&[1e9 + 4.0, 1e9 + 7.0, 1e9 + 13.0, 1e9 + 16.0]);
        assert_eq!((of.count, of.mean, of.min, of.max), (4, Some(1e9 + 10.0), Some(1e9 + 4.0), Some(1e9 + 16.0)));
        assert_eq!(of.std, Some(30_f64.sqrt()));
    }

    #[test]
    fn ranks_are_in_the_order_of_numbers() {
        let numbers = [f64::NEG_INFINITY, -1e9, -2.0, -1e-300, 0.0, 1e-300, 1.0, 1e9, f64::INFINITY];
        assert!(numbers.map(in_order).is_sorted_by(|one, other| one < other));
        assert_eq!(in_order(-0.0), in_order(0.0));
        let of = |values: &[f64], aggregate| {
            let mut of = Aggregate::default();
            values.iter().for_each(|value| of.add(*value));
            of.rank(aggregate)
        };
        assert_eq!(of(&[], GroupAggregate::Mean), None);
        assert_eq!(of(&[], GroupAggregate::Count), Some(0));
        assert_eq!(of(&[1.0], GroupAggregate::Std), None);
        assert_eq!(of(&[1.0, 3.0], GroupAggregate::Mean), Some(in_order(2.0)));
        assert_eq!(of(&[f64::INFINITY, f64::NEG_INFINITY], GroupAggregate::Mean), None);
    }

    #[test]
    fn the_mean_of_infinities_is_what_their_sum_is() {
        let infinite = of(&[f64::INFINITY, 1.0, f64::INFINITY]);
        assert_eq!((infinite.count, infinite.mean, infinite.min), (3, Some(f64::INFINITY), Some(1.0)));
        assert!(infinite.std.unwrap().is_nan());
        assert_eq!(of(&[f64::NEG_INFINITY]).mean, Some(f64::NEG_INFINITY));
        assert!(of(&[f64::INFINITY, f64::NEG_INFINITY]).mean.unwrap().is_nan());
    }

    #[test]
    fn numbers_that_are_nearly_too_large_have_a_mean() {
        let far = of(&[1e308, -1e308]);
        assert_eq!((far.mean, far.min, far.max), (Some(0.0), Some(-1e308), Some(1e308)));
        assert!((far.std.unwrap() / (2_f64.sqrt() * 1e308) - 1.0).abs() < 1e-15);
        assert_eq!(of(&[1.0, 2.0, 1e300, 1e300]).max, Some(1e300));
        assert!((of(&[1e200, 3e200]).mean.unwrap() / 2e200 - 1.0).abs() < 1e-15);
    }
}
