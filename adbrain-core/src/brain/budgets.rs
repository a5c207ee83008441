//! The budgets of the next day: what the days before show goes through the curves and the exact allocation, and to control as one move.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::known;
use super::monitor::Progress;
use super::observe::{self, Learning};
use super::result::{BudgetDecision, BudgetGrade, BudgetPart, BudgetProbe, ValueUnit};
use super::session::Session;
use crate::alert::{Detector, KnownDay};
use crate::budget::{
    CampaignDay, CampaignDays, DailyBudget, DailyBudgets, DailyCampaign, DailyRequest, EditPrice, Gain, Probing,
    daily_budgets,
};
use crate::control::{Control, JournalState, Outcome};
use crate::error::Result;
use crate::measure;
use crate::model::{
    AdSetDraft, Change, ChangeKind, Maturity, MediaPlan, Message, Metrics, MetricsRow, Money, Platform, Tag, undo,
};
use crate::platform::{Capabilities, Level, RemoteObject, Status};

/// Days that are needed before money is moved.
const LEAST_DAYS: i64 = 7;
/// Conversions that are needed before money is moved, over the whole account.
const LEAST_CONVERSIONS: f64 = 10.0;
/// A move that gains less than this part of a day's value is not made: edits are not free.
const LEAST_GAIN: f64 = 0.005;
/// What an edit beyond the platform's significant step costs: the part of a day's value that a new learning phase loses over the week.
const LEARNING_COST: f64 = 0.5;
/// How far budgets are probed, in percent: within what no platform calls significant.
const PROBE_PERCENT: f64 = 5.0;

/// The daily budgets that held when a day began, by the tags of ad sets.
pub(super) type Begun = BTreeMap<Tag, Money>;

/// What the ad sets of a plan may spend now.
pub(super) fn now(plan: &MediaPlan) -> Begun {
    plan.ad_sets().map(|set| (set.tag.clone(), set.daily_budget)).collect()
}

/// An ad set that delivers.
struct Running<'a> {
    platform: Platform,
    set: &'a AdSetDraft,
    able: Capabilities,
}

/// Decides on the budgets of the day that begins, and hands what is to be moved to control.
pub(super) async fn decide(
    session: &Session,
    plan: &MediaPlan,
    (control, detector, progress): (&Control, &Detector, &mut Progress),
) -> Result<()> {
    if !session.parts.daily_budgets || progress.days < LEAST_DAYS || progress.days >= session.days {
        return Ok(());
    }
    let running = running(session, plan).await?;
    let known_at = session.known_at(progress.days).await?;
    let rows = session.ad_rows(plan, (progress.days, known_at)).await?;
    let days = known::days_by_ad_set(&rows, known_at)?;
    let Some((request, unit)) = request(session, (plan, progress, &running), (&days, detector, known_at))? else {
        return Ok(());
    };
    let (found, day) = (daily_budgets(&request)?, day(session, progress.days)?);
    let wanted = changes(&running, &found, &format!("budgets/{day}"));
    let moved = if wanted.is_empty() { Vec::new() } else { control.largest_move(&wanted).await? };
    if !moved.is_empty() {
        progress.actions.extend(control.submit_move(&moved).await?);
    }
    let why = match (wanted.is_empty(), moved.is_empty()) {
        (true, _) => "budget-little-to-gain",
        (false, true) => "budget-no-room",
        (false, false) => "budget-gains",
    };
    progress.budgets.push(decision((&found, &running), moved, (day, known_at, unit, why)));
    Ok(())
}

/// Hands to control once more what is to be moved today and is not, such as a move that a person has approved since.
pub(super) async fn once_more(session: &Session, control: &Control, progress: &Progress) -> Result<Vec<Outcome>> {
    let Some(last) = progress.budgets.last() else { return Ok(Vec::new()) };
    if !last.is_proposed || last.day != day(session, progress.days)? {
        return Ok(Vec::new());
    }
    control.submit_move(&last.changes).await
}

fn day(session: &Session, number: i64) -> Result<Date> {
    let flight = &session.brief.flight;
    Ok(flight.start_of_day(number)?.to_zoned_datetime(flight.zone()?).date())
}

/// The ad sets of a plan that deliver, with what their platforms can do.
async fn running<'a>(session: &Session, plan: &'a MediaPlan) -> Result<Vec<Running<'a>>> {
    let mut running = Vec::new();
    for campaign in &plan.campaigns {
        let connector = session.connector(campaign.platform)?;
        let (able, objects) = (connector.capabilities(), connector.list().await?);
        let is_on = |tag: &Tag| {
            let is_it = |object: &&RemoteObject| object.tag.as_ref() == Some(tag) && object.level != Level::Ad;
            objects.iter().find(is_it).is_some_and(|object| object.status == Status::Active)
        };
        if !is_on(&campaign.tag) {
            continue;
        }
        let sets = campaign.ad_sets.iter().filter(|set| is_on(&set.tag));
        running.extend(sets.map(|set| Running { platform: campaign.platform, set, able: able.clone() }));
    }
    Ok(running)
}

