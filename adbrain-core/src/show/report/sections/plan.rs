//! What was planned: strategy, assets, copy, the tree, the launch.

use crate::brain::RunResult;
use crate::control::Outcome;
use crate::model::message::Argument;
use crate::model::{
    AdSetDraft, Asset, AssetContent, Audience, CampaignDraft, Crop, Currency, Estimate, Evidence, InteractiveElement,
    Limits, MediaPlan, Message, MissingFile, Reason, TestDesign,
};
use crate::report::cell::{Cell, Scale, hash_cell, money_of};
use crate::report::document::{Block, Section, table, text, titled};
use crate::report::words::{audience_cell, cause, subject};

/// The strategist's choices with reasons and evidence.
pub(super) fn strategy(result: &RunResult) -> Section {
    let strategy = &result.strategy;
    let names = |group, names: Vec<&str>| Cell::List(names.into_iter().map(|name| Cell::name(group, name)).collect());
    let choices = vec![
        vec![Cell::Message(text("objective")), Cell::name("objective", strategy.objective.as_str())],
        vec![
            Cell::Message(text("formats")),
            names("format", strategy.formats.iter().map(|format| format.as_str()).collect()),
        ],
        vec![
            Cell::Message(text("proven-styles")),
            names("style", strategy.proven_styles.iter().map(String::as_str).collect()),
        ],
    ];
    let split = strategy.platforms.iter().map(|choice| {
        let expected = Cell::Estimate(choice.expected_roas.clone(), Scale::Plain);
        vec![Cell::named("platform", &choice.platform), Cell::Money(choice.budget), expected]
    });
    let blocks = vec![
        table(&["fact", "value"], choices),
        titled("budget-split", &["platform", "budget", "expected-roas"], split.collect()),
        titled("audiences", &AUDIENCE, strategy.audiences.iter().map(audience).collect()),
        reasons(&strategy.reasons, result.brief.currency()),
    ];
    Section::new("strategy", blocks)
}

const AUDIENCE: [&str; 6] = ["audience", "countries", "ages", "genders", "interests", "size"];

fn audience(audience: &Audience) -> Vec<Cell> {
    let texts = |texts: &[String]| Cell::List(texts.iter().map(Cell::text).collect());
    vec![
        audience_cell(&audience.name),
        texts(&audience.countries),
        audience.ages.map_or(Cell::Missing, |ages| Cell::text(format!("{}–{}", ages.min, ages.max))),
        Cell::List(audience.genders.iter().map(|gender| Cell::named("gender", gender)).collect()),
        texts(&audience.interests),
        audience.size.map_or(Cell::Missing, Cell::Count),
    ]
}

fn reasons(reasons: &[Reason], currency: Currency) -> Block {
    let rows = reasons.iter().map(|reason| {
        let evidence = reason.evidence.iter().map(|evidence| evidence_cell(evidence, reason, currency)).collect();
        vec![Cell::name("choice", &reason.choice), why(&reason.message, currency), Cell::List(evidence)]
    });
    titled("reasons", &["choice", "reason", "evidence"], rows.collect())
}

/// The text of a reason, with costs in the currency.
fn why(message: &Message, currency: Currency) -> Cell {
    let mut shown = message.clone();
    if message.key == "reason-earlier-cpa" {
        for value in shown.args.values_mut() {
            if let Argument::Number(units) = value {
                *value = money_of(*units, currency).map_or(Argument::Number(*units), Argument::Money);
            }
        }
    }
    Cell::Message(shown)
}

fn evidence_cell(evidence: &Evidence, reason: &Reason, currency: Currency) -> Cell {
    // What a learning says is a relative change; everything else is told as it was measured.
    let scale = if reason.message.key == "reason-learning" { Scale::Percent } else { Scale::Plain };
    let estimate = evidence.estimate.clone().map(|estimate: Estimate| Cell::Estimate(estimate, scale));
    let about = [Cell::name("source", &evidence.source), subject(evidence, currency)];
    Cell::List(about.into_iter().chain(estimate).collect())
}

