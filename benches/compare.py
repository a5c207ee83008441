"""Runs a bench of adbrain and of its peers one after the other and prints the ratios side by side.

Usage: python benches/compare.py workflow|import|market|cycle|memory|experiments|value|forest|saturation|persona|allocation|series|setup|sdk [--json]

The peers are installed from peers/*.txt, each list into a virtual environment of its own under the target folder.
"""

import json
import math
import os
import random
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent / "target"))
SCHEMA = HERE.parent / "adbrain-core/src/io/store/migrations/0001_first.sql"
# Rows of the generated history.
HISTORY_ROWS = 200_000
# The longest that 99 of 100 questions to memory may take, in microseconds.
LONGEST_QUESTION_US = 5_000
# A season in the simulated market, in seconds.
LONGEST_SEASON_S = 1
# A cycle of watching and deciding, in seconds, and what the process may take.
CYCLE_CAMPAIGNS, LONGEST_CYCLE_S, MOST_MEMORY_MB = 10_000, 5, 500


# A launch on four platforms: values that a person writes, seconds, and the share of what a script over the platforms' packages takes.
MOST_INPUTS, LONGEST_SETUP_S, SHARE_OF_A_SCRIPT = 15, 10, 0.4


def peers_python(listed: str) -> Path:
    """The interpreter of an environment of peers; made anew where the pinned versions changed."""
    folder = TARGET / "peers" / listed
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted, stamp = (HERE / f"peers/{listed}.txt").read_text(), folder / "installed.txt"
    if not stamp.exists() or stamp.read_text() != wanted:
        venv.create(folder, clear=True, with_pip=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]
        subprocess.run([*install, HERE / f"peers/{listed}.txt"], check=True)
        stamp.write_text(wanted)
    return python


def run(command: list) -> dict:
    # All on one thread, as ours.
    one_thread = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], "1")
    env = os.environ | one_thread | {"PYTHONPATH": str(HERE)}
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=HERE.parent, env=env).stdout)


def ours(bench: str, *arguments: object) -> dict:
    build = ["cargo", "build", "--release", "-q", "-p", "adbrain-benches", "--bin", bench]
    subprocess.run(build, check=True, cwd=HERE.parent)
    return run([TARGET / "release" / bench, *map(str, arguments)])


def theirs(bench: str, *arguments: object, listed: str = "requirements") -> dict:
    return run([peers_python(listed), HERE / f"peers/{bench}_peers.py", *map(str, arguments)])


def with_package() -> Path:
    """The interpreter of an environment with the package, built for release."""
    python, wheels = peers_python("through_python"), TARGET / "wheels"
    build = [python, "-m", "maturin", "build", "--release", "--quiet", "--auditwheel", "skip", "--out", wheels]
    subprocess.run([*build, "-m", "adbrain-py/Cargo.toml"], check=True, cwd=HERE.parent)
    newest = max(wheels.glob("adbrain-*.whl"), key=lambda wheel: wheel.stat().st_mtime)
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*install, "--force-reinstall", newest], check=True)
    return python


def workflow_rows() -> list:
    mine, peers = ours("workflow"), theirs("workflow")
    return [
        less("no saving, CPU, against LangGraph", mine["none"], peers["none"], "cpu_us", 100),
        less("no saving, CPU, against plain asyncio", mine["none"], peers["asyncio"], "cpu_us", 1),
        less("saving, synchronous NORMAL, CPU", mine["normal"], peers["normal"], "cpu_us", 10),
        less("saving, synchronous NORMAL, wall", mine["normal"], peers["normal"], "wall_us", None),
        less("saving, synchronous FULL, wall", mine["full"], peers["full"], "wall_us", 3),
        less("saving, synchronous FULL, CPU", mine["full"], peers["full"], "cpu_us", None),
    ]


def import_rows() -> list:
    history = TARGET / "bench-history.csv"
    write_history(history)
    mine, peers = ours("import", history), theirs("import", history)
    for name, peer in peers.items():
        if (peer["rows"], peer["impressions"]) != (mine["rows"], mine["impressions"]):
            raise SystemExit(f"{name} read other rows: {peer} and {mine}")
    return [
        more("history, against csv.DictReader and Decimal", mine, peers["dict_reader"], "rows_per_second", 1),
        more("history, against pandas.read_csv (floats)", mine, peers["pandas"], "rows_per_second", None),
    ]


def market_rows() -> list:
    mine = ours("market")
    if (mine["days"], mine["ads"]) != (90, 200) or not mine["impressions"]:
        raise SystemExit(f"another season was played: {mine}")
    return [limit("90 days, 4 platforms, 200 ads", mine, "wall_s", LONGEST_SEASON_S)]


