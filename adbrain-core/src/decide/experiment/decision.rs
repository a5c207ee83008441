//! From a readout to proposals: what to pause, what to scale, whom to tell. It acts on nothing.

use serde::{Deserialize, Serialize};

use schemars::JsonSchema;

use super::legacy::{LegacyVerdict, legacy};
use super::readout::{CheckState, Comparison, Readout};
use super::settings::{Label, Rule, Settings};
use super::verdict::VerdictKind;
use crate::error::{Error, Result};
use crate::model::{Change, ChangeKind, Maturity, Message, Money, Platform, Tag};

/// Parts of a million in which a step is counted, so that money stays whole.
const PARTS: i64 = 1_000_000;

/// The daily budget that carries an arm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArmBudget {
    /// Our mark on the ad set that holds it.
    pub ad_set: Tag,
    /// What it is now.
    pub daily: Money,
    /// How many steps were taken before; each step is a change of its own.
    #[serde(default)]
    pub steps: u32,
}

/// What runs an arm on a platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArmObject {
    /// The arm.
    pub arm: String,
    /// The platform.
    pub platform: Platform,
    /// Our mark on the ad or ad set that is paused if the arm loses.
    pub tag: Tag,
    /// Its budget, where it has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<ArmBudget>,
}

/// The objects of a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestObjects {
    /// The name of the test; part of the cause of each change, which is done once per cause.
    pub test: String,
    /// What runs the arms.
    pub objects: Vec<ArmObject>,
}

/// What a readout leads to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The arm that won by the rule, whether or not it is acted on.
    pub winner: Option<String>,
    /// Arms that lost by the rule; where there is a winner, the control too, which lost to it.
    pub losers: Vec<String>,
    /// Changes for `control`, which has the last word; empty where something stands against them.
    pub proposals: Vec<Change>,
    /// What stands against acting; always empty under [`Rule::Legacy`], which asks for no check.
    pub blocked: Vec<Message>,
    /// What people are told.
    pub notification: Message,
}

/// Turns a readout into proposals for `control`: pause the losers, raise the winner's daily budget by one step of at most 20 %, tell
/// people.
///
/// By the default rule it proposes only where the lower bound of the relative lift lies above the margin, every guard metric is quiet,
/// the split is as planned, delivery was even (where the test is causal) and the data are mature. What is missing stands in `blocked`.
/// [`Rule::Legacy`] skips every one of these checks: what wins or loses by its p value and effect size is proposed as it is.
///
/// The rule has no published source; it rests on the intervals of the readout, which [`super::Engine`] makes. It assumes that the readout
/// is of these settings. The step of 20 % is a caution, not an estimate.
///
/// ```
/// use adbrain_core::experiment::{Arm, Data, Looks, Metric, Sample, Settings, TestObjects, Unit, decide, readout};
/// let counts = |successes| Sample::Counts { successes, trials: 20_000 };
/// let data = Data::of(vec![Arm::of_sample("image", counts(400)), Arm::of_sample("video", counts(520))]);
/// let settings = Settings { unit: Unit::User, looks: Some(Looks::FixedEnd), ..Settings::new(Metric::Mean) };
/// let objects = TestObjects { test: "hook".into(), objects: vec![] };
/// let decision = decide(&readout(&settings, &data)?, &settings, &objects)?;
/// assert_eq!(decision.winner.as_deref(), Some("video"));
/// assert_eq!(decision.blocked[0].key, "experiment-blocked-associational"); // nobody randomised
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] for wrong settings, an object of an unknown arm or a budget that is not above zero.
pub fn decide(readout: &Readout, settings: &Settings, objects: &TestObjects) -> Result<Decision> {
    settings.check()?;
    check(readout, objects)?;
    let (winner, losers) = match settings.apply.rule {
        Rule::Practical => practical(readout),
        Rule::Legacy => literal(readout),
    };
    let blocked = match settings.apply.rule {
        Rule::Practical => blocked(readout, settings, winner, !losers.is_empty()),
        Rule::Legacy => Vec::new(),
    };
    let mut lost: Vec<String> = losers.iter().map(|one| one.arm.clone()).collect();
    if winner.is_some() {
        lost.push(readout.control.clone());
    }
    let winner = winner.map(|one| one.arm.clone());
    let proposals =
        if blocked.is_empty() { proposals(winner.as_deref(), &lost, settings, objects)? } else { Vec::new() };
    let notification = notification(winner.as_deref(), &lost, objects, &proposals, readout);
    Ok(Decision { winner, losers: lost, proposals, blocked, notification })
}

