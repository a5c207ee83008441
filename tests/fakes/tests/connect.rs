//! `adbrain connect` over the fakes as they run by themselves, as a user types it.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// The fakes as a process; it ends with the test.
struct Fakes {
    process: Child,
    accounts: PathBuf,
    /// The address that gives the accounts.
    url: String,
}

impl Fakes {
    fn start(folder: &Path) -> Self {
        let program = Command::new(env!("CARGO_BIN_EXE_fakes")).arg(folder).stdout(Stdio::piped()).spawn();
        let mut process = program.unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut line = || lines.next().unwrap().unwrap();
        let accounts = PathBuf::from(line());
        Self { process, accounts, url: line() }
    }
}

impl Drop for Fakes {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn adbrain(folder: &Path, arguments: &[&str]) -> i32 {
    let db = folder.join("brain.db");
    let all = [&["adbrain"], arguments, &["--db", db.to_str().unwrap()]].concat();
    adbrain_core::cli::run(all.into_iter().map(Into::into))
}

/// A dry run plans for the accounts and sends nothing to them; it watches no days, for those of an account come one by one.
#[test]
fn a_dry_run_over_four_accounts_writes_its_report_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let fakes = Fakes::start(folder.path());
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let (brief, history) = (examples.join("brief.json"), examples.join("history.csv"));
    let [brief, history, accounts] = [&brief, &history, &fakes.accounts].map(|path| path.to_str().unwrap());
    let json = folder.path().join("result.json");
    let files = ["--brief", brief, "--history", history, "--accounts", accounts, "--json", json.to_str().unwrap()];
    assert_eq!(adbrain(folder.path(), &[&["run", "--mode", "dry-run"], &files[..]].concat()), 0);
    let result: Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
    assert_eq!(result["is_simulated"], false);
    assert!(!result["launch"].as_array().unwrap().is_empty());
    assert_eq!(adbrain(folder.path(), &["connect", accounts]), 0);
}

/// The people of a dry run come from analytics and followers; what analytics withholds is told.
#[test]
fn people_are_read_from_their_sources_at_the_start_of_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let fakes = Fakes::start(folder.path());
    let brief = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/brief.json");
    let (people, json) = (fakes.accounts.with_file_name("people.json"), folder.path().join("result.json"));
    let [brief, people, result] = [&brief, &people, &json].map(|path| path.to_str().unwrap());
    let run = ["run", "--mode", "dry-run", "--days", "1", "--brief", brief, "--people", people, "--json", result];
    assert_eq!(adbrain(folder.path(), &run), 0);
    let result: Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    assert!(!result["people"]["personas"].as_array().unwrap().is_empty(), "{}", result["people"]);
    let notes: Vec<_> = result["people"]["notes"].as_array().unwrap().iter().map(|note| note["key"].clone()).collect();
    assert!(notes.contains(&Value::from("people-thresholded")), "{notes:?}");
    assert!(!result.to_string().contains("canary"), "a token is in the result");

    let wrong = folder.path().join("wrong.json");
    std::fs::write(&wrong, r#"{"source": "ga4", "property": "x", "token": "ya29.canary"}"#).unwrap();
    assert_eq!(adbrain(folder.path(), &["run", "--brief", brief, "--people", wrong.to_str().unwrap()]), 2);
}

/// The closed days of four accounts come into the database; orders beside them.
#[test]
fn accounts_and_orders_are_pulled_into_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let fakes = Fakes::start(folder.path());
    let accounts = fakes.accounts.to_str().unwrap();
    let days = ["--first", "2026-01-01", "--last", "2026-01-10"];
    assert_eq!(adbrain(folder.path(), &[&["pull", accounts], &days[..]].concat()), 0);
    assert_eq!(adbrain(folder.path(), &["pull", accounts]), 2, "the days are not guessed");
    let (orders, mapping) = (folder.path().join("orders.csv"), folder.path().join("mapping.json"));
    std::fs::write(&orders, "order,date,total\n1,2026-01-05,40.00\n").unwrap();
    let columns = r#"{"source": "orders/shop", "id": ["order"], "day": "date", "time_zone": "UTC", "currency": "BRL", "amounts": ["total"]}"#;
    std::fs::write(&mapping, columns).unwrap();
    let [orders, mapping] = [&orders, &mapping].map(|path| path.to_str().unwrap());
    assert_eq!(adbrain(folder.path(), &["pull", "--facts", orders, "--mapping", mapping, "--lang", "pt-BR"]), 0);
    assert_eq!(adbrain(folder.path(), &["pull", "--facts", orders]), 2, "a file without a mapping");
}

