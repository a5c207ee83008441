//! What comes before the first run.

use std::fs;
use std::path::Path;

use clap::Parser as _;
use serde_json::{Value, json};

use super::{Cli, DONE, Desk, FAILED, WRONG_INPUT, adbrain};
use crate::store::{Place, Statement, migrations};

/// What the doctor says of one check, one state for each time that it was looked at.
fn states<'a>(found: &'a Value, check: &str) -> Vec<&'a str> {
    let lines = found.as_array().unwrap().iter().filter(|line| line["check"] == check);
    lines.map(|line| line["state"].as_str().unwrap()).collect()
}

/// Changes a database behind the engine's back.
fn change(db: &str, sql: &str) {
    let place = Place::File(db.into());
    super::super::block_on(async { place.look().await?.write(vec![Statement::new(sql, [])]).await }).unwrap();
}

/// Does something to a database that takes no transaction.
fn change_outside(db: &str, sql: &str) {
    super::super::block_on(async {
        let database = libsql::Builder::new_local(db).build().await.unwrap();
        database.connect().unwrap().execute(sql, ()).await.unwrap();
        Ok(())
    })
    .unwrap();
}

#[test]
fn a_doctor_makes_no_database_and_leaves_one_as_it_is() {
    let desk = Desk::new();
    let db = desk.path("brain.db");
    let (code, found) = desk.adbrain(&["doctor"]);
    assert_eq!((code, states(&found, "database"), states(&found, "version")), (DONE, vec!["warning"], vec!["ok"]));
    assert!(!Path::new(&db).exists());
    desk.planned();
    let (code, found) = desk.adbrain(&["doctor"]);
    assert_eq!(code, DONE);
    for check in ["database", "kept", "writable", "journal", "kill_switch", "waiting"] {
        assert_eq!(states(&found, check), ["ok"], "{check}: {found}");
    }
    let before = fs::read(&db).unwrap();
    assert_eq!(desk.adbrain(&["doctor", "--lang", "pt-BR"]).0, DONE);
    assert_eq!(fs::read(&db).unwrap(), before);
}

#[test]
fn a_doctor_says_how_a_copy_is_kept_and_leaves_it_so() {
    let desk = Desk::new();
    desk.planned();
    let (db, copy) = (desk.path("brain.db"), desk.path("copy.db"));
    change_outside(&db, &format!("VACUUM INTO '{copy}'"));
    let before = fs::read(&copy).unwrap();
    assert_eq!(before[18], 1, "the copy is not in WAL mode");
    let out = desk.path("found.json");
    let look = || -> Value {
        assert_eq!(adbrain(&["doctor", "--db", &copy, "--json", &out]), DONE);
        serde_json::from_slice(&fs::read(&out).unwrap()).unwrap()
    };
    let found = look();
    assert_eq!((states(&found, "database"), states(&found, "kept")), (vec!["ok"], vec!["warning"]), "{found}");
    assert!(found.to_string().contains("delete") && states(&found, "journal") == ["ok"], "{found}");
    assert_eq!(fs::read(&copy).unwrap(), before);
    assert_eq!(adbrain(&["audit", "verify", "--db", &copy]), DONE);
    assert_eq!(states(&look(), "kept"), ["ok"]);
}

#[test]
fn a_doctor_finds_tables_of_other_releases_and_brings_none_up_to_date() {
    let desk = Desk::new();
    desk.planned();
    let (db, newest) = (desk.path("brain.db"), migrations::newest());
    change(&db, &format!("DELETE FROM schema_version WHERE version = {newest}"));
    for _ in 0..2 {
        let (code, found) = desk.adbrain(&["doctor"]);
        assert_eq!((code, states(&found, "database"), states(&found, "journal")), (DONE, vec!["warning"], vec![]));
    }
    change(&db, "INSERT INTO schema_version VALUES (99)");
    let (code, found) = desk.adbrain(&["doctor"]);
    assert_eq!((code, states(&found, "database"), states(&found, "writable")), (FAILED, vec!["wrong"], vec![]));
    let text = "this is no database, but it is long enough to be taken for one".repeat(100);
    fs::write(&db, &text).unwrap();
    let (code, found) = desk.adbrain(&["doctor"]);
    assert_eq!((code, states(&found, "database")), (FAILED, vec!["wrong"]));
    assert_eq!(fs::read_to_string(&db).unwrap(), text);
}

