//! Tails and quantiles of distributions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Method, Number};
use crate::stats::distribution as d;
use crate::stats::{Defined, Undefined};

pub(super) const METHODS: &[Method] = &[
    method!("normal_cdf", "The share of a standard normal below z, and above it.", normal),
    method!("normal_sf", "The share of a standard normal above z, and below it.", normal),
    method!("normal_ppf", "The value below which a share p of a standard normal lies.", normal_ppf),
    method!("t_cdf", "The share of Student's t below t, above it, and further from zero.", student),
    method!("t_sf", "The share of Student's t above t, below it, and further from zero.", student),
    method!("t_ppf", "The value below which a share p of Student's t lies.", student_ppf),
    method!("chi2_cdf", "The share of a chi-square distribution below x, and above it.", chi2),
    method!("chi2_sf", "The share of a chi-square distribution above x, and below it.", chi2),
    method!("chi2_ppf", "The value below which a share p of a chi-square distribution lies.", chi2_ppf),
    method!("f_cdf", "The share of an F distribution below x, and above it.", f),
    method!("f_sf", "The share of an F distribution above x, and below it.", f),
    method!("gamma_cdf", "The share of a gamma distribution of scale 1 below x, and above it.", gamma),
    method!("gamma_sf", "The share of a gamma distribution of scale 1 above x, and below it.", gamma),
    method!("gamma_ppf", "The value below which a share p of a gamma distribution of scale 1 lies.", gamma_ppf),
    method!("beta_cdf", "The share of a beta distribution below x, and above it.", beta),
    method!("beta_sf", "The share of a beta distribution above x, and below it.", beta),
    method!("beta_ppf", "The value below which a share p of a beta distribution lies.", beta_ppf),
    method!("binomial_cdf", "The chance of at most k hits in n trials, and of more.", binomial),
    method!("binomial_sf", "The chance of more than k hits in n trials, and of at most k.", binomial),
    method!("poisson_cdf", "The chance of at most k events, and of more.", poisson),
    method!("poisson_sf", "The chance of more than k events, and of at most k.", poisson),
    method!("noncentral_t_cdf", "The share of a noncentral t below t, and above it.", noncentral_t),
    method!("noncentral_t_sf", "The share of a noncentral t above t, and below it.", noncentral_t),
    method!("noncentral_chi2_cdf", "The share of a noncentral chi-square below x, and above it.", noncentral_chi2),
    method!("noncentral_chi2_sf", "The share of a noncentral chi-square above x, and below it.", noncentral_chi2),
    method!("noncentral_f_cdf", "The share of a noncentral F below x, and above it.", noncentral_f),
    method!("noncentral_f_sf", "The share of a noncentral F above x, and below it.", noncentral_f),
    method!("studentized_range_sf", "The chance that the studentized range of k means exceeds q.", studentized_range),
    method!("ln_gamma", "The natural logarithm of the gamma function.", ln_gamma),
    method!("ln_beta", "The natural logarithm of the beta function.", ln_beta),
    method!("ln_choose", "The natural logarithm of the number of ways to choose k of n.", ln_choose),
];

/// A struct of numbers, all required.
macro_rules! numbers {
    ($($name:ident { $($field:ident),+ })+) => {$(
        #[derive(Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        struct $name {
            $($field: Number),+
        }
    )+};
}

numbers! {
    AtZ { z }
    AtP { p }
    AtT { t, df }
    Shared { p, df }
    AtX { x, df }
    Ratio { x, d1, d2 }
    Waiting { x, shape }
    WaitingShare { p, shape }
    Rate { x, a, b }
    RateShare { p, a, b }
    Hits { k, n, p }
    Events { k, mean }
    ShiftedT { t, df, nc }
    ShiftedChi2 { x, df, nc }
    ShiftedF { x, d1, d2, nc }
    Range { q, k, df }
    Positive { x }
    Pair { a, b }
    Choice { n, k }
}

#[derive(Serialize)]
struct Sides {
    cdf: f64,
    sf: f64,
}

#[derive(Serialize)]
struct StudentSides {
    cdf: f64,
    sf: f64,
    two_sided: f64,
}

#[derive(Serialize)]
struct Quantile {
    ppf: f64,
}

#[derive(Serialize)]
struct Upper {
    sf: f64,
}

#[derive(Serialize)]
struct Logarithm {
    ln: f64,
}

