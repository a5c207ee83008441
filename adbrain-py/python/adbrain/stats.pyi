"""The statistics of experiments, each by its name."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

__all__ = [
    "aa_check",
    "ab_test",
    "adjust_p",
    "adjust_p_known",
    "adjusted_rand",
    "agresti_caffo_ci_diff",
    "anova_n_total",
    "anova_power",
    "asymptotic_confidence_sequence_absolute",
    "asymptotic_confidence_sequence_relative",
    "backtest_roas",
    "band_chart",
    "bandit_allocate",
    "bandit_report",
    "beta_binomial",
    "beta_cdf",
    "beta_ppf",
    "beta_sf",
    "binomial_cdf",
    "binomial_sf",
    "bootstrap_difference",
    "bootstrap_mean",
    "bootstrap_quantile_difference",
    "bootstrap_t_difference",
    "bootstrap_t_mean",
    "chi2_cdf",
    "chi2_ppf",
    "chi2_sf",
    "chi_square_srm",
    "cohens_d_hedges_g",
    "cohens_h",
    "confidence_sequence_half_widths",
    "cross_summary",
    "cuped_mean",
    "cuped_ratio",
    "customer_forecast",
    "customer_summaries",
    "customer_value_fit",
    "customer_value_predict",
    "customer_values",
    "daily_noise",
    "days_needed",
    "days_to_saturation",
    "decide",
    "delta_method_ratio",
    "delta_method_ratio_gb_absolute",
    "delta_method_ratio_gb_relative",
    "difference_skewness",
    "dominant_block",
    "f_cdf",
    "f_sf",
    "fieller_ratio",
    "fieller_ratio_relative",
    "fisher_exact",
    "forest_explain",
    "forest_predict",
    "forget",
    "gamma_cdf",
    "gamma_poisson",
    "gamma_ppf",
    "gamma_sf",
    "gaussian_effect_flat_absolute",
    "gaussian_effect_flat_relative",
    "gaussian_effect_prior_absolute",
    "gaussian_effect_prior_relative",
    "geo_effect",
    "geo_pairs",
    "geo_permutation",
    "geo_power",
    "group_sequential_after_stopping",
    "group_sequential_bounds",
    "group_sequential_power",
    "hdbscan",
    "hodges_lehmann",
    "kmeans",
    "lan_demets_obrien_fleming",
    "lan_demets_pocock",
    "ln_beta",
    "ln_choose",
    "ln_gamma",
    "mannwhitney",
    "mannwhitney_asymptotic",
    "mannwhitney_exact",
    "mde_mean",
    "mde_proportions",
    "miettinen_nurminen_ci_diff",
    "msprt_normal_mixture",
    "n_pairs_t",
    "n_per_arm_proportions",
    "n_per_arm_t",
    "newcombe_ci_diff",
    "noncentral_chi2_cdf",
    "noncentral_chi2_sf",
    "noncentral_f_cdf",
    "noncentral_f_sf",
    "noncentral_t_cdf",
    "noncentral_t_sf",
    "normal_best",
    "normal_cdf",
    "normal_ppf",
    "normal_sf",
    "order_lines",
    "overdispersion",
    "overdispersion_counts",
    "paired_log_t",
    "paired_t",
    "permutation_test",
    "persona_assign",
    "personas",
    "poisson_cdf",
    "poisson_sf",
    "power_family_phi_2",
    "power_paired_t",
    "power_proportions",
    "power_t",
    "predict_roas",
    "proportion_ci",
    "quantile",
    "quantile_difference",
    "reach_curve",
    "reach_curve_through",
    "reach_union",
    "readable_rule",
    "readout",
    "readout_html",
    "relative_lift_delta",
    "relative_lift_fieller",
    "relative_lift_log",
    "relative_lift_shares",
    "running_confidence_sequence",
    "sensitive_label",
    "srm_power_chi2",
    "student_t",
    "student_t_from_stats",
    "studentized_range_sf",
    "summary",
    "synthetic_control",
    "t_cdf",
    "t_ppf",
    "t_sf",
    "test_matrix",
    "test_matrix_effects",
    "trimmed_mean",
    "two_proportion_z",
    "welch_from_sums_absolute",
    "welch_from_sums_relative",
    "welch_t",
    "welch_t_from_stats",
    "welch_t_table",
    "winsorise_cap",
    "winsorise_upper_quantile",
    "yuen_trimmed_t",
]

class _Array(Protocol):
    """An array of NumPy or a series of pandas."""

    def tolist(self) -> list[Any]: ...

Numbers = Sequence[float] | _Array

def aa_check(control: Mapping[str, Any], treatment: Mapping[str, Any], *, alpha: float | None = None) -> dict[str, Any]:
    """Whether the arms' ratios differed before the test."""

def ab_test(
    control: Mapping[str, Any] | Numbers,
    variant: Mapping[str, Any] | Numbers,
    *,
    direction: Literal["higher_is_better"] | Literal["lower_is_better"] | None = None,
    level: float | None = None,
    minimum_relative_effect: float | None = None,
    minimum_sample: int | None = None,
) -> dict[str, Any]:
    """Two samples at one look: values, counts or moments, with a recommendation."""