/// What Creative made, what it lacks and what it left out.
pub(super) fn assets(result: &RunResult) -> Section {
    let set = &result.assets;
    let coverage = set.coverage.iter().map(|cover| {
        vec![
            Cell::named("format", &cover.format),
            Cell::named("platform", &cover.platform),
            Cell::Count(cover.assets as u64),
            Cell::Count(cover.ready as u64),
        ]
    });
    let skipped =
        set.skipped.iter().map(|skipped| vec![Cell::text(&skipped.subject), Cell::Message(skipped.reason.clone())]);
    let manifest = set.manifest.iter().map(|entry| {
        let size = Cell::text(format!("{} × {}", entry.facts.width, entry.facts.height));
        vec![
            Cell::text(&entry.path),
            Cell::named("media", &entry.kind),
            Cell::text(&entry.facts.format),
            size,
            entry.facts.duration_ms.map_or(Cell::Missing, seconds),
            Cell::Count(entry.facts.bytes),
            Cell::text(&entry.alternative_text),
            hash_cell(&entry.hash),
        ]
    });
    let files = ["file", "kind", "file-format", "pixels", "length", "bytes", "alternative-text", "hash"];
    let blocks = vec![
        titled("coverage", &["format", "platform", "assets-made", "assets-ready"], coverage.collect()),
        table(&["asset", "format", "platform", "content", "files", "losses"], set.assets.iter().map(asset).collect()),
        titled("missing-files", &MISSING_FILE, missing(result).map(missing_file).collect()),
        titled("skipped", &["subject", "reason"], skipped.collect()),
        titled("manifest", &files, manifest.collect()),
    ];
    Section::new("assets", blocks)
}

fn asset(asset: &Asset) -> Vec<Cell> {
    vec![
        Cell::text(&asset.key),
        Cell::named("format", &asset.format),
        Cell::named("platform", &asset.platform),
        content(&asset.content),
        Cell::Count(asset.files.len() as u64),
        Cell::List(asset.losses.iter().cloned().map(Cell::Message).collect()),
    ]
}

fn content(content: &AssetContent) -> Cell {
    let parts = match content {
        AssetContent::Video { plan } => {
            let size = Cell::text(format!("{} × {}", plan.width, plan.height));
            let mut parts = vec![Cell::text(&plan.name), size, seconds(plan.length_ms)];
            parts.extend(plan.shots.iter().map(|shot| part(&shot.role, &shot.caption)));
            parts
        }
        AssetContent::Carousel { cards } => cards.iter().map(|card| part(&card.role, &card.headline)).collect(),
        AssetContent::Story { frames } => frames
            .iter()
            .flat_map(|frame| [Some(Cell::text(&frame.text)), frame.element.as_ref().map(element)])
            .flatten()
            .collect(),
        AssetContent::Ugc { rights, score, .. } => {
            vec![Cell::text(&rights.creator), Cell::text(&rights.proof), Cell::number(Some(*score))]
        }
    };
    Cell::List(parts)
}

/// A part of a story: the hook, the proof, the offer.
fn part(role: &str, words: &str) -> Cell {
    Cell::Message(text("part").with("role", role).with("words", words))
}

fn element(element: &InteractiveElement) -> Cell {
    match element {
        InteractiveElement::Poll { question, options } => Cell::text(format!("{question} [{}]", options.join(" | "))),
        InteractiveElement::Question { prompt } => Cell::text(prompt),
        InteractiveElement::Sticker { text } => Cell::text(text),
    }
}

fn seconds(milliseconds: u64) -> Cell {
    Cell::Message(text("seconds").with("seconds", Argument::Number(milliseconds as f64 / 1000.0)))
}

const MISSING_FILE: [&str; 6] = ["asset", "kind", "pixels", "length", "crop", "reason"];

