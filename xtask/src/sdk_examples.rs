//! Whether what the Rust SDK offers comes with examples that run.
//!
//! rustdoc has a lint for that in nightly toolchains only, and it cannot say that an item is shown in the example of another.
//! `wire` looks at what the SDK passes on of `trainyard-api`, `library` at its own items.

mod library;
mod wire;

use std::fs;

use anyhow::{Context, Result};
use syn::{Attribute, Item};

use crate::step::root;

fn parse(file: &str) -> Result<Vec<Item>> {
    let source = fs::read_to_string(root().join(file)).with_context(|| format!("cannot read {file}"))?;
    Ok(syn::parse_file(&source).with_context(|| format!("cannot parse {file}"))?.items)
}

/// The lines of a doc comment.
fn doc_lines(attributes: &[Attribute]) -> impl Iterator<Item = String> {
    attributes.iter().filter_map(|attribute| {
        if let syn::Meta::NameValue(pair) = &attribute.meta
            && pair.path.is_ident("doc")
            && let syn::Expr::Lit(value) = &pair.value
            && let syn::Lit::Str(line) = &value.lit
        {
            return Some(line.value());
        }
        None
    })
}

fn has_example(attributes: &[Attribute]) -> bool {
    doc_lines(attributes).any(|line| line.trim().starts_with("```"))
}
