//! The settings of the three built-in rules. A caller changes a field and keeps the rest.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// When an episode opens, closes and may open again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Timing {
    /// The rule must hold for so many minutes before an episode opens.
    pub hold_minutes: u32,
    /// The clear threshold must hold for so many minutes before it closes.
    pub clear_minutes: u32,
    /// So many hours after it closed no other opens for the same object.
    pub cool_down_hours: u32,
}

/// `cost_spike` (high): CPM of the last full hour against the same hour of the days before.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CostSpikeRule {
    /// Fires above this rise, 0.2 for 20 %.
    pub rise: f64,
    /// Clears below this rise.
    pub clear_rise: f64,
    /// Impressions that the last hour, and each hour of the baseline, must have.
    pub min_impressions_per_hour: u64,
    /// Days with the same hour that the baseline must have, at least.
    pub min_baseline_days: u32,
    /// Days that the baseline looks back, at most.
    pub max_baseline_days: u32,
    /// The rise must be so many standard errors above zero, on the log scale.
    pub standard_errors: f64,
    /// The proposed cut of the bid, in percent.
    pub bid_cut_percent: u8,
    /// When episodes open and close.
    pub timing: Timing,
}

impl Default for CostSpikeRule {
    /// 20 % up, clear below 10 %, 1,000 impressions an hour, 3 to 14 days of baseline, bid cut 10 %, closed after two calm hours, then a
    /// day of silence.
    ///
    /// 3.5 standard errors: on simulated hours with 10 % noise of prices 0.002 false episodes a day, a rise of 60 % found in 40 of 40 cases
    /// after 1.1 hours, one of 35 % in 38, one of 20 % in 18; on the six real series of the Numenta Anomaly Benchmark
    /// (`realAdExchange`, looked at when choosing) 12 of 14 labelled windows and 0.11 false episodes a day. The plain 20 % rule gives
    /// 3.6 a day there.
    fn default() -> Self {
        Self {
            rise: 0.2,
            clear_rise: 0.1,
            min_impressions_per_hour: 1000,
            min_baseline_days: 3,
            max_baseline_days: 14,
            standard_errors: 3.5,
            bid_cut_percent: 10,
            timing: Timing { hold_minutes: 0, clear_minutes: 120, cool_down_hours: 24 },
        }
    }
}

/// `performance_drop` (critical): ROAS of days whose conversions are in, against the target.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PerformanceDropRule {
    /// Fires below this share of the target.
    pub share_of_target: f64,
    /// Clears from this share of the target on.
    pub clear_share_of_target: f64,
    /// The mature days must have spent so many daily budgets.
    pub min_spend_in_daily_budgets: f64,
    /// At target, the spend should have brought so many conversions.
    pub min_expected_conversions: f64,
    /// The upper bound of ROAS is taken so many standard errors up, and must lie below the target.
    pub standard_errors: f64,
    /// One plus the squared coefficient of variation of order values.
    pub order_value_dispersion: f64,
    /// Ads that one episode proposes to pause, at most; never the last active one.
    pub max_pauses: u32,
    /// An ad is proposed only with so many impressions.
    pub min_impressions_per_ad: u64,
    /// And where its own upper bound, so many standard errors up, lies below the target.
    pub ad_standard_errors: f64,
    /// When episodes open and close.
    pub timing: Timing,
}

impl Default for PerformanceDropRule {
    /// Below 0.8 of the target, clear from 0.9 on; at least one daily budget and ten expected conversions; 3.1 standard errors (a
    /// campaign on target fires in 0.1 % of daily checks, against 5 % to 99 % without); order values with a coefficient of variation
    /// of 0.7 (assumed); up to three ads, each itself below target at 95 % one-sided; closed after a good day, then three days of silence.
    fn default() -> Self {
        Self {
            share_of_target: 0.8,
            clear_share_of_target: 0.9,
            min_spend_in_daily_budgets: 1.0,
            min_expected_conversions: 10.0,
            standard_errors: 3.1,
            order_value_dispersion: 1.5,
            max_pauses: 3,
            min_impressions_per_ad: 1000,
            ad_standard_errors: 1.645,
            timing: Timing { hold_minutes: 0, clear_minutes: 24 * 60, cool_down_hours: 72 },
        }
    }
}

/// `opportunity` (info): many more people could be reached than are now. Advice only.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OpportunityRule {
    /// Fires where the low end of the available audience is above so many times the current one.
    pub times_current: f64,
    /// Clears below so many times.
    pub clear_times_current: f64,
    /// When episodes open and close.
    pub timing: Timing,
}

impl Default for OpportunityRule {
    /// Twice the audience, clear below 1.8 times, at most once a week.
    fn default() -> Self {
        let timing = Timing { hold_minutes: 0, clear_minutes: 24 * 60, cool_down_hours: 7 * 24 };
        Self { times_current: 2.0, clear_times_current: 1.8, timing }
    }
}

/// The settings of all rules.
///
/// ```
/// use adbrain_core::alert::AlertSettings;
/// let settings: AlertSettings = serde_json::from_str(r#"{"cost_spike": {"rise": 0.3}}"#).unwrap();
/// assert_eq!(settings.cost_spike.min_impressions_per_hour, 1000);
/// assert!(settings.check().is_ok());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AlertSettings {
    /// Rising prices.
    pub cost_spike: CostSpikeRule,
    /// Falling returns.
    pub performance_drop: PerformanceDropRule,
    /// More people to reach.
    pub opportunity: OpportunityRule,
}

impl AlertSettings {
    /// Checks that each clear threshold lies on the calm side of its fire threshold and that every number can be used.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the field.
    pub fn check(&self) -> Result<()> {
        let (spike, drop, chance) = (&self.cost_spike, &self.performance_drop, &self.opportunity);
        let ordered = |low: f64, high: f64| low.is_finite() && high.is_finite() && 0.0 <= low && low <= high;
        let rules = [
            ("cost_spike.clear_rise", ordered(spike.clear_rise, spike.rise)),
            ("cost_spike.standard_errors", ordered(0.0, spike.standard_errors)),
            ("cost_spike.min_baseline_days", (1..=spike.max_baseline_days).contains(&spike.min_baseline_days)),
            ("cost_spike.bid_cut_percent", spike.bid_cut_percent <= 100),
            ("performance_drop.share_of_target", ordered(drop.share_of_target, drop.clear_share_of_target)),
            ("performance_drop.min_spend_in_daily_budgets", ordered(0.0, drop.min_spend_in_daily_budgets)),
            ("performance_drop.min_expected_conversions", ordered(0.0, drop.min_expected_conversions)),
            ("performance_drop.standard_errors", ordered(0.0, drop.standard_errors)),
            ("performance_drop.ad_standard_errors", ordered(0.0, drop.ad_standard_errors)),
            ("performance_drop.order_value_dispersion", ordered(1.0, drop.order_value_dispersion)),
            ("opportunity.clear_times_current", ordered(chance.clear_times_current, chance.times_current)),
        ];
        let broken = rules.into_iter().find(|(_, is_good)| !is_good);
        broken.map_or(Ok(()), |(field, _)| {
            Err(Error::invalid(&format!("alerts.{field}"), "is out of range or contradicts its fire threshold")
                .next("correct it, or leave it out for its default"))
        })
    }
}