#[test]
fn a_doctor_tells_who_turned_the_switch_what_waits_and_that_the_journal_is_damaged() {
    let desk = Desk::new();
    let (brief, db) = (desk.path("brief.json"), desk.path("brain.db"));
    let (code, result) = desk.adbrain(&["run", "--brief", &brief, "--days", "1", "--mode", "live", "--lang", "en"]);
    assert_eq!(code, DONE);
    let (code, found) = desk.adbrain(&["doctor"]);
    assert_eq!((code, states(&found, "waiting")), (DONE, vec!["warning"]), "{found}");
    let hash = result["plan_hash"].as_str().unwrap();
    assert_eq!(desk.adbrain(&["refuse", hash, "--by", "Bia", "--reason", "too dear"]).0, DONE);
    assert_eq!(desk.adbrain(&["stop", "the shop is down", "--by", "Ana"]).0, DONE);
    let (code, found) = desk.adbrain(&["doctor"]);
    assert_eq!((code, states(&found, "waiting")), (DONE, vec!["ok"]), "{found}");
    assert_eq!(states(&found, "kill_switch"), ["warning"]);
    assert!(found.to_string().contains("Ana") && found.to_string().contains("the shop is down"), "{found}");
    change(&db, "UPDATE journal SET target = 'other' WHERE seq = 1");
    let (code, found) = desk.adbrain(&["doctor"]);
    assert_eq!((code, states(&found, "journal"), states(&found, "waiting")), (FAILED, vec!["wrong"], vec![]));
}

#[test]
fn a_doctor_opens_accounts_and_names_variables_without_their_values() {
    let desk = Desk::new();
    let (accounts, channels) = (desk.path("accounts.json"), desk.path("channels.toml"));
    let account = json!([{"platform": "meta", "account": "act_one", "token": "EAAB-secret", "page_id": "77"}]);
    fs::write(&accounts, account.to_string()).unwrap();
    let channel = |name: &str| {
        let text = format!("version = 1\n[[channel]]\nname = \"ops\"\nkind = \"slack\"\nurl_env = \"{name}\"\n");
        fs::write(&channels, text).unwrap();
    };
    channel("ADBRAIN_NOT_SET");
    let (code, found) = desk.adbrain(&["doctor", "--accounts", &accounts, "--channels", &channels]);
    assert_eq!((code, states(&found, "accounts"), states(&found, "account")), (FAILED, vec!["ok"], vec!["wrong"]));
    assert_eq!(states(&found, "channels"), ["wrong"]);
    let text = found.to_string();
    assert!(text.contains("ADBRAIN_NOT_SET") && text.contains("act_one") && !text.contains("EAAB"), "{text}");
    channel("PATH");
    let (code, found) = desk.adbrain(&["doctor", "--channels", &channels]);
    assert_eq!((code, states(&found, "channels")), (DONE, vec!["ok"]), "{found}");
    assert!(!found.to_string().contains(&std::env::var("PATH").unwrap()));
    assert_eq!(adbrain(&["doctor", "--db", &desk.path("none.db"), "--accounts", &desk.path("none.json")]), FAILED);
    assert!(!Path::new(&desk.path("brain.db")).exists());
}

#[test]
fn a_starting_folder_runs_as_it_is_and_is_not_written_over() {
    for language in ["en", "pt-BR"] {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join("new").join(name).display().to_string();
        assert_eq!(adbrain(&["init", &path(""), "--lang", language]), DONE);
        let (brief, rules, out) = (path("brief.json"), path("rules.toml"), path("plan.json"));
        let plan = ["plan", "--brief", &brief, "--rules", &rules, "--db", &path("brain.db"), "--json", &out];
        assert_eq!(adbrain(&plan), DONE);
        let plan: Value = serde_json::from_slice(&fs::read(&out).unwrap()).unwrap();
        assert_eq!(plan["steps"][0]["action"], "create", "{plan}");
        let readme = fs::read_to_string(path("README.md")).unwrap();
        let commands: Vec<_> = readme.lines().filter(|line| line.starts_with("    ")).map(str::trim).collect();
        for command in commands.iter().filter(|command| command.starts_with("adbrain ")) {
            let words = command.replace("\"why\"", "why").replace("\"motivo\"", "motivo");
            assert!(Cli::try_parse_from(words.split(' ')).is_ok(), "{command}");
        }
        assert!(commands.len() > 8);
        fs::write(&brief, "mine").unwrap();
        assert_eq!(adbrain(&["init", &path("")]), WRONG_INPUT);
        assert_eq!(fs::read_to_string(&brief).unwrap(), "mine");
    }
}
