"""Every part of the brain can be the user's own; an exception in it comes back as the same object."""

from __future__ import annotations

import asyncio
import contextvars
import threading
import traceback
from pathlib import Path
from typing import Any

import pytest

import adbrain
from adbrain import Brain

Json = dict[str, Any]
ROLES = ["strategist", "creative", "copywriter", "optimizer", "analyst"]
PARTS = {"strategist": "strategy", "creative": "assets", "copywriter": "copy", "optimizer": "plan"}


class Recorded:
    """A coroutine agent that answers what the default one answered before."""

    def __init__(self, answer: Json) -> None:
        self.answer = answer
        self.inputs: list[Json] = []

    async def run(self, input: Json) -> Json:
        await asyncio.sleep(0)
        assert threading.current_thread() is threading.main_thread()
        self.inputs.append(input)
        return self.answer


class RecordedNow(Recorded):
    """The same as a plain method, which runs in a worker thread."""

    def run(self, input: Json) -> Json:  # type: ignore[override]
        assert threading.current_thread() is not threading.main_thread()
        self.inputs.append(input)
        return self.answer


@pytest.mark.parametrize("kind", [Recorded, RecordedNow])
async def test_an_agent_may_be_a_coroutine_or_a_plain_method(tmp_path: Path, brief: Json, kind: type[Recorded]) -> None:
    default = await Brain.local(tmp_path / "1.db").run(brief, days=2, folder=tmp_path)
    agents = {role: kind(default[part]) for role, part in PARTS.items()}
    brain = Brain.local(tmp_path / "2.db", **agents)  # type: ignore[arg-type]
    result = await brain.run(brief, days=2, folder=tmp_path)
    assert result.plan_json() == default.plan_json()
    assert agents["strategist"].inputs[0]["brief"]["name"] == "Summer"
    assert all(agent.inputs for agent in agents.values())


async def test_an_agent_sees_the_context_variables_of_the_caller(tmp_path: Path, brief: Json) -> None:
    tenant = contextvars.ContextVar("tenant", default="nobody")
    seen: list[str] = []

    class Later:
        async def run(self, input: Json) -> Json:
            seen.append(tenant.get())
            raise LookupError

    class Now:
        def run(self, input: Json) -> Json:
            seen.append(tenant.get())
            raise LookupError

    tenant.set("praia")
    for agent in (Later(), Now()):
        with pytest.raises(LookupError):
            await Brain.local(tmp_path / "b.db", strategist=agent).run(brief, folder=tmp_path)
    assert seen == ["praia", "praia"]


class MyError(Exception):
    """An exception of the user."""


class Later:
    def __init__(self, error: BaseException) -> None:
        self.error = error

    async def run(self, input: Json) -> Json:
        await asyncio.sleep(0)
        return self.deep_in_my_code()

    def deep_in_my_code(self) -> Json:
        raise self.error


class Now(Later):
    def run(self, input: Json) -> Json:  # type: ignore[override]
        return self.deep_in_my_code()


@pytest.mark.parametrize("kind", [Later, Now])
@pytest.mark.parametrize("role", ROLES)
async def test_an_exception_comes_back_with_its_traceback(
    tmp_path: Path, brief: Json, kind: type[Later], role: str
) -> None:
    mine = MyError("it broke")
    mine.extra = 7  # type: ignore[attr-defined]
    brain = Brain.local(tmp_path / "b.db", **{role: kind(mine)})  # type: ignore[arg-type]
    with pytest.raises(MyError) as caught:
        await brain.run(brief, days=2, folder=tmp_path)
    assert caught.value is mine
    assert "deep_in_my_code" in [frame.name for frame in traceback.extract_tb(mine.__traceback__)]
    notes = getattr(mine, "__notes__", None)
    assert notes is None or any(f"{role}.run() raised MyError: it broke" in note for note in notes)


@pytest.mark.parametrize("kind", [Later, Now])
def test_a_blocking_run_gives_the_exception_back_too(tmp_path: Path, brief: Json, kind: type[Later]) -> None:
    mine = MyError("it broke")
    with pytest.raises(MyError) as caught:
        Brain.local(tmp_path / "b.db", strategist=kind(mine)).run_sync(brief, folder=tmp_path)
    assert caught.value is mine


