"""Every request that our connectors send, judged by the platforms' own packages beside the check in Rust.

Needs cargo, and the packages of tests/requirements-sdks.txt: what is missing is skipped with a line.
"""

import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import official
import pytest
from official.faults import faults, faults_in_query

ROOT = Path(__file__).parents[2]
PLATFORMS = ["meta", "google", "tiktok", "linkedin"]
SPECS = Path(os.environ.get("ADBRAIN_TEST_DATA", "/nowhere")) / "specs"
ACTIONS = [
    "open", "create campaign", "create ad set", "create ad", "upload", "look up media", "status", "budget", "bid", "list", "report",
    "audience size", "custom audience",
]  # fmt: skip
# What a connector does not do; its README says why.
NOT_ON = {("google", "audience size"), ("tiktok", "audience size")}
# Actions of LinkedIn whose requests hold nothing that its encoder writes: JSON bodies, plain numbers in the path.
NOT_ENCODED = {"open", "create campaign", "budget", "bid", "custom audience"}
# Requests that the data does not hold, each with the reason; a package that knows them judges them all the same.
NOT_DEFINED = {
    ("google", "/v26/customers/1234567890/offlineUserDataJobs"): "the data leaves the service out",
    ("linkedin", "/rest/dmpSegments"): "seen in documents alone",
    ("tiktok", "/open_api/v1.3/dmp/custom_audience/"): "file upload and update are seen in documents alone",
}
# Requests that a package does not have, each with the reason.
NOT_IN_PACKAGE = {
    ("tiktok", "/open_api/v1.3/file/image/ad/search/"): "the package has no such method; it stands in documents alone",
    ("tiktok", "/open_api/v1.3/report/task/download/"): "the package has no such method; it stands in documents alone",
    ("google", "/resumable/session/"): "the bytes of a file go where the platform says",
}
# Faults that a package cannot see: platform, kind, place, reason.
BLIND = [
    ("meta", "corrupted word", r"body\.buying_type", "typed as a string, without a list of words"),
    ("meta", ".*", r"(query|body)\.time_range\..*", "typed as a map, without its keys"),
    ("meta", ".*", r"body\.(payload|session)\..*", "typed as an object, without its keys"),
    ("tiktok", "corrupted word", r".*", "words of lists are plain strings in the models"),
    ("tiktok", ".*", r"query\.filtering\[0\].*", "the filters of a report are typed as objects, without fields"),
]


def cargo(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["cargo", "run", "--quiet", "--bin", *arguments]
    return subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False)


