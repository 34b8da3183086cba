//! Opening, closing, and files that are not what they should be.

use trainyard_api::experiments::GetExperiment;
use trainyard_api::runs::{CreateRun, GetRun, SetTag};
use trainyard_api::{ApiError, ErrorCode, LifecycleStage};
use trainyard_store::{ArtifactRoot, DbError, Store, StoreError, StoreOptions, Value};

use crate::backend::{self, TestStore};

pub fn a_new_store_has_the_default_experiment(test: TestStore) {
    let experiment = test.call(GetExperiment { experiment_id: "0".into() }).unwrap().experiment;
    assert_eq!(experiment.name, "Default");
    assert_eq!(experiment.artifact_location, "mlflow-artifacts:/0");
    assert_eq!(experiment.lifecycle_stage, LifecycleStage::Active);
    assert_eq!((experiment.creation_time, experiment.last_update_time), (test.now_ms(), test.now_ms()));
}

pub fn what_was_written_is_there_after_reopening(test: TestStore) {
    let run_id = test.call(CreateRun::default()).unwrap().run.info.run_id;
    let request = GetRun { run_id, ..GetRun::default() };
    let run = test.call(request.clone()).unwrap().run;
    let test = test.reopened();
    assert_eq!(test.call(request).unwrap().run, run);
}

pub fn closing_leaves_one_file_without_a_log(test: TestStore) {
    test.call(CreateRun::default()).unwrap();
    test.call(GetExperiment { experiment_id: "0".into() }).unwrap();
    let TestStore { store, .. } = &test;
    let clone = store.clone();
    let folder = test.folder().to_owned();
    let files = move || {
        let mut names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let test = test.without_store();
    assert_eq!(files(), ["store.db", "store.db-shm", "store.db-wal"], "a clone still holds it open");
    drop(clone);
    assert_eq!(files(), ["store.db"]);
    drop(test);
}

pub fn a_newer_database_is_refused(test: TestStore) {
    test.store.write(|tx| Ok(tx.execute("INSERT INTO migration VALUES (9000, '9000_later', 0)", &[])?)).wait().unwrap();
    let test = test.without_store();
    match Store::open(&test.uri, backend::options()) {
        Err(StoreError::NewerDatabase { found: 9000, known, .. }) => assert!(known < 9000),
        other => panic!("{other:?}"),
    }
    drop(test);
}

pub fn a_file_that_is_no_database_is_refused(test: TestStore) {
    let path = test.folder().join("notes.txt");
    std::fs::write(&path, "not a database, but longer than the header of one: ".repeat(100)).unwrap();
    let error = Store::open(&format!("sqlite:///{}", path.display()), backend::options()).unwrap_err();
    assert_eq!(error, StoreError::NotADatabase { path: path.clone() });
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("not a database"), "it is left as it was");
}

pub fn a_database_of_another_program_is_refused(test: TestStore) {
    test.store
        .write(|tx| {
            tx.execute("CREATE TABLE alembic_version (version_num TEXT)", &[])?;
            Ok(tx.execute("DROP TABLE migration", &[])?)
        })
        .wait()
        .unwrap();
    let test = test.without_store();
    let error = Store::open(&test.uri, backend::options()).unwrap_err();
    assert!(matches!(error, StoreError::OtherProgramsDatabase { mlflow: true, .. }), "{error:?}");
    drop(test);
}

pub fn the_folder_is_made_and_what_cannot_be_made_is_named(test: TestStore) {
    let deep = test.folder().join("a/b/c/yard.db");
    Store::open(&format!("sqlite:///{}", deep.display()), backend::options()).unwrap();
    assert!(deep.is_file());
    // Below a file there can be no folder, whoever asks.
    let impossible = deep.join("d/yard.db");
    let error = Store::open(&format!("sqlite:///{}", impossible.display()), backend::options()).unwrap_err();
    assert!(
        matches!(&error, StoreError::CannotOpen { database, .. } if *database == impossible.display().to_string()),
        "{error:?}"
    );
    assert!(matches!(
        Store::open(&format!("sqlite:///{}", test.folder().display()), backend::options()),
        Err(StoreError::CannotOpen { .. })
    ));
}

pub fn a_full_disk_is_said_and_harms_nothing(test: TestStore) {
    let run_id = test.call(CreateRun::default()).unwrap().run.info.run_id;
    let limit = |pages: &'static str| {
        let sql = format!("PRAGMA max_page_count = {pages}");
        test.store.write(move |tx| tx.query_one(&sql, &[], |row| row.get::<i64>(0))).wait().unwrap()
    };
    limit("1"); // Nothing may grow: SQLite takes the present size instead.
    let tag = |i: usize| SetTag {
        run_id: run_id.clone(),
        key: format!("k{i}"),
        value: "x".repeat(8000),
        ..SetTag::default()
    };
    let pending: Vec<_> = (0..50).map(|i| test.store.execute(tag(i))).collect();
    let outcomes: Vec<_> = pending.into_iter().map(|answer| answer.wait()).collect();
    let stored = || {
        let request = GetRun { run_id: run_id.clone(), ..GetRun::default() };
        test.call(request).unwrap().run.data.tags.len() - 1
    };
    assert_eq!(stored(), outcomes.iter().filter(|outcome| outcome.is_ok()).count());
    let full: Vec<_> = outcomes.iter().filter(|o| **o == Err(StoreError::Database(DbError::DiskFull))).collect();
    assert!(!full.is_empty(), "{outcomes:?}");
    assert_eq!(ApiError::from(StoreError::Database(DbError::DiskFull)).error_code, ErrorCode::ResourceExhausted);

    limit("1000000");
    test.call(tag(1000)).unwrap();
    assert_eq!(integrity(&test.store), "ok");
}

pub fn a_pinned_root_is_written_down_and_a_managed_one_is_not(test: TestStore) {
    let open = |name: &str, root: ArtifactRoot| {
        let path = test.folder().join(name);
        Store::open(
            &format!("sqlite:///{}", path.display()),
            StoreOptions { artifact_root: root, ..backend::options() },
        )
        .unwrap()
    };
    let location = |store: &Store| {
        let request = GetExperiment { experiment_id: "0".into() };
        store.execute(request).wait().unwrap().experiment.artifact_location
    };
    let managed = |root: &str| ArtifactRoot::Managed(root.to_owned());
    let pinned = |root: &str| ArtifactRoot::Pinned(root.to_owned());
    assert_eq!(location(&open("managed.db", managed("mlflow-artifacts:/"))), "mlflow-artifacts:/0");
    assert_eq!(location(&open("managed.db", managed("/srv/yard/artifacts"))), "/srv/yard/artifacts/0");
    assert_eq!(location(&open("pinned.db", pinned("s3://bucket/a/"))), "s3://bucket/a/0");
    assert_eq!(location(&open("pinned.db", pinned("s3://elsewhere"))), "s3://bucket/a/0");
}

/// What `PRAGMA integrity_check` says.
pub fn integrity(store: &Store) -> String {
    let check = store.read(|tx| tx.query_one("PRAGMA integrity_check", &[] as &[Value], |row| row.get(0)));
    check.wait().unwrap().unwrap()
}
