//! Searches that fetch page after page.

use trainyard_api::ErrorCode;
use trainyard_api::columns::{ColumnKind, ListColumns};
use trainyard_api::evaluation_datasets::{CreateDataset, SearchEvaluationDatasets};
use trainyard_api::metric_summaries::GetMetricSummaries;
use trainyard_api::metrics::LogMetric;
use trainyard_api::runs::{CreateRun, Run};
use trainyard_api::webhooks::{CreateWebhook, ListWebhooks, WebhookAction, WebhookEntity, WebhookEvent};

use crate::home::at_home;
use crate::script::{Script, answer};
use crate::tracking::Yard;

#[test]
fn pages_are_followed_to_the_last() {
    at_home("search::pages_are_followed_to_the_last", |_| {
        for yard in Yard::both() {
            for number in 0..5 {
                let run =
                    yard.client.start_run(if number < 3 { "iris" } else { "wine" }, &format!("run {number}")).unwrap();
                run.log_metric("loss", f64::from(number), 0).unwrap();
            }
            let all = || yard.client.search_runs().order_by("metrics.loss DESC").page_size(2);
            let names = |run: Result<Run, trainyard::Error>| run.unwrap().info.run_name;
            let found: Vec<_> = all().into_iter().map(names).collect();
            assert_eq!(found, ["run 4", "run 3", "run 2", "run 1", "run 0"]);
            let sizes: Vec<_> = all().pages().map(|page| page.unwrap().len()).collect();
            assert_eq!(sizes, [2, 2, 1]);
            let found: Vec<_> =
                all().experiments(["iris"]).filter("metrics.loss > 0.5").into_iter().map(names).collect();
            assert_eq!(found, ["run 2", "run 1"]);
            assert_eq!(yard.client.search_experiments().page_size(1).into_iter().map(Result::unwrap).count(), 3);
        }
    });
}

#[test]
fn whatever_is_answered_page_by_page_can_be_searched() {
    at_home("search::whatever_is_answered_page_by_page_can_be_searched", |_| {
        for yard in Yard::both() {
            let run_id = yard.client.call(CreateRun::default()).unwrap().run.info.run_id;
            for key in ["a", "b", "c"] {
                let (key, value) = (key.to_owned(), Some(0.5));
                let point =
                    LogMetric { run_id: run_id.clone(), key, value, timestamp: Some(1), ..LogMetric::default() };
                yard.client.call(point).unwrap();
            }
            let summaries = GetMetricSummaries { run_id, ..GetMetricSummaries::default() };
            let keys: Vec<_> =
                yard.client.search(summaries).page_size(2).into_iter().map(|metric| metric.unwrap().key).collect();
            assert_eq!(keys, ["a", "b", "c"]);
            let kind = Some(ColumnKind::Metric);
            let columns = ListColumns { experiment_ids: vec!["0".into()], kind, ..ListColumns::default() };
            let keys: Vec<_> =
                yard.client.search(columns).page_size(2).into_iter().map(|column| column.unwrap().key).collect();
            assert_eq!(keys, ["a", "b", "c"]);
            let name = |count: usize| CreateDataset { name: format!("d{count}"), ..CreateDataset::default() };
            for count in 0..3 {
                yard.client.call(name(count)).unwrap();
            }
            let datasets = SearchEvaluationDatasets { order_by: vec!["name ASC".to_owned()], ..Default::default() };
            let names: Vec<_> =
                yard.client.search(datasets).page_size(2).into_iter().map(|dataset| dataset.unwrap().name).collect();
            assert_eq!(names, ["d0", "d1", "d2"]);
            for count in 0..3 {
                let event = WebhookEvent::new(WebhookEntity::ModelVersion, WebhookAction::Created);
                // A server looks names up. Nothing is sent: no model is registered.
                let (url, events) = ("https://1.1.1.1/".to_owned(), Some(vec![event]));
                let webhook = CreateWebhook { name: format!("w{count}"), url, events, ..CreateWebhook::default() };
                yard.client.call(webhook).unwrap();
            }
            let mut names: Vec<_> = yard
                .client
                .search(ListWebhooks::default())
                .page_size(2)
                .into_iter()
                .map(|webhook| webhook.unwrap().name)
                .collect();
            names.sort_unstable();
            assert_eq!(names, ["w0", "w1", "w2"]);
        }
    });
}

#[test]
fn an_error_ends_a_search_after_it_was_handed_out() {
    at_home("search::an_error_ends_a_search_after_it_was_handed_out", |_| {
        let yard = Yard::embedded();
        let mut search = yard.client.search_runs().experiments(["nowhere"]).into_iter();
        assert_eq!(search.next().unwrap().unwrap_err().code(), ErrorCode::ResourceDoesNotExist);
        assert!(search.next().is_none());
        let mut search = yard.client.search_runs().filter("metrics.loss >").into_iter();
        assert_eq!(search.next().unwrap().unwrap_err().code(), ErrorCode::InvalidParameterValue);
        assert!(search.next().is_none());
    });
}

#[test]
fn a_page_is_asked_for_when_it_is_needed() {
    let page = r#"{"runs": [{"info": {"run_id": "a"}}, {"info": {"run_id": "b"}}], "next_page_token": "t"}"#;
    let script = Script::start(vec![answer("200 OK", "", page), answer("200 OK", "", r#"{"runs": []}"#)]);
    let client = trainyard::Client::connect(&script.uri).unwrap();
    let search = client.search_runs().experiment_ids(["1"]);
    let mut runs = search.into_iter();
    assert_eq!(runs.next().unwrap().unwrap().info.run_id.as_str(), "a");
    assert_eq!(runs.next().unwrap().unwrap().info.run_id.as_str(), "b");
    assert_eq!(format!("{runs:?}"), "Found { fetched: 0, .. }");
    assert!(runs.next().is_none());
    let asked = script.requests();
    assert!(String::from_utf8_lossy(&asked[1].body).contains(r#""page_token":"t""#));
}

#[test]
fn a_search_in_no_experiment_finds_nothing() {
    at_home("search::a_search_in_no_experiment_finds_nothing", |_| {
        for yard in Yard::both() {
            yard.client.start_run("iris", "").unwrap().finish().unwrap();
            let all = || yard.client.search_runs();
            assert_eq!(all().into_iter().map(Result::unwrap).count(), 1);
            assert_eq!(all().experiments([] as [&str; 0]).into_iter().count(), 0);
            assert_eq!(all().experiment_ids([] as [&str; 0]).into_iter().count(), 0);
            let iris = yard.client.experiment("iris").unwrap();
            let both = all().experiments([] as [&str; 0]).experiment_ids([iris]);
            assert_eq!(both.into_iter().map(Result::unwrap).count(), 1);
            let models = yard.client.search_logged_models().experiments([] as [&str; 0]);
            assert_eq!(models.into_iter().count(), 0);
        }
    });
}
