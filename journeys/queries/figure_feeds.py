"""Figures counted from cases, for counted metrics to be fed by."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_lazy

from cxportal.core.actors import Actor
from cxportal.core.registry import FedFigure, FigureFeed
from surveys.queries.figure_feeds import rows_of

# A case nothing had to be done about says nothing of how well it was resolved.
_FIRST_CONTACT = """
SELECT (c.closed_at AT TIME ZONE %(zone)s)::date AS day, count(*),
  count(*) FILTER (WHERE c.resolution = 'solved' AND c.reopened = 0 AND (
    SELECT count(*) FROM journeys_casecontact k WHERE k.case_id = c.id) <= 1)
FROM journeys_case c
WHERE c.program_id = %(program)s AND c.state = 'closed' AND c.resolution <> 'no_need'
  AND (c.closed_at AT TIME ZONE %(zone)s)::date BETWEEN %(first)s AND %(last)s
GROUP BY 1 ORDER BY 1
"""


def first_contact_figures(
    actor: Actor, setting: str, first: date, last: date
) -> Iterator[FedFigure]:
    """Of the cases closed on a day, those solved with one contact at most and never reopened."""
    for day, n, solved in rows_of(actor, _FIRST_CONTACT, first=first, last=last):
        yield FedFigure(day, 100 * solved / n, n)


FIRST_CONTACT = FigureFeed(
    label=gettext_lazy("First-contact resolution of cases"),
    how=gettext_lazy(
        "Cases by the day they were closed: solved, with one contact at most, never reopened. "
        "n counts closed cases but those with nothing to do."
    ),
    subject="first_contact",
    count=first_contact_figures,
)
