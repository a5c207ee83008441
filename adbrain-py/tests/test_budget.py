"""Budgets from frames: amounts, shadow prices, limits and a plot; curves from days."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas
import polars
import pytest

import adbrain
from adbrain import budget

CASES = Path(__file__).parents[2] / "tests/cases/budget_rows.json"
GROUPS = [{"name": "meta", "cap": "120.50"}]


def receivers() -> pandas.DataFrame:
    """Three receivers of which each has another limit; cells without one are missing."""
    columns = {
        "name": ["search", "video", "social"],
        "kind": ["hill", "hill", "hill"],
        "top": [900, 1400, 700],
        "half": [120, 300, 90],
        "shape": [0.9, 2.2, 1.0],
        "cap": [200, None, None],
        "least": [None, Decimal("50.00"), None],
        "group": [None, None, "meta"],
    }
    return pandas.DataFrame(columns, index=["s", "v", "o"])


def divided(frame: Any, **options: Any) -> budget.BudgetAllocation:
    return budget.allocate(frame, total=600, currency="BRL", groups=GROUPS, **options)


def test_a_frame_comes_back_as_what_it_came() -> None:
    frame = receivers()
    found = divided(frame)
    shown = found.frame
    assert list(shown.columns) == ["name", "amount", "value", "marginal", "shadow_price"]
    assert list(shown.index) == ["s", "v", "o"]
    assert list(found.limits.columns) == ["limit", "at", "per_unit"]
    assert shown["amount"].sum() == pytest.approx(float(found.spend["amount"]))
    in_polars = divided(polars.from_pandas(frame.assign(least=frame["least"].astype(float))))
    assert isinstance(in_polars.frame, polars.DataFrame)
    assert in_polars.frame.to_dicts() == shown.to_dict("records")
    assert isinstance(in_polars.limits, polars.DataFrame)
    in_list = divided(frame.to_dict("records"))
    assert in_list.frame == shown.to_dict("records")
    assert in_list.to_dict() == found.to_dict()


def test_it_is_the_statistic_with_exact_money() -> None:
    found = divided(receivers())

    def brl(amount: str) -> dict[str, str]:
        return {"amount": amount, "currency": "BRL"}

    def hill(top: float, half: float, shape: float) -> dict[str, Any]:
        return {"kind": "hill", "top": top, "half": half, "shape": shape}

    rows = [
        {"name": "search", "curve": hill(900, 120, 0.9), "cap": brl("200")},
        {"name": "video", "curve": hill(1400, 300, 2.2), "least": brl("50")},
        {"name": "social", "curve": hill(700, 90, 1), "group": "meta"},
    ]
    groups = [{"name": "meta", "cap": brl("120.50")}]
    same = adbrain.stats.allocate(total=brl("600"), receivers=rows, groups=groups)
    assert (found.value, found.price, found.bound, found.gap) == tuple(
        same[name] for name in ("value", "price", "bound", "gap")
    )
    assert found.spend == same["spend"]
    assert [f"{amount:.2f}" for amount in found.frame["amount"]] == [part["amount"]["amount"] for part in same["parts"]]
    by_mapping = budget.allocate(rows, total="600.00", currency="BRL", groups=groups)
    assert by_mapping.to_dict() == found.to_dict()


def test_a_limit_of_its_own_has_a_shadow_price() -> None:
    rows = [{"name": name, "kind": "log", "scale": 100, "unit": 10} for name in ("a", "b")]
    found = budget.allocate([{**rows[0], "cap": 10}, rows[1]], total=Decimal(50))
    assert [row["amount"] for row in found.frame] == [10, 40]
    assert [row["shadow_price"] for row in found.frame] == pytest.approx([3, 0], abs=1e-6)
    assert found.limits[0]["limit"] == "receivers[a].high"
    enough = budget.allocate(pandas.DataFrame([{**row, "cap": 1} for row in rows]), total=50, margin=0.001)
    assert len(enough.limits) == 0
    assert list(enough.limits.columns) == ["limit", "at", "per_unit"]


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("cap", 200.005, r"rows\[0\]\.cap: 200\.005 has more than the 2 decimal places of BRL"),
        ("cap", Decimal("0.001"), r"rows\[0\]\.cap: 0\.001 has more than"),
        ("cap", "many", r"rows\[0\]\.cap"),
        ("cpa", 40.0, r"rows\[0\]\.cpa: is no column"),
        ("top", -1.0, r"rows\[0\]\.curve\.top: is -1"),
        ("name", None, r"rows\[0\]\.name: is missing"),
    ],
)
def test_what_is_wrong_is_named_by_row_and_column(column: str, value: Any, told: str) -> None:
    rows = receivers().to_dict("records")
    rows[0][column] = value
    with pytest.raises(adbrain.InvalidInputError, match=told):
        divided(rows)
    with pytest.raises(adbrain.InvalidInputError, match=r"total: 0\.30000000000000004 has more"):
        budget.allocate(receivers(), total=0.1 + 0.2, currency="BRL")
    with pytest.raises(adbrain.InvalidInputError, match=r"groups\[0\]\.name: no row belongs"):
        budget.allocate(receivers(), total=600, currency="BRL", groups=[{"name": "google", "cap": 1}])


def test_the_plot_is_that_of_the_shared_case() -> None:
    case = next(one for one in json.loads(CASES.read_text())["cases"] if one["method"] == "allocation_chart")
    asked = next(one for one in json.loads(CASES.read_text())["cases"] if one["id"] == case["of"])
    given = asked["input"]
    options = {name: given[name] for name in ("total", "currency", "groups") if name in given}
    found = budget.allocate(given["rows"], **options)
    assert found.plot("pt-BR").svg == case["expected"]["svg"]
    page = found._repr_html_()
    assert page.count("<table>") == 2
    assert "<svg" in page
    assert repr(found) in page
    assert "<script" not in page


def days(kind: type = dict) -> Any:
    rows = [
        {
            "campaign": name,
            "group": "meta",
            "date": f"2027-01-{number:02}",
            "budget": 100.0,
            "spend": 99.5,
            "impressions": 9_000,
            "clicks": 90,
            "conversions": count,
            "revenue": 80.0 * count,
            "known": 1.0,
        }
        for name, count in (("a", 2), ("b", 4))
        for number in range(1, 29)
    ]
    return rows if kind is dict else kind(rows)


def test_days_become_a_frame_that_is_allocated_as_it_is() -> None:
    curves = budget.estimate(days())
    assert [(row["name"], row["kind"], row["group"]) for row in curves] == [
        ("a", "power", "meta"),
        ("b", "power", "meta"),
    ]
    frame = days(pandas.DataFrame)
    frame["date"] = pandas.to_datetime(frame["date"])
    in_pandas = budget.estimate(frame)
    in_polars = budget.estimate(polars.from_pandas(frame))
    assert isinstance(in_pandas, pandas.DataFrame)
    assert isinstance(in_polars, polars.DataFrame)
    amounts = [row["amount"] for row in budget.allocate(curves, total=200).frame]
    assert sum(amounts) == pytest.approx(200)
    assert amounts[1] > amounts[0]
    assert list(budget.allocate(in_pandas, total=200).frame["amount"]) == amounts
    assert list(budget.allocate(in_polars, total=200).frame["amount"]) == amounts
    with pytest.raises(adbrain.InvalidInputError, match="a has no row for 2027-01-28"):
        budget.estimate([row for row in days() if (row["campaign"], row["date"]) != ("a", "2027-01-28")])
