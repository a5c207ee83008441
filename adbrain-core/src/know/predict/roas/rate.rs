//! The rates that can be forecast, and the scale that each is learnt on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Metrics;

crate::model::named! {
    /// A rate that can be forecast.
    Rate {
        /// Revenue per money spent.
        Roas = "roas",
        /// Money spent per conversion.
        Cpa = "cpa",
        /// Clicks per impression.
        Ctr = "ctr",
        /// Conversions per click.
        Cvr = "cvr",
    }
}

impl Rate {
    /// The rate of counts on the scale that it is learnt on; none over nothing.
    ///
    /// ROAS is ln(1 + x), so that rows without a sale count. CTR and CVR are the square root, which makes the spread of counts even
    /// (Bartlett, "The square root transformation in analysis of variance", 1936). CPA is learnt as the square root of conversions per
    /// unit of money, because a row without a conversion has no CPA but says much about it.
    pub(in crate::know::predict) fn learnt(self, metrics: &Metrics) -> Option<f64> {
        match self {
            Self::Roas => metrics.roas().map(libm::log1p),
            Self::Ctr => metrics.ctr().map(libm::sqrt),
            Self::Cvr => metrics.cvr().map(libm::sqrt),
            Self::Cpa => {
                let spend = metrics.spend.to_units();
                (spend > 0.0).then(|| libm::sqrt(metrics.conversions as f64 / spend))
            }
        }
    }

    /// A number of that scale as the rate itself; none for the CPA of no conversions.
    pub(in crate::know::predict) fn shown(self, learnt: f64) -> Option<f64> {
        let root = learnt.max(0.0);
        match self {
            Self::Roas => Some(libm::expm1(root)),
            Self::Ctr | Self::Cvr => Some((root * root).min(1.0)),
            Self::Cpa => (root > 0.0).then(|| 1.0 / (root * root)),
        }
    }

    /// Whether the scale runs against the rate, so that the ends of an interval change places.
    pub(in crate::know::predict) fn is_inverted(self) -> bool {
        self == Self::Cpa
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Currency, Money};

    #[test]
    fn every_rate_comes_back_from_its_scale() {
        let money = |units: i64| Money::from_micros(units * 1_000_000, Currency::BRL);
        let metrics = Metrics { impressions: 1000, clicks: 20, conversions: 4, spend: money(80), revenue: money(240) };
        for (rate, value) in [(Rate::Roas, 3.0), (Rate::Cpa, 20.0), (Rate::Ctr, 0.02), (Rate::Cvr, 0.2)] {
            let learnt = rate.learnt(&metrics).unwrap();
            assert!((rate.shown(learnt).unwrap() - value).abs() < 1e-9, "{rate}");
        }
    }

    #[test]
    fn no_conversions_are_a_row_and_have_no_cost_each() {
        let spend = Money::from_micros(5_000_000, Currency::BRL);
        let metrics = Metrics { spend, ..Metrics::none(Currency::BRL) };
        let learnt = Rate::Cpa.learnt(&metrics).unwrap();
        assert_eq!((learnt.to_bits(), Rate::Cpa.shown(learnt)), (0.0_f64.to_bits(), None));
        assert_eq!(Rate::Roas.learnt(&Metrics::none(Currency::BRL)), None);
    }
}
