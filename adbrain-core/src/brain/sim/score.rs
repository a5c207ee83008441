//! Scores: a policy beside an equal split and beside clairvoyants, in the same luck.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::play::{Played, Stage};
use super::policies::{EQUAL, FREE_ORACLE, ORACLE, policy};
use super::policy::{Goal, Policy};
use crate::error::Result;
use crate::market::World;
use crate::stats::quantile::quantile;

/// What a policy made of one seed of a world.
///
/// Value is what conversions are worth on average given the clicks that were bought, reported or not; the track of value asks for the most
/// value for all of the money, the track of profit for the most of `margin * value - spend`. Both begin after the warm-up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// The name of the world.
    pub world: String,
    /// The name of the policy.
    pub policy: String,
    /// The seed.
    pub seed: u64,
    /// Its value over that of the better one of two clairvoyants, on the track of value.
    pub value_share: f64,
    /// `(value - that of the equal split) / (that of the clairvoyant - that of the equal split)`; none where the clairvoyant has no room.
    pub headroom_share: Option<f64>,
    /// The same of the profit, on the track of profit.
    pub profit_headroom: Option<f64>,
    /// Value over spend, on the track of value.
    pub roas: f64,
    /// The same of an equal split.
    pub equal_roas: f64,
    /// What was spent on the track of value, in units of the currency.
    pub spend: f64,
    /// What it brought, in units of the currency.
    pub value: f64,
    /// Days on which the plan, or the worst case of what may deliver, was above its cap, on both tracks.
    pub cap_breaches: u32,
    /// Edits that could not be done, on both tracks.
    pub refused_edits: u32,
    /// The median number of days, over campaigns whose conversion rate broke, until the budget was halved, on the track of value; 30 stands
    /// for never. None where nothing broke.
    pub reaction_days: Option<f64>,
    /// Alarms about campaigns to which something had happened, on the track of value.
    pub alarms: u32,
    /// Alarms about others.
    pub false_alarms: u32,
    /// The false alarms per campaign and scored day.
    pub false_alarm_rate: f64,
    /// The share of days of campaigns whose value lay within the 80 % interval that the policy had said, on the track of value; none of a policy
    /// that says nothing.
    pub value_coverage: Option<f64>,
    /// The same of the value over the spend.
    pub roas_coverage: Option<f64>,
}

/// A mean over seeds with its interval: `mean -/+ 1.96 * sd / sqrt(n)`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The mean.
    pub mean: f64,
    /// The lower end of the interval of 95 %.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The 5th percentile of the seeds.
    pub p5: f64,
}

impl Range {
    /// The mean of numbers, one for each seed, with its interval; none of no numbers. One number alone is its own interval.
    pub fn of(numbers: &[f64]) -> Option<Self> {
        if numbers.is_empty() {
            return None;
        }
        let n = numbers.len() as f64;
        let mean = numbers.iter().sum::<f64>() / n;
        let squares: f64 = numbers.iter().map(|number| (number - mean) * (number - mean)).sum();
        let half = if numbers.len() > 1 { 1.96 * libm::sqrt(squares / (n - 1.0) / n) } else { 0.0 };
        Some(Self { mean, low: mean - half, high: mean + half, p5: quantile(numbers, 0.05).unwrap_or(mean) })
    }
}

/// What a policy made of all seeds of a world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// The name of the world.
    pub world: String,
    /// The name of the policy.
    pub policy: String,
    /// How many seeds.
    pub seeds: u64,
    /// As [`Score::value_share`].
    pub value_share: Option<Range>,
    /// As [`Score::headroom_share`].
    pub headroom_share: Option<Range>,
    /// As [`Score::profit_headroom`].
    pub profit_headroom: Option<Range>,
    /// As [`Score::roas`].
    pub roas: Option<Range>,
    /// By how much the return on the spend is above that of an equal split, relative to it.
    pub roas_over_equal: Option<Range>,
    /// The sum of [`Score::cap_breaches`].
    pub cap_breaches: u64,
    /// The sum of [`Score::refused_edits`].
    pub refused_edits: u64,
    /// The median of [`Score::reaction_days`] over the seeds.
    pub reaction_days: Option<f64>,
    /// The sum of [`Score::alarms`].
    pub alarms: u64,
    /// The mean of [`Score::false_alarm_rate`].
    pub false_alarm_rate: f64,
    /// As [`Score::value_coverage`].
    pub value_coverage: Option<Range>,
    /// As [`Score::roas_coverage`].
    pub roas_coverage: Option<Range>,
}

/// A policy that takes part: a new one is made for each trial.
#[derive(Clone)]
pub struct Contender {
    name: String,
    make: Arc<dyn Fn(u64) -> Box<dyn Policy> + Send + Sync>,
}

impl Contender {
    /// A policy of [`POLICIES`](super::POLICIES).
    ///
    /// # Errors
    /// [`crate::ErrorKind::NotFound`] with the names that there are.
    pub fn named(name: &str) -> Result<Self> {
        let make = policy(name)?;
        Ok(Self::own(name, move |seed| make(seed)))
    }

    /// A policy of one's own; it is made with the seed of the trial.
    pub fn own(name: impl Into<String>, make: impl Fn(u64) -> Box<dyn Policy> + Send + Sync + 'static) -> Self {
        Self { name: name.into(), make: Arc::new(make) }
    }

