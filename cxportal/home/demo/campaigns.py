"""Campaigns of the demo: a pulse in turn, questions after a delivery, the employees' pulse."""

from datetime import time, timedelta
from typing import TYPE_CHECKING, Any

from cxportal.core.models import Segment
from cxportal.core.services.segments import segment_create
from surveys.models import Campaign
from surveys.services.campaigns import campaign_create, campaign_pause, campaign_start
from surveys.services.contact_policy import contact_policy_update
from surveys.services.senders import sender_create

if TYPE_CHECKING:
    from cxportal.home.demo.load import Build

STAFF: dict[str, Any] = {
    "code": "employees",
    "name": {"en": "Employees", "ko": "직원"},
    "rule": {
        "match": "all",
        "conditions": [{"field": "kind", "operator": "is", "value": "employee"}],
    },
}


def build_campaigns(build: "Build") -> int:
    """Make each campaign once; returns how many there are.

    The series are paused: the demo writes to nobody by itself. The one after a delivery runs and
    asks whoever an event is recorded of.
    """
    contact_policy_update(
        actor=build.actor,
        rules=[{"channel": "", "most": 4, "days": 90}, {"channel": "email", "most": 1, "days": 7}],
        quiet_from=time(21),
        quiet_until=time(8),
    )
    known = set(
        Campaign.objects.for_actor(build.actor)
        .exclude(external_id=None)
        .values_list("external_id", flat=True)
    )
    plans = [plan for plan in _plans(build) if plan["external_id"] not in known]
    for plan in plans:
        _make(build, plan)
    return len(known) + len(plans)


def _make(build: "Build", plan: dict[str, Any]) -> None:
    pauses = plan.pop("pauses")
    campaign = campaign_create(actor=build.actor, **plan)
    campaign = campaign_start(actor=build.actor, campaign=campaign)
    if pauses:
        campaign_pause(actor=build.actor, campaign=campaign)


def _plans(build: "Build") -> list[dict[str, Any]]:
    next_month = (build.now.date().replace(day=1) + timedelta(days=32)).replace(day=1)
    sender = _sender(build)
    return [
        {
            "external_id": "demo-relation-pulse",
            "survey": build.surveys["relation"],
            "name": "관계 NPS 월간 펄스",
            "timing": "recurring",
            "send_on": next_month,
            "send_time": time(10),
            "unit": "month",
            "parts": 6,
            "in_recipient_zone": True,
            "holdout_percent": 5,
            "sender": sender,
            "reminder_days": [4],
            "pauses": True,
        },
        {
            "external_id": "demo-after-delivery",
            "survey": build.surveys["delivery"],
            "name": "배송 3일 후 경험",
            "timing": "event",
            "event_kind": "delivery",
            "delay_minutes": 3 * 24 * 60,
            "priority": Campaign.Priority.HIGH,
            "sender": sender,
            "reminder_days": [3],
            "pauses": False,
        },
        {
            "external_id": "demo-employee-pulse",
            "survey": build.surveys["pulse"],
            "name": "직원 펄스(eNPS)",
            "segment": _staff(build),
            "timing": "recurring",
            "send_on": next_month,
            "send_time": time(9, 30),
            "unit": "month",
            "contact_gap_days": 0,
            "reminder_days": [3, 7],
            "pauses": True,
        },
    ]


def _sender(build: "Build") -> Any:
    from surveys.models import SenderIdentity

    known = SenderIdentity.objects.for_actor(build.actor).first()
    return known or sender_create(
        actor=build.actor,
        name="한빛홍삼 고객경험팀",
        email="care@hanbit.example",
        reply_to="care@hanbit.example",
        phone="02-1234-5678",
    )


def _staff(build: "Build") -> Segment:
    known = Segment.objects.for_actor(build.actor).filter(code=STAFF["code"]).first()
    return known or segment_create(
        actor=build.actor,
        code=STAFF["code"],
        name=STAFF["name"],
        kind=Segment.Kind.RULE,
        rule=STAFF["rule"],
    )
