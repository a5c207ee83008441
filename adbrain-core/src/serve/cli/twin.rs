//! `sim --fit` and `sim --plan`: the twin of an account, and plans tried in it.

use super::args::{Seeds, Sim};
use super::sim::{worlds, write_json};
use super::{campaign, files};
use crate::brain::Plan;
use crate::error::{Error, Result};
use crate::market::World;
use crate::measure::import_file;
use crate::model::{Currency, History, Language, MediaPlan, Message, Platform};
use crate::sim::{
    Fit, FitOptions, Kept, Learnt, MetricFit, Outlook, PlanFigures, PlanOptions, PlanTrial, PlatformFit, Twin, Verdict,
    fit, try_plan,
};

/// The seeds where none are given.
const SEEDS: Seeds = Seeds { first: 1, last: 40 };
/// The width of a column of figures.
const WIDTH: usize = 12;

/// Fits a twin where a history is given, and tries a plan where one is given.
pub(super) async fn run(args: Sim) -> Result<()> {
    if let Some(path) = &args.out {
        files::check_target(path)?;
    }
    let language: Language = args.lang.into();
    let plan = args.plan.as_deref().map(|path| media_plan(&files::text(path, "--plan")?)).transpose()?;
    let twin = twin(&args)?;
    if let Some(twin) = &twin {
        if let Some(path) = &args.out {
            files::write(path, twin.world.to_toml()?.as_bytes())?;
        }
        if args.json { write_json(&twin.fit)? } else { super::print(&fit_text(twin, &args, language))? }
    }
    let Some(plan) = plan else { return Ok(()) };
    let (world, fitted) = match twin {
        Some(twin) => (twin.world, twin.fit.platforms),
        None => (one_world(&args)?, Vec::new()),
    };
    let seeds = args.seeds.unwrap_or(SEEDS);
    let options = PlanOptions { seeds: seeds.first..=seeds.last, days: args.days, target_roas: args.target_roas };
    let trial = try_plan(&world, &plan, &options).await?;
    if args.json { write_json(&trial) } else { super::print(&trial_text(&trial, &fitted, language)) }
}

/// The twin of the history that is named.
fn twin(args: &Sim) -> Result<Option<Twin>> {
    let Some(path) = &args.fit else { return Ok(None) };
    let mapping = args.mapping.as_deref().map(campaign::mapping).transpose()?;
    let stated = mapping.as_ref().and_then(|mapping| mapping.currency);
    let currency = args.currency.or(stated).unwrap_or(Currency::USD);
    let history: History = import_file(&files::read(path)?, mapping.as_ref(), currency)
        .map_err(|error| error.with("file", path.display()))?;
    let seeds = args.seeds.unwrap_or(SEEDS);
    let options = FitOptions { seeds: seeds.first..=seeds.last, exported: args.exported, ..FitOptions::default() };
    let mut twin = fit(&history, &options)?;
    if !history.problems.is_empty() {
        let count = i64::try_from(history.problems.len()).unwrap_or(i64::MAX);
        twin.fit.notes.push(Message::new("twin-rows-refused").with("count", count));
    }
    Ok(Some(twin))
}

fn one_world(args: &Sim) -> Result<World> {
    if args.world.is_empty() {
        return World::builtin();
    }
    let mut named = worlds(&args.world)?;
    match (named.pop(), named.is_empty()) {
        (Some(world), true) => Ok(world),
        _ => Err(Error::invalid("--world", "names more than one world").next("try a plan in one world at a time")),
    }
}

/// The plan itself, or what `adbrain plan --json` wrote around it.
fn media_plan(text: &str) -> Result<MediaPlan> {
    let bad = |error: serde_json::Error| {
        Error::invalid("--plan", error.to_string()).next("give the file that `adbrain plan --json FILE` writes")
    };
    let value: serde_json::Value = serde_json::from_str(text).map_err(bad)?;
    if value.get("plan_hash").is_some() {
        return serde_json::from_value::<Plan>(value).map(|plan| plan.plan).map_err(bad);
    }
    serde_json::from_value(value).map_err(bad)
}

