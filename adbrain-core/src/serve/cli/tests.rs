//! The command line as people meet it.

use std::fs;

use super::args::{self, Cli};
use super::{DONE, FAILED, WRONG_INPUT, error_line, run, schema_text};
use crate::error::{Error, ErrorKind};
use clap::CommandFactory as _;

fn adbrain(args: &[&str]) -> i32 {
    run(std::iter::once("adbrain").chain(args.iter().copied()).map(Into::into))
}

#[test]
fn the_arguments_are_well_formed() {
    Cli::command().debug_assert();
}

#[test]
fn help_and_version_are_no_failure_and_wrong_arguments_are() {
    assert_eq!(adbrain(&["--help"]), DONE);
    assert_eq!(adbrain(&["run", "--version"]), DONE);
    for wrong in [&[][..], &["nothing"], &["run"], &["schema"], &["run", "--brief", "b.json", "--days", "0"]] {
        assert_eq!(adbrain(wrong), WRONG_INPUT, "{wrong:?}");
    }
}

#[test]
fn every_schema_that_is_listed_can_be_printed() {
    let list = schema_text(&args::Schema { name: None, list: true }).unwrap();
    assert!(list.lines().any(|name| name == "brief") && list.lines().any(|name| name == "media_plan"));
    for name in list.lines() {
        let text = schema_text(&args::Schema { name: Some(name.to_owned()), list: false }).unwrap();
        assert!(text.contains("\"$schema\""), "{name}");
    }
}

#[test]
fn an_error_is_one_line_with_kind_and_next_step() {
    let error = Error::new(ErrorKind::Corrupt, "first\nsecond").next("restore it");
    assert_eq!(error_line(&error), "error[corrupt]: first second; restore it");
}

#[test]
fn a_bad_brief_is_wrong_input_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("brief.json"), "{\"name\": 1}").unwrap();
    let db = path("brain.db");
    assert_eq!(adbrain(&["run", "--brief", &path("brief.json"), "--db", &db]), WRONG_INPUT);
    assert_eq!(adbrain(&["run", "--brief", &path("missing.json"), "--db", &db]), WRONG_INPUT);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn an_audit_of_no_file_is_wrong_input_and_a_damaged_file_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("brain.db");
    assert_eq!(adbrain(&["audit", "verify", "--db", &db.display().to_string()]), WRONG_INPUT);
    assert!(!db.exists());
    fs::write(&db, "this is no database, but it is long enough to be taken for one".repeat(100)).unwrap();
    assert_eq!(adbrain(&["audit", "verify", "--db", &db.display().to_string()]), FAILED);
}