def adjust_p(p: Numbers) -> dict[str, Any]:
    """P values adjusted for their number by each method; a NaN is an error."""

def adjust_p_known(
    p: Numbers,
    *,
    by: Literal["bonferroni", "holm", "hochberg", "hommel", "sidak", "bh", "by"] | None = None,
) -> dict[str, Any]:
    """P values adjusted by one method; a NaN has no answer and does not count among the others."""

def adjusted_rand(first: Numbers, second: Numbers, *, weights: Sequence[float] | None = None) -> dict[str, Any]:
    """How far two partitions of the same rows agree, corrected for chance."""

def agresti_caffo_ci_diff(
    control: Mapping[str, Any],
    treatment: Mapping[str, Any],
    *,
    level: float | None = None,
) -> dict[str, Any]:
    """Agresti's and Caffo's interval for the difference of two shares."""

def anova_n_total(
    effect_size_f: float,
    k: int,
    *,
    alpha: float | None = None,
    power: float | None = None,
) -> dict[str, Any]:
    """Units over all arms that a comparison of several means needs."""

def anova_power(effect_size_f: float, n_total: float, k: int, *, alpha: float | None = None) -> dict[str, Any]:
    """The power of a comparison of several means."""

def asymptotic_confidence_sequence_absolute(
    kind: Literal["proportion"] | Literal["mean"],
    control: Mapping[str, Any],
    treatment: Mapping[str, Any],
    tuning_parameter: float,
    *,
    alpha: float | None = None,
) -> dict[str, Any]:
    """The difference of two arms with an interval and p value that hold at every look."""

def asymptotic_confidence_sequence_relative(
    kind: Literal["proportion"] | Literal["mean"],
    control: Mapping[str, Any],
    treatment: Mapping[str, Any],
    tuning_parameter: float,
    *,
    alpha: float | None = None,
) -> dict[str, Any]:
    """The lift of an arm with an interval and p value that hold at every look."""

def backtest_roas(
    history: Sequence[Mapping[str, Any]],
    *,
    calibrate_by: Literal["pooled"] | Literal["platform"] | Literal["campaign"] | None = None,
    currency: str | None = None,
    features: Sequence[
        Literal["industry"]
        | Literal["objective"]
        | Literal["platform"]
        | Literal["campaign"]
        | Literal["budget"]
        | Literal["audience_size"]
        | Literal["creative_type"]
        | Literal["copy_style"]
        | Literal["weekday"]
        | Literal["month"]
        | Literal["seasonality"]
        | Literal["competition_level"]
        | Literal["age"]
        | Literal["gender"]
        | Literal["interest"]
    ]
    | None = None,
    half_life_days: float | None = None,
    level: float | None = None,
    practices: Sequence[Mapping[str, Any]] | None = None,
    rate: Literal["roas"] | Literal["cpa"] | Literal["ctr"] | Literal["cvr"] | None = None,
    retrain_days: int | None = None,
    seed: int | None = None,
    trees: int | None = None,
    tune: bool | None = None,
) -> dict[str, Any]:
    """What forecasts of past days would have said from the days before them, beside naive baselines."""

def band_chart(
    median: Numbers,
    low: Numbers,
    high: Numbers,
    *,
    actual: Sequence[float | None] | None = None,
    at: Sequence[float] | None = None,
    language: Literal["pt-BR"] | Literal["en"] | None = None,
) -> dict[str, Any]:
    """Predictions with their band, and what came of them, as SVG."""

def bandit_allocate(
    arms: Sequence[Mapping[str, Any]],
    *,
    batch: int | None = None,
    draws: int | None = None,
    floor: float | None = None,
    goal: Literal["maximise", "minimise"] | None = None,
    leader: float | None = None,
    prior: Any | None = None,
    rule: Literal["thompson", "top_two"] | None = None,
    seed: int | None = None,
    units: int | None = None,
) -> dict[str, Any]:
    """Shares out the next batch of a bandit by Thompson or top-two Thompson sampling."""

def bandit_report(
    names: Sequence[str],
    batches: Sequence[Sequence[Mapping[str, Any]]],
    *,
    goal: Literal["maximise", "minimise"] | None = None,
    level: float | None = None,
    reference: str | None = None,
    spread: Literal["batches"] | Literal["units"] | None = None,
) -> dict[str, Any]:
    """What the batches of a bandit have shown, with errors of the level."""

def beta_binomial(
    arms: Sequence[Mapping[str, Any]],
    *,
    goal: Literal["maximise", "minimise"] | None = None,
    level: float | None = None,
    prior: Numbers | None = None,
) -> dict[str, Any]:
    """Shares of several arms: posteriors, probability to be best and expected loss. A decision rule, no error rate."""

def beta_cdf(x: float, a: float, b: float) -> dict[str, Any]:
    """The share of a beta distribution below x, and above it."""

def beta_ppf(p: float, a: float, b: float) -> dict[str, Any]:
    """The value below which a share p of a beta distribution lies."""

def beta_sf(x: float, a: float, b: float) -> dict[str, Any]:
    """The share of a beta distribution above x, and below it."""

