//! Report rows by the days of a flight, which last 23 or 25 hours where the clocks change.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::session::Session;
use crate::error::Result;
use crate::model::{MediaPlan, MetricsRow};
use crate::platform::{InsightsQuery, InsightsStep};

const DAY: SignedDuration = SignedDuration::from_hours(24);

impl Session {
    /// What each ad delivered on each of the first `count` days of the flight, as known at a moment: in simulated time that of the session's
    /// clock. Sandboxes report by 24 hours from a start, so days of another length are asked for by themselves.
    pub(super) async fn ad_rows(&self, plan: &MediaPlan, (count, as_of): (i64, Timestamp)) -> Result<Vec<MetricsRow>> {
        if !self.clock.is_simulated() {
            return self.stored(plan, (InsightsStep::Day, [0, count]), as_of).await;
        }
        let starts = (0..=count.max(0)).map(|day| self.brief.flight.start_of_day(day)).collect::<Result<Vec<_>>>()?;
        let mut rows = Vec::new();
        for [start, end] in stretches(&starts) {
            let found = self.insights(&InsightsQuery { start, end, step: InsightsStep::Day }).await?;
            let is_one_day = starts.windows(2).any(|day| day == [start, end]);
            rows.extend(if is_one_day { one_a_day(found, [start, end])? } else { found });
        }
        Ok(rows)
    }
}

/// The days from these starts in as few windows as there can be of days of 24 hours, or of one other day.
fn stretches(starts: &[Timestamp]) -> Vec<[Timestamp; 2]> {
    let mut found: Vec<([Timestamp; 2], bool)> = Vec::new();
    for day in starts.windows(2) {
        let &[start, end] = day else { continue };
        let is_usual = end.duration_since(start) == DAY;
        match found.last_mut() {
            Some((window, true)) if is_usual => window[1] = end,
            _ => found.push(([start, end], is_usual)),
        }
    }
    found.into_iter().map(|(window, _)| window).collect()
}

/// One row for each ad over the whole day.
fn one_a_day(rows: Vec<MetricsRow>, [start, end]: [Timestamp; 2]) -> Result<Vec<MetricsRow>> {
    let mut ads: BTreeMap<_, MetricsRow> = BTreeMap::new();
    for row in rows {
        let key = (row.platform, row.path.clone());
        match ads.get_mut(&key) {
            Some(sum) => {
                sum.metrics = sum.metrics.merge(&row.metrics)?;
                sum.reach = sum.reach.max(row.reach);
            }
            None => drop(ads.insert(key, MetricsRow { start, end, ..row })),
        }
    }
    Ok(ads.into_values().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Flight;

    #[test]
    fn days_on_which_the_clocks_change_stand_alone() {
        let date = |text: &str| text.parse().unwrap();
        let zone = "Europe/Berlin".to_owned();
        let flight = Flight { start: date("2027-10-29"), end: date("2027-11-03"), time_zone: zone };
        let starts: Vec<_> = (0..=6).map(|day| flight.start_of_day(day).unwrap()).collect();
        let hours: Vec<_> =
            stretches(&starts).iter().map(|[start, end]| end.duration_since(*start).as_hours()).collect();
        assert_eq!(hours, [48, 25, 72]);
        assert!(stretches(&starts[..1]).is_empty());
    }
}
