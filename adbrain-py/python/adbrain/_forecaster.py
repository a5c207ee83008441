"""A forecaster that learns once, is asked often, and lives in a file."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any, Literal

from adbrain._adbrain import ForecasterModel
from adbrain._errors import InvalidInputError
from adbrain._predictions import Forecasts, rows_of
from adbrain._progress import Progress


class Forecaster:
    """Forecasts ROAS, CPA, CTR or CVR from past rows, with intervals, and keeps what it learnt in a file.

    Settings are those of :func:`adbrain.predict_roas`: ``rate``, ``level``, ``target``, ``currency``, ``features``,
    ``calibrate_by``, ``half_life_days``, ``tune``, ``practices``, ``trees``, ``seed``. The budget of a past row is what
    was planned, never what was spent, which nobody knows before. A row that lacks a feature of the model is asked of
    one without it, learnt from the same rows, which takes as long as learning does. The file is checked as a whole
    before it is read, nothing in it is run, and it is the same in Rust, Python and Node; a model pickles through it.

    >>> rows = [{"platform": "meta", "spend": 50 + at % 7, "revenue": 150 + at % 11} for at in range(60)]
    >>> model = Forecaster(trees=20, level=0.8).fit(rows)
    >>> again = Forecaster.from_bytes(model.to_bytes())
    >>> again.predict([{"platform": "meta"}]).predictions == model.predict([{"platform": "meta"}]).predictions
    True
    """

    def __init__(self, *, rate: Literal["roas", "cpa", "ctr", "cvr"] = "roas", **settings: Any) -> None:
        for name in ("history", "rows"):
            if name in settings:
                raise InvalidInputError(f"{name}: is no setting", next_step="give it to fit or predict")
        self._settings = {"rate": rate, **settings}
        self._model: ForecasterModel | None = None

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The settings by their names."""
        return dict(self._settings)

    def fit(self, history: Any, *, progress: bool | None = None) -> Forecaster:
        """Learns from a frame of pandas or polars or a list of dicts: what was known of a row, and what came of it."""
        with Progress("learns", progress):
            self._model = ForecasterModel.fit({"history": rows_of(history), **self._settings})
        return self

    def predict(self, rows: Any) -> Forecasts:
        """What to expect of rows, in their order."""
        index = getattr(rows, "index", None)
        found = self._fitted().predict(rows_of(rows))
        return Forecasts(found, rate=self._settings["rate"], index=None if callable(index) else index)

    @property
    def card(self) -> dict[str, Any]:
        """What it was learnt from and how its intervals did out of bag."""
        return self._fitted().card()

    def to_bytes(self) -> bytes:
        """The model as the bytes of a file."""
        return self._fitted().to_bytes()

    @classmethod
    def from_bytes(cls, data: bytes | bytearray | memoryview) -> Forecaster:
        """A model from the bytes of a file; :class:`adbrain.CorruptError` where they are cut or changed."""
        model = ForecasterModel.from_bytes(bytes(data))
        card = model.card()
        settings = {**card["settings"], "currency": card["currency"]}
        found = cls(**{name: value for name, value in settings.items() if name != "threads" and value is not None})
        found._model = model
        return found

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the file whole or not at all."""
        data, target = self.to_bytes(), Path(path)
        handle, part = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.replace(part, target)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Forecaster:
        """Reads a file that :meth:`save` wrote."""
        return cls.from_bytes(Path(path).read_bytes())

    def __getstate__(self) -> dict[str, Any]:
        return {"settings": self._settings, "file": None if self._model is None else self._model.to_bytes()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._settings = state["settings"]
        self._model = None if state["file"] is None else ForecasterModel.from_bytes(state["file"])

    def __repr__(self) -> str:
        learnt = "not fitted" if self._model is None else f"learnt from {self.card['rows']} rows"
        return f"Forecaster({self._settings['rate']}, {learnt})"

    def _fitted(self) -> ForecasterModel:
        if self._model is None:
            raise InvalidInputError("model: is not fitted yet", next_step="call fit first")
        return self._model
