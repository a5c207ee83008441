//! Groups past results by age and gender, weighted by clicks, with a floor that protects people.

use std::collections::BTreeMap;

use super::sensitive::sensitive;
use super::summary::{OnlineHours, Persona};
use crate::model::{Currency, History, HistoryRow, Message, Metrics};
use crate::predict::learn::age_text;
use crate::stats::ratio::ratio_of_sums;

/// A group of fewer people is never described on its own.
const MIN_PEOPLE: u64 = 50;
/// An interest with fewer clicks inside a group is not shown (the same floor as analytics products apply to small cells).
const MIN_INTEREST_CLICKS: u64 = 10;
/// So many interests are shown.
const INTERESTS: usize = 5;
/// The level of the interval of ROAS.
const LEVEL: f64 = 0.9;
/// The word for what the history does not say.
const UNKNOWN: &str = "unknown";
/// The group of all people whose own group is too small or not described by the history.
const OTHER: &str = "other";

/// The personas behind past results: one per age range and gender with at least 50 clicks, largest first, then by id.
///
/// Clicks stand for people, as histories hold no users. Rows of smaller groups, and rows that say neither age nor gender, are folded
/// into one group `other`; it is left out where it has fewer than 50 clicks itself. Interests are ranked by lift: the share of clicks in
/// the group over the share in all; sensitive ones are left out. ROAS is the ratio of sums over ads with spend, with a 90 % interval by the delta method.
pub fn personas(history: &History) -> Vec<Persona> {
    let everyone: Vec<&HistoryRow> = history.rows.iter().collect();
    let mut groups: BTreeMap<String, Vec<&HistoryRow>> = BTreeMap::new();
    for row in &history.rows {
        groups.entry(group_of(row)).or_default().push(row);
    }
    let (small, mut kept): (BTreeMap<_, _>, BTreeMap<_, _>) =
        groups.into_iter().partition(|(id, rows)| id == OTHER || clicks(rows) < MIN_PEOPLE);
    let other: Vec<_> = small.into_values().flatten().collect();
    if clicks(&other) >= MIN_PEOPLE {
        kept.insert(OTHER.to_owned(), other);
    }
    let mut personas: Vec<_> =
        kept.iter().filter_map(|(id, rows)| persona(id, rows, &everyone, history.currency)).collect();
    personas.sort_by(|a, b| b.people.cmp(&a.people).then_with(|| a.id.cmp(&b.id)));
    personas
}

fn age_of(row: &HistoryRow) -> String {
    row.ages.map_or_else(|| UNKNOWN.to_owned(), age_text)
}

fn gender_of(row: &HistoryRow) -> String {
    row.gender.map_or(UNKNOWN, crate::model::Gender::as_str).to_owned()
}

fn group_of(row: &HistoryRow) -> String {
    if row.ages.is_none() && row.gender.is_none() {
        return OTHER.to_owned();
    }
    format!("{}/{}", age_of(row), gender_of(row))
}

fn clicks(rows: &[&HistoryRow]) -> u64 {
    rows.iter().map(|row| row.metrics.clicks).sum()
}

/// `None` where the amounts cannot be added up, which mixed currencies or an overflow do.
fn persona(id: &str, rows: &[&HistoryRow], everyone: &[&HistoryRow], currency: Currency) -> Option<Persona> {
    let metrics = Metrics::total(rows.iter().map(|row| &row.metrics), currency).ok()?;
    Some(Persona {
        id: id.to_owned(),
        name: name(id),
        people: clicks(rows),
        share: clicks(rows) as f64 / clicks(everyone).max(1) as f64,
        ages: shares(rows, age_of),
        genders: shares(rows, gender_of),
        places: BTreeMap::new(),
        interests: lifts(rows, everyone),
        content: BTreeMap::new(),
        online: OnlineHours::default(),
        triggers: Vec::new(),
        buying: None,
        value: None,
        metrics: Some(metrics),
        roas: roas(rows),
        stability: None,
    })
}

/// The parts of a group's name: gender and ages, as far as they are known.
fn name(id: &str) -> Vec<Message> {
    let Some((ages, gender)) = id.split_once('/') else { return vec![Message::new("persona-others")] };
    let gender = (gender != UNKNOWN).then(|| Message::new(format!("persona-{gender}")));
    let ages = (ages != UNKNOWN).then(|| Message::new("persona-ages").with("value", ages));
    gender.into_iter().chain(ages).collect()
}

