"""Budgets from frames: who gets how much of a day's money, and the curves that say what it brings.

>>> from adbrain import budget
>>> rows = [
...     {"name": "search", "kind": "log", "scale": 30, "unit": 10},
...     {"name": "video", "kind": "log", "scale": 10, "unit": 10, "cap": 8},
... ]
>>> found = budget.allocate(rows, total=60)
>>> [(row["name"], row["amount"], round(row["shadow_price"], 2)) for row in found.frame]
[('search', 52.0, 0.0), ('video', 8.0, 0.07)]

Frames of pandas and of polars and lists of dicts come back as what they came, those of Arrow as :class:`adbrain.Frame`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from adbrain import _html
from adbrain._adbrain import _statistic
from adbrain._frame import Frame, is_arrow_alone
from adbrain._plots import Plot
from adbrain._predictions import rows_of
from adbrain._progress import Progress
from adbrain._types import Language
from adbrain._values import Values

__all__ = ["BudgetAllocation", "allocate", "estimate"]

Amount = float | str | Decimal | Mapping[str, Any]

_PARTS = ("name", "amount", "value", "marginal", "shadow_price")
_LIMITS = ("limit", "at", "per_unit")
_CURVES = ("name", "group", "kind")


class BudgetAllocation(Values):
    """Who gets how much, how good that is, and what each limit holds back; a notebook shows it with its plot."""

    def __init__(self, values: dict[str, Any], like: Any) -> None:
        super().__init__(values)
        self._like = like

    @property
    def frame(self) -> Any:
        """A row for each receiver, as the rows came: ``name``, ``amount``, ``value``, ``marginal``, ``shadow_price``.

        ``marginal`` is what its next unit of money would bring; ``shadow_price`` what loosening its own binding limits
        by a unit would bring, 0 where none binds.
        """
        return _frame(self._values["rows"], _PARTS, self._like, keep_index=True)

    @property
    def limits(self) -> Any:
        """The binding limits, the dearest first: ``limit``, where it is (``at``), and what a unit more would bring."""
        return _frame(self._values["limits"], _LIMITS, self._like)

    @property
    def spend(self) -> dict[str, str]:
        """All of the money together, exactly: never more than the total."""
        spend: dict[str, str] = self._values["spend"]
        return spend

    @property
    def value(self) -> float:
        """What it brings."""
        return float(self._values["value"])

    @property
    def price(self) -> float:
        """What the next unit of money would bring."""
        return float(self._values["price"])

    @property
    def bound(self) -> float:
        """Nothing within the limits is worth more."""
        return float(self._values["bound"])

    @property
    def gap(self) -> float:
        """How much better anything can be at most, as a part of what was found."""
        return float(self._values["gap"])

    def plot(self, language: Language = "en") -> Plot:
        """Each receiver's curve with its amount, and the price as the slope there: the same bytes in every language."""
        given = {"curves": self._values["curves"], "price": self.price, "language": language}
        drawn = _statistic("allocation_chart", given)
        return Plot(drawn["svg"], {"kind": "lines", "lines": drawn["lines"]})

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return Frame(self._values["rows"]).__arrow_c_stream__(requested_schema)

    def __len__(self) -> int:
        return len(self._values["rows"])

    def __repr__(self) -> str:
        spend = self.spend
        told = f"{spend['amount']} {spend['currency']} brings {self.value:.6g}"
        return f"BudgetAllocation({len(self)} receivers, {told}, gap {self.gap:.1e})"

    def _repr_html_(self) -> str:
        tables = [_html.table(self._values["rows"], _PARTS), _html.table(self._values["limits"], _LIMITS)]
        return _html.block(_html.line(repr(self)), *tables, self.plot().svg)


