//! What a database server brings with it: several programs that write at once, and connections that break.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::time::{Duration, Instant};

use trainyard_api::ingest::{Ingest, RunAnswer, RunBatch, Series};
use trainyard_api::metrics::{GetMetricHistory, LogMetric, Metric};
use trainyard_api::model_versions::{CreateModelVersion, SearchModelVersions};
use trainyard_api::registered_models::CreateRegisteredModel;
use trainyard_api::runs::{CreateRun, GetRun, LogBatch, LogParam};
use trainyard_api::webhooks::{CreateWebhook, WebhookAction, WebhookEntity, WebhookEvent};
use trainyard_api::{ApiError, ErrorCode, Param, RunId, Tag};
use trainyard_store::{DbError, Pending, PostgresOptions, Signal, Store, StoreError, StoreOptions, Transaction};

use crate::backend::{self, Schema, TestStore};

fn point(run_id: &RunId, step: i64, value: f64) -> LogMetric {
    LogMetric {
        run_id: run_id.clone(),
        key: "loss".into(),
        value: Some(value),
        timestamp: Some(1),
        step,
        ..LogMetric::default()
    }
}

fn history(store: &Store, run_id: &RunId) -> Vec<Metric> {
    let request = GetMetricHistory { run_id: run_id.clone(), metric_key: "loss".into(), ..GetMetricHistory::default() };
    store.execute(request).wait().unwrap().metrics
}

/// What a client is told to try again for.
fn is_retryable(error: StoreError) {
    assert_eq!(ApiError::from(error.clone()).error_code, ErrorCode::TemporarilyUnavailable, "{error}");
}

/// Of an empty schema.
pub fn ten_servers_may_start_at_once(_: TestStore) {
    let schema = Schema::create().unwrap();
    let start = Barrier::new(10);
    std::thread::scope(|scope| {
        let servers: Vec<_> = (0..10)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    let store = Store::open(&schema.uri(), backend::options()).unwrap();
                    store.execute(CreateRun::default()).wait().unwrap()
                })
            })
            .collect();
        servers.into_iter().for_each(|server| drop(server.join().unwrap()));
    });
    let store = Store::open(&schema.uri(), backend::options()).unwrap();
    let counts = "SELECT (SELECT COUNT(*) FROM run), (SELECT COUNT(*) - MAX(number) FROM migration)";
    let counts = store.read(move |tx| tx.query_one(counts, &[], |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?))));
    assert_eq!(counts.wait().unwrap(), Some((10, 0)));
}

pub fn an_unusable_database_is_said_to_be(test: TestStore) {
    let uri = test.uri();
    let closed = test.without_store();
    let elsewhere = uri.replace("csearch_path%3Dtest_", "csearch_path%3Dno_such_");
    let error = Store::open(&elsewhere, backend::options()).unwrap_err().to_string();
    assert!(error.contains("no schema of its search_path exists"), "{error}");
    let nobody = "postgresql://ann:s3cret@127.0.0.1:1/yard";
    let error = Store::open(nobody, backend::options()).unwrap_err().to_string();
    assert!(error.contains("…@127.0.0.1:1/yard cannot be opened") && !error.contains("s3cret"), "{error}");
    drop(closed);
}

/// A statement that takes too long does so again when it reads; one that writes may have waited for others.
pub fn only_a_write_that_took_too_long_is_to_be_tried_again(test: TestStore) {
    let limit = Duration::from_millis(300);
    let options = || {
        let options = backend::options();
        StoreOptions { postgres: PostgresOptions { statement_timeout: limit, ..options.postgres }, ..options }
    };
    let store = Store::open(&test.uri(), options()).unwrap();
    let sleep = |tx: &mut Transaction<'_>| tx.query_one("SELECT 1 FROM pg_sleep(20)", &[], |row| row.get::<i64>(0));
    let error = store.read(sleep).wait().unwrap_err();
    assert_eq!(error, StoreError::TooSlow { limit });
    assert!(!error.is_refusal(), "a journal would drop what it holds");
    let told = ApiError::from(error);
    assert_eq!(told.error_code, ErrorCode::DeadlineExceeded);
    assert_eq!(
        told.message,
        "the database took longer than 0.3 s for this request; narrow it, or raise --database-statement-timeout"
    );
    is_retryable(store.write(sleep).wait().unwrap_err());
    store.execute(CreateRun::default()).wait().unwrap();
}

