"""adbrain: an engine that plans, launches, watches and improves paid-media campaigns.

>>> import adbrain
>>> brain = adbrain.Brain.local("brain.db")

Then ``await brain.run(brief)`` in a notebook, or ``brain.run_sync(brief)`` in a script.
"""

from adbrain import _engine, budget, datasets, stats  # noqa: F401  # pyright: ignore[reportUnusedImport]
from adbrain._adbrain import (
    Report,
    RunResult,
    __version__,
    new_signing_key,
    policies,
    public_key,
    restore,
    schema,
    schema_names,
    sign_journal,
    verify_journal,
    worlds,
)
from adbrain._brain import Brain
from adbrain._dashboard import Dashboard
from adbrain._errors import (
    AdbrainError,
    CancelledError,
    ConflictError,
    CorruptError,
    InternalError,
    InvalidInputError,
    NeedsApprovalError,
    NotEnoughDataError,
    NotFoundError,
    OutcomeUnknownError,
    RateLimitedError,
    RefusedError,
    TimedOutError,
    UnauthorizedError,
    UnavailableError,
    UnsupportedError,
    UserCodeError,
)
from adbrain._events import Events
from adbrain._experiments import AbTest, Readout, ab_test, readout
from adbrain._forecaster import Forecaster
from adbrain._forest import ForestRegressor
from adbrain._frame import Frame
from adbrain._history import import_history
from adbrain._orders import Plan, RunDrift, RunStatus
from adbrain._plots import Plot
from adbrain._predictions import Forecasts, Personas, customer_value, days_to_saturation, personas, predict_roas
from adbrain._trials import Scores, simulate, simulate_sync
from adbrain._types import Agent, Connector, Embedder, MemoryStore, Policy, Predictor

__all__ = [
    "AbTest",
    "AdbrainError",
    "Agent",
    "Brain",
    "CancelledError",
    "ConflictError",
    "Connector",
    "CorruptError",
    "Dashboard",
    "Embedder",
    "Events",
    "Forecaster",
    "Forecasts",
    "ForestRegressor",
    "Frame",
    "InternalError",
    "InvalidInputError",
    "MemoryStore",
    "NeedsApprovalError",
    "NotEnoughDataError",
    "NotFoundError",
    "OutcomeUnknownError",
    "Personas",
    "Plan",
    "Plot",
    "Policy",
    "Predictor",
    "RateLimitedError",
    "Readout",
    "RefusedError",
    "Report",
    "RunDrift",
    "RunResult",
    "RunStatus",
    "Scores",
    "TimedOutError",
    "UnauthorizedError",
    "UnavailableError",
    "UnsupportedError",
    "UserCodeError",
    "__version__",
    "ab_test",
    "budget",
    "customer_value",
    "datasets",
    "days_to_saturation",
    "import_history",
    "new_signing_key",
    "personas",
    "policies",
    "predict_roas",
    "public_key",
    "readout",
    "restore",
    "schema",
    "schema_names",
    "sign_journal",
    "simulate",
    "simulate_sync",
    "stats",
    "verify_journal",
    "worlds",
]