@pytest.mark.parametrize("kind", [Later, Now])
@pytest.mark.parametrize("mine", [SystemExit(3), KeyboardInterrupt("mine")], ids=["exit", "interrupt"])
def test_an_exit_in_a_part_comes_back_as_itself(
    tmp_path: Path, brief: Json, kind: type[Later], mine: BaseException
) -> None:
    with pytest.raises(type(mine)) as caught:
        Brain.local(tmp_path / "b.db", strategist=kind(mine)).run_sync(brief, folder=tmp_path)
    assert caught.value is mine


async def test_an_exception_of_ours_keeps_its_kind(tmp_path: Path, brief: Json) -> None:
    mine = adbrain.RefusedError("not on a Sunday")
    with pytest.raises(adbrain.RefusedError) as caught:
        await Brain.local(tmp_path / "b.db", strategist=Later(mine)).run(brief, folder=tmp_path)
    assert caught.value is mine


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({}, "missing field"),
        (7, "invalid type"),
        ({"n": float("nan")}, r"strategist\.run\(\)\.n: is not a finite number"),
        (object(), "which JSON cannot hold"),
        (None, "invalid type"),
    ],
)
async def test_a_wrong_answer_names_the_method(tmp_path: Path, brief: Json, answer: Any, said: str) -> None:
    brain = Brain.local(tmp_path / "b.db", strategist=Recorded(answer))
    with pytest.raises(adbrain.AdbrainError, match=said) as caught:
        await brain.run(brief, folder=tmp_path)
    assert "strategist" in str(caught.value)


async def test_rules_and_autonomy_are_checked_before_a_store_is_made(tmp_path: Path, brief: Json) -> None:
    for part, said in [
        ({"rules": tmp_path / "none.toml"}, "none.toml"),
        ({"autonomy": "sometimes"}, "shadow"),
        ({"autonomy": {"meta.create": "shadow"}}, r"meta\.create"),
    ]:
        with pytest.raises(adbrain.InvalidInputError, match=said):
            await Brain.local(tmp_path / "b.db", **part).run(brief, folder=tmp_path)  # type: ignore[arg-type]
    assert not (tmp_path / "b.db").exists()
    shadow = Brain.local(tmp_path / "s.db", rules="legacy", autonomy={"all": "shadow"})
    result = await shadow.run(brief, days=2, folder=tmp_path)
    assert all(action["state"] in ("planned", "refused") for action in result["actions"])


async def test_an_object_without_the_method_is_told(tmp_path: Path, brief: Json) -> None:
    with pytest.raises(AttributeError, match="run"):
        await Brain.local(tmp_path / "b.db", strategist=object()).run(brief, folder=tmp_path)  # type: ignore[arg-type]


class Guess:
    def __init__(self, value: float) -> None:
        self.value = value
        self.calls = 0

    def predict_roas(self, inputs: list[Json]) -> list[Json]:
        self.calls += 1
        estimate = {"value": self.value, "low": 1.0, "high": 9.0, "level": 0.9, "method": "guess", "sample_size": 3}
        return [dict(estimate, value=self.value if question["platform"] == "meta" else 1.0) for question in inputs]


async def test_a_predictor_is_asked_many_questions_at_once(tmp_path: Path, brief: Json) -> None:
    guess = Guess(5.0)
    result = await Brain.local(tmp_path / "b.db", predictor=guess).run(brief, days=2, folder=tmp_path)
    assert guess.calls >= 1
    assert "guess" in result.to_json()


