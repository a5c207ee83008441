"""The same file read by Python's csv.DictReader with Decimal, and by pandas; prints one JSON object.

DictReader turns each cell into the type that it has and amounts into Decimal; pandas infers types and reads amounts as floats,
with nothing checked. Usage: import_peers.py FILE.csv
"""

import csv
import datetime
import io
import json
import sys
import time
from decimal import Decimal
from pathlib import Path

import pandas

# The best round counts: other work on the machine can only add time.
ROUNDS = 5
COUNTS = ("impressions", "clicks", "conversions")
AMOUNTS = ("spend", "revenue")


def dict_reader(text: str) -> tuple:
    rows = []
    for row in csv.DictReader(io.StringIO(text)):
        row["date"] = datetime.date.fromisoformat(row["date"])
        for name in COUNTS:
            row[name] = int(row[name])
        for name in AMOUNTS:
            row[name] = Decimal(row[name])
        rows.append(row)
    return len(rows), sum(row["impressions"] for row in rows)


def pandas_read_csv(text: str) -> tuple:
    frame = pandas.read_csv(io.StringIO(text), parse_dates=["date"])
    return len(frame), int(frame["impressions"].sum())


def best(text: str, read) -> dict:
    least = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        rows, impressions = read(text)
        least = min(least, time.perf_counter() - began)
    return {"rows": rows, "rounds": ROUNDS, "rows_per_second": rows / least, "impressions": impressions}


def main() -> None:
    text = Path(sys.argv[1]).read_text(encoding="utf-8")
    print(json.dumps({"dict_reader": best(text, dict_reader), "pandas": best(text, pandas_read_csv)}))


main()
