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
        let mut missing: Vec<usize> = Vec::new();
        for end in BEFORE + 1..=days {
            if let Some(start) = outage(&members, end, &missing) {
                missing.extend((start..end).filter(|day| !missing.contains(day)).collect::<Vec<_>>());
            }
        }
        let missing = short(missing);
        for place in places {
            if let Some(list) = held.get_mut(place) {
                list.clone_from(&missing);
            }
        }
    }
    held
}

/// Days of stretches that are no longer than an outage: what lasts longer is how things are.
fn short(mut days: Vec<usize>) -> Vec<usize> {
    days.sort_unstable();
    let stretches = days.chunk_by(|day, next| day + 1 == *next);
    stretches.filter(|stretch| stretch.len() <= LONGEST_OUTAGE).flatten().copied().collect()
}

/// The first day of an outage that ends before `end`, where the evidence says that there is one.
fn outage(members: &[&CampaignDays], end: usize, missing: &[usize]) -> Option<usize> {
    let mut best: Option<(f64, usize)> = None;
    for start in end.saturating_sub(LONGEST_OUTAGE).max(BEFORE)..end {
        let usual = |member: &CampaignDays| {
            let from = start.saturating_sub(14);
            let days = member.days.get(from..start).unwrap_or_default().iter().enumerate();
            Sum::of(days.filter(|(place, _)| !missing.contains(&(from + place))).map(|(_, day)| day))
        };
        let now = |member: &CampaignDays| Sum::of(member.days.get(start..end).unwrap_or_default().iter());
        let pairs: Vec<(Sum, Sum)> = members.iter().map(|member| (usual(member), now(member))).collect();
        let (before, after) = pairs
            .iter()
            .fold((Sum::default(), Sum::default()), |(b, a), (before, after)| (b.plus(*before), a.plus(*after)));
        if after.rate() > OUTAGE_SHARE * before.rate() || !is_broad(&pairs) {
            continue;
        }
        let evidence = evidence(before, after);
        if evidence >= OUTAGE_EVIDENCE && best.is_none_or(|(most, _)| evidence > most) {
            best = Some((evidence, start));
        }
    }
    best.map(|(_, start)| start)
}

/// Whether the fall is that of the group and not of some campaigns in it: every campaign of which enough was expected fell.
fn is_broad(pairs: &[(Sum, Sum)]) -> bool {
    let expected = |(before, after): &(Sum, Sum)| before.rate() * after.effort;
    let telling: Vec<_> = pairs.iter().filter(|pair| expected(pair) >= TELLING).collect();
    telling.len() >= 2 && telling.iter().all(|pair| pair.1.conversions <= MEMBER_SHARE * expected(pair))
}
