//! Learns best practices and winning combinations from past results.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::{BestPractice, History, HistoryRow, Metrics, WinningCombination};
use crate::stats::two_sample::Summary;

/// The word for what the history does not say.
const UNKNOWN: &str = "unknown";

/// What usually worked, by group: `all`, `platform:meta`, `age:30-34`, `gender:female`, `interest:16`, `audience:30-34 female`.
///
/// A unit is an ad (all its rows together) with money spent. ROAS is the sum of revenue over the sum of spend, so weighted by
/// spend; its variance is that between the units' own ROAS. `ctr` and `cpa` (in units of the history's currency) are ratios of sums
/// too, left out where they are over nothing. Sorted by type.
pub fn best_practices(history: &History, industry: &str, as_of: Timestamp) -> Vec<BestPractice> {
    let mut groups: BTreeMap<String, BTreeMap<Unit<'_>, Metrics>> = BTreeMap::new();
    for row in history.rows.iter().filter(|row| row.metrics.spend.is_positive()) {
        for group in groups_of(row) {
            add(groups.entry(group).or_default(), unit_of(row), &row.metrics);
        }
    }
    groups.into_iter().map(|(group, units)| practice(&group, &units, industry, as_of)).collect()
}

/// A rate of metrics, `None` over nothing.
type Rate = fn(&Metrics) -> Option<f64>;

/// An ad by platform, campaign and name.
type Unit<'a> = (&'a str, &'a str, &'a str);

fn unit_of(row: &HistoryRow) -> Unit<'_> {
    (row.platform.as_str(), &row.campaign, &row.ad)
}

/// Adds a row to its key; a row in another currency than the first cannot be added and is left out.
fn add<K: Ord>(sums: &mut BTreeMap<K, Metrics>, key: K, metrics: &Metrics) {
    let sum = sums.entry(key).or_insert_with(|| Metrics::none(metrics.spend.currency()));
    if let Ok(merged) = sum.merge(metrics) {
        *sum = merged;
    }
}

fn groups_of(row: &HistoryRow) -> Vec<String> {
    let age = row.ages.map(|ages| ages.to_string());
    let gender = row.gender.map(crate::model::Gender::as_str);
    let mut groups = vec!["all".to_owned(), format!("platform:{}", row.platform)];
    groups.extend(age.as_ref().map(|age| format!("age:{age}")));
    groups.extend(gender.map(|gender| format!("gender:{gender}")));
    groups.extend(row.interest.as_ref().map(|interest| format!("interest:{interest}")));
    groups.extend(age.zip(gender).map(|(age, gender)| format!("audience:{age} {gender}")));
    groups
}

fn practice(group: &str, units: &BTreeMap<Unit<'_>, Metrics>, industry: &str, as_of: Timestamp) -> BestPractice {
    let mut total: BTreeMap<(), Metrics> = BTreeMap::new();
    for metrics in units.values() {
        add(&mut total, (), metrics);
    }
    let roas = units.values().filter_map(Metrics::roas).fold(Summary::default(), Summary::with);
    let rates: [(&str, Rate); 3] = [("roas", Metrics::roas), ("ctr", Metrics::ctr), ("cpa", Metrics::cpa)];
    let average_performance: BTreeMap<String, f64> = rates
        .into_iter()
        .filter_map(|(name, rate)| total.get(&()).and_then(rate).map(|value| (name.to_owned(), value)))
        .collect();
    let shown = average_performance.get("roas").copied().unwrap_or_default();
    BestPractice {
        industry: industry.to_owned(),
        practice_type: group.to_owned(),
        description: format!("{group}: ROAS {shown:.2}, {} ads", units.len()),
        average_performance,
        roas_variance: roas.variance().unwrap_or_default(),
        sample_size: units.len() as u64,
        last_updated: as_of,
    }
}

