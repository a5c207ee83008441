"""Writes `../cases/curves.json`: response curves from days, by a second implementation in plain Python (with SciPy's quantiles) that follows the formulas of the reference.

Run with Python 3.11: python make_curves.py > ../cases/curves.json
"""

import json
import math
import random

from scipy.special import gammaincinv

BELIEFS = {
    "exponent": 0.75,
    "exponent_sd": 0.1,
    "tiring": 0.17,
    "clicks_half_life": 3.0,
    "conversions_half_life": 40.0,
    "spread": 0.4,
    "hazard": 0.001,
    "break_spread": 0.7,
}


def poisson(luck, mean):
    limit, count, product = math.exp(-mean), 0, luck.random()
    while product > limit:
        count, product = count + 1, product * luck.random()
    return count


def campaign(luck, name, group, rates):
    days = []
    for number, rate in enumerate(rates):
        budget = round(100 * math.exp(luck.gauss(0, 0.15)), 2)
        price = 0.01 * (budget / 100) ** 0.25 * math.exp(luck.gauss(0, 0.03))
        impressions = round(budget / price)
        clicks = poisson(luck, impressions * 0.01)
        known = {0: 0.8, 1: 0.6, 2: 0.3}.get(number - len(rates) + 3, 1.0)
        conversions = poisson(luck, clicks * rate * known)
        revenue = round(sum(80 * math.exp(luck.gauss(0, 0.3)) for _ in range(conversions)), 2)
        fields = ("budget", "spend", "impressions", "clicks", "conversions", "revenue", "known")
        days.append(dict(zip(fields, (budget, budget, impressions, clicks, conversions, revenue, known), strict=True)))
    return {"name": name, "group": group, "days": days}


def exponent(campaigns):
    """One less the elasticity of prices: changes of a day less their group's mean, under a normal prior."""
    square = cross = rest = count = 0
    for day in range(1, len(campaigns[0]["days"])):
        groups = {}
        for one in campaigns:
            before, now = one["days"][day - 1], one["days"][day]
            if min(before["spend"], now["spend"]) <= 0 or min(before["impressions"], now["impressions"]) < 100:
                continue
            price = [math.log(each["spend"] / each["impressions"]) for each in (before, now)]
            change = (math.log(now["budget"] / before["budget"]), price[1] - price[0])
            groups.setdefault(one["group"], []).append(change)
        for own in groups.values():
            if len(own) < 2:
                continue
            mean_x, mean_y = (sum(column) / len(own) for column in zip(*own, strict=True))
            for x, y in own:
                square += (x - mean_x) ** 2
                cross += (x - mean_x) * (y - mean_y)
                rest += (y - mean_y) ** 2
                count += 1
    slope = cross / square if square else 0
    noise = max((rest - slope * cross) / count, 1e-6) if count > 10 else 0.01
    prior = 1 / BELIEFS["exponent_sd"] ** 2
    elasticity = ((1 - BELIEFS["exponent"]) * prior + cross / noise) / (prior + square / noise)
    return min(max(1 - elasticity, 0.2), 1.0)


def half(age, days):
    return 0.5 ** (age / days)


def noise_of(campaigns, p):
    """How far days lie off what the days before foretell, without the luck of single clicks."""
    square = scale = 0.0
    for one in campaigns:
        past = []
        for day in one["days"]:
            if day["spend"] <= 0 or day["budget"] <= 0:
                continue
            clicks, effort = day["clicks"], day["budget"] ** p
            weights = [half(age, BELIEFS["clicks_half_life"]) for age in range(len(past), 0, -1)]
            level = sum(w * before for w, (before, _) in zip(weights, past, strict=True))
            if level > 0:
                mean = level / sum(w * before for w, (_, before) in zip(weights, past, strict=True)) * effort
                weight = 1 / (1 + mean / 100)
                square += weight * ((clicks - mean) ** 2 - mean)
                scale += weight * mean**2
            past.append((clicks, effort))
    return max(math.sqrt(max(square / scale, 0)), 0.06)


