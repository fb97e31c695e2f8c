"""What steering asks of a person, and which KPIs are behind: for home and the weekly digest."""

from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.policies import may
from loyalty.calc.attainment import State, attainment, state_of
from loyalty.calc.months import month_of, month_shift
from loyalty.models import Assessment, AssessmentAnswer, Kpi, KpiValue
from surveys.queries.scores import today_of


@dataclass(frozen=True)
class Duty:
    """Something that waits for a person: what, about what, where, until when."""

    label: str
    words: str
    url: str
    due: date | None = None


@dataclass(frozen=True)
class KpiBehind:
    """A KPI behind its target last month; values in its own unit."""

    kpi: Kpi
    value: float
    target: float
    n: int | None


def duties_of(actor: Actor) -> list[Duty]:
    """Assessments not answered yet, and own KPIs nobody wrote about. Two queries at most."""
    return [*_assessments(actor), *_comments(actor)]


def _assessments(actor: Actor) -> list[Duty]:
    if actor.user is None or not may(actor, "loyalty.answer_assessments"):
        return []
    mine = AssessmentAnswer.objects.for_actor(actor).filter(user=actor.user)
    rows = Assessment.objects.for_actor(actor).filter(state=Assessment.State.OPEN)
    waiting = rows.exclude(pk__in=mine.values("assessment_id"))
    return [
        Duty(str(row), _("Answer the assessment"), actor.url("steering:assessment-answer", row.pk),
             row.due)
        for row in waiting
    ]  # fmt: skip


def _comments(actor: Actor) -> list[Duty]:
    """Own KPIs that are behind last month and have no word about it."""
    if actor.user is None or not may(actor, "loyalty.comment_scorecard"):
        return []
    return [
        Duty(str(row.kpi), _("Behind its target: write what happened"),
             actor.url("steering:kpi-month", row.kpi.pk))
        for row in kpis_behind(actor, own=True)
    ]  # fmt: skip


def kpis_behind(actor: Actor, *, own: bool = False, limit: int = 5) -> list[KpiBehind]:
    """KPIs behind their target last month, furthest first; `own`: without a comment, and mine."""
    if not may(actor, "loyalty.view_scorecard"):
        return []
    month = month_shift(month_of(today_of(actor)), -1)
    last = KpiValue.objects.for_actor(actor).filter(kpi=OuterRef("pk"), month=month)
    rows = Kpi.objects.for_actor(actor).filter(target__isnull=False).annotate(
        last_value=Subquery(last.values("value")),
        last_n=Subquery(last.values("n")),
        last_comment=Subquery(last.values("comment")),
    )  # fmt: skip
    if own:
        rows = rows.filter(owner=actor.user)
    found: list[tuple[float, KpiBehind]] = []
    for kpi in rows:
        if kpi.last_value is None or (own and kpi.last_comment):
            continue
        value, target = float(kpi.last_value), float(kpi.target or 0)
        if state_of(value, target, high_is_good=kpi.high_is_good) is State.BEHIND:
            share = attainment(value, target, high_is_good=kpi.high_is_good)
            found.append((share, KpiBehind(kpi, value, target, kpi.last_n)))
    return [row for _share, row in sorted(found, key=lambda pair: pair[0])[:limit]]