class Memory:
    """A memory in lists, half of it coroutines."""

    def __init__(self) -> None:
        self.learnings: dict[str, Json] = {}
        self.practices: dict[tuple[str, str], Json] = {}
        self.combinations: dict[str, list[Json]] = {}

    async def store_learnings(self, learnings: list[Json]) -> int:
        before = len(self.learnings)
        for learning in learnings:
            self.learnings.setdefault(learning["id"], learning)
        return len(self.learnings) - before

    def similar(self, query: Json) -> list[Json]:
        fits = [row for row in self.learnings.values() if row["industry"] == query["industry"]]
        return fits[: query["limit"]]

    async def store_best_practices(self, practices: list[Json]) -> None:
        for practice in practices:
            self.practices[practice["industry"], practice["practice_type"]] = practice

    def best_practices(self, industry: str) -> list[Json]:
        return [self.practices[key] for key in sorted(self.practices) if key[0] == industry]

    def record_combinations(self, source: str, combinations: list[Json]) -> None:
        self.combinations.setdefault(source, combinations)

    async def winning_combinations(self, limit: int) -> list[Json]:
        return [row for rows in self.combinations.values() for row in rows][:limit]


async def test_a_memory_is_filled_and_asked(tmp_path: Path, brief: Json, history: Path) -> None:
    memory = Memory()
    brain = Brain.local(tmp_path / "b.db", memory=memory)
    await brain.run(brief, history=history, days=7, folder=tmp_path)
    assert memory.practices
    assert memory.combinations


class Account:
    """An ad account in a dict: nothing delivers, nothing is spent."""

    def __init__(self, platform: str) -> None:
        self.platform = platform
        self.objects: dict[str, Json] = {}
        self.entries: list[str] = []
        self.uploads: list[bytes] = []

    def capabilities(self) -> Json:
        return {
            "platform": self.platform,
            "account": f"test-{self.platform}",
            "currency": "BRL",
            "is_sandbox": True,
            "creates_whole_trees": True,
            "settle_seconds": 0,
            "worst_case_day_percent": 100,
            "least_daily_budget": {"amount": "1.00", "currency": "BRL"},
            "formats": ["video", "carousel", "stories", "ugc"],
            "bid_strategies": ["lowest_cost", "cost_cap", "bid_cap"],
        }

    async def create(self, *, entry: str, tree: Json) -> list[Json]:
        self.entries.append(entry)
        level, draft = tree["draft"]["level"], tree["draft"]["draft"]
        made: list[Json] = []
        self.add(level, draft, None, made)
        return made

    def add(self, level: str, draft: Json, parent: str | None, made: list[Json]) -> None:
        below = {"campaign": ("ad_set", "ad_sets"), "ad_set": ("ad", "ads")}
        made.append(
            {
                "id": f"{self.platform}-{len(self.objects) + 1}",
                "tag": draft["tag"],
                "parent": parent,
                "level": level,
                "name": draft["name"],
                "status": "paused",
                "daily_budget": draft.get("daily_budget"),
                "bid": draft.get("bid"),
            }
        )
        mine = made[-1]
        self.objects[mine["id"]] = mine
        if level in below:
            kind, key = below[level]
            for child in draft[key]:
                self.add(kind, child, mine["id"], made)

    def upload(self, *, entry: str, upload: Json) -> str:
        assert isinstance(upload["bytes"], bytes)
        self.entries.append(entry)
        self.uploads.append(upload["bytes"])
        return f"file-{upload['hash'][:8]}"

    async def change(self, *, entry: str, change: Json) -> None:
        self.entries.append(entry)
        action = change["kind"]["action"]
        mine = self.objects[change["id"]]
        if action in ("activate", "pause", "archive"):
            mine["status"] = {"activate": "active", "pause": "paused", "archive": "archived"}[action]

    def find(self, tag: str) -> list[Json]:
        return [mine for mine in self.objects.values() if mine["tag"] == tag and mine["status"] != "archived"]

    async def list(self) -> list[Json]:
        return [mine for mine in self.objects.values() if mine["status"] != "archived"]

    def insights(self, query: Json) -> list[Json]:
        return []

    async def look_up(self, question: Json) -> Json:
        return {"answer": "audience_size", "low": 1000, "high": 2000}


