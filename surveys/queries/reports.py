"""The report of one survey over a period: scores from tallies, the rest from its answers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from cxportal.core import charts
from cxportal.core.actors import Actor
from cxportal.core.models.fields import text_in
from surveys.calc.definitions import Statistic
from surveys.calc.metrics import Bar, Score
from surveys.models import Comment, Dimension, Invitation, Metric, MetricSource, Response, Survey
from surveys.queries.responses import group_of
from surveys.queries.scores import (
    EVERYONE,
    MetricReview,
    Period,
    TrendStep,
    definition_of,
    last_days,
    metric_reviews,
    metric_trend,
    step_for,
    today_of,
)
from surveys.rendering import CompiledVersion, compiled_version

#: The spans offered, in days.
SPANS = (30, 90, 365)
_LONGEST = 3660
_TONES = {"promoter": "good", "passive": "neutral", "detractor": "bad"}


@dataclass(frozen=True)
class ChosenPeriod:
    """A period and how it was chosen: `days` is one of SPANS, None for one's own dates."""

    period: Period
    days: int | None


def period_from(actor: Actor, query: Mapping[str, str], default: int = SPANS[0]) -> ChosenPeriod:
    """Read ?days=90 or ?from=2026-01-01&to=2026-03-31; anything unreadable gives the default."""
    first, last = _date(query.get("from")), _date(query.get("to"))
    if first is not None or last is not None:
        last = last or today_of(actor)
        first = max(first or last, last - timedelta(_LONGEST))
        return ChosenPeriod(Period(min(first, last), last), None)
    asked = query.get("days", "")
    days = int(asked) if asked in {str(span) for span in SPANS} else default
    return ChosenPeriod(last_days(actor, days), days)


def _date(text: str | None) -> date | None:
    try:
        return parse_date(text or "")
    except ValueError:
        return None


@dataclass(frozen=True)
class ScoreBlock:
    """One score question: its metric's score, distribution and trend."""

    metric: Metric
    question: str
    review: MetricReview
    groups: list[tuple[str, int, str]]
    columns: list[charts.Column]
    trend: charts.Trend

    @property
    def score(self) -> Score:
        return self.review.score

    @property
    def digits(self) -> int:
        return self.review.shown.digits


@dataclass(frozen=True)
class ChoiceLine:
    """How often an answer option was chosen; `share` of those who answered, between 0 and 1."""

    text: str
    count: int
    share: float
    width: str


@dataclass(frozen=True)
class ChoiceBlock:
    """One choice question; `lines` is empty when fewer than `minimum` answered it."""

    question: str
    n: int
    minimum: int
    lines: list[ChoiceLine]


@dataclass(frozen=True)
class ResponseCounts:
    """Answers of the period, and how many of those asked in it answered."""

    complete: int
    partial: int
    tests: int
    asked: int
    answered: int

    @property
    def rate(self) -> float | None:
        """Answered of asked, between 0 and 1; None where nobody was asked by name."""
        return self.answered / self.asked if self.asked else None


@dataclass(frozen=True)
class SurveyReport:
    """Everything on the report page but the list of comments."""

    survey: Survey
    period: Period
    counts: ResponseCounts
    scores: list[ScoreBlock]
    choices: list[ChoiceBlock]
    sentiment: list[tuple[str, int, str]]
    comments_hidden: bool
    minimum: int


def survey_report(actor: Actor, survey: Survey, period: Period) -> SurveyReport:
    """Read the report; the number of queries depends on the number of score questions only."""
    version = compiled_version(survey.current_version_id) if survey.current_version_id else None
    counts = _counts(actor, survey, period)
    minimum = least_shown(actor, survey)
    return SurveyReport(
        survey=survey,
        period=period,
        counts=counts,
        scores=_score_blocks(actor, survey, version, period),
        choices=_choice_blocks(actor, survey, version, period, minimum) if version else [],
        sentiment=_sentiment(actor, survey, period),
        comments_hidden=survey.anonymous and counts.complete < minimum,
        minimum=minimum,
    )


def least_shown(actor: Actor, survey: Survey) -> int:
    """Fewest answers whose details are shown: the threshold of anonymity, else the program's."""
    return actor.program.anonymity_n if survey.anonymous else actor.program.min_n


