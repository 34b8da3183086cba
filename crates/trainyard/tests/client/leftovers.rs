//! The order in which what earlier programs left behind is delivered.

use std::fs;
use std::path::Path;

use trainyard::internals::journal::{self, Leftover, NewRun, RunLog};
use trainyard_api::runs::{GetRun, Run};

use crate::home::at_home_with;
use crate::tracking::Yard;

const OFFLINE: &[(&str, &str)] = &[("TRAINYARD_OFFLINE", "1")];

/// A run that is started offline and gone on with twice, in three journals; returns its id.
fn three_journals(yard: &Yard) -> String {
    let log = RunLog::start_offline(&yard.client, NewRun::default()).unwrap();
    let run_id = log.run_id().to_owned();
    log.set_tag("round", "0").unwrap();
    log.close();
    for round in ["1", "2"] {
        let log = RunLog::new(&yard.client, &run_id, true).unwrap();
        log.set_tag("round", round).unwrap();
        log.close();
    }
    run_id
}

fn stored(yard: &Yard, run_id: &str) -> Run {
    yard.client.call(GetRun { run_id: run_id.into(), ..Default::default() }).unwrap().run
}

fn left() -> Vec<Leftover> {
    journal::leftovers().unwrap().0
}

/// Changes the time in the head of a journal: magic, length and CRC of eight and twice four bytes, then JSON.
fn backdate(folder: &Path, created: i64) {
    let path = folder.join("head");
    let mut bytes = fs::read(&path).unwrap();
    let length = u32::from_le_bytes(bytes[8..12].try_into().unwrap()) as usize;
    let mut header: serde_json::Value = serde_json::from_slice(&bytes[16..16 + length]).unwrap();
    header["created"] = created.into();
    let text = serde_json::to_vec(&header).unwrap();
    assert_eq!(text.len(), length, "a time of as many digits");
    bytes[12..16].copy_from_slice(&crc32c::crc32c(&text).to_le_bytes());
    bytes[16..16 + length].copy_from_slice(&text);
    fs::write(&path, bytes).unwrap();
}

#[test]
fn journals_made_within_a_millisecond_are_delivered_in_the_order_they_were_made() {
    let test = "leftovers::journals_made_within_a_millisecond_are_delivered_in_the_order_they_were_made";
    at_home_with(test, OFFLINE, |_| {
        let yard = Yard::embedded();
        let runs: Vec<String> = (0..40).map(|_| three_journals(&yard)).collect();
        let times: Vec<i64> = left().iter().map(Leftover::created).collect();
        let mut different = times.clone();
        different.sort_unstable();
        different.dedup();
        assert_eq!((times.len(), different.len()), (120, 120));
        for leftover in left() {
            leftover.deliver(&yard.client, &|_| ()).unwrap().expect("nobody holds it");
        }
        for run_id in runs {
            let tags = stored(&yard, &run_id).data.tags;
            assert_eq!(tags.iter().find(|tag| tag.key == "round").unwrap().value, "2");
        }
    });
}

#[test]
fn the_journal_that_makes_a_run_comes_first_though_the_clock_was_set_back_since() {
    let test = "leftovers::the_journal_that_makes_a_run_comes_first_though_the_clock_was_set_back_since";
    at_home_with(test, OFFLINE, |_| {
        let yard = Yard::embedded();
        let run_id = three_journals(&yard);
        for later in &left()[1..] {
            backdate(later.folder(), later.created() - 3_600_000);
        }
        let journals = left();
        assert!(journals[0].created() > journals[1].created());
        for leftover in journals {
            leftover.deliver(&yard.client, &|_| ()).unwrap().expect("nobody holds it");
        }
        assert_eq!(stored(&yard, &run_id).data.tags.iter().find(|tag| tag.key == "round").unwrap().value, "2");
    });
}
