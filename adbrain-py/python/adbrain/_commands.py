"""What people say to runs: approved, refused, applied, taken back, stopped; and where runs stand."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from typing import Any

from adbrain import _adbrain
from adbrain._blocking import blocking
from adbrain._orders import Plan, RunDrift, RunStatus
from adbrain._types import Mode


class Commands:
    """The part of :class:`adbrain.Brain` that orders and asks about what runs have on the platforms."""

    _engine: _adbrain.Engine

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

    async def approve(
        self, plan_hash: str, *, by: str, hours: float = 24.0, run_id: str | None = None, mode: Mode = "dry_run"
    ) -> dict[str, Any]:
        """Records a person's approval of a plan, and lets what was created of it deliver. A dry run by default.

        The hash may be that of a proposal that waits (``status.proposals``) as well: one change of an alert, a test or
        feedback, or a move of money as a whole. It is done at once, under the rules and caps of now.

        :param plan_hash: ``result.plan_hash`` or the ``hash`` of a proposal, or its first 8 digits or more.
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

    async def refuse(self, plan_hash: str, *, by: str, reason: str, run_id: str | None = None) -> dict[str, Any]:
        """Records a person's no to a plan, or to a proposal that waits: it is not done until a person approves it.

        A plan that is made anew and comes out another has another hash, on which nobody has said anything.

        :param plan_hash: ``plan.plan_hash``, ``result.plan_hash`` or the ``hash`` of a proposal, or 8 digits of it.
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

    async def letters(self, most: int = 20) -> list[dict[str, Any]]:
        """The newest letters that people were told, the newest first.

        :param most: how many at most.
        :returns: each with its ``letter``, its ``deliveries`` by channel, and who has ``acknowledged`` it.
        """
        answer: list[dict[str, Any]] = json.loads(await self._engine.order("letters", json.dumps({"most": most})))
        return answer

    letters_sync = blocking(letters)

    async def acknowledge(self, letter: str, *, by: str) -> dict[str, Any]:
        """Takes note of a letter: it is not escalated any more.

        :param letter: its id, ``msg_…``.
        :param by: who takes note of it; who was first stays.
        :returns: the letter as :meth:`letters` gives it.
        """
        return await self._order("acknowledge", {"letter": letter, "by": by})

    acknowledge_sync = blocking(acknowledge)

    async def deliver(self) -> dict[str, Any]:
        """Sends what is due to the channels: tries after a failure, escalations. Runs and monitors do so themselves.

        :returns: letters ``sent`` and ``problems``, both by channel; what failed is tried again later.
        """
        return await self._order("deliver", {})

    deliver_sync = blocking(deliver)

    async def make_reports(
        self,
        schedules: Mapping[str, Any] | str | os.PathLike[str],
        *,
        run: str | None = None,
        now: str | None = None,
    ) -> dict[str, Any]:
        """Makes the reports of a run that are due by schedule, each once; :meth:`deliver` sends those for channels.

        A schedule that is new begins with the period that ended last. A monitor makes them by itself, with
        ``schedules`` of :meth:`Brain.local`.

        :param schedules: a file, or a dict, as ``adbrain.schema("schedules")`` describes it.
        :param run: the run; the newest one by default.
        :param now: the moment whose reports are due, ``2027-01-04T11:00:00Z``; now by default.
        :returns: the reports ``made``, each with its period, ``files`` and ``channels``, and ``problems`` by schedule.
        """
        given: dict[str, Any] = (
            {"schedules": dict(schedules)} if isinstance(schedules, Mapping) else {"file": os.fspath(schedules)}
        )
        return await self._order("make_reports", {**given, "run": run, "now": now})

    make_reports_sync = blocking(make_reports)

    async def silence(
        self, match: Mapping[str, str], *, hours: float, by: str, reason: str, run: str | None = None
    ) -> dict[str, Any]:
        """Keeps alerts quiet for a time: they are neither told nor acted on nor escalated.

        It outlives the process and stands in the journal with the name. What still fires at its end is told then.

        :param match: the labels that the alerts have, all of them: ``rule``, ``platform``, ``object``, ``severity``…
        :param hours: for how long from now; in simulated time from the moment to which the run has come.
        :param by: who orders it.
        :param reason: why, in a line.
        :param run: the run whose alerts they are; those of all runs by default.
        :returns: ``id``, ``run``, the ``silence`` with ``from`` and ``until``, and who has ``ended`` it.
        """
        order: dict[str, Any] = {"match": dict(match), "hours": hours, "by": by, "reason": reason, "run": run}
        return await self._order("silence", order)

    silence_sync = blocking(silence)

    async def end_silence(self, silence: str, *, by: str) -> dict[str, Any]:
        """Ends a silence before its time: what still fires is told at the next look.

        :param silence: its ``id``, or 8 digits of it or more.
        :param by: who ends it.
        :returns: as :meth:`silence`.
        """
        return await self._order("end_silence", {"id": silence, "by": by})

    end_silence_sync = blocking(end_silence)

    async def silences(self) -> list[dict[str, Any]]:
        """Every silence that people have ordered, the newest first; also those that are over.

        :returns: each as :meth:`silence` gives it.
        """
        answer: list[dict[str, Any]] = json.loads(await self._engine.order("silences", "{}"))
        return answer

    silences_sync = blocking(silences)

    async def learnings(self, **query: Any) -> list[dict[str, Any]]:
        """What campaigns have taught, the newest first.

        :param query: ``industry``, ``objective``, ``campaign``, ``brand``, ``as_of`` and ``limit``, as
            ``adbrain.schema("learning_query")`` describes them; all learnings without one.
        """
        return await self._rows("learnings", query)

    learnings_sync = blocking(learnings)

    async def learnings_csv(self, **query: Any) -> str:
        """The same as a CSV table, one line each."""
        answer: str = json.loads(await self._engine.order("learnings_csv", json.dumps(query)))
        return answer

    learnings_csv_sync = blocking(learnings_csv)

    async def similar(self, industry: str, objective: str, **query: Any) -> list[dict[str, Any]]:
        """What similar campaigns taught, ranked: ten by their impact, where nothing else is said.

        :param industry: the trade.
        :param objective: what the campaign is for.
        :param query: ``ranking``, ``limit``, ``as_of`` and ``campaign``, as ``adbrain.schema("similar_query")``
            describes them.
        """
        return await self._rows("similar", {"industry": industry, "objective": objective, **query})

    similar_sync = blocking(similar)

    async def practices(self, **query: Any) -> list[dict[str, Any]]:
        """What each insight does over campaigns, pooled with shrinkage, by trade, objective and platform.

        :param query: as in :meth:`learnings`.
        """
        return await self._rows("practices", query)

    practices_sync = blocking(practices)

    async def combinations(self, most: int = 20) -> list[dict[str, Any]]:
        """What was used together and did best: each ``combination`` with the posterior of its ``success``."""
        return await self._rows("combinations", {"most": most})

    combinations_sync = blocking(combinations)

    async def forget(self, *, campaign: str | None = None, brand: str | None = None, before: str | None = None) -> int:
        """Deletes learnings for good: those that fit every part that is given. The journal and results of runs stay.

        :param campaign: the campaign or run.
        :param brand: the advertiser; what its feedback left goes too.
        :param before: a moment, as ``"2026-11-30T00:00:00Z"``: what was learnt before it.
        :returns: how many learnings were deleted.
        """
        order = {"campaign": campaign, "brand": brand, "before": before}
        answer: int = json.loads(await self._engine.order("forget", json.dumps(order)))
        return answer

    forget_sync = blocking(forget)

    async def backup(self, path: str | os.PathLike[str]) -> None:
        """Copies the whole store as it is at one moment into a new file, while runs go on.

        :func:`adbrain.restore` is the way back.

        :param path: where the copy goes; a file that is there already is refused.
        """
        await self._engine.order("backup", json.dumps({"path": os.fspath(path)}))

    backup_sync = blocking(backup)

    async def undo(self, entry: str, *, by: str | None = None, mode: Mode = "dry_run") -> dict[str, Any]:
        """Takes back a launch or a change. A dry run by default: the steps are checked and recorded as planned.

        :param entry: ``entry`` of an outcome under ``launch`` or ``actions`` of a result; 8 digits of it are enough.
        :param by: who orders it: counts as that person's approval, and stands in the journal.
        :param mode: how far control may go.
        :returns: as :meth:`approve`.
        """
        return await self._order("undo", {"entry": entry, "by": by, "mode": mode})

    undo_sync = blocking(undo)

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

    async def _rows(self, name: str, order: dict[str, Any]) -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = json.loads(await self._engine.order(name, json.dumps(order)))
        return answer

    async def _order(self, name: str, order: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(await self._engine.order(name, json.dumps(order)))
        return answer

    async def _switch(self, name: str, order: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(await self._engine.switch(name, json.dumps(order)))
        return answer
