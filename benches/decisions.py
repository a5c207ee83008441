"""Measures the decisions of the brain beside rivals and clairvoyants in simulated worlds and prints each figure beside its bar.

Usage: python benches/decisions.py [--seeds A..B] [--worlds NAME,NAME] [--json]

Without arguments: every family of worlds, in both markets, on the seeds that nothing was tuned on. The second market was written by somebody who had not
seen the policies; its figures are shown without bars. The scores are kept as JSON lines under the target folder.
"""

import argparse
import json
import math
import statistics
import subprocess
import sys
from pathlib import Path

from compare import HERE, TARGET

# Seeds that policies are reported on; 1 to 50 are for tuning.
REPORTED = "1001..1050"
FAMILIES = [
    "stationary",
    "price_shock",
    "conversion_break",
    "creative_burnout",
    "tracking_outage",
    "seasonal_event",
    "small_data",
    "faults",
]
# Of the other families the headroom is shown beside that of a clairvoyant which takes small steps, and has no bar.
WITH_HEADROOM = ["stationary", "price_shock", "creative_burnout", "seasonal_event"]
CALM = "stationary"
BROKEN = "conversion_break"
RIVALS = ["equal", "proportional", "human"]
# So much money that the campaigns of the account have 30 conversions a day and more.
DENSE_BUDGET = 14_400.0


def program() -> Path:
    build = ["cargo", "build", "--release", "-q", "-p", "adbrain-core", "--bin", "adbrain"]
    subprocess.run(build, check=True, cwd=HERE.parent)
    return TARGET / "release" / "adbrain"


def scores(world: str, policies: list, seeds: str) -> dict:
    """The scores of each policy, seed by seed."""
    flags = [flag for policy in policies for flag in ("--policy", policy)]
    command = [program(), "sim", "--world", world, *flags, "--seeds", seeds, "--json"]
    text = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=HERE.parent, text=True).stdout
    folder = TARGET / "decisions"
    folder.mkdir(parents=True, exist_ok=True)
    name = Path(world).stem if world.endswith(".toml") else world.replace("/", "-")
    (folder / f"{name}-{seeds.replace('..', '-')}.jsonl").write_text(text)
    found = {policy: [] for policy in policies}
    for line in map(json.loads, text.splitlines()):
        found[line["policy"]].append(line)
    return found


def dense_world() -> str:
    """The family of breaks with so much money that conversions are dense."""
    text = (HERE.parent / f"adbrain-core/worlds/{BROKEN}.toml").read_text()
    lines = [
        f"daily_budget = {DENSE_BUDGET}" if line.startswith("daily_budget") else line for line in text.splitlines()
    ]
    path = TARGET / "decisions" / "dense_break.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines).replace(f'name = "{BROKEN}"', 'name = "dense_break"') + "\n")
    return str(path)


def mean(numbers: list) -> tuple:
    """A mean with its interval of 95 %."""
    middle = statistics.fmean(numbers)
    half = 1.96 * statistics.stdev(numbers) / math.sqrt(len(numbers)) if len(numbers) > 1 else math.inf
    return middle, middle - half, middle + half


def fifth_percentile(numbers: list) -> float:
    return statistics.quantiles(numbers, n=20, method="inclusive")[0] if len(numbers) > 1 else numbers[0]


def at_least(what: str, figures: tuple, least) -> dict:
    return line(
        what, figures, None if least is None else f">= {least:g}", None if least is None else figures[0] >= least
    )


def at_most(what: str, figures: tuple, most) -> dict:
    return line(what, figures, f"<= {most:g}", figures[0] <= most)


def line(what: str, figures: tuple, bar, is_met) -> dict:
    value, low, high = (*figures, None, None)[:3]
    return {"what": what, "value": value, "low": low, "high": high, "bar": bar, "is_met": is_met}


def field(of: list, name: str) -> list:
    return [score[name] for score in of if score[name] is not None]


def shares(every: dict) -> list:
    """Shares of the clairvoyant's value, family by family."""
    rows, means = [], []
    for world, found in every.items():
        own = field(found["brain"], "value_share")
        means.append(statistics.fmean(own))
        rows.append(at_least(f"{world}: share of the oracle's value", mean(own), 0.90))
        rows.append(at_least(f"{world}: the same, 5th percentile of the seeds", (fifth_percentile(own),), 0.85))
    return [*rows, at_least("mean over the families: share of the oracle's value", (statistics.fmean(means),), 0.95)]


