use std::path::PathBuf;

use trainyard::Client;
use trainyard_api::RunId;
use trainyard_api::experiments::{CreateExperiment, DeleteExperiment};
use trainyard_api::metrics::Metric;
use trainyard_api::runs::{CreateRun, DeleteRun, GetRun, LogBatch};

use crate::program::{Ended, Yard};

/// A run with points and a file.
fn run(yard: &Yard, client: &Client, experiment_id: &str) -> RunId {
    let request = CreateRun { experiment_id: experiment_id.into(), ..CreateRun::default() };
    let run_id = client.call(request).unwrap().run.info.run_id;
    let metrics = (0..100).map(|i| Metric { key: "m".into(), step: i, timestamp: i, ..Metric::default() }).collect();
    client.call(LogBatch { run_id: run_id.clone(), metrics, ..LogBatch::default() }).unwrap();
    let folder = artifacts(yard, experiment_id, &run_id).join("artifacts");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("notes.txt"), "notes").unwrap();
    run_id
}

fn artifacts(yard: &Yard, experiment_id: &str, run_id: &RunId) -> PathBuf {
    yard.path().join("yard/artifacts").join(experiment_id).join(run_id.as_str())
}

fn delete(client: &Client, run_id: &RunId) {
    client.call(DeleteRun { run_id: run_id.clone() }).unwrap();
}

#[test]
fn what_is_deleted_goes_with_its_artifacts_and_the_rest_stays() {
    let yard = Yard::new();
    let (kept, gone, within, experiment) = {
        let client = yard.client();
        let experiment = client.call(CreateExperiment { name: "old".into(), ..CreateExperiment::default() }).unwrap();
        let experiment = experiment.experiment_id;
        let (kept, gone) = (run(&yard, &client, "0"), run(&yard, &client, "0"));
        let within = run(&yard, &client, experiment.as_str());
        delete(&client, &gone);
        client.call(DeleteExperiment { experiment_id: experiment.clone() }).unwrap();
        (kept, gone, within, experiment)
    };
    let preview = yard.ok(&["gc", "--dry-run"]);
    for id in [gone.as_str(), within.as_str()] {
        assert!(preview.contains(id), "{preview}");
    }
    assert!(!preview.contains(kept.as_str()), "{preview}");
    assert!(artifacts(&yard, "0", &gone).exists(), "a dry run removes nothing");
    assert_eq!(yard.ok(&["gc", "--older-than", "1d"]), "Removed 0 runs, 0 logged models, 0 experiments.\n");
    let printed = yard.ok(&["gc"]);
    assert!(printed.starts_with("Removed 2 runs, 0 logged models, 1 experiments.\n"), "{printed}");
    assert!(artifacts(&yard, "0", &kept).join("artifacts/notes.txt").exists());
    assert!(!artifacts(&yard, "0", &gone).exists());
    assert!(!yard.path().join("yard/artifacts").join(experiment.as_str()).exists());
    let client = yard.client();
    assert!(client.call(GetRun { run_id: kept, ..GetRun::default() }).is_ok());
    assert!(client.call(GetRun { run_id: gone, ..GetRun::default() }).is_err());
    drop(client);
    yard.ok(&["db", "check"]);
    assert_eq!(yard.ok(&["gc", "--dry-run"]), "Nothing that is marked deleted would be removed.\n");
}

#[test]
fn a_run_that_is_not_deleted_is_not_removed() {
    let yard = Yard::new();
    let run_id = run(&yard, &yard.client(), "0");
    let ended = yard.run(&["gc", "--run-ids", run_id.as_str()]);
    assert_eq!(ended.code, Some(1));
    let message = format!("error: The run {run_id} is not marked deleted; delete it before it is removed\n");
    assert_eq!(ended.stderr, message);
    assert!(artifacts(&yard, "0", &run_id).exists());
    assert_eq!(yard.run(&["gc", "--older-than", "soon"]).code, Some(2));
}

