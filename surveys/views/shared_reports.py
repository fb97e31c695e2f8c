"""What shared links to reports show, and the reports as PDF."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from cxportal.core.actors import Actor
from cxportal.core.calc.numbers import plain_number, score_number, share_text
from cxportal.core.errors import DomainError
from cxportal.core.figures import shown_score
from cxportal.core.models import Shared
from cxportal.core.pdf import BarRow, Document
from cxportal.core.queries.sharing import shared_query
from cxportal.core.registry import Shareable, SharedPage
from surveys.models import Dashboard, Metric, Survey
from surveys.queries.comparisons import Comparison
from surveys.queries.dashboards import ShownWidget, guest_program_report, shown_widgets
from surveys.queries.metric_reports import (
    ProgramReport,
    guest_period,
    metric_chart,
    metric_review,
)
from surveys.queries.metrics import metrics_listed
from surveys.queries.periods import period_from
from surveys.queries.reports import (
    ScoreBlock,
    SurveyReport,
    comments_listed,
    group_parts,
    survey_report,
    value_columns,
)
from surveys.queries.scores import Period
from surveys.queries.selections import ReportFilter
from surveys.queries.surveys import surveys_visible
from surveys.services.dashboards import dashboards_visible

CHOICES, COMMENTS = "choices", "comments"
MOST_COMMENTS = 50


def _check_survey(actor: Actor, object_id: int | None) -> None:
    if not surveys_visible(actor).filter(pk=object_id or 0).exists():
        raise DomainError("not_found", _("There is no such survey."), status=404)


def _survey_report(actor: Actor, shared: Shared) -> SurveyReport:
    survey = Survey.objects.for_actor(actor).filter(pk=shared.object_id or 0).first()
    if survey is None:
        raise DomainError("not_found", _("There is no such survey any more."), status=404)
    query = shared_query(shared)
    wanted = ReportFilter.read(query)
    period = period_from(actor, query).period
    return survey_report(actor, survey, period, wanted, query.get("compare", ""))


def _comments(report: SurveyReport, shared: Shared) -> list[str]:
    """Texts alone, in the order of the alphabet, so that none tells when it was written."""
    if COMMENTS not in shared.content or report.comments_hidden:
        return []
    newest = comments_listed(report.selection).order_by("-at")[:MOST_COMMENTS]
    return sorted(comment.text for comment in newest)


def _survey_page(actor: Actor, shared: Shared, query: Any) -> SharedPage:
    report = _survey_report(actor, shared)
    context = {
        "report": report,
        "with_choices": CHOICES in shared.content,
        "comments": _comments(report, shared),
    }
    return SharedPage("surveys/report_shared.html", context)


def new_document(actor: Actor, shared: Shared, period: Period, n: int) -> Document:
    """A document that says of which days and how many answers it is."""
    state = _("%(first)s to %(last)s · %(n)s answers") % {
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "n": plain_number(n),
    }
    return Document(
        shared.title,
        program=actor.program.name,
        made_at=timezone.now().astimezone(actor.program.zone),
        state=state,
        language=shared.language,
    )


def _survey_document(actor: Actor, shared: Shared) -> Document:
    report = _survey_report(actor, shared)
    document = new_document(actor, shared, report.period, report.counts.complete)
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
    comments = _comments(report, shared)
    if comments:
        document.heading(_("What people wrote"))
        for text in comments:
            document.paragraph(f"“{text}”")
    return document


def write_score(document: Document, block: ScoreBlock) -> None:
    """A score with its interval, distribution, groups and trend."""
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
    if block.comparison is not None:
        write_comparison(document, block.comparison)


def write_comparison(document: Document, comparison: Comparison) -> None:
    """Groups beside each other, with their corrected p values."""
    rows = []
    for line in comparison.lines:
        told = shown_score(line.shown)
        score = (told.few or f"{told.value} ± {told.margin}") if told else "–"
        word = told.change.word if told and told.change else ""
        p = "–" if line.p is None else plain_number(line.p, 3)
        rows.append((line.label, score, plain_number(line.score.n), p, word))
    columns = (_("Group"), _("Score"), "n", _("p, corrected"), _("Difference to the rest"))
    document.table(columns, rows, numeric=(1, 2, 3), widths=(30, 18, 12, 15, 25))


def _check_metric(actor: Actor, object_id: int | None) -> None:
    if not Metric.objects.for_actor(actor).filter(pk=object_id or 0).exists():
        raise DomainError("not_found", _("There is no such metric."), status=404)


def _metric_block(actor: Actor, shared: Shared) -> ScoreBlock:
    metric = metrics_listed(actor).filter(pk=shared.object_id or 0).first()
    if metric is None:
        raise DomainError("not_found", _("There is no such metric any more."), status=404)
    asked = period_from(actor, shared_query(shared), default=90).period
    period = guest_period(actor, metric, asked)
    if period is None:
        sentence = _("Too few answers in this period to be shown.")
        raise DomainError("too_few", sentence, status=404)
    review = metric_review(actor, metric, period, {})
    return ScoreBlock(
        metric=metric,
        question=str(metric),
        review=review,
        groups=group_parts(review.score),
        columns=value_columns(metric, review.score.distribution),
        trend=metric_chart(actor, metric, period, {}, step="month"),
    )


def _metric_page(actor: Actor, shared: Shared, query: Any) -> SharedPage:
    return SharedPage("surveys/metric_shared.html", {"shared_score": _metric_block(actor, shared)})


def _metric_document(actor: Actor, shared: Shared) -> Document:
    block = _metric_block(actor, shared)
    document = new_document(actor, shared, block.review.period, block.score.n)
    write_score(document, block)
    return document


def _check_dashboard(actor: Actor, object_id: int | None) -> None:
    if not dashboards_visible(actor).filter(pk=object_id or 0).exists():
        raise DomainError("not_found", _("There is no such dashboard."), status=404)


def _widgets(actor: Actor, shared: Shared) -> list[ShownWidget]:
    dashboard = Dashboard.objects.for_actor(actor).filter(pk=shared.object_id or 0).first()
    if dashboard is None:
        raise DomainError("not_found", _("There is no such dashboard any more."), status=404)
    return shown_widgets(actor, dashboard)


def _dashboard_page(actor: Actor, shared: Shared, query: Any) -> SharedPage:
    return SharedPage("surveys/dashboard_shared.html", {"widgets": _widgets(actor, shared)})


def _dashboard_document(actor: Actor, shared: Shared) -> Document:
    document = _plain_document(actor, shared)
    for widget in _widgets(actor, shared):
        write_widget(document, widget)
    return document


def _plain_document(actor: Actor, shared: Shared) -> Document:
    now = timezone.now().astimezone(actor.program.zone)
    return Document(shared.title, program=actor.program.name, made_at=now, language=shared.language)


def write_widget(document: Document, widget: ShownWidget) -> None:
    """A widget on paper."""
    if widget.gone:
        return
    if widget.text:
        document.paragraph(widget.text)
    if widget.program is not None:
        write_program(document, widget.program)
    if widget.review is not None and widget.trend is not None:
        block = ScoreBlock(
            metric=widget.review.metric,
            question=widget.title,
            review=widget.review,
            groups=group_parts(widget.review.score),
            columns=[],
            trend=widget.trend,
        )
        write_score(document, block)
    if widget.comparison is not None:
        document.heading(widget.title)
        write_comparison(document, widget.comparison)
    if widget.operational is not None and widget.trend is not None:
        document.heading(widget.title)
        before = _("before %(value)s") % {"value": widget.operational.before_text}
        document.figure(widget.title, widget.operational.value_text, before)
        document.trend(widget.trend, digits=widget.operational.metric.decimals)


def write_program(document: Document, report: ProgramReport) -> None:
    """All metrics as one table."""
    document.heading(_("All metrics"))
    rows = []
    for line in report.lines:
        told = shown_score(line.shown)
        score = (told.few or f"{told.value} ± {told.margin}") if told else "–"
        word = told.change.word if told and told.change else ""
        rows.append((str(line.review.metric), score, plain_number(line.review.score.n), word))
    columns = (_("Metric"), _("Score"), "n", pgettext("difference", "Change"))
    document.table(columns, rows, numeric=(1, 2), widths=(44, 20, 12, 24))


def _check_program(actor: Actor, object_id: int | None) -> None:
    """The program's own report needs no object."""


