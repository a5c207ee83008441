"""Benches of the loop: the workflow, past results, the market, a cycle, a launch and memory."""

import random
from pathlib import Path

from bars.rows import less, limit, more
from bars.sides import HERE, TARGET, ours, theirs

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
