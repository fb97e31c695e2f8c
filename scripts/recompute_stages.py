"""Recompute a program's stage scores from its answers, with numpy and scipy alone.

    python scripts/recompute_stages.py http://127.0.0.1:8000/api/v1 KEY [FIRST LAST]

KEY needs the scopes program:read, metrics:read, journeys:read, responses:read and
personal_data:read (errors are clustered by customer). Days are 2026-11-24, both included; the last
30 days without them. Prints every touchpoint, stage and journey with both values, and exits with 1
when a value, margin, interval or n differs. Nothing of the portal is imported.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import numpy as np
from scipy import stats

Get = Callable[[str], Any]
NEAR = 1e-4
UNSCORED = {"importance", "expectation", "competitor"}
#: Answers added to a sample: number, sum, sum of squares, on 0..100. NPS: ¾ promoters, ¾
#: detractors, 1½ passives (Rocks 2016); shares: two favourable, two not (Agresti & Coull 1998).
ADDED = {
    "nps": (3.0, 150.0, 0.75 * 100**2 + 1.5 * 50**2),
    "share": (4.0, 200.0, 2 * 100.0**2),
    "mean": (0.0, 0.0, 0.0),
}
STATISTIC = {
    "nps": "nps", "enps": "nps", "csat": "share", "ces": "mean", "ces1": "mean", "rating": "mean",
}  # fmt: skip


def rows(get: Get, path: str) -> Iterator[Any]:
    """Every record of a list, page by page."""
    joint = "&" if "?" in path else "?"
    address: str | None = f"{path}{joint}page_size=200"
    while address:
        page = get(address)
        yield from page["results"]
        address = page["next"]


def points(metric: dict[str, Any], value: int) -> float:
    """What an answer is worth on 0..100, high is good."""
    low, high = int(metric["minimum"]), int(metric["maximum"])
    cuts: dict[str, int] = metric["cutoffs"]
    is_good = bool(metric["high_is_good"])
    statistic = STATISTIC[metric["kind"]]
    if statistic == "nps":
        promoter = value >= cuts.get("promoter_from", 9)
        return 50.0 * (1 + promoter - (value <= cuts.get("detractor_to", 6)))
    if statistic == "share":
        if is_good:
            return 100.0 * (value >= cuts.get("top_from", high - 1))
        return 100.0 * (value <= cuts.get("top_from", low + 1))
    share = (value - low) / (high - low)
    return 100.0 * (share if is_good else 1 - share)


def value_of(metric: dict[str, Any], response: dict[str, Any], day: date) -> int | None:
    """The metric's value in a response: its first source that has one."""
    for source in sorted(metric["sources"], key=lambda source: source["id"]):
        first, last = source["first_day"], source["last_day"]
        if source["survey"] != response["survey"]:
            continue
        if (first and day.isoformat() < first) or (last and day.isoformat() > last):
            continue
        answer = response["answers"].get(source["question_code"])
        if source["mapping"]:
            answer = source["mapping"].get(str(answer))
        if isinstance(answer, bool) or not isinstance(answer, int | float):
            continue
        if metric["minimum"] <= answer <= metric["maximum"]:
            return round(answer)
    return None


class Facts:
    """Answers of the period: per metric its values with the response and the customer behind."""

    def __init__(self, get: Get, metrics: Iterable[Any], zone: ZoneInfo, days: Any) -> None:
        self.values: dict[int, list[tuple[str, int, float]]] = defaultdict(list)
        first, last = days
        known = list(metrics)
        for response in rows(get, "/responses/?status=complete"):
            if response["status"] != "complete" or response["is_test"]:
                continue
            moment = datetime.fromisoformat(response["completed_at"].replace("Z", "+00:00"))
            day = moment.astimezone(zone).date()
            if not first <= day <= last:
                continue
            who = response["external_id"]
            cluster = f"c{who}" if who else f"r{response['id']}"
            for metric in known:
                value = value_of(metric, response, day)
                if value is not None:
                    fact = (cluster, response["id"], points(metric, value))
                    self.values[metric["id"]].append(fact)

    def responses(self, metrics: Iterable[int]) -> int:
        return len({r for metric in metrics for _c, r, _p in self.values[metric]})

    def clusters(self, metrics: Iterable[int]) -> list[str]:
        return sorted({c for metric in metrics for c, _r, _p in self.values[metric]})


def combined(members: Iterable[tuple[float, dict[int, float]]]) -> dict[int, float]:
    """Σ wᵢ·weightsᵢ ÷ Σ wᵢ over the members that have any."""
    present = [(weight, inner) for weight, inner in members if weight > 0 and inner]
    whole = sum(weight for weight, _inner in present)
    found: dict[int, float] = defaultdict(float)
    for weight, inner in present:
        for metric, share in inner.items():
            found[metric] += weight / whole * share
    return dict(found)


