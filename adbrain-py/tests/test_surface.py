"""The public names, the types and the exceptions are what they say."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
import types
from pathlib import Path

import pytest

import adbrain
from adbrain import _adbrain, _errors

PACKAGE = Path(adbrain.__file__).parent


def test_the_exported_names_are_those_of_all() -> None:
    public = {
        name
        for name, value in vars(adbrain).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType)
    }
    assert public | {"__version__", "budget", "datasets", "stats"} == set(adbrain.__all__)
    assert adbrain.__all__ == sorted(adbrain.__all__)


def test_every_kind_of_error_has_its_class() -> None:
    classes = {error.kind: error.retryable for error in _errors.BY_KIND.values()}
    assert classes == dict(_adbrain._error_kinds())
    for kind, error in _errors.BY_KIND.items():
        name = "".join(word.capitalize() for word in kind.split("_")) + "Error"
        assert error.__name__ == name
        assert getattr(adbrain, name) is error
        assert issubclass(error, adbrain.AdbrainError)


def test_the_tree_in_the_documentation_names_every_class() -> None:
    drawn = set(re.findall(r"── (\w+)", _errors.__doc__ or ""))
    assert drawn == {error.__name__ for error in _errors.BY_KIND.values()}


def test_an_exception_survives_pickling() -> None:
    error = adbrain.RefusedError("no", context={"platform": "meta"}, next_step="ask")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.args, again.context, again.next_step) == (
        adbrain.RefusedError,
        ("no",),
        {"platform": "meta"},
        "ask",
    )


def test_the_version_is_that_of_the_package() -> None:
    manifest = Path(__file__).parents[2] / "Cargo.toml"
    assert f'version = "{adbrain.__version__}"' in manifest.read_text()


def run(*command: str) -> None:
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, cwd=PACKAGE.parent)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_stubs_agree_with_what_is_there() -> None:
    pytest.importorskip("mypy")
    run("mypy.stubtest", "adbrain", "--allowlist", str(Path(__file__).with_name("stubtest.txt")))


def test_the_package_is_clean_under_strict_types() -> None:
    pytest.importorskip("mypy")
    run("mypy", "--strict", "-p", "adbrain")


def test_users_code_is_checked_by_the_types(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    program = tmp_path / "program.py"
    program.write_text(
        "from typing import Any\n"
        "import adbrain\n"
        "class Later:\n"
        "    async def run(self, input: dict[str, Any]) -> dict[str, Any]:\n"
        "        return input\n"
        "class Now:\n"
        "    def run(self, input: dict[str, Any]) -> dict[str, Any]:\n"
        "        return input\n"
        "brain = adbrain.Brain.local('b.db', strategist=Later(), copywriter=Now())\n"
        "result: adbrain.RunResult = brain.run_sync({}, history='h.csv', on_event=print)\n"
        "html: str = result.report.html('en')\n"
    )
    run("mypy", "--strict", str(program))
