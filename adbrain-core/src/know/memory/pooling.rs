//! Best practices over campaigns: the effects of the same insight, pooled and drawn to what wider groups show.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::decay::Faded;
use crate::error::{Error, Result};
use crate::model::{Estimate, Learning, Objective, Platform, PooledPractice, WinningCombination};
use crate::stats::bayes::{Belief, GroupMean, Posterior, prior_from_groups};

/// The level of the intervals.
const LEVEL: f64 = 0.9;

/// Trade, objective, platform and insight.
type Group<'a> = (&'a str, Objective, Option<Platform>, &'a str);

/// What each insight does over campaigns, by trade and objective, and by platform where the campaigns ran on one alone. Sorted by trade,
/// objective, platform and insight.
///
/// The effects of an insight's k campaigns, each with what its age has left of it ([`Faded`]), are y with variances v. The variance t between
/// them is that of `DerSimonian` and Laird ([`prior_from_groups`]), zero for one campaign. The pooled mean is
/// sum(y / (v + t)) / sum(1 / (v + t)) with variance 1 / sum(1 / (v + t)). The means of all insights of a trade and objective are again
/// groups around a mean of their own, found the same way, and each is drawn to it by normal-normal shrinkage ([`Belief::updated`]): an
/// insight of one campaign moves far, one of many hardly. Groups of one platform are drawn to the same insight over all platforms.
///
/// Ages count to `as_of`, or to the newest learning where nothing is said. Campaigns are taken as independent. With one insight alone nothing
/// is known of the spread between insights and its mean stays as it is.
pub fn pooled_practices(learnings: &[Learning], as_of: Option<Timestamp>) -> Vec<PooledPractice> {
    let Some(now) = as_of.or_else(|| learnings.iter().map(|learning| learning.learnt_at).max()) else {
        return Vec::new();
    };
    let mut groups: BTreeMap<Group<'_>, Vec<GroupMean>> = BTreeMap::new();
    let superseded: BTreeSet<&str> =
        learnings.iter().filter_map(|learning| learning.grounds.supersedes.as_deref()).collect();
    for learning in learnings.iter().filter(|learning| !superseded.contains(learning.id.as_str())) {
        let left = Faded::at(learning, now);
        let effect = GroupMean { mean: left.mean, variance: left.variance.max(f64::MIN_POSITIVE) };
        for platform in std::iter::once(None).chain(only_platform(learning).map(Some)) {
            let group = (learning.industry.as_str(), learning.objective, platform, learning.insight.as_str());
            groups.entry(group).or_default().push(effect);
        }
    }
    let pooled: BTreeMap<Group<'_>, Pooled> = groups.iter().map(|(group, effects)| (*group, pool(effects))).collect();
    let priors = priors(&pooled);
    let whole: BTreeMap<Group<'_>, (Belief, f64)> = pooled
        .iter()
        .filter(|((_, _, platform, _), _)| platform.is_none())
        .map(|(group, found)| (*group, (drawn(priors.get(&(group.0, group.1)), found), found.between)))
        .collect();
    pooled.iter().map(|(group, found)| practice(*group, found, &whole)).collect()
}

/// A combination with what is believed about its success.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProvenCombination {
    /// The combination.
    pub combination: WinningCombination,
    /// The share of uses that clear the target.
    pub success: Estimate,
}

impl ProvenCombination {
    /// The posterior of the success: Beta(1 + s, 1 + n - s), s of n uses having cleared their target, with its mean and central interval of
    /// 90 % ([`Posterior::of_share`]). The uses are taken as independent with one rate.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] for more successes than uses.
    pub fn of(combination: WinningCombination) -> Result<Self> {
        let (succeeded, used) = (combination.times_succeeded, combination.times_used);
        let interval = Posterior::of_share([1.0, 1.0], succeeded, used).and_then(|found| found.interval(LEVEL, used));
        let interval = interval.map_err(|why| {
            Error::invalid("combination", why.to_string()).next("correct times_used or times_succeeded")
        })?;
        Ok(Self { success: Estimate::from(interval), combination })
    }
}

/// The campaigns of one group.
struct Pooled {
    mean: GroupMean,
    between: f64,
    campaigns: u64,
}

/// The platform of a campaign that ran on one.
fn only_platform(learning: &Learning) -> Option<Platform> {
    match learning.grounds.profile.as_ref()?.platforms[..] {
        [platform] => Some(platform),
        _ => None,
    }
}

/// The mean over campaigns with random effects.
fn pool(effects: &[GroupMean]) -> Pooled {
    let between = prior_from_groups(effects).map_or(0.0, |prior| prior.variance);
    let weight = |effect: &GroupMean| 1.0 / (effect.variance + between);
    let weights: f64 = effects.iter().map(weight).sum();
    let mean = effects.iter().map(|effect| effect.mean * weight(effect)).sum::<f64>() / weights;
    Pooled { mean: GroupMean { mean, variance: 1.0 / weights }, between, campaigns: effects.len() as u64 }
}

/// How the insights of each trade and objective lie around their common mean.
fn priors<'a>(pooled: &BTreeMap<Group<'a>, Pooled>) -> BTreeMap<(&'a str, Objective), Belief> {
    let mut means: BTreeMap<(&str, Objective), Vec<GroupMean>> = BTreeMap::new();
    for ((industry, objective, platform, _), found) in pooled {
        if platform.is_none() {
            means.entry((industry, *objective)).or_default().push(found.mean);
        }
    }
    means.into_iter().filter_map(|(group, means)| Some((group, prior_from_groups(&means)?))).collect()
}