def cycle_rows() -> list:
    mine = ours("cycle")
    if mine["campaigns"] != CYCLE_CAMPAIGNS or list(mine["spent"]) != ["USD 1000000.00"]:
        raise SystemExit(f"another cycle was run: {mine}")
    return [
        limit("a cycle over 10,000 campaigns, p99", mine, "p99_s", LONGEST_CYCLE_S),
        limit("a cycle over 10,000 campaigns, memory", mine, "memory_mb", MOST_MEMORY_MB),
    ]


def setup_rows() -> list:
    mine = ours("setup")
    if mine["objects"] != mine["asked"] or not mine["objects"]:
        raise SystemExit(f"not everything was launched: {mine}")
    script = mine["script"]
    own, theirs = mine["inputs"] + mine["calls"], script["inputs"] + script["calls"]
    return [
        limit("brief to paused campaigns on 4 platforms", mine, "inputs", MOST_INPUTS),
        limit(
            "brief to paused campaigns, without the platforms' own waiting",
            {"s": mine["seconds"] - mine["waited_s"]},
            "s",
            LONGEST_SETUP_S,
        ),
        limit("inputs and calls, of those of a script", {"share": own / theirs}, "share", SHARE_OF_A_SCRIPT),
    ]


def memory_rows() -> list:
    mine, peer = ours("memory"), theirs("memory", SCHEMA)
    return [
        more("learnings stored, 100 at a time", mine["stored"], peer["stored"], "per_second", None),
        less("similar campaigns among 100,000, median", mine, peer, "p50_us", None),
        less("similar campaigns among 100,000, p99", mine, peer, "p99_us", None),
        limit("similar campaigns among 100,000, p99", mine, "p99_us", LONGEST_QUESTION_US),
    ]


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


# What Fader, Hardie and Lee (2005) and Lifetimes 0.11.3 find for CDNOW: parameters to three decimals, log-likelihoods to 0.01.
CDNOW = {
    "bg_nbd": ([0.242593, 4.413532, 0.792886, 2.425752], -9582.43),
    "mbg_nbd": ([0.52484, 6.18299, 0.89136, 1.61400], -9582.13),
    "pareto_nbd": ([0.55328, 10.57779, 0.60620, 11.66741], -9594.98),
    "gamma_gamma": ([6.2488, 3.7446, 15.4477], -4055.92),
}
# The largest deviations that are allowed: half of the third decimal beside the rounding of the known figures.
PARAMETER_OFF, LIKELIHOOD_OFF = 6e-4, 1e-2
# The mean error per customer over the 39 weeks that are held out: the bar, and the best that is known.
HOLD_OUT_ERROR, BEST_HOLD_OUT_ERROR = 0.7655, 0.7546
# Milliseconds: the four fits together (the goal is 20), and 100,000 predictions.
FOUR_FITS_MS, PREDICTIONS_MS = 50, 20


def value_rows() -> list:
    folder = Path(os.environ.get("ADBRAIN_TEST_DATA", "")) / "data/cdnow"
    summary, orders = folder / "cdnow_customers_summary_with_transactions.csv", folder / "CDNOW_sample.txt"
    if not summary.is_file():
        raise SystemExit("value needs the files of CDNOW below ADBRAIN_TEST_DATA")
    mine, peers = ours("value", summary, orders), theirs("value", summary, listed="value")
    rows = []
    for name, (parameters, likelihood) in CDNOW.items():
        off = max(abs(a - b) for a, b in zip(mine[name]["parameters"], parameters, strict=True))
        rows.append(limit(f"{name}, parameters off by", {"off": off}, "off", PARAMETER_OFF))
        off = abs(mine[name]["log_likelihood"] - likelihood)
        rows.append(limit(f"{name}, log-likelihood off by", {"off": off}, "off", LIKELIHOOD_OFF))
        rows.append(less(f"{name}, fit, against Lifetimes", mine[name], peers[name], "fit_ms", 1))
    rows.append(limit("Pareto/NBD, hold-out error", mine["pareto_nbd"], "error", HOLD_OUT_ERROR))
    rows.append(limit("Pareto/NBD, hold-out error, best known", mine["pareto_nbd"], "error", BEST_HOLD_OUT_ERROR))
    rows.append(limit("four fits", mine, "four_fits_ms", FOUR_FITS_MS))
    rows.append(less("four fits, against Lifetimes", mine, peers, "four_fits_ms", None))
    for name in ("bg_nbd", "mbg_nbd", "pareto_nbd"):
        aim = {"predict_ms": PREDICTIONS_MS}
        rows.append(less(f"{name}, 100,000 predictions, the aim", mine[name], aim, "predict_ms", None))
        rows.append(
            less(f"{name}, 100,000 predictions, against Lifetimes", mine[name], peers[name], "predict_ms", None)
        )
    rows.append(less("100,000 values over 12 months, against Lifetimes", mine, peers, "values_ms", 1))
    return rows


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


