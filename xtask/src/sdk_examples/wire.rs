//! What the SDK re-exports from `trainyard-api`.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result};
use syn::{Attribute, ImplItem, Item, UseTree, Visibility};

use super::{doc_lines, has_example, parse};
use crate::step::root;

const SDK: &str = "crates/trainyard/src/api";
const API: &str = "crates/trainyard-api/src";

#[test]
fn items_of_the_sdks_api_have_examples() {
    let without = without_examples().expect("sources that can be read");
    assert!(without.is_empty(), "give these an example, or name the request that they answer: {without:#?}");
}

/// Items and methods without an example. Constants are shown by their module; items that macros make are not seen.
fn without_examples() -> Result<Vec<String>> {
    let mut without = Vec::new();
    for (module, names) in re_exported()? {
        for item in items(&module)? {
            match &item {
                Item::Struct(item) => note(&mut without, &names, &item.ident, &item.attrs),
                Item::Enum(item) => note(&mut without, &names, &item.ident, &item.attrs),
                Item::Trait(item) => note(&mut without, &names, &item.ident, &item.attrs),
                Item::Type(item) => note(&mut without, &names, &item.ident, &item.attrs),
                Item::Impl(block) if block.trait_.is_none() => {
                    let syn::Type::Path(owner) = &*block.self_ty else { continue };
                    if !owner.path.get_ident().is_some_and(|owner| names.contains(&owner.to_string())) {
                        continue;
                    }
                    for item in &block.items {
                        if let ImplItem::Fn(method) = item
                            && matches!(method.vis, Visibility::Public(_))
                            && !is_shown(&method.attrs)
                        {
                            without.push(format!("{module}::{}", method.sig.ident));
                        }
                    }
                }
                _ => {}
            }
        }
    }
    Ok(without)
}

/// The items of a module, with those that it passes on from files of its own folder.
fn items(module: &str) -> Result<Vec<Item>> {
    let mut items = parse(&format!("{API}/{module}.rs"))?;
    let folder = format!("{API}/{module}");
    if root().join(&folder).is_dir() {
        for entry in fs::read_dir(root().join(&folder)).with_context(|| format!("cannot list {folder}"))? {
            let file = entry?.file_name().to_string_lossy().into_owned();
            items.extend(parse(&format!("{folder}/{file}"))?);
        }
    }
    Ok(items)
}

fn note(without: &mut Vec<String>, names: &BTreeSet<String>, name: &syn::Ident, attributes: &[Attribute]) {
    if names.contains(&name.to_string()) && !is_shown(attributes) {
        without.push(name.to_string());
    }
}

/// Modules of `trainyard-api` with what the SDK names of each.
fn re_exported() -> Result<Vec<(String, BTreeSet<String>)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(SDK)).with_context(|| format!("cannot list {SDK}"))? {
        let file = entry?.file_name().to_string_lossy().into_owned();
        for item in parse(&format!("{SDK}/{file}"))? {
            let Item::Use(item) = item else { continue };
            let UseTree::Path(path) = &item.tree else { continue };
            if path.ident != "trainyard_api" {
                continue;
            }
            match &*path.tree {
                UseTree::Path(module) => found.push((module.ident.to_string(), names(&module.tree))),
                // Of the crate itself: its own file, and those whose items it passes on.
                own => {
                    for module in ["lib", "endpoint", "error", "id"] {
                        found.push((module.to_owned(), names(own)));
                    }
                }
            }
        }
    }
    Ok(found)
}

fn names(tree: &UseTree) -> BTreeSet<String> {
    match tree {
        UseTree::Name(name) => BTreeSet::from([name.ident.to_string()]),
        UseTree::Group(group) => group.items.iter().flat_map(names).collect(),
        _ => BTreeSet::new(),
    }
}

/// Whether a doc comment has an example, or names the request that has it.
fn is_shown(attributes: &[Attribute]) -> bool {
    has_example(attributes)
        || doc_lines(attributes).any(|line| line.contains("Answer to [`") || line.contains(", as [`"))
}
