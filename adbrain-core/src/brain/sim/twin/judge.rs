//! Judging a twin: the account's figures beside those of the twin over many seeds.

use super::days::{Account, Counts};
use super::learn::Lesson;
use super::levels::drawn;
use super::replay::{Days, Stage};
use super::told::{MetricFit, PartFit, PlatformFit, Shape, Verdict};
use crate::error::Result;
use crate::market::World;
use crate::model::{Message, Platform};
use crate::stats::quantile::quantile;

/// The ends of an interval that holds 80 %.
const ENDS: [f64; 2] = [0.1, 0.9];
/// Pairs of days from which on a memory is told.
const PAIRS: usize = 8;
/// The rates that a verdict goes by.
const JUDGED: [&str; 4] = ["cpm", "ctr", "cvr", "roas"];
/// Metrics whose days a verdict goes by.
const JUDGED_BY_DAY: [&str; 3] = ["impressions", "clicks", "conversions"];
/// Limits of the verdicts; documented at [`Verdict`].
const NEAR: f64 = 1.2;
const FAR: f64 = 1.5;
const DAYS_INSIDE: f64 = 0.6;
const GOOD_FROM: (u64, f64) = (28, 30.0);
const USABLE_FROM: (u64, f64) = (14, 10.0);

type Measure = fn(&Counts) -> Option<f64>;

const METRICS: [(&str, Measure); 8] = [
    ("impressions", |counts| Some(counts.impressions)),
    ("clicks", |counts| Some(counts.clicks)),
    ("conversions", |counts| Some(counts.conversions)),
    ("revenue", |counts| Some(counts.revenue)),
    ("cpm", |counts| over(1_000.0 * counts.spend, counts.impressions)),
    ("ctr", |counts| over(counts.clicks, counts.impressions)),
    ("cvr", |counts| over(counts.conversions, counts.clicks)),
    ("roas", |counts| over(counts.revenue, counts.spend)),
];

fn over(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

/// One platform in the account or in one seed of the twin.
struct Course {
    days: Vec<Counts>,
    /// The share of the days of campaigns without a conversion.
    without_conversions: Option<f64>,
}

impl Course {
    fn of<'a>(account: &Account, platform: Platform, all: impl Iterator<Item = &'a Vec<Counts>>) -> Self {
        let (mut days, mut none, mut count) = (vec![Counts::default(); account.length], 0.0, 0.0);
        for (known, own) in account.campaigns.iter().zip(all).filter(|(known, _)| known.platform == platform) {
            days.iter_mut().zip(own).for_each(|(sum, day)| sum.add(day));
            for (_, own) in known.days.iter().zip(own).filter(|(real, _)| real.is_delivered()) {
                count += 1.0;
                none += f64::from(u8::from(own.conversions < 0.5));
            }
        }
        Self { days, without_conversions: over(none, count) }
    }
}

/// Plays the twin of the account over some seeds and compares each platform.
pub(super) fn judge(
    world: &World,
    stage: &Stage<'_>,
    (lesson, seeds): (&Lesson, std::ops::RangeInclusive<u64>),
) -> Result<Vec<PlatformFit>> {
    let account = stage.account;
    let platforms = account.platforms();
    let mut twins: Vec<Vec<Course>> = platforms.iter().map(|_| Vec::new()).collect();
    for seed in seeds {
        let days: Days = stage.play(world, &drawn(&lesson.levels, account, seed), seed)?;
        for (platform, twins) in platforms.iter().zip(&mut twins) {
            twins.push(Course::of(account, *platform, days.iter()));
        }
    }
    let of = |(platform, twins): (&Platform, &Vec<Course>)| {
        let real = Course::of(account, *platform, account.campaigns.iter().map(|known| &known.days));
        of_platform(account, *platform, (&real, twins))
    };
    Ok(platforms.iter().zip(&twins).map(of).collect())
}

fn of_platform(account: &Account, platform: Platform, (real, twins): (&Course, &[Course])) -> PlatformFit {
    let learnt_from = part(0..account.split, (real, twins));
    let held_out = part(account.split..account.length, (real, twins));
    let conversions = learnt_from.metric("conversions").and_then(|metric| metric.real).unwrap_or(0.0);
    let (verdict, reasons) = verdict((learnt_from.days, conversions), &held_out);
    let campaigns = account.campaigns.iter().filter(|known| known.platform == platform).count() as u64;
    PlatformFit { platform, campaigns, learnt_from, held_out, shapes: shapes(real, twins), verdict, reasons }
}

/// Compares the days of a part, and each day by itself.
fn part(range: std::ops::Range<usize>, (real, twins): (&Course, &[Course])) -> PartFit {
    let days = |course: &Course| course.days.get(range.clone()).unwrap_or_default().to_vec();
    let (own, others): (Vec<Counts>, Vec<Vec<Counts>>) = (days(real), twins.iter().map(days).collect());
    let sum = Counts::sum(&own);
    let sums: Vec<Counts> = others.iter().map(Counts::sum).collect();
    // Conversions without any value are no orders.
    let has_value = Counts::sum(&real.days).revenue > 0.0;
    let metric = |(name, measure): &(&str, Measure)| {
        let is_told = sum.is_delivered() && (has_value || !matches!(*name, "revenue" | "roas"));
        let figures: Vec<f64> = sums.iter().filter_map(measure).collect();
        let ends = interval(&figures);
        let real = measure(&sum).filter(|_| is_told);
        let within = |place: usize, day: &Counts| {
            let figures: Vec<f64> = others.iter().filter_map(|days| measure(days.get(place)?)).collect();
            Some(holds(interval(&figures)?, measure(day)?))
        };
        let delivered = own.iter().enumerate().filter(|(_, day)| day.is_delivered() && is_told);
        let verdicts: Vec<bool> = delivered.filter_map(|(place, day)| within(place, day)).collect();
        let inside = verdicts.iter().filter(|is_inside| **is_inside).count() as f64;
        MetricFit {
            metric: (*name).to_owned(),
            real,
            mean: mean(&figures).filter(|_| is_told),
            low: ends.map(|[low, _]| low).filter(|_| is_told),
            high: ends.map(|[_, high]| high).filter(|_| is_told),
            is_inside: real.zip(ends).map(|(real, ends)| holds(ends, real)),
            days_inside: over(inside, verdicts.len() as f64),
        }
    };
    let days = own.iter().filter(|day| day.is_delivered()).count() as u64;
    PartFit { days, metrics: METRICS.iter().map(metric).collect() }
}

