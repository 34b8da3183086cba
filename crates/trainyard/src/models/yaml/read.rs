//! From the parser's events to a value.

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, Span, StrInput, Tag};
use serde_json::{Map, Value};

use super::scalar;

/// Bytes of the largest document that is read, and of its texts with those that aliases repeat.
const MAX_BYTES: usize = 64 << 20;
/// Most values and keys of a document, with those that aliases repeat.
const MAX_NODES: usize = 1_000_000;
/// Deepest nesting of lists and maps.
const MAX_DEPTH: usize = 128;

/// Reads one document. Numbers that JSON lacks (`.nan`, `.inf`) become null, dates stay texts.
pub fn from_yaml(text: &str) -> Result<Value, String> {
    if text.len() > MAX_BYTES {
        return Err(format!("the document is larger than {} MiB", MAX_BYTES >> 20));
    }
    let mut reader = Reader { events: Parser::new_from_str(text), anchors: HashMap::new(), size: Size::default() };
    let mut document = None;
    while let Some((event, span)) = reader.next()? {
        match event {
            Event::StreamStart | Event::StreamEnd | Event::DocumentStart(..) | Event::DocumentEnd => {}
            _ if document.is_some() => return Err(at(&span, "a second document")),
            event => document = Some(reader.node(event, &span, 0)?),
        }
    }
    Ok(document.unwrap_or_default())
}

struct Reader<'t> {
    events: Parser<'t, StrInput<'t>>,
    /// What stands at an anchor, and how large it is.
    anchors: HashMap<usize, (Value, Size)>,
    size: Size,
}

/// How much has been read.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    nodes: usize,
    bytes: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<Option<(Event<'t>, Span)>, String> {
        self.events.next().transpose().map_err(|error| error.to_string())
    }

    /// The event that has to follow.
    fn following(&mut self) -> Result<(Event<'t>, Span), String> {
        self.next()?.ok_or_else(|| "the document ends too early".to_owned())
    }

    fn node(&mut self, event: Event<'t>, span: &Span, depth: usize) -> Result<Value, String> {
        if depth > MAX_DEPTH {
            return Err(at(span, format!("more than {MAX_DEPTH} levels")));
        }
        let before = self.size;
        let (value, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.grow(Size { nodes: 1, bytes: text.len() }, span)?;
                let value = match tag {
                    Some(tag) => tagged(&text, &tag).map_err(|what| at(span, what))?,
                    None if style == ScalarStyle::Plain => scalar::resolve(&text),
                    None => Value::String(text.into_owned()),
                };
                (value, anchor)
            }
            Event::SequenceStart(_, anchor, tag) => {
                check_collection(tag.as_deref(), "seq").map_err(|what| at(span, what))?;
                (self.list(span, depth)?, anchor)
            }
            Event::MappingStart(_, anchor, tag) => {
                check_collection(tag.as_deref(), "map").map_err(|what| at(span, what))?;
                (self.map(span, depth)?, anchor)
            }
            Event::Alias(anchor) => {
                let Some((value, size)) = self.anchors.get(&anchor) else {
                    return Err(at(span, "an alias within what it stands for"));
                };
                let (value, size) = (value, *size);
                // Before it is copied: the size is what makes a bomb.
                self.size.check(size).map_err(|what| at(span, what))?;
                let value = value.clone();
                self.grow(size, span)?;
                return Ok(value);
            }
            other => return Err(at(span, format!("unexpected {other:?}"))),
        };
        if anchor != 0 {
            let size = Size { nodes: self.size.nodes - before.nodes, bytes: self.size.bytes - before.bytes };
            self.anchors.insert(anchor, (value.clone(), size));
        }
        Ok(value)
    }

    fn list(&mut self, span: &Span, depth: usize) -> Result<Value, String> {
        self.grow(Size { nodes: 1, bytes: 0 }, span)?;
        let mut items = Vec::new();
        loop {
            match self.following()? {
                (Event::SequenceEnd, _) => return Ok(Value::Array(items)),
                (event, span) => items.push(self.node(event, &span, depth + 1)?),
            }
        }
    }

    fn map(&mut self, span: &Span, depth: usize) -> Result<Value, String> {
        self.grow(Size { nodes: 1, bytes: 0 }, span)?;
        let mut map = Map::new();
        let mut merged = Vec::new();
        loop {
            let (event, span) = match self.following()? {
                (Event::MappingEnd, _) => break,
                key => key,
            };
            let is_merge = matches!(&event, Event::Scalar(text, ScalarStyle::Plain, _, None) if text == "<<");
            let key = match event {
                Event::Scalar(text, ..) => text.into_owned(),
                Event::Alias(_) => match self.node(event, &span, depth + 1)? {
                    Value::String(key) => key,
                    _ => return Err(at(&span, "a key that is no text")),
                },
                _ => return Err(at(&span, "a key that is no text")),
            };
            self.grow(Size { nodes: 1, bytes: key.len() }, &span)?;
            let (event, value_span) = self.following()?;
            let value = self.node(event, &value_span, depth + 1)?;
            if is_merge {
                merged.push((value, value_span));
            } else if map.contains_key(&key) {
                return Err(at(&span, format!("the key {key:?} for the second time")));
            } else {
                map.insert(key, value);
            }
        }
        for (value, span) in merged {
            merge(&mut map, value).map_err(|what| at(&span, what))?;
        }
        Ok(Value::Object(map))
    }

    fn grow(&mut self, size: Size, span: &Span) -> Result<(), String> {
        self.size.check(size).map_err(|what| at(span, what))?;
        self.size.nodes += size.nodes;
        self.size.bytes += size.bytes;
        Ok(())
    }
}

