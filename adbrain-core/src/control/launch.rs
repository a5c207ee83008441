//! Launching: files, then trees, paused; a census; and taking a half-done launch back. Activation is a step of its own.

use std::collections::BTreeSet;

use super::apply::{Answer, Session, readable, tags};
use super::diff::{create, missing_files};
use super::journal::Body;
use super::ledger::{Delivery, Ledger};
use super::step::{Step, Work};
use super::{FileSource, JournalState, Mode, Outcome};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{CampaignDraft, ChangeKind, Draft, MediaPlan, Message, Platform, Tag};
use crate::platform::{ObjectChange, Permit, RemoteObject, Status};

impl<'a> Session<'a> {
    pub(super) async fn launch(&mut self, plan: &MediaPlan, files: &'a dyn FileSource) -> Result<Vec<Outcome>> {
        self.files = files;
        let is_dry = self.control.options.mode == Mode::DryRun;
        if !plan.missing.is_empty() && !is_dry {
            let what = format!("its ads lack files: {}", missing_files(plan));
            return Err(Error::invalid("plan.missing", what).next("bring the files along, or leave these ads out"));
        }
        self.observe().await?;
        if let Some(steps) = self.taken_back(plan).await? {
            return self.outcomes_of(&steps);
        }
        if let Err(reason) = self.plan_verdict(plan).and_then(|()| self.drafts_verdict(plan)) {
            return self.refuse_plan(plan, &reason).await;
        }
        let mut steps = Vec::new();
        self.upload_all(plan, &mut steps).await?;
        if !self.has_failed(&steps)? {
            self.create_all(plan, &mut steps).await?;
        }
        if self.has_failed(&steps)? {
            self.take_back(&steps).await?;
        } else if !is_dry {
            self.census_all(plan).await?;
        }
        self.outcomes_of(&steps)
    }

    /// The steps of a launch that was taken back before: it is not begun again in the same run.
    async fn taken_back(&mut self, plan: &MediaPlan) -> Result<Option<Vec<Step>>> {
        let drafts = plan.campaigns.iter().map(|campaign| Draft::Campaign { draft: campaign.clone() });
        let tags: BTreeSet<_> = drafts.flat_map(|draft| tags(&draft)).collect();
        let mut steps = Vec::new();
        let mut is_taken_back = false;
        for entry in self.journal.entries(&self.control.options.run) {
            let Some(step) = self.journal.step(&entry) else { continue };
            let is_upload = matches!(step.work, Work::Upload { .. });
            let is_create = matches!(step.work, Work::Change(ChangeKind::Create { .. })) && tags.contains(&step.target);
            if self.journal.state(&entry) == Some(JournalState::Compensating) && is_create {
                self.resolve(&step).await?;
            }
            let state = self.journal.state(&entry);
            is_taken_back |= is_create && matches!(state, Some(JournalState::Compensated | JournalState::Compensating));
            if is_upload || is_create {
                steps.push(step);
            }
        }
        Ok(is_taken_back.then_some(steps))
    }

    fn outcomes_of(&self, steps: &[Step]) -> Result<Vec<Outcome>> {
        steps.iter().map(|step| self.outcome(step)).collect()
    }

    /// Refuses every part of a plan with one reason; what was made before stays as it is.
    async fn refuse_plan(&mut self, plan: &MediaPlan, reason: &Message) -> Result<Vec<Outcome>> {
        let mut steps = Vec::new();
        for campaign in &plan.campaigns {
            let step = create(campaign, Draft::Campaign { draft: campaign.clone() });
            if matches!(
                self.journal.state(&self.entry(&step)?),
                None | Some(JournalState::Refused | JournalState::Planned)
            ) {
                self.refuse(&step, reason.clone()).await?;
            }
            steps.push(step);
        }
        self.outcomes_of(&steps)
    }

