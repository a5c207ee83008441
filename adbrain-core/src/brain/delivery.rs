//! What each audience was shown day by day, and how many people it holds.

use std::collections::BTreeMap;

use super::session::Session;
use crate::agent::analyst::{AudienceDay, AudienceDelivery};
use crate::agent::optimizer::AudienceSize;
use crate::error::{ErrorKind, Result};
use crate::model::{Audience, MediaPlan, MetricsRow, Strategy};
use crate::platform::{Connector, LookUp, LookUpAnswer};

/// The days of each ad set by its tag, as far as the platforms say how many people they reached.
pub(super) type Delivered = BTreeMap<String, Vec<AudienceDay>>;

/// One day of each ad set by its tag, added up from its hours.
#[derive(Default)]
pub(super) struct Today(BTreeMap<String, AudienceDay>);

impl Today {
    /// Adds rows of an hour that has just ended. Each row of an ad set names the people whom the ad set has reached by then.
    pub(super) fn add(&mut self, rows: &[MetricsRow]) {
        for row in rows {
            let Some(reach) = row.reach else { continue };
            let none = AudienceDay { impressions: 0, clicks: 0, reach: 0 };
            let day = self.0.entry(row.path.ad_set.clone()).or_insert(none);
            day.impressions += row.metrics.impressions;
            day.clicks += row.metrics.clicks;
            day.reach = day.reach.max(reach);
        }
    }

    /// Closes the day: an ad set that had days before and showed nothing today gets an empty one, so that no day is missing.
    pub(super) fn close(mut self, delivered: &mut Delivered) {
        for (ad_set, days) in delivered.iter_mut() {
            let reach = days.last().map_or(0, |day| day.reach);
            days.push(self.0.remove(ad_set).unwrap_or(AudienceDay { impressions: 0, clicks: 0, reach }));
        }
        delivered.extend(self.0.into_iter().map(|(ad_set, day)| (ad_set, vec![day])));
    }
}

/// The ranges that a platform states for an audience, as it is and without its interests.
#[derive(Debug, Clone, Copy)]
pub(super) struct Available {
    pub(super) now: (u64, u64),
    pub(super) wider: (u64, u64),
}

/// How many people the audience of each ad set holds, by the ad set's tag. One that a platform has no estimate for is left out.
pub(super) async fn available(session: &Session, plan: &MediaPlan) -> Result<BTreeMap<String, Available>> {
    let mut found = BTreeMap::new();
    for campaign in &plan.campaigns {
        let connector = session.connector(campaign.platform)?;
        for ad_set in &campaign.ad_sets {
            let now = known_range(connector.as_ref(), ad_set.audience.clone()).await?;
            let wider = known_range(connector.as_ref(), without_interests(&ad_set.audience)).await?;
            if let Some((now, wider)) = now.zip(wider) {
                found.insert(ad_set.tag.to_string(), Available { now, wider });
            }
        }
    }
    Ok(found)
}

/// A stated size is that of the audience with its interests, so it does not hold without them.
fn without_interests(audience: &Audience) -> Audience {
    let size = audience.size.filter(|_| audience.interests.is_empty());
    Audience { interests: Vec::new(), size, ..audience.clone() }
}

async fn range(connector: &dyn Connector, audience: Audience) -> Result<(u64, u64)> {
    let LookUpAnswer::AudienceSize { low, high } = connector.look_up(&LookUp::AudienceSize { audience }).await?;
    Ok((low, high))
}

/// None where the platform has no estimate.
async fn known_range(connector: &dyn Connector, audience: Audience) -> Result<Option<(u64, u64)>> {
    match range(connector, audience).await {
        Ok(found) => Ok(Some(found)),
        Err(error) if matches!(error.kind(), ErrorKind::NotEnoughData | ErrorKind::Unsupported) => Ok(None),
        Err(error) => Err(error),
    }
}

