"""Writes the time zones and languages that a market alone tells: adbrain-core/src/model/brief/markets.csv.

Zones: tzdata's zone.tab (public domain), countries whose zones keep the same time on every day of 2025 to 2037; the first of
them stands for all. Languages: CLDR through Babel, countries in which one language alone is official or official de facto.
Usage: make_markets.py [ZONE.TAB]; needs Babel.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.languages import get_official_languages

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "adbrain-core/src/model/brief/markets.csv"
# CLDR calls the other official languages of South Africa regional; its constitution names them side by side.
SEVERAL = {"ZA"}
# No countries of ISO 3166-1 in which ads are shown.
EMPTY = {"AQ", "BV", "HM", "UM"}
DAYS = [datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(13 * 365)]


def zones(table: Path) -> dict[str, list[str]]:
    """The zones of each country, in the order of the table."""
    found: dict[str, list[str]] = {}
    for line in table.read_text(encoding="ascii").splitlines():
        if not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            found.setdefault(country, []).append(zone)
    return found


def zone_of(names: list[str]) -> str:
    """The first of zones that keep the same time, else nothing."""
    kept = {tuple(day.astimezone(ZoneInfo(name)).utcoffset() for day in DAYS) for name in names}
    return names[0] if len(kept) == 1 else ""


def language_of(country: str) -> str:
    """The only official language where ads are written in it, else nothing."""
    if country == "BR":
        return "pt-BR"
    return "en" if country not in SEVERAL and get_official_languages(country, de_facto=True) == ("en",) else ""


def main() -> None:
    """Writes a line for each country that tells one of the two."""
    table = zones(Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/zoneinfo/zone.tab"))
    rows = [(country, zone_of(names), language_of(country)) for country, names in sorted(table.items())]
    lines = [",".join(row) for row in rows if row[0] not in EMPTY and (row[1] or row[2])]
    OUT.write_text("\n".join(lines) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
