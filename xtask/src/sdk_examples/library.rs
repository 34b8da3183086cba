//! The SDK's own items: each type, trait and function has an example, and each method is called in one of its file.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{Attribute, ImplItem, Item, TraitItem, UseTree, Visibility};

use super::{has_example, parse};
use crate::step::root;

const SDK: &str = "crates/trainyard/src";
/// Where the names of public items are passed on from the modules that hold them.
const NAMING: [&str; 3] = ["lib.rs", "asynchronous/mod.rs", "flavors/mod.rs"];
/// Public modules that hold items themselves, all of which are part of the interface.
const HOLDING: [&str; 3] = ["asynchronous/mod.rs", "fork.rs", "tracing_layer.rs"];
/// What `wire` looks at, and what is for the Python package and the command alone.
const LEFT_OUT: [&str; 2] = ["api", "models"];

#[test]
fn items_of_the_sdk_have_examples() {
    let without = without_examples().expect("sources that can be read");
    assert!(without.is_empty(), "give these an example, or call them in one of their file: {without:#?}");
}

#[test]
fn examples_of_the_sdk_run_or_say_why_not() {
    let mut silent = Vec::new();
    for file in files().expect("a folder that can be listed") {
        let examples = Examples::of(&file).expect("a file that can be read");
        silent.extend(examples.silent.iter().map(|line| format!("{file}:{line}")));
    }
    assert!(silent.is_empty(), "let these run, or begin them with `# // ` and the reason: {silent:#?}");
}

/// Public items without an example, as `file: name`.
fn without_examples() -> Result<Vec<String>> {
    let named = re_exported()?;
    let mut without = Vec::new();
    for file in files()? {
        let items = parse(&file)?;
        let examples = Examples::of(&file)?;
        let of_module = HOLDING.contains(&&file[SDK.len() + 1..]);
        let is_public = |visibility: &Visibility, name: &syn::Ident| {
            matches!(visibility, Visibility::Public(_)) && (of_module || named.contains(&name.to_string()))
        };
        let mut note = |name: &syn::Ident| without.push(format!("{file}: {name}"));
        for item in &items {
            match item {
                Item::Struct(item) if is_public(&item.vis, &item.ident) => check(&item.ident, &item.attrs, &mut note),
                Item::Enum(item) if is_public(&item.vis, &item.ident) => check(&item.ident, &item.attrs, &mut note),
                Item::Fn(item) if is_public(&item.vis, &item.sig.ident) && !examples.call(&item.sig.ident) => {
                    check(&item.sig.ident, &item.attrs, &mut note);
                }
                Item::Trait(item) if is_public(&item.vis, &item.ident) && !is_hidden(&item.attrs) => {
                    check(&item.ident, &item.attrs, &mut note);
                    for item in &item.items {
                        if let TraitItem::Fn(method) = item
                            && !is_hidden(&method.attrs)
                            && !examples.call(&method.sig.ident)
                        {
                            note(&method.sig.ident);
                        }
                    }
                }
                Item::Impl(block) if block.trait_.is_none() => {
                    let syn::Type::Path(owner) = &*block.self_ty else { continue };
                    let owner = owner.path.segments.last().map(|segment| segment.ident.to_string());
                    if !owner.is_some_and(|owner| of_module || named.contains(&owner)) {
                        continue;
                    }
                    for item in &block.items {
                        if let ImplItem::Fn(method) = item
                            && matches!(method.vis, Visibility::Public(_))
                            && !is_hidden(&method.attrs)
                            && !has_example(&method.attrs)
                            && !examples.call(&method.sig.ident)
                        {
                            note(&method.sig.ident);
                        }
                    }
                }
                Item::Macro(item) => {
                    for name in made_by_macro(item.mac.tokens.clone()) {
                        if !examples.call(&name) {
                            note(&name);
                        }
                    }
                }
                _ => {}
            }
        }
    }
    Ok(without)
}

