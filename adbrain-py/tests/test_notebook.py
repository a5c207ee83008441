"""What a notebook shows: HTML beside text, hostile names inert, light and dark; pictures, progress, the live page."""

from __future__ import annotations

import io
import sys
import time
import urllib.error
import urllib.request
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import adbrain
from adbrain import Brain, _progress, budget

Json = dict[str, Any]
HOSTILE = "<img src=x onerror=alert(1)>\"'><script>alert(1)</script></iframe></svg>"


class Tags(HTMLParser):
    """Every tag and attribute of a page, those of pages in frames too."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        for name, value in attrs:
            if name == "srcdoc" and value:
                inner = Tags(value)
                self.tags += inner.tags
                self.attributes += inner.attributes


def assert_inert(shown: Any) -> None:
    """HTML without scripts, handlers or pictures of others, and a text beside it."""
    found = Tags(shown._repr_html_())
    assert found.tags
    assert not {"script", "img", "object", "embed", "form"} & set(found.tags), found.tags
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    for name, value in found.attributes:
        if name in ("src", "href") and value:
            assert value.startswith(("#", "http://127.0.0.1")), value
    text = repr(shown)
    assert text
    assert "object at 0x" not in text


@pytest.fixture
def hostile(brief: Json) -> Json:
    """A brief whose names would run."""
    product = {**brief["product"], "benefits": [HOSTILE[:40], "Leve", "Seca"]}
    return {**brief, "name": HOSTILE, "brand": HOSTILE, "product": product}


def test_plans_statuses_drift_and_reports_are_inert(brain: Brain, hostile: Json, tmp_path: Path) -> None:
    plan = brain.plan_sync(hostile, days=1, folder=tmp_path)
    result = brain.run_sync(hostile, days=1, folder=tmp_path)
    for shown in (plan, brain.status_sync(), brain.drift_sync(), result.report):
        assert_inert(shown)
        page = shown._repr_html_()
        assert "color-scheme: light dark" in page
        assert "sandbox" in page


def compared(control: str, variant: str) -> adbrain.Readout:
    """Two ads of which the second is better."""
    days = [
        {"arm": arm, "date": f"2027-03-{day:02}", "clicks": int(5000 * rate) + day * 7 % 11, "impressions": 5000}
        for arm, rate in ((control, 0.020), (variant, 0.023))
        for day in range(1, 29)
    ]
    return adbrain.readout(days, metric="ctr", planned_units=28)


def test_results_by_rows_are_inert() -> None:
    readout = compared("image", HOSTILE)
    curves = [{"name": name, "kind": "log", "scale": 30, "unit": 10} for name in ("a", HOSTILE)]
    found = budget.allocate(curves, total=60)
    kinds = [HOSTILE if at % 2 else "video" for at in range(60)]
    past = [{"creative_type": kind, "spend": 50 + at % 7, "revenue": 150 + at % 11} for at, kind in enumerate(kinds)]
    forecasts = adbrain.predict_roas([{"creative_type": kind} for kind in (HOSTILE, HOSTILE + "2")], past, trees=20)
    frame = adbrain.Frame({HOSTILE: [HOSTILE]})
    test = adbrain.ab_test({"successes": 500, "trials": 10_000}, {"successes": 600, "trials": 10_000})
    for shown in (readout, readout.plot(), found, found.plot(), forecasts, forecasts.plot(), frame, test):
        assert_inert(shown)
        page = shown._repr_html_()
        assert "currentColor" in page
        assert "background:transparent" in page
    assert "&lt;script" in found._repr_html_()


def test_personas_are_inert() -> None:
    groups = adbrain.Personas({"personas": [{"label": {"en": HOSTILE}, "size": 3, "share": 0.5}]})
    assert_inert(groups)
    assert "&lt;script" in groups._repr_html_()
    assert_inert(adbrain.Scores([{"policy": HOSTILE, "value_share": {"mean": 1.0, "low": 0.5}}]))


def plots() -> list[adbrain.Plot]:
    """One of each kind."""
    curves = [{"name": name, "kind": "log", "scale": 30, "unit": 10} for name in ("_a", "$b$")]
    past = [{"platform": "meta", "spend": 50 + at % 7, "revenue": 150 + at % 11} for at in range(60)]
    return [
        budget.allocate(curves, total=60).plot(),
        adbrain.predict_roas([{"platform": "meta"}], past, trees=20).plot(),
        compared("image", "video").plot(),
    ]


def test_pictures_are_drawn_by_matplotlib_and_altair_too() -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("svg")
    pytest.importorskip("altair")
    pyplot = pytest.importorskip("matplotlib.pyplot")
    for plot in plots():
        axes = plot.matplotlib()
        drawn = io.StringIO()
        axes.figure.savefig(drawn, format="svg")
        assert "<svg" in drawn.getvalue()
        assert plot.matplotlib(axes) is axes
        pyplot.close(axes.figure)
        chart = plot.altair().to_dict()
        assert len(chart["layer"]) >= 2
        assert type(plot.best()).__module__.startswith("altair")


def test_a_missing_library_of_pictures_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for library in ("matplotlib", "altair"):
        monkeypatch.setitem(sys.modules, library, None)
        with pytest.raises(adbrain.UnsupportedError, match=f"{library}: is not installed"):
            getattr(plots()[0], library)()


def test_progress_is_shown_where_it_is_wanted_and_work_is_long(
    brain: Brain, brief: Json, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_progress, "PATIENCE", 0.0)
    brain.run_sync(brief, days=1, folder=tmp_path, progress=False)
    brain.run_sync(brief, days=1, folder=tmp_path, seed=8)
    assert capsys.readouterr().err == ""
    heard: list[Json] = []
    brain.run_sync(brief, days=1, folder=tmp_path, seed=9, progress=True, on_event=heard.append)
    assert heard
    assert "adbrain runs" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    adbrain.ForestRegressor(trees=5).fit([[float(at)] for at in range(50)], list(range(50)), progress=True)
    assert "adbrain grows a forest: 0 s" in capsys.readouterr().err


def test_short_work_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with _progress.Progress("sleeps", True):
        pass
    assert capsys.readouterr().err == ""


def test_a_display_that_is_done_leaves_the_line_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    monkeypatch.setattr(_progress, "PATIENCE", 0.0)
    with _progress.Progress("waits", None) as shown:
        both = shown.beside(None)
        both({"kind": {"type": "finished"}, "step": "strategist"})
        deadline = time.monotonic() + 20
        while "1 steps, strategist" not in terminal.getvalue() and time.monotonic() < deadline:
            pass
    assert "adbrain waits: 0 s, 1 steps, strategist" in terminal.getvalue()
    assert terminal.getvalue().endswith(" \r")


def get(address: str, origin: str | None = None) -> Any:
    request = urllib.request.Request(address, headers={} if origin is None else {"Origin": origin})
    return urllib.request.urlopen(request, timeout=30)


async def test_the_live_page_stands_in_a_cell_of_notebooks_alone(brain: Brain, brief: Json, tmp_path: Path) -> None:
    await brain.run(brief, days=1, folder=tmp_path)
    page = await brain.dashboard()
    assert page.url != page.viewer_url
    shown = page._repr_html_()
    token = page.url.split("#token=")[1]
    assert token not in shown
    assert token not in repr(page)
    assert page.viewer_url.split("#token=")[1] in shown
    address = page.url.split("/#")[0]
    with get(address) as answer:
        policy = answer.headers["content-security-policy"]
    assert "frame-ancestors http://localhost:* http://127.0.0.1:*" in policy
    headers = {"Authorization": f"Bearer {page.viewer_url.split('#token=')[1]}", "Origin": address}
    request = urllib.request.Request(f"{address}/events", headers=headers)
    with urllib.request.urlopen(request, timeout=30) as events:
        first = events.readline().decode()
    assert first
    page.close()
    page.close()
    with pytest.raises(urllib.error.URLError):
        get(address)
    with pytest.raises(adbrain.InvalidInputError, match="frames"):
        await brain.dashboard(frames=["*"])


def test_the_live_page_is_served_in_a_script_too(brain: Brain) -> None:
    with brain.dashboard_sync(frames=[]) as page:
        address = page.url.split("/#")[0]
        with get(address) as answer:
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert repr(page) == f"Dashboard({address!r})"
