"""The compiled part of adbrain; import ``adbrain`` instead."""

import os
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, final

from adbrain._types import ArrowStream, Language

__all__ = [
    "Engine",
    "Follower",
    "ForecasterModel",
    "ForestModel",
    "Page",
    "Report",
    "RunResult",
    "Table",
    "__version__",
    "_error_kinds",
    "_file_text",
    "_import_history",
    "_shutdown",
    "_simulate",
    "_statistic",
    "_statistics",
    "cli",
    "new_signing_key",
    "policies",
    "public_key",
    "restore",
    "schema",
    "schema_names",
    "shown",
    "sign_journal",
    "verify_journal",
    "worlds",
]

__version__: str

@final
class Engine:
    """The store and the user's own parts; ``adbrain.Brain`` is made of one."""

    def __new__(
        cls, path: str | os.PathLike[str], parts: dict[str, Any], server: tuple[str, str] | None = None, /
    ) -> Engine: ...
    def run(self, request: dict[str, Any], /) -> Awaitable[RunResult]:
        """Starts a run on the running event loop; gives an awaitable. Cancelling it drops the run."""

    def graph(self, request: dict[str, Any], /) -> Awaitable[str]:
        """Draws the loop that a request would run."""

    def approve(self, order: dict[str, Any], /) -> Awaitable[str]:
        """Records a person's approval of a plan and lets the plan deliver."""

    def sources(self, call: str, request: dict[str, Any], /) -> Awaitable[str]:
        """Brings accounts or a file into the store, or asks what is known."""

    def plan(self, request: dict[str, Any], /) -> Awaitable[str]:
        """Runs the loop up to its plan; gives it as JSON text."""

    def monitor(self, request: dict[str, Any], /) -> Awaitable[str]:
        """Looks at a launched campaign until its flight is over; gives what was done as JSON text."""

    def order(self, name: str, order: str, /) -> Awaitable[str]:
        """Carries out ``apply``, ``refuse``, ``undo``, ``status`` and the like; order and answer are JSON text."""

    def switch(self, name: str, order: str, /) -> Awaitable[str]:
        """Carries out ``stop`` or ``resume``, before the store is opened; order and answer are JSON text."""

    def serve(self, wish: dict[str, Any], /) -> Awaitable[Page]:
        """Serves the live page of this brain's runs."""

    def follow(self, run: str | None = None, /) -> Follower:
        """Follows a run from now on, or the first one that is heard of."""

@final
class Follower:
    """Follows one run; ``adbrain.Brain.events`` is made of one."""

    def next(self) -> Awaitable[str | None]:
        """The next event as JSON text, or ``None`` after the last."""

    def close(self) -> None:
        """Ends the stream, also for who waits for its next event."""

@final
class Page:
    """A page that is served until it is closed or forgotten; ``adbrain.Dashboard`` is made of one."""

    @property
    def url(self) -> str:
        """The address for who decides."""

    @property
    def viewer_url(self) -> str:
        """The address for who may only look."""

    def close(self) -> None:
        """Stops serving; nothing where it has stopped."""

@final
class Table:
    """Columns with names, in the memory of Arrow; ``adbrain.Frame`` is made of one."""

    @staticmethod
    def of_stream(frame: Any, /) -> Table:
        """A table over the memory of an object with the Arrow stream interface."""

    @staticmethod
    def of_columns(columns: dict[str, Any], /) -> Table:
        """A table of columns by their names."""

    def names(self) -> list[str]:
        """The names of the columns."""

    def __len__(self) -> int: ...
    def cells(self, name: str, most: int | None = None, /) -> list[Any]:
        """The first cells of a column as a list, all of them by default."""

    def numbers(self, name: str, /) -> Any:
        """A column of numbers as an array of NumPy; nothing where it holds no numbers."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

@final
class RunResult:
    """Everything that one run of the loop did and found."""

    @property
    def run_id(self) -> str:
        """The name of the run."""

    @property
    def seed(self) -> int:
        """The seed of its luck."""

    @property
    def is_simulated(self) -> bool:
        """Whether the figures come from the simulated market."""

    @property
    def watched(self) -> dict[str, Any] | None:
        """How far real accounts have been watched, as a dict; none in simulated time."""

    @property
    def words(self) -> dict[str, Any] | None:
        """What a language model did for the run, as a dict; none where none finds words."""

    @property
    def plan(self) -> dict[str, Any]:
        """What should be, as a dict."""

    @property
    def plan_hash(self) -> str:
        """The hash of the plan."""

    @property
    def report(self) -> Report:
        """The report."""

    def plan_json(self) -> str:
        """The plan as JSON: the same bytes in Rust, Python and Node."""

    def to_json(self) -> str:
        """The whole result as JSON: the same bytes in Rust, Python and Node."""

    def to_dict(self) -> dict[str, Any]:
        """The whole result as a dict."""

    def __getitem__(self, name: str, /) -> Any:
        """One part of the result by its name: ``result["strategy"]``."""

    def keys(self) -> list[str]:
        """The names of all parts."""

@final
class Report:
    """The report of a run: one model, several writers. The same result gives the same bytes."""

    def html(self, language: Language | None = None) -> str:
        """The report as one self-contained HTML page, in the brief's language unless another one is named."""

    def markdown(self, language: Language | None = None) -> str:
        """The report as Markdown, in the brief's language unless another one is named."""

    def csv(self, language: Language | None = None) -> str:
        """The tables of the report as one CSV table, a line for each cell, in the brief's language by default."""

    def xlsx(self, language: Language | None = None) -> bytes:
        """The report as the bytes of an XLSX workbook, in the brief's language unless another one is named."""

    def pdf(self, language: Language | None = None) -> bytes:
        """The report as the bytes of a PDF, pages of A4, in the brief's language unless another one is named."""

    def to_json(self) -> str:
        """The result behind the report as JSON: the same bytes in Rust, Python and Node."""

    def _repr_html_(self) -> str:
        """The page in a frame of its own, so that its styles stay out of the notebook. It runs no script."""

