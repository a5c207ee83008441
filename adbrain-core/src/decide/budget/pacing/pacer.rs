//! A day's controller: what was seen so far, and what follows.

use serde::{Deserialize, Serialize};

use super::moves::{Facts, decide, part};
use super::pace::{Pace, SpendReport};
use super::plan::PacingPlan;
use super::spend_rate::SpendRate;
use crate::error::{Error, Result};
use crate::model::{Estimate, Money};
use crate::stats::distribution::normal_quantile;

/// Delivery has stopped only where so much of the plan was to be expected meanwhile.
const EXPECTED_SHARE: f64 = 0.01;

/// The controller of one day and one budget. It is a value: written as JSON and read again it goes on with the same bytes.
///
/// By dual descent (S. R. Balseiro, H. Lu and V. Mirrokni, "The best of many worlds: dual mirror descent for online allocation problems", 2020;
/// robust pacing to a planned curve, 2023) the logarithm of the budget's multiplier steps against the error of the day's spend: with P the
/// projected and T the planned spend a move sets `budget * (T / P)^step`, which takes away the share `step` of the error. `P = s + r (1 -
/// q)` with s spent, q the share of the day's traffic so far and r the spend per share of traffic since the last move, older figures counting
/// less. Platforms spend what is left of a daily budget over the rest of the day, so a budget moves the end of the day in proportion.
///
/// A move needs all of: P outside of the corridor; T outside of the interval of P; figures no older than `max_age_minutes`; `gap_minutes` since
/// the last move; moves left; delivery. It is kept within `bounds`, `max_raise_percent`, `max_cut_percent`, `least`, and at or below the highest budget
/// whose worst case keeps the cap, to the minor unit; while the plan is not spent it is not set below what is spent, as platforms stop
/// there.
///
/// Nothing winds up: the error is read anew from spend and plan at each report, and not summed; time without delivery and moves that were
/// due but not allowed leave no trace. After a stop what was learnt of the rate is let go.
///
/// ```
/// use adbrain_core::budget::{PaceReason, Pacer, PacingPlan, SpendReport};
/// use adbrain_core::model::{Currency, Money};
/// let brl = |text: &str| Money::parse(text, Currency::BRL);
/// let mut pacer = Pacer::new(PacingPlan::new(brl("300")?, brl("100")?, vec![1.0; 24]))?;
/// // By noon 65 of 100 are spent, evenly: the day would end at 130.
/// for quarter in 1..48 {
///     let spent = Money::from_micros(65_000_000 * quarter / 48, Currency::BRL);
///     let report = SpendReport { minute: 15 * quarter as u32, spent, as_of: None, budget: None };
///     let pace = pacer.observe(&report)?;
///     if let Some(budget) = pace.proposed {
///         assert_eq!(pace.reason, PaceReason::Lowered);
///         assert!(budget.micros() < 100_000_000);
///         break;
///     }
/// }
/// assert_eq!(pacer.moves(), 1);
/// # Ok::<(), adbrain_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct Pacer {
    plan: PacingPlan,
    state: State,
}

/// A pacer as it is written, before its plan is checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    plan: PacingPlan,
    state: State,
}

impl TryFrom<Written> for Pacer {
    type Error = Error;

    fn try_from(written: Written) -> Result<Self> {
        written.plan.check()?;
        Ok(Self { plan: written.plan, state: written.state })
    }
}

/// What was seen and done so far.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    /// The daily budget in force.
    budget: Money,
    moves: u32,
    moved_at: Option<u32>,
    /// The minute of the last report.
    minute: u32,
    /// What is spent, and up to which minute that is complete.
    spent: Money,
    as_of: u32,
    /// The minute of the last report with new spend.
    since: u32,
    has_stopped: bool,
    rate: SpendRate,
}

impl Pacer {
    /// A pacer at the beginning of a day.
    ///
    /// # Errors
    /// As [`PacingPlan::check`].
    pub fn new(plan: PacingPlan) -> Result<Self> {
        plan.check()?;
        let budget = plan.first_budget();
        let state = State {
            budget,
            moves: 0,
            moved_at: None,
            minute: 0,
            spent: Money::zero(budget.currency()),
            as_of: 0,
            since: 0,
            has_stopped: false,
            rate: SpendRate::of(1.0),
        };
        Ok(Self { plan, state })
    }

    /// The plan.
    pub fn plan(&self) -> &PacingPlan {
        &self.plan
    }

    /// How often the budget was moved so far.
    pub fn moves(&self) -> u32 {
        self.state.moves
    }

    /// Takes a report, and says what the day will come to and whether the budget moves. A proposed budget is taken as in force from then on,
    /// unless the next report says otherwise. A report older than one before it adds nothing; spend that was restated downwards is taken as it is.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] naming the field, with the pacer as it was: another currency, spend below zero, time that goes back or
    /// past the end of the day, or figures from the future.
    pub fn observe(&mut self, report: &SpendReport) -> Result<Pace> {
        self.check(report)?;
        let before = self.state;
        self.take(report);
        let pace = self.pace();
        if pace.is_err() {
            self.state = before;
        }
        pace
    }