async def test_a_connector_is_written_to_by_control_alone(tmp_path: Path, brief: Json) -> None:
    meta, google = Account("meta"), Account("google")
    brain = Brain.local(tmp_path / "b.db", connectors=[meta, google])
    result = await brain.run(brief, days=2, folder=tmp_path)
    assert result["launch"]
    for account in (meta, google):
        assert account.objects, result["launch"]
        assert all(len(entry) == 64 for entry in account.entries)
        campaigns = [mine for mine in account.objects.values() if mine["level"] == "campaign"]
        assert [mine["status"] for mine in campaigns] == ["active"]


async def test_a_dry_run_writes_nothing(tmp_path: Path, brief: Json) -> None:
    meta, google = Account("meta"), Account("google")
    brain = Brain.local(tmp_path / "b.db", connectors=[meta, google])
    await brain.run(brief, days=2, folder=tmp_path, mode="dry_run")
    assert not meta.objects
    assert not google.objects


class Broken(Account):
    """An account whose own code fails in one method."""

    def __init__(self, platform: str, method: str, error: BaseException) -> None:
        super().__init__(platform)
        self.is_broken = True

        def deep_in_my_code(*args: Any, **named: Any) -> Any:
            if self.is_broken:
                raise error
            return getattr(super(Broken, self), method)(*args, **named)

        setattr(self, method, deep_in_my_code)


@pytest.mark.parametrize("method", ["create", "upload", "change", "list", "insights", "look_up", "capabilities"])
async def test_an_exception_of_a_connector_comes_back_whatever_it_was_doing(
    tmp_path: Path, brief: Json, method: str
) -> None:
    mine = MyError(f"{method} broke")
    broken = Broken("meta", method, mine)
    brain = Brain.local(tmp_path / "b.db", connectors=[broken, Account("google")])
    with pytest.raises(MyError) as caught:
        await brain.run(brief, days=2, folder=tmp_path)
    assert caught.value is mine
    assert "deep_in_my_code" in [frame.name for frame in traceback.extract_tb(mine.__traceback__)]
    if method != "capabilities":  # without them there was no run
        assert adbrain.verify_journal(tmp_path / "b.db")["is_intact"]


async def test_a_run_goes_on_once_the_connector_works(tmp_path: Path, brief: Json) -> None:
    broken = Broken("meta", "create", MyError("not today"))
    brain = Brain.local(tmp_path / "b.db", connectors=[broken, Account("google")])
    with pytest.raises(MyError):
        await brain.run(brief, days=2, folder=tmp_path)
    broken.is_broken = False
    result = await brain.run(brief, days=2, folder=tmp_path)
    assert {outcome["state"] for outcome in result["launch"]} == {"confirmed"}
    tags = [mine["tag"] for mine in broken.objects.values()]
    assert len(tags) == len(set(tags)), "nothing is made twice"


@pytest.mark.parametrize("method", ["similar", "best_practices", "winning_combinations", "store_best_practices"])
async def test_an_exception_of_a_memory_comes_back(tmp_path: Path, brief: Json, history: Path, method: str) -> None:
    mine, memory = MyError("forgotten"), Memory()

    def fail(*args: Any, **named: Any) -> Any:
        raise mine

    setattr(memory, method, fail)
    with pytest.raises(MyError) as caught:
        await Brain.local(tmp_path / "b.db", memory=memory).run(brief, history=history, days=2, folder=tmp_path)
    assert caught.value is mine


async def test_an_exception_of_a_predictor_comes_back(tmp_path: Path, brief: Json) -> None:
    mine = MyError("no idea")

    class Clueless:
        async def predict_roas(self, inputs: list[Json]) -> list[Json]:
            raise mine

    with pytest.raises(MyError) as caught:
        await Brain.local(tmp_path / "b.db", predictor=Clueless()).run(brief, days=2, folder=tmp_path)
    assert caught.value is mine


async def test_another_class_in_a_place_is_another_run(tmp_path: Path, brief: Json) -> None:
    class Other(Guess):
        pass

    runs = [
        await Brain.local(tmp_path / "b.db", predictor=kind(5.0)).run(brief, days=1, folder=tmp_path)
        for kind in (Guess, Other, Guess)
    ]
    assert runs[0].run_id == runs[2].run_id != runs[1].run_id