#[test]
fn four_accounts_are_opened_and_a_wrong_token_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let fakes = Fakes::start(folder.path());
    let accounts = fakes.accounts.to_str().unwrap();
    assert_eq!(adbrain(folder.path(), &["connect", accounts]), 0);
    assert_eq!(adbrain(folder.path(), &["connect", accounts, "--lang", "pt-BR"]), 0);
    for platform in ["meta", "google", "tiktok", "linkedin"] {
        assert_eq!(adbrain(folder.path(), &["connect", platform]), 0, "it is told how it is connected");
    }
    let json = folder.path().join("found.json");
    assert_eq!(adbrain(folder.path(), &["connect", accounts, "--json", json.to_str().unwrap()]), 0);
    let found: Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
    let rules = |at: usize| {
        let can = &found[at]["capabilities"];
        (can["platform"].as_str().unwrap(), can["worst_case_day_percent"].as_u64().unwrap(), can["pace"].clone())
    };
    let meta = serde_json::json!({"learning_hours": 72, "significant_edit_percent": 20, "edits_per_hour": 4});
    assert_eq!(rules(0), ("meta", 175, meta));
    let tiktok = serde_json::json!({"learning_hours": 168, "significant_edit_percent": 50, "edits_per_day": 1});
    assert_eq!(rules(2), ("tiktok", 125, tiktok));
    assert!((0..4).all(|at| found[at]["objects"].is_array()), "{found}");

    let mut wrong: Value = serde_json::from_slice(&std::fs::read(accounts).unwrap()).unwrap();
    wrong[0]["token"] = "EAAB-other".into();
    let path = folder.path().join("wrong.json");
    std::fs::write(&path, wrong.to_string()).unwrap();
    assert_eq!(adbrain(folder.path(), &["connect", path.to_str().unwrap()]), 1);
    std::fs::write(&path, "[{\"platform\": \"meta\"").unwrap();
    assert_eq!(adbrain(folder.path(), &["connect", path.to_str().unwrap()]), 2);
}

/// The whole loop over the fakes, as `make demo-wire` runs it: the real connectors launch the example.
#[test]
fn the_demo_launches_over_the_wire_and_writes_its_report() {
    let folder = tempfile::tempdir().unwrap();
    let fakes = Fakes::start(&folder.path().join("fakes"));
    let (out, json) = (folder.path().join("demo"), folder.path().join("result.json"));
    let words = ["adbrain", "demo", "--wire", fakes.url.as_str(), "--out"].map(std::ffi::OsString::from);
    let files = [out.clone().into_os_string(), "--json".into(), json.clone().into_os_string()];
    assert_eq!(adbrain_core::cli::run(words.into_iter().chain(files)), 0);
    let result: Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
    let launch = result["launch"].as_array().unwrap();
    let states: std::collections::BTreeSet<_> = launch.iter().map(|one| one["state"].as_str().unwrap()).collect();
    assert_eq!((result["is_simulated"].as_bool(), states), (Some(false), ["confirmed"].into()), "{launch:#?}");
    assert!(out.join("report/report.en.html").exists());
    let db = out.join("brain.db").display().to_string();
    let words = ["adbrain", "status", "--db", &db, "--accounts", fakes.accounts.to_str().unwrap()];
    assert_eq!(adbrain_core::cli::run(words.map(Into::into)), 0);
}
