//! How deeply what serde has written is nested: readers give up where writers do not.

/// Lists and objects in each other that `serde_json` reads.
const DEEPEST_JSON: usize = 127;

/// Refuses JSON that is nested more deeply than it is read.
pub(super) fn check_json(json: &[u8]) -> Result<(), String> {
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    let mut in_text = false;
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => in_text = !in_text,
            b'\\' if in_text => drop(bytes.next()),
            b'[' | b'{' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    if deepest <= DEEPEST_JSON {
        return Ok(());
    }
    Err(format!(
        "the model is nested {deepest} levels deep, and JSON is read to {DEEPEST_JSON}: it could not be loaded again. Keep \
         the parts of what is deep, such as the nodes of a tree, in one list, and limit how deep trees grow"
    ))
}

/// Refuses CBOR that is nested more deeply than it is read.
#[cfg(feature = "cbor")]
pub(super) fn check_cbor(cbor: &[u8]) -> Result<(), String> {
    match ciborium::from_reader::<serde::de::IgnoredAny, _>(cbor) {
        Err(ciborium::de::Error::RecursionLimitExceeded) => Err(
            "the model is nested more deeply than CBOR is read, which is to 256 levels: it could not be loaded again. Keep \
             the parts of what is deep, such as the nodes of a tree, in one list"
                .to_owned(),
        ),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(depth: usize) -> String {
        "[".repeat(depth) + &"]".repeat(depth)
    }

    #[test]
    fn the_limit_is_that_of_the_reader() {
        for (depth, is_read) in [(1, true), (DEEPEST_JSON, true), (DEEPEST_JSON + 1, false)] {
            let json = nested(depth);
            assert_eq!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), is_read, "{depth}");
            assert_eq!(check_json(json.as_bytes()).is_ok(), is_read, "{depth}");
        }
    }

    #[test]
    fn brackets_in_texts_and_beside_each_other_are_not_nested() {
        let brackets = "[{".repeat(200);
        let json = serde_json::json!({ "a\\": [brackets, "\"[\\"], brackets.clone(): vec![[0]; 200] }).to_string();
        assert_eq!(check_json(json.as_bytes()), Ok(()));
    }

    #[cfg(feature = "cbor")]
    #[test]
    fn the_limit_of_cbor_is_found_too() {
        let cbor = |depth: usize| [vec![0x81; depth], vec![0x00]].concat();
        assert_eq!(check_cbor(&cbor(100)), Ok(()));
        assert!(check_cbor(&cbor(300)).expect_err("too deep").contains("256 levels"));
    }
}
