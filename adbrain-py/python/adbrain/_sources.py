"""Figures of accounts, analytics and orders, brought into the store and asked for as they were known."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from adbrain import _adbrain
from adbrain._blocking import blocking
from adbrain._progress import Progress
from adbrain._requests import plain


class Sources:
    """The part of :class:`adbrain.Brain` that brings figures into the store."""

    _engine: _adbrain.Engine

    async def pull(
        self,
        first: str,
        last: str,
        *,
        analytics: Mapping[str, Any] | Sequence[Mapping[str, Any]] = (),
        time_zone: str = "UTC",
        jumps: Literal["refuse", "accept"] = "refuse",
        progress: bool | None = None,
    ) -> list[dict[str, Any]]:
        """Brings the closed days of every account of ``connectors`` into the store; writes nothing to the accounts.

        Asks only for days that are missing or may still be restated. The same rows twice change nothing; what is
        restated is kept beside what was said before.

        :param first: the first day, ``"2026-12-01"``.
        :param last: the last day, included; days that have not closed are left for later.
        :param analytics: a property of Google Analytics 4 with its token, or a list of them, as
            ``adbrain.schema("analytics_source")`` describes it; read after the accounts, by day.
        :param time_zone: the time zone of accounts that do not tell theirs.
        :param jumps: ``"accept"`` takes money that jumps by 100,000 times or more, which is else refused by its name.
        :param progress: as in :meth:`adbrain.Brain.run`.
        :returns: for each source its name, counts of days and rows, ``refused`` rows, ``notes`` and ``known_until``.
        """
        properties = [analytics] if isinstance(analytics, Mapping) else analytics
        request = {
            "first": first,
            "last": last,
            "time_zone": time_zone,
            "jumps": jumps,
            "analytics": [plain(each) for each in properties],
        }
        with Progress("pulls", progress):
            answer: list[dict[str, Any]] = json.loads(await self._engine.sources("pull", request))
        return answer

    pull_sync = blocking(pull)

    async def add_facts(
        self, file: str | os.PathLike[str], mapping: Mapping[str, Any], *, jumps: Literal["refuse", "accept"] = "refuse"
    ) -> dict[str, Any]:
        """Brings analytics rows or orders of a CSV file into the store.

        :param file: the path of the file.
        :param mapping: what its columns are, as ``adbrain.schema("fact_mapping")`` describes it.
        :returns: ``pulled``, as an entry of :meth:`pull`, and ``problems``: rows that could not be read.
        """
        request = {"file": os.fspath(file), "mapping": plain(mapping), "jumps": jumps}
        answer: dict[str, Any] = json.loads(await self._engine.sources("add", request))
        return answer

    add_facts_sync = blocking(add_facts)

    async def known(self, source: str, first: str, last: str, *, as_of: str | None = None) -> list[dict[str, Any]]:
        """The rows of a source as they were known at a moment: each with ``day``, ``is_closed``, ``as_of`` and ``row``.

        :param source: as :meth:`pull` names it, ``"meta/act_123"``, or the mapping of :meth:`add_facts`.
        :param as_of: a moment such as ``"2026-12-03T12:00:00Z"``, now by default; what has been restated since does not
            show.
        """
        request = {"source": source, "first": first, "last": last, "as_of": as_of}
        answer: list[dict[str, Any]] = json.loads(await self._engine.sources("known", request))
        return answer

    known_sync = blocking(known)
