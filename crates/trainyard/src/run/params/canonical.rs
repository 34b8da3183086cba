//! Values as texts by which they are compared.

use std::fmt::Write;

use serde::Serialize;

use super::{Node, tree};
use crate::Error;

/// A value as one text that equal values share: JSON with the fields of structs and maps sorted, since a `HashMap` has no order
/// of its own, and with numbers that JSON does not have as words without quotes, which no other value is written as.
pub(in crate::run) fn canonical(value: &(impl Serialize + ?Sized)) -> Result<String, Error> {
    let mut text = String::new();
    write_canonical(&tree(value, "")?, &mut text);
    Ok(text)
}

fn write_canonical(node: &Node, to: &mut String) {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    match node {
        Node::Plain(text) => to.push_str(text),
        Node::Text(text) => to.push_str(&quoted(text)),
        Node::Nothing => to.push_str("null"),
        Node::NotFinite(number) if number.is_nan() => to.push_str("NaN"),
        Node::NotFinite(number) => to.push_str(if *number > 0.0 { "Infinity" } else { "-Infinity" }),
        Node::List(items) => {
            to.push('[');
            for item in items {
                write_canonical(item, to);
                to.push(',');
            }
            to.push(']');
        }
        Node::Map(fields) => {
            let mut fields: Vec<&(String, Node)> = fields.iter().collect();
            fields.sort_by(|a, b| a.0.cmp(&b.0));
            to.push('{');
            for (key, value) in fields {
                let _ = write!(to, "{}:", quoted(key));
                write_canonical(value, to);
                to.push(',');
            }
            to.push('}');
        }
    }
}
