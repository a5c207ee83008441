"""Forecasters that learn once and live in a file."""

import hashlib
import json
import pickle
from pathlib import Path

import pytest

import adbrain

CASE = json.loads((Path(__file__).parents[2] / "tests/cases/files/forecaster.json").read_text())


def learnt() -> adbrain.Forecaster:
    given = dict(CASE["given"])
    history = given.pop("history")
    return adbrain.Forecaster(**given).fit(history)


def test_the_file_and_the_forecasts_are_those_of_the_shared_case() -> None:
    data = learnt().to_bytes()
    assert hashlib.sha256(data).hexdigest() == CASE["sha256"]
    assert adbrain.Forecaster.from_bytes(data).predict(CASE["rows"]).to_dict() == CASE["expected"]


def test_a_model_is_kept_in_a_file_and_pickles(tmp_path: Path) -> None:
    model = learnt()
    model.save(tmp_path / "roas.adbrain")
    assert [path.name for path in tmp_path.iterdir()] == ["roas.adbrain"]
    again = adbrain.Forecaster.load(tmp_path / "roas.adbrain")
    copied = pickle.loads(pickle.dumps(model))
    for other in (again, copied):
        assert other.predict(CASE["rows"]).predictions == model.predict(CASE["rows"]).predictions
        assert other.card == model.card
    assert again.get_params()["trees"] == CASE["given"]["trees"]
    assert model.card["rows"] == len(CASE["given"]["history"])


def test_a_frame_gives_a_frame_with_its_index() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(CASE["given"]["history"])
    given = {name: value for name, value in CASE["given"].items() if name != "history"}
    asked = pandas.DataFrame(CASE["rows"], index=[f"ad {at}" for at in range(len(CASE["rows"]))])
    found = adbrain.Forecaster(**given).fit(frame).predict(asked).to_frame()
    assert list(found.index) == list(asked.index)
    assert (found["low"] <= found["predicted_roas"]).all()


def test_wrong_bytes_settings_and_order_say_so(tmp_path: Path) -> None:
    data = learnt().to_bytes()
    with pytest.raises(adbrain.CorruptError):
        adbrain.Forecaster.from_bytes(data[:-1])
    with pytest.raises(adbrain.InvalidInputError, match="not fitted"):
        adbrain.Forecaster().predict([{"platform": "meta"}])
    with pytest.raises(adbrain.InvalidInputError, match="shoe_size"):
        adbrain.Forecaster(shoe_size=42).fit(CASE["given"]["history"])
    assert "not fitted" in repr(adbrain.Forecaster()) and "40 rows" in repr(learnt())
