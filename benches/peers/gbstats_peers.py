"""The jobs of experiments in gbstats, which needs an older NumPy; prints one JSON object of milliseconds.

Usage: gbstats_peers.py
"""

import json
import time

from gbstats.bayesian.tests import EffectBayesianABTest
from gbstats.frequentist.tests import SequentialConfig, SequentialTwoSidedTTest, TwoSidedTTest
from gbstats.models.statistics import SampleMeanStatistic

ROUNDS = 3
# What 100,000 tests would take is measured on so many of them.
TIMED = 1000


def arms(number: int) -> tuple:
    n, shift = 1000 + number, 0.001 * number
    control = SampleMeanStatistic(n=n, sum=10.0 * n, sum_squares=109.0 * n)
    return control, SampleMeanStatistic(n=n, sum=(10.0 + shift) * n, sum_squares=((10.0 + shift) ** 2 + 9.0) * n)


def best(work) -> float:
    least = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for number in range(TIMED):
            work(*arms(number))
        least = min(least, time.perf_counter() - began)
    return least * 1e3


def main() -> None:
    report = {
        "welch_sums_1e5": {"gbstats": 100 * best(lambda a, b: TwoSidedTTest(a, b).compute_result())},
        "confidence_sequence_1e5": {
            "gbstats": 100 * best(lambda a, b: SequentialTwoSidedTTest(a, b, SequentialConfig()).compute_result())
        },
        "effect_bayesian_1e3": {"gbstats": best(lambda a, b: EffectBayesianABTest(a, b).compute_result())},
    }
    print(json.dumps(report))


main()
