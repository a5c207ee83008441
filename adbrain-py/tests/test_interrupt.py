"""Ctrl-C: a real signal to a real process. It stops soon, leaves the journal whole, and the run goes on where it was.

The time is printed, with ``-s``, and not tested: the machine may be busy.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import adbrain

RUN = """
import json, sys, time
from pathlib import Path
import adbrain

folder, database, wanted = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
seen = []

def listen(event):
    seen.append(event)
    if len(seen) == wanted:
        print("there", flush=True)

brain = adbrain.Brain.local(database)
try:
    result = brain.run_sync(json.loads((folder / "brief.json").read_text()), folder=folder, on_event=listen)
except KeyboardInterrupt:
    print(json.dumps({"at": time.time()}), flush=True)
else:
    print(json.dumps({"plan": result.plan_hash, "totals": result["totals"], "launch": result["launch"]}), flush=True)
"""

COMPUTE = """
import json, sys, time
import numpy as np
import adbrain

luck = np.random.RandomState(1)
X, y = luck.uniform(size=(200_000, 20)), luck.uniform(size=200_000)
try:
    print("there", flush=True)
    adbrain.ForestRegressor(trees=2000).fit(X, y)
except KeyboardInterrupt:
    print(json.dumps({"at": time.time()}), flush=True)
"""


def start(script: Path, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, str(script), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def interrupted(process: subprocess.Popen[str]) -> tuple[dict[str, Any], float]:
    """Sends the signal once the program is where it should be; what it said then, and the milliseconds it took."""
    assert process.stdout is not None
    assert process.stdout.readline() == "there\n", process.communicate()[1]
    sent = time.time()
    process.send_signal(signal.SIGINT)
    said, problems = process.communicate(timeout=60)
    assert (process.returncode, problems) == (0, "")
    told: dict[str, Any] = json.loads(said)
    return told, (told.get("at", sent) - sent) * 1000


def whole(result: dict[str, Any]) -> tuple[Any, ...]:
    """What a run did, without places in the journal, which a second start moves."""
    launched = [{name: one[name] for name in ("action", "state", "target")} for one in result["launch"]]
    return result["plan"], result["totals"], launched


@pytest.mark.parametrize("events", [2, 12, 40])
def test_a_run_stops_at_ctrl_c_and_goes_on_where_it_was(events: int, tmp_path: Path, brief: dict[str, Any]) -> None:
    script = tmp_path / "run.py"
    script.write_text(RUN)
    (tmp_path / "brief.json").write_text(json.dumps(brief))
    database = tmp_path / "stopped.db"
    told, took = interrupted(start(script, tmp_path, database, events))
    print(f"Ctrl-C after {events} events: {took:.0f} ms")
    assert "at" in told, "the run ended before the signal"
    assert adbrain.verify_journal(database)["is_intact"]
    again = json.loads(start(script, tmp_path, database, 0).communicate(timeout=300)[0])
    assert adbrain.verify_journal(database)["is_intact"]
    fresh = json.loads(start(script, tmp_path, tmp_path / "fresh.db", 0).communicate(timeout=300)[0])
    assert whole(again) == whole(fresh)


def test_a_computation_stops_at_ctrl_c(tmp_path: Path) -> None:
    script = tmp_path / "compute.py"
    script.write_text(COMPUTE)
    told, took = interrupted(start(script))
    print(f"Ctrl-C while a forest grows: {took:.0f} ms")
    assert "at" in told
