"""TikTok by the methods and models of tiktok-business-api-sdk-official.

It sees endpoints, names, types and what is required; words of lists only where a model names them. Some endpoints it does not have.
"""

import importlib
import inspect
import pkgutil
import re
from functools import cache
from typing import Any

from business_api_client import api, models

from . import File, Request, parsed, values

CALL = re.compile(r"call_api\(\s*'([^']+)', '([A-Z]+)'")
PARAMETER = re.compile(r":param (\S+) (\w+):(.*)")
OF_THE_CALL = {"async_req", "access_token"}
SCALARS = {"str": str, "int": int, "float": (int, float), "bool": bool}


@cache
def endpoints() -> dict[tuple[str, str], dict[str, tuple[str, bool]]]:
    """Each endpoint with the parameters of its method: type, and whether it is required."""
    found = {}
    for module in pkgutil.iter_modules(api.__path__):
        for _, kind in inspect.getmembers(importlib.import_module(f"{api.__name__}.{module.name}"), inspect.isclass):
            for name, function in inspect.getmembers(kind, inspect.isfunction):
                call = CALL.search(inspect.getsource(function)) if name.endswith("_with_http_info") else None
                if call:
                    parameters = PARAMETER.findall(function.__doc__ or "")
                    found[call.groups()] = {
                        name: (kind, "(required)" in text) for kind, name, text in parameters if name not in OF_THE_CALL
                    }
    return found


def check(request: Request) -> list[str] | None:
    parameters = endpoints().get((request["path"], request["method"]))
    if parameters is None:
        is_known = any(path == request["path"] for path, _ in endpoints())
        return [f"{request['path']}: not by {request['method']}"] if is_known else None
    given = values(request)
    if "body" in parameters and "multipart" not in (request["body"] or {}):
        wrong = [f"{name}: no parameter" for name in request["query"]]
        return wrong + check_value(parameters["body"][0], request["body"], "body")
    wrong = [f"{name}: unknown" for name in given if name not in parameters]
    wrong += [f"{name}: required" for name, (_, is_required) in parameters.items() if is_required and name not in given]
    for name, (kind, _) in parameters.items():
        if name in given and not isinstance(given[name], File):
            wrong += check_value(kind, read(kind, given[name]), name)
    return wrong


def read(kind: str, text: Any) -> Any:
    """A parameter as the value that it stands for."""
    if kind == "str" or not isinstance(text, str):
        return text
    if kind in ("int", "float") and re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text) if kind == "float" else int(text)
    return {"true": True, "false": False}.get(text, parsed(text)) if kind == "bool" else parsed(text)


def check_value(kind: str, value: Any, place: str) -> list[str]:
    items = re.fullmatch(r"list\[(.*)\]", kind)
    if items:
        if not isinstance(value, list):
            return [f"{place}: {value!r} for {kind}"]
        return [wrong for at, item in enumerate(value) for wrong in check_value(items[1], item, f"{place}[{at}]")]
    if kind in SCALARS:
        is_right = isinstance(value, SCALARS[kind]) and (kind == "bool" or not isinstance(value, bool))
        return [] if is_right else [f"{place}: {value!r} for {kind}"]
    model = getattr(models, kind, None)
    return check_model(model, value, place) if model else []


def check_model(model: Any, value: Any, place: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{place}: {value!r} for {model.__name__}"]
    names = {wire: name for name, wire in model.attribute_map.items()}
    wrong = [f"{place}.{wire}: unknown" for wire in value if wire not in names]
    known = {wire: item for wire, item in value.items() if wire in names}
    for wire, item in known.items():
        wrong += check_value(model.swagger_types[names[wire]], item, f"{place}.{wire}")
    try:
        model(**{names[wire]: item for wire, item in known.items()})
    except (ValueError, TypeError) as error:
        wrong.append(f"{place}: {error}")
    return wrong
