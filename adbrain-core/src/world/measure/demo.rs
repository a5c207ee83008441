//! A made-up account to try things on: a row for each ad and day, with truths in it that can be found again.
//!
//! Spend moves by the week and brings less the more there is; videos made by customers do best, proof beats offers, and the middle ages buy
//! most. Nothing here is anybody's.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::Platform;
use crate::stats::random::Random;

/// The first day of a demonstration.
const FIRST: Date = jiff::civil::date(2026, 8, 3);
/// The longest demonstration, in days.
const LONGEST: u32 = 730;
/// Days on which the budgets of a campaign stay as they are.
const WEEK: u32 = 7;
/// What the budgets of a week are multiplied by.
const LEVELS: [f64; 5] = [0.6, 0.8, 1.0, 1.3, 1.7];
/// How far luck moves a day's prices and rates, as a standard deviation of logarithms.
const NOISE: f64 = 0.08;

/// Budget of an ordinary day, cost per thousand impressions, clicks per impression, conversions per click, value of an order.
struct Channel {
    platform: Platform,
    budget: f64,
    cpm: f64,
    ctr: f64,
    cvr: f64,
    order: f64,
}

const CHANNELS: [Channel; 4] = [
    Channel { platform: Platform::Meta, budget: 480.0, cpm: 24.0, ctr: 0.021, cvr: 0.034, order: 160.0 },
    Channel { platform: Platform::Google, budget: 360.0, cpm: 31.0, ctr: 0.034, cvr: 0.040, order: 172.0 },
    Channel { platform: Platform::TikTok, budget: 240.0, cpm: 15.0, ctr: 0.015, cvr: 0.026, order: 138.0 },
    Channel { platform: Platform::LinkedIn, budget: 160.0, cpm: 58.0, ctr: 0.010, cvr: 0.060, order: 255.0 },
];

/// A campaign: its share of the channel's budget, and its conversions per click against the channel's.
struct Group {
    name: &'static str,
    share: f64,
    bought: f64,
}

const GROUPS: [Group; 2] =
    [Group { name: "new", share: 0.65, bought: 0.85 }, Group { name: "known", share: 0.35, bought: 1.35 }];

/// An ad: its share of the campaign's budget, and its clicks and conversions against the campaign's.
struct Ad {
    kind: &'static str,
    style: &'static str,
    age: &'static str,
    share: f64,
    clicked: f64,
    bought: f64,
}

const ADS: [Ad; 4] = [
    Ad { kind: "video", style: "benefit", age: "25-34", share: 0.30, clicked: 1.10, bought: 1.10 },
    Ad { kind: "carousel", style: "offer", age: "35-44", share: 0.30, clicked: 1.00, bought: 1.05 },
    Ad { kind: "ugc", style: "proof", age: "25-34", share: 0.25, clicked: 1.30, bought: 1.25 },
    Ad { kind: "image", style: "question", age: "55-64", share: 0.15, clicked: 0.80, bought: 0.70 },
];

/// An ad on one day. Amounts are in units of one currency, in whole cents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DemoRow {
    /// The day.
    pub date: Date,
    /// The platform.
    pub platform: Platform,
    /// The campaign.
    pub campaign: String,
    /// The ad.
    pub ad: String,
    /// What the ad is made of: `video`, `carousel`, `ugc` or `image`.
    pub creative_type: String,
    /// How it speaks: `benefit`, `offer`, `proof` or `question`.
    pub copy_style: String,
    /// The ages that it is shown to.
    pub age: String,
    /// What was planned for the day.
    pub budget: f64,
    /// How often it was shown.
    pub impressions: u64,
    /// Clicks.
    pub clicks: u64,
    /// Orders.
    pub conversions: u64,
    /// What it cost.
    pub spend: f64,
    /// What the orders brought.
    pub revenue: f64,
}

/// Makes the rows of a made-up account, by day, platform, campaign and ad. The same seed gives the same rows in every language.
///
/// ```
/// use adbrain_core::measure::demo_rows;
/// let rows = demo_rows(7, 28)?;
/// assert_eq!(rows.len(), 28 * 4 * 2 * 4);
/// assert_eq!(rows, demo_rows(7, 28)?);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
///
/// # Errors
/// [`InvalidInput`](crate::ErrorKind::InvalidInput) for less than one day and for more than 730.
pub fn demo_rows(seed: u64, days: u32) -> Result<Vec<DemoRow>> {
    if days == 0 || days > LONGEST {
        return Err(Error::invalid("days", format!("is {days}")).next(format!("give a number from 1 to {LONGEST}")));
    }
    let dates = (0..days).zip(FIRST.series(jiff::Span::new().days(1)));
    Ok(dates.flat_map(|(day, date)| places().map(move |place| place.row(seed, day, date))).collect())
}

/// An ad where it stands.
struct Place {
    channel: &'static Channel,
    group: &'static Group,
    ad: &'static Ad,
    /// The campaign among all, and the ad among all.
    numbers: (u64, u64),
}

