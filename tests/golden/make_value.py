"""Writes `../cases/value.json`: customer value by mpmath from the published closed forms, and by Lifetimes.

Run with mpmath 1.4.1, Lifetimes 0.11.3, SciPy 1.17.1 and pandas 3.1.1: python make_value.py > ../cases/value.json

The closed forms with Gauss's 2F1 are not what the engine computes: it sums series and integrals. The published figures for CDNOW use
the parameters of its fit; the customers themselves are not part of this file.
"""

import json
import sys
from itertools import product

import mpmath as mp
import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter, ModifiedBetaGeoFitter, ParetoNBDFitter
from scipy.optimize import minimize

mp.mp.dps = 50
CASES = []
HORIZON = 39


def case(method, inputs, expected, source, rtol):
    number = f"value-{len(CASES) + 1:03}"
    found = {"id": number, "method": method, "input": inputs, "expected": expected, "source": source}
    CASES.append(found | {"rtol": rtol, "atol": 1e-300})


# Closed forms. Customers are (x, t_x, T).


def bg_alive(parameters, customer, at_start):
    r, alpha, a, b = map(mp.mpf, parameters)
    x, t_x, age = map(mp.mpf, customer)
    if x == 0 and not at_start:
        return mp.mpf(1)
    return 1 / (1 + a / (b + x - 1 + at_start) * ((alpha + age) / (alpha + t_x)) ** (r + x))


def bg_expected(parameters, customer, t, at_start):
    """Fader, Hardie and Lee (2005), equation 10; with b + 1 in place of b for MBG/NBD."""
    r, alpha, a, b = map(mp.mpf, parameters)
    x, _, age = map(mp.mpf, customer)
    b = b + at_start
    z = t / (alpha + age + t)
    gauss = mp.hyp2f1(r + x, b + x, a + b + x - 1, z)
    front = (a + b + x - 1) / (a - 1)
    return front * (1 - (1 - z) ** (r + x) * gauss) * bg_alive(parameters, customer, at_start)


def pareto_gone(parameters, customer):
    """The difference of Gauss functions A_0 (Fader and Hardie, note 009, equations 19 and 20)."""
    r, alpha, s, beta = map(mp.mpf, parameters)
    x, t_x, age = map(mp.mpf, customer)
    order = r + s + x
    most, least, second = (alpha, beta, s + 1) if alpha >= beta else (beta, alpha, r + x)

    def part(time):
        gauss = mp.hyp2f1(order, second, order + 1, (most - least) / (most + time))
        return gauss / (most + time) ** order

    return part(t_x) - part(age)


def pareto_alive(parameters, customer):
    r, alpha, s, beta = map(mp.mpf, parameters)
    x, _, age = map(mp.mpf, customer)
    odds = s / (r + s + x) * (alpha + age) ** (r + x) * (beta + age) ** s * pareto_gone(parameters, customer)
    return 1 / (1 + odds)


def pareto_expected(parameters, customer, t):
    r, alpha, s, beta = map(mp.mpf, parameters)
    x, _, age = map(mp.mpf, customer)
    mean = (r + x) * (beta + age) / ((alpha + age) * (s - 1)) * (1 - ((beta + age) / (beta + age + t)) ** (s - 1))
    return mean * pareto_alive(parameters, customer)


CUSTOMERS = [
    (0, 0, 38.86),
    (0, 0, 0),
    (1, 0.14, 38.86),
    (2, 30.43, 38.86),
    (7, 38.8, 38.86),
    (29, 33, 33.5),
    (200, 50, 52),
    (3, 1e-3, 2e-3),
    (1, 1e4, 1e5),
]
MODELS = {
    "bg_nbd": [
        (0.242593, 4.413532, 0.792886, 2.425752),
        (0.01, 100, 5, 0.05),
        (30, 2, 0.02, 4),
        (1.5, 0.05, 1.0001, 800),
        (0.7, 3, 60, 900),
    ],
    "mbg_nbd": [(0.524838, 6.182992, 0.891356, 1.613999), (3, 0.5, 2.5, 0.1), (0.05, 40, 0.3, 6)],
    "pareto_nbd": [
        (0.553276, 10.577612, 0.606214, 11.667911),
        (0.05, 0.01, 2.2, 300),
        (12, 250, 0.1, 0.02),
        (2, 8, 1.5, 8),
        (1e3, 2e4, 40, 900),
    ],
}


