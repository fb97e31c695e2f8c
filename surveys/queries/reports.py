"""The report of one survey: scores, trends, choices, groups and comments, as filtered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from cxportal.core import charts
from cxportal.core.actors import Actor
from cxportal.core.models.fields import text_in
from surveys.calc.change import compare
from surveys.calc.definitions import Statistic
from surveys.calc.funnel import Funnel
from surveys.calc.histogram import Histogram
from surveys.calc.logic_flow import LOOP_MARK
from surveys.calc.loops import questions_by_answer
from surveys.calc.metrics import Bar, Score
from surveys.models import Comment, Dimension, Metric, MetricSource, Response, Survey
from surveys.queries.answer_blocks import PartBlock, part_blocks
from surveys.queries.breakdowns import (
    choice_counts,
    complete_count,
    score_days,
    score_groups,
    score_histograms,
    selected_ids,
)
from surveys.queries.comparisons import Comparison, group_comparison
from surveys.queries.funnels import Duration, PageLine, page_lines, survey_funnel, time_to_complete
from surveys.queries.group_words import group_words
from surveys.queries.responses import group_of
from surveys.queries.scores import (
    MetricReview,
    Period,
    TrendStep,
    definition_of,
    metric_reviews,
    on_scale,
    periods,
    score_of_histogram,
    shown,
    step_for,
)
from surveys.queries.selections import SAMPLE, ReportFilter, Selection, instants
from surveys.queries.trends import chart_of, redefinitions, trend_chart
from surveys.rendering import CompiledVersion, compiled_version

_TONES = {"promoter": "good", "passive": "neutral", "detractor": "bad"}
CHOICE_KINDS = ("single", "multiple", "dropdown", "image_choice")


@dataclass(frozen=True)
class ScoreBlock:
    """One score question: its metric's score, distribution and trend."""

    metric: Metric
    question: str
    review: MetricReview
    groups: list[tuple[str, int, str]]
    columns: list[charts.Column]
    trend: charts.Trend
    comparison: Comparison | None = None

    @property
    def score(self) -> Score:
        return self.review.score

    @property
    def digits(self) -> int:
        return self.review.shown.digits


@dataclass(frozen=True)
class ChoiceLine:
    """How often an answer option was chosen; `share` of those who answered, between 0 and 1."""

    code: str
    text: str
    count: int
    share: float
    width: str


@dataclass(frozen=True)
class ChoiceBlock:
    """One choice question; `lines` is empty when fewer than `minimum` answered it."""

    code: str
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
    funnel: Funnel

    @property
    def asked(self) -> int:
        return self.funnel.asked

    @property
    def answered(self) -> int:
        return self.funnel.completed

    @property
    def rate(self) -> float | None:
        """RR1 between 0 and 1; None where nobody was asked by name."""
        return self.funnel.rr1

    @property
    def completion(self) -> float | None:
        """Completed of started, between 0 and 1."""
        started = self.complete + self.partial
        return self.complete / started if started else None


@dataclass(frozen=True)
class SurveyReport:
    """Everything on the report page but the list of comments."""

    survey: Survey
    selection: Selection
    counts: ResponseCounts
    scores: list[ScoreBlock]
    choices: list[ChoiceBlock]
    parts: list[PartBlock]
    sentiment: list[tuple[str, int, str]]
    comments_hidden: bool
    minimum: int
    pages: list[PageLine] = field(default_factory=list)
    duration: Duration | None = None

    @property
    def period(self) -> Period:
        """The period shown, whole months where people only count in cells."""
        return self.selection.shown_period or self.selection.period

    @property
    def sampled(self) -> int:
        """How many of the newest answers free tables are made of; 0 when of all."""
        return SAMPLE if self.counts.complete > SAMPLE else 0


