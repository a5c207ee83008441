"""Divisions of money by NLopt's AUGLAG with SLSQP inside (the allocator of Robyn) and by SciPy's SLSQP (that of PyMC-Marketing), with
gradients in closed form over vectors; prints one JSON object.

Usage: python allocation_peers.py INSTANCES.json
"""

import json
import sys
import time
from pathlib import Path

import nlopt
import numpy as np
from scipy.optimize import minimize


class Task:
    def __init__(self, instance: dict) -> None:
        curves = np.array([[curve["top"], curve["half"], curve["shape"]] for curve in instance["curves"]])
        self.top, self.half, self.shape = curves.T
        self.budget, self.most = instance["budget"], np.full(len(curves), instance["cap"])
        self.start = np.full(len(curves), instance["budget"] / len(curves))
        self.seconds = self.calls = 0.0

    def value(self, spend: np.ndarray) -> float:
        powers = np.power(np.maximum(spend, 0.0), self.shape)
        return float(np.sum(self.top * powers / (powers + self.half**self.shape)))

    def gradient(self, spend: np.ndarray) -> np.ndarray:
        safe = np.maximum(spend, 1e-12)
        powers, halves = np.power(safe, self.shape), self.half**self.shape
        return self.top * self.shape * powers / safe * halves / (powers + halves) ** 2

    def objective(self, spend: np.ndarray, gradient: np.ndarray) -> float:
        began = time.perf_counter()
        if gradient.size:
            gradient[:] = -self.gradient(spend)
        value = -self.value(spend)
        self.seconds += time.perf_counter() - began
        self.calls += 1
        return value

    def beyond(self, spend: np.ndarray, gradient: np.ndarray) -> float:
        if gradient.size:
            gradient[:] = 1.0
        return float(np.sum(spend) - self.budget)


def by_nlopt(task: Task) -> np.ndarray:
    """The settings of Robyn: relative tolerance 1e-10, at most 100,000 evaluations, one start."""
    size = len(task.start)
    inner, outer = nlopt.opt(nlopt.LD_SLSQP, size), nlopt.opt(nlopt.LD_AUGLAG, size)
    inner.set_xtol_rel(1e-10)
    outer.set_local_optimizer(inner)
    outer.set_lower_bounds(np.zeros(size))
    outer.set_upper_bounds(task.most)
    outer.set_min_objective(task.objective)
    outer.add_equality_constraint(task.beyond, 1e-8 * task.budget)
    outer.set_xtol_rel(1e-10)
    outer.set_maxeval(100_000)
    return outer.optimize(task.start)


def by_scipy(task: Task) -> np.ndarray:
    found = minimize(
        lambda spend: -task.value(spend),
        task.start,
        jac=lambda spend: -task.gradient(spend),
        bounds=list(zip(np.zeros_like(task.most), task.most, strict=True)),
        constraints={
            "type": "ineq",
            "fun": lambda spend: task.budget - np.sum(spend),
            "jac": lambda spend: -np.ones_like(spend),
        },
        method="SLSQP",
        options={"ftol": 1e-9, "maxiter": 1000},
    )
    return found.x


def solve(work, instance: dict) -> dict:
    task = Task(instance)
    began = time.perf_counter()
    spend = work(task)
    seconds = time.perf_counter() - began
    # What passes the budget by a rounding is taken back, as a user would have to.
    spend = np.clip(spend, 0.0, task.most)
    spend *= min(1.0, task.budget / np.sum(spend))
    return {"ms": seconds * 1e3, "value": task.value(spend), "callback_share": task.seconds / seconds}


def main() -> None:
    report = {}
    for name, instances in json.loads(Path(sys.argv[1]).read_text()).items():
        solved = {
            peer: [solve(work, one) for one in instances["peers"]]
            for peer, work in [("nlopt", by_nlopt), ("scipy", by_scipy)]
        }
        report[name] = {
            peer: {
                "median_ms": float(np.median([one["ms"] for one in found])),
                "values": [one["value"] for one in found],
                "callback_share": max(one["callback_share"] for one in found),
            }
            for peer, found in solved.items()
        }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
