//! What a person decides on one by one: proposals field by field, and what is kept quiet.

use std::collections::BTreeMap;

use super::cell::{Cell, hash_cell};
use super::document::{Block, table, text};
use crate::brain::Overview;
use crate::control::{CapUse, KeptSilence, Period, Waiting};
use crate::model::{Change, ChangeKind, Language, MediaPlan, Message, Tag};
use crate::platform::Status;

/// The objects of a plan by their marks: level and name.
pub(super) type Names<'a> = BTreeMap<&'a Tag, (&'static str, &'a str)>;

pub(super) fn names(plan: &MediaPlan) -> Names<'_> {
    let mut names = Names::new();
    for campaign in &plan.campaigns {
        names.insert(&campaign.tag, ("campaign", campaign.name.as_str()));
        for set in &campaign.ad_sets {
            names.insert(&set.tag, ("ad_set", set.name.as_str()));
            names.extend(set.ads.iter().map(|ad| (&ad.tag, ("ad", ad.name.as_str()))));
        }
    }
    names
}

/// The name of an object as people know it, else its mark.
pub(super) fn name_of(names: &Names<'_>, tag: &Tag) -> Cell {
    names.get(tag).map_or_else(|| Cell::text(tag.as_str()), |(_, name)| Cell::text(*name))
}

/// The columns of a change, field by field.
const FIELDS: [&str; 6] = ["platform", "level", "object", "field", "before", "after"];

/// One proposal that waits: every field that it would change, why it waits, what the policy says now, and the worst day beside its cap.
pub fn waiting_proposal_blocks(overview: &Overview, waiting: &Waiting) -> Vec<Block> {
    let mut blocks = vec![changes_table(&names(&overview.plan), &waiting.changes), Block::Note(waiting.reason.clone())];
    let refused = |why: &Message| {
        text("proposal-refused-now").with("why", crate::model::message::Argument::List(vec![why.clone()]))
    };
    blocks.push(Block::Note(waiting.refused.as_ref().map_or_else(|| text("proposal-allowed-now"), refused)));
    let day = overview.status.control.caps.iter().find(|cap| cap.period == Period::Day);
    blocks.extend(waiting.worst_day.zip(day).map(|(worst, CapUse { cap, .. })| {
        Block::Note(text("proposal-worst-day").with("worst", worst).with("cap", *cap))
    }));
    blocks
}

/// What changes do, field by field.
pub(super) fn changes_table(names: &Names<'_>, changes: &[Change]) -> Block {
    table(&FIELDS, changes.iter().map(|change| fields(names, change)).collect())
}

fn fields(names: &Names<'_>, change: &Change) -> Vec<Cell> {
    let status = |status: Status| Cell::named("status", &status);
    let (field, before, after) = match &change.kind {
        ChangeKind::SetDailyBudget { before, after } => ("daily_budget", Cell::Money(*before), Cell::Money(*after)),
        ChangeKind::SetBid { before, after } => ("bid", Cell::Money(*before), Cell::Money(*after)),
        ChangeKind::Pause => ("status", status(Status::Active), status(Status::Paused)),
        ChangeKind::Activate => ("status", status(Status::Paused), status(Status::Active)),
        ChangeKind::Archive => ("status", Cell::Missing, status(Status::Archived)),
        ChangeKind::Create { .. } => ("presence", Cell::Missing, status(Status::Paused)),
    };
    let level = names.get(&change.target).map_or(Cell::Missing, |(level, _)| Cell::name("level", *level));
    vec![
        Cell::named("platform", &change.platform),
        level,
        name_of(names, &change.target),
        Cell::name("field", field),
        before,
        after,
    ]
}

/// Proposals that wait, a row for each change, with the hash that is approved or refused.
pub(super) fn proposals_table(waiting: &[Waiting]) -> Block {
    let none = BTreeMap::new();
    let rows = waiting.iter().flat_map(|one| {
        let verdict = || Cell::Message(one.refused.clone().unwrap_or_else(|| text("allowed")));
        one.changes.iter().map({
            let none = &none;
            move |change| {
                let mut row = vec![hash_cell(&one.hash)];
                row.extend(
                    fields(none, change).into_iter().enumerate().filter(|(place, _)| *place != 1).map(|(_, cell)| cell),
                );
                row.push(verdict());
                row
            }
        })
    });
    table(&["hash", "platform", "tag", "field", "before", "after", "verdict"], rows.collect())
}

/// A silence as a sentence: what is quiet, until when, by whom, why; and whether somebody ended it.
pub fn silence_text(kept: &KeptSilence, language: Language) -> String {
    let silence = &kept.silence;
    let what: Vec<_> = silence.only.iter().map(|(label, value)| format!("{label}={value}")).collect();
    let until = |at| Cell::Moment(at).write(language);
    let sentence = text("silence-note")
        .with("what", what.join(", "))
        .with("until", until(silence.until))
        .with("by", silence.by.as_str())
        .with("why", silence.reason.as_str())
        .text(language);
    let Some(ended) = &kept.ended else { return sentence };
    let end = text("silence-ended").with("by", ended.by.as_str()).with("at", until(ended.at));
    format!("{sentence} {}", end.text(language))
}
