//! The bounds of a group sequential test at the looks that really happen.

use super::futility::Futility;
use super::spending::Spending;
use super::walk::Walk;
use crate::stats::distribution::normal_quantile;
use crate::stats::quadrature::root;
use crate::stats::{Defined, Undefined};

/// More looks than hours in six weeks are a mistake.
const MOST_LOOKS: usize = 1000;
/// Two looks closer than this share of the information say the same; the integration would need too many points.
const LEAST_GROWTH: f64 = 1e-4;
/// Less error than this cannot buy a bound: z would be above 37.
const LEAST_ERROR: f64 = 1e-300;

/// Which effects a test looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sides {
    /// Gains only: the whole of alpha lies on the upper side.
    One,
    /// Gains and losses: alpha / 2 lies on each side.
    #[default]
    Two,
}

/// The rules of a group sequential test.
///
/// In a two-sided test alpha / 2 is spent on each side, as ldbounds and `gsDesign` do: five looks of O'Brien-Fleming spending have the
/// bounds 4.877, 3.357, 2.680, 2.290, 2.031. (Others apply the formula once to alpha: 4.383, 3.100, 2.553, 2.254, 2.064. Both hold 5 %.)
///
/// ```
/// use adbrain_core::stats::sequential::Design;
/// let bounds = Design::default().bounds(&[0.2, 0.4, 0.6, 0.8, 1.0])?;
/// let upper: Vec<_> = bounds.looks().iter().map(|look| look.upper.unwrap()).collect();
/// assert!((upper[4] - 2.031).abs() < 1e-3);
/// # Ok::<(), adbrain_core::stats::Undefined>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Design {
    /// The permitted rate of false alarms over all looks and both sides, 0..1.
    pub alpha: f64,
    /// One side or two.
    pub sides: Sides,
    /// When alpha may be spent.
    pub spending: Spending,
    /// When to give up, if at all.
    pub futility: Option<Futility>,
}

impl Default for Design {
    /// Two sides, 5 %, O'Brien-Fleming, without futility.
    fn default() -> Self {
        Self { alpha: 0.05, sides: Sides::Two, spending: Spending::ObrienFleming, futility: None }
    }
}

/// The bounds at one look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// The share of the planned information.
    pub information: f64,
    /// Alpha spent up to and with this look, over both sides.
    pub alpha_spent: f64,
    /// Stop for an effect at z at or above this (and, with two sides, at or below its negative). `None` where there is no alpha to
    /// spend: the test cannot stop for an effect here.
    pub upper: Option<f64>,
    /// Stop without an effect at z at or below this (with two sides: |z|). `None` where the test cannot stop so.
    pub futility: Option<f64>,
}

/// The bounds of all looks so far, or planned.
#[derive(Debug, Clone, PartialEq)]
pub struct Bounds {
    design: Design,
    looks: Vec<Look>,
}

impl Bounds {
    /// The design that they follow.
    pub fn design(&self) -> &Design {
        &self.design
    }

    /// One for each look.
    pub fn looks(&self) -> &[Look] {
        &self.looks
    }
}

impl Design {
    /// The bounds at looks with these shares of the planned information, rising, each above zero (1.0 is the plan's end, more is
    /// allowed). The share is n / planned n, or better 1 / variance of the effect over its planned value. A bound is a z, without unit.
    ///
    /// The bounds at a look depend on the looks up to it only. So call this at each look with the shares that really happened: no more
    /// than alpha is spent, however the looks fall, as long as their times were not chosen by the results. At bound k: P(no stop before
    /// k, z at or beyond the bound) = `spent(t_k) - spent(t_(k-1))` on each side, without an effect (Lan and `DeMets`, 1983; the
    /// probabilities by the integration of Armitage, `McPherson` and Rowe, 1969).
    ///
    /// It misleads where the statistic is not near normal with independent increments: give it means over many units or days.
    ///
    /// # Errors
    /// [`Undefined::Input`] for an alpha outside 0..1, fractions that do not rise by at least 0.01 %, or more than 1,000 looks.
    pub fn bounds(&self, information: &[f64]) -> Defined<Bounds> {
        self.build(information, None)
    }

    /// The bounds where the last of these looks is the end of the test, whatever its share: it spends all that is left of alpha (Lan and
    /// `DeMets`, 1983). Only for an end that was not chosen by the results; else as [`Design::bounds`].
    ///
    /// # Errors
    /// As [`Design::bounds`].
    pub fn bounds_to_the_end(&self, information: &[f64]) -> Defined<Bounds> {
        self.build(information, information.len().checked_sub(1))
    }

