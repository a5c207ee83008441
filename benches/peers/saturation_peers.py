"""Days to saturation by the frequency rule and by scikit-learn's forest on the outline's four inputs; prints one JSON object.

Usage: saturation_peers.py CAMPAIGNS, the file that `saturation campaigns` writes. The forest learns the logarithm of the true day from the
campaigns that may be learnt from, of one generator or of all; both are judged on the others. The forest calls a campaign quick below the
day that calls best on the campaigns that it learnt from, by its out-of-bag predictions.
"""

import json
import sys

import numpy as np
from sklearn.ensemble import RandomForestRegressor

# Practitioners call an audience worn out from this frequency on.
WORN_OUT = 3.0
WEEK = 7
TREES = 500
# Predicted days, whole and half, below which a campaign may be called quick.
BOUNDS = np.arange(4, 15, 0.5)


def inputs(campaign: dict) -> list:
    """Size, overlap, frequency and its growth per day (least squares over the days seen)."""
    days = np.array(campaign["days"])
    frequency = days[:, 0].cumsum() / days[:, 1]
    growth = np.polyfit(np.arange(1, len(days) + 1), frequency, 1)[0]
    return [campaign["size"], campaign["overlap"], frequency[-1], growth]


def by_frequency(campaign: dict, horizon: int) -> float:
    """The first day with a frequency of three, else the day on which a straight line reaches it."""
    days = np.array(campaign["days"])
    reached = np.flatnonzero(days[:, 0].cumsum() / days[:, 1] >= WORN_OUT)
    if len(reached):
        return float(reached[0] + 1)
    _, _, frequency, growth = inputs(campaign)
    return min(float(np.ceil(len(days) + (WORN_OUT - frequency) / growth)), horizon) if growth > 0 else horizon


def by_forest(learnt: list, judged: list, horizon: int) -> tuple[np.ndarray, float]:
    """The predicted days, and the bound below which a campaign is called quick."""
    forest = RandomForestRegressor(TREES, random_state=0, n_jobs=1, oob_score=True)
    true = truth(learnt, horizon)
    forest.fit([inputs(one) for one in learnt], np.log(true))
    known = np.exp(forest.oob_prediction_)
    bound = max(BOUNDS, key=lambda bound: figures(known, true, bound)["balanced_accuracy"])
    return np.exp(forest.predict([inputs(one) for one in judged])), float(bound)


def truth(campaigns: list, horizon: int) -> np.ndarray:
    return np.array([min(one["true_day"] or horizon, horizon) for one in campaigns], dtype=float)


def figures(predicted: np.ndarray, true: np.ndarray, bound: float = WEEK) -> dict:
    """Median absolute log error, and the mean of how often quick ones are called quick and slow ones slow."""
    quick, called = true < WEEK, predicted < bound
    balanced = (called[quick].mean() + (~called[~quick]).mean()) / 2
    return {"error": float(np.median(np.abs(np.log(predicted / true)))), "balanced_accuracy": float(balanced)}


def judged(campaigns: list, horizon: int) -> dict:
    learnt, others = ([one for one in campaigns if one["judges"] == judges] for judges in (False, True))
    true = truth(others, horizon)
    predicted, bound = by_forest(learnt, others, horizon)
    rule = np.array([by_frequency(one, horizon) for one in others])
    return {
        "frequency": figures(rule, true),
        "forest": figures(predicted, true, bound),
        "constant": figures(np.full(len(others), np.median(truth(learnt, horizon))), true),
    }


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        found = json.load(file)
    campaigns, horizon = found["campaigns"], found["horizon"]
    names = sorted({one["generator"] for one in campaigns})
    report = {name: judged([one for one in campaigns if one["generator"] == name], horizon) for name in names}
    print(json.dumps(report | {"all": judged(campaigns, horizon)}))


if __name__ == "__main__":
    main()
