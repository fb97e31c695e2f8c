"""The demo's campaigns: made once, writing to nobody by themselves."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.home.demo.campaigns import build_campaigns
from surveys.models import Campaign, Delivery
from surveys.services.sweeps import campaigns_sweep_once
from tests.conftest import make_customers
from tests.surveys.campaign_cast import make_survey

pytestmark = pytest.mark.django_db


def test_the_demo_has_a_pulse_an_event_and_employees_and_sends_nothing(system: Actor) -> None:
    make_customers(system.program, 3)
    surveys = {code: make_survey(system.program) for code in ("relation", "delivery", "pulse")}
    build = cast(Any, SimpleNamespace(actor=system, surveys=surveys, now=timezone.now()))
    assert build_campaigns(build) == 3
    assert build_campaigns(build) == 3
    found = dict(Campaign.unscoped.values_list("external_id", "state"))
    assert found == {
        "demo-relation-pulse": "paused",
        "demo-after-delivery": "running",
        "demo-employee-pulse": "paused",
    }
    campaigns_sweep_once()
    assert not Delivery.unscoped.exists()
