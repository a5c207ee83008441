//! What came of decisions on alerts, once the days that they are counted over are mature.

use jiff::{SignedDuration, Timestamp};

use super::monitor::Progress;
use super::session::Session;
use crate::alert::DecisionRecord;
use crate::alert::decision::{After, Graded, grade as graded};
use crate::alert::rules::ActionKind;
use crate::control::{JournalState, Outcome};
use crate::error::Result;
use crate::measure;
use crate::model::{Currency, Maturity, Metrics, MetricsRow};

/// Grades what can be graded by now: `rows` are the days of ads as they are known at a moment.
pub(super) fn grade(
    session: &Session,
    progress: &mut Progress,
    (rows, known_at): (&[MetricsRow], Timestamp),
) -> Result<()> {
    let (actions, currency) = (&progress.actions, session.brief.currency());
    for record in progress.decisions.iter_mut().filter(|record| record.outcome.is_none()) {
        record.outcome = outcome(record, actions, (rows, known_at, currency))?;
    }
    Ok(())
}

fn outcome(
    record: &DecisionRecord,
    actions: &[Outcome],
    (rows, known_at, currency): (&[MetricsRow], Timestamp, Currency),
) -> Result<Option<Graded>> {
    let Some(expected) = record.expected() else { return Ok(None) };
    let end = record.at + SignedDuration::from_hours(24 * i64::from(expected.days));
    let age = known_at.duration_since(end).as_secs_f64() / 86_400.0;
    if age < 0.0 || measure::maturity(record.platform, age) != Maturity::Mature {
        return Ok(None);
    }
    let during = |row: &&MetricsRow| row.platform == record.platform && row.start >= record.at && row.end <= end;
    let sum = |is_it: &dyn Fn(&MetricsRow) -> bool| {
        Metrics::total(rows.iter().filter(during).filter(|row| is_it(row)).map(|row| &row.metrics), currency)
    };
    let target = |place: usize| record.changes.get(place).map_or("", |change| change.target.as_str());
    let (own, others) = match record.action {
        ActionKind::PauseWorstAds => (
            sum(&|row| row.path.ad == target(0))?,
            sum(&|row| row.path.ad_set == record.object && row.path.ad != target(0))?,
        ),
        ActionKind::CutBid | ActionKind::MoveBudget => {
            (sum(&|row| row.path.ad_set == target(0))?, sum(&|row| row.path.ad_set == target(1))?)
        }
    };
    let is_done = actions.iter().any(|done| {
        done.cause == record.cause && done.target.as_str() == target(0) && done.state == JournalState::Confirmed
    });
    Ok(graded(record, &After { at: known_at, own: &own, others: &others, is_done }))
}
