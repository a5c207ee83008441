"""What notebooks show: tables and pictures in the colours of the reader's theme, every text escaped, no script."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

# Colours are those of the text around, light or dark; those of lines can be told apart on both.
_STYLE = (
    "<style>"
    ".adbrain{color:inherit;background:transparent;max-width:100%;overflow-x:auto}"
    ".adbrain table{border-collapse:collapse;color:inherit;background:transparent}"
    ".adbrain th,.adbrain td{padding:.2em .7em;text-align:left;background:transparent;"
    "border-bottom:1px solid color-mix(in srgb,currentColor 25%,transparent)}"
    ".adbrain td.number{text-align:right;font-variant-numeric:tabular-nums}"
    ".adbrain svg{height:auto;max-width:100%}"
    ".adbrain svg text{fill:currentColor}"
    '.adbrain svg [stroke="#000000"]{stroke:currentColor}'
    '.adbrain svg [stroke="#0969DA"]{stroke:#2f81f7}.adbrain svg [fill="#0969DA"]{fill:#2f81f7}'
    '.adbrain svg [stroke="#1A7F37"]{stroke:#2da44e}.adbrain svg [fill="#1A7F37"]{fill:#2da44e}'
    "</style>"
)
# Rows of a table that are shown.
MOST = 20


def block(*parts: str) -> str:
    """Parts of HTML together, with the style that they need."""
    return f'<div class="adbrain">{_STYLE}{"".join(parts)}</div>'


def line(text: str) -> str:
    """A text as a line of its own."""
    return f"<p>{html.escape(text)}</p>"


def table(rows: Sequence[Mapping[str, Any]], columns: Iterable[str] | None = None) -> str:
    """Rows as a table, the first of them where there are many; none where there are no rows."""
    if not rows:
        return ""
    names = list(columns) if columns is not None else list(dict.fromkeys(name for row in rows for name in row))
    head = "".join(f"<th>{html.escape(name)}</th>" for name in names)
    body = "".join(f"<tr>{''.join(_cell(row.get(name)) for name in names)}</tr>" for row in rows[:MOST])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more(len(rows))}"


def more(rows: int) -> str:
    """How many rows are not shown; nothing where all are."""
    return line(f"and {rows - MOST} rows more") if rows > MOST else ""


def _cell(cell: Any) -> str:
    if cell is None:
        return "<td></td>"
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return f"<td>{html.escape(str(cell))}</td>"
    return f'<td class="number">{cell:.6g}</td>' if isinstance(cell, float) else f'<td class="number">{cell}</td>'