fn normal(AtZ { z }: &AtZ) -> Defined<Sides> {
    let z = real("z", *z)?;
    Ok(Sides { cdf: d::normal_cdf(z), sf: d::normal_sf(z) })
}

fn normal_ppf(AtP { p }: &AtP) -> Defined<Quantile> {
    quantile(d::normal_quantile(share("p", *p)?))
}

fn student(AtT { t, df }: &AtT) -> Defined<StudentSides> {
    let (t, df) = (real("t", *t)?, positive("df", *df)?);
    Ok(StudentSides { cdf: d::t_cdf(t, df), sf: d::t_sf(t, df), two_sided: d::t_two_sided(t, df) })
}

fn student_ppf(Shared { p, df }: &Shared) -> Defined<Quantile> {
    quantile(d::t_quantile(share("p", *p)?, positive("df", *df)?))
}

fn chi2(AtX { x, df }: &AtX) -> Defined<Sides> {
    let (x, df) = (real("x", *x)?, finite("df", *df)?);
    Ok(Sides { cdf: d::chi2_cdf(x, df), sf: d::chi2_sf(x, df) })
}

fn chi2_ppf(Shared { p, df }: &Shared) -> Defined<Quantile> {
    quantile(d::chi2_quantile(share("p", *p)?, finite("df", *df)?))
}

fn f(Ratio { x, d1, d2 }: &Ratio) -> Defined<Sides> {
    let (x, d1, d2) = (real("x", *x)?, finite("d1", *d1)?, positive("d2", *d2)?);
    Ok(Sides { cdf: d::f_cdf(x, d1, d2), sf: d::f_sf(x, d1, d2) })
}

fn gamma(Waiting { x, shape }: &Waiting) -> Defined<Sides> {
    let (x, shape) = (real("x", *x)?, finite("shape", *shape)?);
    Ok(Sides { cdf: d::gamma_p(shape, x), sf: d::gamma_q(shape, x) })
}

fn gamma_ppf(WaitingShare { p, shape }: &WaitingShare) -> Defined<Quantile> {
    quantile(d::gamma_quantile(share("p", *p)?, finite("shape", *shape)?))
}

fn beta(Rate { x, a, b }: &Rate) -> Defined<Sides> {
    let (x, a, b) = (real("x", *x)?, finite("a", *a)?, finite("b", *b)?);
    Ok(Sides { cdf: d::beta_cdf(x, a, b), sf: d::beta_sf(x, a, b) })
}

fn beta_ppf(RateShare { p, a, b }: &RateShare) -> Defined<Quantile> {
    quantile(d::beta_quantile(share("p", *p)?, finite("a", *a)?, finite("b", *b)?))
}

fn binomial(Hits { k, n, p }: &Hits) -> Defined<Sides> {
    let (k, n, p) = (real("k", *k)?, count("n", *n)?, share("p", *p)?);
    Ok(Sides { cdf: d::binomial_cdf(k, n, p), sf: d::binomial_sf(k, n, p) })
}

fn poisson(Events { k, mean }: &Events) -> Defined<Sides> {
    let (k, mean) = (real("k", *k)?, not_negative("mean", *mean)?);
    Ok(Sides { cdf: d::poisson_cdf(k, mean), sf: d::poisson_sf(k, mean) })
}

fn noncentral_t(ShiftedT { t, df, nc }: &ShiftedT) -> Defined<Sides> {
    let (t, df, nc) = (real("t", *t)?, positive("df", *df)?, real("nc", *nc)?);
    if nc.is_infinite() {
        return Err(Undefined::Input { field: "nc", problem: "must be finite" });
    }
    Ok(Sides { cdf: d::noncentral_t_cdf(t, df, nc), sf: d::noncentral_t_sf(t, df, nc) })
}

fn noncentral_chi2(ShiftedChi2 { x, df, nc }: &ShiftedChi2) -> Defined<Sides> {
    let (x, df, nc) = (real("x", *x)?, finite("df", *df)?, not_negative("nc", *nc)?);
    Ok(Sides { cdf: d::noncentral_chi2_cdf(x, df, nc), sf: d::noncentral_chi2_sf(x, df, nc) })
}

