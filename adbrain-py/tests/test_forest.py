"""Forests from frames and arrays, in the conventions of scikit-learn."""

import hashlib
import json
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas
import polars
import pytest
from sklearn.utils.estimator_checks import check_estimator

import adbrain
from adbrain import ForestRegressor

ROOT = Path(__file__).resolve().parents[2]


def ads(rows: int = 400) -> tuple[dict[str, list], np.ndarray]:
    """Ads with a budget that is not always known, a platform, and a ROAS that depends on both."""
    luck = np.random.RandomState(3)
    budget = luck.uniform(1, 100, rows)
    platform = luck.choice(["meta", "tiktok", "google"], rows)
    roas = 400 / (50 + budget) + (platform == "google") + luck.normal(0, 0.3, rows)
    known = [None if luck.uniform() < 0.1 else value for value in budget.tolist()]
    return {"budget": known, "platform": [None if name == "tiktok" else str(name) for name in platform]}, roas


def test_scikit_learns_checks_pass() -> None:
    """All but the one of weights that scikit-learn's own forests fail too."""
    reason = "a bootstrap draws rows, so a row of weight 2 is not two rows"
    expected = {"check_sample_weight_equivalence_on_dense_data": reason}
    results = check_estimator(ForestRegressor(trees=10), expected_failed_checks=expected)
    passed = [one["check_name"] for one in results if one["status"] == "passed"]
    other = {one["check_name"]: one["status"] for one in results if one["status"] not in ("passed", "skipped")}
    assert len(passed) > 35
    assert set(other) <= set(expected), other


def test_frames_of_both_libraries_and_columns_give_the_same_model() -> None:
    columns, roas = ads()
    forest = ForestRegressor(trees=30, seed=5)
    files = [
        forest.fit(frame, roas, target="roas").to_bytes()
        for frame in (columns, pandas.DataFrame(columns), polars.DataFrame(columns))
    ]
    assert files[0] == files[1] == files[2]
    assert ForestRegressor(trees=30, seed=5, threads=2).fit(columns, roas, target="roas").to_bytes() == files[0]
    assert ForestRegressor(trees=30, seed=6).fit(columns, roas, target="roas").to_bytes() != files[0]


def test_an_interval_holds_at_its_level_on_rows_not_seen() -> None:
    columns, roas = ads(1200)
    seen = {name: values[:800] for name, values in columns.items()}
    asked = {name: values[800:] for name, values in columns.items()}
    forest = ForestRegressor(trees=100).fit(seen, roas[:800])
    low, high = forest.predict_interval(asked, level=0.8).T
    coverage = float(np.mean((low <= roas[800:]) & (roas[800:] <= high)))
    assert 0.74 < coverage < 0.86
    quantiles = forest.predict_quantiles(asked, [0.1, 0.5, 0.9])
    assert quantiles.shape == (400, 3)
    assert (np.diff(quantiles, axis=1) >= 0).all()
    assert forest.score(asked, roas[800:]) > 0.6


def test_a_model_is_saved_loaded_and_pickled_through_its_own_format(tmp_path: Path) -> None:
    columns, roas = ads()
    forest = ForestRegressor(trees=20, seed=2).fit(columns, roas, target="roas", window=("2026-01-01", "2026-03-01"))
    forest.save(tmp_path / "roas.model")
    for again in (ForestRegressor.load(tmp_path / "roas.model"), pickle.loads(pickle.dumps(forest))):
        assert again.get_params() == forest.get_params()
        assert (again.predict(columns) == forest.predict(columns)).all()
        assert again.to_bytes() == forest.to_bytes()
    assert forest.card["window"] == ["2026-01-01", "2026-03-01"]
    assert json.loads(forest.to_json())["card"]["rows"] == 400
    cut = forest.to_bytes()[:-1]
    with pytest.raises(adbrain.CorruptError, match="no whole model"):
        ForestRegressor.from_bytes(cut)
    state = pickle.dumps(forest).replace(b"ADBRAINF", b"ADBRAINX")
    with pytest.raises(adbrain.CorruptError):
        pickle.loads(state)


def test_a_prediction_is_explained_and_past_rows_are_named() -> None:
    columns, roas = ads()
    forest = ForestRegressor(trees=40).fit(columns, roas)
    why = forest.explain(columns)
    total = why["expected"] + why["contributions"].sum(axis=1)
    assert np.abs(total - forest.predict(columns)).max() < 1e-9
    assert [one["column"] for one in forest.importances()] == ["budget", "platform"]
    alike = forest.nearest({"budget": [10.0], "platform": ["google"]}, count=2)
    assert len(alike[0]) == 2
    assert alike[0][0]["target"] == roas[alike[0][0]["row"]]


