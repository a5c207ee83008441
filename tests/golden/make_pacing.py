"""Writes `../cases/pacing.json`: days of spend reports with what a pacer decides, by a second implementation in plain Python that follows the reference.

Run with Python 3.11: python make_pacing.py > ../cases/pacing.json

Amounts are whole cents and exact fractions here, so that the limits are checked without floats.
"""

import json
import math
import random
import statistics
from fractions import Fraction

TRAFFIC = [2, 1, 0.5, 0.5, 0.5, 1, 2, 3, 4, 5, 5, 5, 6, 5, 5, 5, 5, 6, 7, 8, 8, 7, 5, 3.5]
USUAL = {
    "worst_case_day_percent": 200,
    "corridor": 0.08,
    "step": 0.8,
    "bounds": [0.5, 2.0],
    "max_raise_percent": 20,
    "max_cut_percent": 30,
    "max_moves": 4,
    "gap_minutes": 120,
    "max_age_minutes": 90,
    "silent_minutes": 60,
    "level": 0.8,
}
MEMORY, PRIOR, USUAL_VARIANCE, VARIANCE_REPORTS = 0.25, 0.05, 0.05**2, 4
LATE, EXPECTED = 0.02, 0.01


def brl(cents):
    return {"amount": f"{cents // 100}.{cents % 100:02}", "currency": "BRL"}


def cents(money):
    return Fraction(money["amount"]) * 100


class Pacer:
    """One day. Spend and rates are parts of the plan."""

    def __init__(self, plan):
        self.plan = USUAL | plan
        self.planned = cents(plan["planned"])
        self.first = self.budget = cents(plan.get("budget", plan["planned"]))
        self.highest = math.floor(cents(plan["cap"]) * 100 / self.plan["worst_case_day_percent"])
        self.spent, self.as_of, self.since = Fraction(0), 0, 0
        self.moves, self.moved_at, self.stopped = 0, None, False
        self.seen, self.noise = (PRIOR, PRIOR), []

    def share(self, minute):
        hours = minute / 60
        passed = sum(t * min(max(hours - h, 0), 1) for h, t in enumerate(self.plan["traffic"]))
        return min(passed / sum(self.plan["traffic"]), 1)

    @property
    def rest(self):
        return 1 - self.share(self.as_of)

    @property
    def part(self):
        return float(self.spent / self.planned)

    @property
    def rate(self):
        return self.seen[0] / self.seen[1]

    @property
    def end(self):
        return self.part + self.rate * self.rest

    def restart(self, rate):
        self.seen = (max(rate, 0) * PRIOR, PRIOR)

    def expect(self, budget):
        end = self.end * float(budget / self.budget) if self.budget else float(budget / self.planned)
        self.restart((end - self.part) / self.rest if self.rest > 0 else 0)
        self.budget = budget

    def take(self, report):
        as_of = report.get("as_of", report["minute"])
        budget = cents(report["budget"]) if "budget" in report else self.budget
        if budget != self.budget:
            self.expect(budget)
        if as_of < self.as_of:
            return
        spent = cents(report["spent"])
        grown, news = float((spent - self.spent) / self.planned), as_of > self.as_of
        traffic = self.share(as_of) - self.share(self.since)
        self.spent, self.as_of = spent, as_of
        if news and grown > 0:
            if self.stopped:
                self.restart((float(self.budget / self.planned) - self.part) / self.rest if self.rest > 0 else 0)
                self.stopped = False
            elif traffic > 0:
                miss = grown - self.rate * traffic
                self.noise.append(miss**2 / (traffic * (1 + traffic / self.seen[1])))
                kept = 0.5 ** (traffic / MEMORY)
                self.seen = (self.seen[0] * kept + grown, self.seen[1] * kept + traffic)
            self.since = as_of
        expected = self.rate * (self.share(as_of) - self.share(self.since))
        silent = as_of - self.since >= self.plan["silent_minutes"]
        if silent and expected >= EXPECTED and self.part < 1 - self.plan["corridor"]:
            self.stopped = True

    def interval(self):
        variance = (sum(self.noise) + VARIANCE_REPORTS * USUAL_VARIANCE) / (len(self.noise) + VARIANCE_REPORTS)
        z = statistics.NormalDist().inv_cdf((1 + self.plan["level"]) / 2)
        reach = z * math.sqrt(variance * (self.rest + self.rest**2 / self.seen[1]))
        return min(max(self.end - reach, self.part), self.end), self.end + reach

    def decide(self, minute):
        plan = self.plan
        if self.budget > self.highest:
            return "over_cap", self.highest
        if minute - self.as_of > plan["max_age_minutes"]:
            return "stale", None
        if self.stopped:
            return "no_delivery", None
        low, high = self.interval()
        if abs(self.end - 1) <= plan["corridor"]:
            return "on_plan", None
        if low <= 1 <= high:
            return "unsure", None
        if 1 - self.share(minute) < LATE:
            return "day_ends", None
        if self.moves >= plan["max_moves"]:
            return "no_moves_left", None
        if self.moved_at is not None and minute - self.moved_at < plan["gap_minutes"]:
            return "too_soon", None
        wanted = self.budget * Fraction((1 / self.end) ** plan["step"])
        least = [self.first * Fraction(plan["bounds"][0]), self.budget * Fraction(100 - plan["max_cut_percent"], 100)]
        least += [self.spent] if self.spent < self.planned else []
        least += [cents(plan["least"])] if "least" in plan else []
        most = [self.first * Fraction(plan["bounds"][1]), self.budget * Fraction(100 + plan["max_raise_percent"], 100)]
        amount = min(math.floor(max(min([wanted, *most]), math.ceil(max(least)))), self.highest)
        change = amount - self.budget
        if (change >= 0 if self.end > 1 else change <= 0) or abs(change) * 100 < self.budget:
            return "at_limit", None
        return ("raised" if change > 0 else "lowered"), amount

    def observe(self, report):
        self.take(report)
        projected = None
        if not self.stopped:
            unit, (low, high) = float(self.planned) / 100, self.interval()
            projected = {
                "value": self.end * unit,
                "low": low * unit,
                "high": high * unit,
                "sample_size": len(self.noise),
            }
        reason, amount = self.decide(report["minute"])
        if amount is not None:
            self.expect(Fraction(amount))
            self.moves, self.moved_at = self.moves + 1, report["minute"]
        budget = brl(int(self.budget))
        multiplier = float(self.budget / self.first)
        move = None if amount is None else budget
        found = {"minute": report["minute"], "reason": reason, "move": move, "budget": budget, "multiplier": multiplier}
        return found | {"projected": projected}


