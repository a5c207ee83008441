"""The brain: runs the loop, awaited in a notebook or blocking in a script."""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from adbrain import _adbrain
from adbrain._adbrain import RunResult
from adbrain._blocking import blocking
from adbrain._errors import wrong
from adbrain._events import Events
from adbrain._orders import Plan, RunDrift, RunStatus
from adbrain._types import Agent, ArrowStream, Connector, MemoryStore, Mode, Predictor


def _names(parts: Mapping[str, Any]) -> list[str]:
    """The user's own parts by role and class: with another class the same request is another run."""
    data = ("accounts", "connectors", "world", "people", "ffmpeg")
    single = [(role, part) for role, part in parts.items() if part is not None and role not in data]
    several = [("connector", part) for part in parts["connectors"] or ()]
    return [f"{role} {type(part).__module__}.{type(part).__qualname__}" for role, part in single + several]


def _parts(**parts: Any) -> dict[str, Any]:
    """The parts of a brain as the engine takes them."""
    connectors, people = parts["connectors"], parts["people"]
    if connectors is not None:
        if not isinstance(connectors, Iterable):
            raise wrong("connectors", connectors, "a list of connectors")
        given = list(connectors)
        parts["connectors"] = [connector for connector in given if not isinstance(connector, Mapping)]
        parts["accounts"] = [dict(account) for account in given if isinstance(account, Mapping)]
    if people is not None:
        is_list = isinstance(people, Iterable) and not isinstance(people, (Mapping, str, bytes))
        if not isinstance(people, Mapping) and not is_list:
            raise wrong("people", people, "what adbrain.personas calls people, a dict, or sources of people")
        sources = [] if isinstance(people, Mapping) else list(people)
        if not all(isinstance(source, Mapping) for source in sources):
            raise wrong("people", people, "sources of people, each a dict")
        parts["people"] = dict(people) if isinstance(people, Mapping) else [_plain(source) for source in sources]
    autonomy = parts["autonomy"]
    if isinstance(autonomy, Mapping):
        parts["autonomy"] = ",".join(f"{place}={level}" for place, level in autonomy.items())
    return {**parts, "names": _names(parts)}


def _plain(value: Any) -> Any:
    """Any mapping as a dict, which the engine reads."""
    return dict(value) if isinstance(value, Mapping) else value


def _request(**given: Any) -> dict[str, Any]:
    """A request as the engine takes it."""
    listener = given["on_event"]
    if listener is not None and not callable(listener):
        raise wrong("on_event", listener, "a function")
    return {name: _plain(value) for name, value in given.items()}


