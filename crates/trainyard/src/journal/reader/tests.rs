//! What is read back from a journal, also one that is cut off or damaged.

use std::fs;

use proptest::prelude::*;
use trainyard_api::metrics::Metric;

use super::super::record::Context;
use super::super::segment::{SMALLEST, path};
use super::super::writer::Writer;
use super::*;

/// Something to log: a point of one of a few keys and contexts, a param or a tag.
#[derive(Debug, Clone)]
enum Call {
    Point { key: u8, value: f64, step: i64, context: u8 },
    Param(u16, String),
    Tag(u8, String),
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let point = (0..4u8, -1e9..1e9, any::<i64>(), 0..3u8);
    let call = prop_oneof![
        8 => point.prop_map(|(key, value, step, context)| Call::Point { key, value, step, context }),
        1 => (any::<u16>(), ".{0,300}").prop_map(|(key, value)| Call::Param(key, value)),
        1 => (any::<u8>(), ".{0,300}").prop_map(|(key, value)| Call::Tag(key, value)),
    ];
    prop::collection::vec(call, 1..200)
}

fn log(writer: &mut Writer, number: usize, call: &Call) -> Entry {
    match call {
        Call::Point { key, value, step, context } => {
            let key = format!("key{key}");
            let context = match context {
                0 => Context::default(),
                number => Context { model_id: format!("m-{number}").as_str().into(), ..Context::default() },
            };
            let timestamp = number as i64;
            writer.point(&key, *value, *step, timestamp, &context).expect("room");
            let model_id = context.model_id;
            Entry::Metric(Metric { key, value: *value, step: *step, timestamp, model_id, ..Metric::default() })
        }
        Call::Param(key, value) => {
            // A param that is repeated is not written again.
            let key = format!("{number}.{key}");
            writer.param(&key, value).expect("room");
            Entry::Param(Param::new(key, value.as_str()))
        }
        Call::Tag(key, value) => {
            let key = format!("tag{key}");
            writer.tag(&key, value).expect("room");
            Entry::Tag(Tag::new(key, value.as_str()))
        }
    }
}

fn read(folder: &Path, from: Position, end: Option<Position>) -> (Vec<Entry>, Option<io::Error>) {
    let mut reader = Reader::new(folder, from);
    let mut entries = Vec::new();
    loop {
        match reader.next(end) {
            Ok(Some(entry)) => entries.push(entry),
            Ok(None) => return (entries, None),
            Err(error) => return (entries, Some(error)),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_was_written_is_read_from_any_point_on(calls in calls(), from in any::<prop::sample::Index>()) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut writer = Writer::create(folder.path(), "run", true).expect("a journal");
        let mut entries = Vec::new();
        let mut positions = vec![writer.position()];
        for (number, call) in calls.iter().enumerate() {
            entries.push(log(&mut writer, number, call));
            positions.push(writer.position());
        }
        let from = from.index(positions.len());
        let (alive, error) = read(folder.path(), positions[from], Some(writer.position()));
        prop_assert!(error.is_none());
        prop_assert_eq!(&alive, &entries[from..]);
        let (dead, error) = read(folder.path(), positions[from], None);
        prop_assert!(error.is_none());
        prop_assert_eq!(&dead, &entries[from..]);
    }

    #[test]
    fn whatever_happens_to_the_file_a_beginning_is_read(
        calls in calls(),
        at in any::<prop::sample::Index>(),
        damage in prop_oneof![Just(None), (1..=255u8).prop_map(Some)],
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut writer = Writer::create(folder.path(), "run", true).expect("a journal");
        let entries: Vec<_> =
            calls.iter().enumerate().map(|(number, call)| log(&mut writer, number, call)).collect();
        let used = writer.position().offset as usize;
        drop(writer);
        let file = path(folder.path(), 1);
        let mut bytes = fs::read(&file).expect("the segment");
        let at = at.index(used);
        match damage {
            Some(flipped) => bytes[at] ^= flipped,
            None => bytes.truncate(at),
        }
        fs::write(&file, bytes).expect("the segment");
        let (found, error) = read(folder.path(), Position::default(), None);
        prop_assert!(found.len() < entries.len() || used == at);
        prop_assert_eq!(&found, &entries[..found.len()]);
        // Only the last record may be taken for one that was half written, and a file without a beginning for a new one.
        let torn = found.len() + 1 == entries.len() && damage.is_some();
        prop_assert!(error.is_some() || torn || damage.is_none() && at < START.len(), "{} of {}", found.len(), entries.len());
    }

    #[test]
    fn what_a_kill_leaves_is_no_damage(calls in calls(), cut in any::<prop::sample::Index>()) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut writer = Writer::create(folder.path(), "run", true).expect("a journal");
        let entries: Vec<_> =
            calls.iter().enumerate().map(|(number, call)| log(&mut writer, number, call)).collect();
        let before = writer.position().offset as usize;
        log(&mut writer, calls.len(), &Call::Param(1, "half written".to_owned()));
        let used = writer.position().offset as usize;
        drop(writer);
        // The payload is copied first, then the frame.
        let file = path(folder.path(), 1);
        let mut bytes = fs::read(&file).expect("the segment");
        let cut = before + FRAME + cut.index(used - before - FRAME);
        bytes[before..before + FRAME].fill(0);
        bytes[cut..used].fill(0);
        fs::write(&file, bytes).expect("the segment");
        let (found, error) = read(folder.path(), Position::default(), None);
        prop_assert!(error.is_none(), "{:?}", error);
        prop_assert_eq!(&found, &entries);
    }

    #[test]
    fn pages_that_power_loss_has_taken_are_noticed(pages in prop::collection::btree_set(0..4usize, 1..4)) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut writer = Writer::create(folder.path(), "run", true).expect("a journal");
        // Enough for five pages; the last of them, which is not lost, holds whole records.
        let entries: Vec<_> = (0..600)
            .map(|step| log(&mut writer, step, &Call::Point { key: 0, value: 0.5, step: step as i64, context: 0 }))
            .collect();
        prop_assert!(writer.position().offset > 5 * 4096);
        drop(writer);
        let file = path(folder.path(), 1);
        let mut bytes = fs::read(&file).expect("the segment");
        for page in &pages {
            bytes[page * 4096..(page + 1) * 4096].fill(0);
        }
        fs::write(&file, bytes).expect("the segment");
        let (found, error) = read(folder.path(), Position::default(), None);
        prop_assert!(error.is_some());
        prop_assert_eq!(&found, &entries[..found.len()]);
    }
}

