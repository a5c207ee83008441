"""Predictions without a brain: frames in, results out."""

import datetime

import numpy as np
import pandas
import polars
import pytest

import adbrain


def orders() -> pandas.DataFrame:
    """Two hundred customers who buy at their own pace for half a year."""
    luck = np.random.RandomState(5)
    lines = []
    for customer in range(200):
        day = float(luck.uniform(0, 60))
        pace = float(luck.gamma(1.2, 25))
        while day < 180:
            date = datetime.date(2026, 1, 1) + datetime.timedelta(days=int(day))
            lines.append({"customer": customer, "date": date, "amount": round(float(luck.gamma(4, 10)), 2)})
            day += float(luck.exponential(pace + 1)) + 1
    return pandas.DataFrame(lines)


def test_customer_value_reads_frames_of_both_libraries_and_other_names() -> None:
    frame = orders()
    found = adbrain.customer_value(frame, until="2026-06-30", currency="EUR")
    assert len(found["customers"]) == 200
    assert found["currency"] == "EUR"
    assert found["total_purchases"]["low"] < found["total_purchases"]["value"] < found["total_purchases"]["high"]
    renamed = polars.from_pandas(frame.rename(columns={"customer": "who", "amount": "paid"}))
    again = adbrain.customer_value(renamed, until="2026-06-30", currency="EUR", customer="who", amount="paid")
    assert again == found


def ads() -> pandas.DataFrame:
    """Past ads with their results, and three new ones without."""
    luck = np.random.RandomState(9)
    platform = luck.choice(["meta", "tiktok"], 123)
    frame = pandas.DataFrame({"platform": platform, "budget": luck.uniform(20, 200, 123).round(2)})
    frame["spend"] = frame["budget"]
    frame["conversions"] = luck.poisson(5, 123)
    frame["revenue"] = frame["spend"] * np.where(platform == "meta", 4.0, 1.5) * luck.lognormal(0, 0.2, 123)
    frame.loc[120:, ["spend", "conversions", "revenue"]] = np.nan
    return frame


def test_roas_is_predicted_from_one_frame_and_shown_as_another() -> None:
    frame = ads()
    found = adbrain.predict_roas(frame, trees=50, seed=1)
    assert len(found) == 3
    assert found["rows_learnt"] == 120
    shown = found.to_frame()
    assert list(shown.index) == [120, 121, 122]
    assert (shown["low"] <= shown["predicted_roas"]).all()
    assert (shown["predicted_roas"] <= shown["high"]).all()
    assert "predicted_roas" in found._repr_html_()
    again = adbrain.predict_roas(polars.from_pandas(frame), trees=50, seed=1)
    assert again.to_dict() == found.to_dict()
    apart = adbrain.predict_roas(frame[["platform", "budget"]][120:], frame[:120], trees=50, seed=1)
    assert apart.predictions == found.predictions
    with pytest.raises(adbrain.InvalidInputError, match="none is asked about"):
        adbrain.predict_roas(frame[:120])


def test_days_to_saturation_takes_a_plan_or_days() -> None:
    plan = adbrain.days_to_saturation(size=100_000, daily_impressions=40_000)
    days = np.arange(1, 8)
    reach = 100_000 * (1 - np.exp(-0.25 * days))
    measured = adbrain.days_to_saturation(size=100_000, impressions=np.full(7, 40_000.0), reach=reach)
    assert "undefined" not in plan
    assert "undefined" not in measured
    with pytest.raises(adbrain.InvalidInputError, match="one of them alone"):
        adbrain.days_to_saturation(size=100_000)


def test_personas_come_from_a_frame_of_orders() -> None:
    frame = orders()
    frame["customer"] = [f"c{one}" for one in frame["customer"]]
    frame["order"] = range(len(frame))
    found = adbrain.personas(frame, source="orders", currency="EUR")
    assert all(one["people"] >= 50 for one in found.personas)
    assert len(found.to_frame()) == len(found)
    assert found.keys() == list(found.to_dict())
    assert "<table" in found._repr_html_()
    again = adbrain.personas(frame, source="orders", currency="EUR", salt="7")
    assert again.personas == found.personas
    assert again.to_dict()["people"]["salt"] == "7" != found.to_dict()["people"]["salt"]


def test_customer_value_names_what_is_wrong() -> None:
    with pytest.raises(adbrain.InvalidInputError, match="currency"):
        adbrain.customer_value(orders(), currency="euros")
    with pytest.raises(adbrain.InvalidInputError):
        adbrain.customer_value([{"customer": "a", "date": "soon", "amount": 3}])
    gap = orders()
    gap["amount"] = gap["amount"].astype(float)
    gap.loc[2, "amount"] = None
    with pytest.raises(adbrain.InvalidInputError, match=r"orders\[2\]\.amount: is missing"):
        adbrain.customer_value(gap)
    with pytest.raises(adbrain.InvalidInputError, match=r"orders\[0\]\.client: is missing"):
        adbrain.customer_value(orders(), customer="client")
