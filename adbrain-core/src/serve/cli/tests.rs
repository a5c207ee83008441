//! The command line as people meet it.

mod commands;
mod setup;

use std::fs;

use super::args::{self, Cli};
use super::{DONE, FAILED, REFUSED, WRONG_INPUT, completions, error_line, run, schema_text};
use crate::error::{Error, ErrorKind};
use clap::{CommandFactory as _, Parser as _, ValueEnum as _};

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
    let list = schema_text(&args::Schema { name: None, list: true, json: None }).unwrap();
    assert!(list.lines().any(|name| name == "brief") && list.lines().any(|name| name == "media_plan"));
    for name in list.lines() {
        let text = schema_text(&args::Schema { name: Some(name.to_owned()), list: false, json: None }).unwrap();
        assert!(text.contains("\"$schema\""), "{name}");
    }
}

#[test]
fn every_shell_has_a_script_that_knows_the_commands_and_their_options() {
    for shell in clap_complete::Shell::value_variants() {
        let script = completions(*shell);
        for word in ["completions", "monitor", "daily-budgets"] {
            assert!(script.contains(word), "{shell}: no {word}");
        }
    }
    assert_eq!(adbrain(&["completions", "elvish"]), DONE);
    assert_eq!(adbrain(&["completions", "tcsh"]), WRONG_INPUT);
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

#[test]
fn a_graph_a_key_a_signature_and_an_audit_are_written_as_json() {
    let desk = Desk::new();
    desk.planned();
    let json = |words: &[&str]| {
        let out = desk.path("answer.json");
        drop(fs::remove_file(&out));
        let code = adbrain(&[words, &["--json", &out]].concat());
        (code, serde_json::from_slice::<serde_json::Value>(&fs::read(out).unwrap()).unwrap())
    };
    let (code, graph) = json(&["graph", "--days", "2"]);
    assert!(
        code == DONE && graph["days"] == 2 && graph["mermaid"].as_str().unwrap().starts_with("flowchart"),
        "{graph}"
    );
    let (db, key) = (desk.path("brain.db"), desk.path("key"));
    let (code, made) = json(&["audit", "key", "--out", &key]);
    let public = made["public_key"].as_str().unwrap().to_owned();
    assert_eq!((code, public.len()), (DONE, 64));
    let (code, signed) = json(&["audit", "sign", "--db", &db, "--key", &key]);
    assert_eq!((code, signed["public_key"].as_str()), (DONE, Some(public.as_str())));
    fs::write(desk.path("signed.json"), signed.to_string()).unwrap();
    let verify = ["audit", "verify", "--db", &db, "--signed", &desk.path("signed.json"), "--public-key", &public];
    let (code, found) = json(&verify);
    assert_eq!((code, found["is_intact"].as_bool(), &found["head"]), (DONE, Some(true), &signed["head"]));
    let (code, found) = json(&["audit", "verify", "--db", &db, "--head", &"ab".repeat(32)]);
    assert_eq!((code, found["first_problem"]["kind"].as_str()), (FAILED, Some("cut_short")));
}

#[test]
fn accounts_that_cannot_be_opened_are_told_as_json_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let account = serde_json::json!([{
        "platform": "meta", "account": "act_one", "token": "EAAB-secret", "page_id": "77",
    }]);
    fs::write(path("accounts.json"), account.to_string()).unwrap();
    let (db, out) = (path("brain.db"), path("out.json"));
    assert_eq!(adbrain(&["connect", &path("accounts.json"), "--db", &db, "--json", &out]), WRONG_INPUT);
    let text = fs::read_to_string(out).unwrap();
    let found: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((found[0]["platform"].as_str(), found[0]["objects"].as_array().map(Vec::len)), (Some("meta"), Some(0)));
    assert!(found[0]["error"].as_str().unwrap().contains("account") && !text.contains("EAAB"), "{text}");
}

/// A desk with the example of the demo on it.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        super::demo::write_example(desk.0.path()).unwrap();
        desk
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    /// Runs a command over the desk's database; gives its exit code and what it wrote.
    fn adbrain(&self, words: &[&str]) -> (i32, serde_json::Value) {
        let (db, json) = (self.path("brain.db"), self.path("out.json"));
        drop(fs::remove_file(&json));
        let code = adbrain(&[words, &["--db", &db, "--json", &json]].concat());
        let written = fs::read(json).map(|bytes| serde_json::from_slice(&bytes).unwrap());
        (code, written.unwrap_or_default())
    }

    fn planned(&self) -> String {
        let brief = self.path("brief.json");
        let (code, plan) = self.adbrain(&["plan", "--brief", &brief, "--days", "1", "--lang", "en"]);
        assert_eq!((code, plan["steps"][0]["action"].as_str()), (DONE, Some("create")));
        plan["plan_hash"].as_str().unwrap().to_owned()
    }
}

