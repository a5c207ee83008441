//! The twelve packages that the project's owner named are direct dependencies used in shipped code.

use std::collections::BTreeSet;
use std::process::Command;

/// The packages, and the source text that shows their use.
const NAMED: &[(&str, &str)] = &[
    ("serde", "use serde::"),
    ("thiserror", "thiserror::Error"),
    ("async-trait", "async_trait"),
    ("futures", "futures::"),
    ("statrs", "statrs::"),
    ("ndarray", "ndarray::"),
    ("linfa", "linfa::"),
    ("linfa-trees", "linfa_trees::"),
    ("pyo3", "pyo3::"),
    ("napi", "napi::"),
    ("libsql", "libsql::"),
    ("reqwest", "reqwest::"),
];

/// The packages of the workspace, as cargo tells them.
fn packages() -> Vec<serde_json::Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(adbrain_tests::root())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn dependencies(package: &serde_json::Value) -> impl Iterator<Item = (String, bool)> {
    package["dependencies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|dependency| (dependency["name"].as_str().unwrap_or_default().to_owned(), dependency["kind"].is_null()))
}

/// What shipped code depends on directly.
fn direct_dependencies() -> BTreeSet<String> {
    let is_shipped = |package: &&serde_json::Value| {
        ["adbrain-core", "adbrain-py", "adbrain-node"].contains(&package["name"].as_str().unwrap_or_default())
    };
    let packages = packages();
    let shipped = packages.iter().filter(is_shipped).flat_map(dependencies);
    shipped.filter(|(_, is_shipped)| *is_shipped).map(|(name, _)| name).collect()
}

fn shipped_source() -> String {
    let mut text = String::new();
    for package in ["adbrain-core", "adbrain-py", "adbrain-node"] {
        read(&adbrain_tests::root().join(package).join("src"), &mut text);
    }
    text
}

fn read(folder: &std::path::Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

/// What is wrong with a package: it is no direct dependency, or no source line names it.
fn missing(package: &str, sign: &str, direct: &BTreeSet<String>, source: &str) -> Option<String> {
    let is_used = source.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(sign));
    match (direct.contains(package), is_used) {
        (true, true) => None,
        (true, false) => Some(format!("{package} is a dependency that no source line uses")),
        (false, _) => Some(format!("{package} is no direct dependency")),
    }
}

#[test]
fn the_named_packages_are_direct_dependencies_that_shipped_code_uses() {
    let (direct, source) = (direct_dependencies(), shipped_source());
    let wrong: Vec<_> = NAMED.iter().filter_map(|(package, sign)| missing(package, sign, &direct, &source)).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn a_package_that_is_left_out_or_only_spoken_of_is_found() {
    let direct = BTreeSet::from(["linfa".to_owned()]);
    let said = |package, source| missing(package, "linfa::", &direct, source).unwrap_or_default();
    assert_eq!(said("linfa", "use linfa::Dataset;"), "");
    assert!(said("linfa", "    // by linfa::Dataset\n").contains("no source line uses"));
    assert!(said("linfa-trees", "use linfa::Dataset;").contains("no direct dependency"));
}

#[test]
fn every_direct_dependency_has_a_line_that_says_why() {
    let page = adbrain_tests::root().join("docs/decisions/0002-dependencies.md");
    let reasons = std::fs::read_to_string(page).unwrap();
    let all: BTreeSet<_> = packages().iter().flat_map(dependencies).map(|(name, _)| name).collect();
    assert!(all.len() > 30);
    for name in all.iter().filter(|name| !name.starts_with("adbrain")) {
        assert!(reasons.contains(&format!("`{name}`")), "{name} has no line");
    }
}
