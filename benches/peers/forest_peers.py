"""Forests of scikit-learn, quantile-forest, LightGBM, MAPIE and CatBoost on one thread; prints one JSON object under the same names as ours.

Usage: forest_peers.py FOLDER [--export-only]

Writes the tables with their splits to FOLDER first, so that both sides see the same rows. The advertising data are found by the variable
ADBRAIN_TEST_DATA. Times are processor time.
"""

import csv
import json
import os
import pickle
import sys
import time
from pathlib import Path

for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import numpy as np
from catboost import CatBoostRegressor
from lightgbm import LGBMRegressor
from mapie.regression import CrossConformalRegressor
from quantile_forest import RandomForestQuantileRegressor
from sklearn.datasets import load_diabetes, make_friedman1
from sklearn.ensemble import RandomForestRegressor

LEVEL = 0.9
TREES = 200
# Far from the seeds that settings were ever looked at with.
FAR = range(100, 120)
# What a million rows take is measured on so many.
ROWS_ASKED = 1_000_000
ROWS_TIMED = 100_000
# What an enquiry and an approved sale count, in the currency of spend: the file has no revenue.
ENQUIRY, SALE = 5, 100


def advertising() -> tuple:
    """The ads' table: campaign, age band, gender, interest and log1p of spend, impressions, clicks; money and results."""
    path = Path(os.environ["ADBRAIN_TEST_DATA"]) / "data/kag-facebook-ads/KAG_conversion_data.csv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    def coded(name: str) -> list:
        levels = sorted({row[name] for row in rows})
        return [levels.index(row[name]) for row in rows]

    def numbers(name: str) -> np.ndarray:
        return np.array([float(row[name]) for row in rows])

    known = [coded("xyz_campaign_id"), coded("age"), coded("gender"), numbers("interest"), np.log1p(numbers("Spent"))]
    counts = [np.log1p(numbers("Impressions")), np.log1p(numbers("Clicks"))]
    results = numbers("Total_Conversion"), numbers("Approved_Conversion")
    return np.column_stack(known), np.column_stack(counts), numbers("Spent"), results


def problems() -> dict:
    """Each problem: columns, targets, seeds of the splits, the share to train on, groups."""
    known, counts, spend, (enquiries, sales) = advertising()
    paid = spend > 0
    roas = np.log1p((ENQUIRY * enquiries[paid] + SALE * sales[paid]) / spend[paid])
    campaigns = known[:, 0].astype(int)
    diabetes = load_diabetes()
    everything = np.column_stack([known, counts])
    return {
        "kag_roas": (known[paid], roas, range(10), 0.7, campaigns[paid]),
        "kag_roas_far": (known[paid], roas, FAR, 0.7, campaigns[paid]),
        "kag_conversions": (everything, np.log1p(enquiries), range(6), 0.7, None),
        "diabetes": (diabetes.data, diabetes.target / 100, range(6), 0.7, None),
        "diabetes_far": (diabetes.data, diabetes.target / 100, FAR, 0.7, None),
        "friedman": (*make_friedman1(20_000, 10, noise=1, random_state=7), [0], 0.5, None),
        "speed": (*make_friedman1(14_447, 8, noise=1, random_state=7), [], 1.0, None),
    }


def splits(rows: int, seeds, share: float) -> list:
    cut = int(share * rows)
    shuffled = [np.random.RandomState(seed).permutation(rows) for seed in seeds]
    return [(order[:cut], order[cut:]) for order in shuffled]


def export(folder: Path, name: str, problem: tuple) -> None:
    columns, targets, seeds, share, groups = problem
    table = {
        "columns": columns.T.tolist(),
        "targets": targets.tolist(),
        "splits": [[part.tolist() for part in parts] for parts in splits(len(targets), seeds, share)],
        "groups": None if groups is None else groups.tolist(),
    }
    (folder / f"{name}.json").write_text(json.dumps(table), encoding="utf-8")


def taken(work) -> tuple:
    """What some work gives and its processor time in milliseconds."""
    began = time.process_time()
    result = work()
    return result, 1e3 * (time.process_time() - began)


ENDS = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]


def reach_of(low: np.ndarray, high: np.ndarray, targets: np.ndarray) -> float:
    """How far intervals must be stretched to hold the level (Romano and others, 2019)."""
    outside = np.sort(np.maximum(low - targets, targets - high))
    return outside[int(np.ceil((len(targets) + 1) * LEVEL)) - 1]


def quantile_forest(seed: int, rows: np.ndarray, targets: np.ndarray, asked: np.ndarray) -> tuple:
    """A quantile forest (leaves of 5, all columns, all samples of a leaf) with out-of-bag conformalized quantile regression."""
    forest = RandomForestQuantileRegressor(
        TREES, min_samples_leaf=5, max_samples_leaf=None, bootstrap=True, oob_score=True, random_state=seed
    ).fit(rows, targets)
    seen = forest.predict(rows, quantiles=ENDS, oob_score=True)
    found, reach = forest.predict(asked, quantiles=ENDS), reach_of(*seen.T, targets)
    return found[:, 0] - reach, found[:, 1] + reach