/// Two stores on one database, as two servers have, and several requests at a time in each.
pub fn servers_that_write_the_same_lose_nothing(test: TestStore) {
    const WRITERS: i64 = 4;
    const STEPS: i64 = 60;
    let stores = [test.store.clone(), test.another()];
    let run_id = test.call(CreateRun::default()).unwrap().run.info.run_id;
    test.call(CreateRegisteredModel { name: "model".into(), ..Default::default() }).unwrap();
    let refused = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (store, run_id, refused) = (&stores[writer as usize % 2], &run_id, &refused);
            scope.spawn(move || {
                for step in 0..STEPS {
                    // Every point is logged by two of the writers, and steps come in different orders.
                    let step = if writer < 2 { step } else { STEPS - 1 - step };
                    store.execute(point(run_id, step, (step * (writer % 2 + 1)) as f64)).wait().unwrap();
                    let metrics = (0..4).map(|key| Metric {
                        key: format!("m{}", (key + writer) % 4),
                        value: step as f64,
                        step,
                        ..Metric::default()
                    });
                    let tags = [format!("t{}", writer % 3), "t0".into()].map(|key| Tag::new(key, writer.to_string()));
                    let batch = LogBatch {
                        run_id: run_id.clone(),
                        metrics: metrics.collect(),
                        params: vec![Param::new(format!("p{step}"), "v")],
                        tags: tags.into(),
                    };
                    store.execute(batch).wait().unwrap();
                    let param = LogParam {
                        run_id: run_id.clone(),
                        key: format!("one of four {step}"),
                        value: writer.to_string(),
                        ..LogParam::default()
                    };
                    match store.execute(param).wait() {
                        Ok(_) => {}
                        Err(StoreError::InvalidParameter { .. }) => drop(refused.fetch_add(1, Ordering::Relaxed)),
                        Err(error) => panic!("{error}"),
                    }
                    if step % 10 == 0 {
                        let version = CreateModelVersion {
                            name: "model".into(),
                            source: "s3://bucket/model".into(),
                            ..CreateModelVersion::default()
                        };
                        store.execute(version).wait().unwrap();
                    }
                }
            });
        }
    });
    assert_eq!(refused.into_inner() as i64, (WRITERS - 1) * STEPS, "each of these params is one writer's");
    // At step 0 both values are 0.
    assert_eq!(history(&test.store, &run_id).len() as i64, 2 * STEPS - 1);
    let run = test.call(GetRun { run_id: run_id.clone(), ..GetRun::default() }).unwrap().run;
    let latest = run.data.metrics.iter().find(|metric| metric.key == "loss").unwrap();
    assert_eq!((latest.step, latest.value), (STEPS - 1, (2 * (STEPS - 1)) as f64));
    assert_eq!(run.data.params.len() as i64, 2 * STEPS);
    let counts = "SELECT SUM(count)::BIGINT - (SELECT COUNT(*) FROM metric_point) FROM metric_summary";
    let difference = test.store.read(move |tx| tx.query_one(counts, &[], |row| row.get::<i64>(0)));
    assert_eq!(difference.wait().unwrap(), Some(0), "what the summaries count is there");
    let search = SearchModelVersions { max_results: Some(1000), ..SearchModelVersions::default() };
    let versions = test.call(search).unwrap().model_versions;
    let mut numbers: Vec<i64> = versions.iter().map(|version| version.version.parse().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=WRITERS * 6).collect::<Vec<_>>());
}