    /// The name that its scores go by.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Plays policies in a world, on both tracks, beside an equal split and two clairvoyants; one score for each policy, in their order.
///
/// The clairvoyants know what each campaign will bring that day and no more: a policy may in principle pass them.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use adbrain_core::market::World;
/// use adbrain_core::sim;
/// let mut world = World::family("stationary")?;
/// let trial = world.trial.as_mut().unwrap();
/// (trial.warm_up_days, trial.days) = (2, 2);
/// let contenders = ["equal", "candidate"].map(sim::Contender::named).into_iter().collect::<Result<Vec<_>, _>>()?;
/// let scores = sim::run(&world, &contenders, 1).await?;
/// assert_eq!((scores[0].headroom_share, scores[1].cap_breaches), (Some(0.0), 0));
/// # Ok::<(), adbrain_core::Error>(())
/// # }).unwrap();
/// ```
///
/// # Errors
/// [`crate::ErrorKind::InvalidInput`] for a world without a trial, [`crate::ErrorKind::UserCode`] for a policy that gives what it may not, and
/// what it fails with itself; those of the store. Errors of a policy name it and the seed.
pub async fn run(world: &World, contenders: &[Contender], seed: u64) -> Result<Vec<Score>> {
    let stage = Stage::set(world, seed).await?;
    let beside = Beside::play(&stage).await?;
    let mut scores = Vec::new();
    for contender in contenders {
        let score = beside.score(&world.name, contender, &stage).await;
        scores.push(score.map_err(|error| error.with("policy", &contender.name).with("seed", seed))?);
    }
    Ok(scores)
}

/// What a policy is compared with: the same in the scores of all policies of a seed.
struct Beside {
    equal: Played,
    /// The better clairvoyant on the track of value, and on that of profit.
    value: Played,
    profit: Played,
}

impl Beside {
    async fn play(stage: &Stage) -> Result<Self> {
        let [equal, slow, free] = [EQUAL, ORACLE, FREE_ORACLE].map(Contender::named);
        let (equal, slow, free) = (equal?, slow?, free?);
        let oracles =
            async |goal| Ok::<_, crate::Error>([play(stage, &slow, goal).await?, play(stage, &free, goal).await?]);
        let equal = play(stage, &equal, Goal::Value).await?;
        let value = better(oracles(Goal::Value).await?, |played| played.value);
        let profit = better(oracles(Goal::Profit).await?, |played| profit(stage, played));
        Ok(Self { equal, value, profit })
    }

    async fn score(&self, world: &str, contender: &Contender, stage: &Stage) -> Result<Score> {
        let own = play(stage, contender, Goal::Value).await?;
        let for_profit = play(stage, contender, Goal::Profit).await?;
        let share =
            |own: f64, low: f64, high: f64| (high - low > 1e-9 * high.abs()).then(|| (own - low) / (high - low));
        let profit = |played: &Played| profit(stage, played);
        let [alarms, false_alarms] = own.alarms;
        let campaign_days = f64::from(stage.trial.campaigns.values().sum::<u32>()) * f64::from(stage.trial.days);
        Ok(Score {
            world: world.to_owned(),
            policy: contender.name.clone(),
            seed: stage.seed,
            value_share: own.value / self.value.value,
            headroom_share: share(own.value, self.equal.value, self.value.value),
            profit_headroom: share(profit(&for_profit), profit(&self.equal), profit(&self.profit)),
            roas: own.value / own.spend,
            equal_roas: self.equal.value / self.equal.spend,
            spend: own.spend,
            value: own.value,
            cap_breaches: own.cap_breaches + for_profit.cap_breaches,
            refused_edits: own.refused + for_profit.refused,
            reaction_days: middle(&own.reactions.iter().map(|days| f64::from(*days)).collect::<Vec<_>>()),
            alarms,
            false_alarms,
            false_alarm_rate: f64::from(false_alarms) / campaign_days,
            value_coverage: covered(own.foretold.value, own.foretold.days),
            roas_coverage: covered(own.foretold.roas, own.foretold.days),
        })
    }
}

async fn play(stage: &Stage, contender: &Contender, goal: Goal) -> Result<Played> {
    let mut policy = (contender.make)(stage.seed);
    stage.play(policy.as_mut(), goal).await
}

fn profit(stage: &Stage, played: &Played) -> f64 {
    stage.trial.margin * played.value - played.spend
}

fn better([one, other]: [Played; 2], by: impl Fn(&Played) -> f64) -> Played {
    if by(&other) > by(&one) { other } else { one }
}

fn middle(numbers: &[f64]) -> Option<f64> {
    quantile(numbers, 0.5).ok()
}

/// The scores of all seeds together; none without a score.
pub fn summary(scores: &[Score]) -> Option<Summary> {
    let first = scores.first()?;
    let of = |value: &dyn Fn(&Score) -> Option<f64>| Range::of(&scores.iter().filter_map(value).collect::<Vec<_>>());
    let sum = |value: &dyn Fn(&Score) -> u32| scores.iter().map(|score| u64::from(value(score))).sum();
    Some(Summary {
        world: first.world.clone(),
        policy: first.policy.clone(),
        seeds: scores.len() as u64,
        value_share: of(&|score| Some(score.value_share)),
        headroom_share: of(&|score| score.headroom_share),
        profit_headroom: of(&|score| score.profit_headroom),
        roas: of(&|score| Some(score.roas)),
        roas_over_equal: of(&|score| Some(score.roas / score.equal_roas - 1.0)),
        cap_breaches: sum(&|score| score.cap_breaches),
        refused_edits: sum(&|score| score.refused_edits),
        reaction_days: middle(&scores.iter().filter_map(|score| score.reaction_days).collect::<Vec<_>>()),
        alarms: sum(&|score| score.alarms),
        false_alarm_rate: scores.iter().map(|score| score.false_alarm_rate).sum::<f64>() / scores.len() as f64,
        value_coverage: of(&|score| score.value_coverage),
        roas_coverage: of(&|score| score.roas_coverage),
    })
}

fn covered(within: u32, of: u32) -> Option<f64> {
    (of > 0).then(|| f64::from(within) / f64::from(of))
}
