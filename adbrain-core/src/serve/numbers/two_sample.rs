//! Two samples of values.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Method, Number, plain, usual_level};
use crate::stats::two_sample::{MeanTest, Summary, student, welch};
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
];

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Samples {
    control: Vec<Number>,
    treatment: Vec<Number>,
    #[serde(default = "usual_level")]
    level: f64,
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

#[derive(Serialize)]
struct Tested {
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