def span_of(actor: Actor, period: Period) -> tuple[datetime, datetime]:
    """The period as instants: from its first midnight to before the midnight after its last day."""
    zone = actor.program.zone
    first = datetime.combine(period.first, time.min, tzinfo=zone)
    return first, datetime.combine(period.last + timedelta(1), time.min, tzinfo=zone)


def _counts(actor: Actor, survey: Survey, period: Period) -> ResponseCounts:
    first, after = span_of(actor, period)
    complete = Q(status=Response.Status.COMPLETE, completed_at__gte=first, completed_at__lt=after)
    started = Q(status=Response.Status.PARTIAL, started_at__gte=first, started_at__lt=after)
    found = (
        Response.objects.for_actor(actor)
        .filter(survey=survey)
        .aggregate(
            complete=Count("pk", filter=complete & Q(is_test=False)),
            partial=Count("pk", filter=started & Q(is_test=False)),
            tests=Count("pk", filter=(complete | started) & Q(is_test=True)),
        )
    )
    asked = Invitation.objects.for_actor(actor).filter(
        campaign__survey=survey,
        customer__is_test=False,
        deliveries__step=0,
        deliveries__state="sent",
        deliveries__sent_at__gte=first,
        deliveries__sent_at__lt=after,
    )
    reached = asked.aggregate(
        asked=Count("pk"), answered=Count("pk", filter=Q(answered_at__isnull=False))
    )
    return ResponseCounts(**found, **reached)


def _score_blocks(
    actor: Actor, survey: Survey, version: CompiledVersion | None, period: Period
) -> list[ScoreBlock]:
    sources = list(
        MetricSource.objects.for_actor(actor)
        .filter(survey=survey)
        .select_related("metric")
        .order_by("metric_id")
    )
    dimension = _survey_dimension(actor, survey)
    if not sources or dimension is None:
        return []
    metrics = list({source.metric_id: source.metric for source in sources}.values())
    reviews = metric_reviews(actor=actor, metrics=metrics, period=period, dimension=dimension)
    asked = {source.metric_id: source.question_code for source in sources}
    return [
        _block(actor, review, _question_text(version, asked[review.metric.pk]), dimension)
        for review in reviews
    ]


def _survey_dimension(actor: Actor, survey: Survey) -> int | None:
    """The group of a survey's own answers; None before its first."""
    groups = Dimension.objects.for_actor(actor).filter(kind="survey", key=str(survey.pk))
    return groups.values_list("pk", flat=True).first()


def _question_text(version: CompiledVersion | None, code: str) -> str:
    question = version.questions.get(code) if version else None
    if question is None or version is None:
        return code
    return text_in(question.get("text"), fallback=version.default_language) or code


def _block(actor: Actor, review: MetricReview, question: str, dimension: int) -> ScoreBlock:
    return ScoreBlock(
        metric=review.metric,
        question=question,
        review=review,
        groups=group_parts(review.score),
        columns=value_columns(review.metric, review.score.distribution),
        trend=trend_chart(actor, review.metric, review.period, dimension),
    )


def group_parts(score: Score) -> list[tuple[str, int, str]]:
    """Promoters, passives and detractors as (label, count, tone); empty for other kinds."""
    if score.groups is None:
        return []
    found = score.groups
    return [
        (_("Promoters"), found.promoters, "good"),
        (_("Passives"), found.passives, "neutral"),
        (_("Detractors"), found.detractors, "bad"),
    ]


def value_columns(metric: Metric, bars: Sequence[Bar]) -> list[charts.Column]:
    """A histogram of the answers, each value in the tone of its group."""
    return charts.columns([(str(b.value), b.count, _tone(metric, b.value)) for b in bars])


def _tone(metric: Metric, value: int) -> str:
    definition = definition_of(metric)
    if definition.statistic is Statistic.SHARE:
        return "good" if definition.favourable(value) else "neutral"
    return _TONES.get(group_of(metric, value), "accent")