def score(weights: dict[int, float], facts: Facts, metrics: dict[int, Any]) -> dict[str, Any]:
    """value, low, high, margin and n of Σ W·mean, its error clustered by customer."""
    clusters = facts.clusters(weights)
    if not weights or len(clusters) < 2:
        return {"value": None, "low": None, "high": None, "margin": None}
    place = {cluster: number for number, cluster in enumerate(clusters)}
    moved = np.zeros(len(clusters))
    value = point = extra = floor = 0.0
    for key, weight in weights.items():
        statistic = STATISTIC[metrics[key]["kind"]]
        size, total, squares = ADDED[statistic]
        known = np.array([p for _c, _r, p in facts.values[key]])
        at = np.array([place[c] for c, _r, _p in facts.values[key]])
        n = len(known)
        mean = (known.sum() + total) / (n + size)
        np.add.at(moved, at, weight / (n + size) * (known - mean))
        extra += (weight / (n + size)) ** 2 * (squares - 2 * mean * total + size * mean**2)
        if statistic == "mean":
            span = metrics[key]["maximum"] - metrics[key]["minimum"]
            floor += (weight * 100 / span / n) ** 2
        value += weight * known.mean()
        point += weight * mean
    count = len(clusters)
    variance = max(count / (count - 1) * (moved**2).sum() + extra, floor)
    has_mean = any(STATISTIC[metrics[key]["kind"]] == "mean" for key in weights)
    reach = (stats.t.ppf(0.975, count - 1) if has_mean else stats.norm.ppf(0.975)) * variance**0.5
    return {
        "value": value,
        "low": max(min(point - reach, value), 0.0),
        "high": min(max(point + reach, value), 100.0),
        "margin": reach,
        "n": facts.responses(weights),
    }


def recompute(get: Get, first: date, last: date) -> list[tuple[str, Any, Any]]:
    """(what, recomputed, answered by the portal) of every touchpoint, stage and journey."""
    program = get("/program/")
    metrics = {row["id"]: row for row in rows(get, "/metrics/")}
    places = {row["id"]: row for row in rows(get, "/touchpoints/")}
    facts = Facts(get, metrics.values(), ZoneInfo(program["timezone"]), (first, last))

    def of_touchpoint(place: dict[str, Any]) -> dict[int, float]:
        links = [link for link in place["metrics"] if link["aspect"] not in UNSCORED]
        return combined(
            (float(link["weight"]), {link["metric"]: 1.0})
            for link in links
            if facts.responses([link["metric"]])
            >= (metrics[link["metric"]]["min_n"] or program["min_n"])
        )

    def importance(place: dict[str, Any]) -> float:
        factor = float(program["active_weight"]) if place["is_active_contact"] else 1.0
        return float(place["importance"]) * factor

    compared = []
    for journey in rows(get, "/journeys/"):
        period = f"?from={first}&to={last}"
        told = get(f"/journeys/{journey['id']}/stage-scores/{period}")
        answered = {row["stage"]: row for row in told["stages"]}
        stages = []
        for stage in rows(get, f"/journeys/{journey['id']}/stages/"):
            steps = rows(get, f"/stages/{stage['id']}/steps/")
            own = [places[step["touchpoint"]] for step in steps if step["touchpoint"]]
            weights = combined((importance(place), of_touchpoint(place)) for place in own)
            stages.append((1.0, weights))
            theirs = answered[stage["id"]]
            name = f"{journey['code']} / {stage['code']}"
            compared.append((name, score(weights, facts, metrics), theirs))
            for place, shown in zip(own, theirs["touchpoints"], strict=True):
                found = score(of_touchpoint(place), facts, metrics)
                compared.append((f"{name} / {place['code']}", found, shown))
        compared.append((journey["code"], score(combined(stages), facts, metrics), told))
    return compared


def differs(found: dict[str, Any], shown: dict[str, Any]) -> list[str]:
    """The figures in which both are not the same."""
    return [
        name
        for name, value in found.items()
        if (value is None) != (shown[name] is None)
        or (value is not None and abs(value - shown[name]) > NEAR)
    ]


def getter(base: str, key: str) -> Get:
    """GET below `base` with the key."""
    parts = urlsplit(base)
    if parts.scheme not in {"http", "https"}:
        raise SystemExit("the address begins with http:// or https://")

    def get(path: str) -> Any:
        url = path if path.startswith("http") else base.rstrip("/") + path
        request = Request(url, headers={"Authorization": f"Bearer {key}"})  # noqa: S310  # above
        with urlopen(request, timeout=60) as answer:  # noqa: S310
            return json.load(answer)

    return get


def main(base: str, key: str, *days: str) -> int:
    """Print both figures of everything; 1 when some differ."""
    last = date.fromisoformat(days[1]) if days else datetime.now().astimezone().date()
    first = date.fromisoformat(days[0]) if days else last - timedelta(days=29)
    wrong = 0
    for name, found, shown in recompute(getter(base, key), first, last):
        faults = differs(found, shown)
        wrong += bool(faults)
        mine = "-" if found["value"] is None else f"{found['value']:.4f}"
        theirs = "-" if shown["value"] is None else f"{shown['value']:.4f}"
        print(f"{name}: {mine} | {theirs} {'DIFFERS: ' + ', '.join(faults) if faults else 'ok'}")
    print(f"differences={wrong}")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) not in {3, 5}:
        raise SystemExit(__doc__)
    sys.exit(main(*sys.argv[1:]))
