"""Detectors of series in calm and changed worlds, and on the ad exchanges of the Numenta Anomaly Benchmark."""

import os
from pathlib import Path

from bars.rows import limit, more, reach, row
from bars.sides import ours

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
