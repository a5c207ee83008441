"""The events of a brain's runs, as an asynchronous iterator."""

from __future__ import annotations

import json
from types import TracebackType
from typing import Any

from adbrain import _adbrain


class Events:
    """Hears one run from the moment at which this was made, and ends with it. Made by :meth:`adbrain.Brain.events`.

    A reader that is more than 1,024 events behind loses the oldest; an event of the kind ``missed`` says how many.
    """

    def __init__(self, follower: _adbrain.Follower) -> None:
        self._follower = follower

    def __aiter__(self) -> Events:
        return self

    async def __anext__(self) -> dict[str, Any]:
        text = await self._follower.next()
        if text is None:
            raise StopAsyncIteration
        event: dict[str, Any] = json.loads(text)
        return event

    async def aclose(self) -> None:
        """Ends the stream: nothing is kept for it any more."""
        self._follower.close()

    async def __aenter__(self) -> Events:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return "Events()"
