"""The command ``adbrain``: the same as the Rust one."""

from __future__ import annotations

import sys

from adbrain import _adbrain


def main() -> None:
    """Runs the command line and ends the process with its exit code."""
    sys.exit(_adbrain.cli(sys.argv))
