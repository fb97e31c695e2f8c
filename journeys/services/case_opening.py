"""Cases that open by themselves: a low score calls for a call."""

import logging
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.models import OutboxEvent, Program, text_in
from journeys.calc.low_scores import badness, is_low, is_worst
from journeys.models import Case, CaseRules, Severity
from journeys.queries.case_rules import case_rules_of
from journeys.services.case_assignment import Rota
from journeys.services.cases import case_open
from surveys.models import Response, Score
from surveys.queries.responses import DETRACTOR, group_of

log = logging.getLogger(__name__)
TOPIC = "follow_up"
#: Answers taken over from earlier times are read, not followed up.
FRESH = timedelta(days=3)


def responses_to_follow_up(actor: Actor, responses: Sequence[Response]) -> None:
    """Put fresh answers of known customers into the outbox where the program follows up."""
    rules: Any = CaseRules.objects.for_actor(actor).filter(opens_on_low_score=True)
    since = timezone.now() - FRESH
    fresh = [
        r.pk
        for r in responses
        if r.customer_id and not r.is_test and r.completed_at and r.completed_at >= since
    ]
    if fresh and rules.exists():
        OutboxEvent.unscoped.create(  # unscoped: written for the actor's own program
            program=actor.program, topic=TOPIC, payload={"responses": fresh}
        )


def follow_up_consume(program_id: int, rows: list[OutboxEvent]) -> None:
    """Outbox consumer of topic “follow_up”: one case per low answer, once."""
    actor = Actor.system(Program.objects.get(pk=program_id))
    ids = [pk for row in rows for pk in row.payload["responses"]]
    with translation.override(actor.language):
        cases_open_for_responses(actor=actor, response_ids=ids)


def cases_open_for_responses(*, actor: Actor, response_ids: Iterable[int]) -> list[Case]:
    """Open a case for each of these answers that is low; one that fails does not stop the rest."""
    responses: Any = Response.objects.for_actor(actor)
    found = (
        responses.filter(pk__in=list(response_ids))
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
    """The lowest of each answer's low scores, by response."""
    rows: Any = Score.objects.for_actor(actor).filter(response__in=ids)
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
