"""What the engine tells reaches ``logging``: levels, names, fields; nothing where nobody listens, no deadlock."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import adbrain
from adbrain import Brain, _logging

Json = dict[str, Any]


class Broken:
    """A strategist that raises."""

    def run(self, input: Json) -> Json:
        raise LookupError("on purpose")


def test_a_step_that_fails_is_a_warning_with_its_run_and_step(
    brief: Json, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="adbrain"), pytest.raises(LookupError):
        Brain.local(tmp_path / "b.db", strategist=Broken()).run_sync(brief, days=1, folder=tmp_path, run_id="spring")
    told = [record for record in caplog.records if record.name.startswith("adbrain.agent.workflow")]
    assert told, caplog.records
    record: Any = told[0]
    assert record.levelno == logging.WARNING
    assert record.fields["run"] == "spring"
    assert record.fields["step"] == "strategist"
    assert "on purpose" in record.getMessage()
    assert "%" not in str(record.msg.replace("%s", ""))


def test_nothing_is_told_below_the_level_and_where_logging_is_off(
    brief: Json, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.CRITICAL, logger="adbrain"), pytest.raises(LookupError):
        Brain.local(tmp_path / "b.db", strategist=Broken()).run_sync(brief, days=1, folder=tmp_path)
    assert not caplog.records
    assert _logging.least() <= logging.WARNING
    logging.disable(logging.CRITICAL)
    try:
        assert _logging.least() > logging.CRITICAL
    finally:
        logging.disable(logging.NOTSET)


def test_one_part_can_be_listened_to_alone() -> None:
    child = logging.getLogger("adbrain.alert")
    child.setLevel(logging.DEBUG)
    try:
        assert _logging.least() == logging.DEBUG
    finally:
        child.setLevel(logging.NOTSET)
    assert _logging.least() > logging.DEBUG


def test_lost_records_are_counted_and_places_become_names(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(5, logger="adbrain"):
        _logging.emit(5, "adbrain_core::brain", "looks %s", [("run", "a"), ("by", "b")], 1.5, "b.rs", 3, 2)
    assert [record.getMessage().split(":")[0] for record in caplog.records] == [
        "2 records were lost",
        "looks %s run=a by=b",
    ]
    assert (caplog.records[1].name, caplog.records[1].created) == ("adbrain.brain", 1.5)


class Slow(logging.Handler):
    """A handler that needs the GIL of a busy thread, and calls the engine itself."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        adbrain.schema("brief")
        self.heard.append(record.getMessage())


def test_a_handler_that_calls_the_engine_while_threads_compute_does_not_lock(brief: Json, tmp_path: Path) -> None:
    handler, logger = Slow(), logging.getLogger("adbrain")
    logger.addHandler(handler)
    stop = threading.Event()

    def busy() -> None:
        while not stop.is_set():
            sum(range(1000))

    threads = [threading.Thread(target=busy, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for turn in range(3):
            with pytest.raises(LookupError):
                brain = Brain.local(tmp_path / f"{turn}.db", strategist=Broken())
                brain.run_sync(brief, days=1, folder=tmp_path)
            assert len(handler.heard) > turn
    finally:
        stop.set()
        logger.removeHandler(handler)


def test_a_program_without_handlers_is_told_nothing_on_standard_error(tmp_path: Path, brief: Json) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import json, sys\nimport adbrain\n"
        "class Broken:\n    def run(self, input):\n        raise LookupError('on purpose')\n"
        "try:\n    adbrain.Brain.local(sys.argv[1], strategist=Broken()).run_sync(json.loads(sys.argv[2]), days=1,"
        " folder=sys.argv[3])\nexcept LookupError:\n    print('raised')\n"
    )
    command = [sys.executable, str(script), str(tmp_path / "b.db"), json.dumps(brief), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "raised\n", "")
