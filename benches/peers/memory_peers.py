"""Python's sqlite3 on the same tables, rows and question; prints one JSON object.

Usage: memory_peers.py SCHEMA.sql [learnings stored] [learnings asked among] [questions]
"""

import json
import random
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

BATCH = 100
INDUSTRIES = 20
OBJECTIVES = ("sales", "leads")
COLUMNS = (
    "id, campaign, learning_type, industry, objective, insight, performance_impact, impact_low, impact_high, "
    "confidence_score, impact_method, impact_warnings, sample_size, learnt_at, metadata"
)
ADD = f"INSERT INTO campaign_learnings ({COLUMNS}) VALUES ({', '.join('?' * 15)}) ON CONFLICT (id) DO NOTHING"
ASK = (
    f"SELECT {COLUMNS} FROM campaign_learnings WHERE industry = ? AND objective = ? "
    "ORDER BY performance_impact DESC, id LIMIT 10"
)


def learning(number: int, luck: random.Random) -> tuple:
    value = luck.gauss(0, 0.25)
    industry, objective = place(number)
    insight = f"audience=women 30-34 interest {number % 97}"
    impact = (value, value - 0.1, value + 0.1, 0.9, "normal_normal_shrinkage", "[]", 1000)
    moment, metadata = "1970-01-01T00:00:00.000000000Z", '{"platform":"meta"}'
    return (
        f"{number:064x}",
        f"run-{number // 10}",
        "audience",
        industry,
        objective,
        insight,
        *impact,
        moment,
        metadata,
    )


def place(number: int) -> tuple:
    return f"industry-{number % INDUSTRIES}", OBJECTIVES[number // INDUSTRIES % 2]


def fill(connection: sqlite3.Connection, numbers: range, luck: random.Random) -> None:
    learnings = [learning(number, luck) for number in numbers]
    for begin in range(0, len(learnings), BATCH):
        with connection:
            connection.executemany(ADD, learnings[begin : begin + BATCH])


def read(row: tuple) -> tuple:
    """The two JSON cells are read, as ours are."""
    return (*row[:11], json.loads(row[11]), *row[12:14], json.loads(row[14]))


def ask(connection: sqlite3.Connection, questions: int, luck: random.Random) -> dict:
    times = []
    for _ in range(questions):
        where = place(luck.randrange(INDUSTRIES * 2))
        began = time.perf_counter()
        rows = [read(row) for row in connection.execute(ASK, where)]
        times.append((time.perf_counter() - began) * 1e6)
        assert len(rows) == 10
    times.sort()
    return {"questions": questions, "p50_us": times[questions // 2], "p99_us": times[questions * 99 // 100]}


def main() -> None:
    stored, among, questions = [int(text) for text in sys.argv[2:]] or [10_000, 100_000, 5_000]
    luck = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder, "bench.db"))
        connection.executescript(Path(sys.argv[1]).read_text(encoding="utf-8"))
        connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
        began = time.perf_counter()
        fill(connection, range(stored), luck)
        rate = stored / (time.perf_counter() - began)
        fill(connection, range(stored, among), luck)
        report = ask(connection, questions, luck) | {"stored": {"learnings": stored, "per_second": rate}}
        connection.close()
    print(json.dumps(report))


main()