@final
class ForecasterModel:
    """A forecaster with its card."""

    @staticmethod
    def fit(given: dict[str, Any]) -> ForecasterModel:
        """Learns from past rows; settings are the arguments of `predict_roas`."""

    @staticmethod
    def from_bytes(bytes: bytes) -> ForecasterModel:
        """A model from the bytes of a file."""

    def to_bytes(self) -> bytes:
        """The model as the bytes of a file."""

    def predict(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """What to expect of rows."""

    def card(self) -> dict[str, Any]:
        """What the model says about itself."""

@final
class ForestModel:
    """A forest with its card."""

    @staticmethod
    def fit(
        columns: list[tuple[str, Any]],
        targets: Any,
        *,
        weights: Any | None,
        settings: dict[str, Any],
        target: str,
        window: list[str] | None,
    ) -> ForestModel:
        """Grows a forest."""

    @staticmethod
    def from_bytes(bytes: bytes, threads: int) -> ForestModel:
        """A model from the bytes of a file."""

    def to_bytes(self) -> bytes:
        """The model as the bytes of a file."""

    def to_json(self) -> str:
        """The model as JSON for reading."""

    def card(self) -> Any:
        """What the model says about itself."""

    def settings(self) -> Any:
        """How the forest was grown."""

    def predict(self, columns: list[tuple[str, Any]]) -> Any:
        """The mean of each row."""

    def intervals(self, columns: list[tuple[str, Any]], level: float) -> Any:
        """The median and both ends of the interval of each row, a row each."""

    def quantiles(self, columns: list[tuple[str, Any]], shares: list[float]) -> Any:
        """The quantiles of each row, a row each."""

    def explain(self, columns: list[tuple[str, Any]]) -> tuple[float, Any]:
        """What is expected where nothing is known, and what each column adds to it in each row."""

    def importances(self, repeats: int, seed: int) -> list[tuple[str, float, float, float | None]]:
        """The columns by what shuffling them costs: name, increase of the squared error, share of variance, spread."""

    def nearest(self, columns: list[tuple[str, Any]], count: int) -> list[list[tuple[int, float, float]]]:
        """The past rows most like each row: place, proximity, target."""

def schema(name: str, /) -> dict[str, Any]:
    """Gives the JSON Schema of a value by its name: ``brief``, ``plan``, every message between agents."""

def schema_names() -> list[str]:
    """Gives the names that :func:`schema` knows, sorted."""

def verify_journal(
    path: str | os.PathLike[str],
    /,
    *,
    head: str | None = None,
    signed: dict[str, Any] | None = None,
    public_key: str | None = None,
) -> dict[str, Any]:
    """Checks the hash chain of the journal in a store: a changed, lost or moved entry is found.

    ``head`` is that of an earlier look, kept outside the store, and ``signed`` one that :func:`sign_journal` gave: they
    show whether the journal was rewritten since. A signed one is checked with the ``public_key`` of its signer, which
    comes from somewhere else; where it was changed or signed by somebody else, a :class:`CorruptError` is raised.
    """

def sign_journal(path: str | os.PathLike[str], /, *, key: str) -> dict[str, Any]:
    """Signs where the journal in a store ends now: ``entries``, ``head``, ``at``, ``public_key`` and ``signature``."""

def restore(backup: str | os.PathLike[str], path: str | os.PathLike[str], /) -> None:
    """Puts a backup of a store back as a new file; the backup stays as it is, and a file that is there is refused."""

def new_signing_key() -> str:
    """Makes a new signing key: 64 hexadecimal digits, to be kept outside the store."""

def public_key(key: str, /) -> str:
    """The public key that belongs to a signing key: 64 hexadecimal digits."""

def worlds() -> list[str]:
    """The names of the families of worlds that policies are tried in."""

def policies() -> dict[str, str]:
    """Every policy by its name, and what it does."""

def shown(kind: str, json: str, form: str, language: Language | None = None, /) -> str:
    """A plan or a status, given as JSON text, as ``text``, ``markdown`` or ``html``."""

def cli(arguments: Sequence[str], /) -> int:
    """Runs the command line with its name first; gives the exit code."""

def _error_kinds() -> list[tuple[str, bool]]:
    """Every kind of error, and whether a read that fails so may be tried again."""

def _import_history(
    source: str | os.PathLike[str] | ArrowStream,
    /,
    *,
    currency: str,
    mapping: str | os.PathLike[str] | Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Imports past results without running anything."""

def _shutdown() -> None:
    """Ends the worker threads; registered with ``atexit``."""

def _simulate(request: str, policies: Sequence[Any], /) -> Awaitable[str]:
    """Plays trials on the running event loop; request and scores are JSON text. Cancelling it stops them."""

def _file_text(argument: str, path: str | os.PathLike[str], /) -> str:
    """The text of a file that an argument of this name gives the path of."""

def _statistic(name: str, arguments: dict[str, Any], /) -> dict[str, Any]:
    """Calls a method by its name."""

def _statistics() -> list[tuple[str, str, str, dict[str, Any]]]:
    """Every method: its name, what it answers, and the JSON Schema of its arguments."""