    async fn upload_all(&mut self, plan: &MediaPlan, steps: &mut Vec<Step>) -> Result<()> {
        let mut seen = BTreeSet::new();
        for campaign in &plan.campaigns {
            let ads = campaign.ad_sets.iter().flat_map(|ad_set| &ad_set.ads);
            for hash in ads.flat_map(|ad| &ad.creative.files) {
                if seen.insert((campaign.platform, hash)) {
                    let work = Work::Upload { hash: hash.clone() };
                    let step = Step::plan(campaign.platform, Tag::new(hash.as_str()), work);
                    self.perform(&step).await?;
                    steps.push(step);
                }
            }
        }
        Ok(())
    }

    /// Creates what is missing, level by level; stops at the first part that is refused.
    async fn create_all(&mut self, plan: &MediaPlan, steps: &mut Vec<Step>) -> Result<()> {
        for campaign in &plan.campaigns {
            // What was made before in this run comes first, so that a resumed run gives the same list.
            for step in self.made_before(campaign) {
                steps.push(step);
            }
            while let Some(step) = self.next_missing(campaign, steps) {
                let outcome = self.perform(&step).await?;
                steps.push(step);
                match outcome.state {
                    JournalState::Confirmed | JournalState::Planned => {}
                    JournalState::Refused => return Ok(()),
                    // Its parts need its id; what is not settled stays paused and is reported.
                    _ => break,
                }
            }
        }
        Ok(())
    }

    fn next_missing(&self, campaign: &CampaignDraft, done: &[Step]) -> Option<Step> {
        let ledger = self.ledger();
        let is_done =
            |step: &Step| done.iter().any(|done| done.target == step.target && done.platform == step.platform);
        self.missing_steps(campaign, &ledger).into_iter().find(|step| !is_done(step))
    }

    /// The creates of a campaign's parts that this run has settled before.
    fn made_before(&self, campaign: &CampaignDraft) -> Vec<Step> {
        let wanted: BTreeSet<_> = tags(&Draft::Campaign { draft: campaign.clone() }).into_iter().collect();
        let entries = self.journal.entries(&self.control.options.run);
        let steps = entries.iter().filter_map(|entry| Some((self.journal.step(entry)?, self.journal.state(entry)?)));
        let is_made = |step: &Step| matches!(step.work, Work::Change(ChangeKind::Create { .. }));
        let is_settled = |state| match state {
            JournalState::Confirmed | JournalState::Compensated | JournalState::NeedsPerson => true,
            JournalState::Planned => self.control.options.mode == Mode::DryRun,
            _ => false,
        };
        let mine = steps.filter(|(step, state)| {
            step.platform == campaign.platform && wanted.contains(&step.target) && is_made(step) && is_settled(*state)
        });
        mine.map(|(step, _)| step).collect()
    }

    fn has_failed(&self, steps: &[Step]) -> Result<bool> {
        let outcomes = self.outcomes_of(steps)?;
        Ok(outcomes.iter().any(|outcome| outcome.state == JournalState::Refused))
    }

    /// Archives in reverse what a half-done launch has made. While the kill switch is on it stays, paused.
    async fn take_back(&mut self, steps: &[Step]) -> Result<()> {
        for step in steps.iter().rev() {
            let is_create = matches!(step.work, Work::Change(ChangeKind::Create { .. }));
            let is_made = self.journal.state(&self.entry(step)?) == Some(JournalState::Confirmed);
            let was_let_go = self.ledger().objects.get(&step.target).is_some_and(|o| o.delivery != Delivery::Planned);
            if is_create && is_made && !was_let_go && !self.control.kill.is_on() {
                self.note(step, JournalState::Compensating, Body::default()).await?;
                self.compensate(step).await?;
            }
        }
        Ok(())
    }

