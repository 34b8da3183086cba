//! TypeScript types of the wire, for the web UI, made from the sources of `trainyard-api`.
//!
//! They are read as text, because `serde` attributes say what travels: which field is left out when it is unset, which double
//! may be `NaN`. Derives of the compiled types would need a second attribute at each of them that says the same again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use proc_macro2::{TokenStream, TokenTree};
use syn::{Attribute, Fields, GenericArgument, Item, ItemEnum, ItemStruct, PathArguments, Token, Type, Visibility};

use crate::step::root;

/// Modules whose types the UI knows.
const MODULES: [&str; 27] = [
    "lib",
    "endpoint",
    "id",
    "error",
    "experiments",
    "runs",
    "runs/search",
    "runs/logging",
    "metrics",
    "metric_summaries",
    "charts",
    "columns",
    "run_trees",
    "run_groups",
    "run_changes",
    "run_events",
    "activity",
    "views",
    "datasets",
    "logged_models",
    "logged_models/logging",
    "logged_models/search",
    "registered_models",
    "registered_models/aliases",
    "model_versions",
    "artifacts",
    "server_info",
];

/// Has a file for each module, those below one in the same file as it.
const FOLDER: &str = "ui/src/wire";
const HEAD: &str = "\
// What travels between the server and the UI. Made from crates/trainyard-api by `cargo xtask wire-types`: change it there.
";
/// In the file of `lib`.
const DOUBLE: &str = "
/** A number, or the word for one that JSON has none for. */
export type Double = number | \"NaN\" | \"Infinity\" | \"-Infinity\";
";
/// As in the rest of the UI.
const WIDTH: usize = 120;

/// Writes the files, or with `check` only says whether they are as they would be written.
pub fn wire_types(check: bool) -> Result<()> {
    let (wanted, folder) = (typescript()?, root().join(FOLDER));
    let current = current(&folder)?;
    if current == wanted {
        eprintln!("==> {FOLDER} has the types of crates/trainyard-api");
        return Ok(());
    }
    if check {
        bail!("{FOLDER} differs from the types of crates/trainyard-api. Run `cargo xtask wire-types`.");
    }
    fs::create_dir_all(&folder).context("cannot make the folder of the types")?;
    for name in current.keys().filter(|name| !wanted.contains_key(*name)) {
        fs::remove_file(folder.join(name)).with_context(|| format!("cannot remove {name} from {FOLDER}"))?;
    }
    for (name, text) in wanted {
        fs::write(folder.join(&name), text).with_context(|| format!("cannot write {name} to {FOLDER}"))?;
    }
    eprintln!("==> Wrote {FOLDER} from the types of crates/trainyard-api");
    Ok(())
}

/// The files that are there, by name.
fn current(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder).with_context(|| format!("cannot list {FOLDER}"))? {
            let entry = entry?;
            files.insert(entry.file_name().to_string_lossy().into_owned(), fs::read_to_string(entry.path())?);
        }
    }
    Ok(files)
}

/// The files as they are to be, by name.
fn typescript() -> Result<BTreeMap<String, String>> {
    let mut types: BTreeMap<&str, String> = BTreeMap::from([("lib", DOUBLE.to_owned())]);
    for module in MODULES {
        let path = root().join(format!("crates/trainyard-api/src/{module}.rs"));
        let source = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let parsed = syn::parse_file(&source).with_context(|| format!("cannot parse {}", path.display()))?;
        let (file, _) = module.split_once('/').unwrap_or((module, ""));
        let text = types.entry(file).or_default();
        for item in &parsed.items {
            write_item(text, item).with_context(|| format!("in module {module}"))?;
        }
    }
    types.retain(|_, text| !text.is_empty());
    let homes: BTreeMap<&str, &str> =
        types.iter().flat_map(|(file, text)| declared(text).map(|name| (name, *file))).collect();
    let index = types.keys().map(|file| format!("export type * from \"./{file}\";\n")).collect::<String>();
    let mut files = BTreeMap::from([("index.ts".to_owned(), format!("{HEAD}\n{index}"))]);
    for (file, text) in &types {
        files.insert(format!("{file}.ts"), format!("{HEAD}{}{text}", imports(file, text, &homes)));
    }
    Ok(files)
}

