//! What the batches of a bandit have shown, with errors that are those of the level.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::arm::{Seen, check_cells, check_names, wrong};
use super::cell::{Cell, unit_variances};
use super::contrast::{Estimated, Ruler, estimate};
use crate::stats::bayes::Goal;
use crate::stats::{Defined, Interval};

/// What the spread of an estimate is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Spread {
    /// From the batches: right also where units of a day or a user go together, as clicks do. Needs two batches, and says little below
    /// some eight.
    #[default]
    Batches,
    /// From the units, taken as independent: for randomised users counted once.
    Units,
}

/// How a report is made.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportPlan {
    /// Which way is better.
    pub goal: Goal,
    /// The index of the arm that the others are compared with.
    pub reference: usize,
    /// What the spread is taken from.
    pub spread: Spread,
    /// The level of the intervals.
    pub level: f64,
}

impl Default for ReportPlan {
    fn default() -> Self {
        Self { goal: Goal::Maximise, reference: 0, spread: Spread::Batches, level: 0.95 }
    }
}

/// One arm in a report.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmReport {
    /// Its name.
    pub name: String,
    /// What it got: units, trials or exposure.
    pub size: f64,
    /// The mean over all its units. After adaptive allocation it is biased, mostly downwards; it is shown, not tested.
    pub pooled_mean: Option<f64>,
    /// The batch-weighted mean with its interval, or why there is none.
    pub mean: Defined<Interval>,
    /// This arm minus the plain mean of the others.
    pub against_rest: Defined<ArmContrast>,
    /// This arm minus the reference; `None` for the reference itself.
    pub against_reference: Option<Defined<ArmContrast>>,
}

/// A difference between arms.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmContrast {
    /// The difference, with its interval.
    pub difference: Interval,
    /// Two-sided p value against no difference, for this contrast alone.
    pub p_value: f64,
    /// The p value times the number of contrasts of its kind in the report, at most 1 (Bonferroni): read this one where the arm was
    /// picked after looking.
    pub adjusted_p_value: f64,
    /// Batches left out because an arm had nothing in them.
    pub batches_skipped: u64,
}

/// What the batches have shown.
#[derive(Debug, Clone, PartialEq)]
pub struct BanditReport {
    /// One report per arm, in the order given.
    pub arms: Vec<ArmReport>,
    /// The index of the arm with the best batch-weighted mean.
    pub leader: Option<usize>,
    /// How many batches there were.
    pub batches: u64,
}

/// Reports a bandit by inference that knows about it.
///
/// `batches` holds, batch by batch, what each arm collected in that batch alone, in the order of `names`. Each batch's allocation must
/// have been fixed before the batch began. Estimates are joined over batches with variance-stabilising weights: for a sum D(b) = sum c(a)
/// y(b, a) of arm means with v(b) = sum c(a)^2 / n(b, a), w(b) = sqrt(n(b) / v(b)), estimate = sum w D / sum w. This is the adaptively
/// weighted inverse-propensity estimate (Hadad, Hirshberg, Zhan, Wager and Athey, "Confidence intervals for policy evaluation in adaptive
/// experiments", 2021) for allocations fixed per batch; the contrast form is close to that of Zhang, Janson and Murphy, "Inference for
/// batched bandits", 2020. A shift that hits all arms of a day alike cancels from the differences.
///
/// It assumes that an arm's effect is the same in each batch, or that a weighted mean over batches is what is asked for. It misleads
/// where the platform, not the plan, decides who sees which arm. With floors near zero the weak arms' intervals are wide, rightly so. It
/// holds its level at one look at a fixed number of batches; for daily looks use the sequential methods.
///
/// Means are in the unit of the outcomes, shares 0 to 1.
///
/// ```
/// use adbrain_core::experiment::bandit::{ReportPlan, Seen, bandit_report};
/// let day = |a, b| vec![Seen::Shares { successes: a, trials: 1000 }, Seen::Shares { successes: b, trials: 1000 }];
/// let names = ["old".to_owned(), "new".to_owned()];
/// let found = bandit_report(&names, &[day(50, 61), day(47, 64), day(55, 66)], &ReportPlan::default())?;
/// assert_eq!(found.leader, Some(1));
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
///
/// # Errors
/// [`crate::stats::Undefined::Input`] for arms with the same name, cells of different kinds, impossible cells, batches of another length,
/// a reference that is no arm, or a level outside (0, 1); [`crate::stats::Undefined::TooFew`] below two arms.
pub fn bandit_report(names: &[String], batches: &[Vec<Seen>], plan: &ReportPlan) -> Defined<BanditReport> {
    check(names, batches, plan)?;
    let cells: Vec<Vec<Cell>> = batches.iter().map(|batch| batch.iter().map(Cell::of).collect()).collect();
    let variances = unit_variances(&cells, names.len());
    let ruler = Ruler { spread: plan.spread, level: plan.level, variances: &variances };
    let arms: Vec<_> =
        (0..names.len()).zip(names).map(|(arm, name)| arm_report(name, arm, &cells, (plan.reference, ruler))).collect();
    let leader = leader(&arms, plan.goal);
    Ok(BanditReport { arms, leader, batches: batches.len() as u64 })
}

fn check(names: &[String], batches: &[Vec<Seen>], plan: &ReportPlan) -> Defined<()> {
    check_names(names.iter().map(String::as_str))?;
    if batches.iter().any(|batch| batch.len() != names.len()) {
        return wrong("batches", "must hold one cell per arm");
    }
    check_cells(batches.iter().flatten())?;
    if plan.reference >= names.len() {
        return wrong("reference", "must be one of the arms");
    }
    if !(plan.level > 0.0 && plan.level < 1.0) {
        return wrong("level", "must lie between 0 and 1");
    }
    Ok(())
}