/// The fit as text: each platform with its verdict and its figures on the days held out, then what was learnt and what was kept.
fn fit_text(twin: &Twin, args: &Sim, language: Language) -> String {
    let fit = &twin.fit;
    let mut lines = vec![
        Message::new("twin-title")
            .with("first", fit.first.to_string())
            .with("last", fit.last.to_string())
            .with("held", fit.held_out_from.to_string())
            .with("seeds", count(fit.seeds))
            .text(language),
    ];
    if args.currency.is_none() && fit.currency == Currency::USD {
        lines.push(Message::new("twin-currency-taken").with("currency", fit.currency.code()).text(language));
    }
    lines.extend(fit.notes.iter().map(|note| note.text(language)));
    lines.extend(fit.platforms.iter().flat_map(|platform| platform_lines(platform, language)));
    lines.extend(learnt_lines(fit, language));
    if let Some(path) = &args.out {
        lines.push(Message::new("cli-written").text(language));
        lines.push(format!("  {}", path.display()));
    }
    lines.push(Message::new("twin-no-promise").text(language));
    lines.join("\n")
}

fn platform_lines(fit: &PlatformFit, language: Language) -> Vec<String> {
    let verdict = match fit.verdict {
        Verdict::Good => "twin-good",
        Verdict::Rough => "twin-rough",
        Verdict::NotUsable => "twin-not-usable",
    };
    let title = Message::new("twin-platform")
        .with("platform", platform(fit.platform, language))
        .with("verdict", Message::new(verdict).text(language))
        .with("campaigns", count(fit.campaigns))
        .with("learnt", count(fit.learnt_from.days))
        .with("held", count(fit.held_out.days));
    let mut lines = vec![String::new(), title.text(language)];
    lines.extend(fit.reasons.iter().map(|reason| format!("  - {}", reason.text(language))));
    let headings = ["metric", "real", "mean", "low", "high", "inside", "days"];
    lines.push(row(&headings.map(|name| heading(name, language))));
    lines.extend(fit.held_out.metrics.iter().map(|metric| row(&metric_cells(metric, language))));
    lines.push(row(&["figure", "real", "mean", "low", "high"].map(|name| heading(name, language))));
    for shape in &fit.shapes {
        let name = Message::new(format!("twin-shape-{}", shape.name)).text(language);
        let cells = [shape.real, shape.mean, shape.low, shape.high].map(|value| number(value, 2, language));
        let [real, mean, low, high] = cells;
        lines.push(row(&[name, real, mean, low, high]));
    }
    lines
}

fn metric_cells(metric: &MetricFit, language: Language) -> [String; 7] {
    let figure = |value: Option<f64>| match metric.metric.as_str() {
        "ctr" | "cvr" => percent(value, 2, language),
        "cpm" | "roas" => number(value, 2, language),
        _ => number(value, 0, language),
    };
    let inside = metric.is_inside.map_or("-".to_owned(), |is_inside| {
        Message::new(if is_inside { "twin-inside" } else { "twin-outside" }).text(language)
    });
    [
        label(&metric.metric, language),
        figure(metric.real),
        figure(metric.mean),
        figure(metric.low),
        figure(metric.high),
        inside,
        percent(metric.days_inside, 0, language),
    ]
}

fn heading(name: &str, language: Language) -> String {
    Message::new(format!("twin-head-{name}")).text(language)
}

fn platform(platform: Platform, language: Language) -> String {
    Message::new(format!("report-platform-{platform}")).text(language)
}

fn label(metric: &str, language: Language) -> String {
    Message::new(format!("twin-metric-{metric}")).text(language)
}

