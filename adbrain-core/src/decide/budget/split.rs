//! Splits a total by weights, between floors and caps, into whole minor units.

use crate::error::{Error, ErrorKind, Result};
use crate::model::{Currency, Money};

/// What one receiver asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShareRequest {
    /// Its weight, zero or above; only the proportions count.
    pub weight: f64,
    /// It gets at least this; rounded up to a whole minor unit.
    pub floor: Money,
    /// It gets at most this, where there is a limit; rounded down to a whole minor unit.
    pub cap: Option<Money>,
}

impl ShareRequest {
    /// A request without floor and cap.
    pub const fn of(weight: f64, currency: Currency) -> Self {
        Self { weight, floor: Money::zero(currency), cap: None }
    }
}

/// Splits a total in proportion to weights, with floors and caps by water filling.
///
/// Everyone gets min(cap, max(floor, level * weight)) with the one level at which the parts add up to the total. Parts are whole
/// minor units by the largest remainder, ties to the earlier request. They add up to the total rounded down to a minor unit, or, where
/// all caps bind, to the sum of the caps. Where all weights are zero, what the floors leave is split evenly.
///
/// ```
/// use adbrain_core::budget::{ShareRequest, split};
/// use adbrain_core::model::{Currency, Money};
/// let total = Money::parse("100", Currency::BRL)?;
/// let parts = split(total, &[ShareRequest::of(1.0, Currency::BRL); 3])?;
/// let texts: Vec<_> = parts.iter().map(|part| part.amount_text()).collect();
/// assert_eq!(texts, ["33.34", "33.33", "33.33"]);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::InvalidInput`] for a negative total, no requests, a weight that is not a number from zero up, a floor above its
/// cap, floors that add up to more than the total, or two currencies.
pub fn split(total: Money, shares: &[ShareRequest]) -> Result<Vec<Money>> {
    let currency = total.currency();
    let unit = currency.minor_unit_micros();
    let whole = total.micros().div_euclid(unit);
    let bounds =
        shares.iter().enumerate().map(|(index, share)| bounds(index, share, currency)).collect::<Result<Vec<_>>>()?;
    check(total, &bounds, shares)?;
    let ceiling: i128 = bounds.iter().map(|bound| i128::from(bound.cap)).sum();
    let whole = i64::try_from(i128::from(whole).min(ceiling)).unwrap_or(whole);
    let weights = effective_weights(shares);
    let parts = round(whole, &bounds, &ideal(whole, &weights, &bounds));
    Ok(parts.into_iter().map(|units| Money::from_micros(units * unit, currency)).collect())
}

/// Floor and cap in whole minor units.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    floor: i64,
    cap: i64,
}

fn bounds(index: usize, share: &ShareRequest, currency: Currency) -> Result<Bounds> {
    let field = |name: &str| format!("shares[{index}].{name}");
    let unit = currency.minor_unit_micros();
    if !(share.weight.is_finite() && share.weight >= 0.0) {
        let what = format!("is {}", share.weight);
        return Err(Error::invalid(&field("weight"), what).next("give a finite number, zero or above"));
    }
    let amounts = [Some(share.floor), share.cap];
    if amounts.into_iter().flatten().any(|amount| amount.currency() != currency || amount.micros() < 0) {
        return Err(Error::invalid(&field("floor"), "floor or cap is negative or in another currency than the total")
            .next(format!("give both in {currency}, zero or above")));
    }
    let floor = share.floor.micros().div_euclid(unit) + i64::from(share.floor.micros().rem_euclid(unit) > 0);
    let cap = share.cap.map_or(i64::MAX / unit, |cap| cap.micros().div_euclid(unit));
    if floor > cap {
        return Err(Error::invalid(&field("floor"), "is above the cap").next("lower the floor or raise the cap"));
    }
    Ok(Bounds { floor, cap })
}

