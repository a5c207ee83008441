"""Pictures: SVG that needs nothing, and the same by matplotlib or Altair where they are installed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adbrain import _html
from adbrain._errors import UnsupportedError
from adbrain._frame import is_there

_FIRST, _SECOND = "#2f81f7", "#2da44e"


class Plot:
    """A picture. A notebook shows it; :meth:`matplotlib` and :meth:`altair` draw the same by these libraries.

    ``svg`` is the picture as SVG, with nothing loaded and no script, the same bytes in every language; ``series`` are
    the numbers that it is drawn of.
    """

    def __init__(self, svg: str, series: Mapping[str, Any]) -> None:
        self.svg = svg
        self.series: dict[str, Any] = dict(series)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the picture to a file as SVG."""
        Path(path).write_text(self.svg, encoding="utf-8")

    def best(self) -> Any:
        """A chart of Altair where that is installed, else axes of matplotlib, else this picture."""
        if is_there("altair"):
            return self.altair()
        return self.matplotlib() if is_there("matplotlib") else self

    def matplotlib(self, ax: Any = None) -> Any:
        """Draws on axes of matplotlib, new ones by default, and gives them back."""
        if ax is None:
            try:
                from matplotlib import pyplot
            except ImportError as missing:
                raise _missing("matplotlib") from missing
            ax = pyplot.subplots(figsize=(8, 3))[1]
        draw = {"band": _band_on, "lines": _lines_on, "intervals": _intervals_on}[self.series["kind"]]
        draw(ax, self.series)
        return ax

    def altair(self) -> Any:
        """A chart of Altair."""
        try:
            import altair
        except ImportError as missing:
            raise _missing("altair") from missing
        draw = {"band": _band_in, "lines": _lines_in, "intervals": _intervals_in}[self.series["kind"]]
        return draw(altair, self.series)

    def _repr_html_(self) -> str:
        return _html.block(self.svg)

    def __repr__(self) -> str:
        return f"Plot({self.series['kind']}, {len(self.svg)} bytes of SVG)"


def _missing(library: str) -> UnsupportedError:
    return UnsupportedError(f"{library}: is not installed", next_step=f"pip install {library}, or take plot.svg")


def _band_on(ax: Any, band: Mapping[str, Any]) -> None:
    ax.fill_between(band["at"], band["low"], band["high"], color=_FIRST, alpha=0.18, linewidth=0)
    ax.plot(band["at"], band["median"], color=_FIRST)
    if band.get("actual"):
        ax.plot(band["at"], band["actual"], "o", color=_SECOND, markersize=4)


def _lines_on(ax: Any, drawn: Mapping[str, Any]) -> None:
    for line in drawn["lines"]:
        curve = ax.plot(line["spend"], line["value"], label=line["name"])[0]
        ax.plot([line["amount"]], [line["brings"]], "o", color=curve.get_color())
    # Names are those of people: a leading underscore hides them from a legend, and a dollar sign begins a formula.
    legend = ax.legend([line["name"].replace("$", r"\$") or " " for line in drawn["lines"]])
    legend.set_draggable(False)


def _intervals_on(ax: Any, drawn: Mapping[str, Any]) -> None:
    places = [-place for place in range(len(drawn["names"]))]
    ax.hlines(places, drawn["low"], drawn["high"], color=_FIRST, linewidth=3)
    ax.plot(drawn["value"], places, "o", color=_FIRST)
    ax.axvline(0, color=_SECOND, linewidth=1)
    ax.set_yticks(places, [name.replace("$", r"\$") for name in drawn["names"]])


def _rows(drawn: Mapping[str, Any], *names: str) -> list[dict[str, Any]]:
    present = [name for name in names if drawn.get(name)]
    return [dict(zip(present, row, strict=True)) for row in zip(*(drawn[name] for name in present), strict=True)]


def _band_in(altair: Any, band: Mapping[str, Any]) -> Any:
    base = altair.Chart(altair.Data(values=_rows(band, "at", "median", "low", "high", "actual"))).encode(x="at:Q")
    area = base.mark_area(opacity=0.18, color=_FIRST).encode(y=altair.Y("low:Q", title=None), y2="high:Q")
    chart = area + base.mark_line(color=_FIRST).encode(y="median:Q")
    return chart + base.mark_point(color=_SECOND).encode(y="actual:Q") if band.get("actual") else chart


def _lines_in(altair: Any, drawn: Mapping[str, Any]) -> Any:
    points = [
        {"name": line["name"], "spend": spend, "value": value}
        for line in drawn["lines"]
        for spend, value in zip(line["spend"], line["value"], strict=True)
    ]
    marks = [{"name": line["name"], "spend": line["amount"], "value": line["brings"]} for line in drawn["lines"]]
    encoded = {"x": "spend:Q", "y": "value:Q", "color": "name:N"}
    curves = altair.Chart(altair.Data(values=points)).mark_line().encode(**encoded)
    return curves + altair.Chart(altair.Data(values=marks)).mark_point(filled=True, size=60).encode(**encoded)


def _intervals_in(altair: Any, drawn: Mapping[str, Any]) -> Any:
    base = altair.Chart(altair.Data(values=_rows(drawn, "names", "value", "low", "high")))
    base = base.encode(y=altair.Y("names:N", title=None, sort=None))
    lines = base.mark_rule(color=_FIRST, strokeWidth=3).encode(x=altair.X("low:Q", title=None), x2="high:Q")
    zero = altair.Chart(altair.Data(values=[{"zero": 0}])).mark_rule(color=_SECOND).encode(x="zero:Q")
    return lines + base.mark_point(filled=True, color=_FIRST, size=60).encode(x="value:Q") + zero
