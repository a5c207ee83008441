//! Learning a world: from the built-in one, step by step, to one in which the account does what it did.

use std::collections::BTreeMap;

use super::days::Counts;
use super::levels::{Levels, Rate, by_days, by_events, factors};
use super::noise::{self, Competition, Residuals, Unknown};
use super::replay::{Days, Stage};
use super::told::{self, Kept, Learnt};
use crate::error::Result;
use crate::market::{Learnable, PlatformLevels, Spreads, World};
use crate::model::{Message, Platform};

/// Seeds of the calm market that levels are taken against; their luck is that of counting alone.
const CALM_SEEDS: [u64; 4] = [1, 2, 3, 4];
/// How often levels are taken, before and after the noise is known: they hang on each other by the quality that lowers prices.
const ROUNDS: usize = 3;
/// How far the prices of campaigns lie from each other, as a variance of the logarithm, before the history says more.
const PRICE_DISPERSION: f64 = 0.04;
/// No rate of the market is higher.
const HIGHEST_RATE: f64 = 0.5;
/// Ads that the world's spread between ads weighs as much as.
const ADS_WEIGHT: f64 = 10.0;
/// Clicks from which on an ad says something of that spread.
const CLICKS_OF_AD: f64 = 10.0;
/// The least deviation between audiences, assets or ads.
const LEAST_SPREAD: f64 = 0.05;
/// The most ads of a campaign of a trial.
const MOST_ADS: f64 = 10.0;

/// What was learnt.
pub(super) struct Lesson {
    pub(super) learnable: Learnable,
    pub(super) levels: [Levels; 3],
    pub(super) learnt: Vec<Learnt>,
    pub(super) kept: Vec<Kept>,
    /// Ads of a campaign.
    pub(super) ads: u32,
}

/// Learns from the days that are not held out.
pub(super) fn learn(base: &World, stage: &Stage<'_>) -> Result<Lesson> {
    let ads = ads_of_campaign(stage);
    let mut pupil = Pupil::new(base, stage, f64::from(ads));
    for _ in 0..ROUNDS {
        pupil.calibrate()?;
    }
    pupil.move_about()?;
    for _ in 1..ROUNDS {
        pupil.calibrate()?;
    }
    pupil.orders();
    pupil.spread(f64::from(ads));
    Ok(pupil.lesson(ads))
}

struct Pupil<'a> {
    base: &'a World,
    usual: Learnable,
    stage: &'a Stage<'a>,
    learnable: Learnable,
    levels: [Levels; 3],
    competition: Competition,
    learnt: Vec<Learnt>,
    kept: Vec<Kept>,
}

impl<'a> Pupil<'a> {
    fn new(base: &'a World, stage: &'a Stage<'a>, ads: f64) -> Self {
        let usual = base.learnable();
        let spreads = usual.spreads;
        let audience = spreads.audience * spreads.audience;
        let dispersions = |rate| match rate {
            Rate::Price => PRICE_DISPERSION,
            Rate::Click => audience + between_ads(&spreads) / ads,
            Rate::Conversion => audience + spreads.conversion * spreads.conversion / ads,
        };
        let levels = Rate::ALL.map(|rate| Levels::usual(stage.account, rate, dispersions(rate)));
        let competition = Competition { memory: usual.competition_memory, sd: usual.competition_sd, days: 0, pairs: 0 };
        let (learnt, kept) = (Vec::new(), told::always_kept());
        Self { base, learnable: usual.clone(), usual, stage, levels, competition, learnt, kept }
    }

    /// What the campaigns do in a calm market with what is learnt so far, on average.
    fn simulate(&self) -> Result<Days> {
        let world = self.base.learning(&self.learnable).calm();
        let factors = factors(&self.levels, self.stage.account);
        let mut sum: Option<Days> = None;
        for seed in CALM_SEEDS {
            let days = self.stage.play(&world, &factors, seed)?;
            match &mut sum {
                None => sum = Some(days),
                Some(sum) => {
                    let both = sum.iter_mut().flatten().zip(days.iter().flatten());
                    both.for_each(|(sum, day)| sum.add(day));
                }
            }
        }
        Ok(sum.unwrap_or_default())
    }

