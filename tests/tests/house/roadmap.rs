//! The roadmap's commands show something: each filter of a test names a module or a test that is there.

use std::path::{Path, PathBuf};

/// The folder that a test command looks into, and its filter.
fn filters(roadmap: &str) -> Vec<(PathBuf, String)> {
    let commands = roadmap.split('`').filter(|command| command.starts_with("cargo test "));
    let mut found = Vec::new();
    for words in commands.map(|command| command.split(' ').collect::<Vec<_>>()) {
        let after = |flag| words.iter().skip_while(|word| **word != flag).nth(1);
        match (after("--lib"), after("--test"), words.last()) {
            (Some(filter), _, _) => found.push((PathBuf::from("adbrain-core/src"), (*filter).to_owned())),
            (None, Some(test), Some(filter)) if filter != test => {
                found.push((PathBuf::from("tests/tests").join(test), (*filter).to_owned()));
            }
            (None, Some(test), _) => found.push((PathBuf::from("tests/tests").join(test), "main".to_owned())),
            _ => {}
        }
    }
    found
}

/// Every file below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

fn names_something(root: &Path, filter: &str) -> bool {
    let last = filter.rsplit("::").next().unwrap_or(filter);
    sources(root).iter().any(|file| {
        let module = file.strip_prefix(root).unwrap_or(file).with_extension("");
        let is_module = module.components().any(|part| part.as_os_str().to_string_lossy().contains(last));
        is_module || std::fs::read_to_string(file).is_ok_and(|text| text.contains(&format!("fn {last}")))
    })
}

#[test]
fn each_test_command_of_the_roadmap_finds_tests() {
    let root = adbrain_tests::root();
    let roadmap = std::fs::read_to_string(root.join("docs/roadmap.md")).unwrap();
    let filters = filters(&roadmap);
    assert!(filters.len() > 10, "{filters:?}");
    let lost: Vec<_> = filters.iter().filter(|(folder, filter)| !names_something(&root.join(folder), filter)).collect();
    assert!(lost.is_empty(), "{lost:?}");
}

#[test]
fn a_filter_that_finds_nothing_is_seen() {
    assert!(!names_something(&adbrain_tests::root().join("tests/tests/whole_loop"), "own_parts"));
}
