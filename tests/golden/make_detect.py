"""Writes `../cases/detect.json`: readings of series, by a second implementation in plain Python that follows the formulas of the reference.

Run with Python 3.11: python make_detect.py > ../cases/detect.json
"""

import itertools
import json
import math
import random
from datetime import UTC, datetime, timedelta
from statistics import NormalDist, median

START = datetime(2026, 12, 1, 0, 15, tzinfo=UTC)
SETTINGS = {
    "season": 24,
    "memory": 28,
    "least_seasons": 3,
    "smoothing": 0.5,
    "threshold": 4.25,
    "threshold_without_volume": 5.5,
    "window": 24,
    "ramp": 6,
    "event_spread": 1.0,
    "quiet": 24,
    "adopt": 72,
    "level": 0.95,
}
NORMAL = NormalDist()
HALF, MOST, TAIL = (NORMAL.inv_cdf((1 + share) / 2) for share in (0.5, 0.9, 0.975))


def clip(value, limit):
    return max(-limit, min(limit, value))


def quantile(values, share):
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


class Watch:
    """What is known of one series, by the number of the hour."""

    def __init__(self, settings):
        self.s = SETTINGS | settings
        # Hour to logarithm, to sampling variance, and to residual; and the hours of alarms.
        self.logs, self.sampling, self.residuals, self.apart = {}, {}, {}, set()
        self.noise, self.noise_at = None, 0
        self.mean = self.variance = 0.0
        # Hour and shape of a start to what was absorbed, the sum, and the information.
        self.starts = {}
        self.open = None
        self.last = None

    def forget(self, hour):
        reach = self.s["season"] * self.s["memory"]
        for kept in [kept for kept in self.logs if kept < hour - reach]:
            for each in (self.logs, self.sampling, self.residuals):
                each.pop(kept, None)

    def place(self, hour):
        same = [log for kept, log in self.logs.items() if (kept - hour) % self.s["season"] == 0]
        return median(same) if len(same) >= self.s["least_seasons"] else None

    def usual(self, hour):
        own, before, after = (self.place(hour + shift) for shift in (0, -1, 1))
        if own is None or before is None or after is None:
            return own
        return (1 - self.s["smoothing"]) * own + self.s["smoothing"] * (before + after) / 2

    def estimate(self, hour):
        if self.noise and hour - self.noise_at < self.s["season"]:
            return
        calm = [kept for kept in sorted(self.residuals) if kept not in self.apart]
        if len(calm) < 72:
            return
        values = [self.residuals[kept] for kept in calm]
        middle = median(values)
        limit = 3 / HALF * median(abs(value - middle) for value in values)
        total = sum(clip(value, limit) ** 2 for value in values) / len(values)
        events = sum(self.sampling[kept] for kept in calm) / len(calm)
        variance = max(total - events, 0.05 * total, 0.005**2)
        pairs = [(a, b) for a, b in itertools.pairwise(calm) if a + 1 == b]
        products = [clip(self.residuals[a], limit) * clip(self.residuals[b], limit) for a, b in pairs]
        correlation = min(max(sum(products) / len(products) / variance, 0), 0.98) if products else 0.0
        surprises, mean, spread, before = [], 0.0, variance, None
        for kept in sorted(self.residuals):
            fade = correlation ** (kept - before) if before is not None else 1.0
            before = kept
            mean, spread = fade * mean, fade**2 * spread + variance * (1 - fade**2)
            error = math.sqrt(spread + self.sampling[kept])
            standard = (self.residuals[kept] - mean) / error
            if kept not in self.apart:
                surprises.append(abs(standard))
            gain = spread / error**2
            mean, spread = mean + gain * clip(standard, 4) * error, spread * (1 - gain)
        width = (quantile(surprises, 0.5) / HALF + quantile(surprises, 0.9) / MOST) / 2
        if self.noise is None:
            self.mean, self.variance = 0.0, variance
        self.noise = (correlation, variance, max(width, quantile(surprises, 0.975) / TAIL, 0.3))
        self.noise_at = hour

    def read(self, hour, at, value, volume):
        reading = {"at": at(hour), "status": "empty", "expected": None, "interval": None, "score": None, "alarm": None}
        if self.last is not None and hour <= self.last:
            return self.late(hour, value, volume, reading)
        steps, self.last = (hour - self.last if self.last is not None else 1), hour
        self.forget(hour)
        if self.noise:
            fade = self.noise[0] ** steps
            self.mean, self.variance = self.mean * fade, fade**2 * self.variance + self.noise[1] * (1 - fade**2)
            self.starts = {key: (fade * a, b, c) for key, (a, b, c) in self.starts.items()}
        if not value or volume == 0:
            return reading
        log, sampling = math.log(value), self.s["event_spread"] ** 2 / volume if volume else 0.0
        usual = self.usual(hour)
        reading["status"] = "learning"
        if usual is not None:
            reading["expected"] = math.exp(usual)
            self.estimate(hour)
            if self.noise:
                self.judge(hour, at, usual, log - usual, (sampling, volume), reading)
            self.residuals[hour] = log - usual
        self.logs[hour], self.sampling[hour] = log, sampling
        if reading["status"] in ("open", "adopted"):
            self.apart.add(hour)
        if reading["alarm"]:
            self.apart.update(kept for kept in self.logs if kept >= self.open[1])
        return reading

    def judge(self, hour, at, usual, residual, chance, reading):
        sampling, volume = chance
        limit = self.s["threshold"] if volume else max(self.s["threshold"], self.s["threshold_without_volume"])
        reach = NORMAL.inv_cdf((1 + self.s["level"]) / 2)
        half = reach * self.noise[2] * math.sqrt(self.noise[1] + sampling)
        reading["interval"] = [math.exp(usual - half), math.exp(usual + half)]
        error = self.noise[2] * math.sqrt(self.variance + sampling)
        gain, raw = self.variance / (self.variance + sampling), residual - self.mean
        standard = raw / error
        if self.open:
            reading["status"] = self.follow(hour, residual)
        else:
            score, size, off, kind, since = self.weigh(hour, raw, error, gain)
            reading["status"], reading["score"] = "watching", score
            if abs(score) > limit:
                self.starts, self.open, reading["status"] = {}, (hour, since, size), "open"
                ends = [math.expm1(size + side * reach * off) for side in (0, -1, 1)]
                reading["alarm"] = {"kind": kind, "direction": "up" if size > 0 else "down", "since": at(since)}
                reading["alarm"] |= dict(zip(("size", "low", "high"), ends, strict=True))
        self.mean += gain * clip(standard, 4) * error
        self.variance *= 1 - gain

    def weigh(self, hour, raw, error, gain):
        best = (raw / error, raw, error, "spike", hour)
        self.starts = {key: kept for key, kept in self.starts.items() if hour - key[0] < self.s["window"]}
        self.starts |= {(hour, kind): (0.0, 0.0, 0.0) for kind in ("step", "ramp")}
        for (since, kind), (absorbed, total, information) in self.starts.items():
            shape = min((hour - since + 1) / self.s["ramp"], 1) if kind == "ramp" else 1.0
            effect = shape - absorbed
            total += effect * clip(raw / error, 4) / error
            information += (effect / error) ** 2
            self.starts[since, kind] = (absorbed + gain * effect, total, information)
            score = total / math.sqrt(information)
            if abs(score) > abs(best[0]):
                best = (score, total / information, 1 / math.sqrt(information), kind, since)
        return best

    def recent(self, residual, count):
        before = [self.residuals[kept] for kept in sorted(self.residuals)][-(count - 1) :] if count > 1 else []
        return median([*before, residual])

    def follow(self, hour, residual):
        told, since, size = self.open
        if hour - told < self.s["quiet"]:
            return "open"
        if math.copysign(1, size) * self.recent(residual, 6) < abs(size) / 2:
            self.open = None
            return "recovered"
        if hour - told < self.s["adopt"]:
            return "open"
        moved = self.recent(residual, self.s["quiet"])
        self.logs = {kept: log + moved if kept < since else log for kept, log in self.logs.items()}
        self.mean -= moved
        self.open = None
        return "adopted"

    def late(self, hour, value, volume, reading):
        reading["status"] = "late"
        if value and volume != 0 and self.logs and hour >= min(self.logs):
            log = math.log(value)
            if hour in self.residuals:
                self.residuals[hour] += log - self.logs[hour]
            self.logs[hour], self.sampling[hour] = log, self.s["event_spread"] ** 2 / volume if volume else 0.0
        return reading


