"""Google Ads by the message classes of google-ads. They see names, types, lists and choices, not paths, masks or annotations of fields."""

import re
from functools import cache
from importlib import import_module
from typing import Any

from google.protobuf import json_format

from . import Request

PATH = re.compile(r"(?:/resumable/upload)?/v26/customers/\d{10}/(\w+):(\w+)")
JOB = re.compile(r"/v26/customers/\d{10}/offlineUserDataJobs/\d+:(\w+)")
# What is done with one job of customers, whose name stands in the path.
OF_JOBS = {"addOperations": "AddOfflineUserDataJobOperationsRequest", "run": "RunOfflineUserDataJobRequest"}
TYPES = "google.ads.googleads.v26.services.types"


@cache
def message(resource: str, verb: str) -> Any:
    """The class of a method's request: assets:mutate is MutateAssetsRequest."""
    name = resource[0].upper() + resource[1:]
    names = [f"{verb.capitalize()}{name}Request", f"{verb.capitalize()}{name.removesuffix('s')}Request"]
    for module in (
        "google_ads_service",
        "youtube_video_upload_service",
        f"{snake(resource).removesuffix('s')}_service",
    ):
        try:
            types = import_module(f"{TYPES}.{module}")
        except ModuleNotFoundError:
            continue
        for name in names:
            if hasattr(types, name):
                return getattr(types, name)
    return None


def snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: "_" + letter[0].lower(), name)


def check(request: Request) -> list[str] | None:
    if "upload" in request["headers"].get("x-goog-upload-command", ""):
        return None
    path = PATH.fullmatch(request["path"])
    kind = message(*path.groups()) if path else None
    job = JOB.fullmatch(request["path"])
    if job and job[1] in OF_JOBS:
        kind = getattr(import_module(f"{TYPES}.offline_user_data_job_service"), OF_JOBS[job[1]])
    if kind is None:
        return [f"no request class for {request['path']}"]
    try:
        json_format.ParseDict(request["body"], kind.pb(kind()), max_recursion_depth=100)
    except (json_format.ParseError, TypeError, ValueError, AttributeError) as error:
        return [str(error)]
    return []
