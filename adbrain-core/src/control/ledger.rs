//! The ledger: what a run may have out there, by its journal, in the worst case.
//!
//! An unconfirmed step counts as done where it costs, and as not done where it saves.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::adopt::Adopted;
use super::drift::DriftField;
use super::edit::Edit;
use super::journal::{Journal, Made, Record};
use super::send::tags;
use super::step::{Trust, Work};
use super::{JournalState, Mode};
use crate::model::{AdSetDraft, CampaignDraft, ChangeKind, Draft, Flight, Money, ObjectId, Platform, RunId, Tag};
use crate::platform::{Level, RemoteObject, Status};

/// Whether an object may deliver, as far as the journal knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    /// Made, or about to be, and not yet let go: counts, since it is meant to deliver.
    Planned,
    /// Let go, or maybe.
    Running,
    /// Surely paused.
    Stopped,
    /// Surely gone.
    Gone,
}

/// One object of the run.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Object {
    pub(super) platform: Platform,
    pub(super) level: Level,
    pub(super) parent: Option<Tag>,
    pub(super) delivery: Delivery,
    /// The highest daily budget that may hold; on ad sets.
    pub(super) budget: Option<Money>,
    pub(super) bid: Option<Money>,
    pub(super) activated_at: Option<Timestamp>,
    pub(super) changed_at: Option<Timestamp>,
    pub(super) made_at: Option<Timestamp>,
    /// Whether a step on it is not settled.
    pub(super) is_open: bool,
    /// Whether people made it.
    pub(super) is_adopted: bool,
    /// Whether it was adopted and given back since.
    pub(super) is_released: bool,
    /// The fields of an adopted object that we have not set since.
    pub(super) adopted: BTreeSet<DriftField>,
    /// The moments of changes that were proposed, for the limit per day.
    pub(super) changes: Vec<Timestamp>,
    /// Our changes of its amounts.
    pub(super) edits: Vec<Edit>,
    /// What the platform showed after our last change had settled.
    pub(super) seen: Option<RemoteObject>,
    /// The daily budget that the account showed, in micros; people may have set it at any time of a day.
    pub(super) shown: i64,
    /// Daily budgets in force from a moment on, zero while stopped, in the order of the moments; on ad sets.
    pub(super) in_force: Vec<(Timestamp, i64)>,
}

/// Everything that a run has out there.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Ledger {
    pub(super) objects: BTreeMap<Tag, Object>,
    pub(super) flights: BTreeMap<Tag, Flight>,
    /// The moments of pauses by platform, for the limit per hour.
    pub(super) pauses: BTreeMap<Platform, Vec<Timestamp>>,
}

/// The newest state of a step.
struct Latest<'a> {
    record: &'a Record,
    work: &'a Work,
    trust: Trust,
}

impl<'a> Latest<'a> {
    /// The newest state of a step by its records; none where no record says what is done.
    fn of(journal: &'a Journal, record: &'a Record) -> Option<Self> {
        let told = |told: &&'a Record| told.body.work.is_some();
        let first = journal.of(&record.entry).rev().find(told)?;
        let trust = journal.of(&record.entry).rev().find_map(|record| record.body.trust).unwrap_or(Trust::Proposal);
        Some(Self { record, work: first.body.work.as_ref()?, trust })
    }

    fn is_sure(&self) -> bool {
        matches!(self.record.state, JournalState::Confirmed | JournalState::Planned)
    }

    /// How far below its campaign a step begins to make.
    fn level(&self) -> u8 {
        match self.work {
            Work::Change(ChangeKind::Create { tree }) => match tree.draft {
                Draft::Campaign { .. } => 0,
                Draft::AdSet { .. } => 1,
                Draft::Ad { .. } => 2,
            },
            _ => 0,
        }
    }

    fn is_create(&self) -> bool {
        matches!(self.work, Work::Adopt { .. } | Work::Change(ChangeKind::Create { .. }))
    }
}

