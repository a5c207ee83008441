"""What the platforms' own packages say about the requests that our connectors send.

In: a request as `record-requests` wrote it. Out: a list of what is wrong with it, `None` where the package says nothing about such a
request. Nothing here knows our connectors or the check in Rust, so that a fault of theirs cannot hide.
"""

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

Request = dict[str, Any]
Check = Callable[[Request], list[str] | None]

PACKAGES = {
    "meta": "facebook_business",
    "google": "google.ads.googleads",
    "tiktok": "business_api_client",
    "linkedin": "linkedin_api",
    "ga4": "google.analytics.data_v1beta",
}


class File:
    """A file in a form."""


def check_of(platform: str) -> Check:
    """The check of a platform; an ImportError where its package is not installed."""
    import_module(PACKAGES[platform])
    return import_module(f"official.{platform}").check


def values(request: Request) -> dict[str, Any]:
    """Parameters and fields of a request by their names; a form is an object of its fields."""
    body = request["body"] or {}
    if not isinstance(body, dict):
        return {"": body}
    parts = body.get("multipart")
    if parts is not None:
        body = {part["field"]: part.get("text", File()) for part in parts}
    return {**request["query"], **body}


def parsed(text: Any) -> Any:
    """JSON in a text as the value that it is, anything else as it is."""
    if isinstance(text, str) and text[:1] in ("[", "{"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text
