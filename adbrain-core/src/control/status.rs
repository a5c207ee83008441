//! Where a run stands, by its journal and its accounts: for a look, which changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::apply::Session;
use super::caps::{self, Worst};
use super::journal::Record;
use super::ledger::{Delivery, Ledger};
use super::step::Work;
use super::{Control, Decision, Head, Outcome, PlannedStep, approval, kill};
use crate::error::Result;
use crate::model::message::Argument;
use crate::model::{ContentHash, Limits, MediaPlan, Message, Money, ObjectId, Platform, RunId, Tag};
use crate::platform::Level;

/// What a plan would do, before it is done.
#[derive(Debug, Clone, PartialEq)]
pub struct Foreseen {
    /// The difference between the plan and the accounts, each step with the verdict of the policy.
    pub steps: Vec<PlannedStep>,
    /// The worst case with the plan delivering, beside each cap.
    pub caps: Vec<CapUse>,
    /// Why a person has to say yes, where one has to and has not.
    pub approval: Option<Message>,
}

/// Where a run stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ControlStatus {
    /// The newest state of every step, in the order of their first entries.
    pub steps: Vec<Outcome>,
    /// What the run has out there, by tag.
    pub objects: Vec<ObjectStatus>,
    /// The worst case of what is out there, beside each cap.
    pub caps: Vec<CapUse>,
    /// The newest word of a person, or of the policy, on the plan.
    pub decision: Option<Decision>,
    /// The kill switch.
    pub switch: SwitchStatus,
    /// Platforms whose accounts could not be read now.
    pub unread: Vec<Platform>,
    /// Where the journal ends.
    pub head: Head,
}

/// One object of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectStatus {
    /// The platform.
    pub platform: Platform,
    /// Our mark on it.
    pub tag: Tag,
    /// Whether it is a campaign, an ad set or an ad.
    pub level: Level,
    /// The mark of what it hangs below; none for a campaign.
    pub parent: Option<Tag>,
    /// Its id on the platform, once known.
    pub object: Option<ObjectId>,
    /// `planned` (made, not yet let go), `running`, `stopped` or `gone`: by itself and everything above it.
    pub delivery: String,
    /// Its daily budget, the highest that may hold; on ad sets.
    pub daily_budget: Option<Money>,
}

/// The stretch of time that a cap holds for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// One day.
    Day,
    /// Seven days.
    Week,
    /// The whole flight.
    Lifetime,
}

/// A cap and the worst case that it is held against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapUse {
    /// What it holds for.
    pub period: Period,
    /// The most that may be spent, by the platforms' own rules of overdelivery.
    pub worst: Money,
    /// The most that is allowed.
    pub cap: Money,
}

/// Whether the kill switch is on, and who turned it last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SwitchStatus {
    /// Whether it is on: by file, environment or journal.
    pub is_on: bool,
    /// Who turned it last, where the journal knows.
    pub by: Option<String>,
    /// When.
    pub at: Option<Timestamp>,
    /// Why, where a reason was given.
    pub reason: Option<Message>,
}

impl Control {
    /// Where the run stands, with the newest word on the plan of this hash; sends and writes nothing.
    ///
    /// # Errors
    /// Any error of the database; an account that cannot be read is named as such.
    pub async fn status(&self, plan_hash: &ContentHash) -> Result<ControlStatus> {
        let mut session = self.session().await?;
        session.observe().await?;
        session.status(plan_hash)
    }

    /// The kill switch, and of each run in the journal the newest state of its steps, without those whose plan a person has refused. Looks
    /// at no account, sends and writes nothing.
    ///
    /// # Errors
    /// Any error of the database.
    pub async fn glance(&self) -> Result<(SwitchStatus, BTreeMap<RunId, Vec<Outcome>>)> {
        let session = self.session().await?;
        let runs: BTreeSet<_> = session.journal.records().iter().map(|record| record.run.clone()).collect();
        let steps = |run: &RunId| {
            let steps = session.journal.outcomes(run).into_iter();
            steps.filter(|step| !session.is_of_refused_plan(run, step)).collect()
        };
        let runs = runs.into_iter().map(|run| (run.clone(), steps(&run))).collect();
        Ok((session.switch(), runs))
    }