fn places() -> impl Iterator<Item = Place> {
    let groups = CHANNELS.iter().flat_map(|channel| GROUPS.iter().map(move |group| (channel, group)));
    let ads = (0..).zip(groups).flat_map(|(campaign, (channel, group))| {
        ADS.iter().map(move |ad| Place { channel, group, ad, numbers: (campaign, 0) })
    });
    (0..).zip(ads).map(|(number, place)| Place { numbers: (place.numbers.0, number), ..place })
}

impl Place {
    fn row(&self, seed: u64, day: u32, date: Date) -> DemoRow {
        let Self { channel, group, ad, numbers } = self;
        let mut luck = Random::at(seed, &[2, numbers.1, u64::from(day)]);
        let level = level(seed, numbers.0, day);
        let budget = cents(channel.budget * group.share * ad.share * level);
        let spend = cents(budget * (0.92 + 0.08 * luck.uniform()));
        // Money beyond the ordinary meets people who care less.
        let tired = 2.0 / (1.0 + level);
        let impressions = luck.poisson(spend / channel.cpm * 1000.0);
        let liked = luck.log_normal(NOISE);
        let clicks = luck.binomial(impressions, channel.ctr * ad.clicked * tired * liked);
        let buyers = channel.cvr * group.bought * ad.bought * weekday(date);
        let conversions = luck.binomial(clicks, buyers);
        let campaign = format!("{}-{}", channel.platform.as_str(), group.name);
        DemoRow {
            date,
            platform: channel.platform,
            ad: format!("{campaign}-{}", ad.kind),
            campaign,
            creative_type: ad.kind.to_owned(),
            copy_style: ad.style.to_owned(),
            age: ad.age.to_owned(),
            budget,
            impressions,
            clicks,
            conversions,
            spend,
            revenue: cents(conversions as f64 * channel.order * luck.log_normal(NOISE)),
        }
    }
}

/// What the budgets of a campaign are multiplied by in the week of a day.
fn level(seed: u64, campaign: u64, day: u32) -> f64 {
    let drawn = Random::at(seed, &[1, campaign, u64::from(day / WEEK)]).below(LEVELS.len() as u64);
    usize::try_from(drawn).ok().and_then(|place| LEVELS.get(place)).copied().unwrap_or(1.0)
}

/// People buy more towards the end of the week.
fn weekday(date: Date) -> f64 {
    let day = f64::from(date.weekday().to_monday_zero_offset());
    0.91 + 0.03 * day
}

fn cents(units: f64) -> f64 {
    libm::round(units * 100.0) / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roas<'a>(rows: impl Iterator<Item = &'a DemoRow>) -> f64 {
        let (spend, revenue) =
            rows.fold((0.0, 0.0), |(spend, revenue), row| (spend + row.spend, revenue + row.revenue));
        revenue / spend
    }

    #[test]
    fn a_seed_is_one_account_and_longer_ones_begin_alike() {
        let rows = demo_rows(3, 14).unwrap();
        assert_eq!(rows, demo_rows(3, 28).unwrap()[..rows.len()]);
        assert_ne!(rows, demo_rows(4, 14).unwrap());
        assert!(rows.iter().all(|row| row.clicks <= row.impressions && row.conversions <= row.clicks));
        assert!(rows.iter().all(|row| row.spend <= row.budget && row.spend > 0.0));
    }

    #[test]
    fn what_is_planted_is_there() {
        let rows = demo_rows(7, 84).unwrap();
        let of = |kind: &str| roas(rows.iter().filter(|row| row.creative_type == kind));
        assert!(of("ugc") > of("video") && of("video") > of("image"), "{} {} {}", of("ugc"), of("video"), of("image"));
        let whole = roas(rows.iter());
        assert!((2.0..6.0).contains(&whole), "{whole}");
    }

    #[test]
    fn the_totals_are_those_that_the_other_languages_know() {
        let rows = demo_rows(7, 28).unwrap();
        let count = |of: fn(&DemoRow) -> u64| rows.iter().map(of).sum::<u64>();
        let counts = [count(|row| row.impressions), count(|row| row.clicks), count(|row| row.conversions)];
        assert_eq!(counts, [1_568_939, 32_873, 1_257]);
        let cents = |of: fn(&DemoRow) -> f64| rows.iter().map(|row| libm::round(of(row) * 100.0)).sum::<f64>();
        assert!((cents(|row| row.spend) - 3_918_717.0).abs() < 0.5, "{}", cents(|row| row.spend));
        assert!((cents(|row| row.revenue) - 20_996_993.0).abs() < 0.5, "{}", cents(|row| row.revenue));
    }

    #[test]
    fn a_wrong_length_is_named() {
        for days in [0, 731] {
            assert!(demo_rows(7, days).unwrap_err().to_string().starts_with("days"));
        }
    }
}
