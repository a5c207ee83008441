"""Writes the reference cases of a day's budgets, in plain Python: curves as in make_curves.py, and the price of money by bisection."""

import json
import math
import random

from make_curves import campaign, curves

STEP = 0.2


def at(price, scale, exponent, low, high):
    """Where the next unit of money brings the price, within a step of now."""
    spend = (scale * exponent / price) ** (1 / (1 - exponent))
    return min(max(spend, low), high)


def divided(total, found, current):
    """The amounts, before they are rounded to cents."""
    low, high = 1e-9, 1e9
    rooms = [(budget * (1 - STEP), budget * (1 + STEP)) for budget in current]
    for _ in range(400):
        price = math.sqrt(low * high)
        pairs = zip(found, rooms, strict=True)
        amounts = [at(price, one["curve"]["scale"], one["curve"]["exponent"], *room) for one, room in pairs]
        low, high = (price, high) if sum(amounts) > total else (low, price)
    return amounts


def case(number):
    luck = random.Random(100 + number)
    names = [("a", "meta"), ("b", "meta"), ("c", "google"), ("d", "google")]
    rates = [[rate] * 7 for rate in (0.02, 0.05, 0.01, 0.03)]
    campaigns = [campaign(luck, name, group, rate) for (name, group), rate in zip(names, rates, strict=True)]
    found = curves(campaigns)["curves"]
    current = [100.0] * len(campaigns)
    amounts = divided(sum(current), found, current)
    values, gain, variance = [], 0.0, 0.0
    for one, before, after in zip(found, current, amounts, strict=True):
        # The value at the last budget of the days is that of now: both are on the curve.
        curve = one["curve"]
        times = (after / before) ** curve["exponent"]
        values.append(one["value"] * times)
        spread = (one["value_high"] - one["value_low"]) / (2 * 1.2815515655446004) / one["value"]
        gain += one["value"] * (times - 1)
        variance += (one["value"] * (times - 1) * spread) ** 2
    deviation = math.sqrt(variance)
    money = {"amount": "100.00", "currency": "BRL"}
    given = [one | {"current": money} for one in campaigns]
    return {
        "id": f"daily-{number:03}",
        "method": "daily_budgets",
        "input": {"total": {"amount": "400.00", "currency": "BRL"}, "campaigns": given},
        "expected": {
            "parts": [{"name": one["name"], "value": value} for one, value in zip(found, values, strict=True)],
            "gain": {"value": gain, "low": gain - 1.2815515655446004 * deviation},
        },
        "source": "plain Python",
        "rtol": 2e-4,
        "atol": 1e-6,
    }


def main():
    cases = [case(number) for number in range(1, 4)]
    about = "Reference cases for a day's budgets. Tolerance: |got - expected| <= atol + rtol * |expected|, for cents are whole."
    print(json.dumps({"about": f"{about} Written by tests/golden/make_daily.py.", "count": len(cases), "cases": cases}))


if __name__ == "__main__":
    main()
