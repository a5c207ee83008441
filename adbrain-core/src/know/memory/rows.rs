//! The rows of memory in the store's tables.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::similarity::Candidate;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{BestPractice, ContentHash, Estimate, Grounds, Learning, Period, WinningCombination};
use crate::store::{Row, Statement, Value};

const ADD_LEARNING: &str = "INSERT INTO campaign_learnings (id, campaign, learning_type, industry, objective, insight, \
    performance_impact, impact_low, impact_high, confidence_score, impact_method, impact_warnings, sample_size, learnt_at, \
    metadata, taint, entry, brand, period_start, period_end, test, maturity, expires_at, supersedes, profile) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, \
    ?25) ON CONFLICT (id) DO NOTHING";

pub(super) const LEARNING: &str = "SELECT id, campaign, learning_type, industry, objective, insight, performance_impact, \
    impact_low, impact_high, confidence_score, impact_method, impact_warnings, sample_size, learnt_at, metadata, taint, entry, \
    brand, period_start, period_end, test, maturity, expires_at, supersedes, profile FROM campaign_learnings";

pub(super) const CANDIDATE: &str = "SELECT id, learning_type, insight, performance_impact, impact_low, impact_high, \
    confidence_score, learnt_at, profile FROM campaign_learnings";

const SET_PRACTICE: &str = "INSERT INTO industry_best_practices (industry, practice_type, description, average_performance, \
    roas_variance, sample_size, last_updated) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (industry, practice_type) \
    DO UPDATE SET description = excluded.description, average_performance = excluded.average_performance, \
    roas_variance = excluded.roas_variance, sample_size = excluded.sample_size, last_updated = excluded.last_updated";

/// Adds uses: the formula is that of `pooled`, the success rate that of [`WinningCombination::success_rate`].
const ADD_COMBINATION: &str = "INSERT INTO winning_combinations (creative_type, copy_style, audience_segment, average_roas, \
    average_ctr, times_used, times_succeeded, success_rate) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, (?7 + 1.0) / (?6 + 2.0)) \
    ON CONFLICT (creative_type, copy_style, audience_segment) DO UPDATE SET \
    average_roas = average_roas + (excluded.average_roas - average_roas) \
        * (CAST(excluded.times_used AS REAL) / (times_used + excluded.times_used)), \
    average_ctr = average_ctr + (excluded.average_ctr - average_ctr) \
        * (CAST(excluded.times_used AS REAL) / (times_used + excluded.times_used)), \
    times_used = times_used + excluded.times_used, times_succeeded = times_succeeded + excluded.times_succeeded, \
    success_rate = (times_succeeded + excluded.times_succeeded + 1.0) / (times_used + excluded.times_used + 2.0)";

pub(super) fn add_learning(learning: &Learning) -> Result<Statement> {
    let (impact, grounds) = (&learning.impact, &learning.grounds);
    let values = [
        learning.id.as_str().into(),
        learning.campaign.as_str().into(),
        learning.learning_type.as_str().into(),
        learning.industry.as_str().into(),
        learning.objective.as_str().into(),
        learning.insight.as_str().into(),
        impact.value.into(),
        impact.low.into(),
        impact.high.into(),
        impact.level.into(),
        impact.method.as_str().into(),
        json(&impact.warnings)?,
        whole(impact.sample_size)?,
        learning.learnt_at.into(),
        json(&learning.metadata)?,
        grounds.taint.as_str().into(),
        grounds.entry.as_ref().map(ContentHash::as_str).into(),
        grounds.brand.as_deref().into(),
        grounds.period.map(|period| period.start).into(),
        grounds.period.map(|period| period.end).into(),
        grounds.test.as_deref().into(),
        grounds.maturity.map(crate::model::Maturity::as_str).into(),
        grounds.expires_at.into(),
        grounds.supersedes.as_deref().into(),
        grounds.profile.as_ref().map_or(Ok(Value::Null), json)?,
    ];
    Ok(Statement::new(ADD_LEARNING, values))
}

pub(super) fn learning(row: &Row) -> Result<Learning> {
    Ok(Learning {
        id: row.text(0)?.to_owned(),
        campaign: row.text(1)?.to_owned(),
        learning_type: named(row, 2)?,
        industry: row.text(3)?.to_owned(),
        objective: named(row, 4)?,
        insight: row.text(5)?.to_owned(),
        impact: Estimate {
            value: row.real(6)?,
            low: row.real(7)?,
            high: row.real(8)?,
            level: row.real(9)?,
            method: row.text(10)?.to_owned(),
            sample_size: count(row, 12)?,
            warnings: from_json(row, 11)?,
        },
        learnt_at: row.time(13)?,
        metadata: from_json(row, 14)?,
        grounds: grounds(row)?,
    })
}

