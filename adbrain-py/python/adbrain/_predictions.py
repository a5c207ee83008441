"""Predictions without a brain and without await: frames in, results that show themselves in a notebook out."""

from __future__ import annotations

import csv
import datetime
import io
import secrets
from typing import Any, Literal

from adbrain import _html
from adbrain._adbrain import _statistic
from adbrain._errors import NotEnoughDataError, invalid
from adbrain._forest import is_missing
from adbrain._frame import Frame, best, is_arrow_alone
from adbrain._kinds import is_iterable, is_mapping
from adbrain._plots import Plot
from adbrain._progress import Progress
from adbrain._types import Language
from adbrain._values import Values

# Counts that a frame may hold as floats, because a gap makes a whole column of them floats.
_COUNTS = ("impressions", "clicks", "conversions")


class Forecasts(Values):
    """What to expect of rows; :meth:`to_frame` gives a frame, a notebook shows it."""

    def __init__(self, values: dict[str, Any], *, rate: str, index: Any = None) -> None:
        super().__init__(values)
        self._rate = rate
        self._index = index

    @property
    def predictions(self) -> list[dict[str, Any]]:
        """One per row that was asked about: value, interval, recommendation, warnings."""
        predictions: list[dict[str, Any]] = self._values["predictions"]
        return predictions

    def __len__(self) -> int:
        return len(self.predictions)

    def to_frame(self) -> Any:
        """A row per prediction: the value, both ends, the recommendation, the rows behind it.

        A frame of pandas where that is installed, else of polars, else an :class:`adbrain.Frame`.
        """
        return best(self._rows(), self._index)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return Frame(self._rows()).__arrow_c_stream__(requested_schema)

    def _rows(self) -> list[dict[str, Any]]:
        return [self._row(one) for one in self.predictions]

    def _row(self, one: dict[str, Any]) -> dict[str, Any]:
        low, high = one["confidence_interval"] or (None, None)
        value = f"predicted_{self._rate}"
        return {
            value: one[value],
            "low": low,
            "high": high,
            "recommendation": one["recommendation"],
            "sample_size": one["sample_size"],
            "warnings": "; ".join(text["en"] for text in one["warning_texts"]),
        }

    def plot(self, language: Language = "en") -> Plot:
        """The predictions with their band, row after row as a picture; rows without a prediction are left out."""
        value = f"predicted_{self._rate}"
        known = [(at, row) for at, row in enumerate(self._rows()) if row["low"] is not None and row[value] is not None]
        if not known:
            raise NotEnoughDataError("predictions: none has an interval", next_step="look at their warnings")
        drawn = {
            "at": [float(at) for at, _ in known],
            "median": [row[value] for _, row in known],
            "low": [row["low"] for _, row in known],
            "high": [row["high"] for _, row in known],
        }
        return Plot(_statistic("band_chart", {**drawn, "language": language})["svg"], {"kind": "band", **drawn})

    def __repr__(self) -> str:
        return f"Forecasts({len(self)} rows, learnt from {self._values['rows_learnt']})"

    def _repr_html_(self) -> str:
        return _html.block(_html.line(repr(self)), _html.table(self._rows()))


def predict_roas(
    rows: Any,
    history: Any = None,
    *,
    rate: Literal["roas", "cpa", "ctr", "cvr"] = "roas",
    progress: bool | None = None,
    **options: Any,
) -> Forecasts:
    """What ROAS, CPA, CTR or CVR to expect, with intervals and recommendations.

    ``rows`` is a frame of pandas or polars or a list of dicts with the columns of
    :func:`adbrain.stats.predict_roas`: ``platform``, ``budget``, ``creative_type``, ``date`` and others, and in past
    rows ``impressions``, ``clicks``, ``conversions``, ``spend`` and ``revenue``. Without ``history`` the rows that have
    no ``revenue`` and no ``conversions`` are asked about, and the others are the history. Options are those of
    :func:`adbrain.stats.predict_roas`: ``level``, ``target``, ``currency``, ``trees``, ``seed``. ``progress`` is
    that of :meth:`adbrain.Brain.run`.
    """
    asked = rows_of(rows)
    past = None if history is None else rows_of(history)
    index = getattr(rows, "index", None)
    if past is None:
        has_result = [any(name in row for name in ("revenue", "conversions")) for row in asked]
        past = [row for row, known in zip(asked, has_result, strict=True) if known]
        asked = [row for row, known in zip(asked, has_result, strict=True) if not known]
        index = None if index is None or callable(index) else index[[not known for known in has_result]]
    if not asked:
        raise invalid("rows: none is asked about", "leave revenue and conversions out, or give history=...")
    given = {"history": past, "rows": asked, "rate": rate, **options}
    with Progress("predicts", progress):
        found = _statistic("predict_roas", given)
    return Forecasts(found, rate=rate, index=None if callable(index) else index)


def days_to_saturation(**audience: Any) -> dict[str, Any]:
    """Days until an audience answers with less than 0.7 of the first day's click rate, as quantiles.

    Give ``size`` and one of three: ``impressions`` with ``reach`` (and ``clicks``) day by day, ``frequency`` with
    ``growth``, or ``daily_impressions`` of a plan. All arguments are those of :func:`adbrain.stats.days_to_saturation`.
    """
    return dict(_statistic("days_to_saturation", {name: one for name, one in audience.items() if one is not None}))


