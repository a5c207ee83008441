"""The live page of a brain's runs, beside the program and in a notebook's cell."""

from __future__ import annotations

import html
from types import TracebackType

from adbrain._adbrain import Page

# The origins of notebooks on this machine.
NOTEBOOKS = ("http://localhost:*", "http://127.0.0.1:*")


class Dashboard:
    """A live page that is served until it is closed or nothing refers to it. Made by :meth:`adbrain.Brain.dashboard`.

    A notebook shows it in the cell, to look at: with the address ``url`` a person decides, and a notebook that is saved
    or sent on would carry it along.
    """

    def __init__(self, page: Page, height: int) -> None:
        self._page = page
        self._height = height

    @property
    def url(self) -> str:
        """The address for who decides; whoever has it may approve, refuse and stop."""
        return self._page.url

    @property
    def viewer_url(self) -> str:
        """The address for who may only look."""
        return self._page.viewer_url

    def close(self) -> None:
        """Stops serving."""
        self._page.close()

    def __enter__(self) -> Dashboard:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Dashboard({self.url.split('/#', 1)[0]!r})"

    def _repr_html_(self) -> str:
        address = html.escape(self.viewer_url)
        style = f"width:100%;height:{self._height}px;border:0"
        return f'<iframe sandbox="allow-scripts allow-same-origin" src="{address}" style="{style}"></iframe>'