def binomial_cdf(k: float, n: float, p: float) -> dict[str, Any]:
    """The chance of at most k hits in n trials, and of more."""

def binomial_sf(k: float, n: float, p: float) -> dict[str, Any]:
    """The chance of more than k hits in n trials, and of at most k."""

def bootstrap_difference(
    control: Numbers,
    treatment: Numbers,
    *,
    level: float | None = None,
    resamples: int | None = None,
    seed: int | None = None,
) -> dict[str, Any]:
    """The interval of a difference of means by the percentile bootstrap."""

def bootstrap_mean(
    x: Numbers,
    *,
    level: float | None = None,
    resamples: int | None = None,
    seed: int | None = None,
) -> dict[str, Any]:
    """The interval of a mean by the percentile bootstrap."""

def bootstrap_quantile_difference(
    control: Numbers,
    treatment: Numbers,
    q: float,
    *,
    level: float | None = None,
    resamples: int | None = None,
    seed: int | None = None,
) -> dict[str, Any]:
    """The interval of a difference of quantiles by the bootstrap."""

def bootstrap_t_difference(
    control: Numbers,
    treatment: Numbers,
    *,
    level: float | None = None,
    resamples: int | None = None,
    seed: int | None = None,
) -> dict[str, Any]:
    """The interval of a difference of means by the bootstrap-t."""

def bootstrap_t_mean(
    x: Numbers,
    *,
    level: float | None = None,
    resamples: int | None = None,
    seed: int | None = None,
) -> dict[str, Any]:
    """The interval of a mean by the bootstrap-t, for heavy tails."""

def chi2_cdf(x: float, df: float) -> dict[str, Any]:
    """The share of a chi-square distribution below x, and above it."""

def chi2_ppf(p: float, df: float) -> dict[str, Any]:
    """The value below which a share p of a chi-square distribution lies."""

def chi2_sf(x: float, df: float) -> dict[str, Any]:
    """The share of a chi-square distribution above x, and below it."""

def chi_square_srm(observed: Numbers, weights: Numbers) -> dict[str, Any]:
    """Whether the arms got the shares that were planned."""

def cohens_d_hedges_g(control: Numbers, treatment: Numbers) -> dict[str, Any]:
    """Cohen's d, Hedges' g and Glass's delta of two samples."""

def cohens_h(control: float, treatment: float) -> dict[str, Any]:
    """Cohen's h of two shares from 0 to 1."""

def confidence_sequence_half_widths(
    variances: Numbers,
    units: Numbers,
    tuning_parameter: float,
    *,
    alpha: float | None = None,
) -> dict[str, Any]:
    """Half the width of the always-valid interval at many looks, from the variance of the estimate and the
    units at each.
    """

def cross_summary(x: Numbers, y: Numbers) -> dict[str, Any]:
    """Counts, means, spreads and common spread of pairs x, y."""

def cuped_mean(
    control: Mapping[str, Any],
    treatment: Mapping[str, Any],
    *,
    level: float | None = None,
) -> dict[str, Any]:
    """Two means after a covariate from before the test is taken out."""

def cuped_ratio(
    control: Mapping[str, Any],
    treatment: Mapping[str, Any],
    *,
    level: float | None = None,
) -> dict[str, Any]:
    """Two ratios after the ratio before the test is taken out."""

