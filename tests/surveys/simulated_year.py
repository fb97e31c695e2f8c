"""A stretch of time with recurring campaigns, lived through at the instants when something is due.

Two schedulers do everything twice. Afterwards the rows are held against the rules: nobody asked
more often than allowed, no occurrence twice or missed, every message at its time of day.
"""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from django.db.models import Min
from django.test import override_settings

from cxportal.core.actors import Actor
from cxportal.core.models import Customer
from surveys.calc.delivery import CLAIMABLE
from surveys.calc.schedules import zone_of
from surveys.models import Campaign, Delivery, Invitation, Occurrence
from surveys.services.campaigns import campaign_start, campaigns_end_due
from surveys.services.contact_policy import contact_policy_update
from surveys.services.deliveries import deliveries_send
from surveys.services.invitations import occurrence_fill, occurrences_due
from surveys.services.reminders import reminders_queue
from surveys.services.schedules import recurrence_of, schedules_plan
from tests.surveys.campaign_cast import make_campaign, make_survey

ZONES = ("Asia/Seoul", "America/New_York", "Europe/London")
GAP_DAYS, MOST, IN_DAYS = 5, 3, 28
_MAIL = "tests.surveys.simulated_year.Nowhere"


class Nowhere:
    """A mail server that takes everything and keeps nothing."""

    def __init__(self, **_options: Any) -> None:
        return

    def open(self) -> bool:
        return False

    def close(self) -> None:
        return

    def send_messages(self, messages: list[Any]) -> int:
        return len(messages)


@dataclass(frozen=True)
class Outcome:
    """What went wrong, all zero when nothing did, and how much was done."""

    too_often: int
    doubled: int
    missed: int
    off_time: int
    unsettled: int
    asked: int
    occurrences: int

    @property
    def faults(self) -> int:
        return self.too_often + self.doubled + self.missed + self.off_time + self.unsettled


def campaigns_of_a_year(actor: Actor, first: date, last: date) -> list[Campaign]:
    """A daily pulse in turn, a weekly and a monthly one by each one's clock, a quarterly one."""
    survey = make_survey(actor.program)
    plans: list[dict[str, Any]] = [
        {"name": "Daily", "unit": "day", "parts": 30, "send_time": time(10), "priority": 9},
        {"name": "Weekly", "unit": "week", "parts": 4, "send_time": time(1, 30)},
        {"name": "Monthly", "unit": "month", "send_time": time(2, 30), "reminder_days": [3]},
        {"name": "Quarterly", "unit": "month", "every": 3, "send_time": time(9), "priority": 1},
    ]
    made = []
    for plan in plans:
        by_person = plan["name"] in ("Weekly", "Monthly")
        campaign = make_campaign(
            actor,
            survey=survey,
            timing="recurring",
            send_on=first,
            ends_on=last,
            in_recipient_zone=by_person,
            contact_gap_days=GAP_DAYS,
            **plan,
        )
        made.append(campaign)
    return made


def live_through(actor: Actor, customers: list[Customer], first: date, last: date) -> Outcome:
    """Start the campaigns the day before `first` and go from due instant to due instant."""
    for number, customer in enumerate(customers):
        customer.attributes = {"timezone": ZONES[number % len(ZONES)]}
    Customer.unscoped.bulk_update(customers, ["attributes"], batch_size=1000)
    start = datetime.combine(first, time(0), tzinfo=UTC) - timedelta(days=2)
    with time_machine.travel(start, tick=False), override_settings(EMAIL_BACKEND=_MAIL):
        contact_policy_update(actor=actor, rules=[{"channel": "", "most": MOST, "days": IN_DAYS}])
        campaigns = [
            campaign_start(actor=actor, campaign=campaign)
            for campaign in campaigns_of_a_year(actor, first, last)
        ]
    end = datetime.combine(last, time(0), tzinfo=UTC) + timedelta(days=5)
    now = start
    with override_settings(EMAIL_BACKEND=_MAIL):
        while now <= end:
            with time_machine.travel(now, tick=False):
                _tick()
            now = _next_instant(now)
        with time_machine.travel(end, tick=False):
            _tick()
            campaigns_end_due()
    return _outcome(campaigns)


