"""The statistics of experiments, each by its name."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

__all__ = [
    "welch_t",
    "welch_t_from_stats",
]

class _Array(Protocol):
    """An array of NumPy or a series of pandas."""

    def tolist(self) -> list[Any]: ...

Numbers = Sequence[float] | _Array

def welch_t(control: Numbers, treatment: Numbers, *, level: float | None = None) -> dict[str, Any]:
    """Welch's t test on two samples."""

def welch_t_from_stats(
    control: Mapping[str, Any],
    treatment: Mapping[str, Any],
    *,
    level: float | None = None,
) -> dict[str, Any]:
    """Welch's t test from size, mean and standard deviation of each sample."""
