//! What the predictor learns from, kept from run to run: the history, and the settled days of earlier runs. When it learns anew, and why.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::result::Training;
use super::session::Session;
use crate::clock::Clock as _;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ContentHash, History, HistoryRow, RunId, canonical_json};
use crate::predict::backtest::{Retraining, Rolling, Schedule, Since, Trained, rolling_coverage};
use crate::store::trainings::{Trainings, unreadable};

/// Of a longer history every k-th row with money spent is kept: a forest gains little from more.
const MOST_ROWS: usize = 20_000;

/// What a finished run leaves for later trainings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RunOutcome {
    /// The end of its measured days: before that nobody knew it.
    pub(super) at: Timestamp,
    /// The run at whose start the model learnt that made its forecasts; none where there was no model.
    pub(super) model: Option<RunId>,
    /// The settled days of its ads.
    pub(super) rows: Vec<HistoryRow>,
    /// Whether each settled day of a platform lay inside its interval.
    pub(super) inside: Vec<(Date, bool)>,
}

/// A training as it is kept: what it takes to learn the same again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    run: RunId,
    at: Timestamp,
    /// Rows that it learnt from, before a long history is thinned.
    rows: u64,
    /// The history that was given, or that of the training before.
    file: Option<File>,
    /// Rows of each earlier run.
    runs: BTreeMap<RunId, u64>,
    why: Retraining,
}

/// A history as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    hash: ContentHash,
    /// Rows before thinning.
    rows: u64,
    kept: Vec<HistoryRow>,
}

impl File {
    fn of(history: &History) -> Self {
        let kept = if history.rows.len() > MOST_ROWS { thinned(&history.rows) } else { history.rows.clone() };
        Self { hash: history.hash.clone(), rows: history.rows.len() as u64, kept }
    }

    /// Rows of a file that another one did not hold, as far as can be told: of a long history those that are not kept count as new.
    fn unseen(&self, before: Option<&Self>) -> Result<u64> {
        let Some(before) = before else { return Ok(self.rows) };
        if before.hash == self.hash {
            return Ok(0);
        }
        let known: BTreeSet<Vec<u8>> = before.kept.iter().map(identity).collect::<Result<_>>()?;
        let mut unseen = self.rows - self.kept.len() as u64;
        for row in &self.kept {
            unseen += u64::from(!known.contains(&identity(row)?));
        }
        Ok(unseen)
    }
}

fn thinned(rows: &[HistoryRow]) -> Vec<HistoryRow> {
    let paid: Vec<&HistoryRow> = rows.iter().filter(|row| row.metrics.spend.is_positive()).collect();
    let step = paid.len().div_ceil(MOST_ROWS).max(1);
    paid.into_iter().step_by(step).cloned().collect()
}

/// A row without its place in the file.
fn identity(row: &HistoryRow) -> Result<Vec<u8>> {
    canonical_json(&HistoryRow { line: 0, ..row.clone() })
}

/// What there is to learn from at the start of a run, and what was made of it.
pub(super) struct Lesson {
    /// All that is known: the history, and the days of earlier runs before this one.
    pub(super) known: Option<History>,
    /// What the predictor learns from: the same, or what it learnt from before.
    pub(super) taught: Option<History>,
    /// The model in use.
    pub(super) training: Option<Training>,
}

/// What earlier runs measured that had ended when this one starts: nothing that is still to come by the run's clock.
struct Past {
    rows: BTreeMap<RunId, Vec<HistoryRow>>,
    inside: Vec<(Option<RunId>, Date, bool)>,
}

impl Past {
    async fn read(session: &Session, kept: &Trainings, now: Timestamp) -> Result<Self> {
        let mut past = Self { rows: BTreeMap::new(), inside: Vec::new() };
        for (run, body) in kept.results(&session.run).await? {
            let found: RunOutcome =
                serde_json::from_str(&body).map_err(|error| unreadable("what an earlier run measured", &error))?;
            if found.at <= now {
                let model = found.model;
                past.inside.extend(found.inside.into_iter().map(|(day, is_inside)| (model.clone(), day, is_inside)));
                past.rows.insert(run, found.rows);
            }
        }
        Ok(past)
    }

