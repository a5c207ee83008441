"""What mkdocs does besides: the list of pages from the folders, and the reference of statistics from the core."""

from pathlib import Path

from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parents[2]
# A page that lies in the core, where a test keeps it as its table says, and where the site has it.
STATISTICS = "adbrain-core/src/serve/numbers/reference.md"
PLACE = "reference/statistics.md"
CONCEPTS = ("loop", "control-and-money", "evidence-and-uncertainty", "memory")


def pages(folder: str) -> list[str]:
    """The pages of a folder, in the order of their names."""
    return [f"{folder}/{path.name}" for path in sorted((ROOT / "docs" / folder).glob("*.md"))]


def on_config(config):
    """A new page of a folder stands in the list without another line."""
    config.nav = [
        {"Start": "index.md"},
        {"Concepts": [f"concepts/{name}.md" for name in CONCEPTS]},
        {"Guides": pages("guides")},
        {"Reference": [*pages("reference"), PLACE]},
        {"About": ["architecture.md", "reliability.md", "roadmap.md", {"Decisions": pages("decisions")}]},
    ]
    return config


def on_files(files, config):
    """The reference of statistics as it lies in the core."""
    files.append(File.generated(config, PLACE, content=(ROOT / STATISTICS).read_text()))
    return files


def on_page_markdown(markdown, page, **_):
    """A link to the page in the core leads to its place here."""
    up = "../" * page.file.src_uri.count("/")
    return markdown.replace(f"{up}../{STATISTICS}", f"{up}{PLACE}")
