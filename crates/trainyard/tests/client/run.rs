//! Runs as values: what is logged, how they end, and what of it outlives the process.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde::Serialize;
use trainyard::flavors::Json;
use trainyard::internals::journal;
use trainyard::{Client, Dataset, Error, Image, Offline};
use trainyard_api::logged_models::GetLoggedModel;
use trainyard_api::runs::{Run, RunStatus};
use trainyard_api::{Param, RunId, ViewType};

use crate::home::{all_goes, at_home};
use crate::tracking::Yard;

const PATIENCE: Duration = Duration::from_secs(60);
/// Names the database for a process that is to be killed.
const VICTIM: &str = "TRAINYARD_TEST_VICTIM";

fn stored(yard: &Yard, run_id: &RunId) -> Run {
    yard.client.get_run(run_id.clone()).unwrap()
}

fn tags(run: &Run) -> BTreeMap<&str, &str> {
    run.data.tags.iter().map(|tag| (tag.key.as_str(), tag.value.as_str())).collect()
}

#[test]
fn what_a_run_logs_is_stored_with_it() {
    #[derive(Serialize)]
    struct Config {
        max_depth: u32,
        optimizer: Optimizer,
    }
    #[derive(Serialize)]
    struct Optimizer {
        rate: f64,
    }

    at_home("run::what_a_run_logs_is_stored_with_it", |_| {
        for yard in Yard::both() {
            let run = yard.client.start_run("iris", "first").unwrap();
            let id = run.id().clone();
            run.log_params(&Config { max_depth: 5, optimizer: Optimizer { rate: 0.1 } }).unwrap();
            run.log_param("seed", 42).unwrap();
            run.log_metric("accuracy", 0.5, 0).unwrap();
            run.log_metric_at("accuracy", 0.97, 1, 5).unwrap();
            run.log_metrics([("loss", f64::NAN), ("f1", 0.9)], 2).unwrap();
            run.set_tag("note", "good").unwrap();
            run.set_tags([("a", 1), ("b", 2)]).unwrap();
            run.finish().unwrap();

            let stored = stored(&yard, &id);
            assert_eq!(stored.info.run_name, "first");
            assert_eq!(stored.info.status, RunStatus::Finished);
            assert!(stored.info.end_time >= Some(stored.info.start_time));
            let params = [Param::new("max_depth", "5"), Param::new("optimizer.rate", "0.1"), Param::new("seed", "42")];
            assert_eq!(stored.data.params, params);
            let latest = |key: &str| stored.data.metrics.iter().find(|metric| metric.key == key).unwrap();
            assert_eq!((latest("accuracy").value, latest("accuracy").timestamp), (0.97, 5));
            assert!(latest("loss").value.is_nan());
            assert_eq!(latest("f1").step, 2);
            let tags = tags(&stored);
            assert_eq!((tags["note"], tags["a"], tags["b"]), ("good", "1", "2"));
        }
    });
}

