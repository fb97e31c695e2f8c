"""The demo's follow-up survey: asked three days after a case was closed, answered by half."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from cxportal.core.models import Customer
from cxportal.home.demo import SEED
from journeys.models import Case, CaseState
from journeys.queries.case_follow_up import ASKED, FOLLOW_UP_KIND
from journeys.services.case_follow_up import follow_up_ask, follow_up_take
from surveys.models import Campaign, Metric, Response, Survey
from surveys.services.campaigns import campaign_create, campaign_pause, campaign_start
from surveys.services.metrics import metric_create
from surveys.services.questions import question_add
from surveys.services.recording import responses_record
from surveys.services.surveys import survey_create, survey_publish

if TYPE_CHECKING:
    from cxportal.home.demo.load import Build

CODE = "demo-recovery"
FOLLOW_UP_DAYS = 3
#: Share who answer, and how many of them are content (4–5), torn (3) and still unhappy (1–2).
_ANSWER, _CONTENT, _TORN = 0.55, 0.74, 0.18
#: What came in before so many days is read, not followed up anew.
_SETTLED = timedelta(days=FOLLOW_UP_DAYS + 2)
_WORDS = {
    "good": ("바로 전화 주셔서 마음이 풀렸어요.", "끝까지 챙겨 주셔서 고맙습니다."),
    "bad": ("설명은 들었지만 같은 일이 또 생길까 걱정돼요.", "답을 받기까지 너무 오래 걸렸어요."),
}


def recovery_campaign(build: "Build") -> Campaign:
    """The survey, its metric and the campaign that waits for closed cases, still a draft."""
    actor = build.actor
    known: Any = Campaign.objects.for_actor(actor).filter(external_id=CODE).first()
    if known is not None:
        return known  # type: ignore[no-any-return]
    survey = survey_create(
        actor=actor,
        title={"ko": "도움이 되셨나요?", "en": "Did we put it right?"},
        languages=["ko", "en"],
        default_language="ko",
        external_id=CODE,
    )
    texts = {
        "solved": ("csat", "How satisfied are you with how we put it right?",
                   "문제를 처리해 드린 방식에 얼마나 만족하세요?"),
        "why": ("long_text", "What should we still know?", "더 들려주실 말씀이 있나요?"),
    }  # fmt: skip
    for code, (kind, english, korean) in texts.items():
        question_add(
            actor=actor, survey=survey, kind=kind, code=code,
            text={"en": english, "ko": korean}, required=kind == "csat",
        )  # fmt: skip
    survey.refresh_from_db()
    metric_create(
        actor=actor,
        code="recovery-solved",
        name={"en": "Satisfaction after recovery", "ko": "회복 후 만족도"},
        kind=Metric.Kind.CSAT,
        sources=[(survey, "solved")],
        target=80,
        owner=build.members["manager"].user,
    )
    survey_publish(actor=actor, survey=survey)
    survey.refresh_from_db()
    return campaign_create(
        actor=actor,
        survey=survey,
        name="케이스 종료 후 사후 설문",
        timing=Campaign.Timing.EVENT,
        event_kind=FOLLOW_UP_KIND,
        external_id=CODE,
    )


def build_recovery(build: "Build") -> int:
    """Ask after every case closed long enough ago; tie the answers. Returns how many answered.

    The campaign starts after these events and is paused: the demo writes to nobody by itself.
    """
    actor, rng = build.actor, np.random.default_rng(SEED + 2)
    campaign = recovery_campaign(build)
    if campaign.state != Campaign.State.DRAFT:
        return 0
    cases: Any = Case.objects.for_actor(actor).filter(
        state=CaseState.CLOSED, resolution__in=ASKED, customer__isnull=False
    )
    asked = list(
        cases.filter(closed_at__lt=build.now - _SETTLED).select_related("customer").order_by("pk")
    )
    for case in asked:
        follow_up_ask(actor=actor, case=case, at=case.closed_at + timedelta(days=FOLLOW_UP_DAYS))
    answering = [case for case in asked if rng.random() < _ANSWER]
    _answer(build, campaign, answering, rng)
    campaign_pause(actor=actor, campaign=campaign_start(actor=actor, campaign=campaign))
    return len(answering)


def _answer(
    build: "Build", campaign: Campaign, cases: list[Case], rng: np.random.Generator
) -> None:
    rows = [_row(case, campaign, rng) for case in cases if isinstance(case.customer, Customer)]
    survey = Survey.objects.for_actor(build.actor).get(pk=campaign.survey_id)
    recorded = responses_record(actor=build.actor, survey=survey, rows=rows)
    ids = [row["external_id"] for row in recorded.rows]
    responses: Any = Response.objects.for_actor(build.actor).filter(submission_id__in=ids)
    by_id = {str(response.submission_id): response for response in responses}
    for case, submission in zip(cases, ids, strict=True):
        follow_up_take(actor=build.actor, case=case, response=by_id[submission])


def _row(case: Case, campaign: Campaign, rng: np.random.Generator) -> dict[str, Any]:
    draw = rng.random()
    good = draw < _CONTENT
    value = 5 - int(rng.integers(2)) if good else 3 if draw < _CONTENT + _TORN else 2
    words = _WORDS["good" if good else "bad"]
    why = {"why": words[int(rng.integers(len(words)))]} if rng.random() < 0.5 else {}
    assert case.customer is not None and case.closed_at is not None
    return {
        "external_id": case.customer.external_id,
        "campaign_id": campaign.pk,
        "answers": {"solved": value, **why},
        "completed_at": (case.closed_at + timedelta(days=FOLLOW_UP_DAYS, hours=20)).isoformat(),
        "language": "ko",
        "channel": "email",
    }
