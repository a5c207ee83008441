"""Policies tried in worlds: named ones, and the user's own, awaited and blocking."""

from __future__ import annotations

import asyncio
import traceback
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import adbrain

Json = dict[str, Any]
SHORT = Path(__file__).parents[2] / "examples/trial.toml"
DAYS = 4


def kept(view: Json) -> Json:
    """Every budget as it is."""
    return {"budgets": [campaign["budget"] for campaign in view["campaigns"]]}


class Keep:
    """Changes nothing; what it sees and says fits the schemas."""

    def decide(self, view: Json) -> Json:
        jsonschema.validate(view, adbrain.schema("trial_view"))
        jsonschema.validate(kept(view), adbrain.schema("trial_decision"))
        return kept(view)


class Later:
    """The same as a coroutine, by a name of its own."""

    name = "later"

    async def decide(self, view: Json) -> Json:
        await asyncio.sleep(0)
        return kept(view)


class Counting:
    """Keeps a state over the days of a trial, and forgets it where another begins."""

    def __init__(self) -> None:
        self.days = 0
        self.trials: list[int] = []
        self.lengths: list[int] = []
        self.playing = 0

    async def begin(self, trial: Json) -> None:
        self.trials.append(trial["seed"])
        self.days = 0

    async def decide(self, view: Json) -> Json:
        assert self.playing == 0, "two trials at once"
        self.playing += 1
        await asyncio.sleep(0)
        self.playing -= 1
        self.days += 1
        assert all(len(campaign["days"]) == view["day"] for campaign in view["campaigns"])
        if self.days == DAYS:
            self.lengths.append(view["day"])
        return kept(view)


def figures(score: Json) -> Json:
    """A score without the name of its policy."""
    return {name: value for name, value in score.items() if name != "policy"}


async def test_a_policy_that_keeps_everything_scores_like_the_equal_split() -> None:
    scores = await adbrain.simulate(SHORT, ["equal", Keep(), Later()], seeds=(1, 2))
    told = [(score["seed"], score["policy"]) for score in scores]
    assert told == [(seed, policy) for seed in (1, 2) for policy in ("equal", "Keep", "later")]
    for equal, plain, coroutine in (scores[:3], scores[3:]):
        assert figures(equal) == figures(plain) == figures(coroutine)
        jsonschema.validate(plain, adbrain.schema("trial_score"))


async def test_a_policy_with_a_state_hears_of_each_trial() -> None:
    policy = Counting()
    await adbrain.simulate(SHORT, [policy], seeds=(1, 2))
    assert policy.trials == [1, 1, 2, 2]
    assert len(policy.lengths) == 4


async def test_awaited_and_blocking_give_the_same_scores_with_and_without_company() -> None:
    alone = adbrain.simulate_sync(str(SHORT), ["human"], seeds=(1, 3))
    beside = [
        score for score in await adbrain.simulate(SHORT, ["human", Keep()], seeds=(1, 3)) if score["policy"] == "human"
    ]
    assert alone == beside
    [summary] = adbrain.simulate_sync(SHORT, ["human"], seeds=(1, 3), summary=True)
    jsonschema.validate(summary, adbrain.schema("trial_summary"))
    mean = sum(score["value_share"] for score in alone) / 3
    assert (summary["seeds"], summary["value_share"]["mean"]) == (3, pytest.approx(mean))


def test_scores_become_a_frame() -> None:
    pytest.importorskip("pandas")
    frame = adbrain.simulate_sync(SHORT, ["equal"], seeds=3).to_frame()
    assert list(frame["seed"]) == [3]
    summaries = adbrain.simulate_sync(SHORT, ["equal"], seeds=3, summary=True)
    assert {"value_share", "value_share_low", "value_share_p5"} <= set(summaries.to_frame().columns)
    assert "<table" in summaries._repr_html_()


def test_the_names_are_listed() -> None:
    assert {"equal", "brain", "oracle"} <= set(adbrain.policies())
    assert "stationary" in adbrain.worlds()