/// Whether an interval holds a figure; sums of floats are not exact.
fn holds([low, high]: [f64; 2], figure: f64) -> bool {
    let slack = 1e-9 * figure.abs();
    low - slack <= figure && figure <= high + slack
}

fn mean(figures: &[f64]) -> Option<f64> {
    over(figures.iter().sum(), figures.len() as f64)
}

/// The interval that holds the next figure of the same kind with 80 %: the quantiles at the ranks `(n + 1) p` (Hyndman and Fan, 1996, type 6).
pub(super) fn interval(figures: &[f64]) -> Option<[f64; 2]> {
    let n = figures.len() as f64;
    let end = |p: f64| quantile(figures, (((n + 1.0) * p - 1.0) / (n - 1.0).max(1.0)).clamp(0.0, 1.0)).ok();
    let [low, high] = ENDS.map(end);
    Some([low?, high?])
}

fn shapes(real: &Course, twins: &[Course]) -> Vec<Shape> {
    type Trait = (&'static str, fn(&Course) -> Option<f64>);
    let all: [Trait; 3] = [
        ("price_memory", |course| memory(&course.days, |day| over(day.spend, day.impressions).map(libm::log))),
        ("conversion_memory", |course| memory(&course.days, |day| Some(day.conversions))),
        ("days_without_conversions", |course| course.without_conversions),
    ];
    let shape = |(name, of): Trait| {
        let own = of(real);
        let figures: Vec<f64> = twins.iter().filter_map(of).collect();
        let ends = interval(&figures).filter(|_| own.is_some());
        Shape {
            name: name.to_owned(),
            real: own,
            mean: mean(&figures).filter(|_| own.is_some()),
            low: ends.map(|[low, _]| low),
            high: ends.map(|[_, high]| high),
        }
    };
    all.map(shape).into()
}

/// The correlation of days with the day before; none with too few pairs of days one after the other, or where nothing moves.
fn memory(days: &[Counts], of: impl Fn(&Counts) -> Option<f64>) -> Option<f64> {
    let values: Vec<Option<f64>> = days.iter().map(|day| if day.is_delivered() { of(day) } else { None }).collect();
    let centre = mean(&values.iter().flatten().copied().collect::<Vec<_>>())?;
    let square = mean(&values.iter().flatten().map(|value| (value - centre) * (value - centre)).collect::<Vec<_>>())?;
    let products: Vec<f64> = values
        .windows(2)
        .filter_map(|pair| match pair {
            [Some(one), Some(next)] => Some((one - centre) * (next - centre)),
            _ => None,
        })
        .collect();
    if products.len() < PAIRS || square <= 0.0 {
        return None;
    }
    Some(mean(&products)? / square)
}

/// The verdict on a platform, by the rule that [`Verdict`] states, and why it is not better.
fn verdict((days, conversions): (u64, f64), held_out: &PartFit) -> (Verdict, Vec<Message>) {
    let mut reasons = Vec::new();
    let has_less = |(least_days, least): (u64, f64)| days < least_days || conversions < least;
    if has_less(GOOD_FROM) {
        let told = i64::try_from(days).unwrap_or(i64::MAX);
        reasons.push(Message::new("twin-little").with("days", told).with("conversions", whole(conversions)));
    }
    let mut is_far = has_less(USABLE_FROM) || held_out.days == 0;
    if held_out.days == 0 {
        reasons.push(Message::new("twin-nothing-held-out"));
    }
    for metric in JUDGED.iter().filter_map(|name| held_out.metric(name)) {
        let (Some(real), Some(mean), Some(is_inside)) = (metric.real, metric.mean, metric.is_inside) else { continue };
        let apart = if real > 0.0 && mean > 0.0 { (mean / real).max(real / mean) } else { f64::INFINITY };
        if !is_inside && apart > NEAR {
            let name = metric.metric.to_uppercase();
            reasons.push(Message::new("twin-metric-off").with("metric", name));
            is_far |= apart > FAR;
        }
    }
    for metric in JUDGED_BY_DAY.iter().filter_map(|name| held_out.metric(name)) {
        if metric.days_inside.is_some_and(|share| share < DAYS_INSIDE) {
            reasons.push(Message::new(format!("twin-days-off-{}", metric.metric)));
        }
    }
    let verdict = match (is_far, reasons.is_empty()) {
        (true, _) => Verdict::NotUsable,
        (false, true) => Verdict::Good,
        (false, false) => Verdict::Rough,
    };
    (verdict, reasons)
}

#[expect(clippy::cast_possible_truncation, reason = "a cast to a whole number saturates")]
fn whole(count: f64) -> i64 {
    libm::round(count) as i64
}
