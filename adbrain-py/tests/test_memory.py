"""What campaigns taught: asked for, ranked, pooled, exported, forgotten, and backed up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import adbrain
from adbrain import Brain

Json = dict[str, Any]


class Lengths:
    """Texts are as like as they are long."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def embed(self, texts: list[str]) -> list[list[float]]:
        self.texts += texts
        return [[1.0, float(len(text))] for text in texts]


async def test_learnings_are_listed_pooled_forgotten_and_come_back_from_a_backup(tmp_path: Path, brief: Json) -> None:
    brain = Brain.local(tmp_path / "b.db")
    result = await brain.run(brief, days=7, folder=tmp_path)
    rows = await brain.learnings(industry="fashion")
    assert rows
    assert {row["id"] for row in rows} == {row["id"] for row in result["learnings"]}
    grounds = rows[0]["grounds"]
    assert (grounds["taint"], grounds["brand"], len(grounds["entry"])) == ("measured", "Praia", 64)
    assert await brain.learnings(as_of="2026-12-02T00:00:00Z") == []
    table = await brain.learnings_csv()
    assert len(table.strip().splitlines()) == len(rows) + 1
    assert {row["insight"] for row in await brain.practices()} == {row["insight"] for row in rows}
    for row in await brain.combinations(5):
        assert 0 <= row["success"]["low"] <= row["success"]["value"] <= row["success"]["high"] <= 1
    await brain.backup(tmp_path / "copy.db")
    with pytest.raises(adbrain.InvalidInputError):
        await brain.forget()
    assert await brain.forget(brand="Praia") == len(rows)
    assert await brain.learnings() == []
    adbrain.restore(tmp_path / "copy.db", tmp_path / "again.db")
    assert await Brain.local(tmp_path / "again.db").learnings() == rows
    with pytest.raises(adbrain.ConflictError):
        adbrain.restore(tmp_path / "copy.db", tmp_path / "again.db")


async def test_an_embedder_of_ones_own_compares_texts(tmp_path: Path, brief: Json) -> None:
    embedder = Lengths()
    brain = Brain.local(tmp_path / "b.db", embedder=embedder)
    await brain.run(brief, days=7, folder=tmp_path)
    campaign = {"platforms": ["meta"], "month": 12, "text": "linen shirt"}
    rows = await brain.similar("fashion", "sales", ranking="likeness", campaign=campaign, limit=2)
    assert len(rows) == 2
    assert embedder.texts.count("linen shirt  ") == 1
    all_rows = await brain.similar("fashion", "sales", ranking="relevance", campaign=campaign)
    assert {row["id"] for row in all_rows} >= {row["id"] for row in rows}
    with pytest.raises(adbrain.InvalidInputError):
        await brain.similar("fashion", "sales", ranking="likeness")


class Short:
    """Gives one vector, whatever it is asked."""

    def embed(self, texts: list[str]) -> list[list[float]]:
        return [[1.0]]


async def test_an_embedder_that_answers_wrongly_is_named(tmp_path: Path, brief: Json) -> None:
    brain = Brain.local(tmp_path / "b.db")
    await brain.run(brief, days=7, folder=tmp_path)
    wrong = Brain.local(tmp_path / "b.db", embedder=Short())
    with pytest.raises(adbrain.UserCodeError, match="embed"):
        await wrong.similar("fashion", "sales", ranking="likeness", campaign={"text": "linen"})