class Says:
    """Answers the same every day."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def decide(self, view: Json) -> Any:
        return self.answer


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({}, "missing field `budgets`"),
        (
            {"budgets": [{"amount": 5, "currency": "USD"}]},
            r"policy\.decide gave back a wrong value at budgets\[0\]\.amount",
        ),
        ({"budgets": []}, "0 budgets for 4 campaigns"),
        ({"budgets": [{"amount": "100000.00", "currency": "USD"}] * 4}, "more than"),
        (None, r"policy\.decide"),
    ],
)
def test_a_wrong_decision_is_told(answer: Any, said: str) -> None:
    with pytest.raises(adbrain.UserCodeError, match=said) as caught:
        adbrain.simulate_sync(SHORT, [Says(answer)], seeds=1)
    assert (caught.value.context["policy"], caught.value.context["seed"]) == ("Says", "1")


class MyError(Exception):
    """An exception of the user."""


class Broken:
    def __init__(self, error: BaseException) -> None:
        self.error = error

    def decide(self, view: Json) -> Json:
        return self.deep_in_my_code()

    def deep_in_my_code(self) -> Json:
        raise self.error


class BrokenLater(Broken):
    async def decide(self, view: Json) -> Json:  # type: ignore[override]
        await asyncio.sleep(0)
        return self.deep_in_my_code()


@pytest.mark.parametrize("kind", [Broken, BrokenLater])
async def test_an_exception_comes_back_with_its_traceback(kind: type[Broken]) -> None:
    mine = MyError("it broke")
    with pytest.raises(MyError) as caught:
        await adbrain.simulate(SHORT, ["equal", kind(mine)], seeds=(1, 2))
    assert caught.value is mine
    assert "deep_in_my_code" in [frame.name for frame in traceback.extract_tb(mine.__traceback__)]


async def test_trials_are_cancelled_with_their_task() -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    class Slow:
        async def decide(self, view: Json) -> Json:
            began.set()
            try:
                await asyncio.sleep(3600)
            finally:
                ended.set()
            return kept(view)

    task = asyncio.create_task(adbrain.simulate(SHORT, [Slow()], seeds=1))
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(ended.wait(), 10)


@pytest.mark.parametrize(
    ("given", "options", "field"),
    [
        ((SHORT, "equal"), {}, "policies"),
        ((SHORT, []), {}, "policies"),
        ((SHORT, ["equal", 5]), {}, r"policies\[1\]"),
        ((SHORT, ["equal", "equal"]), {}, r"policies\[1\]"),
        ((SHORT, [Keep(), Keep()]), {}, r"policies\[1\]"),
        ((SHORT, ["equal"]), {"seeds": (2, 1)}, "seeds"),
        ((SHORT, ["equal"]), {"seeds": (-1, 1)}, r"seeds\[0\]"),
        ((SHORT, ["equal"]), {"seeds": (1.5, 2)}, "seeds"),
        ((SHORT, ["equal"]), {"seeds": "1..5"}, "seeds"),
        ((5, ["equal"]), {}, "world"),
    ],
)
async def test_what_is_wrong_is_named(given: Any, options: Json, field: str) -> None:
    with pytest.raises(adbrain.InvalidInputError, match=f"^{field}: "):
        await adbrain.simulate(*given, **options)


async def test_rules_are_tried_in_place_of_policies(tmp_path: Path) -> None:
    own = tmp_path / "mine.toml"
    own.write_text(
        'version = 1\n[[rule]]\nname = "any"\nvalue = "spend_hour"\nabove = 0\nseverity = "info"\nno_data = "ok"\n'
    )
    scores = await adbrain.simulate(SHORT, rules=["guarded", own], seeds=(1, 2))
    assert [(score["rules"], score["seed"]) for score in scores] == [
        ("guarded", 1),
        ("guarded", 2),
        (str(own), 1),
        (str(own), 2),
    ]
    for score in scores:
        jsonschema.validate(score, adbrain.schema("watch_score"))
    assert all(score["campaign_days"] > 0 and score["happened"] == 0 for score in scores)
    summaries = await adbrain.simulate(SHORT, rules=["guarded"], seeds=(1, 2), summary=True)
    jsonschema.validate(summaries[0], adbrain.schema("watch_summary"))
    with pytest.raises(adbrain.InvalidInputError, match=r"^rules\[0\]: "):
        await adbrain.simulate(SHORT, rules=[5])  # type: ignore[list-item]
    with pytest.raises(adbrain.NotFoundError, match="legacy"):
        await adbrain.simulate(SHORT, rules=["guardet"])
    with pytest.raises(adbrain.InvalidInputError, match=r"^rules: "):
        await adbrain.simulate(SHORT, ["equal"], rules=["guarded"])


async def test_what_is_not_there_is_told_with_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(adbrain.NotFoundError, match="stationary"):
        await adbrain.simulate("stationery", ["equal"])
    with pytest.raises(adbrain.NotFoundError, match="candidate"):
        await adbrain.simulate(SHORT, ["nobody"])
    with pytest.raises(adbrain.NotFoundError, match=r"world: .*missing\.toml cannot be read"):
        await adbrain.simulate(tmp_path / "missing.toml", ["equal"])
    without_trial = tmp_path / "own.toml"
    without_trial.write_text('extends = "default"\nname = "own"\n')
    with pytest.raises(adbrain.InvalidInputError, match=r"world\.trial"):
        await adbrain.simulate(without_trial, ["equal"])