fn drawn(prior: Option<&Belief>, found: &Pooled) -> Belief {
    let seen = Belief { mean: found.mean.mean, variance: found.mean.variance };
    prior.map_or(seen, |prior| prior.updated(found.mean))
}

fn practice(group: Group<'_>, found: &Pooled, whole: &BTreeMap<Group<'_>, (Belief, f64)>) -> PooledPractice {
    let (industry, objective, platform, insight) = group;
    let over_all = whole.get(&(industry, objective, None, insight)).copied();
    let belief = match (platform, over_all) {
        (None, Some((belief, _))) => belief,
        // A platform's own campaigns differ from all campaigns by as much as campaigns differ.
        (_, Some((all, between))) => Belief { mean: all.mean, variance: all.variance + between }.updated(found.mean),
        (_, None) => Belief { mean: found.mean.mean, variance: found.mean.variance },
    };
    PooledPractice {
        industry: industry.to_owned(),
        objective,
        platform,
        insight: insight.to_owned(),
        effect: Estimate::from(belief.interval(LEVEL, found.campaigns)),
        between_variance: found.between,
        campaigns: found.campaigns,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::contract;
    use crate::model::{CampaignProfile, Platform};

    fn learning(insight: &str, campaign: &str, value: f64) -> Learning {
        let mut learning = contract::learning("fashion", campaign, value);
        learning.insight = insight.to_owned();
        learning.impact.low = value - 0.1;
        learning.impact.high = value + 0.1;
        learning
    }

    fn effect<'a>(found: &'a [PooledPractice], insight: &str) -> &'a Estimate {
        &found.iter().find(|one| one.insight == insight && one.platform.is_none()).unwrap().effect
    }

    #[test]
    fn an_insight_of_one_campaign_is_drawn_further_than_one_of_many() {
        let mut learnings: Vec<_> = (0..8).map(|at| learning("many", &format!("c{at}"), 0.4)).collect();
        learnings.push(learning("once", "c9", 0.4));
        learnings.extend((0..8).map(|at| learning("nothing", &format!("n{at}"), 0.0)));
        let found = pooled_practices(&learnings, None);
        let (many, once) = (effect(&found, "many"), effect(&found, "once"));
        assert!(once.value < many.value && many.value < 0.4 + 1e-12, "{many:?} {once:?}");
        assert!(once.high - once.low > many.high - many.low);
        assert_eq!((many.sample_size, many.method.as_str()), (8, "normal_normal_shrinkage"));
    }

    #[test]
    fn the_pooled_mean_is_that_of_dersimonian_and_laird() {
        // Effects and variances of `tests/golden/make_stats.py`, whose between-variance statsmodels gives as 0.12369.
        let effects: Vec<_> = [(0.1, 0.05), (0.9, 0.1), (0.4, 0.02), (1.4, 0.2)]
            .map(|(mean, variance)| GroupMean { mean, variance })
            .to_vec();
        let found = pool(&effects);
        let weights: f64 = effects.iter().map(|effect| 1.0 / (effect.variance + 0.123_690_476_190_476_21)).sum();
        assert!((found.mean.variance - 1.0 / weights).abs() < 1e-12 && found.mean.mean > 0.4);
        assert_eq!(found.campaigns, 4);
    }

    #[test]
    fn success_is_a_belief_with_an_interval() {
        let found = ProvenCombination::of(contract::combination("video", 10, 8)).unwrap().success;
        // Beta(9, 3): scipy.stats.beta.ppf([0.05, 0.95], 9, 3).
        assert!((found.value - 0.75).abs() < 1e-12);
        assert!((found.low - 0.529_913_3).abs() < 1e-6 && (found.high - 0.921_180).abs() < 1e-3, "{found:?}");
        assert!(ProvenCombination::of(contract::combination("video", 1, 2)).is_err());
    }

    #[test]
    fn a_platform_has_a_practice_of_its_own_and_other_trades_are_apart() {
        let on = |platform: Platform, learning: Learning| {
            let mut learning = learning;
            learning.grounds.profile =
                Some(CampaignProfile { platforms: vec![platform], ..CampaignProfile::default() });
            learning
        };
        let mut learnings: Vec<_> =
            (0..4).map(|at| on(Platform::Meta, learning("style", &format!("m{at}"), 0.5))).collect();
        learnings.extend((0..4).map(|at| on(Platform::Google, learning("style", &format!("g{at}"), 0.1))));
        let mut other = learning("style", "x", -0.5);
        other.industry = "travel".to_owned();
        learnings.push(other);
        let found = pooled_practices(&learnings, None);
        let value = |industry: &str, platform| {
            let fits = |one: &&PooledPractice| one.industry == industry && one.platform == platform;
            found.iter().find(fits).unwrap().effect.value
        };
        assert!(value("fashion", Some(Platform::Google)) < value("fashion", None));
        assert!(value("fashion", None) < value("fashion", Some(Platform::Meta)));
        assert!(value("travel", None) < 0.0);
        assert_eq!(found.len(), 4);
        assert!(pooled_practices(&[], None).is_empty());
    }
}
