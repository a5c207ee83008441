"""Plans to look at, what a person orders about them, where they stand, and the events of their runs."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

import adbrain
from adbrain import Brain

Json = dict[str, Any]


async def test_a_plan_is_shown_refused_approved_and_applied(brain: Brain, brief: Json, tmp_path: Path) -> None:
    plan = await brain.plan(brief, days=1, folder=tmp_path, mode="live")
    assert {one["action"] for one in plan["steps"]} == {"create"}
    assert [one["key"] for one in plan.needs] == ["refused-needs-approval"]
    assert plan.plan_hash in plan.text("en")
    assert "Pior caso" in str(plan)
    assert "<iframe" in plan._repr_html_()
    assert plan.to_json() == (await brain.plan(brief, days=1, folder=tmp_path, mode="live")).to_json()
    await brain.refuse(plan.plan_hash, by="Ana", reason="too dear")
    refused = await brain.apply(plan, mode="live")
    assert {one["reason"]["key"] for one in refused["outcomes"]} == {"refused-by-person"}
    assert (await brain.status())["decision"]["reason"] == "too dear"
    await brain.approve(plan.plan_hash, by="Bia", mode="live")
    done = await brain.apply(plan.plan_hash[:12], mode="live")
    assert {one["state"] for one in done["outcomes"]} == {"confirmed"}
    status = await brain.status(plan.run_id)
    assert {one["delivery"] for one in status["objects"]} == {"running"}
    assert "The kill switch is off" in str(status)
    with pytest.raises(adbrain.ConflictError):
        await brain.refuse(plan.plan_hash, by="Ana", reason="late")


def test_what_a_brief_leaves_out_is_assumed_and_told(brain: Brain, brief: Json, tmp_path: Path) -> None:
    assert "assumed" not in brain.plan_sync(brief, days=1, folder=tmp_path).to_dict()
    short = {name: value for name, value in brief.items() if name not in ("name", "language")}
    short["media"] = [{name: value for name, value in item.items() if name != "kind"} for item in brief["media"]]
    plan = brain.plan_sync(short, days=1, folder=tmp_path)
    assumed = {one["args"]["field"]["text"]: one["args"]["value"]["text"] for one in plan["assumed"]}
    kinds = {f"media[{place}].kind": "image" for place in range(4)}
    assert assumed == {"name": "Linen shirt", "language": "pt-BR", **kinds}
    assert "the only official language" in plan.text("en")
    result = brain.run_sync(short, days=1, folder=tmp_path)
    assert {one["field"] for one in result["brief"]["assumed"]} == set(assumed)
    assert "a única língua oficial" in result.report.markdown("pt-BR")
    del short["flight"]["time_zone"]
    with pytest.raises(adbrain.InvalidInputError, match=r"flight\.time_zone: is left out"):
        brain.plan_sync(short, days=1, folder=tmp_path)


def test_customers_who_consented_go_into_an_audience_and_nobody_is_quoted(
    brain: Brain, brief: Json, tmp_path: Path
) -> None:
    plan = brain.plan_sync(brief, days=1, folder=tmp_path)
    people = [{"email": "canary@example.com"}]
    with pytest.raises(adbrain.RefusedError, match="consent"):
        brain.fill_audience_sync("meta", "Buyers", people)
    with pytest.raises(adbrain.InvalidInputError, match=r"customers\[0\]") as error:
        brain.fill_audience_sync("meta", "Buyers", ["canary@example.com"], consented=True)  # type: ignore[list-item]
    assert "canary" not in str(error.value)
    dry = brain.fill_audience_sync("meta", "Buyers", people, consented=True)
    assert (dry["run"], dry["outcomes"][0]["state"]) == (plan.run_id, "planned")
    done = brain.fill_audience_sync("meta", "Buyers", people, consented=True, mode="sandbox")
    assert (done["outcomes"][0]["action"], done["outcomes"][0]["state"]) == ("fill_audience", "confirmed")


def test_a_stop_holds_until_it_is_resumed(brain: Brain, brief: Json, tmp_path: Path) -> None:
    plan = brain.plan_sync(brief, days=1, folder=tmp_path)
    assert brain.stop_sync("the shop is down", by="Ana")["is_noted"]
    refused = brain.apply_sync(plan, mode="sandbox")
    assert {one["state"] for one in refused["outcomes"]} == {"refused"}
    assert brain.status_sync()["switch"]["by"] == "Ana"
    assert not brain.resume_sync(by="Ana")["is_on"]
    assert brain.apply_sync(plan, mode="sandbox")["outcomes"][0]["state"] == "confirmed"
    paused = brain.stop_sync("the shop is down again", pause=True)
    assert {one["action"] for one in paused["outcomes"]} == {"pause"}
    with pytest.raises(adbrain.NotFoundError):
        Brain.local(tmp_path / "typo.db").stop_sync("x")


async def test_a_plan_that_nobody_looked_at_is_not_applied(brain: Brain, brief: Json, tmp_path: Path) -> None:
    result = await brain.run(brief, days=1, folder=tmp_path)
    with pytest.raises(adbrain.ConflictError, match="nobody has looked"):
        await brain.apply(result.plan_hash)


async def test_events_are_heard_until_the_run_ends(brain: Brain, brief: Json, tmp_path: Path) -> None:
    events = brain.events()
    task = asyncio.create_task(brain.run(brief, days=1, folder=tmp_path))
    heard = [event async for event in events]
    assert (heard[0]["kind"]["type"], heard[-1]["kind"]["type"]) == ("started", "finished")
    assert [event["sequence"] for event in heard] == list(range(len(heard)))
    assert {event["run"] for event in heard} == {(await task).run_id}


async def test_events_end_when_they_are_closed_and_when_the_run_is_cancelled(
    brief: Json, brain: Brain, tmp_path: Path
) -> None:
    before = threading.active_count()
    async with brain.events() as events:
        waiting = asyncio.ensure_future(anext(events, None))
        await asyncio.sleep(0.05)
    assert await asyncio.wait_for(waiting, 5) is None
    events = brain.events()
    cut_off = asyncio.ensure_future(anext(events))
    await asyncio.sleep(0.05)
    cut_off.cancel()
    task = asyncio.create_task(brain.run(brief, folder=tmp_path))
    kinds = []
    async for event in events:
        kinds.append(event["kind"]["type"])
        task.cancel()
    assert kinds[-1] == "cancelled"
    with pytest.raises(asyncio.CancelledError):
        await task
    assert threading.active_count() <= before + 1


async def test_a_request_that_fails_before_its_run_ends_the_events(brain: Brain, brief: Json, tmp_path: Path) -> None:
    events = brain.events()
    with pytest.raises(adbrain.InvalidInputError):
        await brain.run({**brief, "markets": []}, folder=tmp_path, run_id=None)
    heard = [event async for event in events]
    assert [event["kind"]["type"] for event in heard] == ["failed"]
