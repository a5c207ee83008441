"""Writes what the packages hold of others: THIRD-PARTY.md with every licence, and a bill of materials in CycloneDX's form.

``--check`` compares with what is there and holds each licence against deny.toml, without the program cargo-deny.
``--sbom FILE`` writes the bill of materials of the compiled packages.
"""

import argparse
import hashlib
import json
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What is compiled into a package that people install.
SHIPPED = ("adbrain-core", "adbrain-py", "adbrain-node")
NOTICES = [ROOT / name / "THIRD-PARTY.md" for name in ("adbrain-py", "adbrain-node")]
PAGE = ROOT / "adbrain-core/src/show/dashboard/dist/licenses.txt"
TEXTS = re.compile(r"(LICEN[CS]E|COPYING|NOTICE|UNLICENSE)", re.IGNORECASE)


def packages() -> list[dict]:
    """The packages of others that are compiled into ours, by name and version, on all platforms."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked"]
    found = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    known = {package["id"]: package for package in found["packages"]}
    nodes = {node["id"]: node for node in found["resolve"]["nodes"]}
    wanted = [one for one in known if known[one]["name"] in SHIPPED]
    seen = set(wanted)
    while wanted:
        for dependency in nodes[wanted.pop()]["deps"]:
            # What only a build or a test needs is in no package.
            is_shipped = any(kind["kind"] is None for kind in dependency["dep_kinds"])
            if is_shipped and dependency["pkg"] not in seen:
                seen.add(dependency["pkg"])
                wanted.append(dependency["pkg"])
    others = [known[one] for one in seen if not known[one]["name"].startswith("adbrain")]
    return sorted(others, key=lambda package: (package["name"], package["version"]))


def allowed() -> set[str]:
    """The licences that deny.toml allows."""
    line = re.search(r"^allow = \[(.*)\]$", (ROOT / "deny.toml").read_text(), flags=re.MULTILINE)
    return set(re.findall(r'"([^"]+)"', line[1])) if line else set()


def is_allowed(expression: str, names: set[str]) -> bool:
    """Whether one way to read a licence expression is allowed."""
    words = re.findall(r"\(|\)|[^\s()]+", expression.replace("/", " OR "))
    place = 0

    def alternatives() -> bool:
        nonlocal place
        held = together()
        while place < len(words) and words[place] == "OR":
            place += 1
            held = together() or held
        return held

    def together() -> bool:
        nonlocal place
        held = one()
        while place < len(words) and words[place] == "AND":
            place += 1
            held = one() and held
        return held

    def one() -> bool:
        nonlocal place
        word = words[place]
        place += 1
        if word == "(":
            held = alternatives()
            place += 1
            return held
        if place < len(words) and words[place] == "WITH":
            word = f"{word} WITH {words[place + 1]}"
            place += 2
        return word in names

    return alternatives()


def problems(found: list[dict]) -> list[str]:
    """What may not be shipped."""
    names = allowed()
    unlicensed = [one["name"] for one in found if not one["license"] and not one["license_file"]]
    foreign = [one["name"] for one in found if not str(one["source"]).startswith("registry+")]
    refused = [one for one in found if one["license"] and not is_allowed(one["license"], names)]
    return (
        [f"{name} names no licence" for name in unlicensed]
        + [f"{name} is not from the registry" for name in foreign]
        + [f"{one['name']} is under {one['license']}, which deny.toml does not allow" for one in refused]
    )


def chosen(package: dict) -> list[Path]:
    """The files with the licence of a package: that of MIT alone where it may be chosen, and notices."""
    folder = Path(package["manifest_path"]).parent
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and TEXTS.match(path.name)]
    mit = [path for path in files if "MIT" in path.name.upper() or path.name.upper().startswith("NOTICE")]
    may_choose = is_allowed(package["license"] or "", {"MIT"}) if package["license"] else False
    return mit if mit and may_choose else files


def texts(found: list[dict]) -> dict[str, tuple[str, list[str]]]:
    """Each licence text once, with the packages that it came with."""
    groups: dict[str, tuple[str, list[str]]] = {}
    for package in found:
        for path in chosen(package):
            text = path.read_text(errors="replace").replace("\r\n", "\n").strip()
            # What follows the terms of the Apache licence is how to use it, in many wordings.
            terms = text.split("END OF TERMS AND CONDITIONS")[0]
            key = hashlib.sha256(re.sub(r"\W+", " ", terms).lower().encode()).hexdigest()
            groups.setdefault(key, (text, []))[1].append(f"{package['name']} {package['version']}")
    return groups


def notices(found: list[dict]) -> str:
    """The page."""
    by_licence = defaultdict(list)
    for package in found:
        by_licence[package["license"] or "see its text below"].append(f"{package['name']} {package['version']}")
    lines = [
        "# What adbrain is built with",
        "",
        "Compiled into the packages; made by `tests/python/third_party.py`.",
        "",
    ]
    for licence, names in sorted(by_licence.items()):
        lines += [f"## {licence}", "", ", ".join(names), ""]
    lines += ["# The texts", ""]
    for text, names in sorted(texts(found).values(), key=lambda group: group[1]):
        lines += [f"## {', '.join(dict.fromkeys(names))}", "", "```text", text.replace("```", "'''"), "```", ""]
    lines += ["# The live page", "", "```text", PAGE.read_text().strip(), "```"]
    return "\n".join(line.rstrip() for line in "\n".join(lines).split("\n")) + "\n"


def bill(found: list[dict]) -> dict:
    """The bill of materials, CycloneDX 1.5."""
    version = re.search(r'^version = "(.*)"$', (ROOT / "Cargo.toml").read_text(), flags=re.MULTILINE)
    main = {"type": "library", "bom-ref": "adbrain", "name": "adbrain", "version": version[1] if version else ""}

    def component(package: dict) -> dict:
        name = f"pkg:cargo/{package['name']}@{package['version']}"
        expression = (package["license"] or "NOASSERTION").replace("/", " OR ")
        return {
            "type": "library",
            "bom-ref": name,
            "purl": name,
            "name": package["name"],
            "version": package["version"],
            "licenses": [{"expression": expression}],
        }

    components = [component(package) for package in found]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": main},
        "components": components,
        "dependencies": [{"ref": "adbrain", "dependsOn": [one["bom-ref"] for one in components]}],
    }


def main() -> int:
    """Writes, or compares."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true")
    arguments.add_argument("--sbom", type=Path)
    given = arguments.parse_args()
    found = packages()
    if given.sbom:
        given.sbom.write_text(json.dumps(bill(found), indent=1) + "\n")
    wrong = problems(found)
    page = notices(found)
    for path in NOTICES:
        if not given.check and not given.sbom:
            path.write_text(page)
        elif given.check and (not path.exists() or path.read_text() != page):
            wrong.append(f"{path.relative_to(ROOT)} is not up to date: run `python tests/python/third_party.py`")
    for line in wrong:
        print(f"third party: {line}")
    print(f"{len(found)} packages of others, {len(wrong)} problems")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