def posterior(days, shape, mean):
    """Mean and shape of the rate today over all days of the last change, each weighed by how likely the counts since are."""
    broken, memory = 1 / BELIEFS["break_spread"] ** 2, half(1, BELIEFS["conversions_half_life"])

    def stretch(start, end, shape):
        a, b, evidence = shape, shape / mean, 0.0
        n = e = 0.0
        for day in days[start:end]:
            count, effort = day["conversions"], day["clicks"] * day["known"]
            n, e = n * memory, e * memory
            if effort > 0:
                hit = count * math.log(effort / (b + e + effort)) if count else 0.0
                evidence += math.lgamma(a + n + count) - math.lgamma(a + n) - math.lgamma(count + 1)
                evidence += (a + n) * math.log((b + e) / (b + e + effort)) + hit
            n, e = n + count, e + effort
        return evidence, a + n, b + e

    # entered[t]: the logarithm of the sum over all ways to get to a stretch that begins on day t.
    stay = math.log1p(-BELIEFS["hazard"])
    entered = [0.0]
    for start in range(1, len(days)):
        ways = []
        for begun in range(start):
            evidence, *_ = stretch(begun, start, shape if begun == 0 else broken)
            ways.append(entered[begun] + evidence + stay * (start - 1 - begun))
        best = max(ways)
        entered.append(best + math.log(sum(math.exp(way - best) for way in ways)) + math.log(BELIEFS["hazard"]))
    ends = []
    for begun in range(len(days)):
        evidence, a, b = stretch(begun, len(days), shape if begun == 0 else broken)
        ends.append((entered[begun] + evidence + stay * (len(days) - 1 - begun), a / b, (a + a * a) / b**2))
    best = max(weight for weight, *_ in ends)
    weights = [math.exp(weight - best) for weight, *_ in ends]
    first, second = (
        sum(weight * end[moment] for weight, end in zip(weights, ends, strict=True)) / sum(weights) for moment in (1, 2)
    )
    return first, first * first / (second - first * first)


def curves(campaigns):
    p = exponent(campaigns)
    noise = noise_of(campaigns, p)
    last = len(campaigns[0]["days"]) - 1
    seen = []
    for one in campaigns:
        ages = [(last - number, day) for number, day in enumerate(one["days"])]
        lives = BELIEFS["clicks_half_life"], BELIEFS["conversions_half_life"]
        weights = [(half(age, lives[0]), half(age, lives[1]), day) for age, day in ages]
        level = sum(w * day["clicks"] for w, _, day in weights) / sum(w * day["budget"] ** p for w, _, day in weights)
        conversions = sum(w * day["conversions"] for _, w, day in weights)
        effort = sum(w * day["clicks"] * day["known"] for _, w, day in weights)
        seen.append((level, conversions, effort, sum(w * day["revenue"] for _, w, day in weights)))
    account = sum(one[1] for one in seen) / sum(one[2] for one in seen)
    order = sum(one[3] for one in seen) / sum(one[1] for one in seen)
    groups = {}
    for one, (_, conversions, effort, _) in zip(campaigns, seen, strict=True):
        known = groups.setdefault(one["group"], [0, 0])
        known[0] += conversions
        known[1] += effort
    rates = {name: (c + 4) / (e + 4 / account) for name, (c, e) in groups.items()}
    above, below = 400 * BELIEFS["spread"] ** 2, 400.0
    for one, (_, conversions, effort, _) in zip(campaigns, seen, strict=True):
        expected = rates[one["group"]] * effort
        weight = 1 / (1 + expected / 10)
        above += weight * ((conversions - expected) ** 2 - expected)
        below += weight * expected**2
    spread = min(max(math.sqrt(max(above / below, 0)), 0.1), 1.5)
    found = []
    for one, (level, conversions, _, revenue) in zip(campaigns, seen, strict=True):
        rate, shape = posterior(one["days"], 1 / spread**2, rates[one["group"]])
        value = (revenue + 40 * order) / (conversions + 40)
        budget = one["days"][-1]["budget"]
        long = min(max(p - BELIEFS["tiring"], 0.2), 1.0)
        now = level * budget**p * rate * value
        scale = now / budget**long
        wide = 1 / (1 / shape + noise**2 + 0.36 / (conversions + 40) + 0.135**2)
        low, high = (now * gammaincinv(wide, end) / wide for end in (0.1, 0.9))
        curve = {"kind": "power", "scale": scale, "exponent": long}
        day = {"value": now, "value_low": low, "value_high": high}
        found.append({"name": one["name"], "curve": curve, "conversion_rate": rate, "order_value": value} | day)
    return {"curves": found}


def main():
    cases = []
    for number, rates in enumerate(([0.03] * 5, [0.02] * 30, [0.05] * 20 + [0.01] * 15, [0.005] * 40), 1):
        luck = random.Random(number)
        calm = [rates[0]] * len(rates)
        campaigns = [
            campaign(luck, "a", "meta", rates),
            campaign(luck, "b", "meta", calm),
            campaign(luck, "c", "google", [2 * rate for rate in calm]),
            campaign(luck, "d", "google", calm),
        ]
        given = {"id": f"curves-{number:03}", "method": "estimate_curves", "input": {"campaigns": campaigns}}
        cases.append(given | {"expected": curves(campaigns), "source": "plain Python", "rtol": 1e-6, "atol": 1e-12})
    about = "Reference cases for response curves from days. Tolerance: |got - expected| <= atol + rtol * |expected|."
    print(
        json.dumps({"about": f"{about} Written by tests/golden/make_curves.py.", "count": len(cases), "cases": cases})
    )


if __name__ == "__main__":
    main()