    /// Moves all levels to where the account is.
    fn calibrate(&mut self) -> Result<()> {
        let simulated = self.simulate()?;
        let weather = self.competition.weather();
        let about = (weather, CALM_SEEDS.len() as f64);
        self.levels.iter_mut().for_each(|levels| levels.learn(self.stage.account, &simulated, about));
        let [price, click, conversion] = &self.levels;
        for (name, usual) in &self.usual.platforms {
            let times = |levels: &Levels| libm::exp(levels.of(*name).value);
            if let Some(own) = self.learnable.platforms.get_mut(name) {
                own.cpm_usd = usual.cpm_usd * times(price);
                own.ctr = (usual.ctr * times(click)).min(HIGHEST_RATE);
                own.cvr = (usual.cvr * times(conversion)).min(HIGHEST_RATE);
            }
        }
        Ok(())
    }

    /// Weekdays, competition, the price of spending more, the drift of conversion rates.
    fn move_about(&mut self) -> Result<()> {
        let (account, simulated) = (self.stage.account, self.simulate()?);
        let residuals = Residuals::of(account, &simulated);
        let days = account.split as u64;
        let residuals = match noise::weekdays(&residuals, account.first) {
            None => {
                self.keep("rhythm.price_by_weekday", Message::new("twin-kept-weekdays"));
                residuals
            }
            Some(factors) => {
                let own = self.usual.price_by_weekday.iter().zip(&factors);
                self.learnable.price_by_weekday = own.map(|(usual, factor)| usual * factor).collect();
                for (day, (usual, own)) in
                    self.usual.price_by_weekday.iter().zip(&self.learnable.price_by_weekday).enumerate()
                {
                    let field = format!("rhythm.price_by_weekday.{}", day + 1);
                    self.learnt.push(Learnt::of(&field, [*usual, *own], ("days", days)));
                }
                residuals.without(account.first, &factors)
            }
        };
        self.competition = noise::competition(&residuals, self.competition);
        self.learnable.competition_memory = self.competition.memory;
        self.learnable.competition_sd = self.competition.sd;
        self.exponent(&simulated);
        match noise::drift(account, self.usual.conversion_drift_sd) {
            None => self.keep("creative.conversion_drift_sd", Message::new("twin-kept-drift")),
            Some((sd, pairs)) => {
                self.learnable.conversion_drift_sd = sd;
                let both = [self.usual.conversion_drift_sd, sd];
                self.learnt.push(Learnt::of("creative.conversion_drift_sd", both, ("weeks", pairs as u64)));
            }
        }
        Ok(())
    }

    fn exponent(&mut self, simulated: &Days) {
        let about = (self.usual.spend_exponent, self.base.pacing_deviation(), self.competition);
        match noise::exponent(self.stage.account, simulated, about) {
            Ok((own, days)) => {
                self.learnable.spend_exponent = own;
                let both = [self.usual.spend_exponent, own];
                self.learnt.push(Learnt::of("auction.spend_exponent", both, ("days", days as u64)));
            }
            Err(why) => {
                let reason = match why {
                    Unknown::TooFewDays => "twin-kept-exponent-days",
                    Unknown::SpendHardlyMoves => "twin-kept-exponent-spend",
                    Unknown::TooNoisy => "twin-kept-exponent-noise",
                };
                self.keep("auction.spend_exponent", Message::new(reason));
            }
        }
    }

