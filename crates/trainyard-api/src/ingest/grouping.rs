//! Points brought together to series.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::Series;
use crate::metrics::Metric;

/// Puts points into the columns of their series as they come: thousands of them, each with texts of its own, have left the
/// processor's caches by the time they are gone through once more.
#[derive(Debug, Default)]
pub struct Grouping {
    series: Vec<Series>,
    /// Where the series of each metric are, one for each context.
    places: HashMap<String, Vec<usize>, RandomState>,
}

impl Grouping {
    /// Where the series is that a point belongs to, if there is one yet.
    pub fn place(&self, metric: &Metric) -> Option<usize> {
        let is_its = |place: &usize| {
            let Series { model_id, dataset_name, dataset_digest, .. } = &self.series[*place];
            is_same(model_id, metric.model_id.as_str())
                && is_same(dataset_name, &metric.dataset_name)
                && is_same(dataset_digest, &metric.dataset_digest)
        };
        self.places.get(&metric.key)?.iter().copied().find(is_its)
    }

    /// Adds a point at the place that [`place`](Self::place) has told, or to a series of its own.
    pub fn add(&mut self, metric: &Metric, place: Option<usize>) {
        let place = place.unwrap_or_else(|| self.begin(metric));
        let series = &mut self.series[place];
        series.steps.push(metric.step);
        series.timestamps.push(metric.timestamp);
        series.values.push(metric.value);
    }

    /// The series, in the order in which they began.
    pub fn into_series(self) -> Vec<Series> {
        self.series
    }

    fn begin(&mut self, metric: &Metric) -> usize {
        let place = self.series.len();
        self.series.push(Series {
            key: metric.key.clone(),
            model_id: metric.model_id.to_string(),
            dataset_name: metric.dataset_name.clone(),
            dataset_digest: metric.dataset_digest.clone(),
            ..Series::default()
        });
        self.places.entry(metric.key.clone()).or_default().push(place);
        place
    }
}

/// Whether two texts are equal, without comparing empty ones: those of an empty `String` are at an address that is none. The C
/// library's AVX-512 reads nothing there, but takes as long as for a fault, several times as long as all else about a point.
fn is_same(one: &str, other: &str) -> bool {
    one.len() == other.len() && (one.is_empty() || one == other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_of_one_metric_and_context_come_together_in_their_order() {
        let point = |key: &str, dataset: &str, step| Metric {
            key: key.to_owned(),
            dataset_name: dataset.to_owned(),
            step,
            ..Metric::default()
        };
        let mut grouping = Grouping::default();
        for metric in [point("a", "", 3), point("b", "", 1), point("a", "d", 2), point("a", "", 1), point("a", "e", 0)]
        {
            let place = grouping.place(&metric);
            grouping.add(&metric, place);
        }
        let series = grouping.into_series();
        let told: Vec<_> =
            series.iter().map(|one| (one.key.as_str(), one.dataset_name.as_str(), one.steps.as_slice())).collect();
        assert_eq!(told, [("a", "", &[3, 1][..]), ("b", "", &[1]), ("a", "d", &[2]), ("a", "e", &[0])]);
        assert!(
            series.iter().all(|one| one.steps.len() == one.values.len() && one.steps.len() == one.timestamps.len())
        );
    }
}