# The inertia of k-means may lie above scikit-learn's by this share.
INERTIA_SLACK = 0.0005


def persona_rows() -> list:
    rows = TARGET / "bench-persona-rows.bin"
    mine = ours("persona", rows)
    peer = theirs("persona", rows, listed="persona")
    most = peer["kmeans_10"]["inertia"] * (1 + INERTIA_SLACK)
    return [
        less(
            "k-means 1e5 x 12, 10 restarts, CPU, against scikit-learn",
            mine["kmeans_10"],
            peer["kmeans_10"],
            "cpu_ms",
            1,
        ),
        limit("k-means, inertia within 0.05 %", mine["kmeans_10"], "inertia", most),
        less("mixture 1e5 x 12 from the clusters, CPU", mine["mixture"], peer["mixture"], "cpu_ms", None),
        row("clusters chosen by stability, of six", "chosen", (mine["chosen"], 6), float(mine["chosen"] == 6), 1),
    ]


# How much lower than the frequency rule's the error must be, and the least balanced accuracy of "fewer than 7 days".
OF_THE_FREQUENCY_RULE = 1 / 0.6
LEAST_ACCURACY = 0.90


def saturation_rows() -> list:
    campaigns = TARGET / "bench-campaigns.json"
    mine = ours("saturation")
    campaigns.write_text(json.dumps(ours("saturation", "campaigns")))
    peers = theirs("saturation", campaigns, listed="saturation")
    rows = []
    for name in ("family", "refresh", "price", "all"):
        figures, peer = mine[name], peers[name]
        week = {"balanced_accuracy": LEAST_ACCURACY}
        rows += [
            less(
                f"{name}, log error, against the frequency rule",
                figures,
                peer["frequency"],
                "error",
                OF_THE_FREQUENCY_RULE,
            ),
            less(f"{name}, log error, against a forest", figures, peer["forest"], "error", 1),
            more(f"{name}, fewer than 7 days, against the least", figures, week, "balanced_accuracy", 1),
            more(f"{name}, fewer than 7 days, against a forest", figures, peer["forest"], "balanced_accuracy", None),
        ]
    return rows


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


# Pages of a report, and ads, that both sides go through.
REPORT_PAGES, ADS = 1_000, 500
# Meta's fake gives three rows a page: a report of thirty days of one ad is ten pages.
PAGES_OF_A_CALL = {"meta": 10, "tiktok": 1, "google": 1}


