"""The period of a report as it stands in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import QueryDict
from django.utils.dateparse import parse_date

from cxportal.core.actors import Actor
from surveys.queries.scores import Period, last_days, today_of

#: The spans offered, in days.
SPANS = (30, 90, 365)
_LONGEST = 3660


@dataclass(frozen=True)
class ChosenPeriod:
    """A period and how it was chosen: `days` is one of SPANS, None for one's own dates."""

    period: Period
    days: int | None


def period_from(
    actor: Actor, query: QueryDict | Mapping[str, str], default: int = SPANS[0]
) -> ChosenPeriod:
    """Read ?days=90 or ?from=2026-01-01&to=2026-03-31; anything unreadable gives the default."""
    first, last = _date(query.get("from")), _date(query.get("to"))
    if first is not None or last is not None:
        last = last or today_of(actor)
        first = max(first or last, last - timedelta(_LONGEST))
        return ChosenPeriod(Period(min(first, last), last), None)
    asked = query.get("days", "")
    days = int(asked) if asked in {str(span) for span in SPANS} else default
    return ChosenPeriod(last_days(actor, days), days)


def _date(text: str | None) -> date | None:
    try:
        return parse_date(text or "")
    except ValueError:
        return None
