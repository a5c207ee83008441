"""The two sides of a bench: ours, built for release, and peers in environments of their own."""

import json
import os
import subprocess
import venv
from pathlib import Path

# The folder of the benches.
HERE = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent / "target"))


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
