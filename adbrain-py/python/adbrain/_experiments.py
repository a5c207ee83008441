"""Tests read without a brain and without await: two samples at one look, or arms with days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from numbers import Integral, Real
from typing import Any, Literal

from adbrain._adbrain import _statistic
from adbrain._errors import invalid
from adbrain._types import Language
from adbrain._values import Values

# The columns of a frame that are figures of a block, by their names in the engine.
_FIGURES = ("impressions", "clicks", "conversions", "spend", "revenue", "value", "numerator", "denominator")


class AbTest(Values):
    """What two samples say; ``result["lift"]`` gives one part, :meth:`to_dict` all of it."""

    def to_dict(self) -> dict[str, Any]:
        """Everything as a dict, ``is_significant``, ``p_value``, ``effect_size`` and ``confidence`` among it."""
        return dict(self._values)

    def __repr__(self) -> str:
        return f"AbTest({self._values['recommendation']!r}: {self._values['reason_text']['en']})"


class Readout(Values):
    """A test as measured, each variant against the control. In a notebook it shows its plot."""

    @property
    def comparisons(self) -> list[dict[str, Any]]:
        """One per variant: lift with interval, p values, checks, looks and verdict."""
        comparisons: list[dict[str, Any]] = self._values["comparisons"]
        return comparisons

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict of each variant: winner, loser, no_difference, keep_running or invalid."""
        return {one["arm"]: one["verdict"]["kind"] for one in self.comparisons}

    def html(self, language: Language = "en") -> str:
        """The readout with its plot as HTML."""
        page: str = _statistic("readout_html", {"readout": self._values, "language": language})["html"]
        return page

    def __repr__(self) -> str:
        verdicts = ", ".join(f"{arm}: {verdict}" for arm, verdict in self.verdicts.items())
        return f"Readout({self._values['label']}; {verdicts})"

    def _repr_html_(self) -> str:
        return self.html()


def ab_test(control: Any, variant: Any, **options: Any) -> AbTest:
    """Compares two samples at one look.

    Each sample is a list or an array of values, ``{"successes": 500, "trials": 10_000}`` or
    ``{"n": ..., "mean": ..., "m2": ...}``. Options are those of :func:`adbrain.stats.ab_test`. ``confidence`` is
    1 - p: it is not the probability of being right; read ``lift`` with its interval, and ``p_better``.

    >>> ab_test({"successes": 500, "trials": 10_000}, {"successes": 600, "trials": 10_000})["recommendation"]
    'apply_variant'
    """
    return AbTest(_statistic("ab_test", {"control": control, "variant": variant, **options}))


def readout(
    data: Any,
    *,
    metric: Literal["ctr", "cvr", "cpa", "roas", "cpm", "cpc", "mean", "proportion", "ratio", "count_rate"] | str,
    control: str | None = None,
    arm: str = "arm",
    unit: str = "date",
    currency: str | None = None,
    **settings: Any,
) -> Readout:
    """Reads a test: arms with one block per day, region or user.

    ``data`` is a frame of pandas or polars, or a list of dicts, with a column that names the arm (``arm``), one that
    names the unit (``unit``) and the figures that the metric needs, such as ``clicks`` and ``impressions``;
    ``spend`` and ``revenue`` are amounts of ``currency``, rounded to six places. A blank (None, NaN, NA) is a figure
    that was not measured: a day that lacks what the metric needs is left out, and a warning tells how many. A dict with
    ``arms`` goes to the engine as it is. ``control`` is the name of the control; the first arm by default. Other
    keywords are settings: ``planned_units=28``.
    """
    given = data if isinstance(data, Mapping) else _data(_rows(data), (arm, unit), currency)
    if control is not None:
        given = {**given, "arms": _first(given["arms"], control)}
    return Readout(_statistic("readout", {"settings": {"metric": metric, **settings}, "data": given}))


def _rows(data: Any) -> list[dict[str, Any]]:
    if hasattr(data, "to_dicts"):
        return list(data.to_dicts())
    if hasattr(data, "to_dict"):
        return list(data.to_dict("records"))
    return list(data)


def _data(rows: Iterable[Mapping[str, Any]], names: tuple[str, str], currency: str | None) -> dict[str, Any]:
    arm, unit = names
    arms: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        block: dict[str, Any] = {"unit": _unit(row[unit])}
        for name in _FIGURES:
            if not _is_blank(row.get(name)):
                block[name] = _figure(name, row[name], currency)
        arms.setdefault(str(row[arm]), []).append(block)
    return {"arms": [{"name": name, "blocks": blocks} for name, blocks in arms.items()]}


def _unit(unit: Any) -> str:
    """A date without its time where it has one."""
    return str(unit.date()) if hasattr(unit, "date") and callable(unit.date) else str(unit)


def _is_blank(figure: Any) -> bool:
    """None, NaN of any kind, and the NA of pandas, which cannot even be compared."""
    return figure is None or str(figure) in ("nan", "NaN", "<NA>", "NaT")


def _figure(name: str, figure: Any, currency: str | None) -> Any:
    """A count as a whole number, which one blank in its column makes a float; money to the millionth."""
    if name in ("spend", "revenue") and not isinstance(figure, Mapping):
        return {"amount": _amount(figure), "currency": currency}
    is_count = name in ("impressions", "clicks", "conversions")
    return int(float(figure)) if is_count and isinstance(figure, Real) and float(figure).is_integer() else figure


def _amount(figure: Any) -> str:
    if isinstance(figure, Decimal):
        return f"{figure:f}"
    return f"{float(figure):.6f}" if isinstance(figure, Real) and not isinstance(figure, Integral) else str(figure)


def _first(arms: Sequence[Mapping[str, Any]], control: str) -> list[Mapping[str, Any]]:
    """The arms with the control in front."""
    named = [one for one in arms if one["name"] == control]
    if not named:
        known = ", ".join(str(one["name"]) for one in arms)
        raise invalid(f"control: is {control!r}, which is no arm", f"use one of {known}")
    return [*named, *(one for one in arms if one["name"] != control)]