    fn counts(&self) -> BTreeMap<RunId, u64> {
        self.rows.iter().map(|(run, rows)| (run.clone(), rows.len() as u64)).collect()
    }

    /// How the forecasts of a model have held lately.
    fn coverage(&self, model: &RunId) -> Option<Rolling> {
        let own = self.inside.iter().filter(|(by, ..)| by.as_ref() == Some(model));
        let results: Vec<_> = own.map(|(_, day, is_inside)| (*day, *is_inside)).collect();
        rolling_coverage(&results).last().copied()
    }

    /// What has come in since a training: rows of a new history and of runs, and how its forecasts held.
    fn since(&self, model: &Kept, file: Option<&File>) -> Result<Since> {
        let new = self.counts().into_iter().filter(|(run, _)| !model.runs.contains_key(run));
        let of_runs: u64 = new.map(|(_, rows)| rows).sum();
        let of_file = file.map_or(Ok(0), |file| file.unseen(model.file.as_ref()))?;
        Ok(Since { rows: of_runs + of_file, coverage: self.coverage(&model.run) })
    }
}

/// Decides at the start of a run whether the predictor learns anew, by the session's clock: at first, after a week, when its forecasts held
/// badly, or when much has come in. Else it learns from the same rows as before, which gives the same model to the bit.
pub(super) async fn prepare(session: &Session) -> Result<Lesson> {
    let now = session.clock.now();
    let kept = trainings(session);
    let past = Past::read(session, &kept, now).await?;
    let model = kept.newest(&session.run, now).await?.map(|body| read(&body)).transpose()?;
    let file = match (&session.history, &model) {
        (Some(history), _) => Some(File::of(history)),
        (None, Some(model)) => model.file.clone(),
        (None, None) => None,
    };
    let rows = file.as_ref().map_or(0, |file| file.rows) + past.counts().values().sum::<u64>();
    if rows == 0 {
        return Ok(Lesson { known: None, taught: None, training: None });
    }
    let whole = session.history.as_ref().map(|history| history.rows.as_slice());
    let whole = whole.or(file.as_ref().map(|file| file.kept.as_slice())).unwrap_or_default();
    let known = together(session, whole, past.rows.values().flatten())?;
    if let Some(own) = model.as_ref().filter(|model| model.run == session.run) {
        return lesson(session, known, (own, &past), None);
    }
    let since = model.as_ref().map(|model| past.since(model, file.as_ref())).transpose()?.unwrap_or_default();
    let trained = model.as_ref().map(|model| Trained { at: model.at, rows: model.rows });
    let why = Schedule::default().decide(trained.as_ref(), &since, &session.clock);
    if let Some(model) = model.filter(|_| !why.is_due) {
        return lesson(session, known, (&model, &past), Some((since.rows, why)));
    }
    let new = Kept { run: session.run.clone(), at: now, rows, file, runs: past.counts(), why };
    kept.add(&session.run, (now, text(&new)?)).await?;
    lesson(session, known, (&new, &past), None)
}

/// The rows of a training and what is told of it. `kept` says, where the model is of an earlier run, what has come in since and why it was
/// kept.
fn lesson(
    session: &Session,
    known: History,
    (model, past): (&Kept, &Past),
    kept: Option<(u64, Retraining)>,
) -> Result<Lesson> {
    let runs = past.rows.iter().filter(|(run, _)| model.runs.contains_key(*run));
    let rows = runs.flat_map(|(_, rows)| rows);
    let taught = together(session, model.file.as_ref().map_or(&[], |file| &file.kept), rows)?;
    let (is_new, unseen) = (kept.is_none(), kept.as_ref().map_or(0, |(rows, _)| *rows));
    let why = kept.map_or_else(|| model.why.clone(), |(_, why)| why);
    let training =
        Training { run: model.run.clone(), at: model.at, rows: model.rows, is_new, unseen, reasons: why.reasons };
    Ok(Lesson { known: Some(known), taught: Some(taught), training: Some(training) })
}

