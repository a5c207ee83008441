"""Past results come from files and from data frames, by one path."""

from __future__ import annotations

import datetime
import io
import json
from pathlib import Path
from typing import Any

import pytest

import adbrain

from .conftest import HISTORY


def rows(history: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows without their line numbers: a file counts its header, a frame does not."""
    return [{key: value for key, value in row.items() if key != "line"} for row in history["rows"]]


@pytest.fixture
def from_file(history: Path) -> list[dict[str, Any]]:
    return rows(adbrain.import_history(history, currency="BRL"))


def test_a_file_is_read_with_every_row(from_file: list[dict[str, Any]]) -> None:
    assert len(from_file) == 4
    assert from_file[0]["metrics"]["spend"] == {"amount": "400.00", "currency": "BRL"}


def test_a_polars_frame_gives_the_same_rows(from_file: list[dict[str, Any]]) -> None:
    polars = pytest.importorskip("polars")
    frame = polars.read_csv(io.StringIO(HISTORY), try_parse_dates=True)
    assert rows(adbrain.import_history(frame, currency="BRL")) == from_file


def test_a_pandas_frame_gives_the_same_rows(from_file: list[dict[str, Any]]) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.read_csv(io.StringIO(HISTORY))
    assert rows(adbrain.import_history(frame, currency="BRL")) == from_file


def test_an_arrow_table_in_several_pieces_gives_the_same_rows(from_file: list[dict[str, Any]]) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    csv = pytest.importorskip("pyarrow.csv")
    table = csv.read_csv(io.BytesIO(HISTORY.encode()))
    pieces = pyarrow.concat_tables([table.slice(0, 1), table.slice(1)])
    assert rows(adbrain.import_history(pieces, currency="BRL")) == from_file
    encoded = table.set_column(0, "platform", table.column("platform").dictionary_encode())
    assert rows(adbrain.import_history(encoded, currency="BRL")) == from_file


def test_a_pandas_frame_without_pyarrow_goes_through_csv(from_file: list[dict[str, Any]]) -> None:
    class Frame:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            raise ImportError("pyarrow is not installed")

        def to_csv(self, *, index: bool) -> str:
            assert not index
            return HISTORY

    assert rows(adbrain.import_history(Frame(), currency="BRL")) == from_file


def test_an_empty_cell_is_a_problem_and_not_a_zero() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.read_csv(io.StringIO(HISTORY))
    frame.loc[1, "clicks"] = float("nan")
    history = adbrain.import_history(frame, currency="BRL")
    assert len(history["rows"]) == 3
    assert [(problem["line"], problem["column"]) for problem in history["problems"]] == [(2, "clicks")]


def test_an_exception_of_the_frame_comes_back_as_itself() -> None:
    class Frame:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            raise mine

    class Text:
        def to_csv(self, *, index: bool) -> str:
            raise mine

    mine = KeyError("the frame is broken")
    for frame in (Frame(), Text()):
        with pytest.raises(KeyError) as caught:
            adbrain.import_history(frame, currency="BRL")  # type: ignore[arg-type]
        assert caught.value is mine


def test_a_time_with_a_zone_is_refused_with_the_way_out() -> None:
    polars = pytest.importorskip("polars")
    date = polars.col("date")
    frame = polars.read_csv(io.StringIO(HISTORY), try_parse_dates=True).with_columns(
        date.cast(polars.Datetime("us", "America/Sao_Paulo"))
    )
    with pytest.raises(adbrain.InvalidInputError, match=r'column "date"') as caught:
        adbrain.import_history(frame, currency="BRL")
    assert ".dt.date()" in (caught.value.next_step or "")
    assert not adbrain.import_history(frame.with_columns(date.dt.date()), currency="BRL")["problems"]


@pytest.mark.parametrize("source", [7, None, object(), [1, 2]])
def test_what_is_no_history_is_refused(source: object) -> None:
    with pytest.raises(adbrain.InvalidInputError, match="history") as caught:
        adbrain.import_history(source, currency="BRL")  # type: ignore[arg-type]
    assert caught.value.context["field"] == "history"
    assert caught.value.next_step


def test_a_capsule_of_another_kind_is_refused() -> None:
    class Frame:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return datetime.datetime_CAPI  # type: ignore[attr-defined]

    with pytest.raises(adbrain.InvalidInputError):
        adbrain.import_history(Frame(), currency="BRL")


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(adbrain.NotFoundError, match="check the path"):
        adbrain.import_history(tmp_path / "none.csv", currency="BRL")


def test_a_mapping_is_a_name_a_dict_or_a_file(tmp_path: Path, history: Path) -> None:
    mapping = {
        "name": "mine",
        "platform": {"constant": "meta"},
        "campaign": "campaign",
        "ad": "ad",
        "impressions": "impressions",
        "clicks": "clicks",
        "spend": "spend",
        "conversions": "conversions",
        "revenue": "revenue",
    }
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps(mapping))
    given = adbrain.import_history(history, currency="BRL", mapping=mapping)
    assert given["mapping"] == "mine"
    assert adbrain.import_history(history, currency="BRL", mapping=path) == given
    assert adbrain.import_history(history, currency="BRL", mapping="adbrain")["mapping"] == "adbrain"
    with pytest.raises(adbrain.InvalidInputError, match="mapping"):
        adbrain.import_history(history, currency="BRL", mapping={**mapping, "misspelt": 1})


def test_an_export_of_a_platform_is_known_by_its_headers(tmp_path: Path) -> None:
    book = Path(__file__).parents[2] / "tests/cases/files/meta-export.xlsx"
    found = adbrain.import_history(book, currency="BRL")
    assert (found["mapping"], len(found["rows"])) == ("meta-ads-manager", 2)
    text = "Campanha;Dia;Impr.;Cliques;Custo;Conversões;Valor da conv.\nBusca;01/10/2026;1.200;40;1.050,10;2;80,00\n"
    path = tmp_path / "google.csv"
    path.write_bytes(text.encode("utf-16"))
    google = adbrain.import_history(path, currency="BRL")
    assert google["mapping"] == "google-ads-pt"
    assert google["rows"][0]["metrics"]["spend"] == {"amount": "1050.10", "currency": "BRL"}


class Index:
    def __index__(self) -> int:
        return 3


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (float("nan"), r"mapping\.a\[1\]\.b: is not a finite number"),
        (float("inf"), r"mapping\.a\[1\]\.b: is not a finite number"),
        (1 << 63, r"mapping\.a\[1\]\.b: is an integer beyond 64 bits"),
        ({1: 2}, r"mapping\.a\[1\]\.b: has a key that is int"),
        ({1, 2}, r"mapping\.a\[1\]\.b: is set, which JSON cannot hold"),
        (b"x", r"mapping\.a\[1\]\.b: is bytes"),
        ("\ud800", r"mapping\.a\[1\]\.b: is not valid Unicode"),
    ],
)
def test_what_json_cannot_hold_is_refused_with_its_path(history: Path, value: object, said: str) -> None:
    with pytest.raises(adbrain.InvalidInputError, match=said):
        adbrain.import_history(history, currency="BRL", mapping={"a": [Index(), {"b": value}]})


def test_a_value_that_holds_itself_is_refused(history: Path) -> None:
    endless: dict[str, Any] = {}
    endless["a"] = endless
    with pytest.raises(adbrain.InvalidInputError, match="levels deep"):
        adbrain.import_history(history, currency="BRL", mapping=endless)