fn check(readout: &Readout, objects: &TestObjects) -> Result<()> {
    for (place, object) in objects.objects.iter().enumerate() {
        let field = format!("objects[{place}]");
        if !readout.arms.iter().any(|arm| arm.name == object.arm) {
            let known = readout.arms.iter().map(|arm| arm.name.as_str()).collect::<Vec<_>>().join(", ");
            return Err(Error::invalid(&format!("{field}.arm"), format!("there is no arm {:?}", object.arm))
                .next(format!("use one of: {known}")));
        }
        if object.budget.as_ref().is_some_and(|budget| !budget.daily.is_positive()) {
            return Err(Error::invalid(&format!("{field}.budget.daily"), "is not above zero")
                .next("give what the object may spend a day"));
        }
    }
    Ok(())
}

type Found<'a> = (Option<&'a Comparison>, Vec<&'a Comparison>);

fn practical(readout: &Readout) -> Found<'_> {
    let losers = readout.comparisons.iter().filter(|one| one.verdict.kind == VerdictKind::Loser);
    (readout.winner(), losers.collect())
}

fn literal(readout: &Readout) -> Found<'_> {
    let of = |verdict| readout.comparisons.iter().filter(move |one| legacy(readout, one) == verdict);
    let size = |one: &Comparison| one.effect.d.unwrap_or_default().abs();
    let winner = of(LegacyVerdict::Apply).reduce(|best, next| if size(next) > size(best) { next } else { best });
    (winner, of(LegacyVerdict::Reject).collect())
}

/// What stands against acting on a winner, or on losers alone.
fn blocked(readout: &Readout, settings: &Settings, winner: Option<&Comparison>, has_losers: bool) -> Vec<Message> {
    if winner.is_none() && !has_losers {
        let is_broken = readout.split.state == CheckState::Failed;
        return is_broken.then(|| Message::new("experiment-blocked-split")).into_iter().collect();
    }
    let mut blocked = Vec::new();
    let is_causal = readout.label == Label::Causal;
    if !is_causal && settings.apply.evidence == Label::Causal {
        blocked.push(Message::new("experiment-blocked-associational"));
    }
    if is_causal && readout.split.state != CheckState::Passed {
        blocked.push(Message::new("experiment-blocked-split"));
    }
    if is_causal && readout.delivery.iter().any(|one| one.is_uneven) {
        blocked.push(Message::new("experiment-blocked-uneven"));
    }
    let is_delayed = settings.metric.is_delayed() || settings.guards.iter().any(|guard| guard.metric.is_delayed());
    if is_delayed && readout.maturity != Some(Maturity::Mature) {
        blocked.push(Message::new("experiment-blocked-immature"));
    }
    let guards = winner.into_iter().flat_map(|winner| &winner.guards);
    blocked.extend(guards.filter(|guard| guard.state != CheckState::Passed).map(|guard| {
        let what = if guard.state == CheckState::Failed { "loud" } else { "unknown" };
        Message::new(format!("experiment-blocked-guard-{what}")).with("metric", guard.metric.as_str())
    }));
    blocked
}

