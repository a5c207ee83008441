//! What rows cover, can estimate, mix and cost, before anything is launched.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::DesignOptions;
use super::compile::Compiled;
use super::cost::{MatrixCost, cost};
use super::factors::Combination;
use crate::error::Result;
use crate::model::Message;
use crate::stats::covering::Tuples;
use crate::stats::factorial::{Aliases, Information, MOST_PARAMETERS, aliases, interactions};

/// Most impossible combinations that are listed.
const MOST_LISTED: usize = 500;

/// One level by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelName {
    /// The factor.
    pub factor: String,
    /// The level.
    pub level: String,
}

/// How many combinations of some factors' levels the rows hold, counted from the finished rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// How many factors a combination has.
    pub strength: usize,
    /// Different combinations that the rows hold.
    pub covered: usize,
    /// Combinations that an allowed row can hold.
    pub possible: usize,
    /// Combinations without constraints.
    pub all: usize,
    /// Covered over possible.
    pub share: f64,
}

/// What can be told about one factor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactorEffects {
    /// The factor.
    pub factor: String,
    /// Whether the effects of all its levels can be estimated, main effects alone assumed.
    pub is_estimable: bool,
    /// The levels whose effect cannot.
    pub not_estimable: Vec<String>,
    /// The largest variance of a difference of two of its levels, in units of the variance of one row; the smaller, the better.
    pub worst_difference: Option<f64>,
}

/// What can be told about the interaction of two factors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairInteraction {
    /// The two factors.
    pub factors: [String; 2],
    /// Its parameters.
    pub parameters: usize,
    /// How many of them could be estimated beside all main effects, this interaction alone added.
    pub estimable: usize,
    /// The share of it that main effects would take for their own: 0 is clear of them, 1 is wholly mixed with them.
    pub share_in_main_effects: f64,
}

/// What a matrix covers, can estimate and costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatrixReport {
    /// Rows.
    pub rows: usize,
    /// No matrix that covers everything has fewer rows; in `cover` alone.
    pub least_rows: Option<usize>,
    /// Rows of the full matrix without constraints.
    pub full_rows: f64,
    /// Different rows over `full_rows`.
    pub share_of_full: f64,
    /// Pairs of levels; `None` with one factor or more than 4,000,000 pairs.
    pub pairs: Option<Coverage>,
    /// Combinations of the strength that was asked for.
    pub coverage: Option<Coverage>,
    /// Levels that no allowed row can hold. They are not part of the matrix.
    pub impossible_levels: Vec<LevelName>,
    /// Pairs that no allowed row can hold, impossible levels aside; the first 500.
    pub impossible_pairs: Vec<Combination>,
    /// Parameters of the main-effects model: 1 + sum of (levels - 1).
    pub parameters: usize,
    /// How many of them the rows can tell apart; `None` above 800 parameters, like all below.
    pub rank: Option<usize>,
    /// det(X'X / N)^(1/p) with orthonormal contrasts: per row, 1 for the full matrix, 0 where some effect cannot be estimated.
    pub d_efficiency: Option<f64>,
    /// The mean variance of a prediction, per row and relative to the full matrix; `None` where some effect cannot be estimated.
    pub variance_ratio: Option<f64>,
    /// The condition number of X, 1 at best; `None` as above.
    pub condition_number: Option<f64>,
    /// Factor by factor.
    pub effects: Vec<FactorEffects>,
    /// Sets of effects of which the rows tell only sums; an empty factor and level is the average.
    pub mixed: Vec<Vec<LevelName>>,
    /// Pair by pair of factors, as far as they were looked at.
    pub interactions: Vec<PairInteraction>,
    /// Days and money, where traffic was given.
    pub cost: Option<MatrixCost>,
    /// What a reader should know before launching.
    pub warnings: Vec<Message>,
}