    /// What orders are worth: their spread, and their median on each platform.
    fn orders(&mut self) {
        let account = self.stage.account;
        let Some((sd, days)) = noise::order_spread(account, self.usual.order_sd) else {
            self.keep("order", Message::new("twin-kept-orders"));
            return;
        };
        self.learnable.order_sd = sd;
        self.learnt.push(Learnt::of("order.sd", [self.usual.order_sd, sd], ("days", days as u64)));
        let (mut sum, mut weights) = (0.0, 0.0);
        for platform in account.platforms() {
            let orders = orders_of(self.stage, platform);
            let Some(usual) = self.usual.platforms.get(&platform).filter(|_| orders.revenue > 0.0) else {
                self.keep(&format!("platform.{platform}.order_value_usd"), Message::new("twin-kept-orders"));
                continue;
            };
            let median = orders.revenue / orders.conversions / self.stage.units_per_usd / libm::exp(sd * sd / 2.0);
            let trust =
                by_days(account.days_of(platform) as f64) * by_events(orders.conversions / libm::expm1(sd * sd));
            let value = usual.order_value_usd * libm::pow(median / usual.order_value_usd, trust);
            let learnt = Learnt::of(
                &format!("platform.{platform}.order_value_usd"),
                [usual.order_value_usd, value],
                ("conversions", whole(orders.conversions)),
            );
            self.learnt.push(learnt.trusted(trust));
            if let Some(own) = self.learnable.platforms.get_mut(&platform) {
                own.order_value_usd = value;
            }
            sum += orders.conversions * libm::log(value);
            weights += orders.conversions;
        }
        if weights > 0.0 {
            self.learnable.order_value_usd = libm::exp(sum / weights);
        }
    }

    /// The spreads of creatives and audiences: ads of a campaign tell that of ads, campaigns of a platform that of audiences.
    fn spread(&mut self, ads: f64) {
        let usual = self.usual.spreads;
        let groups: Vec<&[Counts]> = self.stage.account.campaigns.iter().map(|known| known.ads.as_slice()).collect();
        let (between, seen) = spread_of_ads(&groups, between_ads(&usual));
        let by = libm::sqrt(between / between_ads(&usual));
        let [_, click, conversion] = &self.levels;
        let audience = (click.dispersion - between / ads).max(LEAST_SPREAD * LEAST_SPREAD);
        let own = ((conversion.dispersion - audience) * ads).max(LEAST_SPREAD * LEAST_SPREAD);
        let (sightings, conversions) = (click.seen as u64, conversion.seen as u64);
        let spreads = Spreads {
            asset: (usual.asset * by).min(1.0),
            style: (usual.style * by).min(1.0),
            ad: (usual.ad * by).min(1.0),
            audience: libm::sqrt(audience).min(1.0),
            conversion: libm::sqrt(own).min(1.0),
        };
        let told = [
            ("asset_sd", usual.asset, spreads.asset, ("ads", seen)),
            ("style_sd", usual.style, spreads.style, ("ads", seen)),
            ("ad_sd", usual.ad, spreads.ad, ("ads", seen)),
            ("audience_sd", usual.audience, spreads.audience, ("campaigns", sightings)),
            ("conversion_sd", usual.conversion, spreads.conversion, ("campaigns", conversions)),
        ];
        for (name, usual, own, (of, count)) in told {
            let field = format!("creative.{name}");
            match count {
                0 => self.keep(&field, Message::new(format!("twin-kept-{of}"))),
                _ => self.learnt.push(Learnt::of(&field, [usual, own], (of, count))),
            }
        }
        self.learnable.spreads = spreads;
    }

    fn keep(&mut self, field: &str, reason: Message) {
        self.kept.push(Kept { field: field.to_owned(), reason });
    }

    fn lesson(mut self, ads: u32) -> Lesson {
        let mut learnt = Vec::new();
        for (name, usual) in &self.usual.platforms {
            let Some(own) =
                self.learnable.platforms.get(name).filter(|_| self.stage.account.platforms().contains(name))
            else {
                self.kept.push(Kept {
                    field: format!("platform.{name}"),
                    reason: Message::new("twin-kept-no-rows").with("platform", name.to_string()),
                });
                continue;
            };
            learnt.extend(self.of_platform(*name, usual, own));
        }
        let competition = self.competition;
        let days = ("days", competition.days as u64);
        learnt.push(Learnt::of("auction.competition_sd", [self.usual.competition_sd, competition.sd], days));
        let both = [self.usual.competition_memory, competition.memory];
        if libm::fabs(competition.memory - self.usual.competition_memory) > 0.0 {
            learnt.push(Learnt::of("auction.competition_memory", both, ("days", competition.pairs as u64)));
        } else {
            self.keep("auction.competition_memory", Message::new("twin-kept-memory"));
        }
        learnt.append(&mut self.learnt);
        Lesson { learnable: self.learnable, levels: self.levels, learnt, kept: self.kept, ads }
    }

