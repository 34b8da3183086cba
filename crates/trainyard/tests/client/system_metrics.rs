//! System metrics of runs.

use std::thread;
use std::time::{Duration, Instant};

use trainyard::Run;

use crate::home::at_home_with;
use crate::tracking::Yard;

#[test]
fn system_metrics_are_recorded_until_the_run_ends_and_go_on_with_it() {
    let name = "system_metrics::system_metrics_are_recorded_until_the_run_ends_and_go_on_with_it";
    let variables = [("MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL", "0.3"), ("TRAINYARD_SYSTEM_METRICS_NODE_ID", "n1")];
    at_home_with(name, &variables, |_| {
        let yard = Yard::embedded();
        let steps = |id: &str| -> Vec<i64> {
            let history = yard.client.metric_history(id, "system/n1/system_memory_usage_megabytes");
            history.into_iter().map(|point| point.unwrap().step).collect()
        };
        let run = Run::builder().client(&yard.client).experiment("iris").log_system_metrics(true).start().unwrap();
        let id = run.id().to_string();
        let until = Instant::now() + Duration::from_secs(60);
        while steps(&id).len() < 2 && Instant::now() < until {
            thread::sleep(Duration::from_millis(50));
        }
        run.finish().unwrap();
        let before = steps(&id);
        assert!(before.len() >= 2, "{before:?}");
        assert_eq!(before, (0..before.len() as i64).collect::<Vec<_>>());

        let run = Run::builder().client(&yard.client).resume(id.as_str()).log_system_metrics(true).start().unwrap();
        // Long enough for the sample that is taken at the end.
        thread::sleep(Duration::from_millis(250));
        run.finish().unwrap();
        let after = steps(&id);
        assert!(after.len() > before.len());
        assert_eq!(after, (0..after.len() as i64).collect::<Vec<_>>(), "steps go on where they ended");
    });
}
