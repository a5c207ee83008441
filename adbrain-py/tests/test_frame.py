"""Frames come from and go to every library, without copies where the cells lie right, and none is needed."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pandas
import polars
import pyarrow  # type: ignore[import-untyped]
import pytest

import adbrain
from adbrain import Frame, datasets


def address(array: Any) -> int:
    """Where the cells of an array of NumPy lie."""
    place: int = array.__array_interface__["data"][0]
    return place


def arrow_address(table: Any, name: str) -> int:
    """Where the cells of a column of pyarrow lie."""
    place: int = table.column(name).chunk(0).buffers()[1].address
    return place


def test_nothing_is_copied_where_cells_lie_right() -> None:
    doubles, whole = np.arange(1000.0), np.arange(1000)
    frame = Frame({"doubles": doubles, "whole": whole})
    assert address(frame["doubles"]) == address(doubles)
    assert address(frame["whole"]) == address(whole)
    assert not frame["doubles"].flags.writeable
    table = frame.to_arrow()
    assert arrow_address(table, "doubles") == address(doubles)
    assert address(Frame(table)["doubles"]) == address(doubles)
    polar = frame.to_polars()
    assert address(polar["doubles"].to_numpy()) == address(doubles)
    assert address(Frame(polar)["doubles"]) == address(doubles)


def test_memory_outlives_what_it_came_from() -> None:
    kept = Frame({"a": np.arange(1_000_000.0)})["a"]
    other = np.arange(1_000_000.0) * 0
    assert kept.sum() == 999_999 * 1_000_000 / 2
    assert other.sum() == 0


def test_every_kind_of_frame_gives_the_same_cells() -> None:
    columns: dict[str, list[Any]] = {"name": ["a", None, "c"], "count": [1, 2, 3], "rate": [0.5, None, 1.5]}
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    structured = np.array([("a", 1), ("b", 2)], dtype=[("name", "U1"), ("count", "i8")])
    for given in (columns, rows, polars.DataFrame(columns), pyarrow.table(columns), Frame(columns)):
        frame = Frame(given)
        assert frame.columns == list(columns)
        assert frame.to_dicts() == rows
        assert len(frame) == 3
    assert Frame(pandas.DataFrame(columns)).to_dicts()[1]["rate"] is None
    assert Frame(structured).to_dicts() == [{"name": "a", "count": 1}, {"name": "b", "count": 2}]
    assert np.isnan(Frame(columns)["rate"][1])
    assert Frame(columns)["name"] == ["a", None, "c"]
    chunks = pyarrow.concat_tables([pyarrow.table({"a": [1.0]}), pyarrow.table({"a": [2.0]})])
    assert Frame(chunks)["a"].tolist() == [1.0, 2.0]
    days = pyarrow.table({"day": pyarrow.array([0, 1], pyarrow.date32())})
    assert Frame(days)["day"] == ["1970-01-01", "1970-01-02"]
    assert len(Frame(pyarrow.table({"a": pyarrow.array([], pyarrow.float64())}))) == 0


def test_what_is_no_frame_is_named() -> None:
    for given in ("a.csv", 3, [], [1, 2]):
        with pytest.raises(adbrain.InvalidInputError, match=r"^frame: "):
            Frame(given)
    with pytest.raises(adbrain.InvalidInputError, match="b: is no column"):
        Frame({"a": [1]})["b"]


def test_the_demonstration_goes_into_everything() -> None:
    frame = datasets.demo(days=28)
    assert frame.shape == (28 * 32, 13)
    # The same totals stand in the tests of Rust and Node.
    counts = [int(frame[name].sum()) for name in ("impressions", "clicks", "conversions")]
    cents = [int(np.rint(frame[name] * 100).sum()) for name in ("spend", "revenue")]
    assert counts + cents == [1568939, 32873, 1257, 3918717, 20996993]
    assert frame.to_dicts() == datasets.demo(days=28, seed=7).to_dicts()
    assert frame.to_dicts() != datasets.demo(days=28, seed=8).to_dicts()
    history = adbrain.import_history(frame, currency="BRL")
    assert len(history["rows"]) == len(frame)
    assert not history["problems"]
    features = ["platform", "creative_type", "copy_style", "budget"]
    spend = frame["spend"]
    arrow = frame.to_arrow()
    forests = [
        adbrain.ForestRegressor(trees=20, seed=1).fit(X, frame["revenue"] / spend, target="roas").to_bytes()
        for X in (frame.to_pandas()[features], frame.to_polars()[features], arrow.select(features))
    ]
    assert forests[0] == forests[1] == forests[2]
    arrow = arrow.drop_columns(["ad"])
    past = arrow.to_pandas()
    found = adbrain.predict_roas(frame.to_polars()[:3].select(features), arrow, trees=20, seed=1)
    assert found.to_dict() == adbrain.predict_roas(past[features][:3], past, trees=20, seed=1).to_dict()
    assert polars.DataFrame(found).columns[:3] == ["predicted_roas", "low", "high"]
    assert polars.DataFrame(found).height == 3


def test_curves_and_amounts_come_back_as_arrow() -> None:
    frame = datasets.demo(days=56)
    days = (
        frame.to_polars()
        .rename({"platform": "group"})
        .group_by("campaign", "group", "date")
        .agg(polars.col("budget", "spend", "impressions", "clicks", "conversions", "revenue").sum())
        .sort("campaign", "date")
        .with_columns(known=1.0)
    )
    curves = adbrain.budget.estimate(Frame(days))
    assert isinstance(curves, Frame)
    assert len(curves) == 8
    found = adbrain.budget.allocate(curves, total="1500.00", currency="BRL")
    assert isinstance(found.frame, Frame)
    assert polars.DataFrame(found)["amount"].sum() <= 1500


WITHOUT = """
import sys

class Gone:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("numpy", "pandas", "polars", "pyarrow", "matplotlib", "altair", "tqdm"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Gone())
import adbrain
from adbrain import datasets
frame = datasets.demo(days=28)
assert frame["spend"][0] > 0 and isinstance(frame["spend"], list)
asked = [{"platform": "meta", "budget": 100.0}]
past = [{name: cell for name, cell in row.items() if name != "ad"} for row in frame.to_dicts()]
found = adbrain.predict_roas(asked, past, trees=20)
assert "<table" in found._repr_html_() and isinstance(found.to_frame(), adbrain.Frame)
assert "<svg" in found.plot()._repr_html_() and found.plot().best().svg
rows = [{"name": "a", "kind": "log", "scale": 30, "unit": 10}]
assert "<svg" in adbrain.budget.allocate(rows, total=60)._repr_html_()
assert len(adbrain.import_history(frame, currency="BRL")["rows"]) == len(frame)
loaded = {"numpy", "pandas", "polars", "pyarrow"} & set(sys.modules)
assert not loaded, loaded
print("all there")
"""


def test_no_library_is_needed() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout) == (0, "all there\n"), done.stderr