/// Every missing file once: those of the plan and those of assets that the plan left out.
fn missing(result: &RunResult) -> impl Iterator<Item = &MissingFile> {
    let planned = &result.plan.missing;
    let assets = result.assets.assets.iter().flat_map(|asset| &asset.missing);
    planned.iter().chain(assets.filter(move |file| !planned.contains(file)))
}

fn missing_file(file: &MissingFile) -> Vec<Cell> {
    vec![
        Cell::text(&file.asset),
        Cell::named("media", &file.kind),
        Cell::text(format!("{} × {}", file.width, file.height)),
        file.length_ms.map_or(Cell::Missing, seconds),
        file.crop.as_ref().map_or(Cell::Missing, crop),
        Cell::Message(file.message.clone()),
    ]
}

fn crop(crop: &Crop) -> Cell {
    let message = text("crop-box")
        .with("width", crop.width.to_string())
        .with("height", crop.height.to_string())
        .with("x", crop.x.to_string())
        .with("y", crop.y.to_string())
        .with("file", crop.source.short(8));
    Cell::Message(message)
}

/// What the copywriter wrote and refused to write.
pub(super) fn copy(result: &RunResult) -> Section {
    let variants = result.copy.variants.iter().map(|variant| {
        vec![
            Cell::named("platform", &variant.platform),
            Cell::named("slot", &variant.slot),
            Cell::name("style", &variant.style),
            Cell::text(&variant.text),
            Cell::text(format!("{}/{}", variant.length, variant.limit)),
        ]
    });
    let refused =
        result.copy.refused.iter().map(|claim| vec![Cell::text(&claim.text), Cell::Message(claim.reason.clone())]);
    let blocks = vec![
        table(&["platform", "slot", "style", "copy-text", "length-limit"], variants.collect()),
        titled("refused-claims", &["claim", "reason"], refused.collect()),
    ];
    Section::new("copy", blocks)
}

/// The plan as a tree with budgets, tests and limits.
pub(super) fn tree(result: &RunResult) -> Section {
    let plan = &result.plan;
    let tests = plan.tests.cells.iter().map(|cell| {
        vec![
            Cell::named("platform", &cell.platform),
            audience_cell(&cell.audience),
            Cell::text(&cell.creative),
            Cell::name("style", &cell.copy_style),
            Cell::text(cell.ad.as_str()),
        ]
    });
    let matrix = text("test-note")
        .with("metric", plan.tests.metric.as_str())
        .with("effect", Argument::Ratio(plan.tests.minimum_relative_effect))
        .with("impressions", i64::try_from(plan.tests.impressions_per_cell).unwrap_or(i64::MAX));
    let blocks = vec![
        Block::Note(text("plan-note").with("name", plan.name.as_str()).with("hash", result.plan_hash.as_str())),
        tree_table(plan),
        titled("limits", &["limit", "value"], limits(&plan.limits)),
        Block::Note(matrix),
        titled("test-design", &["fact", "value"], plan.tests.design.iter().flat_map(design).collect()),
        titled("tests", &["platform", "audience", "creative", "style", "tag"], tests.collect()),
        reasons(&plan.reasons, plan.currency),
    ];
    Section::new("plan", blocks)
}

/// Every object of a plan with its fields.
pub(in crate::show::report) fn tree_table(plan: &MediaPlan) -> Block {
    let columns = ["level", "platform", "object", "audience", "daily-budget", "bid-strategy", "bid", "tag"];
    table(&columns, plan.campaigns.iter().flat_map(campaign).collect())
}

