"""Tests read without a brain and without await: two samples at one look, or arms with days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from numbers import Integral, Real
from typing import Any, Literal

from adbrain import _html
from adbrain._adbrain import _statistic
from adbrain._errors import NotEnoughDataError, invalid
from adbrain._frame import Frame, is_arrow_alone
from adbrain._kinds import is_mapping, is_sequence
from adbrain._plots import Plot
from adbrain._types import Language
from adbrain._values import Values

# The columns of a frame that are figures of a block, by their names in the engine.
_FIGURES = ("impressions", "clicks", "conversions", "spend", "revenue", "value", "numerator", "denominator")
_MONEY = ("spend", "revenue")
# Which of them each metric reads.
_NEEDED: dict[str, tuple[str, ...]] = {
    "ctr": ("clicks", "impressions"),
    "cvr": ("conversions", "clicks"),
    "cpm": ("spend", "impressions"),
    "cpc": ("spend", "clicks"),
    "cpa": ("spend", "conversions"),
    "roas": ("revenue", "spend"),
    "mean": ("value",),
    "proportion": ("numerator", "denominator"),
    "ratio": ("numerator", "denominator"),
    "count_rate": ("numerator", "denominator"),
}


class AbTest(Values):
    """What two samples say; ``result["lift"]`` gives one part, :meth:`to_dict` all of it."""

    def to_dict(self) -> dict[str, Any]:
        """Everything as a dict, ``is_significant``, ``p_value``, ``effect_size`` and ``confidence`` among it."""
        return dict(self._values)

    def __repr__(self) -> str:
        return f"AbTest({self._values['recommendation']!r}: {self._values['reason_text']['en']})"

    def _repr_html_(self) -> str:
        parts = [
            {"": name, "value": part} for name, part in self._values.items() if isinstance(part, str | int | float)
        ]
        return _html.block(_html.line(repr(self)), _html.table(parts))


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

    def plot(self, language: Language = "en") -> Plot:
        """The lift of each variant against the control with its interval, as a picture; one below the other."""
        lifts = [(one["arm"], one["lift"]) for one in self.comparisons if one.get("lift")]
        if not lifts:
            raise NotEnoughDataError("comparisons: none has a lift", next_step="look at their undefined")
        drawn: dict[str, Any] = {name: [lift[name] for _, lift in lifts] for name in ("value", "low", "high")}
        drawn["names"] = [arm for arm, _ in lifts]
        svg = _statistic("interval_chart", {**drawn, "language": language})["svg"]
        return Plot(svg, {"kind": "intervals", **drawn})

    def _repr_html_(self) -> str:
        return _html.block(self.html())


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
    control: Any = None,
    arm: str = "arm",
    block: str = "date",
    currency: str | None = None,
    assigned: Mapping[Any, int] | None = None,
    share: Mapping[Any, float] | None = None,
    maturity: Literal["mature", "immature"] | None = None,
    before: Any = None,
    delivery: Any = None,
    **settings: Any,
) -> Readout:
    """Reads a test: arms with one block per day, region or user.

    ``data`` is a frame of pandas or polars, or a list of dicts, with a column that names the arm (``arm``), one that
    names the day, region or user (``block``) and the figures that the metric needs, such as ``clicks`` and
    ``impressions``; ``spend`` and ``revenue`` are amounts of ``currency``, rounded to six places, and left out where no
    metric reads them. A blank (None, NaN, NA) is a figure that was not measured: a day that lacks what the metric needs
    is left out, and a warning tells how many. A dict with ``arms`` goes to the engine as it is. ``control`` is the name
    of the control; the first arm by default.

    ``assigned`` says how many people or regions each arm was given, for the test of the split, and ``share`` the
    planned shares where they are not even: ``assigned={"image": 20_000, "video": 20_010}``. ``maturity`` says whether
    most late conversions have arrived. ``before`` has the same columns as ``data``, from before the test. ``delivery``
    has the columns of arm and block, ``dimension``, ``segment`` and ``impressions``.

    Other keywords are settings: ``planned_units=28``, or ``unit="user"`` (``"geo"``) where a block is a person
    (a region) and not a day.
    """
    if is_mapping(data):
        arms = _known_arms(data)
    else:
        columns = _Columns(arm, block, currency, _metrics(metric, settings))
        rows = _rows("data", data)
        columns.check("data", rows, _NEEDED.get(metric, ()))
        arms = [{"name": name, "blocks": columns.blocks(own)} for name, own in columns.by_arm(rows).items()]
        if before is not None:
            earlier = _rows("before", before)
            columns.check("before", earlier, ())
            _add(arms, "before", {name: columns.blocks(own) for name, own in columns.by_arm(earlier).items()})
        if delivery is not None:
            shown = _rows("delivery", delivery)
            columns.check("delivery", shown, ("dimension", "segment", "impressions"))
            _add(arms, "delivery", {name: columns.delivered(own) for name, own in columns.by_arm(shown).items()})
    _add(arms, "assigned", assigned or {})
    _add(arms, "share", share or {})
    given = {**(data if is_mapping(data) else {}), "arms": arms}
    if maturity is not None:
        given["maturity"] = maturity
    if control is not None:
        given["arms"] = _first(arms, str(control))
    return Readout(_statistic("readout", {"settings": {"metric": metric, **settings}, "data": given}))


def _known_arms(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The arms of a dict, as they are."""
    arms = data.get("arms")
    if not is_sequence(arms) or not all(is_mapping(one) for one in arms):
        raise invalid("data.arms: is no list of arms", 'give {"arms": [{"name": ..., "blocks": [...]}, ...]}')
    return [dict(one) for one in arms]


