"""A result by its parts."""

from __future__ import annotations

from typing import Any


class Values:
    """What came back from the engine; ``result["lift"]`` gives one part, :meth:`to_dict` all of it."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def to_dict(self) -> dict[str, Any]:
        """Everything as a dict."""
        return dict(self._values)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def keys(self) -> list[str]:
        """The names of all parts."""
        return list(self._values)
