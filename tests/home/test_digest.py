"""The weekly digest: when it comes, what is in it, and that it comes once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.models import Membership, Program
from cxportal.home.queries.digest import digest_of, real_changes
from cxportal.home.services.digest import digests_send_due
from journeys.services.actions import action_create
from loyalty.calc.months import month_of, month_shift
from loyalty.services.assessments import assessment_begin, framework_take
from loyalty.services.scorecard import kpi_create, kpi_value_set
from surveys.models import Metric, Tally, TallyMonth
from surveys.queries.scores import last_days, today_of

# 08:10 in Seoul on a Monday, and the hour before.
MONDAY = datetime(2026, 11, 22, 23, 10, tzinfo=UTC)
EARLIER = MONDAY - timedelta(hours=1)


@pytest.fixture
def busy(program: Program, people: dict[str, Membership], system: Actor) -> None:
    """Staff have an action of their own; everybody else has nothing."""
    action_create(actor=system, title="Call back", owner=people["staff"])


def test_it_comes_once_on_monday_morning_to_who_has_something(
    busy: None, mailoutbox: list[Any]
) -> None:
    assert digests_send_due(EARLIER) == 0
    assert digests_send_due(MONDAY + timedelta(days=1)) == 0
    assert digests_send_due(MONDAY) == 1
    assert digests_send_due(MONDAY + timedelta(hours=2)) == 0
    assert [mail.to for mail in mailoutbox] == [["staff@acme.example"]]
    assert "Call back" in mailoutbox[0].body
    assert digests_send_due(MONDAY + timedelta(days=7)) == 1


def test_it_speaks_the_member_s_language(
    busy: None, people: dict[str, Membership], mailoutbox: list[Any]
) -> None:
    people["staff"].user.language = "ko"
    people["staff"].user.save()
    digests_send_due(MONDAY)
    assert "나의 한 주" in mailoutbox[0].subject


def test_whoever_ends_it_gets_no_more(
    busy: None, client_for: Callable[[str], Client], mailoutbox: list[Any]
) -> None:
    client = client_for("staff")
    assert b"Call back" in client.get("/p/acme/digest/").content
    client.post("/p/acme/digest/choose/", {"wanted": "no"})
    assert digests_send_due(MONDAY) == 0
    client.post("/p/acme/digest/choose/", {"wanted": "yes"})
    assert digests_send_due(MONDAY) == 1


def test_only_changes_that_chance_cannot_explain_are_named(program: Program, system: Actor) -> None:
    period = last_days(system)
    for code, before, after in (("real", "n0", "n10"), ("wobble", "n8", "n8")):
        metric = Metric.unscoped.create(
            program=program, code=code, name={"en": code}, kind="nps", minimum=0, maximum=10
        )
        for day, column in ((period.before.last, before), (period.last, after)):
            Tally.unscoped.create(program=program, metric=metric, day=day, n=60, **{column: 60})
            TallyMonth.unscoped.update_or_create(
                program=program, metric=metric, month=day.replace(day=1), dimension=0
            )
    assert [review.metric.code for review in real_changes(system)] == ["real"]


def test_it_names_what_steering_asks_of_a_person(
    actor_for: Callable[[str], Actor], system: Actor, people: dict[str, Membership]
) -> None:
    """A KPI of one's own behind its target with no word about it, and an open assessment."""
    manager, staff = actor_for("manager"), actor_for("staff")
    owner = people["manager"].user
    kpi = kpi_create(actor=system, name={"en": "K"}, view="equity", target=10, owner=owner)
    month = month_shift(month_of(today_of(system)), -1)
    kpi_value_set(actor=system, kpi=kpi, month=month, value=Decimal(5))
    digest = digest_of(manager)
    assert [duty.label for duty in digest.duties] == ["K"]
    assert [row.kpi for row in digest.behind] == [kpi]
    kpi_value_set(actor=system, kpi=kpi, month=month, comment="Fewer visitors")
    framework = framework_take(actor=system, code="maturity")
    assessment_begin(actor=system, framework=framework, name="Autumn")
    assert [duty.label for duty in digest_of(manager).duties] == ["Autumn"]
    assert [duty.label for duty in digest_of(staff).duties] == ["Autumn"]
    assert digest_of(staff).behind == []
