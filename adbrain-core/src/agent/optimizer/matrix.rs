//! Which combinations run: the rows of a test matrix over creatives, copy styles, audiences and platforms, and what they can tell.

use std::collections::BTreeSet;

use super::OptimizerInput;
use crate::error::{Error, Result};
use crate::experiment::matrix::{
    Combination, DesignOptions, Factor, FactorKind, Factors, MatrixReport, Mode, Traffic, design,
};
use crate::experiment::{self, Metric, Settings};
use crate::model::{
    Asset, Audience, CampaignDraft, Money, Platform, PlatformChoice, Strategy, TestCell, TestDesign, TestMatrix,
};

/// The most ads in one ad set.
pub(super) const MAX_ADS: usize = 4;
/// The smallest relative difference in CTR that a test should find: one fifth.
const MINIMUM_RELATIVE_EFFECT: f64 = 0.2;
/// The most looks at a test.
const MAX_LOOKS: usize = 60;
/// The name of a level that has none.
const UNNAMED: &str = "unknown";

const CREATIVE: &str = "creative";
const COPY: &str = "copy";
const AUDIENCE: &str = "audience";
const PLACEMENT: &str = "placement";

/// A platform with what its ads can be made of.
#[derive(Debug)]
pub(super) struct Place<'a> {
    pub(super) choice: &'a PlatformChoice,
    /// The platform's budget over the days of the flight.
    pub(super) daily: Money,
    /// The least daily budget that the platform takes, where it is known in the brief's currency.
    pub(super) least: Option<Money>,
    pub(super) audiences: Vec<&'a Audience>,
    /// Ready assets, best first.
    pub(super) assets: Vec<&'a Asset>,
    /// Copy styles, best first; one without a name where there is no copy.
    pub(super) styles: Vec<String>,
}

impl Place<'_> {
    fn platform(&self) -> Platform {
        self.choice.platform
    }

    /// Ads in one of its ad sets.
    fn ads(&self) -> usize {
        MAX_ADS.min(self.combinations())
    }

    fn combinations(&self) -> usize {
        self.assets.len() * self.styles.len()
    }
}

/// The chosen rows.
#[derive(Debug)]
pub(super) struct Chosen {
    mode: Mode,
    rows: Vec<Combination>,
    report: Option<MatrixReport>,
    /// The noise of the account's days, where the report counts with it.
    daily_deviation: Option<f64>,
}

impl Chosen {
    /// Asset and style of each ad of an ad set, best first: the first one is the control.
    pub(super) fn ads<'a>(&self, place: &'a Place<'a>, audience: &Audience) -> Vec<(&'a Asset, &'a str)> {
        let is = |row: &Combination, factor: &str, level: &str| row.get(factor).is_none_or(|own| own == level);
        let mut found = Vec::new();
        for asset in &place.assets {
            for style in &place.styles {
                let wanted = [
                    (CREATIVE, concept(asset)),
                    (COPY, level(style)),
                    (AUDIENCE, level(&audience.name)),
                    (PLACEMENT, place.platform().as_str()),
                ];
                if self.rows.iter().any(|row| wanted.iter().all(|(factor, level)| is(row, factor, level))) {
                    found.push((*asset, style.as_str()));
                }
            }
        }
        found.truncate(MAX_ADS);
        found
    }
}

/// What an asset shows, apart from the platform that it is cut for.
fn concept(asset: &Asset) -> &str {
    match asset.key.rsplit_once('/') {
        Some((concept, platform)) if platform == asset.platform.as_str() => concept,
        _ => &asset.key,
    }
}

fn level(name: &str) -> &str {
    if name.trim().is_empty() { UNNAMED } else { name }
}

