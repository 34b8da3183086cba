//! Shapes of values, and the params that come of them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{below, canonical, of};
use crate::Error;

#[derive(Serialize)]
enum Schedule {
    Constant,
    Warmup(u32),
    Cosine { period: u32, floor: f32 },
    Steps(u32, f64),
}

#[derive(Serialize)]
struct Config {
    epochs: u32,
    rate: f64,
    note: Option<&'static str>,
    schedules: [Schedule; 2],
    schedule: Schedule,
    nested: BTreeMap<u8, Schedule>,
    hidden: Vec<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<u32>,
}

fn texts(value: impl Serialize) -> Vec<String> {
    let params = of(&value).expect("params");
    params.into_iter().map(|param| format!("{}={}", param.key, param.value)).collect()
}

fn refused(value: impl Serialize) -> String {
    of(&value).expect_err("refused").to_string()
}

#[test]
fn structs_give_keys_with_dots_and_lists_give_json() {
    let config = Config {
        epochs: 20,
        rate: 1e-5,
        note: None,
        schedules: [Schedule::Constant, Schedule::Warmup(3)],
        schedule: Schedule::Cosine { period: 10, floor: 0.1 },
        nested: BTreeMap::from([(1, Schedule::Steps(5, 0.5)), (2, Schedule::Constant)]),
        hidden: vec![64, 32],
        skipped: None,
    };
    assert_eq!(
        texts(&config),
        [
            "epochs=20",
            "rate=1e-5",
            "note=None",
            r#"schedules=["Constant",{"Warmup":3}]"#,
            "schedule.Cosine.period=10",
            "schedule.Cosine.floor=0.1",
            "nested.1.Steps=[5,0.5]",
            "nested.2=Constant",
            "hidden=[64,32]",
        ]
    );
}

#[test]
fn pairs_are_taken_from_lists_and_maps_of_any_kind() {
    assert_eq!(texts([("a", 1), ("b", 2)]), ["a=1", "b=2"]);
    assert_eq!(texts(vec![("a".to_owned(), Some(1.0)), ("b".to_owned(), None)]), ["a=1.0", "b=None"]);
    assert_eq!(texts(BTreeMap::from([("x", true)])), ["x=true"]);
    assert_eq!(
        texts((("text", "a b"), ("letter", 'c'), ("bytes", [1_u8, 2]))),
        ["text=a b", "letter=c", "bytes=[1,2]"]
    );
    assert_eq!(texts(()), [] as [&str; 0]);
}

#[test]
fn a_number_that_is_none_is_refused_by_its_full_key() {
    let nested = BTreeMap::from([("optimizer", BTreeMap::from([("rate", f64::NAN)]))]);
    assert_eq!(
        refused(nested),
        "the param 'optimizer.rate' cannot be logged: its value is NaN; a hyperparameter is a finite number. Log a \
         metric, or a text"
    );
    assert!(refused([("weights", [1.0, f64::INFINITY])]).contains("'weights' cannot be logged: its value is inf"));
    assert!(refused([("rate", f32::NEG_INFINITY)]).contains("its value is -inf"));
}

#[test]
fn what_has_no_keys_is_refused() {
    for value in [refused(5), refused("text"), refused([1, 2]), refused([(1, 2, 3)]), refused(f64::NAN)] {
        assert!(value.contains("expected a struct, a map, or pairs"), "{value}");
    }
    let by_pair = BTreeMap::from([((1, 2), 3)]);
    assert!(refused(by_pair).contains("the keys of a map have to be texts or numbers"));
}

#[test]
fn a_value_with_a_key_may_be_anything() {
    let mut params = Vec::new();
    below("depth", &5, &mut params).expect("a number");
    below("schedule", &Schedule::Warmup(3), &mut params).expect("a variant");
    let texts: Vec<_> = params.iter().map(|param| format!("{}={}", param.key, param.value)).collect();
    assert_eq!(texts, ["depth=5", "schedule.Warmup=3"]);
    let refused = below("rate", &f64::NAN, &mut params).expect_err("NaN");
    assert!(matches!(refused, Error::Param { key, .. } if key == "rate"));
    assert_eq!(params.len(), 2);
}

/// Cannot be serialized.
struct Unlucky;

impl Serialize for Unlucky {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("no luck today"))
    }
}

#[test]
fn a_value_that_cannot_be_serialized_is_named_by_its_full_key() {
    #[derive(Serialize)]
    struct Outer {
        good: u8,
        inner: BTreeMap<&'static str, Unlucky>,
    }
    let outer = Outer { good: 1, inner: BTreeMap::from([("part", Unlucky)]) };
    assert_eq!(refused(outer), "the param 'inner.part' cannot be logged: no luck today");
    assert_eq!(refused([("depth", Unlucky)]), "the param 'depth' cannot be logged: no luck today");
    let refused = below("optimizer", &BTreeMap::from([("rate", Unlucky)]), &mut Vec::new()).expect_err("no luck");
    assert_eq!(refused.to_string(), "the param 'optimizer.rate' cannot be logged: no luck today");
}

#[test]
fn equal_rows_are_one_text_and_numbers_that_are_none_differ() {
    use std::collections::{HashMap, HashSet};

    let map = || -> HashMap<String, u32> { (0..20).map(|key| (format!("key-{key}"), key)).collect() };
    let expected = canonical(&map()).expect("a text");
    assert!((0..10).all(|_| canonical(&map()).expect("a text") == expected));
    let values = [Some(f64::NAN), Some(f64::INFINITY), Some(f64::NEG_INFINITY), None, Some(0.0), Some(-0.0)];
    let texts: HashSet<String> = values.iter().map(|value| canonical(&(value, 1)).expect("a text")).collect();
    assert_eq!(texts.len(), values.len());
    assert_ne!(canonical(&f64::NAN).expect("a text"), canonical("NaN").expect("a text"));
    // Where one list ends and the next begins is kept.
    assert_ne!(canonical(&([1, 2], [3])).expect("a text"), canonical(&([1], [2, 3])).expect("a text"));
}
