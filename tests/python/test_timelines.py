"""Cut plans that the Rust tests export are read by OpenTimelineIO."""

import os
import subprocess
from pathlib import Path

import pytest

pytest.importorskip("opentimelineio")

from read_timelines import check_folder

ROOT = Path(__file__).resolve().parents[2]


def test_other_programs_read_the_exported_cut_plans():
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    folder = target / "tmp" / "timelines"
    if not (folder / "expected.json").exists():
        command = ["cargo", "test", "--quiet", "--all-features", "--test", "creative"]
        subprocess.run(command, cwd=ROOT, check=True)
    check_folder(folder)