/// Chooses the rows: all combinations where they are few, else rows that show every pair of levels, else, where the ad sets have no
/// room for so many, the rows that tell the effects of the levels best.
pub(super) fn rows(input: &OptimizerInput, places: &[Place<'_>]) -> Result<Chosen> {
    choose(places, traffic(input, places))
}

fn choose(places: &[Place<'_>], traffic: Traffic) -> Result<Chosen> {
    let Some(mut factors) = factors(places) else {
        return Ok(Chosen { mode: Mode::Full, rows: Vec::new(), report: None, daily_deviation: None });
    };
    let daily_deviation = traffic.daily_deviation;
    let seeded = seeded(places);
    let options = DesignOptions { rows: Some(seeded.len()), traffic: Some(traffic), ..DesignOptions::default() };
    let is_small = places.iter().all(|place| place.combinations() <= MAX_ADS);
    let matrix = if is_small {
        design(&factors, Mode::Full, &DesignOptions { rows: None, ..options })?
    } else {
        factors.seeded_rows = seeded;
        let cover = design(&factors, Mode::Cover, &options)?;
        let is_whole = cover.report.pairs.as_ref().is_none_or(|pairs| pairs.covered == pairs.possible);
        if is_whole { cover } else { design(&factors, Mode::Screen, &options)? }
    };
    Ok(Chosen { mode: matrix.mode, rows: matrix.rows, report: Some(matrix.report), daily_deviation })
}

/// What the smallest effect needs: by the account's own days and its price of impressions, where they are known in the brief's currency.
/// Else by chance alone; the price of a unit is then not known before the launch, and days and money are not read from the report.
fn traffic(input: &OptimizerInput, places: &[Place<'_>]) -> Traffic {
    let brief = &input.strategy.brief;
    let past = input.past.as_ref().filter(|past| past.cpm.currency() == brief.currency());
    let daily = past.and_then(|past| Some(least_daily(places)? / past.cpm.micros() as f64 * 1_000.0));
    Traffic {
        daily_units_per_row: daily.unwrap_or(1.0),
        cost_per_unit: Money::from_micros(1, brief.currency()),
        base_rate: brief.targets.min_ctr,
        smallest_relative_effect: MINIMUM_RELATIVE_EFFECT,
        power: 0.8,
        alpha: 0.05,
        daily_deviation: daily.and(past).map(|past| past.daily_deviation),
    }
}

/// What the ad with the least money may spend a day, in micros.
fn least_daily(places: &[Place<'_>]) -> Option<f64> {
    let of = |place: &Place<'_>| place.daily.micros() as f64 / (place.audiences.len() * place.ads()).max(1) as f64;
    places.iter().map(of).reduce(f64::min).filter(|least| *least > 0.0)
}

/// The factors that have more than one level (creatives in any case), and which levels a platform does not have.
fn factors(places: &[Place<'_>]) -> Option<Factors> {
    let own = |factor: &str, place: &Place<'_>| -> Vec<String> {
        let names: Vec<&str> = match factor {
            CREATIVE => place.assets.iter().map(|asset| concept(asset)).collect(),
            COPY => place.styles.iter().map(|style| level(style)).collect(),
            AUDIENCE => place.audiences.iter().map(|audience| level(&audience.name)).collect(),
            _ => vec![place.platform().as_str()],
        };
        names.into_iter().map(str::to_owned).collect()
    };
    let mut factors = Factors::new(Vec::new());
    let kinds = [
        (CREATIVE, FactorKind::Creative),
        (COPY, FactorKind::Copy),
        (AUDIENCE, FactorKind::Audience),
        (PLACEMENT, FactorKind::Placement),
    ];
    for (name, kind) in kinds {
        let mut levels: Vec<String> = Vec::new();
        for level in places.iter().flat_map(|place| own(name, place)) {
            if !levels.contains(&level) {
                levels.push(level);
            }
        }
        if levels.len() > 1 || (name == CREATIVE && levels.len() == 1) {
            let names: Vec<&str> = levels.iter().map(String::as_str).collect();
            factors.factors.push(Factor::new(name, kind, &names));
            for place in places.iter().filter(|_| name != PLACEMENT) {
                let has = own(name, place);
                let lacks = levels.iter().filter(|level| !has.contains(level));
                factors
                    .constraints
                    .extend(lacks.map(|level| row(&[(name, level), (PLACEMENT, place.platform().as_str())])));
            }
        }
    }
    let has_levels = |name: &str| factors.factors.iter().any(|factor| factor.name == name);
    has_levels(CREATIVE).then_some(factors)
}

fn row(levels: &[(&str, &str)]) -> Combination {
    levels.iter().map(|(factor, level)| ((*factor).to_owned(), (*level).to_owned())).collect()
}

/// As many rows for each ad set as it has ads: one for each creative, then one for each style; the rest of a row is chosen.
fn seeded(places: &[Place<'_>]) -> Vec<Combination> {
    let open = factors(places).map(|found| found.factors).unwrap_or_default();
    let mut rows: Vec<Combination> = Vec::new();
    for place in places {
        for audience in &place.audiences {
            let creatives = place.assets.iter().map(|asset| (CREATIVE, concept(asset)));
            let styles = place.styles.iter().map(|style| (COPY, level(style)));
            for chosen in creatives.chain(styles).take(place.ads()) {
                let mut levels =
                    row(&[chosen, (AUDIENCE, level(&audience.name)), (PLACEMENT, place.platform().as_str())]);
                levels.retain(|factor, _| open.iter().any(|known| known.name == *factor));
                rows.push(levels);
            }
        }
    }
    rows
}

/// What is tested: every ad is a cell; CTR decides, because it is the densest signal.
pub(super) fn tests(strategy: &Strategy, rows: &Chosen, campaigns: &[CampaignDraft]) -> Result<TestMatrix> {
    let cells = campaigns.iter().flat_map(|campaign| {
        campaign.ad_sets.iter().flat_map(move |set| {
            set.ads.iter().map(move |ad| TestCell {
                ad: ad.tag.clone(),
                creative: ad.creative.asset.clone(),
                copy_style: ad.creative.copy.first().map_or_else(String::new, |variant| variant.style.clone()),
                audience: set.name.clone(),
                platform: campaign.platform,
            })
        })
    });
    let ctr = strategy.brief.targets.min_ctr;
    let by_chance = experiment::impressions_per_cell(ctr, MINIMUM_RELATIVE_EFFECT).ok_or_else(|| {
        Error::invalid(
            "targets.min_ctr",
            format!("{ctr} leaves no room for a relative difference of {MINIMUM_RELATIVE_EFFECT}"),
        )
        .next("lower the target")
    })?;
    let cost = rows.report.as_ref().and_then(|report| report.cost.as_ref()).filter(|_| rows.daily_deviation.is_some());
    let impressions_per_cell = cost.map_or(by_chance, |cost| cost.units_per_row_cell_by_cell);
    let days = u64::try_from(strategy.brief.days()).unwrap_or(1);
    Ok(TestMatrix {
        metric: "ctr".into(),
        minimum_relative_effect: MINIMUM_RELATIVE_EFFECT,
        impressions_per_cell,
        planned_days: Some(days),
        looks: looks(days),
        margin: 0.0,
        design: summary(rows, campaigns, days)?,
        cells: cells.collect(),
    })
}

/// The days after which is looked: each from the least on, or every second, third, ... of a long flight; the last day in any case.
fn looks(days: u64) -> Vec<u64> {
    let all: Vec<u64> = (least_days()..=days).collect();
    let step = all.len().div_ceil(MAX_LOOKS).max(1);
    let mut looks: Vec<u64> = all.into_iter().rev().step_by(step).collect();
    looks.reverse();
    looks
}

/// No verdict before so many days.
pub(super) fn least_days() -> u64 {
    Settings::new(Metric::Ctr).least_units()
}

/// The report of the matrix in short; none where there is no ad.
fn summary(rows: &Chosen, campaigns: &[CampaignDraft], days: u64) -> Result<Option<TestDesign>> {
    let Some(report) = &rows.report else { return Ok(None) };
    let sets = || campaigns.iter().flat_map(|campaign| &campaign.ad_sets).filter(|set| !set.ads.is_empty());
    let length = i64::try_from(days).unwrap_or(1);
    let mut least: Option<Money> = None;
    for set in sets() {
        let budget = set.daily_budget.scale(length, i64::try_from(set.ads.len()).unwrap_or(1))?.floor_to_minor_unit();
        least = Some(least.filter(|known| known.micros() <= budget.micros()).unwrap_or(budget));
    }
    let impressions = report.cost.as_ref().and_then(|cost| cost.units_per_row);
    let per_thousand =
        |(money, needed): (Money, u64)| money.scale(1_000, i64::try_from(needed.max(1)).unwrap_or(i64::MAX));
    let mixed: BTreeSet<&str> =
        report.effects.iter().filter(|found| !found.is_estimable).map(|found| found.factor.as_str()).collect();
    let estimable = report.effects.iter().map(|found| found.factor.as_str()).filter(|name| !mixed.contains(name));
    Ok(Some(TestDesign {
        mode: match rows.mode {
            Mode::Cover => "cover",
            Mode::Screen => "screen",
            Mode::Full => "full",
        }
        .to_owned(),
        rows: sets().map(|set| set.ads.len() as u64).sum(),
        share_of_full: report.share_of_full,
        share_of_pairs: report.pairs.as_ref().map(|pairs| pairs.share),
        estimable: estimable.map(str::to_owned).collect(),
        mixed: mixed.into_iter().map(str::to_owned).collect(),
        impressions_per_row: impressions,
        budget_per_row: least,
        daily_deviation: rows.daily_deviation,
        days_needed: report.cost.as_ref().and_then(|cost| cost.days).filter(|_| rows.daily_deviation.is_some()),
        highest_cpm: least.zip(impressions).map(per_thousand).transpose()?.map(Money::floor_to_minor_unit),
    }))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::model::Currency;

    const GOAL: Traffic = Traffic {
        daily_units_per_row: 1.0,
        cost_per_unit: Money::from_micros(1, Currency::BRL),
        base_rate: 0.02,
        smallest_relative_effect: 0.2,
        power: 0.8,
        alpha: 0.05,
        daily_deviation: None,
    };

    fn choice(platform: &str) -> PlatformChoice {
        let expected =
            json!({"value": 3.0, "low": 2.0, "high": 4.0, "level": 0.9, "method": "prior", "sample_size": 9});
        let money = json!({"amount": "900.00", "currency": "BRL"});
        serde_json::from_value(json!({"platform": platform, "budget": money, "expected_roas": expected})).unwrap()
    }

    fn assets(platform: &str, concepts: &[&str]) -> Vec<Asset> {
        let asset = |concept: &&str| {
            let content = json!({"type": "carousel", "cards": []});
            let key = format!("{concept}/{platform}");
            serde_json::from_value(json!({"key": key, "format": "carousel", "platform": platform, "content": content,
                "files": [], "missing": [], "losses": []}))
            .unwrap()
        };
        concepts.iter().map(asset).collect()
    }

    fn audiences(names: &[&str]) -> Vec<Audience> {
        names.iter().map(|name| serde_json::from_value(json!({"name": name, "countries": ["BR"]})).unwrap()).collect()
    }

    /// Designs for two platforms, of which the second lacks the last concept and the last style; ads by platform and audience.
    fn chosen(
        concepts: &[&str],
        styles: &[&str],
        names: &[&str],
    ) -> (Chosen, BTreeMap<(Platform, String), Vec<String>>) {
        chosen_for((concepts, styles, names), GOAL)
    }

    fn chosen_with(
        concepts: &[&str],
        styles: &[&str],
        traffic: Traffic,
    ) -> (Chosen, BTreeMap<(Platform, String), Vec<String>>) {
        chosen_for((concepts, styles, &["women"]), traffic)
    }

    fn chosen_for(
        (concepts, styles, names): (&[&str], &[&str], &[&str]),
        traffic: Traffic,
    ) -> (Chosen, BTreeMap<(Platform, String), Vec<String>>) {
        let choices = [choice("meta"), choice("google")];
        let made = [assets("meta", concepts), assets("google", concepts.split_last().unwrap().1)];
        let audiences = audiences(names);
        let places = choices.iter().zip(&made).enumerate().map(|(at, (choice, assets))| Place {
            choice,
            daily: choice.budget,
            least: None,
            audiences: audiences.iter().collect(),
            assets: assets.iter().collect(),
            styles: styles.iter().take(styles.len() - at).map(|style| (*style).to_owned()).collect(),
        });
        let places: Vec<Place<'_>> = places.collect();
        let rows = choose(&places, traffic).unwrap();
        let mut ads = BTreeMap::new();
        for place in &places {
            for audience in &audiences {
                let own = rows.ads(place, audience);
                let names = own.iter().map(|(asset, style)| format!("{} {style}", asset.key)).collect();
                ads.insert((place.platform(), audience.name.clone()), names);
            }
        }
        (rows, ads)
    }

    #[test]
    fn few_combinations_all_run() {
        let (rows, ads) = chosen(&["video", "story"], &["price", "trust"], &["women"]);
        assert_eq!(rows.mode, Mode::Full);
        let counts: Vec<usize> = ads.values().map(Vec::len).collect();
        assert_eq!(counts.iter().sum::<usize>(), 5, "{ads:?}");
    }

    #[test]
    fn many_combinations_run_as_far_as_the_ad_sets_have_room() {
        let concepts = ["video", "carousel", "story", "ugc"];
        let (rows, ads) = chosen(&concepts, &["price", "trust", "urgent"], &["women", "men", "all"]);
        assert_ne!(rows.mode, Mode::Full);
        assert_eq!(ads.len(), 6);
        for ((platform, audience), ads) in &ads {
            assert!((2..=MAX_ADS).contains(&ads.len()), "{platform} {audience}: {ads:?}");
            assert!(
                *platform != Platform::Google || ads.iter().all(|ad| !ad.contains("ugc") && !ad.contains("urgent"))
            );
        }
        let report = rows.report.unwrap();
        assert!(report.effects.iter().all(|factor| factor.is_estimable), "{report:?}");
    }

    #[test]
    fn days_that_move_by_themselves_need_more_impressions_and_say_how_many_days() {
        let (rows, _) = chosen_with(
            &["video", "story"],
            &["price", "trust"],
            Traffic { daily_deviation: Some(0.3), daily_units_per_row: 5_000.0, ..GOAL },
        );
        let noisy = rows.report.unwrap().cost.unwrap();
        let (rows, _) =
            chosen_with(&["video", "story"], &["price", "trust"], Traffic { daily_units_per_row: 5_000.0, ..GOAL });
        let calm = rows.report.unwrap().cost.unwrap();
        assert!(noisy.days.unwrap() > 2 * calm.days.unwrap(), "{noisy:?} {calm:?}");
        assert!(noisy.units_per_row_cell_by_cell > 2 * calm.units_per_row_cell_by_cell);
    }

    #[test]
    fn the_looks_end_with_the_flight() {
        assert_eq!(looks(13), Vec::<u64>::new());
        assert_eq!(looks(28), (14..=28).collect::<Vec<_>>());
        let long = looks(365);
        assert_eq!((long.len() <= MAX_LOOKS, long.last()), (true, Some(&365)));
    }
}
