"""Orders of a person about a run that was started before, and the run options that they need."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

import adbrain
from adbrain import Brain

Json = dict[str, Any]


async def test_a_plan_that_waits_is_approved_by_its_hash(brain: Brain, brief: Json, tmp_path: Path) -> None:
    result = await brain.run(brief, days=2, folder=tmp_path, mode="live")
    assert {one["state"] for one in result["launch"] if one["action"] == "activate"} == {"refused"}
    would = await brain.approve(result.plan_hash, by="Ana")
    assert (would["mode"], would["outcomes"]) == ("dry_run", [])
    done = await brain.approve(result.plan_hash[:12], by="Ana", hours=1.5, mode="live")
    assert (done["run"], done["hash"]) == (result.run_id, result.plan_hash)
    assert {one["state"] for one in done["outcomes"]} == {"confirmed"}


async def test_a_create_is_taken_back_by_its_entry(brain: Brain, brief: Json, tmp_path: Path) -> None:
    result = await brain.run(brief, days=2, folder=tmp_path)
    entry = next(one["entry"] for one in result["launch"] if one["action"] == "create")
    assert {one["state"] for one in (await brain.undo(entry))["outcomes"]} == {"confirmed", "planned"}
    undone = await brain.undo(entry, mode="sandbox")
    assert {one["state"] for one in undone["outcomes"]} == {"confirmed", "compensated"}
    with pytest.raises(adbrain.ConflictError):
        await brain.undo(entry, mode="sandbox")


async def test_a_person_keeps_alerts_quiet_and_ends_it(brain: Brain, brief: Json, tmp_path: Path) -> None:
    result = await brain.run(brief, days=1, folder=tmp_path)
    kept = await brain.silence({"rule": "cost_spike"}, hours=4, by="Ana", reason="a sale", run=result.run_id)
    assert (kept["run"], kept["silence"]["match"], kept["ended"]) == (result.run_id, {"rule": "cost_spike"}, None)
    assert await brain.silences() == [kept]
    ended = await brain.end_silence(kept["id"][:12], by="Rui")
    assert ended["ended"]["by"] == "Rui"
    with pytest.raises(adbrain.ConflictError):
        await brain.end_silence(kept["id"], by="Rui")
    with pytest.raises(adbrain.InvalidInputError) as caught:
        await brain.silence({}, hours=4, by="Ana", reason="a sale")
    assert caught.value.context["field"] == "match"
    assert (await brain.status())["proposals"] == []


def test_orders_have_blocking_twins(brain: Brain, brief: Json, tmp_path: Path) -> None:
    result = brain.run_sync(brief, days=1, folder=tmp_path, mode="dry_run")
    with pytest.raises(adbrain.ConflictError, match="nothing of the plan") as caught:
        brain.approve_sync(result.plan_hash, by="Ana", mode="sandbox")
    assert caught.value.next_step
    assert "sandbox" in caught.value.next_step
    with pytest.raises(adbrain.NotFoundError):
        brain.undo_sync("0" * 64)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"by": ""}, "by"),
        ({"by": "policy"}, "by"),
        ({"by": "Ana", "hours": 0}, "hours"),
        ({"by": "Ana", "hours": float("nan")}, "hours"),
    ],
)
async def test_an_approval_by_nobody_or_for_no_time_is_refused(
    brain: Brain, brief: Json, tmp_path: Path, wrong: Json, field: str
) -> None:
    result = await brain.run(brief, days=1, folder=tmp_path, mode="live")
    with pytest.raises(adbrain.InvalidInputError) as caught:
        await brain.approve(result.plan_hash, mode="live", **wrong)
    assert caught.value.context["field"] == field
    assert caught.value.next_step


async def test_an_order_about_a_store_that_is_not_there_makes_none(tmp_path: Path) -> None:
    brain = Brain.local(tmp_path / "typo.db")
    with pytest.raises(adbrain.NotFoundError):
        await brain.undo("0" * 64)
    with pytest.raises(adbrain.NotFoundError):
        await brain.approve("0" * 64, by="Ana")
    assert not list(tmp_path.iterdir())


async def test_a_step_that_takes_too_long_is_stopped(brief: Json, tmp_path: Path) -> None:
    class Slow:
        async def run(self, input: Json) -> Json:
            await asyncio.sleep(60)
            return {}

    brain = Brain.local(tmp_path / "b.db", copywriter=Slow())
    with pytest.raises(adbrain.TimedOutError, match="longer than 50 ms"):
        await brain.run(brief, folder=tmp_path, step_timeout=0.05, retries=0)
    for wrong in ({"step_timeout": 0}, {"step_timeout": -1}, {"retries": -1}):
        with pytest.raises(adbrain.InvalidInputError):
            await brain.run(brief, folder=tmp_path, **wrong)  # type: ignore[arg-type]


async def test_a_step_is_tried_again_after_an_error_that_allows_it(brief: Json, tmp_path: Path) -> None:
    class Shaky:
        calls = 0

        async def run(self, input: Json) -> Json:
            self.calls += 1
            if self.calls < 3:
                raise adbrain.RateLimitedError("slow down")
            return {"variants": [], "refused": []}

    shaky = Shaky()
    await Brain.local(tmp_path / "b.db", copywriter=shaky).run(brief, days=1, folder=tmp_path)
    assert shaky.calls == 3


async def test_a_wrong_brief_and_an_unknown_currency_make_no_file(brief: Json, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    brain = Brain.local(tmp_path / "brain.db")
    with pytest.raises(adbrain.InvalidInputError, match="markets"):
        await brain.run({**brief, "markets": []}, folder=tmp_path)
    with pytest.raises(adbrain.UnsupportedError, match="SVC"):
        await brain.run({**brief, "budget": {"amount": "100000", "currency": "SVC"}}, folder=tmp_path)
    assert sorted(tmp_path.iterdir()) == before


def test_a_server_that_does_not_answer_is_named_without_its_token() -> None:
    brain = Brain.remote("http://127.0.0.1:9", "t0ken")
    assert "t0ken" not in repr(brain)
    with pytest.raises(adbrain.UnavailableError) as caught:
        brain.undo_sync("0" * 64)
    assert "t0ken" not in str(caught.value)


def test_the_head_of_a_journal_shows_that_its_end_is_gone(brain: Brain, brief: Json, tmp_path: Path) -> None:
    brain.run_sync(brief, days=1, folder=tmp_path)
    path = tmp_path / "brain.db"
    found = adbrain.verify_journal(path)
    assert adbrain.verify_journal(path, head=found["head"])["is_intact"]
    with sqlite3.connect(path) as store:
        store.execute("DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)")
    store.close()
    damaged = adbrain.verify_journal(path)
    assert not damaged["is_intact"]
    assert damaged["first_problem"]["kind"] == "cut_short"


def test_a_signed_head_is_checked_with_the_public_key_of_its_signer(brain: Brain, brief: Json, tmp_path: Path) -> None:
    brain.run_sync(brief, days=1, folder=tmp_path)
    path, key = tmp_path / "brain.db", adbrain.new_signing_key()
    public = adbrain.public_key(key)
    signed = adbrain.sign_journal(path, key=key)
    assert signed["public_key"] == public
    assert adbrain.verify_journal(path, signed=signed, public_key=public)["head"] == signed["head"]
    stranger = adbrain.public_key(adbrain.new_signing_key())
    for wrong, public_key in ((signed, stranger), ({**signed, "entries": 1}, public)):
        with pytest.raises(adbrain.CorruptError):
            adbrain.verify_journal(path, signed=wrong, public_key=public_key)
    with pytest.raises(adbrain.InvalidInputError, match="public_key"):
        adbrain.verify_journal(path, signed=signed)
    with pytest.raises(adbrain.InvalidInputError) as caught:
        adbrain.sign_journal(path, key="canary")
    assert "canary" not in str(caught.value)
    with sqlite3.connect(path) as store:
        store.execute("DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)")
    store.close()
    assert not adbrain.verify_journal(path, signed=signed, public_key=public)["is_intact"]


def test_only_what_was_adopted_is_released(brain: Brain, brief: Json, tmp_path: Path) -> None:
    made = brain.run_sync(brief, days=1, folder=tmp_path)["launch"]
    campaign = next(outcome for outcome in made if outcome["action"] == "create")
    with pytest.raises(adbrain.NotFoundError, match="manages no campaign"):
        brain.release_sync("meta", "none", by="Ana")
    with pytest.raises(adbrain.InvalidInputError, match="by"):
        brain.release_sync(campaign["platform"], campaign["object"], by=" ")