#[test]
fn a_plan_is_made_refused_approved_applied_and_shown() {
    let desk = Desk::new();
    let hash = desk.planned();
    let word = |words: &[&str]| desk.adbrain(&[&[words[0], hash.as_str()], &words[1..]].concat());
    assert_eq!(word(&["refuse", "--by", "Ana", "--reason", "too dear"]).0, DONE);
    let (code, applied) = word(&["apply", "--mode", "sandbox"]);
    assert_eq!((code, applied["outcomes"][0]["reason"]["key"].as_str()), (REFUSED, Some("refused-by-person")));
    assert_eq!(word(&["refuse", "--by", "policy", "--reason", "x"]).0, WRONG_INPUT);
    assert_eq!(word(&["approve", "--by", "Bia", "--mode", "sandbox"]).0, DONE);
    assert_eq!(word(&["apply"]).0, DONE, "a dry run");
    let (code, applied) = word(&["apply", "--mode", "sandbox", "--lang", "pt-BR"]);
    assert_eq!((code, applied["outcomes"][0]["state"].as_str()), (DONE, Some("confirmed")));
    let (code, status) = word(&["status", "--lang", "pt-BR"]);
    assert_eq!((code, status["objects"][0]["delivery"].as_str()), (DONE, Some("running")));
    assert_eq!(desk.adbrain(&["status", "nobody"]).0, WRONG_INPUT, "neither a run nor a hash");
}

#[test]
fn the_kill_switch_is_turned_on_and_off() {
    let desk = Desk::new();
    let hash = desk.planned();
    let (code, switched) = desk.adbrain(&["stop", "the shop is down", "--by", "Ana", "--lang", "pt-BR"]);
    assert_eq!((code, &switched["is_on"], &switched["is_noted"]), (DONE, &true.into(), &true.into()));
    assert_eq!(desk.adbrain(&["apply", &hash, "--mode", "sandbox"]).0, REFUSED);
    assert_eq!(
        desk.adbrain(&["resume", "--by", "Ana"]),
        (DONE, serde_json::json!({"is_on": false, "is_noted": true, "outcomes": [], "problems": []}))
    );
    assert_eq!(desk.adbrain(&["apply", &hash, "--mode", "sandbox"]).0, DONE);
    let (code, switched) = desk.adbrain(&["stop", "down again", "--by", "Ana", "--pause"]);
    assert_eq!((code, switched["outcomes"][0]["action"].as_str()), (DONE, Some("pause")));
    let typo = desk.path("typo.db");
    assert_eq!(adbrain(&["stop", "x", "--by", "Ana", "--db", &typo]), FAILED);
    assert_eq!(adbrain(&["stop", " ", "--by", "Ana", "--db", &desk.path("brain.db")]), WRONG_INPUT);
}

#[test]
fn rules_are_checked_tested_and_replayed() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    for words in [["show", "guarded"], ["check", "legacy"]] {
        assert_eq!(adbrain(&["rules", words[0], words[1]]), DONE);
    }
    assert_eq!(adbrain(&["rules", "metrics"]), DONE);
    assert_eq!(adbrain(&["rules", "check", &path("none.toml")]), WRONG_INPUT);
    fs::write(path("bad.toml"), "version = 1\n[[rule]]\nname = \"x\"\n").unwrap();
    assert_eq!(adbrain(&["rules", "check", &path("bad.toml")]), WRONG_INPUT);
    let tests = "rules = \"legacy\"\n[[test]]\nname = \"dear\"\nstart = 2026-12-01T00:00:00Z\nstep = \"1h\"\n\
                 notifications = [\"1h cost_spike opened set-1\"]\n[[test.series]]\nplatform = \"meta\"\nobject = \"set-1\"\n\
                 metrics = { cpm_hour = \"20 30\", cpm_previous_hour = \"20x2\" }\n";
    fs::write(path("good.toml"), tests).unwrap();
    fs::write(path("failing.toml"), tests.replace("20 30", "20x2")).unwrap();
    let (good, failing, out) = (path("good.toml"), path("failing.toml"), path("out.json"));
    assert_eq!(adbrain(&["rules", "test", &good, "--lang", "pt-BR"]), DONE);
    assert_eq!(adbrain(&["rules", "test", &failing, "--json", &out]), FAILED);
    let found: serde_json::Value = serde_json::from_slice(&fs::read(&out).unwrap()).unwrap();
    assert_eq!(found[0]["differences"], serde_json::json!(["- 1h cost_spike opened set-1"]));
    let desk = Desk::new();
    let history = desk.path("history.csv");
    let backtest = ["rules", "backtest", "--rules", "guarded", "legacy", "--history", &history, "--json", &out];
    assert_eq!(adbrain(&[&backtest[..], &["--target-roas", "3"]].concat()), DONE);
    let found: serde_json::Value = serde_json::from_slice(&fs::read(&out).unwrap()).unwrap();
    let lines = found.as_array().unwrap();
    assert_eq!(lines.len(), 13);
    let drops: Vec<_> = lines.iter().filter(|line| line["rule"] == "performance_drop").collect();
    assert!(drops[0]["episodes"].as_u64() < drops[1]["episodes"].as_u64(), "{found}");
    assert_eq!(adbrain(&[&backtest[..], &["--target-roas", "-1"]].concat()), WRONG_INPUT);
}

