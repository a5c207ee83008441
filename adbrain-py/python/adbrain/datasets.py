"""Data to try things on, made on the spot: no download, no file.

>>> from adbrain import datasets
>>> frame = datasets.demo(days=2)
>>> len(frame), frame.columns[:4]
(64, ['date', 'platform', 'campaign', 'ad'])
"""

from __future__ import annotations

from adbrain._adbrain import _statistic
from adbrain._frame import Frame

__all__ = ["demo"]

_COLUMNS = (
    *("date", "platform", "campaign", "ad", "creative_type", "copy_style", "age"),
    *("budget", "impressions", "clicks", "conversions", "spend", "revenue"),
)


def demo(*, seed: int = 7, days: int = 84) -> Frame:
    """A made-up account as a frame: a row for each of 32 ads on each day, with truths in it that can be found again.

    Its columns are ``date``, ``platform``, ``campaign``, ``ad``, ``creative_type``, ``copy_style``, ``age``,
    ``budget``, ``impressions``, ``clicks``, ``conversions``, ``spend`` and ``revenue``, amounts in units of one
    currency. Videos of customers do best, ages from 25 to 44 buy most, and spend brings less the more there is. The
    same seed gives the same rows in Rust, Python and Node.

    :param seed: the seed of its luck.
    :param days: how many days there are, from 1 to 730.
    """
    rows = _statistic("demo_rows", {"seed": seed, "days": days})["rows"]
    return Frame({name: [row[name] for row in rows] for name in _COLUMNS})
