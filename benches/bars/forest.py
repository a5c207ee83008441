"""Forests of returns beside scikit-learn, LightGBM, MAPIE and CatBoost."""

from bars.rows import less, row
from bars.sides import TARGET, ours, theirs

# What forests are held to: the job, the figure, at least, at most, and what they are to reach one day.
FOREST_LIMITS = [
    ("kag_roas", "interval_score", None, 2.65, 2.60),
    ("kag_roas", "coverage", 0.88, 0.93, None),
    ("kag_roas", "worst_group", 0.87, None, None),
    ("diabetes", "interval_score", None, 2.24, 2.15),
    ("diabetes", "coverage", 0.88, 0.93, None),
    ("kag_roas_point", "rmse", None, 0.96, 0.935),
    ("kag_conversions_point", "rmse", None, 0.332, 0.322),
    ("speed", "one_row_us", None, 30, None),
]
# Beside them, without a bar: the same jobs by other libraries.
FOREST_OTHERS = [
    ("kag_roas", "lightgbm", "interval_score"),
    ("kag_roas", "mapie", "interval_score"),
    ("kag_roas", "lightgbm", "coverage"),
    ("kag_roas", "mapie", "coverage"),
    ("diabetes", "lightgbm", "interval_score"),
    ("diabetes", "mapie", "interval_score"),
    ("kag_roas_point", "lightgbm", "rmse"),
    ("kag_conversions_point", "lightgbm", "rmse"),
]
# The job, the figure, and how many times less it has to be than the peer's.
FOREST_PEERS = [
    ("kag_roas", "interval_score", None),
    ("kag_roas_far", "interval_score", 1 / 1.02),
    ("diabetes", "interval_score", None),
    ("diabetes_far", "interval_score", 1 / 1.02),
    ("kag_roas_point", "rmse", None),
    ("kag_roas_far_point", "rmse", None),
    ("kag_conversions_point", "rmse", None),
    # The same method with another seed is the same within this: the error of one split of 10,000 rows.
    ("friedman_point", "rmse", 1 / 1.005),
    ("friedman_point", "cpu_ms", 4),
    ("speed", "fit_ms", 4),
    ("speed", "predict_ms", 2),
    ("speed", "one_row_us", None),
    ("speed", "bytes", 4),
]


def forest_rows() -> list:
    folder = TARGET / "bench-forest"
    peers, mine = theirs("forest", folder, listed="forest"), ours("forest", folder)
    rows = []
    for job, field, least, most, goal in FOREST_LIMITS:
        value = mine[job][field]
        if least is not None:
            rows.append(row(f"{job}, at least", field, (value, least), value / least, 1))
        if most is not None:
            rows.append(row(f"{job}, at most", field, (value, most), most / value, 1))
        if goal is not None:
            rows.append(row(f"{job}, the goal", field, (value, goal), goal / value, None))
    rows += [less(f"{job}, against the peer", mine[job], peers[job], field, bar) for job, field, bar in FOREST_PEERS]
    rows += [
        less(f"{job}, {peer}", mine[job], peers[f"{job}_{peer}"], field, None) for job, peer, field in FOREST_OTHERS
    ]
    catboost = {"predict_ms": peers["speed"]["catboost_predict_ms"]}
    return [*rows, less("speed, against CatBoost", mine["speed"], catboost, "predict_ms", None)]
