"""Scores respondents may see: held still until enough answers have come to hide each of them.

A score that moves with every answer tells what the last person said to whoever looks before and
after. So each one is kept as a row, and replaced only when at least as many answers are new as
people count together.
"""

from collections import defaultdict

from django.db import transaction
from django.db.models import Count

from cxportal.core.actors import Actor
from surveys.calc.histogram import BINS
from surveys.models import RespondentFigure, Response, Score, Survey


def respondent_figures_refresh() -> int:
    """Bring the figures of all surveys that show them a step on; returns how many changed."""
    showing = Survey.unscoped.filter(  # unscoped: the worker serves all programs
        current_version__document__settings__show_results=True
    )
    return sum(survey_figures_refresh(survey) for survey in showing.select_related("program"))


@transaction.atomic
def survey_figures_refresh(survey: Survey) -> int:
    """Replace the figures of a survey to which enough answers were added, drop what is too few."""
    actor = Actor.system(survey.program)
    Survey.objects.for_actor(actor).select_for_update(no_key=True).get(pk=survey.pk)
    figures = RespondentFigure.objects.for_actor(actor).filter(survey=survey)
    held, changed, k = {f.metric_id: f for f in figures}, 0, survey.program.anonymity_n
    for metric, counts in _counted(actor, survey).items():
        before, n = held.pop(metric, None), sum(counts)
        if n >= k and (before is None or abs(n - before.n) >= k):
            figures.update_or_create(
                metric_id=metric,
                defaults={"counts": counts, "program": survey.program, "survey": survey},
            )
            changed += 1
    return changed + len([figure.delete() for figure in held.values()])


def _counted(actor: Actor, survey: Survey) -> dict[int, list[int]]:
    """Answers by metric and value, of whole and real answers."""
    found: dict[int, list[int]] = defaultdict(lambda: [0] * BINS)
    rows = Score.objects.for_actor(actor).filter(
        response__survey=survey,
        response__status=Response.Status.COMPLETE,
        response__is_test=False,
    )
    for metric, value, size in rows.values_list("metric_id", "value").annotate(size=Count("pk")):
        found[metric][value] = size
    return found
