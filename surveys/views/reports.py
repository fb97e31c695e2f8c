"""The report of one survey."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.policies import may
from cxportal.core.queries.paging import keyset_page
from cxportal.core.queries.sharing import share_form_query
from cxportal.core.views.base import PortalView, get_or_404
from surveys.models import Comment, Survey
from surveys.queries.reports import SPANS, comments_listed, period_from, survey_report
from surveys.queries.scores import scores_freshness
from surveys.queries.surveys import surveys_visible

COMMENTS = 20


class SurveyReportView(PortalView):
    """Scores, trends, choices and comments of a period; the period stands in the address."""

    permission = "surveys.view_reports"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        survey = get_or_404(surveys_visible(self.actor), pk=pk)
        chosen = period_from(self.actor, request.GET)
        report = survey_report(self.actor, survey, chosen.period)
        context = {
            "survey": survey,
            "report": report,
            "chosen": chosen,
            "spans": span_links(request, chosen.days),
            "freshness": scores_freshness(self.actor),
            "menu": share_menu(self.actor, "survey-report", survey.pk, str(survey), request),
            **self._comments(request, survey, report.comments_hidden, chosen.period),
        }
        return self.render("surveys/report_survey.html", context)

    def _comments(
        self, request: HttpRequest, survey: Survey, hidden: bool, period: Any
    ) -> dict[str, Any]:
        wanted = request.GET.get("sentiment", "")
        comments = comments_listed(self.actor, survey, period).select_related("response")
        if wanted in Comment.Sentiment.values:
            comments = comments.filter(sentiment=wanted)
        page = keyset_page(
            comments.none() if hidden else comments,
            ordering="-at",
            cursor=request.GET.get("cursor", ""),
            size=COMMENTS,
        )
        kinds = [("", _("All")), *Comment.Sentiment.choices]
        shown = [(code, label) for code, label in kinds if code != Comment.Sentiment.NEUTRAL]
        return {"page": page, "sentiment": wanted, "sentiments": shown}


def share_menu(
    actor: Actor, kind: str, object_id: int, title: str, request: HttpRequest
) -> list[dict[str, Any]]:
    """Menu entries that share the page as it is filtered now; none without the right."""
    if not may(actor, "core.change_shares"):
        return []
    query = share_form_query(kind, object_id, title, request.GET.urlencode())
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
