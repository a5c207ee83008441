"""What comes in from outside beside campaigns: orders in the store, people from their sources."""

from pathlib import Path
from typing import Any

import pytest

import adbrain

EXAMPLES = Path(__file__).parents[2] / "examples"
MAPPING = {
    "source": "orders/shop",
    "id": ["order"],
    "day": "date",
    "time_zone": "UTC",
    "currency": "BRL",
    "amounts": ["total"],
}
GA4 = {"source": "ga4", "property": "123", "token": "ya29.canary"}


def orders(folder: Path, rows: str) -> Path:
    path = folder / "orders.csv"
    path.write_text("order,date,total\n" + rows)
    return path


def test_orders_are_kept_once_and_restatements_beside_them(tmp_path: Path) -> None:
    brain = adbrain.Brain.local(tmp_path / "brain.db")
    file = orders(tmp_path, "1,2026-01-05,40.00\n2,2026-01-06,15.50\n3,2026-01-06,-1\n")
    first = brain.add_facts_sync(file, MAPPING)
    assert [problem["line"] for problem in first["problems"]] == [4]
    assert (first["pulled"]["new_rows"], first["pulled"]["known_until"]) == (2, "2026-01-06")
    assert brain.add_facts_sync(file, MAPPING)["pulled"]["new_rows"] == 0
    restated = brain.add_facts_sync(orders(tmp_path, "1,2026-01-05,30.00\n"), MAPPING)
    assert restated["pulled"]["restated_rows"] == 1
    rows = brain.known_sync("orders/shop", "2026-01-01", "2026-01-31")
    assert [row["row"]["amounts"]["total"]["amount"] for row in rows] == ["30.00", "15.50"]
    before = brain.known_sync("orders/shop", "2026-01-01", "2026-01-31", as_of="2026-01-10T00:00:00Z")
    assert before == []


def test_money_that_jumps_is_refused_until_somebody_accepts_it(tmp_path: Path) -> None:
    brain = adbrain.Brain.local(tmp_path / "brain.db")
    brain.add_facts_sync(orders(tmp_path, "1,2026-01-05,40.00\n"), MAPPING)
    file = orders(tmp_path, "1,2026-01-05,40000000\n")
    refused = brain.add_facts_sync(file, MAPPING)["pulled"]["refused"]
    assert (refused[0]["row"], refused[0]["field"]) == ("1", "amount")
    assert brain.add_facts_sync(file, MAPPING, jumps="accept")["pulled"]["restated_rows"] == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [({"property": "GA-1"}, "property"), ({"dimensions": ["date"]}, "dimensions"), ({"tokken": "1"}, "tokken")],
)
def test_a_wrong_property_of_analytics_names_its_field_and_never_its_token(
    change: dict[str, Any], told: str, tmp_path: Path
) -> None:
    brain = adbrain.Brain.local(tmp_path / "brain.db")
    source = {"property": "349001122", "token": "ya29.canary", **change}
    for analytics in (source, [source]):
        with pytest.raises(adbrain.InvalidInputError, match=told) as found:
            brain.pull_sync("2026-01-01", "2026-01-02", analytics=analytics)
        assert "canary" not in str(found.value)
    assert "purchaseRevenue" in str(adbrain.schema("analytics_source"))


@pytest.mark.parametrize(
    ("change", "told"),
    [({"source": "orders"}, "source"), ({"amounts": ["sum"]}, "sum"), ({"time_zone": "Mars"}, "time_zone")],
)
def test_a_wrong_mapping_names_its_field(change: dict[str, Any], told: str, tmp_path: Path) -> None:
    brain = adbrain.Brain.local(tmp_path / "brain.db")
    with pytest.raises(adbrain.InvalidInputError, match=told):
        brain.add_facts_sync(orders(tmp_path, "1,2026-01-05,40.00\n"), {**MAPPING, **change})


def test_a_pull_needs_accounts_and_days_in_order(tmp_path: Path) -> None:
    with pytest.raises(adbrain.NotFoundError, match="accounts"):
        adbrain.Brain.local(tmp_path / "brain.db").pull_sync("2026-01-01", "2026-01-02")


@pytest.mark.parametrize(
    ("people", "told"),
    [
        ({**GA4, "property": "x"}, "property"),
        ([GA4, {**GA4, "dimensions": ["sessionSource"]}], "dimensions"),
        ({**GA4, "tokken": "1"}, "tokken"),
        ({**GA4, "source": "myspace"}, "myspace"),
        ("ga4", "people"),
    ],
)
def test_a_wrong_source_of_people_names_its_field_and_never_its_token(people: Any, told: str, tmp_path: Path) -> None:
    with pytest.raises((adbrain.InvalidInputError, TypeError), match=told) as caught:
        brain = adbrain.Brain.local(tmp_path / "brain.db", people=people)
        brain.run_sync(EXAMPLES / "brief.json", days=1)
    assert "canary" not in repr(caught.value)