def closed(model, parameters, customer, t):
    if model == "pareto_nbd":
        return pareto_alive(parameters, customer), pareto_expected(parameters, customer, t)
    at_start = int(model == "mbg_nbd")
    return bg_alive(parameters, customer, at_start), bg_expected(parameters, customer, t, at_start)


def expectations():
    for model, sets in MODELS.items():
        for parameters, t in product(sets, (0.5, HORIZON, 2000)):
            found = [closed(model, parameters, customer, t) for customer in CUSTOMERS]
            columns = [[float(value) for value in column] for column in zip(*found, strict=True)]
            x, t_x, age = zip(*CUSTOMERS, strict=True)
            plan = {"periods": 1, "period": t, "discount": 0}
            inputs = {"model": model, "parameters": parameters, "frequency": x, "recency": t_x, "age": age, "plan": plan}
            expected = {"probability_alive": columns[0], "expected_purchases": columns[1]}
            case("customer_value_predict", inputs, expected, "mpmath 1.4.1, closed form with 2F1 at 50 digits", 1e-10)


def published():
    """What papers, notes and Lifetimes print for CDNOW, at their digits."""
    columns = {"frequency": [2], "recency": [30.43], "age": [38.86]}
    inputs = {"model": "bg_nbd", "parameters": MODELS["bg_nbd"][0], **columns}
    inputs["plan"] = {"periods": 1, "period": HORIZON, "discount": 0}
    expected = {"probability_alive": [0.726609], "expected_purchases": [1.22591]}
    case("customer_value_predict", inputs, expected, "Lifetimes 0.11.3 on CDNOW, first customer", 1e-5)
    # The first ten customers of CDNOW as Lifetimes prints them, to the cent.
    columns = {
        "frequency": [2, 1, 0, 0, 0, 7, 1, 0, 2, 0],
        "recency": [30.43, 1.71, 0, 0, 0, 29.43, 5.0, 0, 35.71, 0],
        "age": [38.86] * 10,
        "mean_spend": [22.35, 11.77, 0, 0, 0, 73.74, 11.77, 0, 25.55, 0],
    }
    inputs = {"model": "bg_nbd", "parameters": MODELS["bg_nbd"][0], "spend": [6.2488, 3.7446, 15.4477], **columns}
    expected = {"expected_spend": [24.66, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]}
    case("customer_value_predict", inputs, expected, "Lifetimes 0.11.3 on CDNOW, first ten customers", 3e-4)


# A small shop, made here: fits and values by Lifetimes.


def shop():
    """400 customers by BG/NBD with gamma-gamma spends, rounded to two decimals."""
    luck = np.random.default_rng(7)
    rows = []
    for _ in range(400):
        age = round(luck.uniform(20, 52), 2)
        rate, leave = luck.gamma(0.6, 1 / 8), luck.beta(0.8, 2.5)
        scale = 15 / luck.gamma(3.5)
        time = recency = 0.0
        spends = []
        while True:
            time += luck.exponential(1 / max(rate, 1e-9))
            if time > age:
                break
            recency = max(round(time, 2), 0.01)
            spends.append(luck.gamma(6, scale))
            if luck.uniform() < leave:
                break
        rows.append((len(spends), recency, age, round(float(np.mean(spends)), 2) if spends else 0.0))
    return pd.DataFrame(rows, columns=["frequency", "recency", "age", "mean_spend"])


FITTERS = {"bg_nbd": BetaGeoFitter, "mbg_nbd": ModifiedBetaGeoFitter, "pareto_nbd": ParetoNBDFitter}