#[test]
fn the_demo_runs_on_its_own_example_and_writes_its_report() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("demo").display().to_string();
    assert_eq!(adbrain(&["demo", "--out", &out, "--days", "1", "--lang", "en"]), DONE);
    assert!(folder.path().join("demo/report/report.pt-BR.html").exists());
    assert_eq!(
        adbrain(&["demo", "--out", &out, "--wire", &folder.path().join("none.json").display().to_string()]),
        WRONG_INPUT
    );
}

#[test]
fn a_report_is_written_of_a_run_and_of_a_result_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (out, result, db) = (path("demo"), path("result.json"), path("demo/brain.db"));
    assert_eq!(adbrain(&["demo", "--out", &out, "--days", "4", "--lang", "en", "--json", &result]), DONE);
    for (format, begin) in [("html", "<!doctype"), ("md", "# "), ("csv", "section,"), ("json", "{"), ("xlsx", "PK")] {
        for (source, file) in [(&["--db", &db][..], path("of-run")), (&[result.as_str()][..], path("of-result"))] {
            let words = [&["report", "--format", format, "--lang", "en", "--out", &file], source].concat();
            assert_eq!(adbrain(&words), DONE, "{words:?}");
            let bytes = fs::read(&file).unwrap();
            assert!(bytes.starts_with(begin.as_bytes()), "{format}");
            assert!(format != "html" || bytes.len() < 300 << 10, "{} bytes", bytes.len());
        }
        // What the run alone does not know is the end of the journal.
        assert_eq!(
            fs::read(path("of-run")).unwrap() == fs::read(path("of-result")).unwrap(),
            format == "json",
            "{format}"
        );
    }
    assert_eq!(adbrain(&["report", "--db", &db, "--format", "xlsx"]), WRONG_INPUT, "a workbook needs a file");
    assert_eq!(adbrain(&["report", "--db", &path("none.db")]), WRONG_INPUT);
    assert_eq!(adbrain(&["report", &path("demo/example/brief.json")]), WRONG_INPUT);
}