impl Ledger {
    /// Reads the ledger of a run out of the journal. Steps of a dry run count in dry runs alone.
    pub(super) fn of(journal: &Journal, run: &RunId, mode: Mode) -> Self {
        let mut ledger = Self::default();
        let mut steps: BTreeMap<&str, Latest<'_>> = BTreeMap::new();
        for record in journal.records().iter().filter(|record| record.run == *run && record.platform.is_some()) {
            let key = record.entry.as_str();
            let is_done = |step: &Latest<'_>| step.record.state == JournalState::Confirmed;
            if record.state == JournalState::Compensated && steps.get(key).is_some_and(is_done) {
                // It held until it was taken back, by a step of its own that counts as well.
                continue;
            }
            let earlier = steps.remove(key);
            let trust = record.body.trust.or_else(|| earlier.as_ref().map(|step| step.trust));
            if let Some(work) = record.body.work.as_ref().or_else(|| earlier.map(|step| step.work)) {
                steps.insert(key, Latest { record, work, trust: trust.unwrap_or(Trust::Proposal) });
            }
        }
        let mut steps: Vec<_> = steps.into_values().collect();
        // What is not sure comes late: it may still take effect after what is. What was given back comes last: nothing was done to it since.
        steps.sort_by_key(|step| (matches!(step.work, Work::Release { .. }), !step.is_sure(), step.record.seq));
        let counts = |step: &&Latest<'_>| match step.record.state {
            JournalState::Refused | JournalState::Compensated => false,
            JournalState::Planned => mode == Mode::DryRun,
            _ => true,
        };
        // What was made comes first: a change that was settled early must not be lost because its object settled late.
        let (mut creates, changes): (Vec<_>, Vec<_>) = steps.iter().filter(counts).partition(|step| step.is_create());
        // And what hangs below something comes after it, settled or not.
        creates.sort_by_key(|step| step.level());
        for step in creates.into_iter().chain(changes) {
            ledger.apply(step, journal);
        }
        ledger
    }

    /// Takes over the newest records where they do nothing but make what nobody has changed since, as most of a launch does: all that was
    /// counted before stands. Whether it could; else everything is counted anew.
    ///
    /// `is_shown` tells what an account shows: that would count too.
    pub(super) fn follow(
        &mut self,
        journal: &Journal,
        (records, run, mode): (&[Record], &RunId, Mode),
        is_shown: impl Fn(&Tag) -> bool,
    ) -> bool {
        // One after the other: the second record of a step finds what the first one made.
        records.iter().filter(|record| record.run == *run && record.platform.is_some()).all(|record| {
            let plain = Latest::of(journal, record).filter(|step| self.only_makes(step, (journal, mode), &is_shown));
            plain.is_some_and(|step| {
                self.apply(&step, journal);
                true
            })
        })
    }

    /// Whether a step makes what is not there yet, or goes on with it while nobody has changed it.
    fn only_makes(
        &self,
        step: &Latest<'_>,
        (journal, mode): (&Journal, Mode),
        is_shown: impl Fn(&Tag) -> bool,
    ) -> bool {
        let tree = match step.work {
            Work::Upload { .. } => return true,
            Work::Change(ChangeKind::Create { tree }) => tree,
            _ => return false,
        };
        let is_under_way = match step.record.state {
            JournalState::Intent | JournalState::Sent | JournalState::Confirmed => true,
            JournalState::Planned => mode == Mode::DryRun,
            _ => false,
        };
        let is_first = step.record.body.work.is_some();
        let is_untouched = |tag: &Tag| match self.objects.get(tag) {
            Some(object) => !is_first && object.changed_at.is_none() && !object.is_adopted,
            None => is_first && !is_shown(tag),
        };
        is_under_way
            && self.is_above_untouched(step.record, &tree.draft, journal)
            && tags(&tree.draft).iter().all(is_untouched)
    }

    /// Whether nobody has changed the campaign that an ad set is made below: what was done to it counts for the ad set too.
    fn is_above_untouched(&self, record: &Record, draft: &Draft, journal: &Journal) -> bool {
        let Draft::AdSet { campaign, .. } = draft else { return true };
        let above = self.above(record, campaign, journal);
        let above = above.and_then(|tag| self.objects.get(&tag));
        above.is_none_or(|object| object.changed_at.is_none() && !object.is_adopted)
    }

    /// The object that is known by an id. As long as it is not made its tag stands in for its id.
    fn above(&self, record: &Record, id: &ObjectId, journal: &Journal) -> Option<Tag> {
        let known = record.platform.and_then(|platform| journal.tag_of(&record.run, platform, id));
        let tag = known.cloned().unwrap_or_else(|| Tag::new(id.as_str()));
        Some(tag).filter(|tag| self.objects.contains_key(tag))
    }

    fn apply(&mut self, step: &Latest<'_>, journal: &Journal) {
        let Some(platform) = step.record.platform else { return };
        match step.work {
            Work::Adopt { flight, objects } => self.adopt(platform, (flight, objects), step.record.at),
            Work::Change(ChangeKind::Create { tree }) => {
                self.make(step.record, &tree.draft, journal);
                self.note_step(&tags(&tree.draft), step);
            }
            Work::Release { objects } => self.release(objects, step.record.at),
            Work::Change(kind) => self.apply_change(platform, kind, step),
            _ => {}
        }
    }

    /// Notes when objects were made, and whether that is settled.
    fn note_step(&mut self, tags: &[Tag], step: &Latest<'_>) {
        for tag in tags {
            if let Some(object) = self.objects.get_mut(tag) {
                (object.made_at, object.is_open) = (Some(step.record.at), !step.is_sure());
            }
        }
    }

    fn apply_change(&mut self, platform: Platform, kind: &ChangeKind, step: &Latest<'_>) {
        let is_pause = matches!(kind, ChangeKind::Pause);
        if let Some(object) = self.objects.get_mut(&step.record.target) {
            object.is_open |= !step.is_sure();
            if step.trust == Trust::Proposal && !is_pause && !matches!(kind, ChangeKind::Archive) {
                object.changes.push(step.record.at);
            }
        }
        if is_pause && step.trust == Trust::Proposal {
            self.pauses.entry(platform).or_default().push(step.record.at);
        }
        self.change(&step.record.target, kind, Moment { at: step.record.at, is_sure: step.is_sure() });
    }

    /// Counts what people made as it stood when it was adopted.
    pub(super) fn adopt(&mut self, platform: Platform, (flight, objects): (&Flight, &[Adopted]), at: Timestamp) {
        for own in objects {
            let mut object = Object::new(platform, own.object.level, own.parent.clone());
            let is_active = own.object.status == Status::Active;
            object.delivery = if is_active { Delivery::Running } else { Delivery::Stopped };
            (object.budget, object.bid, object.made_at) = (own.object.daily_budget, own.object.bid, Some(at));
            object.is_adopted = true;
            object.adopted = [DriftField::Status, DriftField::DailyBudget, DriftField::Bid].into();
            if own.parent.is_none() {
                self.flights.insert(own.tag.clone(), flight.clone());
            }
            self.insert(&own.tag, object);
        }
        if let Some(top) = objects.first() {
            self.note_rates(&top.tag, at);
        }
    }

    /// Lets what was adopted be other people's again: it costs us nothing from now on, and what it cost before still counts.
    fn release(&mut self, objects: &[Made], at: Timestamp) {
        for released in objects {
            if let Some(object) = self.objects.get_mut(&released.tag) {
                (object.delivery, object.is_released) = (Delivery::Gone, true);
            }
        }
        if let Some(top) = objects.first() {
            self.note_rates(&top.tag, at);
        }
    }

    /// Counts a draft as made.
    fn make(&mut self, record: &Record, draft: &Draft, journal: &Journal) {
        let Some(platform) = record.platform else { return };
        match draft {
            Draft::Campaign { draft } => self.make_campaign(platform, draft),
            Draft::AdSet { campaign, draft } => {
                let above = self.above(record, campaign, journal);
                self.make_ad_set(platform, above, draft);
            }
            Draft::Ad { ad_set, draft } => {
                let above = self.above(record, ad_set, journal);
                self.insert(&draft.tag, Object::new(platform, Level::Ad, above));
            }
        }
    }

    pub(super) fn make_campaign(&mut self, platform: Platform, draft: &CampaignDraft) {
        self.flights.insert(draft.tag.clone(), draft.flight.clone());
        self.insert(&draft.tag, Object::new(platform, Level::Campaign, None));
        for ad_set in &draft.ad_sets {
            self.make_ad_set(platform, Some(draft.tag.clone()), ad_set);
        }
    }

    fn make_ad_set(&mut self, platform: Platform, parent: Option<Tag>, draft: &AdSetDraft) {
        let mut object = Object::new(platform, Level::AdSet, parent);
        object.budget = Some(draft.daily_budget);
        object.bid = draft.bid;
        self.insert(&draft.tag, object);
        for ad in &draft.ads {
            self.insert(&ad.tag, Object::new(platform, Level::Ad, Some(draft.tag.clone())));
        }
    }

    fn insert(&mut self, tag: &Tag, object: Object) {
        self.objects.entry(tag.clone()).or_insert(object);
    }

    /// Counts a change: where it is not sure, only if it costs.
    pub(super) fn change(&mut self, target: &Tag, kind: &ChangeKind, moment: Moment) {
        if let Some(object) = self.objects.get_mut(target) {
            object.change(kind, moment);
        }
        self.note_rates(target, moment.at);
    }

    /// Takes over what an account shows, where our own last change has settled: what costs more counts.
    pub(super) fn observe(&mut self, objects: &[RemoteObject], settled_before: Timestamp) {
        for seen in objects {
            let Some(object) = seen.tag.as_ref().and_then(|tag| self.objects.get_mut(tag)) else { continue };
            object.shown = object.shown.max(seen.daily_budget.map_or(0, Money::micros));
            if object.changed_at.is_none_or(|changed| changed < settled_before) {
                object.observe(seen);
            }
        }
    }

    /// Writes down what the ad sets at or below an object cost a day from a moment on. A step that is not sure is counted after later
    /// ones, with what those did: it takes nothing away from what was in force at its own moment.
    fn note_rates(&mut self, target: &Tag, at: Timestamp) {
        let below: Vec<_> =
            self.ad_sets().filter(|(tag, _)| self.is_within(tag, target)).map(|(tag, _)| tag.clone()).collect();
        for tag in below {
            let rate = if self.delivery(&tag) == Delivery::Running { self.budget_micros(&tag) } else { 0 };
            if let Some(object) = self.objects.get_mut(&tag) {
                object.note_rate(at, rate);
            }
        }
    }

    fn budget_micros(&self, tag: &Tag) -> i64 {
        self.objects.get(tag).and_then(|object| object.budget).map_or(0, Money::micros)
    }

    /// The ad sets, by tag.
    pub(super) fn ad_sets(&self) -> impl Iterator<Item = (&Tag, &Object)> {
        self.objects.iter().filter(|(_, object)| object.level == Level::AdSet)
    }

    /// Whether `tag` is `top` or hangs below it.
    pub(super) fn is_within(&self, tag: &Tag, top: &Tag) -> bool {
        self.line(tag).any(|tag| tag == top)
    }

    /// The object and everything above it; a tree has three levels.
    pub(super) fn line<'a>(&'a self, tag: &'a Tag) -> impl Iterator<Item = &'a Tag> {
        std::iter::successors(Some(tag), |tag| self.objects.get(*tag)?.parent.as_ref()).take(3)
    }

    /// Whether an object may deliver, by itself and everything above it.
    pub(super) fn delivery(&self, tag: &Tag) -> Delivery {
        let states: Vec<_> = self.line(tag).filter_map(|tag| self.objects.get(tag)).map(|o| o.delivery).collect();
        let has = |wanted| states.contains(&wanted);
        match () {
            () if states.is_empty() || has(Delivery::Gone) => Delivery::Gone,
            () if has(Delivery::Stopped) => Delivery::Stopped,
            () if has(Delivery::Planned) => Delivery::Planned,
            () => Delivery::Running,
        }
    }

    /// The flight of the campaign above an object.
    pub(super) fn flight(&self, tag: &Tag) -> Option<&Flight> {
        self.line(tag).find_map(|tag| self.flights.get(tag))
    }
}