    fn of_platform(&self, name: Platform, usual: &PlatformLevels, own: &PlatformLevels) -> Vec<Learnt> {
        let days = self.stage.account.days_of(name) as u64;
        let [price, click, conversion] = self.levels.each_ref().map(|levels| levels.of(name).trust);
        let rows = [
            ("cpm_usd", [usual.cpm_usd, own.cpm_usd], price),
            ("ctr", [usual.ctr, own.ctr], click),
            ("cvr", [usual.cvr, own.cvr], conversion),
        ];
        let row =
            |(field, both, trust)| Learnt::of(&format!("platform.{name}.{field}"), both, ("days", days)).trusted(trust);
        rows.into_iter().map(row).collect()
    }
}

fn between_ads(spreads: &Spreads) -> f64 {
    spreads.asset * spreads.asset + spreads.style * spreads.style + spreads.ad * spreads.ad
}

/// The variance of the logarithm of click rates between the ads of a campaign, less that of counting, with the usual one counted in as some
/// ads; and over how many ads it was taken.
pub(super) fn spread_of_ads(groups: &[&[Counts]], usual: f64) -> (f64, u64) {
    let (mut squares, mut expected, mut degrees, mut seen) = (0.0, 0.0, 0.0, 0);
    for ads in groups {
        let known: Vec<(f64, f64)> = ads
            .iter()
            .filter(|ad| ad.clicks >= CLICKS_OF_AD && ad.impressions > 0.0)
            .map(|ad| (libm::log(ad.clicks / ad.impressions), 1.0 / ad.clicks))
            .collect();
        let count = known.len() as f64;
        if known.len() < 2 {
            continue;
        }
        let mean = known.iter().map(|(rate, _)| rate).sum::<f64>() / count;
        squares += known.iter().map(|(rate, _)| (rate - mean) * (rate - mean)).sum::<f64>();
        expected += known.iter().map(|(_, counting)| counting).sum::<f64>() * (1.0 - 1.0 / count);
        degrees += count - 1.0;
        seen += known.len() as u64;
    }
    let found = (ADS_WEIGHT * usual + squares - expected) / (ADS_WEIGHT + degrees);
    (found.max(LEAST_SPREAD * LEAST_SPREAD), seen)
}

/// The usual number of ads of a campaign: the harmonic mean, rounded.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 10")]
fn ads_of_campaign(stage: &Stage<'_>) -> u32 {
    let counts: Vec<f64> =
        stage.account.campaigns.iter().map(|known| known.ads.len() as f64).filter(|count| *count > 0.0).collect();
    let inverse = counts.iter().map(|count| 1.0 / count).sum::<f64>() / (counts.len() as f64).max(1.0);
    if inverse > 0.0 { libm::round(1.0 / inverse).clamp(1.0, MOST_ADS) as u32 } else { 1 }
}

/// The orders of a platform's campaigns.
fn orders_of(stage: &Stage<'_>, platform: Platform) -> Counts {
    let own = stage.account.campaigns.iter().filter(|known| known.platform == platform);
    Counts::sum(own.flat_map(|known| noise::orders(stage.account, known)))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast to a whole number saturates")]
fn whole(count: f64) -> u64 {
    libm::round(count) as u64
}

/// The mean daily spend of the account, over all days of the calendar from which is learnt, and how many campaigns each platform has.
pub(super) fn size(stage: &Stage<'_>) -> (f64, BTreeMap<Platform, u32>) {
    let account = stage.account;
    let spend: f64 = account.campaigns.iter().map(|known| account.learnt_from(&known.days).spend).sum();
    let mut campaigns = BTreeMap::new();
    for known in &account.campaigns {
        *campaigns.entry(known.platform).or_insert(0) += 1;
    }
    (spend / (account.split as f64).max(1.0), campaigns)
}
