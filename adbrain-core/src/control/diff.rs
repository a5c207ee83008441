//! The difference between what should be and what is: the steps that a plan still needs.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::apply::Session;
use super::ledger::Ledger;
use super::step::{Step, Work};
use super::{JournalState, Mode};
use crate::error::Result;
use crate::model::{
    AdSetDraft, CampaignDraft, Change, ChangeKind, ContentHash, Draft, DraftTree, MediaPlan, Message, Money, ObjectId,
    Platform, Tag,
};

/// How many of the assets that need a file are named.
const NAMED_ASSETS: usize = 3;

/// One step that a plan still needs, and what the policy says to it now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedStep {
    /// What would be done.
    pub change: Change,
    /// Why not, where the policy says no.
    pub refused: Option<Message>,
}

impl Session<'_> {
    /// Creates for what is missing, changes for amounts that differ; nothing is sent or written.
    pub(super) async fn preview(&mut self, plan: &MediaPlan) -> Result<Vec<PlannedStep>> {
        self.observe().await?;
        let ledger = self.ledger();
        let whole = self.plan_verdict(plan);
        let mut steps = Vec::new();
        for campaign in &plan.campaigns {
            for step in self.missing_steps(campaign, &ledger) {
                let verdict = whole.clone().and_then(|()| self.verdict(&step));
                steps.push(planned(step, verdict));
            }
            for step in changed_amounts(campaign, &ledger) {
                let verdict = self.verdict(&step);
                steps.push(planned(step, verdict));
            }
        }
        Ok(steps)
    }

    /// The verdict on the plan as a whole: a person's word, files, caps, currency.
    pub(super) fn plan_verdict(&self, plan: &MediaPlan) -> Result<(), Message> {
        let hash = plan.hash().map_err(|_| Message::new("refused-internal"))?;
        if let Some(reason) = self.refusal(&hash) {
            return Err(reason);
        }
        if !plan.missing.is_empty() {
            return Err(Message::new("refused-missing-files").with("files", missing_files(plan)));
        }
        self.with_policy(|policy| policy.check_campaigns(&plan.campaigns, &plan.limits))
    }

    /// What a campaign still lacks: whole where the platform can, else level by level.
    pub(super) fn missing_steps(&self, campaign: &CampaignDraft, ledger: &Ledger) -> Vec<Step> {
        let is_known = |tag: &Tag| ledger.objects.contains_key(tag) && !self.is_open_create(campaign.platform, tag);
        let connector = self.control.connectors.get(&campaign.platform);
        let is_whole = connector.is_some_and(|connector| connector.capabilities().creates_whole_trees);
        let mut steps = Vec::new();
        if !is_known(&campaign.tag) {
            steps.push(create(campaign, Draft::Campaign { draft: top(campaign, is_whole) }));
            if is_whole {
                return steps;
            }
        }
        for ad_set in &campaign.ad_sets {
            if !is_known(&ad_set.tag) {
                let draft =
                    AdSetDraft { ads: if is_whole { ad_set.ads.clone() } else { Vec::new() }, ..ad_set.clone() };
                let below = Draft::AdSet { campaign: self.parent_id(&campaign.tag), draft };
                steps.push(create(campaign, below));
                if is_whole {
                    continue;
                }
            }
            for ad in ad_set.ads.iter().filter(|ad| !is_known(&ad.tag)) {
                let below = Draft::Ad { ad_set: self.parent_id(&ad_set.tag), draft: ad.clone() };
                steps.push(create(campaign, below));
            }
        }
        steps
    }

    /// Whether the create of an object is not settled, so that it has to be gone through again.
    fn is_open_create(&self, platform: Platform, tag: &Tag) -> bool {
        let step = Step::plan(platform, tag.clone(), Work::Change(ChangeKind::Archive));
        let Ok(entry) = create_entry(&step, &self.control.options.run) else { return true };
        let is_dry = self.control.options.mode == Mode::DryRun;
        match self.journal.state(&entry) {
            None | Some(JournalState::Confirmed) => false,
            Some(JournalState::Planned) => !is_dry,
            _ => true,
        }
    }

    /// The id of what a part hangs below. As long as it is not made its tag stands in, which no platform is ever sent.
    fn parent_id(&self, tag: &Tag) -> ObjectId {
        self.object_id(tag).unwrap_or_else(|| ObjectId::new(tag.as_str()))
    }
}

/// Amounts of existing ad sets that differ from the plan.
fn changed_amounts(campaign: &CampaignDraft, ledger: &Ledger) -> Vec<Step> {
    let mut steps = Vec::new();
    for draft in &campaign.ad_sets {
        let Some(object) = ledger.objects.get(&draft.tag) else { continue };
        let seen = object.seen.as_ref();
        let differs = |before: &Money, after: &Money| before != after;
        let budget = seen.and_then(|seen| seen.daily_budget).or(object.budget);
        if let Some(before) = budget.filter(|before| differs(before, &draft.daily_budget)) {
            let kind = ChangeKind::SetDailyBudget { before, after: draft.daily_budget };
            steps.push(Step::plan(campaign.platform, draft.tag.clone(), Work::Change(kind)));
        }
        if let Some((before, after)) = seen.and_then(|seen| seen.bid).or(object.bid).zip(draft.bid)
            && differs(&before, &after)
        {
            let kind = ChangeKind::SetBid { before, after };
            steps.push(Step::plan(campaign.platform, draft.tag.clone(), Work::Change(kind)));
        }
    }
    steps
}

/// The identity that the create of a step's target has.
fn create_entry(step: &Step, run: &crate::model::RunId) -> Result<ContentHash> {
    ContentHash::of_value(&(run, step.platform, &step.target, "create", &step.cause))
}

/// The files that the ads of a plan lack, for people: each once, with the first assets that need it.
pub(super) fn missing_files(plan: &MediaPlan) -> String {
    let mut needed = BTreeMap::<String, BTreeSet<&str>>::new();
    for file in &plan.missing {
        needed.entry(format!("{} {} x {}", file.kind, file.width, file.height)).or_default().insert(&file.asset);
    }
    let named = |(file, assets): (&String, &BTreeSet<&str>)| {
        let first: Vec<_> = assets.iter().copied().take(NAMED_ASSETS).collect();
        let others = match assets.len().saturating_sub(NAMED_ASSETS) {
            0 => String::new(),
            others => format!(" and {others} more"),
        };
        format!("{file} for {}{others}", first.join(", "))
    };
    needed.iter().map(named).collect::<Vec<_>>().join("; ")
}

fn top(campaign: &CampaignDraft, is_whole: bool) -> CampaignDraft {
    let mut draft = campaign.clone();
    if !is_whole {
        draft.ad_sets.clear();
    }
    draft
}

/// The step that makes a part of a campaign.
pub(super) fn create(campaign: &CampaignDraft, draft: Draft) -> Step {
    let (platform, target) = (campaign.platform, draft.tag().clone());
    let tree = Box::new(DraftTree { platform, setting: campaign.setting(), draft });
    Step::plan(platform, target, Work::Change(ChangeKind::Create { tree }))
}

fn planned(step: Step, verdict: Result<(), Message>) -> PlannedStep {
    let kind = match step.work {
        Work::Change(kind) => kind,
        _ => ChangeKind::Pause,
    };
    let change = Change { platform: step.platform, target: step.target, kind, cause: step.cause };
    PlannedStep { change, refused: verdict.err() }
}