/// The names of the types that a text declares.
fn declared(text: &str) -> impl Iterator<Item = &str> {
    let declarations = text
        .lines()
        .filter_map(|line| line.strip_prefix("export interface ").or_else(|| line.strip_prefix("export type ")));
    declarations.filter_map(|rest| rest.split(' ').next())
}

/// The imports of a file: of each other file the types that it names.
fn imports(file: &str, text: &str, homes: &BTreeMap<&str, &str>) -> String {
    let mut wanted: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let code = text.lines().filter(|line| !line.trim_start().starts_with(['/', '*']));
    for word in code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_')) {
        if let Some(home) = homes.get(word)
            && *home != file
        {
            wanted.entry(home).or_default().insert(word);
        }
    }
    let mut imports = String::new();
    for (home, names) in wanted {
        let names: Vec<&str> = names.into_iter().collect();
        let line = format!("import type {{ {} }} from \"./{home}\";", names.join(", "));
        imports += "\n";
        imports += &match line.len() <= WIDTH {
            true => line,
            false => format!("import type {{\n  {},\n}} from \"./{home}\";", names.join(",\n  ")),
        };
    }
    if imports.is_empty() { imports } else { imports + "\n" }
}

fn write_item(text: &mut String, item: &Item) -> Result<()> {
    match item {
        Item::Struct(item) if is_public(&item.vis) && travels(&item.attrs) => write_struct(text, item),
        Item::Enum(item) if is_public(&item.vis) && travels(&item.attrs) => write_enum(text, item),
        Item::Type(item) if is_public(&item.vis) => {
            let alias = typescript_of(&item.ty)?;
            write_doc(text, "\n", "", &item.attrs);
            line(text, &format!("export type {} = {alias};", item.ident))
        }
        Item::Macro(item) if item.mac.path.is_ident("error_codes") => write_error_codes(text, item.mac.tokens.clone()),
        Item::Macro(item) if item.mac.path.is_ident("text_ids") => write_ids(text, item.mac.tokens.clone()),
        _ => Ok(()),
    }
}

fn write_struct(text: &mut String, item: &ItemStruct) -> Result<()> {
    write_doc(text, "\n", "", &item.attrs);
    match &item.fields {
        Fields::Named(fields) if !fields.named.is_empty() => {
            writeln!(text, "export interface {} {{", item.ident)?;
            for field in &fields.named {
                let serde = Serde::of(&field.attrs)?;
                let ident = field.ident.as_ref().context("a field without a name")?.to_string();
                let name = serde.rename.clone().unwrap_or(ident);
                let (mark, kind) = match (option(&field.ty), serde.may_be_absent) {
                    (Some(inner), true) => ("?", field_type(inner, &serde)?),
                    (Some(inner), false) => ("", format!("{} | null", field_type(inner, &serde)?)),
                    (None, absent) => (if absent { "?" } else { "" }, field_type(&field.ty, &serde)?),
                };
                write_doc(text, "", "  ", &field.attrs);
                writeln!(text, "  {name}{mark}: {kind};")?;
            }
            line(text, "}")
        }
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            let inner = typescript_of(&fields.unnamed[0].ty)?;
            line(text, &format!("export type {} = {inner};", item.ident))
        }
        _ => line(text, &format!("export type {} = Record<string, never>;", item.ident)),
    }
}

fn write_enum(text: &mut String, item: &ItemEnum) -> Result<()> {
    let lowercase = Serde::of(&item.attrs)?.lowercase;
    let mut words = Vec::new();
    for variant in &item.variants {
        if !matches!(variant.fields, Fields::Unit) {
            bail!("{} has a variant with fields, which no type of the wire has had", item.ident);
        }
        let name = variant.ident.to_string();
        let word = Serde::of(&variant.attrs)?.rename;
        words.push(word.unwrap_or_else(|| if lowercase { name.to_lowercase() } else { name }));
    }
    write_doc(text, "\n", "", &item.attrs);
    write_union(text, &item.ident.to_string(), &words)
}

/// The table of `error.rs`: of each code its word.
fn write_error_codes(text: &mut String, tokens: TokenStream) -> Result<()> {
    let words = tokens.into_iter().filter_map(|token| match token {
        TokenTree::Literal(word) => Some(word.to_string().trim_matches('"').to_owned()),
        _ => None,
    });
    let mut words: Vec<String> = words.filter(|word| word.starts_with(|c: char| c.is_ascii_uppercase())).collect();
    words.push("INTERNAL_ERROR".to_owned());
    text.push_str("\n/** What went wrong, for programs. */\n");
    write_union(text, "ErrorCode", &words)
}

