"""What a respondent is shown of everybody's answers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from cxportal.core.calc.numbers import plain_number, signed_number
from cxportal.core.models import Program, text_in
from surveys.calc.definitions import Definition, Unit
from surveys.calc.histogram import Histogram
from surveys.calc.metrics import evaluate
from surveys.models import MetricSource, RespondentFigure
from surveys.queries.scores import definition_of, digits_of, on_scale
from surveys.rendering import CompiledVersion


@dataclass(frozen=True)
class RespondentScore:
    """One score in words: what was asked, the score, what it lies between, how many answered."""

    question: str
    score: str
    scale: str
    n: int


def figures_shown(
    version: CompiledVersion, language: str, program_id: int
) -> list[RespondentScore]:
    """Scores of the version's questions that enough people answered, in the survey's order."""
    program = Program.objects.get(pk=program_id)
    rows = RespondentFigure.unscoped.filter(survey_id=version.survey_id)  # unscoped: of the link
    held = {row.metric_id: row for row in rows.select_related("metric")}
    sources = MetricSource.unscoped.filter(survey_id=version.survey_id)  # unscoped: of the link
    asked = dict(sources.values_list("question_code", "metric_id"))
    found = []
    for code, question in version.questions.items():
        row = held.get(asked.get(code, 0))
        if row is not None:
            row.metric.program = program
            text = text_in(question.get("text"), language, version.default_language)
            found += _score(row, text or code, program, language)
    return found


def _score(
    row: RespondentFigure, question: str, program: Program, language: str
) -> list[RespondentScore]:
    """The score in words; nothing below the threshold of today."""
    definition = replace(definition_of(row.metric), min_n=program.anonymity_n)
    score = evaluate(definition, on_scale(row.metric, Histogram.from_counts(row.counts)))
    if score.value is None:
        return []
    words = {
        Unit.POINTS: lambda: signed_number(score.value, 0, language),
        Unit.PERCENT: lambda: f"{plain_number(score.value, 0, language)}%",
        Unit.MEAN: lambda: plain_number(score.value, digits_of(definition), language),
    }[definition.unit]()
    return [RespondentScore(question, words, _scale(definition), score.n)]


def _scale(definition: Definition) -> str:
    """What the score lies between."""
    ends: Mapping[Unit, tuple[object, object]] = {
        Unit.POINTS: ("−100", "+100"),
        Unit.PERCENT: ("0%", "100%"),
        Unit.MEAN: (definition.minimum, definition.maximum),
    }
    low, high = ends[definition.unit]
    return _("%(low)s to %(high)s") % {"low": low, "high": high}
