"""Writes tests/cases/forest.json: a model by its hash, and contributions of columns by their definition.

Needs `adbrain` and `numpy`. The contributions are Shapley values summed over all sets of columns, on the forest as its
JSON export says: thresholds, children, the weight of the training rows at each node and the mean of each leaf. Where the
package shap is installed its TreeExplainer has to say the same to 1e-9. The forest itself, its hash and its intervals
are adbrain's own: there the case says that all languages compute the same bits.
"""

import importlib.util
import itertools
import json
import math
from pathlib import Path

import adbrain
import numpy as np
from adbrain import stats

OUT = Path(__file__).resolve().parents[1] / "cases/forest.json"


def tree(nodes: list[dict], features: list[str]) -> dict[str, np.ndarray]:
    """One tree as shap takes it."""
    size = len(nodes)
    weights, values = np.zeros(size), np.zeros((size, 1))
    for at in reversed(range(size)):
        node = nodes[at]
        if "mean" in node:
            weights[at], values[at, 0] = node["weight"], node["mean"]
        else:
            sides = [node["left"], node["right"]]
            weights[at] = weights[sides].sum()
            values[at, 0] = np.average(values[sides, 0], weights=weights[sides])
    is_leaf = ["mean" in node for node in nodes]

    def pick(key: str, other: float) -> np.ndarray:
        return np.array([other if leaf else node[key] for leaf, node in zip(is_leaf, nodes, strict=True)])

    columns = [-2 if "mean" in node else features.index(node["column"]) for node in nodes]
    return {
        "children_left": pick("left", -1).astype(np.int32),
        "children_right": pick("right", -1).astype(np.int32),
        "children_default": pick("right", -1).astype(np.int32),
        "features": np.array(columns),
        "thresholds": pick("at_most", -1.0).astype(np.float64),
        "values": values,
        "node_sample_weight": weights,
    }


def known(tree: dict[str, np.ndarray], at: int, row: np.ndarray, columns: frozenset[int]) -> float:
    """What a tree predicts where only some columns of a row are known: both ways elsewhere, by the rows that took them."""
    left, right = tree["children_left"][at], tree["children_right"][at]
    if left < 0:
        return float(tree["values"][at, 0])
    column = tree["features"][at]
    if column in columns:
        return known(tree, left if row[column] <= tree["thresholds"][at] else right, row, columns)
    weights = tree["node_sample_weight"]
    sides = [weights[side] * known(tree, side, row, columns) for side in (left, right)]
    return sum(sides) / weights[at]


def shapley(trees: list[dict[str, np.ndarray]], row: np.ndarray) -> list[float]:
    """Shapley values by their definition."""
    size = len(row)

    def value(columns: frozenset[int]) -> float:
        return sum(known(tree, 0, row, columns) for tree in trees) / len(trees)

    def share(count: int) -> float:
        return math.factorial(count) * math.factorial(size - count - 1) / math.factorial(size)

    found = []
    for column in range(size):
        others = [other for other in range(size) if other != column]
        sets = [frozenset(one) for count in range(size) for one in itertools.combinations(others, count)]
        found.append(sum(share(len(one)) * (value(one | {column}) - value(one)) for one in sets))
    return found


def contributions(forest: adbrain.ForestRegressor, X: np.ndarray) -> np.ndarray:
    """The contributions of each column to each row, as the mean over the trees."""
    shown = json.loads(forest.to_json())
    trees = [tree(nodes, shown["card"]["features"]) for nodes in shown["trees"]]
    found = np.array([shapley(trees, row) for row in X])
    if importlib.util.find_spec("shap"):
        shap = importlib.import_module("shap")
        explainer = shap.TreeExplainer({"trees": trees}, feature_perturbation="tree_path_dependent")
        by_shap = explainer.shap_values(X, check_additivity=False) / len(trees)
        assert np.abs(by_shap - found).max() < 1e-9, (by_shap, found)
        print(f"shap {shap.__version__} says the same")
    return found


def main() -> None:
    """Forests with categories and gaps of both modes, weighted, tuned, calibrated apart; one of numbers alone is explained."""
    luck, cases = np.random.RandomState(11), []
    rows = 80
    budget = luck.uniform(5, 100, rows).round(2)
    age = luck.randint(18, 65, rows).astype(float)
    idle = luck.uniform(0, 1, rows).round(3)
    platform = luck.choice(["meta", "tiktok", "google"], rows)
    roas = (300 / (60 + budget) + (platform == "google") + age / 100 + luck.normal(0, 0.2, rows)).round(4)
    gaps = [None if row % 7 == 0 else value for row, value in enumerate(budget.tolist())]
    mixed = [
        {"name": "budget", "values": gaps},
        {"name": "platform", "values": [None if row % 11 == 0 else str(name) for row, name in enumerate(platform)]},
        {"name": "age", "values": age.tolist()},
    ]
    asked = [
        {"name": "budget", "values": [10.0, None, 90.0]},
        {"name": "platform", "values": ["google", "unheard of", None]},
        {"name": "age", "values": [20.0, 30.0, 60.0]},
    ]
    settings = {"trees": 25, "min_leaf": 3, "columns_per_split": 0.67, "seed": 42}
    given = {"columns": mixed, "targets": roas.tolist(), "asked": asked, "settings": settings, "level": 0.8}
    found = stats.forest_predict(**given)
    kept = ("mean", "median", "low", "high", "model_hash")
    one = {"id": "forest-001", "group": "forest", "method": "forest_predict", "input": given, "rtol": 0, "atol": 0}
    one["expected"] = {key: found[key] for key in kept}
    one["source"] = "adbrain: the same bits in every language"
    others = [
        {"settings": {**settings, "mode": "extra_trees"}, "weights": [float(row % 3) for row in range(rows)]},
        {"settings": {"trees": 10, "seed": 5}, "tune": {"intervals": {"level": 0.8}}, "guarantee": "split"},
    ]
    for place, changed in enumerate(others, 3):
        more = {**given, **changed}
        found = stats.forest_predict(**more)
        cases.append({**one, "id": f"forest-{place:03}", "input": more, "expected": {key: found[key] for key in kept}})

    plain = {"budget": budget, "age": age, "idle": idle}
    settings = {"trees": 12, "min_leaf": 2, "seed": 3}
    forest = adbrain.ForestRegressor(**settings).fit(plain, roas)
    X = np.column_stack([[10.0, 55.5, 99.0], [20.0, 41.0, 60.0], [0.5, 0.1, 0.9]])
    given_columns = [{"name": name, "values": column.tolist()} for name, column in plain.items()]
    asked = [{"name": name, "values": column.tolist()} for name, column in zip(plain, X.T, strict=True)]
    given = {
        "columns": given_columns,
        "targets": roas.tolist(),
        "asked": asked,
        "settings": settings,
    }
    two = {
        "id": "forest-002",
        "group": "forest",
        "method": "forest_explain",
        "input": given,
        "rtol": 1e-9,
        "atol": 1e-9,
    }
    two["expected"] = {"contributions": contributions(forest, X).tolist()}
    two["source"] = "Shapley values by their definition over the exported trees, tests/golden/make_forest.py"
    file = {
        "about": "Reference cases for forests: the same bits in every language, and contributions by their definition.",
        "versions": {"numpy": np.__version__},
        "conventions": {"tolerance": "|got - expected| <= atol + rtol * |expected|"},
        "count": 2 + len(cases),
        "cases": [one, two, *cases],
    }
    OUT.write_text(json.dumps(file, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
