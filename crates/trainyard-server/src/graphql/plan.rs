//! A document checked against the schema: every field known, every selection in its place, the whole of bounded size.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Refusal;
use super::document::{Document, Field, Selection};
use super::schema::{API_ERROR, INPUT, Kind, ObjectType, QUERIES, Query, Root};

/// MLflow's own bounds: levels of fields, fields in all, queries in one request, aliases of one level.
const DEPTH: usize = 10;
const SELECTIONS: usize = 1000;
const ROOT_FIELDS: usize = 10;
const ALIASES: usize = 10;

const TYPENAME: &str = "__typename";

/// What is to be answered, in the order it was asked for.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) root: &'static str,
    pub(super) asked: Vec<Asked>,
}

/// An entry of the root.
#[derive(Debug)]
pub(super) enum Asked {
    Typename(String),
    Query { key: String, query: &'static Query, input: Map<String, Value>, nodes: Vec<Node> },
}

/// A field of an answer: its key there, and what becomes of the REST answer's field.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) source: String,
    pub(super) value: Wanted,
}

/// What a field is to hold.
#[derive(Debug)]
pub(super) enum Wanted {
    Typename(&'static str),
    Leaf(Kind),
    Object(Vec<Node>),
    List(Vec<Node>),
    Failure(Vec<Node>),
}

pub(super) fn plan(document: &Document) -> Result<Plan, Refusal> {
    let root = if document.is_mutation { "Mutation" } else { "Query" };
    let mut planner = Planner { document, selections: 0 };
    let fields = planner.gather(&[&document.selections], root, 1)?;
    if fields.len() > ROOT_FIELDS {
        return Err(Refusal::new(format!(
            "GraphQL queries should have at most {ROOT_FIELDS} root fields, got {} root fields.",
            fields.len()
        )));
    }
    let mut asked = Vec::new();
    for Gathered { key, field, selections } in fields {
        if field.name == TYPENAME {
            asked.push(Asked::Typename(key));
            continue;
        }
        if field.name.starts_with("__") {
            return Err(Refusal::new("GraphQL introspection is not allowed."));
        }
        let stands = |query: &&Query| {
            let place = if document.is_mutation { Root::Mutation } else { Root::Query };
            query.name == field.name && (query.root == place || query.root == Root::Both)
        };
        let query = QUERIES.iter().find(stands).ok_or_else(|| unknown_field(&field.name, root))?;
        let input = input(query, &field.arguments)?;
        let nodes = planner.nodes(&selections, &field.name, &query.answer, 2)?;
        asked.push(Asked::Query { key, query, input, nodes });
    }
    Ok(Plan { root, asked })
}

/// The argument of a query, its fields under the names of the REST request.
fn input(query: &Query, arguments: &Map<String, Value>) -> Result<Map<String, Value>, Refusal> {
    if let Some(other) = arguments.keys().find(|name| *name != INPUT) {
        return Err(Refusal::new(format!("Unknown argument '{other}' on field '{}'.", query.name)));
    }
    let Some(Value::Object(fields)) = arguments.get(INPUT) else {
        return Err(Refusal::new(format!("Field '{}' needs an object as argument '{INPUT}'.", query.name)));
    };
    if let Some(other) = fields.keys().find(|name| !query.input.contains(&name.as_str())) {
        return Err(Refusal::new(format!("Field '{other}' is not defined by type '{}'.", query.input_type)));
    }
    Ok(fields.iter().map(|(name, value)| (snake_case(name), value.clone())).collect())
}

/// A field with the selections of all its mentions in one place.
struct Gathered<'d> {
    key: String,
    field: &'d Field,
    selections: Vec<&'d [Selection]>,
}

struct Planner<'d> {
    document: &'d Document,
    selections: usize,
}

