//! What no advertiser sees: what was really brought, and what the next day would bring. For the scores of trials alone.

use std::ops::Range;

use jiff::Timestamp;

use super::conditions::Conditions;
use super::engine::{Market, scene};
use super::results::{SECONDS_PER_HOUR, hours, within};
use crate::error::Result;
use crate::model::Tag;

/// Value and spend, in micros.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Worth {
    /// What conversions are worth on average, reported or not.
    pub(crate) value: f64,
    /// What was spent.
    pub(crate) spend: f64,
}

/// What an ad set would bring on the day that begins now.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Prospect {
    /// Our mark on it.
    pub(crate) ad_set: Tag,
    /// What each of the daily budgets asked about would bring on average.
    pub(crate) worth: Vec<Worth>,
}

impl Market {
    /// What an ad set, an ad, or everything, brought and cost in a window, on average over the luck of conversions.
    pub(crate) fn worth(&self, window: &Range<Timestamp>, object: Option<&Tag>) -> Worth {
        let hours = hours(window);
        let ad_sets = self.campaigns.iter().flat_map(|campaign| &campaign.ad_sets);
        let ads = ad_sets.flat_map(|ad_set| ad_set.ads.iter().map(move |ad| (ad_set, ad)));
        let asked = ads.filter(|(ad_set, ad)| object.is_none_or(|tag| ad_set.tag == *tag || ad.tag == *tag));
        asked.map(|(_, ad)| ad).flat_map(|ad| within(&ad.hours, &hours, |hour| hour.hour)).fold(
            Worth::default(),
            |sum, hour| Worth { value: sum.value + hour.worth as f64, spend: sum.spend + hour.spend as f64 },
        )
    }

    /// What each running ad set would bring on the day that begins with the next hour, at each of some daily budgets in micros.
    ///
    /// # Errors
    /// As [`Market::advance_to`].
    pub(crate) fn prospects(&mut self, budgets: &[i64]) -> Result<Vec<Prospect>> {
        let Some(first) = self.next_hour else { return Ok(Vec::new()) };
        self.listen(first)?;
        let world = self.options.world.clone();
        let platform = world.platform(self.options.platform)?;
        let mut prospects = Vec::new();
        for campaign in self.campaigns.iter().filter(|campaign| campaign.is_running) {
            let start = Timestamp::from_second(first * SECONDS_PER_HOUR).unwrap_or(Timestamp::MAX);
            let today = campaign.zone.to_datetime(start).date();
            let place = (&campaign.tag, &campaign.zone);
            let day: Vec<Conditions> = (first..first + 25)
                .map(|hour| self.weather.at(&world, hour, place))
                .take_while(|conditions| conditions.date == today)
                .collect();
            for ad_set in campaign.ad_sets.iter().filter(|ad_set| ad_set.is_running) {
                let of = |budget: &i64| {
                    let mut sketch = ad_set.sketch(*budget);
                    day.iter().enumerate().fold(Worth::default(), |sum, (place, conditions)| {
                        let about = (&self.options, platform, self.micros_per_usd);
                        let scene = scene(about, campaign.factors, *conditions);
                        if place == 0 {
                            scene.start_day(&mut sketch);
                        }
                        let hour = scene.expect(&mut sketch);
                        Worth { value: sum.value + hour.value, spend: sum.spend + hour.spend }
                    })
                };
                let worth = budgets.iter().map(of).collect();
                prospects.push(Prospect { ad_set: ad_set.tag.clone(), worth });
            }
        }
        Ok(prospects)
    }
}
