//! Pulling: an account's reports by day, a file's rows by day, each day whole or not at all.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::check::{Frame, fact_entry, jump};
use super::due::{due, questions, window};
use super::shelf::{Day, Entry, Place};
use super::{Fact, FactMapping, Ingestion, Jumps, PullOrder, Pulled, RefusedRow, source_of, zone_of};
use crate::error::{Error, ErrorKind, Result};
use crate::model::MetricsRow;
use crate::platform::{Capabilities, Connector, InsightsQuery, InsightsStep};

/// The rows of a day, or the first one that was refused; how many came twice.
type Checked = (std::result::Result<Vec<Entry>, RefusedRow>, u64);

impl Ingestion {
    /// Brings the closed days of an account up to date: those that are missing and those that may still be restated. What was kept before
    /// an error stays, and the next pull goes on with the rest.
    ///
    /// # Errors
    /// Those of the connector and the database; [`ErrorKind::Conflict`] where the clock stands before what is known.
    pub async fn pull(&self, connector: &dyn Connector, order: &PullOrder) -> Result<Pulled> {
        let account = connector.capabilities();
        let source = source_of(&account);
        let zone = zone_of(&account, &order.time_zone)?;
        let (place, days) = ((source.as_str(), order.step), [order.first, order.last]);
        let due = self.due(place, days, &zone).await?;
        let mut pulled = Pulled { source: source.clone(), asked_days: due.len() as u64, ..Pulled::default() };
        for question in questions(&due, &zone)? {
            let rows = self.ask(connector, (&question, &zone), order.step).await?;
            let source_rows = (&account, rows);
            self.keep(place, (&question, &zone, source_rows), (order.jumps, &mut pulled)).await?;
        }
        pulled.known_until = self.known_until(place, days).await?;
        Ok(pulled)
    }

    /// The days that have to be asked for now.
    pub(super) async fn due(&self, (source, step): Place<'_>, days: [Date; 2], zone: &TimeZone) -> Result<Vec<Date>> {
        let known = self.shelf.days((source, step), days).await?;
        let now = self.clock.now();
        if let Some((day, _)) = known.iter().find(|(_, state)| state.checked_at > now) {
            return Err(behind(source, *day));
        }
        due((source, step), days, (&known, zone, now))
    }

    async fn ask(
        &self,
        connector: &dyn Connector,
        (days, zone): (&[Date], &TimeZone),
        step: InsightsStep,
    ) -> Result<Vec<MetricsRow>> {
        let (Some(first), Some(last)) = (days.first(), days.last()) else { return Ok(Vec::new()) };
        let ([start, _], [_, end]) = (window(*first, zone)?, window(*last, zone)?);
        connector.insights(&InsightsQuery { start, end, step }).await
    }

    /// Checks and keeps the days of one answer.
    async fn keep(
        &self,
        place: Place<'_>,
        (days, zone, (account, rows)): (&[Date], &TimeZone, (&Capabilities, Vec<MetricsRow>)),
        (jumps, pulled): (Jumps, &mut Pulled),
    ) -> Result<()> {
        let as_of = self.clock.now();
        let mut by_day: BTreeMap<Date, Vec<MetricsRow>> = days.iter().map(|day| (*day, Vec::new())).collect();
        for row in rows {
            let day = row.start.to_zoned_datetime(zone.clone()).date();
            let Some(known) = by_day.get_mut(&day) else { return Err(outside(place.0, &row)) };
            known.push(row);
        }
        for (day, rows) in by_day {
            let frame = Frame { platform: account.platform, currency: account.currency, window: window(day, zone)? };
            let entries = rows.iter().map(|row| frame.entry(day, row)).collect::<Result<Vec<_>>>()?;
            let day = Checking { day, is_closed: true, is_whole: true, checked: once(day, entries) };
            self.keep_day(place, (day, as_of), (jumps, &mut *pulled)).await?;
        }
        Ok(())
    }

    pub(super) async fn keep_day(
        &self,
        place: Place<'_>,
        (checking, as_of): (Checking, Timestamp),
        (jumps, pulled): (Jumps, &mut Pulled),
    ) -> Result<()> {
        let Checking { day, is_closed, is_whole, checked: (entries, repeated) } = checking;
        pulled.repeated_rows += repeated;
        let before = self.shelf.newest(place, day).await?;
        let largest = self.shelf.largest_amount(place).await?;
        let jumped = |entries: Vec<Entry>| match jump(day, &entries, (&before, largest)) {
            Some(refused) if jumps == Jumps::Refuse => Err(refused),
            _ => Ok(entries),
        };
        match entries.and_then(jumped) {
            Err(refused) => pulled.refused.push(refused),
            Ok(entries) => {
                let day = Day { date: day, entries, is_closed, is_whole };
                let written = self.shelf.put(place, (&day, &before, as_of)).await?;
                pulled.kept_days += 1;
                pulled.new_rows += written.new;
                pulled.restated_rows += written.restated;
                pulled.gone_rows += written.gone;
            }
        }
        Ok(())
    }