/// A history and the days of runs as one history, with a hash of its own.
fn together<'a>(
    session: &Session,
    history: &'a [HistoryRow],
    runs: impl Iterator<Item = &'a HistoryRow>,
) -> Result<History> {
    let rows: Vec<HistoryRow> = history.iter().chain(runs).cloned().collect();
    Ok(History {
        hash: ContentHash::of_value(&rows)?,
        currency: session.brief.currency(),
        mapping: "history and runs".to_owned(),
        rows,
        problems: Vec::new(),
    })
}

/// Keeps what a run measured, for the trainings of later runs.
pub(super) async fn remember(session: &Session, outcome: &RunOutcome) -> Result<()> {
    if outcome.rows.is_empty() {
        return Ok(());
    }
    trainings(session).add_result(&session.run, text(outcome)?).await
}

/// Trade, objective, currency, and whether the figures are simulated: a model of made-up results never plans with real money.
fn trainings(session: &Session) -> Trainings {
    let brief = &session.brief;
    let kind = if session.clock.is_simulated() { "simulated" } else { "real" };
    let scope = format!("{}/{}/{}/{kind}", brief.industry, brief.objective, brief.currency());
    Trainings::new(session.parts.database.clone(), scope)
}

fn read(body: &str) -> Result<Kept> {
    serde_json::from_str(body).map_err(|error| unreadable("a training", &error))
}

fn text(value: &impl Serialize) -> Result<String> {
    String::from_utf8(canonical_json(value)?)
        .map_err(|error| Error::new(ErrorKind::Internal, "JSON is not UTF-8").caused_by(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Currency, Metrics, Money, Platform};

    /// Rows of ads with one unit spent each, and every fourth with nothing.
    fn history(name: &[u8], rows: u64) -> History {
        let row = |line: u64| HistoryRow {
            line,
            platform: Platform::Meta,
            campaign: "c".into(),
            ad: line.to_string(),
            date: None,
            ages: None,
            gender: None,
            interest: None,
            creative_type: None,
            copy_style: None,
            metrics: Metrics {
                spend: Money::from_micros(if line.is_multiple_of(4) { 0 } else { 1_000_000 }, Currency::BRL),
                ..Metrics::none(Currency::BRL)
            },
        };
        let hash = ContentHash::of(name);
        let rows = (1..=rows).map(row).collect();
        History { hash, currency: Currency::BRL, mapping: "test".into(), rows, problems: vec![] }
    }

    #[test]
    fn what_a_new_file_adds_is_told_by_its_rows_and_not_by_its_name() {
        let first = File::of(&history(b"first", 40));
        let longer = File::of(&history(b"longer", 43));
        assert_eq!(longer.unseen(Some(&first)).unwrap(), 3);
        assert_eq!((first.unseen(Some(&first)).unwrap(), first.unseen(None).unwrap()), (0, 40));
        assert_eq!(first.unseen(Some(&longer)).unwrap(), 0);
    }

    #[test]
    fn a_long_history_is_kept_in_part_and_the_same_part_each_time() {
        let long = history(b"long", 60_000);
        let file = File::of(&long);
        assert_eq!((file.rows, file.kept.len()), (60_000, 15_000), "45,000 rows with money spent, every third");
        assert!(file.kept.iter().all(|row| row.metrics.spend.is_positive()));
        assert_eq!(file, File::of(&long));
        assert_eq!(File::of(&history(b"short", 8)).kept.len(), 8, "a short one is kept whole");
    }
}