fn arm_report(name: &str, arm: usize, cells: &[Vec<Cell>], (reference, ruler): (usize, Ruler<'_>)) -> ArmReport {
    let arms = ruler.variances.len();
    let own = cells.iter().filter_map(|batch| batch.get(arm));
    let (size, sum) = own.fold((0.0, 0.0), |(size, sum), cell| (size + cell.size, sum + cell.size * cell.mean));
    let with = |other: &dyn Fn(usize) -> f64| -> Vec<f64> {
        (0..arms).map(|index| if index == arm { 1.0 } else { other(index) }).collect()
    };
    let rest = -1.0 / (arms - 1) as f64;
    let against = with(&|index| if index == reference { -1.0 } else { 0.0 });
    ArmReport {
        name: name.to_owned(),
        size,
        pooled_mean: (size > 0.0).then(|| sum / size),
        mean: estimate(cells, &with(&|_| 0.0), ruler).map(|found| found.interval),
        against_rest: estimate(cells, &with(&|_| rest), ruler).map(|found| contrast(found, arms)),
        against_reference: (arm != reference)
            .then(|| estimate(cells, &against, ruler).map(|found| contrast(found, arms - 1))),
    }
}

fn contrast(found: Estimated, looks: usize) -> ArmContrast {
    ArmContrast {
        difference: found.interval,
        p_value: found.p_value,
        adjusted_p_value: (found.p_value * looks as f64).min(1.0),
        batches_skipped: found.skipped,
    }
}

fn leader(arms: &[ArmReport], goal: Goal) -> Option<usize> {
    let value = |arm: &ArmReport| arm.mean.as_ref().ok().map(|mean| mean.estimate);
    let known = arms.iter().enumerate().filter_map(|(index, arm)| Some((index, value(arm)?)));
    let better = |a: f64, b: f64| match goal {
        Goal::Maximise => a > b,
        Goal::Minimise => a < b,
    };
    let first = known.reduce(|best, next| if better(next.1, best.1) { next } else { best });
    first.map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Undefined;

    fn names(count: usize) -> Vec<String> {
        (0..count).map(|place| format!("arm {place}")).collect()
    }

    fn cell(successes: u64, trials: u64) -> Seen {
        Seen::Shares { successes, trials }
    }

    #[test]
    fn with_even_batches_the_difference_is_that_of_a_paired_t_test() {
        let pairs = [(50, 61), (47, 64), (55, 66), (49, 52)];
        let days: Vec<Vec<Seen>> = pairs.iter().map(|(a, b)| vec![cell(*a, 1000), cell(*b, 1000)]).collect();
        let report = bandit_report(&names(2), &days, &ReportPlan::default()).unwrap();
        let found = report.arms[1].against_reference.clone().unwrap().unwrap();
        // scipy 1.17.1: ttest_rel([61, 64, 66, 52], [50, 47, 55, 49]).
        assert!((found.difference.estimate - 0.0105).abs() < 1e-12);
        assert!((found.p_value - 0.035_352_847_002_517_37).abs() < 1e-9, "{}", found.p_value);
        assert_eq!(report.arms[0].against_reference, None);
    }

    #[test]
    fn a_batch_without_an_arm_is_left_out_and_counted() {
        let mut days = vec![vec![cell(5, 100), cell(9, 100)]; 3];
        days[0][1] = cell(12, 100);
        days.push(vec![cell(6, 200), cell(0, 0)]);
        let report = bandit_report(&names(2), &days, &ReportPlan::default()).unwrap();
        let found = report.arms[1].against_reference.clone().unwrap().unwrap();
        assert_eq!((found.batches_skipped, report.batches), (1, 4));
    }

    #[test]
    fn one_batch_has_no_spread_between_batches_but_one_between_units() {
        let days = [vec![cell(50, 1000), cell(80, 1000)]];
        let report = bandit_report(&names(2), &days, &ReportPlan::default()).unwrap();
        assert_eq!(report.arms[0].against_rest, Err(Undefined::TooFew { needed: 2 }));
        let plan = ReportPlan { spread: Spread::Units, ..ReportPlan::default() };
        let found = bandit_report(&names(2), &days, &plan).unwrap().arms[1].against_rest.clone().unwrap();
        assert!(found.p_value < 0.01 && found.difference.method == "batch_weighted_z");
        assert_eq!(bandit_report(&names(2), &[], &plan).unwrap().arms[0].mean, Err(Undefined::Empty));
        let same = vec![vec![cell(5, 100), cell(9, 100)]; 3];
        let report = bandit_report(&names(2), &same, &ReportPlan::default()).unwrap();
        assert_eq!(report.arms[0].against_rest, Err(Undefined::NoSpread));
    }

    #[test]
    fn wrong_batches_are_refused() {
        let refused = |names: &[String], days: &[Vec<Seen>], plan: &ReportPlan| {
            bandit_report(names, days, plan).unwrap_err().is_input()
        };
        let day = vec![cell(5, 100), cell(9, 100)];
        let usual = ReportPlan::default();
        assert!(refused(&names(3), std::slice::from_ref(&day), &usual));
        assert!(refused(&["a".to_owned(), "a".to_owned()], std::slice::from_ref(&day), &usual));
        assert!(refused(&names(2), &[vec![cell(5, 4), cell(1, 2)]], &usual));
        assert!(refused(&names(2), std::slice::from_ref(&day), &ReportPlan { reference: 2, ..usual.clone() }));
        assert!(refused(&names(2), &[day], &ReportPlan { level: 1.0, ..usual }));
    }
}
