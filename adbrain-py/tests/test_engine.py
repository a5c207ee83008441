"""What a machine without an engine is told."""

import subprocess
import sys

WITHOUT_ENGINE = """
import importlib.abc, sys

class Missing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == "adbrain._adbrain":
            raise ImportError("no such file")

sys.meta_path.insert(0, Missing())
try:
    import adbrain
except ImportError as error:
    print(error)
"""


def test_a_machine_without_an_engine_is_told_where_it_runs_and_what_to_do() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_ENGINE], capture_output=True, text=True, check=True)
    for words in ("no engine for", "Linux x86_64 and aarch64", "macOS", "Windows", "--no-binary adbrain"):
        assert words in done.stdout, done.stdout
