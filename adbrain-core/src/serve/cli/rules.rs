//! `rules`: alert rules checked, tested and replayed over an account's past.

use std::path::Path;

use serde::Serialize;
use serde_json::json;

use super::args::{Backtest, Rules, RulesCheck, RulesTest};
use super::files;
use crate::alert::MetricSettings;
use crate::alert::rules::{
    METRICS, Metric, Replay, ReplaySettings, RuleReplay, RuleSet, RuleTests, TestResult, metrics_markdown, preset_text,
    replay,
};
use crate::error::{Error, ErrorKind, Result};
use crate::measure::{HistoryMapping, MATURE_SHARE, completeness, import_file};
use crate::model::{History, Language, Message};

pub(super) fn run(args: Rules) -> Result<()> {
    match args {
        Rules::Check(args) => check(&args),
        Rules::Test(args) => test(&args),
        Rules::Backtest(args) => backtest(&args),
        Rules::Show { name, json } => show(&name, json.as_deref()),
        Rules::Metrics { json } => super::tell(json.as_deref(), &metrics(), &metrics_markdown()),
    }
}

/// The rules of a preset's name or of a file.
pub(super) fn load(named: &Path) -> Result<RuleSet> {
    match named.to_str().filter(|name| preset_text(name).is_ok()) {
        Some(name) => RuleSet::preset(name),
        None => RuleSet::from_text(&files::text(named, "rules")?).map_err(|error| error.with("file", named.display())),
    }
}

/// A preset as it is written, comments and all; as JSON without them.
fn show(name: &str, json: Option<&Path>) -> Result<()> {
    let text = preset_text(name)?;
    let rules: serde_json::Value = toml::from_str(text).map_err(|error| {
        Error::new(ErrorKind::Internal, "a preset is no TOML").next("install the release anew").caused_by(error)
    })?;
    super::tell(json, &rules, text.trim_end())
}

/// The metrics by their names.
fn metrics() -> Vec<serde_json::Value> {
    let row = |metric: &Metric| json!({"metric": metric.name, "unit": metric.unit, "meaning": metric.meaning});
    METRICS.iter().map(row).collect()
}

fn check(args: &RulesCheck) -> Result<()> {
    let (rules, language) = (load(&args.file)?, args.answer.lang.into());
    let mut lines = vec![Message::new("cli-rules-good").with("count", whole(rules.rules().len()))];
    lines.extend(rules.rules().iter().map(|rule| {
        Message::new("cli-rules-rule")
            .with("name", rule.name())
            .with("severity", rule.severity().as_str())
            .with("value", rule.value().to_string())
    }));
    let told: Vec<_> = rules.rules().iter().map(|rule| {
        json!({"name": rule.name(), "severity": rule.severity().as_str(), "value": rule.value().to_string()})
    }).collect();
    super::tell(args.answer.json.as_deref(), &told, &texts(lines, language))
}

fn test(args: &RulesTest) -> Result<()> {
    let in_file = |error: Error| error.with("file", args.file.display());
    let tests = RuleTests::from_text(&files::text(&args.file, "tests")?).map_err(in_file)?;
    let is_preset = preset_text(&tests.rules).is_ok();
    let beside = files::folder_of(&args.file).join(&tests.rules);
    let rules = load(if is_preset { Path::new(&tests.rules) } else { &beside })?;
    let results = tests.run(&rules).map_err(in_file)?;
    super::tell(args.answer.json.as_deref(), &results, &told(&results, args.answer.lang.into()))?;
    let failed = results.iter().filter(|result| !result.is_passed()).count();
    if failed == 0 {
        return Ok(());
    }
    let what = format!("{failed} of {} tests of rules failed", results.len());
    Err(Error::new(ErrorKind::UserCode, what).next("correct the rules, or what the tests expect"))
}

/// Each test on a line of its own, with what is other than expected below it.
fn told(results: &[TestResult], language: Language) -> String {
    let line = |result: &TestResult| {
        let key = if result.is_passed() { "cli-rules-passed" } else { "cli-rules-failed" };
        let head = Message::new(key).with("name", result.name.as_str()).text(language);
        let differences = result.differences.iter().map(|difference| format!("  {difference}"));
        std::iter::once(head).chain(differences).collect::<Vec<_>>().join("\n")
    };
    results.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// One rule of one set in a backtest.
#[derive(Serialize)]
struct Line<'a> {
    /// The rules by the name that they were given by.
    rules: &'a str,
    #[serde(flatten)]
    counts: &'a RuleReplay,
    share_of_days: Option<f64>,
    share_without_value: Option<f64>,
}

