"""Compares the public names of Python and Node with tests/surface.toml."""

import json
import re
import subprocess
import sys
from pathlib import Path

import adbrain

ROOT = Path(__file__).resolve().parents[2]


def listed(language: str) -> set[str]:
    """The names of one language in the list."""
    text = (ROOT / "tests/surface.toml").read_text()
    return {name for name in re.findall(rf'^{language} = "(.*)"$', text, flags=re.MULTILINE) if name}


def methods(language: str) -> set[str]:
    """The names with a dot in the list: methods."""
    return {name for name in listed(language) if "." in name}


def in_python() -> set[str]:
    """What Python exports, without the exception classes that stand for kinds of errors."""
    kinds = {name for name in adbrain.__all__ if name.endswith("Error") and name != "AdbrainError"}
    there = {name for name in methods("python") if hasattr(getattr(adbrain, name.split(".")[0]), name.split(".")[1])}
    return (set(adbrain.__all__) - kinds) | there


def in_node() -> set[str]:
    """What Node exports, and the interfaces that users implement."""
    script = "process.stdout.write(JSON.stringify(Object.keys(require('./adbrain-node/index.js'))))"
    values = json.loads(subprocess.run(["node", "-e", script], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    types = re.findall(r"^export interface (\w+)", (ROOT / "adbrain-node/index.d.ts").read_text(), flags=re.MULTILINE)
    parts = {"Agent", "Connector", "Embedder", "MemoryStore", "Policy", "Predictor"}
    wanted = json.dumps(sorted(methods("node")))
    script = (
        "const found = require('./adbrain-node/index.js');"
        f"const there = {wanted}.filter((name) => {{ const [type, method] = name.split('.');"
        "return method in found[type] || method in found[type].prototype });"
        "process.stdout.write(JSON.stringify(there))"
    )
    there = json.loads(subprocess.run(["node", "-e", script], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    return set(values) | set(there) | {f"type {name}" for name in types if name in parts}


def main() -> int:
    """Names what is missing or new."""
    failed = 0
    for language, found in (("python", in_python()), ("node", in_node())):
        wanted = listed(language)
        for name in sorted(wanted ^ found):
            failed += 1
            print(f"{language}: {name} is {'not exported' if name in wanted else 'not in tests/surface.toml'}")
    print(f"{2 - min(failed, 2)} passed, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