#[test]
fn memory_is_listed_exported_backed_up_forgotten_and_restored() {
    let desk = Desk::new();
    let (brief, copy, table) = (desk.path("brief.json"), desk.path("copy.db"), desk.path("learnings.csv"));
    assert_eq!(desk.adbrain(&["run", "--brief", &brief, "--days", "7", "--lang", "en"]).0, DONE);
    let (code, listed) = desk.adbrain(&["memory", "list", "--lang", "pt-BR"]);
    let rows = listed.as_array().unwrap();
    assert!(code == DONE && !rows.is_empty());
    assert_eq!(
        (rows[0]["grounds"]["taint"].as_str(), rows[0]["id"].as_str().map(str::len)),
        (Some("measured"), Some(64))
    );
    assert!(
        rows[0]["grounds"]["entry"].is_string() && rows[0]["grounds"]["profile"]["price"].is_object(),
        "{}",
        rows[0]
    );
    let (code, before) = desk.adbrain(&["memory", "list", "--as-of", "2000-01-01T00:00:00Z"]);
    assert_eq!((code, before.as_array().map(Vec::len)), (DONE, Some(0)));
    let (code, practices) = desk.adbrain(&["memory", "practices", "--industry", rows[0]["industry"].as_str().unwrap()]);
    assert!(code == DONE && !practices.as_array().unwrap().is_empty());
    let db = desk.path("brain.db");
    assert_eq!(adbrain(&["memory", "export", "--db", &db, "--out", &table]), DONE);
    assert_eq!(fs::read_to_string(&table).unwrap().lines().count(), rows.len() + 1);
    assert_eq!(adbrain(&["memory", "backup", &copy, "--db", &db]), DONE);
    assert_eq!(adbrain(&["memory", "backup", &copy, "--db", &db]), FAILED, "nothing is written over");
    assert_eq!(desk.adbrain(&["memory", "forget"]).0, WRONG_INPUT);
    let all = ["memory", "forget", "--before", "2100-01-01T00:00:00Z"];
    for (words, is_done) in [(&all[..], false), (&[&all[..], &["--yes"]].concat()[..], true)] {
        let (code, forgotten) = desk.adbrain(words);
        assert_eq!((code, forgotten["count"].as_u64()), (DONE, Some(rows.len() as u64)));
        assert_eq!(forgotten["is_done"], is_done);
    }
    assert_eq!(desk.adbrain(&["memory", "list"]).1, serde_json::json!([]));
    let again = desk.path("again.db");
    assert_eq!(adbrain(&["memory", "restore", &copy, "--db", &again]), DONE);
    assert_eq!(adbrain(&["memory", "restore", &copy, "--db", &again]), FAILED, "nothing is written over");
    let json = desk.path("again.json");
    assert_eq!(adbrain(&["memory", "list", "--db", &again, "--json", &json]), DONE);
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&fs::read(json).unwrap()).unwrap(), listed);
}

#[test]
fn what_a_run_tells_goes_to_its_channels_and_is_listed_and_acknowledged() {
    let desk = Desk::new();
    let rules =
        "version = 1\n[[rule]]\nname = \"busy\"\nvalue = \"impressions_hour\"\nabove = 1\nseverity = \"high\"\n";
    fs::write(desk.path("rules.toml"), rules).unwrap();
    let log = desk.path("alerts.jsonl");
    fs::write(
        desk.path("channels.toml"),
        format!("version = 1\n[[channel]]\nname = \"log\"\nkind = \"log\"\nfile = {log:?}\n"),
    )
    .unwrap();
    let (brief, rules, channels) = (desk.path("brief.json"), desk.path("rules.toml"), desk.path("channels.toml"));
    let run = ["run", "--brief", &brief, "--days", "1", "--rules", &rules, "--channels", &channels, "--lang", "en"];
    assert_eq!(desk.adbrain(&run).0, DONE);
    let lines = || fs::read_to_string(&log).unwrap().lines().count();
    let told = lines();
    assert!(told > 0);
    assert_eq!(desk.adbrain(&run).0, DONE, "the same run again tells nothing again");
    assert_eq!(lines(), told);
    let (code, letters) = desk.adbrain(&["alerts", "list", "--most", "100", "--lang", "pt-BR"]);
    assert_eq!((code, letters.as_array().map(Vec::len)), (DONE, Some(told)));
    assert_eq!(letters[0]["deliveries"][0]["state"], "sent");
    let id = letters[0]["letter"]["id"].as_str().unwrap();
    let (code, noted) = desk.adbrain(&["alerts", "ack", id, "--by", "Ana"]);
    assert_eq!((code, noted["acknowledged"]["by"].as_str()), (DONE, Some("Ana")));
    assert_eq!(desk.adbrain(&["alerts", "ack", "msg_none", "--by", "Ana"]).0, FAILED);
    let (code, sent) = desk.adbrain(&["alerts", "send", "--channels", &channels]);
    assert_eq!((code, sent), (DONE, serde_json::json!({"sent": {}, "problems": {}})));
    assert_eq!(adbrain(&["alerts", "test", "--channels", &channels]), DONE);
    assert_eq!(lines(), told + 1);
    fs::write(&channels, "version = 1\n[[channel]]\nname = \"ops\"\nkind = \"slack\"\nurl_env = \"ADBRAIN_NOT_SET\"\n")
        .unwrap();
    let other = desk.path("other.db");
    let words = ["run", "--brief", &brief, "--days", "1", "--channels", &channels, "--db", &other];
    assert_eq!(adbrain(&words), WRONG_INPUT);
    assert!(!std::path::Path::new(&other).exists(), "a wrong request makes no file");
}