/// What the matrix can tell.
fn design(design: &TestDesign) -> Vec<Vec<Cell>> {
    let share = |value: Option<f64>| value.map_or(Cell::Missing, |value| Cell::Number(value, Scale::Percent));
    let names = |names: &[String]| Cell::List(names.iter().map(|name| Cell::name("factor", name)).collect());
    let row = |name: &str, cell| vec![Cell::Message(text(name)), cell];
    vec![
        row("design-mode", Cell::name("matrix-mode", &design.mode)),
        row("design-rows", Cell::Count(design.rows)),
        row("design-full", share(Some(design.share_of_full))),
        row("design-pairs", share(design.share_of_pairs)),
        row("design-estimable", names(&design.estimable)),
        row("design-mixed", names(&design.mixed)),
        row("design-impressions", design.impressions_per_row.map_or(Cell::Missing, Cell::Count)),
        row("design-budget", design.budget_per_row.map_or(Cell::Missing, Cell::Money)),
        row("design-cpm", design.highest_cpm.map_or(Cell::Missing, Cell::Money)),
        row("design-deviation", share(design.daily_deviation)),
        row("design-days", design.days_needed.map_or(Cell::Missing, Cell::Count)),
    ]
}

fn campaign(campaign: &CampaignDraft) -> Vec<Vec<Cell>> {
    let platform = Cell::named("platform", &campaign.platform);
    let head = vec![
        Cell::name("level", "campaign"),
        platform.clone(),
        Cell::text(&campaign.name),
        Cell::Missing,
        Cell::Missing,
        Cell::Missing,
        Cell::Missing,
        Cell::text(campaign.tag.as_str()),
    ];
    let sets = campaign.ad_sets.iter().flat_map(|set| ad_set(set, &platform));
    std::iter::once(head).chain(sets).collect()
}

fn ad_set(set: &AdSetDraft, platform: &Cell) -> Vec<Vec<Cell>> {
    let head = vec![
        Cell::name("level", "ad_set"),
        platform.clone(),
        Cell::text(&set.name),
        audience_cell(&set.audience.name),
        Cell::Money(set.daily_budget),
        Cell::named("bidding", &set.bid_strategy),
        set.bid.map_or(Cell::Missing, Cell::Money),
        Cell::text(set.tag.as_str()),
    ];
    let ads = set.ads.iter().map(|ad| {
        let mut row = vec![Cell::name("level", "ad"), platform.clone(), Cell::text(&ad.name)];
        row.extend(std::iter::repeat_n(Cell::Missing, 4));
        row.push(Cell::text(ad.tag.as_str()));
        row
    });
    std::iter::once(head).chain(ads).collect()
}

fn limits(limits: &Limits) -> Vec<Vec<Cell>> {
    let percent = |value: u8| Cell::Number(f64::from(value) / 100.0, Scale::Percent);
    let row = |name: &str, cell| vec![Cell::Message(text(name)), cell];
    vec![
        row("daily-cap", Cell::Money(limits.daily_cap)),
        row("weekly-cap", Cell::Money(limits.weekly_cap)),
        row("lifetime-cap", Cell::Money(limits.lifetime_cap)),
        row("max-raise", percent(limits.max_raise_percent)),
        row("max-cut", percent(limits.max_cut_percent)),
        row("max-changes", Cell::Count(limits.max_changes_per_object_and_day.into())),
        row("max-pauses", Cell::Count(limits.max_pauses_per_hour.into())),
        row("learning-hours", Cell::Count(limits.learning_hours.into())),
    ]
}

/// What control did for the plan.
pub(super) fn launch(result: &RunResult) -> Section {
    Section::new("launch", vec![outcomes(&result.launch)])
}

/// Outcomes of control as rows.
pub(super) fn outcomes(outcomes: &[Outcome]) -> Block {
    let rows = outcomes.iter().map(|outcome| {
        vec![
            Cell::named("platform", &outcome.platform),
            Cell::name("action", &outcome.action),
            Cell::text(outcome.target.as_str()),
            Cell::named("state", &outcome.state),
            cause(&outcome.cause),
            outcome.object.as_ref().map_or(Cell::Missing, |id| Cell::text(id.as_str())),
            outcome.reason.clone().map_or(Cell::Missing, Cell::Message),
            hash_cell(&outcome.entry),
        ]
    });
    let columns = ["platform", "action", "tag", "state", "cause", "object", "reason", "journal-entry"];
    table(&columns, rows.collect())
}
