"""From asked to answered: the funnel, where people leave, how long they take."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, When

from cxportal.core.actors import Actor
from surveys.calc.funnel import Funnel, dropped_per_page
from surveys.models import Delivery, Invitation, Response, Survey
from surveys.queries.scores import Period
from surveys.queries.selections import SAMPLE, Selection, instants
from surveys.rendering import CompiledVersion


def invitations_followed(actor: Actor, invitations: QuerySet[Any]) -> QuerySet[Any]:
    """Invitations with how far each came: `asked_at`, `is_bounced` and `has_begun`.

    `asked_at` is when the first message was sent, or due where it was refused at once; None
    where nothing was sent. Bounced are those whom no message reached: each was refused, or came
    back later. Who began got it, whatever a mail server said.
    """
    message = Delivery.objects.for_actor(actor).filter(invitation=OuterRef("pk"))
    begun = Exists(Response.objects.for_actor(actor).filter(invitation=OuterRef("pk")))
    first = message.filter(step=0, state__in=["sent", "hard"])
    asked = first.values(at=Case(When(state="sent", then="sent_at"), default="due_at"))
    failed = message.filter(Q(state="hard") | Q(state="sent", came_back="bounced"))
    arrived = message.filter(state="sent").exclude(came_back="bounced")
    followed: QuerySet[Any] = invitations.annotate(
        asked_at=Subquery(asked[:1]),
        has_begun=Case(When(answered_at__isnull=False, then=True), default=begun),
        is_bounced=Case(
            When(Q(has_begun=True), then=False),
            default=Case(When(Exists(arrived), then=False), default=Exists(failed)),
        ),
    )
    return followed


def survey_funnel(actor: Actor, survey: Survey, period: Period) -> Funnel:
    """People asked by name in the period, however late they answered. One query."""
    first, after = instants(actor, period)
    people = Invitation.objects.for_actor(actor).filter(
        campaign__survey=survey, customer__is_test=False
    )
    found = (
        invitations_followed(actor, people)
        .filter(asked_at__gte=first, asked_at__lt=after)
        .aggregate(
            asked=Count("pk"),
            bounced=Count("pk", filter=Q(is_bounced=True)),
            completed=Count("pk", filter=Q(answered_at__isnull=False)),
            partial=Count("pk", filter=Q(answered_at__isnull=True, has_begun=True)),
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
