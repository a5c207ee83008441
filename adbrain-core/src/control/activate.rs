//! Activation: a count that everything is there once, then ads and ad sets, then the campaigns of all platforms together.

use super::apply::{Session, readable};
use super::diff::create;
use super::journal::Record;
use super::ledger::{Delivery, Ledger};
use super::send::tags;
use super::step::{Step, Work};
use super::{JournalState, Mode, Outcome};
use crate::error::Result;
use crate::model::{CampaignDraft, ChangeKind, Draft, LaunchRule, MediaPlan, Message, Platform, Tag};
use crate::platform::{RemoteObject, Status};

impl Session<'_> {
    pub(super) async fn census_all(&mut self, campaigns: &[&CampaignDraft]) -> Result<()> {
        for campaign in campaigns {
            let steps = self.made_before(campaign);
            let is_open =
                |step: &Step| self.entry(step).map(|entry| self.journal.state(&entry) != Some(JournalState::Confirmed));
            if steps.iter().map(is_open).collect::<Result<Vec<_>>>()?.contains(&true) {
                continue;
            }
            if let (Count::Wrong(reason), Some(step)) = (self.census(campaign).await?, steps.first()) {
                self.note_reason(step, JournalState::NeedsPerson, reason).await?;
            }
        }
        Ok(())
    }

    /// Counts that each tag is on the platform exactly once, paused until let go, with the budget of the plan. A change of a budget of our
    /// own whose outcome is open is looked up first: what it leaves behind meanwhile is nobody's doing.
    async fn census(&mut self, campaign: &CampaignDraft) -> Result<Count> {
        let tags = tags(&Draft::Campaign { draft: campaign.clone() });
        if !self.settle_budgets(campaign.platform, &tags).await? {
            return Ok(Count::TooEarly(Message::new("unknown-not-settled")));
        }
        if let Some(last) = self.last_write(campaign.platform, &tags) {
            let left = self.seconds_after(campaign.platform, last);
            if left > 0 {
                self.control.options.settle.wait(left).await;
            }
            if self.seconds_after(campaign.platform, last) > 0 {
                return Ok(Count::TooEarly(Message::new("unknown-not-settled")));
            }
        }
        let Some(connector) = self.control.connectors.get(&campaign.platform) else {
            return Ok(Count::TooEarly(
                Message::new("refused-no-connector").with("platform", campaign.platform.as_str()),
            ));
        };
        let Some(objects) = readable(connector.list().await)? else {
            return Ok(Count::TooEarly(
                Message::new("refused-read-failed").with("platform", campaign.platform.as_str()),
            ));
        };
        Ok(count(campaign, &objects, &self.ledger()))
    }

    /// When something was last created on a platform, or a budget of these objects changed.
    fn last_write(&self, platform: Platform, targets: &[Tag]) -> Option<jiff::Timestamp> {
        let is_write = |record: &&Record| match record.action.as_str() {
            "create" => true,
            "set_daily_budget" => targets.contains(&record.target),
            _ => false,
        };
        let mine = self.journal.records().iter().rev().filter(|record| record.platform == Some(platform));
        mine.filter(is_write).find(|record| record.state == JournalState::Sent).map(|record| record.at)
    }

    pub(super) async fn activate(&mut self, plan: &MediaPlan) -> Result<Vec<Outcome>> {
        self.observe().await?;
        let ready = self.gate(plan).await?;
        let (mut steps, mut tops) = (Vec::new(), Vec::new());
        for (campaign, verdict) in plan.campaigns.iter().zip(ready) {
            let is_ready = self.activate_below(campaign, &verdict, &mut steps).await?;
            tops.push((
                top(campaign),
                verdict.and(if is_ready { Ok(()) } else { Err(Message::new("refused-not-ready")) }),
            ));
        }
        self.activate_tops(plan.launch, &tops).await?;
        steps.extend(tops.into_iter().map(|(step, _)| step));
        self.outcomes_of(&steps)
    }

    /// Lets the ads and ad sets of a campaign go, which deliver nothing before it does. Whether none of them was refused; one whose outcome is
    /// open keeps nothing back.
    async fn activate_below(
        &mut self,
        campaign: &CampaignDraft,
        verdict: &Result<(), Message>,
        steps: &mut Vec<Step>,
    ) -> Result<bool> {
        let mut is_ready = true;
        for step in below(campaign) {
            let state = match verdict {
                Ok(()) => self.perform(&step).await?.state,
                Err(reason) => self.hold_back(&step, reason).await?,
            };
            is_ready &= state != JournalState::Refused;
            steps.push(step);
        }
        Ok(is_ready)
    }

    /// Lets the campaigns go, one after the other. Where all have to deliver or none, the first that may not go takes the others back: they
    /// are paused, in reverse.
    async fn activate_tops(&mut self, rule: LaunchRule, tops: &[(Step, Result<(), Message>)]) -> Result<()> {
        let is_whole = rule == LaunchRule::AllOrNothing;
        let first_no = tops.iter().find_map(|(_, verdict)| verdict.as_ref().err()).filter(|_| is_whole);
        let mut done: Vec<&Step> = Vec::new();
        for (step, verdict) in tops {
            if let Some(reason) = verdict.as_ref().err().or(first_no) {
                self.hold_back(step, reason).await?;
                continue;
            }
            let was = self.journal.state(&self.entry(step)?);
            match self.perform(step).await?.state {
                JournalState::Refused | JournalState::NeedsPerson if is_whole => {
                    for step in done.into_iter().rev() {
                        self.reverse(step).await?;
                    }
                    return self.hold_back_all(tops).await;
                }
                JournalState::Confirmed if was != Some(JournalState::Confirmed) => done.push(step),
                _ => {}
            }
        }
        Ok(())
    }

    /// Says no to what has not gone, because another campaign of the plan could not.
    async fn hold_back_all(&mut self, tops: &[(Step, Result<(), Message>)]) -> Result<()> {
        for (step, _) in tops {
            if self.journal.state(&self.entry(step)?).is_none() {
                self.refuse(step, Message::new("refused-not-ready")).await?;
            }
        }
        Ok(())
    }

    /// Records a no for a step that was not sent before.
    async fn hold_back(&mut self, step: &Step, reason: &Message) -> Result<JournalState> {
        let state = self.journal.state(&self.entry(step)?);
        if matches!(state, None | Some(JournalState::Refused | JournalState::Planned)) {
            self.refuse(step, reason.clone()).await?;
        }
        Ok(self.outcome(step)?.state)
    }

    /// What has to hold before anything may deliver: everything made, counted, within the caps, approved. One verdict for each campaign;
    /// where all have to deliver or none, the first no is everybody's.
    async fn gate(&mut self, plan: &MediaPlan) -> Result<Vec<Result<(), Message>>> {
        let all = |verdict: Result<(), Message>| vec![verdict; plan.campaigns.len()];
        if !self.has_open(plan)? {
            return Ok(all(Ok(())));
        }
        if let Err(reason) = self.plan_verdict(plan) {
            return Ok(all(Err(reason)));
        }
        let mut verdicts = Vec::new();
        for campaign in &plan.campaigns {
            let verdict = self.is_whole(campaign).await?;
            match verdict {
                Err(reason) if plan.launch == LaunchRule::AllOrNothing => return Ok(all(Err(reason))),
                verdict => verdicts.push(verdict),
            }
        }
        let mut after = Ledger::default();
        plan.campaigns.iter().for_each(|campaign| after.make_campaign(campaign.platform, campaign));
        let daily = self.daily(&after)?;
        let missing = self.approval(&plan.hash()?, daily).await?;
        Ok(missing.map_or(verdicts, |reason| all(Err(reason))))
    }

    fn has_open(&self, plan: &MediaPlan) -> Result<bool> {
        let mut steps = plan.campaigns.iter().flat_map(|campaign| below(campaign).into_iter().chain([top(campaign)]));
        steps.try_fold(false, |is_open, step| {
            Ok(is_open || self.journal.state(&self.entry(&step)?) != Some(JournalState::Confirmed))
        })
    }

    /// Whether a campaign is there as planned.
    async fn is_whole(&mut self, campaign: &CampaignDraft) -> Result<Result<(), Message>> {
        let ledger = self.ledger();
        if !self.missing_steps(campaign, &ledger).is_empty() && !self.needs_count(campaign) {
            return Ok(Err(Message::new("refused-not-launched").with("target", campaign.tag.as_str())));
        }
        if self.control.options.mode == Mode::DryRun {
            return Ok(Ok(()));
        }
        Ok(match self.census(campaign).await? {
            Count::Right => Ok(()),
            Count::Wrong(reason) | Count::TooEarly(reason) => Err(reason),
        })
    }

    /// Whether a person was asked about a campaign; then the census alone decides.
    fn needs_count(&self, campaign: &CampaignDraft) -> bool {
        let step = create(campaign, Draft::Campaign { draft: campaign.clone() });
        self.entry(&step).is_ok_and(|entry| self.journal.state(&entry) == Some(JournalState::NeedsPerson))
    }
}

