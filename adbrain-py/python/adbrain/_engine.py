"""The compiled engine, or what is to be done where there is none for this machine."""

from __future__ import annotations

import platform

# The platforms that have a wheel; the release builds one for each.
SUPPORTED = (
    "Linux x86_64 and aarch64 (glibc 2.28 or newer, musl 1.2 or newer)",
    "macOS x86_64 and arm64",
    "Windows x86_64",
)

try:
    from adbrain import _adbrain as engine
except ImportError as missing:
    raise ImportError(
        f"adbrain has no engine for {platform.system()} {platform.machine()} with {platform.python_implementation()} "
        f"{platform.python_version()}; there are wheels for CPython 3.10 or newer on {'; '.join(SUPPORTED)}; "
        "elsewhere build it from its source with Rust: pip install --no-binary adbrain adbrain"
    ) from missing

__all__ = ["SUPPORTED", "engine"]