def closer(kind, data):
    """The maximum of Lifetimes' likelihood by a search of our own: its own search gives up on this shop."""
    columns = [data[name].to_numpy() for name in ("frequency", "recency", "age")]
    ones = np.ones(len(data))

    def loss(logs):
        at = np.exp(logs) if kind is ParetoNBDFitter else logs
        value = kind._negative_log_likelihood(at, *columns, ones, 0.0)
        return value if kind is ParetoNBDFitter else value * len(data)

    start = np.log([0.6, 10, 0.6, 10] if kind is ParetoNBDFitter else [0.6, 8, 0.8, 2.5])
    for _ in range(2):
        found = minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-9, "maxiter": 500})
        start = found.x
    return np.exp(start), -found.fun


def fits():
    data = shop()
    lists = {name: data[name].tolist() for name in data}
    lists["frequency"] = [int(x) for x in lists["frequency"]]
    times = {name: lists[name] for name in ("frequency", "recency", "age")}
    for model, kind in FITTERS.items():
        parameters, likelihood = closer(kind, data)
        print(model, parameters, likelihood, file=sys.stderr)
        inputs = {"model": model, **times}
        expected = {"parameters": parameters.tolist(), "method": "maximum_likelihood"}
        case("customer_value_fit", inputs, expected, "Lifetimes 0.11.3, its likelihood searched by Nelder-Mead", 2e-3)
        case("customer_value_fit", inputs, {"log_likelihood": likelihood}, CASES[-1]["source"], 1e-8)
    repeat = data[data["frequency"] > 0]
    spend = GammaGammaFitter()
    spend.fit(repeat["frequency"], repeat["mean_spend"], tol=1e-10)
    counted = {"parameters": spend.params_.tolist()}
    case("customer_value_fit", lists, {"spend": counted}, "Lifetimes 0.11.3, GammaGammaFitter, tol 1e-10", 2e-3)
    fitter = BetaGeoFitter()
    names = ["r", "alpha", "a", "b"]
    fitter.params_ = pd.Series(MODELS["bg_nbd"][0], index=names)
    fitter.predict = fitter.conditional_expected_number_of_purchases_up_to_time
    columns = [data["frequency"], data["recency"], data["age"]]
    worth = spend.customer_lifetime_value(fitter, *columns, data["mean_spend"], time=12, discount_rate=0.01, freq="W")
    inputs = {"model": "bg_nbd", "parameters": fitter.params_.tolist(), "spend": spend.params_.tolist(), **lists}
    inputs["plan"] = {"periods": 12, "period": 4.345, "discount": 0.01}
    case("customer_value_predict", inputs, {"value": worth.tolist()}, "Lifetimes 0.11.3, customer_lifetime_value", 1e-6)


def wrong():
    """What is no answer: errors that name row and field, states without one."""
    good = {"model": "bg_nbd", "frequency": [1, 0], "recency": [2, 0], "age": [9, 9]}
    for change in ({"recency": [10, 0]}, {"frequency": [1.5, 0]}, {"age": [9]}, {"recency": [0, 0]}, {"level": 2}):
        CASES.append(undefined("customer_value_fit", good | change))
    CASES.append(undefined("customer_value_fit", good | {"shrinkage": "never"}))
    order = {"customer": "a", "date": "2026-01-01", "amount": {"amount": "-1.00", "currency": "USD"}}
    CASES.append(undefined("customer_summaries", {"orders": [order], "until": "2026-02-01"}))


def undefined(method, inputs):
    number = f"value-{len(CASES) + 1:03}"
    expected = {"error": "names row and field"}
    return {"id": number, "method": method, "input": inputs, "expected": expected, "undefined": True, "source": "ours"}


def main():
    expectations()
    published()
    fits()
    wrong()
    about = (
        "Reference cases for customer value: closed forms by mpmath, fits and values by Lifetimes. "
        "Tolerance: |got - expected| <= atol + rtol * |expected|. Written by tests/golden/make_value.py."
    )
    file = {"about": about, "count": len(CASES), "cases": CASES}
    json.dump(file, sys.stdout, separators=(",", ":"))


main()
