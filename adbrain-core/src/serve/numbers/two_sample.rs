//! Two samples of values.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Method, Number, plain, usual_level};
use crate::stats::paired::{paired_log, paired_t};
use crate::stats::two_sample::{Columns, CrossSummary, MeanTest, Summary, student, welch, welch_table};
use crate::stats::{Defined, Undefined};

pub(super) const METHODS: &[Method] = &[
    method!("welch_t", "Welch's t test on two samples.", welch_t),
    method!(
        "welch_t_from_stats",
        "Welch's t test from size, mean and standard deviation of each sample.",
        welch_t_from_stats
    ),
    method!("student_t", "Student's t test on two samples, with one pooled variance.", student_t),
    method!(
        "student_t_from_stats",
        "Student's t test from size, mean and standard deviation of each sample.",
        student_t_from_stats
    ),
    method!("paired_t", "The paired t test: the same days, regions or users in both arms.", paired),
    method!("paired_log_t", "The relative lift from pairs, on the log; pairs with a zero are left out by place.", logs),
    method!("welch_t_table", "Welch's t test for every row of columns of sizes, means and m2.", table),
    method!("summary", "Count, mean, sum of squared deviations and variance of values.", summary),
    method!("cross_summary", "Counts, means, spreads and common spread of pairs x, y.", cross),
];

/// Two samples and the level of the interval.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Samples {
    pub(super) control: Vec<Number>,
    pub(super) treatment: Vec<Number>,
    #[serde(default = "usual_level")]
    pub(super) level: f64,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Sums {
    control: Sizes,
    treatment: Sizes,
    #[serde(default = "usual_level")]
    level: f64,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Sizes {
    n: u64,
    mean: f64,
    sd: f64,
}

/// A t test as it is written out.
#[derive(Serialize)]
pub(super) struct Tested {
    diff: f64,
    t: f64,
    df: f64,
    p_two_sided: f64,
    p_greater: f64,
    p_less: f64,
    ci: [f64; 2],
}

type Test = fn(&Summary, &Summary, f64) -> Defined<MeanTest>;

fn welch_t(input: &Samples) -> Defined<Tested> {
    on_samples(welch, input)
}

fn student_t(input: &Samples) -> Defined<Tested> {
    on_samples(student, input)
}

fn welch_t_from_stats(input: &Sums) -> Defined<Tested> {
    on_sizes(welch, input)
}

fn student_t_from_stats(input: &Sums) -> Defined<Tested> {
    on_sizes(student, input)
}

fn on_samples(test: Test, input: &Samples) -> Defined<Tested> {
    let (control, treatment) = (Summary::of(&plain(&input.control))?, Summary::of(&plain(&input.treatment))?);
    test(&control, &treatment, input.level).map(Tested::from)
}

fn on_sizes(test: Test, input: &Sums) -> Defined<Tested> {
    test(&input.control.summary()?, &input.treatment.summary()?, input.level).map(Tested::from)
}

fn paired(input: &Samples) -> Defined<Tested> {
    paired_t(&plain(&input.control), &plain(&input.treatment), input.level).map(Tested::from)
}

#[derive(Serialize)]
struct Logs {
    #[serde(flatten)]
    test: Tested,
    left_out: Vec<usize>,
}

fn logs(input: &Samples) -> Defined<Logs> {
    let found = paired_log(&plain(&input.control), &plain(&input.treatment), input.level)?;
    Ok(Logs { test: found.test.into(), left_out: found.left_out })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Tables {
    control: Table,
    treatment: Table,
}

/// One arm: a number per row in each column.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Table {
    n: Vec<Number>,
    mean: Vec<Number>,
    m2: Vec<Number>,
}

#[derive(Serialize)]
struct Rows {
    t: Vec<Option<f64>>,
    df: Vec<Option<f64>>,
    p_two_sided: Vec<Option<f64>>,
    undefined: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    row: usize,
    reason: &'static str,
}

fn table(input: &Tables) -> Defined<Rows> {
    let columns = |arm: &Table| [plain(&arm.n), plain(&arm.mean), plain(&arm.m2)];
    let ([n1, mean1, m1], [n2, mean2, m2]) = (columns(&input.control), columns(&input.treatment));
    let found = welch_table(Columns { n: &n1, mean: &mean1, m2: &m1 }, Columns { n: &n2, mean: &mean2, m2: &m2 })?;
    let column = |values: Vec<f64>| values.into_iter().map(|value| value.is_finite().then_some(value)).collect();
    Ok(Rows {
        t: column(found.t),
        df: column(found.degrees_of_freedom),
        p_two_sided: column(found.p_value),
        undefined: found.undefined.into_iter().map(|(row, why)| Row { row, reason: why.reason() }).collect(),
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Values {
    values: Vec<Number>,
}

#[derive(Serialize)]
struct Summed {
    n: u64,
    mean: f64,
    m2: f64,
    variance: Option<f64>,
}

fn summary(input: &Values) -> Defined<Summed> {
    let found = Summary::of(&plain(&input.values))?;
    if found.n == 0 {
        return Err(Undefined::Empty);
    }
    Ok(Summed { n: found.n, mean: found.mean, m2: found.m2, variance: found.variance() })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Pairs {
    x: Vec<Number>,
    y: Vec<Number>,
}

#[derive(Serialize)]
struct Crossed {
    n: u64,
    mean_x: f64,
    mean_y: f64,
    m2_x: f64,
    m2_y: f64,
    c_xy: f64,
    covariance: Option<f64>,
}

fn cross(input: &Pairs) -> Defined<Crossed> {
    let found = CrossSummary::of(&plain(&input.x), &plain(&input.y))?;
    let CrossSummary { n, mean_x, mean_y, m2_x, m2_y, c_xy, .. } = found;
    if n == 0 {
        return Err(Undefined::Empty);
    }
    Ok(Crossed { n, mean_x, mean_y, m2_x, m2_y, c_xy, covariance: found.covariance().ok() })
}

impl Sizes {
    fn summary(&self) -> Defined<Summary> {
        if self.sd < 0.0 {
            return Err(Undefined::Input { field: "sd", problem: "must not be below zero" });
        }
        Ok(Summary::new(self.n, self.mean, self.sd * self.sd * self.n.saturating_sub(1) as f64))
    }
}

impl From<MeanTest> for Tested {
    fn from(test: MeanTest) -> Self {
        Self {
            diff: test.difference.estimate,
            t: test.t,
            df: test.degrees_of_freedom,
            p_two_sided: test.p_value,
            p_greater: test.greater,
            p_less: test.less,
            ci: [test.difference.low, test.difference.high],
        }
    }
}
