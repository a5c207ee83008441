"""Predictions without a brain: frames in, results out."""

import datetime

import adbrain
import numpy as np
import pandas
import polars
import pytest


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


def test_customer_value_names_what_is_wrong() -> None:
    with pytest.raises(adbrain.InvalidInputError, match="currency"):
        adbrain.customer_value(orders(), currency="euros")
    with pytest.raises(adbrain.InvalidInputError):
        adbrain.customer_value([{"customer": "a", "date": "soon", "amount": 3}])
