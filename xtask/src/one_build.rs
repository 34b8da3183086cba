//! Whether the tasks share one build of what they stand on.
//!
//! Cargo builds a crate once for each set of features that is asked of it, and then everything that stands on it. A feature
//! that only the tests ask of a crate far below doubles the time of `make test`, and nothing else shows it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};

use crate::rust_frameworks;
use crate::step::cargo;

/// The sets of features by package with its version.
type Features = BTreeMap<String, BTreeSet<String>>;

/// Fails when the Python package, which each task builds, and the tests ask for different features of a dependency.
pub fn check() -> Result<()> {
    eprintln!("==> Check that the Python package and the tests share one build of their dependencies");
    let of_package = features(&["--package", "trainyard-python", "--edges", "normal,build"])?;
    let of_tests = features(&["--workspace", "--edges", "all", "--features", &rust_frameworks::of_every_day()])?;
    let differing = differing(&of_package, &of_tests);
    if !differing.is_empty() {
        bail!(
            "these would be built twice:\n  {}\nAdd what differs under \"One build for all\" in Cargo.toml.",
            differing.join("\n  ")
        );
    }
    Ok(())
}

fn features(selection: &[&str]) -> Result<Features> {
    let mut tree = cargo(&["tree", "--locked", "--prefix", "none", "--format", "{p}|{f}"]);
    let output = tree.args(selection).output().context("cargo cannot be started")?;
    if !output.status.success() {
        bail!("cargo cannot list the dependencies: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(parse(&String::from_utf8_lossy(&output.stdout)))
}

/// Reads lines of package and features; cargo marks a package that it has listed before.
fn parse(tree: &str) -> Features {
    let mut found = Features::new();
    for line in tree.lines() {
        if let Some((package, features)) = line.split_once('|') {
            let features = features.trim_end_matches(" (*)").to_owned();
            found.entry(package.to_owned()).or_default().insert(features);
        }
    }
    // Our own crates are small next to what they stand on.
    found.retain(|package, _| !package.starts_with("trainyard"));
    found
}

fn differing(package: &Features, tests: &Features) -> Vec<String> {
    let differs = |(name, features): (&String, &BTreeSet<String>)| {
        let of_tests = tests.get(name)?;
        let missing = features.difference(of_tests).next()?;
        let of_tests = of_tests.iter().map(String::as_str).collect::<Vec<_>>().join(" or ");
        Some(format!("{name}: the Python package has [{missing}], the tests [{of_tests}]"))
    };
    package.iter().filter_map(differs).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_that_only_the_tests_ask_for_is_named() {
        let package = parse("log v0.4.1|\nserde v1.0.0|std (*)\ntrainyard v0.1.0 (/x)|embedded\n");
        let tests = parse("log v0.4.1|std\nserde v1.0.0|std\ntrainyard v0.1.0 (/x)|onnx\nproptest v1.0.0|std\n");
        assert_eq!(differing(&package, &tests), ["log v0.4.1: the Python package has [], the tests [std]"]);
        assert!(differing(&package, &package).is_empty());
    }

    #[test]
    fn a_package_built_for_build_scripts_too_may_have_two_sets() {
        let package = parse("syn v2.0.0|full\n");
        assert!(differing(&package, &parse("syn v2.0.0|full\nsyn v2.0.0|parsing\n")).is_empty());
    }
}
