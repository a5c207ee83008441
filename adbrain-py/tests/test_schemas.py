"""What agents say to each other is what the schemas say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

import adbrain
from adbrain import Brain

Json = dict[str, Any]
NAMES = {"strategist": "strategy", "creative": "asset_set", "copywriter": "copy_set", "optimizer": "media_plan"}
INPUTS = {
    "strategist": "strategist_input",
    "creative": "strategy",
    "copywriter": "strategy",
    "optimizer": "optimizer_input",
    "analyst": "analyst_input",
}
PARTS = {"strategist": "strategy", "creative": "assets", "copywriter": "copy", "optimizer": "plan"}


def check(name: str, value: Any) -> None:
    """Fails with the path of what does not fit the schema."""
    schema = adbrain.schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    errors = [
        f"{error.json_path}: {error.message}" for error in jsonschema.Draft202012Validator(schema).iter_errors(value)
    ]
    assert not errors, f"{name}: {errors[:5]}"


class Recorded:
    """Answers what the default agent answered before, and keeps what it was asked."""

    def __init__(self, answer: Json) -> None:
        self.answer = answer
        self.inputs: list[Json] = []

    async def run(self, input: Json) -> Json:
        self.inputs.append(input)
        return self.answer


class Asked:
    """A predictor that keeps its questions."""

    def __init__(self) -> None:
        self.inputs: list[Json] = []

    async def predict_roas(self, inputs: list[Json]) -> list[Json]:
        self.inputs += inputs
        estimate = {"value": 3.0, "low": 1.0, "high": 9.0, "level": 0.9, "method": "guess", "sample_size": 3}
        return [estimate for _ in inputs]


async def test_one_run_s_messages_fit_their_schemas(tmp_path: Path, brief: Json, history: Path) -> None:
    check("brief", brief)
    events: list[Json] = []
    default = await Brain.local(tmp_path / "1.db").run(
        brief, history=history, days=7, folder=tmp_path, on_event=events.append
    )
    for role, name in NAMES.items():
        check(name, default[PARTS[role]])
    for name, values in (
        ("outcome", default["launch"] + default["actions"]),
        ("learning", default["learnings"]),
        ("feedback", default["feedback"]),
        ("response", default["responses"]),
        ("event", events),
        ("best_practice", default["history"]["best_practices"]),
        ("winning_combination", default["history"]["winning_combinations"]),
    ):
        for value in values:
            check(name, value)
    agents = {role: Recorded(default[part]) for role, part in PARTS.items()}
    analyst = Recorded({"learnings": [], "feedback": []})
    predictor = Asked()
    brain = Brain.local(tmp_path / "2.db", **agents, analyst=analyst, predictor=predictor)  # type: ignore[arg-type]
    await brain.run(brief, history=history, days=7, folder=tmp_path)
    for role, agent in {**agents, "analyst": analyst}.items():
        assert agent.inputs
        for value in agent.inputs:
            check(INPUTS[role], value)
    assert predictor.inputs
    for value in predictor.inputs:
        check("prediction_input", value)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("budget", "amount"), "abc"),
        (("flight", "start"), "hello"),
        (("targets",), {"min_ctr": -3}),
        (("targets",), {"min_roas": 0}),
        (("markets",), []),
        (("markets",), ["Brazil"]),
        (("formats",), []),
        (("product", "url"), "shop.example"),
        (("name",), ""),
        (("colour",), "red"),
    ],
)
def test_the_brief_s_schema_refuses_what_the_check_refuses(brief: Json, path: tuple[str, ...], value: Any) -> None:
    place = brief
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(brief, adbrain.schema("brief"), cls=jsonschema.Draft202012Validator)
