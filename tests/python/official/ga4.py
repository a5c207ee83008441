"""The Analytics Data API by the message classes of google-analytics-data."""

import re

from google.analytics import data_v1beta
from google.protobuf import json_format

from . import Request

PATH = re.compile(r"/v1beta/properties/\d+:(\w+)")


def check(request: Request) -> list[str] | None:
    path = PATH.fullmatch(request["path"])
    verb = path[1] if path else ""
    kind = getattr(data_v1beta, f"{verb[:1].upper()}{verb[1:]}Request", None)
    if kind is None or request["method"] != "POST":
        return [f"no request class for {request['method']} {request['path']}"]
    try:
        json_format.ParseDict(request["body"], kind.pb(kind()))
    except (json_format.ParseError, TypeError, ValueError, AttributeError) as error:
        return [str(error)]
    return []
