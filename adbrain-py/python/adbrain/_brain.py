"""The brain: runs the loop, awaited in a notebook or blocking in a script."""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Literal

from adbrain import _adbrain
from adbrain._adbrain import RunResult
from adbrain._blocking import blocking
from adbrain._commands import Commands
from adbrain._dashboard import NOTEBOOKS, Dashboard
from adbrain._events import Events
from adbrain._orders import Plan
from adbrain._progress import Progress
from adbrain._requests import parts_of, plain, request_of
from adbrain._sources import Sources
from adbrain._types import Agent, ArrowStream, Connector, Embedder, Language, MemoryStore, Mode, Predictor


class Brain(Commands, Sources):
    """The engine: five agents, their connectors and their memory over one store. Made by :meth:`local`.

    >>> brain = Brain.local("brain.db")
    >>> brain
    Brain.local('brain.db')
    """

    def __init__(
        self, path: str | os.PathLike[str], parts: dict[str, Any], server: tuple[str, str] | None = None
    ) -> None:
        self._path = os.fspath(path)
        self._url = None if server is None else server[0]
        self._engine = _adbrain.Engine(self._path, parts, server)

    @classmethod
    def local(
        cls,
        path: str | os.PathLike[str] = "brain.db",
        *,
        strategist: Agent | None = None,
        creative: Agent | None = None,
        copywriter: Agent | None = None,
        optimizer: Agent | None = None,
        analyst: Agent | None = None,
        connectors: Iterable[Connector | Mapping[str, Any]] | None = None,
        memory: MemoryStore | None = None,
        embedder: Embedder | None = None,
        predictor: Predictor | None = None,
        world: str | os.PathLike[str] | None = None,
        people: Mapping[str, Any] | Iterable[Mapping[str, Any]] | None = None,
        ffmpeg: str | os.PathLike[str] | None = None,
        rules: str | os.PathLike[str] | None = None,
        channels: Mapping[str, Any] | str | os.PathLike[str] | None = None,
        schedules: Mapping[str, Any] | str | os.PathLike[str] | None = None,
        words: Mapping[str, Any] | str | os.PathLike[str] | None = None,
        autonomy: str | Mapping[str, str] | None = None,
        daily_budgets: bool = False,
    ) -> Brain:
        """Makes a brain over a libSQL file, which is made at the first run where it is missing.

        Every part that is given replaces the default one. Without connectors the platforms are simulated and nothing is
        spent. A connector may be a dict that names an ad account, as ``adbrain.schema("account")`` describes it: the
        engine opens it itself. ``world`` is the path of a simulated market of your own, a TOML file. ``people`` are the
        brand's own, as ``adbrain.personas(frame).to_dict()["people"]`` gives them: each run makes personas of them,
        which the strategist uses and the report shows; a person is never stored. They may also be a source that is read
        at the start of each run, or a list of sources, as ``adbrain.schema("people_source")`` describes them.
        ``ffmpeg`` is the program that crops the brief's own films where none has the shape that a platform takes.
        ``rules`` are the alert rules: a preset (``guarded``, the default, or ``legacy``) or a file, which is read anew
        each watched day. ``channels`` are how people are told what the rules have to tell, a file in TOML or JSON, or
        a dict, as ``adbrain.schema("channels")`` describes it; secrets are read from the environment. ``schedules``
        are reports that :meth:`monitor` makes by itself, each day, week or month: a file, or a dict, as
        ``adbrain.schema("schedules")`` describes it. ``words`` is a language model that finds words, a file or a dict,
        as ``adbrain.schema("words")`` describes it. ``autonomy`` says how far proposals of alerts, tests and feedback
        go by themselves: ``observe``, ``shadow``, ``approve`` or ``automatic`` (the default), also by platform and
        action: ``{"all": "shadow", "meta.pause": "automatic"}``.
        ``embedder`` turns texts into vectors for the engine's own memory, which compares campaigns by hashed words
        otherwise.
        """
        parts = parts_of(
            strategist=strategist,
            creative=creative,
            copywriter=copywriter,
            optimizer=optimizer,
            analyst=analyst,
            connectors=connectors,
            memory=memory,
            embedder=embedder,
            predictor=predictor,
            world=world,
            people=people,
            ffmpeg=ffmpeg,
            rules=rules,
            channels=channels,
            schedules=schedules,
            words=words,
            autonomy=autonomy,
            daily_budgets=daily_budgets,
        )
        return cls(path, parts)

    @classmethod
    def remote(
        cls,
        url: str,
        token: str = "",
        *,
        files: str | os.PathLike[str] = "brain.db",
        strategist: Agent | None = None,
        creative: Agent | None = None,
        copywriter: Agent | None = None,
        optimizer: Agent | None = None,
        analyst: Agent | None = None,
        connectors: Iterable[Connector | Mapping[str, Any]] | None = None,
        memory: MemoryStore | None = None,
        embedder: Embedder | None = None,
        predictor: Predictor | None = None,
        world: str | os.PathLike[str] | None = None,
        people: Mapping[str, Any] | Iterable[Mapping[str, Any]] | None = None,
        ffmpeg: str | os.PathLike[str] | None = None,
        rules: str | os.PathLike[str] | None = None,
        channels: Mapping[str, Any] | str | os.PathLike[str] | None = None,
        schedules: Mapping[str, Any] | str | os.PathLike[str] | None = None,
        words: Mapping[str, Any] | str | os.PathLike[str] | None = None,
        autonomy: str | Mapping[str, str] | None = None,
        daily_budgets: bool = False,
    ) -> Brain:
        """Makes a brain over a libSQL server (sqld or Turso) by its address, ``libsql://host``, and token.

        Files that do not go into a database, such as kept media, lie beside the path ``files``. The parts are those of
        :meth:`local`.
        """
        parts = parts_of(
            strategist=strategist,
            creative=creative,
            copywriter=copywriter,
            optimizer=optimizer,
            analyst=analyst,
            connectors=connectors,
            memory=memory,
            embedder=embedder,
            predictor=predictor,
            world=world,
            people=people,
            ffmpeg=ffmpeg,
            rules=rules,
            channels=channels,
            schedules=schedules,
            words=words,
            autonomy=autonomy,
            daily_budgets=daily_budgets,
        )
        return cls(files, parts, (url, token))

    async def run(
        self,
        brief: Mapping[str, Any] | str | os.PathLike[str],
        *,
        history: str | os.PathLike[str] | ArrowStream | Mapping[str, Any] | None = None,
        mapping: Mapping[str, Any] | str | os.PathLike[str] | None = None,
        seed: int = 7,
        days: int | None = None,
        mode: Mode = "sandbox",
        run_id: str | None = None,
        folder: str | os.PathLike[str] | None = None,
        on_failure: Literal["abort", "continue"] = "abort",
        apply: Mapping[str, Any] | None = None,
        step_timeout: float | None = None,
        retries: int | None = None,
        on_event: Callable[[dict[str, Any]], Awaitable[None] | None] | None = None,
        progress: bool | None = None,
    ) -> RunResult:
        """Runs the whole loop. A run that was cut off is resumed; a finished one is given back as it was stored.

        Cancelling the task stops the run, together with the coroutines of your own parts.

        :param brief: what is asked for, as a dict or the path of a JSON file; ``adbrain.schema("brief")`` describes it.
        :param history: past results: the path of a CSV file, a pandas, polars or pyarrow table, or what
            :func:`adbrain.import_history` gave.
        :param mapping: which column means what: the name of a built-in mapping, the path of a JSON file or a dict; by
            default the headers decide.
        :param seed: the seed of all luck, from 0 to 2**64 - 1.
        :param days: how many days of the flight are run in the simulated market; all of them by default.
        :param mode: how far control may go: ``"sandbox"`` by default, which simulated platforms need; ``"dry_run"``
            sends nothing; ``"live"`` leaves the plan waiting, paused, until a person approves it.
        :param run_id: the name of the run; by default it follows from the request: the same request is the same run.
        :param folder: the folder that the brief's media paths are relative to; by default the brief's own.
        :param on_failure: what happens where one branch fails: stop, or go on with what there is.
        :param apply: when the winner of a test is acted on: ``rule`` (``"practical"`` or ``"legacy"``), ``evidence``
            (``"causal"`` or ``"associational"``), ``step``; by default real money moves on causal evidence alone.
        :param step_timeout: the longest that one attempt of a step may take, in seconds; 900 by default.
        :param retries: how often a step is tried again after an error that is ``retryable``; 2 by default.
        :param on_event: called for each event, in order, in a worker thread, or awaited where it is a coroutine
            function. An exception in it stops the run.
        :param progress: whether it is shown how far the run is, from its third second on: a bar of tqdm where that is
            installed, else a line on standard error; by default where standard error is a terminal, and in notebooks.
        :raises adbrain.AdbrainError: one class per kind of error. An exception of your own parts comes back as it is.
        """
        with Progress("runs", progress) as shown:
            return await self._engine.run(
                request_of(
                    brief=brief,
                    history=history,
                    mapping=mapping,
                    seed=seed,
                    days=days,
                    mode=mode,
                    run_id=run_id,
                    folder=folder,
                    on_failure=on_failure,
                    apply=apply,
                    step_timeout=step_timeout,
                    retries=retries,
                    on_event=shown.beside(on_event),
                )
            )

    run_sync = blocking(run)

    async def plan(
        self,
        brief: Mapping[str, Any] | str | os.PathLike[str],
        *,
        history: str | os.PathLike[str] | ArrowStream | Mapping[str, Any] | None = None,
        mapping: str | os.PathLike[str] | Mapping[str, Any] | None = None,
        seed: int = 7,
        days: int | None = None,
        mode: Mode = "sandbox",
        run_id: str | None = None,
        folder: str | os.PathLike[str] | None = None,
        on_failure: Literal["abort", "continue"] = "abort",
        apply: Mapping[str, Any] | None = None,
        step_timeout: float | None = None,
        retries: int | None = None,
        on_event: Callable[[dict[str, Any]], object] | Callable[[dict[str, Any]], Awaitable[object]] | None = None,
        progress: bool | None = None,
    ) -> Plan:
        """Runs the loop up to its plan and looks what the plan would do. Writes nothing to a platform.

        The arguments are those of :meth:`run`; run with the same ones, the loop goes on from this plan.

        :returns: the plan with its hash, each step that it needs with the verdict of the policy, its worst case beside
            each cap, and what needs a person. Print it, or let a notebook show it.
        """
        with Progress("plans", progress) as shown:
            return Plan(
                await self._engine.plan(
                    request_of(
                        brief=brief,
                        history=history,
                        mapping=mapping,
                        seed=seed,
                        days=days,
                        mode=mode,
                        run_id=run_id,
                        folder=folder,
                        on_failure=on_failure,
                        apply=apply,
                        step_timeout=step_timeout,
                        retries=retries,
                        on_event=shown.beside(on_event),
                    )
                )
            )

    plan_sync = blocking(plan)

    async def monitor(
        self,
        brief: Mapping[str, Any] | str | os.PathLike[str],
        *,
        every: float = 60.0,
        looks: int | None = None,
        history: str | os.PathLike[str] | ArrowStream | Mapping[str, Any] | None = None,
        mapping: str | os.PathLike[str] | Mapping[str, Any] | None = None,
        seed: int = 7,
        days: int | None = None,
        mode: Mode = "live",
        run_id: str | None = None,
        folder: str | os.PathLike[str] | None = None,
        on_event: Callable[[dict[str, Any]], object] | Callable[[dict[str, Any]], Awaitable[object]] | None = None,
        progress: bool | None = None,
    ) -> dict[str, Any]:
        """Looks at a launched campaign over real accounts again and again until its flight is over.

        Days that have closed are watched as :meth:`run` does; between them the hours of today go to the alert rules.
        One look at a time; one that fails is told as a problem and followed by the next. A restart says nothing twice.

        The arguments are those of the :meth:`run` that launched it.

        :param every: seconds from one look to the next, 10 or more.
        :param looks: how many looks there are at most; until the end of the flight by default.
        :param on_event: is called with an event for each look, ``event["kind"]["type"] == "looked"``; its ``look`` has
            ``notifications``, ``actions``, ``unknown`` platforms and a ``problem`` where it failed.
        :returns: ``run``, ``looks``, ``failed``, ``notifications`` and ``is_over``.
        :raises adbrain.UnsupportedError: for a run in simulated time, which watches itself.
        """
        with Progress("monitors", progress) as shown:
            request = request_of(
                brief=brief,
                history=history,
                mapping=mapping,
                seed=seed,
                days=days,
                mode=mode,
                run_id=run_id,
                folder=folder,
                on_event=shown.beside(on_event),
                every=every,
                looks=looks,
            )
            done: dict[str, Any] = json.loads(await self._engine.monitor(request))
            return done

    monitor_sync = blocking(monitor)

    async def graph(
        self,
        brief: Mapping[str, Any] | str | os.PathLike[str],
        *,
        days: int | None = None,
        folder: str | os.PathLike[str] | None = None,
    ) -> str:
        """Draws the loop that a run of the same brief and days would take, as a Mermaid flow chart. Runs nothing."""
        return await self._engine.graph({"brief": plain(brief), "days": days, "folder": folder})

    async def dashboard(
        self,
        *,
        mode: Mode = "dry_run",
        language: Language = "en",
        port: int = 0,
        height: int = 640,
        frames: Iterable[str] = NOTEBOOKS,
    ) -> Dashboard:
        """Serves the live page of this brain's runs on this machine; a notebook shows it in the cell.

        It stays until it is closed or nothing refers to it any more. See the guide "The control room".

        :param mode: how far what is ordered on the page may go; ``"dry_run"`` records and sends nothing.
        :param language: the language of its texts.
        :param port: the port, a free one by default.
        :param height: how high a notebook shows it, in pixels.
        :param frames: the origins whose pages may show it in a frame; notebooks on this machine by default. Name those
            of a notebook elsewhere: ``["https://notebooks.example.com"]``.
        """
        wish = {
            "port": port,
            "language": language,
            "mode": mode,
            "frames": list(frames),
        }
        return Dashboard(await self._engine.serve(wish), height)

    dashboard_sync = blocking(dashboard)

    def events(self, *, run_id: str | None = None) -> Events:
        """Follows a run of this brain from now on, or the first one that is heard of, and ends with it.

        ``async for event in brain.events():`` beside a task that runs. A reader that falls more than 1,024 events
        behind loses the oldest, and is told how many by an event of the kind ``missed``.
        """
        return Events(self._engine.follow(run_id))

    def __repr__(self) -> str:
        return f"Brain.local({self._path!r})" if self._url is None else f"Brain.remote({self._url!r})"