class Personas(Values):
    """Groups of people; a notebook shows them as a table."""

    @property
    def personas(self) -> list[dict[str, Any]]:
        """One per group, with its name, size, share and what tells it from the others."""
        personas: list[dict[str, Any]] = self._values.get("personas", [])
        return personas

    def to_dict(self) -> dict[str, Any]:
        """Everything as a dict; its ``people`` and ``model`` go into the next call."""
        return dict(self._values)

    def __len__(self) -> int:
        return len(self.personas)

    def to_frame(self) -> Any:
        """A row per persona, its name and each part that is one value, as a frame like :meth:`Forecasts.to_frame`."""
        return best(self._rows())

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return Frame(self._rows()).__arrow_c_stream__(requested_schema)

    def _rows(self) -> list[dict[str, Any]]:
        plain = (str, int, float, bool)
        return [
            {"name": one["label"]["en"], **{name: part for name, part in one.items() if isinstance(part, plain)}}
            for one in self.personas
        ]

    def __repr__(self) -> str:
        names = ", ".join(one["label"]["en"] for one in self.personas)
        return f"Personas({len(self)}: {names})"

    def _repr_html_(self) -> str:
        return _html.block(_html.line(repr(self)), _html.table(self._rows()))


def personas(
    people: Any = None,
    *,
    source: Literal["orders", "analytics", "social"] = "orders",
    progress: bool | None = None,
    **options: Any,
) -> Personas:
    """Groups of people from order lines, analytics or social insights.

    ``people`` is a frame with the columns of that source, or a list of profiles; options are those of
    :func:`adbrain.stats.personas`: ``currency``, ``time_zone``, ``settings``, ``people``, ``previous``, ``files``,
    ``salt``. ``progress`` is that of :meth:`adbrain.Brain.run`.
    Without ``people`` and ``salt``, a salt is drawn at random: it hashes the names of those who ask to be forgotten.
    """
    given = dict(options)
    if "people" not in given:
        given.setdefault("salt", secrets.token_hex(16))
    text = _csv(people)
    if text is not None:
        given["files"] = [*given.get("files", []), {"source": source, "csv": text}]
    elif people is not None:
        given["profiles"] = list(people)
    with Progress("groups people", progress):
        return Personas(_statistic("personas", given))


def customer_value(
    orders: Any,
    *,
    until: Any = None,
    currency: str = "USD",
    customer: str = "customer",
    date: str = "date",
    amount: str = "amount",
    progress: bool | None = None,
    **options: Any,
) -> dict[str, Any]:
    """What each customer is worth, from order lines: purchases to come, their value, each with its range.

    ``orders`` is a frame or a list of dicts with a customer, a date and an amount per line; the names of these columns
    can be given. ``until`` is the last day of the observation, that of the last order by default. Options are those of
    :func:`adbrain.stats.customer_values`: ``births``, ``time_unit``, ``options``.

    Raises :class:`adbrain.InvalidInputError` naming the row, from 0, and the column of a value that is missing.
    """
    lines = [
        _order_line(at, [row.get(name) for name in (customer, date, amount)], (customer, date, amount), currency)
        for at, row in enumerate(rows_of(orders))
    ]
    last = _day(until) if until is not None else max((str(line["date"]) for line in lines), default="")
    with Progress("values customers", progress):
        return dict(_statistic("customer_values", {"orders": lines, "until": last, **options}))


def _order_line(at: int, values: list[Any], names: tuple[str, str, str], currency: str) -> dict[str, Any]:
    """A line as the core takes it; a frame may hold gaps, which no order has."""
    for value, name in zip(values, names, strict=True):
        if value is None:
            raise invalid(f"orders[{at}].{name}: is missing", "fill it in or leave the line out")
    who, day, paid = values
    amount = paid if is_mapping(paid) else {"amount": str(paid), "currency": currency}
    return {"customer": str(who), "date": _day(day), "amount": amount}


def rows_of(data: Any) -> list[dict[str, Any]]:
    """The rows of a frame or a list as dicts, without what is missing."""
    if is_arrow_alone(data) or getattr(getattr(data, "dtype", None), "names", None):
        data = Frame(data)
    if hasattr(data, "to_dicts"):
        rows: Any = data.to_dicts()
    elif hasattr(data, "to_dict"):
        rows = data.to_dict("records")
    else:
        rows = data
    if isinstance(rows, str | bytes) or is_mapping(rows) or not is_iterable(rows):
        raise invalid(f"rows: is a {type(data).__name__}", "give a frame of pandas or polars, or a list of dicts")
    rows = list(rows)
    for at, row in enumerate(rows):
        if not is_mapping(row):
            raise invalid(f"rows[{at}]: is a {type(row).__name__}", "give a dict for each row")
    return [{str(name): _cell(name, value) for name, value in row.items() if not is_missing(value)} for row in rows]


def _cell(name: Any, value: Any) -> Any:
    if type(value).__name__ == "datetime64":
        return _day(value)
    plain = value.item() if hasattr(value, "item") and callable(value.item) else value
    if isinstance(plain, datetime.date):
        return _day(plain)
    return int(plain) if name in _COUNTS and isinstance(plain, float) and plain.is_integer() else plain


def _day(day: Any) -> str:
    return str(day)[:10]


def _csv(people: Any) -> str | None:
    """A frame as CSV text; nothing where it is no frame."""
    if isinstance(people, Frame) or is_arrow_alone(people):
        frame, text = Frame(people), io.StringIO()
        writer = csv.DictWriter(text, frame.columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(frame.to_dicts())
        return text.getvalue()
    if hasattr(people, "write_csv"):
        return str(people.write_csv())
    return str(people.to_csv(index=False)) if hasattr(people, "to_csv") else None
