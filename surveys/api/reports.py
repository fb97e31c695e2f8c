"""Reports with the filters of their pages: of a survey, its cross-tables, and of the program."""

from dataclasses import asdict
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from cxportal.core import charts
from cxportal.core.actors import Actor
from cxportal.core.api.schema import query
from cxportal.core.api.serializers import PortalSerializer
from cxportal.core.api.views import PortalViewSet
from cxportal.core.errors import DomainError
from cxportal.core.policies import authorise
from surveys.api.scores import (
    change_figures,
    distribution,
    figures,
    freshness,
    period_asked,
    period_shown,
    rounded,
)
from surveys.models import Metric, Survey
from surveys.queries.comparisons import Comparison
from surveys.queries.crosstables import CrossTable, axes, axis_in, cross_table, group_kinds
from surveys.queries.metric_reports import group_numbers, program_report
from surveys.queries.operational_metrics import operational_listed, operational_reviews
from surveys.queries.reports import ResponseCounts, ScoreBlock, SurveyReport, survey_report
from surveys.queries.scores import MetricReview
from surveys.queries.selections import ReportFilter
from surveys.queries.surveys import surveys_visible
from surveys.rendering import compiled_version

DAYS = [
    query("from", OpenApiTypes.DATE, "First day, in the program's time zone"),
    query("to", OpenApiTypes.DATE, "Last day, included"),
]
GROUP = query("group", str, "kind:key, several allowed: segment:vip", many=True)
FILTERS = [
    *DAYS,
    GROUP,
    query("version", int, "Version of the survey, several allowed", many=True),
    query("answer", str, "code:value or code:low..high, several allowed", many=True),
]
COMPARE = query("compare", str, "A kind of group each score is compared by: segment")


def filter_asked(request: Request, *, groups_only: bool = False) -> ReportFilter:
    """The filters of the address; one that cannot be read is refused, not passed over."""
    given: QueryDict = request._request.GET
    for name in ("group",) if groups_only else ("group", "version", "answer"):
        for text in given.getlist(name):
            one = QueryDict(mutable=True)
            one[name] = text
            if not ReportFilter.read(one):
                sentence = _("This filter cannot be read.")
                raise DomainError("invalid", sentence, details={name: sentence})
    wanted = ReportFilter.read(given)
    return ReportFilter(wanted.groups) if groups_only else wanted


def kind_asked(actor: Actor, request: Request, name: str) -> str:
    """A kind of group the program has, or nothing. Raises DomainError."""
    asked = request.query_params.get(name, "")
    if asked and asked not in group_kinds(actor):
        sentence = _("No answer of this program belongs to such a group.")
        raise DomainError("not_found", sentence, status=404, details={name: sentence})
    return str(asked)


def review_shown(review: MetricReview) -> dict[str, Any]:
    """A metric's score over a period, and its change."""
    return {
        "metric": review.metric.pk,
        "code": review.metric.code,
        "unit": review.score.unit.value,
        "period": period_shown(review.period),
        **figures(review.score),
        "target": rounded(review.metric.target),
        "to_target": rounded(review.to_target),
        "change": change_figures(review.change),
        "distribution": distribution(review.score),
    }


def comparison_shown(comparison: Comparison | None) -> dict[str, Any] | None:
    """Each group against everybody else, corrected together by Holm."""
    if comparison is None:
        return None
    rows = [
        {
            "group": line.key,
            **figures(line.score),
            "difference": rounded(line.change.difference),
            "p": rounded(line.p),
            "verdict": line.verdict,
        }
        for line in comparison.lines
    ]
    return {"family": comparison.family, "results": rows}


def _points(trend: charts.Trend) -> list[dict[str, Any]]:
    return [
        {
            "label": point.label, "value": rounded(point.value), "n": point.n,
            "low": rounded(point.low), "high": rounded(point.high), "signal": point.signal,
        }
        for point in trend.points
    ]  # fmt: skip


def _score(block: ScoreBlock) -> dict[str, Any]:
    return {
        **review_shown(block.review),
        "question": block.question,
        "trend": _points(block.trend),
        "comparison": comparison_shown(block.comparison),
    }


def _counts(counts: ResponseCounts) -> dict[str, Any]:
    funnel = counts.funnel
    return {
        "complete": counts.complete,
        "partial": counts.partial,
        "tests": counts.tests,
        "asked": funnel.asked,
        "delivered": funnel.delivered,
        "opened": funnel.opened,
        "started": funnel.started,
        "completed": funnel.completed,
        "rr1": rounded(funnel.rr1),
        "rr2": rounded(funnel.rr2),
        "completion": rounded(counts.completion),
    }


def report_shown(report: SurveyReport) -> dict[str, Any]:
    """Everything on the page of a survey's report but its comments."""
    hidden = report.comments_hidden
    words = ("positive", "undecided", "negative")
    active = report.selection.active.pairs()
    sentiment = {
        word: None if hidden else n
        for word, (_l, n, _t) in zip(words, report.sentiment, strict=True)
    }
    return {
        "survey": report.survey.pk,
        "period": period_shown(report.period),
        "protected": report.selection.protected,
        "minimum": report.minimum,
        "filters": [{"name": name, "value": value} for name, value in active],
        "counts": _counts(report.counts),
        "scores": [_score(block) for block in report.scores],
        "choices": [
            {"question": block.question, "code": block.code, "n": block.n, "options": [
                {"code": i.code, "text": i.text, "count": i.count, "share": rounded(i.share)}
                for i in block.lines]}
            for block in report.choices
        ],
        "parts": [
            {"question": block.question, "n": block.n, "heads": block.heads,
             "rows": [{"text": line.text, "figures": line.figures} for line in block.lines]}
            for block in report.parts
        ],
        "pages": [asdict(page) for page in report.pages],
        "duration": asdict(report.duration) if report.duration else None,
        "sentiment": sentiment,
        "sampled": report.sampled,
    }  # fmt: skip


