"""The statistics of experiments beside SciPy, statsmodels and others, and through Python."""

from bars.rows import less
from bars.sides import HERE, ours, run, theirs, with_package

# The job, its peer and how many times less time ours has to take; what has no bar is shown all the same.
EXPERIMENTS = [
    ("welch_raw_1e3", "scipy", None),
    ("welch_raw_1e3", "tea_tasting", None),
    ("welch_raw_1e6", "scipy", 5),
    ("welch_raw_1e6", "statsmodels", None),
    ("welch_sums_1e5", "scipy", 2),
    ("welch_sums_1e5", "gbstats", None),
    ("mann_whitney_1e6", "scipy", None),
    ("bootstrap_1e4_x_1e5", "numpy", 4),
    ("confidence_sequence_1e5", "numpy", 1 / 0.8),
    ("confidence_sequence_1e5", "gbstats", None),
    ("best_arm_10", "numpy", None),
    ("benjamini_hochberg_1e6", "statsmodels", 1 / 0.7),
    ("benjamini_hochberg_1e6", "scipy", None),
    ("sample_ratio_1e3", "scipy", None),
    ("sample_size_100", "statsmodels", None),
    ("bounds_28", "spotify_confidence", 1 / 0.03),
]


# How many times as long as in Rust a job may take through Python.
LONGEST_THROUGH_PYTHON = 1.2
# Some jobs take a millisecond or a few, and what a process gets of caches and pages moves them by a third: the least of so many runs counts.
EXPERIMENT_TURNS = 5


def least(runs: list):
    """The least of every figure over runs of the same jobs."""
    if isinstance(runs[0], dict):
        return {key: least([one[key] for one in runs]) for key in runs[0]}
    return min(runs)


def experiment_rows() -> list:
    python = with_package()
    # In turns, so that all meet the same machine.
    sides = [
        lambda: ours("experiments"),
        lambda: theirs("experiments", listed="experiments"),
        lambda: theirs("gbstats", listed="gbstats"),
        lambda: run([python, HERE / "through_python.py"]),
    ]
    turns = [[side() for side in sides] for _ in range(EXPERIMENT_TURNS)]
    mine, peers, gbstats, through_python = (least(list(runs)) for runs in zip(*turns, strict=True))
    for job, times in gbstats.items():
        peers.setdefault(job, {}).update(times)
    rows = [
        less(f"{job}, against {peer}", mine[job], peers[job][peer], unit, bar)
        for job, peer, bar in EXPERIMENTS
        for unit in ("cpu_ms", "wall_ms")
    ]
    return rows + [
        less(f"{job}, through Python against Rust", found, mine[job], unit, 1 / LONGEST_THROUGH_PYTHON)
        for job, found in through_python.items()
        for unit in ("cpu_ms", "wall_ms")
    ]
