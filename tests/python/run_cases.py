"""Computes every case of tests/cases in Rust, Python and Node and compares the bytes."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import adbrain
import golden

ROOT = Path(__file__).resolve().parents[2]
NODE = """
import { Brain } from %(package)s
const [brief, history, seed, days, store] = process.argv.slice(1)
const brain = await Brain.local(store)
const result = await brain.run(brief, { history, seed: Number(seed), days: Number(days) })
process.stdout.write(result.planJson() + '\\n' + result.report.json())
"""


def by_rust(case: dict, store: Path, threads: int) -> bytes:
    """The command line, on a number of threads."""
    out = store.with_suffix(".json")
    command = ["cargo", "run", "--quiet", "-p", "adbrain-core", "--", "run", "--db", str(store), "--json", str(out)]
    options = [
        "--brief",
        case["brief"],
        "--history",
        case["history"],
        "--seed",
        str(case["seed"]),
        "--days",
        str(case["days"]),
    ]
    environment = os.environ | {"TOKIO_WORKER_THREADS": str(threads)}
    subprocess.run(command + options, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    report = out.read_bytes()
    plan = json.loads(report)["plan"]
    return json.dumps(plan, separators=(",", ":"), ensure_ascii=False, sort_keys=True).encode() + b"\n" + report


def by_python(case: dict, store: Path) -> bytes:
    """The Python package."""
    brain = adbrain.Brain.local(store)
    result = brain.run_sync(ROOT / case["brief"], history=ROOT / case["history"], seed=case["seed"], days=case["days"])
    return result.plan_json().encode() + b"\n" + result.report.to_json().encode()


def by_node(case: dict, store: Path) -> bytes:
    """The Node package."""
    script = NODE % {"package": json.dumps((ROOT / "adbrain-node/index.mjs").as_uri())}
    arguments = [case["brief"], case["history"], str(case["seed"]), str(case["days"]), str(store)]
    command = ["node", "--input-type=module", "-e", script, *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout


def run(case: dict, folder: Path) -> dict[str, bytes]:
    """Every way of computing one case."""
    return {
        "rust, 1 thread": by_rust(case, folder / "rust1.db", 1),
        "rust, 2 threads": by_rust(case, folder / "rust2.db", 2),
        "python": by_python(case, folder / "python.db"),
        "python, again": by_python(case, folder / "python2.db"),
        "node": by_node(case, folder / "node.db"),
    }


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
    with tempfile.TemporaryDirectory() as folder:
        results = run(case, Path(folder))
    first = next(iter(results.values()))
    print(f"{path.name}: {len(first)} bytes in each language")
    return ", ".join(name for name, result in results.items() if result != first)


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