@pytest.fixture(scope="session")
def requests(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Each request, with its actions and the findings of the first way, which are `None` without the definitions."""
    folder = tmp_path_factory.mktemp("requests")
    recording, verdicts = folder / "requests.jsonl", folder / "verdicts.jsonl"
    made = cargo("record-requests", str(recording))
    assert made.returncode == 0, made.stderr
    # The same request twice says nothing new.
    once = list(dict.fromkeys(recording.read_text().splitlines()))
    recording.write_text("\n".join(once) + "\n")
    lines = [json.loads(line) for line in once]
    if not SPECS.is_dir():
        print("skipped: the first way of test_requests.py needs ADBRAIN_TEST_DATA")
        return [{**line, "wrong": None, "actions": []} for line in lines]
    checked = cargo("check-requests", str(recording), str(verdicts))
    assert checked.returncode in (0, 1), checked.stderr
    found = [json.loads(line) for line in verdicts.read_text().splitlines()]
    return [{**line, **verdict} for line, verdict in zip(lines, found, strict=True)]


def check_of(platform: str) -> official.Check:
    try:
        return official.check_of(platform)
    except ImportError as error:
        pytest.skip(f"{platform} needs {error.name}: pip install -r tests/requirements-sdks.txt")


def is_in(left_out: dict[tuple[str, str], str], request: dict[str, Any]) -> bool:
    return any(name == request["platform"] and request["path"].startswith(path) for name, path in left_out)


def is_not_in_package(request: dict[str, Any]) -> bool:
    return is_in(NOT_IN_PACKAGE, request)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_action_is_recorded_and_both_ways_say_the_same(platform, requests, capsys):
    check, table, wrong = check_of(platform), Counter(), []
    for request in (request for request in requests if request["platform"] == platform):
        second = check(request)
        is_unseen = second is None and (platform == "linkedin" or is_not_in_package(request))
        if second or (second is None and not is_unseen):
            wrong.append((request["method"], request["path"], second))
        if request["wrong"] and not is_not_in_package(request) and not is_in(NOT_DEFINED, request):
            wrong.append((request["method"], request["path"], request["wrong"], "by the first way"))
        for action in request["actions"]:
            table[action, "first"] += not request["wrong"]
            table[action, "second"] += second == []
            table[action, "unseen"] += is_unseen
    assert not wrong, wrong[:20]
    if requests[0]["wrong"] is None:
        return
    with capsys.disabled():
        print(f"\n{platform:<18}{'by the data':>14}{'by the package':>16}{'not seen by it':>16}")
        for action in ACTIONS:
            counts = [table[action, way] for way in ("first", "second", "unseen")]
            print(f"{action:<18}{counts[0]:>14}{counts[1]:>16}{counts[2]:>16}")
    for action in ACTIONS:
        is_left_out = (platform, action) in NOT_ON or (platform, action) == ("linkedin", "custom audience")
        assert (table[action, "first"] == 0) == is_left_out, f"{action}: no recording"
        is_blind = platform == "linkedin" and action in NOT_ENCODED
        assert (table[action, "second"] == 0) == ((platform, action) in NOT_ON or is_blind), f"{action}: not judged"


def kinds(requests: list[dict[str, Any]], platform: str) -> Iterator[dict[str, Any]]:
    """One request of each kind."""
    seen = set()
    for request in (request for request in requests if request["platform"] == platform):
        path = "".join("0" if letter.isdigit() else letter for letter in request["path"])
        kind = (request["method"], path, *request["actions"], *sorted(request["query"]), *sorted(request["body"] or {}))
        if kind not in seen:
            seen.add(kind)
            yield request


@pytest.mark.parametrize("platform", PLATFORMS)
def test_single_faults_are_caught_where_the_package_can_see_them(platform, requests, capsys):
    check, caught, missed, blind = check_of(platform), 0, [], Counter()
    wrongs = faults_in_query if platform == "linkedin" else faults
    for request in kinds(requests, platform):
        if check(request) != []:
            continue
        for kind, place, wrong in wrongs(request):
            reason = why_blind(platform, kind, place)
            if check(wrong):
                caught += 1
            elif reason:
                blind[reason] += 1
            else:
                missed.append(f"{request['method']} {request['path']}: {kind}: {place}")
    with capsys.disabled():
        print(f"\n{platform}: {caught} of {caught + len(missed)} single faults caught; out of its sight: {dict(blind)}")
    assert caught >= 20
    assert caught >= 0.98 * (caught + len(missed)), missed
    assert set(blind) == {reason for name, _, _, reason in BLIND if name == platform}, "a reason that is none any more"


def why_blind(platform: str, kind: str, place: str) -> str | None:
    found = (reason for name, kinds, places, reason in BLIND
             if name == platform and re.fullmatch(kinds, kind) and re.fullmatch(places, place))  # fmt: skip
    return next(found, None)


def test_the_package_of_the_analytics_data_api_judges_the_hand_made_requests():
    check = check_of("ga4")
    samples = SPECS / "samples" / "requests_selftest.jsonl"
    if not samples.is_file():
        pytest.skip("the hand-made requests need ADBRAIN_TEST_DATA")
    lines = [json.loads(line) for line in samples.read_text().splitlines() if line]
    lines = [{"query": {}, "headers": {}, **line} for line in lines if line["platform"] == "ga4"]
    print([(line["id"], check(line)) for line in lines])
    assert all(check(line) == [] for line in lines if line["expect"] == "accept")
    assert any(check(line) for line in lines if line["expect"] == "reject")
