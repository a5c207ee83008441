"""The parts and the requests of a brain as the engine takes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from adbrain._errors import wrong


def _names(parts: Mapping[str, Any]) -> list[str]:
    """The user's own parts by role and class: with another class the same request is another run."""
    data = ("accounts", "connectors", "world", "people", "ffmpeg", "rules", "channels", "words", "autonomy")
    data += ("daily_budgets",)
    single = [(role, part) for role, part in parts.items() if part is not None and role not in data]
    several = [("connector", part) for part in parts["connectors"] or ()]
    return [f"{role} {type(part).__module__}.{type(part).__qualname__}" for role, part in single + several]


def parts_of(**parts: Any) -> dict[str, Any]:
    """The parts of a brain as the engine takes them."""
    connectors, people = parts["connectors"], parts["people"]
    if connectors is not None:
        if not isinstance(connectors, Iterable):
            raise wrong("connectors", connectors, "a list of connectors")
        given = list(connectors)
        parts["connectors"] = [connector for connector in given if not isinstance(connector, Mapping)]
        parts["accounts"] = [dict(account) for account in given if isinstance(account, Mapping)]
    if people is not None:
        is_list = isinstance(people, Iterable) and not isinstance(people, (Mapping, str, bytes))
        if not isinstance(people, Mapping) and not is_list:
            raise wrong("people", people, "what adbrain.personas calls people, a dict, or sources of people")
        sources = [] if isinstance(people, Mapping) else list(people)
        if not all(isinstance(source, Mapping) for source in sources):
            raise wrong("people", people, "sources of people, each a dict")
        parts["people"] = dict(people) if isinstance(people, Mapping) else [plain(source) for source in sources]
    parts["channels"], parts["words"] = plain(parts["channels"]), plain(parts["words"])
    autonomy = parts["autonomy"]
    if isinstance(autonomy, Mapping):
        parts["autonomy"] = ",".join(f"{place}={level}" for place, level in autonomy.items())
    return {**parts, "names": _names(parts)}


def plain(value: Any) -> Any:
    """Any mapping as a dict, which the engine reads."""
    return dict(value) if isinstance(value, Mapping) else value


def request_of(**given: Any) -> dict[str, Any]:
    """A request as the engine takes it."""
    listener = given["on_event"]
    if listener is not None and not callable(listener):
        raise wrong("on_event", listener, "a function")
    return {name: plain(value) for name, value in given.items()}