def lightgbm(seed: int, rows: np.ndarray, targets: np.ndarray, asked: np.ndarray) -> tuple:
    """Quantile boosting, conformalized on a quarter of the rows that is held out."""
    order, cut = np.random.RandomState(seed).permutation(len(targets)), len(targets) // 4
    held, learnt = order[:cut], order[cut:]
    ends = [booster(seed, objective="quantile", alpha=end).fit(rows[learnt], targets[learnt]) for end in ENDS]
    reach = reach_of(*(end.predict(rows[held]) for end in ends), targets[held])
    return ends[0].predict(asked) - reach, ends[1].predict(asked) + reach


def mapie(seed: int, rows: np.ndarray, targets: np.ndarray, asked: np.ndarray) -> tuple:
    """CV+ with ten folds over a forest of 100 trees (Barber and others, 2021)."""
    forest = RandomForestRegressor(100, min_samples_leaf=3, max_features=1 / 3, random_state=seed, n_jobs=1)
    plus = CrossConformalRegressor(forest, confidence_level=LEVEL, method="plus", cv=10, random_state=seed)
    _, found = plus.fit_conformalize(rows, targets).predict_interval(asked)
    return found[:, 0, 0], found[:, 1, 0]


def booster(seed: int, **settings) -> LGBMRegressor:
    return LGBMRegressor(
        n_estimators=500, learning_rate=0.05, random_state=seed, n_jobs=1, deterministic=True, verbose=-1, **settings
    )


def intervals(problem: tuple, method=quantile_forest) -> dict:
    columns, targets, seeds, share, groups = problem
    scores, inside, names = [], [], []
    for seed, (train, test) in zip(seeds, splits(len(targets), seeds, share), strict=True):
        low, high = method(seed, columns[train], targets[train], columns[test])
        target = targets[test]
        missed = np.maximum(np.maximum(low - target, target - high), 0)
        scores.append(np.mean(high - low + 2 / (1 - LEVEL) * missed))
        inside.append(missed == 0)
        names.append(np.zeros(len(test)) if groups is None else groups[test])
    inside, names = np.concatenate(inside), np.concatenate(names)
    worst = min(inside[names == name].mean() for name in np.unique(names))
    return {"interval_score": np.mean(scores), "coverage": inside.mean(), "worst_group": worst}


def forest_of(seed: int, **settings) -> RandomForestRegressor:
    return RandomForestRegressor(TREES, random_state=seed, n_jobs=1, **settings)


def points(problem: tuple, method=forest_of, **settings) -> dict:
    columns, targets, seeds, share, _ = problem
    errors, cpu = [], 0.0
    for seed, (train, test) in zip(seeds, splits(len(targets), seeds, share), strict=True):
        forest = method(seed, **settings)
        _, spent = taken(lambda forest=forest, train=train: forest.fit(columns[train], targets[train]))
        errors.append(np.sqrt(np.mean((forest.predict(columns[test]) - targets[test]) ** 2)))
        cpu += spent
    return {"rmse": np.mean(errors), "cpu_ms": cpu}


def speed(problem: tuple) -> dict:
    columns, targets = problem[:2]
    forest = RandomForestRegressor(TREES, min_samples_leaf=5, random_state=0, n_jobs=1)
    _, fit = taken(lambda: forest.fit(columns, targets))
    asked = np.random.RandomState(1).rand(ROWS_TIMED, columns.shape[1])
    _, predict = taken(lambda: forest.predict(asked))
    _, one = taken(lambda: [forest.predict(asked[row : row + 1]) for row in range(20)])
    booster = CatBoostRegressor(verbose=0, thread_count=1, allow_writing_files=False).fit(columns, targets)
    _, boosted = taken(lambda: booster.predict(asked, thread_count=1))
    times = ROWS_ASKED / ROWS_TIMED
    return {
        "fit_ms": fit,
        "predict_ms": predict * times,
        "one_row_us": one / 20 * 1e3,
        "bytes": len(pickle.dumps(forest)),
        "catboost_predict_ms": boosted * times,
    }


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    found = problems()
    for name, problem in found.items():
        export(folder, name, problem)
    if "--export-only" in sys.argv:
        return
    report = {name: intervals(found[name]) for name in ("kag_roas", "kag_roas_far", "diabetes", "diabetes_far")}
    report["kag_roas_point"] = points(found["kag_roas"], min_samples_leaf=3, max_features=1 / 3)
    report["kag_roas_far_point"] = points(found["kag_roas_far"], min_samples_leaf=3, max_features=1 / 3)
    report["kag_conversions_point"] = points(found["kag_conversions"], min_samples_leaf=3, max_features=1 / 3)
    report["friedman_point"] = points(found["friedman"])
    for name in ("kag_roas", "diabetes"):
        report[f"{name}_lightgbm"] = intervals(found[name], lightgbm)
        report[f"{name}_mapie"] = intervals(found[name], mapie)
    for name in ("kag_roas", "kag_conversions"):
        report[f"{name}_point_lightgbm"] = points(found[name], booster)
    report["speed"] = speed(found["speed"])
    print(json.dumps(report))


if __name__ == "__main__":
    main()
