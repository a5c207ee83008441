"""scikit-learn's k-means and mixture on the rows that the bench wrote, on one thread; prints one JSON object.

Usage: persona_peers.py ROWS
"""

import os

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[threads] = "1"  # read when NumPy and scikit-learn are loaded

import json
import sys
import time

import numpy as np
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture

WIDTH, CLUSTERS, RESTARTS, ROUNDS = 12, 6, 10, 3


def best(work) -> tuple:
    """The result and the processor milliseconds of the best round."""
    least, result = float("inf"), None
    for _ in range(ROUNDS):
        began = time.process_time()
        result = work()
        least = min(least, (time.process_time() - began) * 1e3)
    return result, least


def main() -> None:
    rows = np.fromfile(sys.argv[1], dtype="<f8").reshape(-1, WIDTH)
    found, kmeans_ms = best(lambda: KMeans(CLUSTERS, n_init=RESTARTS, random_state=0).fit(rows))
    mixture = GaussianMixture(CLUSTERS, covariance_type="diag", tol=1e-3, random_state=0)
    mixed, mixture_ms = best(lambda: mixture.fit(rows))
    print(
        json.dumps(
            {
                "kmeans_10": {"cpu_ms": kmeans_ms, "inertia": found.inertia_},
                "mixture": {"cpu_ms": mixture_ms, "log_likelihood": mixed.score(rows)},
            }
        )
    )


if __name__ == "__main__":
    main()
