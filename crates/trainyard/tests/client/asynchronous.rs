//! Runs in async code.

use std::sync::mpsc;
use std::time::Duration;

use trainyard::ModelOptions;
use trainyard::asynchronous::{self, Client};
use trainyard::flavors::Json;
use trainyard_api::logged_models::GetLoggedModel;
use trainyard_api::runs::RunStatus;

use crate::home::at_home;
use crate::script::{Script, answer};
use crate::tracking::Yard;

fn on_one_thread<F: Future>(work: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

#[test]
fn a_run_is_logged_to_from_tasks_and_ends_with_the_last_of_them() {
    at_home("asynchronous::a_run_is_logged_to_from_tasks_and_ends_with_the_last_of_them", |_| {
        for yard in Yard::both() {
            let (finished, dropped, failed) = on_one_thread(async {
                let start = || asynchronous::start(trainyard::Run::builder().client(&yard.client).experiment("iris"));
                let run = start().await.unwrap();
                let tasks: Vec<_> = (0..4)
                    .map(|worker| {
                        let run = run.clone();
                        tokio::spawn(async move { run.log_metric(&format!("loss-{worker}"), 0.5, 0) })
                    })
                    .collect();
                for task in tasks {
                    task.await.unwrap().unwrap();
                }
                run.log_text("notes.txt", "text").await.unwrap();
                run.flush(Duration::from_secs(60)).await.unwrap();
                let child = run.child("below").await.unwrap();
                let ids = (run.id().clone(), child.id().clone(), start().await.unwrap());
                run.finish().await.unwrap();
                drop(child);
                let failed = ids.2.id().clone();
                ids.2.fail().await.unwrap();
                (ids.0, ids.1, failed)
            });
            let stored = yard.client.get_run(finished).unwrap();
            assert_eq!((stored.info.status, stored.data.metrics.len()), (RunStatus::Finished, 4));
            assert_eq!(yard.client.artifacts(&stored.info.artifact_uri).unwrap().read("notes.txt").unwrap(), b"text");
            assert_eq!(yard.client.get_run(failed).unwrap().info.status, RunStatus::Failed);
            // Nobody has waited for the delivery of its end; a look at the run does.
            assert_eq!(yard.client.get_run(dropped).unwrap().info.status, RunStatus::Finished);
        }
    });
}

#[test]
fn other_tasks_go_on_while_the_server_thinks() {
    at_home("asynchronous::other_tasks_go_on_while_the_server_thinks", |_| {
        // The server answers when a task of the same thread has run, which it cannot while something blocks.
        let (tell, told) = mpsc::channel::<()>();
        let uri = Script::answering(move |_| {
            told.recv_timeout(Duration::from_secs(60)).expect("the executor is blocked");
            answer("200 OK", "", r#"{"run": {"info": {"run_id": "r"}}}"#)
        });
        on_one_thread(async {
            let builder = trainyard::Run::builder().tracking_uri(&uri).experiment_id("1");
            let starting = tokio::spawn(asynchronous::start(builder));
            tokio::task::yield_now().await;
            tell.send(()).unwrap();
            let run = starting.await.unwrap().unwrap();
            assert_eq!(run.id().as_str(), "r");
            // No more answers will come; the run is not to be ended.
            std::mem::forget(run);
        });
    });
}

#[test]
fn pages_arrive_one_by_one() {
    let yard = Yard::embedded();
    for name in ["a", "b", "c"] {
        yard.client.experiment(name).unwrap();
    }
    let client = Client::from(yard.client.clone());
    let sizes = on_one_thread(async {
        let mut pages = client.pages(client.blocking().search_experiments().page_size(3));
        let mut sizes = Vec::new();
        while let Some(page) = pages.next().await {
            sizes.push(page.unwrap().len());
        }
        sizes
    });
    assert_eq!(sizes, [3, 1]);
}

#[test]
fn a_page_that_nobody_waited_for_is_handed_out_by_the_next_call() {
    let (tell, told) = mpsc::channel::<()>();
    let mut token = "next";
    let uri = Script::answering(move |_| {
        told.recv_timeout(Duration::from_secs(60)).unwrap();
        let page = format!(r#"{{"experiments": [{{"experiment_id": "1"}}], "next_page_token": "{token}"}}"#);
        token = "";
        answer("200 OK", "", &page)
    });
    let client = Client::from(trainyard::Client::connect(&uri).unwrap());
    on_one_thread(async {
        let mut pages = client.pages(client.blocking().search_experiments());
        for page in 0..2 {
            let in_time = tokio::time::timeout(Duration::from_millis(50), pages.next()).await;
            assert!(in_time.is_err(), "nothing was answered yet");
            tell.send(()).unwrap();
            let experiments = pages.next().await.unwrap_or_else(|| panic!("page {page} is lost")).unwrap();
            assert_eq!(experiments[0].experiment_id.as_str(), "1");
        }
        assert!(pages.next().await.is_none());
    });
}

#[test]
fn a_run_whose_task_panics_has_failed() {
    at_home("asynchronous::a_run_whose_task_panics_has_failed", |_| {
        let yard = Yard::embedded();
        let id = on_one_thread(async {
            let run = asynchronous::start(trainyard::Run::builder().client(&yard.client).experiment("iris"));
            let run = run.await.unwrap();
            let id = run.id().clone();
            let task = tokio::spawn(async move {
                run.log_metric_at("loss", 0.5, 0, 1_767_225_600_000).unwrap();
                panic!("the loss is strange");
            });
            assert!(task.await.unwrap_err().is_panic());
            id
        });
        let stored = yard.client.get_run(id).unwrap();
        assert_eq!((stored.info.status, stored.data.metrics[0].timestamp), (RunStatus::Failed, 1_767_225_600_000));
    });
}

#[test]
fn models_are_logged_from_async_code() {
    at_home("asynchronous::models_are_logged_from_async_code", |_| {
        let yard = Yard::embedded();
        let (run_id, model) = on_one_thread(async {
            let run = asynchronous::start(trainyard::Run::builder().client(&yard.client).experiment("iris"));
            let run = run.await.unwrap();
            run.log_param_pairs([("depth", 5)]).unwrap();
            let options = ModelOptions::new().registered_model_name("line");
            let model = run.log_model_with("line", Json(vec![0.5, -1.0]), options).await.unwrap();
            run.log_model_metrics(&model.model_id, None, [("accuracy", 0.97)], 0).unwrap();
            let id = run.id().clone();
            run.finish().await.unwrap();
            (id, model)
        });
        assert_eq!(yard.client.load_model::<Json<Vec<f64>>>("models:/line/1").unwrap(), Json(vec![0.5, -1.0]));
        assert_eq!(yard.client.get_run(run_id).unwrap().data.metrics[0].key, "accuracy");
        let request = GetLoggedModel { model_id: model.model_id, allow_deleted: false };
        let metrics = yard.client.call(request).unwrap().model.data.metrics;
        assert_eq!(metrics.iter().map(|point| point.key.as_str()).collect::<Vec<_>>(), ["accuracy"]);
    });
}

/// Everything that waits, by the blocking interface, on a thread of a runtime.
fn train_and_load(client: &trainyard::Client) {
    let run = trainyard::Run::builder().client(client).experiment("iris").start().unwrap();
    run.log_metric("loss", 0.5, 0).unwrap();
    run.log_text("notes.txt", "text").unwrap();
    assert_eq!(run.artifacts().unwrap().list("").unwrap().len(), 1);
    let info = run.log_model("line", &Json(vec![0.5, -1.0])).unwrap();
    assert_eq!(client.load_model::<Json<Vec<f64>>>(&info.model_uri).unwrap(), Json(vec![0.5, -1.0]));
    assert_eq!(client.search_runs().into_iter().map(Result::unwrap).count(), 1);
    run.finish().unwrap();
    drop(client.start_run("wine", "").unwrap());
}

#[test]
fn the_blocking_interface_works_in_a_runtime_too() {
    at_home("asynchronous::the_blocking_interface_works_in_a_runtime_too", |_| {
        use tokio::runtime::Builder;

        for mut builder in [Builder::new_current_thread(), Builder::new_multi_thread()] {
            let yard = Yard::embedded();
            let uri = yard.client.tracking_uri().to_owned();
            let runtime = builder.enable_all().build().unwrap();
            // Connected, used and closed there.
            runtime.block_on(async {
                let client = trainyard::Client::connect(&uri).unwrap();
                train_and_load(&client);
                drop(client);
            });
            runtime.block_on(async {
                let there = uri.clone();
                tokio::spawn(
                    async move { trainyard::Client::connect(&there).unwrap().start_run("iris", "").map(drop) },
                )
                .await
                .unwrap()
                .unwrap();
            });
            assert_eq!(yard.client.search_runs().into_iter().map(Result::unwrap).count(), 3);
        }
    });
}
