"""Forests in the conventions of scikit-learn, which need not be installed.

A model pickles through its own checked file format: bytes that are cut, changed or of a newer version are refused, and
nothing in them is run.
"""

from __future__ import annotations

import inspect
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from adbrain._adbrain import ForestModel, _statistic
from adbrain._errors import InvalidInputError, invalid
from adbrain._frame import Frame, is_arrow_alone
from adbrain._kinds import is_mapping
from adbrain._plots import Plot
from adbrain._progress import Progress
from adbrain._types import Language

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


class ForestRegressor:
    """A forest whose predictions carry intervals that hold at their level.

    ``X`` is a frame of pandas or polars, a dict of columns or an array with two dimensions; a column of texts holds
    categories, NaN and ``None`` are missing. Levels that were never seen are taken for unknown. The same seed gives the
    same model on any number of threads, in Rust, Python and Node.

    ``tune`` chooses leaf size, columns per split and mode out of bag, for 90 % intervals or for points. ``guarantee``
    says what the level of intervals rests on: every row, judged by the trees that have not seen it; or, with ``split``,
    a quarter of the rows that no tree has seen: then the level is proven, on average over draws of the rows.

    >>> import numpy as np
    >>> X = np.arange(100.0).reshape(-1, 1)
    >>> forest = ForestRegressor(trees=50).fit(X, np.where(X[:, 0] < 50, 3.0, 1.0))
    >>> forest.predict([[10.0], [90.0]]).tolist()
    [3.0, 1.0]
    """

    def __init__(
        self,
        *,
        trees: int = 200,
        min_leaf: int = 5,
        columns_per_split: float = 1.0,
        mode: Literal["random_forest", "extra_trees"] = "random_forest",
        bins: int = 255,
        seed: int = 0,
        threads: int = 1,
        tune: Literal["intervals", "points"] | None = None,
        guarantee: Literal["out_of_bag", "split"] = "out_of_bag",
    ) -> None:
        self.trees = trees
        self.min_leaf = min_leaf
        self.columns_per_split = columns_per_split
        self.mode = mode
        self.bins = bins
        self.seed = seed
        self.threads = threads
        self.tune = tune
        self.guarantee = guarantee

    @classmethod
    def _names(cls) -> list[str]:
        return sorted(name for name in inspect.signature(cls.__init__).parameters if name != "self")

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The settings by their names."""
        return {name: getattr(self, name) for name in self._names()}

    def set_params(self, **params: Any) -> ForestRegressor:
        """Changes settings; the model that was fitted stays as it is."""
        for name, value in params.items():
            if name not in self._names():
                known = ", ".join(self._names())
                raise invalid(f"{name}: is no setting", f"use one of {known}")
            setattr(self, name, value)
        return self

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        target: str | None = None,
        window: tuple[Any, Any] | None = None,
        progress: bool | None = None,
    ) -> ForestRegressor:
        """Grows the forest and calibrates its intervals.

        ``target`` names what is predicted and ``window`` is the first and the last day of the data; both stand in the
        model's card. A weight of zero leaves a row out. ``progress`` is that of :meth:`adbrain.Brain.run`.
        """
        if y is None:
            raise invalid(
                "y: is missing; requires y to be passed, but the target y is None", "give the results of the rows"
            )
        columns, names = _columns(X)
        targets = _numbers("y", y)
        rows = len(columns[0][1]) if columns else 0
        if len(targets) != rows:
            raise invalid(
                f"y: inconsistent numbers of samples: X has {rows}, y has {len(targets)}",
                "give one result for each row",
            )
        weights = None if sample_weight is None else _weights(sample_weight, rows)
        if rows < 2:
            raise invalid(f"X: has {rows} sample, a minimum of 2 is required (n_samples = {rows})", "give more rows")
        with Progress("grows a forest", progress):
            self._model = ForestModel.fit(
                columns,
                targets,
                weights=weights,
                settings=self._settings(),
                target=target or str(getattr(y, "name", None) or "y"),
                window=None if window is None else [str(day)[:10] for day in window],
            )
        self._keep(names is not None, [name for name, _ in columns])
        return self

    def _settings(self) -> dict[str, Any]:
        forest = self.get_params()
        tune, guarantee = forest.pop("tune"), forest.pop("guarantee")
        goal = {"intervals": {"level": 0.9}} if tune == "intervals" else tune
        return {"forest": forest, "tune": goal, "guarantee": guarantee}

    def _keep(self, is_named: bool, names: list[str]) -> None:
        self.n_features_in_ = len(names)
        self.__dict__.pop("feature_names_in_", None)
        if is_named:
            import numpy as np

            self.feature_names_in_ = np.asarray(names, dtype=object)

    @property
    def _fitted(self) -> ForestModel:
        model: ForestModel | None = getattr(self, "_model", None)
        if model is None:
            raise _not_fitted(f"this {type(self).__name__} is not fitted yet; call fit first")
        return model

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_model")

    def _asked(self, X: Any) -> list[tuple[str, Any]]:
        """The columns of rows that are asked about, in a form that the model takes."""
        columns, names = _columns(X)
        if names is None:
            if len(columns) != self.n_features_in_:
                raise invalid(
                    f"X has {len(columns)} features, but {type(self).__name__} is expecting {self.n_features_in_} "
                    "features as input",
                    "give the columns of the training table",
                )
            trained = self._fitted.card()["features"]
            return [(name, values) for name, (_, values) in zip(trained, columns, strict=True)]
        return columns

    def predict(self, X: Any) -> Array:
        """The mean of each row."""
        model = self._fitted
        means: Array = model.predict(self._asked(X))
        return means

    def predict_interval(self, X: Any, level: float = 0.9) -> Array:
        """The lower and the upper end of each row's interval, as two columns.

        An interval holds the target of a new row at ``level`` where rows come as the training rows did.
        """
        model = self._fitted
        ends: Array = model.intervals(self._asked(X), level)[:, 1:]
        return ends

    def predict_quantiles(self, X: Any, shares: Sequence[float] = (0.05, 0.5, 0.95)) -> Array:
        """The quantiles of each row's distribution as it lies, a column for each share."""
        model = self._fitted
        quantiles: Array = model.quantiles(self._asked(X), list(shares))
        return quantiles

    def predict_frame(self, X: Any, level: float = 0.9) -> Any:
        """Median, low and high of each row as a frame: of polars where ``X`` is one, else of pandas."""
        model = self._fitted
        bands = model.intervals(self._asked(X), level)
        columns = dict(zip(("median", "low", "high"), bands.T, strict=True))
        if hasattr(X, "get_columns"):
            import polars

            return polars.DataFrame(columns)
        import pandas  # type: ignore[import-untyped]

        return pandas.DataFrame(columns, index=getattr(X, "index", None))

    def plot(
        self, X: Any, y: Any = None, *, by: str | None = None, level: float = 0.9, language: Language = "en"
    ) -> Plot:
        """The predictions with their band, and what came of them where ``y`` is given, as a picture.

        ``by`` names the column that runs from left to right; the order of the rows by default.
        """
        model = self._fitted
        bands = model.intervals(self._asked(X), level)
        drawn: dict[str, Any] = {name: bands[:, at] for at, name in enumerate(("median", "low", "high"))}
        if y is not None:
            drawn["actual"] = _numbers("y", y, missing=True)
        if by is not None:
            drawn["at"] = dict(_columns(X)[0])[by]
        svg = _statistic("band_chart", {**drawn, "language": language})["svg"]
        series = {name: [float(value) for value in values] for name, values in drawn.items()}
        return Plot(svg, {"kind": "band", "at": list(range(len(bands))), **series})

    def explain(self, X: Any) -> dict[str, Any]:
        """What each column adds to each prediction: exact ``TreeSHAP``.

        ``expected`` is the prediction where nothing is known; with the row of ``contributions``, a column for each name
        in ``columns``, it adds up to the prediction.
        """
        model = self._fitted
        expected, contributions = model.explain(self._asked(X))
        return {"columns": model.card()["features"], "expected": expected, "contributions": contributions}

    def importances(self, *, repeats: int = 5, seed: int = 0, progress: bool | None = None) -> list[dict[str, Any]]:
        """The columns by what shuffling them costs out of bag, the most important first."""
        names = ("column", "increase", "share_of_variance", "spread")
        with Progress("shuffles columns", progress):
            found = self._fitted.importances(repeats, seed)
        return [dict(zip(names, one, strict=True)) for one in found]

    def nearest(self, X: Any, count: int = 3) -> list[list[dict[str, Any]]]:
        """The past rows most like each row; ``row`` counts the training rows that weigh something."""
        model = self._fitted
        names = ("row", "proximity", "target")
        return [[dict(zip(names, one, strict=True)) for one in row] for row in model.nearest(self._asked(X), count)]

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """The coefficient of determination of the means: 1 is perfect, 0 is no better than the mean of ``y``."""
        import numpy as np

        predicted, targets = self.predict(X), _numbers("y", y)
        weights = np.ones_like(targets) if sample_weight is None else _weights(sample_weight, len(targets))
        mean = np.average(targets, weights=weights)
        spread = float(np.sum(weights * (targets - mean) ** 2))
        error = float(np.sum(weights * (targets - predicted) ** 2))
        return 1.0 - error / spread if spread > 0 else float(error == 0)

    @property
    def card(self) -> dict[str, Any]:
        """What the model was learnt from and how far it is to be trusted."""
        card: dict[str, Any] = self._fitted.card()
        return card

    def to_bytes(self) -> bytes:
        """The model as the bytes of a file: the same in Rust, Python and Node."""
        return self._fitted.to_bytes()

    def to_json(self) -> str:
        """The model as JSON for reading."""
        return self._fitted.to_json()

    @classmethod
    def from_bytes(cls, content: bytes, *, threads: int = 1) -> ForestRegressor:
        """A model from the bytes of a file. Bytes that are cut short or changed raise :class:`adbrain.CorruptError`."""
        model = ForestModel.from_bytes(content, threads)
        card = model.card()
        settings = {**model.settings(), "guarantee": card["guarantee"]}
        settings["tune"] = "intervals" if isinstance(card["tuned"], dict) else card["tuned"]
        forest = cls(**settings)
        forest._model = model
        forest._keep(True, model.card()["features"])
        return forest

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the model to a file."""
        Path(path).write_bytes(self.to_bytes())

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, threads: int = 1) -> ForestRegressor:
        """Reads a model from a file."""
        return cls.from_bytes(Path(path).read_bytes(), threads=threads)

    def __getstate__(self) -> dict[str, Any]:
        state = {name: value for name, value in self.__dict__.items() if name != "_model"}
        return {**state, "_bytes": self.to_bytes()} if hasattr(self, "_model") else state

    def __setstate__(self, state: dict[str, Any]) -> None:
        content = state.pop("_bytes", None)
        self.__dict__.update(state)
        if content is not None:
            self._model = ForestModel.from_bytes(content, self.threads)

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import InputTags, RegressorTags, Tags, TargetTags  # type: ignore[import-untyped]

        return Tags(
            estimator_type="regressor",
            target_tags=TargetTags(required=True),
            regressor_tags=RegressorTags(),
            input_tags=InputTags(allow_nan=True),
        )

    def __repr__(self) -> str:
        defaults = {name: one.default for name, one in inspect.signature(type(self).__init__).parameters.items()}
        changed = [f"{name}={value!r}" for name, value in self.get_params().items() if value != defaults[name]]
        return f"{type(self).__name__}({', '.join(changed)})"


def _columns(given: Any) -> tuple[list[tuple[str, Any]], list[str] | None]:
    """The columns of a frame or an array, each an array of doubles or a list of names; and the names, if any."""
    if hasattr(given, "toarray"):
        raise TypeError("X: is a sparse matrix; give a dense one, a frame or a dict of columns")
    X: Any = Frame(given) if is_arrow_alone(given) else given
    if is_mapping(X):
        return [(str(name), _column(str(name), values)) for name, values in X.items()], [str(name) for name in X]
    if hasattr(X, "columns") and hasattr(X, "__getitem__"):
        names = list(X.columns)
        columns = [(str(name), _column(str(name), X[name])) for name in names]
        return columns, [str(name) for name in names] if all(isinstance(name, str) for name in names) else None
    matrix = _matrix(X)
    return [(f"x{at}", _array_column(f"x{at}", matrix[:, at])) for at in range(matrix.shape[1])], None


def _matrix(X: Any) -> Any:
    import numpy as np

    matrix = np.asarray(X)
    if np.iscomplexobj(matrix):
        raise invalid("X: Complex data not supported", "give real numbers")
    if matrix.ndim != 2:
        raise invalid(
            f"X: Expected 2D array, got {matrix.ndim}D array instead",
            "Reshape your data either using array.reshape(-1, 1) if it has a single feature or array.reshape(1, -1) "
            "if it is a single sample",
        )
    if matrix.shape[0] == 0:
        raise invalid(f"X: 0 sample(s) (shape={matrix.shape}) while a minimum of 1 is required.", "give some rows")
    if matrix.shape[1] == 0:
        raise invalid(f"X: 0 feature(s) (shape={matrix.shape}) while a minimum of 1 is required.", "give some columns")
    return matrix


def _array_column(name: str, values: Any) -> Any:
    """A column of an array: doubles, without a copy where it holds them."""
    import numpy as np

    if values.dtype.kind in "OUS" and any(isinstance(value, str) for value in values.tolist()):
        return _level_names(values.tolist())
    if values.dtype.kind == "O":
        for value in values.tolist():
            if value is not None:
                float(value)
    column = values.astype(np.float64, copy=False)
    if np.isinf(column).any():
        raise invalid(f"{name}: contains infinity", "give a finite number, or NaN where it is not known")
    return column


def _column(name: str, values: Any) -> Any:
    import numpy as np

    array = values.to_numpy() if hasattr(values, "to_numpy") else np.asarray(values)
    if array.ndim != 1:
        raise invalid(f"{name}: has {array.ndim} dimensions", "give one value for each row")
    if array.dtype.kind in "mM":
        raise invalid(f"{name}: holds dates or times", "give numbers, such as days, or texts")
    if array.dtype.kind in "OUS":
        cells = array.tolist()
        if all(is_missing(cell) or isinstance(cell, bool | int | float | np.number) for cell in cells):
            return np.asarray([np.nan if is_missing(cell) else float(cell) for cell in cells])
        return _level_names(cells)
    return _array_column(name, array)


def _level_names(cells: list[Any]) -> list[str | None]:
    return [None if is_missing(cell) else str(cell) for cell in cells]


def is_missing(cell: Any) -> bool:
    """``None``, NaN and the missing values of pandas; the last compare to nothing and are told by their type."""
    kind = type(cell).__name__
    is_number = isinstance(cell, float) or kind in ("float16", "float32", "datetime64")
    return cell is None or kind in ("NAType", "NaTType") or (is_number and bool(cell != cell))


def _numbers(name: str, values: Any, *, missing: bool = False) -> Any:
    """Targets as an array of doubles with one dimension."""
    import numpy as np

    array = np.asarray(values.to_numpy() if hasattr(values, "to_numpy") else values)
    if np.iscomplexobj(array):
        raise invalid(f"{name}: Complex data not supported", "give real numbers")
    if array.ndim == 2 and array.shape[1] == 1:
        _warn_about_column(name)
        array = array[:, 0]
    if array.ndim != 1:
        raise invalid(
            f"{name}: should be a 1d array, got an array of shape {array.shape} instead", "give one value for each row"
        )
    numbers = np.ascontiguousarray(array, dtype=np.float64)
    if not missing and not np.isfinite(numbers).all():
        raise invalid(f"{name}: contains NaN or infinity", "leave rows without a result out")
    return numbers


def _warn_about_column(name: str) -> None:
    text = f"A column-vector {name} was passed when a 1d array was expected"
    exceptions = sys.modules.get("sklearn.exceptions")
    warnings.warn(text, exceptions.DataConversionWarning if exceptions else UserWarning, stacklevel=3)


def _weights(values: Any, rows: int) -> Any:
    import numpy as np

    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 0:
        array = np.full(rows, float(array))
    if array.ndim != 1:
        raise invalid("sample_weight: must be 1D array or scalar", "give one weight for each row, or one for all")
    if len(array) != rows:
        raise invalid(f"sample_weight: has {len(array)} values, X has {rows} rows", "give one weight for each row")
    if not (array != 0).any():
        raise invalid("sample_weight: all weights are zero", "give some rows a weight above zero")
    return np.ascontiguousarray(array)


def _not_fitted(message: str) -> Exception:
    """The error for a model without a fit; it is scikit-learn's too where that is loaded."""
    exceptions = sys.modules.get("sklearn.exceptions")
    if exceptions is None:
        return InvalidInputError(message, next_step="call fit first")
    kind = type("NotFittedError", (InvalidInputError, exceptions.NotFittedError), {})
    return kind(message, next_step="call fit first")  # type: ignore[no-any-return]