def allocate(
    frame: Any,
    *,
    total: Amount,
    currency: str = "USD",
    groups: Any = None,
    margin: float | None = None,
    target: Mapping[str, float] | None = None,
    search: Mapping[str, float] | None = None,
    progress: bool | None = None,
) -> BudgetAllocation:
    """Divides a day's money over response curves within limits so that it brings the most, with a proven gap.

    ``frame`` is a frame of pandas or polars or a list of dicts, a row for each receiver: ``name``; its curve as a dict
    in ``curve``, or ``kind`` with its parameters in columns of their own (``top``, ``half``, ``shape``, ``scale``,
    ``exponent``, ``unit``); where wanted ``group``, ``floor``, ``cap``, ``least``, ``current``, ``max_raise_percent``,
    ``max_cut_percent`` and ``carry_over``. What is missing in a cell is no limit.

    Amounts and ``total`` are in units of ``currency``, as numbers, :class:`decimal.Decimal` or texts. They become exact
    amounts: more decimal places than the currency has are an error that names row and column.

    ``groups`` limits groups together, as rows of ``name``, ``parent``, ``floor`` and ``cap``. ``margin``, ``target``
    (``{"roas": 3}`` or ``{"cpa": 40}``) and ``search`` are those of :func:`adbrain.stats.allocate`; ``progress`` is
    that of :meth:`adbrain.Brain.run`.

    Raises :class:`adbrain.InvalidInputError` naming the row, from 0, and the column; also for limits that leave no room
    for each other. Raises :class:`adbrain.NotFoundError` where the target cannot be met.
    """
    options = {
        "groups": None if groups is None else _rows(groups),
        "margin": margin,
        "target": target,
        "search": search,
    }
    given = {"rows": _rows(frame), "total": _plain(total), "currency": currency}
    given |= {name: value for name, value in options.items() if value is not None}
    with Progress("allocates", progress):
        return BudgetAllocation(_statistic("allocate_rows", given), frame)


def estimate(frame: Any, *, beliefs: Mapping[str, float] | None = None, progress: bool | None = None) -> Any:
    """Response curves from days, as a frame that :func:`allocate` takes as it is.

    ``frame`` is a frame of pandas or polars or a list of dicts, a row for each campaign and day: ``campaign``, where
    wanted ``group`` (the platform), ``date``, ``budget``, ``spend``, ``impressions``, ``clicks``, ``conversions``,
    ``revenue``, and ``known``, the share of the day's conversions that should be known by now. All campaigns have the
    same days, zeros where nothing ran. ``beliefs`` are those of :func:`adbrain.stats.estimate_curves`.

    A row comes back for each campaign: ``name``, ``group``, ``kind`` and the parameters of its curve, and what is known
    of it: ``conversion_rate``, ``order_value``, ``value`` of the next day with the ends of their intervals,
    ``broke_on``, ``fell``, ``held_days``.
    """
    given: dict[str, Any] = {"rows": _rows(frame)}
    if beliefs is not None:
        given["beliefs"] = beliefs
    with Progress("estimates curves", progress):
        found = _statistic("estimate_rows", given)["rows"]
    return _frame(found, _CURVES, frame)


def _rows(data: Any) -> list[dict[str, Any]]:
    """Rows as the engine reads them: exact decimals are texts."""
    return [{name: _plain(cell) for name, cell in row.items()} for row in rows_of(data)]


def _plain(cell: Any) -> Any:
    return f"{cell:f}" if isinstance(cell, Decimal) else cell


def _frame(rows: list[dict[str, Any]], first: Sequence[str], like: Any, *, keep_index: bool = False) -> Any:
    """Rows with these columns first as what is alike: a frame of polars, pandas or Arrow, or a list."""
    names = list(dict.fromkeys([*first, *(name for row in rows for name in row)]))
    cells = {name: [row.get(name) for row in rows] for name in names}
    if isinstance(like, Frame) or is_arrow_alone(like):
        return Frame(cells)
    if hasattr(like, "to_dicts"):
        import polars

        return polars.DataFrame(cells)
    if hasattr(like, "to_dict"):
        import pandas  # type: ignore[import-untyped]

        return pandas.DataFrame(cells, index=like.index if keep_index else None)
    return [{name: row[name] for name in names if name in row} for row in rows]
