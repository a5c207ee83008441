//! The rule `opportunity`: could many more people be reached?

use super::finding::{Finding, Side};
use super::{Observation, OpportunityRule};
use crate::model::Message;

/// Fires where even the low end of the available audience is a multiple of the current one.
pub(super) fn evaluate(rule: &OpportunityRule, seen: &Observation<'_>) -> Finding {
    let (Some(now), Some((low, high))) = (seen.audience_now.filter(|now| *now > 0), seen.audience_available) else {
        return Finding::unknown();
    };
    let times = low as f64 / now as f64;
    let side = if times > rule.times_current {
        Side::Fires
    } else if times < rule.clear_times_current {
        Side::Calm
    } else {
        Side::Between
    };
    let evidence = [("audience", now as f64), ("available_low", low as f64), ("available_high", high as f64)];
    Finding::new(side, Message::new("alert-opportunity"), evidence)
}