fn check(total: Money, bounds: &[Bounds], shares: &[ShareRequest]) -> Result<()> {
    if total.micros() < 0 || shares.is_empty() {
        return Err(Error::invalid("total", "a budget below zero, or one that nobody asks for, cannot be split")
            .next("give a total of zero or above and at least one share"));
    }
    let unit = i128::from(total.currency().minor_unit_micros());
    let floors: i128 = bounds.iter().map(|bound| i128::from(bound.floor) * unit).sum();
    if floors > i128::from(total.micros()) {
        let floors = Money::from_micros(i64::try_from(floors).unwrap_or(i64::MAX), total.currency());
        return Err(Error::new(ErrorKind::InvalidInput, "the smallest budgets add up to more than the total")
            .with("floors", floors.amount_text())
            .with("total", total.amount_text())
            .next("raise the budget, lower the floors or use fewer platforms and ad sets"));
    }
    Ok(())
}

/// The weights over their sum; all equal where they are all zero.
fn effective_weights(shares: &[ShareRequest]) -> Vec<f64> {
    let largest = shares.iter().map(|share| share.weight).fold(0.0, f64::max);
    let sum: f64 = shares.iter().map(|share| share.weight / largest).sum();
    let even = 1.0 / shares.len() as f64;
    shares.iter().map(|share| if largest > 0.0 { share.weight / largest / sum } else { even }).collect()
}

/// The water-filling solution in real numbers: what is not yet pinned gets its share of what is left; whoever breaks a bound is
/// pinned to it, on the side (floors or caps) that breaks them by more in sum, until nobody does.
fn ideal(total: i64, weights: &[f64], bounds: &[Bounds]) -> Vec<f64> {
    let mut pinned: Vec<Option<f64>> = vec![None; bounds.len()];
    for _ in 0..=bounds.len() {
        let parts = spread(total, weights, &pinned);
        let excess =
            |value: f64, bound: &Bounds| ((bound.floor as f64 - value).max(0.0), (value - bound.cap as f64).max(0.0));
        let free = || parts.iter().zip(bounds).zip(&pinned).filter(|(_, pin)| pin.is_none()).map(|(pair, _)| pair);
        let (short, over) = free().fold((0.0, 0.0), |(short, over), (value, bound)| {
            let (below, above) = excess(*value, bound);
            (short + below, over + above)
        });
        if short <= 0.0 && over <= 0.0 {
            return parts;
        }
        for ((pin, value), bound) in pinned.iter_mut().zip(&parts).zip(bounds).filter(|((pin, _), _)| pin.is_none()) {
            let (below, above) = excess(*value, bound);
            if below > 0.0 && short >= over {
                *pin = Some(bound.floor as f64);
            } else if above > 0.0 && over >= short {
                *pin = Some(bound.cap as f64);
            }
        }
    }
    spread(total, weights, &pinned)
}

fn spread(total: i64, weights: &[f64], pinned: &[Option<f64>]) -> Vec<f64> {
    let left = total as f64 - pinned.iter().flatten().sum::<f64>();
    let free: f64 = weights.iter().zip(pinned).filter(|(_, pin)| pin.is_none()).map(|(weight, _)| weight).sum();
    let count = pinned.iter().filter(|pin| pin.is_none()).count().max(1) as f64;
    let share = |weight: f64| if free > 0.0 { left * weight / free } else { left / count };
    weights.iter().zip(pinned).map(|(weight, pin)| pin.unwrap_or_else(|| share(*weight))).collect()
}