def headroom(every: dict) -> list:
    rows = []
    for name, what, least in [("headroom_share", "value", 0.85), ("profit_headroom", "profit", 0.90)]:
        means = {world: mean(field(found["brain"], name)) for world, found in every.items()}
        for world, figures in means.items():
            rows.append(at_least(f"{world}: share of headroom, track of {what}", figures, None))
            if world not in WITH_HEADROOM:
                beside = mean(field(every[world]["oracle_20"], name))
                rows.append(at_least(f"{world}: the same of the oracle in steps of a fifth", beside, None))
        own = [means[world][0] for world in WITH_HEADROOM if world in means]
        if own:
            rows.append(at_least(f"mean: share of headroom, track of {what}", (statistics.fmean(own),), least))
        all_of = (statistics.fmean(figures[0] for figures in means.values()),)
        rows.append(at_least(f"mean with the other families: share of headroom, track of {what}", all_of, None))
    return rows


def returns(found: dict) -> list:
    """Return on the same spend against rivals, seed by seed in the same luck."""
    rows = []
    for rival in RIVALS:
        over = [own["roas"] / other["roas"] - 1 for own, other in zip(found["brain"], found[rival], strict=True)]
        figures = mean(over)
        met = figures[1] > 0 if rival == "human" else None
        bar = "interval above 0" if rival == "human" else None
        rows.append(line(f"{CALM}: return on the spend over {rival}", figures, bar, met))
    return rows


def safety(every: dict) -> list:
    breaches = sum(score["cap_breaches"] for found in every.values() for own in found.values() for score in own)
    return [at_most("cap breaches, all families, seeds and policies", (breaches,), 0)]


def honesty(every: dict) -> list:
    rows = []
    if CALM in every:
        rows.append(
            at_most(
                f"{CALM}: false alarms per campaign and day",
                mean(field(every[CALM]["brain"], "false_alarm_rate")),
                0.02,
            )
        )
    for name, what in [("value_coverage", "value"), ("roas_coverage", "return on the spend")]:
        for world, found in every.items():
            rows.append(
                line(f"{world}: 80 % intervals of a day's {what} hold", mean(field(found["brain"], name)), None, None)
            )
        own = statistics.fmean(statistics.fmean(field(found["brain"], name)) for found in every.values())
        rows.append(line(f"mean: 80 % intervals of a day's {what} hold", (own,), "0.77 to 0.83", 0.77 <= own <= 0.83))
    return rows


def reaction(seeds: str) -> list:
    """Days until the budget of a campaign whose conversions broke is halved, where conversions are dense."""
    found = scores(dense_world(), ["brain", "human"], seeds)
    own, human = (statistics.median(field(found[policy], "reaction_days")) for policy in ("brain", "human"))
    return [
        at_most("dense conversions: days to halve a broken campaign's budget, median", (own,), 5),
        at_most("the same over the human's", (own / human,), 0.6),
    ]


def sameness(seeds: str) -> list:
    """The same seed twice."""
    first = seeds.split("..", maxsplit=1)[0]
    one, other = (scores(CALM, ["brain"], f"{first}..{first}") for _ in range(2))
    return [at_least("same seed, same scores", (float(json.dumps(one) == json.dumps(other)),), 1)]


def show(rows: list) -> None:
    print(f"{'what':<88}{'measured':>10}  {'interval of 95 %':<20}bar")
    for row in rows:
        interval = "" if row["low"] is None else f"{row['low']:.3f} to {row['high']:.3f}"
        verdict = {None: "", True: f"{row['bar']}: met", False: f"{row['bar']}: not met"}[row["is_met"]]
        print(f"{row['what']:<88}{row['value']:>10.4g}  {interval:<20}{verdict}")


def played(worlds: list, seeds: str) -> dict:
    """The scores of every world; the rivals play the calm one."""
    calm = {CALM, f"second/{CALM}"}
    return {world: scores(world, ["brain", "oracle_20", *(RIVALS if world in calm else [])], seeds) for world in worlds}


def second_market(worlds: list, seeds: str) -> list:
    """The same families by other laws; no policy was tuned there."""
    every = played([f"second/{world}" for world in worlds], seeds)
    bare = {world.removeprefix("second/"): found for world, found in every.items()}
    rows = shares(bare) + headroom(bare) + (returns(bare[CALM]) if CALM in bare else []) + safety(bare) + honesty(bare)
    return [row | {"what": f"second market, {row['what']}", "bar": None, "is_met": None} for row in rows]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", default=REPORTED)
    parser.add_argument("--worlds", default=",".join(FAMILIES))
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    worlds = asked.worlds.split(",")
    every = played(worlds, asked.seeds)
    rows = shares(every) + headroom(every)
    rows += returns(every[CALM]) if CALM in every else []
    rows += safety(every) + honesty(every) + reaction(asked.seeds) + sameness(asked.seeds)
    rows += second_market(worlds, asked.seeds)
    print(json.dumps(rows, indent=2)) if asked.json else show(rows)
    return 1 if any(row["is_met"] is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
