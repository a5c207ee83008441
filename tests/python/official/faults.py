"""Single faults for a good request: each answer differs from it in one place."""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

from . import Request, parsed

Fault = tuple[str, str, Request]
WORD = re.compile(r"[A-Z][A-Z0-9_]{2,}")


def faults(request: Request) -> Iterator[Fault]:
    """Every single fault in the body, in the query, and in JSON that a parameter holds as text: kind, place, request."""
    body = request["body"]
    parts = body.get("multipart") if isinstance(body, dict) else None
    for at, part in enumerate(parts or []):
        renamed = [*parts[:at], {**part, "field": part["field"] + "_x"}, *parts[at + 1 :]]
        yield "renamed key", f"body.{part['field']}", {**request, "body": {"multipart": renamed}}
    for kind, place, wrong in of_value(body, "body") if parts is None else ():
        yield kind, place, {**request, "body": wrong}
    for name, text in request["query"].items():
        rest = {other: value for other, value in request["query"].items() if other != name}
        yield "renamed key", f"query.{name}", {**request, "query": {**rest, f"{name}_x": text}}
        for kind, place, value in of_value(parsed(text), f"query.{name}"):
            wrong = value if isinstance(value, str) else json.dumps(value)
            # A parameter that is plain text is text whatever stands in it.
            if kind != "object for text" or place != f"query.{name}":
                yield kind, place, {**request, "query": {**rest, name: wrong}}


def of_value(value: Any, place: str) -> Iterator[tuple[str, str, Any]]:
    if isinstance(value, dict):
        if place != "body":
            yield "text for object", place, "text"
        for key, inner in value.items():
            rest = {other: item for other, item in value.items() if other != key}
            yield "renamed key", f"{place}.{key}", {**rest, f"{key}_x": inner}
            yield from ((kind, at, {**rest, key: wrong}) for kind, at, wrong in of_value(inner, f"{place}.{key}"))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            for kind, where, wrong in of_value(inner, f"{place}[{at}]"):
                items = copy.copy(value)
                items[at] = wrong
                yield kind, where, items
    elif isinstance(value, str):
        yield "object for text", place, {"wrong": 1}
        if WORD.fullmatch(value):
            yield "corrupted word", place, f"{value}_X"
    elif value is not None:
        yield "word for number or bool", place, "word"


def faults_in_query(request: Request) -> Iterator[Fault]:
    """Every single fault in how LinkedIn's parameters and keys are written."""
    for name, value in (pair.partition("=")[::2] for pair in request.get("raw_query", "").split("&") if pair):
        wrongs = [("bare colon", value.replace("%3A", ":", 1)), ("open bracket", value.replace(")", "", 1))]
        wrongs += [("encoded bracket", value.replace("(", "%28", 1)), ("small letters", value.replace("%3A", "%3a", 1))]
        for kind, wrong in wrongs:
            if wrong != value:
                query = request["raw_query"].replace(f"{name}={value}", f"{name}={wrong}")
                yield kind, f"query.{name}", {**request, "raw_query": query}
    if "%3A" in request["path"]:
        yield "small letters", "path", {**request, "path": request["path"].replace("%3A", "%3a", 1)}