/// Clicks by a key; rows without clicks do not count.
fn counts(rows: &[&HistoryRow], key: impl Fn(&HistoryRow) -> Option<String>) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for (row, key) in rows.iter().filter(|row| row.metrics.clicks > 0).filter_map(|row| key(row).map(|key| (row, key)))
    {
        *counts.entry(key).or_insert(0) += row.metrics.clicks;
    }
    counts
}

fn shares(rows: &[&HistoryRow], key: impl Fn(&HistoryRow) -> String) -> BTreeMap<String, f64> {
    let counts = counts(rows, |row| Some(key(row)));
    let total = counts.values().sum::<u64>() as f64;
    counts.into_iter().map(|(key, count)| (key, count as f64 / total)).collect()
}

/// The strongest interests by lift.
fn lifts(rows: &[&HistoryRow], everyone: &[&HistoryRow]) -> BTreeMap<String, f64> {
    let interest = |row: &HistoryRow| row.interest.clone().filter(|interest| sensitive(interest).is_none());
    let (inside, overall) = (counts(rows, interest), counts(everyone, interest));
    let totals = (inside.values().sum::<u64>() as f64, overall.values().sum::<u64>() as f64);
    let mut lifts: Vec<(String, f64)> = inside
        .into_iter()
        .filter(|(_, count)| *count >= MIN_INTEREST_CLICKS)
        .filter_map(|(name, count)| {
            let base = *overall.get(&name)? as f64 / totals.1;
            Some((name, count as f64 / totals.0 / base))
        })
        .collect();
    lifts.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    lifts.into_iter().take(INTERESTS).collect()
}

fn roas(rows: &[&HistoryRow]) -> Option<crate::model::Estimate> {
    let mut ads: BTreeMap<(&str, &str, &str), (f64, f64)> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.metrics.spend.is_positive()) {
        let ad = ads.entry((row.platform.as_str(), &row.campaign, &row.ad)).or_default();
        ad.0 += row.metrics.revenue.to_units();
        ad.1 += row.metrics.spend.to_units();
    }
    let pairs: Vec<_> = ads.into_values().collect();
    ratio_of_sums(&pairs, LEVEL).map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AgeRange, ContentHash, Gender, Money, Platform};

    fn row(ad: u64, group: Option<(u8, Gender)>, interest: &str, clicks: u64) -> HistoryRow {
        let money = |units: u64| Money::from_micros(i64::try_from(units * 1_000_000).unwrap(), Currency::USD);
        HistoryRow {
            line: ad + 2,
            platform: Platform::Meta,
            campaign: "c".into(),
            ad: ad.to_string(),
            date: None,
            ages: group.map(|(min, _)| AgeRange { min, max: min + 4 }),
            gender: group.map(|(_, gender)| gender),
            interest: Some(interest.into()),
            creative_type: None,
            copy_style: None,
            metrics: Metrics {
                impressions: clicks * 100,
                clicks,
                conversions: clicks / 10,
                spend: money(clicks),
                revenue: money(clicks * (2 + ad % 2)),
            },
        }
    }

    fn of(rows: Vec<HistoryRow>) -> Vec<Persona> {
        let hash = ContentHash::of(b"");
        personas(&History { hash, currency: Currency::USD, mapping: "test".into(), rows, problems: vec![] })
    }

    #[test]
    fn groups_below_fifty_people_are_never_described_on_their_own() {
        let women = Some((30, Gender::Female));
        let rows = vec![
            row(0, women, "16", 60),
            row(1, women, "10", 40),
            row(2, Some((35, Gender::Male)), "16", 49),
            row(3, Some((40, Gender::Male)), "16", 30),
            row(4, None, "16", 1),
        ];
        let found = of(rows.clone());
        let people: Vec<_> = found.iter().map(|persona| (persona.id.as_str(), persona.people)).collect();
        assert_eq!(people, [("30-34/female", 100), ("other", 80)]);
        assert!((found.iter().map(|persona| persona.share).sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(of(rows[2..3].to_vec()).is_empty());
    }

    #[test]
    fn interests_are_ranked_by_lift_and_roas_has_an_interval() {
        let found = of(vec![
            row(0, Some((30, Gender::Female)), "16", 60),
            row(1, Some((30, Gender::Female)), "10", 40),
            row(2, Some((35, Gender::Male)), "10", 100),
        ]);
        let women = found.iter().find(|persona| persona.id == "30-34/female").unwrap();
        assert!((women.interests["16"] - 2.0).abs() < 1e-12 && women.interests["10"] < 1.0);
        let roas = women.roas.as_ref().unwrap();
        assert!(roas.low < 2.4 && roas.high > 2.4 && roas.sample_size == 2);
    }
}