#[test]
fn artifacts_that_cannot_be_removed_keep_their_run_for_the_next_time() {
    let yard = Yard::new();
    let run_id = run(&yard, &yard.client(), "0");
    delete(&yard.client(), &run_id);
    let place = artifacts(&yard, "0", &run_id);
    // A folder that is not where it should be: a link out of the root is not followed.
    let elsewhere = yard.path().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    std::fs::write(elsewhere.join("precious"), "").unwrap();
    std::fs::remove_dir_all(place.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(&elsewhere, place.parent().unwrap()).unwrap();
    std::fs::create_dir_all(elsewhere.join(run_id.as_str())).unwrap();
    let ended = yard.run(&["gc"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains(&format!("run {run_id}: its artifacts cannot be removed")), "{}", ended.stderr);
    assert!(elsewhere.join(run_id.as_str()).exists());
    std::fs::remove_file(place.parent().unwrap()).unwrap();
    assert_eq!(yard.json(&["gc"])["runs"], 1);
}

#[test]
fn a_bucket_that_cannot_be_opened_keeps_its_run_for_the_next_time() {
    let yard = Yard::new();
    let client = yard.client();
    let location = "gs://bucket/of-somebody".to_owned();
    let request = CreateExperiment { name: "far".into(), artifact_location: location, ..CreateExperiment::default() };
    let experiment_id = client.call(request).unwrap().experiment_id;
    let run_id = client.call(CreateRun { experiment_id, ..CreateRun::default() }).unwrap().run.info.run_id;
    let near = run(&yard, &client, "0");
    delete(&client, &run_id);
    delete(&client, &near);
    drop(client);
    // The file of credentials is not there, as on a machine other than the server's.
    let gc = |args: &[&str]| {
        let mut command = yard.command(&[&["gc"], args].concat());
        Ended::from(command.env("GOOGLE_SERVICE_ACCOUNT", yard.path().join("missing.json")).output().unwrap())
    };
    let ended = gc(&[]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    let told =
        format!("run {run_id}: its artifacts cannot be removed: Invalid artifact location 'gs://bucket/of-somebody");
    assert!(ended.stderr.contains(&told), "{}", ended.stderr);
    assert!(ended.stdout.starts_with("Removed 1 runs, "), "the other one goes all the same: {}", ended.stdout);
    let left = yard.json(&["gc", "--dry-run"]);
    assert_eq!(left.as_array().map(Vec::len), Some(1), "{left}");
    assert!(left.to_string().contains(run_id.as_str()), "{left}");
    assert!(yard.client().call(GetRun { run_id, ..GetRun::default() }).is_ok(), "its row still says where they are");

    // The place of all artifacts: nothing at all is removed.
    let last = run(&yard, &yard.client(), "0");
    delete(&yard.client(), &last);
    let ended = gc(&["--artifacts-destination", "gs://bucket/all"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains("Invalid artifact location 'gs://bucket/all'"), "{}", ended.stderr);
    assert_eq!(yard.json(&["gc", "--dry-run"]).as_array().map(Vec::len), Some(2));
}

#[test]
fn where_artifacts_are_is_guessed_only_where_it_is_clear() {
    let yard = Yard::new();
    let elsewhere = yard.path().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    let uri = format!("sqlite:///{}", elsewhere.join("runs.db").display());
    let run_id = {
        let client = Client::connect(&uri).unwrap();
        let run_id = client.call(CreateRun::default()).unwrap().run.info.run_id;
        delete(&client, &run_id);
        run_id
    };
    let beside = elsewhere.join("artifacts");
    let file = beside.join("0").join(run_id.as_str()).join("artifacts/notes.txt");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, "notes").unwrap();

    // As a server leaves it that was started here.
    std::fs::create_dir_all(yard.path().join("yard/artifacts")).unwrap();
    let ended = yard.run(&["gc", "--backend-store-uri", &uri]);
    let both = format!("artifacts may be in ./yard/artifacts or in {}", beside.display());
    assert_eq!(ended.stderr, format!("error: {both}. Name it with --artifacts-destination.\n"));
    assert_eq!(ended.code, Some(1));
    assert!(file.exists());

    std::fs::remove_dir_all(yard.path().join("yard")).unwrap();
    let printed = yard.ok(&["gc", "--backend-store-uri", &uri]);
    assert!(printed.starts_with("Removed 1 runs, "), "{printed}");
    assert!(!file.exists());
}

#[test]
fn gc_killed_with_9_leaves_no_artifacts_that_nothing_leads_to() {
    let yard = Yard::new();
    let (runs, kept) = {
        let client = yard.client();
        let runs: Vec<RunId> = (0..300).map(|_| run(&yard, &client, "0")).collect();
        runs.iter().for_each(|run_id| delete(&client, run_id));
        (runs, run(&yard, &client, "0"))
    };
    yard.killed_at_work(&["gc"], |yard| {
        yard.ok(&["db", "check"]);
        let client = yard.client();
        for run_id in &runs {
            let known = client.call(GetRun { run_id: run_id.clone(), ..GetRun::default() }).is_ok();
            assert!(known || !artifacts(yard, "0", run_id).exists(), "{run_id} is gone, its artifacts are not");
        }
    });
    yard.ok(&["gc"]);
    let left: Vec<_> =
        std::fs::read_dir(yard.path().join("yard/artifacts/0")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, [kept.as_str()]);
    yard.ok(&["db", "check"]);
    assert_eq!(yard.json(&["db", "stats"])["runs"], 1);
}
