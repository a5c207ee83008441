//! Days to saturation after days of delivery.

use super::answer::{Basis, Saturation};
use super::belief::Belief;
use super::clicks::{Clicks, FEWEST_CLICKS};
use super::days::Days;
use super::delivery::{Delivery, pool};
use super::options::Options;
use super::pace;
use crate::model::Message;
use crate::stats::Defined;

/// Below so many days the belief before the days still weighs as much as they do.
const FEW_DAYS: usize = 5;

/// Days to saturation from what was delivered so far.
///
/// 1. Reach: `log R_t = log(N (1 - (1 + F_t / a)^-a))` with noise, and log-normal beliefs about N (around size (1 - overlap), 0.3 wide) and a
///    (around 0.8, 0.5 wide); `F_t` = impressions so far / N.
/// 2. Clicks: negative binomial around `c I_t S(F_t)`, the rate c left free, and a normal belief about d (0.43, 0.12 wide).
/// 3. The belief after both is a fixed grid of 891 curves around the mode of the first, weighed by both. No luck is drawn: the same days
///    give the same bits.
/// 4. The volume goes on as it went, with room for a rising price; part of the belief has 1 % of the audience replaced each day.
///
/// ```
/// use adbrain_core::predict::saturation::{Delivery, DeliveryDay, Options, Recommendation, days_to_saturation};
/// let day = |impressions, reach, clicks| DeliveryDay { impressions, reach, clicks: Some(clicks) };
/// let days = vec![
///     day(42_000.0, 24_000.0, 420.0), day(40_000.0, 33_300.0, 330.0), day(41_000.0, 38_900.0, 290.0),
///     day(39_500.0, 42_400.0, 260.0), day(41_200.0, 45_100.0, 250.0), day(40_100.0, 47_000.0, 230.0),
/// ];
/// let found = days_to_saturation(&Delivery { size: 70_000.0, overlap: 0.1, days }, &Options::default())?;
/// assert_eq!(found.recommendation, Recommendation::ExpandAudience);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// [`crate::stats::Undefined::Input`] naming the field that makes no sense; `Empty`, `TooFew` (three days with impressions are needed)
/// or `NothingObserved` where the days hold no answer.
pub fn days_to_saturation(delivery: &Delivery, options: &Options) -> Defined<Saturation> {
    options.check()?;
    delivery.check()?;
    let clicks = Clicks::of(delivery);
    let belief = Belief::after(delivery, pool(delivery.size, delivery.overlap)?, clicks.as_ref());
    let seen = delivery.days.len();
    let courses = pace::after(delivery, seen + options.horizon as usize);
    let days = Days::of(&belief, &courses);
    let warnings = warnings(delivery, clicks.as_ref());
    let seen = u32::try_from(seen).unwrap_or(u32::MAX);
    Ok(Saturation::of(&days, Basis { belief, method: "gamma_poisson_grid", seen, warnings }, options))
}

fn warnings(delivery: &Delivery, clicks: Option<&Clicks>) -> Vec<Message> {
    let mut warnings = Vec::new();
    if clicks.is_none() {
        #[expect(clippy::cast_possible_truncation, reason = "a small constant")]
        warnings.push(Message::new("saturation-few-clicks").with("least", FEWEST_CLICKS as i64));
    }
    let delivered = delivery.days.iter().filter(|day| day.impressions > 0.0).count();
    if delivered < FEW_DAYS {
        warnings.push(Message::new("saturation-few-days").with("days", i64::try_from(delivered).unwrap_or(i64::MAX)));
    }
    warnings
}
