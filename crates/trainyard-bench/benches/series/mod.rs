//! What the benchmarks of the store have in common: stores of their own, and the series that they log.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use trainyard_api::metrics::{GetMetricHistory, Metric};
use trainyard_api::{Empty, RunId};
use trainyard_store::{ArtifactRoot, Pending, PostgresOptions, Store, StoreOptions};

/// Opens a database file, which is made when it is missing.
pub fn open(path: &Path) -> Store {
    let artifact_root = ArtifactRoot::Managed("mlflow-artifacts:/".into());
    let options = StoreOptions {
        artifact_root,
        webhook_key: None,
        truncate_long_values: true,
        postgres: PostgresOptions::default(),
    };
    Store::open(&format!("sqlite:///{}", path.display()), options).unwrap()
}

/// A falling loss with noise in all of its digits, logged every 130 to 136 ms. The same for the same run and step.
pub fn loss(run: i64, step: i64) -> Metric {
    let bits = (step as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(run as u64);
    let noise = (bits ^ (bits >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 11;
    Metric {
        key: "loss".into(),
        step,
        timestamp: 1_700_000_000_000 + step * 133 + (noise % 7) as i64,
        value: 2.0 / (1.0 + step as f64).powf(0.3) + 0.05 * noise as f64 / (1_u64 << 53) as f64,
        ..Metric::default()
    }
}

/// Reads pages of a loss as JSON, 25,000 points each, until there are no more or as many as wanted; how many points.
pub fn history_as_json(store: &Store, run_id: &RunId, most_pages: usize) -> usize {
    let (mut points, mut page_token) = (0, String::new());
    for _ in 0..most_pages {
        let request = GetMetricHistory {
            run_id: run_id.clone(),
            metric_key: "loss".into(),
            max_results: Some(25_000),
            page_token,
            ..GetMetricHistory::default()
        };
        let page = store.execute(request).wait().unwrap();
        assert!(serde_json::to_vec(&page).unwrap().len() > page.metrics.len());
        points += page.metrics.len();
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    points
}

/// Waits for a write.
pub fn wait(answer: Pending<Empty>) {
    answer.wait().unwrap();
}
