//! What follows from a forecast: from its interval against the wanted value, never from its point.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Rate;
use crate::model::Message;
use crate::model::message::Argument;

crate::model::named! {
    /// What to do.
    Advice {
        /// The whole interval is on the good side of the wanted value.
        Invest = "invest",
        /// The wanted value lies inside the interval: spend a little and see.
        Test = "test",
        /// The whole interval is on the bad side.
        Avoid = "avoid",
        /// There is no forecast, or nothing is wanted.
        Abstain = "abstain",
    }
}

/// What to do, with its reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recommendation {
    /// What to do.
    pub advice: Advice,
    /// Why, for people.
    pub message: Message,
}

/// What follows from the ends of an interval; `high` is none where it has no upper end.
pub(super) fn recommend(rate: Rate, (low, high): (f64, Option<f64>), wanted: Option<f64>) -> Recommendation {
    let Some(wanted) = wanted else {
        return Recommendation { advice: Advice::Abstain, message: Message::new("forecast-no-target") };
    };
    let is_above = low >= wanted;
    let is_below = high.is_some_and(|high| high < wanted);
    let advice = match (rate, is_above, is_below) {
        (_, false, false) => Advice::Test,
        (Rate::Cpa, _, true) | (Rate::Roas | Rate::Ctr | Rate::Cvr, true, _) => Advice::Invest,
        _ => Advice::Avoid,
    };
    let message = Message::new(format!("forecast-{advice}"))
        .with("rate", rate.as_str())
        .with("low", number(rate, low))
        .with("high", high.map_or_else(|| Argument::from("∞"), |high| number(rate, high)))
        .with("target", number(rate, wanted));
    Recommendation { advice, message }
}

/// There is no forecast.
pub(super) fn abstain() -> Recommendation {
    Recommendation { advice: Advice::Abstain, message: Message::new("forecast-abstain") }
}

fn number(rate: Rate, value: f64) -> Argument {
    match rate {
        Rate::Ctr | Rate::Cvr => Argument::Ratio(value),
        Rate::Roas | Rate::Cpa => Argument::Number(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    fn of(rate: Rate, low: f64, high: Option<f64>) -> Advice {
        recommend(rate, (low, high), Some(3.0)).advice
    }

    #[test]
    fn the_interval_decides_and_never_the_point() {
        assert_eq!(of(Rate::Roas, 3.0, Some(9.0)), Advice::Invest);
        assert_eq!(of(Rate::Roas, 2.9, Some(90.0)), Advice::Test);
        assert_eq!(of(Rate::Roas, 0.0, Some(2.9)), Advice::Avoid);
        assert_eq!(recommend(Rate::Roas, (1.0, Some(2.0)), None).advice, Advice::Abstain);
    }

    #[test]
    fn a_low_cost_is_good_and_one_without_upper_end_is_not() {
        assert_eq!(of(Rate::Cpa, 1.0, Some(2.9)), Advice::Invest);
        assert_eq!(of(Rate::Cpa, 1.0, None), Advice::Test);
        assert_eq!(of(Rate::Cpa, 3.5, None), Advice::Avoid);
    }

    #[test]
    fn every_advice_has_a_text_in_both_languages() {
        for (low, high) in [(3.0, Some(4.0)), (1.0, None), (1.0, Some(2.0))] {
            let message = recommend(Rate::Roas, (low, high), Some(3.0)).message;
            assert!(message.try_text(Language::English).unwrap().contains("3.00"));
            assert!(message.try_text(Language::Portuguese).unwrap().contains("3,00"));
        }
        for message in [abstain().message, Message::new("forecast-no-target")] {
            assert!(Language::ALL.iter().all(|language| message.try_text(*language).is_ok()));
        }
    }
}
