"""The whole loop from Python: awaited and blocking, watched, cancelled, refused."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import adbrain
from adbrain import Brain

Brief = dict[str, Any]
ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples/brief.json"


async def test_awaited_and_blocking_give_the_same_bytes_twice(tmp_path: Path, brief: Brief, history: Path) -> None:
    options: dict[str, Any] = {"history": history, "seed": 7, "days": 3, "folder": tmp_path}
    awaited = await Brain.local(tmp_path / "1.db").run(brief, **options)
    blocking = await asyncio.to_thread(Brain.local(tmp_path / "2.db").run_sync, brief, **options)
    in_the_loop = Brain.local(tmp_path / "3.db").run_sync(brief, **options)
    texts = {
        result.plan_json() + result.to_json() + result.report.html() for result in (awaited, blocking, in_the_loop)
    }
    assert len(texts) == 1


async def test_a_finished_run_is_given_back_as_it_was_stored(brain: Brain, brief: Brief, tmp_path: Path) -> None:
    first = await brain.run(brief, days=2, folder=tmp_path)
    again = await brain.run(brief, days=2, folder=tmp_path)
    assert again.to_json() == first.to_json()
    other = await brain.run(brief, days=2, folder=tmp_path, seed=8)
    assert other.run_id != first.run_id


async def test_the_people_of_the_brand_become_personas(tmp_path: Path, brief: Brief) -> None:
    profile = {"source": "analytics", "people": 200, "ages": {"min": 25, "max": 34}, "gender": "female"}
    people = adbrain.stats.personas(profiles=[profile])["people"]
    result = await Brain.local(tmp_path / "1.db", people=people).run(brief, days=1, folder=tmp_path)
    assert result["people"]["personas"][0]["people"] == 200
    assert any(reason["message"]["key"] == "reason-audience-persona" for reason in result["strategy"]["reasons"])
    assert "persona-1" in result.report.html()
    with pytest.raises(adbrain.InvalidInputError, match="people"):
        await Brain.local(tmp_path / "2.db", people={"crowd": 3}).run(brief, days=1, folder=tmp_path)


async def test_a_result_shows_itself(brain: Brain, brief: Brief, tmp_path: Path, history: Path) -> None:
    result = await brain.run(brief, days=2, folder=tmp_path, history=history, run_id="mine")
    assert result.run_id == "mine"
    assert repr(result).startswith('RunResult("mine", 2 days, spend BRL ')
    assert "simulated" in repr(result)
    assert result.is_simulated
    assert result.to_dict() == json.loads(result.to_json())
    assert result["plan"] == result.plan == json.loads(result.plan_json())
    assert set(result.keys()) == set(result.to_dict())
    assert dict(result)["seed"] == result.seed == 7
    assert result.plan["currency"] == "BRL"
    with pytest.raises(KeyError):
        result["nothing"]


async def test_a_report_shows_itself_in_a_notebook(brain: Brain, brief: Brief, tmp_path: Path) -> None:
    report = (await brain.run(brief, days=2, folder=tmp_path)).report
    page = report._repr_html_()
    assert page.startswith("<iframe sandbox srcdoc=")
    assert "<script" not in report.html()
    assert report.html("en").lstrip().lower().startswith("<!doctype html")
    assert report.markdown() == report.markdown("pt-BR") != report.markdown("en")
    assert report.to_json()
    assert report.csv("en").startswith("section,table,row,column,value,low,high,unit,text\r\n")
    assert report.xlsx() == report.xlsx("pt-BR") != report.xlsx("en")
    assert report.xlsx()[:2] == b"PK"
    assert repr(report).startswith("Report of RunResult(")
    with pytest.raises(adbrain.InvalidInputError, match="language"):
        report.html("xx")  # type: ignore[arg-type]


async def test_a_brief_may_be_a_file(brain: Brain, brief: Brief, tmp_path: Path) -> None:
    path = tmp_path / "brief.json"
    path.write_text(json.dumps(brief))
    from_file = await brain.run(path, days=2)
    assert from_file.run_id == (await brain.run(brief, days=2, folder=tmp_path)).run_id


async def test_an_imported_history_can_be_looked_at_first(
    brain: Brain, brief: Brief, tmp_path: Path, history: Path
) -> None:
    looked_at = adbrain.import_history(history, currency="BRL")
    result = await brain.run(brief, days=2, folder=tmp_path, history=looked_at)
    assert result["history"]["rows"] == 4
    assert result.run_id == (await brain.run(brief, days=2, folder=tmp_path, history=history)).run_id


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda brief: brief.update(surprise=1), "surprise"),
        (lambda brief: brief.pop("budget"), "budget"),
        (lambda brief: brief["budget"].update(amount="-5"), "budget"),
        (lambda brief: brief["budget"].update(amount=5), "budget.amount"),
        (lambda brief: brief["budget"].update(currency="QQQ"), "budget"),
        (lambda brief: brief["flight"].update(end="2026-11-01"), "flight"),
        (lambda brief: brief["flight"].update(time_zone="Mars/Base"), "flight.time_zone"),
        (lambda brief: brief.update(targets={"min_ctr": float("nan")}), "brief.targets.min_ctr"),
        (lambda brief: brief.update(targets={"min_ctr": 1 << 70}), "brief.targets.min_ctr"),
        (lambda brief: brief.update(platforms=["myspace"]), "platforms[0]"),
        (lambda brief: brief.update(formats=[]), "formats"),
        (lambda brief: brief["product"].update(url="ftp://x"), "product.url"),
        (lambda brief: brief["product"].update(benefits=[]), "product.benefits"),
        (lambda brief: brief.update(name="=1+1"), "name"),
        (lambda brief: brief.update(markets=["Brazil"]), "markets[0]"),
    ],
)
async def test_a_bad_brief_names_its_field_and_writes_nothing(
    brain: Brain, brief: Brief, tmp_path: Path, change: Callable[[Brief], Any], field: str
) -> None:
    change(brief)
    with pytest.raises(adbrain.InvalidInputError) as caught:
        await brain.run(brief, days=2, folder=tmp_path)
    assert field in str(caught.value)
    assert caught.value.kind == "invalid_input"
    assert not caught.value.retryable
    assert "run" not in {path.stem for path in tmp_path.glob("*.html")}


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"seed": -1}, "seed"),
        ({"seed": "seven"}, "seed"),
        ({"days": 1 << 40}, "days"),
        ({"mode": "wild"}, "mode"),
        ({"on_failure": "shrug"}, "on_failure"),
        ({"run_id": 7}, "run_id"),
        ({"history": 7}, "history"),
        ({"mapping": 7, "history": "x"}, "mapping"),
        ({"folder": 7}, "folder"),
        ({"apply": 5}, "apply"),
        ({"on_event": 5}, "on_event"),
        ({"mapping": "adbrain"}, "mapping"),
    ],
)
async def test_a_bad_option_is_named_and_no_file_is_made(
    brain: Brain, brief: Brief, tmp_path: Path, options: dict[str, Any], field: str
) -> None:
    with pytest.raises(adbrain.InvalidInputError, match=field) as caught:
        await brain.run(brief, **options)
    assert caught.value.context["field"] == field
    assert caught.value.next_step
    assert not (tmp_path / "brain.db").exists()


@pytest.mark.parametrize("parts", [{"connectors": 5}, {"people": 5}, {"people": ["Ana"]}])
def test_what_is_no_part_is_named(tmp_path: Path, parts: dict[str, Any]) -> None:
    with pytest.raises(adbrain.InvalidInputError) as caught:
        Brain.local(tmp_path / "brain.db", **parts)
    assert [caught.value.context["field"]] == list(parts)
    assert caught.value.next_step


@pytest.mark.parametrize("brief", [7, None, "{}", b"\x00", []])
async def test_what_is_no_brief_is_refused(brain: Brain, brief: Any) -> None:
    with pytest.raises((adbrain.InvalidInputError, adbrain.NotFoundError), match="brief"):
        await brain.run(brief)


async def test_events_come_in_order(brain: Brain, brief: Brief, tmp_path: Path) -> None:
    events: list[dict[str, Any]] = []
    await brain.run(brief, days=2, folder=tmp_path, on_event=events.append)
    assert [event["sequence"] for event in events] == list(range(len(events)))
    finished = [event["step"] for event in events if event["kind"]["type"] == "finished"]
    assert {"strategist", "creative", "copywriter", "optimizer"} <= set(finished)


async def test_an_event_may_be_awaited(brain: Brain, brief: Brief, tmp_path: Path) -> None:
    steps: list[str] = []

    async def listen(event: dict[str, Any]) -> None:
        await asyncio.sleep(0)
        assert threading.current_thread() is threading.main_thread()
        steps.append(event["step"])

    await brain.run(brief, days=2, folder=tmp_path, on_event=listen)
    assert "strategist" in steps


async def test_a_listener_that_raises_stops_the_run(brain: Brain, brief: Brief, tmp_path: Path) -> None:
    mine = RuntimeError("enough")

    def listen(event: dict[str, Any]) -> None:
        raise mine

    with pytest.raises(RuntimeError) as caught:
        await brain.run(brief, days=2, folder=tmp_path, on_event=listen)
    assert caught.value is mine


class Slow:
    """A strategist that never ends, and tells how it was left."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.was_cancelled = asyncio.Event()

    async def run(self, input: dict[str, Any]) -> dict[str, Any]:
        self.began.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            self.was_cancelled.set()
            raise
        return {}


