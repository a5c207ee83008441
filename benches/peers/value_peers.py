"""Customer value in Lifetimes: fits of the customers of a file, predictions of 100,000; prints one JSON object of figures.

Usage: value_peers.py SUMMARY.csv
"""

import json
import sys
import time
import warnings

import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter, ModifiedBetaGeoFitter, ParetoNBDFitter

# The best round counts: other work on the machine can only add time.
ROUNDS = 3
PREDICTED = 100_000
HELD_OUT = 39
FITTERS = {"bg_nbd": BetaGeoFitter, "mbg_nbd": ModifiedBetaGeoFitter, "pareto_nbd": ParetoNBDFitter}


def best(work) -> float:
    """Milliseconds of the processor in the best round."""
    least = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        least = min(least, time.process_time() - began)
    return least * 1e3


def fit(kind, data: pd.DataFrame):
    fitter = kind()
    fitter.fit(data["x"], data["t_x"], data["T"])
    return fitter


def fit_spend(data: pd.DataFrame):
    repeat = data[data["x"] > 0]
    fitter = GammaGammaFitter()
    fitter.fit(repeat["x"], repeat["zbar"])
    return fitter


def main() -> None:
    warnings.simplefilter("ignore")
    data = pd.read_csv(sys.argv[1])
    many = data.iloc[np.resize(np.arange(len(data)), PREDICTED)].reset_index(drop=True)
    columns = [many["x"], many["t_x"], many["T"]]
    report = {}
    for name, kind in FITTERS.items():
        fitter = fit(kind, data)
        report[name] = {
            "fit_ms": best(lambda kind=kind: fit(kind, data)),
            "parameters": fitter.params_.tolist(),
            "predict_ms": best(lambda fitter=fitter: fitter.predict(HELD_OUT, *columns)),
        }
    spend, bought = fit_spend(data), fit(BetaGeoFitter, data)
    report["gamma_gamma"] = {"fit_ms": best(lambda: fit_spend(data)), "parameters": spend.params_.tolist()}
    report["four_fits_ms"] = sum(report[name]["fit_ms"] for name in (*FITTERS, "gamma_gamma"))
    worth = spend.customer_lifetime_value
    report["values_ms"] = best(lambda: worth(bought, *columns, many["zbar"], time=12, discount_rate=0.01, freq="W"))
    print(json.dumps(report))


main()
