"""How far long work is: a bar of tqdm where that is installed, else a line on standard error."""

from __future__ import annotations

import sys
import threading
import time
import warnings
from collections.abc import Callable
from types import TracebackType
from typing import Any, Protocol

# Work that ends within this time, in seconds, shows nothing.
PATIENCE = 2.0
_GLANCE = 0.2
# Where a line cannot be written over, the time between two lines.
_APART = 10.0

Listener = Callable[[dict[str, Any]], Any]


class _Display(Protocol):
    def show(self, count: int, doing: str, seconds: float) -> None: ...

    def close(self) -> None: ...


def is_shown(progress: bool | None) -> bool:
    """Whether it is shown: as the caller says, else where a person looks on, at a terminal or in a notebook."""
    if progress is not None:
        return progress
    is_terminal = sys.stderr is not None and sys.stderr.isatty()
    return is_terminal or "ipykernel" in sys.modules


class Progress:
    """Shows how far a piece of work is from its third second on, until the block ends."""

    def __init__(self, what: str, progress: bool | None) -> None:
        self._what = what
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._tell, name="adbrain-progress", daemon=True)
        self._is_shown = is_shown(progress)
        self._count, self._doing = 0, ""

    def __enter__(self) -> Progress:
        if self._is_shown:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._is_shown:
            self._thread.join()

    def beside(self, listener: Any) -> Any:
        """A listener that hears what the caller's does; the caller's own where nothing is shown."""
        if not self._is_shown or not (listener is None or callable(listener)):
            return listener

        def both(event: dict[str, Any]) -> Any:
            self._heard(event)
            return None if listener is None else listener(event)

        return both

    def _heard(self, event: dict[str, Any]) -> None:
        self._count += event["kind"]["type"] in ("finished", "resumed", "looked")
        self._doing = event.get("step") or self._doing

    def _tell(self) -> None:
        began = time.monotonic()
        if self._ended.wait(PATIENCE):
            return
        display = _display(self._what)
        try:
            while True:
                display.show(self._count, self._doing, time.monotonic() - began)
                if self._ended.wait(_GLANCE):
                    return
        finally:
            display.close()


def _display(what: str) -> _Display:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a notebook lacks widgets
            from tqdm.auto import tqdm  # type: ignore[import-untyped]

            shown = "{desc}: {n_fmt} steps, {elapsed}{postfix}"
            return _Bar(tqdm(desc=f"adbrain {what}", bar_format=shown, leave=False, file=sys.stderr))
    except Exception:  # any defect of a display leaves the plain one
        return _Line(what)


class _Bar:
    """A bar of tqdm without an end, for how many steps come is not known before."""

    def __init__(self, bar: Any) -> None:
        self._bar = bar

    def show(self, count: int, doing: str, seconds: float) -> None:
        self._bar.set_postfix_str(doing, refresh=False)
        self._bar.n = count
        self._bar.refresh()

    def close(self) -> None:
        self._bar.close()


class _Line:
    """A line that is written over, or lines with time between them where it cannot be."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._width = 0
        self._last: float | None = None
        self._is_one = is_shown(None)

    def show(self, count: int, doing: str, seconds: float) -> None:
        parts = [f"adbrain {self._what}: {seconds:.0f} s"]
        parts += [f"{count} steps"] * bool(count) + [doing] * bool(doing)
        text = ", ".join(parts)
        if self._is_one:
            self._write("\r" + text.ljust(self._width))
            self._width = len(text)
        elif self._last is None or seconds - self._last >= _APART:
            self._last = seconds
            self._write(text + "\n")

    def close(self) -> None:
        if self._is_one:
            self._write("\r" + " " * self._width + "\r")

    def _write(self, text: str) -> None:
        if sys.stderr is not None:
            sys.stderr.write(text)
            sys.stderr.flush()
