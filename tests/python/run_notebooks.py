"""Runs the example notebooks from top to bottom in a fresh kernel: the two below, and with ADBRAIN_LONG=1 all of them."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
SHORT = ("predict", "whole_loop")


def run(path: Path) -> None:
    """Runs one notebook beside a copy of the examples; the last cell must show HTML."""
    notebook = nbformat.read(path, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "its outputs are committed; clear them"
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "examples", Path(folder) / "examples")
        NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": folder}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert any("text/html" in output.get("data", {}) for output in outputs), "no cell shows HTML"


def main() -> int:
    """Runs the notebooks."""
    notebooks = sorted((ROOT / "examples/notebooks").glob("*.ipynb"))
    if not os.environ.get("ADBRAIN_LONG"):
        notebooks = [path for path in notebooks if path.stem in SHORT]
    for path in notebooks:
        run(path)
        print(f"{path.name}: ran")
    print(f"{len(notebooks)} passed, 0 failed")
    return int(not notebooks)


if __name__ == "__main__":
    sys.exit(main())
