"""What the demo shows of others and of recovered customers: built once, by the same services."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Membership
from cxportal.core.services.outbox import outbox_drain_all
from cxportal.home.demo.checklists import build_checklists
from cxportal.home.demo.load import Build, Size
from cxportal.home.demo.recovery import build_recovery, recovery_campaign
from cxportal.home.demo.rivals import RIVAL, build_rivals
from journeys.models import RootCause
from journeys.queries.case_follow_up import recovery_of
from journeys.queries.outside import asked_parties, asked_values
from journeys.queries.playbook import audits_of
from journeys.services.case_rules import case_rules_update
from journeys.services.cases import case_close, case_open
from journeys.services.touchpoints import touchpoint_create
from tests.conftest import make_customers

CODES = ("advice", "checkout", "online-order", "delivery", "product", "points")


@pytest.fixture
def build(system: Actor, people: dict[str, Membership]) -> Build:
    customers = make_customers(system.program, 30)
    return Build(
        actor=system,
        size=Size.small(),
        now=timezone.now(),
        rng=np.random.default_rng(1),
        report=lambda *_: None,
        members=people,
        customers=[{"external_id": c.external_id, "language": "en"} for c in customers],
    )


def test_a_competitor_is_asked_about_at_six_touchpoints(build: Build) -> None:
    actor = build.actor
    for code in CODES:
        build.touchpoints[code] = touchpoint_create(actor=actor, code=code, name={"en": code})
    assert build_rivals(build) == 40
    assert build_rivals(build) == 0
    outbox_drain_all()
    assert list(asked_parties(actor)) == [RIVAL]
    places: dict[str, Any] = {f"t{t.pk}": [t.pk] for t in build.touchpoints.values()}
    today = timezone.now().date()
    values = list(asked_values(actor, RIVAL, places, today - timedelta(days=89), today))
    assert len(values) == len(CODES)
    assert all(value.n == 40 and value.value is not None for value in values)


def test_half_of_those_whose_cases_were_closed_answer_the_follow_up(build: Build) -> None:
    actor, now = build.actor, timezone.now()
    case_rules_update(actor=actor, follow_up_campaign=recovery_campaign(build), follow_up_days=3)
    cause = RootCause.objects.for_actor(actor).get(code="delivery")
    for number, customer in enumerate(make_customers(actor.program, 30, "K")):
        at = now - timedelta(days=20 if number else 1)
        case = case_open(actor=actor, title="Late parcel", customer=customer, at=at)
        case_close(actor=actor, case=case, resolution="solved", root_cause=cause, at=at)
    count = build_recovery(build)
    assert build_recovery(build) == 0
    found = recovery_of(actor, now - timedelta(days=90))
    assert (found.answered.part, found.answered.whole) == (count, 29)
    assert 10 <= found.won_back.part <= found.won_back.whole == count
    campaign = recovery_campaign(build)
    assert campaign.state == "paused"
    assert not campaign.invitations.exists()


def test_the_playbook_knows_what_mystery_shoppers_saw(build: Build) -> None:
    actor = build.actor
    place = touchpoint_create(actor=actor, code="advice", name={"en": "Advice", "ko": "매장 상담"})
    build_checklists(build)
    shown = audits_of(actor, [place.pk])[place.pk]
    assert (shown.n, shown.hidden) == (36, False)
    assert shown.value is not None
    assert 50 < shown.value < 95
    assert audits_of(actor, [place.pk + 1]) == {}