/// What a census found.
enum Count {
    Right,
    Wrong(Message),
    TooEarly(Message),
}

fn count(campaign: &CampaignDraft, objects: &[RemoteObject], ledger: &Ledger) -> Count {
    for tag in tags(&Draft::Campaign { draft: campaign.clone() }) {
        let found: Vec<_> = objects.iter().filter(|object| object.tag.as_ref() == Some(&tag)).collect();
        let (Some(object), 1) = (found.first(), found.len()) else {
            let number = i64::try_from(found.len()).unwrap_or(i64::MAX);
            return Count::Wrong(
                Message::new("needs-person-census").with("target", tag.as_str()).with("count", number),
            );
        };
        let known = ledger.objects.get(&tag);
        if known.is_none_or(|known| known.delivery == Delivery::Planned) && object.status != Status::Paused {
            return Count::Wrong(Message::new("needs-person-not-paused").with("target", tag.as_str()));
        }
        let drafts = campaign.ad_sets.iter().filter(|ad_set| ad_set.tag == tag);
        let wanted = known.and_then(|known| known.budget).or(drafts.map(|draft| draft.daily_budget).next());
        if wanted != object.daily_budget {
            return Count::Wrong(Message::new("needs-person-budget").with("target", tag.as_str()));
        }
    }
    Count::Right
}

/// The ads of a campaign, then its ad sets.
fn below(campaign: &CampaignDraft) -> Vec<Step> {
    let ads = campaign.ad_sets.iter().flat_map(|ad_set| &ad_set.ads).map(|ad| &ad.tag);
    let all = ads.chain(campaign.ad_sets.iter().map(|ad_set| &ad_set.tag));
    all.map(|tag| Step::plan(campaign.platform, tag.clone(), Work::Change(ChangeKind::Activate))).collect()
}

fn top(campaign: &CampaignDraft) -> Step {
    Step::plan(campaign.platform, campaign.tag.clone(), Work::Change(ChangeKind::Activate))
}
