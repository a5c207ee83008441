"""The exceptions of adbrain: one class per kind of error, under one base.

    AdbrainError
    ├── InvalidInputError      a value given by the caller is wrong; the message names the field or line
    ├── NotFoundError          a named thing does not exist
    ├── UnsupportedError       the platform, store or model cannot do what was asked
    ├── RefusedError           a policy said no; nothing was sent
    ├── NeedsApprovalError     a person has to approve first; nothing was sent
    ├── OutcomeUnknownError    a write was sent and its answer was lost
    ├── RateLimitedError       the other side asks to slow down (retryable)
    ├── UnavailableError       the other side, a file or a network cannot be reached now (retryable)
    ├── ConflictError          somebody else changed or holds the same thing
    ├── CorruptError           stored data is damaged or was changed outside
    ├── UnauthorizedError      a token or right is missing or has expired
    ├── CancelledError         the caller cancelled
    ├── TimedOutError          a step took longer than it may (retryable)
    ├── NotEnoughDataError     there is too little data for an answer
    ├── UserCodeError          code of the user failed and its own exception is lost
    └── InternalError          a defect of adbrain itself

An exception that your own agent, connector, store or predictor raises comes back as the same object, with its
traceback. Your own code may raise these classes too: a connector that raises ``OutcomeUnknownError`` or
``RateLimitedError`` is understood.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class AdbrainError(Exception):
    """Any error of adbrain: one line that says what was tried, on what, and what to do next."""

    kind: ClassVar[str] = "internal"
    """What went wrong; the same names in Rust, Python and Node."""
    retryable: ClassVar[bool] = False
    """Whether a read may be tried again later as it is. A write is never retried blindly."""
    context: dict[str, str]
    """What was acted on: field, platform, account, object."""
    next_step: str | None
    """What to do next, where it is known."""

    def __init__(
        self, message: str = "", *, context: Mapping[str, str] | None = None, next_step: str | None = None
    ) -> None:
        super().__init__(message)
        self.context = dict(context or {})
        self.next_step = next_step


class InvalidInputError(AdbrainError, ValueError):
    """A value given by the caller is wrong; the message names the field or line."""

    kind = "invalid_input"


class NotFoundError(AdbrainError):
    """A named thing does not exist."""

    kind = "not_found"


class UnsupportedError(AdbrainError):
    """The platform, store or model cannot do what was asked."""

    kind = "unsupported"


class RefusedError(AdbrainError):
    """A policy said no; nothing was sent."""

    kind = "refused"


class NeedsApprovalError(AdbrainError):
    """A person has to approve first; nothing was sent."""

    kind = "needs_approval"


class OutcomeUnknownError(AdbrainError):
    """A write was sent and its answer was lost: look the object up by its tag, never send again blindly."""

    kind = "outcome_unknown"


class RateLimitedError(AdbrainError):
    """The other side asks to slow down."""

    kind = "rate_limited"
    retryable = True


class UnavailableError(AdbrainError):
    """The other side, a file or a network cannot be reached now."""

    kind = "unavailable"
    retryable = True


class ConflictError(AdbrainError):
    """Somebody else changed or holds the same thing."""

    kind = "conflict"


class CorruptError(AdbrainError):
    """Stored data is damaged or was changed outside."""

    kind = "corrupt"


class UnauthorizedError(AdbrainError):
    """A token or right is missing or has expired."""

    kind = "unauthorized"


class CancelledError(AdbrainError):
    """The caller cancelled."""

    kind = "cancelled"


class TimedOutError(AdbrainError):
    """A step took longer than it may."""

    kind = "timed_out"
    retryable = True


class NotEnoughDataError(AdbrainError, ValueError):
    """There is too little data for an answer."""

    kind = "not_enough_data"


class UserCodeError(AdbrainError):
    """Code of the user failed and its own exception is lost."""

    kind = "user_code"


class InternalError(AdbrainError):
    """A defect of adbrain itself."""

    kind = "internal"


def invalid(message: str, next_step: str) -> InvalidInputError:
    """The error for a wrong value, with what to do about it."""
    return InvalidInputError(f"{message}; {next_step}", next_step=next_step)


def wrong(field: str, value: object, expected: str) -> InvalidInputError:
    """The error for an option of a wrong type."""
    next_step = f"give {expected}"
    return InvalidInputError(f"{field}: is {value!r:.60}; {next_step}", context={"field": field}, next_step=next_step)


BY_KIND: dict[str, type[AdbrainError]] = {error.kind: error for error in AdbrainError.__subclasses__()}
"""The class of each kind."""
