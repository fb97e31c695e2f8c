"""Answers as people read them: lists, one response, a customer's timeline."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.models import Customer
from cxportal.core.models.fields import text_in
from cxportal.core.registry import TimelineEntry
from surveys.answer_words import answer_in_words
from surveys.calc.answers import SILENT, TEXT_LENGTHS
from surveys.calc.definitions import Statistic, standard_definition
from surveys.models import Comment, Metric, Response, Score
from surveys.queries.scores import definition_of
from surveys.rendering import CompiledVersion, compiled_version

PROMOTER, PASSIVE, DETRACTOR = "promoter", "passive", "detractor"
_NPS = [Metric.Kind.NPS, Metric.Kind.ENPS]


def responses_listed(actor: Actor) -> QuerySet[Response]:
    """Responses with their survey, scores and comments, in three queries."""
    scores = Score.objects.for_actor(actor).select_related("metric__program").order_by("metric_id")
    comments = Comment.objects.for_actor(actor).order_by("pk")
    return (
        Response.objects.for_actor(actor)
        .select_related("survey", "campaign")
        .prefetch_related(Prefetch("scores", scores))
        .prefetch_related(Prefetch("comments", comments))
    )


def responses_told(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Leave out answers of anonymous surveys that would tell of one person.

    Of each such survey only whole groups of the program's threshold are shown, the oldest first:
    neither a narrow filter nor two looks in a row single out whoever has answered in between.
    Tests are nobody's.
    """
    size = actor.program.anonymity_n
    hidden = queryset.order_by().filter(survey__anonymous=True, is_test=False)
    counts = hidden.values_list("survey_id").annotate(Count("pk"))
    for survey, number in list(counts):
        kept = number - number % size
        if not kept:
            queryset = queryset.exclude(survey=survey, is_test=False)
        elif kept < number:
            own = hidden.filter(survey=survey).order_by("pk").values_list("pk", flat=True)
            queryset = queryset.exclude(survey=survey, is_test=False, pk__gt=own[kept - 1])
    return queryset


def is_told(actor: Actor, response: Response) -> bool:
    """Whether this one answer may be shown: always, unless its survey is anonymous."""
    if not response.survey.anonymous:
        return True
    own = Response.objects.for_actor(actor).filter(
        survey=response.survey_id, status=response.status
    )
    return responses_told(actor, own).filter(pk=response.pk).exists()


def in_group(actor: Actor, group: str) -> Exists:
    """Responses whose NPS or eNPS answer is a promoter's, passive's or detractor's."""
    usual = standard_definition(Metric.Kind.NPS)
    promoter_from = _cutoff("promoter_from", usual.promoter_from)
    detractor_to = _cutoff("detractor_to", usual.detractor_to)
    scores = (
        Score.objects.for_actor(actor)
        .filter(response=OuterRef("pk"), metric__kind__in=_NPS)
        .annotate(promoter_from=promoter_from, detractor_to=detractor_to)
    )
    promoter = Q(value__gte=F("promoter_from"))
    detractor = Q(value__lte=F("detractor_to"))
    wanted = {PROMOTER: promoter, DETRACTOR: detractor, PASSIVE: ~promoter & ~detractor}
    return Exists(scores.filter(wanted[group]))


def _cutoff(name: str, usual: int) -> Coalesce:
    own = Cast(KeyTextTransform(name, "metric__cutoffs"), IntegerField())
    return Coalesce(own, usual)


def with_text(actor: Actor, text: str) -> Exists:
    """Responses one of whose comments holds the text."""
    wanted = text.replace("\x00", "")
    comments = Comment.objects.for_actor(actor).filter(response=OuterRef("pk"))
    return Exists(comments.filter(text__icontains=wanted))


def group_words() -> dict[str, str]:
    """The three groups by code, in the active language."""
    return {PROMOTER: _("Promoter"), PASSIVE: _("Passive"), DETRACTOR: _("Detractor")}