#[test]
fn reports_that_are_due_are_made_once_and_say_where_they_are() {
    let known = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/cases/files/schedules.json");
    let known: serde_json::Value = serde_json::from_slice(&fs::read(known).unwrap()).unwrap();
    let desk = Desk::new();
    let brief = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/brief.json");
    let [days, seed] = ["days", "seed"].map(|name| known[name].to_string());
    let run = ["run", "--brief", brief, "--days", &days, "--seed", &seed, "--out", &desk.path("out")];
    assert_eq!(desk.adbrain(&run).0, DONE);
    let (schedules, channels) = (desk.path("schedules.json"), desk.path("channels.toml"));
    let mut schedule = known["schedule"].clone();
    schedule["folder"] = "reports".into();
    schedule["channels"] = serde_json::json!(["log"]);
    fs::write(&schedules, serde_json::json!({"version": 1, "schedule": [schedule]}).to_string()).unwrap();
    let log = desk.path("told.jsonl");
    let text = format!("version = 1\n[[channel]]\nname = \"log\"\nkind = \"log\"\nfile = {log:?}\n");
    fs::write(&channels, text).unwrap();
    let now = known["now"].as_str().unwrap();
    let due = ["report", "--schedule", &schedules, "--channels", &channels, "--now", now];
    let (code, made) = desk.adbrain(&due);
    assert_eq!((code, made["made"].as_array().map(Vec::len)), (DONE, Some(1)), "{made}");
    assert_eq!((&made["made"][0]["first"], &made["made"][0]["last"]), (&known["first"], &known["last"]));
    let file = made["made"][0]["files"][0].as_str().unwrap();
    let written: serde_json::Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    assert_eq!(written["totals"]["spend"], known["spend"]);
    assert!(file.starts_with(&desk.path("reports")), "folders lie beside the file of schedules: {file}");
    let (code, again) = desk.adbrain(&due);
    assert_eq!((code, again), (DONE, serde_json::json!({"made": [], "problems": {}})));
    assert_eq!(fs::read_to_string(&log).unwrap().lines().count(), 1);
    let lost = ["report", "--schedule", &schedules, "--now", "2027-12-31T12:00:00Z"];
    assert_eq!(desk.adbrain(&lost).0, FAILED, "a channel that nobody knows");
    assert_eq!(adbrain(&["report", "--now", now]), WRONG_INPUT, "a moment is for schedules");
}

#[test]
fn a_twin_is_fitted_from_a_file_and_written_as_a_world() {
    let folder = tempfile::tempdir().unwrap();
    let world = folder.path().join("twin.toml").display().to_string();
    let history = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/history.csv");
    let fit = ["sim", "--fit", history, "--currency", "BRL", "--seeds", "1..9", "--out", &world];
    assert_eq!(adbrain(&fit), DONE);
    let twin = crate::market::World::from_toml(&fs::read_to_string(&world).unwrap()).unwrap();
    assert!(twin.name == "twin" && twin.trial.is_some());
}

#[test]
fn wrong_arguments_of_a_twin_or_a_plan_are_wrong_input() {
    let history = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/history.csv");
    for wrong in [
        &["sim", "--fit", history, "--world", "stationary"][..],
        &["sim", "--fit", history, "--seeds", "1..3"],
        &["sim", "--fit", "missing.csv"],
        &["sim", "--out", "world.toml"],
        &["sim", "--plan", "missing.json"],
        &["sim", "--plan", history],
        &["sim", "--days", "3"],
    ] {
        assert_eq!(adbrain(wrong), WRONG_INPUT, "{wrong:?}");
    }
}

#[test]
fn rules_are_tried_in_worlds_and_wrong_ones_are_named() {
    let world = ["sim", "--world", "stationary", "--seeds", "3"];
    assert_eq!(adbrain(&[&world[..], &["--rules", "guarded", "--lang", "pt-BR"]].concat()), DONE);
    assert_eq!(adbrain(&[&world[..], &["--rules", "none.toml"]].concat()), WRONG_INPUT);
    assert_eq!(adbrain(&[&world[..], &["--rules", "guarded", "--policy", "brain"]].concat()), WRONG_INPUT);
}

#[test]
fn policies_that_are_named_twice_are_told_before_anything_is_played() {
    assert_eq!(adbrain(&["sim", "--world", "stationary", "--policy", "equal", "equal"]), WRONG_INPUT);
    assert_eq!(adbrain(&["sim", "--list"]), DONE);
}

#[test]
fn the_policy_that_is_tried_by_default_is_the_brain_s_own() {
    let args::Command::Sim(sim) = Cli::try_parse_from(["adbrain", "sim"]).unwrap().command else {
        panic!("another command");
    };
    assert_eq!(sim.policy, ["brain"]);
}
