"""From asked to answered: the funnel, where people leave, how long they take."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q

from cxportal.core.actors import Actor
from surveys.calc.funnel import Funnel, dropped_per_page
from surveys.models import Delivery, Invitation, Response, Survey
from surveys.queries.scores import Period
from surveys.queries.selections import SAMPLE, Selection, instants
from surveys.rendering import CompiledVersion


def survey_funnel(actor: Actor, survey: Survey, period: Period) -> Funnel:
    """People asked by name in the period, however late they answered. Two queries."""
    first, after = instants(actor, period)
    started = Response.objects.for_actor(actor).filter(invitation=OuterRef("pk"))
    message = Delivery.objects.for_actor(actor).filter(invitation=OuterRef("pk"))
    complete = Q(answered_at__isnull=False)
    partial = Q(answered_at__isnull=True) & Q(Exists(started))
    refused, sent = Exists(message.filter(state="hard")), Exists(message.filter(state="sent"))
    bounced = Q(refused) & ~Q(sent)
    found = (
        Invitation.objects.for_actor(actor)
        .filter(
            campaign__survey=survey,
            customer__is_test=False,
        )
        .filter(
            Q(deliveries__state="sent", deliveries__sent_at__range=(first, after))
            | Q(deliveries__state="hard", deliveries__due_at__range=(first, after)),
            deliveries__step=0,
        )
        .aggregate(
            asked=Count("pk"),
            bounced=Count("pk", filter=bounced),
            completed=Count("pk", filter=complete),
            partial=Count("pk", filter=partial),
        )
    )
    return Funnel(**found)


@dataclass(frozen=True)
class PageLine:
    """A page of the survey: how many came to it, how many left there."""

    number: int
    title: str
    reached: int
    left: int

    @property
    def share(self) -> float | None:
        """Left of reached, 0 to 1."""
        return self.left / self.reached if self.reached else None


_UNFINISHED = """
SELECT COALESCE((SELECT max(p.page)
                 FROM unnest(%(codes)s::text[], %(pages)s::int[]) AS p(code, page)
                 WHERE r.answers ? p.code), -1), count(*)
FROM (SELECT answers FROM surveys_response
      WHERE program_id = %(program)s AND survey_id = %(survey)s AND status = 'partial'
        AND NOT is_test AND started_at >= %(first)s AND started_at < %(after)s
      ORDER BY id DESC LIMIT %(sample)s) r
GROUP BY 1
"""


def page_lines(
    selection: Selection, version: CompiledVersion, completed: int, title: Any
) -> list[PageLine]:
    """Drop-off per page, from answers begun and not finished; one line for each page."""
    period = selection.shown_period
    sections = version.document["sections"]
    if period is None or not sections:
        return []
    first, after = instants(selection.actor, period)
    pairs = [(q["code"], i) for i, page in enumerate(sections) for q in page["questions"]]
    params: dict[str, Any] = {
        "codes": [code for code, _page in pairs],
        "pages": [page for _code, page in pairs],
        "program": selection.actor.program_id,
        "survey": selection.survey.pk,
        "first": first,
        "after": after,
        "sample": SAMPLE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_UNFINISHED, params)
        last_pages = [page for page, count in cursor.fetchall() for _one in range(count)]
    rows = dropped_per_page(last_pages, len(sections), completed)
    return [
        PageLine(i + 1, title(page.get("title")), reached, left)
        for i, (page, (reached, left)) in enumerate(zip(sections, rows, strict=True))
    ]


@dataclass(frozen=True)
class Duration:
    """How long complete answers took, in seconds: the middle one and the middle half."""

    n: int
    median: float
    quarter: float
    three_quarters: float


_TIMES = """
SELECT count(*), percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY t.seconds)
FROM (SELECT extract(epoch FROM r.completed_at - r.started_at) AS seconds
      FROM surveys_response r WHERE {where} AND r.completed_at > r.started_at
      ORDER BY r.completed_at DESC LIMIT %(sample)s) t
"""


def time_to_complete(selection: Selection, minimum: int) -> Duration | None:
    """None where fewer than `minimum` times are known."""
    where, params = selection.where
    with connection.cursor() as cursor:
        cursor.execute(_TIMES.format(where=where), {**params, "sample": SAMPLE})
        n, times = cursor.fetchone()
    if n < max(minimum, 1):
        return None
    quarter, median, three_quarters = (float(t) for t in times)
    return Duration(n, median, quarter, three_quarters)
