"""Runs every code block of the README, those of the documents in Python and JavaScript, and the examples, in a copy of their files."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def blocks(language: str) -> list[str]:
    """The code blocks of one language; cargo runs those of the guides in Rust."""
    folders = ("docs", "docs/concepts", "docs/guides") if language in ("python", "js") else ()
    guides = [path for folder in folders for path in sorted((ROOT / folder).glob("*.md"))]
    pages = [path.read_text() for path in (ROOT / "README.md", *guides)]
    return [block for page in pages for block in re.findall(rf"^```{language}\n(.*?)^```$", page, flags=re.M | re.S)]


def run_python(code: str, folder: Path) -> str:
    """Runs a Python block."""
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def run_node(code: str, folder: Path) -> str:
    """Runs a JavaScript block; the package stands in node_modules as it does after an install."""
    modules = folder / "node_modules"
    modules.mkdir(exist_ok=True)
    if not (modules / "adbrain").exists():
        (modules / "adbrain").symlink_to(ROOT / "adbrain-node")
    (folder / "block.mjs").write_text(code)
    return subprocess.run(["node", "block.mjs"], cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout


def run_rust(code: str, folder: Path) -> str:
    """Runs the Rust block, which stands word for word in examples/rust/readme.rs."""
    example = ROOT / "examples/rust/readme.rs"
    if code.strip() not in example.read_text():
        raise AssertionError("examples/rust/readme.rs differs from the README")
    manifest = str(ROOT / "Cargo.toml")
    command = ["cargo", "run", "--quiet", "--manifest-path", manifest, "--bin", "readme"]
    return subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout


def run_example(name: str, folder: Path) -> str:
    """Runs an example that stands in a file of its own."""
    if name.endswith(".mjs"):
        return run_node((ROOT / "examples/node" / name).read_text(), folder)
    manifest = str(ROOT / "Cargo.toml")
    command = ["cargo", "run", "--quiet", "--manifest-path", manifest, "--bin", name]
    return subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout


def with_hashes(line: str, folder: Path) -> str:
    """A line with the hashes that a reader copies from the run above it."""
    result = folder / "OUT.json"
    if not result.exists():
        return line
    run = json.loads(result.read_text())
    created = [one["entry"] for one in run["launch"] if (one["action"], one["state"]) == ("create", "confirmed")]
    line = line.replace("HASH", run["plan_hash"]).replace("ENTRY", created[0])
    return line.replace("RUN", run["run"]).replace("FOLDER", "cuts")


def run_shell(code: str, folder: Path) -> str:
    """Runs the command lines that need no file of the reader."""
    program = folder / "bin"
    program.mkdir(exist_ok=True)
    (program / "adbrain").write_text(
        f'#!/bin/sh\nexec cargo run --quiet --manifest-path {ROOT}/Cargo.toml --bin adbrain -- "$@"\n'
    )
    (program / "adbrain").chmod(0o755)
    code = code.replace("BRIEF.json", "examples/brief.json").replace("FILE.csv", "examples/history.csv")
    lines = [line for line in code.splitlines() if line.startswith("adbrain") and " serve " not in line]
    environment = os.environ | {"PATH": f"{program}:{os.environ['PATH']}"}
    said = ""
    for line in lines:
        command = ["bash", "-c", with_hashes(line, folder)]
        done = subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        said += done.stdout
    return said


def main() -> int:
    """Runs all blocks; each must print something."""
    runners = [("python", run_python), ("js", run_node), ("rust", run_rust), ("sh", run_shell)]
    jobs = [
        (language, runner, code) for language, runner in runners for code in blocks(language) if "make demo" not in code
    ]
    jobs += [("example", run_example, name) for name in ("own_agent", "first_run.mjs")]
    passed = failed = 0
    for language, runner, code in jobs:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            shutil.copytree(ROOT / "examples", folder / "examples")
            try:
                assert runner(code, folder).strip(), "printed nothing"
                passed += 1
            except (subprocess.CalledProcessError, AssertionError) as error:
                failed += 1
                print(f"README {language}: {error}")
    print(f"{passed} passed, {failed} failed")
    return int(failed > 0 or passed < len(runners))


if __name__ == "__main__":
    sys.exit(main())