def _tick() -> None:
    """Two schedulers and two dispatchers, one behind the other's back."""
    for _scheduler in range(2):
        schedules_plan()
        reminders_queue()
    due = occurrences_due()
    for occurrence in [*due, *due]:
        occurrence_fill(occurrence)
    for _sender in range(2):
        deliveries_send(seconds=600, batch=200)
    schedules_plan()


def _next_instant(now: datetime) -> datetime:
    """When something is due next; at least once a day for reminders."""
    occurrences = Occurrence.unscoped.filter(filled_at=None, due_at__gt=now)
    messages = Delivery.unscoped.filter(state__in=CLAIMABLE, due_at__gt=now)
    found: list[datetime] = [now + timedelta(days=1)]
    for rows in (occurrences.aggregate(at=Min("due_at")), messages.aggregate(at=Min("due_at"))):
        found += [rows["at"]] if rows["at"] is not None else []
    return min(found)


def _outcome(campaigns: list[Campaign]) -> Outcome:
    doubled = missed = off_time = 0
    for campaign in campaigns:
        numbers = sorted(campaign.occurrences.values_list("number", flat=True))
        expected = _expected(campaign)
        missed += len(set(expected) - set(numbers))
        missed += campaign.occurrences.filter(passed_over=True).count()
        missed += campaign.occurrences.filter(filled_at=None).count()
        doubled += len(numbers) - len(set(numbers)) + len(set(numbers) - set(expected))
        off_time += _off_time(campaign)
    sent = Delivery.unscoped.filter(state="sent", step=0, campaign__in=campaigns)
    return Outcome(
        too_often=_too_often(campaigns),
        doubled=doubled + sent.count() - sent.values("invitation_id").distinct().count(),
        missed=missed,
        off_time=off_time,
        unsettled=Delivery.unscoped.filter(campaign__in=campaigns, state__in=CLAIMABLE).count(),
        asked=sent.count(),
        occurrences=Occurrence.unscoped.filter(campaign__in=campaigns).count(),
    )


def _expected(campaign: Campaign) -> list[int]:
    rule, numbers, number = recurrence_of(campaign), [], 0
    assert campaign.ends_on is not None
    while rule.local(number).date() <= campaign.ends_on:
        numbers.append(number)
        number += 1
    return numbers


def _off_time(campaign: Campaign) -> int:
    """Messages not sent at their wall-clock minute; a time the clock skips comes an hour later."""
    sent = campaign.deliveries.filter(state="sent", step=0).select_related(
        "invitation__occurrence", "invitation__customer"
    )
    wrong = 0
    for row in sent.iterator(chunk_size=2000):
        local, program = row.invitation.occurrence.local, campaign.program.timezone
        named = row.invitation.customer.attributes["timezone"]
        zone = zone_of(named, program) if campaign.in_recipient_zone else ZoneInfo(program)
        assert row.sent_at is not None and local is not None
        here = row.sent_at.astimezone(zone).replace(tzinfo=None)
        wrong += here not in (local, local + timedelta(hours=1)) or (
            here != local
            and local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).hour == local.hour
        )
    return wrong


def _too_often(campaigns: list[Campaign]) -> int:
    """Invitations beyond what gap and policy allow, by calendar days."""
    days: dict[int, list[date]] = defaultdict(list)
    asked = Invitation.unscoped.filter(
        campaign__in=campaigns, deliveries__state="sent", deliveries__step=0
    )
    for customer, day in asked.values_list("customer_id", "contact_on"):
        assert day is not None
        days[customer].append(day)
    over = 0
    for asked_on in days.values():
        asked_on.sort()
        over += sum((b - a).days < GAP_DAYS for a, b in pairwise(asked_on))
        for place, day in enumerate(asked_on):
            within = place + 1 - bisect_right(asked_on, day - timedelta(days=IN_DAYS))
            over += within > MOST
    return over