def test_predictions_come_as_a_frame_of_the_same_kind_and_as_a_picture() -> None:
    columns, roas = ads()
    forest = ForestRegressor(trees=30).fit(columns, roas)
    frame = pandas.DataFrame(columns, index=range(100, 500))
    found = forest.predict_frame(frame)
    assert list(found.columns) == ["median", "low", "high"]
    assert (found.index == frame.index).all()
    assert isinstance(forest.predict_frame(polars.DataFrame(columns)), polars.DataFrame)
    asked = {"budget": [10.0, 50.0, 90.0], "platform": ["meta"] * 3}
    picture = forest.plot(asked, [5.0, 4.0, None], by="budget")
    assert picture.svg.startswith("<svg")
    assert picture.svg in picture._repr_html_()
    assert picture.svg.count("<circle") == 2


def test_settings_are_chosen_and_rows_held_out_where_that_is_asked_for() -> None:
    columns, roas = ads(1000)
    seen = {name: values[:300] for name, values in columns.items()}
    asked = {name: values[300:] for name, values in columns.items()}
    tuned = ForestRegressor(trees=20, tune="intervals", guarantee="split").fit(seen, roas[:300])
    assert tuned.card["tuned"] == {"intervals": {"level": 0.9}}
    assert (tuned.card["guarantee"], tuned.card["rows"]) == ("split", 225)
    low, high = tuned.predict_interval(asked, level=0.8).T
    assert 0.72 < float(np.mean((low <= roas[300:]) & (roas[300:] <= high))) < 0.9
    again = ForestRegressor.from_bytes(tuned.to_bytes())
    assert (again.tune, again.guarantee) == ("intervals", "split")
    past = tuned.nearest({"budget": [10.0], "platform": ["google"]}, count=1)[0][0]
    assert past["target"] == roas[past["row"]]
    with pytest.raises(adbrain.InvalidInputError, match="tune"):
        ForestRegressor(tune="luck").fit(seen, roas[:300])


def test_a_column_that_is_missing_in_all_rows_asked_about_is_missing() -> None:
    columns, roas = ads()
    forest = ForestRegressor(trees=10).fit(columns, roas)
    assert np.isfinite(forest.predict({"budget": [10.0], "platform": [None]})).all()


def test_wrong_input_is_named() -> None:
    columns, roas = ads()
    forest = ForestRegressor(trees=5)
    with pytest.raises(ValueError, match="not fitted yet"):
        forest.predict(columns)
    with pytest.raises(adbrain.InvalidInputError, match="trees: is 0"):
        ForestRegressor(trees=0).fit(columns, roas)
    with pytest.raises(adbrain.InvalidInputError, match="mode"):
        ForestRegressor(mode="boosted").fit(columns, roas)
    with pytest.raises(adbrain.InvalidInputError, match="budget: is a column of the training table"):
        forest.fit(columns, roas).predict({"platform": ["meta"]})
    with pytest.raises(adbrain.InvalidInputError, match="budget: held numbers"):
        forest.predict({"budget": ["much"], "platform": ["meta"]})
    with pytest.raises(adbrain.InvalidInputError, match="infinity"):
        forest.fit({"budget": [1.0, np.inf]}, [1.0, 2.0])
    with pytest.raises(adbrain.NotEnoughDataError, match="level"):
        ForestRegressor(trees=5).fit({"budget": [1.0, 2.0, 3.0]}, [1.0, 2.0, 3.0]).predict_interval({"budget": [1.0]})
    with pytest.raises(adbrain.InvalidInputError, match="leaves: is no setting"):
        forest.set_params(leaves=3)


def test_neither_scikit_learn_nor_pandas_is_loaded_by_the_package() -> None:
    code = (
        "import sys, adbrain; adbrain.ForestRegressor(trees=3).fit({'a': [1.0, 2.0, 3.0]}, [1.0, 2.0, 3.0]); "
        "print(sorted({'sklearn', 'pandas', 'polars'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_the_model_is_that_of_the_reference_case() -> None:
    """The same bytes as by the statistics' table, which Rust and Node compute too."""
    case = json.loads((ROOT / "tests/cases/forest.json").read_text())["cases"][0]
    given = case["input"]
    columns = {one["name"]: one["values"] for one in given["columns"]}
    forest = ForestRegressor(**given["settings"]).fit(columns, given["targets"], target="target")
    assert hashlib.sha256(forest.to_bytes()).hexdigest() == case["expected"]["model_hash"]
