//! Late conversions: which share of a day's conversions is known after some days.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::model::{Maturity, Platform};

/// From this share on a window is mature: late conversions then change a rate by less than the noise of a usual ad set.
pub const MATURE_SHARE: f64 = 0.9;

const FILE: &str = include_str!("delays.json");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Delay {
    platform: Platform,
    /// Where the curve comes from; read by people.
    #[serde(rename = "source")]
    _source: String,
    /// Age in days and share arrived, both rising.
    curve: Vec<(f64, f64)>,
}

fn curves() -> &'static BTreeMap<Platform, Vec<(f64, f64)>> {
    static CURVES: OnceLock<BTreeMap<Platform, Vec<(f64, f64)>>> = OnceLock::new();
    CURVES.get_or_init(|| {
        // A test holds that the file can be read; an empty list would say "nothing has arrived", never "all is in".
        let delays: Vec<Delay> = serde_json::from_str(FILE).unwrap_or_default();
        delays.into_iter().map(|delay| (delay.platform, delay.curve)).collect()
    })
}

/// The share of conversions (0 to 1) that is known `age_days` days after the click, by straight lines between the points of
/// the platform's delay curve: `s(a) = s_i + (s_j - s_i) (a - a_i) / (a_j - a_i)`. Sources are in `delays.json`.
///
/// ```
/// use adbrain_core::{measure::completeness, model::Platform};
/// assert_eq!(completeness(Platform::Meta, 1.0), 0.55);
/// assert_eq!(completeness(Platform::Meta, 60.0), 1.0);
/// ```
pub fn completeness(platform: Platform, age_days: f64) -> f64 {
    let Some(curve) = curves().get(&platform) else { return 0.0 };
    let age_days = age_days.max(0.0); // not a number counts as no age
    let mut before = (0.0, 0.0);
    for &(age, share) in curve {
        if age_days < age {
            let (start, low) = before;
            return (low + (share - low) * (age_days - start) / (age - start)).clamp(0.0, 1.0);
        }
        before = (age, share);
    }
    before.1
}

/// Whether a window whose clicks are `age_days` days old is mature.
pub fn maturity(platform: Platform, age_days: f64) -> Maturity {
    maturity_of(completeness(platform, age_days))
}

/// Whether a window of which a share (0 to 1) of conversions is known is mature: at least nine tenths.
pub fn maturity_of(completeness: f64) -> Maturity {
    if completeness >= MATURE_SHARE { Maturity::Mature } else { Maturity::Immature }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_platform_has_a_rising_curve_from_nothing_to_all() {
        for platform in Platform::ALL {
            let curve = &curves()[platform];
            assert_eq!((curve[0], curve.last().unwrap().1), ((0.0, 0.0), 1.0), "{platform}");
            assert!(curve.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1), "{platform}");
        }
    }

    #[test]
    fn shares_lie_between_the_points() {
        let share = completeness(Platform::Meta, 0.5);
        assert!((share - 0.275).abs() < 1e-12, "{share}");
        for age in [-1.0, f64::NAN] {
            assert!(completeness(Platform::Google, age).abs() < 1e-12);
        }
    }

    #[test]
    fn a_window_matures_at_nine_tenths() {
        assert_eq!(maturity(Platform::Meta, 4.0), Maturity::Immature);
        assert_eq!(maturity(Platform::Meta, 5.0), Maturity::Mature);
        assert_eq!(maturity(Platform::Google, 7.0), Maturity::Immature);
    }
}