fn check(name: &syn::Ident, attributes: &[Attribute], note: &mut impl FnMut(&syn::Ident)) {
    if !is_hidden(attributes) && !has_example(attributes) {
        note(name);
    }
}

fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) => list.path.is_ident("doc") && list.tokens.to_string() == "hidden",
        _ => false,
    })
}

/// Names behind `pub fn` in what a macro makes.
fn made_by_macro(tokens: TokenStream) -> Vec<syn::Ident> {
    let mut found = Vec::new();
    let mut before = [String::new(), String::new()];
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                if group.delimiter() != Delimiter::Parenthesis || before[1] != "pub" {
                    found.extend(made_by_macro(group.stream()));
                }
                before = [String::new(), String::new()];
            }
            TokenTree::Ident(name) => {
                if before == ["pub", "fn"] {
                    found.push(name.clone());
                }
                before = [std::mem::take(&mut before[1]), name.to_string()];
            }
            _ => before = [String::new(), String::new()],
        }
    }
    found
}

/// The code of all examples in a file.
struct Examples {
    code: String,
    /// Lines at which an example begins that is not run and does not say why.
    silent: Vec<usize>,
}

impl Examples {
    fn of(file: &str) -> Result<Self> {
        let source = fs::read_to_string(root().join(file)).with_context(|| format!("cannot read {file}"))?;
        let mut examples = Self { code: String::new(), silent: Vec::new() };
        // What stands behind the opening fence, while between two of them.
        let mut fence: Option<String> = None;
        let mut is_first = false;
        for (index, line) in source.lines().enumerate() {
            let line = line.trim_start();
            // A fence that differs by feature: what begins here is run by one of them.
            if line.starts_with("#[cfg_attr(") && line.contains("doc = \"```") {
                fence.get_or_insert_default();
                continue;
            }
            let Some(line) = line.strip_prefix("///").or_else(|| line.strip_prefix("//!")) else { continue };
            let line = line.trim();
            if let Some(opened) = line.strip_prefix("```") {
                is_first = fence.is_none();
                fence = fence.is_none().then(|| opened.to_owned());
                continue;
            }
            let Some(opened) = &fence else { continue };
            if is_first && ["no_run", "ignore"].contains(&opened.as_str()) && !line.starts_with("# // ") {
                examples.silent.push(index);
            }
            is_first = false;
            examples.code.push_str(line);
            examples.code.push('\n');
        }
        Ok(examples)
    }

    /// Whether an example calls this function, or implements it.
    fn call(&self, name: &syn::Ident) -> bool {
        let called = |before: &str| self.code.contains(&format!("{before}{name}("));
        let with_types = |before: &str| self.code.contains(&format!("{before}{name}::<"));
        [".", "::", "fn ", " "].iter().any(|before| called(before) || with_types(before))
    }
}

/// All files of the SDK but those that are left out.
fn files() -> Result<Vec<String>> {
    let mut found = Vec::new();
    list(&root().join(SDK), &mut found)?;
    found.sort();
    Ok(found)
}

fn list(folder: &Path, found: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            if !LEFT_OUT.iter().any(|folder| path == root().join(SDK).join(folder)) {
                list(&path, found)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path.strip_prefix(root()).unwrap_or(&path).display().to_string());
        }
    }
    Ok(())
}

/// What is made public name by name.
fn re_exported() -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for file in NAMING {
        for item in parse(&format!("{SDK}/{file}"))? {
            if let Item::Use(item) = item
                && matches!(item.vis, Visibility::Public(_))
            {
                note_names(&item.tree, &mut names);
            }
        }
    }
    Ok(names)
}

fn note_names(tree: &UseTree, names: &mut BTreeSet<String>) {
    match tree {
        UseTree::Path(path) => note_names(&path.tree, names),
        UseTree::Name(name) => {
            names.insert(name.ident.to_string());
        }
        UseTree::Group(group) => group.items.iter().for_each(|tree| note_names(tree, names)),
        UseTree::Rename(_) | UseTree::Glob(_) => {}
    }
}
