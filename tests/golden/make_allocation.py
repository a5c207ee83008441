"""Writes `../cases/allocation.json`: divisions of money by SciPy, as closed forms, searches of a multiplier and integer programs.

Run with NumPy 2.4.6 and SciPy 1.17.1: python make_allocation.py > ../cases/allocation.json

Integer programs (HiGHS through `scipy.optimize.milp`) are over piecewise linear curves, which they have exactly: one binary variable per
segment. The engine rounds to cents, hence the tolerance.
"""

import json

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, brentq, milp

CASES = []
RTOL = 2e-5


def brl(amount):
    return {"amount": f"{amount:.2f}", "currency": "BRL"}


def case(total, receivers, expected, source, **rest):
    number = f"allocation-{len(CASES) + 1:03}"
    given = {"total": brl(total), "receivers": receivers, "search": {"gap": 1e-9, "nodes": 10000}, **rest}
    found = {"id": number, "method": "allocate", "input": given, "expected": expected, "source": source}
    CASES.append(found | {"rtol": RTOL, "atol": 1e-9})


# Concave curves: the multiplier at which the budget is met.

DEMAND = {
    "log": lambda c, p: max(c["scale"] / p - c["unit"], 0.0),
    "exponential": lambda c, p: max(c["unit"] * np.log(c["top"] / (c["unit"] * p)), 0.0),
    "power": lambda c, p: (c["scale"] * c["exponent"] / p) ** (1 / (1 - c["exponent"])),
}
VALUE = {
    "log": lambda c, x: c["scale"] * np.log1p(x / c["unit"]),
    "exponential": lambda c, x: -c["top"] * np.expm1(-x / c["unit"]),
    "power": lambda c, x: c["scale"] * x ** c["exponent"],
}


def concave(rng, count):
    curves = []
    for _ in range(count):
        kind = rng.choice(["log", "exponential", "power"])
        if kind == "log":
            curves.append({"kind": kind, "scale": rng.uniform(20, 200), "unit": rng.uniform(5, 80)})
        elif kind == "exponential":
            curves.append({"kind": kind, "top": rng.uniform(50, 400), "unit": rng.uniform(20, 200)})
        else:
            curves.append({"kind": kind, "scale": rng.uniform(1, 9), "exponent": rng.uniform(0.3, 0.8)})
    return curves


for seed in range(6):
    rng = np.random.default_rng(seed)
    curves = concave(rng, 3 + 3 * seed)
    total = 100.0 * len(curves)

    def beyond(log, curves=curves, total=total):
        return sum(DEMAND[curve["kind"]](curve, np.exp(log)) for curve in curves) - total

    price = float(np.exp(brentq(beyond, -20, 20, xtol=1e-14)))
    spends = [float(DEMAND[curve["kind"]](curve, price)) for curve in curves]
    worth = sum(float(VALUE[curve["kind"]](curve, spend)) for curve, spend in zip(curves, spends, strict=True))
    receivers = [{"name": f"r{index}", "curve": curve} for index, curve in enumerate(curves)]
    case(total, receivers, {"worth": worth, "price": price}, "SciPy: brentq over the multiplier of closed forms")


# Piecewise linear curves with holes and groups: integer programs.


def program(curves, total, least, groups, target):
    """One variable per segment for the spend in it beyond its start, and one binary that says that the spend lies in it."""
    starts, widths, values, slopes, owner = [], [], [], [], []
    for index, points in enumerate(curves):
        for (x, y), (next_x, next_y) in zip(points, [*points[1:], [points[-1][0] + total, points[-1][1]]], strict=True):
            starts.append(x), widths.append(next_x - x), values.append(y)
            slopes.append((next_y - y) / (next_x - x)), owner.append(index)
    count, items = len(starts), len(curves)
    starts, widths, values, slopes, owner = map(np.array, (starts, widths, values, slopes, owner))
    gain = np.concatenate([slopes, values])
    spend = np.concatenate([np.ones(count), starts])
    rows, low, high = [], [], []

    def add(row, at_least, at_most):
        rows.append(row), low.append(at_least), high.append(at_most)

    for index in range(count):
        row = np.zeros(2 * count)
        row[index], row[count + index] = 1, -widths[index]
        add(row, -np.inf, 0)
    own = [np.concatenate([owner == item, owner == item]) for item in range(items)]
    active = np.zeros((items, 2 * count))
    for item in range(items):
        active[item, count:] = owner == item
    extra = 0
    if least is not None:
        extra = items
    wide = 2 * count + extra

    def pad(row):
        return np.concatenate([row, np.zeros(wide - len(row))])

    rows = [pad(row) for row in rows]
    for item in range(items):
        row = pad(active[item])
        if extra:
            row[2 * count + item] = -1
            add(row, 0, 0)
            bound = pad(spend * own[item])
            bound[2 * count + item] = -least
            add(bound, 0, np.inf)
        else:
            add(row, 1, 1)
    add(pad(spend), 0, total)
    for members, floor, cap in groups:
        add(pad(spend * np.any([own[item] for item in members], axis=0)), floor, cap)
    if target:
        add(pad(gain - target * spend), 0, np.inf)
    integral = np.concatenate([np.zeros(count), np.ones(wide - count)])
    upper = np.concatenate([widths, np.ones(wide - count)])
    found = milp(
        -pad(gain),
        constraints=LinearConstraint(np.array(rows), low, high),
        integrality=integral,
        bounds=Bounds(0, upper),
        options={"mip_rel_gap": 1e-10},
    )
    assert found.success, found.message
    return -float(found.fun)


def shaped(rng):
    """Points of an S: slow, steep, slow."""
    widths = rng.integers(10, 60, size=5)
    slopes = np.sort(rng.uniform(0.1, 4, size=5))[[0, 3, 4, 2, 1]]
    spends, values = np.cumsum(widths), np.cumsum(widths * slopes)
    return [[0.0, 0.0]] + [[float(x), round(float(y), 6)] for x, y in zip(spends, values, strict=True)]


for seed in range(10, 22):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(4, 9))
    curves = [shaped(rng) for _ in range(count)]
    total = float(rng.integers(40, 60) * count)
    kind = seed % 4
    least = 70.0 if kind == 1 else None
    half = count // 2
    limits = [(list(range(half)), 0.0, 0.3 * total), (list(range(half, count)), 0.0, np.inf)] if kind in (2, 3) else []
    target = 1.9 if kind == 3 else None
    receivers = [
        {"name": f"r{index}", "curve": {"kind": "piecewise", "points": points}} for index, points in enumerate(curves)
    ]
    rest = {}
    if least:
        receivers = [one | {"least": brl(least)} for one in receivers]
    if limits:
        receivers = [one | {"group": "a" if index < half else "b"} for index, one in enumerate(receivers)]
        rest["groups"] = [{"name": "a", "cap": brl(0.3 * total)}, {"name": "b", "floor": brl(0)}]
    if target:
        rest["target"] = {"roas": target}
    worth = program(curves, total, least, limits, target)
    case(total, receivers, {"worth": worth}, "SciPy: milp (HiGHS) over the segments", **rest)

print(
    json.dumps(
        {
            "about": "Reference cases for the division of money. Tolerance: |got - expected| <= atol + rtol * |expected|. "
            "Written by tests/golden/make_allocation.py.",
            "count": len(CASES),
            "cases": CASES,
        },
        separators=(",", ":"),
    )
)