def live(plan, day, seed):
    """The reports of a day, every `every` minutes, of a platform that spends what is left of the budget, or in proportion to it."""
    luck, pacer, spent = random.Random(seed), Pacer(plan), [0]
    reports, decisions = [], []
    minutes, every, noise = 60 * len(plan["traffic"]), day.get("every", 15), day.get("noise", 0.2)
    for to in range(every, minutes + 1, every):
        at, traffic = pacer.share(to - every), pacer.share(to) - pacer.share(to - every)
        given = float(pacer.budget) * day.get("factor", 1)
        wanted = max(given - spent[-1], 0) * traffic / (1 - at) if day.get("rest", True) else given * traffic
        wanted *= math.exp(luck.gauss(0, noise) - noise**2 / 2)
        most = float(pacer.budget) * pacer.plan["worst_case_day_percent"] / 100 - spent[-1]
        start, stop = day.get("stop", (0, 0))
        spent.append(spent[-1] + (0 if start <= to - every < stop else max(int(min(wanted, most)), 0)))
        as_of = max(to - day.get("delay", 0), 0)
        report = {"minute": to, "spent": brl(spent[as_of // every]), "as_of": as_of}
        report |= day.get("changes", {}).get(to, {})
        reports.append(report)
        decisions.append(pacer.observe(report))
    return reports, decisions, spent[-1]


def main():
    cases = []

    def case(plan, reports, expected, **rest):
        given = {"id": f"pacing-{len(cases) + 1:03}", "method": "pace", "input": {"plan": plan, "reports": reports}}
        cases.append(given | {"expected": expected, "source": "plain Python", "rtol": 1e-9, "atol": 1e-9} | rest)

    plan = {"cap": brl(30_000), "planned": brl(10_000), "traffic": TRAFFIC}
    long, short = TRAFFIC[:2] + TRAFFIC[1:], TRAFFIC[:1] + TRAFFIC[2:]
    tight = {"cap": brl(17_501), "budget": brl(9_999), "worst_case_day_percent": 175, "max_raise_percent": 100}
    tries = [
        (plan, {}),
        (plan, {"factor": 1.3, "delay": 30}),
        (plan, {"factor": 0.7, "delay": 30, "rest": False}),
        (plan, {"stop": (600, 840), "delay": 30}),
        (plan, {"factor": 1.4, "delay": 120}),
        (plan | {"traffic": long}, {"factor": 1.25, "rest": False}),
        (plan | {"traffic": short}, {"factor": 0.8}),
        (plan | tight, {"factor": 0.5, "noise": 0.5}),
        (plan | {"max_moves": 1, "max_cut_percent": 10, "corridor": 0.05, "level": 0.9, "step": 1}, {"factor": 1.5}),
        (plan | {"bounds": [0.9, 1.1], "least": brl(9_500)}, {"factor": 1.4, "rest": False}),
        (plan, {"changes": {720: {"budget": brl(16_000)}, 900: {"spent": brl(4_000)}, 960: {"budget": brl(8_000)}}}),
    ]
    for seed, (one, day) in enumerate(tries):
        reports, decisions, _ = live(one, {"every": 30} | day, seed)
        case(one, reports, {"decisions": decisions, "moves": sum(each["move"] is not None for each in decisions)})
    reports, decisions, _ = live(plan, {"every": 120, "factor": 1.6, "delay": 0}, 20)
    case(plan, reports, {"decisions": decisions, "moves": sum(each["move"] is not None for each in decisions)})
    report = {"minute": 60, "spent": brl(100)}
    for error, one, reports in (
        ("a plan above its cap", plan | {"planned": brl(30_001)}, [report]),
        ("a budget with a worst case above the cap", plan | {"budget": brl(15_001)}, [report]),
        ("a day of 26 hours", plan | {"traffic": [1] * 26}, [report]),
        ("spend in another currency", plan, [{"minute": 60, "spent": {"amount": "1", "currency": "USD"}}]),
        ("time that goes back", plan, [report, {"minute": 59, "spent": brl(101)}]),
        ("figures from the future", plan, [report | {"as_of": 61}]),
    ):
        case(one, reports, {"error": error}, undefined=True)
    about = "Reference cases for pacing within the day. Tolerance: |got - expected| <= atol + rtol * |expected|."
    text = f"{about} Written by tests/golden/make_pacing.py."
    print(json.dumps({"about": text, "count": len(cases), "cases": cases}))


if __name__ == "__main__":
    main()
