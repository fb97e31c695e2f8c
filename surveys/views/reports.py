"""The report of one survey."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.policies import may
from cxportal.core.queries.paging import keyset_page
from cxportal.core.queries.sharing import share_form_query
from cxportal.core.views.base import PortalView, get_or_404
from cxportal.core.views.saved_views import saved_context
from surveys.models import Comment, Survey
from surveys.queries.crosstables import CrossTable, axes, axis_in, cross_table
from surveys.queries.periods import SPANS, period_from
from surveys.queries.reports import SurveyReport, comments_listed, survey_report
from surveys.queries.scores import scores_freshness
from surveys.queries.selections import ReportFilter
from surveys.queries.surveys import surveys_visible
from surveys.rendering import compiled_version
from surveys.views.report_filters import FilterBar, filter_bar, pairs_of

COMMENTS = 20


class SurveyReportView(PortalView):
    """Scores, trends, choices, groups, tables and comments; every filter stands in the address."""

    permission = "surveys.view_reports"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        survey = get_or_404(surveys_visible(self.actor), pk=pk)
        chosen = period_from(self.actor, request.GET)
        wanted = ReportFilter.read(request.GET)
        if survey.anonymous:  # people count in cells there; an answer of theirs is no filter
            wanted = ReportFilter(wanted.groups, wanted.versions)
        version = compiled_version(survey.current_version_id) if survey.current_version_id else None
        bar = filter_bar(
            self.actor, request.GET, wanted, survey=survey, version=version,
            answers=not survey.anonymous,
        )  # fmt: skip
        report = survey_report(self.actor, survey, chosen.period, wanted, bar.compare)
        context = {
            "survey": survey,
            "report": report,
            "chosen": chosen,
            "spans": span_links(request, chosen.days),
            "bar": bar,
            "saved": saved_context(self.actor, f"survey-report:{survey.pk}", page_query(request)),
            "freshness": scores_freshness(self.actor),
            "menu": self._menu(survey, request),
            **self._table(report, bar),
            **self._comments(request, report),
        }
        return self.render("surveys/report_survey.html", context)

    def _menu(self, survey: Survey, request: HttpRequest) -> list[dict[str, Any]]:
        items = share_menu(self.actor, "survey-report", survey.pk, str(survey), request)
        if may(self.actor, "surveys.export_responses"):
            url = self.actor.url("surveys:responses-export", survey.pk)
            query = page_query(request)
            items.append({"label": _("Export…"), "icon": "download", "url": f"{url}?{query}"})
        return items

    def _table(self, report: SurveyReport, bar: FilterBar) -> dict[str, Any]:
        """The cross-table the address asks for (?rows=&columns=)."""
        survey = report.survey
        if survey.current_version_id is None or report.selection.protected:
            return {"axes": []}
        version = compiled_version(survey.current_version_id)
        found = axes(report.selection, version, bar.kinds, bar.named)
        rows = axis_in(found, self.request.GET.get("rows", ""))
        columns = axis_in(found, self.request.GET.get("columns", ""))
        table: CrossTable | None = None
        if rows is not None and columns is not None and rows != columns:
            table = cross_table(report.selection, rows, columns, report.minimum)
        cells = zip(table.row_labels, table.table.cells, strict=True) if table else ()
        asked = (p for p in pairs_of(self.request.GET) if p[0] not in ("rows", "columns", "cursor"))
        return {
            "axes": found,
            "rows": rows,
            "columns": columns,
            "table": table,
            "table_rows": list(cells),
            "keep": list(asked),
        }

    def _comments(self, request: HttpRequest, report: SurveyReport) -> dict[str, Any]:
        wanted = request.GET.get("sentiment", "")
        comments = comments_listed(report.selection).select_related("response")
        if wanted in Comment.Sentiment.values:
            comments = comments.filter(sentiment=wanted)
        page = keyset_page(
            comments.none() if report.comments_hidden else comments,
            ordering="-at",
            cursor=request.GET.get("cursor", ""),
            size=COMMENTS,
        )
        kinds = [("", _("All")), *Comment.Sentiment.choices]
        shown = [(code, label) for code, label in kinds if code != Comment.Sentiment.NEUTRAL]
        return {"page": page, "sentiment": wanted, "sentiments": shown}


def page_query(request: HttpRequest) -> str:
    """The address's query without the place in a list."""
    query = request.GET.copy()
    query.pop("cursor", None)
    return query.urlencode()


def share_menu(
    actor: Actor, kind: str, object_id: int | None, title: str, request: HttpRequest
) -> list[dict[str, Any]]:
    """Menu entries that share the page as it is filtered now; none without the right."""
    if not may(actor, "core.change_shares"):
        return []
    query = share_form_query(kind, object_id, title, page_query(request))
    link, mail = actor.url("core:share-create"), actor.url("core:scheduled-report-create")
    return [
        {"label": _("Share by link…"), "icon": "share", "url": f"{link}?{query}"},
        {"label": _("Send by mail…"), "icon": "envelope-paper", "url": f"{mail}?{query}"},
    ]


def span_links(request: HttpRequest, days: int | None) -> list[dict[str, Any]]:
    """Links to the offered spans; other filters stay, the page of comments begins anew."""
    links = []
    for span in SPANS:
        query = request.GET.copy()
        for gone in ("from", "to", "cursor"):
            query.pop(gone, None)
        query["days"] = str(span)
        links.append({"days": span, "url": f"?{query.urlencode()}", "current": span == days})
    return links