class Fakes:
    """The fakes in a process of their own, and how often they were asked."""

    def __enter__(self):
        ours_built = ["cargo", "build", "--release", "-q", "-p", "adbrain-benches", "--bin", "sdk"]
        subprocess.run(ours_built, check=True, cwd=HERE.parent)
        command = [TARGET / "release" / "sdk", "fakes"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.urls = json.loads(self.process.stdout.readline())
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def asked(self) -> dict:
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def measured(self, side, job: str, platform: str, count: int) -> dict:
        before = self.asked()[platform]
        found = side("sdk", job, platform, self.urls[platform], count)
        found["requests"] = self.asked()[platform] - before
        found["requests_per_s"] = found["requests"] / found["wall_s"]
        found["cpu_ms_a_request"] = found["cpu_s"] * 1e3 / found["requests"]
        found["rows_per_s"] = found["rows"] / found["wall_s"]
        return found


# What detectors of series must do: false alarms a day in calm worlds, the share of rises of 35 % found within a day at 3,000 impressions an hour,
# and on the ad exchanges of the Numenta Anomaly Benchmark a score (0 for silence, 100 for perfect) at so many false points a day.
FALSE_A_DAY = 0.02
FOUND_WITHIN_A_DAY = 0.95
EXCHANGE_SCORE = 70
EXCHANGE_FALSE_A_DAY = 0.1
# Runaway, stop, doubled prices and dead tracking of an ad set at reports of 15 minutes: minutes until they are told.
REACTION_MEDIAN = 30
REACTION_P95 = 90
# The scorer is checked on what the benchmark publishes: its windowedGaussian scores 56.9 on these six files.
WINDOWED_GAUSSIAN = 56.9


def series_rows() -> list:
    folder = Path(os.environ.get("ADBRAIN_TEST_DATA", "")) / "data/nab-ad-exchange"
    if not (folder / "labels").is_dir():
        raise SystemExit("series needs the files of realAdExchange below ADBRAIN_TEST_DATA")
    found = ours("series", folder)
    worlds, exchanges = found["worlds"], found["exchanges"]
    known = {"silent": 0, "perfect": 100, "windowed_gaussian": WINDOWED_GAUSSIAN}
    for name, score in known.items():
        if abs(exchanges[name]["score"] - score) > 0.05:
            raise SystemExit(f"the scorer is another one: {name} scores {exchanges[name]['score']}")
    mine, peer = worlds["ours"], worlds["hour_of_day_5"]
    rows = [
        limit("calm worlds", mine, "false_a_day", FALSE_A_DAY),
        limit("the worst calm world", mine, "worst_false_a_day", FALSE_A_DAY),
        reach("35 % more at 3,000 an hour", mine["at_3000"]["found"]["up_35"], "share", FOUND_WITHIN_A_DAY),
    ]
    rows += [
        more(f"{name} at 3,000 an hour, against hour of day", shares(mine, name), shares(peer, name), "share", None)
        for name in mine["at_3000"]["found"]
    ]
    quarters = found["quarters"]
    rows += [
        limit("dense signals at 15-minute reports", quarters["dense"], "median_minutes", REACTION_MEDIAN),
        limit("dense signals at 15-minute reports", quarters["dense"], "p95_minutes", REACTION_P95),
        limit("the same runs, calm", quarters, "false_a_day", FALSE_A_DAY),
        reach("the same runs, 35 % more", quarters["by_event"]["cpm_35"], "share", FOUND_WITHIN_A_DAY),
    ]
    lasting, unknown = quarters["lasting"], found["unknown"]
    rows += [
        limit("dense signals, variation that lasts", lasting["dense"], "median_minutes", REACTION_MEDIAN),
        limit("dense signals, variation that lasts", lasting["dense"], "p95_minutes", REACTION_P95),
        limit("the same runs, calm", lasting, "false_a_day", FALSE_A_DAY),
        reach("the same runs, 35 % more", lasting["by_event"]["cpm_35"], "share", FOUND_WITHIN_A_DAY),
        limit("calm worlds, volume not known, heavy tails", unknown, "false_a_day", FALSE_A_DAY),
        limit("the worst of them", unknown, "worst_false_a_day", EXCHANGE_FALSE_A_DAY),
    ]
    if unknown["chosen"] != unknown["is_set"]:
        raise SystemExit(f"the rule for the threshold gives {unknown['chosen']}, the default is {unknown['is_set']}")
    left = exchanges["ours_left_out"]
    rows += [
        reach("exchanges, default", exchanges["ours"], "score", EXCHANGE_SCORE),
        reach("exchanges, first default as it was read first", exchanges["ours_first"], "score", None),
        reach("exchanges, leaving one out", left, "score", EXCHANGE_SCORE),
        limit("exchanges, default", exchanges["ours"], "false_a_day", EXCHANGE_FALSE_A_DAY),
        limit("exchanges, leaving one out", left, "false_a_day", EXCHANGE_FALSE_A_DAY),
    ]
    rivals = [name for name in exchanges if name not in ("ours", "ours_first", "ours_left_out", "silent", "perfect")]
    for name in rivals:
        figures = exchanges["ours"]["score"], exchanges[name]["score"]
        rows.append(row(f"exchanges, against {name}", "score", figures, figures[0] / figures[1], None))
    return rows


def shares(worlds: dict, name: str) -> dict:
    return {"share": max(worlds["at_3000"]["found"][name]["share"], 1e-9)}


def reach(what: str, mine: dict, field: str, least: float | None) -> dict:
    """Ours beside the least that it has to be: how many times it is that."""
    wanted = mine[field] if least is None else least
    bar = None if least is None else 1
    return row(f"{what}, against what is wanted", field, (mine[field], wanted), mine[field] / wanted, bar)


def sdk_rows() -> list:
    def packages(*arguments: object) -> dict:
        return theirs(*arguments, listed="sdk")

    rows = []
    for job, platform, count in [
        ("pages", "meta", REPORT_PAGES), ("pages", "tiktok", REPORT_PAGES), ("ads", "meta", ADS), ("ads", "tiktok", ADS),
    ]:  # fmt: skip
        count = count // PAGES_OF_A_CALL[platform] if job == "pages" else count
        # Each side against fakes that nobody has written to yet.
        with Fakes() as fakes:
            mine = fakes.measured(ours, job, platform, count)
        with Fakes() as fakes:
            peer = fakes.measured(packages, job, platform, count)
        what = f"{platform}, {mine['rows']} " + ("rows of reports" if job == "pages" else "ads, ours through control")
        rows += [
            more(what, mine, peer, "rows_per_s", None),
            more(what, mine, peer, "requests_per_s", None),
            less(what, mine, peer, "requests", None),
            less(what, mine, peer, "cpu_s", None),
            less(what, mine, peer, "cpu_ms_a_request", None),
            less(what, mine, peer, "peak_mb", None),
        ]
    return rows + google_rows(packages)


def google_rows(packages) -> list:
    """google-ads speaks gRPC alone: its parser of JSON pages beside our connector, which fetches them too."""
    with Fakes() as fakes:
        mine = fakes.measured(ours, "pages", "google", REPORT_PAGES)
    file = TARGET / "bench-google-page.json"
    file.write_text(json.dumps(ours("sdk", "page")))
    peer = packages("sdk", "pages", "google", file, REPORT_PAGES)
    peer["rows_per_s"] = peer["rows"] / peer["wall_s"]
    what = "google, 1,000 pages fetched, against json_format"
    units = ("cpu_s", "peak_mb")
    return [more(what, mine, peer, "rows_per_s", None), *(less(what, mine, peer, unit, None) for unit in units)]


def write_history(path: Path) -> None:
    """A history like the example's, from a fixed seed."""
    luck = random.Random(7)
    lines = (HERE.parent / "examples/history.csv").read_text(encoding="utf-8").splitlines()
    header, rows = lines[0], [line.split(",") for line in lines[1:]]
    with path.open("w", encoding="utf-8") as file:
        file.write(header + "\n")
        for _ in range(HISTORY_ROWS):
            impressions = luck.randrange(1_000, 50_000)
            clicks, spend = impressions // 40, luck.randrange(1_000, 90_000)
            counts = [impressions, clicks, clicks // 25, f"{spend / 100:.2f}", f"{spend * 3 / 100:.2f}"]
            file.write(",".join([*luck.choice(rows)[:9], *map(str, counts)]) + "\n")


def less(what: str, mine: dict, peer: dict, field: str, bar) -> dict:
    """Less is better: how many times ours the peer takes."""
    return row(what, field, (mine[field], peer[field]), peer[field] / mine[field], bar)


def more(what: str, mine: dict, peer: dict, field: str, bar) -> dict:
    """More is better: how many times the peer's ours is."""
    return row(what, field, (mine[field], peer[field]), mine[field] / peer[field], bar)


def limit(what: str, mine: dict, field: str, most: float) -> dict:
    """Ours beside a fixed limit: how many times it fits in."""
    value = math.inf if mine[field] is None else max(mine[field], 1e-9)
    return row(f"{what}, against the limit", field, (value, most), most / value, 1)


def row(what: str, unit: str, figures: tuple, ratio: float, bar) -> dict:
    met = None if bar is None else ratio >= bar
    return {
        "what": what,
        "unit": unit,
        "ours": figures[0],
        "theirs": figures[1],
        "ratio": ratio,
        "bar": bar,
        "is_met": met,
    }


def figure(value: float) -> str:
    return f"{value:.1f}" if value >= 10 else f"{value:.4g}"


def show(rows: list) -> None:
    print(f"{'what':<60}{'unit':<17}{'adbrain':>12}{'peer':>12}{'ratio':>9}  bar")
    for line in rows:
        verdict = {None: "-", True: "met", False: "not met"}[line["is_met"]]
        bar = "" if line["bar"] is None else f"at least {line['bar']:.4g}: "
        figures = f"{figure(line['ours']):>12}{figure(line['theirs']):>12}{line['ratio']:>9.2f}"
        print(f"{line['what']:<60}{line['unit']:<17}{figures}  {bar}{verdict}")


BENCHES = {
    "workflow": workflow_rows,
    "import": import_rows,
    "market": market_rows,
    "cycle": cycle_rows,
    "memory": memory_rows,
    "experiments": experiment_rows,
    "value": value_rows,
    "forest": forest_rows,
    "saturation": saturation_rows,
    "persona": persona_rows,
    "allocation": allocation_rows,
    "series": series_rows,
    "setup": setup_rows,
    "sdk": sdk_rows,
}


def main() -> int:
    names = [name for name in sys.argv[1:] if not name.startswith("--")]
    if len(names) != 1 or names[0] not in BENCHES:
        print(__doc__, "Benches:", ", ".join(BENCHES), file=sys.stderr)
        return 2
    rows = BENCHES[names[0]]()
    print(json.dumps(rows, indent=2)) if "--json" in sys.argv else show(rows)
    return 1 if any(line["is_met"] is False for line in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
