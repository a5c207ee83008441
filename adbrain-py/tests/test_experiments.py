"""Tests are read without a brain: samples, frames, arrays."""

from __future__ import annotations

import numpy
import pandas
import polars
import pytest

import adbrain
from adbrain import stats


def frame() -> pandas.DataFrame:
    rows = [
        {"ad": ad, "day": f"2027-03-{day:02}", "clicks": int(5000 * rate) + day * 7 % 11, "impressions": 5000}
        for ad, rate in (("video", 0.024), ("image", 0.02))
        for day in range(1, 29)
    ]
    return pandas.DataFrame(rows)


def test_a_frame_becomes_a_readout_that_shows_itself() -> None:
    options = {"metric": "ctr", "control": "image", "arm": "ad", "unit": "day", "planned_units": 28}
    found = adbrain.readout(frame(), **options)
    assert found.verdicts == {"video": "winner"}
    assert found["arms"][0]["name"] == "image"
    assert "<svg" in found._repr_html_() and "Vencedor" in found.html("pt-BR")
    assert repr(found) == "Readout(associational; video: winner)"
    assert adbrain.readout(polars.from_pandas(frame()), **options).to_dict() == found.to_dict()


def test_days_may_stand_in_any_order() -> None:
    options = {"metric": "ctr", "control": "image", "arm": "ad", "unit": "day", "planned_units": 28}
    newest_first = frame().sort_values("day", ascending=False)
    assert adbrain.readout(newest_first, **options).to_dict() == adbrain.readout(frame(), **options).to_dict()


def test_a_blank_day_is_left_out_and_told() -> None:
    rows = frame()
    rows.loc[(rows["ad"] == "video") & (rows["day"] == "2027-03-05"), "clicks"] = numpy.nan
    assert rows["clicks"].dtype == float
    options = {"metric": "ctr", "control": "image", "arm": "ad", "unit": "day", "planned_units": 28}
    found = adbrain.readout(rows, **options)
    warnings = {one["key"]: one["args"] for one in found.comparisons[0]["warnings"]}
    assert warnings["experiment-units-dropped"]["units"]["count"] == 1
    assert found.comparisons[0]["looks"][-1]["units"] == 27
    nullable = adbrain.readout(rows.astype({"clicks": "Int64"}), **options)
    assert nullable.to_dict() == found.to_dict()


def test_money_of_a_frame_is_read_to_the_millionth() -> None:
    days = pandas.date_range("2027-03-01", periods=28)
    rows = pandas.concat(
        pandas.DataFrame(
            {"ad": ad, "day": days, "spend": 0.1 + 0.2, "revenue": [gain + day % 5 * 0.1 for day in range(28)]}
        )
        for ad, gain in (("image", 0.9), ("video", 1.3))
    )
    rows.loc[rows["day"] == days[0], ["spend", "revenue"]] = [1e-05, numpy.nan]
    found = adbrain.readout(rows, metric="roas", arm="ad", unit="day", currency="BRL", planned_units=28)
    lift = found.comparisons[0]["lift"]
    assert found["arms"][0]["value"] == pytest.approx(rows[rows["ad"] == "image"]["revenue"].sum() / (27 * 0.3))
    assert lift["low"] > 0 and found.comparisons[0]["looks"][0]["unit"] == "2027-03-15"


def test_two_samples_carry_the_keys_of_the_outline() -> None:
    found = adbrain.ab_test({"successes": 500, "trials": 10_000}, {"successes": 600, "trials": 10_000}).to_dict()
    assert {"is_significant", "p_value", "effect_size", "confidence", "recommendation"} <= found.keys()
    assert found["confidence"] == pytest.approx(1 - found["p_value"])
    assert found["recommendation"] == "apply_variant"
    constant = adbrain.ab_test([1.0, 1.0], [2.0, 2.0])
    assert constant["p_value"] is None and constant["is_significant"] is False


def test_arrays_say_what_lists_say() -> None:
    luck = numpy.random.default_rng(1)
    a, b = luck.normal(10, 3, 500), luck.normal(10.5, 3, 400)
    assert stats.welch_t(a, b) == stats.welch_t(a.tolist(), b.tolist())
    assert stats.welch_t(a[::2], b) == stats.welch_t(a[::2].tolist(), b.tolist())
    p = luck.uniform(size=50)
    adjusted = stats.adjust_p_known(p, by="bh")["adjusted"]
    assert isinstance(adjusted, numpy.ndarray)
    assert adjusted.tolist() == stats.adjust_p_known(p.tolist(), by="bh")["adjusted"]
    arm = {"n": numpy.array([50.0, 1.0]), "mean": numpy.array([1.0, 1.0]), "m2": numpy.array([20.0, 0.0])}
    table = stats.welch_t_table(arm, {**arm, "mean": arm["mean"] + 0.5})
    assert table["undefined"] == [{"row": 1, "reason": "one_value"}]


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"control": [1.0, "two"], "treatment": [1.0]}, "control"),
        ({"control": [1.0, 2.0], "treatment": [1.0, 3.0], "level": 64}, "level"),
        ({"control": numpy.array([1.0, 2.0]), "treatment": numpy.array([1.0, 3.0]), "level": 64}, "level"),
    ],
)
def test_wrong_arguments_name_the_field(arguments: dict[str, object], field: str) -> None:
    with pytest.raises(adbrain.InvalidInputError, match=field):
        stats.welch_t(**arguments)


def test_an_unknown_control_and_a_name_taken_twice_are_refused() -> None:
    with pytest.raises(adbrain.InvalidInputError, match="no arm"):
        adbrain.readout(frame(), metric="ctr", control="audio", arm="ad", unit="day")
    arms = [{"name": "same", "blocks": [{"unit": "1", "clicks": 1, "impressions": 9}]}] * 2
    with pytest.raises(adbrain.InvalidInputError, match="name"):
        adbrain.readout({"arms": arms}, metric="ctr")


def test_what_is_not_finite_has_no_answer() -> None:
    assert stats.welch_t([1.0, float("nan"), 3.0], [1.0, 2.0])["undefined"]["reason"] == "not_finite"
