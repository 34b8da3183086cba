//! Mean and deviation of numbers that are seen once.

use trainyard_api::run_groups::MetricAggregate;

/// By Welford's method, which is exact where sums of squares cancel out.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Aggregate {
    count: i64,
    mean: f64,
    /// Sum of the squares of distances from the mean.
    squares: f64,
    min: f64,
    max: f64,
}

impl Aggregate {
    pub(super) fn add(&mut self, value: f64) {
        (self.min, self.max) = match self.count {
            0 => (value, value),
            _ => (self.min.min(value), self.max.max(value)),
        };
        self.count += 1;
        let distance = value - self.mean;
        self.mean += distance / self.count as f64;
        self.squares += distance * (value - self.mean);
    }

    pub(super) fn of(self, key: &str) -> MetricAggregate {
        let some = |value: f64| (self.count > 0).then_some(value);
        MetricAggregate {
            key: key.to_owned(),
            count: self.count,
            mean: some(self.mean),
            min: some(self.min),
            max: some(self.max),
            std: (self.count > 1).then(|| (self.squares / (self.count - 1) as f64).sqrt()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deviation_is_that_of_a_sample() {
        let mut aggregate = Aggregate::default();
        assert_eq!(aggregate.of("m"), MetricAggregate { key: "m".to_owned(), ..MetricAggregate::default() });
        // Far from 0, where sums of squares have no digits left.
        for value in [1e9 + 4.0, 1e9 + 7.0, 1e9 + 13.0, 1e9 + 16.0] {
            aggregate.add(value);
        }
        let of = aggregate.of("m");
        assert_eq!((of.count, of.mean, of.min, of.max), (4, Some(1e9 + 10.0), Some(1e9 + 4.0), Some(1e9 + 16.0)));
        assert_eq!(of.std, Some(30_f64.sqrt()));
    }
}
