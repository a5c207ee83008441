"""Plans to look at, and where runs stand, as notebooks and terminals show them."""

from __future__ import annotations

import html
import json
from typing import Any

from adbrain import _adbrain
from adbrain._types import Language
from adbrain._values import Values


class _Shown(Values):
    """A value that shows itself: as text, as Markdown, and in a notebook as a page."""

    _kind = ""

    def __init__(self, text: str) -> None:
        super().__init__(json.loads(text))
        self._text = text

    def to_json(self) -> str:
        """The whole value as JSON: the same bytes in Rust, Python and Node."""
        return self._text

    def text(self, language: Language | None = None) -> str:
        """As plain text, for a terminal."""
        return _adbrain.shown(self._kind, self._text, "text", language)

    def markdown(self, language: Language | None = None) -> str:
        """As Markdown with tables."""
        return _adbrain.shown(self._kind, self._text, "markdown", language)

    def html(self, language: Language | None = None) -> str:
        """As one self-contained HTML page."""
        return _adbrain.shown(self._kind, self._text, "html", language)

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        page = html.escape(self.html())
        return f'<iframe sandbox srcdoc="{page}" style="width:100%;height:480px;border:0"></iframe>'


class Plan(_Shown):
    """A plan to look at before anything is launched: what it would do, its worst case, what needs a person."""

    _kind = "plan"

    @property
    def run_id(self) -> str:
        """The run; the same request run goes on from this plan."""
        return str(self["run"])

    @property
    def plan_hash(self) -> str:
        """The hash of the plan: what is approved, refused and applied."""
        return str(self["plan_hash"])

    @property
    def needs(self) -> list[dict[str, Any]]:
        """What a person has to see to before it can deliver."""
        return list(self["needs"])

    def __repr__(self) -> str:
        return f"Plan({self.plan_hash[:12]!r}, {len(self['steps'])} steps, {len(self.needs)} for a person)"


class RunStatus(_Shown):
    """Where a run stands: steps, objects, caps and worst case, what waits for a person, the kill switch."""

    _kind = "status"

    def __repr__(self) -> str:
        return f"RunStatus({self['run']!r}, {self['stage']}, {len(self['waits'])} for a person)"


class RunDrift(_Shown):
    """What on a run's objects is not as the run left it, field by field, and who made the difference."""

    _kind = "drift"

    @property
    def fields(self) -> list[dict[str, Any]]:
        """Every field that differs, by object."""
        return list(self["fields"])

    def __repr__(self) -> str:
        return f"RunDrift({self['run']!r}, {len(self.fields)} fields)"
