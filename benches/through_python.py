"""The jobs of experiments that have a bar, through the Python package with arrays of NumPy; prints one JSON object of milliseconds.

Usage: through_python.py
"""

import json

import numpy as np
from adbrain import stats
from timing import best, times

LUCK = np.random.default_rng(7)
ROUNDS = 5
# As in the program in Rust.
RESAMPLES_TIMED = 200
RESAMPLES = 10_000


def raw() -> dict:
    control, treatment = LUCK.normal(10, 3, 1_000_000), LUCK.normal(10.1, 3, 1_000_000)
    return best(lambda: stats.welch_t(control, treatment), ROUNDS)


def from_sums() -> dict:
    def arm() -> dict:
        n = np.floor(LUCK.uniform(100, 50_000, 100_000))
        return {"n": n, "mean": LUCK.uniform(9.9, 10.1, 100_000), "m2": LUCK.uniform(1, 3, 100_000) ** 2 * (n - 1)}

    control, treatment = arm(), arm()
    return best(lambda: stats.welch_t_table(control, treatment), ROUNDS)


def bootstrap() -> dict:
    values = LUCK.lognormal(0, 1, 100_000)
    taken = best(lambda: stats.bootstrap_mean(values, resamples=RESAMPLES_TIMED, seed=7), ROUNDS)
    return times(taken, RESAMPLES / RESAMPLES_TIMED)


def confidence_sequence() -> dict:
    units = 2.0 * np.arange(1, 100_001)
    variances, effects = 4.0 / units, LUCK.normal(0.1, 0.01, 100_000)
    return best(lambda: stats.confidence_sequence_intervals(effects, variances, units, 50_000.0), ROUNDS)


def corrected() -> dict:
    p_values = LUCK.uniform(0, 1, 1_000_000)
    return best(lambda: stats.adjust_p_known(p_values, by="bh"), ROUNDS)


def bounds() -> dict:
    looks = np.arange(1, 29) / 28
    return best(lambda: stats.group_sequential_bounds(looks, spending="power", parameter=2.0), ROUNDS)


def main() -> None:
    report = {
        "welch_raw_1e6": raw(),
        "welch_sums_1e5": from_sums(),
        "bootstrap_1e4_x_1e5": bootstrap(),
        "confidence_sequence_1e5": confidence_sequence(),
        "benjamini_hochberg_1e6": corrected(),
        "bounds_28": bounds(),
    }
    print(json.dumps(report))


main()
