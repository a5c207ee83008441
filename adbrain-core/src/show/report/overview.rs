//! A run as a person who decides looks at it: one section for each question, and the plan field by field.

use std::collections::BTreeSet;

use super::cell::{Cell, figure};
use super::document::{Block, Section, Tile, table, text};
use super::orders::{basis, campaign, caps, decision, drift_table, notes, objects, stage_note, step, steps, switch};
use super::sections;
use crate::brain::{Figures, Overview, Standing, TargetCheck};
use crate::control::{Outcome, SwitchStatus};
use crate::model::{AdDraft, CampaignDraft, Language, Message, Metrics, Platform};

/// The heads of the figures.
const FIGURES: [&str; 10] =
    ["level", "platform", "object", "spend", "roas", "cpa", "ctr", "cpm", "conversions", "completeness"];

/// Of what is expected to come at least so much is taken to be in.
const LEAST_SHARE: f64 = 0.01;

/// What is known of a run: targets, figures, alerts, decisions, drift, what is out there, what was done, how fresh it is.
pub fn overview_sections(overview: &Overview) -> Vec<Section> {
    let currency = overview.plan.currency;
    let control = &overview.status.control;
    let mut sections = vec![
        Section::new("summary", summary(overview)),
        Section::new("figures", figures(overview)),
        Section::new("alerts", vec![sections::alerts_table(&overview.alerts, currency)]),
        Section::new("experiments", sections::experiments_blocks(&overview.experiments, &overview.tests)),
        Section::new("decisions", vec![sections::decisions_table(&overview.decisions, currency)]),
        Section::new("drift", vec![drift_table(&overview.drift)]),
        Section::new("objects", vec![objects(&control.objects)]),
        Section::new("steps", vec![steps(control.steps.iter())]),
        Section::new("fresh", vec![fresh(overview)]),
    ];
    if !overview.budgets.is_empty() {
        sections.insert(5, Section::new("budgets", vec![sections::budgets_table(&overview.budgets, currency)]));
    }
    sections
}

/// A plan that waits: what a person has to see to, the worst case beside each cap, and every field of what would be created or changed.
pub fn waiting_blocks(overview: &Overview) -> Vec<Block> {
    let Some(preview) = &overview.preview else { return Vec::new() };
    let mut blocks = notes(&preview.needs);
    blocks.push(caps(&preview.caps));
    let campaigns = overview.plan.campaigns.iter().map(campaign).collect();
    blocks.push(table(&["platform", "campaign", "ad-sets", "ads", "daily-budget", "flight"], campaigns));
    let changes: Vec<_> = preview.steps.iter().filter(|step| step.action != "create").collect();
    if !changes.is_empty() {
        let columns = ["platform", "action", "object", "before", "after", "verdict"];
        blocks.push(table(&columns, changes.into_iter().map(step).collect()));
    }
    blocks.push(sections::tree_table(&overview.plan));
    blocks
}

/// The steps that wait for a person and that no word lets go: somebody has to look at the account.
pub fn others_block(overview: &Overview) -> Block {
    steps(overview.others())
}

/// What control did, step by step.
pub fn outcomes_block(outcomes: &[Outcome]) -> Block {
    steps(outcomes.iter())
}

/// The targets and what was reached of them.
fn target_tiles(overview: &Overview) -> Vec<Tile> {
    let currency = overview.plan.currency;
    let shown = |metric: &str, value: Option<f64>| value.map_or(Cell::Missing, |value| figure(metric, value, currency));
    let tile = |check: &TargetCheck| Tile {
        label: text(&check.metric),
        value: shown(&check.metric, check.reached),
        target: shown(&check.metric, Some(check.target)),
        is_met: check.is_met,
        holds_target: None,
    };
    overview.targets.iter().map(tile).collect()
}

/// Whether the kill switch is on, who turned it and why.
pub fn switch_text(status: &SwitchStatus, language: Language) -> String {
    Cell::Message(switch(status)).write(language)
}

/// `simulated` or `real accounts`.
pub fn overview_basis(overview: &Overview) -> Message {
    basis(overview.status.is_simulated)
}

fn summary(overview: &Overview) -> Vec<Block> {
    let (status, control) = (&overview.status, &overview.status.control);
    let about = text("plan-note").with("name", overview.plan.name.as_str()).with("hash", status.plan_hash.as_str());
    let mut blocks = vec![Block::Tiles(target_tiles(overview)), Block::Note(stage_note(status)), Block::Note(about)];
    blocks.push(Block::Note(text(match overview.standing {
        Standing::Waits => "standing-waits",
        Standing::Free => "standing-free",
        Standing::Refused => "standing-refused",
        Standing::LetGo => "standing-let-go",
        Standing::NotCreated => "standing-not-created",
    })));
    blocks.extend(control.decision.as_ref().map(|said| Block::Note(decision(said))));
    blocks.push(Block::Note(switch(&control.switch)));
    blocks.push(Block::Note(head(overview)));
    blocks
}

