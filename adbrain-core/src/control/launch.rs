//! Launching: files, then trees, paused; and taking a half-done launch back, whole or on the platforms where it failed, as the plan says.

use std::collections::BTreeSet;

use super::apply::{Answer, Session};
use super::diff::{create, missing_files};
use super::fill::is_new;
use super::journal::Body;
use super::ledger::Delivery;
use super::send::tags;
use super::step::{Step, Work};
use super::{FileSource, JournalState, Mode, Outcome};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{CampaignDraft, ChangeKind, Draft, LaunchRule, MediaPlan, Message, Platform, Tag};
use crate::platform::{ObjectChange, Permit};

/// What came of a launch before in the same run.
#[derive(Default)]
struct Earlier {
    steps: Vec<Step>,
    /// The platforms on which it was taken back: there it is not begun again.
    taken_back: BTreeSet<Platform>,
}

impl Earlier {
    fn creates(&self, platform: Platform) -> impl Iterator<Item = Step> {
        let is_create = |step: &&Step| matches!(step.work, Work::Change(ChangeKind::Create { .. }));
        self.steps.iter().filter(is_create).filter(move |step| step.platform == platform).cloned()
    }
}

impl<'a> Session<'a> {
    pub(super) async fn launch(&mut self, plan: &MediaPlan, files: &'a dyn FileSource) -> Result<Vec<Outcome>> {
        self.files = files;
        let is_dry = self.control.options.mode == Mode::DryRun;
        if !plan.missing.is_empty() && !is_dry {
            let what = format!("its ads lack files: {}", missing_files(plan));
            return Err(Error::invalid("plan.missing", what).next("bring the files along, or leave these ads out"));
        }
        self.observe().await?;
        let earlier = self.earlier(plan).await?;
        let is_whole = plan.launch == LaunchRule::AllOrNothing;
        if is_whole && !earlier.taken_back.is_empty() {
            return self.outcomes_of(&earlier.steps);
        }
        if let Err(reason) = self.plan_verdict(plan).and_then(|()| self.drafts_verdict(plan)) {
            return self.refuse_plan(plan, &reason).await;
        }
        let mut steps = Vec::new();
        self.upload_all(plan, &mut steps).await?;
        if !is_whole || self.refusing(&steps)?.is_empty() {
            self.create_all(plan, &earlier, &mut steps).await?;
        }
        let failed = self.refusing(&steps)?;
        self.take_back(&steps, |platform| is_whole && !failed.is_empty() || failed.contains(&platform)).await?;
        let stands =
            |campaign: &&CampaignDraft| if is_whole { failed.is_empty() } else { !failed.contains(&campaign.platform) };
        if !is_dry {
            self.census_all(&plan.campaigns.iter().filter(stands).collect::<Vec<_>>()).await?;
        }
        self.outcomes_of(&steps)
    }

    /// What came of this launch before.
    async fn earlier(&mut self, plan: &MediaPlan) -> Result<Earlier> {
        let drafts = plan.campaigns.iter().map(|campaign| Draft::Campaign { draft: campaign.clone() });
        let tags: BTreeSet<_> = drafts.flat_map(|draft| tags(&draft)).collect();
        let mut earlier = Earlier::default();
        for entry in self.journal.entries(&self.control.options.run) {
            let Some(step) = self.journal.step(&entry) else { continue };
            let is_upload = matches!(step.work, Work::Upload { .. });
            let is_create = matches!(step.work, Work::Change(ChangeKind::Create { .. })) && tags.contains(&step.target);
            if self.journal.state(&entry) == Some(JournalState::Compensating) && is_create {
                self.resolve(&step).await?;
            }
            let state = self.journal.state(&entry);
            if is_create && matches!(state, Some(JournalState::Compensated | JournalState::Compensating)) {
                earlier.taken_back.insert(step.platform);
            }
            if is_upload || is_create {
                earlier.steps.push(step);
            }
        }
        Ok(earlier)
    }

