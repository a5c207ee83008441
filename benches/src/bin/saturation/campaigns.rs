//! Simulated campaigns that wear their audience out, from three generators with known days of saturation.
//!
//! People see ads as gamma-Poisson processes, and the click rate of a person's next impression is `(n + 1)^-d` of the first one's after
//! n earlier impressions. The sums here are their own and share no code with what they judge. The true day is the first at whose
//! end the next impression's click rate is below 0.7 of that at the end of day 1, along the impressions that came about; after day
//! 120 it is censored. Seen are seven days of impressions, people reached so far, and clicks.
//!
//! | what | all generators |
//! |---|---|
//! | stated audience size | 100,000 to 3,000,000, log-uniform |
//! | overlap with other ad sets | 0 to 0.4, uniform |
//! | true pool | stated size (1 - overlap), times 0.85 to 1.15, uniform |
//! | click rate of a first impression | 0.008 to 0.025, log-uniform |
//! | noise of a day's impressions, of reach so far, of a day's click rate | log-normal, 0.10, 0.01, 0.05 in the logarithm; clicks are binomial |
//!
//! | what | `family` | `refresh` | `price` |
//! |---|---|---|---|
//! | shape a of exposure | log-normal, median 0.8, 0.5 in the logarithm, cut to 0.2 to 4 | 0.5 to 3 within each segment, log-uniform | 0.3 to 2.5, log-uniform |
//! | exponent d | normal, 0.43 and 0.12, cut to 0.1 to 0.8 | 0.25 to 0.65, uniform | 0.25 to 0.65, uniform |
//! | impressions per head on day 1, log-uniform | 0.015 to 0.9 | 0.024 to 0.7 | 0.022 to 0.62 |
//! | segments | one | 0.1 to 0.4 of the pool, uniform, see 2 to 6 times as much per head, log-uniform | one |
//! | people replaced each night | none | 0.01 to 0.02, uniform | none |
//! | expected volume | level | level | a fixed budget over a price that rises each day by 0.005 to 0.03 of day 1's, uniform |
//!
//! The impressions per head were set so that the true days have 10, 25, 50, 75 and 90 % quantiles near 4, 6, 11, 25 and 51 in each.

use adbrain_core::stats::random::Random;
use libm::pow;

/// The seed of every draw; the place is the generator and the campaign.
const SEED: u64 = 57;
/// Campaigns of each generator.
const CAMPAIGNS: u64 = 900;
/// The first so many of each generator may be learnt from; the others judge.
pub(crate) const LEARNT_FROM: u64 = 600;
/// Days that are seen.
const SEEN: usize = 7;
/// The last day of a campaign; a true day after it is censored.
pub(crate) const HORIZON: usize = 120;
/// Saturated is a response below this share of day 1's.
const SATURATED: f64 = 0.7;
/// Standard deviations of the logarithms of impressions, reach and click rate.
const NOISE: [f64; 3] = [0.10, 0.01, 0.05];
/// Terms of a sum over earlier impressions end where less than this probability is left.
const LEFT: f64 = 1e-10;
/// The most terms of such a sum.
const TERMS: u32 = 20_000;

/// What makes campaigns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Generator {
    /// One pool, level volume.
    Family,
    /// Two segments, some of the people replaced each night, level volume.
    Refresh,
    /// One pool, a price that rises.
    Price,
}

impl Generator {
    /// All of them; the place in this list is a place of the luck.
    pub(crate) const ALL: [Self; 3] = [Self::Family, Self::Refresh, Self::Price];

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Family => "family",
            Self::Refresh => "refresh",
            Self::Price => "price",
        }
    }

    /// The range of impressions per head on day 1.
    fn first_day(self) -> [f64; 2] {
        match self {
            Self::Family => [0.015, 0.9],
            Self::Refresh => [0.024, 0.7],
            Self::Price => [0.022, 0.62],
        }
    }
}

/// What is seen of a day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Day {
    /// Impressions of the day.
    pub(crate) impressions: f64,
    /// People reached from day 1 on.
    pub(crate) reach: f64,
    /// Clicks of the day.
    pub(crate) clicks: f64,
}

