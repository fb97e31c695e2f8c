"""What the demo's customers say of a competitor they buy from as well, touchpoint by touchpoint."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from cxportal.home.demo import SEED
from cxportal.home.demo.answers import ANSWER_SPREAD, PERSON_SPREAD, SCALES
from journeys.models import TouchpointMetric
from journeys.services.touchpoints import touchpoint_metric_attach
from surveys.models import Survey
from surveys.services.metrics import metric_create
from surveys.services.questions import question_add
from surveys.services.recording import responses_record
from surveys.services.surveys import survey_create, survey_publish

if TYPE_CHECKING:
    from cxportal.home.demo.load import Build

RIVAL = "고려인삼당"
_CODE = "demo-rival"
# touchpoint, kind as ours is asked, question, how good the competitor is there (0–1)
_QUESTIONS = (
    ("advice", "csat", "How satisfied are you with the advice there?",
     "그곳의 상담에는 얼마나 만족하세요?", 0.71),
    ("checkout", "ces", "Paying there is easy.", "그곳에서는 계산이 쉽고 빨라요.", 0.73),
    ("online-order", "ces", "Ordering there online is easy.",
     "그곳의 온라인 주문은 쉬워요.", 0.70),
    ("delivery", "csat", "How satisfied are you with the delivery from there?",
     "그곳의 배송에는 얼마나 만족하세요?", 0.79),
    ("product", "csat", "How satisfied are you with the product from there?",
     "그곳의 제품에는 얼마나 만족하세요?", 0.75),
    ("points", "rating", "How do you rate the points there?",
     "그곳의 포인트 혜택은 어떠세요?", 0.72),
)  # fmt: skip
#: Customers who know both, asked over so many days.
ANSWERS, DAYS = 400, 88


def build_rivals(build: "Build") -> int:
    """A survey of those who buy from both; each question is the competitor's score there."""
    actor = build.actor
    if Survey.objects.for_actor(actor).filter(external_id=_CODE).exists():
        return 0
    survey = survey_create(
        actor=actor,
        title={"ko": f"{RIVAL}도 이용하시나요?", "en": f"Do you buy from {RIVAL} as well?"},
        languages=["ko", "en"],
        default_language="ko",
        external_id=_CODE,
    )
    for code, kind, english, korean, _good in _QUESTIONS:
        settings = {"min": 1, "max": 5} if kind == "rating" else {}
        question_add(
            actor=actor, survey=survey, kind=kind, code=_code(code), settings=settings,
            text={"en": english, "ko": korean}, required=True,
        )  # fmt: skip
    survey.refresh_from_db()
    for code, kind, _english, _korean, _good in _QUESTIONS:
        _measure(build, survey, code, kind)
    survey_publish(actor=actor, survey=survey)
    survey.refresh_from_db()
    rows = list(_rows(build))
    responses_record(actor=actor, survey=survey, rows=rows)
    return len(rows)


def _code(touchpoint: str) -> str:
    return touchpoint.replace("-", "_")


def _measure(build: "Build", survey: Survey, code: str, kind: str) -> None:
    touchpoint = build.touchpoints[code]
    metric = metric_create(
        actor=build.actor,
        code=f"rival-{code}",
        name={name: f"{RIVAL}: {text}" for name, text in touchpoint.name.items()},
        kind=kind,
        sources=[(survey, _code(code))],
        minimum=1 if kind == "rating" else None,
        maximum=5 if kind == "rating" else None,
    )
    touchpoint_metric_attach(
        actor=build.actor,
        touchpoint=touchpoint,
        metric=metric,
        aspect=TouchpointMetric.Aspect.COMPETITOR,
        competitor=RIVAL,
    )


def _rows(build: "Build") -> Iterator[dict[str, Any]]:
    """Draws of its own, so that the rest of the demo stays as it is."""
    rng = np.random.default_rng(SEED + 1)
    count = min(ANSWERS, max(40, build.size.responses // 100))
    for number in range(count):
        customer = build.customers[int(rng.integers(len(build.customers)))]
        person, answers = rng.normal(0, PERSON_SPREAD), {}
        for code, kind, _english, _korean, good in _QUESTIONS:
            felt = float(np.clip(good + person + rng.normal(0, ANSWER_SPREAD), 0, 1))
            low, high = SCALES[kind]
            answers[_code(code)] = round(low + felt * (high - low))
        at = build.now - timedelta(days=DAYS * (count - number) / count, hours=2)
        yield {
            "external_id": customer["external_id"],
            "answers": answers,
            "completed_at": at.isoformat(),
            "language": customer["language"],
            "channel": "email",
        }