fn write_ids(text: &mut String, tokens: TokenStream) -> Result<()> {
    let ids = tokens.into_iter().filter_map(|token| match token {
        TokenTree::Ident(name) => Some(name),
        _ => None,
    });
    text.push('\n');
    for id in ids {
        writeln!(text, "export type {id} = string;")?;
    }
    Ok(())
}

fn write_union(text: &mut String, name: &str, words: &[String]) -> Result<()> {
    let words: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
    let short = format!("export type {name} = {};", words.join(" | "));
    if short.len() <= WIDTH {
        return line(text, &short);
    }
    writeln!(text, "export type {name} =")?;
    line(text, &format!("  | {};", words.join("\n  | ")))
}

fn line(text: &mut String, line: &str) -> Result<()> {
    Ok(writeln!(text, "{line}")?)
}

/// The doc comment of an item or field without its examples, which are for callers from Rust.
fn write_doc(text: &mut String, before: &str, indent: &str, attributes: &[Attribute]) {
    text.push_str(before);
    let mut lines = Vec::new();
    let mut in_example = false;
    for attribute in attributes {
        if let syn::Meta::NameValue(pair) = &attribute.meta
            && pair.path.is_ident("doc")
            && let syn::Expr::Lit(value) = &pair.value
            && let syn::Lit::Str(line) = &value.lit
        {
            let line = line.value().trim().to_owned();
            if line.starts_with("```") {
                in_example = !in_example;
            } else if !in_example {
                lines.push(line);
            }
        }
    }
    // What stood between text and example.
    while lines.pop_if(|line| line.is_empty()).is_some() {}
    match lines.as_slice() {
        [] => {}
        [line] => text.push_str(&format!("{indent}/** {line} */\n")),
        lines => {
            text.push_str(&format!("{indent}/**\n"));
            for line in lines {
                text.push_str(format!("{indent} * {line}").trim_end());
                text.push('\n');
            }
            text.push_str(&format!("{indent} */\n"));
        }
    }
}

/// What the `serde` attributes of a field, variant or enum say.
#[derive(Default)]
struct Serde {
    rename: Option<String>,
    /// Left out of the wire when it is unset.
    may_be_absent: bool,
    /// Written as protobuf JSON writes doubles.
    double: bool,
    lowercase: bool,
}

impl Serde {
    fn of(attributes: &[Attribute]) -> Result<Self> {
        let mut serde = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
            attribute.parse_nested_meta(|meta| {
                let value =
                    if meta.input.peek(Token![=]) { Some(meta.value()?.parse::<syn::LitStr>()?.value()) } else { None };
                match (meta.path.require_ident()?.to_string().as_str(), value) {
                    ("rename", name) => serde.rename = name,
                    ("skip_serializing_if", _) => serde.may_be_absent = true,
                    ("with", Some(module)) => serde.double = module.ends_with("double"),
                    ("rename_all", Some(case)) => serde.lowercase = case == "lowercase",
                    _ => {}
                }
                Ok(())
            })?;
        }
        Ok(serde)
    }
}

fn field_type(kind: &Type, serde: &Serde) -> Result<String> {
    if serde.double { Ok("Double".to_owned()) } else { typescript_of(kind) }
}

fn typescript_of(kind: &Type) -> Result<String> {
    let Type::Path(path) = kind else { bail!("a type that no field of the wire has had") };
    let last = path.path.segments.last().context("a type without a name")?;
    let name = last.ident.to_string();
    let arguments = arguments(&last.arguments);
    Ok(match (name.as_str(), arguments.as_slice()) {
        ("String", []) => "string".to_owned(),
        ("bool", []) => "boolean".to_owned(),
        // Integers of 64 bits are numbers, too: ids and counts that are greater than 2^53 do not occur.
        ("i64" | "u64" | "i32" | "u32" | "u16" | "f64" | "usize", []) => "number".to_owned(),
        ("Value", []) => "unknown".to_owned(),
        ("Vec", [inner]) => {
            let inner = typescript_of(inner)?;
            if inner.contains('|') { format!("({inner})[]") } else { format!("{inner}[]") }
        }
        ("Option", [inner]) => format!("{} | null", typescript_of(inner)?),
        ("BTreeMap", [_, inner]) => format!("Record<string, {}>", typescript_of(inner)?),
        (_, []) => name,
        _ => bail!("{name} with arguments is a type that no field of the wire has had"),
    })
}