fn noncentral_f(ShiftedF { x, d1, d2, nc }: &ShiftedF) -> Defined<Sides> {
    let (x, d1, d2) = (real("x", *x)?, finite("d1", *d1)?, positive("d2", *d2)?);
    let nc = not_negative("nc", *nc)?;
    Ok(Sides { cdf: d::noncentral_f_cdf(x, d1, d2, nc), sf: d::noncentral_f_sf(x, d1, d2, nc) })
}

fn studentized_range(Range { q, k, df }: &Range) -> Defined<Upper> {
    let (q, k, df) = (real("q", *q)?, count("k", *k)?, positive("df", *df)?);
    if k < 2.0 {
        return Err(Undefined::Input { field: "k", problem: "must be at least 2" });
    }
    Ok(Upper { sf: d::studentized_range_sf(q, k, df) })
}

fn ln_gamma(Positive { x }: &Positive) -> Defined<Logarithm> {
    logarithm(d::ln_gamma(finite("x", *x)?))
}

fn ln_beta(Pair { a, b }: &Pair) -> Defined<Logarithm> {
    logarithm(d::ln_beta(finite("a", *a)?, finite("b", *b)?))
}

fn ln_choose(Choice { n, k }: &Choice) -> Defined<Logarithm> {
    let (n, k) = (count("n", *n)?, count("k", *k)?);
    if k > n {
        return Err(Undefined::Input { field: "k", problem: "must not exceed n" });
    }
    logarithm(d::ln_choose(n, k))
}

/// A quantile that may be infinite has no number.
fn quantile(ppf: f64) -> Defined<Quantile> {
    if ppf.is_finite() { Ok(Quantile { ppf }) } else { Err(Undefined::NotFinite) }
}

fn logarithm(ln: f64) -> Defined<Logarithm> {
    if ln.is_finite() { Ok(Logarithm { ln }) } else { Err(Undefined::NotFinite) }
}

fn real(field: &'static str, Number(value): Number) -> Defined<f64> {
    check(!value.is_nan(), value, field, "must be a number")
}

fn positive(field: &'static str, Number(value): Number) -> Defined<f64> {
    check(value > 0.0, value, field, "must be above zero")
}

fn finite(field: &'static str, Number(value): Number) -> Defined<f64> {
    check(value > 0.0 && value.is_finite(), value, field, "must be above zero and finite")
}

fn not_negative(field: &'static str, Number(value): Number) -> Defined<f64> {
    check(value >= 0.0 && value.is_finite(), value, field, "must be at least zero and finite")
}

fn share(field: &'static str, Number(value): Number) -> Defined<f64> {
    check((0.0..=1.0).contains(&value), value, field, "must lie between 0 and 1")
}

fn count(field: &'static str, Number(value): Number) -> Defined<f64> {
    check(value >= 0.0 && value.is_finite() && value.fract().abs() <= 0.0, value, field, "must be a whole number")
}

fn check(is_right: bool, value: f64, field: &'static str, problem: &'static str) -> Defined<f64> {
    if is_right { Ok(value) } else { Err(Undefined::Input { field, problem }) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::error::ErrorKind;
    use crate::numbers::call;

    #[test]
    fn both_sides_come_with_either_name() {
        let found = call("t_sf", &json!({"t": 2.0, "df": "inf"})).unwrap();
        assert!((found["sf"].as_f64().unwrap() - 0.022_750_131_948_179_2).abs() < 1e-15, "{found}");
        assert_eq!(found, call("t_cdf", &json!({"t": 2.0, "df": "inf"})).unwrap());
    }

    #[test]
    fn values_outside_the_domain_are_named() {
        for (method, arguments, field) in [
            ("t_ppf", json!({"p": 1.5, "df": 3}), "p"),
            ("chi2_sf", json!({"x": 1, "df": 0}), "df"),
            ("binomial_cdf", json!({"k": 1, "n": 2.5, "p": 0.5}), "n"),
            ("studentized_range_sf", json!({"q": 1, "k": 1, "df": 9}), "k"),
            ("normal_sf", json!({"z": "nan"}), "z"),
        ] {
            let error = call(method, &arguments).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(error.to_string().contains(field), "{error}");
        }
    }

    #[test]
    fn an_infinite_quantile_is_no_number() {
        let found = call("t_ppf", &json!({"p": 1.0, "df": 3})).unwrap();
        assert_eq!(found["undefined"]["reason"], "not_finite");
    }
}