#[test]
fn files_pictures_and_datasets_are_stored_at_once() {
    at_home("run::files_pictures_and_datasets_are_stored_at_once", |_| {
        for yard in Yard::both() {
            let run = yard.client.start_run("iris", "").unwrap();
            let folder = yard.folder.path().join("reports");
            fs::create_dir_all(folder.join("deep")).unwrap();
            fs::write(folder.join("a.txt"), "a").unwrap();
            fs::write(folder.join("deep/b.txt"), "b").unwrap();
            run.log_artifact(&folder, "").unwrap();
            run.log_artifact(folder.join("a.txt"), "once/more").unwrap();
            run.log_text("notes.txt", "text").unwrap();
            run.log_json("classes.json", &BTreeMap::from([("setosa", 0)])).unwrap();
            run.log_image("samples/first", &Image::gray(1, 1, &[7]).unwrap(), 3).unwrap();

            let artifacts = run.artifacts().unwrap();
            let text = |path: &str| String::from_utf8(artifacts.read(path).unwrap()).unwrap();
            assert_eq!((text("a.txt"), text("deep/b.txt")), ("a".to_owned(), "b".to_owned()));
            assert_eq!((text("once/more/a.txt"), text("notes.txt")), ("a".to_owned(), "text".to_owned()));
            assert_eq!(text("classes.json"), "{\n  \"setosa\": 0\n}");
            let images = artifacts.list("images").unwrap();
            assert!(images[0].path.starts_with("images/samples~first+step+3+timestamp+"), "{}", images[0].path);
            assert!(artifacts.read(&images[0].path).unwrap().starts_with(b"\x89PNG"));

            let data = yard.folder.path().join("iris.csv");
            fs::write(&data, "5.1,3.5,0\n").unwrap();
            let train = Dataset::from_file("iris", &data).unwrap();
            let valid = Dataset::from_rows("iris", [(6.2, 2.9, 1)]).unwrap().source("https://data.example/iris.csv");
            assert_ne!(train.digest(), valid.digest());
            run.log_input(&train, "training").unwrap();
            run.log_input(&valid, "validation").unwrap();
            let model_id = run.log_model("mean", &Json(&2.5)).unwrap().model_id;
            run.log_model_metrics(&model_id, Some(&valid), [("accuracy", 0.5)], 0).unwrap();
            let id = run.id().clone();
            run.finish().unwrap();

            let stored = stored(&yard, &id);
            let inputs = &stored.inputs.dataset_inputs;
            let mut uses: Vec<_> = inputs.iter().map(|input| input.tags[0].value.as_str()).collect();
            uses.sort_unstable();
            assert_eq!(uses, ["training", "validation"]);
            let of = |digest: &str| inputs.iter().find(|input| input.dataset.digest == digest).unwrap();
            let train = &of(train.digest()).dataset;
            assert_eq!((train.source_type.as_str(), train.profile.as_str()), ("local", r#"{"size_bytes":10}"#));
            assert!(train.source.contains("iris.csv"));
            assert_eq!(of(valid.digest()).dataset.source, r#"{"url":"https://data.example/iris.csv"}"#);
            assert_eq!(stored.data.metrics[0].value, 0.5);
            let model = yard.client.call(GetLoggedModel { model_id, allow_deleted: false }).unwrap().model;
            let point = &model.data.metrics[0];
            assert_eq!((point.key.as_str(), point.value, &point.run_id), ("accuracy", 0.5, &id));
            assert_eq!((point.dataset_name.as_str(), point.dataset_digest.as_str()), ("iris", valid.digest()));
            assert_eq!(tags(&stored)["mlflow.loggedImages"], "True");
        }
    });
}

#[test]
fn equal_data_have_equal_digests_and_others_do_not() {
    let of = |values: &[f64], shape: &[usize]| Dataset::from_slice("a", values, shape).unwrap().digest().to_owned();
    assert_eq!(of(&[1.0, 2.0], &[2]), of(&[1.0, 2.0], &[2]));
    assert_ne!(of(&[1.0, 2.0], &[2]), of(&[2.0, 1.0], &[2]));
    assert_ne!(of(&[1.0, 2.0], &[2]), of(&[1.0, 2.0], &[1, 2]));
    assert_ne!(of(&[1.0], &[1]), Dataset::from_slice("a", &[1.0_f32], &[1]).unwrap().digest());
    let rows = |rows: &[(i32, &str)]| Dataset::from_rows("a", rows).unwrap().digest().to_owned();
    assert_ne!(rows(&[(1, "a"), (2, "b")]), rows(&[(2, "b"), (1, "a")]));
    let error = Dataset::from_slice("a", &[1.0], &[2, 3]).unwrap_err();
    assert_eq!(error.to_string(), "the dataset 'a' cannot be described: 1 values do not have the shape [2, 3]");
}

#[test]
fn more_params_than_one_batch_holds_are_logged_in_several() {
    at_home("run::more_params_than_one_batch_holds_are_logged_in_several", |_| {
        for yard in Yard::both() {
            let run = yard.client.start_run("iris", "").unwrap();
            run.log_param_pairs((0..250).map(|n| (format!("p{n}"), n))).unwrap();
            run.flush(PATIENCE).unwrap();
            assert_eq!(stored(&yard, run.id()).data.params.len(), 250);
        }
    });
}

#[test]
fn a_run_ends_as_its_scope_is_left() {
    at_home("run::a_run_ends_as_its_scope_is_left", |folder| {
        let yard = Yard::embedded();
        let id = |run: &trainyard::Run| run.id().clone();
        let panicked = yard.client.start_run("iris", "").unwrap();
        let dropped = yard.client.start_run("iris", "").unwrap();
        let failed = yard.client.start_run("iris", "").unwrap();
        let ids = [id(&panicked), id(&dropped), id(&failed)];
        let panic = catch_unwind(AssertUnwindSafe(move || {
            let _run = panicked;
            panic!("training went wrong");
        }));
        assert!(panic.is_err());
        drop(dropped);
        failed.fail().unwrap();
        let statuses = ids.map(|id| stored(&yard, &id).info.status);
        assert_eq!(statuses, [RunStatus::Failed, RunStatus::Finished, RunStatus::Failed]);
        all_goes(folder);
    });
}

#[test]
fn a_builder_says_everything_that_a_run_begins_with() {
    at_home("run::a_builder_says_everything_that_a_run_begins_with", |_| {
        for yard in Yard::both() {
            let parent = trainyard::Run::builder()
                .client(&yard.client)
                .experiment("iris")
                .name("search")
                .description("Does depth help?")
                .tag("team", "flowers")
                .tags([("mlflow.user", "ann")])
                .start()
                .unwrap();
            let child = parent.child("depth 3").unwrap();
            assert_eq!(child.info().experiment_id, parent.info().experiment_id);
            let (parent_id, child_id) = (parent.id().clone(), child.id().clone());
            child.finish().unwrap();
            parent.finish().unwrap();

            let parent = stored(&yard, &parent_id);
            let tags = tags(&parent);
            assert_eq!((tags["mlflow.note.content"], tags["team"]), ("Does depth help?", "flowers"));
            assert_eq!((tags["mlflow.user"], tags["mlflow.source.type"]), ("ann", "LOCAL"));
            assert!(Path::new(tags["mlflow.source.name"]).is_absolute());
            assert_eq!(parent.info.run_name, "search");
            let child = stored(&yard, &child_id);
            assert_eq!(self::tags(&child)["mlflow.parentRunId"], parent_id.as_str());
        }
    });
}

#[test]
fn a_run_is_gone_on_with() {
    at_home("run::a_run_is_gone_on_with", |_| {
        let yard = Yard::embedded();
        let first = yard.client.start_run("iris", "first").unwrap();
        let id = first.id().clone();
        first.log_metric("loss", 0.5, 0).unwrap();
        first.fail().unwrap();
        let again = trainyard::Run::builder().client(&yard.client).resume(id.clone()).tag("again", "yes").start();
        let again = again.unwrap();
        assert_eq!(stored(&yard, &id).info.status, RunStatus::Running);
        again.log_metric("loss", 0.4, 1).unwrap();
        again.finish().unwrap();
        let stored = stored(&yard, &id);
        assert_eq!((stored.info.status, stored.info.run_name.as_str()), (RunStatus::Finished, "first"));
        assert_eq!((stored.data.metrics[0].step, tags(&stored)["again"]), (1, "yes"));
    });
}

#[test]
fn a_run_started_offline_is_delivered_with_its_children_by_somebody_else() {
    at_home("run::a_run_started_offline_is_delivered_with_its_children_by_somebody_else", |_| {
        let yard = Yard::embedded();
        let builder = trainyard::Run::builder().client(&yard.client).experiment("made later").name("away");
        let run = builder.offline(Offline::Always).start().unwrap();
        let child = run.child("trial").unwrap();
        let error = run.log_text("notes.txt", "x").unwrap_err();
        assert!(matches!(&error, Error::Offline { .. }), "{error}");
        let error = run.log_model("weights", &trainyard::flavors::Json(&[0.5])).unwrap_err();
        assert!(matches!(&error, Error::Offline { what: "a model", .. }), "{error}");
        run.log_input(&trainyard::Dataset::from_rows("iris", [(5.1, 0)]).unwrap(), "training").unwrap();
        child.log_metric("loss", 0.5, 0).unwrap();
        run.log_param("depth", 5).unwrap();
        let (id, child_id) = (run.id().clone(), child.id().clone());
        child.finish().unwrap();
        run.finish().unwrap();
        let everything = yard.client.search_runs().view(ViewType::All);
        assert_eq!(everything.into_iter().map(Result::unwrap).count(), 0, "nothing is delivered by this process");

        for leftover in journal::leftovers().unwrap().0 {
            leftover.deliver(&yard.client, &|_| {}).unwrap().expect("nobody holds it");
        }
        let (run, child) = (stored(&yard, &id), stored(&yard, &child_id));
        assert_eq!((run.info.run_name.as_str(), run.info.status), ("away", RunStatus::Finished));
        assert_eq!(run.data.params, [Param::new("depth", "5")]);
        assert_eq!(run.inputs.dataset_inputs[0].dataset.name, "iris");
        assert_eq!(tags(&child)["mlflow.parentRunId"], id.as_str());
        assert_eq!(child.info.experiment_id, run.info.experiment_id);
        assert_eq!(yard.client.experiment("made later").unwrap(), run.info.experiment_id);
    });
}

#[test]
fn several_threads_lose_nothing() {
    at_home("run::several_threads_lose_nothing", |_| {
        let yard = Yard::embedded();
        let run = yard.client.start_run("iris", "").unwrap();
        std::thread::scope(|scope| {
            for worker in 0..4 {
                let run = &run;
                scope.spawn(move || {
                    for step in 0..10_000 {
                        run.log_metric(&format!("loss-{worker}"), 1.0 / (step + 1) as f64, step).unwrap();
                    }
                });
            }
        });
        run.flush(PATIENCE).unwrap();
        for worker in 0..4 {
            let history = yard.client.metric_history(run.id().clone(), &format!("loss-{worker}"));
            let mut steps: Vec<i64> = history.into_iter().map(|point| point.unwrap().step).collect();
            steps.sort_unstable();
            assert_eq!(steps, (0..10_000).collect::<Vec<_>>());
        }
    });
}

/// What the process does that is killed: logs, says so, and waits for its end.
fn be_killed(database: &str) -> ! {
    let client = Client::connect(database).unwrap();
    let run = client.start_run("iris", "victim").unwrap();
    run.log_param("depth", 5).unwrap();
    for step in 0..20_000 {
        run.log_metric("loss", 0.5, step).unwrap();
    }
    eprintln!("logged to {}", run.id());
    loop {
        std::thread::park();
    }
}

#[test]
fn what_was_logged_survives_a_kill() {
    if let Ok(database) = env::var(VICTIM) {
        be_killed(&database);
    }
    at_home("run::what_was_logged_survives_a_kill", |_| {
        let yard = Yard::embedded();
        let database = format!("sqlite:///{}/yard.db", yard.folder.path().display());
        let mut victim = Command::new(env::current_exe().unwrap())
            .args(["--exact", "run::what_was_logged_survives_a_kill", "--nocapture"])
            .env(VICTIM, database)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(victim.stderr.take().unwrap()).lines().map(Result::unwrap);
        let id: RunId = lines.find_map(|line| Some(line.strip_prefix("logged to ")?.into())).expect("it logs");
        // SIGKILL: nothing of it runs any more.
        victim.kill().unwrap();
        victim.wait().unwrap();

        // Whoever logs to the run next delivers what was left before that.
        let run = trainyard::Run::builder().client(&yard.client).resume(id.clone()).start().unwrap();
        run.log_metric("loss", 0.4, 20_000).unwrap();
        run.flush(PATIENCE).unwrap();
        let history = yard.client.metric_history(id.clone(), "loss").into_iter();
        let mut steps: Vec<i64> = history.map(|point| point.unwrap().step).collect();
        steps.sort_unstable();
        assert_eq!(steps, (0..=20_000).collect::<Vec<_>>());
        run.finish().unwrap();
        let stored = stored(&yard, &id);
        assert_eq!((stored.info.status, stored.data.params), (RunStatus::Finished, vec![Param::new("depth", "5")]));
    });
}

#[test]
fn a_second_run_of_the_same_name_joins_the_experiment() {
    at_home("run::a_second_run_of_the_same_name_joins_the_experiment", |_| {
        let yard = Yard::embedded();
        let first = yard.client.start_run("iris", "").unwrap();
        let second = yard.client.start_run("iris", "").unwrap();
        assert_eq!(first.info().experiment_id, second.info().experiment_id);
        assert_ne!(first.id(), second.id());
    });
}