    /// What a plan would do and cost, and whether a person has to approve it; sends and writes nothing.
    ///
    /// # Errors
    /// Any error of the database; an account that cannot be read gives refused steps.
    pub async fn foresee(&self, plan: &MediaPlan) -> Result<Foreseen> {
        let mut session = self.session().await?;
        let steps = session.preview(plan).await?;
        let mut ledger = Ledger::clone(&session.ledger());
        plan.campaigns.iter().for_each(|campaign| ledger.make_campaign(campaign.platform, campaign));
        let approval = session.missing_word(&plan.hash()?, session.daily(&ledger)?);
        Ok(Foreseen { steps, caps: session.caps(&ledger, &plan.limits)?, approval })
    }
}

impl Session<'_> {
    fn status(&self, plan_hash: &ContentHash) -> Result<ControlStatus> {
        let (ledger, run) = (self.ledger(), &self.control.options.run);
        let unread = self.accounts.iter().filter(|(_, account)| account.objects.is_none());
        Ok(ControlStatus {
            steps: self.journal.outcomes(run),
            objects: self.objects(&ledger),
            caps: self.caps(&ledger, &self.control.options.limits)?,
            decision: self.decision(plan_hash),
            switch: self.switch(),
            unread: unread.map(|(platform, _)| *platform).collect(),
            head: Head { entries: self.journal.records().len() as u64, head: self.journal.head() },
        })
    }

    /// Whether a step waits for the word on a plan to which a person said no.
    fn is_of_refused_plan(&self, run: &RunId, step: &Outcome) -> bool {
        let Some(Argument::Text(hash)) = step.reason.as_ref().and_then(|reason| reason.args.get("hash")) else {
            return false;
        };
        let word = approval::decision(&self.journal, run, &ContentHash::new(hash.as_str()));
        matches!(word, Some(Decision::Refused { .. }))
    }

    fn objects(&self, ledger: &Ledger) -> Vec<ObjectStatus> {
        let status = |(tag, object): (&Tag, &super::ledger::Object)| ObjectStatus {
            platform: object.platform,
            tag: tag.clone(),
            level: object.level,
            parent: object.parent.clone(),
            object: self.object_id(tag),
            delivery: delivery(ledger.delivery(tag)).to_owned(),
            daily_budget: object.budget,
        };
        ledger.objects.iter().filter(|(_, object)| !object.is_released).map(status).collect()
    }

    fn caps(&self, ledger: &Ledger, limits: &Limits) -> Result<Vec<CapUse>> {
        let Worst { day, week, lifetime } = caps::worst(ledger, &self.accounts, self.now())?;
        let uses = [
            (Period::Day, day, limits.daily_cap),
            (Period::Week, week, limits.weekly_cap),
            (Period::Lifetime, lifetime, limits.lifetime_cap),
        ];
        let one = |(period, worst, cap): (Period, i128, Money)| {
            let worst = Money::from_micros(i64::try_from(worst).unwrap_or(i64::MAX), cap.currency());
            CapUse { period, worst, cap }
        };
        Ok(uses.into_iter().map(one).collect())
    }

    fn switch(&self) -> SwitchStatus {
        let is_switch = |record: &&Record| record.platform.is_none() && kill::is_on(record.target.as_str()).is_some();
        let newest = self.journal.records().iter().rev().find(is_switch);
        let by = newest.and_then(|record| match &record.body.work {
            Some(Work::Note { by }) => Some(by.clone()),
            _ => None,
        });
        SwitchStatus {
            is_on: self.control.kill.is_on(),
            by,
            at: newest.map(|record| record.at),
            reason: newest.and_then(|record| record.body.reason.clone()),
        }
    }
}

fn delivery(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Planned => "planned",
        Delivery::Running => "running",
        Delivery::Stopped => "stopped",
        Delivery::Gone => "gone",
    }
}
