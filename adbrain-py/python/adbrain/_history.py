"""Past results, read without running anything."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from adbrain import _adbrain
from adbrain._progress import Progress
from adbrain._types import ArrowStream


def import_history(
    source: str | os.PathLike[str] | ArrowStream,
    /,
    *,
    currency: str,
    mapping: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    progress: bool | None = None,
) -> dict[str, Any]:
    """Imports past results without running anything. Gives the history with rows and problems as a dict.

    :param source: the path of a file, or a frame that speaks Arrow.
    :param currency: the currency of its money.
    :param mapping: as in :meth:`adbrain.Brain.run`.
    :param progress: as in :meth:`adbrain.Brain.run`.
    """
    with Progress("reads", progress):
        return _adbrain._import_history(source, currency=currency, mapping=mapping)
