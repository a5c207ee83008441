"""Runs a bench of adbrain and of its peers one after the other and prints the ratios side by side.

Usage: python benches/compare.py workflow|import|market|cycle|memory|experiments|value|forest|saturation|persona|allocation|series|setup|sdk [--json]

The peers are installed from peers/*.txt, each list into a virtual environment of its own under the target folder.
"""

import json
import sys

from bars import allocation, experiments, forest, loop, persona, saturation, sdk, series, value
from bars.rows import show
from bars.sides import HERE, TARGET

__all__ = ["HERE", "TARGET"]

BENCHES = {
    "workflow": loop.workflow_rows,
    "import": loop.import_rows,
    "market": loop.market_rows,
    "cycle": loop.cycle_rows,
    "memory": loop.memory_rows,
    "experiments": experiments.experiment_rows,
    "value": value.value_rows,
    "forest": forest.forest_rows,
    "saturation": saturation.saturation_rows,
    "persona": persona.persona_rows,
    "allocation": allocation.allocation_rows,
    "series": series.series_rows,
    "setup": loop.setup_rows,
    "sdk": sdk.sdk_rows,
}


def main() -> int:
    names = [name for name in sys.argv[1:] if not name.startswith("--")]
    if len(names) != 1 or names[0] not in BENCHES:
        print(__doc__, "Benches:", ", ".join(BENCHES), file=sys.stderr)
        return 2
    rows = BENCHES[names[0]]()
    print(json.dumps(rows, indent=2)) if "--json" in sys.argv else show(rows)
    return 1 if any(line["is_met"] is False for line in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