/// Whole units by the largest remainder, inside the bounds, exactly `total` together.
#[expect(
    clippy::cast_possible_truncation,
    reason = "amounts in minor units are far below 2^63 and clamped to the bounds"
)]
fn round(total: i64, bounds: &[Bounds], ideal: &[f64]) -> Vec<i64> {
    let mut parts: Vec<i64> = ideal
        .iter()
        .zip(bounds)
        .map(|(value, bound)| (libm::floor(*value) as i64).clamp(bound.floor, bound.cap))
        .collect();
    let mut order: Vec<usize> = (0..ideal.len()).collect();
    let remainder = |index: &usize| ideal.get(*index).map_or(0.0, |value| value - libm::floor(*value));
    order.sort_by(|a, b| remainder(b).total_cmp(&remainder(a)).then(a.cmp(b)));
    let mut left = total - parts.iter().sum::<i64>();
    while left != 0 {
        let before = left;
        for index in &order {
            let (Some(part), Some(bound)) = (parts.get_mut(*index), bounds.get(*index)) else { continue };
            let step = left.signum();
            if left != 0 && (bound.floor..=bound.cap).contains(&(*part + step)) {
                *part += step;
                left -= step;
            }
        }
        if left == before {
            break;
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    fn money(cents: u64) -> Money {
        Money::from_micros(i64::try_from(cents).unwrap() * 10_000, Currency::BRL)
    }

    fn random_case(seed: u64) -> (Money, Vec<ShareRequest>) {
        let mut random = Random::at(seed, &[7]);
        let shares: Vec<_> = (0..=random.below(9))
            .map(|_| {
                let floor = random.below(2_000) * random.below(2);
                let cap = (random.below(3) == 0).then(|| money(floor + random.below(60_000)));
                let weight = if random.below(6) == 0 { 0.0 } else { random.log_normal(1.5) };
                ShareRequest { weight, floor: money(floor), cap }
            })
            .collect();
        let floors: i64 = shares.iter().map(|share| share.floor.micros() / 10_000).sum();
        (money(u64::try_from(floors).unwrap() + random.below(200_000)), shares)
    }

    #[test]
    fn parts_add_up_and_stay_inside_their_bounds_in_two_thousand_cases() {
        for seed in 0..2_000 {
            let (total, shares) = random_case(seed);
            let parts = split(total, &shares).unwrap();
            let sum = Money::sum(parts.iter().copied()).unwrap().unwrap();
            let caps: Option<i64> = shares.iter().map(|share| share.cap.map(Money::micros)).sum();
            assert_eq!(sum.micros(), caps.map_or(total.micros(), |caps| caps.min(total.micros())), "seed {seed}");
            for (part, share) in parts.iter().zip(&shares) {
                assert!(part.micros() >= share.floor.micros(), "seed {seed}");
                assert!(share.cap.is_none_or(|cap| part.micros() <= cap.micros()), "seed {seed}");
            }
        }
    }

    #[test]
    fn unbound_parts_keep_their_proportions_in_two_thousand_cases() {
        for seed in 0..2_000 {
            let (total, shares) = random_case(seed);
            let parts = split(total, &shares).unwrap();
            let level = |(part, share): (&Money, &ShareRequest)| part.micros() as f64 / 10_000.0 / share.weight;
            let free = |(part, share): &(&Money, &ShareRequest)| {
                share.weight > 0.0
                    && part.micros() > share.floor.micros() + 10_000
                    && share.cap.is_none_or(|cap| part.micros() + 10_000 < cap.micros())
            };
            let pairs: Vec<_> = parts.iter().zip(&shares).filter(free).collect();
            for pair in &pairs {
                for other in &pairs {
                    let slack = 2.0 / pair.1.weight + 2.0 / other.1.weight;
                    assert!((level(*pair) - level(*other)).abs() <= slack, "seed {seed}");
                }
            }
        }
    }

    #[test]
    fn floors_above_the_total_are_refused_with_the_sums() {
        let share = ShareRequest { weight: 1.0, floor: money(6_000), cap: None };
        let error = split(money(10_000), &[share, share]).unwrap_err();
        assert_eq!(error.context_of("floors"), Some("120.00"));
    }

    #[test]
    fn wrong_requests_are_refused() {
        let good = ShareRequest::of(1.0, Currency::BRL);
        for bad in [
            ShareRequest { weight: f64::NAN, ..good },
            ShareRequest { weight: -1.0, ..good },
            ShareRequest { floor: Money::zero(Currency::USD), ..good },
            ShareRequest { floor: money(2), cap: Some(money(1)), ..good },
        ] {
            assert!(split(money(100), &[good, bad]).is_err(), "{bad:?}");
        }
        assert!(split(money(100), &[]).is_err());
    }

    #[test]
    fn currencies_without_cents_are_split_in_whole_units() {
        let yen: Currency = "JPY".parse().unwrap();
        let parts = split(Money::parse("100", yen).unwrap(), &[ShareRequest::of(1.0, yen); 3]).unwrap();
        assert_eq!(parts.iter().map(|part| part.amount_text()).collect::<Vec<_>>(), ["34", "33", "33"]);
    }
}
