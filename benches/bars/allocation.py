"""The allocation of budgets beside NLopt and others."""

import json
import math
import random

from bars.rows import less, limit, more, row
from bars.sides import TARGET, ours, theirs

# Campaigns of an allocation, how many instances, and how many of them the peers solve, the slowest of which takes half a minute for one.
ALLOCATIONS = [(200, 20, 3), (5_000, 20, 0)]
# How many times faster than NLopt's allocator at 200 campaigns, and the longest that a median may take, in milliseconds.
FASTER_THAN_NLOPT = 100
# The largest gap at 200 campaigns with groups, minima or a target, and the return on the spend that is asked for.
LARGEST_GAP, TARGET_ROAS = 1e-3, 1.5
LONGEST_ALLOCATION_MS = {"concave 200": 5, "s-shaped 200": 30, "concave 5000": 60, "s-shaped 5000": 250}


def allocation_instances() -> dict:
    """Hill curves with log-normal tops and halves, 0.6 of the sum of halves to divide, caps at 8 times an even share."""
    luck, found = random.Random(7), {}
    for count, instances, of_peers in ALLOCATIONS:
        for kind, low, high in [("concave", 0.6, 1.0), ("s-shaped", 1.3, 3.5)]:
            every = []
            for _ in range(instances):
                tops, halves = ([100 * luck.lognormvariate(0, 0.8) for _ in range(count)] for _ in range(2))
                budget = round(0.6 * sum(halves), 2)
                curves = [
                    {"top": top, "half": half, "shape": luck.uniform(low, high)}
                    for top, half in zip(tops, halves, strict=True)
                ]
                every.append({"budget": budget, "cap": round(min(8 * budget / count, budget), 2), "curves": curves})
            found[f"{kind} {count}"] = {"all": every, "peers": every[:of_peers]}
            if of_peers:
                found[f"{kind} {count} with groups and least"] = {"all": [with_limits(one, None) for one in every]}
                found[f"{kind} {count} with a target"] = {"all": [with_limits(one, TARGET_ROAS) for one in every]}
    return found


def with_limits(instance: dict, roas: float | None) -> dict:
    """Four groups with three tenths of the budget each at most, nothing or a quarter of an even share, and a target."""
    budget = instance["budget"]
    least = round(0.25 * budget / len(instance["curves"]), 2)
    return instance | {"limits": {"group_cap": round(0.3 * budget, 2), "least": least, "roas": roas}}


def allocation_rows() -> list:
    file = TARGET / "bench-allocations.json"
    TARGET.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(allocation_instances()))
    mine = ours("allocation", file)
    file.write_text(json.dumps({name: one for name, one in allocation_instances().items() if one.get("peers")}))
    peers = theirs("allocation", file, listed="allocation")
    rows = []
    for name, found in peers.items():
        for peer, figures in found.items():
            bar = FASTER_THAN_NLOPT if peer == "nlopt" else None
            rows.append(less(f"{name}, against {peer}", mine[name], figures, "median_ms", bar))
            pairs = [(value, theirs) for value, theirs in zip(mine[name]["values"], figures["values"], strict=False)]
            least = min(value / theirs for value, theirs in pairs)
            # Whole cents cost ours up to a millionth.
            rows.append(more(f"{name}, least value, against {peer}", {"value": least}, {"value": 1 - 1e-6}, "value", 1))
    for name, most in LONGEST_ALLOCATION_MS.items():
        rows.append(
            row(
                f"{name}, median, against the goal",
                "median_ms",
                (mine[name]["median_ms"], most),
                most / mine[name]["median_ms"],
                None,
            )
        )
        rows.append(limit(f"{name}, gap", {"gap": max(mine[name]["gap"], 1e-12)}, "gap", 1e-6))
    for name in [name for name in mine if " with " in name]:
        rows.append(row(f"{name}, median", "median_ms", (mine[name]["median_ms"], math.nan), math.nan, None))
        rows.append(limit(f"{name}, gap", {"gap": max(mine[name]["gap"], 1e-12)}, "gap", LARGEST_GAP))
    return rows