#[test]
fn damage_stays_where_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut writer = Writer::create(folder.path(), "run", true).expect("a journal");
    for step in 0..100 {
        writer.point("loss", 0.5, step, step, &Context::default()).expect("room");
    }
    // A whole record that this version cannot read, and one behind it.
    writer.append_bytes(&[99, 1, 2, 3]);
    writer.tag("behind", "it").expect("room");
    drop(writer);
    let mut reader = Reader::new(folder.path(), Position::default());
    for _ in 0..100 {
        assert!(matches!(reader.next(None), Ok(Some(Entry::Metric(_)))));
    }
    let first = reader.next(None).expect_err("damage").to_string();
    assert!(first.contains("of a kind that this version does not know"), "{first}");
    assert_eq!(reader.next(None).expect_err("still there").to_string(), first);
}

#[test]
fn a_journal_of_several_segments_is_read_in_order_and_a_hole_in_it_is_noticed() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut writer = Writer::create(folder.path(), "run", true).expect("a journal");
    let points = SMALLEST as i64 / 10;
    for step in 0..points {
        writer.point("loss", 0.5, step, step, &Context::default()).expect("room");
    }
    assert!(writer.position().segment >= 2, "one segment held everything: nothing was tested");
    let steps = |entries: Vec<Entry>| -> Vec<i64> {
        let step = |entry| match entry {
            Entry::Metric(Metric { key, step, .. }) if key == "loss" => step,
            other => panic!("{other:?}"),
        };
        entries.into_iter().map(step).collect()
    };
    let (entries, error) = read(folder.path(), Position::default(), None);
    assert!(error.is_none());
    assert_eq!(steps(entries), (0..points).collect::<Vec<_>>());

    // A flipped bit in the first segment: the records before it, and an error instead of silence about the rest.
    let first = path(folder.path(), 1);
    let mut bytes = fs::read(&first).expect("the segment");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&first, bytes).expect("the segment");
    let (entries, error) = read(folder.path(), Position::default(), None);
    let error = error.expect("damage").to_string();
    assert!(error.contains("segment 1, byte"), "{error}");
    let before = steps(entries);
    assert_eq!(before, (0..before.len() as i64).collect::<Vec<_>>());
    assert!(before.len() > 1000 && before.len() < points as usize);

    fs::remove_file(first).expect("the segment");
    let (entries, error) = read(folder.path(), Position::default(), None);
    assert!(entries.is_empty());
    assert!(error.expect("damage").to_string().contains("a segment is missing"));
}
