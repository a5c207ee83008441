//! Checks before a verdict.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Method, Number, plain};
use crate::stats::proportions::Proportion;
use crate::stats::two_sample::CrossSummary;
use crate::stats::{Defined, Undefined, checks, srm};

pub(super) const METHODS: &[Method] = &[
    method!("chi_square_srm", "Whether the arms got the shares that were planned.", chi_square_srm),
    method!("aa_check", "Whether the arms' ratios differed before the test.", aa_check, named[("y", "num")]),
    method!(
        "overdispersion",
        "How much noisier shares by block are than independent trials.",
        overdispersion,
        named[("successes", "x")]
    ),
    method!(
        "overdispersion_counts",
        "How much noisier counts by block are than a Poisson count.",
        overdispersion_counts
    ),
    method!(
        "difference_skewness",
        "Whether tails are too heavy for an interval of the difference of two means.",
        difference_skewness
    ),
    method!("dominant_block", "Whether one block decides a comparison of ratios.", dominant_block, named[("y", "num")]),
];

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Split {
    observed: Vec<u64>,
    weights: Vec<Number>,
}

#[derive(Serialize)]
struct SplitTested {
    chi2: f64,
    df: u32,
    p: f64,
    srm_at_0_001: bool,
    misplaced: u64,
}

fn chi_square_srm(input: &Split) -> Defined<SplitTested> {
    let found = srm::sample_ratio(&input.observed, &plain(&input.weights))?;
    Ok(SplitTested {
        chi2: found.chi_squared,
        df: found.degrees_of_freedom,
        p: found.p_value,
        srm_at_0_001: found.is_mismatch(srm::LIMIT),
        misplaced: found.misplaced,
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Before {
    control: Units,
    treatment: Units,
    #[serde(default = "usual_alpha")]
    alpha: f64,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Blocks {
    control: Units,
    treatment: Units,
}

/// A numerator and a denominator per block.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Units {
    num: Vec<Number>,
    den: Vec<Number>,
}

impl Units {
    fn summary(&self) -> Defined<CrossSummary> {
        CrossSummary::of(&plain(&self.den), &plain(&self.num))
    }

    fn blocks(&self) -> Defined<Vec<[f64; 2]>> {
        if self.num.len() != self.den.len() {
            return Err(Undefined::Input { field: "den", problem: "must have as many values as num" });
        }
        Ok(self.num.iter().zip(&self.den).map(|(num, den)| [num.0, den.0]).collect())
    }
}

fn usual_alpha() -> f64 {
    0.01
}

#[derive(Serialize)]
struct BeforeTested {
    effect_size: f64,
    p_two_sided: f64,
    differs: bool,
}

fn aa_check(input: &Before) -> Defined<BeforeTested> {
    let found = checks::pre_period(&input.control.summary()?, &input.treatment.summary()?, input.alpha)?;
    Ok(BeforeTested {
        effect_size: found.comparison.test.difference.estimate,
        p_two_sided: found.comparison.test.p_value,
        differs: found.differs,
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Shares {
    x: Vec<u64>,
    n: Vec<u64>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Counted {
    counts: Vec<u64>,
}

#[derive(Serialize)]
struct Noise {
    ratio: f64,
    df: f64,
    p: f64,
    error_factor: f64,
}

impl From<checks::Overdispersion> for Noise {
    fn from(found: checks::Overdispersion) -> Self {
        let error_factor = found.error_factor();
        Self { ratio: found.ratio, df: found.degrees_of_freedom, p: found.p_value, error_factor }
    }
}

fn overdispersion(input: &Shares) -> Defined<Noise> {
    if input.x.len() != input.n.len() {
        return Err(Undefined::Input { field: "n", problem: "must have as many values as x" });
    }
    let blocks = input.x.iter().zip(&input.n).map(|(x, n)| Proportion::new(*x, *n)).collect::<Defined<Vec<_>>>()?;
    checks::overdispersion_of_shares(&blocks).map(Into::into)
}

fn overdispersion_counts(input: &Counted) -> Defined<Noise> {
    checks::overdispersion_of_counts(&input.counts).map(Into::into)
}

#[derive(Serialize)]
struct Dominated {
    largest: usize,
    share: f64,
    effect: f64,
    influential: usize,
    effect_without: f64,
}

fn dominant_block(input: &Blocks) -> Defined<Dominated> {
    let found = checks::dominant_block(&input.control.blocks()?, &input.treatment.blocks()?)?;
    let checks::Dominance { largest, share, effect, influential, effect_without } = found;
    Ok(Dominated { largest, share, effect, influential, effect_without })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Samples {
    control: Vec<Number>,
    treatment: Vec<Number>,
}

#[derive(Serialize)]
struct Skewed {
    skewness: f64,
    is_heavy: bool,
}

fn difference_skewness(input: &Samples) -> Defined<Skewed> {
    let found = checks::difference_skewness(&plain(&input.control), &plain(&input.treatment))?;
    Ok(Skewed { skewness: found.skewness, is_heavy: found.is_heavy() })
}