def table_shown(table: CrossTable) -> dict[str, Any]:
    """A cross-table: shares are of the column's people, `sign` says what stands out."""
    told = table.table
    columns = [
        {"label": label, "n": n} for label, n in zip(table.column_labels, table.bases, strict=True)
    ]
    return {
        "rows": {"key": table.rows.key, "label": table.rows.label, "labels": table.row_labels},
        "columns": {"key": table.columns.key, "label": table.columns.label, "groups": columns},
        "cells": [
            [{"count": c.count, "share": rounded(c.share), "sign": c.sign} for c in row]
            for row in told.cells
        ],
        "n": told.n,
        "overlapping": table.overlapping,
        "hidden_columns": table.hidden,
        "tested": told.tested,
        "chi2": rounded(told.chi2),
        "df": told.df,
        "p": rounded(told.p),
        "v": rounded(told.v),
    }


class ReportViewSet(PortalViewSet):
    """Reports: the same figures, filters and protection as their pages."""

    model = Survey
    serializer_class = PortalSerializer
    permissions = {
        "survey": "surveys.view_reports",
        "table": "surveys.view_reports",
        "program": "surveys.view_reports",
    }
    filter_backends = []
    pagination_class = None

    def scoped(self) -> Any:
        return surveys_visible(self.actor)

    def _report(self, request: Request) -> SurveyReport:
        survey = self.get_object()
        authorise(self.actor, "surveys.view_reports", survey)
        return survey_report(
            self.actor,
            survey,
            period_asked(request, self.actor),
            filter_asked(request),
            kind_asked(self.actor, request, "compare"),
        )

    @extend_schema(
        parameters=[*FILTERS, COMPARE], responses={200: OpenApiTypes.OBJECT},
        operation_id="surveys_report_retrieve",
    )  # fmt: skip
    def survey(self, request: Request, pk: int) -> Response:
        """Scores with change and trend, choices, funnel, pages, time; as filtered."""
        report = self._report(request)
        shown = report_shown(report) | {"axes": self._axes(report)}
        return Response(shown | {"freshness": freshness(self.actor)})

    def _axes(self, report: SurveyReport) -> list[dict[str, str]]:
        """What a cross-table can be made of; nothing where people only count in cells."""
        version = report.survey.current_version_id
        if version is None or report.selection.protected:
            return []
        found = axes(report.selection, compiled_version(version), group_kinds(self.actor))
        return [{"key": axis.key, "label": axis.label} for axis in found]

    @extend_schema(
        parameters=[*FILTERS, query("rows", str, "answer.CODE or group.KIND", required=True),
                    query("columns", str, "answer.CODE or group.KIND", required=True)],
        responses={200: OpenApiTypes.OBJECT}, operation_id="surveys_report_table_retrieve",
    )  # fmt: skip
    def table(self, request: Request, pk: int) -> Response:
        """Answers by answers or by groups, tested."""
        report = self._report(request)
        version = report.survey.current_version_id
        if report.selection.protected:
            sentence = _("People only count in groups here; there are no free tables.")
            raise DomainError("protected", sentence)
        kinds = group_kinds(self.actor)
        found = axes(report.selection, compiled_version(version), kinds) if version else []
        chosen = {
            name: axis_in(found, request.query_params.get(name, "")) for name in ("rows", "columns")
        }
        rows, columns = chosen["rows"], chosen["columns"]
        if rows is None or columns is None or rows == columns:
            sentence = _("Name two different ones of the report's axes.")
            names = [name for name, axis in chosen.items() if axis is None] or ["columns"]
            raise DomainError("invalid", sentence, details=dict.fromkeys(names, sentence))
        table = cross_table(report.selection, rows, columns, report.minimum)
        assert table is not None  # protected ones were refused
        return Response(table_shown(table) | {"period": period_shown(report.period)})

    @extend_schema(
        parameters=[*DAYS, GROUP], responses={200: OpenApiTypes.OBJECT},
        operation_id="program_report_retrieve",
    )  # fmt: skip
    def program(self, request: Request) -> Response:
        """Every metric with its change, corrected over all of them, and what is counted."""
        period = period_asked(request, self.actor)
        wanted = filter_asked(request, groups_only=True)
        metrics = Metric.objects.for_actor(self.actor).select_related("program").order_by("pk")
        groups = group_numbers(self.actor, wanted)
        report = program_report(self.actor, list(metrics), period, groups)
        records = list(operational_listed(self.actor))
        return Response({
            "period": period_shown(period),
            "freshness": freshness(self.actor),
            "family": report.family,
            "results": [
                {
                    **review_shown(line.review), "name": line.review.metric.name,
                    "p": rounded(line.p),
                    "verdict": line.shown.change.verdict if line.shown.change else None,
                    "months": [rounded(value) for value in line.sparkline],
                }
                for line in report.lines
            ],
            "counted": [
                {
                    "metric": found.metric.pk, "code": found.metric.code, "name": found.metric.name,
                    "unit": found.metric.unit, "value": rounded(found.value),
                    "before": rounded(found.before), "n": found.n, "hidden": found.hidden,
                    "months": [rounded(value) for value in found.month_values],
                }
                for found in operational_reviews(self.actor, records, period)
            ],
        })  # fmt: skip
