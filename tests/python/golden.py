"""Runs a file of reference cases in Python, by the same rules as the `golden` program of Rust. Usage: golden.py FILE"""

import json
import math
import sys
from pathlib import Path
from typing import Any

import adbrain
from adbrain import stats

WORDS = ("note", "why")
NOT_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


def our_key(key: str) -> str:
    """The files write the level of an interval into its name, we do not."""
    return key.replace("95", "")


def read(value: Any) -> Any:
    """The texts that stand for numbers become the numbers that a user would give."""
    if isinstance(value, list):
        return [NOT_FINITE.get(item, item) if isinstance(item, str) else read(item) for item in value]
    if isinstance(value, dict):
        return {key: read(item) for key, item in value.items()}
    return value


def is_close(got: Any, wanted: Any, rtol: float, atol: float) -> bool:
    if isinstance(wanted, list):
        return (
            isinstance(got, list)
            and len(got) == len(wanted)
            and all(map(lambda a, b: is_close(a, b, rtol, atol), got, wanted))
        )
    if isinstance(wanted, dict):
        return all(
            our_key(key) in got and is_close(got[our_key(key)], item, rtol, atol) for key, item in wanted.items()
        )
    if isinstance(wanted, int | float) and not isinstance(wanted, bool):
        is_number = isinstance(got, int | float) and not isinstance(got, bool)
        return is_number and abs(got - wanted) <= atol + rtol * abs(wanted)
    return got == wanted and type(got) is type(wanted)


def check(case: dict[str, Any]) -> str | None:
    """What is wrong with a case; nothing where it passes."""
    given = {key: read(value) for key, value in case["input"].items() if key != "name"}
    expected = case["expected"]
    try:
        found = getattr(stats, case["method"])(**given)
    except (adbrain.AdbrainError, AttributeError, TypeError) as error:
        is_wanted = case.get("undefined") and isinstance(error, adbrain.AdbrainError)
        return None if is_wanted else f"got the error {error}"
    if case.get("undefined"):
        is_right = "error" not in expected and "reason" in found.get("undefined", {})
        return None if is_right else f"got {found}, expected an error or an undefined state"
    for key, wanted in expected.items():
        if key not in WORDS and not is_close(
            found.get(our_key(key)), wanted, case.get("rtol", 0.0), case.get("atol", 0.0)
        ):
            return f"{key}: got {found.get(our_key(key))}, expected {wanted}"
    return None


def run(path: Path) -> tuple[int, list[str]]:
    """The number of cases and one line per failing case."""
    cases = json.loads(path.read_text())["cases"]
    checked = ((case, check(case)) for case in cases)
    return len(cases), [f"{case['id']} {case['method']}: {problem}" for case, problem in checked if problem]


def main() -> int:
    count, failures = run(Path(sys.argv[1]))
    print(*failures, f"{count} cases: {count - len(failures)} passed, {len(failures)} failed", sep="\n")
    return int(bool(failures) or count == 0)


if __name__ == "__main__":
    sys.exit(main())