/// When something happened, and whether it surely did.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) at: Timestamp,
    pub(super) is_sure: bool,
}

impl Object {
    fn new(platform: Platform, level: Level, parent: Option<Tag>) -> Self {
        Self {
            platform,
            level,
            parent,
            delivery: Delivery::Planned,
            budget: None,
            bid: None,
            activated_at: None,
            changed_at: None,
            made_at: None,
            is_open: false,
            is_adopted: false,
            is_released: false,
            adopted: BTreeSet::new(),
            changes: Vec::new(),
            edits: Vec::new(),
            seen: None,
            shown: 0,
            in_force: Vec::new(),
        }
    }

    fn note_rate(&mut self, at: Timestamp, rate: i64) {
        let place = self.in_force.partition_point(|(earlier, _)| *earlier <= at);
        let before = place.checked_sub(1).and_then(|last| self.in_force.get(last)).map_or(0, |(_, rate)| *rate);
        let is_last = place == self.in_force.len();
        self.in_force.insert(place, (at, if is_last { rate } else { rate.max(before) }));
    }

    fn observe(&mut self, seen: &RemoteObject) {
        if seen.status == Status::Active {
            self.delivery = Delivery::Running;
        }
        if let Some((shown, known)) = seen.daily_budget.zip(self.budget)
            && shown.micros() > known.micros()
        {
            self.budget = Some(shown);
        }
        self.seen = Some(seen.clone());
    }

