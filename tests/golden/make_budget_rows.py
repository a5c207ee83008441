"""Writes tests/cases/budget_rows.json: the cases of the division of money as rows, and what follows by hand.

The expected numbers are those of `make_allocation.py` (SciPy) for the same receivers, and for two logarithmic curves those of
their closed form. The picture is what the engine drew when it was last looked at; it holds that every language draws the same
bytes. Usage: make_budget_rows.py [SVG], where SVG is a new picture.
"""

import json
import math
import sys
from pathlib import Path
from typing import Any

CASES = Path(__file__).resolve().parents[1] / "cases"
OUT = CASES / "budget_rows.json"
MONEY = ("floor", "cap", "least", "current")
CHART = "budget-rows-chart"
TAKEN = 12


def of_receiver(receiver: dict[str, Any], at: int) -> dict[str, Any]:
    """A receiver as a row; every other one with the parameters of its curve in columns of their own."""
    row = {name: cell["amount"] if name in MONEY else cell for name, cell in receiver.items()}
    curve = row.pop("curve")
    return row | curve if at % 2 else {**row, "curve": curve}


def of_case(case: dict[str, Any]) -> dict[str, Any]:
    """A case of `allocate` as one of `allocate_rows`."""
    asked = dict(case["input"])
    rows = [of_receiver(receiver, at) for at, receiver in enumerate(asked.pop("receivers"))]
    total = asked.pop("total")
    if "groups" in asked:
        asked["groups"] = [
            {name: cell["amount"] if name in MONEY else cell for name, cell in group.items()}
            for group in asked["groups"]
        ]
    given = {"rows": rows, "total": total["amount"], "currency": total["currency"], **asked}
    return {**case, "id": f"budget-rows-{case['id']}", "method": "allocate_rows", "input": given}


def by_hand() -> dict[str, Any]:
    """Two logarithms, one of them capped: 100 ln(1 + x / 10), 10 and 40 of 50."""
    row = {"kind": "log", "scale": 100, "unit": 10}
    value = [100 * math.log(1 + amount / 10) for amount in (10, 40)]
    rows = [
        {"name": "a", "amount": 10, "value": value[0], "marginal": 5, "shadow_price": 3},
        {"name": "b", "amount": 40, "value": value[1], "marginal": 2, "shadow_price": 0},
    ]
    limits = [{"limit": "receivers[a].high", "at": 10, "per_unit": 3}, {"limit": "total", "at": 50, "per_unit": 2}]
    return {
        "id": "budget-rows-by-hand",
        "method": "allocate_rows",
        "input": {"rows": [{"name": "a", **row, "cap": 10}, {"name": "b", **row, "cap": None}], "total": 50},
        "expected": {"rows": rows, "limits": limits, "price": 2, "spend": {"amount": "50.00", "currency": "USD"}},
        "source": "the closed form",
        "rtol": 1e-6,
        "atol": 1e-6,
    }


def refused() -> list[dict[str, Any]]:
    """Rows that no language takes."""
    row = {"name": "a", "kind": "log", "scale": 100, "unit": 10}
    wrong = [
        {"rows": [{**row, "cap": 1.005}], "total": 5},
        {"rows": [{**row, "cap": "1.5"}], "total": 5, "currency": "JPY"},
        {"rows": [{**row, "capp": 1}], "total": 5},
        {"rows": [row], "total": 5, "groups": [{"name": "meta", "cap": 1}]},
    ]
    return [
        {
            "id": f"budget-rows-refused-{at}",
            "method": "allocate_rows",
            "input": given,
            "undefined": True,
            "expected": {},
        }
        for at, given in enumerate(wrong, 1)
    ]


def chart(asked: dict[str, Any], svg: str) -> list[dict[str, Any]]:
    """The picture of an allocation whose amounts and price are given."""
    curves = [
        {"name": "search", "curve": {"kind": "log", "scale": 100.0, "unit": 10.0}, "amount": 10.0},
        {"name": "vídeo <1>", "curve": {"kind": "log", "scale": 100.0, "unit": 10.0}, "amount": 40.0},
    ]
    return [
        asked,
        {
            "id": f"{CHART}-drawn",
            "of": CHART,
            "method": "allocation_chart",
            "input": {"curves": curves, "price": 2.0, "language": "pt-BR"},
            "expected": {"svg": svg},
        },
    ]


def main() -> None:
    """Writes the cases."""
    old = json.loads(OUT.read_text(encoding="utf-8"))["cases"] if OUT.exists() else []
    kept = next((one["expected"]["svg"] for one in old if one["method"] == "allocation_chart"), "")
    svg = Path(sys.argv[1]).read_text(encoding="utf-8") if len(sys.argv) > 1 else kept
    allocations = json.loads((CASES / "allocation.json").read_text(encoding="utf-8"))["cases"]
    fit = [case for case in allocations if not any("edit" in one for one in case["input"]["receivers"])]
    hand = by_hand()
    names = dict(zip("ab", ("search", "vídeo <1>"), strict=True))
    rows = [{**row, "name": names[row["name"]]} for row in hand["input"]["rows"]]
    asked = {**hand, "id": CHART, "input": {**hand["input"], "rows": rows}, "expected": {"price": 2}}
    cases = [*map(of_case, fit[:TAKEN]), hand, *refused(), *chart(asked, svg)]
    about = "Reference cases for budgets from rows. Tolerance: |got - expected| <= atol + rtol * |expected|."
    written = {"about": f"{about} Written by tests/golden/make_budget_rows.py.", "count": len(cases), "cases": cases}
    OUT.write_text(json.dumps(written, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
