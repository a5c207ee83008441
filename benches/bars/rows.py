"""Rows of a bench: ours and the peer's figure, their ratio and the bar."""

import math


def less(what: str, mine: dict, peer: dict, field: str, bar) -> dict:
    """Less is better: how many times ours the peer takes."""
    return row(what, field, (mine[field], peer[field]), peer[field] / mine[field], bar)


def more(what: str, mine: dict, peer: dict, field: str, bar) -> dict:
    """More is better: how many times the peer's ours is."""
    return row(what, field, (mine[field], peer[field]), mine[field] / peer[field], bar)


def limit(what: str, mine: dict, field: str, most: float) -> dict:
    """Ours beside a fixed limit: how many times it fits in."""
    value = math.inf if mine[field] is None else max(mine[field], 1e-9)
    return row(f"{what}, against the limit", field, (value, most), most / value, 1)


def row(what: str, unit: str, figures: tuple, ratio: float, bar) -> dict:
    met = None if bar is None else ratio >= bar
    return {
        "what": what,
        "unit": unit,
        "ours": figures[0],
        "theirs": figures[1],
        "ratio": ratio,
        "bar": bar,
        "is_met": met,
    }


def reach(what: str, mine: dict, field: str, least: float | None) -> dict:
    """Ours beside the least that it has to be: how many times it is that."""
    wanted = mine[field] if least is None else least
    bar = None if least is None else 1
    return row(f"{what}, against what is wanted", field, (mine[field], wanted), mine[field] / wanted, bar)


def figure(value: float) -> str:
    return f"{value:.1f}" if value >= 10 else f"{value:.4g}"


def show(rows: list) -> None:
    print(f"{'what':<60}{'unit':<17}{'adbrain':>12}{'peer':>12}{'ratio':>9}  bar")
    for line in rows:
        verdict = {None: "-", True: "met", False: "not met"}[line["is_met"]]
        bar = "" if line["bar"] is None else f"at least {line['bar']:.4g}: "
        figures = f"{figure(line['ours']):>12}{figure(line['theirs']):>12}{line['ratio']:>9.2f}"
        print(f"{line['what']:<60}{line['unit']:<17}{figures}  {bar}{verdict}")
