"""Clusters of people beside scikit-learn."""

from bars.rows import less, limit, row
from bars.sides import TARGET, ours, theirs

# The inertia of k-means may lie above scikit-learn's by this share.
INERTIA_SLACK = 0.0005


def persona_rows() -> list:
    rows = TARGET / "bench-persona-rows.bin"
    mine = ours("persona", rows)
    peer = theirs("persona", rows, listed="persona")
    most = peer["kmeans_10"]["inertia"] * (1 + INERTIA_SLACK)
    return [
        less(
            "k-means 1e5 x 12, 10 restarts, CPU, against scikit-learn",
            mine["kmeans_10"],
            peer["kmeans_10"],
            "cpu_ms",
            1,
        ),
        limit("k-means, inertia within 0.05 %", mine["kmeans_10"], "inertia", most),
        less("mixture 1e5 x 12 from the clusters, CPU", mine["mixture"], peer["mixture"], "cpu_ms", None),
        row("clusters chosen by stability, of six", "chosen", (mine["chosen"], 6), float(mine["chosen"] == 6), 1),
    ]
