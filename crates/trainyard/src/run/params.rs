//! Params out of anything that serde can serialize: keys with dots for what is nested, and texts.

mod canonical;

pub(super) use canonical::canonical;

use std::fmt::{self, Display, Write};

use serde::{Serialize, ser};
use trainyard_api::Param;

use crate::Error;

/// The params of a struct, a map, or a list of pairs.
pub(super) fn of(value: &(impl Serialize + ?Sized)) -> Result<Vec<Param>, Error> {
    let mut params = Vec::new();
    match tree(value, "")? {
        Node::Map(fields) => {
            for (key, node) in fields {
                flatten(&key, node, &mut params)?;
            }
        }
        Node::List(items) => {
            for item in items {
                let (key, node) = pair(item)?;
                flatten(&key, node, &mut params)?;
            }
        }
        Node::Nothing => {}
        Node::Plain(_) | Node::Text(_) | Node::NotFinite(_) => return Err(no_pairs()),
    }
    Ok(params)
}

/// Adds the params of a value whose key is known.
pub(super) fn below(key: &str, value: &(impl Serialize + ?Sized), params: &mut Vec<Param>) -> Result<(), Error> {
    flatten(key, tree(value, key)?, params)
}

/// The params of a value whose key is known.
pub(crate) fn params_below(key: &str, value: &(impl Serialize + ?Sized)) -> Result<Vec<Param>, Error> {
    let mut params = Vec::new();
    below(key, value, &mut params)?;
    Ok(params)
}

/// What has been serialized, before keys are made of it.
#[derive(Debug, PartialEq)]
enum Node {
    /// A number or a truth value: the same text in JSON and as a param.
    Plain(String),
    Text(String),
    /// A number that is none.
    NotFinite(f64),
    Nothing,
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
}

fn tree(value: &(impl Serialize + ?Sized), key: &str) -> Result<Node, Error> {
    value.serialize(ToNode).map_err(|broken| Error::Param { key: join(key, &broken.key), reason: broken.reason })
}

/// The key of what is below another key.
fn join(key: &str, below: &str) -> String {
    if key.is_empty() || below.is_empty() { format!("{key}{below}") } else { format!("{key}.{below}") }
}

fn pair(node: Node) -> Result<(String, Node), Error> {
    let Node::List(items) = node else { return Err(no_pairs()) };
    let Ok([key, value]) = <[Node; 2]>::try_from(items) else { return Err(no_pairs()) };
    match key {
        Node::Plain(key) | Node::Text(key) => Ok((key, value)),
        _ => Err(no_pairs()),
    }
}

fn no_pairs() -> Error {
    Error::Param { key: String::new(), reason: "expected a struct, a map, or pairs of key and value".to_owned() }
}

fn flatten(key: &str, node: Node, params: &mut Vec<Param>) -> Result<(), Error> {
    let value = match node {
        Node::Map(fields) => {
            for (field, node) in fields {
                flatten(&format!("{key}.{field}"), node, params)?;
            }
            return Ok(());
        }
        Node::List(_) => {
            let mut text = String::new();
            json(&node, &mut text).map_err(|number| not_finite(key, number))?;
            text
        }
        Node::NotFinite(number) => return Err(not_finite(key, number)),
        Node::Plain(text) | Node::Text(text) => text,
        // As Python writes it, and Rust's `Debug`.
        Node::Nothing => "None".to_owned(),
    };
    params.push(Param::new(key, value));
    Ok(())
}

fn not_finite(key: &str, number: f64) -> Error {
    let reason = format!("its value is {number}; a hyperparameter is a finite number. Log a metric, or a text");
    Error::Param { key: key.to_owned(), reason }
}

/// Writes a node as JSON; fails with a number that JSON does not have.
fn json(node: &Node, to: &mut String) -> Result<(), f64> {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    match node {
        Node::Plain(text) => to.push_str(text),
        Node::Text(text) => to.push_str(&quoted(text)),
        Node::Nothing => to.push_str("null"),
        Node::NotFinite(number) => return Err(*number),
        Node::List(items) => {
            to.push('[');
            for (index, item) in items.iter().enumerate() {
                to.push_str(if index == 0 { "" } else { "," });
                json(item, to)?;
            }
            to.push(']');
        }
        Node::Map(fields) => {
            to.push('{');
            for (index, (key, value)) in fields.iter().enumerate() {
                let comma = if index == 0 { "" } else { "," };
                let _ = write!(to, "{comma}{}:", quoted(key));
                json(value, to)?;
            }
            to.push('}');
        }
    }
    Ok(())
}

/// What the value's own `Serialize` says is wrong, or a key that is no text, and below which keys.
#[derive(Debug)]
struct Broken {
    key: String,
    reason: String,
}

impl Broken {
    fn new(reason: String) -> Self {
        Self { key: String::new(), reason }
    }

    fn below(self, key: &str) -> Self {
        Self { key: join(key, &self.key), reason: self.reason }
    }
}

impl Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Broken {}

impl ser::Error for Broken {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(message.to_string())
    }
}

/// Makes nodes.
struct ToNode;

