"""The same five-node graph on LangGraph and on plain asyncio; prints one JSON object.

Usage: workflow_peers.py [runs without saving] [runs with saving]
"""

import asyncio
import json
import os
import resource
import sys
import tempfile
import time
from operator import add
from typing import Annotated, TypedDict

import aiosqlite
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph

# The best round counts: other work on the machine can only add time.
ROUNDS = 5


class State(TypedDict):
    values: Annotated[list, add]


async def node(state: State) -> dict:
    return {"values": [len(state["values"]) + 1]}


def diamond(saver=None):
    graph = StateGraph(State)
    for name in ("strategist", "creative", "copywriter", "optimizer", "analyst"):
        graph.add_node(name, node)
    graph.add_edge(START, "strategist")
    graph.add_edge("strategist", "creative")
    graph.add_edge("strategist", "copywriter")
    graph.add_edge(["creative", "copywriter"], "optimizer")
    graph.add_edge("optimizer", "analyst")
    graph.add_edge("analyst", END)
    return graph.compile(checkpointer=saver)


def cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def best(runs: int, one_round) -> dict:
    wall_us = cpu_us = float("inf")
    for _ in range(ROUNDS):
        wall, used = await one_round(runs)
        wall_us, cpu_us = min(wall_us, wall * 1e6 / runs), min(cpu_us, used * 1e6 / runs)
    return {"runs": runs, "rounds": ROUNDS, "wall_us": wall_us, "cpu_us": cpu_us}


async def measured(runs: int, one_run) -> tuple:
    await one_run("warm-up")
    wall, used = time.perf_counter(), cpu()
    for run in range(runs):
        await one_run(f"run-{run}")
    return time.perf_counter() - wall, cpu() - used


async def langgraph_plain(runs: int) -> tuple:
    graph = diamond()
    return await measured(runs, lambda run: graph.ainvoke({"values": []}))


def langgraph_saved(synchronous: str):
    async def one_round(runs: int) -> tuple:
        with tempfile.TemporaryDirectory() as folder:
            async with aiosqlite.connect(os.path.join(folder, "bench.db")) as connection:
                saver = AsyncSqliteSaver(connection)
                await saver.setup()
                await connection.execute(f"PRAGMA synchronous = {synchronous}")
                graph = diamond(saver)

                def one_run(run: str):
                    config = {"configurable": {"thread_id": run}}
                    return graph.ainvoke({"values": []}, config, durability="sync")

                return await measured(runs, one_run)

    return one_round


async def asyncio_plain(runs: int) -> tuple:
    async def step(value: int) -> int:
        return value + 1

    async def one_run(_run: str) -> int:
        strategy = await step(0)
        assets, text = await asyncio.gather(step(strategy), step(strategy))
        return await step(await step(assets + text))

    return await measured(runs, one_run)


async def main() -> None:
    plain = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    saved = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    report = {
        "asyncio": await best(plain * 50, asyncio_plain),
        "none": await best(plain, langgraph_plain),
        "normal": await best(saved, langgraph_saved("NORMAL")),
        "full": await best(saved, langgraph_saved("FULL")),
    }
    print(json.dumps(report))


asyncio.run(main())