/// Each of two transactions holds what the other wants next: the database ends one, which is then done again.
pub fn a_deadlock_is_resolved_and_both_writes_are_made(test: TestStore) {
    let stores = [test.store.clone(), test.another()];
    let keys = ["a", "b"];
    let insert =
        stores[0].write(move |tx| Ok(tx.insert_many("metric_key", ["key"], "", keys.map(|key| [key.into()]))?));
    insert.wait().unwrap();
    static MET: AtomicU64 = AtomicU64::new(0);
    let pending: Vec<_> = stores
        .iter()
        .enumerate()
        .map(|(index, store)| {
            store.write(move |tx| {
                let order = if index == 0 { ["a", "b"] } else { ["b", "a"] };
                for (place, key) in order.into_iter().enumerate() {
                    tx.execute("UPDATE metric_key SET id = id + 10 WHERE key = $1", &[key.into()])?;
                    if place == 0 {
                        // The first time each waits until the other has its first row, too.
                        MET.fetch_add(1, Ordering::SeqCst);
                        let since = Instant::now();
                        while MET.load(Ordering::SeqCst) < 2 && since.elapsed() < Duration::from_secs(60) {
                            std::thread::sleep(Duration::from_millis(1));
                        }
                    }
                }
                Ok(())
            })
        })
        .collect();
    pending.into_iter().for_each(|pending| pending.wait().unwrap());
    assert!(MET.load(Ordering::SeqCst) > 2, "one of them was done again");
    let ids = test.store.read(|tx| tx.query("SELECT id FROM metric_key ORDER BY key", &[], |row| row.get::<i64>(0)));
    assert_eq!(ids.wait().unwrap(), [21, 22]);
}

/// Databases spoken to as PostgreSQL answer so where others were in the way, and PostgreSQL under stricter isolation.
pub fn a_write_that_could_not_be_serialized_is_made_again(test: TestStore) {
    static TRIES: AtomicU64 = AtomicU64::new(0);
    let write = test.store.write(|tx| {
        tx.execute("INSERT INTO metric_key (key) VALUES ('once')", &[])?;
        if TRIES.fetch_add(1, Ordering::SeqCst) < 2 {
            tx.execute("DO $$ BEGIN RAISE EXCEPTION 'others were faster' USING ERRCODE = '40001'; END $$", &[])?;
        }
        Ok(())
    });
    write.wait().unwrap();
    assert_eq!(TRIES.load(Ordering::SeqCst), 3);
    let count = "SELECT COUNT(*) FROM metric_key WHERE key = 'once'";
    assert_eq!(test.store.read(move |tx| tx.query_one(count, &[], |row| row.get::<i64>(0))).wait().unwrap(), Some(1));
}

/// Two servers with one writer each, whose transactions hold two writes each, of the same rows in another order.
pub fn writes_that_share_transactions_do_not_wait_for_a_deadlock_to_be_found(test: TestStore) {
    const KEYS: [&str; 2] = ["a", "b"];
    let insert = test.store.write(|tx| Ok(tx.insert_many("metric_key", ["key"], "", KEYS.map(|key| [key.into()]))?));
    insert.wait().unwrap();
    let mut options = backend::options();
    options.postgres.pool_size = 2;
    let stores = [(); 2].map(|()| Store::open(&test.uri(), options.clone()).unwrap());
    // The database looks for deadlocks when somebody has waited for a second. A busy machine may take that long by itself.
    let mut fastest = Duration::MAX;
    for _ in 0..3 {
        let met = Arc::new(Barrier::new(2));
        let pending: Vec<_> =
            stores.iter().zip([[0, 1], [1, 0]]).map(|(store, order)| crossed(store, order, &met)).collect();
        let since = Instant::now();
        pending.into_iter().flatten().for_each(|write| write.wait().unwrap());
        fastest = fastest.min(since.elapsed());
    }
    assert!(fastest < Duration::from_millis(900), "{fastest:?}");
    let ids = test.store.read(|tx| tx.query("SELECT id FROM metric_key ORDER BY key", &[], |row| row.get::<i64>(0)));
    assert_eq!(ids.wait().unwrap(), [61, 62]);

    /// Changes one row after the other, in two writes that wait together. Between them the first time everybody meets.
    fn crossed(store: &Store, order: [usize; 2], met: &Arc<Barrier>) -> Vec<Pending<()>> {
        let (release, released) = mpsc::channel::<()>();
        let (began, begun) = mpsc::channel();
        let busy = store.write(move |_| {
            let _ = began.send(());
            let _ = released.recv();
            Ok(())
        });
        begun.recv().unwrap();
        let mut pending = vec![busy];
        for (place, key) in order.into_iter().map(|index| KEYS[index]).enumerate() {
            let mut meet = (place == 0).then(|| Arc::clone(met));
            pending.push(store.write(move |tx| {
                tx.execute("UPDATE metric_key SET id = id + 10 WHERE key = $1", &[key.into()])?;
                if let Some(met) = meet.take() {
                    met.wait();
                }
                Ok(())
            }));
        }
        drop(release);
        pending
    }
}

