//! The policy: says yes or no to a step. Pure; everything it looks at is passed in, and what is missing means no.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::caps::{self, Accounts, Worst};
use super::edit::Edit;
use super::ledger::{Delivery, Ledger, Moment, Object};
use super::step::{Step, Trust, Work};
use super::{ControlOptions, Mode};
use crate::error::Error;
use crate::model::{CampaignDraft, ChangeKind, Draft, DraftTree, Limits, Message, Money, ObjectId, Platform, Tag};
use crate::platform::{Capabilities, Level, Pace, RemoteObject, Status};

/// An account as it was read.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) capabilities: Capabilities,
    /// None where it could not be read.
    pub(super) objects: Option<Vec<RemoteObject>>,
    /// Our objects that carry no mark in their names.
    pub(super) unmarked: BTreeSet<ObjectId>,
}

impl Account {
    /// Ad sets that deliver and are not the run's own.
    pub(super) fn others<'a>(&'a self, ledger: &'a Ledger) -> impl Iterator<Item = &'a RemoteObject> {
        let all = self.objects.iter().flatten();
        all.filter(|object| object.level == Level::AdSet && self.is_other(object, ledger))
    }

    /// Whether an object delivers, up to its campaign, and is not the run's own.
    fn is_other(&self, object: &RemoteObject, ledger: &Ledger) -> bool {
        let is_own = object.tag.as_ref().is_some_and(|tag| ledger.objects.contains_key(tag));
        let parent = |object: &&RemoteObject| {
            self.objects.iter().flatten().find(|above| Some(&above.id) == object.parent.as_ref())
        };
        !is_own && std::iter::successors(Some(object), parent).take(3).all(|object| object.status == Status::Active)
    }

    fn has_other_ads(&self, ledger: &Ledger) -> bool {
        self.objects.iter().flatten().any(|object| object.level == Level::Ad && self.is_other(object, ledger))
    }
}

/// Everything that the policy looks at.
pub(super) struct Policy<'a> {
    pub(super) options: &'a ControlOptions,
    pub(super) is_killed: bool,
    pub(super) now: Timestamp,
    pub(super) ledger: &'a Ledger,
    pub(super) accounts: &'a Accounts,
}

/// Yes, or why not.
pub(super) type Verdict = Result<(), Message>;

fn no(key: &str) -> Verdict {
    Err(Message::new(key))
}