    /// Archives what a step made. The kill switch refuses that too.
    pub(super) async fn compensate(&mut self, step: &Step) -> Result<Answer> {
        let connector = self.control.connectors.get(&step.platform);
        let (Some(connector), Some(id)) = (connector, self.object_id(&step.target)) else { return Ok(Answer::Lost) };
        if self.control.kill.is_on() || self.control.options.mode == Mode::DryRun {
            return Ok(Answer::Lost);
        }
        let permit = Permit::issue(self.entry(step)?, step.target.clone());
        match connector.change(&permit, &ObjectChange { id, kind: ChangeKind::Archive }).await {
            Ok(()) => self.note(step, JournalState::Compensated, Body::default()).await?,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.note(step, JournalState::Compensated, Body::default()).await?;
            }
            Err(error) if error.kind() == ErrorKind::UserCode => return Err(error),
            Err(_) => return Ok(Answer::Lost),
        }
        Ok(Answer::Done(Vec::new()))
    }

    async fn census_all(&mut self, plan: &MediaPlan) -> Result<()> {
        for campaign in &plan.campaigns {
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

    /// Counts that each tag is on the platform exactly once, paused until let go, with the budget of the plan.
    async fn census(&mut self, campaign: &CampaignDraft) -> Result<Count> {
        if let Some(last) = self.last_write(campaign.platform) {
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

    /// When something was last created on a platform.
    fn last_write(&self, platform: Platform) -> Option<jiff::Timestamp> {
        let mine = self.journal.records().iter().rev();
        let mut mine = mine.filter(|record| record.platform == Some(platform) && record.action == "create");
        mine.find(|record| record.state == JournalState::Sent).map(|record| record.at)
    }

    pub(super) async fn activate(&mut self, plan: &MediaPlan) -> Result<Vec<Outcome>> {
        self.observe().await?;
        let steps: Vec<_> = plan.campaigns.iter().flat_map(activations).collect();
        let is_open = |step: &Step| Ok(self.journal.state(&self.entry(step)?) != Some(JournalState::Confirmed));
        let open = steps.iter().map(is_open).collect::<Result<Vec<_>>>()?;
        if open.contains(&true)
            && let Err(reason) = self.gate(plan).await?
        {
            for step in &steps {
                let state = self.journal.state(&self.entry(step)?);
                if matches!(state, None | Some(JournalState::Refused | JournalState::Planned)) {
                    self.refuse(step, reason.clone()).await?;
                }
            }
            return self.outcomes_of(&steps);
        }
        for step in &steps {
            self.perform(step).await?;
        }
        self.outcomes_of(&steps)
    }

    /// What has to hold before anything may deliver: everything made, counted, within the caps, approved.
    async fn gate(&mut self, plan: &MediaPlan) -> Result<Result<(), Message>> {
        if let Err(reason) = self.plan_verdict(plan) {
            return Ok(Err(reason));
        }
        let ledger = self.ledger();
        for campaign in &plan.campaigns {
            if !self.missing_steps(campaign, &ledger).is_empty() && !self.needs_count(campaign) {
                return Ok(Err(Message::new("refused-not-launched").with("target", campaign.tag.as_str())));
            }
            if self.control.options.mode != Mode::DryRun {
                match self.census(campaign).await? {
                    Count::Right => {}
                    Count::Wrong(reason) | Count::TooEarly(reason) => return Ok(Err(reason)),
                }
            }
        }
        let mut after = Ledger::default();
        plan.campaigns.iter().for_each(|campaign| after.make_campaign(campaign.platform, campaign));
        let daily = self.daily(&after)?;
        let missing = self.approval(&plan.hash()?, daily).await?;
        Ok(missing.map_or(Ok(()), Err))
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

/// Ads first, then ad sets, then the campaign: nothing delivers before all is ready.
fn activations(campaign: &CampaignDraft) -> Vec<Step> {
    let ads = campaign.ad_sets.iter().flat_map(|ad_set| &ad_set.ads).map(|ad| &ad.tag);
    let ad_sets = campaign.ad_sets.iter().map(|ad_set| &ad_set.tag);
    let all = ads.chain(ad_sets).chain([&campaign.tag]);
    all.map(|tag| Step::plan(campaign.platform, tag.clone(), Work::Change(ChangeKind::Activate))).collect()
}
