//! Outages of tracking: conversions of a whole group that are missing while its clicks go on.

use super::estimate::{CampaignDay, CampaignDays};

/// Days before an outage that are needed to know what was usual.
const BEFORE: usize = 7;
/// An outage is looked for in stretches up to this long that end today or ended before.
const LONGEST_OUTAGE: usize = 7;
/// How much likelier it has to be that a group's conversions are missing.
const OUTAGE_EVIDENCE: f64 = 6.0;
/// Conversions fall at least to this part in an outage.
const OUTAGE_SHARE: f64 = 0.5;
/// A campaign tells whether it fell once so many conversions were expected of it; two at least have to tell, and all that do must have fallen.
const TELLING: f64 = 1.5;
/// What is left to such a campaign in an outage at most.
const MEMBER_SHARE: f64 = 0.7;
/// Days between two stretches that are one all the same.
const BRIDGED: usize = 2;
/// How much likelier it may be at most that a campaign sells as ever than that it lacks what the others of its group lack.
const CONTRARY_EVIDENCE: f64 = 1.5;

/// Conversions and what they are expected over.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    conversions: f64,
    effort: f64,
}

impl Sum {
    fn of<'a>(days: impl Iterator<Item = &'a CampaignDay>) -> Self {
        days.fold(Self::default(), |sum, day| Self {
            conversions: sum.conversions + day.conversions,
            effort: sum.effort + day.clicks * day.known,
        })
    }

    fn plus(self, other: Self) -> Self {
        Self { conversions: self.conversions + other.conversions, effort: self.effort + other.effort }
    }

    fn rate(self) -> f64 {
        if self.effort > 0.0 { self.conversions / self.effort } else { 0.0 }
    }

    /// `n ln(rate)`, which is what the logarithm of the likelihood of a Poisson rate at its best leaves once what all hypotheses share is out.
    fn log_likelihood(self) -> f64 {
        if self.conversions > 0.0 { self.conversions * libm::log(self.rate()) } else { 0.0 }
    }
}

/// How much likelier two rates are than one: the logarithm of the ratio of likelihoods of Poisson counts.
fn evidence(before: Sum, after: Sum) -> f64 {
    if before.effort <= 0.0 || after.effort <= 0.0 {
        return 0.0;
    }
    before.log_likelihood() + after.log_likelihood() - before.plus(after).log_likelihood()
}

/// Days of each campaign that are held, because conversions of its whole group are missing while its clicks go on.
pub(super) fn outages(campaigns: &[CampaignDays]) -> Vec<Vec<usize>> {
    let days = campaigns.first().map_or(0, |campaign| campaign.days.len());
    let mut held: Vec<Vec<usize>> = vec![Vec::new(); campaigns.len()];
    let mut groups: Vec<&str> = campaigns.iter().map(|campaign| campaign.group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    for group in groups {
        let places: Vec<usize> = (0..campaigns.len())
            .filter(|place| campaigns.get(*place).is_some_and(|campaign| campaign.group == group))
            .collect();
        let members: Vec<&CampaignDays> = places.iter().filter_map(|place| campaigns.get(*place)).collect();
        if members.len() < 2 {
            continue;
        }
        let missing = missing(&members, days);
        for place in places {
            if let Some(list) = held.get_mut(place) {
                list.clone_from(&missing);
            }
        }
    }
    held
}

/// The days of a group's outages. A stretch of days that lack conversions is one as a whole or not at all: what lasts longer than an outage, or
/// leaves a campaign out, is how things are from its first day on, and what is usual begins there anew. On single days the few conversions of
/// a small campaign may be missing by chance; over the stretch they are not.
fn missing(members: &[&CampaignDays], days: usize) -> Vec<usize> {
    let (mut held, mut since) = (Vec::new(), 0);
    loop {
        let lacking = lacking(members, (since, days));
        let is_short = |stretch: &[usize]| {
            stretch.first().zip(stretch.last()).is_some_and(|(first, last)| last - first < LONGEST_OUTAGE)
        };
        let mut stretches = lacking.chunk_by(|day, next| day + BRIDGED >= *next);
        let lasting = stretches.find(|own| !is_short(own) || !is_of_all(members, own, (since, &lacking)));
        let Some(changed) = lasting.and_then(|stretch| stretch.first()) else {
            held.extend(&lacking);
            return held;
        };
        held.extend(lacking.iter().take_while(|day| *day < changed));
        since = *changed;
    }
}

/// Days since a change on which the group lacks conversions, in order: those of stretches of a week at most that are likelier lacking than not.
fn lacking(members: &[&CampaignDays], (since, days): (usize, usize)) -> Vec<usize> {
    let mut lacking: Vec<usize> = Vec::new();
    for end in since + BEFORE + 1..=days {
        if let Some(start) = outage(members, end, (since, &lacking)) {
            let new: Vec<usize> = (start..end).filter(|day| !lacking.contains(day)).collect();
            lacking.extend(new);
        }
    }
    lacking.sort_unstable();
    lacking
}

/// Whether the campaigns of a group fell in a stretch, and none of them surely sells as ever. With e conversions expected of it, o seen and the share f that is left to
/// the others, the logarithm of the likelihood ratio of Poisson counts is `o ln(1 / f) - (1 - f) e`, less where what is usual is little known.
fn is_of_all(members: &[&CampaignDays], stretch: &[usize], known: (usize, &[usize])) -> bool {
    let (Some(first), Some(last)) = (stretch.first().copied(), stretch.last().copied()) else { return false };
    let inside = |member: &CampaignDays| Sum::of(member.days.get(first..=last).unwrap_or_default().iter());
    let of = |member: &&CampaignDays| (usual(member, first, known), inside(member));
    let sums: Vec<(Sum, Sum)> = members.iter().map(of).collect();
    let [seen, all] = sums.iter().fold([0.0; 2], |[seen, all], pair| [seen + pair.1.conversions, all + expected(pair)]);
    let contrary = |pair: &(Sum, Sum)| {
        let own = expected(pair);
        let left = ((seen - pair.1.conversions) / (all - own).max(1e-9)).clamp(0.01, 1.0);
        let evidence = -pair.1.conversions * libm::log(left) - (1.0 - left) * own;
        evidence / (1.0 + own / pair.0.conversions.max(1.0))
    };
    is_broad(&sums) && sums.iter().map(contrary).all(|evidence| evidence < CONTRARY_EVIDENCE)
}

/// What was usual in the two weeks before a day and since a change, without days that lack conversions.
fn usual(member: &CampaignDays, start: usize, (since, lacking): (usize, &[usize])) -> Sum {
    let from = start.saturating_sub(14).max(since);
    let days = member.days.get(from..start).unwrap_or_default().iter().enumerate();
    Sum::of(days.filter(|(place, _)| !lacking.contains(&(from + place))).map(|(_, day)| day))
}

/// Conversions that are expected of a campaign.
fn expected((before, now): &(Sum, Sum)) -> f64 {
    before.rate() * now.effort
}

/// The first day of a stretch up to `end`, its last day included, on which the group's conversions are missing by the evidence.
fn outage(members: &[&CampaignDays], end: usize, known: (usize, &[usize])) -> Option<usize> {
    let fell = |start: usize| {
        let now = |member: &CampaignDays| Sum::of(member.days.get(start..end).unwrap_or_default().iter());
        let both =
            |(b, a): (Sum, Sum), member: &&CampaignDays| (b.plus(usual(member, start, known)), a.plus(now(member)));
        let (before, after) = members.iter().fold((Sum::default(), Sum::default()), both);
        (after.rate() <= OUTAGE_SHARE * before.rate()).then(|| evidence(before, after))
    };
    // What came back on the last day is over.
    fell(end - 1)?;
    let starts = end.saturating_sub(LONGEST_OUTAGE).max(known.0 + BEFORE)..end;
    let found = starts.rev().filter_map(|start| Some((fell(start)?, start)));
    let best = found.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(evidence, _)| *evidence >= OUTAGE_EVIDENCE);
    best.map(|(_, start)| start)
}

