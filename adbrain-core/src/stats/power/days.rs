//! Days that a test needs, from the account's own days.

use super::{TTest, paired_sample_size, whole_up};
use crate::stats::two_sample::Summary;
use crate::stats::{Defined, Undefined};

/// What the account's days were like before the test.
#[derive(Debug, Clone, Copy)]
pub enum DailyHistory<'a> {
    /// One value per day, such as a daily ROAS; the test will compare days of one arm with days of the other by Welch's t.
    Unpaired(&'a [f64]),
    /// The values of two comparable cells on the same days, all above zero; the test will pair days on the log, where weekdays and
    /// shocks that hit both cells fall out.
    Paired([&'a [f64]; 2]),
}

/// How long a test must run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DaysNeeded {
    /// Days per arm, rounded up; at least 2.
    pub days: u64,
    /// Days before rounding.
    pub exact: f64,
    /// The effect over the standard deviation of a day, or of a day's difference of logs.
    pub effect_in_deviations: f64,
}

/// The days that show a relative effect (0.1 for 10 %) with probability `power` in a two-sided t test at `alpha`.
///
/// Unpaired, with m the mean and s the standard deviation of the days, the effect is `d = relative m / s`; paired, with s the standard
/// deviation of the days' `log(treatment / control)`, it is `d = log(1 + relative) / s`. Then [`TTest::sample_size`] or
/// [`paired_sample_size`](super::paired_sample_size) (Cohen, 1988). Days must be independent: a trend or a weekly pattern in unpaired
/// days raises s, and days that drag each other along make the answer too small. Fourteen days of history are the least to trust.
///
/// ```
/// use adbrain_core::stats::power::{DailyHistory, days_needed};
/// let roas = [2.0, 2.3, 1.8, 2.1, 2.6, 1.9, 2.2, 2.0, 2.4, 1.7, 2.1, 2.5, 1.9, 2.2];
/// assert_eq!(days_needed(DailyHistory::Unpaired(&roas), 0.1, 0.8, 0.05)?.days, 26);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// [`Undefined::Empty`], [`Undefined::OneValue`], [`Undefined::NotFinite`], [`Undefined::NoSpread`], [`Undefined::ZeroBaseline`];
/// [`Undefined::Input`] for cells of different length or with values that are not above zero, an effect of zero or not above -1, a power
/// that is not above alpha; [`Undefined::NotConverged`] where fewer than 9e15 days do not show the effect, or the search for them finds
/// no end.
pub fn days_needed(history: DailyHistory<'_>, relative_effect: f64, power: f64, alpha: f64) -> Defined<DaysNeeded> {
    if !(relative_effect.is_finite() && relative_effect > -1.0) {
        return Err(Undefined::Input { field: "relative_effect", problem: "must be above -1 and finite" });
    }
    let (effect, exact) = match history {
        DailyHistory::Unpaired(days) => {
            let summary = Summary::of(days)?;
            let deviation = deviation(&summary)?;
            if summary.mean.abs() <= 0.0 {
                return Err(Undefined::ZeroBaseline);
            }
            let effect = relative_effect * summary.mean / deviation;
            (effect, TTest { alpha, ..TTest::usual() }.sample_size(effect, power)?)
        }
        DailyHistory::Paired(cells) => {
            let effect = libm::log1p(relative_effect) / deviation(&Summary::of(&logs(cells)?)?)?;
            (effect, paired_sample_size(effect, power, alpha)?)
        }
    };
    let days = whole_up(exact, 2).ok_or(Undefined::NotConverged)?;
    Ok(DaysNeeded { days, exact, effect_in_deviations: effect })
}

fn deviation(summary: &Summary) -> Defined<f64> {
    let spread = summary.spread()?;
    if spread > 0.0 { Ok(libm::sqrt(spread)) } else { Err(Undefined::NoSpread) }
}

fn logs([control, treatment]: [&[f64]; 2]) -> Defined<Vec<f64>> {
    let wrong = |problem| Err(Undefined::Input { field: "history", problem });
    if control.len() != treatment.len() {
        return wrong("must have the same days in both cells");
    }
    if control.iter().chain(treatment).any(|value| *value <= 0.0) {
        return wrong("must be above zero on every day to be paired on the log");
    }
    Ok(control.iter().zip(treatment).map(|(control, treatment)| libm::log(treatment / control)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: [f64; 7] = [100.0, 120.0, 80.0, 90.0, 150.0, 160.0, 70.0];
    const B: [f64; 7] = [104.0, 118.0, 83.0, 88.0, 149.0, 166.0, 71.0];

    #[test]
    fn pairing_saves_days_where_both_cells_move_together() {
        let unpaired = days_needed(DailyHistory::Unpaired(&A), 0.1, 0.8, 0.05).unwrap();
        let paired = days_needed(DailyHistory::Paired([&A, &B]), 0.1, 0.8, 0.05).unwrap();
        assert!(unpaired.days > 100 && paired.days < 6, "{unpaired:?} {paired:?}");
    }

    #[test]
    fn histories_without_an_answer_say_why() {
        let unpaired = |days: &[f64]| days_needed(DailyHistory::Unpaired(days), 0.1, 0.8, 0.05).unwrap_err();
        assert_eq!(unpaired(&[]), Undefined::Empty);
        assert_eq!(unpaired(&[1.0]), Undefined::OneValue);
        assert_eq!(unpaired(&[1.0, 1.0]), Undefined::NoSpread);
        assert_eq!(unpaired(&[1.0, -1.0]), Undefined::ZeroBaseline);
        assert_eq!(unpaired(&[1.0, f64::NAN]), Undefined::NotFinite);
        let paired = |cells| days_needed(DailyHistory::Paired(cells), 0.1, 0.8, 0.05).unwrap_err();
        assert!(paired([&A, &B[1..]]).is_input() && paired([&[0.0, 1.0], &[1.0, 1.0]]).is_input());
        assert!(days_needed(DailyHistory::Unpaired(&A), 0.0, 0.8, 0.05).unwrap_err().is_input());
    }
}