def _metrics(metric: str, settings: Mapping[str, Any]) -> set[str]:
    """The metrics that are read: the one that decides and the guards."""
    guards: list[Any] = list(settings.get("guards") or [])
    return {metric, *(str(one.get("metric")) for one in guards if is_mapping(one))}


def _rows(field: str, data: Any) -> list[Mapping[str, Any]]:
    next_step = "give a frame of pandas or polars, or a list of dicts; collect a lazy frame first"
    if is_arrow_alone(data) or getattr(getattr(data, "dtype", None), "names", None):
        data = Frame(data)
    if hasattr(data, "to_dicts"):
        return list(data.to_dicts())
    try:
        rows = list(data.to_dict("records")) if hasattr(data, "to_dict") else list(data)
    except TypeError as error:
        raise invalid(f"{field}: is {type(data).__name__}, which is no frame", next_step) from error
    if not all(is_mapping(row) for row in rows):
        raise invalid(f"{field}: has rows that are no dicts", next_step)
    return rows


@dataclass(frozen=True)
class _Columns:
    """What the columns of a frame are called, and what is read of them."""

    arm: str
    block: str
    currency: str | None
    metrics: set[str]

    def check(self, field: str, rows: Sequence[Mapping[str, Any]], figures: Sequence[str]) -> None:
        """That the columns are there."""
        if not rows:
            raise invalid(f"{field}: has no rows", "give at least one row per arm")
        there = {str(name): None for row in rows for name in row}
        known = ", ".join(there)
        for keyword, name in (("arm", self.arm), ("block", self.block)):
            if not all(name in row for row in rows):
                raise invalid(f"{field}: has no column {name!r}", f"name its column by {keyword}=; there are {known}")
        for name in figures:
            if name not in there:
                raise invalid(f"{field}: has no column {name!r}", f"give one of that name; there are {known}")

    def by_arm(self, rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
        """The rows of each arm, in their order."""
        arms: dict[str, list[Mapping[str, Any]]] = {}
        for row in rows:
            arms.setdefault(str(row[self.arm]), []).append(row)
        return arms

    def blocks(self, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Rows as blocks of the engine."""
        return [self._of(row) for row in rows]

    def _of(self, row: Mapping[str, Any]) -> dict[str, Any]:
        block: dict[str, Any] = {"unit": _unit(row[self.block])}
        for name in _FIGURES:
            if not _is_blank(row.get(name)) and self._is_read(name):
                block[name] = _figure(name, row[name], self.currency)
        return block

    def _is_read(self, name: str) -> bool:
        """Money that no metric reads stays out, for it needs a currency."""
        return name not in _MONEY or any(name in _NEEDED.get(metric, ()) for metric in self.metrics)

    def delivered(self, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Rows as counts of who saw an arm."""
        return [
            {
                "dimension": str(row["dimension"]),
                "segment": str(row["segment"]),
                "unit": _unit(row[self.block]),
                "impressions": _figure("impressions", row["impressions"], None),
            }
            for row in rows
        ]


def _add(arms: Sequence[dict[str, Any]], key: str, values: Any) -> None:
    """Gives each arm its own of what is known by the names of arms."""
    if not is_mapping(values):
        raise invalid(
            f"{key}: is {type(values).__name__}", f'give it by arm, as in {key}={{"image": ..., "video": ...}}'
        )
    by_name = {one.get("name"): one for one in arms}
    for name, value in values.items():
        if str(name) not in by_name:
            known = ", ".join(str(one) for one in by_name)
            raise invalid(f"{key}: names {name!r}, which is no arm", f"use one of {known}")
        by_name[str(name)][key] = value


def _unit(unit: Any) -> str:
    """A date without its time where it has one."""
    return str(unit.date()) if hasattr(unit, "date") and callable(unit.date) else str(unit)


def _is_blank(figure: Any) -> bool:
    """None, NaN of any kind, and the NA of pandas, which cannot even be compared."""
    return figure is None or str(figure) in ("nan", "NaN", "<NA>", "NaT")


def _figure(name: str, figure: Any, currency: str | None) -> Any:
    """A count as a whole number, which one blank in its column makes a float; money to the millionth."""
    if name in _MONEY and not is_mapping(figure):
        if currency is None:
            raise invalid(f"currency: is missing, and {name} is money", 'give it, as in currency="BRL"')
        return {"amount": _amount(figure), "currency": currency}
    is_count = name in ("impressions", "clicks", "conversions")
    return int(float(figure)) if is_count and isinstance(figure, Real) and float(figure).is_integer() else figure


def _amount(figure: Any) -> str:
    if isinstance(figure, Decimal):
        return f"{figure:f}"
    return f"{float(figure):.6f}" if isinstance(figure, Real) and not isinstance(figure, Integral) else str(figure)


def _first(arms: Sequence[dict[str, Any]], control: str) -> list[dict[str, Any]]:
    """The arms with the control in front."""
    named = [one for one in arms if one.get("name") == control]
    if not named:
        known = ", ".join(str(one.get("name")) for one in arms)
        raise invalid(f"control: is {control!r}, which is no arm", f"use one of {known}")
    return [*named, *(one for one in arms if one.get("name") != control)]
