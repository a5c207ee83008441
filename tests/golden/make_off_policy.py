"""Writes `../cases/off_policy.json`: values of policies from logs, by a second implementation in plain Python that follows the formulas of the reference.

Run with Python 3.11: python make_off_policy.py > ../cases/off_policy.json

Intervals are written out estimator by estimator (the variance of a mean, and the delta method for the self-normalised one), and Student's t is an
integral by Simpson's rule.
"""

import json
import math
import random

CHOICES = ["image", "video", "text"]


def t_density(x, df):
    log = math.lgamma((df + 1) / 2) - math.lgamma(df / 2) - 0.5 * math.log(df * math.pi)
    return math.exp(log - (df + 1) / 2 * math.log1p(x * x / df))


def t_between(t, df, steps=20_000):
    """The share of Student's t between -t and t."""
    width = t / steps
    inner = sum((4 if step % 2 else 2) * t_density(step * width, df) for step in range(1, steps))
    return 2 * width / 3 * (t_density(0, df) + inner + t_density(t, df))


def t_quantile(level, df):
    low, high = 0.0, 20.0
    while high - low > 1e-11:
        middle = (low + high) / 2
        low, high = (middle, high) if t_between(middle, df, 2_000) < level else (low, middle)
    return (low + high) / 2


def mean(numbers):
    return math.fsum(numbers) / len(numbers)


def standard_error(numbers):
    centre = mean(numbers)
    return math.sqrt(math.fsum((x - centre) ** 2 for x in numbers) / (len(numbers) - 1) / len(numbers))


def softmax(scores):
    top = [math.exp(score) for score in scores]
    shares = [round(one / sum(top), 3) for one in top]
    return [*shares[:-1], round(1 - sum(shares[:-1]), 3)]


def log(seed, count, sharpness, per_row):
    """Decisions in contexts of their own, drawn by a softmax of noisy scores."""
    luck = random.Random(seed)
    rows = []
    for _ in range(count):
        base = [luck.gauss(0, 1) for _ in CHOICES]
        logged = softmax([0.6 * score for score in base])
        place = luck.choices(range(3), logged)[0]
        reward = round(2 + base[place] + luck.gauss(0, 0.5), 2)
        row = {"choice": CHOICES[place], "reward": reward, "propensities": logged}
        if per_row:
            row["target"] = softmax([sharpness * score for score in base])
            row["predicted"] = [round(2 + 0.8 * score, 2) for score in base]
        rows.append(row)
    return rows


def off_policy(request):
    rows, level = request["rows"], request.get("level", 0.95)
    place = {name: number for number, name in enumerate(request["choices"])}
    target = [row.get("target", request.get("target")) for row in rows]
    predicted = [row.get("predicted", request.get("predicted")) for row in rows]
    chosen = [place[row["choice"]] for row in rows]
    rewards = [row["reward"] for row in rows]
    propensity = [
        row["propensity"] if "propensity" in row else row["propensities"][c]
        for row, c in zip(rows, chosen, strict=True)
    ]
    raw = [shares[c] / p for shares, c, p in zip(target, chosen, propensity, strict=True)]
    limit = request.get("clip", math.inf)
    weights = [min(w, limit) for w in raw]
    count, estimator = len(rows), request.get("estimator", "snips")
    low, high = request.get("reward_range", (min(rewards), max(rewards)))
    lost = [a - b for a, b in zip(raw, weights, strict=True)]
    if estimator == "snips":
        value = math.fsum(w * r for w, r in zip(weights, rewards, strict=True)) / math.fsum(weights)
        squares = math.fsum((w * (r - value)) ** 2 for w, r in zip(weights, rewards, strict=True))
        error = math.sqrt(count / (count - 1) * squares) / math.fsum(weights)
        scale = count / math.fsum(weights)
        difference = [value + scale * w * (r - value) - r for w, r in zip(weights, rewards, strict=True)]
        bias = [mean(lost) * (value - high), mean(lost) * (value - low)]
    else:
        if estimator == "ips":
            parts, foreseen = [w * r for w, r in zip(weights, rewards, strict=True)], [0.0] * count
        else:
            foreseen = [q[c] for q, c in zip(predicted, chosen, strict=True)]
            parts = [
                sum(p * q for p, q in zip(shares, model, strict=True))
                for shares, model in zip(target, predicted, strict=True)
            ]
        if estimator == "dr":
            parts = [m + w * (r - q) for m, w, r, q in zip(parts, weights, rewards, foreseen, strict=True)]
        value, error = mean(parts), standard_error(parts)
        difference = [part - r for part, r in zip(parts, rewards, strict=True)]
        bias = [mean([x * (q - end) for x, q in zip(lost, foreseen, strict=True)]) for end in (high, low)]
    reach = t_quantile(level, count - 1)
    found = {
        "outcome": "estimated",
        "method": f"{estimator}_t",
        "value": value,
        "low": value - reach * error,
        "high": value + reach * error,
        "level": level,
        "sample_size": count,
        "effective_sample_size": math.fsum(weights) ** 2 / math.fsum(w * w for w in weights),
        "largest_weight": max(raw),
        "against_logged": {
            "value": mean(difference),
            "low": mean(difference) - reach * standard_error(difference),
            "high": mean(difference) + reach * standard_error(difference),
        },
        "weights": {
            "mean": mean(raw),
            "standard_error": standard_error(raw),
            "p_two_sided": 1 - t_between(abs(mean(raw) - 1) / standard_error(raw), count - 1),
        },
    }
    if "clip" in request:
        changed = sum(x > 0 for x in lost)
        found["clipped"] = {"limit": limit, "rows": changed, "weight_lost": mean(lost), "bias": bias}
    return found


