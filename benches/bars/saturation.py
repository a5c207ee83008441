"""Days to saturation beside the frequency rule and a forest."""

import json

from bars.rows import less, more
from bars.sides import TARGET, ours, theirs

# How much lower than the frequency rule's the error must be, and the least balanced accuracy of "fewer than 7 days".
OF_THE_FREQUENCY_RULE = 1 / 0.6
LEAST_ACCURACY = 0.90


def saturation_rows() -> list:
    campaigns = TARGET / "bench-campaigns.json"
    mine = ours("saturation")
    campaigns.write_text(json.dumps(ours("saturation", "campaigns")))
    peers = theirs("saturation", campaigns, listed="saturation")
    rows = []
    for name in ("family", "refresh", "price", "all"):
        figures, peer = mine[name], peers[name]
        week = {"balanced_accuracy": LEAST_ACCURACY}
        rows += [
            less(
                f"{name}, log error, against the frequency rule",
                figures,
                peer["frequency"],
                "error",
                OF_THE_FREQUENCY_RULE,
            ),
            less(f"{name}, log error, against a forest", figures, peer["forest"], "error", 1),
            more(f"{name}, fewer than 7 days, against the least", figures, week, "balanced_accuracy", 1),
            more(f"{name}, fewer than 7 days, against a forest", figures, peer["forest"], "balanced_accuracy", None),
        ]
    return rows
