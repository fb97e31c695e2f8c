"""Metrics for their pages: the list with scores, the sources, the formula in words."""

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.calc.numbers import score_number
from surveys.calc.definitions import Definition, Statistic
from surveys.models import Metric, MetricSource, Survey, SurveyVersion
from surveys.queries.scores import UNITS, definition_of, digits_of
from surveys.services.metrics import asked_questions


def metrics_listed(actor: Actor) -> QuerySet[Metric]:
    """Metrics with owner and sources."""
    sources = MetricSource.objects.for_actor(actor).select_related("survey").order_by("pk")
    return (
        Metric.objects.for_actor(actor)
        .select_related("owner", "program")
        .prefetch_related(Prefetch("sources", sources))
    )


def target_text(metric: Metric) -> str:
    """The target as the score is printed, "" without one."""
    if metric.target is None:
        return ""
    definition = definition_of(metric)
    return score_number(float(metric.target), UNITS[definition.unit], digits_of(definition))


def formula(metric: Metric) -> str:
    """How the score is computed, in one sentence of the active language."""
    definition = definition_of(metric)
    scale = {"low": definition.minimum, "high": definition.maximum}
    if definition.statistic is Statistic.NPS:
        sentence = _(
            "Share of promoters (%(promoter)s–%(high)s) less share of detractors"
            " (%(low)s–%(detractor)s), in points from −100 to +100."
        )
        ends = {"promoter": definition.promoter_from, "detractor": definition.detractor_to}
        return sentence % {**scale, **ends}
    if definition.statistic is Statistic.SHARE:
        sentence = _("Share of the answers %(from)s to %(to)s on a scale from %(low)s to %(high)s.")
        return sentence % {**scale, **_favourable(definition, metric.high_is_good)}
    return _("Mean of the answers on a scale from %(low)s to %(high)s.") % scale


def _favourable(definition: Definition, high_is_good: bool) -> dict[str, int]:
    if high_is_good:
        return {"from": definition.top_from, "to": definition.maximum}
    return {"from": definition.minimum, "to": definition.top_from}


def source_choices(actor: Actor) -> list[tuple[str, str]]:
    """("survey.question", label) of every question with a scale, newest survey first."""
    newest = SurveyVersion.objects.for_actor(actor).order_by("-number")
    surveys = (
        Survey.objects.for_actor(actor)
        .order_by("-updated_at")
        .prefetch_related("questions", Prefetch("versions", newest))
    )
    words = {"nps": "NPS", "csat": "CSAT", "ces": "CES", "rating": _("Rating")}
    words |= {"single": _("one choice"), "dropdown": _("one choice")}
    return [
        (f"{survey.pk}.{code}", f"{survey} · {code} ({words[question['kind']]})")
        for survey in surveys
        for code, question in asked_questions(survey).items()
        if question["kind"] in words
    ]
