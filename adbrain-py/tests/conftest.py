"""A small brief with media of its own, a small history, a store in an empty folder."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import pytest

from adbrain import Brain

HISTORY = """platform,date,campaign,ad,age,gender,impressions,clicks,conversions,spend,revenue
meta,2026-10-01,spring,a1,25-34,F,10000,210,12,400.00,1500.00
meta,2026-10-01,spring,a2,35-44,F,9000,150,7,350.00,800.00
google,2026-10-02,spring,a3,25-34,M,8000,260,11,390.50,1400.00
google,2026-10-02,spring,a4,35-44,M,7500,120,4,300.00,450.00
"""


def picture(width: int, height: int) -> bytes:
    """A PNG file of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = b"\x00" + b"\x30\x60\x90" * width
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(row * height, 9))
        + chunk(b"IEND", b"")
    )


def write_media(folder: Path) -> list[dict[str, Any]]:
    """Writes pictures in the ratios that feeds and stories use; gives the brief's media list."""
    sizes = {"square": (1080, 1080), "portrait": (1080, 1350), "tall": (1080, 1920), "wide": (1200, 628)}
    for name, (width, height) in sizes.items():
        (folder / f"{name}.png").write_bytes(picture(width, height))
    return [{"path": f"{name}.png", "kind": "image", "alternative_text": f"A {name} picture"} for name in sizes]


def make_brief(media: list[dict[str, Any]]) -> dict[str, Any]:
    """A brief that uses two platforms and no video."""
    return {
        "name": "Summer",
        "brand": "Praia",
        "industry": "fashion",
        "objective": "sales",
        "markets": ["BR"],
        "language": "pt-BR",
        "flight": {"start": "2026-12-01", "end": "2026-12-14", "time_zone": "America/Sao_Paulo"},
        "budget": {"amount": "28000.00", "currency": "BRL"},
        "platforms": ["meta", "google"],
        "formats": ["carousel", "stories"],
        "product": {
            "name": "Linen shirt",
            "url": "https://example.com/shirt",
            "facts": [{"text": "100% linho", "proof": "lab report 12"}],
            "benefits": ["Leve no calor", "Seca rápido", "Não amassa"],
            "offers": ["Frete grátis"],
        },
        "media": media,
        "declarations": {"special_categories": [], "is_political": False},
    }


@pytest.fixture
def brief(tmp_path: Path) -> dict[str, Any]:
    return make_brief(write_media(tmp_path))


@pytest.fixture
def history(tmp_path: Path) -> Path:
    path = tmp_path / "history.csv"
    path.write_text(HISTORY)
    return path


@pytest.fixture
def brain(tmp_path: Path) -> Brain:
    return Brain.local(tmp_path / "brain.db")