    /// The last day from the first on without a gap.
    pub(super) async fn known_until(
        &self,
        (source, step): Place<'_>,
        [first, last]: [Date; 2],
    ) -> Result<Option<Date>> {
        let known = self.known_days(source, step, [first, last]).await?;
        let days = known.iter().map(|(day, _)| *day);
        let run = days.zip(std::iter::successors(Some(first), |day| day.checked_add(1.day()).ok()));
        Ok(run.take_while(|(known, expected)| known == expected).last().map(|(day, _)| day))
    }

    /// Adds rows of a file or frame: analytics rows or orders. Days that have not closed by the clock are marked so. A row that the file
    /// does not hold stays as it was known.
    ///
    /// # Errors
    /// Those of the database; [`ErrorKind::Conflict`] where the clock stands before what is known; [`ErrorKind::InvalidInput`] for a time
    /// zone that is not known.
    pub async fn add(&self, mapping: &FactMapping, facts: &[Fact], jumps: Jumps) -> Result<Pulled> {
        let (place, zone) = ((mapping.source.as_str(), InsightsStep::Day), mapping.zone()?);
        let mut by_day: BTreeMap<Date, Vec<&Fact>> = BTreeMap::new();
        for fact in facts {
            by_day.entry(fact.day).or_default().push(fact);
        }
        let mut pulled =
            Pulled { source: mapping.source.clone(), asked_days: by_day.len() as u64, ..Pulled::default() };
        let ends = by_day.first_key_value().zip(by_day.last_key_value());
        let Some(days) = ends.map(|((first, _), (last, _))| [*first, *last]) else { return Ok(pulled) };
        let as_of = self.clock.now();
        let known = self.shelf.days(place, days).await?;
        if let Some((day, _)) = known.iter().find(|(_, state)| state.checked_at > as_of) {
            return Err(behind(&mapping.source, *day));
        }
        for (day, facts) in by_day {
            let [_, end] = window(day, &zone)?;
            let entries = facts.into_iter().map(fact_entry).collect::<Result<Vec<_>>>()?;
            let day = Checking { day, is_closed: end <= as_of, is_whole: false, checked: once(day, entries) };
            self.keep_day(place, (day, as_of), (jumps, &mut pulled)).await?;
        }
        pulled.known_until = self.known_until(place, days).await?;
        Ok(pulled)
    }
}

/// A day whose rows have been looked at one by one.
pub(super) struct Checking {
    day: Date,
    is_closed: bool,
    is_whole: bool,
    checked: Checked,
}

impl Checking {
    /// The facts of a closed day, all that there are.
    pub(super) fn facts(day: Date, facts: Vec<std::result::Result<Fact, RefusedRow>>) -> Result<Self> {
        let entry = |fact: std::result::Result<Fact, RefusedRow>| match fact {
            Ok(fact) => fact_entry(&fact),
            Err(refused) => Ok(Err(refused)),
        };
        let entries = facts.into_iter().map(entry).collect::<Result<Vec<_>>>()?;
        Ok(Self { day, is_closed: true, is_whole: true, checked: once(day, entries) })
    }
}

/// Each row once. The same row twice is taken once; two rows of one name that differ are refused, for nobody can say which is right.
fn once(day: Date, entries: Vec<std::result::Result<Entry, RefusedRow>>) -> Checked {
    let (mut found, mut repeated) = (BTreeMap::<String, Entry>::new(), 0);
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(refused) => return (Err(refused), repeated),
        };
        match found.get(&entry.key) {
            Some(known) if *known == entry => repeated += 1,
            Some(_) => {
                let problem = "comes twice with different figures".to_owned();
                return (Err(RefusedRow { day, row: entry.key, field: "id".to_owned(), problem }), repeated);
            }
            None => drop(found.insert(entry.key.clone(), entry)),
        }
    }
    (Ok(found.into_values().collect()), repeated)
}

fn behind(source: &str, day: Date) -> Error {
    let message = format!("the clock stands before what is known of {source} on {day}");
    Error::new(ErrorKind::Conflict, message).next("set the clock of this machine right, then pull again")
}

fn outside(source: &str, row: &MetricsRow) -> Error {
    let message = format!("{source} answered with a row that starts at {}, on a day that was not asked for", row.start);
    Error::new(ErrorKind::Unavailable, message).next("pull again later; nothing of this answer was kept")
}