/// Whether the fall is that of the group and not of some campaigns in it: every campaign of which enough was expected fell.
fn is_broad(pairs: &[(Sum, Sum)]) -> bool {
    let telling: Vec<_> = pairs.iter().filter(|pair| expected(pair) >= TELLING).collect();
    telling.len() >= 2 && telling.iter().all(|pair| pair.1.conversions <= MEMBER_SHARE * expected(pair))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    /// Forty days of four campaigns that expect 12, 8, 6 and 3 conversions a day; those at some places get a part of them from a day to another.
    fn account(seed: u64, places: &[usize], (from, until, part): (usize, usize, f64)) -> Vec<CampaignDays> {
        let campaign = |place: usize| {
            let usual = [12.0, 8.0, 6.0, 3.0].get(place).copied().unwrap();
            let mut random = Random::at(seed, &[place as u64]);
            let mut day = |day: usize| {
                let is_hit = places.contains(&place) && (from..until).contains(&day);
                let conversions = random.poisson(usual * if is_hit { part } else { 1.0 }) as f64;
                let (clicks, revenue) = (usual * 30.0, conversions * 80.0);
                CampaignDay { budget: 100.0, spend: 100.0, impressions: 1e4, clicks, conversions, revenue, known: 1.0 }
            };
            CampaignDays { name: place.to_string(), group: "meta".to_owned(), days: (0..40).map(&mut day).collect() }
        };
        (0..4).map(campaign).collect()
    }

    #[test]
    fn what_all_campaigns_of_a_group_lack_for_some_days_is_held() {
        for seed in 0..20 {
            let held = outages(&account(seed, &[0, 1, 2, 3], (30, 34, 0.1)));
            assert!(held.iter().all(|days| (30..34).all(|day| days.contains(&day))), "seed {seed}: {held:?}");
            assert!(held.iter().all(|days| days.len() <= 6), "seed {seed}: {held:?}");
        }
    }

    #[test]
    fn what_a_campaign_does_not_lack_is_no_outage() {
        let held = |until: usize| -> usize {
            let of = |seed: u64| {
                let mut all = account(seed, &[0, 1, 2], (30, 40, 0.3));
                for campaign in &mut all {
                    campaign.days.truncate(until);
                }
                outages(&all).first().map_or(0, |days| days.iter().filter(|day| **day >= 30).count())
            };
            (0..20).map(of).sum()
        };
        // The fourth sells three a day as ever: on a day that may be chance, over five days hardly.
        assert!(held(31) >= 2, "{} of 20 first days", held(31));
        assert!(held(35) <= 40, "{} of 100 days", held(35));
        assert_eq!(held(40), 0, "after ten days");
    }

    #[test]
    fn what_lasts_is_how_things_are_and_stays_so() {
        for seed in 0..20 {
            let held = outages(&account(seed, &[0, 1, 2, 3], (25, 40, 0.3)));
            assert!(held.iter().all(Vec::is_empty), "seed {seed}: {held:?}");
        }
    }
}
