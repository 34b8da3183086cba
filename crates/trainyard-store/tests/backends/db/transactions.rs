//! `Store::write`, `Store::read` and what they promise each other.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, mpsc};

use trainyard_store::{DbError, Store, StoreError, Transaction, Value};

use crate::backend::TestStore;

fn insert(key: &str) -> impl FnMut(&mut Transaction<'_>) -> Result<(), StoreError> + Send + 'static {
    let key = key.to_owned();
    move |tx| {
        tx.execute("INSERT INTO metric_key (key) VALUES ($1)", &[(&key).into()])?;
        Ok(())
    }
}

fn keys(store: &Store) -> Vec<String> {
    store.read(|tx| tx.query("SELECT key FROM metric_key ORDER BY id", &[], |row| row.get(0))).wait().unwrap()
}

pub fn a_read_sees_every_answered_write(test: TestStore) {
    let store = &test.store;
    for i in 0..50 {
        store.write(insert(&format!("k{i}"))).wait().unwrap();
        assert_eq!(keys(store).len(), i + 1);
    }
}

pub fn a_bad_write_fails_alone(test: TestStore) {
    let store = &test.store;
    // Sent together, most of them share a transaction.
    let pending: Vec<_> = (0..200)
        .map(|i| {
            store.write(move |tx| {
                tx.execute("INSERT INTO metric_key (key) VALUES ($1)", &[format!("k{i}").into()])?;
                if i % 3 == 0 {
                    tx.execute("INSERT INTO metric_key (key) VALUES ($1)", &[format!("k{i}").into()])?;
                }
                Ok(())
            })
        })
        .collect();
    for (i, pending) in pending.into_iter().enumerate() {
        match pending.wait() {
            Ok(()) => assert_ne!(i % 3, 0, "write {i}"),
            Err(StoreError::Database(DbError::UniqueViolation(_))) => assert_eq!(i % 3, 0, "write {i}"),
            Err(error) => panic!("write {i}: {error}"),
        }
    }
    let expected: BTreeSet<String> = (0..200).filter(|i| i % 3 != 0).map(|i| format!("k{i}")).collect();
    assert_eq!(BTreeSet::from_iter(keys(store)), expected);
}

pub fn a_read_that_nobody_waits_for_is_given_up(test: TestStore) {
    // In the middle of an answer: once the first row is there, nobody waits any more.
    let (began, begun) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel();
    let (end, ended) = mpsc::channel();
    let pending = test.store.read(move |tx| {
        let mut rows = 0;
        let sql = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT i FROM n";
        let outcome = tx.visit(sql, &[], |_| {
            if rows == 0 {
                began.send(()).unwrap();
                may_go_on.recv().unwrap();
            }
            rows += 1;
            Ok(())
        });
        let next = tx.query("SELECT 1", &[], |row| row.get::<i64>(0));
        end.send((rows, outcome, next)).unwrap();
        Ok(())
    });
    begun.recv().unwrap();
    drop(pending);
    go_on.send(()).unwrap();
    let (rows, outcome, next) = ended.recv().unwrap();
    assert!(rows < 200_000, "{rows}");
    assert_eq!((outcome, next), (Err(StoreError::Closed), Err(StoreError::Closed)));
    // Before its turn: it is not begun at all.
    let (hold, held) = mpsc::channel::<()>();
    let held = Arc::new(Mutex::new(held));
    let busy: Vec<_> = (0..8)
        .map(|_| {
            let held = Arc::clone(&held);
            test.store.read(move |_| {
                let _ = held.lock().unwrap().recv();
                Ok(())
            })
        })
        .collect();
    let (sender, receiver) = mpsc::channel::<()>();
    drop(test.store.read(move |_| Ok(sender.send(()).unwrap())));
    drop(hold);
    busy.into_iter().for_each(|pending| pending.wait().unwrap());
    assert_eq!(receiver.recv(), Err(mpsc::RecvError), "the work is dropped, and was never done");
    // A write is carried out whether or not anybody waits.
    drop(test.store.write(insert("unwatched")));
    test.store.write(insert("watched")).wait().unwrap();
    assert_eq!(keys(&test.store), ["unwatched", "watched"]);
}

pub fn a_panic_is_an_error_and_the_writer_lives(test: TestStore) {
    let store = &test.store;
    let outcome = store.write(|tx| -> Result<(), StoreError> {
        tx.execute("INSERT INTO metric_key (key) VALUES ('half')", &[])?;
        panic!("on purpose")
    });
    assert_eq!(outcome.wait(), Err(StoreError::Panicked));
    let outcome = store.read(|_| -> Result<(), StoreError> { panic!("on purpose") });
    assert_eq!(outcome.wait(), Err(StoreError::Panicked));
    store.write(insert("whole")).wait().unwrap();
    assert_eq!(keys(store), ["whole"]);
}

pub fn a_reader_cannot_write(test: TestStore) {
    let outcome = test.store.read(insert("k")).wait();
    assert!(matches!(outcome, Err(StoreError::Database(_))), "{outcome:?}");
    assert_eq!(keys(&test.store), [""; 0]);
}

pub fn bytes_come_back_as_they_were(test: TestStore) {
    let bytes: Vec<u8> = (0..=255).collect();
    let (given, again) = (bytes.clone(), bytes.clone());
    let read = test.store.read(move |tx| {
        let whole = tx.query_one("SELECT $1", &[given.clone().into()], |row| row.get::<Vec<u8>>(0))?;
        let text = tx.query_one("SELECT $1", &[again.clone().into()], |row| Ok(row.get::<String>(0).is_ok()))?;
        Ok((whole, text))
    });
    assert_eq!(read.wait().unwrap(), (Some(bytes), Some(false)));
}

pub fn nul_in_a_text_is_refused(test: TestStore) {
    let error = test.store.write(insert("acc\0uracy")).wait().unwrap_err();
    let error = trainyard_api::ApiError::from(error);
    assert_eq!(error.error_code, trainyard_api::ErrorCode::InvalidParameterValue);
    assert!(error.message.contains(r"'acc\0"), "{}", error.message);
}

pub fn more_writes_than_the_queue_holds_are_all_answered(test: TestStore) {
    let store = &test.store;
    // The writer is held until everything has been submitted, so the queue overflows.
    let (release, held) = std::sync::mpsc::channel::<()>();
    let first = store.write(move |_| {
        let _ = held.recv();
        Ok(())
    });
    let pending: Vec<_> = (0..400).map(|i| store.write(insert(&format!("k{i}")))).collect();
    release.send(()).unwrap();
    first.wait().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        for answer in pending {
            answer.await.unwrap();
        }
    });
    assert_eq!(keys(store).len(), 400);
}