pub fn other_servers_hear_of_deliveries(test: TestStore) {
    let other = test.another();
    let mut signals = other.signals();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        // It has begun to listen when it says that it may have missed something.
        assert_eq!(signals.recv().await, Ok(Signal::Missed));
        let webhook = CreateWebhook {
            name: "hook".into(),
            url: "https://example.org/".into(),
            events: Some(vec![WebhookEvent::new(WebhookEntity::RegisteredModel, WebhookAction::Created)]),
            ..CreateWebhook::default()
        };
        test.store.execute(webhook).await.unwrap();
        test.store.execute(CreateRegisteredModel { name: "m".into(), ..Default::default() }).await.unwrap();
        assert_eq!(signals.recv().await, Ok(Signal::WebhookDeliveries));
    });
}

/// Connections of both servers are ended again and again, wherever they are: between statements and in the middle of commits.
pub fn no_acknowledged_point_is_lost_with_its_connection(test: TestStore) {
    let stores = [test.store.clone(), test.another()];
    let run_ids: Vec<RunId> = (0..4).map(|_| test.call(CreateRun::default()).unwrap().run.info.run_id).collect();
    let stop = AtomicBool::new(false);
    let acknowledged: Vec<AtomicU64> = run_ids.iter().map(|_| AtomicU64::new(0)).collect();
    let schema = test.schema().unwrap();
    std::thread::scope(|scope| {
        for (index, run_id) in run_ids.iter().enumerate() {
            let (store, acknowledged, stop) = (&stores[index % 2], &acknowledged[index], &stop);
            scope.spawn(move || {
                let mut step = 0;
                while !stop.load(Ordering::Relaxed) {
                    match store.execute(point(run_id, step, step as f64)).wait() {
                        Ok(_) => {
                            step += 1;
                            acknowledged.store(step as u64, Ordering::Relaxed);
                        }
                        Err(error) => is_retryable(error),
                    }
                    match store.execute(GetRun { run_id: run_id.clone(), ..GetRun::default() }).wait() {
                        Ok(run) => assert_eq!(run.run.info.run_id, *run_id),
                        Err(error) => is_retryable(error),
                    }
                }
            });
        }
        // However slow the machine: until connections were broken in the middle of work and points were stored all the same.
        let (mut broken, since) = (0, Instant::now());
        while broken < 10 || acknowledged.iter().any(|count| count.load(Ordering::Relaxed) < 10) {
            assert!(since.elapsed() < Duration::from_secs(120), "{broken} broken connections, {acknowledged:?} points");
            std::thread::sleep(Duration::from_millis(40));
            broken += schema.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
                 WHERE locktype = 'relation' AND pid <> pg_backend_pid()
                   AND relation IN (SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace)",
            );
        }
        stop.store(true, Ordering::Relaxed);
    });
    for (run_id, acknowledged) in run_ids.iter().zip(&acknowledged) {
        let points = history(&test.store, run_id);
        let acknowledged = acknowledged.load(Ordering::Relaxed) as usize;
        assert!(acknowledged > 0 && points.len() >= acknowledged, "{acknowledged} acknowledged, {}", points.len());
        assert!(points.len() <= acknowledged + 1, "only the point under way can be there without an answer");
    }
}

