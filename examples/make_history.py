#!/usr/bin/env python3
"""Makes history.csv: 200 rows of past results on four platforms that add up to ROAS 4.2 and CPA R$ 40.00 exactly.

The rates differ by platform, age, creative type and copy style, so that there is something to learn; the sums are then shared
out in whole cents and whole conversions (largest remainder), so that they are exact. Run it in this folder.
"""

import csv
import random
from datetime import date, timedelta

SPEND_CENTS, CONVERSIONS, REVENUE_CENTS = 8_400_000, 2_100, 35_280_000

# share of rows, cost per thousand impressions in BRL, clicks per impression, conversions per click, relative basket
PLATFORMS = {
    "meta": (0.38, 24.0, 0.021, 0.034, 1.00),
    "google": (0.28, 31.0, 0.034, 0.040, 1.08),
    "tiktok": (0.22, 15.0, 0.015, 0.024, 0.86),
    "linkedin": (0.12, 58.0, 0.010, 0.060, 1.60),
}
CREATIVES = {
    "meta": {"video": 1.15, "carousel": 1.05, "stories": 0.95, "ugc": 1.25},
    "google": {"video": 1.00, "carousel": 0.95},
    "tiktok": {"video": 1.10, "ugc": 1.35},
    "linkedin": {"video": 1.00, "carousel": 1.10},
}
STYLES = {"benefit": 1.00, "proof": 1.18, "offer": 1.10, "question": 0.88}
AGES = {"18-24": 0.85, "25-34": 1.20, "35-44": 1.10, "45-54": 0.90, "55-64": 0.75}
GENDERS = {"female": 1.06, "male": 0.96}
INTERESTS = {"corrida": 1.25, "caminhada": 1.05, "academia": 1.10, "moda": 0.80}
ROWS, FIRST_DAY, DAYS = 200, date(2026, 8, 3), 84


def pick(source, options):
    names = list(options)
    return names[int(source.random() * len(names))]


def shared(total, weights):
    """Shares a whole number by weights; the largest remainders get the rest."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [int(part) for part in exact]
    order = sorted(range(len(parts)), key=lambda row: (parts[row] - exact[row], row))
    for row in order[: total - sum(parts)]:
        parts[row] += 1
    return parts


def rows():
    source = random.Random(20261123)
    plan = [name for name, values in PLATFORMS.items() for _ in range(round(values[0] * ROWS))]
    for number, platform in enumerate(plan):
        _, cpm, ctr, cvr, basket = PLATFORMS[platform]
        creative, style = pick(source, CREATIVES[platform]), pick(source, STYLES)
        age, gender, interest = pick(source, AGES), pick(source, GENDERS), pick(source, INTERESTS)
        pull = CREATIVES[platform][creative] * (0.9 + 0.2 * source.random())
        people = AGES[age] * GENDERS[gender] * INTERESTS[interest] * STYLES[style]
        yield {
            "date": FIRST_DAY + timedelta(days=int(source.random() * DAYS)),
            "platform": platform,
            "campaign": f"ventania-{platform}-{1 + number % 3}",
            "ad": f"{platform}-{creative}-{style}-{number + 1:03}",
            "age": age,
            "gender": gender,
            "interest": interest,
            "creative_type": creative,
            "copy_style": style,
            "size": 0.4 + 1.2 * source.random(),
            "cpm": cpm * (0.85 + 0.3 * source.random()),
            "ctr": ctr * pull,
            "cvr": cvr * people * (0.85 + 0.3 * source.random()),
            "basket": basket * (0.9 + 0.2 * source.random()),
        }


def main():
    table = sorted(rows(), key=lambda row: (row["date"], row["platform"], row["ad"]))
    spends = shared(SPEND_CENTS, [row["size"] * row["cpm"] ** 0.5 for row in table])
    for row, spend in zip(table, spends, strict=True):
        row["impressions"] = round(spend / 100 / row["cpm"] * 1000)
        row["clicks"] = round(row["impressions"] * row["ctr"])
    conversions = shared(CONVERSIONS, [row["clicks"] * row["cvr"] for row in table])
    revenues = shared(REVENUE_CENTS, [count * row["basket"] for count, row in zip(conversions, table, strict=True)])
    names = ["platform", "date", "campaign", "ad", "age", "gender", "interest", "creative_type", "copy_style"]
    with open("history.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*names, "impressions", "clicks", "conversions", "spend", "revenue"])
        for row, spend, count, revenue in zip(table, spends, conversions, revenues, strict=True):
            money = [f"{cents // 100}.{cents % 100:02}" for cents in (spend, revenue)]
            writer.writerow([row[name] for name in names] + [row["impressions"], row["clicks"], count, *money])


main()