    /// Whether somebody else paused it.
    pub(super) fn is_seen_paused(&self) -> bool {
        self.seen.as_ref().is_some_and(|seen| seen.status != Status::Active)
    }

    fn change(&mut self, kind: &ChangeKind, moment: Moment) {
        self.seen = None;
        self.changed_at = self.changed_at.max(Some(moment.at));
        self.edits.extend(Edit::of(kind, moment.at));
        self.adopted.remove(&match kind {
            ChangeKind::SetDailyBudget { .. } => DriftField::DailyBudget,
            ChangeKind::SetBid { .. } => DriftField::Bid,
            _ => DriftField::Status,
        });
        match kind {
            ChangeKind::Activate => {
                self.delivery = Delivery::Running;
                self.activated_at = self.activated_at.max(Some(moment.at));
            }
            // What was never let go is not let go by taking a pause of it back.
            ChangeKind::Pause if moment.is_sure && self.delivery != Delivery::Planned => {
                self.delivery = Delivery::Stopped;
            }
            ChangeKind::Archive if moment.is_sure => self.delivery = Delivery::Gone,
            ChangeKind::SetDailyBudget { after, .. } => self.budget = Some(worse(self.budget, *after, moment)),
            ChangeKind::SetBid { after, .. } => self.bid = Some(worse(self.bid, *after, moment)),
            _ => {}
        }
    }
}

/// What surely holds now, or the higher one where it is not sure.
fn worse(before: Option<Money>, after: Money, moment: Moment) -> Money {
    match before {
        Some(before) if !moment.is_sure && before.micros() > after.micros() => before,
        _ => after,
    }
}