impl Policy<'_> {
    fn limits(&self) -> &Limits {
        &self.options.limits
    }

    /// The verdict on one step.
    pub(super) fn check(&self, step: &Step) -> Verdict {
        self.check_door(step)?;
        match &step.work {
            Work::Change(ChangeKind::Create { tree }) => self.check_create(tree),
            Work::Change(kind) => self.check_change(step, kind),
            Work::Adopt { flight, objects } => {
                let mut after = self.ledger.clone();
                after.adopt(step.platform, (flight, objects), self.now);
                self.check_caps(&after, step.platform, &Ledger::default())
            }
            Work::Upload { .. }
            | Work::Release { .. }
            | Work::Fill { .. }
            | Work::Note { .. }
            | Work::Approval { .. }
            | Work::Refusal { .. }
            | Work::Silence { .. }
            | Work::EndSilence { .. } => Ok(()),
        }
    }

    /// Mode, kill switch, account, currency.
    pub(super) fn check_door(&self, step: &Step) -> Verdict {
        if self.is_killed && !step.is_pause() {
            return no("refused-kill-switch");
        }
        let platform = step.platform.as_str();
        let Some(account) = self.accounts.get(&step.platform) else {
            return Err(Message::new("refused-no-connector").with("platform", platform));
        };
        if self.options.mode == Mode::Sandbox && !account.capabilities.is_sandbox {
            return Err(Message::new("refused-not-a-sandbox").with("platform", platform));
        }
        if account.objects.is_none() && step.trust != Trust::PauseAll {
            return Err(Message::new("refused-read-failed").with("platform", platform));
        }
        let limits = self.limits();
        let caps = [limits.daily_cap, limits.weekly_cap, limits.lifetime_cap];
        let own = account.capabilities.currency;
        match caps.iter().find(|cap| cap.currency() != own) {
            Some(cap) if !step.is_pause() => Err(currency(own, cap.currency())),
            _ => Ok(()),
        }
    }

    /// The verdict on a request that goes out once more. It counts in the ledger already; caps may be passed by what people did since.
    pub(super) fn check_caps_again(&self, step: &Step) -> Verdict {
        if step.is_decrease() || !matches!(step.work, Work::Change(_)) {
            return Ok(());
        }
        caps::check(self.limits(), Worst::default(), self.worst(self.ledger)?)
    }

    fn check_create(&self, tree: &DraftTree) -> Verdict {
        let Some(account) = self.accounts.get(&tree.platform) else { return no("refused-no-connector") };
        check_draft(&tree.draft, &account.capabilities)?;
        // Below a campaign everything counts already: with the whole plan, before its first part was made.
        let Draft::Campaign { draft } = &tree.draft else {
            return self.check_caps(self.ledger, tree.platform, &Ledger::default());
        };
        if self.options.mode == Mode::Live {
            check_declarations(draft)?;
        }
        let mut after = self.ledger.clone();
        after.make_campaign(tree.platform, draft);
        self.check_caps(&after, tree.platform, &Ledger::default())
    }

    /// Whether a platform can have every part of a campaign; one without a connector is refused with its first step.
    pub(super) fn check_whole(&self, campaign: &CampaignDraft) -> Verdict {
        let Some(account) = self.accounts.get(&campaign.platform) else { return Ok(()) };
        check_draft(&Draft::Campaign { draft: campaign.clone() }, &account.capabilities)
    }

    /// The verdict on a whole plan's campaigns together.
    pub(super) fn check_campaigns(&self, campaigns: &[CampaignDraft], limits: &Limits) -> Verdict {
        let mut after = self.ledger.clone();
        for campaign in campaigns {
            campaign.flight.check().map_err(|error| Message::new("refused-flight").with("why", error.to_string()))?;
            after.make_campaign(campaign.platform, campaign);
        }
        let platforms = campaigns.iter().map(|campaign| campaign.platform);
        for platform in platforms {
            self.check_caps(&after, platform, self.ledger)?;
        }
        if limits.daily_cap.currency() != self.limits().daily_cap.currency() {
            return Err(currency(limits.daily_cap.currency(), self.limits().daily_cap.currency()));
        }
        // A plan as a whole has to keep within the caps, also where they were lowered since it was made.
        let worst = self.worst(&after)?;
        caps::check(limits, Worst::default(), worst)?;
        caps::check(self.limits(), Worst::default(), worst)
    }

    fn check_change(&self, step: &Step, kind: &ChangeKind) -> Verdict {
        let Some(object) = self.ledger.objects.get(&step.target).filter(|object| object.platform == step.platform)
        else {
            return Err(Message::new("refused-unknown-object").with("target", step.target.as_str()));
        };
        if object.delivery == Delivery::Gone {
            return Err(Message::new("refused-unknown-object").with("target", step.target.as_str()));
        }
        if matches!(kind, ChangeKind::Activate) && object.delivery == Delivery::Planned && step.trust != Trust::Plan {
            return no("refused-not-activated");
        }
        self.check_amounts(step, kind, object)?;
        if step.trust == Trust::Proposal {
            self.check_pace(step, object)?;
        }
        let is_ordered = matches!(step.trust, Trust::PauseAll | Trust::Undo);
        if matches!(kind, ChangeKind::Pause | ChangeKind::Archive) && !is_ordered {
            self.check_pause(step)?;
        }
        let mut after = self.ledger.clone();
        after.change(&step.target, kind, Moment { at: self.now, is_sure: true });
        // Above a cap only what lowers it may go ahead. That a step adds nothing to what may be out there is no excuse: what may be
        // there need not be.
        let nothing = Ledger::default();
        self.check_caps(&after, step.platform, if step.is_decrease() { self.ledger } else { &nothing })
    }

    /// Size, currency and starting point of a new amount.
    fn check_amounts(&self, step: &Step, kind: &ChangeKind, object: &Object) -> Verdict {
        let (before, after, known, seen) = match kind {
            ChangeKind::SetDailyBudget { before, after } => {
                (*before, *after, object.budget, object.seen.as_ref().and_then(|seen| seen.daily_budget))
            }
            ChangeKind::SetBid { before, after } => {
                (*before, *after, object.bid, object.seen.as_ref().and_then(|seen| seen.bid))
            }
            _ => return Ok(()),
        };
        let Some(current) = seen.or(known) else { return no("refused-no-amount") };
        let Some(account) = self.accounts.get(&step.platform) else { return no("refused-no-connector") };
        let own = account.capabilities.currency;
        for amount in [before, after, current] {
            if amount.currency() != own {
                return Err(currency(own, amount.currency()));
            }
        }
        if before != current {
            return Err(Message::new("refused-drift").with("expected", before).with("found", current));
        }
        if !after.is_positive() || after.floor_to_minor_unit() != after {
            return Err(Message::new("refused-bad-amount").with("amount", after));
        }
        if matches!(kind, ChangeKind::SetDailyBudget { .. }) {
            least(after, account.capabilities.least_daily_budget)?;
        }
        if step.trust == Trust::Proposal { self.check_size(before, after) } else { Ok(()) }
    }

    /// `before * (100 - cut) <= after * 100 <= before * (100 + raise)`.
    fn check_size(&self, before: Money, after: Money) -> Verdict {
        let (raise, cut) = (i128::from(self.limits().max_raise_percent), i128::from(self.limits().max_cut_percent));
        let (before, after) = (i128::from(before.micros()), i128::from(after.micros()) * 100);
        if after > before * (100 + raise) {
            return Err(Message::new("refused-raise-too-large").with("percent", count(raise)));
        }
        if after < before * (100 - cut) {
            return Err(Message::new("refused-cut-too-large").with("percent", count(cut)));
        }
        Ok(())
    }

    /// Learning phase and changes per object and day (24 hours back from now), by the plan and by the platform. Pauses are never too many
    /// changes.
    fn check_pace(&self, step: &Step, object: &Object) -> Verdict {
        if matches!(step.work, Work::Change(ChangeKind::Pause | ChangeKind::Archive)) {
            return Ok(());
        }
        let pace = self.accounts.get(&step.platform).map(|account| account.capabilities.pace).unwrap_or_default();
        self.check_learning(step, pace)?;
        let day = self.since(SignedDuration::from_hours(24));
        let made = object.changes.iter().filter(|at| **at > day).count();
        let most = self.limits().max_changes_per_object_and_day;
        if made >= usize::try_from(most).unwrap_or(usize::MAX) {
            return Err(Message::new("refused-changes-per-day").with("limit", i64::from(most)));
        }
        self.check_edits(step, object, pace)
    }

    /// Nothing is raised while it learns: after it, or what is above it, was let go or changed by more than the platform calls significant.
    fn check_learning(&self, step: &Step, pace: Pace) -> Verdict {
        let hours = self.limits().learning_hours.max(pace.learning_hours.unwrap_or_default());
        let learning = self.since(SignedDuration::from_hours(i64::from(hours)));
        let is_significant =
            |edit: &Edit| edit.at > learning && pace.significant_edit_percent.is_some_and(|most| edit.percent > most);
        let is_learning = |object: &Object| {
            object.activated_at.is_some_and(|at| at > learning) || object.edits.iter().any(is_significant)
        };
        let mut line = self.ledger.line(&step.target).filter_map(|tag| self.ledger.objects.get(tag));
        if !step.is_decrease() && line.any(is_learning) {
            return Err(Message::new("refused-learning").with("hours", i64::from(hours)));
        }
        Ok(())
    }

    /// The platform's own limits: it refuses a budget's change too many in an hour itself, whichever way it goes; its word on a day is advice,
    /// which keeps no cut waiting.
    fn check_edits(&self, step: &Step, object: &Object, pace: Pace) -> Verdict {
        let made = |hours: i64, is_counted: fn(&Edit) -> bool| {
            let since = self.since(SignedDuration::from_hours(hours));
            object.edits.iter().filter(|edit| edit.at > since && is_counted(edit)).count()
        };
        let is_full = |most: u32, made: usize| made >= usize::try_from(most).unwrap_or(usize::MAX);
        let is_budget = matches!(step.work, Work::Change(ChangeKind::SetDailyBudget { .. }));
        match (pace.edits_per_hour, pace.edits_per_day) {
            (Some(most), _) if is_budget && is_full(most, made(1, |edit| edit.is_budget)) => {
                Err(Message::new("refused-changes-per-hour").with("limit", i64::from(most)))
            }
            (_, Some(most)) if !step.is_decrease() && is_full(most, made(24, |_| true)) => {
                Err(Message::new("refused-changes-per-day").with("limit", i64::from(most)))
            }
            _ => Ok(()),
        }
    }

    /// Pauses per hour, and never the last ad that delivers in the account.
    fn check_pause(&self, step: &Step) -> Verdict {
        if self.ledger.delivery(&step.target) != Delivery::Running {
            return Ok(());
        }
        let hour = self.since(SignedDuration::from_hours(1));
        let made = self.ledger.pauses.get(&step.platform).map_or(0, |all| all.iter().filter(|at| **at > hour).count());
        let most = self.limits().max_pauses_per_hour;
        if step.trust == Trust::Proposal && made >= usize::try_from(most).unwrap_or(usize::MAX) {
            return Err(Message::new("refused-pauses-per-hour").with("limit", i64::from(most)));
        }
        let others = self.accounts.get(&step.platform).is_some_and(|account| account.has_other_ads(self.ledger));
        let is_left = |tag: &Tag, object: &Object| {
            object.level == Level::Ad
                && object.platform == step.platform
                && !self.ledger.is_within(tag, &step.target)
                && self.ledger.delivery(tag) == Delivery::Running
                && !self.ledger.line(tag).any(|tag| self.ledger.objects.get(tag).is_some_and(Object::is_seen_paused))
        };
        if others || self.ledger.objects.iter().any(|(tag, object)| is_left(tag, object)) {
            return Ok(());
        }
        no("refused-last-active-ad")
    }

    /// Caps on everything, on the account and on each ad set; a figure above its cap passes where it was as high `before`.
    fn check_caps(&self, after: &Ledger, platform: Platform, before: &Ledger) -> Verdict {
        caps::check(self.limits(), self.worst(before)?, self.worst(after)?)?;
        if let Some(cap) = self.options.account_daily_caps.get(&platform) {
            let day = |ledger| caps::account_day(ledger, self.accounts, (platform, self.now)).map_err(internal);
            caps::hold("refused-account-cap", *cap, (day(before)?, day(after)?))?;
        }
        let Some(cap) = self.options.object_daily_cap else { return Ok(()) };
        let of = |ledger, tag| caps::object_day(ledger, self.accounts, (tag, self.now)).map_err(internal);
        after
            .ad_sets()
            .try_for_each(|(tag, _)| caps::hold("refused-object-cap", cap, (of(before, tag)?, of(after, tag)?)))
    }

    fn worst(&self, ledger: &Ledger) -> Result<Worst, Message> {
        caps::worst(ledger, self.accounts, self.now).map_err(internal)
    }

    fn since(&self, span: SignedDuration) -> Timestamp {
        self.now.checked_sub(span).unwrap_or(Timestamp::MIN)
    }
}

