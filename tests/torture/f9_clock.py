"""F9: changes of the clocks, the edges of the night, clocks that jump; one run per occurrence."""

from datetime import UTC, date, datetime, time, timedelta

import time_machine

from cxportal.core.models import Customer
from surveys.models import Delivery
from surveys.services.campaigns import campaign_start
from surveys.services.deliveries import deliveries_send
from surveys.services.invitations import occurrence_fill, occurrences_due
from surveys.services.schedules import schedules_plan
from tests.surveys.campaign_cast import make_survey
from tests.torture.line import Line
from tests.torture.people import crowd_campaign, make_crowd

FAULT = "F9"
SIZES = {"ci": 1, "full": 1}
ZONES = {
    "America/New_York": (date(2026, 3, 6), date(2026, 10, 30)),
    "Europe/London": (date(2026, 3, 27), date(2026, 10, 23)),
}
TIMES = (time(1, 30), time(2, 30), time(12, 0))
DAYS = 5
# Seoul: the last second of the day, the first of the night, the last of it, the morning.
EDGES = ((11, 59, 59, 1), (12, 0, 0, 0), (22, 59, 59, 0), (23, 0, 0, 1))


def run(size: str) -> Line:
    """Daily campaigns over each change, swept every half hour while the clock jumps to and fro."""
    doubled = missed = runs = 0
    for number, (zone, first, at) in enumerate(_cases()):
        slug = f"f9-{number}"
        actor, _people = make_crowd(slug, 1, timezone=zone)
        start = datetime.combine(first, time(0), tzinfo=UTC) - timedelta(days=1)
        last = first + timedelta(days=DAYS - 1)
        with time_machine.travel(start, tick=False):
            draft = crowd_campaign(
                actor, timing="recurring", send_on=first, send_time=at, unit="day", ends_on=last
            )
            campaign = campaign_start(actor=actor, campaign=draft)
        for step in range((DAYS + 2) * 48):
            # Every ninth look is an hour behind, every seventh an hour ahead.
            drift = timedelta(hours=1) * ((step % 7 == 0) - (step % 9 == 0))
            with time_machine.travel(start + timedelta(minutes=30) * step + drift, tick=False):
                schedules_plan()
                for occurrence in occurrences_due():
                    occurrence_fill(occurrence)
        keys = list(campaign.occurrences.values_list("key", flat=True))
        filled = campaign.occurrences.filter(filled_at__isnull=False, passed_over=False).count()
        runs += filled
        doubled += len(keys) - len(set(keys)) + max(filled - DAYS, 0)
        missed += max(DAYS - filled, 0)
        Delivery.unscoped.filter(campaign=campaign).delete()
    night, day = _nights()
    figures = {
        "runs": runs,
        "doubled": doubled,
        "missed": missed,
        "night_sms": night,
        "day_sms": day,
    }
    return Line(FAULT, figures, doubled == missed == night == 0 and day == len(EDGES))


def _cases() -> list[tuple[str, date, time]]:
    return [(zone, first, at) for zone, days in ZONES.items() for first in days for at in TIMES]


def _nights() -> tuple[int, int]:
    """Text messages that went out (by night, by day); what was put off goes with the morning."""
    night = day = 0
    for number, (hour, minute, second, allowed) in enumerate(EDGES):
        actor, _people = make_crowd(f"f9-night-{number}", 1)
        Customer.unscoped.filter(program=actor.program).update(phone="01012345678")
        with time_machine.travel(
            datetime(2026, 5, 1, hour, minute, second, tzinfo=UTC), tick=False
        ):
            survey = make_survey(actor.program)
            campaign = crowd_campaign(actor, channel="sms", name=survey.title["en"])
            campaign_start(actor=actor, campaign=campaign)
            for occurrence in occurrences_due():
                occurrence_fill(occurrence)
            sent = deliveries_send(seconds=5).handed_over
        day += sent if allowed else 0
        night += 0 if allowed else sent
    return night, day
