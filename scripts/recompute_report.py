"""Recomputes the report of the program from its exported scores, with numpy alone.

    python scripts/recompute_report.py scores.csv 2026-09-01 2026-11-29 [today]

It reads the CSV of “Export scores” and imports nothing of the portal. Printed as JSON: per metric
n, score, interval, change against as many days before, its p value (raw, and corrected over all
metrics by Benjamini and Hochberg), whether the change is real, distance to the target, and the
last twelve months. Rows of several days (`day` to `until`) are answers of anonymous surveys, which
count in whole blocks of months: a period means the blocks within the months it touches then, the
period before as many months, and a block stands at its last month.
"""

import csv
import json
import math
import sys
from collections import defaultdict
from datetime import date, timedelta
from statistics import NormalDist
from typing import Any

import numpy as np

LEVEL = 0.95
NORMAL = NormalDist()
Z = NORMAL.inv_cdf((1 + LEVEL) / 2)
VALUES = np.arange(11)


def t_upper(t: float, df: float) -> float:
    """P(T > t) of Student's t, by Simpson's rule over its density."""
    log = math.lgamma((df + 1) / 2) - math.lgamma(df / 2) - 0.5 * math.log(df * math.pi)
    x = np.linspace(0, abs(t), 40_001)
    density = np.exp(log - (df + 1) / 2 * np.log1p(x * x / df))
    weights = np.ones_like(x)
    weights[1:-1:2], weights[2:-1:2] = 4, 2
    return 0.5 - float((density * weights).sum() * (x[1] - x[0]) / 3)


def wilson_end(p: float, n: int) -> float:
    """Upper end of Wilson's interval of a share."""
    reach = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return (p + Z * Z / (2 * n) + reach) / (1 + Z * Z / n)


def corrected_end(p: float, n: int) -> float:
    """Upper end of that interval with continuity correction."""
    root = math.sqrt(Z * Z + 2 - 1 / n + 4 * p * (n * (1 - p) - 1))
    return (2 * n * p + Z * Z + 1 + Z * root) / (2 * (n + Z * Z))


def t_quantile(df: float) -> float:
    """The two-sided 95 % quantile, by bisection."""
    low, high = 0.0, 1000.0
    for _step in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if t_upper(middle, df) > (1 - LEVEL) / 2 else (low, middle)
    return (low + high) / 2


class Metric:
    """A metric's definition as exported, and its answers by day."""

    def __init__(self, row: dict[str, str]) -> None:
        self.statistic = row["statistic"]
        self.low, self.high = int(row["minimum"]), int(row["maximum"])
        self.promoter, self.detractor = int(row["promoter_from"]), int(row["detractor_to"])
        self.top, self.min_n = int(row["top_from"]), int(row["min_n"])
        self.up = row["high_is_good"] == "1"
        self.target = float(row["target"]) if row["target"] else None
        self.in_blocks = row["until"] != row["day"]
        self.days: dict[tuple[date, date], Any] = defaultdict(lambda: np.zeros(11, dtype=np.int64))

    def between(self, first: date, last: date) -> Any:
        """Counts of the values 0 to 10 over a period."""
        if self.in_blocks:
            first, last = first.replace(day=1), month_end(last)
        found = [c for (day, until), c in self.days.items() if first <= day and until <= last]
        return sum(found, np.zeros(11, dtype=np.int64))

    def before(self, first: date, last: date) -> Any:
        """Counts of as many days before, or of as many months."""
        days = (last - first).days + 1
        start = first - timedelta(days)
        if self.in_blocks:
            first = start = first.replace(day=1)
            for _month in range((last.year - first.year) * 12 + last.month - first.month + 1):
                start = (start - timedelta(1)).replace(day=1)
        return self.between(start, first - timedelta(1))

    def month(self, first: date, last: date, begin: date) -> Any:
        """Counts of a month; of the blocks that end in it and do not reach back before `begin`."""
        if not self.in_blocks:
            return self.between(first, last)
        ended = [c for (day, until), c in self.days.items() if until == last and day >= begin]
        return sum(ended, np.zeros(11, dtype=np.int64))

    def needed(self) -> int:
        return max(self.min_n, 2 if self.statistic == "mean" else 1)

    def favourable(self, counts: Any) -> int:
        return int(counts[self.top :].sum() if self.up else counts[: self.top + 1].sum())

    def groups(self, counts: Any) -> tuple[int, int]:
        return int(counts[self.promoter :].sum()), int(counts[: self.detractor + 1].sum())

    def score(self, counts: Any) -> dict[str, Any]:
        """Value and interval; none below the minimum."""
        n = int(counts.sum())
        if n < self.needed():
            return {"n": n, "value": None, "low": None, "high": None, "margin": None}
        value, low, high = getattr(self, f"_{self.statistic}")(counts, n)
        least, most = {"nps": (-100, 100), "share": (0, 100)}.get(
            self.statistic, (self.low, self.high)
        )
        ends = max(min(low, value), least), min(max(high, value), most)
        return {"n": n, "value": value, "low": ends[0], "high": ends[1], "margin": (high - low) / 2}

    def _nps(self, counts: Any, n: int) -> tuple[float, float, float]:
        promoters, detractors = self.groups(counts)
        point, variance = self._nps_adjusted(counts, n)
        reach = Z * math.sqrt(variance)
        low, high = point - reach, point + reach
        if detractors == 0:
            high = max(high, 100 * wilson_end(promoters / n, n))
        if promoters == 0:
            low = min(low, -100 * wilson_end(detractors / n, n))
        return 100 * (promoters - detractors) / n, low, high

    def _nps_adjusted(self, counts: Any, n: int) -> tuple[float, float]:
        promoters, detractors = self.groups(counts)
        p, d = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
        return 100 * (p - d), 100**2 * (p + d - (p - d) ** 2) / (n + 3)

    def _share(self, counts: Any, n: int) -> tuple[float, float, float]:
        """Wilson's interval with continuity correction (Newcombe 1998, method 4)."""
        p = self.favourable(counts) / n
        below = 1 - corrected_end(1 - p, n) if p > 0 else 0.0
        above = corrected_end(p, n) if p < 1 else 1.0
        return 100 * p, 100 * max(below, 0.0), 100 * min(above, 1.0)

    def _mean(self, counts: Any, n: int) -> tuple[float, float, float]:
        mean = float(counts @ VALUES) / n
        more = counts.copy()
        more[self.low] += 1
        more[self.high] += 1
        size = n + 2
        centre = float(more @ VALUES) / size
        spread = float(more @ (VALUES - centre) ** 2)
        reach = t_quantile(n - 1) * math.sqrt(spread / size / size)
        return mean, centre - reach, centre + reach

    def tested(self, counts: Any) -> tuple[float, float, float]:
        """Point, variance and degrees of freedom the test uses."""
        n = int(counts.sum())
        if self.statistic == "nps":
            return (*self._nps_adjusted(counts, n), n - 1)
        if self.statistic == "share":
            share = (self.favourable(counts) + 1) / (n + 2)
            return 100 * share, 100**2 * share * (1 - share) / (n + 2), n - 1
        mean = float(counts @ VALUES) / n
        squares = max(float(counts @ (VALUES - mean) ** 2), (n - 1) / n)
        return mean, squares / (n - 1) / n, n - 1

    def change(self, before: Any, now: Any) -> dict[str, Any]:
        """Difference of the scores as shown and the p value of the adjusted ones."""
        sizes = int(before.sum()), int(now.sum())
        if min(sizes) < self.needed():
            return {"difference": None, "p": None}
        (a, va, fa), (b, vb, fb) = self.tested(before), self.tested(now)
        variance = va + vb
        df = variance**2 / (va**2 / fa + vb**2 / fb)
        if self.statistic == "mean":
            pooled = (fa * va * sizes[0] + fb * vb * sizes[1]) / (fa + fb)
            variance = max(variance, pooled * (1 / sizes[0] + 1 / sizes[1]))
        tail = t_upper(abs(b - a) / math.sqrt(variance), df)
        shown = self.score(now)["value"] - self.score(before)["value"]
        return {"difference": shown, "p": min(1.0, 2 * tail)}


