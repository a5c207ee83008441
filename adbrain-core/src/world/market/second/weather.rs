//! What drifts: competition over days, and the conversion rates of ads. Both go back to their mean (Ornstein and Uhlenbeck) and jump now and
//! then, as series of prices of ad exchanges do (NAB, `realAdExchange`).

use serde::{Deserialize, Serialize};

use crate::market::luck::{Luck, Purpose};
use crate::stats::random::Random;

/// Days after which competition is forgotten, at the longest memory that is allowed (.9): below .02 of a deviation.
const FORGOTTEN_DAYS: i64 = 40;
/// Days after which nothing of a jump is left at the longest time that is allowed (72 hours): below .02 of it.
const JUMP_DAYS: i64 = 12;
const HOURS_PER_DAY: i64 = 24;

/// The logarithm of competition.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Weather {
    /// The part of a deviation from the mean that is left after a day.
    pub(super) memory: f64,
    /// Its deviation in the long run.
    pub(super) sd: f64,
    /// How likely a jump is on a day, its mean size up or down, and the hours after which `1 / e` of it is left.
    pub(super) jump_chance: f64,
    pub(super) jump_size: f64,
    pub(super) jump_hours: f64,
}

impl Weather {
    /// The factors of the hours of a day (UTC): a line between what holds at its two ends, and what is left of jumps.
    pub(super) fn day(&self, place: (Luck, u64), day: i64) -> [f64; 24] {
        let (start, end) = (self.calm(place, day), self.calm(place, day + 1));
        let jumps: Vec<(i64, f64)> = (0..JUMP_DAYS).filter_map(|back| self.jump(place, day - back)).collect();
        let mut hours = [1.0; 24];
        for (clock, hour) in (0_i64..).zip(&mut hours) {
            let (now, part) = (day * HOURS_PER_DAY + clock, clock as f64 / HOURS_PER_DAY as f64);
            let jumped = jumps.iter().filter(|(at, _)| *at <= now);
            let left: f64 = jumped.map(|(at, size)| size * libm::exp(-((now - at) as f64) / self.jump_hours)).sum();
            *hour = libm::exp(start + (end - start) * part + left);
        }
        hours
    }

    /// The process without jumps at the start of a day, as a finite sum, so that any day can be asked for without the days before it.
    fn calm(&self, (luck, entity): (Luck, u64), day: i64) -> f64 {
        let (mut sum, mut weight) = (0.0, self.sd * libm::sqrt(1.0 - self.memory * self.memory));
        for back in 0..FORGOTTEN_DAYS {
            sum += weight * luck.at(entity, day - back, Purpose::Competition).normal();
            weight *= self.memory;
        }
        sum
    }

    /// The hour and the size of the jump of a day, if it has one; sizes have a double exponential law.
    fn jump(&self, (luck, entity): (Luck, u64), day: i64) -> Option<(i64, f64)> {
        let mut random = luck.at(entity, day, Purpose::Jump);
        if random.uniform() >= self.jump_chance {
            return None;
        }
        let hour = day * HOURS_PER_DAY + random.below(HOURS_PER_DAY.unsigned_abs()).cast_signed();
        let side = if random.uniform() < 0.5 { -1.0 } else { 1.0 };
        Some((hour, -side * self.jump_size * libm::log(1.0 - random.uniform())))
    }
}

/// The logarithm of an ad's conversion rate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Drift {
    /// The part of it that is left after a day.
    pub(super) memory: f64,
    /// Its deviation in the long run, without jumps.
    pub(super) sd: f64,
    /// How likely a jump is on a day, and the deviation of its size.
    pub(super) jump_chance: f64,
    pub(super) jump_sd: f64,
}

impl Drift {
    /// Where it goes in some days; it stays where it is in none.
    pub(super) fn step(&self, before: f64, days: i64, mut random: Random) -> f64 {
        if days == 0 {
            return before;
        }
        let left = libm::pow(self.memory, days as f64);
        let calm = before * left + self.sd * libm::sqrt(1.0 - left * left) * random.normal();
        if random.uniform() < self.jump_chance { calm + self.jump_sd * random.normal() } else { calm }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEATHER: Weather = Weather { memory: 0.8, sd: 0.1, jump_chance: 0.1, jump_size: 0.3, jump_hours: 24.0 };

    #[test]
    fn competition_has_its_deviation_and_its_memory_and_no_step_at_midnight() {
        let place = (Luck { seed: 5 }, 7);
        let days: Vec<f64> = (0..4_000).map(|day| WEATHER.calm(place, day)).collect();
        let n = days.len() as f64;
        let variance = days.iter().map(|x| x * x).sum::<f64>() / n;
        let lagged = days.windows(2).map(|pair| pair[0] * pair[1]).sum::<f64>() / n;
        assert!((libm::sqrt(variance) - 0.1).abs() < 0.006 && (lagged / variance - 0.8).abs() < 0.03);
        let calm = Weather { jump_chance: 0.0, ..WEATHER };
        for day in 0..50 {
            let (today, tomorrow) = (calm.day(place, day), calm.day(place, day + 1));
            let step = |pair: [f64; 2]| libm::log(pair[1] / pair[0]);
            let inside = step([today[22], today[23]]);
            assert!((step([today[23], tomorrow[0]]) - inside).abs() < 1e-12);
        }
    }

    #[test]
    fn jumps_come_as_often_as_they_should_and_fade() {
        let place = (Luck { seed: 5 }, 8);
        let jumps = (0..4_000).filter_map(|day| WEATHER.jump(place, day)).collect::<Vec<_>>();
        assert!((330..470).contains(&jumps.len()), "{}", jumps.len());
        let size = jumps.iter().map(|(_, size)| size.abs()).sum::<f64>() / jumps.len() as f64;
        assert!((size - 0.3).abs() < 0.05, "{size}");
        let only = Weather { sd: 0.0, ..WEATHER };
        let alone = (1..4_000).find(|day| (-11..=1).all(|back| (back == 0) == only.jump(place, day + back).is_some()));
        let day = alone.unwrap();
        let (at, size) = only.jump(place, day).unwrap();
        let after = only.day(place, day + 1)[usize::try_from(at.rem_euclid(24)).unwrap()];
        assert!((libm::log(after) - size * libm::exp(-1.0)).abs() < 1e-12);
    }

    #[test]
    fn an_ad_drifts_around_its_mean() {
        let drift = Drift { memory: 0.95, sd: 0.12, jump_chance: 0.0, jump_sd: 0.0 };
        let (mut now, mut squares) = (0.0, 0.0);
        for day in 0..20_000 {
            now = drift.step(now, 1, Random::at(3, &[day]));
            squares += now * now;
        }
        assert!((libm::sqrt(squares / 20_000.0) - 0.12).abs() < 0.01);
        assert!((drift.step(0.3, 0, Random::at(3, &[])) - 0.3).abs() < 1e-12);
    }
}
