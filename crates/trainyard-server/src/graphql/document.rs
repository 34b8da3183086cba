//! A request's text as a tree: its operation chosen, variables put in, `@skip` and `@include` decided.

use std::collections::BTreeMap;

use apollo_parser::Parser;
use apollo_parser::cst::{self, CstNode};
use serde_json::{Map, Number, Value};

use super::Refusal;

/// How deep selections, lists and types may be nested; three times what the UI sends.
const NESTING: usize = 32;
/// Words and signs of a request; ten times what the UI sends.
const TOKENS: usize = 10_000;

/// One operation with the fragments it may use.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) is_mutation: bool,
    pub(super) selections: Vec<Selection>,
    pub(super) fragments: BTreeMap<String, Fragment>,
}

/// A fragment and the type it is for.
#[derive(Debug)]
pub(super) struct Fragment {
    pub(super) on: Option<String>,
    pub(super) selections: Vec<Selection>,
}

/// A part of a selection set.
#[derive(Debug)]
pub(super) enum Selection {
    Field(Field),
    Spread(String),
    Inline(Fragment),
}

/// A field that is asked for.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) alias: Option<String>,
    pub(super) arguments: Map<String, Value>,
    pub(super) selections: Vec<Selection>,
}

impl Document {
    pub(super) fn parse(text: &str, operation: Option<&str>, given: &Map<String, Value>) -> Result<Self, Refusal> {
        let tree = Parser::new(text).recursion_limit(NESTING).token_limit(TOKENS).parse();
        if let Some(error) = tree.errors().next() {
            let line = text.get(..error.index()).unwrap_or(text).matches('\n').count() + 1;
            return Err(Refusal::new(format!("Syntax error in line {line}: {}", error.message())));
        }
        let mut operations = Vec::new();
        let mut fragments = Vec::new();
        for definition in tree.document().definitions() {
            match definition {
                cst::Definition::OperationDefinition(definition) => operations.push(definition),
                cst::Definition::FragmentDefinition(definition) => fragments.push(definition),
                other => return Err(Refusal::new(format!("no part of a request: {}", other.kind()))),
            }
        }
        let chosen = choose(operations, operation.filter(|name| !name.is_empty()))?;
        let kind = chosen.operation_type();
        if kind.as_ref().is_some_and(|kind| kind.subscription_token().is_some()) {
            return Err(Refusal::new("there are no subscriptions"));
        }
        let reader = Reader { variables: variables(&chosen, given)? };
        let fragments: Result<_, Refusal> = fragments.into_iter().map(|fragment| reader.fragment(fragment)).collect();
        Ok(Self {
            is_mutation: kind.is_some_and(|kind| kind.mutation_token().is_some()),
            selections: reader.selections(chosen.selection_set())?,
            fragments: fragments?,
        })
    }
}

fn choose(
    mut operations: Vec<cst::OperationDefinition>,
    name: Option<&str>,
) -> Result<cst::OperationDefinition, Refusal> {
    let Some(name) = name else {
        return match operations.pop() {
            Some(only) if operations.is_empty() => Ok(only),
            Some(_) => Err(Refusal::new("Must provide operation name if query contains multiple operations.")),
            None => Err(Refusal::new("Must provide an operation.")),
        };
    };
    let named = |operation: &cst::OperationDefinition| text_of(operation.name()).as_deref() == Some(name);
    let unknown = || Refusal::new(format!("Unknown operation named '{name}'."));
    operations.into_iter().find(named).ok_or_else(unknown)
}

/// The values of the operation's variables: what was given, else the default. One without either has no entry value.
fn variables(
    operation: &cst::OperationDefinition,
    given: &Map<String, Value>,
) -> Result<BTreeMap<String, Option<Value>>, Refusal> {
    let mut values = BTreeMap::new();
    for definition in operation.variable_definitions().into_iter().flat_map(|list| list.variable_definitions()) {
        let name = text_of(definition.variable().and_then(|variable| variable.name())).unwrap_or_default();
        let default = definition.default_value().and_then(|default| default.value());
        // A default cannot refer to variables, so it is read with none.
        let default = default.map(|default| Reader::default().value(default)).transpose()?.flatten();
        let value = given.get(&name).cloned().or(default);
        let required = matches!(definition.ty(), Some(cst::Type::NonNullType(_)));
        if required && value.as_ref().is_none_or(Value::is_null) {
            return Err(Refusal::new(format!("Variable '${name}' needs a value.")));
        }
        values.insert(name, value);
    }
    Ok(values)
}

/// Turns parts of the parser's tree into ours.
#[derive(Default)]
struct Reader {
    variables: BTreeMap<String, Option<Value>>,
}