fn backtest(args: &Backtest) -> Result<()> {
    if args.target_roas.is_some_and(|target| !(target.is_finite() && target > 0.0)) {
        return Err(Error::invalid("--target-roas", "is not above zero").next("give a ratio such as 3"));
    }
    let sets = args.rules.iter().map(|named| load(named)).collect::<Result<Vec<_>>>()?;
    let history = history(args)?;
    let settings = ReplaySettings {
        target_roas: args.target_roas,
        completeness,
        mature_share: MATURE_SHARE,
        alerts: MetricSettings::default(),
    };
    let replays = sets.iter().map(|rules| replay(rules, &history.rows, &settings)).collect::<Result<Vec<_>>>()?;
    let names: Vec<String> = args.rules.iter().map(|named| named.display().to_string()).collect();
    let lines: Vec<Line<'_>> = names
        .iter()
        .zip(&replays)
        .flat_map(|(name, replay)| replay.rules.iter().map(move |counts| (name, counts)))
        .map(|(name, counts)| Line {
            rules: name,
            counts,
            share_of_days: counts.share_of_days(),
            share_without_value: counts.share_without_value(),
        })
        .collect();
    let language = args.answer.lang.into();
    let notes = replays.first().map(|replay| notes(args, &history, replay)).unwrap_or_default();
    let text = format!("{}\n\n{}", table(&lines, language), texts(notes, language));
    super::tell(args.answer.json.as_deref(), &lines, text.trim_end())
}

fn history(args: &Backtest) -> Result<History> {
    let mapping = args.mapping.as_deref().map(|path| HistoryMapping::from_json(&files::text(path, "--mapping")?));
    import_file(&files::read(&args.history)?, mapping.transpose()?.as_ref(), args.currency)
}

/// What the reader has to know about the table.
fn notes(args: &Backtest, history: &History, replay: &Replay) -> Vec<Message> {
    let window =
        Message::new("cli-rules-window").with("first", replay.first.to_string()).with("last", replay.last.to_string());
    let no_target = args.target_roas.is_none().then(|| Message::new("cli-rules-no-target"));
    let dayless = (replay.rows_without_day > 0).then(|| {
        let count = i64::try_from(replay.rows_without_day).unwrap_or(i64::MAX);
        Message::new("cli-rules-dayless").with("count", count)
    });
    let refused = history.problems.first().map(|first| {
        Message::new("cli-rules-refused")
            .with("count", whole(history.problems.len()))
            .with("line", first.line.to_string())
            .with("column", first.column.as_str())
            .with("problem", first.problem.as_str())
    });
    [Some(window), no_target, dayless, refused].into_iter().flatten().collect()
}

/// The headings of the table, in their order.
const HEADINGS: [&str; 8] = [
    "cli-rules-set",
    "cli-rules-name",
    "cli-rules-episodes",
    "cli-rules-told",
    "cli-rules-proposed",
    "cli-rules-objects",
    "cli-rules-open",
    "cli-rules-no-value",
];

/// Names to the left of their columns, figures to the right.
fn table(lines: &[Line<'_>], language: Language) -> String {
    let headings = HEADINGS.iter().map(|key| Message::new(*key).text(language)).collect();
    let rows: Vec<Vec<String>> =
        std::iter::once(headings).chain(lines.iter().map(|line| cells(line, language))).collect();
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..HEADINGS.len()).map(width).collect();
    let cell = |(column, (cell, width)): (usize, (&String, &usize))| {
        if column < 2 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
    };
    let line = |row: &Vec<String>| row.iter().zip(&widths).enumerate().map(cell).collect::<Vec<_>>().join("  ");
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn cells(line: &Line<'_>, language: Language) -> Vec<String> {
    let percent = |share: Option<f64>| share.map_or("-".to_owned(), |share| language.percent(share, 1));
    let count = |number: u64| language.number(number as f64, 0);
    let counts = line.counts;
    vec![
        line.rules.to_owned(),
        counts.rule.clone(),
        count(counts.episodes),
        count(counts.notifications),
        count(counts.proposals),
        count(counts.objects),
        percent(line.share_of_days),
        percent(line.share_without_value),
    ]
}

fn texts(messages: Vec<Message>, language: Language) -> String {
    messages.into_iter().map(|message| message.text(language)).collect::<Vec<_>>().join("\n")
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
