//! The twelve packages that the project's owner named are direct dependencies used in shipped code, or wait with a reason.

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

/// Packages that a later step of the roadmap brings in, with what for.
const WAITING: &[(&str, &str)] = &[("linfa", "the regression forest"), ("linfa-trees", "readable rules")];

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

#[test]
fn the_named_packages_are_used_or_wait_with_a_reason() {
    let (direct, source) = (direct_dependencies(), shipped_source());
    for (package, sign) in NAMED {
        let waits = WAITING.iter().find(|(name, _)| name == package);
        match waits {
            Some((_, reason)) => {
                assert!(!direct.contains(*package), "{package} is here: take it off the waiting list");
                println!("{package} waits for {reason}");
            }
            None => assert!(direct.contains(*package) && source.contains(sign), "{package} is not used"),
        }
    }
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