/// A campaign: what is seen, and the truth.
#[derive(Debug, Clone)]
pub(crate) struct Campaign {
    /// Its generator.
    pub(crate) generator: Generator,
    /// Its number within the generator.
    pub(crate) number: u64,
    /// The stated size of its audience.
    pub(crate) size: f64,
    /// The share of the audience that other ad sets reach too.
    pub(crate) overlap: f64,
    /// The days seen.
    pub(crate) days: Vec<Day>,
    /// The true day of saturation; none where it comes after the last day.
    pub(crate) true_day: Option<usize>,
}

/// People who see ads alike.
struct Segment {
    /// Its share of the pool.
    share: f64,
    /// Its impressions per head over those of the pool.
    pace: f64,
    /// The gamma shape of exposure within it.
    shape: f64,
}

/// The truth about a campaign.
struct Truth {
    people: f64,
    segments: Vec<Segment>,
    habituation: f64,
    /// The share of the people replaced each night.
    refresh: f64,
    click_rate: f64,
    /// Impressions per head of the pool up to the end of each day, from day 0 on.
    path: Vec<f64>,
}

/// Every campaign of every generator.
pub(crate) fn all() -> Vec<Campaign> {
    let of = |generator| (0..CAMPAIGNS).map(move |number| campaign(generator, number));
    Generator::ALL.into_iter().flat_map(of).collect()
}

fn campaign(generator: Generator, number: u64) -> Campaign {
    let mut luck = Random::at(SEED, &[generator as u64, number]);
    let size = log_uniform(&mut luck, [1e5, 3e6]);
    let overlap = uniform(&mut luck, [0.0, 0.4]);
    let people = size * (1.0 - overlap) * uniform(&mut luck, [0.85, 1.15]);
    let truth = truth(generator, people, &mut luck);
    let days = truth.seen(&mut luck);
    Campaign { generator, number, size, overlap, days, true_day: truth.day_of_saturation() }
}

fn truth(generator: Generator, people: f64, luck: &mut Random) -> Truth {
    let click_rate = log_uniform(luck, [0.008, 0.025]);
    let first_day = log_uniform(luck, generator.first_day());
    let (mut refresh, mut rise) = (0.0, 0.0);
    let (segments, habituation) = match generator {
        Generator::Family => {
            let shape = (0.8 * luck.log_normal(0.5)).clamp(0.2, 4.0);
            (one(shape), (0.43 + 0.12 * luck.normal()).clamp(0.1, 0.8))
        }
        Generator::Refresh => {
            refresh = uniform(luck, [0.01, 0.02]);
            (two(luck), uniform(luck, [0.25, 0.65]))
        }
        Generator::Price => {
            rise = uniform(luck, [0.005, 0.03]);
            (one(log_uniform(luck, [0.3, 2.5])), uniform(luck, [0.25, 0.65]))
        }
    };
    Truth { people, segments, habituation, refresh, click_rate, path: path(first_day, rise, luck) }
}

fn one(shape: f64) -> Vec<Segment> {
    vec![Segment { share: 1.0, pace: 1.0, shape }]
}

fn two(luck: &mut Random) -> Vec<Segment> {
    let (heavy, times) = (uniform(luck, [0.1, 0.4]), log_uniform(luck, [2.0, 6.0]));
    let light = 1.0 / (heavy * times + 1.0 - heavy);
    [(heavy, times * light), (1.0 - heavy, light)]
        .map(|(share, pace)| Segment { share, pace, shape: log_uniform(luck, [0.5, 3.0]) })
        .into()
}

/// Impressions per head so far, with luck in each day's volume; the price rises each day by `rise` of day 1's.
fn path(first_day: f64, rise: f64, luck: &mut Random) -> Vec<f64> {
    let mut path = vec![0.0];
    let mut total = 0.0;
    for day in 0..HORIZON {
        total += first_day / (1.0 + rise * day as f64) * luck.log_normal(NOISE[0]);
        path.push(total);
    }
    path
}