def refusal(reason, rows):
    return {"outcome": "refused", "reason": reason, "sample_size": rows}


def main():
    cases = []

    def case(request, expected, source="plain Python", **rest):
        given = {"id": f"off-policy-{len(cases) + 1:03}", "method": "off_policy", "input": request}
        cases.append(given | {"expected": expected, "source": source, "rtol": 1e-7, "atol": 1e-9} | rest)

    def estimated(request):
        case(request, off_policy(request))

    for estimator in ("ips", "snips", "dm", "dr"):
        rows = log(1, 50, 0.9, True)
        estimated({"choices": CHOICES, "rows": rows, "estimator": estimator, "least_effective": 20})
        if estimator != "dm":
            far = {"choices": CHOICES, "rows": log(3, 60, 1.8, True), "estimator": estimator, "least_effective": 10}
            estimated(far | {"clip": 2.5, "level": 0.9})
            estimated(far | {"clip": 2.5, "reward_range": [-5, 9]})
    # One target and one prediction for all rows, as without contexts.
    plain = {"choices": CHOICES, "rows": log(4, 36, 0, False), "target": [0.2, 0.5, 0.3], "least_effective": 10}
    estimated(plain)
    estimated(plain | {"estimator": "dr", "predicted": [2.1, 1.9, 2.0]})
    # Only the propensity of what was chosen.
    single = [
        {
            "choice": row["choice"],
            "reward": row["reward"],
            "propensity": row["propensities"][CHOICES.index(row["choice"])],
        }
        for row in plain["rows"]
    ]
    estimated(plain | {"rows": single, "estimator": "ips", "level": 0.8})

    def changed(**change):
        rows = [dict(row) for row in plain["rows"]]
        rows[7] |= change
        return plain | {"rows": [{key: value for key, value in row.items() if value is not None} for row in rows]}

    by_rule = "the rule of the reference"
    case(changed(propensities=None), refusal("not_logged", 36), by_rule)
    case(changed(propensities=[0.5, 0.5, 0.5]), refusal("not_probabilities", 36), by_rule)
    case(changed(choice="image", propensities=[0, 0.5, 0.5]), refusal("not_probabilities", 36), by_rule)
    case(changed(choice="image", propensities=[0.5, 0.5, 0]), refusal("no_support", 36), by_rule)
    case(
        plain | {"rows": [row for row in single if row["choice"] != "text"]},
        refusal("no_support", sum(row["choice"] != "text" for row in single)),
        by_rule,
    )
    case(plain | {"least_effective": 50}, refusal("few_effective", 36), by_rule)
    case(
        plain
        | {"rows": [{"choice": row["choice"], "reward": row["reward"], "propensity": 1.0} for row in plain["rows"]]},
        refusal("weights_off", 36),
        by_rule,
    )
    case(plain | {"rows": [{**row, "reward": 0} for row in plain["rows"]]}, refusal("no_spread", 36), by_rule)
    for error, change in (
        ("a choice that is none", {"rows": [{**single[0], "choice": "sound"}]}),
        ("a target that does not add up to 1", {"target": [0.5, 0.2, 0.2]}),
        ("no predictions", {"estimator": "dr"}),
        ("a clip below 1", {"clip": 0.5}),
    ):
        case(plain | change, {"error": error}, by_rule, undefined=True)
    about = "Reference cases for values of policies from logs. Tolerance: |got - expected| <= atol + rtol * |expected|."
    text = f"{about} Written by tests/golden/make_off_policy.py."
    print(json.dumps({"about": text, "count": len(cases), "cases": cases}))


if __name__ == "__main__":
    main()
