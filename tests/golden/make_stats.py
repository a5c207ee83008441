"""Writes the reference numbers that the unit tests of `adbrain-core/src/stats` hold inline.

Run with SciPy 1.17.1 and statsmodels 0.15.0: python make_stats.py
"""

import numpy as np
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

A = [2.1, 1.4, 3.3, 2.8, 1.9, 2.2, 4.1]
B = [1.2, 0.8, 1.9, 1.1, 2.4]


def show(name, *values):
    print(name, *(repr(float(value)) for value in values))


for p, df in [(0.975, 1), (0.975, 2.5), (0.95, 7), (0.9995, 30), (0.6, 99.5), (0.975, 1e5), (0.975, 1e6), (0.975, 1e9)]:
    show(f"t quantile {p} {df}", stats.t.ppf(p, df))
for t, df in [(2.0, 3), (0.5, 12.5), (6.0, 200), (2.5, 1e5), (2.5, 1e7), (10.0, 5e4)]:
    show(f"t two sided {t} {df}", 2 * stats.t.sf(t, df))
for p in [1e-10, 0.001, 0.02425, 0.2, 0.9, 0.975]:
    show(f"normal quantile {p}", stats.norm.ppf(p))

welch = stats.ttest_ind(A, B, equal_var=False)
low, high = CompareMeans(DescrStatsW(A), DescrStatsW(B)).tconfint_diff(alpha=0.05, usevar="unequal")
show("welch", welch.statistic, welch.df, welch.pvalue, low, high)
pooled = np.sqrt((np.var(A, ddof=1) * 6 + np.var(B, ddof=1) * 4) / 10)
d = (np.mean(A) - np.mean(B)) / pooled
show("cohen d, hedges g", d, d * (1 - 3 / (4 * 10 - 1)))
show("cohen h", 2 * np.arcsin(np.sqrt(0.3)) - 2 * np.arcsin(np.sqrt(0.2)))

for hits, n in [(0, 50), (20, 1000), (50, 50), (3, 17)]:
    show(f"wilson {hits}/{n}", *proportion_confint(hits, n, alpha=0.05, method="wilson"))
for a, n, b, m in [(56, 70, 48, 80), (9, 10, 3, 10), (0, 20, 0, 10), (300, 20000, 200, 20000)]:
    show(f"newcombe {a}/{n} {b}/{m}", *confint_proportions_2indep(a, n, b, m, method="newcomb", compare="diff"))
show("pooled z", *proportions_ztest([300, 200], [20000, 20000]))

y, x = np.array([20.0, 33.0, 9.0, 41.0]), np.array([10.0, 11.0, 9.0, 17.0])
ratio = y.sum() / x.sum()
error = np.sqrt(4 / 3 * ((y - ratio * x) ** 2).sum()) / x.sum() / ratio
reach = np.exp(stats.t.ppf(0.95, 3) * error)
show("ratio of sums", ratio, ratio / reach, ratio * reach)

for p1, p2 in [(0.01, 0.012), (0.05, 0.04)]:
    mean = (p1 + p2) / 2
    null, other = np.sqrt(2 * mean * (1 - mean)), np.sqrt(p1 * (1 - p1) + p2 * (1 - p2))
    n = (stats.norm.ppf(0.975) * null + stats.norm.ppf(0.8) * other) ** 2 / (p1 - p2) ** 2
    show(f"sample size {p1} {p2}", np.ceil(n))

meta = combine_effects(np.array([0.1, 0.9, 0.4, 1.4]), np.array([0.05, 0.1, 0.02, 0.2]), method_re="dl")
show("method of moments", meta.tau2)