def at(hour):
    return (START + timedelta(hours=hour)).strftime("%Y-%m-%dT%H:%M:%SZ")


def series(seed, hours, factor, with_volume):
    luck, points, wander = random.Random(seed), [], 0.0
    for hour in range(hours):
        wander = 0.6 * wander + luck.gauss(0, 0.04)
        if luck.random() < 0.03:
            continue
        value = 4 * math.exp(0.25 * math.sin(2 * math.pi * hour / 24) + wander) * factor(hour)
        point = {"at": at(hour), "value": round(value, 4)}
        if with_volume:
            point["volume"] = luck.choice([0, *[2000, 3000, 4000] * 10])
        if luck.random() < 0.02:
            point["value"] = None
        points.append((hour, point))
    return points


def main():
    # A few values; a step that lasts; a spike, a fall and a value that comes late; a ramp of a day series with a threshold of its own.
    given = [
        (1, 18, lambda hour: 1.0, True, {}),
        (2, 420, lambda hour: 1.5 if hour >= 300 else 1.0, True, {}),
        (3, 500, lambda hour: 2.2 if hour == 260 else 0.6 if 380 <= hour < 420 else 1.0, False, {}),
        (
            4,
            400,
            lambda hour: 1.06 ** min(max(hour - 339, 0), 6),
            True,
            {"threshold": 3.8, "memory": 10, "smoothing": 0.2},
        ),
    ]
    cases = []
    for number, (seed, hours, factor, with_volume, settings) in enumerate(given, 1):
        points = series(seed, hours, factor, with_volume)
        if number == 3:
            points[320:320] = [(points[310][0], points[310][1] | {"value": 3.3})]
        watch = Watch(settings)
        readings = [watch.read(hour, at, point["value"], point.get("volume")) for hour, point in points]
        case = {"id": f"detect-{number:03}", "method": "detect", "input": {"points": [point for _, point in points]}}
        case["input"] |= {"settings": settings} if settings else {}
        cases.append(case | {"expected": {"readings": readings}, "source": "plain Python", "rtol": 1e-7, "atol": 1e-9})
    about = "Reference cases for readings of series. Tolerance: |got - expected| <= atol + rtol * |expected|."
    print(
        json.dumps({"about": f"{about} Written by tests/golden/make_detect.py.", "count": len(cases), "cases": cases})
    )


if __name__ == "__main__":
    main()