@dataclass(frozen=True)
class ScoreLine:
    """One score of a response; `group` is "" where the metric has no groups."""

    metric: Metric
    value: int
    maximum: int
    group: str
    word: str


def score_lines(response: Response) -> list[ScoreLine]:
    """The scores of a response whose `scores` (with metric) were fetched."""
    words = group_words()
    return [_line(score, words) for score in response.scores.all()]


def _line(score: Score, words: dict[str, str]) -> ScoreLine:
    group = group_of(score.metric, score.value)
    return ScoreLine(score.metric, score.value, score.metric.maximum, group, words.get(group, ""))


def group_of(metric: Metric, value: int) -> str:
    """Promoter, passive or detractor by the metric's own cut-offs; "" for other kinds."""
    definition = definition_of(metric)
    if definition.statistic is not Statistic.NPS:
        return ""
    if value >= definition.promoter_from:
        return PROMOTER
    return DETRACTOR if value <= definition.detractor_to else PASSIVE


@dataclass(frozen=True)
class ListedResponse:
    """A row of the list."""

    response: Response
    scores: Sequence[ScoreLine]
    comment: str


def listed(responses: Iterable[Response]) -> list[ListedResponse]:
    """Rows for fetched responses, without another query."""
    rows = []
    for response in responses:
        comments = list(response.comments.all())
        text = comments[0].text if comments else ""
        rows.append(ListedResponse(response, score_lines(response), text))
    return rows


@dataclass(frozen=True)
class AnswerLine:
    """One question and what was answered, in the reader's language; "" = nothing."""

    code: str
    kind: str
    question: str
    answer: str
    is_text: bool
    sentiment: str = ""


def answer_lines(response: Response, language: str = "") -> list[AnswerLine]:
    """All questions asked, with the answers and what the texts say, in the order of the form."""
    version = compiled_version(response.version_id)
    asked = [q for q in version.questions.values() if q["kind"] not in SILENT]
    said = {c.question_code: c.get_sentiment_display() for c in response.comments.all()}
    return [
        AnswerLine(
            code=q["code"],
            kind=q["kind"],
            question=text_in(q.get("text"), language, version.default_language) or q["code"],
            answer=answer_text(version, q["code"], response.answers, language),
            is_text=q["kind"] in TEXT_LENGTHS,
            sentiment=said.get(q["code"], ""),
        )
        for q in asked
    ]


def answer_text(
    version: CompiledVersion,
    code: str,
    answers: Mapping[str, Any],
    language: str = "",
) -> str:
    """The answer to a question in words: the texts of choices, numbers and texts as they are."""
    question = version.questions.get(code.partition("@")[0])
    if question is None:
        return str(answers.get(code, ""))
    start = f"{code}."
    beside = {k.removeprefix(start): str(v) for k, v in answers.items() if k.startswith(start)}

    def text(words: Any) -> str:
        return text_in(words, language, version.default_language)

    return answer_in_words(question, answers.get(code), text, beside)


def response_entries(actor: Actor, customer: Customer, limit: int) -> Iterable[TimelineEntry]:
    """What a customer answered, for the timeline."""
    mine = responses_listed(actor).filter(customer=customer, status=Response.Status.COMPLETE)
    for row in listed(mine.order_by("-completed_at")[:limit]):
        text = _("Answered “%(survey)s”") % {"survey": row.response.survey}
        points = [f"{line.metric.get_kind_display()} {line.value}" for line in row.scores]
        yield TimelineEntry(
            at=row.response.completed_at or row.response.started_at,
            kind="response",
            text=" · ".join([text, *points]),
            url=actor.url("surveys:response-detail", row.response.pk),
            detail=row.comment[:300],
        )


def answers_of_person(actor: Actor, customer: Customer) -> list[dict[str, Any]]:
    """Every answer of a person as it was given, for the person to take along."""
    rows = Response.objects.for_actor(actor).filter(customer=customer).order_by("pk")
    names = ("survey__title", "status", "channel", "language", "started_at", "completed_at")
    return list(rows.values(*names, "answers"))