/// What is asked of the allocation; none while there is too little to say.
fn request(
    session: &Session,
    (plan, progress, running): (&MediaPlan, &Progress, &[Running<'_>]),
    (days, detector, known_at): (&BTreeMap<String, Vec<KnownDay>>, &Detector, Timestamp),
) -> Result<Option<(DailyRequest, ValueUnit)>> {
    let Some(total) = Money::sum(running.iter().map(|one| one.set.daily_budget))? else { return Ok(None) };
    let own = || running.iter().filter_map(|one| days.get(one.set.tag.as_str())).flatten();
    let conversions: u64 = own().map(|day| day.metrics.conversions).sum();
    if running.len() < 2 || (conversions as f64) < LEAST_CONVERSIONS {
        return Ok(None);
    }
    let unit =
        if own().any(|day| day.metrics.revenue.is_positive()) { ValueUnit::Revenue } else { ValueUnit::Conversions };
    let learning = observe::learning(session, (plan, progress), known_at)?;
    let mut campaigns = Vec::with_capacity(running.len());
    for one in running {
        let history = history(session, (progress, one, unit), (days, detector))?;
        campaigns.push(campaign(plan, one, (history, &learning)));
    }
    let probing = Some(Probing { percent: PROBE_PERCENT, seed: session.seed });
    let request = DailyRequest { probing, least_gain: LEAST_GAIN, ..DailyRequest::new(total, campaigns) };
    Ok(Some((request, unit)))
}

/// One ad set, with how far the plan and its platform let its budget go.
fn campaign(plan: &MediaPlan, one: &Running<'_>, (history, learning): (CampaignDays, &Learning)) -> DailyCampaign {
    let significant = one.able.pace.significant_edit_percent.map_or(100.0, f64::from);
    let is_learning = match learning {
        Learning::All => true,
        Learning::Of(tags) => tags.contains(&one.set.tag),
    };
    let (raise, cut) = (f64::from(plan.limits.max_raise_percent), f64::from(plan.limits.max_cut_percent));
    let [revenue, known] =
        history.days.iter().fold([0.0; 2], |[revenue, known], day| [revenue + day.revenue, known + day.known]);
    let brings = if known > 0.0 { revenue / known } else { 0.0 };
    DailyCampaign {
        least: Some(one.able.least_daily_budget).filter(|least| least.currency() == one.set.daily_budget.currency()),
        max_raise_percent: if is_learning { 0.0 } else { raise.min(significant) },
        max_cut_percent: cut.min(significant),
        max_emergency_cut_percent: cut,
        edit: Some(EditPrice { free_percent: significant, value: LEARNING_COST * brings }),
        ..DailyCampaign::new(history, one.set.daily_budget)
    }
}

/// The days of an ad set from the first on; one without rows was one on which nothing ran. On days that are held nothing is known of
/// conversions.
fn history(
    session: &Session,
    (progress, one, unit): (&Progress, &Running<'_>, ValueUnit),
    (days, detector): (&BTreeMap<String, Vec<KnownDay>>, &Detector),
) -> Result<CampaignDays> {
    let own = days.get(one.set.tag.as_str()).map_or(&[][..], Vec::as_slice);
    let (mut found, flight) = (Vec::new(), &session.brief.flight);
    for day in 0..progress.days {
        let [start, end] = [flight.start_of_day(day)?, flight.start_of_day(day + 1)?];
        let known = own.iter().find(|known| known.start >= start && known.start < end);
        let budget = usize::try_from(day).ok().and_then(|day| progress.begun.get(day)?.get(&one.set.tag));
        let budget = budget.copied().unwrap_or(one.set.daily_budget).to_units();
        let none = Metrics::none(one.set.daily_budget.currency());
        let (metrics, share) = known.map_or((&none, 1.0), |known| (&known.metrics, known.known));
        let is_held = detector.is_held(one.platform, start);
        let conversions = if is_held { 0.0 } else { metrics.conversions as f64 };
        found.push(CampaignDay {
            budget,
            spend: metrics.spend.to_units(),
            impressions: metrics.impressions as f64,
            clicks: metrics.clicks as f64,
            conversions,
            revenue: match unit {
                ValueUnit::Conversions => conversions,
                ValueUnit::Revenue if is_held => 0.0,
                ValueUnit::Revenue => metrics.revenue.to_units(),
            },
            known: if is_held { UNKNOWN } else { share.clamp(UNKNOWN, 1.0) },
        });
    }
    Ok(CampaignDays { name: one.set.tag.to_string(), group: one.platform.to_string(), days: found })
}

/// So little is known at least of a day's conversions: a share of zero would be none.
const UNKNOWN: f64 = 1e-3;

/// What the allocation changes.
fn changes(running: &[Running<'_>], found: &DailyBudgets, cause: &str) -> Vec<Change> {
    let change = |(one, part): (&Running<'_>, &DailyBudget)| {
        let kind = ChangeKind::SetDailyBudget { before: part.before, after: part.after };
        let change = Change { platform: one.platform, target: one.set.tag.clone(), kind, cause: cause.to_owned() };
        (part.after != part.before).then_some(change)
    };
    running.iter().zip(&found.parts).filter_map(change).collect()
}

/// The record of what was decided, with the amounts that there was room for.
fn decision(
    (found, running): (&DailyBudgets, &[Running<'_>]),
    changes: Vec<Change>,
    (day, at, unit, why): (Date, Timestamp, ValueUnit, &str),
) -> BudgetDecision {
    let amount = |one: &Running<'_>| {
        let change = changes.iter().find(|change| change.target == one.set.tag);
        match change.map(|change| &change.kind) {
            Some(ChangeKind::SetDailyBudget { after, .. }) => *after,
            _ => one.set.daily_budget,
        }
    };
    let own: Vec<DailyBudget> = running.iter().zip(&found.parts).map(|(one, part)| part.at(amount(one))).collect();
    BudgetDecision {
        at,
        day,
        cause: format!("budgets/{day}"),
        unit,
        is_proposed: !changes.is_empty(),
        why: Message::new(why),
        gain: Gain::of(&own),
        price: found.price,
        gap: found.gap,
        binding: found.binding.clone(),
        parts: running.iter().zip(&own).map(|(one, own)| part(one, own)).collect(),
        undo: undo(&changes),
        changes,
        outcome: None,
    }
}

/// What an ad set is expected to report of the day.
fn part(one: &Running<'_>, part: &DailyBudget) -> BudgetPart {
    let [low, high] = part.reported();
    BudgetPart {
        ad_set: one.set.tag.clone(),
        platform: one.platform,
        before: part.before,
        after: part.after,
        value: part.value,
        low,
        high,
        times: if part.estimate.value > 0.0 { part.value / part.estimate.value } else { 1.0 },
        conversion_rate: part.estimate.conversion_rate,
        fell: part.estimate.fell,
        probe: part.probe.as_ref().map(|probe| BudgetProbe {
            amount: probe.amount,
            is_more: probe.is_more,
            propensity: probe.propensity,
        }),
    }
}

/// Grades decisions whose day is mature by now: `rows` are the days of ads as they are known at a moment.
pub(super) fn grade(
    session: &Session,
    progress: &mut Progress,
    (rows, known_at): (&[MetricsRow], Timestamp),
) -> Result<()> {
    let zone = session.brief.flight.zone()?;
    let actions = &progress.actions;
    for decision in progress.budgets.iter_mut().filter(|decision| decision.outcome.is_none()) {
        let of_day = |row: &&MetricsRow| row.start.to_zoned_datetime(zone.clone()).date() == decision.day;
        let own: Vec<&MetricsRow> = rows.iter().filter(of_day).collect();
        let age = |row: &MetricsRow| known_at.duration_since(row.end).as_secs_f64() / 86_400.0;
        let is_mature = |row: &&MetricsRow| measure::maturity(row.platform, age(row)) == Maturity::Mature;
        if own.is_empty() || !own.iter().all(is_mature) {
            continue;
        }
        let grade = graded(decision, &own, (actions, known_at));
        decision.outcome = Some(grade);
    }
    Ok(())
}

/// What a day brought beside what was expected. What the move brought is what the curves say of the other budgets, taken from what came.
fn graded(decision: &BudgetDecision, rows: &[&MetricsRow], (actions, at): (&[Outcome], Timestamp)) -> BudgetGrade {
    let is_done = |part: &BudgetPart| {
        part.before == part.after
            || actions.iter().any(|done| {
                done.cause == decision.cause && done.target == part.ad_set && done.state == JournalState::Confirmed
            })
    };
    let mut grade = BudgetGrade { at, value: 0.0, gain: 0.0, inside: 0, parts: 0, is_done: decision.is_proposed };
    for part in &decision.parts {
        let own = rows.iter().filter(|row| row.path.ad_set == part.ad_set.as_str());
        let value: f64 = own
            .map(|row| match decision.unit {
                ValueUnit::Revenue => row.metrics.revenue.to_units(),
                ValueUnit::Conversions => row.metrics.conversions as f64,
            })
            .sum();
        grade.value += value;
        let times = part.times;
        if is_done(part) {
            grade.parts += 1;
            grade.inside += u64::from((part.low..=part.high).contains(&value));
            grade.gain += if times > 0.0 { value * (1.0 - 1.0 / times) } else { 0.0 };
        } else {
            grade.is_done = false;
            grade.gain += value * (times - 1.0);
        }
    }
    grade
}
