"""The command ``adbrain``: the same as the Rust one."""

from __future__ import annotations

import signal
import sys

from adbrain import _adbrain


def main() -> None:
    """Runs the command line and ends the process with its exit code."""
    # Python would note Ctrl-C and wait for Rust to end: so the system ends what does not listen, the engine what does.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(_adbrain.cli(sys.argv))
