//! A plan as a person looks at it before anything is done: what it would do, what it may cost at most, what needs a person.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::cycle::{self, PREVIEW_STEP};
use super::door::Door;
use super::orders::ApplyOrder;
use super::session::{self, Files, Session};
use super::{Brain, RunRequest, Watch, launch};
use crate::control::{CapUse, Control, Foreseen, JournalState, Mode, Outcome, PlannedStep};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    Assumed, ChangeKind, ContentHash, Draft, Language, MediaPlan, Message, Money, Platform, RunId, Tag, canonical_json,
};
use crate::store::Steps;

/// A plan, and what it would do now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The run; the same request run goes on from this plan.
    pub run: RunId,
    /// The mode that was asked about.
    pub mode: Mode,
    /// Whether its accounts are simulated.
    pub is_simulated: bool,
    /// The language of the brief.
    pub language: Language,
    /// What should be.
    pub plan: MediaPlan,
    /// The hash of the plan: what is approved, refused and applied.
    pub plan_hash: ContentHash,
    /// The difference between the plan and the accounts.
    pub steps: Vec<PlanStep>,
    /// The hash of the steps, without the verdicts.
    pub diff_hash: ContentHash,
    /// The worst case with the plan delivering, beside each cap.
    pub caps: Vec<CapUse>,
    /// What a person has to see to before it can deliver: each reason of a no once, and the approval.
    pub needs: Vec<Message>,
    /// What the brief leaves out and how it was filled in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assumed: Vec<Message>,
}

/// One step that the plan needs, and what the policy says to it now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanStep {
    /// The platform.
    pub platform: Platform,
    /// Our mark on the object.
    pub target: Tag,
    /// `create`, `set_daily_budget`, `set_bid`.
    pub action: String,
    /// The name of what is created.
    pub name: Option<String>,
    /// The amount as it is, where one is changed.
    pub before: Option<Money>,
    /// The amount as it should be.
    pub after: Option<Money>,
    /// Why not, where the policy says no.
    pub refused: Option<Message>,
}

impl PlanStep {
    fn of(step: &PlannedStep) -> Self {
        let change = &step.change;
        let (name, before, after) = match &change.kind {
            ChangeKind::Create { tree } => (Some(name(&tree.draft)), None, None),
            ChangeKind::SetDailyBudget { before, after } | ChangeKind::SetBid { before, after } => {
                (None, Some(*before), Some(*after))
            }
            _ => (None, None, None),
        };
        let (platform, target, action) = (change.platform, change.target.clone(), change.kind.as_str().to_owned());
        Self { platform, target, action, name, before, after, refused: step.refused.clone() }
    }

    /// What is done, without what the policy says to it.
    fn what(&self) -> (Platform, &Tag, &str, Option<Money>, Option<Money>) {
        (self.platform, &self.target, &self.action, self.before, self.after)
    }

    /// The step in words, for an error: `meta set_daily_budget adb-1: 12 BRL to 10 BRL`.
    fn told(&self) -> String {
        let what = format!("{} {} {}", self.platform, self.action, self.target);
        match (self.before, self.after) {
            (Some(before), Some(after)) => format!("{what}: {before} to {after}"),
            _ => what,
        }
    }
}

fn name(draft: &Draft) -> String {
    match draft {
        Draft::Campaign { draft } => draft.name.clone(),
        Draft::AdSet { draft, .. } => draft.name.clone(),
        Draft::Ad { draft, .. } => draft.name.clone(),
    }
}

impl Brain {
    /// Runs the steps of the loop up to its plan and looks what the plan would do to the accounts. Nothing is written to a platform.
    /// [`Brain::apply`] launches exactly this plan; [`Brain::run`] with the same request goes on from it.
    ///
    /// # Errors
    /// As [`Brain::run`], up to its launch; [`ErrorKind::Refused`] for a plan that shows a file without a right to it.
    pub async fn plan(&self, request: RunRequest, watch: Watch) -> Result<Plan> {
        let on_failure = request.on_failure;
        let session = self.session(request).await?;
        let run = session.run.clone();
        let work = async {
            let session = Arc::new(session.connect().await?);
            let plan = cycle::plan(&session, watch, on_failure).await?;
            look(&session, &plan).await
        };
        self.alone(&run, work).await
    }

    /// Launches through an open door what a person has looked at.
    pub(super) async fn apply_through(&self, door: &Door, order: &ApplyOrder) -> Result<(ContentHash, Vec<Outcome>)> {
        let hash = door.meant(&order.plan_hash)?;
        let shown = self.shown(door, order).await?;
        let now = steps(&door.control.preview(&door.plan).await?);
        let changed = changed(&shown, &now, &door.control.outcomes().await?);
        if !changed.is_empty() {
            let what = format!("the accounts have changed since the plan was looked at: {}", changed.join("; "));
            return Err(Error::new(ErrorKind::Conflict, what)
                .with("run", &door.run)
                .next("plan the same brief again, look at what it would do now, then apply it"));
        }
        let files = Files(self.parts.library(&self.parts.folder)?);
        Ok((hash, launch::launch(&door.control, (&door.plan, &files), order.mode).await?))
    }