class Brain:
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
        predictor: Predictor | None = None,
        world: str | os.PathLike[str] | None = None,
        people: Mapping[str, Any] | Iterable[Mapping[str, Any]] | None = None,
        ffmpeg: str | os.PathLike[str] | None = None,
        rules: str | os.PathLike[str] | None = None,
        autonomy: str | Mapping[str, str] | None = None,
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
        each watched day. ``autonomy`` says how far proposals of alerts, tests and feedback go by themselves:
        ``observe``, ``shadow``, ``approve`` or ``automatic`` (the default), also by platform and action:
        ``{"all": "shadow", "meta.pause": "automatic"}``.
        """
        parts = _parts(
            strategist=strategist,
            creative=creative,
            copywriter=copywriter,
            optimizer=optimizer,
            analyst=analyst,
            connectors=connectors,
            memory=memory,
            predictor=predictor,
            world=world,
            people=people,
            ffmpeg=ffmpeg,
            rules=rules,
            autonomy=autonomy,
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
        predictor: Predictor | None = None,
        world: str | os.PathLike[str] | None = None,
        people: Mapping[str, Any] | Iterable[Mapping[str, Any]] | None = None,
        ffmpeg: str | os.PathLike[str] | None = None,
        rules: str | os.PathLike[str] | None = None,
        autonomy: str | Mapping[str, str] | None = None,
    ) -> Brain:
        """Makes a brain over a libSQL server (sqld or Turso) by its address, ``libsql://host``, and token.

        Files that do not go into a database, such as kept media, lie beside the path ``files``. The parts are those of
        :meth:`local`.
        """
        parts = _parts(
            strategist=strategist,
            creative=creative,
            copywriter=copywriter,
            optimizer=optimizer,
            analyst=analyst,
            connectors=connectors,
            memory=memory,
            predictor=predictor,
            world=world,
            people=people,
            ffmpeg=ffmpeg,
            rules=rules,
            autonomy=autonomy,
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
        :raises adbrain.AdbrainError: one class per kind of error. An exception of your own parts comes back as it is.
        """
        return await self._engine.run(
            _request(
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
                on_event=on_event,
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
    ) -> Plan:
        """Runs the loop up to its plan and looks what the plan would do. Writes nothing to a platform.

        The arguments are those of :meth:`run`; run with the same ones, the loop goes on from this plan.

        :returns: the plan with its hash, each step that it needs with the verdict of the policy, its worst case beside
            each cap, and what needs a person. Print it, or let a notebook show it.
        """
        return Plan(
            await self._engine.plan(
                _request(
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
                    on_event=on_event,
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
        request = _request(
            brief=brief,
            history=history,
            mapping=mapping,
            seed=seed,
            days=days,
            mode=mode,
            run_id=run_id,
            folder=folder,
            on_event=on_event,
            every=every,
            looks=looks,
        )
        return json.loads(await self._engine.monitor(request))

    monitor_sync = blocking(monitor)

    async def apply(self, plan: Plan | str, *, run_id: str | None = None, mode: Mode = "dry_run") -> dict[str, Any]:
        """Launches exactly a plan that was looked at: creates it, paused, and lets it deliver where it may.

        With real money a person has to approve it first. The same call after a crash goes on where it was.

        :param plan: what :meth:`plan` gave, or the hash of it; 8 digits are enough.
        :param run_id: the run, where several runs have the same plan.
        :param mode: how far control may go; a dry run by default: the steps are checked and recorded as planned.
        :returns: as :meth:`approve`.
        :raises adbrain.ConflictError: where the plan was not looked at, or where the accounts have changed since so
            that it would do something else; the message names what.
        """
        order: dict[str, Any] = {"plan_hash": plan, "run": run_id, "mode": mode}
        if isinstance(plan, Plan):
            order |= {"plan_hash": plan.plan_hash, "diff_hash": plan["diff_hash"], "run": run_id or plan.run_id}
        return await self._order("apply", order)

    apply_sync = blocking(apply)

    async def refuse(self, plan_hash: str, *, by: str, reason: str, run_id: str | None = None) -> dict[str, Any]:
        """Records a person's no to a plan: it is not applied, in no mode, until a person approves it after all.

        A plan that is made anew and comes out another has another hash, on which nobody has said anything.

        :param plan_hash: ``plan.plan_hash`` or ``result.plan_hash``, or its first 8 digits or more.
        :param by: the person who refuses.
        :param reason: why, in a line.
        :param run_id: the run, where several runs have the same plan.
        :returns: as :meth:`approve`.
        :raises adbrain.ConflictError: where the plan delivers already.
        """
        return await self._order("refuse", {"plan_hash": plan_hash, "by": by, "reason": reason, "run": run_id})

    refuse_sync = blocking(refuse)

    async def status(self, run: str | None = None) -> RunStatus:
        """Where a run stands: steps, objects, caps and worst case, what waits for a person, the kill switch.

        Reads the accounts and changes nothing, also while another process works on the run.

        :param run: the run by its name or the hash of its plan; the newest one by default.
        """
        return RunStatus(await self._engine.order("status", json.dumps({"run": run})))

    status_sync = blocking(status)

    async def drift(self, run: str | None = None) -> RunDrift:
        """What on a run's objects is not as the run left it, field by field, and who made the difference.

        A field that a person changed is theirs: a proposal that would set it waits for a person. Changes nothing.

        :param run: as in :meth:`status`.
        """
        return RunDrift(await self._engine.order("drift", json.dumps({"run": run})))

    drift_sync = blocking(drift)

    async def adopt(
        self, platform: str, campaign: str, *, by: str, flight: Mapping[str, str], run: str | None = None
    ) -> dict[str, Any]:
        """Takes a campaign that people made under a run's management, as it stands. Writes nothing to the platform.

        :param platform: ``"meta"``, ``"google"``, ``"tiktok"`` or ``"linkedin"``.
        :param campaign: its id on the platform.
        :param by: the person who orders it.
        :param flight: ``start``, ``end`` and ``time_zone``: the days for which it is managed.
        :param run: as in :meth:`status`.
        :returns: as :meth:`approve`.
        """
        order = {"platform": platform, "campaign": campaign, "by": by, "flight": dict(flight), "run": run}
        return await self._order("adopt", order)

    adopt_sync = blocking(adopt)

    async def release(self, platform: str, campaign: str, *, by: str, run: str | None = None) -> dict[str, Any]:
        """Gives a campaign back that a run adopted, as it stands. Writes nothing to the platform.

        From then on it is neither changed nor paused, and can be adopted again. What it cost while it was managed still
        counts against the caps.

        :param platform: ``"meta"``, ``"google"``, ``"tiktok"`` or ``"linkedin"``.
        :param campaign: its id on the platform.
        :param by: the person who orders it.
        :param run: as in :meth:`status`.
        :returns: as :meth:`approve`.
        """
        return await self._order("release", {"platform": platform, "campaign": campaign, "by": by, "run": run})

    release_sync = blocking(release)

    async def fill_audience(
        self,
        platform: str,
        name: str,
        customers: Iterable[Mapping[str, str]],
        *,
        consented: bool = False,
        run: str | None = None,
        mode: Mode = "dry_run",
    ) -> dict[str, Any]:
        """Adds customers who consented to a custom audience, which is made where the account has none of the name.

        They are hashed by the platform's rule before anything is sent; the journal keeps how many there were and one
        hash of the list. Afterwards an audience can name it in ``custom_audiences``. A dry run by default.

        :param platform: ``"meta"``, ``"google"``, ``"tiktok"`` or ``"linkedin"``.
        :param name: the audience; one of the name that others made is left alone.
        :param customers: each ``{"email": ...}`` or ``{"phone": "+55 ..."}``.
        :param consented: whether all of them consented to be matched; nothing is hashed or sent otherwise.
        :param run: as in :meth:`status`: its accounts and limits hold.
        :param mode: how far control may go.
        :returns: as :meth:`approve`.
        :raises adbrain.RefusedError: without consent.
        """
        order: dict[str, Any] = {"platform": platform, "name": name, "customers": list(customers)}
        order |= {"consent": "given" if consented else "not_given", "run": run, "mode": mode}
        return await self._order("fill_audience", order)

    fill_audience_sync = blocking(fill_audience)

    async def stop(
        self, reason: str, *, by: str = "a person", pause: bool = False, run_id: str | None = None
    ) -> dict[str, Any]:
        """Turns the kill switch on: nothing but pauses is sent from the next request on, by any process.

        Works within a second, also where the database cannot be written. What delivers goes on delivering; ``pause``
        stops that too, as an order of its own.

        :param reason: why, in a line.
        :param by: who stops it.
        :param pause: whether campaigns that deliver are paused.
        :param run_id: pauses the campaigns of this run alone.
        :returns: ``is_on``, ``is_noted`` (whether the journal knows), ``problems`` and the ``outcomes`` of pauses.
        """
        which: Any = "none" if not pause else "all" if run_id is None else {"run": run_id}
        return await self._switch("stop", {"reason": reason, "by": by, "pause": which})

    stop_sync = blocking(stop)

    async def resume(self, *, by: str = "a person") -> dict[str, Any]:
        """Turns the kill switch off; one that is set in the environment stays on. Gives what :meth:`stop` gives."""
        return await self._switch("resume", {"by": by})

    resume_sync = blocking(resume)

    def events(self, *, run_id: str | None = None) -> Events:
        """Follows a run of this brain from now on, or the first one that is heard of, and ends with it.

        ``async for event in brain.events():`` beside a task that runs. A reader that falls more than 1,024 events
        behind loses the oldest, and is told how many by an event of the kind ``missed``.
        """
        return Events(self._engine.follow(run_id))

    async def _order(self, name: str, order: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(await self._engine.order(name, json.dumps(order)))
        return answer

    async def _switch(self, name: str, order: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(await self._engine.switch(name, json.dumps(order)))
        return answer

    async def graph(
        self,
        brief: Mapping[str, Any] | str | os.PathLike[str],
        *,
        days: int | None = None,
        folder: str | os.PathLike[str] | None = None,
    ) -> str:
        """Draws the loop that a run of the same brief and days would take, as a Mermaid flow chart. Runs nothing."""
        return await self._engine.graph({"brief": _plain(brief), "days": days, "folder": folder})

    async def approve(
        self, plan_hash: str, *, by: str, hours: float = 24.0, run_id: str | None = None, mode: Mode = "dry_run"
    ) -> dict[str, Any]:
        """Records a person's approval of a plan, and lets what was created of it deliver. A dry run by default.

        :param plan_hash: ``result.plan_hash``, or its first 8 digits or more.
        :param by: the person who approves.
        :param hours: how long the approval holds.
        :param run_id: the run, where several runs have the same plan.
        :param mode: how far control may go; ``"dry_run"`` records and sends nothing.
        :returns: ``run``, ``mode``, ``hash`` and ``outcomes``: what control did, each with ``state`` and ``reason``;
            ``goes_on`` where the run had waited for this: run the same request again, and it goes on from its launch.
        :raises adbrain.ConflictError: where nothing of the plan was created, as after a dry run.
        """
        order = {"plan_hash": plan_hash, "by": by, "hours": hours, "run_id": run_id, "mode": mode}
        answer: dict[str, Any] = json.loads(await self._engine.approve(order))
        return answer

    approve_sync = blocking(approve)

    async def undo(self, entry: str, *, mode: Mode = "dry_run") -> dict[str, Any]:
        """Takes back a launch or a change. A dry run by default: the steps are checked and recorded as planned.

        :param entry: ``entry`` of an outcome under ``launch`` or ``actions`` of a result; 8 digits of it are enough.
        :param mode: how far control may go.
        :returns: as :meth:`approve`.
        """
        answer: dict[str, Any] = json.loads(await self._engine.undo(entry, mode))
        return answer

    undo_sync = blocking(undo)

    async def pull(
        self,
        first: str,
        last: str,
        *,
        analytics: Mapping[str, Any] | Sequence[Mapping[str, Any]] = (),
        time_zone: str = "UTC",
        jumps: Literal["refuse", "accept"] = "refuse",
    ) -> list[dict[str, Any]]:
        """Brings the closed days of every account of ``connectors`` into the store; writes nothing to the accounts.

        Asks only for days that are missing or may still be restated. The same rows twice change nothing; what is
        restated is kept beside what was said before.

        :param first: the first day, ``"2026-12-01"``.
        :param last: the last day, included; days that have not closed are left for later.
        :param analytics: a property of Google Analytics 4 with its token, or a list of them, as
            ``adbrain.schema("analytics_source")`` describes it; read after the accounts, by day.
        :param time_zone: the time zone of accounts that do not tell theirs.
        :param jumps: ``"accept"`` takes money that jumps by 100,000 times or more, which is else refused by its name.
        :returns: for each source its name, counts of days and rows, ``refused`` rows, ``notes`` and ``known_until``.
        """
        properties = [analytics] if isinstance(analytics, Mapping) else analytics
        request = {
            "first": first,
            "last": last,
            "time_zone": time_zone,
            "jumps": jumps,
            "analytics": [_plain(each) for each in properties],
        }
        answer: list[dict[str, Any]] = json.loads(await self._engine.sources("pull", request))
        return answer

    pull_sync = blocking(pull)

    async def add_facts(
        self, file: str | os.PathLike[str], mapping: Mapping[str, Any], *, jumps: Literal["refuse", "accept"] = "refuse"
    ) -> dict[str, Any]:
        """Brings analytics rows or orders of a CSV file into the store.

        :param file: the path of the file.
        :param mapping: what its columns are, as ``adbrain.schema("fact_mapping")`` describes it.
        :returns: ``pulled``, as an entry of :meth:`pull`, and ``problems``: rows that could not be read.
        """
        request = {"file": os.fspath(file), "mapping": _plain(mapping), "jumps": jumps}
        answer: dict[str, Any] = json.loads(await self._engine.sources("add", request))
        return answer

    add_facts_sync = blocking(add_facts)

    async def known(self, source: str, first: str, last: str, *, as_of: str | None = None) -> list[dict[str, Any]]:
        """The rows of a source as they were known at a moment: each with ``day``, ``is_closed``, ``as_of`` and ``row``.

        :param source: as :meth:`pull` names it, ``"meta/act_123"``, or the mapping of :meth:`add_facts`.
        :param as_of: a moment such as ``"2026-12-03T12:00:00Z"``, now by default; what has been restated since does not
            show.
        """
        request = {"source": source, "first": first, "last": last, "as_of": as_of}
        answer: list[dict[str, Any]] = json.loads(await self._engine.sources("known", request))
        return answer

    known_sync = blocking(known)

    def __repr__(self) -> str:
        return f"Brain.local({self._path!r})" if self._url is None else f"Brain.remote({self._url!r})"