impl Truth {
    /// The first days as a platform reports them.
    fn seen(&self, luck: &mut Random) -> Vec<Day> {
        let powers = self.powers();
        let (mut reach, mut shown) = (1.0_f64, 0.0);
        let day = |day| {
            let impressions = (self.people * (self.shown(day) - self.shown(day - 1))).round().max(1.0);
            shown += impressions;
            reach = (self.people * self.reach(day) * luck.log_normal(NOISE[1])).round().clamp(reach, shown);
            let rate = self.click_rate * self.response_of_day(day, &powers) * luck.log_normal(NOISE[2]);
            Day { impressions, reach, clicks: luck.binomial(whole(impressions), rate) as f64 }
        };
        (1..=SEEN).map(day).collect()
    }

    fn day_of_saturation(&self) -> Option<usize> {
        let powers = self.powers();
        let limit = SATURATED * self.response(1, 1.0, &powers);
        (2..=HORIZON).find(|day| self.response(*day, 1.0, &powers) < limit)
    }

    /// The mean response over a day's impressions, by Simpson's rule.
    fn response_of_day(&self, day: usize, powers: &[f64]) -> f64 {
        let [start, middle, end] = [0.0, 0.5, 1.0].map(|part| self.response(day, part, powers));
        (start + 4.0 * middle + end) / 6.0
    }

    /// The response of the next impression after a part of a day: over segments by impressions, over people by when they joined.
    fn response(&self, day: usize, part: f64, powers: &[f64]) -> f64 {
        let now = self.shown(day - 1) + part * (self.shown(day) - self.shown(day - 1));
        let of = |segment: &Segment| {
            let joined = |night| {
                let since = segment.pace * (now - self.shown(night));
                self.members(night, day) * response(since, segment.shape, powers)
            };
            segment.share * segment.pace * self.nights(day).map(joined).sum::<f64>()
        };
        self.segments.iter().map(of).sum()
    }

    /// People reached by the end of a day, those who left included, over the pool.
    fn reach(&self, day: usize) -> f64 {
        let of = |segment: &Segment| {
            let reached = |night, until| {
                let since = segment.pace * (self.shown(until) - self.shown(night));
                1.0 - pow(1.0 + since / segment.shape, -segment.shape)
            };
            let joined = |night| {
                let left = |until| self.refresh * self.members(night, until) * reached(night, until);
                self.members(night, day) * reached(night, day) + (night + 1..day).map(left).sum::<f64>()
            };
            segment.share * self.nights(day).map(joined).sum::<f64>()
        };
        self.segments.iter().map(of).sum()
    }

    /// The nights that brought the people of a day; night 0 brought the first ones.
    fn nights(&self, day: usize) -> std::ops::Range<usize> {
        0..if self.refresh > 0.0 { day } else { 1 }
    }

    /// The share of the pool on a day that joined on a night.
    fn members(&self, night: usize, day: usize) -> f64 {
        let came = if night == 0 { 1.0 } else { self.refresh };
        came * pow(1.0 - self.refresh, (day - 1 - night) as f64)
    }

    /// Impressions per head of the pool up to the end of a day.
    fn shown(&self, day: usize) -> f64 {
        self.path.get(day).copied().unwrap_or(f64::NAN)
    }

    /// `(n + 1)^-d` for n from 0 on.
    fn powers(&self) -> Vec<f64> {
        (1..=TERMS).map(|n| pow(f64::from(n), -self.habituation)).collect()
    }
}

/// The response after n earlier impressions, over the negative binomial distribution of n (shape a + 1, mean F (a + 1) / a: people who
/// see more have more of the next impressions).
fn response(shown: f64, shape: f64, powers: &[f64]) -> f64 {
    let more = shown / (shape + shown);
    let mut one = pow(1.0 + shown / shape, -(shape + 1.0));
    let (mut sum, mut left) = (0.0, 1.0);
    for (n, power) in powers.iter().enumerate() {
        sum += one * power;
        left -= one;
        if left < LEFT {
            break;
        }
        one *= (n as f64 + shape + 1.0) / (n as f64 + 1.0) * more;
    }
    sum
}

fn uniform(luck: &mut Random, [low, high]: [f64; 2]) -> f64 {
    low + (high - low) * luck.uniform()
}

fn log_uniform(luck: &mut Random, [low, high]: [f64; 2]) -> f64 {
    low * pow(high / low, luck.uniform())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded and above zero")]
fn whole(value: f64) -> u64 {
    value as u64
}