fn head(overview: &Overview) -> Message {
    let head = &overview.status.control.head;
    let entries = i64::try_from(head.entries).unwrap_or(i64::MAX);
    Message::new("cli-journal").with("entries", entries).with("head", head.head.short(12))
}

/// Spend, ROAS, CPA, CTR and CPM of each platform, campaign and ad set.
fn figures(overview: &Overview) -> Vec<Block> {
    let Some(known) = &overview.figures else {
        let why = if overview.status.is_simulated { "figures-at-end" } else { "figures-not-yet" };
        return vec![Block::Note(text(why))];
    };
    let rows = overview.plan.campaigns.iter().flat_map(|campaign| campaign_rows(campaign, known));
    vec![Block::Note(text("figures-maturity")), table(&FIGURES, platform_rows(known).chain(rows).collect())]
}

fn platform_rows(known: &Figures) -> impl Iterator<Item = Vec<Cell>> {
    let of = |(platform, (metrics, share)): (&Platform, &(Metrics, f64))| {
        row(("platform", *platform), Cell::Missing, Some(&(metrics.clone(), *share)))
    };
    known.platforms.iter().map(of)
}

/// A campaign, each of its ad sets, and each ad below it.
fn campaign_rows(campaign: &CampaignDraft, known: &Figures) -> Vec<Vec<Cell>> {
    let platform = campaign.platform;
    let of_ad = |ad: &AdDraft| known_ad(ad, (platform, known));
    let all = campaign.ad_sets.iter().flat_map(|set| &set.ads).filter_map(of_ad);
    let mut rows = vec![row(("campaign", platform), Cell::text(&campaign.name), all.reduce(merged).as_ref())];
    for set in &campaign.ad_sets {
        let total = set.ads.iter().filter_map(of_ad).reduce(merged);
        rows.push(row(("ad_set", platform), Cell::text(&set.name), total.as_ref()));
        rows.extend(set.ads.iter().map(|ad| row(("ad", platform), Cell::text(&ad.name), of_ad(ad).as_ref())));
    }
    rows
}

/// Figures with the share of their conversions that is expected to be in.
type Known = (Metrics, f64);

fn known_ad(ad: &AdDraft, (platform, known): (Platform, &Figures)) -> Option<Known> {
    let tag = ad.tag.as_str();
    let share = known.shares.get(tag).copied().or_else(|| known.platforms.get(&platform).map(|(_, share)| *share));
    Some((known.ads.get(tag)?.clone(), share.unwrap_or(1.0)))
}

/// All figures of a plan are in its one currency; amounts beyond what can be written stay as they are.
///
/// The share of a sum is that of its conversions: those of each part as they are known, over what they are expected to become.
fn merged((sum, known): Known, (next, of_next): Known) -> Known {
    let weight = |metrics: &Metrics| (metrics.conversions as f64).max(f64::MIN_POSITIVE);
    let (own, other) = (weight(&sum), weight(&next));
    let expected = own / known.max(LEAST_SHARE) + other / of_next.max(LEAST_SHARE);
    let metrics = sum.merge(&next).unwrap_or(sum);
    (metrics, ((own + other) / expected).min(1.0))
}

fn row((level, platform): (&str, Platform), name: Cell, known: Option<&Known>) -> Vec<Cell> {
    let mut row = vec![Cell::name("level", level), Cell::named("platform", &platform), name];
    match known {
        None => row.extend(std::iter::repeat_n(Cell::Missing, FIGURES.len() - 3)),
        Some((metrics, share)) => row.extend([
            Cell::Money(metrics.spend),
            Cell::number(metrics.roas()),
            Cell::units(metrics.cpa(), metrics.spend.currency()),
            Cell::ratio(metrics.ctr()),
            Cell::units(metrics.cpm(), metrics.spend.currency()),
            Cell::Count(metrics.conversions),
            Cell::ratio(Some(*share)),
        ]),
    }
    row
}

/// Per account: when it was read, as of when its figures are known, and which part of its conversions is in.
fn fresh(overview: &Overview) -> Block {
    let unread = &overview.status.control.unread;
    let known = |platform: Platform| overview.figures.as_ref()?.platforms.get(&platform).map(|(_, share)| *share);
    let row = |platform: Platform| {
        let read =
            if unread.contains(&platform) { Cell::Message(text("not-read")) } else { Cell::Moment(overview.read_at) };
        let as_of = overview.figures.as_ref().map_or(Cell::Missing, |figures| Cell::Moment(figures.as_of));
        vec![Cell::named("platform", &platform), read, as_of, Cell::ratio(known(platform))]
    };
    let platforms: BTreeSet<_> = overview.plan.campaigns.iter().map(|campaign| campaign.platform).collect();
    table(&["platform", "read-at", "known-at", "completeness"], platforms.into_iter().map(row).collect())
}
