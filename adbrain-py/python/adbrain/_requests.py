"""The parts and the requests of a brain as the engine takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adbrain._errors import wrong
from adbrain._kinds import is_iterable, is_mapping


def _names(parts: Mapping[str, Any]) -> list[str]:
    """The user's own parts by role and class: with another class the same request is another run."""
    files = {"accounts", "connectors", "world", "people", "rules", "channels", "schedules", "words"}
    data = files | {"ffmpeg", "autonomy", "daily_budgets"}
    single = [(role, part) for role, part in parts.items() if part is not None and role not in data]
    several = [("connector", part) for part in parts["connectors"] or ()]
    return [f"{role} {type(part).__module__}.{type(part).__qualname__}" for role, part in single + several]


def parts_of(**parts: Any) -> dict[str, Any]:
    """The parts of a brain as the engine takes them."""
    connectors, people = parts["connectors"], parts["people"]
    if connectors is not None:
        if not is_iterable(connectors):
            raise wrong("connectors", connectors, "a list of connectors")
        given = list(connectors)
        parts["connectors"] = [connector for connector in given if not is_mapping(connector)]
        parts["accounts"] = [dict(account) for account in given if is_mapping(account)]
    if people is not None:
        is_list = is_iterable(people) and not is_mapping(people) and not isinstance(people, str | bytes)
        if not is_mapping(people) and not is_list:
            raise wrong("people", people, "what adbrain.personas calls people, a dict, or sources of people")
        sources = [] if is_mapping(people) else list(people)
        if not all(is_mapping(source) for source in sources):
            raise wrong("people", people, "sources of people, each a dict")
        parts["people"] = dict(people) if is_mapping(people) else [plain(source) for source in sources]
    parts["channels"] = plain(parts["channels"])
    parts["schedules"] = plain(parts["schedules"])
    parts["words"] = plain(parts["words"])
    autonomy = parts["autonomy"]
    if is_mapping(autonomy):
        parts["autonomy"] = ",".join(f"{place}={level}" for place, level in autonomy.items())
    return {**parts, "names": _names(parts)}


def plain(value: Any) -> Any:
    """Any mapping as a dict, which the engine reads."""
    return dict(value) if is_mapping(value) else value


def request_of(**given: Any) -> dict[str, Any]:
    """A request as the engine takes it."""
    listener = given["on_event"]
    if listener is not None and not callable(listener):
        raise wrong("on_event", listener, "a function")
    return {name: plain(value) for name, value in given.items()}
