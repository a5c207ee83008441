"""Writes the types of the statistics for Python and Node from the schemas that the engine gives; `--check` compares alone."""

import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

from adbrain._adbrain import _statistics

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / "adbrain-py/python/adbrain/stats.pyi"
NODE = ROOT / "adbrain-node/stats.d.ts"
Schema = dict[str, Any]


def alternatives(schema: Schema) -> list[Schema]:
    """The members of a union, or the schema alone."""
    return schema.get("anyOf") or schema.get("oneOf") or [schema]


def kinds(schema: Schema) -> list[str]:
    """The JSON types that a schema allows."""
    kind = schema.get("type", "object" if "properties" in schema else "any")
    return kind if isinstance(kind, list) else [kind]


def is_numbers(schema: Schema) -> bool:
    return schema.get("type") == "array" and schema.get("items", {}).get("type") in ("number", "integer")


def python_type(schema: Schema) -> str:
    """A schema as a Python annotation."""
    members: list[str] = []
    for one in alternatives(schema):
        if "const" in one or "enum" in one:
            members.append(f"Literal[{', '.join(repr(value) for value in one.get('enum', [one.get('const')]))}]")
            continue
        for kind in kinds(one):
            members.append(python_kind(kind, one))
    return " | ".join(dict.fromkeys(members))


def python_kind(kind: str, schema: Schema) -> str:
    if kind == "array":
        if is_numbers(schema):
            return "_Numbers"
        items = schema.get("items")
        return f"Sequence[{python_type(items)}]" if isinstance(items, dict) else "Sequence[Any]"
    plain = {"number": "float", "integer": "int", "string": "str", "boolean": "bool", "null": "None"}
    return plain.get(kind, "Mapping[str, Any]" if kind == "object" else "Any")


def node_type(schema: Schema) -> str:
    """A schema as a TypeScript type; what all members of a union share stands before it."""
    shared = {key: value for key, value in schema.items() if key not in ("anyOf", "oneOf")}
    if len(shared) < len(schema) and shared.get("properties"):
        return f"{node_object(shared)} & ({node_union(schema)})"
    return node_union(schema)


def node_union(schema: Schema) -> str:
    members: list[str] = []
    for one in alternatives(schema):
        if "const" in one or "enum" in one:
            members += [
                repr(value) if isinstance(value, str) else str(value) for value in one.get("enum", [one.get("const")])
            ]
            continue
        for kind in kinds(one):
            members.append(node_kind(kind, one))
    return " | ".join(dict.fromkeys(members))


def node_kind(kind: str, schema: Schema) -> str:
    if kind == "array":
        if is_numbers(schema):
            return "Numbers"
        items = schema.get("items")
        return f"readonly ({node_type(items)})[]" if isinstance(items, dict) else "readonly unknown[]"
    if kind == "object" and schema.get("properties"):
        return node_object(schema)
    plain = {"number": "number", "integer": "number", "string": "string", "boolean": "boolean", "null": "null"}
    return plain.get(kind, "Record<string, unknown>" if kind == "object" else "unknown")


def node_object(schema: Schema) -> str:
    required = schema.get("required", [])
    fields = [
        f"{name}{'' if name in required else '?'}: {node_type(field if isinstance(field, dict) else {})}"
        for name, field in schema["properties"].items()
    ]
    return "{ " + "; ".join(fields) + " }" if fields else "Record<string, never>"


def python_function(name: str, about: str, reference: str, schema: Schema) -> str:
    required = schema.get("required", [])
    parameters = [f"{argument}: {python_type(schema['properties'][argument])}" for argument in required]
    optional = [argument for argument in schema["properties"] if argument not in required]
    if optional:
        parameters.append("*")
    for argument in optional:
        kind = python_type(schema["properties"][argument])
        kind = kind if kind == "Any" or "None" in kind.split(" | ") else f"{kind} | None"
        parameters.append(f"{argument}: {kind} = None")
    lines = [*textwrap.wrap(about, 100), "", *wrapped(reference, 100)]
    body = "".join([f'    """{lines[0]}\n', *(f"    {line}".rstrip() + "\n" for line in lines[1:]), '    """\n'])
    one_line = f"def {name}({', '.join(parameters)}) -> dict[str, Any]:"
    if len(one_line) <= 120:
        return f"{one_line}\n{body}"
    lines = "".join(f"    {parameter},\n" for parameter in parameters)
    return f"def {name}(\n{lines}) -> dict[str, Any]:\n{body}"


def wrapped(reference: str, width: int) -> list[str]:
    """The paragraphs of a reference text in lines of a width, with empty lines between."""
    lines: list[str] = []
    for paragraph in reference.replace("\\", "\\\\").split("\n\n"):
        lines += [*textwrap.wrap(paragraph, width, break_on_hyphens=False), ""]
    return lines[:-1]


def python_text() -> str:
    """The stub of `adbrain.stats`."""
    table = sorted(_statistics())
    head = '"""The statistics of experiments, each by its name."""\n\n'
    head += "from collections.abc import Mapping, Sequence\nfrom typing import Any, Literal, Protocol\n\n__all__ = [\n"
    head += "".join(f'    "{name}",\n' for name, *_ in table) + "]\n\n"
    head += 'class _Array(Protocol):\n    """An array of NumPy or a series of pandas."""\n\n    def tolist(self) -> list[Any]: ...\n\n'
    head += "_Numbers = Sequence[float] | _Array\n\n"
    body = "\n".join(python_function(*entry) for entry in table)
    text = (head if "Literal[" in body else head.replace(", Literal", "")) + body
    ruff = [Path(sys.executable).with_name("ruff"), "format", "--quiet", "--stdin-filename", PYTHON, "-"]
    return subprocess.run(ruff, input=text, text=True, check=True, stdout=subprocess.PIPE, cwd=ROOT).stdout


def node_text() -> str:
    """The types of `stats` in Node."""
    head = "// Written from the engine's own schemas by tests/python/write_types.py.\n\n"
    head += "/** A list or a typed array of numbers. */\n"
    head += "export type Numbers = readonly number[] | Float64Array | Float32Array | Int32Array\n\n"
    head += "/** A result by its keys, or why there is none in `undefined`. */\n"
    head += "export type Statistic = { undefined?: { reason: string; message: string }; [field: string]: any }\n\n"
    head += "/** The statistics of experiments. */\nexport interface Stats {\n"
    lines = []
    for name, about, reference, schema in sorted(_statistics()):
        camel = re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name)
        text = "".join(f"   * {line}".rstrip() + "\n" for line in [about, "", *wrapped(reference, 110)])
        lines.append(f"  /**\n{text}   */\n  {camel}(given: {node_object(schema)}): Statistic\n")
    return head + "".join(lines) + "}\n"


def main() -> int:
    """Writes both files, or says which of them is old."""
    old = 0
    for path, text in ((PYTHON, python_text()), (NODE, node_text())):
        if "--check" not in sys.argv:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            old += 1
            print(f"{path.relative_to(ROOT)} is old: run python tests/python/write_types.py")
    return int(old > 0)


if __name__ == "__main__":
    sys.exit(main())
