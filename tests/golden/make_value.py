"""Writes `../cases/value.json`: customer value by mpmath from the published closed forms, and fits by SciPy's search.

Run with mpmath 1.4.1, NumPy 2.4.6 and SciPy 1.17.1: python make_value.py > ../cases/value.json

The closed forms with Gauss's 2F1 are not what the engine computes: it sums series and integrals. The published figures for CDNOW use
the parameters of its fit; the customers themselves are not part of this file.
"""

import json
import sys
from itertools import product

import mpmath as mp
import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, gammaln

mp.mp.dps = 30
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
    (60, 50, 52),
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
        for parameters, t in product(sets, (HORIZON, 2000)):
            found = [closed(model, parameters, customer, t) for customer in CUSTOMERS]
            columns = [[float(value) for value in column] for column in zip(*found, strict=True)]
            x, t_x, age = zip(*CUSTOMERS, strict=True)
            plan = {"periods": 1, "period": t, "discount": 0}
            inputs = {
                "model": model,
                "parameters": parameters,
                "frequency": x,
                "recency": t_x,
                "age": age,
                "plan": plan,
            }
            expected = {"probability_alive": columns[0], "expected_purchases": columns[1]}
            case("customer_value_predict", inputs, expected, "mpmath 1.4.1, closed form with 2F1 at 30 digits", 1e-10)


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


# A small shop, made here: fits by a search of the published likelihoods, values by closed forms.


def shop():
    """400 customers by BG/NBD with gamma-gamma spends, rounded to two decimals."""
    luck = np.random.default_rng(7)
    rows = []
    for _ in range(400):
        age = round(luck.uniform(20, 52), 2)
        rate, leave = luck.gamma(0.6, 1 / 8), luck.beta(0.4, 0.6)
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
    return np.array(rows).T


def bg_likelihood(logs, x, t_x, age, at_start):
    """Fader, Hardie and Lee (2005), equation 6; Batislam, Denizel and Filiztekin (2007) with 1 for at_start."""
    r, alpha, a, b = np.exp(logs)
    stay = betaln(a, b + x + at_start) - betaln(a, b) - (r + x) * np.log(alpha + age)
    leave = betaln(a + 1, np.maximum(b + x - 1 + at_start, 1e-9)) - betaln(a, b) - (r + x) * np.log(alpha + t_x)
    both = np.where((x > 0) | (at_start > 0), np.logaddexp(stay, leave), stay)
    return np.sum(gammaln(r + x) - gammaln(r) + r * np.log(alpha) + both)


def spend_likelihood(logs, x, mean):
    """Fader and Hardie, note 025, equation 1a."""
    p, q, v = np.exp(logs)
    front = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(v)
    return np.sum(front + (p * x - 1) * np.log(mean) + p * x * np.log(x) - (p * x + q) * np.log(v + x * mean))


def highest(likelihood, start, *columns):
    found = minimize(lambda logs: -likelihood(logs, *columns), np.log(start), method="BFGS", options={"gtol": 1e-5})
    return np.exp(found.x).tolist(), -float(found.fun)


def fits():
    """Not by Pareto/NBD, whose likelihood rises without end on this shop; its fit is held to CDNOW."""
    x, t_x, age, mean = shop()
    lists = {"frequency": x.astype(int).tolist(), "recency": t_x.tolist(), "age": age.tolist()}
    fitted = {
        "bg_nbd": highest(bg_likelihood, [0.6, 8, 0.4, 0.6], x, t_x, age, 0),
        "mbg_nbd": highest(bg_likelihood, [0.9, 10, 0.5, 0.6], x, t_x, age, 1),
    }
    source = "published likelihood, maximised by SciPy 1.17.1 (BFGS)"
    for model, (parameters, likelihood) in fitted.items():
        expected = {"parameters": parameters, "method": "maximum_likelihood"}
        case("customer_value_fit", {"model": model, **lists}, expected, source, 1e-3)
        case("customer_value_fit", {"model": model, **lists}, {"log_likelihood": likelihood}, source, 1e-8)
    repeat = x > 0
    parameters, likelihood = highest(spend_likelihood, [6, 3.5, 15], x[repeat], mean[repeat])
    inputs = {"model": "bg_nbd", **lists, "mean_spend": mean.tolist()}
    case("customer_value_fit", inputs, {"spend": {"parameters": parameters}}, source, 1e-3)
    case("customer_value_fit", inputs, {"spend": {"log_likelihood": likelihood}}, source, 1e-8)


def values():
    """Twelve periods of 4.345 weeks at 1 % each, as Lifetimes counts a year of weeks."""
    model, spend = MODELS["bg_nbd"][0], [mp.mpf(part) for part in ("6.2488", "3.7446", "15.4477")]
    p, q, v = spend
    rows = [(0, 0, 38.86, 0), (2, 30.43, 38.86, 22.35), (7, 29.43, 38.86, 73.74)]
    found = []
    for x, t_x, age, mean in rows:
        each = [bg_expected(model, (x, t_x, age), mp.mpf(4.345) * period, 0) for period in range(1, 13)]
        steps = [now - before for before, now in zip([0, *each], each, strict=False)]
        worth = sum(step / mp.mpf("1.01") ** (place + 1) for place, step in enumerate(steps))
        found.append(float(worth * p * (v + x * mp.mpf(mean)) / (p * x + q - 1)))
    names = ("frequency", "recency", "age", "mean_spend")
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    inputs = {"model": "bg_nbd", "parameters": model, "spend": [float(part) for part in spend], **columns}
    inputs["plan"] = {"periods": 12, "period": 4.345, "discount": 0.01}
    case("customer_value_predict", inputs, {"value": found}, "mpmath 1.4.1, closed forms", 1e-10)


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
    values()
    fits()
    wrong()
    about = (
        "Reference cases for customer value: closed forms by mpmath, fits by SciPy, figures printed by Lifetimes. "
        "Tolerance: |got - expected| <= atol + rtol * |expected|. Written by tests/golden/make_value.py."
    )
    file = {"about": about, "count": len(CASES), "cases": CASES}
    json.dump(file, sys.stdout, separators=(",", ":"))


main()
