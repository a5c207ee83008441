//! A file of rules, checked once at the door.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;

use super::names::Names;
use super::span::span;
use super::{ActionEntry, ActionKind, Day, QuietHours, RuleEntry, RulesFile, Silence};
use crate::error::{Error, Result};

use super::super::quiet::Quiet;
use super::super::rule::{Action, Bound, Rule, Timing};
use super::super::{Expression, RuleSet};

/// The version of the form of a file that is read.
const VERSION: u32 = 1;
/// The largest share of a bid that may be cut at once, in percent.
const MOST_PERCENT: u8 = 99;

impl RuleSet {
    /// Checks a file: names, thresholds, times, labels, inhibitions.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the rule and the field, and what is known where a name is not.
    pub fn new(file: &RulesFile) -> Result<Self> {
        if file.version != VERSION {
            return Err(Error::invalid("version", format!("{} is not known", file.version)).next("write version = 1"));
        }
        if file.rules.is_empty() {
            return Err(Error::invalid("rule", "there is none").next("write at least one [[rule]]"));
        }
        let names = Names::of(file);
        names.check_own()?;
        names.check_inhibitions()?;
        file.silences.iter().enumerate().try_for_each(|(place, silence)| check_silence(silence, (place, &names)))?;
        let zone = TimeZone::get(&file.time_zone).map_err(|_| {
            Error::invalid("time_zone", format!("unknown time zone {:?}", file.time_zone))
                .next("use an IANA name such as America/Sao_Paulo")
        })?;
        Ok(Self {
            zone,
            rules: file.rules.iter().map(|entry| rule(entry, &names)).collect::<Result<_>>()?,
            quiet: file.quiet_hours.iter().enumerate().map(quiet).collect::<Result<_>>()?,
            file: file.clone(),
        })
    }

    /// Reads and checks a file in TOML or JSON.
    ///
    /// # Errors
    /// As [`RulesFile::from_text`] and [`RuleSet::new`].
    pub fn from_text(text: &str) -> Result<Self> {
        Self::new(&RulesFile::from_text(text)?)
    }
}

/// Reads the fields of one rule; knows how to name them in an error.
struct Entry<'a> {
    entry: &'a RuleEntry,
    names: &'a Names<'a>,
}

fn rule(entry: &RuleEntry, names: &Names<'_>) -> Result<Rule> {
    let read = Entry { entry, names };
    let (fire, clear) = read.thresholds()?;
    for (name, least) in &entry.min_volume {
        let field = read.field(&format!("min_volume.{name}"));
        names.metric(name, &field)?;
        if !(least.is_finite() && *least > 0.0) {
            return Err(Error::invalid(&field, format!("{least} is not above zero")).next("write a number above zero"));
        }
    }
    for label in entry.only.keys() {
        names.label(label, &read.field("match"))?;
    }
    for label in entry.group_by.iter().flatten() {
        names.label(label, &read.field("group_by"))?;
    }
    Ok(Rule {
        name: entry.name.clone(),
        value: names.expression(&entry.value, &read.field("value"))?,
        fire,
        clear,
        require: read.requirements()?,
        min_volume: entry.min_volume.clone(),
        timing: read.timing()?,
        no_data: entry.no_data,
        on_error: entry.on_error,
        severity: entry.severity,
        level: entry.level,
        only: entry.only.clone(),
        labels: entry.labels.clone(),
        group_by: entry.group_by.clone(),
        actions: read.actions()?,
        dry_run: entry.dry_run,
        holds: entry.holds,
        message: entry.message.clone(),
        advice: entry.advice.clone(),
    })
}