/// What was used together and how often it cleared `min_roas`.
///
/// A combination is creative type, copy style and segment (`30-34 female interest 16`); a use is an ad with money spent; a use
/// succeeds where its ROAS is at least `min_roas`. Means are over uses. Sorted by success rate ([`WinningCombination::success_rate`],
/// which one lucky use does not lift to the top), then mean ROAS, then name.
pub fn winning_combinations(history: &History, min_roas: f64) -> Vec<WinningCombination> {
    let mut uses: BTreeMap<([String; 3], Unit<'_>), Metrics> = BTreeMap::new();
    for row in history.rows.iter().filter(|row| row.metrics.spend.is_positive()) {
        add(&mut uses, (combination_of(row), unit_of(row)), &row.metrics);
    }
    let mut combinations: BTreeMap<[String; 3], Vec<Metrics>> = BTreeMap::new();
    for ((combination, _), metrics) in uses {
        combinations.entry(combination).or_default().push(metrics);
    }
    let mut found: Vec<_> =
        combinations.into_iter().map(|(names, uses)| winning_combination(names, &uses, min_roas)).collect();
    found.sort_by(|a, b| {
        b.success_rate().total_cmp(&a.success_rate()).then_with(|| b.average_roas.total_cmp(&a.average_roas))
    });
    found
}

fn combination_of(row: &HistoryRow) -> [String; 3] {
    let name = |value: &Option<String>| value.clone().unwrap_or_else(|| UNKNOWN.to_owned());
    let parts = [
        row.ages.map(|ages| ages.to_string()),
        row.gender.map(|gender| gender.as_str().to_owned()),
        row.interest.as_ref().map(|interest| format!("interest {interest}")),
    ];
    let segment: Vec<_> = parts.into_iter().flatten().collect();
    let segment = if segment.is_empty() { UNKNOWN.to_owned() } else { segment.join(" ") };
    [name(&row.creative_type), name(&row.copy_style), segment]
}

fn winning_combination(names: [String; 3], uses: &[Metrics], min_roas: f64) -> WinningCombination {
    let [creative_type, copy_style, audience_segment] = names;
    let mean =
        |rate: fn(&Metrics) -> Option<f64>| uses.iter().filter_map(rate).fold(Summary::default(), Summary::with).mean;
    let succeeded = uses.iter().filter_map(Metrics::roas).filter(|roas| *roas >= min_roas).count();
    WinningCombination {
        creative_type,
        copy_style,
        audience_segment,
        average_roas: mean(Metrics::roas),
        average_ctr: mean(Metrics::ctr),
        times_used: uses.len() as u64,
        times_succeeded: succeeded as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AgeRange, ContentHash, Currency, Gender, Money, Platform};

    fn row(ad: &str, interest: &str, units: (i64, i64)) -> HistoryRow {
        let money = |units| Money::from_micros(units * 1_000_000, Currency::USD);
        let metrics =
            Metrics { impressions: 1000, clicks: 10, conversions: 1, spend: money(units.0), revenue: money(units.1) };
        HistoryRow {
            line: 2,
            platform: Platform::Meta,
            campaign: "916".into(),
            ad: ad.into(),
            date: None,
            ages: Some(AgeRange { min: 30, max: 34 }),
            gender: Some(Gender::Female),
            interest: Some(interest.into()),
            creative_type: None,
            copy_style: None,
            metrics,
        }
    }

    fn history(rows: Vec<HistoryRow>) -> History {
        History { hash: ContentHash::of(b""), currency: Currency::USD, mapping: "test".into(), rows, problems: vec![] }
    }

    #[test]
    fn roas_is_weighted_by_spend_and_days_of_one_ad_are_one_unit() {
        let rows =
            vec![row("a", "16", (10, 20)), row("a", "16", (10, 20)), row("b", "16", (20, 120)), row("c", "16", (0, 0))];
        let practices = best_practices(&history(rows), "fashion", Timestamp::UNIX_EPOCH);
        let types: Vec<_> = practices.iter().map(|practice| practice.practice_type.as_str()).collect();
        assert_eq!(
            types,
            ["age:30-34", "all", "audience:30-34 female", "gender:female", "interest:16", "platform:meta"]
        );
        let all = &practices[1];
        assert_eq!((all.sample_size, all.average_performance["roas"].to_bits()), (2, 4.0_f64.to_bits()));
        assert!((all.roas_variance - 8.0).abs() < 1e-12, "ROAS 2 and 6");
    }

    #[test]
    fn one_lucky_use_does_not_beat_many_good_ones() {
        let mut rows: Vec<_> = (0..9).map(|ad| row(&format!("g{ad}"), "16", (10, 30))).collect();
        rows.push(row("lucky", "20", (1, 90)));
        rows.push(row("weak", "10", (10, 1)));
        let found = winning_combinations(&history(rows), 2.0);
        let order: Vec<_> = found.iter().map(|one| (one.audience_segment.as_str(), one.times_succeeded)).collect();
        assert_eq!(
            order,
            [("30-34 female interest 16", 9), ("30-34 female interest 20", 1), ("30-34 female interest 10", 0)]
        );
    }
}
