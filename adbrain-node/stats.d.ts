// Written from the engine's own schemas by tests/python/write_types.py.

/** A list or a typed array of numbers. */
export type Numbers = readonly number[] | Float64Array | Float32Array | Int32Array

/** A result by its keys, or why there is none in `undefined`. */
export type Statistic = { undefined?: { reason: string; message: string }; [field: string]: any }

/** The statistics of experiments. */
export interface Stats {
  /** Whether the arms' ratios differed before the test. */
  aaCheck(given: { alpha?: number; control: { den: Numbers; num: Numbers }; treatment: { den: Numbers; num: Numbers } }): Statistic
  /** Two samples at one look: values, counts or moments, with a recommendation. */
  abTest(given: { control: { successes: number; trials: number } | { m2: number; mean: number; n: number } | Numbers; direction?: 'higher_is_better' | 'lower_is_better'; level?: number; minimum_relative_effect?: number; minimum_sample?: number; variant: { successes: number; trials: number } | { m2: number; mean: number; n: number } | Numbers }): Statistic
  /** P values adjusted for their number by each method; a NaN is an error. */
  adjustP(given: { p: Numbers }): Statistic
  /** P values adjusted by one method; a NaN has no answer and does not count among the others. */
  adjustPKnown(given: { by?: 'bonferroni' | 'holm' | 'hochberg' | 'hommel' | 'sidak' | 'bh' | 'by'; p: Numbers }): Statistic
  /** How far two partitions of the same rows agree, corrected for chance. */
  adjustedRand(given: { first: Numbers; second: Numbers; weights?: readonly (number)[] | null }): Statistic
  /** Agresti's and Caffo's interval for the difference of two shares. */
  agrestiCaffoCiDiff(given: { control: { n: number; x: number }; level?: number; treatment: { n: number; x: number } }): Statistic
  /** Units over all arms that a comparison of several means needs. */
  anovaNTotal(given: { alpha?: number; effect_size_f: number; k: number; power?: number }): Statistic
  /** The power of a comparison of several means. */
  anovaPower(given: { alpha?: number; effect_size_f: number; k: number; n_total: number }): Statistic
  /** The difference of two arms with an interval and p value that hold at every look. */
  asymptoticConfidenceSequenceAbsolute(given: { alpha?: number; control: { n: number; sum: number; sum_squares?: number | null }; kind: 'proportion' | 'mean'; treatment: { n: number; sum: number; sum_squares?: number | null }; tuning_parameter: number }): Statistic
  /** The lift of an arm with an interval and p value that hold at every look. */
  asymptoticConfidenceSequenceRelative(given: { alpha?: number; control: { n: number; sum: number; sum_squares?: number | null }; kind: 'proportion' | 'mean'; treatment: { n: number; sum: number; sum_squares?: number | null }; tuning_parameter: number }): Statistic
  /** What forecasts of past days would have said from the days before them, beside naive baselines. */
  backtestRoas(given: { calibrate_by?: 'pooled' | 'platform' | 'campaign'; currency?: string | null; features?: readonly ('industry' | 'objective' | 'platform' | 'campaign' | 'budget' | 'audience_size' | 'creative_type' | 'copy_style' | 'weekday' | 'month' | 'seasonality' | 'competition_level' | 'age' | 'gender' | 'interest')[] | null; half_life_days?: number | null; history: readonly ({ age?: string | null; audience_size?: number | null; budget?: number | null; campaign?: string | null; clicks?: number | null; competition_level?: number | null; conversions?: number | null; copy_style?: string | null; creative_type?: string | null; currency?: string | null; date?: string | null; gender?: unknown | null; impressions?: number | null; industry?: string | null; interest?: string | null; objective?: unknown | null; platform?: unknown | null; revenue?: number | null; seasonality?: number | null; spend?: number | null })[]; level?: number; practices?: readonly ({ average_performance: Record<string, unknown>; description: string; industry: string; last_updated: string; practice_type: string; roas_variance: number; sample_size: number })[]; rate?: 'roas' | 'cpa' | 'ctr' | 'cvr'; retrain_days?: number; seed?: number; trees?: number; tune?: boolean }): Statistic
  /** Predictions with their band, and what came of them, as SVG. */
  bandChart(given: { actual?: readonly (number | null)[]; at?: readonly (number)[] | null; high: Numbers; language?: 'pt-BR' | 'en'; low: Numbers; median: Numbers }): Statistic
  /** Shares out the next batch of a bandit by Thompson or top-two Thompson sampling. */
  banditAllocate(given: { arms: readonly ({ name: string } & ({ successes: number; trials: number } | { events: number; exposure: number } | { mean: number; n: number; sd: number }))[]; batch?: number; draws?: number | null; floor?: number; goal?: 'maximise' | 'minimise'; leader?: number; prior?: unknown | null; rule?: 'thompson' | 'top_two'; seed?: number; units?: number }): Statistic
  /** What the batches of a bandit have shown, with errors of the level. */
  banditReport(given: { batches: readonly (readonly ({ successes: number; trials: number } | { events: number; exposure: number } | { mean: number; n: number; sd: number })[])[]; goal?: 'maximise' | 'minimise'; level?: number; names: readonly (string)[]; reference?: string | null; spread?: 'batches' | 'units' }): Statistic
  /** Shares of several arms: posteriors, probability to be best and expected loss. A decision rule, no error rate. */
  betaBinomial(given: { arms: readonly ({ n: number; x: number })[]; goal?: 'maximise' | 'minimise'; level?: number; prior?: Numbers }): Statistic
  /** The share of a beta distribution below x, and above it. */
  betaCdf(given: { a: number; b: number; x: number }): Statistic
  /** The value below which a share p of a beta distribution lies. */
  betaPpf(given: { a: number; b: number; p: number }): Statistic
  /** The share of a beta distribution above x, and below it. */
  betaSf(given: { a: number; b: number; x: number }): Statistic
  /** The chance of at most k hits in n trials, and of more. */
  binomialCdf(given: { k: number; n: number; p: number }): Statistic
  /** The chance of more than k hits in n trials, and of at most k. */
  binomialSf(given: { k: number; n: number; p: number }): Statistic
  /** The interval of a difference of means by the percentile bootstrap. */
  bootstrapDifference(given: { control: Numbers; level?: number; resamples?: number; seed?: number; treatment: Numbers }): Statistic
  /** The interval of a mean by the percentile bootstrap. */
  bootstrapMean(given: { level?: number; resamples?: number; seed?: number; x: Numbers }): Statistic
  /** The interval of a difference of quantiles by the bootstrap. */
  bootstrapQuantileDifference(given: { control: Numbers; level?: number; q: number; resamples?: number; seed?: number; treatment: Numbers }): Statistic
  /** The interval of a difference of means by the bootstrap-t. */
  bootstrapTDifference(given: { control: Numbers; level?: number; resamples?: number; seed?: number; treatment: Numbers }): Statistic
  /** The interval of a mean by the bootstrap-t, for heavy tails. */
  bootstrapTMean(given: { level?: number; resamples?: number; seed?: number; x: Numbers }): Statistic
  /** The share of a chi-square distribution below x, and above it. */
  chi2Cdf(given: { df: number; x: number }): Statistic
  /** The value below which a share p of a chi-square distribution lies. */
  chi2Ppf(given: { df: number; p: number }): Statistic
  /** The share of a chi-square distribution above x, and below it. */
  chi2Sf(given: { df: number; x: number }): Statistic
  /** Whether the arms got the shares that were planned. */
  chiSquareSrm(given: { observed: Numbers; weights: Numbers }): Statistic
  /** Cohen's d, Hedges' g and Glass's delta of two samples. */
  cohensDHedgesG(given: { control: Numbers; treatment: Numbers }): Statistic
  /** Cohen's h of two shares from 0 to 1. */
  cohensH(given: { control: number; treatment: number }): Statistic
  /** Half the width of the always-valid interval at many looks, from the variance of the estimate and the units at each. */
  confidenceSequenceHalfWidths(given: { alpha?: number; tuning_parameter: number; units: Numbers; variances: Numbers }): Statistic
  /** Counts, means, spreads and common spread of pairs x, y. */
  crossSummary(given: { x: Numbers; y: Numbers }): Statistic
  /** Two means after a covariate from before the test is taken out. */
  cupedMean(given: { control: { x: Numbers; y: Numbers }; level?: number; treatment: { x: Numbers; y: Numbers } }): Statistic
  /** Two ratios after the ratio before the test is taken out. */
  cupedRatio(given: { control: { den: Numbers; den_before: Numbers; num: Numbers; num_before: Numbers }; level?: number; treatment: { den: Numbers; den_before: Numbers; num: Numbers; num_before: Numbers } }): Statistic
  /** What to expect of one customer, with the intervals of the expectation and the range of what may happen. */
  customerForecast(given: { age: number; covariance: readonly (Numbers)[]; frequency: number; model: 'bg_nbd' | 'mbg_nbd' | 'pareto_nbd'; parameters: Numbers; plan?: { discount?: number; level?: number; period?: number; periods?: number }; recency: number }): Statistic
  /** Order lines as one row per customer: repeat purchases, recency, age and spend. */
  customerSummaries(given: { births?: readonly ({ customer: string; date: string })[]; orders: readonly ({ amount: { amount: string; currency: string }; customer: string; date: string })[]; time_unit?: 'day' | 'week' | 'month'; until: string }): Statistic
  /** How customers buy and leave, and what they spend per purchase: parameters with intervals. */
  customerValueFit(given: { age: Numbers; frequency: Numbers; level?: number; mean_spend?: readonly (number)[] | null; model?: 'bg_nbd' | 'mbg_nbd' | 'pareto_nbd'; recency: Numbers; shrinkage?: 'where_few' | 'always' | 'never'; time_unit?: 'day' | 'week' | 'month' }): Statistic
  /** What to expect of each customer under fitted models: still there, purchases, spend, value. */
  customerValuePredict(given: { age: Numbers; frequency: Numbers; mean_spend?: readonly (number)[] | null; model: 'bg_nbd' | 'mbg_nbd' | 'pareto_nbd'; parameters: Numbers; plan?: { discount?: number; level?: number; period?: number; periods?: number }; recency: Numbers; spend?: readonly (number)[] | null }): Statistic
  /** From order lines to what each customer is worth, with ranges and totals. */
  customerValues(given: { births?: readonly ({ customer: string; date: string })[]; options?: { model?: 'bg_nbd' | 'mbg_nbd' | 'pareto_nbd'; plan?: { discount?: number; level?: number; period?: number; periods?: number }; shrinkage?: 'where_few' | 'always' | 'never' }; orders: readonly ({ amount: { amount: string; currency: string }; customer: string; date: string })[]; time_unit?: 'day' | 'week' | 'month'; until: string }): Statistic
  /** How much rates of cells move from day to day, beyond chance and shared shocks. */
  dailyNoise(given: { cell: Numbers; day: Numbers; n: Numbers; x: Numbers }): Statistic
  /** Days that a test needs, from the account's own days. */
  daysNeeded(given: { alpha?: number; control: Numbers; power?: number; relative_effect: number; treatment?: readonly (number)[] | null }): Statistic
  /** Days until the next impression's click rate is below 0.7 of day 1's, as quantiles, with a recommendation. */
  daysToSaturation(given: { bound?: 'lower' | 'median' | 'upper'; clicks?: readonly (number)[] | null; daily_impressions?: number | null; frequency?: number | null; growth?: number | null; horizon?: number | null; impressions?: readonly (number)[] | null; level?: number | null; overlap?: number | null; reach?: readonly (number)[] | null; size: number }): Statistic
  /** A test and its objects: what to pause, what to scale, whom to tell. */
  decide(given: { data: { arms?: readonly ({ assigned?: number | null; before?: readonly ({ clicks?: number | null; conversions?: number | null; denominator?: number | null; impressions?: number | null; numerator?: number | null; revenue?: { amount: string; currency: string } | null; spend?: { amount: string; currency: string } | null; unit?: string; value?: number | null })[]; blocks?: readonly ({ clicks?: number | null; conversions?: number | null; denominator?: number | null; impressions?: number | null; numerator?: number | null; revenue?: { amount: string; currency: string } | null; spend?: { amount: string; currency: string } | null; unit?: string; value?: number | null })[]; delivery?: readonly ({ dimension: string; impressions: number; segment: string; unit: string })[]; name?: string; sample?: unknown | null; share?: number | null })[]; control?: string | null; maturity?: unknown | null }; objects: { objects: readonly ({ arm: string; budget?: { ad_set: string; daily: { amount: string; currency: string }; steps?: number } | null; platform: 'meta' | 'google' | 'tiktok' | 'linkedin'; tag: string })[]; test: string }; settings: { apply?: { evidence?: 'causal' | 'associational'; rule?: 'practical' | 'legacy'; step?: number }; assignment?: 'split_test' | 'lift_design' | 'delivered'; direction?: unknown | null; futility?: 'non_binding' | 'binding' | 'none'; guards?: readonly ({ margin?: number | null; metric: 'ctr' | 'cvr' | 'cpm' | 'cpc' | 'cpa' | 'roas' | 'mean' | 'proportion' | 'ratio' | 'count_rate' })[]; level?: number; looks?: unknown | null; margin?: number; metric: 'ctr' | 'cvr' | 'cpm' | 'cpc' | 'cpa' | 'roas' | 'mean' | 'proportion' | 'ratio' | 'count_rate'; minimum_relative_effect?: number; minimum_sample?: number; minimum_units?: number; planned_units?: number | null; power?: number; tests?: number; unit?: 'day' | 'geo' | 'user' } }): Statistic
  /** Two arms' ratios by the delta method. */
  deltaMethodRatio(given: { control: { den: Numbers; num: Numbers }; level?: number; treatment: { den: Numbers; num: Numbers } }): Statistic
  /** The difference of two ratios, as in gbstats. */
  deltaMethodRatioGbAbsolute(given: { control: { den: Numbers; num: Numbers }; level?: number; treatment: { den: Numbers; num: Numbers } }): Statistic
  /** The relative difference of two ratios, as in gbstats. */
  deltaMethodRatioGbRelative(given: { control: { den: Numbers; num: Numbers }; level?: number; treatment: { den: Numbers; num: Numbers } }): Statistic
  /** Whether tails are too heavy for an interval of the difference of two means. */
  differenceSkewness(given: { control: Numbers; treatment: Numbers }): Statistic
  /** Whether one block decides a comparison of ratios. */
  dominantBlock(given: { control: { den: Numbers; num: Numbers }; treatment: { den: Numbers; num: Numbers } }): Statistic
  /** The share of an F distribution below x, and above it. */
  fCdf(given: { d1: number; d2: number; x: number }): Statistic
  /** The share of an F distribution above x, and below it. */
  fSf(given: { d1: number; d2: number; x: number }): Statistic
  /** One ratio with Fieller's interval. */
  fiellerRatio(given: { den: Numbers; level?: number; num: Numbers }): Statistic
  /** The relative difference of two ratios by Fieller. */
  fiellerRatioRelative(given: { control: { den: Numbers; num: Numbers }; level?: number; treatment: { den: Numbers; num: Numbers } }): Statistic
  /** Fisher's exact test of equal shares. */
  fisherExact(given: { control: { n: number; x: number }; treatment: { n: number; x: number } }): Statistic
  /** The same forest: what each column adds to each prediction, what each column is worth, past rows that are alike. */
  forestExplain(given: { asked: readonly ({ name: string; values: readonly (number | null)[] | readonly (string | null)[] })[]; columns: readonly ({ name: string; values: readonly (number | null)[] | readonly (string | null)[] })[]; guarantee?: 'out_of_bag' | 'split'; level?: number; settings?: { bins?: number; columns_per_split?: number; min_leaf?: number; mode?: 'random_forest' | 'extra_trees'; seed?: number; threads?: number; trees?: number }; targets: Numbers; tune?: unknown | null; weights?: readonly (number)[] | null }): Statistic
  /** A forest grown on columns and targets: mean, median and a calibrated interval of each row asked about. */
  forestPredict(given: { asked: readonly ({ name: string; values: readonly (number | null)[] | readonly (string | null)[] })[]; columns: readonly ({ name: string; values: readonly (number | null)[] | readonly (string | null)[] })[]; guarantee?: 'out_of_bag' | 'split'; level?: number; settings?: { bins?: number; columns_per_split?: number; min_leaf?: number; mode?: 'random_forest' | 'extra_trees'; seed?: number; threads?: number; trees?: number }; targets: Numbers; tune?: unknown | null; weights?: readonly (number)[] | null }): Statistic
  /** Takes people out of a data set for good; build the personas again afterwards. */
  forget(given: { people: Record<string, unknown>; persons: readonly (string)[] }): Statistic
  /** The share of a gamma distribution of scale 1 below x, and above it. */
  gammaCdf(given: { shape: number; x: number }): Statistic
  /** Rates of several arms: posteriors, probability to be best and expected loss. A decision rule, no error rate. */
  gammaPoisson(given: { arms: readonly ({ count: number; exposure: number })[]; goal?: 'maximise' | 'minimise'; level?: number; prior_shape_rate: Numbers }): Statistic
  /** The value below which a share p of a gamma distribution of scale 1 lies. */
  gammaPpf(given: { p: number; shape: number }): Statistic
  /** The share of a gamma distribution of scale 1 above x, and below it. */
  gammaSf(given: { shape: number; x: number }): Statistic
  /** The belief about a difference of two arms without a prior. A decision rule, no error rate. */
  gaussianEffectFlatAbsolute(given: { control: { n: number; sum: number; sum_squares?: number | null }; kind: 'proportion' | 'mean'; level?: number; treatment: { n: number; sum: number; sum_squares?: number | null } }): Statistic
  /** The belief about a lift without a prior. A decision rule, no error rate. */
  gaussianEffectFlatRelative(given: { control: { n: number; sum: number; sum_squares?: number | null }; kind: 'proportion' | 'mean'; level?: number; treatment: { n: number; sum: number; sum_squares?: number | null } }): Statistic
  /** The belief about a difference of two arms with a normal prior on the difference. A decision rule, no error rate. */
  gaussianEffectPriorAbsolute(given: { control: { n: number; sum: number; sum_squares?: number | null }; kind: 'proportion' | 'mean'; level?: number; prior: { mean: number; sd: number }; treatment: { n: number; sum: number; sum_squares?: number | null } }): Statistic
  /** The belief about a lift with a normal prior on the lift. A decision rule, no error rate. */
  gaussianEffectPriorRelative(given: { control: { n: number; sum: number; sum_squares?: number | null }; kind: 'proportion' | 'mean'; level?: number; prior: { mean: number; sd: number }; treatment: { n: number; sum: number; sum_squares?: number | null } }): Statistic
  /** The effect of a geo test by time-based regression. */
  geoEffect(given: { control: Numbers; cost?: unknown | null; level?: number; pre_periods: number; treatment: Numbers }): Statistic
  /** Pairs regions on their past and tosses a seeded coin in each pair. */
  geoPairs(given: { matching?: 'best' | 'greedy'; regions: readonly ({ name: string; values: Numbers })[]; seed?: number; unlike?: 'level' | 'movement' }): Statistic
  /** The p value of a paired geo test over its coins. */
  geoPermutation(given: { draws?: number; pairs: readonly ({ control: { name: string; values: Numbers }; treatment: { name: string; values: Numbers } })[]; pre_periods: number; seed?: number }): Statistic
  /** The smallest lift that a paired geo test can see, from its past. */
  geoPower(given: { draws?: number; level?: number; pairs: readonly ({ control: { name: string; values: Numbers }; treatment: { name: string; values: Numbers } })[]; power?: number; seed?: number; test_periods: number }): Statistic
  /** p value, interval and corrected estimates after a group sequential test has stopped. */
  groupSequentialAfterStopping(given: { estimate: number; level?: number; look: number; plan: { alpha?: number; futility?: { beta: number; binding?: boolean; drift?: number | null; parameter?: number | null; spending?: 'obrien_fleming' | 'pocock' | 'power' | 'hwang_shih_decani' } | null; information: Numbers; last_look_ends?: boolean; parameter?: number | null; sides?: 'one' | 'two'; spending?: 'obrien_fleming' | 'pocock' | 'power' | 'hwang_shih_decani' }; standard_error: number }): Statistic
  /** Bounds of a group sequential test at the looks that really happen, with futility if wanted. */
  groupSequentialBounds(given: { alpha?: number; futility?: { beta: number; binding?: boolean; drift?: number | null; parameter?: number | null; spending?: 'obrien_fleming' | 'pocock' | 'power' | 'hwang_shih_decani' } | null; information: Numbers; last_look_ends?: boolean; parameter?: number | null; sides?: 'one' | 'two'; spending?: 'obrien_fleming' | 'pocock' | 'power' | 'hwang_shih_decani' }): Statistic
  /** Where the runs of a group sequential test stop under a drift, or the drift and inflation for a power. */
  groupSequentialPower(given: { drift?: number | null; plan: { alpha?: number; futility?: { beta: number; binding?: boolean; drift?: number | null; parameter?: number | null; spending?: 'obrien_fleming' | 'pocock' | 'power' | 'hwang_shih_decani' } | null; information: Numbers; last_look_ends?: boolean; parameter?: number | null; sides?: 'one' | 'two'; spending?: 'obrien_fleming' | 'pocock' | 'power' | 'hwang_shih_decani' }; power?: number | null }): Statistic
  /** Clusters of complete rows by how densely they lie, of any shape and number, with noise (HDBSCAN). */
  hdbscan(given: { least_rows: number; rows: readonly (Numbers)[] }): Statistic
  /** The median of all differences treatment less control, with its interval. */
  hodgesLehmann(given: { control: Numbers; level?: number; treatment: Numbers }): Statistic
  /** Weighted k-means of rows, of which numbers may be unknown (`nan`). */
  kmeans(given: { k: number; restarts?: number; rows: readonly (Numbers)[]; seed?: number; weights?: readonly (number)[] | null }): Statistic
  /** Bounds of a two-sided test with equally spaced looks and O'Brien-Fleming spending. */
  lanDemetsObrienFleming(given: { alpha_two_sided?: number; convention?: string | null; looks_equally_spaced: number; phi?: number | null }): Statistic
  /** Bounds of a two-sided test with equally spaced looks and Pocock spending. */
  lanDemetsPocock(given: { alpha_two_sided?: number; convention?: string | null; looks_equally_spaced: number; phi?: number | null }): Statistic
  /** The natural logarithm of the beta function. */
  lnBeta(given: { a: number; b: number }): Statistic
  /** The natural logarithm of the number of ways to choose k of n. */
  lnChoose(given: { k: number; n: number }): Statistic
  /** The natural logarithm of the gamma function. */
  lnGamma(given: { x: number }): Statistic
  /** The test of Mann and Whitney, exact for small samples without ties. */
  mannwhitney(given: { control: Numbers; treatment: Numbers }): Statistic
  /** The test of Mann and Whitney by the normal, corrected for ties and continuity. */
  mannwhitneyAsymptotic(given: { control: Numbers; treatment: Numbers }): Statistic
  /** The test of Mann and Whitney by its exact distribution. */
  mannwhitneyExact(given: { control: Numbers; treatment: Numbers }): Statistic
  /** The smallest difference of two means that a t test shows. */
  mdeMean(given: { alpha?: number; alternative?: 'two-sided' | 'greater' | 'less'; n_per_arm: number; power?: number; ratio?: number; sd: number }): Statistic
  /** The smallest relative lift of a share that a comparison shows. */
  mdeProportions(given: { alpha?: number; base_rate: number; n_per_arm: number; power?: number }): Statistic
  /** Miettinen's and Nurminen's score interval for the difference of two shares. */
  miettinenNurminenCiDiff(given: { control: { n: number; x: number }; level?: number; treatment: { n: number; x: number } }): Statistic
  /** The mixture sequential probability ratio test at one look. */
  msprtNormalMixture(given: { alpha?: number; effect: number; se: number; tau: number }): Statistic
  /** Pairs that a paired t test needs. */
  nPairsT(given: { alpha?: number; effect_size_d: number; power?: number }): Statistic
  /** Units per arm that a comparison of two shares needs. */
  nPerArmProportions(given: { alpha?: number; base_rate: number; power?: number; relative_lift: number }): Statistic
  /** Units of control that a t test needs. */
  nPerArmT(given: { alpha?: number; alternative?: 'two-sided' | 'greater' | 'less'; effect_size_d: number; power?: number; ratio?: number }): Statistic
  /** Newcombe's interval for the difference of two shares. */
  newcombeCiDiff(given: { control: { n: number; x: number }; level?: number; treatment: { n: number; x: number } }): Statistic
  /** The share of a noncentral chi-square below x, and above it. */
  noncentralChi2Cdf(given: { df: number; nc: number; x: number }): Statistic
  /** The share of a noncentral chi-square above x, and below it. */
  noncentralChi2Sf(given: { df: number; nc: number; x: number }): Statistic
  /** The share of a noncentral F below x, and above it. */
  noncentralFCdf(given: { d1: number; d2: number; nc: number; x: number }): Statistic
  /** The share of a noncentral F above x, and below it. */
  noncentralFSf(given: { d1: number; d2: number; nc: number; x: number }): Statistic
  /** The share of a noncentral t below t, and above it. */
  noncentralTCdf(given: { df: number; nc: number; t: number }): Statistic
  /** The share of a noncentral t above t, and below it. */
  noncentralTSf(given: { df: number; nc: number; t: number }): Statistic
  /** Means of several arms: posteriors, probability to be best and expected loss. A decision rule, no error rate. */
  normalBest(given: { arms: readonly ({ mean: number; sd: number })[]; goal?: 'maximise' | 'minimise'; level?: number }): Statistic
  /** The share of a standard normal below z, and above it. */
  normalCdf(given: { z: number }): Statistic
  /** The value below which a share p of a standard normal lies. */
  normalPpf(given: { p: number }): Statistic
  /** The share of a standard normal above z, and below it. */
  normalSf(given: { z: number }): Statistic
  /** The order lines of a shop's CSV export, as customer value takes them. */
  orderLines(given: { csv: string; currency?: string; time_zone?: string }): Statistic
  /** How much noisier shares by block are than independent trials. */
  overdispersion(given: { n: Numbers; x: Numbers }): Statistic
  /** How much noisier counts by block are than a Poisson count. */
  overdispersionCounts(given: { counts: Numbers }): Statistic
  /** The relative lift from pairs, on the log; pairs with a zero are left out by place. */
  pairedLogT(given: { control: Numbers; level?: number; treatment: Numbers }): Statistic
  /** The paired t test: the same days, regions or users in both arms. */
  pairedT(given: { control: Numbers; level?: number; treatment: Numbers }): Statistic
  /** The permutation test of two means, exact where all ways can be looked at. */
  permutationTest(given: { control: Numbers; level?: number; resamples?: number; seed?: number; treatment: Numbers }): Statistic
  /** How likely each profile belongs to each persona of a model. */
  personaAssign(given: { model: Record<string, unknown>; profiles: readonly ({ ages?: { max: number; min: number } | null; content?: Record<string, unknown>; day_hours?: Record<string, unknown>; device?: string | null; events?: Record<string, unknown>; gender?: unknown | null; hours?: Record<string, unknown>; interests?: Record<string, unknown>; people?: number; person?: string | null; place?: string | null; purchases?: { first: string; items: number; last: string; orders: number; revenue: { amount: string; currency: string } } | null; source: 'analytics' | 'social' | 'orders' })[] }): Statistic
  /** Groups of people from profiles and CSV files of analytics, social insights and orders. */
  personas(given: { currency?: string; files?: readonly ({ csv: string; source: 'analytics' | 'social' | 'orders' })[]; people?: Record<string, unknown> | null; previous?: Record<string, unknown> | null; profiles?: readonly ({ ages?: { max: number; min: number } | null; content?: Record<string, unknown>; day_hours?: Record<string, unknown>; device?: string | null; events?: Record<string, unknown>; gender?: unknown | null; hours?: Record<string, unknown>; interests?: Record<string, unknown>; people?: number; person?: string | null; place?: string | null; purchases?: { first: string; items: number; last: string; orders: number; revenue: { amount: string; currency: string } } | null; source: 'analytics' | 'social' | 'orders' })[]; salt?: string; settings?: { as_of?: string | null; draws?: number; least_cell?: number; least_people?: number; most_personas?: number; seed?: number; stability?: number; threads?: number | null }; time_zone?: string }): Statistic
  /** The chance of at most k events, and of more. */
  poissonCdf(given: { k: number; mean: number }): Statistic
  /** The chance of more than k events, and of at most k. */
  poissonSf(given: { k: number; mean: number }): Statistic
  /** Bounds of a two-sided test with equally spaced looks that spends alpha t^phi, phi 2 unless given. */
  powerFamilyPhi2(given: { alpha_two_sided?: number; convention?: string | null; looks_equally_spaced: number; phi?: number | null }): Statistic
  /** The power of a paired t test. */
  powerPairedT(given: { alpha?: number; effect_size_d: number; n_pairs: number }): Statistic
  /** The power of a comparison of two shares. */
  powerProportions(given: { alpha?: number; base_rate: number; n_per_arm: number; relative_lift: number }): Statistic
  /** The power of a t test on two means. */
  powerT(given: { alpha?: number; alternative?: 'two-sided' | 'greater' | 'less'; effect_size_d: number; n_control: number; ratio_treatment_to_control?: number }): Statistic
  /** What ROAS, CPA, CTR or CVR to expect of rows, with intervals and recommendations, learnt from past rows. */
  predictRoas(given: { calibrate_by?: 'pooled' | 'platform' | 'campaign'; currency?: string | null; features?: readonly ('industry' | 'objective' | 'platform' | 'campaign' | 'budget' | 'audience_size' | 'creative_type' | 'copy_style' | 'weekday' | 'month' | 'seasonality' | 'competition_level' | 'age' | 'gender' | 'interest')[] | null; half_life_days?: number | null; history: readonly ({ age?: string | null; audience_size?: number | null; budget?: number | null; campaign?: string | null; clicks?: number | null; competition_level?: number | null; conversions?: number | null; copy_style?: string | null; creative_type?: string | null; currency?: string | null; date?: string | null; gender?: unknown | null; impressions?: number | null; industry?: string | null; interest?: string | null; objective?: unknown | null; platform?: unknown | null; revenue?: number | null; seasonality?: number | null; spend?: number | null })[]; level?: number; practices?: readonly ({ average_performance: Record<string, unknown>; description: string; industry: string; last_updated: string; practice_type: string; roas_variance: number; sample_size: number })[]; rate?: 'roas' | 'cpa' | 'ctr' | 'cvr'; rows: readonly ({ age?: string | null; audience_size?: number | null; budget?: number | null; campaign?: string | null; clicks?: number | null; competition_level?: number | null; conversions?: number | null; copy_style?: string | null; creative_type?: string | null; currency?: string | null; date?: string | null; gender?: unknown | null; impressions?: number | null; industry?: string | null; interest?: string | null; objective?: unknown | null; platform?: unknown | null; revenue?: number | null; seasonality?: number | null; spend?: number | null })[]; seed?: number; target?: number | null; trees?: number; tune?: boolean }): Statistic
  /** Four intervals for one share. */
  proportionCi(given: { level?: number; n: number; x: number }): Statistic
  /** A quantile of values, linear between them, with its interval where they carry one. */
  quantile(given: { level?: number; q: number; x: Numbers }): Statistic
  /** The difference of a quantile of two samples, by order statistics. */
  quantileDifference(given: { control: Numbers; level?: number; q: number; treatment: Numbers }): Statistic
  /** Reach, frequency and response of a gamma-Poisson curve after so many impressions. */
  reachCurve(given: { habituation?: number | null; impressions: Numbers; people: number; shape?: number | null; times?: number | null }): Statistic
  /** The pool of Goerg's reach curve through one point. */
  reachCurveThrough(given: { impressions: number; reach: number }): Statistic
  /** The people reached on at least one of several platforms. */
  reachUnion(given: { platforms: readonly ({ people: number; reach: number })[]; shared?: readonly ({ between: Numbers; share: number })[] }): Statistic
  /** A rule of a few lines that says whether a target is reached, or why none is shown. */
  readableRule(given: { columns: readonly ({ name: string; values: readonly (number | null)[] | readonly (string | null)[] })[]; forest?: { bins?: number; columns_per_split?: number; min_leaf?: number; mode?: 'random_forest' | 'extra_trees'; seed?: number; threads?: number; trees?: number }; outcome?: string; outcomes: Numbers; settings?: { depth?: number; folds?: number; least_rows?: number; seed?: number; tolerance?: number }; target: number }): Statistic
  /** A test by its settings and data: estimates, checks and a verdict per variant. */
  readout(given: { data: { arms?: readonly ({ assigned?: number | null; before?: readonly ({ clicks?: number | null; conversions?: number | null; denominator?: number | null; impressions?: number | null; numerator?: number | null; revenue?: { amount: string; currency: string } | null; spend?: { amount: string; currency: string } | null; unit?: string; value?: number | null })[]; blocks?: readonly ({ clicks?: number | null; conversions?: number | null; denominator?: number | null; impressions?: number | null; numerator?: number | null; revenue?: { amount: string; currency: string } | null; spend?: { amount: string; currency: string } | null; unit?: string; value?: number | null })[]; delivery?: readonly ({ dimension: string; impressions: number; segment: string; unit: string })[]; name?: string; sample?: unknown | null; share?: number | null })[]; control?: string | null; maturity?: unknown | null }; settings: { apply?: { evidence?: 'causal' | 'associational'; rule?: 'practical' | 'legacy'; step?: number }; assignment?: 'split_test' | 'lift_design' | 'delivered'; direction?: unknown | null; futility?: 'non_binding' | 'binding' | 'none'; guards?: readonly ({ margin?: number | null; metric: 'ctr' | 'cvr' | 'cpm' | 'cpc' | 'cpa' | 'roas' | 'mean' | 'proportion' | 'ratio' | 'count_rate' })[]; level?: number; looks?: unknown | null; margin?: number; metric: 'ctr' | 'cvr' | 'cpm' | 'cpc' | 'cpa' | 'roas' | 'mean' | 'proportion' | 'ratio' | 'count_rate'; minimum_relative_effect?: number; minimum_sample?: number; minimum_units?: number; planned_units?: number | null; power?: number; tests?: number; unit?: 'day' | 'geo' | 'user' } }): Statistic
  /** A readout as HTML with its plot, in `en` or `pt-BR`. */
  readoutHtml(given: { language?: 'pt-BR' | 'en'; readout: { arms: readonly ({ name: string; sample?: number | null; units: number; value?: number | null })[]; comparisons: readonly ({ arm: string; before: { p_value?: number | null; state?: 'passed' | 'failed' | 'not_checked' }; difference?: { high: number; level: number; low: number; method: string; sample_size: number; value: number; warnings?: readonly ({ args?: Record<string, unknown>; key: string })[] } | null; dominance?: { influential: string; share: number; turns: boolean; unit: string } | null; effect: { d?: number | null; g?: number | null; h?: number | null }; guards: readonly ({ lift?: { high: number; level: number; low: number; method: string; sample_size: number; value: number; warnings?: readonly ({ args?: Record<string, unknown>; key: string })[] } | null; metric: 'ctr' | 'cvr' | 'cpm' | 'cpc' | 'cpa' | 'roas' | 'mean' | 'proportion' | 'ratio' | 'count_rate'; state: 'passed' | 'failed' | 'not_checked' })[]; lift?: { high: number; level: number; low: number; method: string; sample_size: number; value: number; warnings?: readonly ({ args?: Record<string, unknown>; key: string })[] } | null; looks: readonly ({ bound?: number | null; estimate: number; futility?: number | null; high: number; is_crossed: boolean; low: number; unit: string; units: number; z: number })[]; needed_units?: number | null; overdispersion?: number | null; p_anytime?: number | null; p_better?: number | null; p_stopped?: number | null; p_value?: number | null; test?: string | null; undefined?: { args?: Record<string, unknown>; key: string } | null; verdict: { kind: 'winner' | 'loser' | 'no_difference' | 'keep_running' | 'invalid'; reason: { args?: Record<string, unknown>; key: string } }; warnings?: readonly ({ args?: Record<string, unknown>; key: string })[] })[]; control: string; delivery: readonly ({ dimension: string; dispersion?: number | null; distance: number; is_uneven: boolean; p_value?: number | null })[]; design: { design: 'fixed_end' } | { at?: Numbers; design: 'group_sequential'; spending?: 'obrien_fleming' | 'pocock' | { power: number } } | { design: 'anytime' }; direction: 'higher_is_better' | 'lower_is_better'; label: 'causal' | 'associational'; maturity?: unknown | null; metric: 'ctr' | 'cvr' | 'cpm' | 'cpc' | 'cpa' | 'roas' | 'mean' | 'proportion' | 'ratio' | 'count_rate'; split: { p_value?: number | null; state?: 'passed' | 'failed' | 'not_checked' }; warnings?: readonly ({ args?: Record<string, unknown>; key: string })[] } }): Statistic
  /** The relative lift of two samples by the delta method. */
  relativeLiftDelta(given: { control: Numbers; level?: number; treatment: Numbers }): Statistic
  /** The relative lift of two samples by Fieller's theorem. */
  relativeLiftFieller(given: { control: Numbers; level?: number; treatment: Numbers }): Statistic
  /** The relative lift of two samples on the log scale. */
  relativeLiftLog(given: { control: Numbers; level?: number; treatment: Numbers }): Statistic
  /** The relative lift of one share over another, on the log scale. */
  relativeLiftShares(given: { control: { n: number; x: number }; level?: number; treatment: { n: number; x: number } }): Statistic
  /** What the always-valid intervals and p values of all looks so far say together. */
  runningConfidenceSequence(given: { high: Numbers; low: Numbers; p: Numbers }): Statistic
  /** The kind of protected attribute that a label names, which is never a feature or part of a name. */
  sensitiveLabel(given: { label: string }): Statistic
  /** The power of the test for a sample-ratio mismatch. */
  srmPowerChi2(given: { alpha?: number; bins?: number; effect_size_w: number; n: number }): Statistic
  /** Student's t test on two samples, with one pooled variance. */
  studentT(given: { control: Numbers; level?: number; treatment: Numbers }): Statistic
  /** Student's t test from size, mean and standard deviation of each sample. */
  studentTFromStats(given: { control: { mean: number; n: number; sd: number }; level?: number; treatment: { mean: number; n: number; sd: number } }): Statistic
  /** The chance that the studentized range of k means exceeds q. */
  studentizedRangeSf(given: { df: number; k: number; q: number }): Statistic
  /** Count, mean, sum of squared deviations and variance of values. */
  summary(given: { values: Numbers }): Statistic
  /** The effect on one region against a mixture of donors. */
  syntheticControl(given: { donors: readonly ({ name: string; values: Numbers })[]; level?: number; pre_periods: number; treated: { name: string; values: Numbers } }): Statistic
  /** The share of Student's t below t, above it, and further from zero. */
  tCdf(given: { df: number; t: number }): Statistic
  /** The value below which a share p of Student's t lies. */
  tPpf(given: { df: number; p: number }): Statistic
  /** The share of Student's t above t, below it, and further from zero. */
  tSf(given: { df: number; t: number }): Statistic
  /** The rows of a test: every pair of levels, the most telling rows, or all; with what they can tell and cost. */
  testMatrix(given: { constraints?: readonly (Record<string, unknown>)[]; factors: readonly ({ kind?: 'creative' | 'copy' | 'audience' | 'placement' | 'bid_strategy' | 'other'; levels: readonly (string | { name: string; weight: number })[]; name: string })[]; mode?: 'cover' | 'screen' | 'full'; rows?: number | null; seed?: number; seeded_rows?: readonly (Record<string, unknown>)[]; strength?: number; traffic?: { alpha?: number; base_rate: number; cost_per_unit: { amount: string; currency: string }; daily_deviation?: number | null; daily_units_per_row: number; power?: number; smallest_relative_effect: number } | null }): Statistic
  /** The effect of each level from the measured rows of a test matrix, shrunk by factor. */
  testMatrixEffects(given: { factors: readonly ({ kind?: 'creative' | 'copy' | 'audience' | 'placement' | 'bid_strategy' | 'other'; levels: readonly (string | { name: string; weight: number })[]; name: string })[]; level?: number; rows: readonly ({ levels: Record<string, unknown>; outcome: { successes: number; trials: number } | { mean: number; n: number; variance: number } })[] }): Statistic
  /** The mean without a share of the values at each end. */
  trimmedMean(given: { trim: number; x: Numbers }): Statistic
  /** The z tests of equal shares, with intervals for their difference. */
  twoProportionZ(given: { control: { n: number; x: number }; level?: number; treatment: { n: number; x: number } }): Statistic
  /** Welch's t test from sums of values or of successes. */
  welchFromSumsAbsolute(given: { control: { n: number; sum: number; sum_squares?: number | null }; kind: 'proportion' | 'mean'; level?: number; scale?: 'delta' | 'fieller' | 'log'; treatment: { n: number; sum: number; sum_squares?: number | null } }): Statistic
  /** The relative lift with its interval, from sums. */
  welchFromSumsRelative(given: { control: { n: number; sum: number; sum_squares?: number | null }; kind: 'proportion' | 'mean'; level?: number; scale?: 'delta' | 'fieller' | 'log'; treatment: { n: number; sum: number; sum_squares?: number | null } }): Statistic
  /** Welch's t test on two samples. */
  welchT(given: { control: Numbers; level?: number; treatment: Numbers }): Statistic
  /** Welch's t test from size, mean and standard deviation of each sample. */
  welchTFromStats(given: { control: { mean: number; n: number; sd: number }; level?: number; treatment: { mean: number; n: number; sd: number } }): Statistic
  /** Welch's t test for every row of columns of sizes, means and m2. */
  welchTTable(given: { control: { m2: Numbers; mean: Numbers; n: Numbers }; treatment: { m2: Numbers; mean: Numbers; n: Numbers } }): Statistic
  /** The mean with values above a fixed cap set to it. */
  winsoriseCap(given: { cap: number; x: Numbers }): Statistic
  /** The mean with values above a quantile set to it. */
  winsoriseUpperQuantile(given: { q: number; quantile_type?: string | null; x: Numbers }): Statistic
  /** Yuen's t test on trimmed means. */
  yuenTrimmedT(given: { control: Numbers; level?: number; treatment: Numbers; trim: number }): Statistic
}
