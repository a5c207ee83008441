//! What holds for every command.

use std::collections::BTreeSet;
use std::fs;

use clap::{Command, CommandFactory as _};

use super::super::{DONE, STOPPED, UNKNOWN, exit_code, reference};
use super::{Cli, Desk, FAILED, REFUSED, WRONG_INPUT, adbrain};
use crate::error::ErrorKind;

/// Every command that people were promised.
const PROMISED: [&str; 25] = [
    "init",
    "connect",
    "adopt",
    "import",
    "demo",
    "run",
    "plan",
    "approve",
    "refuse",
    "apply",
    "status",
    "drift",
    "stop",
    "resume",
    "undo",
    "serve",
    "report",
    "sim",
    "rules",
    "audit",
    "roi",
    "schema",
    "graph",
    "doctor",
    "completions",
];
/// Commands whose answer is no value: a script for a shell.
const WITHOUT_JSON: [&str; 1] = ["adbrain completions"];

/// The commands that do something, by their whole names, with what they take.
fn leaves(command: &Command, parent: &str) -> Vec<(String, Command)> {
    let name = format!("{parent}{}", command.get_name());
    let below: Vec<_> = command.get_subcommands().filter(|below| below.get_name() != "help").collect();
    if below.is_empty() {
        return vec![(name, command.clone())];
    }
    below.into_iter().flat_map(|below| leaves(below, &format!("{name} "))).collect()
}

#[test]
fn every_promised_command_is_there() {
    let root = Cli::command();
    for name in PROMISED {
        assert!(root.find_subcommand(name).is_some() || cfg!(not(feature = "dashboard")), "{name}");
    }
}

#[test]
fn every_command_gives_json_or_is_listed() {
    let all = leaves(&Cli::command(), "");
    assert!(all.len() > 30, "{}", all.len());
    let without: BTreeSet<_> = all
        .iter()
        .filter(|(_, command)| command.get_arguments().all(|arg| arg.get_long() != Some("json")))
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(without, BTreeSet::from(WITHOUT_JSON));
}

#[test]
fn every_option_says_what_it_does_and_stands_in_the_reference() {
    let page = reference();
    for (name, command) in leaves(&Cli::command(), "") {
        assert!(page.contains(&format!("## {name}\n")), "{name}");
        for arg in command.get_arguments() {
            assert!(arg.get_help().is_some(), "{name} {}", arg.get_id());
        }
    }
    assert!(page.contains("Also `adbrain import`.") && page.contains("130  stopped"), "{page}");
}

#[test]
fn exit_codes_tell_a_no_from_a_failure_and_from_what_is_not_known() {
    let codes = [
        (ErrorKind::InvalidInput, WRONG_INPUT),
        (ErrorKind::Refused, REFUSED),
        (ErrorKind::NeedsApproval, REFUSED),
        (ErrorKind::OutcomeUnknown, UNKNOWN),
        (ErrorKind::Cancelled, STOPPED),
        (ErrorKind::Unavailable, FAILED),
    ];
    for (kind, code) in codes {
        assert_eq!(exit_code(kind), code, "{kind}");
    }
}

#[test]
fn what_had_no_json_before_is_written_as_json() {
    let desk = Desk::new();
    let out = desk.path("answer.json");
    let read = |words: &[&str]| -> serde_json::Value {
        drop(fs::remove_file(&out));
        assert_eq!(adbrain(&[words, &["--json", &out]].concat()), DONE, "{words:?}");
        serde_json::from_slice(&fs::read(&out).unwrap()).unwrap()
    };
    assert!(read(&["schema", "--list"]).as_array().unwrap().contains(&"brief".into()));
    assert_eq!(read(&["schema", "brief"])["type"], "object");
    assert_eq!(read(&["rules", "show", "guarded"])["version"], 1);
    assert!(read(&["rules", "metrics"]).as_array().unwrap().iter().any(|one| one["metric"] == "target_roas"));
    assert!(read(&["rules", "check", "guarded"])[0]["severity"].is_string());
    assert_eq!(read(&["connect", "meta"])["platform"], "meta");
    assert!(read(&["init", &desk.path("new")])["files"].as_array().unwrap().contains(&"brief.json".into()));
    let (brief, db, report) = (desk.path("brief.json"), desk.path("brain.db"), desk.path("report.html"));
    let ran = read(&["run", "--brief", &brief, "--db", &db, "--days", "1", "--lang", "en"]);
    assert_eq!(read(&["report", "--db", &db, "--out", &report]), ran);
    let run = ran["run"].as_str().unwrap();
    let cuts = read(&["export", "--run", run, "--tool", "edl", "--out", &desk.path("cuts"), "--db", &db]);
    assert!(!cuts.as_array().unwrap().is_empty());
}
