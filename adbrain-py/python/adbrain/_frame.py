"""Columns with names that come from and go to every library of frames, and need none of them."""

from __future__ import annotations

import importlib
from typing import Any

from adbrain import _html
from adbrain._adbrain import Table
from adbrain._errors import invalid
from adbrain._kinds import is_iterable, is_mapping

_NEXT = "give a frame of pandas, polars or pyarrow, a dict of columns, a structured array or a list of dicts"


class Frame:
    """A table in the memory of Arrow.

    Made of a frame of pandas, polars or pyarrow, of whatever speaks Arrow (``__arrow_c_stream__``), of a dict of
    columns, a structured array of NumPy or a list of dicts; goes to all of them. Nothing is copied where the cells lie
    as the other side wants them: columns of Arrow and of polars in and out, flat arrays of doubles and 64-bit integers
    in, columns of numbers without gaps out. Such memory is shared: do not write to an array that was given.

    >>> frame = Frame({"platform": ["meta", "google"], "clicks": [210, 260]})
    >>> frame
    Frame(2 rows: platform, clicks)
    >>> frame.to_dicts()[1]
    {'platform': 'google', 'clicks': 260}
    """

    def __init__(self, data: Any) -> None:
        self._table: Table = data._table if isinstance(data, Frame) else _table(data)

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return self._table.names()

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows and columns there are."""
        return len(self._table), len(self.columns)

    def __len__(self) -> int:
        return len(self._table)

    def __getitem__(self, name: str) -> Any:
        """A column: numbers as an array of NumPy where that is installed, which cannot be written to; else a list."""
        numbers = self._table.numbers(name) if is_there("numpy") else None
        return self._table.cells(name) if numbers is None else numbers

    def to_dicts(self) -> list[dict[str, Any]]:
        """A dict for each row."""
        return self._rows(None)

    def _rows(self, most: int | None) -> list[dict[str, Any]]:
        columns = {name: self._table.cells(name, most) for name in self.columns}
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    def to_dict(self) -> dict[str, list[Any]]:
        """A list for each column."""
        return {name: self._table.cells(name) for name in self.columns}

    def to_numpy(self) -> Any:
        """The columns of numbers as an array of doubles with two dimensions."""
        import numpy as np

        columns = [self._table.numbers(name) for name in self.columns]
        return np.column_stack([np.asarray(one, dtype=np.float64) for one in columns if one is not None])

    def to_pandas(self) -> Any:
        """A frame of pandas."""
        return _library("pandas").DataFrame({name: self[name] for name in self.columns})

    def to_polars(self) -> Any:
        """A frame of polars over the same memory."""
        return _library("polars").DataFrame(self)

    def to_arrow(self) -> Any:
        """A table of pyarrow over the same memory."""
        return _library("pyarrow").table(self)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        return f"Frame({len(self)} rows: {', '.join(self.columns)})"

    def _repr_html_(self) -> str:
        return _html.block(_html.table(self._rows(_html.MOST)), _html.more(len(self)))


def _table(data: Any) -> Table:
    """The columns of what was given."""
    if hasattr(data, "__arrow_c_stream__"):
        try:
            return Table.of_stream(data)
        except ImportError:  # pandas speaks Arrow only where pyarrow is installed
            return Table.of_columns({str(name): data[name].to_numpy() for name in data.columns})
    if is_mapping(data):
        return Table.of_columns({str(name): cells for name, cells in data.items()})
    names = getattr(getattr(data, "dtype", None), "names", None)
    if names:
        return Table.of_columns({name: data[name] for name in names})
    if isinstance(data, str | bytes) or not is_iterable(data):
        raise invalid(f"frame: is a {type(data).__name__}", _NEXT)
    rows = list(data)
    if not rows or not all(is_mapping(row) for row in rows):
        raise invalid("frame: is no list of dicts" if rows else "frame: has no rows", _NEXT)
    columns = dict.fromkeys(str(name) for row in rows for name in row)
    return Table.of_columns({name: [row.get(name) for row in rows] for name in columns})


def is_arrow_alone(data: Any) -> bool:
    """Whether it speaks Arrow and is no frame of pandas or polars, which are read by their own ways."""
    return hasattr(data, "__arrow_c_stream__") and not hasattr(data, "to_numpy") and not hasattr(data, "to_dicts")


def best(rows: list[dict[str, Any]], index: Any = None) -> Any:
    """Rows as a frame of pandas where that is installed, else of polars, else as a :class:`Frame`."""
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: [row.get(name) for row in rows] for name in names}
    if is_there("pandas"):
        return _library("pandas").DataFrame(columns, index=index)
    if is_there("polars"):
        return _library("polars").DataFrame(columns, strict=False)
    return Frame(columns)


def _library(name: str) -> Any:
    """A library that need not be installed, loaded where it is needed."""
    return importlib.import_module(name)


def is_there(library: str) -> bool:
    """Whether a library is installed and works."""
    try:
        _library(library)
    except ImportError:
        return False
    return True
