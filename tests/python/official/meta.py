"""Meta by the parameter types, enums and field classes of facebook-business, asked through its own type checker.

It sees names, types and enums of every parameter and of every object that has a class of its own. What it types as `Object` or `string`
it leaves open, and it does not say which parameters are required.
"""

import ast
import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import facebook_business
from facebook_business.adobjects.adsinsights import AdsInsights
from facebook_business.api import FacebookRequest
from facebook_business.typechecker import TypeChecker

from . import File, Request, parsed, values

PATH = re.compile(r"/v26\.0/(act_)?(\d+)(?:/(\w+))?")
# Of every edge: which fields to answer, and paging.
OF_EVERY_EDGE = {"limit", "after", "fields"}
# A bare number may be any of these.
NODES = ["Campaign", "AdSet", "Ad", "AdVideo", "AdReportRun", "CustomAudience"]


@cache
def node(name: str) -> Any:
    return getattr(import_module(f"facebook_business.adobjects.{name.lower()}"), name, None)


@cache
def method(name: str, verb: str, edge: str) -> str | None:
    """The method of a class that calls an edge, read from its source."""
    source = Path(facebook_business.__file__).parent / "adobjects" / f"{name.lower()}.py"
    for function in (found for found in ast.walk(ast.parse(source.read_text())) if isinstance(found, ast.FunctionDef)):
        for call in (found for found in ast.walk(function) if isinstance(found, ast.Call)):
            if not (isinstance(call.func, ast.Name) and call.func.id == "FacebookRequest"):
                continue
            words = {word.arg: getattr(word.value, "value", None) for word in call.keywords}
            if words["method"] == verb and str(words["endpoint"]).strip("/") == edge:
                return function.name
    return None


@cache
def pending(name: str, verb: str, edge: str) -> FacebookRequest | None:
    """The package's own request for an edge, not sent."""
    function = method(name, verb, edge)
    return getattr(node(name)("1"), function)(pending=True) if function else None


def check(request: Request) -> list[str] | None:
    path = PATH.fullmatch(request["path"])
    if not path:
        return [f"no object has the path {request['path']}"]
    names = ["AdAccount"] if path[1] else NODES
    asked = [pending(name, request["method"], path[3] or "") for name in names]
    found = [check_values(official, values(request)) for official in asked if official is not None]
    return min(found, key=len) if found else [f"no edge {request['method']} {request['path']}"]


def check_values(official: FacebookRequest, given: dict[str, Any]) -> list[str]:
    known, asked = set(official._accepted_fields), given.get("fields", "")
    if isinstance(asked, list):
        # A form names the fields of the report that a job makes, not those of the job.
        known = {name for key, name in vars(AdsInsights.Field).items() if not key.startswith("_")}
    fields = map(str, asked if isinstance(asked, list) else filter(None, re.split(r",(?![^{]*})", asked)))
    wrong = [f"no field {field}" for field in fields if re.split(r"[.{]", field)[0] not in known]
    given = {name: value for name, value in given.items() if name not in OF_EVERY_EDGE}
    return wrong + check_fields(official._param_checker, given, "")


def check_fields(checker: TypeChecker, given: dict[str, Any], above: str) -> list[str]:
    wrong = []
    for name, value in given.items():
        place = f"{above}{name}"
        kind = checker.get_type(name)
        if isinstance(value, File):
            is_right = checker.is_file_param(name) or kind in ("file", "string")
            wrong += [] if is_right else [f"{place}: a file for {kind}"]
        elif kind is None:
            wrong.append(f"{place}: unknown")
        else:
            value = value if kind == "string" else parsed(value)
            wrong += [] if checker.is_type(kind, value) else [f"{place}: {value!r} for {kind}"]
            wrong += check_inner(kind, value, place)
    return wrong


def check_inner(kind: str, value: Any, place: str) -> list[str]:
    """The fields of an object that has a class of its own."""
    inner = re.fullmatch(r"list<(.*)>", kind)
    if inner and isinstance(value, list):
        return [wrong for at, item in enumerate(value) for wrong in check_inner(inner[1], item, f"{place}[{at}]")]
    if not isinstance(value, dict) or kind == "Object":
        return []
    try:
        of_kind = node(kind)
    except ModuleNotFoundError:
        of_kind = None
    if of_kind is None or not getattr(of_kind, "_field_types", None):
        return []
    return check_fields(TypeChecker(of_kind._field_types, of_kind._get_field_enum_info()), value, f"{place}.")
