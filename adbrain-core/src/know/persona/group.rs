//! Groups past results by age and gender, weighted by clicks, with a floor that protects people.

use std::collections::BTreeMap;

use super::cells::{Counts, shown, values_of};
use super::sensitive::sensitive;
use super::settings::LEAST_CELL_EVER;
use super::summary::{OnlineHours, Persona};
use crate::model::{Currency, History, HistoryRow, Message, Metrics};
use crate::stats::ratio::ratio_of_sums;

/// A group of fewer people is never described on its own.
const MIN_PEOPLE: u64 = 50;
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
/// the group over the share in all; sensitive ones are left out. Ages, genders and interests of fewer than ten clicks are not shown, nor is one
/// from which such a number could be worked out. ROAS is the ratio of sums over ads with spend, with a 90 % interval by the delta method.
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
    let groups: Vec<&[&HistoryRow]> = kept.values().map(Vec::as_slice).collect();
    let told = Told::of(&groups, &everyone);
    let made = kept.iter().enumerate();
    let mut personas: Vec<_> =
        made.filter_map(|(at, (id, rows))| persona(id, rows, (&told, at), history.currency)).collect();
    personas.sort_by(|a, b| b.people.cmp(&a.people).then_with(|| a.id.cmp(&b.id)));
    personas
}

fn age_of(row: &HistoryRow) -> String {
    row.ages.map_or_else(|| UNKNOWN.to_owned(), |ages| ages.to_string())
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
fn persona(id: &str, rows: &[&HistoryRow], (told, group): (&Told, usize), currency: Currency) -> Option<Persona> {
    let metrics = Metrics::total(rows.iter().map(|row| &row.metrics), currency).ok()?;
    Some(Persona {
        id: id.to_owned(),
        name: name(id),
        people: clicks(rows),
        share: clicks(rows) as f64 / told.clicks.max(1) as f64,
        ages: told.ages.shares(group),
        genders: told.genders.shares(group),
        places: BTreeMap::new(),
        interests: told.interests.lifts(group),
        content: BTreeMap::new(),
        online: OnlineHours::default(),
        triggers: Vec::new(),
        buying: None,
        value: None,
        revenue_so_far: None,
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

/// What may be told of the groups' clicks.
struct Told {
    clicks: u64,
    ages: Table,
    genders: Table,
    interests: Table,
}

impl Told {
    fn of(groups: &[&[&HistoryRow]], everyone: &[&HistoryRow]) -> Self {
        let interest = |row: &HistoryRow| row.interest.clone().filter(|interest| sensitive(interest).is_none());
        Self {
            clicks: clicks(everyone),
            ages: Table::of(groups, everyone, |row| Some(age_of(row))),
            genders: Table::of(groups, everyone, |row| Some(gender_of(row))),
            interests: Table::of(groups, everyone, interest),
        }
    }
}

/// Clicks by value: of each group, of everyone, and which of a group may be shown.
struct Table {
    groups: Vec<BTreeMap<String, u64>>,
    everyone: BTreeMap<String, u64>,
    shown: Vec<Vec<String>>,
}

impl Table {
    fn of(groups: &[&[&HistoryRow]], everyone: &[&HistoryRow], key: impl Fn(&HistoryRow) -> Option<String>) -> Self {
        let groups: Vec<_> = groups.iter().map(|rows| counts(rows, &key)).collect();
        let everyone = counts(everyone, &key);
        let row = |value: &String| groups.iter().map(|group| group.get(value).copied().unwrap_or(0)).collect();
        let cells: Counts = everyone.keys().map(|value| (value.clone(), row(value))).collect();
        let shown = shown(&cells, groups.len(), LEAST_CELL_EVER);
        let of_group = |at| values_of(&shown, at).into_iter().map(str::to_owned).collect();
        let shown = (0..groups.len()).map(of_group).collect();
        Self { groups, everyone, shown }
    }

    /// The values of a group that may be shown, with their clicks, and the clicks of all its values.
    fn told(&self, group: usize) -> (Vec<(&String, u64)>, u64) {
        let Some((counts, shown)) = self.groups.get(group).zip(self.shown.get(group)) else { return (Vec::new(), 0) };
        let told = shown.iter().filter_map(|value| Some((value, *counts.get(value)?))).collect();
        (told, counts.values().sum())
    }

    /// Shares by value; what may not be shown is added up as `other`.
    fn shares(&self, group: usize) -> BTreeMap<String, f64> {
        let (told, all) = self.told(group);
        let rest = all - told.iter().map(|(_, count)| count).sum::<u64>();
        let mut shares: BTreeMap<String, f64> =
            told.into_iter().map(|(value, count)| (value.clone(), count as f64 / all as f64)).collect();
        if !shares.is_empty() && rest > 0 {
            shares.insert(OTHER.to_owned(), rest as f64 / all as f64);
        }
        shares
    }

    /// The strongest lifts.
    fn lifts(&self, group: usize) -> BTreeMap<String, f64> {
        let (told, all) = self.told(group);
        let everyone: u64 = self.everyone.values().sum();
        let lift = |(name, count): (&String, u64)| {
            let base = *self.everyone.get(name)? as f64 / everyone as f64;
            Some((name.clone(), count as f64 / all as f64 / base))
        };
        let mut lifts: Vec<(String, f64)> = told.into_iter().filter_map(lift).collect();
        lifts.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        lifts.into_iter().take(INTERESTS).collect()
    }
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
    fn ages_and_genders_of_few_people_are_not_shown_and_cannot_be_worked_out() {
        let rows = |unknown| {
            vec![
                row(0, Some((35, Gender::Male)), "16", 49),
                row(1, Some((40, Gender::Male)), "16", 30),
                row(2, Some((45, Gender::Female)), "16", 9),
                row(3, None, "16", unknown),
            ]
        };
        let found = of(rows(1)).remove(0);
        // The nine women are not shown, nor is the single unknown beside them: together they are ten.
        assert_eq!((found.id.as_str(), found.people), ("other", 89));
        assert_eq!(
            found.genders,
            BTreeMap::from([("male".to_owned(), 79.0 / 89.0), ("other".to_owned(), 10.0 / 89.0)])
        );
        assert_eq!(found.ages.keys().collect::<Vec<_>>(), ["35-39", "40-44", "other"]);
        // Nine of unknown gender beside no women would stand alone, so the smallest shown value goes with them.
        let alone = of(vec![rows(9).remove(0), rows(9).remove(1), rows(9).remove(3)]).remove(0);
        assert_eq!(alone.ages.keys().collect::<Vec<_>>(), ["35-39", "other"]);
        assert!((alone.ages["other"] - 39.0 / 88.0).abs() < 1e-12 && alone.genders.is_empty(), "{:?}", alone.genders);
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