async def test_cancelling_the_task_cancels_the_users_coroutine(tmp_path: Path, brief: Brief) -> None:
    slow = Slow()
    task = asyncio.create_task(Brain.local(tmp_path / "b.db", strategist=slow).run(brief, folder=tmp_path))
    await asyncio.wait_for(slow.began.wait(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(slow.was_cancelled.wait(), 5)


async def test_a_time_limit_cancels_the_run(tmp_path: Path, brief: Brief) -> None:
    slow = Slow()
    brain = Brain.local(tmp_path / "b.db", strategist=slow)
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(brain.run(brief, folder=tmp_path), 0.5)
    await asyncio.wait_for(slow.was_cancelled.wait(), 5)
    result = await Brain.local(tmp_path / "b.db").run(brief, folder=tmp_path, days=1)
    assert result.plan["campaigns"]


def test_ctrl_c_stops_a_blocking_run(tmp_path: Path, brief: Brief) -> None:
    class Endless:
        async def run(self, input: dict[str, Any]) -> dict[str, Any]:
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(3600)
            return {}

    # A shell without job control starts background jobs with the signal ignored, and Python then keeps it so.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    began = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            Brain.local(tmp_path / "b.db", strategist=Endless()).run_sync(brief, folder=tmp_path)
    finally:
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - began < 5
    assert not [thread for thread in threading.enumerate() if thread.name == "adbrain-run"]


async def test_the_event_loop_stays_free_while_the_engine_works(brain: Brain, brief: Brief, tmp_path: Path) -> None:
    gaps: list[float] = []

    async def tick() -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.005)
            gaps.append(time.monotonic() - before)

    ticking = asyncio.create_task(tick())
    await brain.run(brief, folder=tmp_path)
    ticking.cancel()
    assert len(gaps) > 1
    assert max(gaps) < 0.5


async def test_many_runs_at_once_do_not_mix(tmp_path: Path, brief: Brief) -> None:
    brains = [Brain.local(tmp_path / f"{seed}.db") for seed in range(4)]
    runs = [brain.run(brief, days=2, folder=tmp_path, seed=seed) for seed, brain in enumerate(brains)]
    results = await asyncio.gather(*runs)
    assert [result.seed for result in results] == [0, 1, 2, 3]
    alone = await Brain.local(tmp_path / "c.db").run(brief, days=2, folder=tmp_path, seed=0)
    assert alone.plan_json() == results[0].plan_json()


async def test_the_journal_of_a_run_is_whole(brain: Brain, brief: Brief, tmp_path: Path) -> None:
    await brain.run(brief, days=2, folder=tmp_path)
    assert await asyncio.to_thread(adbrain.verify_journal, tmp_path / "brain.db")
    with pytest.raises(adbrain.NotFoundError):
        adbrain.verify_journal(tmp_path / "none.db")


async def test_the_loop_can_be_drawn(brain: Brain, brief: Brief, tmp_path: Path) -> None:
    drawn = await brain.graph(brief, days=2, folder=tmp_path)
    assert drawn.startswith("flowchart")
    assert "strategist" in drawn


def test_a_schema_describes_the_brief() -> None:
    schema = adbrain.schema("brief")
    assert "budget" in schema["properties"]
    with pytest.raises(adbrain.AdbrainError):
        adbrain.schema("nothing")


async def test_what_rules_tell_goes_to_a_channel_and_is_acknowledged(brief: Brief, tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('version = 1\n[[rule]]\nname = "busy"\nvalue = "impressions_hour"\nabove = 1\nseverity = "high"\n')
    log = tmp_path / "alerts.jsonl"
    channels = {"version": 1, "channel": [{"name": "log", "kind": "log", "file": str(log)}]}
    brain = adbrain.Brain.local(tmp_path / "told.db", rules=rules, channels=channels)
    await brain.run(brief, days=1, folder=tmp_path)
    letters = await brain.letters(100)
    assert len(letters) == len(log.read_text().splitlines()) > 0
    noted = await brain.acknowledge(letters[0]["letter"]["id"], by="Ana")
    assert noted["acknowledged"]["by"] == "Ana"
    assert await brain.deliver() == {"sent": {}, "problems": {}}
    with pytest.raises(adbrain.InvalidInputError, match="url_env"):
        wrong = adbrain.Brain.local(
            tmp_path / "wrong.db", channels={"version": 1, "channel": [{"name": "ops", "kind": "slack"}]}
        )
        await wrong.run(brief, days=1, folder=tmp_path)


async def test_reports_by_schedule_are_made_once_and_hold_their_days(tmp_path: Path) -> None:
    case = json.loads((ROOT / "tests/cases/files/schedules.json").read_text())
    schedules = {
        "version": 1,
        "schedule": [case["schedule"] | {"folder": str(tmp_path / "reports"), "channels": ["log"]}],
    }
    log = tmp_path / "told.jsonl"
    channels = {"version": 1, "channel": [{"name": "log", "kind": "log", "file": str(log)}]}
    brain = adbrain.Brain.local(tmp_path / "scheduled.db", channels=channels)
    await brain.run(EXAMPLE, days=case["days"], seed=case["seed"])
    made = await brain.make_reports(schedules, now=case["now"])
    assert made["problems"] == {}
    assert [(one["first"], one["last"]) for one in made["made"]] == [(case["first"], case["last"])]
    assert json.loads(Path(made["made"][0]["files"][0]).read_text())["totals"]["spend"] == case["spend"]
    assert await brain.make_reports(schedules, now=case["now"]) == {"made": [], "problems": {}}
    assert await brain.deliver() == {"sent": {"log": 1}, "problems": {}}
    assert json.loads(log.read_text().splitlines()[-1])["report"]["last"] == case["last"]
    with pytest.raises(adbrain.InvalidInputError, match=r"schedule\.weekly\.at"):
        await brain.make_reports({"version": 1, "schedule": [case["schedule"] | {"folder": "f", "at": "8"}]})


async def test_a_report_is_a_pdf_whose_text_can_be_copied(tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf")
    result = await adbrain.Brain.local(tmp_path / "pdf.db").run(EXAMPLE, days=3)
    pages = pypdf.PdfReader(io.BytesIO(result.report.pdf("pt-BR"))).pages
    text = "\n".join(page.extract_text() for page in pages)
    for words in ("simulado", "Gasto", "Previsões", "Página 1 de"):
        assert words in text, words
    assert result.report.pdf("en") == result.report.pdf("en")