    fn build(&self, information: &[f64], end: Option<usize>) -> Defined<Bounds> {
        self.check()?;
        check_information(information)?;
        let mut builder = Builder::new(self);
        let next = information.iter().skip(1).copied().map(Some).chain([None]);
        for (number, (time, next)) in information.iter().zip(next).enumerate() {
            builder.look(*time, next, end == Some(number))?;
        }
        Ok(Bounds { design: *self, looks: builder.looks })
    }

    /// Alpha on one side.
    pub(super) fn side_alpha(&self) -> f64 {
        match self.sides {
            Sides::One => self.alpha,
            Sides::Two => 0.5 * self.alpha,
        }
    }

    /// Whether an effect downwards stops the test too.
    pub(super) fn is_two_sided(&self) -> bool {
        self.sides == Sides::Two
    }

    fn check(&self) -> Defined<()> {
        if !(self.alpha > 0.0 && self.alpha < 1.0) {
            return Err(Undefined::Input { field: "alpha", problem: "must lie between 0 and 1" });
        }
        self.spending.check()?;
        self.futility.map_or(Ok(()), |futility| futility.check())
    }

    /// The ranges of the score in which a run goes on after a look.
    pub(super) fn going_on(&self, look: &Look, with_futility: Option<f64>) -> Vec<[f64; 2]> {
        let root = libm::sqrt(look.information);
        let upper = look.upper.map_or(f64::INFINITY, |z| z * root);
        let lower = if self.is_two_sided() { -upper } else { f64::NEG_INFINITY };
        match with_futility.map(|z| z * root) {
            None => vec![[lower, upper]],
            Some(inner) if self.is_two_sided() => vec![[lower, -inner], [inner, upper]],
            Some(inner) => vec![[inner, upper]],
        }
    }
}

fn check_information(information: &[f64]) -> Defined<()> {
    const FIELD: &str = "information";
    if information.is_empty() || information.len() > MOST_LOOKS {
        return Err(Undefined::Input { field: FIELD, problem: "must have 1 to 1,000 looks" });
    }
    let mut before = 0.0;
    for share in information {
        if !share.is_finite() || *share <= 0.0 {
            return Err(Undefined::Input { field: FIELD, problem: "must be numbers above zero" });
        }
        if share - before < LEAST_GROWTH * share {
            return Err(Undefined::Input { field: FIELD, problem: "must rise by at least 0.01 % at each look" });
        }
        before = *share;
    }
    Ok(())
}

/// Bounds under construction.
struct Builder<'a> {
    design: &'a Design,
    looks: Vec<Look>,
    /// Runs without an effect, as the type I error counts them.
    null: Walk,
    /// Runs as they really go on: with futility.
    real: Option<Walk>,
    /// Alpha of one side that bounds were bought with.
    alpha_spent: f64,
    beta_spent: f64,
}

impl<'a> Builder<'a> {
    fn new(design: &'a Design) -> Self {
        let real = design.futility.map(|_| Walk::start());
        Self { design, looks: Vec::new(), null: Walk::start(), real, alpha_spent: 0.0, beta_spent: 0.0 }
    }

    fn look(&mut self, time: f64, next: Option<f64>, is_end: bool) -> Defined<()> {
        let side = self.design.side_alpha();
        let allowed = if is_end { side } else { self.design.spending.spent(side, time) };
        let score = score_with_tail(&self.null, time, allowed - self.alpha_spent)?;
        if score.is_some() {
            self.alpha_spent = allowed;
        }
        let upper = score.map(|score| score / libm::sqrt(time));
        let futility = self.futility(time, upper, is_end)?;
        let alpha_spent = self.alpha_spent * self.design.alpha / side;
        let look = Look { information: time, alpha_spent, upper, futility };
        if let Some(next) = next {
            self.go_on(&look, next);
        }
        self.looks.push(look);
        Ok(())
    }

    fn go_on(&mut self, look: &Look, next: f64) {
        let (time, wait) = (look.information, next - look.information);
        let binding = self.design.futility.filter(Futility::is_binding).and(look.futility);
        let with_futility = self.design.going_on(look, look.futility);
        self.null = self.null.advance(time, wait, &self.design.going_on(look, binding));
        self.real = self.real.as_ref().map(|real| real.advance(time, wait, &with_futility));
    }

