//! The order of the folders: a folder names only folders to its left.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Each line is a step to the right. Names on one line stand side by side and do not name each other; inside a group the order
/// is written out as lines of its own.
const ORDER: &[&[&str]] = &[
    &["error", "clock"],
    &["model"],
    &["stats"],
    &["http", "media"],
    &["store"],
    &["market"],
    &["platform"],
    &["measure"],
    &["memory", "predict"],
    &["persona"],
    &["experiment", "budget"],
    &["alert"],
    &["control"],
    &["workflow"],
    &["agent", "strategist", "creative", "copywriter", "optimizer", "analyst", "language"],
    &["brain"],
    &["report", "event"],
    &["dashboard"],
    &["schema", "foreign", "numbers", "orders", "telemetry"],
    &["trials"],
    &["cli"],
];

/// Public names at the root that stand for a folder.
const ROOT_NAMES: &[(&str, &str)] = &[
    ("Error", "error"),
    ("ErrorKind", "error"),
    ("Result", "error"),
    ("Agent", "agent"),
    ("Connector", "platform"),
    ("MemoryStore", "memory"),
    ("Predictor", "predict"),
    ("Brain", "brain"),
];

fn place(folder: &str) -> Option<usize> {
    ORDER.iter().position(|step| step.contains(&folder))
}

/// Arrows that look to their right or to their side, as `file -> folder`.
fn wrong_arrows(files: &BTreeMap<String, (String, String)>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, (folder, source)) in files {
        let own = place(folder);
        for name in named_folders(source) {
            let is_wrong = name != *folder && own.is_none_or(|own| place(&name).is_some_and(|other| other >= own));
            let is_agent = ORDER[14].contains(&folder.as_str()) && name == "agent";
            if is_wrong && !is_agent {
                wrong.push(format!("{path} -> {name}"));
            }
        }
    }
    wrong
}

/// The folders that a source names by `crate::…`, tests left out.
fn named_folders(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let mut names = Vec::new();
    let listed = code.split("crate::{").skip(1).filter_map(|part| part.split_once('}'));
    for name in listed.flat_map(|(list, _)| list.split(',')) {
        let head = name.trim().split("::").next().unwrap_or_default();
        let folder = ROOT_NAMES.iter().find(|(root, _)| *root == head).map_or(head, |(_, folder)| folder);
        names.extend(place(folder).map(|_| folder.to_owned()));
    }
    for part in code.split("crate::").skip(1) {
        let head: String = part.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
        let rest = &part[head.len()..];
        let inner = rest.strip_prefix("::").map(|rest| {
            rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect::<String>()
        });
        let name = match (head.as_str(), inner) {
            ("io" | "world" | "know" | "decide" | "show" | "serve", Some(inner)) => inner,
            ("agent", Some(inner)) if place(&inner).is_some() => inner,
            (head, _) => {
                ROOT_NAMES.iter().find(|(name, _)| *name == head).map_or(head, |(_, folder)| folder).to_owned()
            }
        };
        if place(&name).is_some() {
            names.push(name);
        }
    }
    names
}

/// Every source file of the core with the folder that it belongs to.
fn sources() -> BTreeMap<String, (String, String)> {
    let src = adbrain_tests::root().join("adbrain-core/src");
    let mut files = BTreeMap::new();
    visit(&src, &mut |path| {
        let relative = path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
        let parts: Vec<_> = relative.trim_end_matches(".rs").split('/').collect();
        let folder = match parts.as_slice() {
            ["lib" | "main"] | ["io" | "world" | "know" | "decide" | "show" | "serve", "mod"] | [] => return,
            ["agent", "wording", ..] => "creative",
            ["agent", folder, ..] if place(folder).is_some() => folder,
            ["io" | "world" | "know" | "decide" | "show" | "serve", folder, ..] | [folder, ..] => folder,
        };
        files.insert(relative.clone(), ((*folder).to_owned(), fs::read_to_string(path).unwrap()));
    });
    files
}

pub(super) fn visit(folder: &Path, each: &mut dyn FnMut(&Path)) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            visit(&path, each);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !path.to_string_lossy().ends_with("tests.rs")
        {
            each(&path);
        }
    }
}

#[test]
fn a_folder_names_only_folders_to_its_left() {
    let files = sources();
    assert!(files.len() > 50, "only {} files were read", files.len());
    let wrong = wrong_arrows(&files);
    assert!(wrong.is_empty(), "arrows to the right:\n{}", wrong.join("\n"));
}

#[test]
fn every_source_file_has_its_place() {
    let lost: Vec<_> =
        sources().into_iter().filter(|(_, (folder, _))| place(folder).is_none()).map(|(path, _)| path).collect();
    assert!(lost.is_empty(), "{lost:?}");
}

#[test]
fn an_arrow_to_the_right_is_found() {
    let source = "use crate::brain::Brain;\nuse crate::{model, error};\n".to_owned();
    let files = BTreeMap::from([("control/apply.rs".to_owned(), ("control".to_owned(), source))]);
    assert_eq!(wrong_arrows(&files), ["control/apply.rs -> brain"]);
}

#[test]
fn only_control_issues_permits() {
    for (path, (folder, source)) in sources() {
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        assert!(!code.contains("Permit::issue(") || folder == "control", "{path} issues a permit");
    }
}

#[test]
fn each_folder_says_what_comes_in_and_what_goes_out() {
    for (path, (folder, source)) in sources() {
        if path.ends_with(&format!("{folder}/mod.rs")) {
            for word in ["In:", "Out:", "Called by", "Never"] {
                assert!(source.contains(word), "{path} does not say {word:?}");
            }
        }
    }
}

#[test]
fn the_root_holds_the_agreed_folders_and_no_other() {
    let mut folders: Vec<_> = fs::read_dir(adbrain_tests::root())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.') && name != "target" && name != "node_modules")
        .collect();
    folders.sort();
    assert_eq!(folders, ["adbrain-core", "adbrain-node", "adbrain-py", "benches", "docs", "examples", "tests"]);
}