pub fn lists_are_one_bind(test: TestStore) {
    let found = test.store.write(|tx| {
        tx.insert_many("metric_key", ["key"], "", ["a", "b\"", "c"].map(|key| [key.into()]))?;
        let dialect = tx.dialect();
        let sql = format!("SELECT key FROM metric_key WHERE id IN {}", dialect.integers("$1"));
        let by_id = tx.query(&sql, &[Value::integers(&[1, 3, i64::MAX])], |row| row.get::<String>(0))?;
        let sql = format!("SELECT key FROM metric_key WHERE key IN {}", dialect.texts("$1"));
        let by_key = tx.query(&sql, &[Value::texts(["b\"", "c", "é"])], |row| row.get::<String>(0))?;
        Ok((by_id, by_key))
    });
    let (by_id, by_key) = found.wait().unwrap();
    assert_eq!(by_id, ["a", "c"]);
    assert_eq!(by_key, ["b\"", "c"]);
}

pub fn upper_and_lower_case_fold_beyond_ascii(test: TestStore) {
    let matches = test.store.read(|tx| {
        let (like, ilike) = (tx.dialect().like("$1", "$2"), tx.dialect().ilike("$3", "$4"));
        let binds = ["ÉTÉ", "été", "ÉTÉ", "é_é"].map(Value::from);
        tx.query_one(&format!("SELECT {like}, {ilike}"), &binds, |row| Ok((row.get::<bool>(0)?, row.get::<bool>(1)?)))
    });
    assert_eq!(matches.wait().unwrap(), Some((false, true)));
}

pub fn time_and_ids_come_from_the_sources(test: TestStore) {
    test.advance_ms(5);
    let (now, run, model) =
        test.store.write(|tx| Ok((tx.now_ms(), tx.new_run_id(), tx.new_model_id()))).wait().unwrap();
    assert_eq!(now, test.now_ms());
    assert_eq!(run.as_str(), "00000000000040008000000000000001");
    assert_eq!(model.as_str(), "m-00000000000040008000000000000002");
}
