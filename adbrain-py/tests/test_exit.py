"""The interpreter ends cleanly after any use: no abort, no hang, no word on standard error.

Ten runs of each script; fifty with ``ADBRAIN_LONG=1``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

RUNS = 50 if os.environ.get("ADBRAIN_LONG") else 10

HEAD = """
import asyncio, json, sys, threading
from pathlib import Path
import adbrain

folder = Path(sys.argv[1])
brief = json.loads((folder / "brief.json").read_text())

class Slow:
    async def run(self, input):
        began.set()
        await asyncio.sleep(3600)

class Broken:
    def run(self, input):
        raise LookupError("on purpose")

def brain(**parts):
    return adbrain.Brain.local(sys.argv[2], **parts)
"""

SCRIPTS = {
    "awaited": "asyncio.run(brain().run(brief, days=1, folder=folder))",
    "cancelled": """
async def main():
    global began
    began = asyncio.Event()
    task = asyncio.create_task(brain(strategist=Slow()).run(brief, folder=folder))
    await began.wait()
    task.cancel()
asyncio.run(main())
""",
    "cancelled_with_plain_callbacks": """
async def main():
    seen = threading.Event()
    def listen(event):
        seen.set()
    task = asyncio.create_task(brain().run(brief, folder=folder, on_event=listen))
    while not seen.is_set():
        await asyncio.sleep(0.001)
    task.cancel()
asyncio.run(main())
""",
    "blocking": "brain().run_sync(brief, days=1, folder=folder)",
    "left_in_flight": """
# Started on a loop that is stopped and never closed: nothing awaits or cancels it.
from adbrain import _adbrain
loop = asyncio.new_event_loop()
async def main():
    request = {"brief": brief, "folder": folder, "mode": "sandbox"}
    kept.append(_adbrain.Engine(sys.argv[2], {}).run(request))
kept = []
loop.run_until_complete(main())
""",
    "events_half_way": """
async def main():
    one = brain()
    events = one.events()
    task = asyncio.create_task(one.run(brief, folder=folder))
    await anext(events)
    waiting = asyncio.ensure_future(one.events().__anext__())
    await asyncio.sleep(0)
    task.cancel()
asyncio.run(main())
""",
    "failed": """
try:
    brain(strategist=Broken()).run_sync(brief, folder=folder)
except LookupError:
    pass
""",
    "forked": """
import os
brain().run_sync(brief, days=1, folder=folder)
child = os.fork()
if child == 0:
    adbrain.Brain.local(sys.argv[2] + ".child").run_sync(brief, days=1, folder=folder)
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
""",
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_interpreter_ends_cleanly_after(name: str, tmp_path: Path, brief: dict[str, Any]) -> None:
    (tmp_path / "brief.json").write_text(json.dumps(brief))
    script = tmp_path / "script.py"
    script.write_text(HEAD + SCRIPTS[name])
    for turn in range(RUNS):
        command = [
            sys.executable,
            "-W",
            "ignore::ResourceWarning",
            str(script),
            str(tmp_path),
            str(tmp_path / f"{turn}.db"),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, ""), f"turn {turn}: {done.returncode}\n{done.stderr}"