fn grounds(row: &Row) -> Result<Grounds> {
    let text = |index: usize| some(row, index, |row, index| row.text(index).map(str::to_owned));
    let period = some(row, 18, Row::time)?.zip(some(row, 19, Row::time)?);
    Ok(Grounds {
        taint: named(row, 15)?,
        entry: text(16)?.map(ContentHash::new),
        brand: text(17)?,
        period: period.map(|(start, end)| Period { start, end }),
        test: text(20)?,
        maturity: some(row, 21, named)?,
        expires_at: some(row, 22, Row::time)?,
        supersedes: text(23)?,
        profile: some(row, 24, from_json)?,
    })
}

/// What ranking needs of a row of [`CANDIDATE`].
pub(super) fn candidate(row: &Row) -> Result<Candidate> {
    Ok(Candidate {
        id: row.text(0)?.to_owned(),
        about: named(row, 1)?,
        insight: row.text(2)?.to_owned(),
        impact: (row.real(3)?, row.real(4)?, row.real(5)?, row.real(6)?),
        learnt_at: row.time(7)?,
        profile: some(row, 8, from_json)?,
    })
}

/// A column that may hold nothing.
fn some<T>(row: &Row, index: usize, read: impl Fn(&Row, usize) -> Result<T>) -> Result<Option<T>> {
    if row.is_null(index) { Ok(None) } else { read(row, index).map(Some) }
}

pub(super) fn set_practice(practice: &BestPractice) -> Result<Statement> {
    let values = [
        practice.industry.as_str().into(),
        practice.practice_type.as_str().into(),
        practice.description.as_str().into(),
        json(&practice.average_performance)?,
        practice.roas_variance.into(),
        whole(practice.sample_size)?,
        practice.last_updated.into(),
    ];
    Ok(Statement::new(SET_PRACTICE, values))
}

pub(super) fn practice(row: &Row) -> Result<BestPractice> {
    Ok(BestPractice {
        industry: row.text(0)?.to_owned(),
        practice_type: row.text(1)?.to_owned(),
        description: row.text(2)?.to_owned(),
        average_performance: from_json::<BTreeMap<String, f64>>(row, 3)?,
        roas_variance: row.real(4)?,
        sample_size: count(row, 5)?,
        last_updated: row.time(6)?,
    })
}

pub(super) fn add_combination(combination: &WinningCombination) -> Result<Statement> {
    let values = [
        combination.creative_type.as_str().into(),
        combination.copy_style.as_str().into(),
        combination.audience_segment.as_str().into(),
        combination.average_roas.into(),
        combination.average_ctr.into(),
        whole(combination.times_used)?,
        whole(combination.times_succeeded)?,
    ];
    Ok(Statement::new(ADD_COMBINATION, values))
}

pub(super) fn combination(row: &Row) -> Result<WinningCombination> {
    Ok(WinningCombination {
        creative_type: row.text(0)?.to_owned(),
        copy_style: row.text(1)?.to_owned(),
        audience_segment: row.text(2)?.to_owned(),
        average_roas: row.real(3)?,
        average_ctr: row.real(4)?,
        times_used: count(row, 5)?,
        times_succeeded: count(row, 6)?,
    })
}

fn json(value: &impl Serialize) -> Result<Value> {
    let text = serde_json::to_string(value);
    text.map(Value::Text)
        .map_err(|error| Error::new(ErrorKind::Internal, "a row cannot be written as JSON").caused_by(error))
}

fn from_json<T: DeserializeOwned>(row: &Row, index: usize) -> Result<T> {
    serde_json::from_str(row.text(index)?).map_err(|error| corrupt(index, &error))
}

fn named<T: std::str::FromStr<Err = Error>>(row: &Row, index: usize) -> Result<T> {
    row.text(index)?.parse().map_err(|error: Error| corrupt(index, &error))
}

fn whole(count: u64) -> Result<Value> {
    let too_large = |_| {
        Error::new(ErrorKind::InvalidInput, format!("the count {count} is too large to be stored"))
            .next(format!("give at most {}", i64::MAX))
    };
    i64::try_from(count).map(Value::Integer).map_err(too_large)
}

fn count(row: &Row, index: usize) -> Result<u64> {
    u64::try_from(row.integer(index)?).map_err(|error| corrupt(index, &error))
}

fn corrupt(index: usize, why: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Corrupt, format!("a row of memory cannot be read: column {index}: {why}"))
        .next("restore the database from a backup")
}