macro_rules! plain {
    ($($method:ident $number:ty),+) => {$(
        fn $method(self, value: $number) -> Result<Node, Broken> {
            Ok(Node::Plain(value.to_string()))
        }
    )+};
}

/// A float in the shortest form that reads back as the same: `0.001`, `1e-5`, `1.0`.
macro_rules! float {
    ($method:ident $number:ty) => {
        fn $method(self, value: $number) -> Result<Node, Broken> {
            Ok(if value.is_finite() { Node::Plain(format!("{value:?}")) } else { Node::NotFinite(value.into()) })
        }
    };
}

impl ser::Serializer for ToNode {
    type Ok = Node;
    type Error = Broken;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Items;
    type SerializeMap = Fields;
    type SerializeStruct = Fields;
    type SerializeStructVariant = Fields;

    plain!(
        serialize_bool bool, serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64, serialize_i128 i128,
        serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64, serialize_u128 u128
    );
    float!(serialize_f32 f32);
    float!(serialize_f64 f64);

    fn serialize_char(self, value: char) -> Result<Node, Broken> {
        Ok(Node::Text(value.to_string()))
    }

    fn serialize_str(self, value: &str) -> Result<Node, Broken> {
        Ok(Node::Text(value.to_owned()))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Node, Broken> {
        Ok(Node::List(value.iter().map(|byte| Node::Plain(byte.to_string())).collect()))
    }

    fn serialize_none(self) -> Result<Node, Broken> {
        Ok(Node::Nothing)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Node, Broken> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Node, Broken> {
        Ok(Node::Nothing)
    }

    fn serialize_unit_struct(self, name: &'static str) -> Result<Node, Broken> {
        self.serialize_str(name)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Node, Broken> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<Node, Broken> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Node, Broken> {
        let node = value.serialize(self).map_err(|broken| broken.below(variant))?;
        Ok(Node::Map(vec![(variant.to_owned(), node)]))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items, Broken> {
        Ok(Items { variant: None, items: Vec::new() })
    }

    fn serialize_tuple(self, _: usize) -> Result<Items, Broken> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items, Broken> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items, Broken> {
        Ok(Items { variant: Some(variant), items: Vec::new() })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Fields, Broken> {
        Ok(Fields { variant: None, fields: Vec::new(), key: String::new() })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields, Broken> {
        self.serialize_map(None)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Fields, Broken> {
        Ok(Fields { variant: Some(variant), fields: Vec::new(), key: String::new() })
    }
}

/// A node below the name of a variant, where there is one.
fn in_variant(variant: Option<&'static str>, node: Node) -> Node {
    match variant {
        Some(variant) => Node::Map(vec![(variant.to_owned(), node)]),
        None => node,
    }
}

/// A list under way.
struct Items {
    variant: Option<&'static str>,
    items: Vec<Node>,
}

impl ser::SerializeSeq for Items {
    type Ok = Node;
    type Error = Broken;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Broken> {
        let node = value.serialize(ToNode).map_err(|broken| match self.items.as_slice() {
            // The second half of a pair, whose first half is its key.
            [Node::Text(key)] => broken.below(key),
            _ => broken,
        })?;
        self.items.push(node);
        Ok(())
    }

    fn end(self) -> Result<Node, Broken> {
        Ok(in_variant(self.variant, Node::List(self.items)))
    }
}

macro_rules! as_seq {
    ($($of:ident $method:ident),+) => {$(
        impl ser::$of for Items {
            type Ok = Node;
            type Error = Broken;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Broken> {
                ser::SerializeSeq::serialize_element(self, value)
            }

            fn end(self) -> Result<Node, Broken> {
                ser::SerializeSeq::end(self)
            }
        }
    )+};
}

as_seq!(SerializeTuple serialize_element, SerializeTupleStruct serialize_field, SerializeTupleVariant serialize_field);

/// A map or struct under way.
struct Fields {
    variant: Option<&'static str>,
    fields: Vec<(String, Node)>,
    /// The key whose value comes next.
    key: String,
}

impl ser::SerializeMap for Fields {
    type Ok = Node;
    type Error = Broken;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Broken> {
        match key.serialize(ToNode)? {
            Node::Plain(key) | Node::Text(key) => self.key = key,
            _ => return Err(Broken::new("the keys of a map have to be texts or numbers".to_owned())),
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Broken> {
        let key = std::mem::take(&mut self.key);
        let node = value.serialize(ToNode).map_err(|broken| broken.below(&key))?;
        self.fields.push((key, node));
        Ok(())
    }

    fn end(self) -> Result<Node, Broken> {
        Ok(in_variant(self.variant, Node::Map(self.fields)))
    }
}

macro_rules! as_map {
    ($($of:ident),+) => {$(
        impl ser::$of for Fields {
            type Ok = Node;
            type Error = Broken;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Broken> {
                let node = value.serialize(ToNode).map_err(|broken| broken.below(name))?;
                self.fields.push((name.to_owned(), node));
                Ok(())
            }

            fn end(self) -> Result<Node, Broken> {
                ser::SerializeMap::end(self)
            }
        }
    )+};
}

as_map!(SerializeStruct, SerializeStructVariant);

#[cfg(test)]
mod tests;