def customer_forecast(
    model: Literal["bg_nbd"] | Literal["mbg_nbd"] | Literal["pareto_nbd"],
    parameters: Numbers,
    covariance: Sequence[Numbers],
    frequency: float,
    recency: float,
    age: float,
    *,
    plan: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What to expect of one customer, with the intervals of the expectation and the range of what may happen."""

def customer_summaries(
    orders: Sequence[Mapping[str, Any]],
    until: str,
    *,
    births: Sequence[Mapping[str, Any]] | None = None,
    time_unit: Literal["day"] | Literal["week"] | Literal["month"] | None = None,
) -> dict[str, Any]:
    """Order lines as one row per customer: repeat purchases, recency, age and spend."""

def customer_value_fit(
    frequency: Numbers,
    recency: Numbers,
    age: Numbers,
    *,
    level: float | None = None,
    mean_spend: Sequence[float] | None = None,
    model: Literal["bg_nbd"] | Literal["mbg_nbd"] | Literal["pareto_nbd"] | None = None,
    shrinkage: Literal["where_few"] | Literal["always"] | Literal["never"] | None = None,
    time_unit: Literal["day"] | Literal["week"] | Literal["month"] | None = None,
) -> dict[str, Any]:
    """How customers buy and leave, and what they spend per purchase: parameters with intervals."""

def customer_value_predict(
    model: Literal["bg_nbd"] | Literal["mbg_nbd"] | Literal["pareto_nbd"],
    parameters: Numbers,
    frequency: Numbers,
    recency: Numbers,
    age: Numbers,
    *,
    mean_spend: Sequence[float] | None = None,
    plan: Mapping[str, Any] | None = None,
    spend: Sequence[float] | None = None,
) -> dict[str, Any]:
    """What to expect of each customer under fitted models: still there, purchases, spend, value."""

def customer_values(
    orders: Sequence[Mapping[str, Any]],
    until: str,
    *,
    births: Sequence[Mapping[str, Any]] | None = None,
    options: Mapping[str, Any] | None = None,
    time_unit: Literal["day"] | Literal["week"] | Literal["month"] | None = None,
) -> dict[str, Any]:
    """From order lines to what each customer is worth, with ranges and totals."""

def daily_noise(cell: Numbers, day: Numbers, x: Numbers, n: Numbers) -> dict[str, Any]:
    """How much rates of cells move from day to day, beyond chance and shared shocks."""

def days_needed(
    control: Numbers,
    relative_effect: float,
    *,
    alpha: float | None = None,
    power: float | None = None,
    treatment: Sequence[float] | None = None,
) -> dict[str, Any]:
    """Days that a test needs, from the account's own days."""

def days_to_saturation(
    size: float,
    *,
    bound: Literal["lower"] | Literal["median"] | Literal["upper"] | None = None,
    clicks: Sequence[float] | None = None,
    daily_impressions: float | None = None,
    frequency: float | None = None,
    growth: float | None = None,
    horizon: int | None = None,
    impressions: Sequence[float] | None = None,
    level: float | None = None,
    overlap: float | None = None,
    reach: Sequence[float] | None = None,
) -> dict[str, Any]:
    """Days until the next impression's click rate is below 0.7 of day 1's, as quantiles, with a recommendation."""

def decide(settings: Mapping[str, Any], data: Mapping[str, Any], objects: Mapping[str, Any]) -> dict[str, Any]:
    """A test and its objects: what to pause, what to scale, whom to tell."""

def delta_method_ratio(
    control: Mapping[str, Any],
    treatment: Mapping[str, Any],
    *,
    level: float | None = None,
) -> dict[str, Any]:
    """Two arms' ratios by the delta method."""

def delta_method_ratio_gb_absolute(
    control: Mapping[str, Any],
    treatment: Mapping[str, Any],
    *,
    level: float | None = None,
) -> dict[str, Any]:
    """The difference of two ratios, as in gbstats."""

def delta_method_ratio_gb_relative(
    control: Mapping[str, Any],
    treatment: Mapping[str, Any],
    *,
    level: float | None = None,
) -> dict[str, Any]:
    """The relative difference of two ratios, as in gbstats."""

def difference_skewness(control: Numbers, treatment: Numbers) -> dict[str, Any]:
    """Whether tails are too heavy for an interval of the difference of two means."""

def dominant_block(control: Mapping[str, Any], treatment: Mapping[str, Any]) -> dict[str, Any]:
    """Whether one block decides a comparison of ratios."""

def f_cdf(x: float, d1: float, d2: float) -> dict[str, Any]:
    """The share of an F distribution below x, and above it."""

def f_sf(x: float, d1: float, d2: float) -> dict[str, Any]:
    """The share of an F distribution above x, and below it."""

def fieller_ratio(num: Numbers, den: Numbers, *, level: float | None = None) -> dict[str, Any]:
    """One ratio with Fieller's interval."""

def fieller_ratio_relative(
    control: Mapping[str, Any],
    treatment: Mapping[str, Any],
    *,
    level: float | None = None,
) -> dict[str, Any]:
    """The relative difference of two ratios by Fieller."""

def fisher_exact(control: Mapping[str, Any], treatment: Mapping[str, Any]) -> dict[str, Any]:
    """Fisher's exact test of equal shares."""

def forest_explain(
    columns: Sequence[Mapping[str, Any]],
    targets: Numbers,
    asked: Sequence[Mapping[str, Any]],
    *,
    guarantee: Literal["out_of_bag"] | Literal["split"] | None = None,
    level: float | None = None,
    settings: Mapping[str, Any] | None = None,
    tune: Any | None = None,
    weights: Sequence[float] | None = None,
) -> dict[str, Any]:
    """The same forest: what each column adds to each prediction, what each column is worth, past rows that
    are alike.
    """

def forest_predict(
    columns: Sequence[Mapping[str, Any]],
    targets: Numbers,
    asked: Sequence[Mapping[str, Any]],
    *,
    guarantee: Literal["out_of_bag"] | Literal["split"] | None = None,
    level: float | None = None,
    settings: Mapping[str, Any] | None = None,
    tune: Any | None = None,
    weights: Sequence[float] | None = None,
) -> dict[str, Any]:
    """A forest grown on columns and targets: mean, median and a calibrated interval of each row asked about."""

def forget(people: Mapping[str, Any], persons: Sequence[str]) -> dict[str, Any]:
    """Takes people out of a data set for good; build the personas again afterwards."""

def gamma_cdf(x: float, shape: float) -> dict[str, Any]:
    """The share of a gamma distribution of scale 1 below x, and above it."""

def gamma_poisson(
    prior_shape_rate: Numbers,
    arms: Sequence[Mapping[str, Any]],
    *,
    goal: Literal["maximise", "minimise"] | None = None,
    level: float | None = None,
) -> dict[str, Any]:
    """Rates of several arms: posteriors, probability to be best and expected loss. A decision rule, no error rate."""

def gamma_ppf(p: float, shape: float) -> dict[str, Any]:
    """The value below which a share p of a gamma distribution of scale 1 lies."""

def gamma_sf(x: float, shape: float) -> dict[str, Any]:
    """The share of a gamma distribution of scale 1 above x, and below it."""

def gaussian_effect_flat_absolute(
    kind: Literal["proportion"] | Literal["mean"],
    control: Mapping[str, Any],
    treatment: Mapping[str, Any],
    *,
    level: float | None = None,
) -> dict[str, Any]:
    """The belief about a difference of two arms without a prior. A decision rule, no error rate."""

def gaussian_effect_flat_relative(
    kind: Literal["proportion"] | Literal["mean"],
    control: Mapping[str, Any],
    treatment: Mapping[str, Any],
    *,
    level: float | None = None,
) -> dict[str, Any]:
    """The belief about a lift without a prior. A decision rule, no error rate."""

def gaussian_effect_prior_absolute(
    kind: Literal["proportion"] | Literal["mean"],
    control: Mapping[str, Any],
    treatment: Mapping[str, Any],
    prior: Mapping[str, Any],
    *,
    level: float | None = None,
) -> dict[str, Any]:
    """The belief about a difference of two arms with a normal prior on the difference. A decision rule, no
    error rate.
    """

def gaussian_effect_prior_relative(
    kind: Literal["proportion"] | Literal["mean"],
    control: Mapping[str, Any],
    treatment: Mapping[str, Any],
    prior: Mapping[str, Any],
    *,
    level: float | None = None,
) -> dict[str, Any]:
    """The belief about a lift with a normal prior on the lift. A decision rule, no error rate."""

def geo_effect(
    treatment: Numbers,
    control: Numbers,
    pre_periods: int,
    *,
    cost: Any | None = None,
    level: float | None = None,
) -> dict[str, Any]:
    """The effect of a geo test by time-based regression."""

def geo_pairs(
    regions: Sequence[Mapping[str, Any]],
    *,
    matching: Literal["best"] | Literal["greedy"] | None = None,
    seed: int | None = None,
    unlike: Literal["level"] | Literal["movement"] | None = None,
) -> dict[str, Any]:
    """Pairs regions on their past and tosses a seeded coin in each pair."""

def geo_permutation(
    pairs: Sequence[Mapping[str, Any]],
    pre_periods: int,
    *,
    draws: int | None = None,
    seed: int | None = None,
) -> dict[str, Any]:
    """The p value of a paired geo test over its coins."""

def geo_power(
    pairs: Sequence[Mapping[str, Any]],
    test_periods: int,
    *,
    draws: int | None = None,
    level: float | None = None,
    power: float | None = None,
    seed: int | None = None,
) -> dict[str, Any]:
    """The smallest lift that a paired geo test can see, from its past."""

def group_sequential_after_stopping(
    plan: Mapping[str, Any],
    look: int,
    estimate: float,
    standard_error: float,
    *,
    level: float | None = None,
) -> dict[str, Any]:
    """p value, interval and corrected estimates after a group sequential test has stopped."""

def group_sequential_bounds(
    information: Numbers,
    *,
    alpha: float | None = None,
    futility: Mapping[str, Any] | None = None,
    last_look_ends: bool | None = None,
    parameter: float | None = None,
    sides: Literal["one", "two"] | None = None,
    spending: Literal["obrien_fleming", "pocock", "power", "hwang_shih_decani"] | None = None,
) -> dict[str, Any]:
    """Bounds of a group sequential test at the looks that really happen, with futility if wanted."""

def group_sequential_power(
    plan: Mapping[str, Any],
    *,
    drift: float | None = None,
    power: float | None = None,
) -> dict[str, Any]:
    """Where the runs of a group sequential test stop under a drift, or the drift and inflation for a power."""

def hdbscan(rows: Sequence[Numbers], least_rows: int) -> dict[str, Any]:
    """Clusters of complete rows by how densely they lie, of any shape and number, with noise (HDBSCAN)."""

def hodges_lehmann(control: Numbers, treatment: Numbers, *, level: float | None = None) -> dict[str, Any]:
    """The median of all differences treatment less control, with its interval."""

def kmeans(
    rows: Sequence[Numbers],
    k: int,
    *,
    restarts: int | None = None,
    seed: int | None = None,
    weights: Sequence[float] | None = None,
) -> dict[str, Any]:
    """Weighted k-means of rows, of which numbers may be unknown (`nan`)."""

def lan_demets_obrien_fleming(
    looks_equally_spaced: int,
    *,
    alpha_two_sided: float | None = None,
    convention: str | None = None,
    phi: float | None = None,
) -> dict[str, Any]:
    """Bounds of a two-sided test with equally spaced looks and O'Brien-Fleming spending."""

def lan_demets_pocock(
    looks_equally_spaced: int,
    *,
    alpha_two_sided: float | None = None,
    convention: str | None = None,
    phi: float | None = None,
) -> dict[str, Any]:
    """Bounds of a two-sided test with equally spaced looks and Pocock spending."""

def ln_beta(a: float, b: float) -> dict[str, Any]:
    """The natural logarithm of the beta function."""

def ln_choose(n: float, k: float) -> dict[str, Any]:
    """The natural logarithm of the number of ways to choose k of n."""

def ln_gamma(x: float) -> dict[str, Any]:
    """The natural logarithm of the gamma function."""

def mannwhitney(control: Numbers, treatment: Numbers) -> dict[str, Any]:
    """The test of Mann and Whitney, exact for small samples without ties."""

def mannwhitney_asymptotic(control: Numbers, treatment: Numbers) -> dict[str, Any]:
    """The test of Mann and Whitney by the normal, corrected for ties and continuity."""

def mannwhitney_exact(control: Numbers, treatment: Numbers) -> dict[str, Any]:
    """The test of Mann and Whitney by its exact distribution."""

def mde_mean(
    n_per_arm: float,
    sd: float,
    *,
    alpha: float | None = None,
    alternative: Literal["two-sided", "greater", "less"] | None = None,
    power: float | None = None,
    ratio: float | None = None,
) -> dict[str, Any]:
    """The smallest difference of two means that a t test shows."""

def mde_proportions(
    base_rate: float,
    n_per_arm: float,
    *,
    alpha: float | None = None,
    power: float | None = None,
) -> dict[str, Any]:
    """The smallest relative lift of a share that a comparison shows."""

def miettinen_nurminen_ci_diff(
    control: Mapping[str, Any],
    treatment: Mapping[str, Any],
    *,
    level: float | None = None,
) -> dict[str, Any]:
    """Miettinen's and Nurminen's score interval for the difference of two shares."""

def msprt_normal_mixture(effect: float, se: float, tau: float, *, alpha: float | None = None) -> dict[str, Any]:
    """The mixture sequential probability ratio test at one look."""

def n_pairs_t(effect_size_d: float, *, alpha: float | None = None, power: float | None = None) -> dict[str, Any]:
    """Pairs that a paired t test needs."""

def n_per_arm_proportions(
    base_rate: float,
    relative_lift: float,
    *,
    alpha: float | None = None,
    power: float | None = None,
) -> dict[str, Any]:
    """Units per arm that a comparison of two shares needs."""

def n_per_arm_t(
    effect_size_d: float,
    *,
    alpha: float | None = None,
    alternative: Literal["two-sided", "greater", "less"] | None = None,
    power: float | None = None,
    ratio: float | None = None,
) -> dict[str, Any]:
    """Units of control that a t test needs."""

def newcombe_ci_diff(
    control: Mapping[str, Any],
    treatment: Mapping[str, Any],
    *,
    level: float | None = None,
) -> dict[str, Any]:
    """Newcombe's interval for the difference of two shares."""

def noncentral_chi2_cdf(x: float, df: float, nc: float) -> dict[str, Any]:
    """The share of a noncentral chi-square below x, and above it."""

def noncentral_chi2_sf(x: float, df: float, nc: float) -> dict[str, Any]:
    """The share of a noncentral chi-square above x, and below it."""

def noncentral_f_cdf(x: float, d1: float, d2: float, nc: float) -> dict[str, Any]:
    """The share of a noncentral F below x, and above it."""

def noncentral_f_sf(x: float, d1: float, d2: float, nc: float) -> dict[str, Any]:
    """The share of a noncentral F above x, and below it."""

def noncentral_t_cdf(t: float, df: float, nc: float) -> dict[str, Any]:
    """The share of a noncentral t below t, and above it."""

def noncentral_t_sf(t: float, df: float, nc: float) -> dict[str, Any]:
    """The share of a noncentral t above t, and below it."""

def normal_best(
    arms: Sequence[Mapping[str, Any]],
    *,
    goal: Literal["maximise", "minimise"] | None = None,
    level: float | None = None,
) -> dict[str, Any]:
    """Means of several arms: posteriors, probability to be best and expected loss. A decision rule, no error rate."""

def normal_cdf(z: float) -> dict[str, Any]:
    """The share of a standard normal below z, and above it."""

def normal_ppf(p: float) -> dict[str, Any]:
    """The value below which a share p of a standard normal lies."""

def normal_sf(z: float) -> dict[str, Any]:
    """The share of a standard normal above z, and below it."""

def order_lines(csv: str, *, currency: str | None = None, time_zone: str | None = None) -> dict[str, Any]:
    """The order lines of a shop's CSV export, as customer value takes them."""

def overdispersion(x: Numbers, n: Numbers) -> dict[str, Any]:
    """How much noisier shares by block are than independent trials."""

def overdispersion_counts(counts: Numbers) -> dict[str, Any]:
    """How much noisier counts by block are than a Poisson count."""

def paired_log_t(control: Numbers, treatment: Numbers, *, level: float | None = None) -> dict[str, Any]:
    """The relative lift from pairs, on the log; pairs with a zero are left out by place."""

def paired_t(control: Numbers, treatment: Numbers, *, level: float | None = None) -> dict[str, Any]:
    """The paired t test: the same days, regions or users in both arms."""

def permutation_test(
    control: Numbers,
    treatment: Numbers,
    *,
    level: float | None = None,
    resamples: int | None = None,
    seed: int | None = None,
) -> dict[str, Any]:
    """The permutation test of two means, exact where all ways can be looked at."""

def persona_assign(model: Mapping[str, Any], profiles: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How likely each profile belongs to each persona of a model."""

def personas(
    *,
    currency: str | None = None,
    files: Sequence[Mapping[str, Any]] | None = None,
    people: Mapping[str, Any] | None = None,
    previous: Mapping[str, Any] | None = None,
    profiles: Sequence[Mapping[str, Any]] | None = None,
    salt: str | None = None,
    settings: Mapping[str, Any] | None = None,
    time_zone: str | None = None,
) -> dict[str, Any]:
    """Groups of people from profiles and CSV files of analytics, social insights and orders."""

def poisson_cdf(k: float, mean: float) -> dict[str, Any]:
    """The chance of at most k events, and of more."""

def poisson_sf(k: float, mean: float) -> dict[str, Any]:
    """The chance of more than k events, and of at most k."""

def power_family_phi_2(
    looks_equally_spaced: int,
    *,
    alpha_two_sided: float | None = None,
    convention: str | None = None,
    phi: float | None = None,
) -> dict[str, Any]:
    """Bounds of a two-sided test with equally spaced looks that spends alpha t^phi, phi 2 unless given."""

def power_paired_t(effect_size_d: float, n_pairs: float, *, alpha: float | None = None) -> dict[str, Any]:
    """The power of a paired t test."""

def power_proportions(
    base_rate: float,
    relative_lift: float,
    n_per_arm: float,
    *,
    alpha: float | None = None,
) -> dict[str, Any]:
    """The power of a comparison of two shares."""

def power_t(
    effect_size_d: float,
    n_control: float,
    *,
    alpha: float | None = None,
    alternative: Literal["two-sided", "greater", "less"] | None = None,
    ratio_treatment_to_control: float | None = None,
) -> dict[str, Any]:
    """The power of a t test on two means."""

def predict_roas(
    history: Sequence[Mapping[str, Any]],
    rows: Sequence[Mapping[str, Any]],
    *,
    calibrate_by: Literal["pooled"] | Literal["platform"] | Literal["campaign"] | None = None,
    currency: str | None = None,
    features: Sequence[
        Literal["industry"]
        | Literal["objective"]
        | Literal["platform"]
        | Literal["campaign"]
        | Literal["budget"]
        | Literal["audience_size"]
        | Literal["creative_type"]
        | Literal["copy_style"]
        | Literal["weekday"]
        | Literal["month"]
        | Literal["seasonality"]
        | Literal["competition_level"]
        | Literal["age"]
        | Literal["gender"]
        | Literal["interest"]
    ]
    | None = None,
    half_life_days: float | None = None,
    level: float | None = None,
    practices: Sequence[Mapping[str, Any]] | None = None,
    rate: Literal["roas"] | Literal["cpa"] | Literal["ctr"] | Literal["cvr"] | None = None,
    seed: int | None = None,
    target: float | None = None,
    trees: int | None = None,
    tune: bool | None = None,
) -> dict[str, Any]:
    """What ROAS, CPA, CTR or CVR to expect of rows, with intervals and recommendations, learnt from past rows."""

def proportion_ci(x: int, n: int, *, level: float | None = None) -> dict[str, Any]:
    """Four intervals for one share."""

def quantile(x: Numbers, q: float, *, level: float | None = None) -> dict[str, Any]:
    """A quantile of values, linear between them, with its interval where they carry one."""

def quantile_difference(
    control: Numbers,
    treatment: Numbers,
    q: float,
    *,
    level: float | None = None,
) -> dict[str, Any]:
    """The difference of a quantile of two samples, by order statistics."""

def reach_curve(
    people: float,
    impressions: Numbers,
    *,
    habituation: float | None = None,
    shape: float | None = None,
    times: int | None = None,
) -> dict[str, Any]:
    """Reach, frequency and response of a gamma-Poisson curve after so many impressions."""

def reach_curve_through(impressions: float, reach: float) -> dict[str, Any]:
    """The pool of Goerg's reach curve through one point."""

def reach_union(
    platforms: Sequence[Mapping[str, Any]],
    *,
    shared: Sequence[Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """The people reached on at least one of several platforms."""

def readable_rule(
    columns: Sequence[Mapping[str, Any]],
    outcomes: Numbers,
    target: float,
    *,
    forest: Mapping[str, Any] | None = None,
    outcome: str | None = None,
    settings: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A rule of a few lines that says whether a target is reached, or why none is shown."""

def readout(settings: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """A test by its settings and data: estimates, checks and a verdict per variant."""

def readout_html(
    readout: Mapping[str, Any],
    *,
    language: Literal["pt-BR"] | Literal["en"] | None = None,
) -> dict[str, Any]:
    """A readout as HTML with its plot, in `en` or `pt-BR`."""

def relative_lift_delta(control: Numbers, treatment: Numbers, *, level: float | None = None) -> dict[str, Any]:
    """The relative lift of two samples by the delta method."""

def relative_lift_fieller(control: Numbers, treatment: Numbers, *, level: float | None = None) -> dict[str, Any]:
    """The relative lift of two samples by Fieller's theorem."""

def relative_lift_log(control: Numbers, treatment: Numbers, *, level: float | None = None) -> dict[str, Any]:
    """The relative lift of two samples on the log scale."""

def relative_lift_shares(
    control: Mapping[str, Any],
    treatment: Mapping[str, Any],
    *,
    level: float | None = None,
) -> dict[str, Any]:
    """The relative lift of one share over another, on the log scale."""

def running_confidence_sequence(low: Numbers, high: Numbers, p: Numbers) -> dict[str, Any]:
    """What the always-valid intervals and p values of all looks so far say together."""

def sensitive_label(label: str) -> dict[str, Any]:
    """The kind of protected attribute that a label names, which is never a feature or part of a name."""

def srm_power_chi2(
    effect_size_w: float,
    n: float,
    *,
    alpha: float | None = None,
    bins: int | None = None,
) -> dict[str, Any]:
    """The power of the test for a sample-ratio mismatch."""

def student_t(control: Numbers, treatment: Numbers, *, level: float | None = None) -> dict[str, Any]:
    """Student's t test on two samples, with one pooled variance."""

def student_t_from_stats(
    control: Mapping[str, Any],
    treatment: Mapping[str, Any],
    *,
    level: float | None = None,
) -> dict[str, Any]:
    """Student's t test from size, mean and standard deviation of each sample."""

def studentized_range_sf(q: float, k: float, df: float) -> dict[str, Any]:
    """The chance that the studentized range of k means exceeds q."""

def summary(values: Numbers) -> dict[str, Any]:
    """Count, mean, sum of squared deviations and variance of values."""

def synthetic_control(
    treated: Mapping[str, Any],
    donors: Sequence[Mapping[str, Any]],
    pre_periods: int,
    *,
    level: float | None = None,
) -> dict[str, Any]:
    """The effect on one region against a mixture of donors."""

def t_cdf(t: float, df: float) -> dict[str, Any]:
    """The share of Student's t below t, above it, and further from zero."""

def t_ppf(p: float, df: float) -> dict[str, Any]:
    """The value below which a share p of Student's t lies."""

def t_sf(t: float, df: float) -> dict[str, Any]:
    """The share of Student's t above t, below it, and further from zero."""

def test_matrix(
    factors: Sequence[Mapping[str, Any]],
    *,
    constraints: Sequence[Mapping[str, Any]] | None = None,
    mode: Literal["cover"] | Literal["screen"] | Literal["full"] | None = None,
    rows: int | None = None,
    seed: int | None = None,
    seeded_rows: Sequence[Mapping[str, Any]] | None = None,
    strength: int | None = None,
    traffic: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The rows of a test: every pair of levels, the most telling rows, or all; with what they can tell and cost."""

def test_matrix_effects(
    factors: Sequence[Mapping[str, Any]],
    rows: Sequence[Mapping[str, Any]],
    *,
    level: float | None = None,
) -> dict[str, Any]:
    """The effect of each level from the measured rows of a test matrix, shrunk by factor."""

def trimmed_mean(x: Numbers, trim: float) -> dict[str, Any]:
    """The mean without a share of the values at each end."""

def two_proportion_z(
    control: Mapping[str, Any],
    treatment: Mapping[str, Any],
    *,
    level: float | None = None,
) -> dict[str, Any]:
    """The z tests of equal shares, with intervals for their difference."""

def welch_from_sums_absolute(
    kind: Literal["proportion"] | Literal["mean"],
    control: Mapping[str, Any],
    treatment: Mapping[str, Any],
    *,
    level: float | None = None,
    scale: Literal["delta", "fieller", "log"] | None = None,
) -> dict[str, Any]:
    """Welch's t test from sums of values or of successes."""

def welch_from_sums_relative(
    kind: Literal["proportion"] | Literal["mean"],
    control: Mapping[str, Any],
    treatment: Mapping[str, Any],
    *,
    level: float | None = None,
    scale: Literal["delta", "fieller", "log"] | None = None,
) -> dict[str, Any]:
    """The relative lift with its interval, from sums."""

def welch_t(control: Numbers, treatment: Numbers, *, level: float | None = None) -> dict[str, Any]:
    """Welch's t test on two samples."""

def welch_t_from_stats(
    control: Mapping[str, Any],
    treatment: Mapping[str, Any],
    *,
    level: float | None = None,
) -> dict[str, Any]:
    """Welch's t test from size, mean and standard deviation of each sample."""

def welch_t_table(control: Mapping[str, Any], treatment: Mapping[str, Any]) -> dict[str, Any]:
    """Welch's t test for every row of columns of sizes, means and m2."""

def winsorise_cap(x: Numbers, cap: float) -> dict[str, Any]:
    """The mean with values above a fixed cap set to it."""

def winsorise_upper_quantile(x: Numbers, q: float, *, quantile_type: str | None = None) -> dict[str, Any]:
    """The mean with values above a quantile set to it."""

def yuen_trimmed_t(control: Numbers, treatment: Numbers, trim: float, *, level: float | None = None) -> dict[str, Any]:
    """Yuen's t test on trimmed means."""
