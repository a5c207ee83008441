"""Policies of budgets tried in simulated worlds, policies of your own among them; alert rules tried there too."""

from __future__ import annotations

import json
import operator
import os
from collections.abc import Iterable
from typing import Any, SupportsIndex

from adbrain import _adbrain, _html
from adbrain._blocking import blocking
from adbrain._errors import wrong
from adbrain._frame import Frame, best
from adbrain._kinds import is_dict, is_iterable, is_path
from adbrain._progress import Progress
from adbrain._types import Policy


class Scores(list[dict[str, Any]]):
    """The rows of trials, each a dict; :meth:`to_frame` gives a frame, a notebook shows it."""

    def to_frame(self) -> Any:
        """The rows as a frame; the parts of a mean over seeds have columns of their own.

        A frame of pandas where that is installed, else of polars, else an :class:`adbrain.Frame`.
        """
        return best([_flat(row) for row in self])

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return Frame([_flat(row) for row in self]).__arrow_c_stream__(requested_schema)

    def _repr_html_(self) -> str:
        return _html.block(_html.table([_flat(row) for row in self]))


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a summary without dicts in it: ``value_share`` is the mean, beside ``value_share_low`` and others."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if is_dict(value):
            flat |= {name if part == "mean" else f"{name}_{part}": figure for part, figure in value.items()}
        else:
            flat[name] = value
    return flat


async def simulate(
    world: str | os.PathLike[str],
    policies: Iterable[str | Policy] = (),
    *,
    rules: Iterable[str | os.PathLike[str]] = (),
    seeds: tuple[int, int] | int = (1, 10),
    summary: bool = False,
    progress: bool | None = None,
) -> Scores:
    """Tries policies of budgets in a simulated world, all on the same luck. Spends nothing.

    Each seed plays a policy twice, for the most value and for the most profit, beside an equal split and beside
    clairvoyants. The same world, policies and seeds give the same scores in Rust, Python and Node. Cancelling the task
    stops the trials.

    >>> class Keep:
    ...     def decide(self, view):
    ...         return {"budgets": [campaign["budget"] for campaign in view["campaigns"]]}
    >>> scores = simulate_sync("stationary", ["brain", Keep()], seeds=(1, 2))
    >>> [(score["seed"], score["policy"]) for score in scores]
    [(1, 'brain'), (1, 'Keep'), (2, 'brain'), (2, 'Keep')]

    :param world: the name of a family (:func:`adbrain.worlds`), or the path of a TOML file with a ``[trial]``.
    :param policies: names (:func:`adbrain.policies`) and objects of your own with a method ``decide``, as
        :class:`adbrain.Policy` describes it. Named policies alone play several seeds at once; with an object of yours,
        which may keep a state, all trials are played one after the other.
    :param rules: alert rules in place of policies: presets (``guarded``, ``legacy``) and paths of files. What they tell
        is compared with what happens; nobody acts, and budgets stay equal.
    :param seeds: the first and the last seed, or one alone, from 0 to 2**64 - 1.
    :param summary: whether one row for each policy is given, with means over the seeds and their intervals.
    :param progress: as in :meth:`adbrain.Brain.run`.
    :returns: one row for each seed and policy, in this order; ``adbrain.schema("trial_score")`` describes it, and
        ``adbrain.schema("trial_summary")`` that of a summary; for rules ``"watch_score"`` and ``"watch_summary"``.
    :raises adbrain.UserCodeError: where your policy gives what it may not; the message names the field. An exception of
        your own policy comes back as it is.
    """
    entrants, objects = _entrants(policies)
    request = {
        "world": _scene(world),
        "policies": entrants,
        "rules": _rules(rules),
        "seeds": _seeds(seeds),
        "summary": bool(summary),
    }
    with Progress("plays trials", progress):
        return Scores(json.loads(await _adbrain._simulate(json.dumps(request), objects)))


simulate_sync = blocking(simulate)


def _scene(world: Any) -> dict[str, Any]:
    """A family by its name, else the text of a file."""
    if isinstance(world, str) and (world in _adbrain.worlds() or not os.path.exists(world)):
        return {"family": world}
    if not is_path(world):
        raise wrong("world", world, "the name of a family, or the path of a TOML file")
    return {"toml": {"text": _adbrain._file_text("world", world), "file": os.fspath(world)}}


def _rules(rules: Any) -> list[dict[str, Any]]:
    """Presets by their names, files by their texts."""
    expected = "presets of rules, and paths of files"
    if isinstance(rules, str) or not is_iterable(rules):
        raise wrong("rules", rules, f"a list of {expected}")
    return [_watching(place, one, expected) for place, one in enumerate(rules)]


def _watching(place: int, given: Any, expected: str) -> dict[str, Any]:
    if not is_path(given):
        raise wrong(f"rules[{place}]", given, expected)
    if isinstance(given, str) and not os.path.exists(given):
        return {"preset": given}
    return {"file": {"text": _adbrain._file_text(f"rules[{place}]", given), "name": os.fspath(given)}}


def _entrants(policies: Any) -> tuple[list[dict[str, str]], list[Any]]:
    """The policies by their names, and the user's own objects in the same order."""
    expected = "names of policies, and objects with a method decide"
    if isinstance(policies, str) or not is_iterable(policies):
        raise wrong("policies", policies, f"a list of {expected}")
    given = list(policies)
    own = [policy for policy in given if not isinstance(policy, str)]
    for place, policy in enumerate(given):
        if not isinstance(policy, str) and not callable(getattr(policy, "decide", None)):
            raise wrong(f"policies[{place}]", policy, expected)
    return [{"named": one} if isinstance(one, str) else {"own": _name(one)} for one in given], own


def _name(policy: Any) -> str:
    """What the scores of a policy go by."""
    name = getattr(policy, "name", None)
    return name if isinstance(name, str) and name else type(policy).__name__


def _seeds(seeds: Any) -> list[int]:
    """The first and the last seed."""
    ends = (seeds, seeds) if isinstance(seeds, SupportsIndex) else seeds
    try:
        first, last = map(operator.index, ends)
    except (TypeError, ValueError) as error:
        raise wrong("seeds", seeds, "the first and the last seed, as in (1, 10), or one alone") from error
    return [first, last]