    /// The steps as a person was shown them.
    async fn shown(&self, door: &Door, order: &ApplyOrder) -> Result<Vec<PlanStep>> {
        let kept = Steps::new(self.database().clone()).load(&door.run, PREVIEW_STEP).await?;
        let conflict = |what: String| Error::new(ErrorKind::Conflict, what).with("run", &door.run).next(LOOK);
        let text = kept.ok_or_else(|| conflict(format!("nobody has looked at the plan of run {}", door.run)))?;
        let shown: Vec<PlanStep> = serde_json::from_str(&text).map_err(|error| {
            Error::new(ErrorKind::Corrupt, "the stored look at the plan cannot be read").next(LOOK).caused_by(error)
        })?;
        match &order.diff_hash {
            Some(wanted) if *wanted != diff_hash(&shown)? => {
                Err(conflict("the plan was looked at again, and would do something else by now".to_owned()))
            }
            _ => Ok(shown),
        }
    }
}

/// What to do where a plan was not looked at, or not as it is.
const LOOK: &str = "plan the same brief first, then apply what it shows";

async fn look(session: &Session, plan: &MediaPlan) -> Result<Plan> {
    launch::check_rights(session, &Files(session.parts.library(&session.brief_folder)?), plan)?;
    let world = (session.connectors.clone(), session.clock.clone());
    let about = (&session.run, session.mode, &plan.limits);
    let control: Control = session::control_to_read(&session.parts, world, about).await?;
    let Foreseen { steps: planned, caps, approval } = control.foresee(plan).await?;
    let steps = steps(&planned);
    let text = String::from_utf8_lossy(&canonical_json(&steps)?).into_owned();
    Steps::new(session.parts.database.clone()).keep(&session.run, PREVIEW_STEP, &text).await?;
    Ok(Plan {
        run: session.run.clone(),
        mode: session.mode,
        is_simulated: session.clock.is_simulated(),
        language: session.brief.language(),
        plan: plan.clone(),
        plan_hash: plan.hash()?,
        diff_hash: diff_hash(&steps)?,
        needs: needs(&steps, approval),
        assumed: session.brief.assumed.iter().map(Assumed::message).collect(),
        steps,
        caps,
    })
}

pub(super) fn steps(planned: &[PlannedStep]) -> Vec<PlanStep> {
    planned.iter().map(PlanStep::of).collect()
}

fn diff_hash(steps: &[PlanStep]) -> Result<ContentHash> {
    ContentHash::of_value(&steps.iter().map(PlanStep::what).collect::<Vec<_>>())
}

pub(super) fn needs(steps: &[PlanStep], approval: Option<Message>) -> Vec<Message> {
    let mut needs: Vec<Message> = Vec::new();
    for reason in steps.iter().filter_map(|step| step.refused.clone()).chain(approval) {
        if !needs.contains(&reason) {
            needs.push(reason);
        }
    }
    needs
}

/// The steps that came or went since a plan was looked at and that this run's own journal does not explain.
fn changed(shown: &[PlanStep], now: &[PlanStep], outcomes: &[Outcome]) -> Vec<String> {
    let is_begun = |outcome: &&Outcome| !matches!(outcome.state, JournalState::Planned | JournalState::Refused);
    let ours: BTreeSet<_> = outcomes.iter().filter(is_begun).map(|one| (one.platform, one.target.as_str())).collect();
    let amounts = |one: &&Outcome| one.action.starts_with("set_");
    let moved: BTreeSet<_> =
        outcomes.iter().filter(is_begun).filter(amounts).map(|one| (one.platform, one.target.as_str())).collect();
    let gone = shown.iter().filter(|step| !now.iter().any(|other| other.what() == step.what()));
    let gone = gone.filter(|step| !ours.contains(&(step.platform, step.target.as_str())));
    let new = now.iter().filter(|step| !shown.iter().any(|other| other.what() == step.what()));
    let new = new.filter(|step| step.action == "create" || !moved.contains(&(step.platform, step.target.as_str())));
    let gone = gone.map(|step| format!("no longer needed: {}", step.told()));
    gone.chain(new.map(|step| format!("needed by now: {}", step.told()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Currency;

    fn step(target: &str, action: &str, amounts: Option<(i64, i64)>) -> PlanStep {
        let money = |units: i64| Money::from_micros(units * 1_000_000, Currency::BRL);
        PlanStep {
            platform: Platform::Meta,
            target: Tag::new(target),
            action: action.into(),
            name: None,
            before: amounts.map(|(before, _)| money(before)),
            after: amounts.map(|(_, after)| money(after)),
            refused: None,
        }
    }

    fn done(target: &str, action: &str) -> Outcome {
        Outcome {
            entry: ContentHash::of(target.as_bytes()),
            platform: Platform::Meta,
            target: Tag::new(target),
            action: action.into(),
            cause: "plan".into(),
            state: JournalState::Confirmed,
            object: None,
            reason: None,
        }
    }

    #[test]
    fn what_the_run_did_itself_is_no_change_and_what_a_person_did_is_named() {
        let shown = [step("c", "create", None), step("d", "create", None)];
        assert!(changed(&shown, &shown, &[]).is_empty());
        assert!(changed(&shown, &shown[1..], &[done("c", "create")]).is_empty(), "the launch was cut off half-way");
        assert_eq!(changed(&shown, &shown[1..], &[]), ["no longer needed: meta create c"]);
        let by_hand = step("c", "set_daily_budget", Some((12, 10)));
        let made = [done("c", "create"), done("d", "create")];
        let told = changed(&shown, std::slice::from_ref(&by_hand), &made);
        assert_eq!(told.len(), 1);
        assert!(told[0].starts_with("needed by now: meta set_daily_budget c: "), "{told:?}");
        let own = [made[0].clone(), made[1].clone(), done("c", "set_daily_budget")];
        assert!(changed(&shown, &[by_hand], &own).is_empty(), "an alert had cut it");
    }
}