def _program_report(actor: Actor, shared: Shared) -> ProgramReport:
    period = period_from(actor, shared_query(shared), default=90).period
    return guest_program_report(actor, period)


def _program_page(actor: Actor, shared: Shared, query: Any) -> SharedPage:
    return SharedPage("surveys/program_shared.html", {"program": _program_report(actor, shared)})


def _program_document(actor: Actor, shared: Shared) -> Document:
    document = _plain_document(actor, shared)
    write_program(document, _program_report(actor, shared))
    return document


PROGRAM = Shareable(
    label=gettext_lazy("Report of the program"),
    permission="surveys.view_reports",
    check=_check_program,
    page=_program_page,
    document=_program_document,
)
DASHBOARD = Shareable(
    label=gettext_lazy("Dashboard"),
    permission="surveys.view_reports",
    check=_check_dashboard,
    page=_dashboard_page,
    document=_dashboard_document,
)
SURVEY_REPORT = Shareable(
    label=gettext_lazy("Report of a survey"),
    permission="surveys.view_reports",
    check=_check_survey,
    page=_survey_page,
    document=_survey_document,
    content=(
        (CHOICES, gettext_lazy("Choices people made")),
        (COMMENTS, gettext_lazy("What people wrote")),
    ),
)
METRIC = Shareable(
    label=gettext_lazy("Metric"),
    permission="surveys.view_metrics",
    check=_check_metric,
    page=_metric_page,
    document=_metric_document,
)
