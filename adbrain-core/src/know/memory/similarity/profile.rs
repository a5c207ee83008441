//! The likeness of two campaigns by their features.

use super::embed::overlap;
use crate::model::{CampaignProfile, Money};

/// Weights of the features. Found on seeds of their own, see `docs/guides/memory.md`.
const FIGURE: f64 = 2.0;
const PLATFORMS: f64 = 0.05;
const FORMATS: f64 = 0.01;
const BUDGET: f64 = 0.01;
const SEASON: f64 = 0.01;
const TEXT: f64 = 0.02;
/// Amounts and rates that differ by this factor, or by more, have nothing in common.
const FAR: f64 = 8.0;

/// How like two campaigns are by what is known of both, from 0 to 1; none where they share no feature.
///
/// Each feature has a likeness s from 0 to 1, as in the general coefficient of similarity of Gower ("A general coefficient of similarity and some
/// of its properties", 1971). Platforms and formats: the share of those that stand in both. Daily budget, price of impressions, click rate,
/// conversion rate and order value: 1 - |ln(a / b)| / ln 8, zero at the least; amounts in two currencies are not compared. Season: 1 - months
/// / 6, the shorter way round the year. Over the features that both have, with weights w, the whole is 1 - sqrt(sum(w (1 - s)^2) / sum(w)):
/// Gower's distance in its quadratic form, in which one figure that is far off counts more than several that are a little off.
///
/// ```
/// use adbrain_core::memory::likeness;
/// use adbrain_core::model::{CampaignProfile, Platform};
/// let spring = CampaignProfile { platforms: vec![Platform::Meta], month: Some(3), ..CampaignProfile::default() };
/// let autumn = CampaignProfile { month: Some(9), ..spring.clone() };
/// assert!(likeness(&spring, &autumn) < likeness(&spring, &spring));
/// assert_eq!(likeness(&spring, &CampaignProfile::default()), None);
/// ```
pub fn likeness(a: &CampaignProfile, b: &CampaignProfile) -> Option<f64> {
    with_text((a, b), None)
}

/// The same with the likeness of the texts as one more feature.
pub(super) fn with_text((a, b): (&CampaignProfile, &CampaignProfile), text: Option<f64>) -> Option<f64> {
    let features = [
        (FIGURE, amounts(a.price, b.price)),
        (FIGURE, rates(a.click_rate, b.click_rate)),
        (FIGURE, rates(a.conversion_rate, b.conversion_rate)),
        (FIGURE, amounts(a.order_value, b.order_value)),
        (PLATFORMS, lists(&a.platforms, &b.platforms)),
        (FORMATS, lists(&a.formats, &b.formats)),
        (BUDGET, amounts(a.daily_budget, b.daily_budget)),
        (SEASON, a.month.zip(b.month).map(|(a, b)| season(a, b))),
        (TEXT, text),
    ];
    let known = features.iter().filter_map(|(weight, likeness)| Some((weight, 1.0 - (*likeness)?)));
    let (weights, squares) = known
        .fold((0.0, 0.0), |(weights, squares), (weight, apart)| (weights + weight, squares + weight * apart * apart));
    (weights > 0.0).then(|| 1.0 - libm::sqrt(squares / weights))
}

fn rates(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    a.zip(b).and_then(|(a, b)| ratio(a, b))
}

fn lists<T: Ord>(a: &[T], b: &[T]) -> Option<f64> {
    (!a.is_empty() && !b.is_empty()).then(|| overlap(a, b))
}

fn amounts(a: Option<Money>, b: Option<Money>) -> Option<f64> {
    let (a, b) = a.zip(b).filter(|(a, b)| a.currency() == b.currency())?;
    ratio(a.micros() as f64, b.micros() as f64)
}

fn ratio(a: f64, b: f64) -> Option<f64> {
    (a > 0.0 && b > 0.0 && a.is_finite() && b.is_finite())
        .then(|| (1.0 - libm::fabs(libm::log(a / b)) / libm::log(FAR)).max(0.0))
}

fn season(a: u8, b: u8) -> f64 {
    let apart = a.abs_diff(b) % 12;
    1.0 - f64::from(apart.min(12 - apart)) / 6.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Currency, Platform};

    fn with_price(units: i64, currency: Currency) -> CampaignProfile {
        CampaignProfile { price: Some(Money::from_micros(units * 1_000_000, currency)), ..CampaignProfile::default() }
    }

    #[test]
    fn amounts_are_compared_by_their_ratio_and_in_one_currency() {
        let five = with_price(5, Currency::USD);
        let of = |other: &CampaignProfile| likeness(&five, other);
        assert_eq!(of(&five), Some(1.0));
        let twice = of(&with_price(10, Currency::USD)).unwrap();
        assert!((twice - 2.0 / 3.0).abs() < 1e-12, "{twice}");
        assert_eq!(of(&with_price(400, Currency::USD)), Some(0.0));
        assert_eq!(of(&with_price(5, "BRL".parse().unwrap())), None);
    }

    #[test]
    fn the_year_is_round_and_what_one_side_lacks_does_not_count() {
        assert!((season(12, 1) - 5.0 / 6.0).abs() < 1e-12);
        assert!(season(1, 7).abs() < 1e-12);
        let meta = CampaignProfile { platforms: vec![Platform::Meta], ..with_price(5, Currency::USD) };
        assert_eq!(likeness(&meta, &with_price(5, Currency::USD)), Some(1.0));
    }
}