fn proposals(
    winner: Option<&str>,
    losers: &[String],
    settings: &Settings,
    objects: &TestObjects,
) -> Result<Vec<Change>> {
    let lost = objects.objects.iter().filter(|object| losers.contains(&object.arm));
    let mut changes: Vec<Change> = lost
        .map(|object| Change {
            platform: object.platform,
            target: object.tag.clone(),
            kind: ChangeKind::Pause,
            cause: format!("experiment:{}:loser", objects.test),
        })
        .collect();
    let won = objects.objects.iter().filter(|object| winner == Some(object.arm.as_str()));
    for (object, budget) in won.filter_map(|object| Some((object, object.budget.as_ref()?))) {
        let after = raised(budget.daily, settings.apply.step)?;
        if after != budget.daily {
            changes.push(Change {
                platform: object.platform,
                target: budget.ad_set.clone(),
                kind: ChangeKind::SetDailyBudget { before: budget.daily, after },
                cause: format!("experiment:{}:winner:{}", objects.test, budget.steps + 1),
            });
        }
    }
    Ok(changes)
}

/// A budget with one step more, rounded down to what the currency can pay.
#[expect(clippy::cast_possible_truncation, reason = "a step is checked to lie above 0 and at most at 0.2")]
fn raised(daily: Money, step: f64) -> Result<Money> {
    let parts = libm::floor(step * PARTS as f64) as i64;
    Ok(daily.scale(PARTS + parts, PARTS)?.floor_to_minor_unit())
}