    pub(super) fn outcomes_of(&self, steps: &[Step]) -> Result<Vec<Outcome>> {
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

    /// Creates what is missing, level by level. Where all has to come about or nothing, it stops at the first part that is refused; else
    /// it goes on with the next campaign.
    async fn create_all(&mut self, plan: &MediaPlan, earlier: &Earlier, steps: &mut Vec<Step>) -> Result<()> {
        let lacks_files = self.refusing(steps)?;
        for campaign in &plan.campaigns {
            // What came of it before in this run comes first, so that a resumed run gives the same list.
            if earlier.taken_back.contains(&campaign.platform) {
                steps.extend(earlier.creates(campaign.platform));
                continue;
            }
            steps.extend(self.made_before(campaign));
            let is_refused = !lacks_files.contains(&campaign.platform) && self.create_campaign(campaign, steps).await?;
            if is_refused && plan.launch == LaunchRule::AllOrNothing {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Creates what a campaign lacks; whether a part of it was refused.
    async fn create_campaign(&mut self, campaign: &CampaignDraft, steps: &mut Vec<Step>) -> Result<bool> {
        while let Some(step) = self.next_missing(campaign, steps) {
            if let Some(reason) = self.missing_in_account(campaign, &step).await? {
                self.refuse(&step, reason).await?;
                steps.push(step);
                return Ok(true);
            }
            let outcome = self.perform(&step).await?;
            steps.push(step);
            match outcome.state {
                JournalState::Confirmed | JournalState::Planned => {}
                // Its parts need its id; what is not settled stays paused and is reported.
                state => return Ok(state == JournalState::Refused),
            }
        }
        Ok(false)
    }

    /// What the parts of a campaign name and the account does not have, before its first part is made; nothing where that cannot be seen now.
    async fn missing_in_account(&self, campaign: &CampaignDraft, step: &Step) -> Result<Option<Message>> {
        let is_first = step.target == campaign.tag && is_new(self.journal.state(&self.entry(step)?));
        let connector = self.control.connectors.get(&campaign.platform);
        let Some(connector) = connector.filter(|_| is_first && self.verdict(step).is_ok()) else { return Ok(None) };
        if connector.capabilities().creates_whole_trees {
            return Ok(None);
        }
        let found = connector.check_campaign(campaign).await;
        match found {
            Err(error) if error.kind() == ErrorKind::UserCode => Err(error),
            Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => {
                Ok(Some(Message::new("refused-by-platform").with("why", error.to_string())))
            }
            _ => Ok(None),
        }
    }

    fn next_missing(&self, campaign: &CampaignDraft, done: &[Step]) -> Option<Step> {
        let ledger = self.ledger();
        let is_done =
            |step: &Step| done.iter().any(|done| done.target == step.target && done.platform == step.platform);
        self.missing_steps(campaign, &ledger).into_iter().find(|step| !is_done(step))
    }

    /// The creates of a campaign's parts that this run has settled before.
    pub(super) fn made_before(&self, campaign: &CampaignDraft) -> Vec<Step> {
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

    /// The platforms on which a step was refused.
    fn refusing(&self, steps: &[Step]) -> Result<BTreeSet<Platform>> {
        let refused = self.outcomes_of(steps)?.into_iter().filter(|outcome| outcome.state == JournalState::Refused);
        Ok(refused.map(|outcome| outcome.platform).collect())
    }

    /// Archives in reverse what a half-done launch has made on some platforms. While the kill switch is on it stays, paused.
    async fn take_back(&mut self, steps: &[Step], is_over: impl Fn(Platform) -> bool) -> Result<()> {
        for step in steps.iter().rev().filter(|step| is_over(step.platform)) {
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
        let change = ObjectChange { id, kind: ChangeKind::Archive };
        match self.until_killed(connector.change(&permit, &change)).await {
            Ok(()) => self.note(step, JournalState::Compensated, Body::default()).await?,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.note(step, JournalState::Compensated, Body::default()).await?;
            }
            Err(error) if error.kind() == ErrorKind::UserCode => return Err(error),
            Err(_) => return Ok(Answer::Lost),
        }
        Ok(Answer::Done(Vec::new()))
    }
}
