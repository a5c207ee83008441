// Written from the engine's own schemas by tests/python/write_types.py.

/** A list or a typed array of numbers. */
export type Numbers = readonly number[] | Float64Array | Float32Array | Int32Array

/** A result by its keys, or why there is none in `undefined`. */
export type Statistic = { undefined?: { reason: string; message: string }; [field: string]: any }

/** The statistics of experiments. */
export interface Stats {
  /**
   * Whether the arms' ratios differed before the test.
   *
   * The arms' ratios before the test are compared by Welch's t on the delta method: with `R = sum(num) / sum(den)`
   * of an arm, `t = (R_t - R_c) / sqrt(var(R_t) + var(R_c))` and `var(R) = (s_yy - 2 R s_xy + R^2 s_xx) / (n
   * mean_x^2)`, s the sample (co)variances of y = `num` and x = `den` over the arm's n units. `control` and
   * `treatment` are `{num, den}` with one number per unit; give 1 for every `den` to compare plain means.
   * `effect_size` is `R_t - R_c` in the unit of the ratio, `p_two_sided` its p value, and `differs` is true where
   * it is below `alpha` (0.01 by default).
   *
   * Assumes: units are independent, each arm's mean of `den` is well away from zero, and nothing set the arms
   * apart in that period.
   *
   * Misleads: one sound test in a hundred is flagged at `alpha` 0.01, and a few units see nothing, so a quiet
   * check is no proof; it is undefined below two units in an arm, where neither ratio varies, and where a mean of
   * `den` cannot be told from zero.
   *
   * Source: Kohavi, Tang and Xu, "Trustworthy online controlled experiments", 2020, chapter 19; Deng, Knoblich and
   * Lu, "Applying the delta method in metric analytics", 2018; Welch, 1947.
   */
  aaCheck(given: { alpha?: number; control: { den: Numbers; num: Numbers }; treatment: { den: Numbers; num: Numbers } }): Statistic
  /**
   * Two samples at one look: values, counts or moments, with a recommendation.
   *
   * Values are compared by Welch's `t = (m_v - m_c) / sqrt(s_v^2 / n_v + s_c^2 / n_c)`, m the mean, s^2 the
   * variance with n - 1 and n the values of an arm (v variant, c control); counts by `z = (p_v - p_c) / sqrt(q (1
   * - q) (1 / n_v + 1 / n_c))`, p the shares and q that of both arms together, or by Fisher's exact test where
   * fewer than five events are expected in an arm. `control` and `variant` are both lists of values or `{n, mean,
   * m2}` (m2 the sum of squared deviations), or both `{successes, trials}`; `level` is 0.95, `direction`
   * `higher_is_better` (or `lower_is_better`), `minimum_sample` 1,000 per arm and `minimum_relative_effect` 0.2 by
   * default. `is_significant` is `p_value` < 1 - `level` by the named `test`, `recommendation` is `apply_variant`,
   * `keep_control`, `keep_running`, `no_difference` or `check_data` with its `reason` and `reason_text`, and
   * `difference` (variant minus control, on counts by the score interval of Miettinen and Nurminen) and `lift`
   * (over |control|, 0.1 for 10 %) each have `value`, `low` and `high` at `level`. `p_anytime` stays valid under
   * looking, `p_better` is the probability to be better under a flat prior (a decision rule), `effect_size` is
   * Cohen's d, `confidence` is 1 - p, `sample_sizes` are those of control and variant, and `needed_sample` the
   * values per arm that the smallest difference that matters needs.
   *
   * Assumes: people are independent, and `p_value` and the intervals are read at one look.
   *
   * Misleads: on impressions of the same people, on daily series of ads (use `readout`), under repeated looks (5 %
   * error becomes 28 %) and for revenue with few large orders the answer misleads, and `confidence` is not the
   * probability of being right; where nothing is defined `p_value` is null and `undefined` says why.
   *
   * Source: Welch, 1947; Fleiss, Levin and Paik, "Statistical methods for rates and proportions", 2003; Fisher,
   * 1935; Cochran, 1954, for the limit of five; Miettinen and Nurminen, 1985; Waudby-Smith and others,
   * "Time-uniform central limit theory and asymptotic confidence sequences", 2023, for `p_anytime`.
   */
  abTest(given: { control: { successes: number; trials: number } | { m2: number; mean: number; n: number } | Numbers; direction?: 'higher_is_better' | 'lower_is_better'; level?: number; minimum_relative_effect?: number; minimum_sample?: number; variant: { successes: number; trials: number } | { m2: number; mean: number; n: number } | Numbers }): Statistic
  /**
   * What a file and its copy need for a placement: transform, losses, checks.
   *
   * A file, described by `facts`, is fitted to a `placement` of a `platform`. With width w, height h and the ratio
   * W : H of a frame, the crop is the largest rectangle of that ratio in the picture, `min(w, h W / H)` by `min(h,
   * w H / W)` with even sides; it lies in the middle, and is moved only so far that the `boxes` of texts and logos
   * lie in it, clear of what the platform covers. Of several frames the one is taken of which most of the picture
   * stays. Bars are cut off where the placement wants none; where they are no fault they are added rather than a
   * box cut. Nothing is made larger, a film is cut at its end, a text is never cut. `facts` has `kind` (`image` or
   * `video`), `file` (`format`, `width`, `height`, `bytes`, `duration_ms`) and, where known, `has_captions`,
   * `hook_ms`, `bars`, `sound` (`{"kind": "silent"}`, `own`, or `track` with `id` and the `proof` of a licence),
   * `boxes`, `texts` (`slot`, `text`) and `facets` (`titles`, `seniorities`, `industries`). `follow` is `advice`
   * (the default) or `required`: whether the plan also follows what is only advised. `trends` is a list as
   * `read_trends` gives it, `until` the last day of the ad, `copy_language` the language of the copy and
   * `language` that of the reasons (`en` or `pt-BR`). The result has `outcome` (`fits`, `adapted`, `not_known`,
   * `refused`), `width`, `height` and `length_ms` of the result, `steps` with `why`, `losses`, and `checks` with
   * `name`, `verdict` (`met`, `met_after`, `not_met`, `not_known`), `force` (`required`, `advised`), `reason` and
   * dated `source`.
   *
   * Assumes: the facts are right, and the platform's file (`spec.json`) is still so on the day of the ad.
   *
   * Misleads: if `fits` is read as an approval: policies and reviews are not checked; what the facts do not say is
   * `not_known`, not fine; the weight of a file that is written anew is known only once it is made.
   *
   * Source: the platforms' help pages and definitions, each with its day in the `source` of the check; habits of
   * buyers and conventions of this engine are named as such there and are never `required`.
   */
  adaptCreative(given: { copy_language?: 'pt-BR' | 'en'; facts: { bars?: { bottom?: number; left?: number; right?: number; top?: number } | null; boxes?: readonly ({ height: number; width: number; x: number; y: number })[] | null; facets?: { industries?: readonly (string)[]; seniorities?: readonly (string)[]; titles?: readonly (string)[] }; file: { bytes: number; duration_ms?: number | null; format: string; height: number; width: number }; has_captions?: boolean | null; hook_ms?: number | null; kind: 'image' | 'video'; sound?: unknown | null; texts?: readonly ({ slot: 'primary_text' | 'headline' | 'description'; text: string })[] }; follow?: 'advice' | 'required'; language?: 'pt-BR' | 'en'; placement: string; platform: 'meta' | 'google' | 'tiktok' | 'linkedin'; trends?: { sounds: readonly ({ expires?: string | null; id: string; licence: 'commercial' | 'personal' | 'none'; platforms: readonly ('meta' | 'google' | 'tiktok' | 'linkedin')[]; rank: number; title: string })[] } | null; until?: string | null }): Statistic
  /**
   * P values adjusted for their number by each method; a NaN is an error.
   *
   * With m values and p(i) the i-th smallest, `bonferroni` is `m p`, `holm` the largest `(m - j + 1) p(j)` over j
   * <= i, `hochberg` the smallest `(m - j + 1) p(j)` over j >= i, `hommel` Simes' test on every subset, `sidak` `1
   * - (1 - p)^m`, `bh` the smallest `m p(j) / j` over j >= i, and `by` that times `1 + 1/2 + ... + 1/m`; all are
   * at most 1. `p` is a list of numbers from 0 to 1, and each result is a list in its order, to be compared with
   * alpha; `hommel` is left out above 20,000 values. The first five bound the chance of any false finding, `bh`
   * and `by` the expected share of false ones among the findings.
   *
   * Assumes: `bonferroni`, `holm` and `by` need nothing of the tests' dependence, `sidak` needs independent tests,
   * and `hochberg`, `hommel` and `bh` independent or positively dependent ones.
   *
   * Misleads: where only the comparisons that looked good are given the values are too small, for all that were
   * made must go in; a NaN or a value outside 0 to 1 is an error.
   *
   * Source: Bonferroni, 1936; Holm, "A simple sequentially rejective multiple test procedure", 1979; Hochberg,
   * 1988; Hommel, 1988 (computed as by Wright, 1992); Sidak, 1967; Benjamini and Hochberg, "Controlling the false
   * discovery rate", 1995; Benjamini and Yekutieli, 2001.
   */
  adjustP(given: { p: Numbers }): Statistic
  /**
   * P values adjusted by one method; a NaN has no answer and does not count among the others.
   *
   * The p values `p` are adjusted by one method `by`, `holm` (the default), `bonferroni`, `hochberg`, `hommel`,
   * `sidak`, `bh` or `by`, with the formulas of `adjust_p`; a NaN, a comparison without an answer, stays without
   * one and does not count in m. `adjusted` has one number from 0 to 1 per value in the order of `p`, null for a
   * NaN (a NaN where `p` is an array and the answer is one too).
   *
   * Assumes: as for `adjust_p`: `bonferroni`, `holm` and `by` need nothing of the tests' dependence, `sidak`
   * independent tests, the others independent or positively dependent ones.
   *
   * Misleads: where comparisons that were made are left out or turned into NaN the values are too small, for m
   * then counts too few; a value outside 0 to 1 is an error, as are more than 20,000 values for `hommel`.
   *
   * Source: Bonferroni, 1936; Holm, "A simple sequentially rejective multiple test procedure", 1979; Hochberg,
   * 1988; Hommel, 1988 (computed as by Wright, 1992); Sidak, 1967; Benjamini and Hochberg, "Controlling the false
   * discovery rate", 1995; Benjamini and Yekutieli, 2001.
   */
  adjustPKnown(given: { by?: 'bonferroni' | 'holm' | 'hochberg' | 'hommel' | 'sidak' | 'bh' | 'by'; p: Numbers }): Statistic
  /**
   * How far two partitions of the same rows agree, corrected for chance.
   *
   * `index = (S - A B / T) / ((A + B) / 2 - A B / T)`, where S, A and B sum n (n - 1) / 2 over the cells, over the
   * parts of `first` and over the parts of `second`, n their rows, and T is the same of all rows. `first` and
   * `second` have one label (a whole number) per row, whose numbers need not match, and `weights`, if given, count
   * as so many rows each. `index` has no unit: 1 where the partitions are the same, about 0 where they agree by
   * chance alone, below 0 where they agree less.
   *
   * Assumes: the sizes of the parts are given, and weights are counts.
   *
   * Misleads: with weights that are not counts the correction for chance is only near; it is undefined without
   * rows and where the weights add up to one or less.
   *
   * Source: Hubert and Arabie, "Comparing partitions", 1985.
   */
  adjustedRand(given: { first: Numbers; second: Numbers; weights?: readonly (number)[] | null }): Statistic
  /**
   * Agresti's and Caffo's interval for the difference of two shares.
   *
   * The difference of two shares `diff` = pt - pc with the interval `ci` of Agresti and Caffo at `level` (0.95 by
   * default), which adds one success and one failure to each arm: with `p' = (x + 1) / (n + 2)` it is `pt' - pc'
   * -+ z sqrt(pt' (1 - pt') / (nt + 2) + pc' (1 - pc') / (nc + 2))`, z the normal quantile of (1 + level) / 2.
   * `control` and `treatment` are objects with `x` successes and `n` trials.
   *
   * Assumes: independent trials and independent arms.
   *
   * Misleads: with few trials, where its centre is drawn towards zero, so that it can leave `diff` itself outside
   * and reach beyond -1 to 1; no trials in an arm are undefined (`no_trials`).
   *
   * Source: Agresti and Caffo, "Simple and effective confidence intervals for proportions and differences of
   * proportions result from adding two successes and two failures", 2000.
   */
  agrestiCaffoCiDiff(given: { control: { n: number; x: number }; level?: number; treatment: { n: number; x: number } }): Statistic
  /**
   * Divides a day's money over response curves within limits so that it brings the most, with a proven gap.
   *
   * Maximises the sum of `f_i(x_i)` less the prices of edits, and with a `margin` m less the spend over m, over
   * daily amounts `x_i` of the `receivers` that together are at most `total`. `curve` is one of five kinds: `hill`
   * (`top x^shape / (x^shape + half^shape)`), `power` (`scale x^exponent`, an exponent up to 1), `log` (`scale
   * ln(1 + x / unit)`), `exponential` (`top (1 - e^(-x / unit))`) and `piecewise` (straight lines between `points`
   * [spend, value], flat after the last); `carry_over` c makes it `f(x / (1 - c))`, the effect of a spend that
   * stays the same. Limits: `floor` and `cap`; `least`, nothing or at least so much; `max_raise_percent`,
   * `max_cut_percent` and `edit` (`value` lost by a change of more than `free_percent`) about `current`; `groups`
   * in a tree by `parent`, with floors and caps; `target`, `roas` at least or `cpa` at most on average. Amounts
   * are money; curves take units of the currency.
   *
   * Solved by the price of money: at a price p each receiver takes the x with the highest `f(x) - p x`, and p is
   * searched for each limit; what is not concave is replaced by its upper concave envelope and settled by branch
   * and bound. `worth` is what was maximised, at amounts in whole minor units; nothing within the limits is worth
   * more than `bound`, and `gap` is `(bound - worth) / |worth|`. `price` is the value of the next unit of money,
   * `binding` the limits that hold something back with what loosening each by a unit of money would bring
   * (`per_unit`). The search ends at `search.gap` (1e-6 by default) or after `search.nodes` relaxations (10,000).
   *
   * Assumes: curves that do not depend on each other, and amounts that stay the same from day to day.
   *
   * Misleads: where the curves are guesses: the gap is that of the solution, not that of the estimates.
   *
   * Source: Lagrangian duality and the concave envelope of separable problems as in Udell and Boyd, "Maximizing a
   * sum of sigmoids", 2013; the curve of Hill, 1910.
   */
  allocate(given: { groups?: readonly ({ cap?: { amount: string; currency: string } | null; floor?: { amount: string; currency: string } | null; name: string; parent?: string | null })[]; margin?: number | null; receivers: readonly ({ cap?: { amount: string; currency: string } | null; carry_over?: number; current?: { amount: string; currency: string } | null; curve: { half: number; kind: 'hill'; shape: number; top: number } | { exponent: number; kind: 'power'; scale: number } | { kind: 'log'; scale: number; unit: number } | { kind: 'exponential'; top: number; unit: number } | { kind: 'piecewise'; points: readonly (Numbers)[] }; edit?: { free_percent: number; value: number } | null; floor?: { amount: string; currency: string } | null; group?: string | null; least?: { amount: string; currency: string } | null; max_cut_percent?: number | null; max_raise_percent?: number | null; name: string })[]; search?: { gap?: number; nodes?: number }; target?: unknown | null; total: { amount: string; currency: string } }): Statistic
  /**
   * The division of a day's money from rows, one for each receiver, with the prices of all limits as rows.
   *
   * The same as `allocate`, which says what is maximised and how, for receivers that stand in `rows`, as in a
   * frame. A row has `name`, and `curve` or `kind` with its parameters in columns of their own (`top`, `half`,
   * `shape`, `scale`, `exponent`, `unit`, `points`); where wanted `group`, `floor`, `cap`, `least`, `current`,
   * `max_raise_percent`, `max_cut_percent` and `carry_over`. A cell that is null is not there. Amounts, and
   * `total`, are in units of `currency` (USD by default), as numbers, decimal texts or money: a number means the
   * shortest decimal that is read as the same number, and more decimal places than the currency has are an error
   * that names row and column. A group that rows name and `groups` does not list has no limits; the columns that
   * `estimate_rows` adds are passed over, any other one is an error.
   *
   * `rows` of the result has `name`, `amount`, `value`, `marginal` and `shadow_price`: what loosening the
   * receiver's own binding limits by a unit would bring, 0 where none binds. `limits` has each binding `limit`
   * with where it stands (`at`) and what loosening it by a unit would bring (`per_unit`). `curves` goes into
   * `allocation_chart`.
   *
   * Assumes: what `allocate` assumes.
   *
   * Misleads: where the curves are guesses, as with `allocate`; a shadow price holds for the next unit, not for a
   * limit that is lifted.
   *
   * Source: as `allocate`.
   */
  allocateRows(given: { currency?: string; groups?: readonly ({ cap?: unknown | null; floor?: unknown | null; name: string; parent?: string | null })[]; margin?: number | null; rows: readonly (Record<string, unknown>)[]; search?: { gap?: number; nodes?: number }; target?: unknown | null; total: number | string | { amount: string; currency: string } }): Statistic
  /**
   * The curve of each receiver with its amount and the price of money as the slope there, as SVG.
   *
   * It draws what each receiver's spend brings as a curve, in units of money from left to right, its `amount` as a
   * dot, and `price`, what the next unit of money would bring, as a slope through the dot: it touches the curve
   * where no limit holds the receiver, and cuts it where one does. The twelve receivers with the largest amounts
   * are named. `curves` is as `allocate_rows` gives it, `language` (`en` or `pt-BR`) writes the figures, and the
   * result is one text, `svg`, without script, beside `lines`: the points of each curve (`spend`, `value`) with
   * its `amount` and what that `brings`.
   *
   * Assumes: nothing beyond curves that do not fall and finite numbers.
   *
   * Misleads: curves of very different heights share one scale, so small ones look flat.
   *
   * Source: by definition.
   */
  allocationChart(given: { curves: readonly ({ amount: number; curve: { half: number; kind: 'hill'; shape: number; top: number } | { exponent: number; kind: 'power'; scale: number } | { kind: 'log'; scale: number; unit: number } | { kind: 'exponential'; top: number; unit: number } | { kind: 'piecewise'; points: readonly (Numbers)[] }; name: string })[]; language?: 'pt-BR' | 'en'; price: number }): Statistic
  /**
   * Units over all arms that a comparison of several means needs.
   *
   * The units over all arms that one F test on `k` arms of equal size needs: it solves the power of `anova_power`
   * for n, with f = `effect_size_f`, Cohen's f (the standard deviation of the arms' means over that of the
   * values), `alpha` (0.05 by default) and `power` (0.8 by default). The result has `n_total`, over all arms and
   * not rounded.
   *
   * Assumes: independent units, arms of equal size and variance, and nearly normal means.
   *
   * Misleads: with heavy tails or unequal arms; an `effect_size_f` of zero, a `power` not above `alpha` or a `k`
   * below 2 is an error.
   *
   * Source: Cohen, "Statistical power analysis for the behavioral sciences", 1988; the same numbers as statsmodels
   * `FTestAnovaPower`.
   */
  anovaNTotal(given: { alpha?: number; effect_size_f: number; k: number; power?: number }): Statistic
  /**
   * The power of a comparison of several means.
   *
   * The probability that one F test on `k` arms of equal size shows that their means differ: `P(F' > c)`, c the
   * critical value of F at `alpha` (0.05 by default), F' noncentral F with `k - 1` and `n - k` degrees of freedom
   * and noncentrality `f^2 n`. f is `effect_size_f`, Cohen's f (the standard deviation of the arms' means over
   * that of the values, without unit), n is `n_total`, the units over all arms. The result has `power`, from 0 to
   * 1.
   *
   * Assumes: independent units, arms of equal size and variance, and nearly normal means.
   *
   * Misleads: with heavy tails or unequal arms; it is undefined (`too_few`) where there are no more units than
   * arms, and `k` below 2 is an error.
   *
   * Source: Cohen, "Statistical power analysis for the behavioral sciences", 1988; the same numbers as statsmodels
   * `FTestAnovaPower`.
   */
  anovaPower(given: { alpha?: number; effect_size_f: number; k: number; n_total: number }): Statistic
  /**
   * The difference of two arms with an interval and p value that hold at every look.
   *
   * The difference of two arms with an interval that holds at all looks together: half width `sqrt(V (N r + 1)
   * (ln(N r + 1) - 2 ln alpha) / (N r))` with `r = (-2 ln alpha + ln(1 - 2 ln alpha)) / tuning_parameter`, V the
   * variance of the difference, N the units in both arms and `alpha` the chance to miss the truth at any look
   * (0.05 by default). `p` is the smallest alpha that would exclude 0 with the same r: `sqrt(N r + 1) / exp(N r
   * z^2 / (2 (N r + 1)))`, z^2 = effect^2 / V, at most 1. `kind` is `proportion` or `mean`, and the arms have `n`,
   * `sum` and, for means, `sum_squares`; `tuning_parameter` is the number of units in both arms at which the
   * interval is tightest. The result has `effect` = treatment less control and `ci`, in the unit of the values
   * (shares for `proportion`), and `p`.
   *
   * Assumes: independent units in one arm only, large samples, an effect that stays the same, and a
   * `tuning_parameter` that was fixed before the test.
   *
   * Misleads: with few units at the first looks (start after some hundred per arm) and where the effect moves over
   * time; it is undefined where an arm has fewer than two units or neither varies (`no_spread`).
   *
   * Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and asymptotic
   * confidence sequences", 2023, equations 9 and 155; the same as gbstats' two-sided sequential test.
   */
  asymptoticConfidenceSequenceAbsolute(given: { alpha?: number; control: { n: number; sum: number; sum_squares?: number | null }; kind: 'proportion' | 'mean'; treatment: { n: number; sum: number; sum_squares?: number | null }; tuning_parameter: number }): Statistic
  /**
   * The lift of an arm with an interval and p value that hold at every look.
   *
   * The lift of one arm over the other, `effect = (m2 - m1) / |m1|` (0.1 means 10 % of the size of control's
   * mean), with an interval `ci` and a `p` that hold at all looks together. The formulas are those of
   * `asymptotic_confidence_sequence_absolute`, with the variance of the delta method, `V = v2 / m1^2 + v1 m2^2 /
   * m1^4`, v the variances of the means m, 1 for control and 2 for treatment. The arguments `kind`, `control`,
   * `treatment`, `tuning_parameter` and `alpha` (0.05 by default) are the same.
   *
   * Assumes: independent units in one arm only, large samples, an effect that stays the same, and a
   * `tuning_parameter` that was fixed before the test.
   *
   * Misleads: with few units at the first looks, and where control's mean is within a few standard errors of zero;
   * a control mean of zero is undefined (`zero_baseline`).
   *
   * Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and asymptotic
   * confidence sequences", 2023, as in gbstats; Deng, Knoblich and Lu, 2018, for the variance of the lift.
   */
  asymptoticConfidenceSequenceRelative(given: { alpha?: number; control: { n: number; sum: number; sum_squares?: number | null }; kind: 'proportion' | 'mean'; treatment: { n: number; sum: number; sum_squares?: number | null }; tuning_parameter: number }): Statistic
  /**
   * What forecasts of past days would have said from the days before them, beside naive baselines.
   *
   * Forecasts each past day from the days before it, however far from their data, and compares with what came: the
   * first third of the days (and at least 10 rows) is only learnt from, and the model learns again after
   * `retrain_days` days with rows (7 by default). `history` has a `date` in each row; `rate`, `level` (0.9 by
   * default) and the other settings are as in `predict_roas`. `points` holds each result `actual` beside `value`,
   * `low` and `high` in the unit of the rate, with `is_inside` and `is_inside_adaptive`; `scores` holds, per
   * `method` (`forecast`, `adaptive`, `mean`, `last_value`, `prior`; those that answered for every result),
   * `rmse`, `mae`, `coverage` (0 to 1), `width` and `interval_score` (`width + 2 / (1 - level) miss`, lower is
   * better) on the scale that is learnt, ln(1 + ROAS) for ROAS; `rolling` and `rolling_adaptive` are coverages of
   * seven days with `is_alarm`, and `next_level` is the level to ask of the next forecasts.
   *
   * Assumes: that what the rows say of a day was known before it.
   *
   * Misleads: where other features were set after the day was known; where past rows lack a planned `budget`,
   * `spend` stands in its place for learning and no forecast sees its own day's. A row without a date is an error,
   * and so is no day left to forecast.
   *
   * Source: interval score of Gneiting and Raftery, "Strictly proper scoring rules, prediction, and estimation",
   * 2007; adaptive level of Gibbs and Candes, "Adaptive conformal inference under distribution shift", 2021.
   */
  backtestRoas(given: { calibrate_by?: 'pooled' | 'platform' | 'campaign'; currency?: string | null; features?: readonly ('industry' | 'objective' | 'platform' | 'campaign' | 'budget' | 'audience_size' | 'creative_type' | 'copy_style' | 'weekday' | 'month' | 'seasonality' | 'competition_level' | 'age' | 'gender' | 'interest')[] | null; half_life_days?: number | null; history: readonly ({ age?: string | null; audience_size?: number | null; budget?: number | null; campaign?: string | null; clicks?: number | null; competition_level?: number | null; conversions?: number | null; copy_style?: string | null; creative_type?: string | null; currency?: string | null; date?: string | null; gender?: unknown | null; impressions?: number | null; industry?: string | null; interest?: string | null; objective?: unknown | null; platform?: unknown | null; revenue?: number | null; seasonality?: number | null; spend?: number | null })[]; level?: number; practices?: readonly ({ average_performance: Record<string, unknown>; description: string; industry: string; last_updated: string; practice_type: string; roas_variance: number; sample_size: number })[]; rate?: 'roas' | 'cpa' | 'ctr' | 'cvr'; retrain_days?: number; seed?: number; trees?: number; tune?: boolean }): Statistic
  /**
   * Predictions with their band, and what came of them, as SVG.
   *
   * It draws the band from `low` to `high` shaded, `median` as a line and `actual` (where known, null elsewhere)
   * as dots, from left to right by `at` (0, 1, ... by default). All lists are of one length, `actual` may be left
   * out, and `language` (`en` or `pt-BR`) writes the figures; the result is one text, `svg`, without script.
   *
   * Assumes: nothing beyond finite numbers.
   *
   * Misleads: the line joins predictions that need not be neighbours; lists of different length and numbers that
   * are not finite are an error.
   *
   * Source: by definition.
   */
  bandChart(given: { actual?: readonly (number | null)[]; at?: readonly (number)[] | null; high: Numbers; language?: 'pt-BR' | 'en'; low: Numbers; median: Numbers }): Statistic
  /**
   * Shares out the next batch of a bandit by Thompson or top-two Thompson sampling.
   *
   * With `alpha(j)` the probability that arm j is best (an integral over the beliefs, or with `draws` the share of
   * so many seeded draws that it wins), `rule` `thompson` gives arm j the share `s(j) = alpha(j)`, and `top_two`
   * gives `s(j) = b alpha(j) + (1 - b) sum over i != j of alpha(i) alpha(j) / (1 - alpha(i))` with b the `leader`
   * (0.5 by default); with k arms and a `floor` it becomes `floor + (1 - k floor) s(j)`. `arms` are all of one
   * kind: `{name, successes, trials}` (prior Beta(1, 1)), `{name, events, exposure}` (prior Gamma(0.5, 0)) or
   * `{name, n, mean, sd}` (flat prior, `sd` with n - 1), and `prior` replaces these by `{"beta": {a, b}}`,
   * `{"gamma": {shape, rate}}` or `{"normal": {mean, sd}}`. `goal` is `maximise` (the default) or `minimise`,
   * `units` is the whole size of the batch, and `seed` and `batch` name its luck. The result has one entry in
   * `arms` per arm, in the order given: `probability_best` and `share` from 0 to 1, `posterior_mean` in the unit
   * of the arm's value, and whole `units` that add up to the batch exactly.
   *
   * Assumes: arms are independent and do not drift, and all outcomes of a batch are in before the next one is
   * shared out.
   *
   * Misleads: late conversions look like failures, and the arms' averages must not be read with an ordinary test
   * (see `bandit_report`); it is undefined below two arms and for an arm without data that the prior does not
   * help.
   *
   * Source: Thompson, "On the likelihood that one unknown probability exceeds another", 1933; Russo, "Simple
   * Bayesian algorithms for best-arm identification", 2020; Scott, "A modern Bayesian look at the multi-armed
   * bandit", 2010; Madow, "On the theory of systematic sampling", 1949, for the whole numbers.
   */
  banditAllocate(given: { arms: readonly ({ name: string } & ({ successes: number; trials: number } | { events: number; exposure: number } | { mean: number; n: number; sd: number }))[]; batch?: number; draws?: number | null; floor?: number; goal?: 'maximise' | 'minimise'; leader?: number; prior?: unknown | null; rule?: 'thompson' | 'top_two'; seed?: number; units?: number }): Statistic
  /**
   * What the batches of a bandit have shown, with errors of the level.
   *
   * A contrast of arms is estimated batch by batch, `D(b) = sum over arms of c(a) y(b, a)` with y the mean of arm
   * a in batch b and c its weight (such as arm minus reference), and joined as `sum w D / sum w` with `w(b) =
   * sqrt(n(b) / v(b))`, `v(b) = sum c(a)^2 / n(b, a)`, n(b, a) the units of a cell and n(b) those of the batch.
   * `batches` holds for each batch one cell per arm in the order of `names`, with what was collected in that batch
   * alone: `{successes, trials}`, `{events, exposure}` or `{n, mean, sd}`; with `spread` `batches` (the default)
   * interval and p value are those of a t test on `w(b) (D(b) - d)` over the batches, with `units` those of a
   * normal with the variance of independent units, and `reference` is the first arm unless it is named. Each of
   * the result's `arms` has `size`, `pooled_mean` (shown, not tested), `mean`, `against_rest` (minus the plain
   * mean of the others) and `against_reference` (null for the reference itself), each with `estimate` and `ci` at
   * `level` in the unit of the outcomes (shares 0 to 1), `method` and `sample_size`, and the last two also with
   * `p_two_sided`, `p_adjusted` (times the number of such contrasts, at most 1) and `batches_skipped`. `leader` is
   * the arm with the best `mean` by `goal`, `batches` counts the batches, and a part without an answer is
   * `{"undefined": {reason, message}}`.
   *
   * Assumes: each batch's shares were fixed before it began, and an arm's effect is the same in each batch, or a
   * weighted mean over batches is what is asked for.
   *
   * Misleads: it holds its level for one look at a fixed number of batches only and misleads where the platform
   * and not the plan decides who sees which arm; with `spread` `batches` it says little below some eight batches
   * and is undefined below two.
   *
   * Source: Hadad, Hirshberg, Zhan, Wager and Athey, "Confidence intervals for policy evaluation in adaptive
   * experiments", 2021; Zhang, Janson and Murphy, "Inference for batched bandits", 2020; Bonferroni for
   * `p_adjusted`.
   */
  banditReport(given: { batches: readonly (readonly ({ successes: number; trials: number } | { events: number; exposure: number } | { mean: number; n: number; sd: number })[])[]; goal?: 'maximise' | 'minimise'; level?: number; names: readonly (string)[]; reference?: string | null; spread?: 'batches' | 'units' }): Statistic
  /**
   * Shares of several arms: posteriors, probability to be best and expected loss. A decision rule, no error rate.
   *
   * The share of an arm with `x` successes in `n` trials is believed to be `Beta(a + x, b + n - x)`, [a, b] the
   * `prior` ([1, 1] by default). By quadrature `prob_best(i) = integral of f_i times the product of F_j over the
   * other arms` and `expected_loss(i) = integral of F_i (1 - product of F_j over the other arms)`, f the density
   * and F the distribution function of an arm's belief, with 1 - F in place of F where `goal` is `minimise`.
   * `arms` is a list of `{x, n}`, and the result has per arm `posterior` ([a, b]), `mean`, `ci` (the central
   * interval at `level`), `prob_best` (0 to 1, adding up to 1) and `expected_loss` (the mean of best minus this,
   * as a share). With two arms `prob_treatment_greater` is the probability that the second share is the larger
   * one, whatever the goal; `kind` is always `decision_rule`.
   *
   * Assumes: trials are independent with one rate per arm, beliefs about arms are independent, and the prior is
   * right.
   *
   * Misleads: it is a decision rule and no error rate: stopping at the first day on which the probability to be
   * best is above 0.95 names a winner in 46 % of tests of two equal arms over 28 days; it is undefined below two
   * arms and where prior and data together leave successes or failures empty.
   *
   * Source: Gelman and others, "Bayesian data analysis", 2013, chapter 2; Scott, "A modern Bayesian look at the
   * multi-armed bandit", 2010.
   */
  betaBinomial(given: { arms: readonly ({ n: number; x: number })[]; goal?: 'maximise' | 'minimise'; level?: number; prior?: Numbers }): Statistic
  /**
   * The share of a beta distribution below x, and above it.
   *
   * `cdf = I_x(a, b)`, the regularised incomplete beta function, is the share of a beta distribution with
   * parameters `a` and `b` below `x`, and `sf` the share above it; `a` and `b` are above zero and finite, and an
   * `x` outside 0 to 1 gives 0 or 1.
   *
   * Assumes: nothing beyond a beta variable.
   *
   * Misleads: `x` is known to 1e-16 only, which limits the answer where it is close to 1; parameters that are not
   * above zero and finite are an error.
   *
   * Source: Press and others, "Numerical Recipes", 2007, 6.4; for parameters from 3,000 on Gauss-Legendre
   * quadrature over the log odds.
   */
  betaCdf(given: { a: number; b: number; x: number }): Statistic
  /**
   * The value below which a share p of a beta distribution lies.
   *
   * `ppf` is the x with `I_x(a, b) = p`, the value (0 to 1) below which a share `p` (0 to 1) of a beta
   * distribution with parameters `a` and `b` lies, by Newton's rule on the logarithm of the smaller tail over the
   * log odds.
   *
   * Assumes: nothing beyond a beta variable.
   *
   * Misleads: an answer closer to 1 than 1e-16 reads 1; parameters that are not above zero and finite are an
   * error.
   *
   * Source: Abramowitz and Stegun, "Handbook of mathematical functions", 1964, 26.5.22, after Carter, 1947, for
   * the start; Newton's rule.
   */
  betaPpf(given: { a: number; b: number; p: number }): Statistic
  /**
   * The share of a beta distribution above x, and below it.
   *
   * `sf = 1 - I_x(a, b) = I_(1-x)(b, a)` is the share of a beta distribution with parameters `a` and `b` above
   * `x`, I the regularised incomplete beta function, with its relative precision kept in the upper tail, and `cdf`
   * the share below it; `a` and `b` are above zero and finite.
   *
   * Assumes: nothing beyond a beta variable.
   *
   * Misleads: `x` is known to 1e-16 only, which limits the answer where it is close to 1; parameters that are not
   * above zero and finite are an error.
   *
   * Source: Press and others, "Numerical Recipes", 2007, 6.4.
   */
  betaSf(given: { a: number; b: number; x: number }): Statistic
  /**
   * The chance of at most k hits in n trials, and of more.
   *
   * `cdf = I_(1-p)(n - k, k + 1)` is the probability of at most `k` hits in `n` trials of chance `p`, I the
   * regularised incomplete beta function, and `sf` that of more than `k`; `k` is rounded down, `n` is a whole
   * number from zero on and `p` from 0 to 1.
   *
   * Assumes: trials are independent with one chance.
   *
   * Misleads: trials that go together, such as impressions of one person, vary more than it says; an `n` that is
   * not whole is an error.
   *
   * Source: Abramowitz and Stegun, "Handbook of mathematical functions", 1964, 26.5.
   */
  binomialCdf(given: { k: number; n: number; p: number }): Statistic
  /**
   * The chance of more than k hits in n trials, and of at most k.
   *
   * `sf = I_p(k + 1, n - k)` is the probability of more than `k` (not of just `k`) hits in `n` trials of chance
   * `p`, I the regularised incomplete beta function, and `cdf` that of at most `k`; `k` is rounded down, `n` is a
   * whole number from zero on and `p` from 0 to 1.
   *
   * Assumes: trials are independent with one chance.
   *
   * Misleads: the probability of `k` or more is that of `k` - 1 here; an `n` that is not whole is an error.
   *
   * Source: Abramowitz and Stegun, "Handbook of mathematical functions", 1964, 26.5.
   */
  binomialSf(given: { k: number; n: number; p: number }): Statistic
  /**
   * The interval of a difference of means by the percentile bootstrap.
   *
   * The difference of means, `treatment` less `control`, with its interval by the percentile bootstrap: each arm
   * is drawn by itself with replacement, and `ci` has the quantiles (1 - level) / 2 and (1 + level) / 2 of the
   * drawn differences. `level` is 0.95, `resamples` 10,000 (at least 100) and `seed` 0 by default. The result has
   * `estimate` and `ci`, in the unit of the values.
   *
   * Assumes: independent values and arms.
   *
   * Misleads: with few values in an arm and for heavy tails, where it is too short; it is undefined for fewer than
   * two values in an arm and where neither varies (`no_spread`).
   *
   * Source: Efron and Tibshirani, "An introduction to the bootstrap", 1993, chapter 13.
   */
  bootstrapDifference(given: { control: Numbers; level?: number; resamples?: number; seed?: number; treatment: Numbers }): Statistic
  /**
   * The interval of a mean by the percentile bootstrap.
   *
   * The mean of `x` with its interval by the percentile bootstrap: `ci` has the quantiles (1 - level) / 2 and (1 +
   * level) / 2 of the means of `resamples` samples of the same size, drawn from the values with replacement
   * (`level` 0.95 and `resamples` 10,000 by default, at least 100). The same `seed` (0 by default) gives the same
   * numbers. The result has `estimate` and `ci`, in the unit of the values.
   *
   * Assumes: independent values.
   *
   * Misleads: for heavy tails (revenue of few buyers), where it is too short on the upper side in samples below
   * about 10,000 (take `bootstrap_t_mean`); it is undefined for fewer than two values (`empty`, `one_value`) and
   * without spread (`no_spread`).
   *
   * Source: Efron, "Bootstrap methods: another look at the jackknife", 1979.
   */
  bootstrapMean(given: { level?: number; resamples?: number; seed?: number; x: Numbers }): Statistic
  /**
   * The interval of a difference of quantiles by the bootstrap.
   *
   * The difference of the quantiles `q` (0 to 1; linear between order statistics) of two samples, treatment less
   * control, with its interval by the percentile bootstrap. Whole samples are not drawn: the order statistic at
   * rank k of a resample of n is the value at place `floor(n U)`, U from Beta(k, n - k + 1), which has the same
   * law. `level` is 0.95, `resamples` 10,000 (at least 100) and `seed` 0 by default. The result has `estimate` and
   * `ci`, in the unit of the values; unlike `quantile_difference` it copes with equal values at the quantile.
   *
   * Assumes: independent values and arms.
   *
   * Misleads: near the ends of the sample (fewer than about 10 values beyond the quantile), where the bootstrap of
   * quantiles fails; it is undefined for a single value in an arm (`one_value`) and where neither arm varies
   * (`no_spread`).
   *
   * Source: Efron and Tibshirani, "An introduction to the bootstrap", 1993, chapter 13; David and Nagaraja, "Order
   * statistics", 2003, for the draws.
   */
  bootstrapQuantileDifference(given: { control: Numbers; level?: number; q: number; resamples?: number; seed?: number; treatment: Numbers }): Statistic
  /**
   * The interval of a difference of means by the bootstrap-t.
   *
   * The difference of means d, `treatment` less `control`, with its interval by the bootstrap-t: with `e = sqrt(u1
   * + u2)`, `u = s^2 / n` of each arm, a resample of both arms has t = (its d - d) / its e, and `ci` is `d -
   * t(high) e` to `d - t(low) e`, t(.) the quantiles of the draws. `level` is 0.95, `resamples` 10,000 and `seed`
   * 0 by default. The result has `estimate` and `ci`, in the unit of the values; it is for revenue with unequal
   * arms, where the t test errs to one side.
   *
   * Assumes: independent values and arms.
   *
   * Misleads: where a sample holds none of the large values, and with several values of one person; it is
   * undefined (`nothing_observed`) where more than one resample in twenty has no spread.
   *
   * Source: Efron and Tibshirani, "An introduction to the bootstrap", 1993, chapter 12.
   */
  bootstrapTDifference(given: { control: Numbers; level?: number; resamples?: number; seed?: number; treatment: Numbers }): Statistic
  /**
   * The interval of a mean by the bootstrap-t, for heavy tails.
   *
   * The mean of `x` with its interval by the bootstrap-t: each resample has t = (its mean - the mean) / its
   * standard error, and `ci` is `mean - t(high) e` to `mean - t(low) e`, t(.) the quantiles of the `resamples`
   * draws at (1 + level) / 2 and (1 - level) / 2 and e the standard error of the sample. `level` is 0.95,
   * `resamples` 10,000 and `seed` 0 by default. The result has `estimate` and `ci`, in the unit of the values;
   * with heavy tails to one side the upper end moves out.
   *
   * Assumes: independent values.
   *
   * Misleads: where the sample holds none of the large values, of which it then knows nothing, and with several
   * values of one person, where it is too short; it is undefined (`nothing_observed`) where more than one resample
   * in twenty has no spread.
   *
   * Source: Efron and Tibshirani, "An introduction to the bootstrap", 1993, chapter 12.
   */
  bootstrapTMean(given: { level?: number; resamples?: number; seed?: number; x: Numbers }): Statistic
  /**
   * Whether lists of assets make up an ad of Google's.
   *
   * The assets of an ad that Google puts together (`ad_type` `responsive_search`, `performance_max` or
   * `demand_gen`) are counted list by list and measured one by one: the width of a text (double-width characters
   * twice), the ratio of a picture within 1 %, its least pixels and its weight, the length of a film. `lists` has
   * `texts` and `images`, each by the name of its list, and `videos`. `is_complete` is true where every check is
   * `met`; `checks` are as in `adapt_creative`, their reasons in `language`.
   *
   * Assumes: an ad for no shop feed (Google makes assets of such ads itself).
   *
   * Misleads: if a complete ad is read as a good or an approved one; which pictures look alike is not seen.
   *
   * Source: comments of ad_type_infos.proto in the Google Ads API v26; developers.google.com, Performance Max
   * asset requirements, read on 2026-11-29.
   */
  checkAdAssets(given: { ad_type: string; language?: 'pt-BR' | 'en'; lists: { images?: Record<string, unknown>; texts?: Record<string, unknown>; videos?: readonly ({ bytes: number; duration_ms?: number | null; format: string; height: number; width: number })[] }; platform?: 'meta' | 'google' | 'tiktok' | 'linkedin' }): Statistic
  /**
   * The share of a chi-square distribution below x, and above it.
   *
   * `cdf = P(df / 2, x / 2)` is the share of a chi-square distribution with `df` degrees of freedom below `x`, P
   * the lower regularised incomplete gamma function, and `sf = 1 - P` the share above it; `df` is above zero and
   * finite, and below `x` = 0 lies nothing.
   *
   * Assumes: nothing beyond a chi-square variable.
   *
   * Misleads: an infinite or non-positive `df` is an error, as is an `x` that is NaN.
   *
   * Source: Abramowitz and Stegun, "Handbook of mathematical functions", 1964, 26.4.
   */
  chi2Cdf(given: { df: number; x: number }): Statistic
  /**
   * The value below which a share p of a chi-square distribution lies.
   *
   * `ppf` is the x below which a share `p` (0 to 1) of a chi-square distribution with `df` degrees of freedom
   * lies: twice the quantile of a gamma distribution of shape df / 2, by Newton's rule; `df` is above zero and
   * finite.
   *
   * Assumes: nothing beyond a chi-square variable.
   *
   * Misleads: at `p` 1 the value is infinite and so undefined, and a `p` close to 1 carries its own rounding into
   * the answer.
   *
   * Source: Abramowitz and Stegun, "Handbook of mathematical functions", 1964, 26.4; Wilson and Hilferty, 1931,
   * for the start.
   */
  chi2Ppf(given: { df: number; p: number }): Statistic
  /**
   * The share of a chi-square distribution above x, and below it.
   *
   * `sf = Q(df / 2, x / 2)` is the share of a chi-square distribution with `df` degrees of freedom above `x`, Q
   * the upper regularised incomplete gamma function, with its relative precision kept in the far tail, and `cdf`
   * the share below it; `df` is above zero and finite.
   *
   * Assumes: nothing beyond a chi-square variable.
   *
   * Misleads: as a p value it is that of the upper side alone; an infinite or non-positive `df` is an error.
   *
   * Source: Abramowitz and Stegun, "Handbook of mathematical functions", 1964, 26.4.
   */
  chi2Sf(given: { df: number; x: number }): Statistic
  /**
   * Whether the arms got the shares that were planned.
   *
   * `chi2 = sum (n_i - e_i)^2 / e_i` over the arms with a weight above zero, n_i the `observed` units of arm i and
   * `e_i = n w_i / sum(w)` its expected ones, n the sum of these n_i and w the `weights`, which need not add up to
   * one. `df` is the number of these arms less one and `p` the upper tail of the chi-square distribution.
   * `misplaced` counts units in arms of weight zero, and `srm_at_0_001` is true where `p` is below 0.001 or
   * `misplaced` is above zero.
   *
   * Assumes: what was randomised is counted (people, days or regions, not impressions), and units were dealt
   * independently of each other.
   *
   * Misleads: below about five expected units in an arm the level does not hold, and a mismatch says that the arms
   * differ in more than the ad but not why; it is undefined without any unit.
   *
   * Source: Pearson's chi-square test; Fabijan and others, "Diagnosing sample ratio mismatch in online controlled
   * experiments", 2019.
   */
  chiSquareSrm(given: { observed: Numbers; weights: Numbers }): Statistic
  /**
   * Cohen's d, Hedges' g and Glass's delta of two samples.
   *
   * `cohens_d_pooled_ddof1 = (m_t - m_c) / s` with `s^2 = (S_t + S_c) / (n_t + n_c - 2)`, m the mean, S the sum of
   * squared deviations and n the number of values of an arm (t treatment, c control);
   * `cohens_d_avg_variance_ddof1` has `s^2 = (s_t^2 + s_c^2) / 2` instead, the mean of the two variances, and
   * `glass_delta_control_sd` has s = s_c alone (null where the control has no spread). `hedges_g_exact` is d times
   * `J = Gamma(f / 2) / (sqrt(f / 2) Gamma((f - 1) / 2))` with f = n_t + n_c - 2, d without its bias in small
   * samples, and `hedges_g_approx` is `d (1 - 3 / (4 f - 1))`. `control` and `treatment` are lists of values, and
   * all answers are without unit and count standard deviations.
   *
   * Assumes: values are independent, and for d and g also of equal variances (for g normal as well).
   *
   * Misleads: on rare events it says little (a conversion lift of 119 % has d = 0.07), d is too large in small
   * samples, and Glass's delta rests on the control's spread alone; it is undefined below two values in an arm and
   * where neither arm has spread.
   *
   * Source: Cohen, "Statistical power analysis for the behavioral sciences", 1988; Hedges, "Distribution theory
   * for Glass's estimator of effect size and related estimators", 1981; Glass, "Primary, secondary, and
   * meta-analysis of research", 1976.
   */
  cohensDHedgesG(given: { control: Numbers; treatment: Numbers }): Statistic
  /**
   * Cohen's h of two shares from 0 to 1.
   *
   * `cohens_h = 2 asin(sqrt(p_t)) - 2 asin(sqrt(p_c))`, p_t and p_c the shares `treatment` and `control` from 0 to
   * 1; an angle of -pi to pi of which equal steps are equally easy to find at any base rate.
   *
   * Assumes: the shares are known, not estimated.
   *
   * Misleads: with few trials it is noise, and zero of few counts as a true zero; a share outside 0 to 1 is an
   * error.
   *
   * Source: Cohen, "Statistical power analysis for the behavioral sciences", 1988.
   */
  cohensH(given: { control: number; treatment: number }): Statistic
  /**
   * The always-valid intervals at many looks, from the estimate, its variance and the units at each.
   *
   * The always-valid intervals at many looks: estimate less and plus `sqrt(V (N r + 1) (ln(N r + 1) - 2 ln alpha)
   * / (N r))` with `r = (-2 ln alpha + ln(1 - 2 ln alpha)) / tuning_parameter`, V the variance of the estimate and
   * N the units of both arms at each look. `estimates`, `variances` and `units` are lists of one length, `alpha`
   * is 0.05 by default. The result has `low` and `high`, one per look in the unit of the estimates, null where a
   * look says nothing (variance or units not above zero, or not finite).
   *
   * Assumes: estimates that are nearly normal, large samples, and a `tuning_parameter` that was fixed before the
   * test.
   *
   * Misleads: with few units at the first looks, and where the effect itself moves over time.
   *
   * Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and asymptotic
   * confidence sequences", 2023.
   */
  confidenceSequenceIntervals(given: { alpha?: number; estimates: Numbers; tuning_parameter: number; units: Numbers; variances: Numbers }): Statistic
  /**
   * Counts, means, spreads and common spread of pairs x, y.
   *
   * Of pairs `x`, `y` (lists of one length): the count `n`, the means `mean_x` and `mean_y`, the sums of squared
   * deviations `m2_x` and `m2_y`, the sum of products `c_xy = sum (x - mean_x)(y - mean_y)`, and the sample
   * covariance `covariance = c_xy / (n - 1)`, null for one pair. `c_xy` and `covariance` are in the unit of x
   * times that of y.
   *
   * Assumes: nothing beyond finite values; the covariance is unbiased for independent pairs.
   *
   * Misleads: where one wild pair makes most of the covariance; no pairs are undefined (`empty`), lists of two
   * lengths an error.
   *
   * Source: Chan, Golub and LeVeque, 1983; Fisher, "Statistical methods for research workers", 1925, for the
   * covariance.
   */
  crossSummary(given: { x: Numbers; y: Numbers }): Statistic
  /**
   * Two means after a covariate from before the test is taken out.
   *
   * Two means after a covariate from before the test is taken out: `theta = cov(x, y) / var(x)` over both arms
   * together, an arm's adjusted mean is `mean_y - theta (mean_x - mean_x of all)` with variance `(s_yy - 2 theta
   * s_xy + theta^2 s_xx) / n`, then Welch's t. `control` and `treatment` each have `y`, the metric, and `x`, the
   * covariate, lists with one entry per unit. The keys are those of `delta_method_ratio` (`ci` and `rel_ci` at
   * `level`, 0.95 by default), with the adjusted means (in the unit of `y`) in `control` and `treatment`, and
   * further `theta` (again as `theta_pooled_total_variance`), `unadjusted_p` (the two-sided p value without the
   * covariate, or null) and `variance_reduction_r2`, the share of the variance that the covariate explains, 0 to
   * 1.
   *
   * Assumes: independent units that were randomised, and a covariate that the test itself cannot touch.
   *
   * Misleads: where units were not randomised (only part of a difference from before is taken out) or are few
   * (theta is noise); a constant covariate leaves the plain Welch test, and it is undefined (`no_spread`) where
   * the adjusted metric does not vary.
   *
   * Source: Deng, Xu, Kohavi and Walker, "Improving the sensitivity of online controlled experiments by utilizing
   * pre-experiment data", 2013; theta as in tea-tasting.
   */
  cupedMean(given: { control: { x: Numbers; y: Numbers }; level?: number; treatment: { x: Numbers; y: Numbers } }): Statistic
  /**
   * Two ratios after the ratio before the test is taken out.
   *
   * Two ratios after the ratio before the test is taken out: with R and Q the ratio now and before, made linear by
   * the delta method, `cov(R, Q) = (s_yy' - Q s_yx' - R s_xy' + R Q s_xx') / (mean_x mean_x')` (the dash for
   * before), `theta = cov / var(Q)` over both arms together, and an arm's adjusted ratio is `R - theta (Q - Q of
   * all)` with variance `(var(R) - 2 theta cov + theta^2 var(Q)) / n`, then Welch's t. `control` and `treatment`
   * each have `num`, `den`, `num_before` and `den_before`, lists with one entry per unit. The keys are those of
   * `cuped_mean`, in the unit of the ratio, with `level` 0.95 by default.
   *
   * Assumes: independent units that were randomised, a denominator before the test for them, and a covariate that
   * the test cannot touch.
   *
   * Misleads: with few units, and where the ratio before the test has a denominator near zero; it is undefined
   * where a denominator's mean cannot be told from zero (`denominator_near_zero`) or the adjusted ratio does not
   * vary (`no_spread`).
   *
   * Source: Deng, Xu, Kohavi and Walker, 2013, and Deng, Knoblich and Lu, 2018; as in tea-tasting.
   */
  cupedRatio(given: { control: { den: Numbers; den_before: Numbers; num: Numbers; num_before: Numbers }; level?: number; treatment: { den: Numbers; den_before: Numbers; num: Numbers; num_before: Numbers } }): Statistic
  /**
   * What to expect of one customer, with the intervals of the expectation and the range of what may happen.
   *
   * What to expect of one customer (`frequency`, `recency`, `age`) under a fitted `model` with its `parameters`
   * and the `covariance` of their logarithms from the fit. `probability_alive` (0 to 1) and `expected_purchases`
   * within the horizon of `plan` are objects of `value` and `ci`, whose intervals are those of the expectation, by
   * the delta method on the logarithm. `purchases` is `[low, high]`, the range that holds the real number of
   * purchases with a probability of at least `level`, from their distribution written out count by count. `plan`
   * is as in `customer_value_predict`, its `level` 0.9 by default, and `level` is given back.
   *
   * Assumes: the model of `customer_value_fit`, and customers who go on as they did.
   *
   * Misleads: if `ci` is read as the range of what will happen, which `purchases` is, and as `purchases` leaves
   * out that the parameters are uncertain; a wrong plan or customer, or more than 200,000 likely purchases, is an
   * error.
   *
   * Source: the papers of `customer_value_fit`; the delta method; else by definition.
   */
  customerForecast(given: { age: number; covariance: readonly (Numbers)[]; frequency: number; model: 'bg_nbd' | 'mbg_nbd' | 'pareto_nbd'; parameters: Numbers; plan?: { discount?: number; level?: number; period?: number; periods?: number }; recency: number }): Statistic
  /**
   * Order lines as one row per customer: repeat purchases, recency, age and spend.
   *
   * Order lines as one row per customer up to the day `until`: `frequency` is the number of days with a purchase
   * after the first day, `recency` the time from the first day to the last purchase, `age` the time from the first
   * day to `until`, both in `time_unit` (`week` by default, `day` or `month`), and `spend` what the repeat
   * purchases brought together. `orders` is a list of `customer`, `date` and `amount` (an object of `amount`, a
   * decimal text, and `currency`); lines of one customer and day are one purchase; `births` gives the first day
   * (`customer`, `date`) where it was before the first order. The result has `customers`, sorted by name,
   * `currency`, `time_unit`, `later_purchases` and `later_customers` (after `until`, left out) and `columns`
   * (`frequency`, `recency`, `age`, `mean_spend` per repeat purchase, 0 without repeats).
   *
   * Assumes: nothing beyond one name per person (outer spaces, and the case of an e-mail address, do not count)
   * and one currency.
   *
   * Misleads: where one person has several names or refunds are missing from their order; a negative amount, a
   * second currency or a purchase before the birth is an error, and so is no order.
   *
   * Source: by definition.
   */
  customerSummaries(given: { births?: readonly ({ customer: string; date: string })[]; orders: readonly ({ amount: { amount: string; currency: string }; customer: string; date: string })[]; time_unit?: 'day' | 'week' | 'month'; until: string }): Statistic
  /**
   * How customers buy and leave, and what they spend per purchase: parameters with intervals.
   *
   * Fits a purchase model, and with `mean_spend` the gamma-gamma spend model, to customers by maximum likelihood
   * over the logarithms of the parameters. `frequency` (repeat purchases), `recency` (time to the last one), `age`
   * (time to the end of the observation) and `mean_spend` (per repeat purchase) are lists with one entry per
   * customer, times in `time_unit` (`week` by default); `model` is `pareto_nbd` (default; r, alpha, s, beta),
   * `bg_nbd` or `mbg_nbd` (r, alpha, a, b), and `shrinkage` `where_few` (default: below 50 repeat buyers a prior
   * at CDNOW's parameters with a standard deviation of 1 is joined), `always` or `never`. The result has `names`,
   * `parameters` and `ci` (normal on the logarithm, at `level`, 0.95 by default), `covariance` of the logarithms,
   * `log_likelihood` without the prior, `method`, `customers`, `repeat_buyers`, `histogram` (observed and expected
   * customers with 0 to 6 and 7 or more repeats, `chi_square`, `p_value`, and `misplaced`, a share) and
   * `warnings`; `spend` has the same for p, q and v (no histogram) with the `correlation` of spend and frequency,
   * or is null.
   *
   * Assumes: customers who buy at a constant rate of their own while alive, rates that are gamma-distributed, and
   * a spend per purchase that has nothing to do with how often they buy and does not drift.
   *
   * Misleads: in a window shorter than a few gaps between purchases, where the counts of repeats do not fit, or
   * where spend and frequency are correlated, each named in `warnings`; fewer than ten repeat buyers without a
   * prior, no customers or no maximum are an error.
   *
   * Source: Fader, Hardie and Lee, "Counting your customers the easy way", 2005 (BG/NBD); Batislam, Denizel and
   * Filiztekin, 2007 (MBG/NBD); Schmittlein, Morrison and Colombo, 1987 (Pareto/NBD); Fader, Hardie and Lee, "RFM
   * and CLV", 2005 (spend).
   */
  customerValueFit(given: { age: Numbers; frequency: Numbers; level?: number; mean_spend?: readonly (number)[] | null; model?: 'bg_nbd' | 'mbg_nbd' | 'pareto_nbd'; recency: Numbers; shrinkage?: 'where_few' | 'always' | 'never'; time_unit?: 'day' | 'week' | 'month' }): Statistic
  /**
   * What to expect of each customer under fitted models: still there, purchases, spend, value.
   *
   * What to expect of each customer under a fitted `model` with its four `parameters`: `probability_alive` (0 to
   * 1) and `expected_purchases` within the horizon, each a column in the order of `frequency`, `recency` and
   * `age`. With `spend` (p, q and v of the spend model) and `mean_spend` also `expected_spend` per purchase, `p (v
   * + x m) / (p x + q - 1)` with x the frequency and m the mean spend, and `value` = `expected_spend` times the
   * sum over periods of expected purchases over `(1 + discount)^k`, k the period. `plan` has `periods` (12 by
   * default), `period` (4.348 by default, a twelfth of a year in weeks, in the unit of the customers' times),
   * `discount` per period (0.01 by default) and `level` (not used here).
   *
   * Assumes: the model of `customer_value_fit`, and customers who go on as they did.
   *
   * Misleads: where the times are not in weeks and `period` is left at its default, and for a horizon far beyond
   * the observation; one of `spend` and `mean_spend` without the other is an error, and so is a spend without
   * finite mean (`p x + q <= 1`).
   *
   * Source: the papers of `customer_value_fit`; value after Fader, Hardie and Lee, "RFM and CLV", 2005, in
   * discrete time as Lifetimes does it.
   */
  customerValuePredict(given: { age: Numbers; frequency: Numbers; mean_spend?: readonly (number)[] | null; model: 'bg_nbd' | 'mbg_nbd' | 'pareto_nbd'; parameters: Numbers; plan?: { discount?: number; level?: number; period?: number; periods?: number }; recency: Numbers; spend?: readonly (number)[] | null }): Statistic
  /**
   * From order lines to what each customer is worth, with ranges and totals.
   *
   * From order lines to what each customer is worth, in one call: `customer_summaries`, `customer_value_fit` and
   * `customer_value_predict` one after the other. `orders`, `until`, `births` and `time_unit` are as in
   * `customer_summaries`; `options` has `model`, `shrinkage` and `plan` (as in `customer_value_predict`, `level`
   * 0.9 by default). Each entry of `customers` has `customer`, `probability_alive`, `expected_purchases`,
   * `purchases` (the range that holds them with a probability of at least `level`), `expected_spend` and `value`
   * (`expected`, `low` and `high`, the discounted spend within the horizon and the range that holds it), amounts
   * with their currency and null without a spend model. `fit` is as in `customer_value_fit`; `total_purchases` and
   * `total_value` are estimates whose intervals are those of the expectation; `currency` and `warnings` close it.
   *
   * Assumes: the models of `customer_value_fit`, and customers who go on as they did.
   *
   * Misleads: where `time_unit` is not `week` and `period` is left at its default, because the horizon is then no
   * year; ranges of a customer and the intervals of totals leave out part of the luck (parameters there, purchases
   * here); too few repeat buyers without a prior, and no order, are an error.
   *
   * Source: the papers of `customer_value_fit`; value after Fader, Hardie and Lee, "RFM and CLV", 2005; else by
   * definition.
   */
  customerValues(given: { births?: readonly ({ customer: string; date: string })[]; options?: { model?: 'bg_nbd' | 'mbg_nbd' | 'pareto_nbd'; plan?: { discount?: number; level?: number; period?: number; periods?: number }; shrinkage?: 'where_few' | 'always' | 'never' }; orders: readonly ({ amount: { amount: string; currency: string }; customer: string; date: string })[]; time_unit?: 'day' | 'week' | 'month'; until: string }): Statistic
  /**
   * Divides a day's money among campaigns by what their days before show, within steps and with small random probes.
   *
   * One morning's decision. `estimate_curves` gives the curve of each of the `campaigns` from its `days`, and
   * `allocate` divides the `total` over the curves (all of it, or with a `margin` as far as money brings more than
   * it costs): no budget is further from `current` than `max_raise_percent` up (20 unless given) and
   * `max_cut_percent` down (20), or `max_emergency_cut_percent` (60) in the week after its conversions surely
   * fell, nor below `least`. A `group` is what campaigns learn from each other in, and the name that one of
   * `groups` limits. An `edit` has its price as in `allocate`.
   *
   * With `probing`, pairs of campaigns of a group are drawn and a coin is tossed for each: one gets `percent` (up
   * to 8) of the smaller budget more, the other as much less, as far as both have room. `probe` says by how much,
   * which way, `with` whom (its place) and with what `propensity` (0.5): without such moves budgets that stay
   * teach nothing of their curves. Pairs and coins follow from `seed` and the number of days.
   *
   * A part's `value` is what the day brings with `after`, `low` to `high` its interval of 80 % as in
   * `estimate_curves`. `gain` is the sum of `value(after) - value(before)` over the campaigns, with the interval
   * `gain -+ 1.28 s`, `s^2 = sum(gain_i^2 r_i^2)`, r the relative deviation of a campaign's value, and the
   * `chance` that it is above zero. Where the gain is below the part `least_gain` (0) of the day's value, all
   * stays.
   *
   * Assumes: what `estimate_curves` and `allocate` assume; values that are off independently of each other.
   *
   * Misleads: the gain is that of the curves, which the same days gave that the budgets are chosen by: the best of
   * many guesses is too good, so that real gains are rather smaller.
   *
   * Source: `estimate_curves` and `allocate`; for probes Box, "Evolutionary operation: a method for increasing
   * industrial productivity", 1957.
   */
  dailyBudgets(given: { beliefs?: { break_spread?: number; carry_over?: number; clicks_half_life?: number; conversions_half_life?: number; exponent?: number; exponent_sd?: number; hazard?: number; spread?: number; tiring?: number }; campaigns: readonly ({ current: { amount: string; currency: string }; days: readonly ({ budget: number; clicks: number; conversions: number; impressions: number; known: number; revenue: number; spend: number })[]; edit?: { free_percent: number; value: number } | null; group: string; least?: { amount: string; currency: string } | null; max_cut_percent?: number; max_emergency_cut_percent?: number; max_raise_percent?: number; name: string })[]; groups?: readonly ({ cap?: { amount: string; currency: string } | null; floor?: { amount: string; currency: string } | null; name: string; parent?: string | null })[]; least_gain?: number; margin?: number | null; probing?: { percent: number; seed: number } | null; total: { amount: string; currency: string } }): Statistic
  /**
   * How much rates of cells move from day to day, beyond chance and shared shocks.
   *
   * How much the daily rate of a cell (an ad, an ad set) moves beyond chance and beyond what moves all cells
   * alike: `v^2 = (N / f sum (x - e)^2 - sum e (1 - e / n)) / sum e^2`, with x of n counted in a cell on a day, `e
   * = n p s` expected (p the cell's rate, s the day's factor, fitted in turn to the sums over days and over
   * cells), N the rows and `f = rows - cells - days + 1`. The arguments are four lists with one entry per row:
   * `cell` and `day` (whole numbers of the caller's), `x` and `n`. The result has `deviation` = v, relative to the
   * rate (0.2 means that a cell's daily rate moves by 20 % of itself; 0 where counts explain all), and `cells`,
   * `days` and `df` = f that tell it.
   *
   * Assumes: cells that move independently of each other, and one row per cell and day.
   *
   * Misleads: where cells trend apart, because the trend counts as noise; days with a single row are left out, and
   * it is undefined where none is left (`too_few`), nothing was counted (`nothing_observed`) or a row has no
   * trials (`no_trials`).
   *
   * Source: a method of moments, as for the overdispersion of McCullagh and Nelder, "Generalized linear models",
   * 1989, 4.5.
   */
  dailyNoise(given: { cell: Numbers; day: Numbers; n: Numbers; x: Numbers }): Statistic
  /**
   * Days that a test needs, from the account's own days.
   *
   * The days per arm that a two-sided t test needs to show `relative_effect` (0.1 for 10 %) with probability
   * `power` (0.8 by default) at `alpha` (0.05 by default), from past days. With `control` alone (one value per
   * day, such as a daily ROAS) the effect is `d = relative_effect m / s`, m the mean and s the standard deviation
   * of the days, and the size is that of `n_per_arm_t`; with `treatment` too (a second cell on the same days) it
   * is `d = log(1 + relative_effect) / s`, s the standard deviation of the days' `log(treatment / control)`, and
   * the size is that of `n_pairs_t`. The result has `days` (rounded up, at least 2), `days_exact` and
   * `effect_size_d` = d.
   *
   * Assumes: days that are independent of each other and like those of the test.
   *
   * Misleads: where days drag each other along (the answer is too small), where unpaired days trend or have a
   * weekly pattern (it is too large), and below about 14 past days; days without spread (`no_spread`) or a mean of
   * zero (`zero_baseline`) leave it undefined, and pairs need values above zero.
   *
   * Source: Cohen, "Statistical power analysis for the behavioral sciences", 1988.
   */
  daysNeeded(given: { alpha?: number; control: Numbers; power?: number; relative_effect: number; treatment?: readonly (number)[] | null }): Statistic
  /**
   * Days until the next impression's click rate is below 0.7 of day 1's (by `frequency`: a fresh audience's), as quantiles.
   *
   * The days until the click rate of the next impression is below 0.7 of that at the end of day 1, `S(F_t) < 0.7
   * S(F_1)`, on the curves of `reach_curve` with beliefs about people (around `size (1 - overlap)`), shape (0.8)
   * and habituation (0.43). Give `size` and one of three: `impressions` with `reach` (people reached since the
   * first day) and, if known, `clicks`, one entry per day; `frequency` with `growth` per day (compared with a
   * fresh audience instead of day 1); or `daily_impressions` of a plan. `days_to_saturation` has the quantiles
   * `lower`, `median` and `upper` in days from the last day given (null after `horizon`, 120 by default; 0 where
   * saturated already), `level` (0.8 by default) between the outer two; `day_of_saturation` counts the same from
   * day 1. `probability_below_seven` is a probability, `recommendation` is `expand_audience` below seven days by
   * `bound` (`median` by default, `lower` or `upper`) and else `maintain`; `people`, `shape` and `habituation` are
   * estimates with intervals.
   *
   * Assumes: one pool of people with level churn, clicks that tire with what a person saw, and a volume that goes
   * on as it went.
   *
   * Misleads: where the creative is changed on the way, `reach` is not that since the first day, or the budget
   * will change; fewer than three days with impressions are undefined (`too_few`), and below 30 clicks nothing is
   * learnt about habituation.
   *
   * Source: gamma-Poisson exposure as in Goerg, "Estimating reach curves from one data point", 2014 (the case of
   * shape 1); habituation 0.43 from research of Meta on earlier exposures; the limit of 0.7 and the widths of the
   * beliefs are assumptions of the library.
   */
  daysToSaturation(given: { bound?: 'lower' | 'median' | 'upper'; clicks?: readonly (number)[] | null; daily_impressions?: number | null; frequency?: number | null; growth?: number | null; horizon?: number | null; impressions?: readonly (number)[] | null; level?: number | null; overlap?: number | null; reach?: readonly (number)[] | null; size: number }): Statistic
  /**
   * A test and its objects: what to pause, what to scale, whom to tell.
   *
   * It takes the readout of `settings` and `data` and, under the rule `practical`, proposes to pause the losers
   * (and the control where there is a winner) and to raise the winner's daily budget by `settings.apply.step`, at
   * most 0.2; the winner is the one whose relative gain, in the good direction, has the largest lower end, which
   * must lie above `settings.margin`. `objects` is `{test, objects}` with what runs each arm: `{arm, platform,
   * tag, budget}`, `budget` `{ad_set, daily, steps}`. `winner` and `losers` are names of arms, `losers` with the
   * control where there is a winner; `proposals` are changes with `platform`, `target`, `kind` and `cause`, empty
   * where something stands in `blocked` (a split not as planned, uneven delivery, a loud guard metric, immature
   * data, an associational test), and `notification` is the text for people by its key.
   *
   * Assumes: the readout's intervals hold, and `objects` names the objects that really run the arms.
   *
   * Misleads: the rule has no error rate of its own, the step of 20 % is a caution and not an estimate, and the
   * rule `legacy` (p < 0.05 and |d| > 0.3) errs both ways and is blocked by nothing; an object of an unknown arm
   * is an error.
   *
   * Source: a rule of this library without a published source; it rests on the intervals of `readout`.
   */
  decide(given: { data: { arms?: readonly ({ assigned?: number | null; before?: readonly ({ clicks?: number | null; conversions?: number | null; denominator?: number | null; impressions?: number | null; numerator?: number | null; revenue?: { amount: string; currency: string } | null; spend?: { amount: string; currency: string } | null; unit?: string; value?: number | null })[]; blocks?: readonly ({ clicks?: number | null; conversions?: number | null; denominator?: number | null; impressions?: number | null; numerator?: number | null; revenue?: { amount: string; currency: string } | null; spend?: { amount: string; currency: string } | null; unit?: string; value?: number | null })[]; delivery?: readonly ({ dimension: string; impressions: number; segment: string; unit: string })[]; name?: string; sample?: unknown | null; share?: number | null })[]; control?: string | null; maturity?: unknown | null }; objects: { objects: readonly ({ arm: string; budget?: { ad_set: string; daily: { amount: string; currency: string }; steps?: number } | null; platform: 'meta' | 'google' | 'tiktok' | 'linkedin'; tag: string })[]; test: string }; settings: { apply?: { evidence?: 'causal' | 'associational'; rule?: 'practical' | 'legacy'; step?: number }; assignment?: 'split_test' | 'lift_design' | 'delivered'; direction?: unknown | null; futility?: 'non_binding' | 'binding' | 'none'; guards?: readonly ({ margin?: number | null; metric: 'ctr' | 'cvr' | 'cpm' | 'cpc' | 'cpa' | 'roas' | 'mean' | 'proportion' | 'ratio' | 'count_rate' })[]; level?: number; looks?: unknown | null; margin?: number; metric: 'ctr' | 'cvr' | 'cpm' | 'cpc' | 'cpa' | 'roas' | 'mean' | 'proportion' | 'ratio' | 'count_rate'; minimum_relative_effect?: number; minimum_sample?: number; minimum_units?: number; planned_units?: number | null; power?: number; tests?: number; unit?: 'day' | 'geo' | 'user' } }): Statistic
  /**
   * Two arms' ratios by the delta method.
   *
   * Two arms' ratios of sums over units (CTR, CPA, ROAS): with `R = mean(y) / mean(x)` over an arm's n units (y is
   * `num`, x is `den`, lists with one entry per unit in `control` and in `treatment`) and s the sample
   * (co)variances, `var(R) = (s_yy - 2 R s_xy + R^2 s_xx) / (n mean_x^2)`, and the difference is tested by Welch's
   * t. `control` and `treatment` are the ratios with their standard errors `se_control` and `se_treatment`,
   * `effect_size` the difference with `ci` at `level` (0.95 by default), `statistic` (also as `z`) and `df` those
   * of the t test, `p_normal` its two-sided p value by the normal. `rel_effect = (Rt - Rc) / |Rc|` has `rel_ci` on
   * the log scale (`rel_method` `delta_log_ratio`), or by Fieller where the arms differ in sign; the three are
   * null where they are undefined.
   *
   * Assumes: independent units, such as days, regions or users (about 14 days or 30 users per arm), and
   * denominators well above 0.
   *
   * Misleads: on units that are not independent, such as impressions of one person or hours of one day, and with a
   * handful of conversions under a CPA (take `fieller_ratio`); it is undefined where a denominator's mean cannot
   * be told from zero (`denominator_near_zero`) or neither ratio varies (`no_spread`).
   *
   * Source: Deng, Knoblich and Lu, "Applying the delta method in metric analytics", 2018; the relative interval as
   * in tea-tasting.
   */
  deltaMethodRatio(given: { control: { den: Numbers; num: Numbers }; level?: number; treatment: { den: Numbers; num: Numbers } }): Statistic
  /**
   * The difference of two ratios, as in gbstats.
   *
   * The difference of two arms' ratios as gbstats has it: with `R = mean(y) / mean(x)` of an arm (y is `num`, x is
   * `den`, lists with one entry per unit in `control` and in `treatment`) and `var(R) = (s_yy - 2 R s_xy + R^2
   * s_xx) / (n mean_x^2)`, `t = (Rt - Rc) / sqrt(var(Rt) + var(Rc))` at Welch's degrees of freedom `df`. The
   * result has `effect` = Rt - Rc in the unit of the ratio, `ci` at `level` (0.95 by default) and `p`, two-sided.
   *
   * Assumes: independent units, and every denominator's mean well away from zero.
   *
   * Misleads: on units that are not independent, such as impressions of one person; it is undefined where a
   * denominator's mean cannot be told from zero (`denominator_near_zero`) or neither ratio varies (`no_spread`).
   *
   * Source: Deng, Knoblich and Lu, "Applying the delta method in metric analytics", 2018; Welch, 1947; the same
   * numbers as growthbook's gbstats.
   */
  deltaMethodRatioGbAbsolute(given: { control: { den: Numbers; num: Numbers }; level?: number; treatment: { den: Numbers; num: Numbers } }): Statistic
  /**
   * The relative difference of two ratios, as in gbstats.
   *
   * The relative difference of two arms' ratios with a symmetric interval as gbstats has it: `effect = (Rt - Rc) /
   * |Rc|` (0.1 means 10 %) with variance `var(Rt) / Rc^2 + var(Rc) Rt^2 / Rc^4`, R and var(R) as in
   * `delta_method_ratio`, and `df` Welch's of the two ratios. `control` and `treatment` each have `num` and `den`,
   * lists with one entry per unit; the result has `effect`, `ci` at `level` (0.95 by default), `p` (two-sided) and
   * `df`.
   *
   * Assumes: independent units, every denominator's mean well away from zero, and a control ratio far from zero
   * for its error.
   *
   * Misleads: where control is noisy, because the symmetric interval then misses more often on one side
   * (`delta_method_ratio` has the log scale); a control ratio of zero is undefined (`zero_baseline`).
   *
   * Source: Deng, Knoblich and Lu, "Applying the delta method in metric analytics", 2018; Welch, 1947; the same
   * numbers as growthbook's gbstats.
   */
  deltaMethodRatioGbRelative(given: { control: { den: Numbers; num: Numbers }; level?: number; treatment: { den: Numbers; num: Numbers } }): Statistic
  /**
   * A made-up account with known truths in it, as rows, one for each ad and day.
   *
   * It makes up an account: `rows`, one for each of 32 ads on each of `days` days (84 by default) from 2026-08-03
   * on, with what was planned (`budget`) and what came of it, by `seed` (7 by default) alone, so that the same
   * seed gives the same rows in every language. Budgets of a campaign are multiplied by 0.6, 0.8, 1, 1.3 or 1.7
   * for a week; impressions are Poisson counts of spend over price, clicks and orders binomial counts with rates
   * of the platform times those of campaign and ad, clicks times `2 / (1 + level)` of the week. Amounts are in
   * whole cents of one currency.
   *
   * Assumes: nothing; nobody's figures are in it.
   *
   * Misleads: an account of people has outages, edits, late conversions and trends, and this one has none.
   *
   * Source: by definition.
   */
  demoRows(given: { days?: number; seed?: number }): Statistic
  /**
   * Reads a series of prices or rates value by value and tells spikes, steps and ramps once, with their start and size.
   *
   * Reads the `points` (`at`, `value`, `volume`: the events that the value is a mean of) in the order in which
   * they come, one for each step of `step_seconds`, and looks at nothing that comes later. On the log scale y =
   * usual + w + chance:
   *
   * - usual: the median m of the last `settings.memory` values at this place of the `season`, from `least_seasons`
   * of them on;   `(1 - smoothing) m + smoothing (m_before + m_after) / 2` with those of the places beside it.
   * `expected` is its exponential. - w: wandering, AR(1) with correlation f and variance v, and chance of variance
   * `event_spread^2 / volume` (0 without a volume). Both are   estimated once a season from 72 residuals r = y -
   * usual on, those of alarms left out and r clipped at three robust deviations (MAD):   v = max(mean(r^2) - mean
   * chance, 0.05 mean(r^2), 0.005^2), f = mean(r r_next) / v in 0..0.98. A scale k multiplies every standard
   * error: how   much wider than normal the surprises of these residuals are, the greater of the mean of what
   * their 50 % and 90 % quantiles say and what the 97.5 %   quantile says, 0.3 at least. - `interval`: `exp(usual
   * +- z k sqrt(v + chance))`, z the normal quantile of `level`.
   *
   * A Kalman filter foresees w (`P` its variance). Of a surprise e = r - w with the standard error s = k sqrt(P +
   * chance) the share g = P / (P + chance) is taken for wandering, e clipped at 4 s. A change of size one that
   * begins at step a with the shape u (a `step`, u = 1; a `ramp`, u = min(n / `ramp`, 1) at its n-th step) moves
   * the surprise by d = u - b, where b, 0 at first, becomes b + g d, and f b one step later. Its size is estimated
   * by `sum(d e / s^2) / sum(d^2 / s^2)` with the standard error `1 / sqrt(sum(d^2 / s^2))`; `score` is the one
   * with the largest ratio of the two over all starts within the `window`, or e / s (not clipped) where that is
   * larger: a `spike`. Above the `threshold` (of a value without a volume, the larger of it and
   * `threshold_without_volume`) it is an `alarm`: `since`, and `size` with `low` and `high`, as a share of what
   * was expected.
   *
   * An alarm is told once. After `quiet` steps it is over as soon as the median of the last six residuals is less
   * than half of its size (`recovered`); a level that holds for `adopt` steps is the usual one from then on
   * (`adopted`: what is remembered from before is moved to it). Values that are missing or zero and values without
   * events are `empty`; one for a step that was over replaces the one that was known (`late`). `with_state` gives
   * the `state` back, with which the next call goes on.
   *
   * Assumes: prices or rates above zero with one rhythm, changes that multiply, and noise that stays as it is for
   * weeks.
   *
   * Misleads: where weekends have another rhythm, where clocks change (steps are counted in UTC), and where
   * surprises have heavy tails: more alarms come than thresholds of normal noise say. A change that takes more
   * than a day to grow is taken for wandering.
   *
   * Source: A. S. Willsky and H. L. Jones, "A generalized likelihood ratio approach to the detection and
   * estimation of jumps in linear systems", 1976; T. L. Lai, "Information bounds and quick detection of parameter
   * changes in stochastic systems", 1998; thresholds by simulation of ours.
   */
  detect(given: { points: readonly ({ at: string; value?: number | null; volume?: number | null })[]; settings?: { adopt?: number; event_spread?: number; least_seasons?: number; level?: number; memory?: number; quiet?: number; ramp?: number; season?: number; smoothing?: number; threshold?: number; threshold_without_volume?: number; window?: number } | null; state?: unknown; step_seconds?: number; with_state?: boolean }): Statistic
  /**
   * Whether tails are too heavy for an interval of the difference of two means.
   *
   * The skewness of treatment mean minus control mean over repeated samples is `(k_t / n_t^2 - k_c / n_c^2) / (v_t
   * / n_t + v_c / n_c)^1.5`, n the number of values of an arm, v their variance and k the mean of (x - mean)^3 (t
   * treatment, c control). `control` and `treatment` are lists of values; `skewness` has no unit and is 0 where
   * the difference is even, and `is_heavy` is true where its size is above `1 / sqrt(355) = 0.0531`, the skewness
   * that a mean of 355 s^2 values of skewness s has.
   *
   * Assumes: values are independent.
   *
   * Misleads: a sample that has not seen its largest values yet knows too little of its tail, so a quiet check is
   * no proof; it is undefined below two values in an arm and where both arms are constant.
   *
   * Source: Kohavi, Deng, Longbotham and Xu, "Seven rules of thumb for web site experimenters", 2014, rule 7,
   * carried from one mean to the difference of two.
   */
  differenceSkewness(given: { control: Numbers; treatment: Numbers }): Statistic
  /**
   * Whether one block decides a comparison of ratios.
   *
   * With Y the sum of `num` and X that of `den` over an arm's blocks, `effect = Y_t / X_t - Y_c / X_c`, and each
   * block is left out in turn. `control` and `treatment` are `{num, den}` for the same blocks in the same order;
   * give 1 for every `den` to compare means. `largest` is the block with the largest `share` (0 to 1) of both
   * arms' numerators, about 1 / k with k even blocks; `influential` is the block whose absence changes the effect
   * most, and `effect_without` the effect without it, blocks counted from 0 and effects in the unit of the ratio.
   *
   * Assumes: `num` is not below zero, and blocks are of like size.
   *
   * Misleads: it describes and is no test, and a large block rightly counts for more; it is undefined below two
   * blocks, where all numerators are zero, and where an arm's sum of `den` is zero.
   *
   * Source: Efron, "Bootstrap methods: another look at the jackknife", 1979, for leaving out one block.
   */
  dominantBlock(given: { control: { den: Numbers; num: Numbers }; treatment: { den: Numbers; num: Numbers } }): Statistic
  /**
   * Estimates what each campaign's next unit of money brings, from days of spend, clicks and conversions.
   *
   * For each of the `campaigns`, in `curves`, the curve `scale * x^exponent` of what a day's spend x brings. A day
   * has the `budget` that held, `spend`, `impressions`, `clicks`, the `conversions` and the `revenue` known by
   * now, and `known`, the share of its conversions that should be known by now. With weights `w = 2^(-age /
   * clicks_half_life)` a budget b buys `k b^p` clicks, `k = sum(w clicks) / sum(w b^p)`. One less p is the
   * elasticity of prices: the slope of daily changes of `ln(spend / impressions)` on those of `ln(budget)`, each
   * less the mean of its group on that day, under a normal prior around `1 - beliefs.exponent` with deviation
   * `exponent_sd`; `tiring` is taken off p for what a day does not show.
   *
   * Conversions of a day are Poisson with mean `rate * clicks * known`. The rate of a campaign is Gamma around
   * that of its `group` (the group's is drawn towards the account's) with a spread taken from the campaigns by
   * moments around `beliefs.spread`, and breaks each day with the probability `hazard`; after a break it is Gamma
   * with the spread `break_spread`. `conversion_rate` is the mean over all days on which it may have broken last,
   * with the interval of 80 % (`conversion_rate_low`, `conversion_rate_high`); days lose half of their weight
   * after `conversions_half_life`. `broke_on` is the day of a break that is likelier than 0.8, and `fell` says
   * that the rate fell. `held_days` are left out: on them the conversions of the whole group are missing, in every
   * campaign of which enough was expected, while clicks go on, for a week at most. `order_value` is revenue per
   * conversion, drawn towards the account's with forty orders. `value` is what the next day at the last budget
   * brings, and `value_low` to `value_high` its interval of 80 %: what is not known of the rate and of the order
   * value, and the luck of prices and of delivery, without the luck of single orders. With `beliefs.carry_over` c
   * (0 by default) conversions follow the carried clicks `e_t = (1 - c) clicks_t + c e_(t-1)` (geometric adstock),
   * and the curve is that of a spend that stays the same.
   *
   * Assumes: clicks that convert alike whatever the budget, breaks that come at any time, and days that are
   * independent given the rates.
   *
   * Misleads: where budgets never moved: p is then the belief. Where prices move with budgets because both follow
   * demand. A real fall of a whole group looks like an outage for a week.
   *
   * Source: C. Morris, "Parametric empirical Bayes inference: theory and applications", 1983; R. P. Adams and D.
   * J. C. MacKay, "Bayesian online changepoint detection", 2007; S. Broadbent, "One way TV advertisements work",
   * 1979, for the carry-over.
   */
  estimateCurves(given: { beliefs?: { break_spread?: number; carry_over?: number; clicks_half_life?: number; conversions_half_life?: number; exponent?: number; exponent_sd?: number; hazard?: number; spread?: number; tiring?: number }; campaigns: readonly ({ days: readonly ({ budget: number; clicks: number; conversions: number; impressions: number; known: number; revenue: number; spend: number })[]; group: string; name: string })[] }): Statistic
  /**
   * Response curves from rows of days, as rows that `allocate_rows` takes as they are.
   *
   * The same as `estimate_curves`, which says what is estimated and how, for days that stand in `rows`:
   * `campaign`, where wanted `group`, `date`, `budget`, `spend`, `impressions`, `clicks`, `conversions`, `revenue`
   * and `known`. All campaigns have the same days one after the other, with zeros where nothing ran. A row of the
   * result is a campaign in the order of first appearance, with `name`, `group`, `kind` and the parameters of its
   * curve, which `allocate_rows` takes as they are, and what `estimate_curves` says of it: `conversion_rate`,
   * `order_value` and `value` with their ends, `broke_on` as a date, `fell`, and `held_days` as a count.
   *
   * Assumes: what `estimate_curves` assumes; campaigns without a group share what is learnt as one.
   *
   * Misleads: as `estimate_curves`.
   *
   * Source: as `estimate_curves`.
   */
  estimateRows(given: { beliefs?: { break_spread?: number; carry_over?: number; clicks_half_life?: number; conversions_half_life?: number; exponent?: number; exponent_sd?: number; hazard?: number; spread?: number; tiring?: number }; rows: readonly (Record<string, unknown>)[] }): Statistic
  /**
   * The share of an F distribution below x, and above it.
   *
   * `cdf = I_y(d1 / 2, d2 / 2)` with y = d1 x / (d2 + d1 x) is the share of an F distribution with `d1` and `d2`
   * degrees of freedom below `x`, I the regularised incomplete beta function, and `sf` the share above it; `d1` is
   * above zero and finite, and `d2` above zero and may be infinite (then it is chi-square at d1 x with `d1`
   * degrees).
   *
   * Assumes: nothing beyond an F-distributed variable.
   *
   * Misleads: the order of `d1` (numerator) and `d2` (denominator) matters; degrees outside these ranges are an
   * error.
   *
   * Source: Abramowitz and Stegun, "Handbook of mathematical functions", 1964, 26.6.
   */
  fCdf(given: { d1: number; d2: number; x: number }): Statistic
  /**
   * The share of an F distribution above x, and below it.
   *
   * `sf = I_y(d2 / 2, d1 / 2)` with y = d2 / (d2 + d1 x) is the share of an F distribution with `d1` and `d2`
   * degrees of freedom above `x`, I the regularised incomplete beta function, and `cdf` the share below it; `d1`
   * is above zero and finite, and `d2` above zero and may be infinite.
   *
   * Assumes: nothing beyond an F-distributed variable.
   *
   * Misleads: the order of `d1` (numerator) and `d2` (denominator) matters; degrees outside these ranges are an
   * error.
   *
   * Source: Abramowitz and Stegun, "Handbook of mathematical functions", 1964, 26.6.
   */
  fSf(given: { d1: number; d2: number; x: number }): Statistic
  /**
   * One ratio with Fieller's interval.
   *
   * One ratio `ratio = mean(y) / mean(x)` of units (y is `num`, x is `den`, lists with one entry per unit), with
   * Fieller's interval `ci` at `level` (0.95 by default): all R for which `mean_y - R mean_x` is not significant,
   * the roots of `R^2 (mean_x^2 - q^2 v_xx) - 2 R (mean_x mean_y - q^2 v_xy) + mean_y^2 - q^2 v_yy`. q is the t
   * quantile at n - 1 degrees of freedom and v are the (co)variances of the means; `ratio` and `ci` are in the
   * unit of `num` over that of `den`.
   *
   * Assumes: n independent units and means that are nearly normal.
   *
   * Misleads: with a handful of skewed units, where it misses its level too; it is undefined where the mean of
   * `den` cannot be told from zero at this level (`denominator_near_zero`), because no finite interval holds the
   * ratio then.
   *
   * Source: Fieller, "Some problems in interval estimation", 1954.
   */
  fiellerRatio(given: { den: Numbers; level?: number; num: Numbers }): Statistic
  /**
   * The relative difference of two ratios by Fieller.
   *
   * The relative difference of two ratios, `rel_effect = (Rt - Rc) / |Rc|` (0.1 means 10 %), with Fieller's
   * interval `rel_ci` at `level` (0.95 by default): the ends are r - 1 for the roots r of `r^2 (Rc^2 - q^2 vc) - 2
   * r Rc Rt + Rt^2 - q^2 vt`, and 1 - r where control is below zero. R are the arms' ratios of `num` over `den`
   * (lists with one entry per unit in `control` and in `treatment`), v their variances by the delta method and q
   * the t quantile at Welch's degrees of freedom. Use it where control's ratio is near zero or the arms may differ
   * in sign, as profits do.
   *
   * Assumes: independent units and arms, and ratios that are nearly normal.
   *
   * Misleads: with a handful of units; it is undefined where control's ratio or a denominator's mean cannot be
   * told from zero at this level (`denominator_near_zero`), where control's ratio is zero (`zero_baseline`) or
   * neither ratio varies (`no_spread`).
   *
   * Source: Fieller, 1954.
   */
  fiellerRatioRelative(given: { control: { den: Numbers; num: Numbers }; level?: number; treatment: { den: Numbers; num: Numbers } }): Statistic
  /**
   * Fisher's exact test of equal shares.
   *
   * Fisher's exact test of equal shares: given all margins, the successes under treatment are hypergeometric.
   * `p_two_sided` is the probability of all tables at most as likely as the observed one, `p_greater` that of so
   * many or more successes under treatment, `p_less` that of so many or fewer. `control` and `treatment` are
   * objects with `x` successes and `n` trials. `odds_ratio` is `xt (nc - xc) / (xc (nt - xt))`, the odds of
   * treatment over those of control (the text `inf` where the divisor is zero).
   *
   * Assumes: independent trials with one share in each arm.
   *
   * Misleads: on impressions of the same people, where it finds differences that are not there, and with few
   * trials or rare events, where it stays far below its level and misses ones that are; it is undefined
   * (`no_spread`) where all or none of the trials succeeded.
   *
   * Source: Fisher, "The logic of inductive inference", 1935; the two-sided p value as in R and SciPy.
   */
  fisherExact(given: { control: { n: number; x: number }; treatment: { n: number; x: number } }): Statistic
  /**
   * The same forest: what each column adds to each prediction, what each column is worth, past rows that are alike.
   *
   * The forest of `forest_predict`, from the same arguments, is asked why: `expected + sum of contributions =
   * mean` for each row asked about, a contribution being the Shapley value of a column where unknown columns
   * follow the shares of the training rows (exact path-dependent TreeSHAP). `columns` gives the order of
   * `contributions` (one list per row asked about, in units of the target), and `expected` is the prediction where
   * nothing is known. `importances`, the largest first, has per column `increase`, by how much the out-of-bag mean
   * squared error grows where the column is shuffled, in squared units, and `share_of_variance`, the same over the
   * variance of the targets. `nearest` has for each row asked about up to three past rows with `row` (its place
   * from 0 among the past rows whose weight is above zero), `proximity` (the share of trees in which both share a
   * leaf, 0 to 1) and `target`.
   *
   * Assumes: past rows tell of the rows asked about.
   *
   * Misleads: it says how the forest came to its number, not what a change of a column would cause, and columns
   * that go together share or hide each other's part; where all targets are equal or no row is out of bag it is an
   * error.
   *
   * Source: Lundberg, Erion and Lee, "Consistent individualized feature attribution for tree ensembles", 2018,
   * algorithm 2; Breiman, "Random forests", 2001, for the importances; Breiman and Cutler, 2001, for the
   * proximities.
   */
  forestExplain(given: { asked: readonly ({ name: string; values: readonly (number | null)[] | readonly (string | null)[] })[]; columns: readonly ({ name: string; values: readonly (number | null)[] | readonly (string | null)[] })[]; guarantee?: 'out_of_bag' | 'split'; level?: number; settings?: { bins?: number; columns_per_split?: number; min_leaf?: number; mode?: 'random_forest' | 'extra_trees'; seed?: number; threads?: number; trees?: number }; targets: Numbers; tune?: unknown | null; weights?: readonly (number)[] | null }): Statistic
  /**
   * A forest grown on columns and targets: mean, median and a calibrated interval of each row asked about.
   *
   * Each of the regression trees is grown on a bootstrap sample of the rows, `mean` is the mean over trees of the
   * weighted mean target of the leaf that a row falls into, and `median`, `low` and `high` are quantiles of the
   * past targets in these leaves, each tree weighing the same. The interval is the central part of that
   * distribution that had to be taken to hold `level` (0.9 by default) of the past rows, each judged by the trees
   * that have not seen it (`guarantee` `out_of_bag`, the level raised by one standard error), or of a quarter of
   * the rows held out (`split`). `columns` are `{name, values}` with numbers or names and null for missing,
   * `targets` what came of each past row, `asked` the same columns of the rows that are asked about, `weights`
   * what each past row counts, `settings` say how it is grown (`trees` 200, `min_leaf` 5, `columns_per_split` 1,
   * `mode` `random_forest` or `extra_trees`, `bins` 255, `seed`, `threads`), and `tune` `"points"` or
   * `{"intervals": {level}}` chooses among nine settings. The result has `mean`, `median`, `low` and `high` per
   * row asked about in units of the target, `card` (rows, features, out-of-bag `rmse`, `mae` and `r_squared`, and
   * the coverage of intervals of 50, 80 and 90 %) and `model_hash`, the SHA-256 of the model.
   *
   * Assumes: new rows come as the training rows did.
   *
   * Misleads: under drift or for rows of another kind the level does not hold, and no interval reaches beyond
   * targets that were seen; too few rows for the level (90 % needs about thirty, or nine held out) are an error.
   *
   * Source: Breiman, "Random forests", 2001; Geurts, Ernst and Wehenkel, "Extremely randomized trees", 2006;
   * Meinshausen, "Quantile regression forests", 2006; Vovk, Gammerman and Shafer, 2005, and Lei and others, 2018,
   * for the conformal calibration; Kim, Xu and Barber, 2020, for out-of-bag scores.
   */
  forestPredict(given: { asked: readonly ({ name: string; values: readonly (number | null)[] | readonly (string | null)[] })[]; columns: readonly ({ name: string; values: readonly (number | null)[] | readonly (string | null)[] })[]; guarantee?: 'out_of_bag' | 'split'; level?: number; settings?: { bins?: number; columns_per_split?: number; min_leaf?: number; mode?: 'random_forest' | 'extra_trees'; seed?: number; threads?: number; trees?: number }; targets: Numbers; tune?: unknown | null; weights?: readonly (number)[] | null }): Statistic
  /**
   * Takes people out of a data set for good; build the personas again afterwards.
   *
   * It takes the profiles and known orders of `persons` (names; capital and small letters and outer spaces do not
   * matter) out of `people`, which `personas` gave back, and keeps the SHA-256 of salt and name, so that files
   * that come later leave them out. `removed` is how many profiles went, and `people` what is left, to be passed
   * on in place of the old one.
   *
   * Assumes: a person has one name in all sources.
   *
   * Misleads: personas that were built before still rest on the person until they are built again, segments hold
   * no names and are not changed, and without a secret salt the hash of an e-mail address can be found by trying
   * addresses.
   *
   * Source: by definition.
   */
  forget(given: { people: Record<string, unknown>; persons: readonly (string)[] }): Statistic
  /**
   * The share of a gamma distribution of scale 1 below x, and above it.
   *
   * `cdf = P(shape, x)`, the integral of `s^(shape - 1) e^(-s)` over 0 to x divided by Gamma(shape), is the share
   * of a gamma distribution of scale 1 below `x`, and `sf` the share above it; `shape` is above zero and finite,
   * and for a rate r give r x as `x`.
   *
   * Assumes: nothing beyond a gamma variable of scale 1.
   *
   * Misleads: there is no argument for the scale, so an `x` in another unit must be divided by it first; a `shape`
   * that is not above zero and finite is an error.
   *
   * Source: Press and others, "Numerical Recipes", 2007, 6.2; for shapes from 200 on Gauss-Legendre quadrature of
   * the tail.
   */
  gammaCdf(given: { shape: number; x: number }): Statistic
  /**
   * Rates of several arms: posteriors, probability to be best and expected loss. A decision rule, no error rate.
   *
   * The rate of an arm with `count` events over an `exposure` (any unit) is believed to be `Gamma(shape + count,
   * rate + exposure)`, [shape, rate] the `prior_shape_rate`, in events per unit of exposure. By quadrature
   * `prob_best(i) = integral of f_i times the product of F_j over the other arms` and `expected_loss(i) = integral
   * of F_i (1 - product of F_j over the other arms)`, f the density and F the distribution function of an arm's
   * belief, with 1 - F in place of F where `goal` is `minimise`. `arms` is a list of `{count, exposure}`, and the
   * result has per arm `posterior_shape_rate` ([shape, rate]), `mean` (shape / rate), `ci` (the central interval
   * at `level`), `prob_best` (0 to 1, adding up to 1) and `expected_loss` (the mean of the distance to the best
   * arm, in the unit of the rate). With two arms `prob_treatment_greater` is the probability that the second rate
   * is the larger one; `kind` is always `decision_rule`.
   *
   * Assumes: events come independently at one rate per arm, beliefs about arms are independent, and the prior is
   * right.
   *
   * Misleads: counts that vary more than a Poisson count make it too sure, and it is a decision rule and no error
   * rate, since stopping at the first high probability finds winners among equal arms; it is undefined below two
   * arms and where prior and data together leave events or exposure at zero.
   *
   * Source: Gelman and others, "Bayesian data analysis", 2013, chapter 2; Scott, "A modern Bayesian look at the
   * multi-armed bandit", 2010.
   */
  gammaPoisson(given: { arms: readonly ({ count: number; exposure: number })[]; goal?: 'maximise' | 'minimise'; level?: number; prior_shape_rate: Numbers }): Statistic
  /**
   * The value below which a share p of a gamma distribution of scale 1 lies.
   *
   * `ppf` is the x with `P(shape, x) = p`, the value below which a share `p` (0 to 1) of a gamma distribution of
   * scale 1 lies, by Newton's rule on the logarithm of the smaller tail; `shape` is above zero and finite, and for
   * a rate r divide `ppf` by r.
   *
   * Assumes: nothing beyond a gamma variable of scale 1.
   *
   * Misleads: at `p` 1 the value is infinite and so undefined, and a `p` close to 1 carries its own rounding into
   * the answer.
   *
   * Source: Wilson and Hilferty, 1931, for the start; Newton's rule.
   */
  gammaPpf(given: { p: number; shape: number }): Statistic
  /**
   * The share of a gamma distribution of scale 1 above x, and below it.
   *
   * `sf = Q(shape, x) = 1 - P(shape, x)` is the share of a gamma distribution of scale 1 above `x`, Q the upper
   * regularised incomplete gamma function, with its relative precision kept in the upper tail, and `cdf` the share
   * below it; `shape` is above zero and finite.
   *
   * Assumes: nothing beyond a gamma variable of scale 1.
   *
   * Misleads: there is no argument for the scale, so an `x` in another unit must be divided by it first; a `shape`
   * that is not above zero and finite is an error.
   *
   * Source: Press and others, "Numerical Recipes", 2007, 6.2.
   */
  gammaSf(given: { shape: number; x: number }): Statistic
  /**
   * The belief about a difference of two arms without a prior. A decision rule, no error rate.
   *
   * Without a prior the difference of means `d = m_t - m_c` is believed to be normal with mean d and variance `V =
   * v_t / n_t + v_c / n_c`, m the mean, v the variance and n the units of an arm (t treatment, c control).
   * `control` and `treatment` are `{n, sum, sum_squares}`: with `kind` `proportion` `sum` counts the successes (v
   * = p (1 - p), `sum_squares` is not used), with `kind` `mean` `sum_squares` is needed (v with n - 1). `expected`
   * is the mean of the belief, `ci` its central interval at `level`, `chance_to_win = Phi(z)` the probability that
   * the effect is above zero, and `risk` what is lost on average by keeping the control and by taking the
   * treatment, `[sd phi(z) + mean Phi(z), sd phi(z) - mean Phi(-z)]` with z = mean / sd, phi and Phi the density
   * and distribution function of the normal; all but `chance_to_win` in the unit of the values, and the result's
   * `kind` is always `decision_rule`.
   *
   * Assumes: units are independent and in one arm only, and the estimate is normal with a known variance.
   *
   * Misleads: with few conversions it is too sure, it is no error rate, and `chance_to_win` takes more as better;
   * it is undefined where neither arm has spread or one has fewer than two units.
   *
   * Source: Gelman and others, "Bayesian data analysis", 2013, chapter 2; the effect model of growthbook's
   * gbstats; Neyman, 1923, for the variance.
   */
  gaussianEffectFlatAbsolute(given: { control: { n: number; sum: number; sum_squares?: number | null }; kind: 'proportion' | 'mean'; level?: number; treatment: { n: number; sum: number; sum_squares?: number | null } }): Statistic
  /**
   * The belief about a lift without a prior. A decision rule, no error rate.
   *
   * Without a prior the lift `L = (m_t - m_c) / |m_c|` is believed to be normal with mean L and variance `V = u_t
   * / m_c^2 + u_c m_t^2 / m_c^4`, m the mean and u = v / n the variance of the mean of an arm (t treatment, c
   * control, v the variance of its n units). `control` and `treatment` are `{n, sum, sum_squares}`: with `kind`
   * `proportion` `sum` counts the successes (v = p (1 - p), `sum_squares` is not used), with `kind` `mean`
   * `sum_squares` is needed (v with n - 1). `expected` is the mean of the belief, `ci` its central interval at
   * `level`, `chance_to_win = Phi(z)` the probability that the effect is above zero, and `risk` what is lost on
   * average by keeping the control and by taking the treatment, `[sd phi(z) + mean Phi(z), sd phi(z) - mean
   * Phi(-z)]` with z = mean / sd, phi and Phi the density and distribution function of the normal; all without
   * unit, 0.1 for 10 %, and the result's `kind` is always `decision_rule`.
   *
   * Assumes: units are independent and in one arm only, and the lift is normal with a known variance.
   *
   * Misleads: with few conversions or a control's mean within a few standard errors of zero it is too sure, it is
   * no error rate, and `chance_to_win` takes more as better; it is undefined where that mean is zero, neither arm
   * has spread or one has fewer than two units.
   *
   * Source: Gelman and others, "Bayesian data analysis", 2013, chapter 2; the effect model of growthbook's
   * gbstats, but relative to |control|; Deng, Knoblich and Lu, 2018, for the variance.
   */
  gaussianEffectFlatRelative(given: { control: { n: number; sum: number; sum_squares?: number | null }; kind: 'proportion' | 'mean'; level?: number; treatment: { n: number; sum: number; sum_squares?: number | null } }): Statistic
  /**
   * The belief about a difference of two arms with a normal prior on the difference. A decision rule, no error rate.
   *
   * With a normal `prior` `{mean, sd}` on the difference, in its unit, the belief about `d = m_t - m_c` has the
   * precision `1 / V + 1 / W` and the mean of d and the prior's mean weighted by 1 / V and 1 / W, with `V = v_t /
   * n_t + v_c / n_c` the variance of the estimate, W = `sd`^2 that of the prior, m the mean, v the variance and n
   * the units of an arm (t treatment, c control). `control` and `treatment` are `{n, sum, sum_squares}`: with
   * `kind` `proportion` `sum` counts the successes (v = p (1 - p), `sum_squares` is not used), with `kind` `mean`
   * `sum_squares` is needed (v with n - 1). `expected` is the mean of the belief, `ci` its central interval at
   * `level`, `chance_to_win = Phi(z)` the probability that the effect is above zero, and `risk` what is lost on
   * average by keeping the control and by taking the treatment, `[sd phi(z) + mean Phi(z), sd phi(z) - mean
   * Phi(-z)]` with z = mean / sd, phi and Phi the density and distribution function of the normal; all but
   * `chance_to_win` in the unit of the values, and the result's `kind` is always `decision_rule`.
   *
   * Assumes: units are independent and in one arm only, the estimate is normal with a known variance, and the
   * prior was set before the data.
   *
   * Misleads: with few conversions it is too sure, a wrong prior moves the answer, it is no error rate, and
   * `chance_to_win` takes more as better; it is undefined where neither arm has spread or one has fewer than two
   * units.
   *
   * Source: Gelman and others, "Bayesian data analysis", 2013, chapter 2; the effect model of growthbook's
   * gbstats; Neyman, 1923, for the variance.
   */
  gaussianEffectPriorAbsolute(given: { control: { n: number; sum: number; sum_squares?: number | null }; kind: 'proportion' | 'mean'; level?: number; prior: { mean: number; sd: number }; treatment: { n: number; sum: number; sum_squares?: number | null } }): Statistic
  /**
   * The belief about a lift with a normal prior on the lift. A decision rule, no error rate.
   *
   * With a normal `prior` `{mean, sd}` on the lift (0.1 for 10 %) the belief about `L = (m_t - m_c) / |m_c|` has
   * the precision `1 / V + 1 / W` and the mean of L and the prior's mean weighted by 1 / V and 1 / W, with `V =
   * u_t / m_c^2 + u_c m_t^2 / m_c^4` the variance of the estimate, W = `sd`^2 that of the prior, m the mean and u
   * = v / n the variance of the mean of an arm (t treatment, c control). `control` and `treatment` are `{n, sum,
   * sum_squares}`: with `kind` `proportion` `sum` counts the successes (v = p (1 - p), `sum_squares` is not used),
   * with `kind` `mean` `sum_squares` is needed (v with n - 1). `expected` is the mean of the belief, `ci` its
   * central interval at `level`, `chance_to_win = Phi(z)` the probability that the effect is above zero, and
   * `risk` what is lost on average by keeping the control and by taking the treatment, `[sd phi(z) + mean Phi(z),
   * sd phi(z) - mean Phi(-z)]` with z = mean / sd, phi and Phi the density and distribution function of the
   * normal; all without unit, and the result's `kind` is always `decision_rule`.
   *
   * Assumes: units are independent and in one arm only, the lift is normal with a known variance, and the prior
   * was set before the data.
   *
   * Misleads: with few conversions or a control's mean within a few standard errors of zero it is too sure, it is
   * no error rate, and `chance_to_win` takes more as better; it is undefined where that mean is zero, neither arm
   * has spread or one has fewer than two units.
   *
   * Source: Gelman and others, "Bayesian data analysis", 2013, chapter 2; the effect model of growthbook's
   * gbstats, but relative to |control|; Deng, Knoblich and Lu, 2018, for the variance.
   */
  gaussianEffectPriorRelative(given: { control: { n: number; sum: number; sum_squares?: number | null }; kind: 'proportion' | 'mean'; level?: number; prior: { mean: number; sd: number }; treatment: { n: number; sum: number; sum_squares?: number | null } }): Statistic
  /**
   * The effect of a geo test by time-based regression.
   *
   * Before the test `y(t) = a + b x(t) + e(t)` is fitted by least squares, y the treated and x the control total
   * per period; the effect is the sum over the test of `y(t) - (a + b x(t))`, with a t distribution of n - 2
   * degrees of freedom and `scale^2 = s^2 (T + T^2 (1 / n + (mean x in the test - mean x before)^2 / Sxx))`, s^2
   * the residual variance, n periods before, T in the test and Sxx the sum of squared deviations of x before.
   * `treatment` and `control` are the summed series in order of time, the first `pre_periods` of them before the
   * test, and `cost` is `{"total": extra spend}` or `{"series": {treatment, control}}`. `effect` and `lift` (`d /
   * (sum y - d)`, without unit) and `return_on_cost` (effect over extra spend, by Fieller) each have `estimate`
   * and `ci` at `level`, with `p_two_sided` for no effect and `extra_cost` in the unit of `cost`. `line` has
   * `intercept`, `slope`, `r_squared`, `residual_variance`, `df` and `durbin_watson`; `placebo` the `p` among
   * `windows` of the same length before the test, `(1 + those with |t| at least as large) / (1 + windows)`;
   * `periods` has `expected`, `effect`, `cumulative` and `cumulative_ci` of each period of the test.
   *
   * Assumes: the line holds on in the test, control regions feel nothing of the ads, and errors are independent
   * over time.
   *
   * Misleads: with weekly patterns or slow drifts the interval is too narrow (look at `durbin_watson`, near 2
   * without them, and at `placebo`), and it is causal only where regions were treated by chance; it is undefined
   * below three periods before the test and where the control does not move or the line fits without error.
   *
   * Source: Kerman, Wang and Vaver, "Estimating ad effectiveness using geo experiments in a time-based regression
   * framework", 2017; Fieller, "Some problems in interval estimation", 1954.
   */
  geoEffect(given: { control: Numbers; cost?: unknown | null; level?: number; pre_periods: number; treatment: Numbers }): Statistic
  /**
   * Pairs regions on their past and tosses a seeded coin in each pair.
   *
   * Regions are paired so that the sum over pairs of `sum over t of (x(i, t) - x(j, t))^2` is least, x the value
   * of a region in period t (`unlike` `level`, the default) or that value less the region's own mean (`movement`),
   * and a seeded fair coin says which of a pair is treated. `regions` are `{name, values}` with one value per
   * period before the test, the same periods for all; `matching` is `best` (exact up to 16 regions, above that
   * greedy pairs improved by exchanges) or `greedy`, and `seed` is that of the coins. `pairs` has `treatment`,
   * `control` and `distance` (the root of the summed squares, in the unit of the series), `unpaired` is the region
   * left out of an odd number, `method` is `exact`, `greedy_exchange` or `greedy`, and `correlation` is that of
   * the treated with the control total (-1 to 1, null where one does not move).
   *
   * Assumes: the likeness of the past lasts.
   *
   * Misleads: regions of a pair that see each other's ads hide the effect, and the largest regions rule the
   * distances; it is undefined below two regions and without values.
   *
   * Source: the idea of matched pairs in Vaver and Koehler, "Measuring ad effectiveness using geo experiments",
   * 2011.
   */
  geoPairs(given: { matching?: 'best' | 'greedy'; regions: readonly ({ name: string; values: Numbers })[]; seed?: number; unlike?: 'level' | 'movement' }): Statistic
  /**
   * The p value of a paired geo test over its coins.
   *
   * For each way in which the pairs' coins could have fallen the treated and control totals are formed and the t
   * of the time-based regression of `geo_effect` is computed; `p` is the share of these with |t| at least that of
   * the real assignment, which is among them. `pairs` are `{treatment, control}`, each `{name, values}` over all
   * periods, with the first `pre_periods` before the test; up to 12 pairs all 2^k assignments are tried (`method`
   * `exact`), above that `draws` (4,999 by default) drawn by `seed` and the real one (`drawn`). `t` is that of the
   * real assignment and `assignments` how many were looked at.
   *
   * Assumes: nothing beyond a fair and independent coin in each pair.
   *
   * Misleads: with k pairs `p` cannot fall below 1 / 2^k, so that below five pairs it is never under 0.05, and
   * where assignments are drawn not below 1 / (1 + draws); it is undefined below two pairs, below three periods
   * before, and where the real assignment has no t.
   *
   * Source: Fisher, "The design of experiments", 1935.
   */
  geoPermutation(given: { draws?: number; pairs: readonly ({ control: { name: string; values: Numbers }; treatment: { name: string; values: Numbers } })[]; pre_periods: number; seed?: number }): Statistic
  /**
   * The smallest lift that a paired geo test can see, from its past.
   *
   * Each of `draws` simulated tests draws the pairs' coins and a window of `test_periods` in the past, fits the
   * treated total on the control total over the other periods, and asks which lift would bring the interval above
   * zero: `d = (q scale - effect) / sum y`, effect and scale the sum and standard error over the window, y the
   * treated total there and q the t quantile of (1 + `level`) / 2. `pairs` are `{treatment, control}`, each
   * `{name, values}` of the time before the test, and the same `seed` gives the same answer. `lift` is the `power`
   * quantile (0.8 by default) of these d, at least 0, as a ratio (0.04 for 4 %); `curve` has pairs of power and
   * lift for 0.1 to 0.9, `false_positive_rate` is the share of simulated tests without a lift whose interval
   * leaves out zero (near 1 - `level` where the model fits), and `tests` is how many could be computed.
   *
   * Assumes: the past repeats itself.
   *
   * Misleads: with few different windows it is coarse (give at least three times `test_periods`), and a break or
   * trend in the past or a lift that spills into the paired region misleads it; it is undefined below two pairs
   * and for a past shorter than the test and three periods.
   *
   * Source: the simulated tests are this library's own; Kerman, Wang and Vaver, 2017, for the time-based
   * regression.
   */
  geoPower(given: { draws?: number; level?: number; pairs: readonly ({ control: { name: string; values: Numbers }; treatment: { name: string; values: Numbers } })[]; power?: number; seed?: number; test_periods: number }): Statistic
  /**
   * p value, interval and corrected estimates after a group sequential test has stopped.
   *
   * What can be said after a group sequential test has stopped at `look` (1 is the first) with `estimate` and
   * `standard_error`; `plan` takes the arguments of `group_sequential_bounds`, with all looks, also those that did
   * not happen. `p` is the p value by stagewise ordering (an earlier stop is the stronger result), two-sided in a
   * two-sided plan; the ends of `ci` are the effects at which the probabilities of an outcome at or beyond this
   * one upwards, and downwards, are (1 - level) / 2 (`level` 0.95 by default). `naive` is the estimate as it was,
   * `median_unbiased` is as often too high as too low, `bias_adjusted` is the effect under which `naive` is
   * expected to be what it was, `mean_unbiased` has no bias and varies more. All but `p` are in the unit of
   * `estimate`.
   *
   * Assumes: a normal estimate with independent increments, and looks that were not chosen by the results.
   *
   * Misleads: if `naive` is reported, which lies too far from zero on average; it is undefined (`not_converged`)
   * for estimates of far more than 20 standard errors after the first look, and a look beyond the plan is an
   * error.
   *
   * Source: Tsiatis, Rosner and Mehta, "Exact confidence intervals following a group sequential test", 1984;
   * Whitehead, "On the bias of maximum likelihood estimation following a sequential test", 1986; Emerson and
   * Fleming, "Parameter estimation following group sequential hypothesis testing", 1990.
   */
  groupSequentialAfterStopping(given: { estimate: number; level?: number; look: number; plan: { alpha?: number; futility?: { beta: number; binding?: boolean; drift?: number | null; parameter?: number | null; spending?: 'obrien_fleming' | 'pocock' | 'power' | 'hwang_shih_decani' } | null; information: Numbers; last_look_ends?: boolean; parameter?: number | null; sides?: 'one' | 'two'; spending?: 'obrien_fleming' | 'pocock' | 'power' | 'hwang_shih_decani' }; standard_error: number }): Statistic
  /**
   * Bounds of a group sequential test at the looks that really happen, with futility if wanted.
   *
   * The bounds of a group sequential test at the looks that really happen, `information` (rising shares of the
   * planned information, 1 is the plan's end): at bound k, without an effect, P(no stop before k, z at or beyond
   * the bound) = `spent(t_k) - spent(t_(k-1))` on each side. `sides` is `two` (default, half of `alpha` on each
   * side) or `one`; `spending` is `obrien_fleming` (default), `pocock`, `power` or `hwang_shih_decani`, the last
   * two with their `parameter` (phi above zero; gamma from -40 to 40). `futility` has `beta`, its own `spending`
   * and `parameter`, `drift` (the mean of z at the plan's end that must not be missed; found for the plan if left
   * out, and then the last look ends the test) and `binding`; `last_look_ends` spends the rest of alpha at the
   * last look. The result has, per look, `z_bounds`, `futility_z_bounds` (stop without an effect at z, or |z| if
   * two-sided, at or below it), both null where a look cannot stop so, and `alpha_spent` (over both sides, so
   * far); `drift` is that of futility or null.
   *
   * Assumes: a z that is nearly normal with independent increments, and looks whose times were not chosen by the
   * results.
   *
   * Misleads: where the statistic is not near normal, such as means over few units or days; shares that do not
   * rise by at least 0.01 % or more than 1000 looks are an error, and no drift that fits `beta` is undefined
   * (`not_converged`).
   *
   * Source: Lan and DeMets, "Discrete sequential boundaries for clinical trials", 1983; Kim and DeMets, 1987;
   * Hwang, Shih and De Cani, 1990; Pampallona, Tsiatis and Kim, 2001, for futility; Armitage, McPherson and Rowe,
   * 1969, for the integration.
   */
  groupSequentialBounds(given: { alpha?: number; futility?: { beta: number; binding?: boolean; drift?: number | null; parameter?: number | null; spending?: 'obrien_fleming' | 'pocock' | 'power' | 'hwang_shih_decani' } | null; information: Numbers; last_look_ends?: boolean; parameter?: number | null; sides?: 'one' | 'two'; spending?: 'obrien_fleming' | 'pocock' | 'power' | 'hwang_shih_decani' }): Statistic
  /**
   * Where the runs of a group sequential test stop under a drift, or the drift and inflation for a power.
   *
   * Where the runs of a group sequential test stop: z has the mean `drift sqrt(t)` at share t of the information,
   * and the probability of each way to stop at each look is integrated. `plan` takes the arguments of
   * `group_sequential_bounds`; give either `drift` (effect over its standard error at full information, without
   * unit) or `power`, for which the drift is found. The result has `drift`, `power` (to stop for an effect of
   * either sign), `upper`, `lower` and `futility` (one probability per look), `expected_information` (the mean
   * share of the information at the stop) and `inflation = (drift / fixed drift)^2`, the sample size against that
   * of a single look with the same power.
   *
   * Assumes: a z that is nearly normal with independent increments; futility bounds are kept, binding or not.
   *
   * Misleads: for `inflation` at a drift near zero or, one-sided, below it, where it means nothing and can be
   * null; a `power` not between alpha and 1, or both or neither of `drift` and `power`, is an error.
   *
   * Source: Armitage, McPherson and Rowe, 1969; Jennison and Turnbull, "Group sequential methods with applications
   * to clinical trials", 2000.
   */
  groupSequentialPower(given: { drift?: number | null; plan: { alpha?: number; futility?: { beta: number; binding?: boolean; drift?: number | null; parameter?: number | null; spending?: 'obrien_fleming' | 'pocock' | 'power' | 'hwang_shih_decani' } | null; information: Numbers; last_look_ends?: boolean; parameter?: number | null; sides?: 'one' | 'two'; spending?: 'obrien_fleming' | 'pocock' | 'power' | 'hwang_shih_decani' }; power?: number | null }): Statistic
  /**
   * Clusters of complete rows by how densely they lie, of any shape and number, with noise (HDBSCAN).
   *
   * A row's core distance is that to its `least_rows`-th nearest row, itself among them, and clusters are the
   * parts of the single-linkage tree over mutual reachability that live longest, each of at least `least_rows`
   * rows. `rows` are complete lists of numbers of one length, 2 to 20,000 of them, and `least_rows` is from 2 to
   * the number of rows. `labels` has the cluster of each row from 0 on, the largest cluster first (of equals the
   * one whose first row comes first), and null for noise.
   *
   * Assumes: columns are on one scale.
   *
   * Misleads: groups that overlap and differ by their centres alone come out as one cluster or as noise, and
   * another order of rows may part ties otherwise; a row with an unknown number is an error that names it.
   *
   * Source: Campello, Moulavi and Sander, "Density-based clustering based on hierarchical density estimates",
   * 2013; by the Rust crate `hdbscan`.
   */
  hdbscan(given: { least_rows: number; rows: readonly (Numbers)[] }): Statistic
  /**
   * The median of all differences treatment less control, with its interval.
   *
   * The shift of Hodges and Lehmann: `estimate` is the median of all n1 n2 differences of a value of `treatment`
   * less one of `control`, in the unit of the values. `ci` at `level` (0.95 by default) reaches from the
   * difference at rank `floor(n1 n2 / 2 - z s) + 1` to the one as far from the other end, z the normal quantile of
   * (1 + level) / 2 and s the standard deviation of U in `mannwhitney_asymptotic`: the shifts that the test does
   * not refuse.
   *
   * Assumes: independent values, and arms that differ by a shift alone.
   *
   * Misleads: with many equal values (zero revenue), which give a shift of zero; it is undefined where no sample
   * varies (`no_spread`) and where the samples are too small for the level (`too_few`).
   *
   * Source: Hodges and Lehmann, "Estimates of location based on rank tests", 1963.
   */
  hodgesLehmann(given: { control: Numbers; level?: number; treatment: Numbers }): Statistic
  /**
   * Estimates with their intervals, one below the other, as SVG.
   *
   * It draws one below the other what each of `names` was estimated as, `value` as a dot and `low` to `high` as a
   * line, beside an upright line at zero. At most 24 are drawn, `language` (`en` or `pt-BR`) writes the figures,
   * and the result is one text, `svg`, without script.
   *
   * Assumes: nothing beyond finite numbers on one scale.
   *
   * Misleads: intervals that overlap may still differ; compare the difference, not the lines.
   *
   * Source: by definition.
   */
  intervalChart(given: { high: Numbers; language?: 'pt-BR' | 'en'; low: Numbers; names: readonly (string)[]; value: Numbers }): Statistic
  /**
   * Weighted k-means of rows, of which numbers may be unknown (`nan`).
   *
   * It minimises `inertia = sum over rows of weight times squared distance to the own centre`, the distance taken
   * over the known numbers of a row, by the best of `restarts` (10 by default) descents from k-means++ starts.
   * `rows` are lists of one length in which `nan` is unknown, `k` is the number of clusters, `weights` has one
   * number from zero on per row (1 by default), and the same `seed` gives the same clusters. `centres` are in the
   * units of the columns, and `labels` names the cluster of each row from 0 on.
   *
   * Assumes: clusters are round and of like width, and columns are on one scale.
   *
   * Misleads: it always finds k clusters, also where there are none, and misleads on long or unequal ones; it is
   * undefined where fewer rows differ than clusters are asked for.
   *
   * Source: Lloyd, "Least squares quantization in PCM", 1982; Arthur and Vassilvitskii, "k-means++: the advantages
   * of careful seeding", 2007; Dixon, 1979, for distances over known numbers; Bradley and Fayyad, 1998, for the
   * starts above 20,000 rows.
   */
  kmeans(given: { k: number; restarts?: number; rows: readonly (Numbers)[]; seed?: number; weights?: readonly (number)[] | null }): Statistic
  /**
   * Bounds of a two-sided test with equally spaced looks and O'Brien-Fleming spending.
   *
   * The bounds of a two-sided test with `looks_equally_spaced` looks (1 to 1000) that spends `2 - 2 Phi(z /
   * sqrt(t))` (z the upper normal quantile of a / 2) of each side's alpha a = `alpha_two_sided` / 2 (0.05
   * two-sided by default) by the share t of the information. `z_bounds` has one z per look: stop for an effect at
   * z at or beyond it, or at or below its negative; null where there is no alpha to spend. Phi is the normal
   * distribution; it spends little early and most at the end. `phi` and `convention` change nothing.
   *
   * Assumes: a z that is nearly normal with independent increments, and looks whose times were not chosen by the
   * results.
   *
   * Misleads: where looks fall at other times than planned (take `group_sequential_bounds`) or the statistic is a
   * mean over few units or days.
   *
   * Source: Lan and DeMets, "Discrete sequential boundaries for clinical trials", 1983; near O'Brien and Fleming,
   * 1979; as ldbounds and gsDesign.
   */
  lanDemetsObrienFleming(given: { alpha_two_sided?: number; convention?: string | null; looks_equally_spaced: number; phi?: number | null }): Statistic
  /**
   * Bounds of a two-sided test with equally spaced looks and Pocock spending.
   *
   * The bounds of a two-sided test with `looks_equally_spaced` looks (1 to 1000) that spends `a ln(1 + (e - 1) t)`
   * of each side's alpha a = `alpha_two_sided` / 2 (0.05 two-sided by default) by the share t of the information.
   * `z_bounds` has one z per look: stop for an effect at z at or beyond it, or at or below its negative; null
   * where there is no alpha to spend. `phi` and `convention` change nothing.
   *
   * Assumes: a z that is nearly normal with independent increments, and looks whose times were not chosen by the
   * results.
   *
   * Misleads: where looks fall at other times than planned (take `group_sequential_bounds`); it stops earlier than
   * O'Brien-Fleming and has less power.
   *
   * Source: Lan and DeMets, "Discrete sequential boundaries for clinical trials", 1983; near Pocock, 1977; as
   * ldbounds and gsDesign.
   */
  lanDemetsPocock(given: { alpha_two_sided?: number; convention?: string | null; looks_equally_spaced: number; phi?: number | null }): Statistic
  /**
   * How professional a text is, and the words that cost points.
   *
   * `score` = `max(0, 100 - sum of points)`. Each praise that says nothing (`hype`) costs 10, pressure to hurry
   * 20, slang 15, an exclamation mark 5, an emoji 10, a word of more than four letters in capitals 10. `findings`
   * name each word or sign, how often it stands there (`times`) and what it costs. `language` is `en` or `pt-BR`.
   *
   * Assumes: the words of the list are out of place; they are whole words, whatever the case.
   *
   * Misleads: the list is made by hand and measured by nobody; a text without a fault of the list can still be
   * wrong for its readers, and a quoted word costs as much as an own one.
   *
   * Source: by definition; a convention of this engine of 2026-11-29.
   */
  lintTone(given: { language?: 'pt-BR' | 'en'; text: string }): Statistic
  /**
   * The natural logarithm of the beta function.
   *
   * `ln` is the natural logarithm of the beta function, `B(a, b) = Gamma(a) Gamma(b) / Gamma(a + b)`, by
   * Stirling's formula with its error added, in a form in which large parameters do not cancel; `a` and `b` are
   * above zero and finite.
   *
   * Assumes: nothing beyond parameters above zero.
   *
   * Misleads: parameters that are not above zero and finite are an error, and an answer beyond a float is
   * undefined.
   *
   * Source: Olver and others, "NIST handbook of mathematical functions", 2010, 5.12.
   */
  lnBeta(given: { a: number; b: number }): Statistic
  /**
   * The natural logarithm of the number of ways to choose k of n.
   *
   * `ln = -ln(n + 1) - ln B(n - k + 1, k + 1)` is the natural logarithm of the number of ways to choose `k` of
   * `n`, B the beta function; `n` and `k` are whole numbers with 0 <= k <= n.
   *
   * Assumes: nothing beyond whole numbers.
   *
   * Misleads: a `k` above `n` or a number that is not whole is an error.
   *
   * Source: Olver and others, "NIST handbook of mathematical functions", 2010, 5.12.
   */
  lnChoose(given: { k: number; n: number }): Statistic
  /**
   * The natural logarithm of the gamma function.
   *
   * `ln` is the natural logarithm of the gamma function, the integral of `s^(x-1) e^(-s)` over s > 0; for whole
   * `x` it is that of (x - 1)!; `x` is above zero and finite.
   *
   * Assumes: nothing beyond an `x` above zero.
   *
   * Misleads: an `x` so large that the answer is beyond a float is undefined, and an `x` that is not above zero
   * and finite is an error.
   *
   * Source: Olver and others, "NIST handbook of mathematical functions", 2010, 5.2; by `lgamma` of libm.
   */
  lnGamma(given: { x: number }): Statistic
  /**
   * The test of Mann and Whitney, exact for small samples without ties.
   *
   * The test of Mann and Whitney (Wilcoxon's rank sum): `U_treatment` counts the pairs of a value of `control` and
   * one of `treatment` in which treatment is larger, half for equal ones, and `prob_superiority = U / (n1 n2)` is
   * the probability that a value of treatment is above one of control, plus half that of a tie. The p value is
   * exact where there are no ties, at most 8 values in one arm and at most 1000 in the other (`method` is
   * `exact`), else by the normal as in `mannwhitney_asymptotic` (`method` is `asymptotic`). `p_greater` is small
   * where treatment tends to be greater, `p_less` where it tends to be less, and `p_two_sided` is twice the
   * smaller of the two, at most 1.
   *
   * Assumes: independent values; only their order counts, not their unit.
   *
   * Misleads: if it is read as a test of means: it tests equal distributions, so more buyers of less each can win
   * here and lose money; it is undefined where an arm is empty (`empty`) or all values are equal (`no_spread`).
   *
   * Source: Mann and Whitney, "On a test of whether one of two random variables is stochastically larger than the
   * other", 1947.
   */
  mannwhitney(given: { control: Numbers; treatment: Numbers }): Statistic
  /**
   * The test of Mann and Whitney by the normal, corrected for ties and continuity.
   *
   * The test of Mann and Whitney by the normal, corrected for ties and continuity: `z = (|U - n1 n2 / 2| - 1/2) /
   * s` with `s^2 = n1 n2 / 12 (N + 1 - sum (t^3 - t) / (N (N - 1)))`, U the pairs with treatment above control
   * (half for equal ones), n1 and n2 the sizes of `control` and `treatment`, N their sum and t the sizes of groups
   * of equal values. The keys are those of `mannwhitney`: `U_treatment`, `prob_superiority` (0 to 1),
   * `p_two_sided`, `p_greater`, `p_less`, `method`.
   *
   * Assumes: independent values; only their order counts, not their unit.
   *
   * Misleads: if it is read as a test of means: it tests equal distributions, so more buyers of less each can win
   * here and lose money; it is undefined where an arm is empty (`empty`) or all values are equal (`no_spread`),
   * and with a handful of values the exact test is to be taken.
   *
   * Source: Mann and Whitney, "On a test of whether one of two random variables is stochastically larger than the
   * other", 1947.
   */
  mannwhitneyAsymptotic(given: { control: Numbers; treatment: Numbers }): Statistic
  /**
   * The test of Mann and Whitney by its exact distribution.
   *
   * The test of Mann and Whitney by its exact distribution: all ways to deal the ranks to the arms are equally
   * likely, given the ties where there are some, and every p value counts the observed U itself. The keys are
   * those of `mannwhitney`: `U_treatment` (pairs with `treatment` above `control`, half for equal ones),
   * `prob_superiority` (0 to 1), `p_two_sided` (twice the smaller tail, at most 1), `p_greater`, `p_less`,
   * `method`.
   *
   * Assumes: independent values; only their order counts, not their unit.
   *
   * Misleads: if it is read as a test of means: it tests equal distributions, so more buyers of less each can win
   * here and lose money; it is undefined where an arm is empty (`empty`) or all values are equal (`no_spread`),
   * and samples too large for the exact distribution are an error.
   *
   * Source: Mann and Whitney, "On a test of whether one of two random variables is stochastically larger than the
   * other", 1947.
   */
  mannwhitneyExact(given: { control: Numbers; treatment: Numbers }): Statistic
  /**
   * The smallest difference of two means that a t test shows.
   *
   * The smallest difference of two means that a t test shows with probability `power` (0.8 by default) at `alpha`
   * (0.05 by default): it solves the power of `power_t` for d with n = `n_per_arm` units in control and `ratio`
   * times as many in treatment (1 by default), and gives `mde_absolute = d sd`. `sd` is the standard deviation of
   * a value, and `mde_absolute` is in its unit; it is below zero where `alternative` is `less`.
   *
   * Assumes: independent units, one standard deviation for both arms and nearly normal means.
   *
   * Misleads: for heavy-tailed revenue, and where `sd` was measured on other units than those of the test; a
   * `power` not above `alpha` is an error, no degree of freedom is undefined (`too_few`).
   *
   * Source: Cohen, "Statistical power analysis for the behavioral sciences", 1988.
   */
  mdeMean(given: { alpha?: number; alternative?: 'two-sided' | 'greater' | 'less'; n_per_arm: number; power?: number; ratio?: number; sd: number }): Statistic
  /**
   * The smallest relative lift of a share that a comparison shows.
   *
   * The smallest lift of a share above `base_rate` that `n_per_arm` units in each arm show with probability
   * `power` (0.8 by default) at `alpha` (0.05 by default, two-sided): the p2 above p1 = `base_rate` that solves
   * `(p2 - p1) sqrt(n) = z(alpha/2) sqrt(2 q (1 - q)) + z(power) sqrt(p1 (1 - p1) + p2 (1 - p2))`, q the mean of
   * both and z the normal quantiles. The result has `mde_relative = (p2 - p1) / p1` (0.1 means 10 % more) and
   * `mde_absolute = p2 - p1`, a difference of shares.
   *
   * Assumes: independent trials and arms of equal size.
   *
   * Misleads: below about five expected successes in an arm, for impressions of the same people (the lift that can
   * be seen is larger) and for drops, whose size is another; it is undefined (`too_few`) where even a share of one
   * would not be shown.
   *
   * Source: Fleiss, Levin and Paik, "Statistical methods for rates and proportions", 2003.
   */
  mdeProportions(given: { alpha?: number; base_rate: number; n_per_arm: number; power?: number }): Statistic
  /**
   * Miettinen's and Nurminen's score interval for the difference of two shares.
   *
   * The difference of two shares `diff` = pt - pc with the interval `ci` of all differences delta that the score
   * test does not reject at `level` (0.95 by default): `(pt - pc - delta) / sqrt(v)` is compared with the normal,
   * with `v = (qt (1 - qt) / nt + qc (1 - qc) / nc) N / (N - 1)`, N = nt + nc and q the likeliest shares that
   * differ by exactly delta. `control` and `treatment` are objects with `x` successes and `n` trials.
   *
   * Assumes: independent trials and independent arms.
   *
   * Misleads: on impressions of the same people, where it is too short; no trials in an arm are undefined
   * (`no_trials`).
   *
   * Source: Miettinen and Nurminen, "Comparative analysis of two rates", 1985.
   */
  miettinenNurminenCiDiff(given: { control: { n: number; x: number }; level?: number; treatment: { n: number; x: number } }): Statistic
  /**
   * The mixture sequential probability ratio test at one look.
   *
   * The mixture sequential probability ratio test at one look, which averages the likelihood ratio over effects
   * N(0, tau^2): `lambda = sqrt(V / (V + tau^2)) exp(tau^2 effect^2 / (2 V (V + tau^2)))`, with V = `se`^2,
   * `effect` the estimate and `tau` the size of the effects hoped for, all in one unit. `p_always_valid_this_look`
   * is 1 / lambda, at most 1; `ci_halfwidth` is `sqrt(V (V + tau^2) / tau^2 (ln((V + tau^2) / V) - 2 ln alpha))`
   * (`alpha` 0.05 by default) and `ci` is `effect` minus and plus it; `ln_lambda` is the logarithm of `lambda`,
   * which has no limit.
   *
   * Assumes: normal estimates with known variance, and a `tau` that was fixed before the test.
   *
   * Misleads: after a stop, where `effect` lies too far from zero on average and nothing here corrects it (the
   * interval still holds); a `se` of zero is undefined (`no_spread`).
   *
   * Source: Robbins, "Statistical methods related to the law of the iterated logarithm", 1970; Johari, Koomen,
   * Pekelis and Walsh, "Always valid inference", 2022.
   */
  msprtNormalMixture(given: { alpha?: number; effect: number; se: number; tau: number }): Statistic
  /**
   * Pairs that a paired t test needs.
   *
   * The pairs that a two-sided paired t test needs: it solves the power of `power_paired_t` for n, with d =
   * `effect_size_d`, the mean difference over the standard deviation of the differences, `alpha` (0.05 by default)
   * and `power` (0.8 by default). The result has `n_pairs`, not rounded.
   *
   * Assumes: pairs that are independent of each other and nearly normal differences.
   *
   * Misleads: where days drag each other along, which need more pairs than this says; an `effect_size_d` of zero
   * or a `power` not above `alpha` is an error.
   *
   * Source: Cohen, "Statistical power analysis for the behavioral sciences", 1988.
   */
  nPairsT(given: { alpha?: number; effect_size_d: number; power?: number }): Statistic
  /**
   * Units per arm that a comparison of two shares needs.
   *
   * The units per arm, not rounded, that a two-sided comparison of two shares needs, by three formulas, with p1 =
   * `base_rate`, `p2 = base_rate (1 + relative_lift)`, q their mean, `a = z(alpha/2)` and `b = z(power)` the
   * normal quantiles (`alpha` 0.05, `power` 0.8 by default). `n_pooled_null` is `(a sqrt(2 q (1 - q)) + b sqrt(p1
   * (1 - p1) + p2 (1 - p2)))^2 / (p1 - p2)^2`, the one to plan with. `n_unpooled` is `(a + b)^2 (p1 (1 - p1) + p2
   * (1 - p2)) / (p1 - p2)^2`. `n_arcsine` is the n at which a normal shifted by `h sqrt(n / 2)` lies beyond the
   * critical values with this power, with `h = 2 asin(sqrt(p2)) - 2 asin(sqrt(p1))`.
   *
   * Assumes: independent trials and arms of equal size.
   *
   * Misleads: for impressions of the same people (multiply by the overdispersion ratio, or plan with days) and
   * below about five expected successes in an arm; a `relative_lift` of zero or one that leaves the share outside
   * 0 to 1 is an error.
   *
   * Source: Fleiss, Levin and Paik, "Statistical methods for rates and proportions", 2003, without continuity
   * correction; `n_pooled_null` as R's `power.prop.test`; Cohen, 1988, for the arcsine.
   */
  nPerArmProportions(given: { alpha?: number; base_rate: number; power?: number; relative_lift: number }): Statistic
  /**
   * Units of control that a t test needs.
   *
   * Solves the power of a t test on two means for n, the units of control: the statistic is noncentral t with `df
   * = n + k n - 2` and noncentrality `d sqrt(k n / (1 + k))`, and the power is its share beyond the critical
   * values at `alpha` (0.05 by default). d is `effect_size_d`, the difference of the means over the standard
   * deviation of a value (without unit), k is `ratio`, the units of treatment per unit of control (1 by default);
   * `power` is 0.8 by default and `alternative` is `two-sided` (default), `greater` or `less`. The result has
   * `n_per_arm`, the units of control before rounding (treatment needs `ratio` times as many), and
   * `n_per_arm_ceil`, the same rounded up.
   *
   * Assumes: independent units, equal variances in both arms and nearly normal means.
   *
   * Misleads: for heavy-tailed revenue (plan that with days or by simulation); an `effect_size_d` of zero or
   * against the alternative, or a `power` not above `alpha`, is an error.
   *
   * Source: Cohen, "Statistical power analysis for the behavioral sciences", 1988; the same numbers as statsmodels
   * `TTestIndPower`; the start of the search after Guenther, 1981.
   */
  nPerArmT(given: { alpha?: number; alternative?: 'two-sided' | 'greater' | 'less'; effect_size_d: number; power?: number; ratio?: number }): Statistic
  /**
   * Newcombe's interval for the difference of two shares.
   *
   * The difference of two shares `diff` = pt - pc with Newcombe's hybrid score interval `ci` at `level` (0.95 by
   * default): `low = d - sqrt((pt - lt)^2 + (uc - pc)^2)` and `high = d + sqrt((ut - pt)^2 + (pc - lc)^2)`, with d
   * the difference, p the shares and l, u the ends of Wilson's intervals (c control, t treatment). `control` and
   * `treatment` are objects with `x` successes and `n` trials. It stays inside -1 to 1 and works at shares of 0
   * and 1.
   *
   * Assumes: independent trials and independent arms.
   *
   * Misleads: on impressions of the same people, where it is too short; no trials in an arm are undefined
   * (`no_trials`).
   *
   * Source: Newcombe, "Interval estimation for the difference between independent proportions", method 10, 1998.
   */
  newcombeCiDiff(given: { control: { n: number; x: number }; level?: number; treatment: { n: number; x: number } }): Statistic
  /**
   * The share of a noncentral chi-square below x, and above it.
   *
   * `cdf = sum over j of Poisson(j; nc / 2) P(df / 2 + j, x / 2)` is the share of a noncentral chi-square
   * distribution below `x`, P the lower regularised incomplete gamma function, and `sf` the share above it; `df`
   * is above zero and finite, and the noncentrality `nc` finite and from zero on.
   *
   * Assumes: nothing beyond a noncentral chi-square variable.
   *
   * Misleads: `nc` is the sum of the squared shifts of the normals, not half of it; values outside these ranges
   * are an error.
   *
   * Source: Benton and Krishnamoorthy, "Computing discrete mixtures of continuous distributions", 2003.
   */
  noncentralChi2Cdf(given: { df: number; nc: number; x: number }): Statistic
  /**
   * The share of a noncentral chi-square above x, and below it.
   *
   * `sf = sum over j of Poisson(j; nc / 2) Q(df / 2 + j, x / 2)` is the share of a noncentral chi-square
   * distribution above `x`, as the power of a chi-square test needs it, Q the upper regularised incomplete gamma
   * function, and `cdf` the share below it; `df` is above zero and finite, and the noncentrality `nc` finite and
   * from zero on.
   *
   * Assumes: nothing beyond a noncentral chi-square variable.
   *
   * Misleads: `nc` is the sum of the squared shifts of the normals, not half of it; values outside these ranges
   * are an error.
   *
   * Source: Benton and Krishnamoorthy, "Computing discrete mixtures of continuous distributions", 2003.
   */
  noncentralChi2Sf(given: { df: number; nc: number; x: number }): Statistic
  /**
   * The share of a noncentral F below x, and above it.
   *
   * `cdf = sum over j of Poisson(j; nc / 2) I_y(d1 / 2 + j, d2 / 2)` with y = d1 x / (d2 + d1 x) is the share of a
   * noncentral F distribution with `d1` and `d2` degrees of freedom below `x`, I the regularised incomplete beta
   * function, and `sf` the share above it; `d1` is above zero and finite, `d2` above zero and may be infinite, and
   * the noncentrality `nc` finite and from zero on.
   *
   * Assumes: nothing beyond a noncentral F variable.
   *
   * Misleads: the order of `d1` (numerator) and `d2` (denominator) matters; values outside these ranges are an
   * error.
   *
   * Source: Abramowitz and Stegun, "Handbook of mathematical functions", 1964, 26.6; summed as by Benton and
   * Krishnamoorthy, "Computing discrete mixtures of continuous distributions", 2003.
   */
  noncentralFCdf(given: { d1: number; d2: number; nc: number; x: number }): Statistic
  /**
   * The share of a noncentral F above x, and below it.
   *
   * `sf` is the share of a noncentral F distribution with `d1` and `d2` degrees of freedom above `x`, as the power
   * of an analysis of variance needs it: the sum over j of `Poisson(j; nc / 2)` times the upper tail of a beta
   * distribution with parameters d1 / 2 + j and d2 / 2 at d1 x / (d2 + d1 x); `cdf` is the share below it. `d1` is
   * above zero and finite, `d2` above zero and may be infinite, and the noncentrality `nc` finite and from zero
   * on.
   *
   * Assumes: nothing beyond a noncentral F variable.
   *
   * Misleads: the order of `d1` (numerator) and `d2` (denominator) matters; values outside these ranges are an
   * error.
   *
   * Source: Abramowitz and Stegun, "Handbook of mathematical functions", 1964, 26.6; summed as by Benton and
   * Krishnamoorthy, "Computing discrete mixtures of continuous distributions", 2003.
   */
  noncentralFSf(given: { d1: number; d2: number; nc: number; x: number }): Statistic
  /**
   * The share of a noncentral t below t, and above it.
   *
   * `cdf` is the share below `t` of `(Z + nc) / sqrt(V / df)`, Z standard normal and V chi-square with `df`
   * degrees of freedom: the mean of `Phi(t s - nc)` over s = sqrt(V / df), Phi the normal distribution function;
   * `sf` is the share above it. `df` is above zero and may be infinite, and the noncentrality `nc` is finite, of
   * any sign and without unit.
   *
   * Assumes: nothing beyond a noncentral t variable.
   *
   * Misleads: values outside these ranges are an error, never a number.
   *
   * Source: Abramowitz and Stegun, "Handbook of mathematical functions", 1964, 26.7; by the trapezoidal rule over
   * ln s.
   */
  noncentralTCdf(given: { df: number; nc: number; t: number }): Statistic
  /**
   * The share of a noncentral t above t, and below it.
   *
   * `sf` is the share above `t` of `(Z + nc) / sqrt(V / df)`, Z standard normal and V chi-square with `df` degrees
   * of freedom, as the power of a t test needs it: the mean of `1 - Phi(t s - nc)` over s = sqrt(V / df), Phi the
   * normal distribution function; `cdf` is the share below it. `df` is above zero and may be infinite, and the
   * noncentrality `nc` is finite, of any sign and without unit.
   *
   * Assumes: nothing beyond a noncentral t variable.
   *
   * Misleads: the power of a two-sided test needs the share below -t too; values outside these ranges are an
   * error.
   *
   * Source: Abramowitz and Stegun, "Handbook of mathematical functions", 1964, 26.7; by the trapezoidal rule over
   * ln s.
   */
  noncentralTSf(given: { df: number; nc: number; t: number }): Statistic
  /**
   * Means of several arms: posteriors, probability to be best and expected loss. A decision rule, no error rate.
   *
   * The mean of each arm is believed to be normal with the given `mean` and standard deviation `sd` (that of the
   * belief, such as a standard error, not that of the units). By quadrature `prob_best(i) = integral of f_i times
   * the product of F_j over the other arms` and `expected_loss(i) = integral of F_i (1 - product of F_j over the
   * other arms)`, f the density and F the distribution function of an arm's belief, with 1 - F in place of F where
   * `goal` is `minimise`. `arms` is a list of `{mean, sd}` in one unit, and the result has per arm `mean`, `ci`
   * (`mean -+ q sd` with q the normal quantile of (1 + `level`) / 2), `prob_best` (0 to 1, adding up to 1) and
   * `expected_loss` (the mean of the distance to the best arm, in the unit of the means). With two arms
   * `prob_treatment_greater` is the probability that the second mean is the larger one; `kind` is always
   * `decision_rule`.
   *
   * Assumes: beliefs about arms are normal and independent.
   *
   * Misleads: it is a decision rule and no error rate, and as good as the beliefs that it is given; it is
   * undefined below two arms and where an `sd` is zero.
   *
   * Source: Scott, "A modern Bayesian look at the multi-armed bandit", 2010.
   */
  normalBest(given: { arms: readonly ({ mean: number; sd: number })[]; goal?: 'maximise' | 'minimise'; level?: number }): Statistic
  /**
   * The share of a standard normal below z, and above it.
   *
   * `cdf = erfc(-z / sqrt(2)) / 2` is the share of a standard normal below `z`, erfc the complementary error
   * function, and `sf = erfc(z / sqrt(2)) / 2` the share above it; `z` has no unit and may be infinite, and both
   * shares are from 0 to 1.
   *
   * Assumes: nothing beyond a standard normal variable.
   *
   * Misleads: beyond about 38 from zero the smaller tail is too small for a float and reads 0; a `z` that is NaN
   * is an error.
   *
   * Source: Abramowitz and Stegun, "Handbook of mathematical functions", 1964, 26.2.
   */
  normalCdf(given: { z: number }): Statistic
  /**
   * The value below which a share p of a standard normal lies.
   *
   * `ppf` is the z with `Phi(z) = p`, Phi the distribution function of a standard normal: rational approximations
   * in three ranges with a relative error of about 1e-16; `p` is from 0 to 1.
   *
   * Assumes: nothing beyond a standard normal variable.
   *
   * Misleads: at `p` 0 and 1 the value is infinite and so undefined, and close to 1 the rounding of `p` itself
   * limits the answer: ask for the small tail and turn the sign.
   *
   * Source: Wichura, "Algorithm AS 241: the percentage points of the normal distribution", 1988.
   */
  normalPpf(given: { p: number }): Statistic
  /**
   * The share of a standard normal above z, and below it.
   *
   * `sf = erfc(z / sqrt(2)) / 2` is the share of a standard normal above `z`, with its relative precision kept in
   * the far tail, and `cdf` the share below it: the same result as that of `normal_cdf`.
   *
   * Assumes: nothing beyond a standard normal variable.
   *
   * Misleads: it is one tail, half of a two-sided p value, and beyond about 38 from zero the smaller tail reads 0;
   * a `z` that is NaN is an error.
   *
   * Source: Abramowitz and Stegun, "Handbook of mathematical functions", 1964, 26.2.
   */
  normalSf(given: { z: number }): Statistic
  /**
   * What another policy of choosing would have brought, from a log of choices drawn with known probabilities.
   *
   * What a policy of choosing would have brought per decision, from a log of choices that were drawn by chance.
   * `choices` are the names of all that could be chosen; a row has its `choice`, the `reward` r, and the
   * `propensities` of all choices as they were logged (or `propensity`, that of the choice alone); `target` has
   * the policy's probabilities of the choices, for all rows or row by row, and `predicted` likewise the rewards q
   * of a model. With `w = target(choice) / propensity(choice)`, `m = sum over a of target(a) q(a)` and n rows,
   * `value` is by `estimator`: `ips` `sum w r / n`; `snips` (the default) `v = sum w r / sum w`; `dm` `sum m / n`;
   * `dr` `sum (m + w (r - q(choice))) / n`. The interval (`low`, `high` at `level`, 0.95 by default) is that of
   * the mean of the rows' parts, for `snips` of `v + w (r - v) / mean(w)`: by t with n - 1 degrees of freedom, or
   * with `interval` `{"bootstrap_t": {resamples, seed}}` by bootstrap-t. `against_logged` is the value less the
   * mean reward of the log with the interval of that difference; `effective_sample_size` is `(sum w)^2 / sum w^2`,
   * `largest_weight` that before clipping, `weights` the `mean` of w, which should be 1, with `standard_error` and
   * `p_two_sided` of a t test. With `clip` the weight is `min(w, clip)`; with `l = w - min(w, clip)` and
   * `reward_range` `[low, high]` (the range of the log unless given) `clipped.bias` holds the ends of the bias
   * that this brings: the means of `l (q - high)` and `l (q - low)`, q zero for `ips`; for `snips` `mean(l) (v -
   * high)` and `mean(l) (v - low)`. `warnings` are texts by their key.
   *
   * `outcome` is `estimated`, or `refused` with a `reason` and no value: `not_logged`, `not_probabilities`
   * (outside 0 to 1, not adding up to 1 within 1e-6, zero for what was chosen), `no_support` (the target takes a
   * choice whose propensity is zero; where only `propensity` is known, one that was never chosen), `few_effective`
   * (an effective sample size below `least_effective`, 50 unless given and never below 10), `weights_off` (the
   * mean of the weights is not 1, p below 1e-6) or `no_spread`. `dm` asks no propensities.
   *
   * Assumes: choices were drawn with the logged probabilities given all that the target looks at; rewards are
   * complete; rows are independent, and one row's choice does not change another's reward.
   *
   * Misleads: for budgets: amounts are continuous and were not drawn, and money moved between campaigns changes
   * prices for all; use regions, switching back and forth or shadow mode. With a model learnt from the same rows.
   * With several rows of one person the interval is too short; it does not hold the bias of clipping, nor for `dm`
   * how wrong the model is.
   *
   * Source: Horvitz and Thompson, "A generalization of sampling without replacement from a finite universe", 1952;
   * Hajek, 1971; Robins, Rotnitzky and Zhao, "Estimation of regression coefficients when some regressors are not
   * always observed", 1994; Dudik, Langford and Li, "Doubly robust policy evaluation and learning", 2011; Kish,
   * "Survey sampling", 1965, for the effective sample size; Ionides, "Truncated importance sampling", 2008, for
   * clipping.
   */
  offPolicy(given: { choices: readonly (string)[]; clip?: number | null; estimator?: 'ips' | 'snips' | 'dm' | 'dr'; interval?: 't' | { bootstrap_t: { resamples: number; seed?: number } }; least_effective?: number; level?: number; predicted?: readonly (number)[] | null; reward_range?: readonly (number)[] | null; rows: readonly ({ choice: string; predicted?: readonly (number)[] | null; propensities?: readonly (number)[] | null; propensity?: number | null; reward: number; target?: readonly (number)[] | null })[]; target?: readonly (number)[] | null }): Statistic
  /**
   * The order lines of a shop's CSV export, as customer value takes them.
   *
   * It reads a shop's CSV export (customer, order, moment, and an amount per line or a price with a quantity;
   * Shopify's as it is) and adds up the lines of each order of a customer. `csv` is its text with a header line,
   * `currency` (`USD` by default) that of all amounts, and days are told in `time_zone` (`UTC` by default).
   * `orders` has one `{customer, date, amount}` per order, customers in the order of their names and `amount` as
   * `{amount, currency}`, as `customer_values` takes them; `problems` has `line`, `column` and `problem` of each
   * row that was not taken, and `unused_columns` the headers that mean nothing here.
   *
   * Assumes: all amounts are in one currency, and a customer keeps one name (outer spaces and the case of an
   * e-mail address do not count).
   *
   * Misleads: money below zero, such as a refund, is a problem of its line and is not taken off, so that net
   * revenue comes out too high; missing columns, or a file of which no row can be used, are an error.
   *
   * Source: by definition.
   */
  orderLines(given: { csv: string; currency?: string; time_zone?: string }): Statistic
  /**
   * How much noisier shares by block are than independent trials.
   *
   * `ratio = sum (x_i - n_i q)^2 / (n_i q (1 - q)) / (k - 1)` over the k blocks, x_i the successes and n_i the
   * trials of block i (`x` and `n`, lists of one length), q the share over all blocks; it has no unit, is near 1
   * for independent trials of one share, and 4 where standard errors are twice as large. `df` is k - 1, `p` the
   * upper tail of chi-square at `ratio` times `df`, and `error_factor = sqrt(max(1, ratio))` the factor on
   * standard errors that took trials as independent.
   *
   * Assumes: all blocks share one rate, and each expects at least about five successes.
   *
   * Misleads: a trend or a weekly pattern counts as noise too, and above a ratio of about 2 a z test on the sums
   * finds differences that are not there; it is undefined below two blocks, for a block without trials, and where
   * all or none of the trials succeeded.
   *
   * Source: McCullagh and Nelder, "Generalized linear models", 1989, 4.5.
   */
  overdispersion(given: { n: Numbers; x: Numbers }): Statistic
  /**
   * How much noisier counts by block are than a Poisson count.
   *
   * `ratio = sum (x_i - m)^2 / m / (k - 1)` over the k `counts` x_i with mean m: near 1 for independent events at
   * one rate, without unit. `df` is k - 1, `p` the upper tail of chi-square at `ratio` times `df`, and
   * `error_factor = sqrt(max(1, ratio))` the factor on standard errors that took events as independent.
   *
   * Assumes: blocks are of equal length with one constant mean.
   *
   * Misleads: a weekly pattern counts as noise (give one weekday, or counts over equal days), and the p value
   * misleads below five events per block; it is undefined below two blocks and where all counts are zero.
   *
   * Source: McCullagh and Nelder, "Generalized linear models", 1989, 4.5.
   */
  overdispersionCounts(given: { counts: Numbers }): Statistic
  /**
   * Says after each report of a day's spend what the day will come to, and whether its budget moves, to what and why.
   *
   * Replays the `reports` of one day against its `plan`, one decision for each, in `decisions`; `moves` counts the
   * moves. Time is in minutes lived since the day began. The plan has the `cap` of the day, what is `planned`, the
   * `budget` in force at its beginning (`planned` unless given) and the `traffic` of each hour as it is lived (24
   * numbers, 23 or 25 where the clocks change), which the planned curve of spend follows. A report has its
   * `minute`, what is `spent` since the day began, `as_of`, the minute up to which that is complete (`minute`
   * unless given), and `budget` where another one than the last proposed is in force.
   *
   * With s spent, q the share of traffic up to `as_of` and r the spend per share of traffic, `projected` is `P = s
   * + r (1 - q)`. r is the plan's at first, counting as 0.05 of the day's traffic, then what reports show, halving
   * with each 0.25 of traffic. The interval at `level` (0.8) is normal with the variance `V (1 - q + (1 - q)^2 /
   * n)`, n the traffic that r is known from and V the mean of `e^2 / (d (1 + d / n))` over reports, e the error of
   * a report over the traffic d, drawn towards `0.05^2` of the plan squared with four reports. The budget moves to
   * `budget (T / P)^step`, T the plan (`step` 0.8), only where P is further than `corridor` (0.08) from T, T lies
   * outside the interval, figures are at most `max_age_minutes` (90) old, the last move is `gap_minutes` (120)
   * ago, fewer than `max_moves` (4) were made and 0.02 of the traffic is left. The amount is kept within `bounds`
   * (0.5 to 2) of the day's first budget, `max_raise_percent` (20) and `max_cut_percent` (30) of the present one,
   * `least`, the spend while the plan is not spent, and `100 cap / worst_case_day_percent` (200), rounded down to
   * a minor unit; the last rules over the others. Changes below one percent are none. After a move the end of the
   * day is taken to have moved in proportion, and r counts as 0.05 of the traffic again.
   *
   * `reason` is `on_plan`, `unsure`, `raised`, `lowered`, `over_cap` (the budget in force could pass the cap: it
   * is cut at once), `stale`, `no_delivery` (no new spend for `silent_minutes`, 60, where 0.01 of the plan was to
   * be expected; `projected` is then null), `too_soon`, `no_moves_left`, `at_limit` or `day_ends`; `move` is the
   * new daily budget or null, `budget` the one from here on, `multiplier` that over the day's first.
   *
   * Assumes: a platform spends what is left of a daily budget over the rest of the day; one that spends at a rate
   * in proportion to the budget needs more moves. Proposed budgets are in force at once unless a report says
   * otherwise.
   *
   * Misleads: where the traffic of the day is another than planned, a sale or a holiday: early projections are
   * then off. The interval knows the noise between reports, not what is to come.
   *
   * Source: S. R. Balseiro, H. Lu and V. Mirrokni, "The best of many worlds: dual mirror descent for online
   * allocation problems", 2023; S. R. Balseiro, R. Kumar, V. Mirrokni, B. Sivan and D. Wang, "Robust budget pacing
   * with a single sample", 2023.
   */
  pace(given: { plan: { bounds?: Numbers; budget?: { amount: string; currency: string } | null; cap: { amount: string; currency: string }; corridor?: number; gap_minutes?: number; least?: { amount: string; currency: string } | null; level?: number; max_age_minutes?: number; max_cut_percent?: number; max_moves?: number; max_raise_percent?: number; planned: { amount: string; currency: string }; silent_minutes?: number; step?: number; traffic: Numbers; worst_case_day_percent?: number }; reports: readonly ({ as_of?: number | null; budget?: { amount: string; currency: string } | null; minute: number; spent: { amount: string; currency: string } })[] }): Statistic
  /**
   * The relative lift from pairs, on the log; pairs with a zero are left out by place.
   *
   * The relative lift from pairs, on the log: `diff = exp(d) - 1` (0.1 for 10 % up), d the mean of `ln(treatment /
   * control)` over the pairs, and `ci` the t interval of d at `level` (0.95 by default) carried over in the same
   * way. `control` and `treatment` are lists of one length and in one order. The keys are those of `welch_t`, with
   * `t`, `df` and the p values those of d, and further `left_out`, the places from 0 of pairs that were left out
   * because a side is zero.
   *
   * Assumes: ratios that are independent from pair to pair.
   *
   * Misleads: if it is read as the lift of the totals: it is that of the typical pair (the geometric mean of the
   * ratios), where a large day weighs as much as a small one, and many pairs with a zero make it doubtful; a value
   * below zero (`not_positive`) or equal ratios (`no_spread`) leave it undefined.
   *
   * Source: Student, 1908; Bland and Altman, "The use of transformation when comparing two means", 1996.
   */
  pairedLogT(given: { control: Numbers; level?: number; treatment: Numbers }): Statistic
  /**
   * The paired t test: the same days, regions or users in both arms.
   *
   * The paired t test: `t = d / sqrt(s^2 / n)` on the n differences treatment less control, d their mean, s^2
   * their variance with n - 1, `df = n - 1`. `control` and `treatment` are lists of one length and in one order
   * (the same days, regions or users). The keys are those of `welch_t`: `diff` = d with `ci` at `level` (0.95 by
   * default), in the unit of the values, `t`, `df`, `p_two_sided`, `p_greater` and `p_less`.
   *
   * Assumes: differences that are independent from pair to pair, of one size at any level, and with a nearly
   * normal mean.
   *
   * Misleads: where neighbouring days hang together, because the interval is then too short, and where a lift is
   * relative (take `paired_log_t`); it is undefined where all differences are equal (`no_spread`) or there is one
   * pair (`one_value`).
   *
   * Source: Student, "The probable error of a mean", 1908.
   */
  pairedT(given: { control: Numbers; level?: number; treatment: Numbers }): Statistic
  /**
   * The permutation test of two means, exact where all ways can be looked at.
   *
   * Deals all values to the arms anew and counts differences of means at least as large as the observed one,
   * `diff` = treatment less control in the unit of the values. Where there are no more ways to deal than
   * `resamples` (10,000 by default, at least 100) all are looked at and `p = count / ways` (`method` is `exact`);
   * else `p = (1 + count) / (1 + draws)` over random deals from `seed` (`method` is `monte_carlo`). `p_two_sided`
   * counts by distance from zero, `p_greater` is small where treatment is greater, `p_less` where it is less;
   * `draws` is how many ways were looked at. `level` is checked but not used.
   *
   * Assumes: values that are independent and were dealt to the arms by chance; under no effect both arms have one
   * distribution.
   *
   * Misleads: under equal means with unequal spread and unequal sizes, where it errs as Student's test does; it is
   * undefined where an arm is empty, all values are equal (`no_spread`) or both arms together hold fewer than
   * three values (`too_few`).
   *
   * Source: Phipson and Smyth, "Permutation p-values should never be zero", 2010.
   */
  permutationTest(given: { control: Numbers; level?: number; resamples?: number; seed?: number; treatment: Numbers }): Statistic
  /**
   * How likely each profile belongs to each persona of a model.
   *
   * The probability that a profile belongs to persona i is `w_i f_i(x) / sum over j of w_j f_j(x)`, w the
   * persona's share and f the product of its normal densities over the known numbers x of the profile, in the
   * mixture that started from the personas. `model` is the one that `personas` gave back, and `profiles` are whom
   * to place. `assignments` has for each profile a list of `{id, probability}`, likeliest first, adding up to 1;
   * of somebody of whom nothing is known the personas' shares are the answer.
   *
   * Assumes: columns are normal and independent within a persona, and the profile comes as the people of the model
   * did.
   *
   * Misleads: probabilities add up to 1 also for somebody who is like no persona, so that a high one is no sign
   * that it fits; a profile that cannot be is an error.
   *
   * Source: Dempster, Laird and Rubin, "Maximum likelihood from incomplete data via the EM algorithm", 1977.
   */
  personaAssign(given: { model: Record<string, unknown>; profiles: readonly ({ ages?: { max: number; min: number } | null; content?: Record<string, unknown>; day_hours?: Record<string, unknown>; device?: string | null; events?: Record<string, unknown>; gender?: unknown | null; hours?: Record<string, unknown>; interests?: Record<string, unknown>; people?: number; person?: string | null; place?: string | null; purchases?: { first: string; items: number; last: string; orders: number; revenue: { amount: string; currency: string } } | null; source: 'analytics' | 'social' | 'orders' })[] }): Statistic
  /**
   * Groups of people from profiles and CSV files of analytics, social insights and orders.
   *
   * Profiles become rows of numbers (ages and, as ln(1 + x), what buyers do, standardised by median and median
   * absolute deviation; hours as a point on a circle; shares of at most eight values of each attribute times
   * `sqrt(1 / 2)`), weighted k-means splits them into 1, 2, 3 and more groups, and the largest number is taken
   * whose groups agree with those of `settings.draws` (20) redrawn data sets by a mean adjusted Rand index of at
   * least `settings.stability` (0.85) and have at least `settings.least_people` (50, never below 20) people each.
   * `profiles` are people or segments, `files` are `{source, csv}` with `source` `analytics`, `social` or
   * `orders`, `people` and `previous` are the `people` and `model` of an earlier call, `salt` hides the names of
   * those who are forgotten, and `currency` (`USD`) and `time_zone` (`UTC`) are those of the files. Each of
   * `personas`, largest first, has `id`, `label` in `en` and `pt-BR`, `people`, `share`, `ages`, `genders` and
   * `places` as shares of those known, `interests` and `content` as lifts (share in the group over share in all),
   * `online` hours, `triggers`, `buying`, `value` (what a buyer is expected to bring in the next twelve months,
   * discounted by 1 % a month) and `revenue_so_far`, both with interval in units of the currency, and `stability`
   * (mean Jaccard index over the draws, 0 to 1). `notes` say what was left out, `problems` has the rows and
   * columns of each file that were not used, `added` counts, and `people` and `model` are for later calls.
   *
   * Assumes: rows are independent, groups are round and of like width, and nobody stands in two sources.
   *
   * Misleads: people in two sources count twice, and a stable cut can run through one even cloud; cells of fewer
   * than `settings.least_cell` people (10 at least) and sensitive labels are never shown, and it is undefined with
   * fewer people than one persona needs.
   *
   * Source: Lloyd, 1982, and Arthur and Vassilvitskii, 2007, for k-means; Ben-Hur, Elisseeff and Guyon, "A
   * stability based method for discovering structure in clustered data", 2002, and Hennig, 2007, for the
   * stability; Schwarz, 1978, where chance decides between two numbers; Willenborg and de Waal, "Elements of
   * statistical disclosure control", 2001, for small cells; Schmittlein, Morrison and Colombo, 1987, and Fader,
   * Hardie and Lee, 2005, for `value`; Morris, 1983, for `revenue_so_far`.
   */
  personas(given: { currency?: string; files?: readonly ({ csv: string; source: 'analytics' | 'social' | 'orders' })[]; people?: Record<string, unknown> | null; previous?: Record<string, unknown> | null; profiles?: readonly ({ ages?: { max: number; min: number } | null; content?: Record<string, unknown>; day_hours?: Record<string, unknown>; device?: string | null; events?: Record<string, unknown>; gender?: unknown | null; hours?: Record<string, unknown>; interests?: Record<string, unknown>; people?: number; person?: string | null; place?: string | null; purchases?: { first: string; items: number; last: string; orders: number; revenue: { amount: string; currency: string } } | null; source: 'analytics' | 'social' | 'orders' })[]; salt?: string; settings?: { as_of?: string | null; draws?: number; least_cell?: number; least_people?: number; most_personas?: number; seed?: number; stability?: number; threads?: number | null }; time_zone?: string }): Statistic
  /**
   * The chance of at most k events, and of more.
   *
   * `cdf = Q(k + 1, mean)` is the probability of at most `k` events where `mean` are expected, Q the upper
   * regularised incomplete gamma function, and `sf` that of more than `k`; `k` is rounded down and `mean` is
   * finite and from zero on.
   *
   * Assumes: events come independently at one rate.
   *
   * Misleads: counts by day vary more than it says where days differ (see `overdispersion_counts`); a `mean` below
   * zero or infinite is an error.
   *
   * Source: Abramowitz and Stegun, "Handbook of mathematical functions", 1964, 26.4.
   */
  poissonCdf(given: { k: number; mean: number }): Statistic
  /**
   * The chance of more than k events, and of at most k.
   *
   * `sf = P(k + 1, mean)` is the probability of more than `k` (not of just `k`) events where `mean` are expected,
   * P the lower regularised incomplete gamma function, and `cdf` that of at most `k`; `k` is rounded down and
   * `mean` is finite and from zero on.
   *
   * Assumes: events come independently at one rate.
   *
   * Misleads: the probability of `k` or more is that of `k` - 1 here, and counts by day vary more than it says
   * where days differ; a `mean` below zero or infinite is an error.
   *
   * Source: Abramowitz and Stegun, "Handbook of mathematical functions", 1964, 26.4.
   */
  poissonSf(given: { k: number; mean: number }): Statistic
  /**
   * Bounds of a two-sided test with equally spaced looks that spends alpha t^phi, phi 2 unless given.
   *
   * The bounds of a two-sided test with `looks_equally_spaced` looks (1 to 1000) that spends `a t^phi` of each
   * side's alpha a = `alpha_two_sided` / 2 (0.05 two-sided by default) by the share t of the information.
   * `z_bounds` has one z per look: stop for an effect at z at or beyond it, or at or below its negative; null
   * where there is no alpha to spend. `phi` is 2 by default; 1 is even and 3 is near O'Brien-Fleming. `convention`
   * is a remark that changes nothing.
   *
   * Assumes: a z that is nearly normal with independent increments, and looks whose times were not chosen by the
   * results.
   *
   * Misleads: where looks fall at other times than planned (take `group_sequential_bounds`); a `phi` that is not
   * above zero is an error.
   *
   * Source: Kim and DeMets, "Design and analysis of group sequential tests based on the type I error spending rate
   * function", 1987.
   */
  powerFamilyPhi2(given: { alpha_two_sided?: number; convention?: string | null; looks_equally_spaced: number; phi?: number | null }): Statistic
  /**
   * The power of a paired t test.
   *
   * The probability that a two-sided paired t test shows a mean difference: the share of a noncentral t with `df =
   * n - 1` and noncentrality `d sqrt(n)` beyond the critical values at `alpha / 2` on each side, with n =
   * `n_pairs` and d = `effect_size_d`, the mean difference over the standard deviation of the differences. `alpha`
   * is 0.05 by default; the result has `power`, from 0 to 1.
   *
   * Assumes: pairs that are independent of each other and nearly normal differences.
   *
   * Misleads: where days drag each other along, which have less power than this says; below two pairs it is
   * undefined (`too_few`).
   *
   * Source: Cohen, "Statistical power analysis for the behavioral sciences", 1988.
   */
  powerPairedT(given: { alpha?: number; effect_size_d: number; n_pairs: number }): Statistic
  /**
   * The power of a comparison of two shares.
   *
   * The probability that `n_per_arm` units in each arm show a lift of a share: `Phi((|p1 - p2| sqrt(n) -
   * z(alpha/2) sqrt(2 q (1 - q))) / sqrt(p1 (1 - p1) + p2 (1 - p2)))`, with Phi the normal distribution, p1 =
   * `base_rate`, `p2 = base_rate (1 + relative_lift)`, q their mean, n = `n_per_arm` and z the upper normal
   * quantile (`alpha` 0.05 by default). The result has `power`, from 0 to 1.
   *
   * Assumes: independent trials and arms of equal size.
   *
   * Misleads: for a tiny effect, where it goes to `alpha / 2` and not to `alpha` because the far tail is left out,
   * and for impressions of the same people, where the true power is lower.
   *
   * Source: Fleiss, Levin and Paik, "Statistical methods for rates and proportions", 2003.
   */
  powerProportions(given: { alpha?: number; base_rate: number; n_per_arm: number; relative_lift: number }): Statistic
  /**
   * The power of a t test on two means.
   *
   * The probability that a t test on two means shows an effect: the share of a noncentral t with `df = n + k n -
   * 2` and noncentrality `d sqrt(k n / (1 + k))` beyond the critical values of Student's t at `alpha` (0.05 by
   * default), on both sides where `alternative` is `two-sided` (the default; else `greater` or `less`). d is
   * `effect_size_d` (difference of the means over the standard deviation), n is `n_control`, k is
   * `ratio_treatment_to_control` (1 by default). The result has `power`, from 0 to 1.
   *
   * Assumes: independent units, equal variances in both arms and nearly normal means.
   *
   * Misleads: for heavy-tailed revenue; it is undefined (`too_few`) where `n_control` and the ratio leave no
   * degree of freedom.
   *
   * Source: Cohen, "Statistical power analysis for the behavioral sciences", 1988; the same numbers as statsmodels
   * `TTestIndPower`.
   */
  powerT(given: { alpha?: number; alternative?: 'two-sided' | 'greater' | 'less'; effect_size_d: number; n_control: number; ratio_treatment_to_control?: number }): Statistic
  /**
   * What ROAS, CPA, CTR or CVR to expect of rows, with intervals and recommendations, learnt from past rows.
   *
   * Forecasts `rate` (`roas` by default, or `cpa`, `ctr`, `cvr`) of each entry of `rows` from `history`: with up
   * to ten usable past rows shrinkage answers (Student's t on ln(1 + ROAS), towards the prior of the trade;
   * without a prior and from three rows on for the other rates), up to fifty its quantiles are mixed with those of
   * a quantile forest, from fifty on the calibrated forest answers alone, unless the means of the groups had the
   * better interval score. Both are lists of objects (`platform`, `budget`, `date` and so on; past rows also
   * `impressions`, `clicks`, `conversions`, `spend`, `revenue`; money in units of one `currency`; a missing past
   * result is left out and counted). Each entry of `predictions` has `predicted_roas` (or `predicted_cpa` and so
   * on), the median or null, in the unit of the rate; `confidence_interval` `[low, high]` at `level` (0.9 by
   * default), null where there is none, high null for a CPA without upper end; `recommendation` (`invest`, `test`,
   * `avoid`, `abstain`), from the interval against `target` (3.0 for ROAS by default); `method`, `sample_size` and
   * `warnings` with texts. `rows_learnt` counts the past rows used; `practices` (best practices of the trade) take
   * the place of ROAS 2.0 in the prior, `calibrate_by` (`platform` by default, `campaign` or `pooled`) groups the
   * calibration, and `features`, `half_life_days`, `tune`, `trees` and `seed` set the forest.
   *
   * Assumes: that the rows asked about are like past rows (exchangeable), each row one ad or one ad on one day.
   *
   * Misleads: where things drift, and if it is read as the result of a whole campaign, which spreads less; for a
   * category, number or mix of features that ten or more past rows do not have it recommends `abstain` and, from
   * fifty rows on, gives null; two currencies or negative money are an error.
   *
   * Source: shrinkage of Efron and Morris, "Stein's estimation rule and its competitors", 1973; forests of
   * Breiman, 2001, and Meinshausen, "Quantile regression forests", 2006, with conformal calibration out of bag by
   * group (Vovk, Gammerman and Shafer, 2005; Romano, Patterson and Candes, 2019).
   */
  predictRoas(given: { calibrate_by?: 'pooled' | 'platform' | 'campaign'; currency?: string | null; features?: readonly ('industry' | 'objective' | 'platform' | 'campaign' | 'budget' | 'audience_size' | 'creative_type' | 'copy_style' | 'weekday' | 'month' | 'seasonality' | 'competition_level' | 'age' | 'gender' | 'interest')[] | null; half_life_days?: number | null; history: readonly ({ age?: string | null; audience_size?: number | null; budget?: number | null; campaign?: string | null; clicks?: number | null; competition_level?: number | null; conversions?: number | null; copy_style?: string | null; creative_type?: string | null; currency?: string | null; date?: string | null; gender?: unknown | null; impressions?: number | null; industry?: string | null; interest?: string | null; objective?: unknown | null; platform?: unknown | null; revenue?: number | null; seasonality?: number | null; spend?: number | null })[]; level?: number; practices?: readonly ({ average_performance: Record<string, unknown>; description: string; industry: string; last_updated: string; practice_type: string; roas_variance: number; sample_size: number })[]; rate?: 'roas' | 'cpa' | 'ctr' | 'cvr'; rows: readonly ({ age?: string | null; audience_size?: number | null; budget?: number | null; campaign?: string | null; clicks?: number | null; competition_level?: number | null; conversions?: number | null; copy_style?: string | null; creative_type?: string | null; currency?: string | null; date?: string | null; gender?: unknown | null; impressions?: number | null; industry?: string | null; interest?: string | null; objective?: unknown | null; platform?: unknown | null; revenue?: number | null; seasonality?: number | null; spend?: number | null })[]; seed?: number; target?: number | null; trees?: number; tune?: boolean }): Statistic
  /**
   * Four intervals for one share.
   *
   * One share `share = x / n`, `x` successes in `n` trials, with four intervals `[low, high]` at `level` (0.95 by
   * default); p is the share and z the normal quantile of (1 + level) / 2. `wilson` is `(p + z^2/(2n) -+ z sqrt(p
   * (1 - p) / n + z^2/(4n^2))) / (1 + z^2/n)`, the default choice; `agresti_coull` is `q -+ z sqrt(q (1 - q) / m)`
   * with `m = n + z^2` and `q = (x + z^2/2) / m`, cut to 0..1. `clopper_pearson` reaches from the (1 - level) / 2
   * quantile of Beta(x, n - x + 1) to the (1 + level) / 2 quantile of Beta(x + 1, n - x), `jeffreys` between the
   * same quantiles of Beta(x + 1/2, n - x + 1/2).
   *
   * Assumes: independent trials with one share.
   *
   * Misleads: for impressions of the same people, where all four are too short; `clopper_pearson` is wider than
   * needed, and `jeffreys` leaves 0 outside at no successes and 1 outside at no failures; no trials are undefined
   * (`no_trials`).
   *
   * Source: Wilson, 1927; Clopper and Pearson, 1934; Brown, Cai and DasGupta, "Interval estimation for a binomial
   * proportion", 2001 (Jeffreys, as in statsmodels); Agresti and Coull, "Approximate is better than exact for
   * interval estimation of binomial proportions", 1998.
   */
  proportionCi(given: { level?: number; n: number; x: number }): Statistic
  /**
   * A quantile of values, linear between them, with its interval where they carry one.
   *
   * The quantile `q` (0 to 1) of `x`: with `h = (n - 1) q`, linear between the order statistics around h, in the
   * unit of the values. `ci` at `level` (0.95 by default) reaches from the value at rank `n q - z s` to that at `n
   * q + z s + 1`, `s = sqrt(n q (1 - q))`, the ranks rounded outwards and z the normal quantile of (1 + level) /
   * 2; it is null where the sample cannot carry the level. The result has `quantile` and `ci`.
   *
   * Assumes: nothing for `quantile` itself; independent values, of any shape, for `ci`.
   *
   * Misleads: near 0 and 1, where the sample says little of values that were not seen, and where values hang
   * together, such as several of one person; the level of `ci` holds nearly once n q (1 - q) is above 5; no values
   * are undefined (`empty`).
   *
   * Source: type 7 of Hyndman and Fan, "Sample quantiles in statistical packages", 1996, the default of numpy and
   * R; Conover, "Practical nonparametric statistics", 1999, 3.2, for the interval.
   */
  quantile(given: { level?: number; q: number; x: Numbers }): Statistic
  /**
   * The difference of a quantile of two samples, by order statistics.
   *
   * The difference of the quantiles `q` of two samples, treatment less control, with a normal interval: the
   * standard error of each is `(high - low) / (2 z)` of its order-statistics interval (the `ci` of `quantile`) at
   * `level` (0.95 by default), z the normal quantile of (1 + level) / 2, and the variance of the difference is the
   * sum of their squares. The result has `estimate` and `ci`, in the unit of the values, and `p_two_sided` by the
   * normal.
   *
   * Assumes: independent values that are not piled up at the quantile.
   *
   * Misleads: with many equal values at the quantile (zero revenue), where the error is zero or jumps (take
   * `bootstrap_quantile_difference`); it is undefined where a sample cannot carry the level (`too_few`) or both
   * intervals have no length (`no_spread`).
   *
   * Source: after Price and Bonett, "Distribution-free confidence intervals for difference and ratio of medians",
   * 2002.
   */
  quantileDifference(given: { control: Numbers; level?: number; q: number; treatment: Numbers }): Statistic
  /**
   * Reach, frequency and response of a gamma-Poisson curve after so many impressions.
   *
   * A pool of N = `people` who see ads as gamma-Poisson processes, after I = `impressions` (a list; one result per
   * entry): with F = I / N and a = `shape` (0.8 by default), `reach` is `N (1 - (1 + F / a)^-a)` people,
   * `frequency` is I / reach (1 before the first), and `first_time_ratio` is `(1 + F / a)^-(a + 1)`, the share of
   * the next impressions that are somebody's first. `response` is the click rate of the next impression over that
   * of a first one, the sum over n of `NB(n; shape a + 1, mean F (a + 1) / a) (n + 1)^-d`, NB the negative
   * binomial and d = `habituation` (0.43 by default). `reach_at_least` has, for k = 1 to `times` (3 by default, at
   * most 100), the people who saw at least k, one list per k.
   *
   * Assumes: one fixed pool of people whose rates of exposure are gamma-distributed, and clicks that fall as a
   * power of what was seen.
   *
   * Misleads: where people come and go, or an ad set is steered to new people; a `people` or `shape` that is not
   * above zero, or a `habituation` below zero, is an error.
   *
   * Source: Goerg, "Estimating reach curves from one data point", 2014, for shape 1; habituation 0.43 from
   * research of Meta on earlier exposures; else by definition.
   */
  reachCurve(given: { habituation?: number | null; impressions: Numbers; people: number; shape?: number | null; times?: number | null }): Statistic
  /**
   * The pool of Goerg's reach curve through one point.
   *
   * The pool of Goerg's reach curve through one point: `N = I R / (I - R)`, with I = `impressions` so far and R =
   * `reach`, the people reached by them. The result has `people` = N, `shape` = 1 and `habituation` = 0.43, the
   * arguments of `reach_curve`.
   *
   * Assumes: exposure with gamma shape 1, and one fixed pool.
   *
   * Misleads: where exposure is more uneven than shape 1, because one point cannot tell; it is undefined
   * (`denominator_near_zero`) where every impression reached somebody new, and more people than impressions is an
   * error.
   *
   * Source: Goerg, "Estimating reach curves from one data point", 2014.
   */
  reachCurveThrough(given: { impressions: number; reach: number }): Statistic
  /**
   * The people reached on at least one of several platforms.
   *
   * The people reached on at least one of several platforms: in falling order of reach, platform k adds `R_k (1 -
   * M_jk / N_k R_j / N_j)`, multiplied over the earlier ones j, with N the `people` of an audience, R the `reach`
   * in it (both in `platforms`, one object per platform) and M_jk the people of both audiences. `shared` lists
   * pairs: `between`, the places of two platforms from 0, and `share`, the share (0 to 1) of the smaller audience
   * that is in the larger too. The result has `reach`, in people.
   *
   * Assumes: that a shared person is reached on each platform independently, with more than two platforms that the
   * overlaps are independent too, and that pairs which are not given share nobody.
   *
   * Misleads: where people who are reached on one platform are reached on another more often than others, because
   * the union is then smaller; no platforms are undefined (`empty`).
   *
   * Source: by definition.
   */
  reachUnion(given: { platforms: readonly ({ people: number; reach: number })[]; shared?: readonly ({ between: Numbers; share: number })[] }): Statistic
  /**
   * Reads a list of trending sounds with their licences.
   *
   * Reads a list of trending sounds from `text`, as `format` `csv` (the default; titles
   * `id,title,rank,licence,platforms,expires`, platforms parted by `;`) or `json` (`{"sounds": [...]}`). `licence`
   * is `commercial`, `personal` or `none`, `platforms` are those on which it holds, `expires` its last day or
   * empty. `sounds` come back by rank.
   *
   * Assumes: the list says truly what a licence allows; it is not looked up anywhere.
   *
   * Misleads: a commercial licence on one platform is none on another, and rights of the film's other parts are
   * not in it.
   *
   * Source: by definition.
   */
  readTrends(given: { format?: 'csv' | 'json'; text: string }): Statistic
  /**
   * A rule of a few lines that says whether a target is reached, or why none is shown.
   *
   * A tree of at most `settings.depth` (4 by default) conditions in a row says whether the outcome is at or above
   * `target`: each node takes the cut that lowers the Gini impurity most, both classes weighing the same, with at
   * least `settings.least_rows` (20) past rows behind each answer. `columns` are `{name, values}` with numbers or
   * names and null for missing, `outcomes` what came of each past row, `outcome` its name (`roas` by default), and
   * `forest` says how the forest is grown that the rule is held against. The result is `{"rule": ...}` with its
   * `root` (`split` with `column`, `condition`, `yes`, `no`, or `leaf` with `rows`, `cleared`), or `{"refused":
   * {reason, accuracy}}` where it is less accurate than the forest by more than `settings.tolerance` (0.03) or
   * asks no question, and `text` in `en` and `pt-BR`. `accuracy` has the shares of right answers on rows not seen:
   * `rule` (over `settings.folds` parts, 10), `forest` (out of bag), `majority` (the more frequent answer for
   * all), and `rows`.
   *
   * Assumes: past rows tell of new ones, and a few cuts in the columns' own units are enough.
   *
   * Misleads: it describes who reached the target and not what causes it, and an answer that ties says that the
   * target is missed; too few rows, or rows that all reached or all missed the target, are an error.
   *
   * Source: Breiman and others, 1984, theorem 4.5, for groups of levels; stumps by the Rust crate `linfa-trees`.
   */
  readableRule(given: { columns: readonly ({ name: string; values: readonly (number | null)[] | readonly (string | null)[] })[]; forest?: { bins?: number; columns_per_split?: number; min_leaf?: number; mode?: 'random_forest' | 'extra_trees'; seed?: number; threads?: number; trees?: number }; outcome?: string; outcomes: Numbers; settings?: { depth?: number; folds?: number; least_rows?: number; seed?: number; tolerance?: number }; target: number }): Statistic
  /**
   * A test by its settings and data: estimates, checks and a verdict per variant.
   *
   * Each variant is compared with the control: days (`unit` `day`, the default) in pairs, by Student's t on the
   * daily log ratios `ln(R_t / R_c)` with R a day's metric or, where a day has nothing in a part, by the delta
   * method on days; regions (`geo`) by the delta method, `var(R) = n / (n - 1) sum (y - R x)^2 / (sum x)^2` with R
   * = sum y / sum x over an arm's n units; people (`user`) by Welch's t or, on counts, the pooled z test or
   * Fisher's exact test. `settings` name the `metric`, the `planned_units` and the `looks` (`fixed_end`,
   * `group_sequential` or `anytime`), and several variants are decided by Holm's step-down at (1 - `level`) /
   * `tests`; `data` has `arms` with `name` and either `blocks` (one per unit, such as `{unit, clicks,
   * impressions}`) or a `sample` as in `ab_test`. Each of `comparisons` has `difference` in the unit of the metric
   * and `lift` without unit (each with `value`, `low`, `high`, `level` and `method`), `p_value` of one look,
   * `p_anytime`, `p_stopped`, `p_better`, `effect`, `looks` for a plot, `needed_units` per arm, `warnings` and a
   * `verdict` whose `kind` is `winner`, `loser`, `no_difference`, `keep_running` or `invalid`, with `reason_text`
   * in `en` and `pt-BR`. `label` is `causal` or `associational`, `split` the sample-ratio check at 0.001 and
   * `delivery` the test of whether the arms reached the same people.
   *
   * Assumes: units are independent, and the settings were fixed before the data were seen.
   *
   * Misleads: where ads share people the days of one arm are not independent of each other, `p_value` is not valid
   * under looking, and an `associational` difference may come from who saw which arm; a comparison without an
   * answer has nulls and its reason in `undefined`.
   *
   * Source: Deng, Knoblich and Lu, "Applying the delta method in metric analytics", 2018; Welch, 1947; Fisher,
   * 1935; Holm, 1979; Lan and DeMets, 1983; Maurer and Bretz, 2013; Waudby-Smith and others, "Time-uniform central
   * limit theory and asymptotic confidence sequences", 2023.
   */
  readout(given: { data: { arms?: readonly ({ assigned?: number | null; before?: readonly ({ clicks?: number | null; conversions?: number | null; denominator?: number | null; impressions?: number | null; numerator?: number | null; revenue?: { amount: string; currency: string } | null; spend?: { amount: string; currency: string } | null; unit?: string; value?: number | null })[]; blocks?: readonly ({ clicks?: number | null; conversions?: number | null; denominator?: number | null; impressions?: number | null; numerator?: number | null; revenue?: { amount: string; currency: string } | null; spend?: { amount: string; currency: string } | null; unit?: string; value?: number | null })[]; delivery?: readonly ({ dimension: string; impressions: number; segment: string; unit: string })[]; name?: string; sample?: unknown | null; share?: number | null })[]; control?: string | null; maturity?: unknown | null }; settings: { apply?: { evidence?: 'causal' | 'associational'; rule?: 'practical' | 'legacy'; step?: number }; assignment?: 'split_test' | 'lift_design' | 'delivered'; direction?: unknown | null; futility?: 'non_binding' | 'binding' | 'none'; guards?: readonly ({ margin?: number | null; metric: 'ctr' | 'cvr' | 'cpm' | 'cpc' | 'cpa' | 'roas' | 'mean' | 'proportion' | 'ratio' | 'count_rate' })[]; level?: number; looks?: unknown | null; margin?: number; metric: 'ctr' | 'cvr' | 'cpm' | 'cpc' | 'cpa' | 'roas' | 'mean' | 'proportion' | 'ratio' | 'count_rate'; minimum_relative_effect?: number; minimum_sample?: number; minimum_units?: number; planned_units?: number | null; power?: number; tests?: number; unit?: 'day' | 'geo' | 'user' } }): Statistic
  /**
   * A readout as HTML with its plot, in `en` or `pt-BR`.
   *
   * It writes what `readout` gave as a fragment of HTML with the arms, each variant's verdict and lift and a
   * drawing of the looks: no script, nothing loaded, every text escaped. `readout` is that result, with or without
   * its `reason_text`, `language` is `en` (the default) or `pt-BR`, and the result is one text, `html`.
   *
   * Assumes: nothing beyond a result of `readout`.
   *
   * Misleads: it shows the numbers as they stand and adds no check or correction; a value that is not a readout is
   * an error.
   *
   * Source: by definition.
   */
  readoutHtml(given: { language?: 'pt-BR' | 'en'; readout: { arms: readonly ({ name: string; sample?: number | null; units: number; value?: number | null })[]; comparisons: readonly ({ arm: string; before: { p_value?: number | null; state?: 'passed' | 'failed' | 'not_checked' }; difference?: { high: number; level: number; low: number; method: string; sample_size: number; value: number; warnings?: readonly ({ args?: Record<string, unknown>; key: string })[] } | null; dominance?: { influential: string; share: number; turns: boolean; unit: string } | null; effect: { d?: number | null; g?: number | null; h?: number | null }; guards: readonly ({ lift?: { high: number; level: number; low: number; method: string; sample_size: number; value: number; warnings?: readonly ({ args?: Record<string, unknown>; key: string })[] } | null; metric: 'ctr' | 'cvr' | 'cpm' | 'cpc' | 'cpa' | 'roas' | 'mean' | 'proportion' | 'ratio' | 'count_rate'; state: 'passed' | 'failed' | 'not_checked' })[]; lift?: { high: number; level: number; low: number; method: string; sample_size: number; value: number; warnings?: readonly ({ args?: Record<string, unknown>; key: string })[] } | null; looks: readonly ({ bound?: number | null; estimate: number; futility?: number | null; high: number; is_crossed: boolean; low: number; unit: string; units: number; z: number })[]; needed_units?: number | null; overdispersion?: number | null; p_anytime?: number | null; p_better?: number | null; p_stopped?: number | null; p_value?: number | null; test?: string | null; undefined?: { args?: Record<string, unknown>; key: string } | null; verdict: { kind: 'winner' | 'loser' | 'no_difference' | 'keep_running' | 'invalid'; reason: { args?: Record<string, unknown>; key: string } }; warnings?: readonly ({ args?: Record<string, unknown>; key: string })[] })[]; control: string; delivery: readonly ({ dimension: string; dispersion?: number | null; distance: number; is_uneven: boolean; p_value?: number | null })[]; design: { design: 'fixed_end' } | { at?: Numbers; design: 'group_sequential'; spending?: 'obrien_fleming' | 'pocock' | { power: number } } | { design: 'anytime' }; direction: 'higher_is_better' | 'lower_is_better'; label: 'causal' | 'associational'; maturity?: unknown | null; metric: 'ctr' | 'cvr' | 'cpm' | 'cpc' | 'cpa' | 'roas' | 'mean' | 'proportion' | 'ratio' | 'count_rate'; split: { p_value?: number | null; state?: 'passed' | 'failed' | 'not_checked' }; warnings?: readonly ({ args?: Record<string, unknown>; key: string })[] } }): Statistic
  /**
   * The relative lift of two samples by the delta method.
   *
   * The relative lift of two samples, `(m2 - m1) / |m1|` (0.1 is 10 % up, also where control's mean is negative),
   * with a symmetric interval by the delta method: variance `u2 / m1^2 + u1 m2^2 / m1^4`, u = s^2 / n of an arm, 1
   * for `control` and 2 for `treatment`, and t at Welch's degrees of freedom. The result has the keys of
   * `welch_t`: `diff` is the lift and `ci` its interval at `level` (0.95 by default), without unit. `t` and the p
   * values test the lift itself, and so differ a little from those of `welch_t`.
   *
   * Assumes: independent units, nearly normal means, and a control mean many standard errors from zero.
   *
   * Misleads: where control's mean is small against its error, because the lift itself has no mean then (take
   * `relative_lift_fieller`); a control mean of zero is undefined (`zero_baseline`).
   *
   * Source: Deng, Knoblich and Lu, "Applying the delta method in metric analytics", 2018.
   */
  relativeLiftDelta(given: { control: Numbers; level?: number; treatment: Numbers }): Statistic
  /**
   * The relative lift of two samples by Fieller's theorem.
   *
   * The relative lift of two samples, `(m2 - m1) / |m1|`, with the interval of Fieller's theorem: the ratios r
   * with `(m2 - r m1)^2 <= q^2 (u2 + r^2 u1)`, less one, q the t quantile at Welch's degrees of freedom and u =
   * s^2 / n of an arm, 1 for `control` and 2 for `treatment`. The result has the keys of `welch_t`: `diff` is the
   * lift and `ci` its interval at `level` (0.95 by default), without unit and not symmetric. `t`, `df` and the p
   * values are those of the plain difference.
   *
   * Assumes: independent units and nearly normal means.
   *
   * Misleads: where control's mean is small against its error, unless the plain difference is read too; it is
   * undefined where its interval is without end (`denominator_near_zero`) and for a control mean of zero
   * (`zero_baseline`).
   *
   * Source: Fieller, "Some problems in interval estimation", 1954.
   */
  relativeLiftFieller(given: { control: Numbers; level?: number; treatment: Numbers }): Statistic
  /**
   * The relative lift of two samples on the log scale.
   *
   * The relative lift of two samples, `(m2 - m1) / |m1|`, with an interval on the log scale, never below -100 %
   * where the means are above zero: `ln r`, r = m2 / m1, has the variance `u1 / m1^2 + u2 / m2^2` with Welch
   * degrees of freedom of its own, and the ends are carried back. u is s^2 / n of an arm, 1 for `control` and 2
   * for `treatment`. The result has the keys of `welch_t`: `diff` is the lift and `ci` its interval at `level`
   * (0.95 by default), without unit; `t`, `df` and the p values test `ln r`.
   *
   * Assumes: independent units, and nearly normal means of one sign.
   *
   * Misleads: where a mean is small against its error; it is undefined for means of two signs or a treatment mean
   * of zero (`not_positive`) and for a control mean of zero (`zero_baseline`).
   *
   * Source: the delta method, Deng, Knoblich and Lu, "Applying the delta method in metric analytics", 2018.
   */
  relativeLiftLog(given: { control: Numbers; level?: number; treatment: Numbers }): Statistic
  /**
   * The relative lift of one share over another, on the log scale.
   *
   * The relative lift of one share over another, `rel_effect = (pt - pc) / pc` (0.06 means six percent more), with
   * Katz's interval `rel_ci` on the log scale at `level` (0.95 by default): with `r = pt / pc` the ends are `r
   * exp(-+ z sqrt(1/xt - 1/nt + 1/xc - 1/nc)) - 1`, z the normal quantile of (1 + level) / 2. `control` and
   * `treatment` are objects with `x` successes and `n` trials.
   *
   * Assumes: independent trials and independent arms.
   *
   * Misleads: below about five successes in an arm; it is undefined without successes in control (`zero_baseline`)
   * or in treatment (`nothing_observed`), and where every trial of both succeeded (`no_spread`).
   *
   * Source: Katz and others, "Obtaining confidence intervals for the risk ratio in cohort studies", 1978.
   */
  relativeLiftShares(given: { control: { n: number; x: number }; level?: number; treatment: { n: number; x: number } }): Statistic
  /**
   * What the always-valid intervals and p values of all looks so far say together.
   *
   * What all looks so far say together: look k gets `ci` = `[max(low_1..low_k), min(high_1..high_k)]` and `p` =
   * `min(1, p_1, .., p_k)`. `low`, `high` and `p` are lists with one entry per look, the ends in the unit of the
   * effect. The result has `ci` and `p`, one entry per look; a `ci` is null where no value is left, which then
   * holds for all later looks, and where an end is not finite.
   *
   * Assumes: intervals and p values that are valid at all looks together, and an effect that stays the same.
   *
   * Misleads: on single-look results such as those of a t test: the least p value over 28 daily looks is below
   * 0.05 in 28 % of tests of equal arms; lists of different length are an error.
   *
   * Source: Howard, Ramdas, McAuliffe and Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence
   * sequences", 2021; Johari, Koomen, Pekelis and Walsh, 2022, for the p values.
   */
  runningConfidenceSequence(given: { high: Numbers; low: Numbers; p: Numbers }): Statistic
  /**
   * The kind of protected attribute that a label names, which is never a feature or part of a name.
   *
   * It says whether `label`, an interest, event, place or kind of content, names a protected attribute: terms in
   * English and Portuguese are compared as whole words without accents and case, regular plurals and words parted
   * by capitals included. `kind` is `health`, `religion`, `ethnicity`, `politics`, `union`, `sexuality`,
   * `genetics`, `crime` or `hardship`, or null where no term is found.
   *
   * Assumes: labels are in English or Portuguese.
   *
   * Misleads: it knows a list of terms and not their meaning, so null is no proof that a label is harmless, in
   * other languages least of all.
   *
   * Source: a list of terms of this library after GDPR, articles 9(1) and 10; LGPD (Lei 13.709/2018), art. 5, II;
   * policies of Google Ads and Meta on personalised advertising.
   */
  sensitiveLabel(given: { label: string }): Statistic
  /**
   * The power of the test for a sample-ratio mismatch.
   *
   * The probability that the chi-square test for a sample-ratio mismatch finds one: the share of a noncentral
   * chi-square with `bins - 1` degrees of freedom and noncentrality `w^2 n` beyond its critical value at `alpha`
   * (0.001 by default). w is `effect_size_w`, `sqrt(sum (true - planned)^2 / planned)` over the arms' shares (two
   * halves that lost 2 % of one arm have w = 0.01), n the units over all arms and `bins` the number of arms (2 by
   * default). The result has `power`, from 0 to 1.
   *
   * Assumes: independent units.
   *
   * Misleads: below five expected units in an arm, where it is only near; counts of impressions are not what was
   * randomised.
   *
   * Source: Cohen, "Statistical power analysis for the behavioral sciences", 1988.
   */
  srmPowerChi2(given: { alpha?: number; bins?: number; effect_size_w: number; n: number }): Statistic
  /**
   * Student's t test on two samples, with one pooled variance.
   *
   * Student's t test on two samples with one pooled variance: `t = (m2 - m1) / sqrt(s^2 (1/n1 + 1/n2))`, s^2 the
   * sums of squared deviations of both arms over n1 + n2 - 2, and `df = n1 + n2 - 2`, m the mean and n the count
   * of an arm, 1 for `control` and 2 for `treatment`, lists of values. The keys are those of `welch_t`: `diff`,
   * `t`, `df`, `p_two_sided`, `p_greater`, `p_less` and `ci` at `level` (0.95 by default); `diff` and `ci` are in
   * the unit of the values.
   *
   * Assumes: independent values, equal variances in both arms and means that are nearly normal.
   *
   * Misleads: with unequal variances and unequal arms: at a 1:9 split and a threefold spread in the small arm it
   * errs in 36 % of cases, so `welch_t` is to be preferred; it is undefined for an empty arm, one value in each
   * (`one_value`) or no spread (`no_spread`).
   *
   * Source: Student, "The probable error of a mean", 1908.
   */
  studentT(given: { control: Numbers; level?: number; treatment: Numbers }): Statistic
  /**
   * Student's t test from size, mean and standard deviation of each sample.
   *
   * Student's t test with one pooled variance from `n`, `mean` and `sd` (the standard deviation with n - 1) of
   * `control` and of `treatment`: `t = (m2 - m1) / sqrt(s^2 (1/n1 + 1/n2))` with `s^2 = ((n1 - 1) sd1^2 + (n2 - 1)
   * sd2^2) / (n1 + n2 - 2)` and `df = n1 + n2 - 2`. The keys are those of `welch_t`: `diff`, `t`, `df`,
   * `p_two_sided`, `p_greater`, `p_less` and `ci` at `level` (0.95 by default); `diff` and `ci` are in the unit of
   * the means.
   *
   * Assumes: independent values, equal variances in both arms and means that are nearly normal.
   *
   * Misleads: with unequal variances and unequal arms, where `welch_t_from_stats` is to be preferred; it is
   * undefined for an empty arm, one value in each (`one_value`) or no spread (`no_spread`), and an `sd` below zero
   * is an error.
   *
   * Source: Student, "The probable error of a mean", 1908.
   */
  studentTFromStats(given: { control: { mean: number; n: number; sd: number }; level?: number; treatment: { mean: number; n: number; sd: number } }): Statistic
  /**
   * The chance that the studentized range of k means exceeds q.
   *
   * `sf` is the probability that the range of `k` standard normals divided by sqrt(V / df), V chi-square with `df`
   * degrees of freedom, exceeds `q`: the mean over s = sqrt(V / df) of k times the integral of `phi(z)
   * (Phi(z)^(k-1) - (Phi(z) - Phi(z - q s))^(k-1))`, phi and Phi the density and distribution function of the
   * normal. `k` is a whole number from 2 on, `df` is above zero and may be infinite, and at or below `q` = 0 the
   * answer is 1.
   *
   * Assumes: means are independent and normal with one variance and equal sizes, as in Tukey's comparison of all
   * pairs.
   *
   * Misleads: for two means `q` is sqrt(2) times their t statistic, so a t value must not be given as it is; a `k`
   * below 2 or not whole is an error.
   *
   * Source: Tukey, "The problem of multiple comparisons", 1953.
   */
  studentizedRangeSf(given: { df: number; k: number; q: number }): Statistic
  /**
   * Count, mean, sum of squared deviations and variance of values.
   *
   * The count `n`, mean `mean` and sum of squared deviations `m2 = sum (x - mean)^2` of `values`, and the sample
   * variance `variance = m2 / (n - 1)`, null for one value. The mean is in the unit of the values, `m2` and
   * `variance` in its square. They are reduced in two passes with the rounding of the mean taken out.
   *
   * Assumes: nothing beyond finite values; the variance is unbiased for independent ones.
   *
   * Misleads: for heavy tails, where one wild value makes most of `m2`; no values are undefined (`empty`).
   *
   * Source: Chan, Golub and LeVeque, "Algorithms for computing the sample variance", 1983; Fisher, "Statistical
   * methods for research workers", 1925, for the variance.
   */
  summary(given: { values: Numbers }): Statistic
  /**
   * The effect on one region against a mixture of donors.
   *
   * The weights w minimise the sum before the test of `(y(t) - sum over j of w(j) x(j, t))^2` with w >= 0 and sum
   * w = 1, y the treated region and x the donors, and the effect is the sum over the test of `y - sum w x`.
   * `treated` and each of `donors` are `{name, values}` over all periods, the first `pre_periods` before the test.
   * `effect`, `gaps` (per period of the test), `synthetic` (over all periods) and `pre_error` (root mean squared
   * gap before) are in the unit of the series, `lift` is the effect over the synthetic total, `weights` has
   * `region` and `weight` of each donor, and `pre_r_squared` is the share of the treated region's variance before
   * that is explained. Each donor is then treated as if it had been treated: `p` is the share of the k + 1 regions
   * whose ratio of the root mean squared gap in the test to that before is at least that of the treated one, and
   * `interval` is `effect +- T e q` with T periods of the test, e the `pre_error` and q the ceil(level (k + 1))-th
   * smallest of the donors' absolute mean gaps over their own errors.
   *
   * Assumes: donors feel nothing of the ads, nothing else set the treated region apart, and for exact `p` and
   * `interval` the treated region was picked by chance.
   *
   * Misleads: a poor fit before the test (trust nothing below a `pre_r_squared` of some 0.8) or more donors than
   * periods before makes it noise, and `p` is never below 1 / (k + 1); it is undefined below two donors or two
   * periods before, and the interval below 19 donors at 0.95.
   *
   * Source: Abadie, Diamond and Hainmueller, "Synthetic control methods for comparative case studies", 2010;
   * Wolfe, "Finding the nearest point in a polytope", 1976, for the weights.
   */
  syntheticControl(given: { donors: readonly ({ name: string; values: Numbers })[]; level?: number; pre_periods: number; treated: { name: string; values: Numbers } }): Statistic
  /**
   * The share of Student's t below t, above it, and further from zero.
   *
   * With x = df / (df + t^2) and I the regularised incomplete beta function, `two_sided = I_x(df / 2, 1 / 2)` is
   * the share of Student's t with `df` degrees of freedom further from zero than `t`; `cdf` is the share below `t`
   * and `sf` the share above it, `two_sided / 2` on the far side and 1 minus that on the other. `df` is above zero
   * and may be infinite (`inf`), which gives the normal; all shares are from 0 to 1.
   *
   * Assumes: nothing beyond a t-distributed variable.
   *
   * Misleads: a `t` that is NaN or a `df` that is not above zero is an error, never a number.
   *
   * Source: Student, 1908; Abramowitz and Stegun, "Handbook of mathematical functions", 1964, 26.7; Didonato and
   * Morris, "Algorithm 708", 1992, for large `df`.
   */
  tCdf(given: { df: number; t: number }): Statistic
  /**
   * The value below which a share p of Student's t lies.
   *
   * `ppf` is the t below which a share `p` (0 to 1) of Student's t with `df` degrees of freedom lies, by Newton's
   * rule on the logarithm of the tail from the expansion around the normal quantile; `df` is above zero and may be
   * infinite.
   *
   * Assumes: nothing beyond a t-distributed variable.
   *
   * Misleads: at `p` 0 and 1 the value is infinite and so undefined, and close to 1 the rounding of `p` limits the
   * answer: ask for the small tail and turn the sign.
   *
   * Source: Abramowitz and Stegun, "Handbook of mathematical functions", 1964, 26.7.5, for the start.
   */
  tPpf(given: { df: number; p: number }): Statistic
  /**
   * The share of Student's t above t, below it, and further from zero.
   *
   * With x = df / (df + t^2) and I the regularised incomplete beta function, `two_sided = I_x(df / 2, 1 / 2)` is
   * the share of Student's t with `df` degrees of freedom further from zero than `t`; `sf` is the share above `t`,
   * `two_sided / 2` for t from zero on and 1 minus that below zero, and `cdf` the share below: the same result as
   * that of `t_cdf`. `df` is above zero and may be infinite.
   *
   * Assumes: nothing beyond a t-distributed variable.
   *
   * Misleads: it is one tail: read `two_sided` for a test against both sides; a `t` that is NaN or a `df` that is
   * not above zero is an error.
   *
   * Source: Student, 1908; Abramowitz and Stegun, "Handbook of mathematical functions", 1964, 26.7; Didonato and
   * Morris, "Algorithm 708", 1992, for large `df`.
   */
  tSf(given: { df: number; t: number }): Statistic
  /**
   * The rows of a test: every pair of levels, the most telling rows, or all; with what they can tell and cost.
   *
   * `mode` `cover` (the default) searches for few rows that hold every possible combination of levels of any
   * `strength` (2) factors, `screen` for rows with a large `det(X'X)` of a main-effects model, X a column of ones
   * and orthonormal contrasts of each factor, and `full` lists all rows. `factors` are `{name, kind, levels}`, a
   * level being a name or `{name, weight}`; `constraints` and `seeded_rows` map names of factors to levels, `rows`
   * is the most rows (in `screen` their number, twice the parameters by default), `traffic` asks for units, days
   * and money, and the same `seed` gives the same rows. `rows` of the result map each factor to its level, seeded
   * rows first. `report` has `pairs` and `coverage` (`covered` over `possible` as `share`, 0 to 1), `d_efficiency`
   * (`det(X'X / N)^(1 / p)` with N rows and p parameters, 1 for the full matrix, 0 where an effect cannot be
   * estimated), `variance_ratio`, `condition_number`, `effects` (what can be estimated, and `worst_difference` in
   * variances of one row), `mixed`, `interactions` (`share_in_main_effects`, 0 to 1), `cost` and `warnings`.
   *
   * Assumes: factors add up and rows have equal variance, as far as `report` speaks of effects; the cost takes
   * units as independent and days as alike.
   *
   * Misleads: a covering matrix shows each combination but does not promise that effects can be told apart, and
   * interactions leak into main effects; constraints that allow no row and names that do not exist are an error.
   *
   * Source: Nurmela, "Upper bounds for covering arrays by tabu search", 2004, Cohen, Dalal, Fredman and Patton,
   * 1997, Bush, 1952, and Stevens and Mendelsohn, 1999, for `cover`; Meyer and Nachtsheim, "The
   * coordinate-exchange algorithm for constructing exact optimal experimental designs", 1995, for `screen`;
   * Atkinson, Donev and Tobias, 2007, for the efficiencies; Box and Wilson, 1951, for the interactions; Fleiss,
   * Levin and Paik, 2003, for the units.
   */
  testMatrix(given: { constraints?: readonly (Record<string, unknown>)[]; factors: readonly ({ kind?: 'creative' | 'copy' | 'audience' | 'placement' | 'bid_strategy' | 'other'; levels: readonly (string | { name: string; weight?: number })[]; name: string })[]; mode?: 'cover' | 'screen' | 'full'; rows?: number | null; seed?: number; seeded_rows?: readonly (Record<string, unknown>)[]; strength?: number; traffic?: { alpha?: number; base_rate: number; cost_per_unit: { amount: string; currency: string }; daily_deviation?: number | null; daily_units_per_row: number; power?: number; smallest_relative_effect: number } | null }): Statistic
  /**
   * The effect of each level from the measured rows of a test matrix, shrunk by factor.
   *
   * A row's value is `y = m + u(1) + ... + u(k) + e + sampling error`, u(f) the effect of its level of factor f,
   * normal with a spread of the factor's own, and e normal between rows; spreads maximise the restricted
   * likelihood, so that effects of a factor whose levels hardly differ are drawn toward zero, while the intervals
   * are those of factors taken as fixed. `rows` are `{levels, outcome}` with a level of every factor and
   * `{successes, trials}` (variance q (1 - q) / trials, q the rate over all rows) or `{n, mean, variance}`. Each
   * of `effects` has `factor`, `level`, `effect` (`value`, `low`, `high` at `level`: the level against the plain
   * mean of its factor's levels that ran, in the unit of the rows), `relative` (over the size of `average`) and
   * `rows`. `average` is the value where all factors are at their mean, `factors` has `spread`, `highest` and
   * `lowest` of each factor, and `unexplained` is the standard deviation between rows that neither main effects
   * nor sampling explain.
   *
   * Assumes: factors add up.
   *
   * Misleads: two factors that act only together count as noise, a level that never ran or always ran beside the
   * same level of another factor has an interval that says nothing, and where platforms choose who sees which row
   * effects are associational; it is undefined below two rows and where nothing differs.
   *
   * Source: Henderson, 1975; Searle, Casella and McCulloch, "Variance components", 1992; MacKay, "Bayesian
   * interpolation", 1992; Satterthwaite, 1946.
   */
  testMatrixEffects(given: { factors: readonly ({ kind?: 'creative' | 'copy' | 'audience' | 'placement' | 'bid_strategy' | 'other'; levels: readonly (string | { name: string; weight?: number })[]; name: string })[]; level?: number; rows: readonly ({ levels: Record<string, unknown>; outcome: { successes: number; trials: number } | { mean: number; n: number; variance: number } })[] }): Statistic
  /**
   * The length of a text as a platform counts it.
   *
   * `length` is counted as the `platform` counts: UTF-16 code units on Meta and LinkedIn, code points with
   * double-width ones (Chinese, Japanese, Korean, most emoji) as two on Google and TikTok. `refused_letter` is the
   * first sign that the platform takes in no text, or null.
   *
   * Assumes: the text is sent as it is, without further composition of marks.
   *
   * Misleads: as a count of what people see: one emoji can be many units.
   *
   * Source: the platforms' help pages as named in their `spec.json`; Unicode Standard Annex 11 for widths.
   */
  textLength(given: { platform: 'meta' | 'google' | 'tiktok' | 'linkedin'; text: string }): Statistic
  /**
   * The mean without a share of the values at each end.
   *
   * The mean of the values of `x` that stay when `floor(trim n)` of n sorted values are dropped at each end;
   * `trim` is 0 to below 0.5. The result has `mean`, in the unit of the values.
   *
   * Assumes: nothing beyond finite values.
   *
   * Misleads: for skewed values such as revenue, where it lies below the mean; no values are undefined (`empty`).
   *
   * Source: Yuen, 1974.
   */
  trimmedMean(given: { trim: number; x: Numbers }): Statistic
  /**
   * The z tests of equal shares, with intervals for their difference.
   *
   * The z tests of equal shares: `z_pooled = (pt - pc) / sqrt(q (1 - q) (1/nc + 1/nt))`, with pc and pt the shares
   * of `control` and `treatment` (each an object with `x` successes and `n` trials) and q that of both together;
   * `z_unpooled` divides by `sqrt(pt (1 - pt) / nt + pc (1 - pc) / nc)` (null where each arm is all successes or
   * all failures). The result also has `diff` = pt - pc with its intervals `ci_newcombe` and `ci_agresti_caffo` at
   * `level` (0.95 by default), and `cohens_h = 2 asin(sqrt(pt)) - 2 asin(sqrt(pc))`. `p_two_sided`, `p_greater`
   * (small where treatment has the larger share) and `p_less` are those of `z_pooled`.
   *
   * Assumes: independent trials, with about five successes and five failures in each arm.
   *
   * Misleads: on impressions of the same people, where it finds differences in 14 % of equal arms instead of 5 %,
   * and with few successes (take `fisher_exact`); it is undefined (`no_spread`) where all or none of the trials
   * succeeded.
   *
   * Source: Fleiss, Levin and Paik, "Statistical methods for rates and proportions", 2003; Newcombe, 1998; Agresti
   * and Caffo, 2000; Cohen, 1988, for h.
   */
  twoProportionZ(given: { control: { n: number; x: number }; level?: number; treatment: { n: number; x: number } }): Statistic
  /**
   * Welch's t test from sums of values or of successes.
   *
   * Welch's t test on the difference of means from sums: `t = (m2 - m1) / sqrt(u1 + u2)` with u = s^2 / n, 1 for
   * control and 2 for treatment. With `kind` `mean` each arm has `n`, `sum` and `sum_squares`, and the variance
   * s^2 is `(sum_squares - sum^2 / n) / (n - 1)`; with `kind` `proportion` `sum` counts the successes among `n`,
   * and s^2 is `p (1 - p)`. The result has `effect` = m2 - m1 in the unit of the values, `ci` at `level` (0.95 by
   * default), `t`, `df` and the two-sided `p`; `scale` is not used here.
   *
   * Assumes: independent units in one arm only, and means that are nearly normal.
   *
   * Misleads: on impressions or clicks of the same people, with heavy tails and unequal arms, and where the mean
   * is large against the spread, because the sums of squares have then lost their digits; it is undefined where an
   * arm has fewer than two units (`empty`, `one_value`) or neither varies (`no_spread`).
   *
   * Source: Welch, "The generalization of Student's problem when several different population variances are
   * involved", 1947; Wald's variance of a share as in Agresti, "Categorical data analysis", 2013.
   */
  welchFromSumsAbsolute(given: { control: { n: number; sum: number; sum_squares?: number | null }; kind: 'proportion' | 'mean'; level?: number; scale?: 'delta' | 'fieller' | 'log'; treatment: { n: number; sum: number; sum_squares?: number | null } }): Statistic
  /**
   * The relative lift with its interval, from sums.
   *
   * The relative lift of two means from sums, `effect = (m2 - m1) / |m1|` (0.1 is 10 % up), 1 for control and 2
   * for treatment, with `ci` at `level` (0.95 by default). `scale` is `delta` (default), `fieller` or `log`, the
   * formulas of `relative_lift_delta`, `relative_lift_fieller` and `relative_lift_log`. `kind` and the sums of
   * `control` and `treatment` (`n`, `sum`, and `sum_squares` for means) are as in `welch_from_sums_absolute`. `t`,
   * `df` and the two-sided `p` are those of the scale that was chosen.
   *
   * Assumes: independent units in one arm only, and means that are nearly normal.
   *
   * Misleads: where control's mean is small against its error (take `fieller` and read the difference too); it is
   * undefined for a control mean of zero (`zero_baseline`), an interval of Fieller without end
   * (`denominator_near_zero`) and, for `log`, means of two signs (`not_positive`).
   *
   * Source: Deng, Knoblich and Lu, "Applying the delta method in metric analytics", 2018; Fieller, "Some problems
   * in interval estimation", 1954.
   */
  welchFromSumsRelative(given: { control: { n: number; sum: number; sum_squares?: number | null }; kind: 'proportion' | 'mean'; level?: number; scale?: 'delta' | 'fieller' | 'log'; treatment: { n: number; sum: number; sum_squares?: number | null } }): Statistic
  /**
   * Welch's t test on two samples.
   *
   * Welch's t test on two samples: `t = (m2 - m1) / sqrt(u1 + u2)` with u = s^2 / n and `df = (u1 + u2)^2 / (u1^2
   * / (n1 - 1) + u2^2 / (n2 - 1))`, m the mean, s^2 the variance with n - 1 and n the count of an arm, 1 for
   * `control` and 2 for `treatment`, lists of values. `diff` = m2 - m1 and `ci` at `level` (0.95 by default) are
   * in the unit of the values, and `ci` is `diff` minus and plus the t quantile times the standard error.
   * `p_two_sided` is against equal means; `p_greater` is small where treatment's mean is greater, `p_less` where
   * it is less.
   *
   * Assumes: independent values and means that are nearly normal; equal variances are not needed.
   *
   * Misleads: on impressions or clicks of the same people or days (28 % false alarms: give days, regions or users)
   * and on heavy tails with unequal arms; it is undefined where an arm has fewer than two values (`empty`,
   * `one_value`) or neither varies (`no_spread`).
   *
   * Source: Welch, "The generalization of Student's problem when several different population variances are
   * involved", 1947.
   */
  welchT(given: { control: Numbers; level?: number; treatment: Numbers }): Statistic
  /**
   * Welch's t test from size, mean and standard deviation of each sample.
   *
   * Welch's t test from `n`, `mean` and `sd` (the standard deviation with n - 1) of `control` and of `treatment`:
   * `t = (m2 - m1) / sqrt(u1 + u2)` with u = `sd^2 / n` and `df = (u1 + u2)^2 / (u1^2 / (n1 - 1) + u2^2 / (n2 -
   * 1))`, 1 for control and 2 for treatment. The keys are those of `welch_t`: `diff`, `t`, `df`, `p_two_sided`,
   * `p_greater`, `p_less` and `ci` at `level` (0.95 by default); `diff` and `ci` are in the unit of the means.
   *
   * Assumes: independent values and means that are nearly normal; equal variances are not needed.
   *
   * Misleads: on impressions or clicks of the same people or days and on heavy tails with unequal arms; it is
   * undefined where an arm has fewer than two values or neither varies (`no_spread`), and an `sd` below zero is an
   * error.
   *
   * Source: Welch, "The generalization of Student's problem when several different population variances are
   * involved", 1947.
   */
  welchTFromStats(given: { control: { mean: number; n: number; sd: number }; level?: number; treatment: { mean: number; n: number; sd: number } }): Statistic
  /**
   * Welch's t test for every row of columns of sizes, means and m2.
   *
   * Welch's t test for every row of columns: `t = (mean2 - mean1) / sqrt(u1 + u2)` with `u = m2 / (n (n - 1))` and
   * `df = (u1 + u2)^2 / (u1^2 / (n1 - 1) + u2^2 / (n2 - 1))`, 1 for control and 2 for treatment. `control` and
   * `treatment` each have `n` (whole numbers), `mean` and `m2` (the sum of squared deviations), lists of one
   * length. The result has the columns `t`, `df` and `p_two_sided`, one entry per row, and `undefined`, a list of
   * `row` (from 0) and `reason` for the rows without an answer, which hold null in the columns.
   *
   * Assumes: in each row independent values and means that are nearly normal.
   *
   * Misleads: because the p values are those of single tests: with many rows they have to be adjusted
   * (`adjust_p_known`); lists of different length are an error.
   *
   * Source: Welch, "The generalization of Student's problem when several different population variances are
   * involved", 1947.
   */
  welchTTable(given: { control: { m2: Numbers; mean: Numbers; n: Numbers }; treatment: { m2: Numbers; mean: Numbers; n: Numbers } }): Statistic
  /**
   * The mean with values above a fixed cap set to it.
   *
   * The mean of `x` with values above a fixed `cap` set to it: `mean(min(x, cap))`, the cap in the unit of the
   * values. The result has `cap`, `mean`, and `changed`, how many values stood above the cap.
   *
   * Assumes: nothing beyond finite values and a cap that was named before the test, so that it does not depend on
   * the arms.
   *
   * Misleads: if the mean is read as the plain one, below which it lies: a change that only makes large orders
   * larger is not seen; no values are undefined (`empty`).
   *
   * Source: Tukey, "The future of data analysis", 1962, who named it after Winsor; here on the upper side alone.
   */
  winsoriseCap(given: { cap: number; x: Numbers }): Statistic
  /**
   * The mean with values above a quantile set to it.
   *
   * The mean of `x` with values above their own quantile `q` (0 to 1, type 7: linear between order statistics) set
   * to it: `mean(min(x, cap))`. The result has `cap`, the quantile in the unit of the values, `mean`, and
   * `changed`, how many values stood above the cap. `quantile_type` may be left out or `linear`.
   *
   * Assumes: nothing beyond finite values; the mean is that of the capped metric.
   *
   * Misleads: where the quantile is taken of each arm alone, which hides a part of a lift (take that of both arms
   * together, or of the days before the test); no values are undefined (`empty`).
   *
   * Source: Tukey, "The future of data analysis", 1962; Hyndman and Fan, "Sample quantiles in statistical
   * packages", 1996, for the type.
   */
  winsoriseUpperQuantile(given: { q: number; quantile_type?: string | null; x: Numbers }): Statistic
  /**
   * Yuen's t test on trimmed means.
   *
   * Yuen's t test on trimmed means, `treatment` less `control`: from n sorted values `g = floor(trim n)` are
   * dropped at each end, `h = n - 2 g` stay, and the variance of their mean is `v = (n - 1) s^2 / (h (h - 1))`,
   * s^2 the variance with the dropped values set to the nearest kept one; t and `df` are Welch's with v for s^2 /
   * n and h - 1 for n - 1. `trim` is the share cut at each end, 0 to below 0.5 (0.1 or 0.2 is usual). The keys are
   * those of `welch_t`: `diff` is the difference of the trimmed means with `ci` at `level` (0.95 by default), in
   * the unit of the values.
   *
   * Assumes: independent values.
   *
   * Misleads: where the money is in the tail (revenue with few large orders), because it answers for the bulk of
   * the values, and below about ten values in an arm; it is undefined where fewer than two values stay in an arm
   * (`one_value`).
   *
   * Source: Yuen, "The two-sample trimmed t for unequal population variances", 1974.
   */
  yuenTrimmedT(given: { control: Numbers; level?: number; treatment: Numbers; trim: number }): Statistic
}