impl Entry<'_> {
    fn field(&self, name: &str) -> String {
        format!("rule.{}.{name}", self.entry.name)
    }

    /// The fire threshold, and a clear threshold on its calm side.
    fn thresholds(&self) -> Result<(Bound, f64)> {
        let fire = bound((self.entry.above, self.entry.below), &self.field("above"))?;
        let clear = self.entry.clear.unwrap_or_else(|| fire.number());
        let (is_calm, side) = match fire {
            Bound::Above(limit) => (clear <= limit, "above"),
            Bound::Below(limit) => (clear >= limit, "below"),
        };
        if is_calm && clear.is_finite() {
            return Ok((fire, clear));
        }
        let what = format!("{clear} is on the wrong side of {side} = {}", fire.number());
        let next = match fire {
            Bound::Above(limit) => format!("write {limit} or less: it clears where the value is back down"),
            Bound::Below(limit) => format!("write {limit} or more: it clears where the value is back up"),
        };
        Err(Error::invalid(&self.field("clear"), what).next(next))
    }

    fn requirements(&self) -> Result<Vec<(Expression, Bound)>> {
        let required = |(place, required): (usize, &super::Requirement)| {
            let field = self.field(&format!("require.{}", place + 1));
            let value = self.names.expression(&required.value, &format!("{field}.value"))?;
            Ok((value, bound((required.above, required.below), &format!("{field}.above"))?))
        };
        self.entry.require.iter().enumerate().map(required).collect()
    }

    fn timing(&self) -> Result<Timing> {
        let read = |text: &Option<String>, name: &str| -> Result<Option<SignedDuration>> {
            text.as_deref().map(|text| span(text, &self.field(name))).transpose()
        };
        let positive = |text: &Option<String>, name: &str| match read(text, name)? {
            Some(time) if time.is_zero() => {
                Err(Error::invalid(&self.field(name), "is zero").next("write a time above zero, or leave it out"))
            }
            time => Ok(time),
        };
        let entry = self.entry;
        Ok(Timing {
            hold_for: read(&entry.hold_for, "for")?.unwrap_or_default(),
            keep_firing_for: read(&entry.keep_firing_for, "keep_firing_for")?.unwrap_or_default(),
            reopen_after: read(&entry.reopen_after, "reopen_after")?.unwrap_or_default(),
            repeat_every: positive(&entry.repeat_every, "repeat_every")?,
            group_interval: read(&entry.group_interval, "group_interval")?.unwrap_or_default(),
            max_data_age: positive(&entry.max_data_age, "max_data_age")?,
        })
    }

    /// The actions, each kind once.
    fn actions(&self) -> Result<Vec<Action>> {
        let mut kinds = BTreeSet::new();
        let action = |(place, entry): (usize, &ActionEntry)| {
            if !kinds.insert(entry.kind) {
                let field = self.field(&format!("actions.{}.kind", place + 1));
                return Err(Error::invalid(&field, format!("{} is there twice", entry.kind)).next("keep one of them"));
            }
            self.action(entry, place)
        };
        self.entry.actions.iter().enumerate().map(action).collect()
    }

    fn action(&self, action: &ActionEntry, place: usize) -> Result<Action> {
        let field = |name: &str| self.field(&format!("actions.{}.{name}", place + 1));
        let foreign =
            |name: &str| Err(Error::invalid(&field(name), format!("is not of {}", action.kind)).next("leave it out"));
        let missing = |name: &str, example: &str| {
            Error::invalid(&field(name), "is missing").next(format!("write {name} = {example}"))
        };
        let amount = match action.kind {
            ActionKind::CutBid | ActionKind::MoveBudget if action.at_most.is_some() => foreign("at_most")?,
            ActionKind::PauseWorstAds if action.percent.is_some() => foreign("percent")?,
            ActionKind::CutBid | ActionKind::MoveBudget => {
                u32::from(action.percent.ok_or_else(|| missing("percent", "10"))?)
            }
            ActionKind::PauseWorstAds => action.at_most.ok_or_else(|| missing("at_most", "3"))?,
        };
        let (name, most) = match action.kind {
            ActionKind::CutBid | ActionKind::MoveBudget => ("percent", u32::from(MOST_PERCENT)),
            ActionKind::PauseWorstAds => ("at_most", u32::MAX),
        };
        if !(1..=most).contains(&amount) {
            return Err(
                Error::invalid(&field(name), format!("{amount} is out of range")).next(format!("write 1 to {most}"))
            );
        }
        if action.max_per_day == Some(0) {
            return Err(
                Error::invalid(&field("max_per_day"), "is zero").next("leave the action out where it may never act")
            );
        }
        let cool_down = action.cool_down.as_deref().map(|text| span(text, &field("cool_down"))).transpose()?;
        let cool_down = cool_down.unwrap_or_default();
        Ok(Action { kind: action.kind, amount, decide: action.decide, cool_down, max_per_day: action.max_per_day })
    }
}