    fn check(&self, report: &SpendReport) -> Result<()> {
        let bad = |field: &str, what: String, next: &str| Err(Error::invalid(field, what).next(next));
        let currency = self.plan.cap.currency();
        for (field, amount) in [("spent", Some(report.spent)), ("budget", report.budget)] {
            let Some(amount) = amount else { continue };
            if amount.currency() != currency {
                let what = format!("is in {}, the plan in {currency}", amount.currency());
                return bad(field, what, "give the spend in the currency of the account");
            }
            if amount.micros() < 0 {
                return bad(field, format!("is {amount}"), "give an amount from zero on");
            }
        }
        if report.minute > self.plan.minutes() {
            let what = format!("is {}, the day has {}", report.minute, self.plan.minutes());
            return bad("minute", what, "begin a new pacer for the next day");
        }
        if report.minute < self.state.minute {
            let what = format!("is {}, before the last report at {}", report.minute, self.state.minute);
            return bad("minute", what, "give reports in the order of time");
        }
        match report.as_of {
            Some(as_of) if as_of > report.minute => {
                bad("as_of", format!("is {as_of}, after the report at {}", report.minute), "give the past minute")
            }
            _ => Ok(()),
        }
    }

    fn take(&mut self, report: &SpendReport) {
        let as_of = report.as_of.unwrap_or(report.minute);
        self.state.minute = report.minute;
        if let Some(budget) = report.budget.filter(|budget| *budget != self.state.budget) {
            self.expect(budget);
        }
        if as_of < self.state.as_of {
            return;
        }
        let grown = self.units(report.spent) - self.units(self.state.spent);
        let traffic = self.plan.share_by(as_of) - self.plan.share_by(self.state.since);
        let is_news = as_of > self.state.as_of;
        (self.state.spent, self.state.as_of) = (report.spent, as_of);
        if is_news && grown > 0.0 {
            if self.state.has_stopped {
                // A platform that delivers again spends what is left over what is left.
                let rest = self.rest();
                let left = (self.units(self.state.budget) - self.units(self.state.spent)).max(0.0);
                self.state.rate = self.state.rate.anew(if rest > 0.0 { left / rest } else { 0.0 });
                self.state.has_stopped = false;
            } else {
                self.state.rate.see(grown, traffic);
            }
            self.state.since = as_of;
        }
        let silent = as_of - self.state.since.min(as_of);
        let expected = self.state.rate.mean() * (self.plan.share_by(as_of) - self.plan.share_by(self.state.since));
        let is_open = self.units(self.state.spent) < 1.0 - self.plan.corridor;
        self.state.has_stopped |= silent >= self.plan.silent_minutes && expected >= EXPECTED_SHARE && is_open;
    }

    /// An amount as a part of the plan.
    fn units(&self, amount: Money) -> f64 {
        amount.to_units() / self.plan.planned.to_units()
    }

    /// The share of traffic after the figures.
    fn rest(&self) -> f64 {
        (1.0 - self.plan.share_by(self.state.as_of)).max(0.0)
    }

    /// What the day will come to, as a part of the plan.
    fn projection(&self) -> f64 {
        self.units(self.state.spent) + self.state.rate.mean() * self.rest()
    }

    /// Another budget: the end of the day moves in proportion, and little is known of it yet.
    fn expect(&mut self, budget: Money) {
        let end = if self.state.budget.is_positive() {
            self.projection() * budget.to_units() / self.state.budget.to_units()
        } else {
            self.units(budget)
        };
        let rest = self.rest();
        let rate = if rest > 0.0 { ((end - self.units(self.state.spent)) / rest).max(0.0) } else { 0.0 };
        self.state.rate = self.state.rate.anew(rate);
        self.state.budget = budget;
    }

    fn projected(&self) -> Estimate {
        let (rate, rest, unit) = (self.state.rate, self.rest(), self.plan.planned.to_units());
        let value = self.projection() * unit;
        let spread = libm::sqrt(rate.variance() * (rest + rest * rest / rate.traffic)) * unit;
        let reach = normal_quantile(f64::midpoint(1.0, self.plan.level)) * spread;
        Estimate {
            value,
            low: (value - reach).max(self.state.spent.to_units()).min(value),
            high: value + reach,
            level: self.plan.level,
            method: "traffic_rate".to_owned(),
            sample_size: u64::from(rate.reports),
            warnings: Vec::new(),
        }
    }

    fn pace(&mut self) -> Result<Pace> {
        let state = self.state;
        let projected = (!state.has_stopped).then(|| self.projected());
        let facts = Facts {
            budget: state.budget,
            spent: state.spent,
            projected: projected.as_ref(),
            age: state.minute - state.as_of,
            since_move: state.moved_at.map(|moved| state.minute - moved),
            moves: state.moves,
            rest: 1.0 - self.plan.share_by(state.minute),
        };
        let (reason, proposed) = decide(&self.plan, &facts)?;
        let message = reason.message(&self.plan, &facts, proposed);
        if let Some(budget) = proposed {
            self.expect(budget);
            self.state.moves += 1;
            self.state.moved_at = Some(state.minute);
        }
        let share = self.plan.share_by(state.as_of);
        let budget = self.state.budget;
        Ok(Pace {
            minute: state.minute,
            planned_by_now: part(self.plan.planned, share)?,
            projected,
            multiplier: budget.to_units() / self.plan.first_budget().to_units(),
            budget,
            proposed,
            reason,
            message,
        })
    }
}
