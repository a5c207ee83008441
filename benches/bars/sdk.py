"""Connectors beside the platforms' own packages, over the same fakes."""

import json
import subprocess

from bars.rows import less, more
from bars.sides import HERE, TARGET, ours, theirs

# Pages of a report, and ads, that both sides go through.
REPORT_PAGES, ADS = 1_000, 500
# Meta's fake gives three rows a page: a report of thirty days of one ad is ten pages.
PAGES_OF_A_CALL = {"meta": 10, "tiktok": 1, "google": 1}


class Fakes:
    """The fakes in a process of their own, and how often they were asked."""

    def __enter__(self):
        ours_built = ["cargo", "build", "--release", "-q", "-p", "adbrain-benches", "--bin", "sdk"]
        subprocess.run(ours_built, check=True, cwd=HERE.parent)
        command = [TARGET / "release" / "sdk", "fakes"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.urls = json.loads(self.process.stdout.readline())
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def asked(self) -> dict:
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def measured(self, side, job: str, platform: str, count: int) -> dict:
        before = self.asked()[platform]
        found = side("sdk", job, platform, self.urls[platform], count)
        found["requests"] = self.asked()[platform] - before
        found["requests_per_s"] = found["requests"] / found["wall_s"]
        found["cpu_ms_a_request"] = found["cpu_s"] * 1e3 / found["requests"]
        found["rows_per_s"] = found["rows"] / found["wall_s"]
        return found


def sdk_rows() -> list:
    def packages(*arguments: object) -> dict:
        return theirs(*arguments, listed="sdk")

    rows = []
    for job, platform, count in [
        ("pages", "meta", REPORT_PAGES), ("pages", "tiktok", REPORT_PAGES), ("ads", "meta", ADS), ("ads", "tiktok", ADS),
    ]:  # fmt: skip
        count = count // PAGES_OF_A_CALL[platform] if job == "pages" else count
        # Each side against fakes that nobody has written to yet.
        with Fakes() as fakes:
            mine = fakes.measured(ours, job, platform, count)
        with Fakes() as fakes:
            peer = fakes.measured(packages, job, platform, count)
        what = f"{platform}, {mine['rows']} " + ("rows of reports" if job == "pages" else "ads, ours through control")
        rows += [
            more(what, mine, peer, "rows_per_s", None),
            more(what, mine, peer, "requests_per_s", None),
            less(what, mine, peer, "requests", None),
            less(what, mine, peer, "cpu_s", None),
            less(what, mine, peer, "cpu_ms_a_request", None),
            less(what, mine, peer, "peak_mb", None),
        ]
    return rows + google_rows(packages)


def google_rows(packages) -> list:
    """google-ads speaks gRPC alone: its parser of JSON pages beside our connector, which fetches them too."""
    with Fakes() as fakes:
        mine = fakes.measured(ours, "pages", "google", REPORT_PAGES)
    file = TARGET / "bench-google-page.json"
    file.write_text(json.dumps(ours("sdk", "page")))
    peer = packages("sdk", "pages", "google", file, REPORT_PAGES)
    peer["rows_per_s"] = peer["rows"] / peer["wall_s"]
    what = "google, 1,000 pages fetched, against json_format"
    units = ("cpu_s", "peak_mb")
    return [more(what, mine, peer, "rows_per_s", None), *(less(what, mine, peer, unit, None) for unit in units)]