/// A value of the longest size fits into every index.
pub fn long_texts_are_stored_and_found(test: TestStore) {
    // Of characters that compress badly.
    let long: String = (0..6000_u32).map(|i| char::from_u32(0x4e00 + i * 7919 % 20_000).unwrap()).collect();
    let run_id = test.call(CreateRun { run_name: long.clone(), ..CreateRun::default() }).unwrap().run.info.run_id;
    let batch = LogBatch {
        run_id: run_id.clone(),
        params: vec![Param::new("p", long.clone()), Param::new("q", format!("{}x", &long[..3 * 4000]))],
        tags: vec![Tag::new("t", long.clone())],
        ..LogBatch::default()
    };
    test.call(batch).unwrap();
    for (filter, found) in [
        (format!("params.p = '{long}'"), 1),
        (format!("params.p = '{}'", &long[..3 * 5999]), 0),
        (format!("tags.t IN ('{long}', 'x')"), 1),
        (format!("attributes.run_name = '{long}'"), 1),
    ] {
        let request = trainyard_api::runs::SearchRuns {
            experiment_ids: vec!["0".into()],
            filter,
            order_by: vec!["params.p DESC".into()],
            ..Default::default()
        };
        assert_eq!(test.call(request).unwrap().runs.len(), found);
    }
}

/// What the database itself refuses for its size is the client's to mend.
pub fn a_key_that_no_index_holds_is_refused(test: TestStore) {
    let long: String = (0..3000_u32).map(|i| char::from_u32(0x4e00 + i * 7919 % 20_000).unwrap()).collect();
    let insert =
        test.store.write(move |tx| Ok(tx.execute("INSERT INTO metric_key (key) VALUES ($1)", &[(&long).into()])?));
    let error = insert.wait().unwrap_err();
    assert!(matches!(error, StoreError::Database(DbError::TooLarge(_))), "{error}");
    assert_eq!(ApiError::from(error).error_code, ErrorCode::InvalidParameterValue);
}

/// The part is undone by itself, and neither it nor its neighbours in the transaction are tried for ever.
pub fn a_part_that_the_database_refuses_is_told_and_the_others_are_stored(test: TestStore) {
    // An index of the operator's own holds no values of the longest size, which are fine everywhere else.
    test.schema().unwrap().execute("CREATE INDEX of_the_operator ON param (value)");
    let long: String = (0..6000_u32).map(|i| char::from_u32(0x4e00 + i * 7919 % 20_000).unwrap()).collect();
    let part = |value: &str| {
        let run_id = test.call(CreateRun::default()).unwrap().run.info.run_id;
        let series = Series {
            key: "loss".into(),
            steps: vec![0, 1],
            timestamps: vec![1, 2],
            values: vec![0.5, 0.25],
            ..Series::default()
        };
        RunBatch { run_id, series: vec![series], params: vec![Param::new("p", value)], ..RunBatch::default() }
    };
    let requests: Vec<[RunBatch; 3]> = (0..8).map(|_| [part("before"), part(&long), part("behind")]).collect();
    // At once, so that several share a transaction.
    let pending: Vec<_> = requests.iter().map(|parts| test.store.execute(Ingest::encode(parts).unwrap())).collect();
    for (parts, pending) in requests.iter().zip(pending) {
        let answers = pending.wait().unwrap().runs;
        let refused = answers[1].clone().into_error().unwrap();
        assert_eq!(refused.error_code, ErrorCode::InvalidParameterValue, "{refused}");
        for (index, part) in parts.iter().enumerate() {
            let stored = index != 1;
            assert_eq!(answers[index] == RunAnswer::accepted(part.run_id.clone()), stored, "{answers:?}");
            let run = test.call(GetRun { run_id: part.run_id.clone(), ..GetRun::default() }).unwrap().run;
            assert_eq!((run.data.params.len(), run.data.metrics.len()), if stored { (1, 1) } else { (0, 0) });
            assert_eq!(history(&test.store, &part.run_id).len(), if stored { 2 } else { 0 });
        }
    }
}
