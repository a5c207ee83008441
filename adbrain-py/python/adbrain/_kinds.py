"""What kind of thing somebody gave, in words that type checkers understand."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeGuard


def is_mapping(value: Any) -> TypeGuard[Mapping[Any, Any]]:
    """Whether it is a mapping."""
    return isinstance(value, Mapping)


def is_iterable(value: Any) -> TypeGuard[Iterable[Any]]:
    """Whether it can be gone through."""
    return isinstance(value, Iterable)


def is_sequence(value: Any) -> TypeGuard[Sequence[Any]]:
    """Whether it is a list or the like."""
    return isinstance(value, Sequence)


def is_path(value: Any) -> TypeGuard[str | os.PathLike[str]]:
    """Whether it names a file."""
    return isinstance(value, str | os.PathLike)


def is_dict(value: Any) -> TypeGuard[dict[Any, Any]]:
    """Whether it is a dict."""
    return isinstance(value, dict)