fn learnt_lines(fit: &Fit, language: Language) -> Vec<String> {
    let learnt = |learnt: &Learnt| {
        let of = Message::new(format!("twin-of-{}", learnt.of)).with("count", count(learnt.sample)).text(language);
        let trust = learnt.trust.map_or(String::new(), |trust| {
            let trust = Message::new("twin-trust").with("trust", language.percent(trust, 0));
            format!(", {}", trust.text(language))
        });
        format!("  {}: {} -> {} ({of}{trust})", learnt.field, significant(learnt.usual), significant(learnt.value))
    };
    let kept = |kept: &Kept| format!("  {}: {}", kept.field, kept.reason.text(language));
    let title = |key: &str| [String::new(), Message::new(key).text(language)];
    let mut lines: Vec<String> = title("twin-learnt").into();
    lines.extend(fit.learnt.iter().map(learnt));
    lines.extend(title("twin-kept"));
    lines.extend(fit.kept.iter().map(kept));
    lines.push(String::new());
    lines
}

/// A parameter as a world file has it.
fn significant(value: f64) -> String {
    let short: f64 = format!("{value:.3e}").parse().unwrap_or(value);
    short.to_string()
}

fn trial_text(trial: &PlanTrial, fitted: &[PlatformFit], language: Language) -> String {
    let mut lines = vec![
        Message::new("twin-plan-title")
            .with("plan", trial.plan.as_str())
            .with("world", trial.world.as_str())
            .with("days", count(u64::from(trial.days)))
            .with("seeds", count(trial.seeds))
            .with("currency", trial.currency.code())
            .text(language),
    ];
    let headings = ["plan", "expected", "low", "high"].map(|name| heading(name, language));
    for figures in trial.platforms.iter().chain([&trial.all]) {
        let name =
            figures.platform.map_or_else(|| Message::new("twin-all").text(language), |name| platform(name, language));
        lines.extend([String::new(), name, row(&headings)]);
        lines.extend(figure_lines(figures, language));
    }
    lines.push(String::new());
    if let (Some(target), Some(chance)) = (trial.target_roas, trial.chance_of_target) {
        let line = Message::new("twin-chance").with("target", language.number(target, 2));
        lines.push(line.with("chance", language.percent(chance, 0)).text(language));
    }
    let is_weak = |fit: &&PlatformFit| {
        fit.verdict != Verdict::Good && trial.platforms.iter().any(|own| own.platform == Some(fit.platform))
    };
    let weak: Vec<String> = fitted.iter().filter(is_weak).map(|fit| platform(fit.platform, language)).collect();
    if !weak.is_empty() {
        lines.push(Message::new("twin-weak").with("platforms", weak.join(", ")).text(language));
    }
    lines.push(Message::new("twin-breaches").with("count", count(u64::from(trial.cap_breaches))).text(language));
    lines.push(Message::new("twin-no-promise").text(language));
    lines.join("\n")
}

fn figure_lines(figures: &PlanFigures, language: Language) -> Vec<String> {
    let rows = [
        ("spend", Some(figures.spend), 2),
        ("impressions", Some(figures.impressions), 0),
        ("clicks", Some(figures.clicks), 0),
        ("conversions", Some(figures.conversions), 0),
        ("revenue", Some(figures.revenue), 2),
        ("roas", figures.roas, 2),
    ];
    let line = |(name, outlook, places): (&str, Option<Outlook>, usize)| {
        let of = |end: fn(&Outlook) -> f64| number(outlook.as_ref().map(end), places, language);
        row(&[label(name, language), of(|all| all.mean), of(|all| all.low), of(|all| all.high)])
    };
    rows.into_iter().map(line).collect()
}

/// The name to the left, the figures to the right.
fn row(cells: &[String]) -> String {
    let cell = |(place, cell): (usize, &String)| {
        if place == 0 { format!("  {cell:<width$}", width = 2 * WIDTH) } else { format!("{cell:>WIDTH$}") }
    };
    cells.iter().enumerate().map(cell).collect::<Vec<_>>().join("  ")
}

fn number(value: Option<f64>, places: usize, language: Language) -> String {
    value.map_or("-".to_owned(), |value| language.number(value, places))
}

fn percent(value: Option<f64>, places: usize, language: Language) -> String {
    value.map_or("-".to_owned(), |value| language.percent(value, places))
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
