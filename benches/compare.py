"""Runs a bench of adbrain and of its peers one after the other and prints the ratios side by side.

Usage: python benches/compare.py workflow [--json]

The peers are installed from peers/requirements.txt into a virtual environment under the target folder.
"""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent / "target"))


def peers_python() -> Path:
    """The interpreter of the peers' environment; made anew where the pinned versions changed."""
    folder = TARGET / "peers"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted, stamp = (HERE / "peers/requirements.txt").read_text(), folder / "installed.txt"
    if not stamp.exists() or stamp.read_text() != wanted:
        venv.create(folder, with_pip=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]
        subprocess.run([*install, HERE / "peers/requirements.txt"], check=True)
        stamp.write_text(wanted)
    return python


def run(command: list) -> dict:
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=HERE.parent).stdout)


def workflow() -> list:
    """Rows of: what, ours, theirs, how many times theirs has to be ours."""
    subprocess.run(["cargo", "build", "--release", "-q", "-p", "adbrain-benches"], check=True, cwd=HERE.parent)
    ours = run([TARGET / "release/workflow"])
    theirs = run([peers_python(), HERE / "peers/workflow_peers.py"])
    return [
        row("no saving, CPU, against LangGraph", ours["none"], theirs["none"], "cpu_us", 100),
        row("no saving, CPU, against plain asyncio", ours["none"], theirs["asyncio"], "cpu_us", 1),
        row("saving, synchronous NORMAL, CPU", ours["normal"], theirs["normal"], "cpu_us", 10),
        row("saving, synchronous NORMAL, wall", ours["normal"], theirs["normal"], "wall_us", None),
        row("saving, synchronous FULL, wall", ours["full"], theirs["full"], "wall_us", 3),
        row("saving, synchronous FULL, CPU", ours["full"], theirs["full"], "cpu_us", None),
    ]


def row(what: str, ours: dict, theirs: dict, field: str, bar) -> dict:
    ratio = theirs[field] / ours[field]
    met = None if bar is None else ratio >= bar
    return {"what": what, "ours_us": ours[field], "theirs_us": theirs[field], "ratio": ratio, "bar": bar, "is_met": met}


def show(rows: list) -> None:
    print(f"{'per run of the five-node graph':<40}{'adbrain us':>12}{'peer us':>12}{'ratio':>9}  bar")
    for line in rows:
        verdict = {None: "-", True: "met", False: "NOT MET"}[line["is_met"]]
        bar = "" if line["bar"] is None else f"at least {line['bar']}: "
        print(f"{line['what']:<40}{line['ours_us']:>12.1f}{line['theirs_us']:>12.1f}{line['ratio']:>9.1f}  {bar}{verdict}")


BENCHES = {"workflow": workflow}


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
