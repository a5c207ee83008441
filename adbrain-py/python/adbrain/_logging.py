"""What the engine tells, as records of the logger ``adbrain`` and those below it."""

from __future__ import annotations

import logging

_LOGGER = logging.getLogger("adbrain")
# A library says nothing by itself: without a handler of the program's own, warnings do not go to standard error.
_LOGGER.addHandler(logging.NullHandler())
_LEVELS = (5, logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR)
_NOBODY = 255


def least() -> int:
    """The least level that somebody hears; 255 where nobody does."""
    loggers = [_LOGGER, *_children()]
    return next((level for level in _LEVELS if any(one.isEnabledFor(level) for one in loggers)), _NOBODY)


def _children() -> list[logging.Logger]:
    known = list(logging.Logger.manager.loggerDict.items())
    return [one for name, one in known if name.startswith("adbrain.") and isinstance(one, logging.Logger)]


def emit(
    level: int,
    target: str,
    message: str,
    fields: list[tuple[str, str]],
    at: float,
    file: str | None,
    line: int,
    lost: int,
) -> None:
    """Makes a record of what was told, ``fields`` among its attributes, and hands it to the logger of its place."""
    if lost:
        _LOGGER.warning("%d records were lost: they came faster than the handlers took them", lost)
    logger = logging.getLogger(_name(target))
    if not logger.isEnabledFor(level):
        return
    known = dict(fields)
    told = " ".join([message, *(f"{name}={text}" for name, text in known.items())]).strip()
    record = logger.makeRecord(logger.name, level, file or "", line, "%s", (told,), None, extra={"fields": known})
    record.created, record.msecs = at, at % 1 * 1000
    logger.handle(record)


def _name(target: str) -> str:
    """``adbrain_core::agent::workflow`` is ``adbrain.agent.workflow``."""
    return ".".join(["adbrain", *target.split("::")[1:]])