def trend_chart(
    actor: Actor, metric: Metric, period: Period, dimension: int = EVERYONE
) -> charts.Trend:
    """The score over the period by day, week or month, with its interval and target."""
    step = step_for(period.days)
    steps = metric_trend(
        actor=actor,
        metric=metric,
        first_day=period.first,
        last_day=period.last,
        step=step,
        dimension=dimension,
    )
    definition = definition_of(metric)
    return charts.trend(
        [_point(s, step) for s in steps],
        scale=(definition.lowest, definition.highest),
        target=None if metric.target is None else float(metric.target),
        zoom=True,
    )


def _point(step: TrendStep, size: str) -> charts.TrendPoint:
    note = ""
    if step.score.n and not step.score.shown:
        counts = {"n": step.score.n, "minimum": step.score.min_n}
        note = _("too few (%(n)d of %(minimum)d)") % counts
    return charts.TrendPoint(
        label=period_label(step.period, size),
        value=step.score.value,
        low=step.score.low,
        high=step.score.high,
        n=step.score.n,
        note=note,
    )


def period_label(period: Period, size: str) -> str:
    """2026-05 for a month, 05-18 for a day or for the week that begins then: short for an axis."""
    return f"{period.first:%Y-%m}" if size == "month" else f"{period.first:%m-%d}"


# One row per question and chosen option; `answered` counts people, not ticks.
_CHOICES = """
SELECT c.code, v.chosen, count(*) FROM surveys_response r
CROSS JOIN unnest(%(codes)s::text[]) AS c(code)
CROSS JOIN LATERAL (
  SELECT jsonb_array_elements_text(r.answers -> c.code)
  WHERE jsonb_typeof(r.answers -> c.code) = 'array'
  UNION ALL SELECT r.answers ->> c.code WHERE jsonb_typeof(r.answers -> c.code) = 'string'
  UNION ALL SELECT NULL WHERE r.answers ? c.code
) AS v(chosen)
WHERE r.program_id = %(program)s AND r.survey_id = %(survey)s AND r.status = 'complete'
  AND NOT r.is_test AND r.completed_at >= %(first)s AND r.completed_at < %(after)s
GROUP BY c.code, v.chosen
"""


def _choice_blocks(
    actor: Actor, survey: Survey, version: CompiledVersion, period: Period, minimum: int
) -> list[ChoiceBlock]:
    asked = [q for q in version.questions.values() if q["kind"] in ("single", "multiple")]
    if not asked:
        return []
    first, after = span_of(actor, period)
    params: dict[str, Any] = {
        "codes": [q["code"] for q in asked],
        "program": actor.program_id,
        "survey": survey.pk,
        "first": first,
        "after": after,
    }
    found: dict[str, dict[str | None, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_CHOICES, params)
        for code, chosen, count in cursor.fetchall():
            found[code][chosen] = count
    return [
        _choice_block(version, question, found[question["code"]], minimum) for question in asked
    ]


def _choice_block(
    version: CompiledVersion,
    question: Mapping[str, Any],
    counts: Mapping[str | None, int],
    minimum: int,
) -> ChoiceBlock:
    n = counts.get(None, 0)
    lines = []
    for choice in question.get("choices") or () if n >= minimum else ():
        count = counts.get(choice["code"], 0)
        text = text_in(choice.get("text"), fallback=version.default_language) or choice["code"]
        lines.append(ChoiceLine(text, count, count / n, charts.percent(count / n)))
    return ChoiceBlock(_question_text(version, question["code"]), n, minimum, lines)


def comments_listed(actor: Actor, survey: Survey, period: Period) -> QuerySet[Comment]:
    """Real comments of the period."""
    first, after = span_of(actor, period)
    return Comment.objects.for_actor(actor).filter(
        survey=survey, is_test=False, at__gte=first, at__lt=after
    )


def _sentiment(actor: Actor, survey: Survey, period: Period) -> list[tuple[str, int, str]]:
    """Comments by what they say, as (label, count, tone)."""
    rows = comments_listed(actor, survey, period).order_by().values_list("sentiment")
    counts = dict(rows.annotate(size=Count("pk")))
    kinds = Comment.Sentiment
    other = counts.get(kinds.UNKNOWN, 0) + counts.get(kinds.NEUTRAL, 0)
    return [
        (_("Praise"), counts.get(kinds.POSITIVE, 0), "good"),
        (_("Undecided"), other, "neutral"),
        (_("Complaint"), counts.get(kinds.NEGATIVE, 0), "bad"),
    ]
