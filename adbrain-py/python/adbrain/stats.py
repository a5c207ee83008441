"""The statistics of experiments, each by its name: tests, intervals, power, sequential bounds, Bayes, designs, bandits.

>>> from adbrain import stats
>>> round(stats.welch_t([1.0, 2.0, 4.0], [3.0, 5.0, 4.0])["p_two_sided"], 3)
0.2

Arguments are numbers, lists, arrays of NumPy, series of pandas or dicts of them. Where the data hold no answer, the
result is ``{"undefined": {"reason": ..., "message": ...}}``: never NaN, never a p value of 0 or 1 in its place. Wrong
arguments raise :class:`adbrain.InvalidInputError` with the name of the argument. ``forest_predict``,
``forest_explain``, ``readable_rule``, ``hdbscan``, ``predict_roas``, ``backtest_roas`` and the functions
``customer_...`` raise :class:`adbrain.NotEnoughDataError` where the data hold no answer, and never return
``undefined``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from adbrain._adbrain import _statistic, _statistics


def _make(name: str, about: str, reference: str, schema: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    """A function of one method: required arguments in their order, the others by keyword."""
    required: list[str] = schema.get("required", [])
    properties: dict[str, dict[str, Any]] = schema["properties"]
    optional = [argument for argument in properties if argument not in required]
    positional = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter(argument, positional) for argument in required]
    parameters += [inspect.Parameter(argument, inspect.Parameter.KEYWORD_ONLY, default=None) for argument in optional]
    signature = inspect.Signature(parameters, return_annotation="dict[str, Any]")

    def call(*args: Any, **kwargs: Any) -> dict[str, Any]:
        given = signature.bind(*args, **kwargs).arguments
        return _statistic(name, {argument: value for argument, value in given.items() if value is not None})

    told = {argument: field["description"] for argument, field in properties.items() if "description" in field}
    arguments = "\n".join(f"{argument}: {about}" for argument, about in told.items())
    call.__name__ = call.__qualname__ = name
    call.__doc__ = "\n\n".join(part for part in (about, arguments, reference) if part)
    call.__signature__ = signature  # type: ignore[attr-defined]
    return call


for _entry in _statistics():
    globals()[_entry[0]] = _make(*_entry)

__all__ = [entry[0] for entry in sorted(_statistics())]  # pyright: ignore[reportUnsupportedDunderAll]


def __dir__() -> list[str]:
    return __all__