/// The one of two sides that is given.
fn bound(sides: (Option<f64>, Option<f64>), field: &str) -> Result<Bound> {
    let bound = match sides {
        (Some(above), None) => Bound::Above(above),
        (None, Some(below)) => Bound::Below(below),
        (Some(_), Some(_)) => {
            return Err(Error::invalid(field, "stands beside below").next("give one of above and below"));
        }
        (None, None) => {
            return Err(Error::invalid(field, "is missing, and below too").next("give one of above and below"));
        }
    };
    if bound.number().is_finite() {
        return Ok(bound);
    }
    Err(Error::invalid(field, "is no finite number").next("write a finite number"))
}

fn check_silence(silence: &Silence, (place, names): (usize, &Names<'_>)) -> Result<()> {
    let field = |name: &str| format!("silence.{}.{name}", place + 1);
    if silence.only.is_empty() {
        let next = "name a rule, a platform or an object, such as match = { rule = \"cost_spike\" }";
        return Err(Error::invalid(&field("match"), "is empty and would silence everything").next(next));
    }
    silence.only.keys().try_for_each(|label| names.label(label, &field("match")))?;
    if let Some(rule) = silence.only.get("rule") {
        names.rule(rule, &field("match.rule"))?;
    }
    if silence.from >= silence.until {
        return Err(Error::invalid(&field("until"), "is not after from").next("write a later moment"));
    }
    match [("by", &silence.by), ("reason", &silence.reason)].into_iter().find(|(_, text)| text.trim().is_empty()) {
        Some((name, _)) => Err(Error::invalid(&field(name), "is empty").next("say who silences it, and why")),
        None => Ok(()),
    }
}

fn quiet((place, entry): (usize, &QuietHours)) -> Result<Quiet> {
    let field = |name: &str| format!("quiet_hours.{}.{name}", place + 1);
    let time = |text: &str, name: &str| {
        let read = (text.len() >= 5).then(|| text.parse::<Time>().ok()).flatten();
        read.ok_or_else(|| {
            Error::invalid(&field(name), format!("{text:?} is no time of day")).next("write it as 22:00")
        })
    };
    let span = match (&entry.from, &entry.until) {
        (None, None) if entry.days.is_empty() => {
            let next = "write from and until, or days for whole days";
            return Err(Error::invalid(&field("from"), "is missing, and until and days too").next(next));
        }
        (None, None) => None,
        (Some(from), Some(until)) => Some((time(from, "from")?, time(until, "until")?)),
        _ => {
            let next = "write both, or neither for whole days";
            return Err(Error::invalid(&field("from"), "and until belong together").next(next));
        }
    };
    if span.is_some_and(|(from, until)| from == until) {
        return Err(Error::invalid(&field("until"), "is the same as from").next("leave both out for whole days"));
    }
    Ok(Quiet { span, days: entry.days.iter().copied().map(weekday).collect() })
}

fn weekday(day: Day) -> Weekday {
    match day {
        Day::Monday => Weekday::Monday,
        Day::Tuesday => Weekday::Tuesday,
        Day::Wednesday => Weekday::Wednesday,
        Day::Thursday => Weekday::Thursday,
        Day::Friday => Weekday::Friday,
        Day::Saturday => Weekday::Saturday,
        Day::Sunday => Weekday::Sunday,
    }
}