def survey_report(
    actor: Actor,
    survey: Survey,
    period: Period,
    wanted: ReportFilter | None = None,
    compare_by: str = "",
) -> SurveyReport:
    """Read the report; the number of queries depends on the number of score questions only.

    `compare_by` is a kind of group ("segment") each score is compared by.
    """
    selection = Selection(actor, survey, period, wanted or ReportFilter())
    version = compiled_version(survey.current_version_id) if survey.current_version_id else None
    counts = _counts(selection)
    minimum = least_shown(actor, survey)
    enough = counts.complete >= minimum
    return SurveyReport(
        survey=survey,
        selection=selection,
        counts=counts,
        scores=_score_blocks(selection, version, compare_by),
        choices=_choice_blocks(selection, version, minimum) if version else [],
        parts=part_blocks(selection, version, minimum) if version else [],
        sentiment=_sentiment(selection),
        comments_hidden=selection.protected and not enough,
        minimum=minimum,
        pages=page_lines(selection, version, counts.complete, _text_reader(version))
        if version and enough and not selection.active
        else [],
        duration=time_to_complete(selection, minimum) if enough else None,
    )


def least_shown(actor: Actor, survey: Survey) -> int:
    """Fewest answers whose details are shown: the threshold of anonymity, else the program's."""
    return actor.program.anonymity_n if survey.anonymous else actor.program.min_n


def _counts(selection: Selection) -> ResponseCounts:
    actor, survey = selection.actor, selection.survey
    funnel = Funnel(0, 0, 0, 0)
    period = selection.shown_period
    partial = tests = 0
    if period is not None and not selection.active:
        first, after = instants(actor, period)
        begun = Q(status="partial", started_at__gte=first, started_at__lt=after)
        done = Q(status="complete", completed_at__gte=first, completed_at__lt=after)
        found = (
            Response.objects.for_actor(actor)
            .filter(survey=survey)
            .aggregate(
                partial=Count("pk", filter=begun & Q(is_test=False)),
                tests=Count("pk", filter=(begun | done) & Q(is_test=True)),
            )
        )
        partial, tests = found["partial"], found["tests"]
        funnel = survey_funnel(actor, survey, period)
    return ResponseCounts(complete_count(selection), partial, tests, funnel)


def _score_blocks(
    selection: Selection, version: CompiledVersion | None, compare_by: str
) -> list[ScoreBlock]:
    actor, survey = selection.actor, selection.survey
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
    for metric in metrics:
        metric.program = actor.program  # its minimum of answers, without another query
    asked = {source.metric_id: source.question_code for source in sources}
    compared = _compared(selection, metrics, compare_by)
    words = group_words(selection.actor, [compare_by])[compare_by]
    reviews = _reviews(selection, metrics, dimension)
    return [
        ScoreBlock(
            metric=review.metric,
            question=_question_text(version, asked[review.metric.pk]),
            review=review,
            groups=group_parts(review.score),
            columns=value_columns(review.metric, review.score.distribution),
            trend=_trend(selection, review.metric, dimension),
            comparison=_comparison(review, compared, words),
        )
        for review in reviews
    ]


def _reviews(selection: Selection, metrics: Sequence[Metric], dimension: int) -> list[MetricReview]:
    """From tallies where everybody counts, else from the facts; with the change."""
    period = selection.shown_period
    if period is not None and not selection.active and not selection.protected:
        return metric_reviews(
            actor=selection.actor, metrics=metrics, period=period, dimension=dimension,
            guarding=False,
        )  # fmt: skip
    sums = score_histograms(selection, [m.pk for m in metrics])
    before = _sums_before(selection, metrics)
    return [_review(selection, metric, before[metric.pk], sums[metric.pk]) for metric in metrics]


def _sums_before(selection: Selection, metrics: Sequence[Metric]) -> dict[int, Histogram]:
    before = selection.before
    if before is None:
        return {metric.pk: Histogram() for metric in metrics}
    earlier = Selection(selection.actor, selection.survey, before, selection.filter)
    return score_histograms(earlier, [metric.pk for metric in metrics])


def _review(
    selection: Selection, metric: Metric, before: Histogram, now: Histogram
) -> MetricReview:
    before, now = on_scale(metric, before), on_scale(metric, now)
    score = score_of_histogram(metric, now)
    change = compare(definition_of(metric), before, now)
    period = selection.shown_period or selection.period
    return MetricReview(metric, period, score, change, shown(metric, score, change), now)


