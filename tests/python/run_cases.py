"""Computes every case of tests/cases in Rust, Python and Node and compares the bytes."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import golden

ROOT = Path(__file__).resolve().parents[2]
PYTHON = """
import sys
import adbrain
brief, history, seed, days, store = sys.argv[1:]
brain = adbrain.Brain.local(store)
result = brain.run_sync(brief, history=history or None, seed=int(seed), days=int(days))
sys.stdout.buffer.write(result.plan_json().encode() + b"\\n" + result.report.to_json().encode())
"""
NODE = """
import { Brain } from %(package)s
const [brief, history, seed, days, store] = process.argv.slice(1)
const brain = await Brain.local(store)
const result = await brain.run(brief, { history: history || undefined, seed: Number(seed), days: Number(days) })
process.stdout.write(result.planJson() + '\\n' + result.report.json())
"""


def merged(value: dict, change: dict) -> dict:
    """A value with some of its fields changed."""
    both = {key: merged(value[key], new) if isinstance(new, dict) else new for key, new in change.items()}
    return {**value, **both}


def prepared(case: dict, folder: Path) -> dict:
    """A run whose brief, with its media beside it, lies in a folder of its own."""
    source = ROOT / case["brief"]
    place = folder / "brief"
    shutil.copytree(source.parent / "media", place / "media")
    brief = merged(json.loads(source.read_text(encoding="utf-8")), case.get("change", {}))
    (place / "brief.json").write_text(json.dumps(brief, ensure_ascii=False), encoding="utf-8")
    data = os.environ.get("ADBRAIN_TEST_DATA", "")
    return {**case, "brief": str(place / "brief.json"), "history": (case["history"] or "").format(data=data)}


def called(command: list[str], threads: int) -> bytes:
    """What a program writes when it runs on a number of threads."""
    environment = os.environ | {"TOKIO_WORKER_THREADS": str(threads)}
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE).stdout


def by_rust(case: dict, store: Path, threads: int) -> bytes:
    """The command line."""
    out = store.with_suffix(".json")
    command = ["cargo", "run", "--quiet", "-p", "adbrain-core", "--", "run", "--db", str(store), "--json", str(out)]
    options = ["--brief", case["brief"], "--seed", str(case["seed"]), "--days", str(case["days"])]
    history = ["--history", case["history"]] if case["history"] else []
    called(command + options + history, threads)
    report = out.read_bytes()
    plan = json.loads(report)["plan"]
    return json.dumps(plan, separators=(",", ":"), ensure_ascii=False, sort_keys=True).encode() + b"\n" + report


def by_script(command: list[str], case: dict, store: Path, threads: int) -> bytes:
    """A script in Python or Node."""
    arguments = [case["brief"], case["history"], str(case["seed"]), str(case["days"]), str(store)]
    return called([*command, *arguments], threads)


def run(case: dict, folder: Path) -> dict[str, bytes]:
    """Every way of computing one run."""
    case = prepared(case, folder)
    node = NODE % {"package": json.dumps((ROOT / "adbrain-node/index.mjs").as_uri())}
    python, node = [sys.executable, "-c", PYTHON], ["node", "--input-type=module", "-e", node]
    found = {}
    for threads in (1, 2):
        found[f"rust, threads: {threads}"] = by_rust(case, folder / f"rust{threads}.db", threads)
        found[f"python, threads: {threads}"] = by_script(python, case, folder / f"python{threads}.db", threads)
        found[f"node, threads: {threads}"] = by_script(node, case, folder / f"node{threads}.db", threads)
    return found


def differing(case: dict) -> list[str]:
    """The ways that do not say what the first says."""
    if "{data}" in (case["history"] or "") and "ADBRAIN_TEST_DATA" not in os.environ:
        print(f"skipped: loop, {case['name']} needs ADBRAIN_TEST_DATA")
        return []
    with tempfile.TemporaryDirectory() as folder:
        results = run(case, Path(folder))
    first = next(iter(results.values()))
    print(f"loop, {case['name']}: {len(first)} bytes in each language")
    return [f"{case['name']}: {way}" for way, result in results.items() if result != first]


# Reference cases that are wrong themselves, and why; every other one has to pass, and these have to differ.
DISPUTED = {
    "power-021": "the peer's search stops early: its own power at the expected effect is 0.80006, at ours 0.8",
}


def reference_cases(path: Path) -> dict[str, set[str]]:
    """The ids of the cases of a file that fail in each language."""

    def failing(lines: list[str]) -> set[str]:
        return {line.split(" ")[0] for line in lines}

    def by_command(*command: str) -> set[str]:
        done = subprocess.run([*command, str(path)], cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True)
        *failures, counts = done.stdout.splitlines()
        print(f"{path.name}: {command[0]}: {counts}")
        return failing(failures)

    count, failures = golden.run(path)
    print(f"{path.name}: python: {count} cases: {count - len(failures)} passed, {len(failures)} failed")
    return {
        "rust": by_command("cargo", "run", "--quiet", "-p", "adbrain-tests", "--bin", "golden"),
        "python": failing(failures),
        "node": by_command("node", "tests/golden/run.mjs"),
    }


def check(path: Path) -> str:
    """What is wrong with a file of cases; nothing where all languages say what they should."""
    case = json.loads(path.read_text())
    if "cases" in case:
        disputed = set(DISPUTED) & {one["id"] for one in case["cases"]}
        wrong = {language: ids ^ disputed for language, ids in reference_cases(path).items()}
        return ", ".join(f"{language}: {sorted(ids)}" for language, ids in wrong.items() if ids)
    return ", ".join(way for one in case["runs"] for way in differing(one))


def main() -> int:
    """Says for each file whether all languages agree."""
    cases = sorted((ROOT / "tests/cases").glob("*.json"))
    found = {path.name: check(path) for path in cases}
    for name, problem in found.items():
        print(f"{name}: {f'different: {problem}' if problem else 'all agree'}")
    failed = sum(map(bool, found.values()))
    print(f"{len(cases) - failed} passed, {failed} failed")
    return int(failed > 0 or not cases)


if __name__ == "__main__":
    sys.exit(main())
