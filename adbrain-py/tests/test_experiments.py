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
    options = {"metric": "ctr", "control": "image", "arm": "ad", "block": "day", "planned_units": 28}
    found = adbrain.readout(frame(), **options)
    assert found.verdicts == {"video": "winner"}
    assert found["arms"][0]["name"] == "image"
    assert "<svg" in found._repr_html_() and "Vencedor" in found.html("pt-BR")
    assert repr(found) == "Readout(associational; video: winner)"
    assert adbrain.readout(polars.from_pandas(frame()), **options).to_dict() == found.to_dict()


def test_days_may_stand_in_any_order() -> None:
    options = {"metric": "ctr", "control": "image", "arm": "ad", "block": "day", "planned_units": 28}
    newest_first = frame().sort_values("day", ascending=False)
    assert adbrain.readout(newest_first, **options).to_dict() == adbrain.readout(frame(), **options).to_dict()


def test_a_blank_day_is_left_out_and_told() -> None:
    rows = frame()
    rows.loc[(rows["ad"] == "video") & (rows["day"] == "2027-03-05"), "clicks"] = numpy.nan
    assert rows["clicks"].dtype == float
    options = {"metric": "ctr", "control": "image", "arm": "ad", "block": "day", "planned_units": 28}
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
    found = adbrain.readout(rows, metric="roas", arm="ad", block="day", currency="BRL", planned_units=28)
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
    looks = {"estimates": p[:20], "variances": p[20:40] / 100, "units": numpy.arange(1.0, 21.0) * 500}
    ends = stats.confidence_sequence_intervals(**looks, tuning_parameter=5000)
    as_lists = {name: column.tolist() for name, column in looks.items()}
    assert {name: column.tolist() for name, column in ends.items()} == stats.confidence_sequence_intervals(
        **as_lists, tuning_parameter=5000
    )


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
        adbrain.readout(frame(), metric="ctr", control="audio", arm="ad", block="day")
    arms = [{"name": "same", "blocks": [{"unit": "1", "clicks": 1, "impressions": 9}]}] * 2
    with pytest.raises(adbrain.InvalidInputError, match="name"):
        adbrain.readout({"arms": arms}, metric="ctr")


def test_what_is_not_finite_has_no_answer() -> None:
    assert stats.welch_t([1.0, float("nan"), 3.0], [1.0, 2.0])["undefined"]["reason"] == "not_finite"


def test_people_and_regions_are_read() -> None:
    counts = [
        {"name": name, "sample": {"successes": hits, "trials": 10_000}} for name, hits in (("a", 500), ("b", 650))
    ]
    people = adbrain.readout({"arms": counts}, metric="proportion", unit="user", looks={"design": "fixed_end"})
    assert people.verdicts == {"b": "winner"}
    regions = pandas.DataFrame(
        [
            {"arm": arm, "region": f"{arm} {place}", "value": gain * (100 + place % 7)}
            for arm, gain in (("a", 1.0), ("b", 1.2))
            for place in range(30)
        ]
    )
    options = {"metric": "mean", "block": "region", "looks": {"design": "fixed_end"}}
    assert adbrain.readout(regions, **options, unit="geo").verdicts == {"b": "winner"}


DAYS = {"metric": "ctr", "arm": "ad", "block": "day", "planned_units": 28}


def test_money_that_no_metric_reads_needs_no_currency() -> None:
    paid = frame().assign(spend=12.5, revenue=30.0)
    assert adbrain.readout(paid, **DAYS).to_dict() == adbrain.readout(frame(), **DAYS).to_dict()
    for needs in ({"metric": "roas"}, {"guards": [{"metric": "cpm"}]}):
        with pytest.raises(adbrain.InvalidInputError, match=r'currency: is missing.*currency="BRL"'):
            adbrain.readout(paid, **{**DAYS, **needs})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (frame().rename(columns={"clicks": "click"}), "data: has no column 'clicks'.*click, impressions"),
        (frame().rename(columns={"day": "date"}), "data: has no column 'day'.*block="),
        (frame().rename(columns={"ad": "advert"}), "data: has no column 'ad'.*arm="),
        (polars.from_pandas(frame()).lazy(), "data: is LazyFrame, .*collect"),
        (frame()["clicks"], "data: is Series"),
        (None, "data: is NoneType"),
        ([1, 2], "data: has rows that are no dicts"),
        ([], "data: has no rows"),
        ({"arms": None}, "data.arms"),
    ],
)
def test_data_of_another_shape_are_refused_by_name(data: object, said: str) -> None:
    with pytest.raises(adbrain.InvalidInputError, match=said):
        adbrain.readout(data, **DAYS)


def test_a_column_of_blanks_is_named() -> None:
    with pytest.raises(adbrain.InvalidInputError, match=r"arms\[0\].blocks: have no clicks, which ctr reads"):
        adbrain.readout(frame().assign(clicks=numpy.nan), **DAYS)


def test_a_frame_carries_what_the_checks_need() -> None:
    causal = {**DAYS, "assignment": "split_test", "control": "image"}
    even = adbrain.readout(frame(), **causal, assigned={"image": 20_000, "video": 20_010}, maturity="mature")
    assert even["split"]["state"] == "passed" and even["maturity"] == "mature"
    assert even.verdicts == {"video": "winner"}
    planned = {"image": 0.8, "video": 0.2}
    assert adbrain.readout(frame(), **causal, assigned={"image": 20_000, "video": 20_010}, share=planned).verdicts == {
        "video": "invalid"
    }
    earlier = frame().assign(day=lambda rows: rows["day"].str.replace("2027-03", "2027-02"))
    assert adbrain.readout(frame(), **causal, before=earlier).comparisons[0]["before"]["state"] == "failed"
    shown = pandas.DataFrame(
        [
            {"ad": ad, "day": f"2027-03-{day:02}", "dimension": "placement", "segment": segment, "impressions": count}
            for ad, counts in (("image", (3000, 2000)), ("video", (1000, 4000)))
            for segment, count in zip(("feed", "stories"), counts, strict=True)
            for day in range(1, 29)
        ]
    )
    delivery = adbrain.readout(frame(), **causal, delivery=shown)["delivery"]
    assert [(one["dimension"], one["is_uneven"]) for one in delivery if one["dimension"] == "placement"] == [
        ("placement", True)
    ]
    with pytest.raises(adbrain.InvalidInputError, match="assigned: names 'audio', which is no arm; use one of"):
        adbrain.readout(frame(), **causal, assigned={"audio": 1})
    with pytest.raises(adbrain.InvalidInputError, match="share: is list; give it by arm"):
        adbrain.readout(frame(), **causal, share=[0.5, 0.5])


def test_arms_may_be_numbers() -> None:
    numbered = frame().assign(ad=lambda rows: (rows["ad"] == "video") + 1)
    found = adbrain.readout(numbered, **DAYS, control=1, assigned={1: 10_000, 2: 10_010})
    assert found.verdicts == {"2": "winner"} and found["arms"][0]["name"] == "1"


def test_reasons_are_told_and_warnings_are_always_there() -> None:
    found = adbrain.readout(frame(), **DAYS, control="image")
    told = found.comparisons[0]["verdict"]["reason_text"]
    assert "Winner" in told["en"] and "Vencedor" in told["pt-BR"]
    assert "Vencedor" in found.html("pt-BR")
    causal = adbrain.readout(frame(), **DAYS, control="image", assignment="split_test")
    assert causal["warnings"] == []
    assert isinstance(adbrain.ab_test([1.0, 2.0], [2.0, 3.0])["warnings"], list)