fn middle((low, high): (u64, u64)) -> u64 {
    low.midpoint(high)
}

/// How many people the audiences of a strategy hold on its platforms. One that a platform does not tell is left out: a plan needs none.
pub(super) async fn sizes(session: &Session, strategy: &Strategy) -> Result<Vec<AudienceSize>> {
    let mut found = Vec::new();
    for choice in &strategy.platforms {
        let connector = session.connector(choice.platform)?;
        for audience in &strategy.audiences {
            match range(connector.as_ref(), audience.clone()).await {
                Ok(people) => found.push(AudienceSize {
                    platform: choice.platform,
                    audience: audience.name.clone(),
                    people: middle(people),
                }),
                Err(error) => {
                    tracing::warn!(%error, platform = %choice.platform, "the size of an audience is not known");
                }
            }
        }
    }
    Ok(found)
}

/// What the audiences of a plan were shown, with how many people they hold now.
pub(super) async fn audiences(
    session: &Session,
    plan: &MediaPlan,
    delivered: &Delivered,
) -> Result<Vec<AudienceDelivery>> {
    if delivered.is_empty() {
        return Ok(Vec::new());
    }
    let available = available(session, plan).await?;
    let mut found = Vec::new();
    for campaign in &plan.campaigns {
        for ad_set in &campaign.ad_sets {
            let tag = ad_set.tag.as_str();
            let Some((days, people)) = delivered.get(tag).zip(available.get(tag)) else { continue };
            let has_interests = !ad_set.audience.interests.is_empty();
            found.push(AudienceDelivery {
                platform: campaign.platform,
                ad_set: ad_set.tag.clone(),
                audience: ad_set.audience.clone(),
                people: middle(people.now),
                people_without_interests: has_interests.then(|| middle(people.wider)),
                days: days.clone(),
            });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Attribution, Currency, Metrics, ObjectPath, Platform};

    fn row(ad_set: &str, impressions: u64, reach: Option<u64>) -> MetricsRow {
        let start = jiff::Timestamp::UNIX_EPOCH;
        let path = ObjectPath { campaign: "c".into(), ad_set: ad_set.into(), ad: "a".into() };
        let metrics = Metrics { impressions, clicks: 1, ..Metrics::none(Currency::BRL) };
        let attribution = Attribution::Unknown;
        MetricsRow { platform: Platform::Meta, path, start, end: start, as_of: start, attribution, reach, metrics }
    }

    #[test]
    fn hours_become_days_without_a_gap_and_platforms_that_tell_no_reach_are_left_out() {
        let mut delivered = Delivered::new();
        let mut first = Today::default();
        first.add(&[row("a", 10, Some(8)), row("a", 5, Some(8)), row("silent", 9, None)]);
        first.add(&[row("a", 10, Some(15))]);
        first.close(&mut delivered);
        Today::default().close(&mut delivered);
        let mut third = Today::default();
        third.add(&[row("a", 4, Some(16)), row("b", 2, Some(2))]);
        third.close(&mut delivered);
        let day = |impressions, clicks, reach| AudienceDay { impressions, clicks, reach };
        assert_eq!(delivered["a"], [day(25, 3, 15), day(0, 0, 15), day(4, 1, 16)]);
        assert_eq!(delivered["b"], [day(2, 1, 2)]);
        assert_eq!(delivered.len(), 2);
    }

    #[test]
    fn a_stated_size_is_not_taken_over_without_the_interests() {
        let audience = |interests: &[&str]| Audience {
            name: "a".into(),
            countries: vec![],
            ages: None,
            genders: vec![],
            interests: interests.iter().map(|interest| (*interest).to_owned()).collect(),
            custom_audiences: std::collections::BTreeMap::new(),
            size: Some(5_000),
        };
        assert_eq!(without_interests(&audience(&["corrida"])).size, None);
        assert_eq!(without_interests(&audience(&[])).size, Some(5_000));
    }
}
