"""Published surveys, links and answers for tests of the listening floor."""

import json
from typing import Any
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from cxportal.core.models import Customer, Program
from cxportal.core.services.outbox import outbox_drain_all
from cxportal.core.tokens import derive, derived_pair
from surveys.models import (
    Campaign,
    Comment,
    Invitation,
    Metric,
    MetricSource,
    Occurrence,
    Score,
    Survey,
    SurveyVersion,
    Tally,
    TallyMonth,
)
from surveys.services.readings import comments_read_batch
from surveys.services.scores import COUNTERS

NPS: dict[str, Any] = {
    "code": "nps",
    "kind": "nps",
    "text": {"en": "Would you recommend us?", "ko": "추천하시겠어요?"},
    "required": True,
}
CSAT: dict[str, Any] = {"code": "csat", "kind": "csat", "text": {"en": "Satisfied?"}}
WHY: dict[str, Any] = {"code": "why", "kind": "long_text", "text": {"en": "Why?", "ko": "왜요?"}}
USED: dict[str, Any] = {
    "code": "used",
    "kind": "multiple",
    "text": {"en": "What did you use?"},
    "choices": [
        {"code": "app", "text": {"en": "The app"}},
        {"code": "store", "text": {"en": "A store"}},
    ],
}


def document(*pages: list[dict[str, Any]], **values: Any) -> dict[str, Any]:
    """A published document with one section per list of questions."""
    return {
        "title": {"en": "Tell us", "ko": "말해 주세요"},
        "welcome": {},
        "thanks": {},
        "languages": ["en", "ko"],
        "default_language": "en",
        "anonymous": False,
        "theme": {},
        "sections": [
            {"id": i, "title": {}, "questions": questions} for i, questions in enumerate(pages, 1)
        ],
        **values,
    }


def make_survey(program: Program, *pages: list[dict[str, Any]], **values: Any) -> Survey:
    """An open survey with its first version; one page with NPS, CSAT and why unless given."""
    shape = document(*(pages or ([NPS, CSAT, WHY],)), **values)
    survey = Survey(
        program=program,
        title=shape["title"],
        state=Survey.State.OPEN,
        anonymous=shape["anonymous"],
        languages=shape["languages"],
    )
    survey.save()
    publish(survey, shape)
    return survey


def publish(survey: Survey, shape: dict[str, Any]) -> SurveyVersion:
    """Make the next version the current one."""
    version = SurveyVersion(
        program=survey.program,
        survey=survey,
        number=survey.versions.count() + 1,
        document=shape,
    )
    version.save()
    survey.current_version, survey.has_changes = version, False
    survey.save()
    return version


def make_metric(survey: Survey, code: str, kind: str, low: int, high: int, **values: Any) -> Metric:
    """A metric fed by one question of the survey."""
    metric = Metric(
        program=survey.program,
        code=values.pop("metric_code", f"{kind}-{survey.pk}-{code}"),
        name={"en": code.upper()},
        kind=kind,
        minimum=low,
        maximum=high,
        **values,
    )
    metric.save()
    MetricSource(program=survey.program, metric=metric, survey=survey, question_code=code).save()
    return metric


def make_campaign(survey: Survey, channel: str = "link", **values: Any) -> Campaign:
    """A running campaign; an open link has its token."""
    nonce, hashed = derived_pair("open-link") if channel == "link" else ("", None)
    campaign = Campaign(
        program=survey.program,
        survey=survey,
        name="Campaign",
        channel=channel,
        state=values.pop("state", Campaign.State.RUNNING),
        link_nonce=nonce,
        link_hash=hashed,
        **values,
    )
    campaign.save()
    return campaign


def open_link(survey: Survey, **values: Any) -> str:
    """Address of an open link to the survey."""
    campaign = make_campaign(survey, **values)
    return f"/s/{derive(campaign.link_nonce, 'open-link')}/"


def invite(survey: Survey, customer: Customer, **values: Any) -> tuple[Invitation, str]:
    """An invitation of the customer and the address of its link."""
    campaign = survey.campaigns.filter(channel="email").first() or make_campaign(survey, "email")
    occurrence, _made = Occurrence.unscoped.get_or_create(
        program=survey.program, campaign=campaign, key="once", defaults={"due_at": timezone.now()}
    )
    nonce, hashed = derived_pair("invitation")
    invitation = Invitation(
        program=survey.program,
        campaign=campaign,
        occurrence=occurrence,
        customer=customer,
        nonce=nonce,
        token_hash=hashed,
        **values,
    )
    invitation.save()
    return invitation, f"/s/{derive(nonce, 'invitation')}/"


def send(url: str, submission: Any = None, **answers: Any) -> Any:
    """Post answers the way a form without scripts does, through a browser without cookies."""
    fields = {f"q_{code}": value for code, value in answers.items()}
    if submission is not False:
        fields["submission_id"] = str(submission or uuid4())
    return Client(enforce_csrf_checks=True).post(url, fields)


def drain() -> int:
    """Let the worker take what waits."""
    return outbox_drain_all()


def read_comments() -> None:
    """Let the worker read every waiting comment, whoever holds the turn just now."""
    waiting = Comment.unscoped.filter(analysed_at=None).order_by()
    for program_id in set(waiting.values_list("program_id", flat=True)):
        while comments_read_batch(program_id=program_id):
            pass
    assert not waiting.exists()


def tally_rows(program: Program, tier: Any = Tally) -> dict[tuple[Any, ...], tuple[int, ...]]:
    """All tallies by (metric, dimension, day)."""
    column = "day" if tier is Tally else "month"
    rows = tier.unscoped.filter(program=program).values_list(
        "metric_id", "dimension", column, *COUNTERS
    )
    return {row[:3]: row[3:] for row in rows}


def all_tallies(program: Program) -> str:
    """Both tiers, comparable."""
    both = [sorted(map(str, tally_rows(program, t).items())) for t in (Tally, TallyMonth)]
    return json.dumps(both)


def facts(program: Program) -> list[tuple[Any, ...]]:
    """(metric, value) of every fact."""
    rows = Score.unscoped.filter(program=program).order_by("metric_id", "pk")
    return list(rows.values_list("metric_id", "value"))