fn internal(_: Error) -> Message {
    Message::new("refused-internal")
}

fn count(number: i128) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn currency(own: crate::model::Currency, other: crate::model::Currency) -> Message {
    Message::new("refused-currency").with("expected", own.code()).with("found", other.code())
}

fn least(amount: Money, least: Money) -> Verdict {
    if amount.currency() != least.currency() {
        return Err(currency(least.currency(), amount.currency()));
    }
    if amount.micros() < least.micros() {
        return Err(Message::new("refused-below-least-budget").with("amount", amount).with("least", least));
    }
    Ok(())
}

/// Whether the platform can have what a draft asks for.
fn check_draft(draft: &Draft, capabilities: &Capabilities) -> Verdict {
    let (ad_sets, ads) = match draft {
        Draft::Campaign { draft } => (draft.ad_sets.iter().collect(), Vec::new()),
        Draft::AdSet { draft, .. } => (vec![draft], Vec::new()),
        Draft::Ad { draft, .. } => (Vec::new(), vec![draft]),
    };
    for ad_set in &ad_sets {
        if ad_set.daily_budget.currency() != capabilities.currency {
            return Err(currency(capabilities.currency, ad_set.daily_budget.currency()));
        }
        least(ad_set.daily_budget, capabilities.least_daily_budget)?;
        if !capabilities.bid_strategies.contains(&ad_set.bid_strategy) {
            return Err(Message::new("refused-unsupported").with("field", "bid_strategy"));
        }
    }
    let ads = ad_sets.iter().flat_map(|ad_set| &ad_set.ads).chain(ads);
    if ads.into_iter().any(|ad| !capabilities.formats.contains(&ad.creative.format)) {
        return Err(Message::new("refused-unsupported").with("field", "creative.format"));
    }
    Ok(())
}

/// Real money needs the advertiser's answers; nothing is assumed.
fn check_declarations(draft: &CampaignDraft) -> Verdict {
    let declared = &draft.declarations;
    let open = match (&declared.special_categories, declared.is_political) {
        (None, _) => "declarations.special_categories",
        (_, None) => "declarations.is_political",
        _ => return Ok(()),
    };
    Err(Message::new("refused-declarations").with("field", open))
}