fn option(kind: &Type) -> Option<&Type> {
    let Type::Path(path) = kind else { return None };
    let last = path.path.segments.last()?;
    if last.ident != "Option" {
        return None;
    }
    arguments(&last.arguments).first().copied()
}

fn arguments(arguments: &PathArguments) -> Vec<&Type> {
    let PathArguments::AngleBracketed(arguments) = arguments else { return Vec::new() };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(kind) => Some(kind),
        _ => None,
    });
    types.collect()
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Whether a type derives `Serialize`.
fn travels(attributes: &[Attribute]) -> bool {
    let mut travels = false;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
        // What cannot be read here the compiler refuses.
        let _ = attribute.parse_nested_meta(|meta| {
            travels |= meta.path.segments.last().is_some_and(|name| name.ident == "Serialize");
            Ok(())
        });
    }
    travels
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn written(source: &str) -> String {
        let mut text = String::new();
        for item in &syn::parse_file(source).unwrap().items {
            write_item(&mut text, item).unwrap();
        }
        text
    }

    #[test]
    fn attributes_say_what_travels() {
        let source = r#"
            /// A point.
            #[derive(Debug, Serialize)]
            #[serde(default)]
            pub struct Point {
                /// The value.
                #[serde(with = "wire::double")]
                pub value: f64,
                #[serde(rename = "run_id", skip_serializing_if = "Vec::is_empty")]
                pub run_ids: Vec<RunId>,
                pub step: Option<i64>,
                #[serde(with = "wire::optional_double", skip_serializing_if = "Option::is_none")]
                pub least: Option<f64>,
            }
            #[derive(Serialize)]
            struct Private;
            #[derive(Clone)]
            pub struct Inside;
        "#;
        let wanted = "\n/** A point. */\nexport interface Point {\n  /** The value. */\n  value: Double;\n  \
                      run_id?: RunId[];\n  step: number | null;\n  least?: Double;\n}\n";
        assert_eq!(written(source), wanted);
    }

    #[test]
    fn examples_stay_behind() {
        let source = r#"
            /// A pair.
            ///
            /// The key is unique.
            ///
            /// ```
            /// assert_eq!(Pair::new("a").key, "a");
            /// ```
            pub type Pair = KeyValue;
        "#;
        let wanted = "\n/**\n * A pair.\n *\n * The key is unique.\n */\nexport type Pair = KeyValue;\n";
        assert_eq!(written(source), wanted);
    }

    #[test]
    fn enums_are_unions_of_their_words() {
        let source = r#"
            #[derive(Serialize)]
            #[serde(rename_all = "lowercase")]
            pub enum Stage { Active, Deleted }
            #[derive(Serialize)]
            pub enum Status { #[serde(rename = "RUNNING", alias = "1")] Running }
        "#;
        let wanted = "\nexport type Stage = \"active\" | \"deleted\";\n\nexport type Status = \"RUNNING\";\n";
        assert_eq!(written(source), wanted);
    }

    #[test]
    fn a_file_imports_the_types_that_it_names_from_others() {
        let homes = BTreeMap::from([("Run", "runs"), ("RunId", "id"), ("Tag", "lib"), ("Double", "lib")]);
        let text =
            "\n/** Not a Run. */\nexport interface Run {\n  run_id: RunId;\n  tags?: Tag[];\n  least: Double;\n}\n";
        let wanted = "\nimport type { RunId } from \"./id\";\nimport type { Double, Tag } from \"./lib\";\n";
        assert_eq!(imports("runs", text, &homes), wanted);
        assert_eq!(declared(text).collect::<Vec<_>>(), ["Run"]);
        assert_eq!(imports("lib", "\nexport type Tag = KeyValue;\n", &homes), "");
    }

    #[test]
    fn the_ui_has_the_types_of_the_server() {
        wire_types(true).unwrap();
    }
}