impl<'d> Planner<'d> {
    fn nodes(
        &mut self,
        sets: &[&'d [Selection]],
        parent: &str,
        owner: &'static ObjectType,
        depth: usize,
    ) -> Result<Vec<Node>, Refusal> {
        if sets.iter().all(|set| set.is_empty()) {
            return Err(Refusal::new(format!(
                "Field '{parent}' of type '{}' must have a selection of subfields.",
                owner.name
            )));
        }
        let mut nodes = Vec::new();
        for Gathered { key, field, selections } in self.gather(sets, owner.name, depth)? {
            let name = &field.name;
            if let Some(argument) = field.arguments.keys().next() {
                return Err(Refusal::new(format!("Unknown argument '{argument}' on field '{}.{name}'.", owner.name)));
            }
            let kind = owner.fields.iter().find(|(known, _)| known == name).map(|(_, kind)| *kind);
            let value = match kind {
                None if name == TYPENAME => Wanted::Typename(owner.name),
                None => return Err(unknown_field(name, owner.name)),
                Some(Kind::Object(ty)) => Wanted::Object(self.nodes(&selections, name, ty, depth + 1)?),
                Some(Kind::List(ty)) => Wanted::List(self.nodes(&selections, name, ty, depth + 1)?),
                Some(Kind::Failure) => Wanted::Failure(self.nodes(&selections, name, &API_ERROR, depth + 1)?),
                Some(leaf) => Wanted::Leaf(leaf),
            };
            let leaf = matches!(value, Wanted::Typename(_) | Wanted::Leaf(_));
            if leaf && selections.iter().any(|set| !set.is_empty()) {
                return Err(Refusal::new(format!("Field '{name}' of type '{}' has no subfields.", owner.name)));
            }
            nodes.push(Node { key, source: snake_case(name), name: name.clone(), value });
        }
        Ok(nodes)
    }

    /// The fields of selection sets that mean the same object, fragments unfolded, equal keys merged.
    fn gather(&mut self, sets: &[&'d [Selection]], owner: &str, depth: usize) -> Result<Vec<Gathered<'d>>, Refusal> {
        if depth > DEPTH {
            return Err(Refusal::new(format!("Query exceeds maximum depth of {DEPTH}")));
        }
        let mut fields: Vec<Gathered<'d>> = Vec::new();
        let mut unfolded = BTreeSet::new();
        let mut aliases = 0;
        let mut waiting: Vec<&'d Selection> = sets.iter().rev().flat_map(|set| set.iter().rev()).collect();
        while let Some(selection) = waiting.pop() {
            self.selections += 1;
            if self.selections > SELECTIONS {
                return Err(Refusal::new(format!("Query exceeds maximum total selections of {SELECTIONS}")));
            }
            let fragment = match selection {
                Selection::Field(field) => {
                    aliases += usize::from(field.alias.is_some());
                    if aliases > ALIASES {
                        let message = format!("GraphQL queries should have at most {ALIASES} aliases.");
                        return Err(Refusal::new(message));
                    }
                    add(&mut fields, field)?;
                    continue;
                }
                // Also ends fragments that spread themselves.
                Selection::Spread(name) if !unfolded.insert(name) => continue,
                Selection::Spread(name) => {
                    let unknown = || Refusal::new(format!("Unknown fragment '{name}'."));
                    self.document.fragments.get(name).ok_or_else(unknown)?
                }
                Selection::Inline(fragment) => fragment,
            };
            if let Some(on) = fragment.on.as_deref().filter(|on| *on != owner) {
                return Err(Refusal::new(format!("A fragment on '{on}' cannot be spread in '{owner}'.")));
            }
            waiting.extend(fragment.selections.iter().rev());
        }
        Ok(fields)
    }
}

fn add<'d>(fields: &mut Vec<Gathered<'d>>, field: &'d Field) -> Result<(), Refusal> {
    let key = field.alias.as_ref().unwrap_or(&field.name);
    let Some(same) = fields.iter_mut().find(|gathered| gathered.key == *key) else {
        fields.push(Gathered { key: key.clone(), field, selections: vec![&field.selections] });
        return Ok(());
    };
    if same.field.name != field.name || same.field.arguments != field.arguments {
        return Err(Refusal::new(format!("Fields '{key}' conflict; use different aliases.")));
    }
    same.selections.push(&field.selections);
    Ok(())
}

fn unknown_field(name: &str, owner: &str) -> Refusal {
    Refusal::new(format!("Cannot query field '{name}' on type '{owner}'."))
}

fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}