pub(super) fn report(
    compiled: &Compiled,
    rows: &[Vec<u8>],
    (strength, least_rows): (usize, Option<usize>),
    options: &DesignOptions,
) -> Result<MatrixReport> {
    let levels = compiled.space.levels();
    let full_rows = levels.iter().map(|count| *count as f64).product::<f64>();
    let distinct: BTreeSet<&Vec<u8>> = rows.iter().collect();
    let pair_tuples = Tuples::new(&compiled.space, 2).ok();
    let pairs = pair_tuples.as_ref().map(|tuples| coverage(tuples, rows));
    let tuples = if strength == 2 { None } else { Tuples::new(&compiled.space, strength).ok() };
    let parameters = 1 + levels.iter().map(|count| count - 1).sum::<usize>();
    let mut report = MatrixReport {
        rows: rows.len(),
        least_rows,
        full_rows,
        share_of_full: distinct.len() as f64 / full_rows,
        coverage: tuples.as_ref().map(|tuples| coverage(tuples, rows)).or_else(|| pairs.clone()),
        pairs,
        impossible_levels: compiled.impossible.clone(),
        impossible_pairs: pair_tuples.map(|tuples| impossible(compiled, &tuples)).unwrap_or_default(),
        parameters,
        rank: None,
        d_efficiency: None,
        variance_ratio: None,
        condition_number: None,
        effects: Vec::new(),
        mixed: Vec::new(),
        interactions: Vec::new(),
        cost: None,
        warnings: Vec::new(),
    };
    let mut worst = vec![None; levels.len()];
    if parameters <= MOST_PARAMETERS {
        let information = Information::of(levels, rows)?;
        let found = aliases(&information);
        worst = information.worst_differences(&found.estimable);
        add_quality(&mut report, &information, rows, compiled);
        add_effects(&mut report, &found, &worst, compiled);
    }
    if let Some(traffic) = &options.traffic {
        report.cost = Some(cost(traffic, &compiled.names, &worst, rows.len())?);
    }
    report.warnings = warnings(&report);
    Ok(report)
}

fn coverage(tuples: &Tuples, rows: &[Vec<u8>]) -> Coverage {
    let (covered, possible) = (tuples.covered(rows), tuples.possible());
    let share = covered as f64 / possible.max(1) as f64;
    Coverage { strength: tuples.strength(), covered, possible, all: tuples.all(), share }
}

fn impossible(compiled: &Compiled, tuples: &Tuples) -> Vec<Combination> {
    let named = |cells: Vec<crate::stats::covering::Cell>| {
        let pairs = cells.into_iter().map(|cell| compiled.name(cell.factor, usize::from(cell.level)));
        pairs.map(|name| (name.factor, name.level)).collect()
    };
    tuples.impossible().take(MOST_LISTED).map(named).collect()
}

fn add_quality(report: &mut MatrixReport, information: &Information, rows: &[Vec<u8>], compiled: &Compiled) {
    let quality = information.quality();
    report.rank = Some(quality.rank);
    report.d_efficiency = Some(quality.d_efficiency);
    report.variance_ratio = quality.variance_ratio;
    report.condition_number = quality.condition_number;
    let name = |factor: usize| compiled.names.get(factor).cloned().unwrap_or_default();
    let named = interactions(information, rows).into_iter().map(|one| PairInteraction {
        factors: [name(one.factors.0), name(one.factors.1)],
        parameters: one.parameters,
        estimable: one.estimable,
        share_in_main_effects: one.share_in_main_effects,
    });
    report.interactions = named.collect();
}

fn add_effects(report: &mut MatrixReport, found: &Aliases, worst: &[Option<f64>], compiled: &Compiled) {
    let parts = found.estimable.iter().zip(worst).enumerate();
    let effects = parts.map(|(factor, (estimable, worst))| {
        let lost = estimable.iter().enumerate().filter(|(_, own)| !**own);
        let not_estimable: Vec<String> = lost.map(|(level, _)| compiled.name(factor, level).level).collect();
        let factor = compiled.names.get(factor).cloned().unwrap_or_default();
        FactorEffects { factor, is_estimable: not_estimable.is_empty(), not_estimable, worst_difference: *worst }
    });
    report.effects = effects.collect();
    let average = || LevelName { factor: String::new(), level: String::new() };
    let name =
        |part: &Option<(usize, usize)>| part.map_or_else(average, |(factor, level)| compiled.name(factor, level));
    report.mixed = found.mixed.iter().map(|set| set.iter().map(name).collect()).collect();
}

fn warnings(report: &MatrixReport) -> Vec<Message> {
    let mut warnings = Vec::new();
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    for level in &report.impossible_levels {
        let message = Message::new("matrix-level-impossible");
        warnings.push(message.with("factor", level.factor.as_str()).with("level", level.level.as_str()));
    }
    let missing = report.coverage.as_ref().map_or(0, |coverage| coverage.possible - coverage.covered);
    if missing > 0 {
        warnings.push(Message::new("matrix-combinations-missing").with("count", count(missing)));
    }
    let lost: usize = report.effects.iter().map(|factor| factor.not_estimable.len()).sum();
    if lost > 0 {
        warnings.push(Message::new("matrix-effects-mixed").with("count", count(lost)));
    }
    warnings
}