impl Size {
    /// Whether so much more may be read.
    fn check(self, more: Self) -> Result<(), String> {
        if self.nodes + more.nodes > MAX_NODES || self.bytes + more.bytes > MAX_BYTES {
            return Err(format!("more than {MAX_NODES} values or {} MiB", MAX_BYTES >> 20));
        }
        Ok(())
    }
}

/// A scalar with a tag of YAML's own. What a tag of another kind stands for is for programs to make, not for data.
fn tagged(text: &str, tag: &Tag) -> Result<Value, String> {
    if tag.original() == "!" || tag.is_yaml_core_schema_tag("str") {
        return Ok(Value::String(text.to_owned()));
    }
    let value = scalar::resolve(text);
    let fits = |name: &str| tag.is_yaml_core_schema_tag(name);
    match &value {
        Value::Null if fits("null") => Ok(value),
        Value::Bool(_) if fits("bool") => Ok(value),
        Value::Number(number) if fits("int") && !number.is_f64() => Ok(value),
        Value::Number(number) if fits("float") => Ok(number.as_f64().map_or(Value::Null, Value::from)),
        _ => Err(format!("{text:?} with the tag {}", tag.original())),
    }
}

fn check_collection(tag: Option<&Tag>, own: &str) -> Result<(), String> {
    match tag {
        Some(tag) if tag.original() != "!" && !tag.is_yaml_core_schema_tag(own) => {
            Err(format!("the tag {}", tag.original()))
        }
        _ => Ok(()),
    }
}

/// `<<: *other`, or a list of such; keys that are there already win.
fn merge(map: &mut Map<String, Value>, value: Value) -> Result<(), String> {
    let sources = match value {
        Value::Array(sources) => sources,
        source => vec![source],
    };
    for source in sources {
        let Value::Object(source) = source else { return Err("a merge of what is no map".to_owned()) };
        for (key, value) in source {
            map.entry(key).or_insert(value);
        }
    }
    Ok(())
}

fn at(span: &Span, what: impl std::fmt::Display) -> String {
    format!("{what} at line {} column {}", span.start.line(), span.start.col() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn message(text: &str) -> String {
        from_yaml(text).expect_err("an error")
    }

    #[test]
    fn documents_that_explode_or_go_wrong_are_errors() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let reference = format!("*a{}", level - 1);
            bomb.push_str(&format!("a{level}: &a{level} [{}]\n", [reference.as_str(); 9].join(", ")));
        }
        assert!(message(&bomb).contains("more than 1000000 values"));
        let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), ["*a"; 64].join(", "));
        assert!(message(&long).contains("64 MiB"));
        assert!(from_yaml(&"[".repeat(100_000)).is_err());
        assert!(from_yaml("a: [").is_err());
        assert!(message("a: &a [*a]").contains("within what it stands for"));
        assert_eq!(message("a: 1\na: 2"), "the key \"a\" for the second time at line 2 column 1");
        assert!(message("a\n---\nb").contains("second document"));
        assert!(message("? [a]\n: b").contains("a key that is no text"));
    }

    #[test]
    fn objects_are_not_made() {
        for text in ["!!python/object:os.system {}", "!!python/name:os.system x", "!mine [a]", "!!int x"] {
            assert!(from_yaml(text).is_err(), "{text}");
        }
        assert_eq!(from_yaml("[!!str 1, !!int '1', !!float 1, !!null '', ! 1]"), Ok(json!(["1", 1, 1.0, null, "1"])));
    }

    #[test]
    fn anchors_and_merges_are_followed() {
        let text =
            "base: &base {a: 1, b: 2}\nmore: &more {b: 3, c: 4}\nx: {<<: *base, b: 9}\ny: {<<: [*more, *base]}\n";
        let read = from_yaml(text).expect("a document");
        assert_eq!(read["x"], json!({"a": 1, "b": 9}));
        assert_eq!(read["y"], json!({"a": 1, "b": 3, "c": 4}));
    }

    #[test]
    fn an_empty_document_is_null() {
        assert_eq!(from_yaml(""), Ok(Value::Null));
        assert_eq!(from_yaml("# nothing\n"), Ok(Value::Null));
    }

    #[test]
    fn keys_keep_their_text() {
        assert_eq!(from_yaml("1: a\ntrue: b\n1.50: c"), Ok(json!({"1": "a", "true": "b", "1.50": "c"})));
    }
}
