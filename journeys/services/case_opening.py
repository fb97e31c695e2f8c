"""Cases that open by themselves: a low score calls for a call."""

import logging
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.models import text_in
from journeys.calc.low_scores import badness, is_low, is_worst
from journeys.models import Case, Severity
from journeys.queries.case_rules import case_rules_of
from journeys.queries.outside import rival_metrics
from journeys.services.case_assignment import Rota
from journeys.services.cases import case_open
from surveys.models import Response, Score
from surveys.queries.responses import DETRACTOR, group_of

log = logging.getLogger(__name__)


def cases_open_for_responses(*, actor: Actor, response_ids: Iterable[int]) -> list[Case]:
    """Open a case for each low answer of a known customer; one that fails stops no other."""
    responses: Any = Response.objects.for_actor(actor)
    found = (
        responses.filter(pk__in=list(response_ids), customer__isnull=False)
        .select_related("customer__account_manager__user")
        .order_by("pk")
    )
    worst = _worst_scores(actor, [response.pk for response in found])
    rota, made = Rota(actor, case_rules_of(actor)), []
    for response in found:
        if response.pk not in worst:
            continue
        try:
            with transaction.atomic():
                made.append(_open(actor, response, worst[response.pk], rota))
        except Exception:
            log.exception("no case for response %s", response.pk)
    return made


def _worst_scores(actor: Actor, ids: list[int]) -> dict[int, tuple[float, Score]]:
    """The lowest of each answer's low scores of ours, by response."""
    rows: Any = Score.objects.for_actor(actor).filter(response__in=ids)
    rows = rows.exclude(metric__in=rival_metrics(actor))
    worst: dict[int, tuple[float, Score]] = {}
    for score in rows.select_related("metric__program"):
        metric = score.metric
        if metric.maximum <= metric.minimum:
            continue
        share = badness(
            score.value, metric.minimum, metric.maximum, high_is_good=metric.high_is_good
        )
        if not is_low(share, detractor=group_of(metric, score.value) == DETRACTOR):
            continue
        if score.response_id not in worst or share < worst[score.response_id][0]:
            worst[score.response_id] = share, score
    return worst


def _open(actor: Actor, response: Response, low: tuple[float, Score], rota: Rota) -> Case:
    share, score = low
    metric = text_in(score.metric.name) or score.metric.code
    return case_open(
        actor=actor,
        title=_("%(score)d of %(maximum)d on “%(metric)s”")
        % {"score": score.value, "maximum": score.metric.maximum, "metric": metric[:120]},
        reason=Case.Reason.LOW_SCORE,
        response=response,
        comment=response.comments.order_by("pk").first(),
        severity=Severity.HIGH if is_worst(share) else Severity.NORMAL,
        once_key=f"low-score:{response.pk}",
        rota=rota,
    )
