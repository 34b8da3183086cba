//! Packing beside writes that wait for their turn.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use trainyard_api::RunId;
use trainyard_store::{Packer, PackingEnd, Pending};

use super::packing::{log, packed, point};
use crate::backend::TestStore;

/// A run with as many points as packing makes a block of, and some more.
fn run_to_pack(test: &TestStore) -> RunId {
    let run_id = super::run(test);
    let points: Vec<_> = (0..5000).map(|step| point(step, 1000 + step, 0.5)).collect();
    log(test, &run_id, &points);
    run_id
}

/// Writes that hold all writers of a store until they are let go.
struct Held {
    writes: Vec<Pending<()>>,
    gates: Vec<mpsc::Sender<()>>,
}

impl Held {
    fn all_writers(test: &TestStore) -> Self {
        // On PostgreSQL half of the eight connections that a store has unless told otherwise.
        let writers = if test.is_on_sqlite() { 1 } else { 4 };
        let mut held = Self { writes: Vec::new(), gates: Vec::new() };
        for _ in 0..writers {
            let (gate, opened) = mpsc::channel();
            let (entered, is_in) = mpsc::channel();
            held.writes.push(test.store.write(move |_| {
                let _ = entered.send(());
                let _ = opened.recv();
                Ok(())
            }));
            held.gates.push(gate);
            // Else the next would be part of the same transaction.
            is_in.recv().unwrap();
        }
        held
    }

    fn let_go(self) {
        drop(self.gates);
        for write in self.writes {
            write.wait().unwrap();
        }
    }
}

pub fn packing_does_not_queue_up_behind_writes_that_wait(test: TestStore) {
    let run_id = run_to_pack(&test);
    let held = Held::all_writers(&test);
    let waits = test.store.write(|_| Ok(()));
    let (began, has_begun) = mpsc::channel();
    let store = test.store.clone();
    let packing = thread::spawn(move || {
        Packer::new(store).run(|_| {
            let _ = began.send(());
            true
        })
    });
    has_begun.recv().unwrap();
    // Ample to look at a block's points, and a fraction of what it waits for others.
    for _ in 0..10 {
        thread::sleep(Duration::from_millis(20));
        assert_eq!(test.store.writes_waiting(), 1, "the write that waits is not alone any more");
    }
    held.let_go();
    waits.wait().unwrap();
    assert_eq!(packing.join().unwrap().unwrap().0, PackingEnd::Done);
    assert_eq!(packed(&test, &run_id), 4096);
}

pub fn points_are_packed_though_writes_wait_all_the_time(test: TestStore) {
    let run_id = run_to_pack(&test);
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            // More than all writers together take into their transactions, fewer than the queue holds.
            let slow = || {
                test.store.write(|_| {
                    thread::sleep(Duration::from_millis(2));
                    Ok(())
                })
            };
            let mut waiting: VecDeque<_> = (0..240).map(|_| slow()).collect();
            while !over.load(Ordering::Relaxed) {
                waiting.push_back(slow());
                waiting.pop_front().unwrap().wait().unwrap();
            }
        });
        let (ended, end) = mpsc::channel();
        let store = test.store.clone();
        thread::spawn(move || ended.send(Packer::new(store).run(|_| true)));
        let end = end.recv_timeout(Duration::from_secs(120));
        over.store(true, Ordering::Relaxed);
        assert_eq!(end.expect("packing ends").unwrap().0, PackingEnd::Done);
    });
    assert_eq!(packed(&test, &run_id), 4096);
}
