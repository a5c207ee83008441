//! Every error of ours says what to do next.

use std::fs;

use super::layers::visit;

/// Where errors are made that a user can see.
const SOURCES: [&str; 3] = ["adbrain-core/src", "adbrain-py/src", "adbrain-node/src"];
const CONSTRUCTORS: [&str; 2] = ["Error::new(", "Error::invalid("];
/// Errors that reach nobody as they are made, by file and first argument: a copy that takes the next step along, and one that is
/// only asked whether it may be tried again.
const SILENT: [(&str, &str); 2] =
    [("adbrain-core/src/agent/workflow/output.rs", "error.kind()"), ("adbrain-py/src/error.rs", "kind, \"\"")];
/// Files that only tests read.
const FAKES: [&str; 1] = ["adbrain-core/src/control/fake.rs"];

/// The first arguments of the constructors that no `.next(…)` follows in the same chain of calls. Defects of ours have a next
/// step by themselves.
fn speechless(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines: Vec<_> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = lines.join("\n");
    let mut found = Vec::new();
    for constructor in CONSTRUCTORS {
        for (at, _) in code.match_indices(constructor) {
            let arguments = &code[at + constructor.len()..];
            let is_ours = !code[..at].ends_with("napi::") && !code[..at].ends_with("io::");
            let is_defect = arguments.trim_start().trim_start_matches("crate::").starts_with("ErrorKind::Internal");
            if is_ours && !is_defect && !says_next(arguments) {
                found.push(arguments.trim_start().lines().next().unwrap_or_default().to_owned());
            }
        }
    }
    found
}

/// Whether the calls after these arguments have a `next` among them.
fn says_next(arguments: &str) -> bool {
    let mut rest = after_arguments(arguments);
    while let Some(call) = rest.trim_start().strip_prefix('.') {
        let Some((name, arguments)) = call.split_once('(') else { return false };
        if name == "next" {
            return true;
        }
        if !name.chars().all(|letter| letter.is_alphanumeric() || letter == '_') {
            return false;
        }
        rest = after_arguments(arguments);
    }
    false
}

/// What follows the bracket that ends these arguments; brackets in texts do not count.
fn after_arguments(arguments: &str) -> &str {
    let (mut depth, mut is_text, mut letters) = (1, false, arguments.char_indices());
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' if is_text => {
                letters.next();
            }
            '"' => is_text = !is_text,
            '(' if !is_text => depth += 1,
            ')' if !is_text => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &arguments[at + 1..];
        }
    }
    ""
}

#[test]
fn every_error_says_what_to_do_next() {
    let root = adbrain_tests::root();
    let (mut files, mut wrong) = (0, Vec::new());
    for folder in SOURCES {
        visit(&root.join(folder), &mut |path| {
            let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            if name.contains("/tests/") || FAKES.contains(&name.as_str()) {
                return;
            }
            files += 1;
            let is_told =
                |found: &String| !SILENT.iter().any(|(file, start)| name == *file && found.starts_with(start));
            let found = speechless(&fs::read_to_string(path).unwrap());
            wrong.extend(found.into_iter().filter(is_told).map(|found| format!("{name}: {found}")));
        });
    }
    assert!(files > 100, "only {files} files were read");
    assert!(wrong.is_empty(), "errors without a next step:\n{}", wrong.join("\n"));
}

#[test]
fn an_error_without_a_next_step_is_found() {
    let source = r#"
        // Error::invalid("days", "in a comment")
        let first = Error::invalid("days", format!("is {days} (of \")\")")).with("run", run(1));
        let second = Error::new(ErrorKind::NotFound, "no run").with("run", ")").next("name another");
        let third = Error::new(ErrorKind::Internal, "broke");
        let fourth = items.next().ok_or_else(|| Error::new(ErrorKind::NotFound, "none"));
    "#;
    assert_eq!(
        speechless(source),
        [r#"ErrorKind::NotFound, "none"));"#, r#""days", format!("is {days} (of \")\")")).with("run", run(1));"#]
    );
}