def read(path: str) -> dict[str, Metric]:
    """Metrics by code with their answers."""
    metrics: dict[str, Metric] = {}
    with open(path, encoding="utf-8-sig", newline="") as file:  # noqa: PTH123
        for row in csv.DictReader(file):
            metric = metrics.setdefault(row["metric"], Metric(row))
            value = int(row["value"])
            if metric.low <= value <= metric.high:
                span = date.fromisoformat(row["day"]), date.fromisoformat(row["until"])
                metric.days[span][value] += 1
    return metrics


def corrected(p_values: list[float | None]) -> list[float | None]:
    """Benjamini and Hochberg over those that were tested."""
    places = [i for i, p in enumerate(p_values) if p is not None]
    raw = np.array([p_values[i] for i in places], dtype=float)
    order = np.argsort(-raw, kind="stable")
    size, least = len(raw), 1.0
    found: list[float | None] = [None] * len(p_values)
    for rank, place in zip(range(size, 0, -1), order, strict=True):
        least = min(least, float(raw[place]) * size / rank)
        found[places[place]] = least
    return found


def month_end(day: date) -> date:
    """The last day of a day's month."""
    return (day.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)


def months_to(last: date) -> list[tuple[date, date]]:
    """The twelve months up to a day's, whole, oldest first."""
    spans, first = [], last.replace(day=1)
    for _month in range(12):
        spans.append((first, month_end(first)))
        first = (first - timedelta(1)).replace(day=1)
    return spans[::-1]


def report(path: str, first: date, last: date) -> dict[str, Any]:
    """Every number of the report."""
    metrics = read(path)
    spans = months_to(last)
    found: dict[str, Any] = {}
    for code, metric in metrics.items():
        now = metric.between(first, last)
        score = metric.score(now)
        has_goal = metric.target is not None and score["value"] is not None
        found[code] = {
            **score,
            **metric.change(metric.before(first, last), now),
            "to_target": score["value"] - metric.target if has_goal else None,
            "months": [metric.score(metric.month(*span, spans[0][0]))["value"] for span in spans],
        }
    values = corrected([line["p"] for line in found.values()])
    for line, p in zip(found.values(), values, strict=True):
        line["p_corrected"] = p
        line["verdict"] = "early" if p is None else "real" if p < 1 - LEVEL else "none"
    return found


if __name__ == "__main__":
    source, start, end = sys.argv[1:4]
    sys.stdout.write(
        json.dumps(report(source, date.fromisoformat(start), date.fromisoformat(end)), indent=1)
    )
