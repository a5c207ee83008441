//! What happens in a trial: the events of a world, drawn by the seed.

use jiff::{SignedDuration, Timestamp};

use super::ground::{Member, members};
use crate::error::{Error, Result};
use crate::market::{Event, Hits, Shock, Trial, World};
use crate::model::{Flight, Platform, Tag};
use crate::stats::random::Random;

/// The place of events in a seed; never another one's.
const EVENTS: u64 = 0x6576_656e_7473;

/// A shock that was drawn, and whom it hits by their places among the campaigns.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Happening {
    pub(super) shock: Shock,
    pub(super) campaigns: Vec<usize>,
}

/// Draws what happens. `ranking` has the places of the campaigns, the best first; it is asked for only where an event needs it.
pub(super) fn draw(world: &World, trial: &Trial, (seed, ranking): (u64, &[usize])) -> Result<Vec<Happening>> {
    let members = members(trial);
    let mut all = Vec::new();
    for (place, event) in (0_u64..).zip(&world.event) {
        let mut random = Random::at(seed, &[EVENTS, place]);
        let mut groups = whom((event.hits, event.count), &members, ranking, &mut random);
        let common = shock(event, trial, &mut random)?;
        for (number, hit) in groups.iter_mut().enumerate() {
            let own = match event.hits {
                Hits::EachPlatform => shock(event, trial, &mut Random::at(seed, &[EVENTS, place, number as u64 + 1]))?,
                _ => common.clone(),
            };
            all.extend(happenings(event.hits, own, hit, &members));
        }
    }
    Ok(all)
}

/// Whether an event hits the best campaigns, so that their ranking has to be known.
pub(super) fn needs_ranking(world: &World) -> bool {
    world.event.iter().any(|event| event.hits == Hits::BestCampaigns)
}

/// The campaigns that are hit: one group for each shock.
pub(super) fn whom(
    (hits, [fewest, most]): (Hits, [u32; 2]),
    members: &[Member],
    ranking: &[usize],
    random: &mut Random,
) -> Vec<Vec<usize>> {
    let mut platforms: Vec<Platform> = members.iter().map(|member| member.platform).collect();
    platforms.dedup();
    let on = |platform: &Platform| -> Vec<usize> {
        let is_there = |(place, member): (usize, &Member)| (member.platform == *platform).then_some(place);
        members.iter().enumerate().filter_map(is_there).collect()
    };
    let count = fewest + u32::try_from(random.below(u64::from(most - fewest) + 1)).unwrap_or(0);
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    match hits {
        Hits::Account => vec![(0..members.len()).collect()],
        Hits::EachPlatform => platforms.iter().map(on).collect(),
        Hits::Platforms => some(&platforms, count, random).iter().map(on).collect(),
        Hits::Campaigns => vec![some(&(0..members.len()).collect::<Vec<_>>(), count, random)],
        Hits::BestCampaigns => vec![ranking.iter().copied().take(count).collect()],
    }
}

/// Some of a list, each as likely as the others.
fn some<T: Copy>(list: &[T], count: usize, random: &mut Random) -> Vec<T> {
    let mut left = list.to_vec();
    (0..count.min(list.len()))
        .map(|_| {
            let place = random.below(left.len() as u64);
            left.swap_remove(usize::try_from(place).unwrap_or(0))
        })
        .collect()
}

fn shock(event: &Event, trial: &Trial, random: &mut Random) -> Result<Shock> {
    let mut within = |[low, high]: [f64; 2]| low + (high - low) * random.uniform();
    let day = within(event.day);
    let hours = libm::exp(within(event.hours.map(libm::log)));
    let [price, click, conversion] = [event.price, event.click, event.conversion].map(&mut within);
    let [tracked, recovered] = [event.tracked, event.recovered].map(&mut within);
    let (ramp, is_slow) = (within(event.ramp_hours), within([0.0, 1.0]) < event.ramp_chance);
    let start = moment(trial, day)?;
    let end = start.checked_add(SignedDuration::from_secs(whole_hours(hours) * 3_600)).unwrap_or(Timestamp::MAX);
    let ramp_hours = if is_slow { ramp } else { 0.0 };
    Ok(Shock { price, click, conversion, tracked, recovered, ramp_hours, ..Shock::between(start, end) })
}

/// The full hour at which a day of the trial, with its part, has come.
pub(super) fn moment(trial: &Trial, day: f64) -> Result<Timestamp> {
    let flight = Flight { start: trial.start, end: trial.start, time_zone: trial.time_zone.clone() };
    let hours = SignedDuration::from_secs(whole_hours(day * 24.0 + 1.0).saturating_sub(1) * 3_600);
    flight.start_of_day(0)?.checked_add(hours).map_err(|error| {
        Error::invalid("world.event.day", "is beyond the calendar").next("give a day of the trial").caused_by(error)
    })
}

/// Whole hours, one at least.
#[expect(clippy::cast_possible_truncation, reason = "clamped to what fits first")]
pub(super) fn whole_hours(hours: f64) -> i64 {
    libm::round(hours).clamp(1.0, 1e6) as i64
}

/// One shock on a platform or on all, or one for each campaign that is hit by itself.
fn happenings(hits: Hits, shock: Shock, hit: &[usize], members: &[Member]) -> Vec<Happening> {
    let campaign = |place: &usize| members.get(*place);
    match hits {
        Hits::Account => vec![Happening { shock, campaigns: hit.to_vec() }],
        Hits::Platforms | Hits::EachPlatform => {
            let platform = hit.first().and_then(campaign).map(|member| member.platform);
            vec![Happening { shock: Shock { platform, ..shock }, campaigns: hit.to_vec() }]
        }
        Hits::Campaigns | Hits::BestCampaigns => hit
            .iter()
            .filter_map(|place| {
                let member = campaign(place)?;
                let shock = Shock { campaign: Some(Tag::new(&member.name)), ..shock.clone() };
                Some(Happening { shock, campaigns: vec![*place] })
            })
            .collect(),
    }
}
