"""Timing of a job: milliseconds of the processor and on the wall."""

import time

# A round lasts at least so long, so that the clocks' steps do not show.
SHORTEST = 2e-3


def best(work, rounds: int = 3) -> dict:
    """The best of so many rounds, for processor and wall each: other work on the machine can only add time."""
    least, runs, left = {"cpu_ms": float("inf"), "wall_ms": float("inf")}, 1, rounds
    while left > 0:
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(runs):
            work()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        if wall < SHORTEST:
            runs *= 4
            continue
        least = {
            "cpu_ms": min(least["cpu_ms"], cpu * 1e3 / runs),
            "wall_ms": min(least["wall_ms"], wall * 1e3 / runs),
        }
        left -= 1
    return least


def times(measured: dict, count: float) -> dict:
    """What so many times the work would take."""
    return {unit: value * count for unit, value in measured.items()}