def _compared(
    selection: Selection, metrics: Sequence[Metric], kind: str
) -> dict[str, dict[int, Histogram]]:
    if not kind:
        return {}
    return score_groups(selection, [metric.pk for metric in metrics], kind)


def _comparison(
    review: MetricReview,
    compared: Mapping[str, Mapping[int, Histogram]],
    words: Mapping[str, str],
) -> Comparison | None:
    sums = {key: by[review.metric.pk] for key, by in compared.items() if review.metric.pk in by}
    if not sums:
        return None
    return group_comparison(review.metric, review.histogram, sums, words)


def _trend(selection: Selection, metric: Metric, dimension: int) -> charts.Trend:
    period = selection.shown_period or selection.period
    step = "month" if selection.protected else step_for(period.days)
    if not (selection.protected or selection.active):
        return trend_chart(selection.actor, metric, period, dimension, step=step, guarding=False)
    days = score_days(selection, metric.pk)
    parts = (
        selection.shown_blocks if selection.protected else periods(period.first, period.last, step)
    )
    steps = []
    for part in parts:
        inside = [sums for day, sums in days.items() if part.first <= day <= part.last]
        sums = on_scale(metric, Histogram.sum(inside))
        steps.append(TrendStep(part, sums, score_of_histogram(metric, sums)))
    return chart_of(metric, steps, step, redefinitions(selection.actor, metric, period))


def _survey_dimension(actor: Actor, survey: Survey) -> int | None:
    """The group of a survey's own answers; None before its first."""
    groups = Dimension.objects.for_actor(actor).filter(kind="survey", key=str(survey.pk))
    return groups.values_list("pk", flat=True).first()


def _text_reader(version: CompiledVersion | None) -> Any:
    fallback = version.default_language if version else "en"
    return lambda texts: text_in(texts, fallback=fallback)


def _question_text(version: CompiledVersion | None, code: str) -> str:
    if version is None:
        return code
    question = version.questions.get(code)
    if question is None and LOOP_MARK in code:
        question = questions_by_answer(version.document).get(code)
    if question is None:
        return code
    return text_in(question.get("text"), fallback=version.default_language) or code


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


def _choice_blocks(
    selection: Selection, version: CompiledVersion, minimum: int
) -> list[ChoiceBlock]:
    asked = [q for q in version.questions.values() if q["kind"] in CHOICE_KINDS]
    found = choice_counts(selection, [question["code"] for question in asked])
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
        code = str(choice["code"])
        lines.append(ChoiceLine(code, text, count, count / n, charts.percent(count / n)))
    code = str(question["code"])
    return ChoiceBlock(code, _question_text(version, code), n, minimum, lines)


def comments_listed(selection: Selection) -> QuerySet[Comment]:
    """Real comments of a selection: of the period by their own time, or of selected answers."""
    comments = Comment.objects.for_actor(selection.actor).filter(
        survey=selection.survey, is_test=False
    )
    period = selection.shown_period
    if period is None:
        return comments.none()
    if selection.active:
        return comments.filter(response_id__in=selected_ids(selection))
    first, after = instants(selection.actor, period)
    return comments.filter(at__gte=first, at__lt=after)


def _sentiment(selection: Selection) -> list[tuple[str, int, str]]:
    """Comments by what they say, as (label, count, tone)."""
    rows = comments_listed(selection).order_by().values_list("sentiment")
    counts = dict(rows.annotate(size=Count("pk")))
    kinds = Comment.Sentiment
    other = counts.get(kinds.UNKNOWN, 0) + counts.get(kinds.NEUTRAL, 0)
    return [
        (_("Praise"), counts.get(kinds.POSITIVE, 0), "good"),
        (_("Undecided"), other, "neutral"),
        (_("Complaint"), counts.get(kinds.NEGATIVE, 0), "bad"),
    ]
