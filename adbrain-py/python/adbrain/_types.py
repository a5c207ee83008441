"""What your own code has to look like: objects with these methods, each a coroutine or a plain method.

The values are plain ``dict`` and ``list``; ``adbrain.schema(name)`` describes them. A plain method runs in a worker
thread and a coroutine on the event loop that called ``Brain.run`` or ``adbrain.simulate``.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, Literal, Protocol, TypeAlias, TypeVar

T = TypeVar("T")
Returns: TypeAlias = "T | Awaitable[T]"
Json: TypeAlias = dict[str, Any]
Rows: TypeAlias = list[Json]

Mode: TypeAlias = Literal["dry_run", "sandbox", "live"]
"""How far control may go: send nothing, send to sandboxes alone, or send wherever the policy allows."""

Language: TypeAlias = Literal["pt-BR", "en"]
"""The language of a report."""


class Agent(Protocol):
    """One step of the loop: takes a value, gives a value.

    A strategist, Creative or optimizer may have a method ``respond`` too. It takes ``{"feedback", "platforms",
    "assets"}`` and gives ``{"feedback": id, "answer": "accepted", "plan": {"key": text}}``, or ``None`` for the default
    agent's answer.
    """

    def run(self, input: Json, /) -> Returns[Json]:
        """Does the work."""
        ...


class Predictor(Protocol):
    """Predicts ROAS, many questions at once."""

    def predict_roas(self, inputs: Rows, /) -> Returns[Rows]:
        """Gives one estimate per input, in the same order."""
        ...


class MemoryStore(Protocol):
    """Keeps what was learnt. Storing the same thing twice changes nothing."""

    def store_learnings(self, learnings: Rows, /) -> Returns[int]:
        """Stores learnings and says how many were new."""
        ...

    def similar(self, query: Json, /) -> Returns[Rows]:
        """Gives learnings of the same industry and objective, ranked."""
        ...

    def store_best_practices(self, practices: Rows, /) -> Returns[None]:
        """Sets best practices; one with the same industry and type is replaced."""
        ...

    def best_practices(self, industry: str, /) -> Returns[Rows]:
        """Gives the best practices of an industry, sorted by type."""
        ...

    def record_combinations(self, *, source: str, combinations: Rows) -> Returns[None]:
        """Adds uses to winning combinations; the same source is added once."""
        ...

    def winning_combinations(self, limit: int, /) -> Returns[Rows]:
        """Gives the combinations with the highest success rate, then mean ROAS."""
        ...

    # A memory may have two methods more: ``learnings(query)`` lists what it keeps, and ``forget(what)`` deletes and
    # says how many; ``adbrain.schema("learning_query")`` and ``adbrain.schema("forget")`` describe both.


class Embedder(Protocol):
    """Turns texts into vectors of which the cosine says how like they are."""

    def embed(self, texts: list[str], /) -> Returns[list[list[float]]]:
        """Gives one list of numbers per text, in the same order, all of one length; each text is asked once."""
        ...


class Connector(Protocol):
    """One ad account on one platform.

    ``create``, ``upload`` and ``change`` are called by adbrain's control alone, after the policy has said yes and the
    intent is on disk; ``entry`` is the hash of that journal entry. A write whose answer is lost raises
    :class:`adbrain.OutcomeUnknownError`. Objects are created paused at every level.
    """

    def capabilities(self) -> Returns[Json]:
        """Says what this connector can do; asked once per run."""
        ...

    def create(self, *, entry: str, tree: Json) -> Returns[Rows]:
        """Makes a whole or partial tree, paused, and gives every object made."""
        ...

    def upload(self, *, entry: str, upload: Json) -> Returns[str]:
        """Uploads a media file (``upload["bytes"]``) and gives its id."""
        ...

    def change(self, *, entry: str, change: Json) -> Returns[None]:
        """Changes one object."""
        ...

    def find(self, tag: str, /) -> Returns[Rows]:
        """Gives every object that carries a tag, archived ones left out."""
        ...

    def list(self) -> Returns[Rows]:
        """Gives every object of the account, archived ones left out, parents first."""
        ...

    def insights(self, query: Json, /) -> Returns[Rows]:
        """Gives report rows as known now."""
        ...

    def look_up(self, question: Json, /) -> Returns[Json]:
        """Answers a question that changes nothing."""
        ...


class Policy(Protocol):
    """Decides each morning what each campaign of a trial gets; :func:`adbrain.simulate` tries it.

    The same object plays every trial, one after the other. A policy that keeps a state may have a method ``begin`` too:
    it is called with ``{"seed": ...}`` before the first decision of each trial, and its answer is not used. Its scores
    go by its attribute ``name``, where it has one, else by the name of its class.
    """

    def decide(self, view: Json, /) -> Returns[Json]:
        """Takes what the platforms report and gives ``{"budgets": [...]}``, one for each campaign, in their order.

        ``adbrain.schema("trial_view")`` and ``adbrain.schema("trial_decision")`` describe both.
        """
        ...


class ArrowStream(Protocol):
    """A data frame that speaks Arrow: pandas 2.2 and later, polars, pyarrow, DuckDB."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Gives the stream's capsule."""
        ...
