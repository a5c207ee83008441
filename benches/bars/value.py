"""Models of customer value beside Lifetimes, on CDNOW."""

import os
from pathlib import Path

from bars.rows import less, limit
from bars.sides import ours, theirs

# What Fader, Hardie and Lee (2005) and Lifetimes 0.11.3 find for CDNOW: parameters to three decimals, log-likelihoods to 0.01.
CDNOW = {
    "bg_nbd": ([0.242593, 4.413532, 0.792886, 2.425752], -9582.43),
    "mbg_nbd": ([0.52484, 6.18299, 0.89136, 1.61400], -9582.13),
    "pareto_nbd": ([0.55328, 10.57779, 0.60620, 11.66741], -9594.98),
    "gamma_gamma": ([6.2488, 3.7446, 15.4477], -4055.92),
}
# The largest deviations that are allowed: half of the third decimal beside the rounding of the known figures.
PARAMETER_OFF, LIKELIHOOD_OFF = 6e-4, 1e-2
# The mean error per customer over the 39 weeks that are held out: the bar, and the best that is known.
HOLD_OUT_ERROR, BEST_HOLD_OUT_ERROR = 0.7655, 0.7546
# Milliseconds: the four fits together (the goal is 20), and 100,000 predictions.
FOUR_FITS_MS, PREDICTIONS_MS = 50, 20


def value_rows() -> list:
    folder = Path(os.environ.get("ADBRAIN_TEST_DATA", "")) / "data/cdnow"
    summary, orders = folder / "cdnow_customers_summary_with_transactions.csv", folder / "CDNOW_sample.txt"
    if not summary.is_file():
        raise SystemExit("value needs the files of CDNOW below ADBRAIN_TEST_DATA")
    mine, peers = ours("value", summary, orders), theirs("value", summary, listed="value")
    rows = []
    for name, (parameters, likelihood) in CDNOW.items():
        off = max(abs(a - b) for a, b in zip(mine[name]["parameters"], parameters, strict=True))
        rows.append(limit(f"{name}, parameters off by", {"off": off}, "off", PARAMETER_OFF))
        off = abs(mine[name]["log_likelihood"] - likelihood)
        rows.append(limit(f"{name}, log-likelihood off by", {"off": off}, "off", LIKELIHOOD_OFF))
        rows.append(less(f"{name}, fit, against Lifetimes", mine[name], peers[name], "fit_ms", 1))
    rows.append(limit("Pareto/NBD, hold-out error", mine["pareto_nbd"], "error", HOLD_OUT_ERROR))
    rows.append(limit("Pareto/NBD, hold-out error, best known", mine["pareto_nbd"], "error", BEST_HOLD_OUT_ERROR))
    rows.append(limit("four fits", mine, "four_fits_ms", FOUR_FITS_MS))
    rows.append(less("four fits, against Lifetimes", mine, peers, "four_fits_ms", None))
    for name in ("bg_nbd", "mbg_nbd", "pareto_nbd"):
        aim = {"predict_ms": PREDICTIONS_MS}
        rows.append(less(f"{name}, 100,000 predictions, the aim", mine[name], aim, "predict_ms", None))
        rows.append(
            less(f"{name}, 100,000 predictions, against Lifetimes", mine[name], peers[name], "predict_ms", None)
        )
    rows.append(less("100,000 values over 12 months, against Lifetimes", mine, peers, "values_ms", 1))
    return rows