fn notification(
    winner: Option<&str>,
    losers: &[String],
    objects: &TestObjects,
    proposals: &[Change],
    readout: &Readout,
) -> Message {
    let invalid = readout.comparisons.iter().filter(|one| one.verdict.kind == VerdictKind::Invalid);
    let invalid: Vec<&str> = invalid.map(|one| one.arm.as_str()).collect();
    let count = i64::try_from(proposals.len()).unwrap_or(i64::MAX);
    let key = match winner {
        Some(_) => "experiment-notify-winner",
        None if !losers.is_empty() => "experiment-notify-loser",
        None if !invalid.is_empty() => "experiment-notify-invalid",
        None => "experiment-notify-nothing",
    };
    let message = Message::new(key).with("test", objects.test.as_str());
    match (winner, losers.is_empty()) {
        (Some(winner), _) => message.with("arm", winner).with("changes", count),
        (None, false) => message.with("arms", losers.join(", ")).with("changes", count),
        (None, true) if !invalid.is_empty() => message.with("arms", invalid.join(", ")),
        (None, true) => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Apply, Arm, Assignment, Block, Data, Guard, Metric, readout};
    use crate::model::{Currency, Language};

    /// Two arms of 28 days: CTR up by `lift`, CPM up by `price`.
    fn data(lift: f64, price: f64) -> Data {
        let micros = |units: f64| Money::from_micros(format!("{:.0}", units * 1e6).parse().unwrap(), Currency::BRL);
        let arm = |name: &str, lift: f64, price: f64| {
            let own = u32::from(name == "new");
            let block = |day: u32| Block {
                unit: format!("2027-01-{:02}", day + 1),
                impressions: Some(50_000),
                clicks: Some(
                    u64::from(1000 + day % 7 * 20) + if lift > 0.0 { u64::from(200 + day % 3 * 10) } else { 0 },
                ),
                spend: Some(micros(500.0 * (1.0 + price) + f64::from((day * 7 + own * (day % 3)) % 5))),
                ..Block::default()
            };
            Arm { assigned: Some(10_000), ..Arm::of_blocks(name, (0..28).map(block).collect()) }
        };
        Data::of(vec![arm("old", 0.0, 0.0), arm("new", lift, price)])
    }

    fn settings() -> Settings {
        let guards = vec![Guard { metric: Metric::Cpm, margin: None }];
        Settings { assignment: Assignment::SplitTest, guards, ..Settings::until(Metric::Ctr, 28) }
    }

    fn objects() -> TestObjects {
        let object = |arm: &str| ArmObject {
            arm: arm.into(),
            platform: Platform::Meta,
            tag: Tag::new(format!("ad-{arm}")),
            budget: Some(ArmBudget {
                ad_set: Tag::new(format!("set-{arm}")),
                daily: Money::parse("99.99", Currency::BRL).unwrap(),
                steps: 2,
            }),
        };
        TestObjects { test: "hook".into(), objects: vec![object("old"), object("new")] }
    }

    fn decided(settings: &Settings, data: &Data) -> Decision {
        decide(&readout(settings, data).unwrap(), settings, &objects()).unwrap()
    }

    fn keys(decision: &Decision) -> Vec<&str> {
        decision.blocked.iter().map(|message| message.key.as_str()).collect()
    }

    #[test]
    fn the_loser_is_paused_and_the_winner_raised_by_at_most_a_fifth() {
        let decision = decided(&settings(), &data(0.2, 0.0));
        assert_eq!((decision.winner.as_deref(), decision.losers.as_slice()), (Some("new"), &["old".to_owned()][..]));
        let [pause, raise] = decision.proposals.as_slice() else { panic!("{decision:?}") };
        assert_eq!((pause.kind.as_str(), pause.target.as_str()), ("pause", "ad-old"));
        assert_eq!(raise.cause, "experiment:hook:winner:3");
        let ChangeKind::SetDailyBudget { before, after } = raise.kind else { panic!("{raise:?}") };
        assert_eq!((before.amount_text(), after.amount_text()), ("99.99".into(), "119.98".into()));
    }

    #[test]
    fn whatever_stands_against_it_stops_the_proposals() {
        let blocked = |settings: &Settings, data: &Data| {
            let decision = decided(settings, data);
            assert!(decision.proposals.is_empty() && decision.winner.is_some(), "{decision:?}");
            keys(&decision).join(" ")
        };
        assert_eq!(blocked(&settings(), &data(0.2, 0.3)), "experiment-blocked-guard-loud");
        let delivered = Settings { assignment: Assignment::Delivered, ..settings() };
        assert_eq!(blocked(&delivered, &data(0.2, 0.0)), "experiment-blocked-associational");
        let mut uncounted = data(0.2, 0.0);
        uncounted.arms[0].assigned = None;
        assert_eq!(blocked(&settings(), &uncounted), "experiment-blocked-split");
        let late = Settings { guards: vec![Guard { metric: Metric::Cpa, margin: None }], ..settings() };
        let found = blocked(&late, &data(0.2, 0.0));
        assert_eq!(found, "experiment-blocked-immature experiment-blocked-guard-unknown");
    }

    #[test]
    fn a_broken_split_is_no_winner() {
        let mut broken = data(0.2, 0.0);
        broken.arms[1].assigned = Some(11_000);
        let decision = decided(&settings(), &broken);
        assert_eq!((&decision.winner, decision.proposals.len()), (&None, 0));
        assert_eq!(keys(&decision), ["experiment-blocked-split"]);
        let told = decision.notification.text(Language::English);
        assert!(told.contains("the result of new is invalid"), "{told}");
        assert!(decision.notification.text(Language::Portuguese).contains("o resultado de new é inválido"));
    }

    #[test]
    fn a_lift_below_the_margin_is_no_winner() {
        let strict = Settings { margin: 0.5, ..settings() };
        assert_eq!(decided(&strict, &data(0.2, 0.0)).winner, None);
        let any = Apply { evidence: Label::Associational, ..Apply::default() };
        let delivered = Settings { assignment: Assignment::Delivered, apply: any, ..settings() };
        assert_eq!(decided(&delivered, &data(0.2, 0.0)).proposals.len(), 2);
    }

    #[test]
    fn an_object_of_an_unknown_arm_is_named() {
        let found = readout(&settings(), &data(0.2, 0.0)).unwrap();
        let mut objects = objects();
        objects.objects[1].arm = "other".into();
        assert!(decide(&found, &settings(), &objects).unwrap_err().to_string().starts_with("objects[1].arm"));
    }
}
