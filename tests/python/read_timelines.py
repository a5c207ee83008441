#!/usr/bin/env python3
"""Reads exported cut plans with OpenTimelineIO and checks that they have no gaps and the length that they should.

    pip install opentimelineio otio-cmx3600-adapter otio-fcpx-xml-adapter
    python read_timelines.py FOLDER

FOLDER holds files that end in .edl or .fcpxml, and expected.json with the length in seconds by file name without ending.
"""

import json
import sys
from pathlib import Path

import opentimelineio as otio

ADAPTERS = {".edl": ("cmx_3600", {"rate": 30}), ".fcpxml": ("fcpx_xml", {})}


def timeline_of(path):
    """The one timeline in a file; FCPXML wraps it in a collection."""
    adapter, options = ADAPTERS[path.suffix]
    found = otio.adapters.read_from_file(str(path), adapter_name=adapter, **options)
    if isinstance(found, otio.schema.Timeline):
        return found
    timelines = list(found.find_children(descended_from_type=otio.schema.Timeline))
    assert len(timelines) == 1, f"{path.name}: {len(timelines)} timelines"
    return timelines[0]


def check(path, seconds):
    """Checks one file and gives the number of its clips."""
    tracks = timeline_of(path).video_tracks()
    assert len(tracks) == 1, f"{path.name}: {len(tracks)} video tracks"
    clips = list(tracks[0].find_clips())
    gaps = list(tracks[0].find_children(descended_from_type=otio.schema.Gap))
    assert clips and not gaps, f"{path.name}: {len(clips)} clips, {len(gaps)} gaps"
    length = sum(clip.trimmed_range().duration.to_seconds() for clip in clips)
    assert abs(length - seconds) < 1e-6, f"{path.name}: {length} s instead of {seconds} s"
    return len(clips)


def check_folder(folder):
    """Checks every file of a folder; both formats of a plan must have the same clips."""
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    assert expected, f"nothing was exported to {folder}"
    for name, seconds in sorted(expected.items()):
        edl, fcpxml = (check(folder / f"{name}{ending}", seconds) for ending in ADAPTERS)
        assert edl == fcpxml, f"{name}: {edl} clips in the EDL, {fcpxml} in the FCPXML"
        print(f"{name}: {edl} clips, {seconds:g} s")


if __name__ == "__main__":
    check_folder(Path(sys.argv[1]))