    /// The bound of futility: where beta says, at the end where the test would otherwise go on.
    fn futility(&mut self, time: f64, upper: Option<f64>, is_end: bool) -> Defined<Option<f64>> {
        let (Some(futility), Some(real)) = (self.design.futility, &self.real) else { return Ok(None) };
        if is_end || time >= 1.0 {
            return Ok(upper);
        }
        let allowed = futility.spending.spent(futility.beta, time);
        let found = futility.bound(real, self.design, [time, allowed - self.beta_spent])?;
        if found.is_some() {
            self.beta_spent = allowed;
        }
        Ok(found.map(|z| upper.map_or(z, |upper| z.min(upper))))
    }
}

/// The score that a share `tail` of the runs reaches at a look.
fn score_with_tail(walk: &Walk, time: f64, tail: f64) -> Defined<Option<f64>> {
    if tail < LEAST_ERROR {
        return Ok(None);
    }
    let spread = libm::sqrt(time);
    let start = -normal_quantile(tail.min(0.5)) * spread;
    let above = |score: f64| walk.probability(time, 0.0, [score, f64::INFINITY]).max(f64::MIN_POSITIVE);
    if above(-40.0 * spread) < tail {
        return Ok(None);
    }
    root(start - 0.1 * spread, 0.1 * spread, |score| libm::log(above(score) / tail)).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn equal(looks: u32) -> Vec<f64> {
        (1..=looks).map(|look| f64::from(look) / f64::from(looks)).collect()
    }

    fn uppers(design: &Design, information: &[f64]) -> Vec<f64> {
        design.bounds(information).unwrap().looks().iter().map(|look| look.upper.unwrap()).collect()
    }

    fn assert_close(found: &[f64], wanted: &[f64]) {
        for (found, wanted) in found.iter().zip(wanted) {
            assert!((found - wanted).abs() < 1e-6 * wanted, "{found} {wanted}");
        }
        assert_eq!(found.len(), wanted.len());
    }

    #[test]
    fn bounds_are_those_of_the_reference_cases() {
        let fleming = Design::default();
        assert_close(
            &uppers(&fleming, &equal(4)),
            &[4.332_633_646_051_611, 2.963_131_597_679_701_5, 2.359_044_285_301_226, 2.014_090_143_931_247],
        );
        let pocock = Design { spending: Spending::Pocock, ..fleming };
        assert_close(
            &uppers(&pocock, &equal(5)),
            &[
                2.437_976_688_050_011_6,
                2.426_813_858_150_295,
                2.410_193_840_271_814_4,
                2.396_645_400_649_542,
                2.385_984_571_623_868,
            ],
        );
        let power = Design { spending: Spending::Power { phi: 2.0 }, ..fleming };
        assert_close(&uppers(&power, &equal(2)), &[2.497_705_474_412_373, 2.018_310_250_602_605_4]);
    }

    #[test]
    fn a_look_without_alpha_to_spend_has_no_bound_and_leaves_the_others_alone() {
        let bounds = Design::default().bounds(&[1e-4, 0.5, 1.0, 1.2]).unwrap();
        let uppers: Vec<_> = bounds.looks().iter().map(|look| look.upper).collect();
        assert_eq!((uppers[0], uppers[3]), (None, None));
        assert!((uppers[1].unwrap() - 2.962_588_042).abs() < 1e-6);
        assert!((bounds.looks()[3].alpha_spent - 0.05).abs() < 1e-12);
    }

    #[test]
    fn bounds_of_looks_so_far_do_not_depend_on_later_ones() {
        let (all, some) = (uppers(&Design::default(), &[0.2, 0.5, 0.9]), uppers(&Design::default(), &[0.2, 0.5]));
        assert_close(&all[..2], &some);
    }

    #[test]
    fn wrong_arguments_are_named() {
        let field = |design: Design, information: &[f64]| match design.bounds(information) {
            Err(Undefined::Input { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        let usual = Design::default();
        for information in [&[][..], &[0.5, 0.5], &[0.0, 1.0], &[f64::NAN], &[0.5, 0.4], &[f64::INFINITY]] {
            assert_eq!(field(usual, information), "information");
        }
        assert_eq!(field(Design { alpha: 0.0, ..usual }, &[1.0]), "alpha");
        assert_eq!(field(Design { spending: Spending::Power { phi: f64::NAN }, ..usual }, &[1.0]), "phi");
    }
}
