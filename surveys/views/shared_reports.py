"""What a shared link to a survey's report shows, and the report as PDF."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.actors import Actor
from cxportal.core.calc.numbers import plain_number, score_number, share_text
from cxportal.core.errors import DomainError
from cxportal.core.figures import shown_score
from cxportal.core.models import Shared
from cxportal.core.pdf import BarRow, Document
from cxportal.core.queries.sharing import shared_query
from cxportal.core.registry import Shareable, SharedPage
from surveys.models import Survey
from surveys.queries.reports import ScoreBlock, SurveyReport, period_from, survey_report
from surveys.queries.surveys import surveys_visible

KIND = "survey-report"
CHOICES = "choices"


def _check(actor: Actor, object_id: int | None) -> None:
    if not surveys_visible(actor).filter(pk=object_id or 0).exists():
        raise DomainError("not_found", _("There is no such survey."), status=404)


def _report(actor: Actor, shared: Shared) -> SurveyReport:
    survey = Survey.objects.for_actor(actor).filter(pk=shared.object_id or 0).first()
    if survey is None:
        raise DomainError("not_found", _("There is no such survey any more."), status=404)
    return survey_report(actor, survey, period_from(actor, shared_query(shared)).period)


def _page(actor: Actor, shared: Shared, query: Any) -> SharedPage:
    context = {"report": _report(actor, shared), "with_choices": CHOICES in shared.content}
    return SharedPage("surveys/report_shared.html", context)


def _document(actor: Actor, shared: Shared) -> Document:
    report = _report(actor, shared)
    now = timezone.now().astimezone(actor.program.zone)
    state = _("%(first)s to %(last)s · %(n)s answers") % {
        "first": report.period.first.isoformat(),
        "last": report.period.last.isoformat(),
        "n": plain_number(report.counts.complete),
    }
    document = Document(
        shared.title,
        program=actor.program.name,
        made_at=now,
        state=state,
        language=shared.language,
    )
    for block in report.scores:
        write_score(document, block)
    for choice in report.choices if CHOICES in shared.content else ():
        document.heading(choice.question)
        if choice.lines:
            rows = [BarRow(i.text, i.share, share_text(i.share)) for i in choice.lines]
            document.bars(rows)
        else:
            counts = {"n": choice.n, "minimum": choice.minimum}
            document.paragraph(_("too few (%(n)d of %(minimum)d)") % counts, muted=True)
    return document


def write_score(document: Document, block: ScoreBlock) -> None:
    """A score with its interval, distribution and trend."""
    document.heading(block.question)
    shown = shown_score(block.review.shown)
    if shown is None or shown.few:
        document.paragraph(shown.few if shown else "–", muted=True)
        return
    change = f" · {shown.change.word} {shown.change.size}".rstrip() if shown.change else ""
    name = str(block.metric)
    document.figure(name, f"{shown.value} ± {shown.margin}", f"n {shown.n}{change}")
    total = sum(count for _label, count, _tone in block.groups) or 1
    document.bars(
        [BarRow(t, c / total, share_text(c / total), tone) for t, c, tone in block.groups]
    )
    target = block.metric.target
    if target is not None:
        goal = score_number(target, block.review.shown.unit, block.digits)
        document.paragraph(_("Target %(target)s") % {"target": goal}, muted=True)
    document.trend(block.trend, digits=block.digits)


SURVEY_REPORT = Shareable(
    label=gettext_lazy("Report of a survey"),
    permission="surveys.view_reports",
    check=_check,
    page=_page,
    document=_document,
    content=((CHOICES, gettext_lazy("Choices people made")),),
)