impl Reader {
    fn fragment(&self, definition: cst::FragmentDefinition) -> Result<(String, Fragment), Refusal> {
        let name = text_of(definition.fragment_name().and_then(|name| name.name())).unwrap_or_default();
        let on = definition.type_condition().and_then(|on| on.named_type()).and_then(|on| text_of(on.name()));
        Ok((name, Fragment { on, selections: self.selections(definition.selection_set())? }))
    }

    fn selections(&self, set: Option<cst::SelectionSet>) -> Result<Vec<Selection>, Refusal> {
        let mut selections = Vec::new();
        for selection in set.into_iter().flat_map(|set| set.selections()) {
            selections.extend(match selection {
                cst::Selection::Field(field) if self.included(field.directives())? => {
                    Some(Selection::Field(self.field(field)?))
                }
                cst::Selection::FragmentSpread(spread) if self.included(spread.directives())? => {
                    text_of(spread.fragment_name().and_then(|name| name.name())).map(Selection::Spread)
                }
                cst::Selection::InlineFragment(inline) if self.included(inline.directives())? => {
                    let on = inline.type_condition().and_then(|on| on.named_type()).and_then(|on| text_of(on.name()));
                    let selections = self.selections(inline.selection_set())?;
                    Some(Selection::Inline(Fragment { on, selections }))
                }
                _ => None,
            });
        }
        Ok(selections)
    }

    fn field(&self, field: cst::Field) -> Result<Field, Refusal> {
        Ok(Field {
            name: text_of(field.name()).unwrap_or_default(),
            alias: text_of(field.alias().and_then(|alias| alias.name())),
            arguments: self.arguments(field.arguments())?,
            selections: self.selections(field.selection_set())?,
        })
    }

    fn arguments(&self, arguments: Option<cst::Arguments>) -> Result<Map<String, Value>, Refusal> {
        let mut values = Map::new();
        for argument in arguments.into_iter().flat_map(|arguments| arguments.arguments()) {
            let Some(value) = argument.value() else { continue };
            if let Some(value) = self.value(value)? {
                values.insert(text_of(argument.name()).unwrap_or_default(), value);
            }
        }
        Ok(values)
    }

    fn included(&self, directives: Option<cst::Directives>) -> Result<bool, Refusal> {
        let mut included = true;
        for directive in directives.into_iter().flat_map(|directives| directives.directives()) {
            let name = text_of(directive.name()).unwrap_or_default();
            let arguments = self.arguments(directive.arguments())?;
            let condition = match arguments.get("if") {
                Some(Value::Bool(condition)) => *condition,
                _ => return Err(Refusal::new(format!("Directive '@{name}' needs the argument 'if', true or false."))),
            };
            included &= match name.as_str() {
                "include" => condition,
                "skip" => !condition,
                _ => return Err(Refusal::new(format!("Unknown directive '@{name}'."))),
            };
        }
        Ok(included)
    }

    /// A value with variables put in; nothing for a variable that has no value.
    fn value(&self, value: cst::Value) -> Result<Option<Value>, Refusal> {
        let number = |text: String| {
            let whole = text.parse::<i64>().ok().map(Number::from);
            let number = whole.or_else(|| Number::from_f64(text.parse().ok()?));
            number.map(Value::Number).ok_or_else(|| Refusal::new(format!("The number {text} is too large.")))
        };
        Ok(Some(match value {
            cst::Value::Variable(variable) => {
                let name = text_of(variable.name()).unwrap_or_default();
                let undefined = || Refusal::new(format!("Variable '${name}' is not defined."));
                return self.variables.get(&name).cloned().ok_or_else(undefined);
            }
            cst::Value::StringValue(text) => Value::String(String::from(&text)),
            cst::Value::IntValue(value) => number(value.source_string().trim().to_owned())?,
            cst::Value::FloatValue(value) => number(value.source_string().trim().to_owned())?,
            cst::Value::BooleanValue(value) => Value::Bool(value.true_token().is_some()),
            cst::Value::NullValue(_) => Value::Null,
            cst::Value::EnumValue(word) => Value::String(text_of(word.name()).unwrap_or_default()),
            cst::Value::ListValue(list) => {
                let items: Result<Vec<_>, _> = list.values().map(|value| self.value(value)).collect();
                Value::Array(items?.into_iter().map(Option::unwrap_or_default).collect())
            }
            cst::Value::ObjectValue(object) => {
                let mut fields = Map::new();
                for field in object.object_fields() {
                    let Some(value) = field.value() else { continue };
                    if let Some(value) = self.value(value)? {
                        fields.insert(text_of(field.name()).unwrap_or_default(), value);
                    }
                }
                Value::Object(fields)
            }
        }))
    }
}

fn text_of(name: Option<cst::Name>) -> Option<String> {
    name.map(|name| name.text().to_string())
}
