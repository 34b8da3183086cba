//! Runs in async code.

use std::sync::mpsc;
use std::time::Duration;

use trainyard::asynchronous::{self, Client};
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
