"""The jobs of experiments in SciPy, statsmodels, NumPy, tea-tasting and spotify-confidence; prints one JSON object of milliseconds,
of the processor and on the wall.

Usage: experiments_peers.py
"""

import json

import numpy as np
import pandas as pd
import tea_tasting as tt
from scipy import stats
from spotify_confidence.analysis.frequentist.sequential_bound_solver import bounds as spending_bounds
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestIndPower
from statsmodels.stats.weightstats import ttest_ind
from timing import best, times

LUCK = np.random.default_rng(7)
# The best round counts, of as many as in the program in Rust.
ROUNDS = 5
# What a bootstrap of 10,000 resamples would take is measured on so many of them.
RESAMPLES_TIMED = 200
RESAMPLES = 10_000


def raw(size: int) -> dict:
    control, treatment = LUCK.normal(10, 3, size), LUCK.normal(10.1, 3, size)
    report = {
        "scipy": best(lambda: stats.ttest_ind(treatment, control, equal_var=False), ROUNDS),
        "statsmodels": best(lambda: ttest_ind(treatment, control, usevar="unequal"), ROUNDS),
    }
    frame = pd.DataFrame({"variant": np.repeat([0, 1], size), "value": np.concatenate([control, treatment])})
    experiment = tt.Experiment(value=tt.Mean("value"))
    return report | {"tea_tasting": best(lambda: experiment.analyze(frame), ROUNDS)}


def from_sums() -> dict:
    tests = 100_000
    n1, n2 = LUCK.integers(100, 50_000, tests), LUCK.integers(100, 50_000, tests)
    m1, m2 = LUCK.normal(10, 0.1, tests), LUCK.normal(10, 0.1, tests)
    s1, s2 = LUCK.uniform(1, 3, tests), LUCK.uniform(1, 3, tests)
    return {"scipy": best(lambda: stats.ttest_ind_from_stats(m1, s1, n1, m2, s2, n2, equal_var=False), ROUNDS)}


def ranks() -> dict:
    control, treatment = LUCK.normal(10, 3, 1_000_000), LUCK.normal(10.01, 3, 1_000_000)
    return {"scipy": best(lambda: stats.mannwhitneyu(treatment, control), ROUNDS)}


def bootstrap() -> dict:
    values = LUCK.lognormal(0, 1, 100_000)

    def some() -> None:
        for _ in range(RESAMPLES_TIMED):
            values[LUCK.integers(0, len(values), len(values))].mean()

    return {"numpy": times(best(some, ROUNDS), RESAMPLES / RESAMPLES_TIMED)}


def confidence_sequence() -> dict:
    """100,000 looks of an asymptotic confidence sequence (Waudby-Smith and others, 2023), by the formula of the program in Rust: one root and
    one logarithm a look."""
    units = 2.0 * np.arange(1, 100_001)
    variances, effects = 4.0 / units, LUCK.normal(0.1, 0.01, 100_000)
    cost, tuning = -2 * np.log(0.05), 50_000.0
    rho2 = (cost + np.log1p(cost)) / tuning

    def looks() -> tuple:
        grown = units * rho2
        m = grown + 1
        half = np.sqrt(variances * m * (np.log(m) + cost) / grown)
        return effects - half, effects + half

    return {"numpy": best(looks, ROUNDS)}


def best_arm() -> dict:
    arms = [(40 + 3 * arm, 960) for arm in range(10)]

    def draws() -> np.ndarray:
        drawn = np.stack([LUCK.beta(1 + hits, 1 + misses, 100_000) for hits, misses in arms])
        return np.bincount(drawn.argmax(axis=0), minlength=10) / 100_000

    return {"numpy": best(draws, ROUNDS)}


def corrected() -> dict:
    p_values = LUCK.uniform(0, 1, 1_000_000)
    return {
        "statsmodels": best(lambda: multipletests(p_values, method="fdr_bh"), ROUNDS),
        "scipy": best(lambda: stats.false_discovery_control(p_values), ROUNDS),
    }


def mismatch() -> dict:
    counts = LUCK.binomial(100_000, 0.5, 1000)
    return {"scipy": best(lambda: [stats.chisquare([count, 100_000 - count]) for count in counts], ROUNDS)}


def sizes() -> dict:
    effects = np.linspace(0.05, 0.5, 100)
    power = TTestIndPower()

    def solve() -> list:
        return [power.solve_power(effect, power=0.8, alpha=0.05) for effect in effects]

    return {"statsmodels": best(solve, ROUNDS)}


def ratio() -> dict:
    size = 1_000_000
    clicks = LUCK.poisson(2, 2 * size)
    frame = pd.DataFrame(
        {"variant": np.repeat([0, 1], size), "clicks": clicks, "views": clicks + LUCK.poisson(10, 2 * size)}
    )
    experiment = tt.Experiment(ctr=tt.RatioOfMeans("clicks", "views"))
    return {"tea_tasting": best(lambda: experiment.analyze(frame), ROUNDS)}


def bounds() -> dict:
    looks = np.arange(1, 29) / 28
    return {"spotify_confidence": best(lambda: spending_bounds(looks, 0.05, rho=2, ztrun=8, sides=2), ROUNDS)}


def main() -> None:
    report = {
        "welch_raw_1e3": raw(1000),
        "welch_raw_1e6": raw(1_000_000),
        "welch_sums_1e5": from_sums(),
        "mann_whitney_1e6": ranks(),
        "bootstrap_1e4_x_1e5": bootstrap(),
        "confidence_sequence_1e5": confidence_sequence(),
        "best_arm_10": best_arm(),
        "benjamini_hochberg_1e6": corrected(),
        "sample_ratio_1e3": mismatch(),
        "sample_size_100": sizes(),
        "ratio_1e6": ratio(),
        "bounds_28": bounds(),
    }
    print(json.dumps(report))


main()
