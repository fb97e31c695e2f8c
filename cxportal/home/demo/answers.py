"""Two years of answers: each touchpoint has a level that drifts and shifts; people differ."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from cxportal.home.demo.content import COMMENTS, TOUCHPOINTS

MONTHS = 24
DAYS = 730
DAYS_PER_MONTH = DAYS / MONTHS
PERSON_SPREAD = 0.13
ANSWER_SPREAD = 0.16
COMMENT_SHARE = 0.55
SECOND_SENTENCE_SHARE = 0.25
GOOD_FROM = 0.62
RELATION_LEVEL = 0.82
STAFF_LEVEL = 0.77
SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "rating": (1, 5)}
_BY_CODE: Mapping[str, dict[str, Any]] = {t["code"]: t for t in TOUCHPOINTS}


def level(touchpoint: str, months_ago: float) -> float:
    """How good a touchpoint is (0–1) so many months ago."""
    what = _BY_CODE.get(touchpoint)
    if what is None:
        return RELATION_LEVEL
    drift = what["trend"] * (1 - months_ago / MONTHS)
    shifts = sum(change for ago, change in what.get("shifts", ()) if months_ago < ago)
    return float(what["quality"] + drift + shifts)


def response_rows(
    rng: np.random.Generator,
    survey: Mapping[str, Any],
    customers: Sequence[dict[str, Any]],
    count: int,
    now: datetime,
) -> Iterator[dict[str, Any]]:
    """`count` rows for the responses' bulk service, oldest first, growing a little over time."""
    ages = np.sort(DAYS * (1 - np.sqrt(0.25 + 0.75 * rng.random(count))) / 0.5)[::-1]
    for age in ages:
        customer = customers[int(rng.integers(len(customers)))]
        yield _row(rng, survey, customer, now - timedelta(days=float(age), minutes=5), float(age))


def _row(
    rng: np.random.Generator,
    survey: Mapping[str, Any],
    customer: dict[str, Any],
    moment: datetime,
    age: float,
) -> dict[str, Any]:
    person = float(rng.normal(0, PERSON_SPREAD))
    answers: dict[str, Any] = {}
    moods: list[tuple[str, float]] = []
    for question in survey["questions"]:
        if question["kind"] in SCALES:
            base = (
                STAFF_LEVEL
                if survey["code"] == "pulse"
                else level(question["touchpoint"], age / DAYS_PER_MONTH)
            )
            felt = float(np.clip(base + person + rng.normal(0, ANSWER_SPREAD), 0, 1))
            low, high = SCALES[question["kind"]]
            answers[question["code"]] = round(low + felt * (high - low))
            moods.append((question["touchpoint"], felt))
        elif rng.random() < COMMENT_SHARE:
            answers[question["code"]] = comment(rng, survey, moods, customer["language"])
    is_anonymous = survey.get("anonymous", False)
    return {
        "submission_id": str(UUID(bytes=rng.bytes(16), version=4)),
        "external_id": "" if is_anonymous else customer["external_id"],
        "answers": answers,
        "completed_at": moment.isoformat(),
        "language": customer["language"],
        "channel": survey["channel"],
        "dimensions": {"store": customer["attributes"]["store"]},
    }


def comment(
    rng: np.random.Generator,
    survey: Mapping[str, Any],
    moods: Sequence[tuple[str, float]],
    language: str,
) -> str:
    """One or two sentences about what was felt most strongly."""
    touchpoint, felt = max(moods, key=lambda mood: abs(mood[1] - GOOD_FROM))
    topic = "staff" if survey["code"] == "pulse" else touchpoint
    bank = COMMENTS.get(topic, COMMENTS["general"])
    sentences = bank["good" if felt >= GOOD_FROM else "bad"][language]
    first = sentences[int(rng.integers(len(sentences)))]
    if rng.random() > SECOND_SENTENCE_SHARE:
        return first
    more = COMMENTS["general" if topic != "staff" else "staff"]
    others = more["good" if felt >= GOOD_FROM else "bad"][language]
    second = others[int(rng.integers(len(others)))]
    return first if second == first else f"{first} {second}"
