"""The jobs of experiments in gbstats, which needs an older NumPy; prints one JSON object of milliseconds.

Usage: gbstats_peers.py
"""

import json

from gbstats.bayesian.tests import EffectBayesianABTest
from gbstats.frequentist.tests import SequentialConfig, SequentialTwoSidedTTest, TwoSidedTTest
from gbstats.models.statistics import SampleMeanStatistic
from timing import best, times

# The best round counts, of as many as in the program in Rust.
ROUNDS = 5
# What 100,000 tests would take is measured on so many of them.
TIMED = 1000


def arms(number: int) -> tuple:
    n, shift = 1000 + number, 0.001 * number
    control = SampleMeanStatistic(n=n, sum=10.0 * n, sum_squares=109.0 * n)
    return control, SampleMeanStatistic(n=n, sum=(10.0 + shift) * n, sum_squares=((10.0 + shift) ** 2 + 9.0) * n)


def all_tests(work) -> dict:
    """All tests that are timed, once through."""

    def once() -> None:
        for number in range(TIMED):
            work(*arms(number))

    return best(once, ROUNDS)


def main() -> None:
    report = {
        "welch_sums_1e5": {"gbstats": times(all_tests(lambda a, b: TwoSidedTTest(a, b).compute_result()), 100)},
        "confidence_sequence_1e5": {
            "gbstats": times(
                all_tests(lambda a, b: SequentialTwoSidedTTest(a, b, SequentialConfig()).compute_result()), 100
            )
        },
        "effect_bayesian_1e3": {"gbstats": all_tests(lambda a, b: EffectBayesianABTest(a, b).compute_result())},
    }
    print(json.dumps(report))


main()
