"""Builds the demo program by the portal's own services, in steps that report progress."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from cxportal.core.actors import Actor
from cxportal.core.models import Membership, Program, Segment, User
from cxportal.core.services.customers import customers_bulk_upsert
from cxportal.core.services.outbox import outbox_drain_all
from cxportal.core.services.programs import program_create
from cxportal.core.services.segments import segment_create
from cxportal.home.demo import SEED, SLUG, content
from cxportal.home.demo.answers import response_rows
from cxportal.home.demo.campaigns import build_campaigns
from cxportal.home.demo.checklists import build_checklists
from cxportal.home.demo.follow_up import build_automations, build_cases
from cxportal.home.demo.loyalty import build_growth, build_value
from cxportal.home.demo.money import transaction_rows
from cxportal.home.demo.people import customer_rows, employee_rows
from cxportal.home.demo.playbook import build_playbook
from cxportal.home.demo.recovery import build_recovery
from cxportal.home.demo.relationships import build_committee, build_relationships
from cxportal.home.demo.reports import build_reports
from cxportal.home.demo.rivals import build_rivals
from cxportal.home.demo.steering import build_assessments, build_inventory, build_scorecard
from cxportal.home.demo.stories import build_actions, build_journey, build_propositions
from cxportal.home.demo.surveys import build_surveys
from cxportal.home.demo.voice import build_topics, build_voice
from cxportal.home.demo.ways import build_ways
from loyalty.services.transactions import transactions_bulk_upsert
from surveys.models import Survey
from surveys.services.recording import responses_record

BATCH = 5_000
EMPLOYEES = 300
Report = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Size:
    """How much there is: the demo as shown, or a fraction of it for tests."""

    customers: int = 20_000
    responses: int = 60_000
    purchases_per_buyer: float = 5.0

    @classmethod
    def small(cls) -> "Size":
        """A fiftieth, with the same shape."""
        return cls(customers=400, responses=1_200, purchases_per_buyer=4.0)


@dataclass
class Build:
    """What the steps hand on to each other."""

    actor: Actor
    size: Size
    now: datetime
    rng: np.random.Generator
    report: Report
    surveys: dict[str, Survey] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    touchpoints: dict[str, Any] = field(default_factory=dict)
    stages: dict[str, Any] = field(default_factory=dict)
    segments: dict[str, Segment] = field(default_factory=dict)
    members: dict[str, Membership] = field(default_factory=dict)
    customers: list[dict[str, Any]] = field(default_factory=list)


@transaction.atomic
def demo_program_create(password: str) -> Program:
    """The empty program with its five people; `password` opens each of their logins."""
    program = program_create(
        slug=SLUG,
        name=content.PROGRAM["ko"],
        language="ko",
        is_demo=True,
        contact_gap_days=30,
        postal_address="서울특별시 종로구 한빛로 1",
        sender_name=content.PROGRAM["ko"],
    )
    for login, name, language, role in content.MEMBERS:
        address = f"{login}@hanbit.example"
        user = User.objects.filter(email=address).first()
        if user is None:
            user = User.objects.create_user(address, name=name, language=language)
        user.set_password(password)
        user.save()
        Membership.unscoped.get_or_create(  # unscoped: a program without people yet
            program=program,
            user=user,
            defaults={
                "role": role,
                "sees_personal_data": role != "viewer",
                "exports_personal_data": role == "owner",
            },
        )
    return program


def demo_fill(program: Program, *, size: Size, report: Report) -> dict[str, int]:
    """Fill the program: people, money, surveys, answers, journey, actions, propositions.

    Every step is repeatable, so that a fill that was cut off is simply begun again. What the
    portal writes in words, such as its audit, is in the program's language.
    """
    with override(program.default_language):
        return _fill(program, size, report)


def _fill(program: Program, size: Size, report: Report) -> dict[str, int]:
    build = Build(
        actor=Actor.system(program),
        size=size,
        now=timezone.now(),
        rng=np.random.default_rng(SEED),
        report=report,
    )
    members = Membership.objects.for_actor(build.actor).select_related("user")
    build.members = {member.role: member for member in members}
    counts = {
        "customers": _load_customers(build),
        "transactions": _load_transactions(build),
    }
    build_surveys(build)
    build_checklists(build)
    counts["responses"] = _load_responses(build) + build_ways(build)
    report(90, 100, _("Scores are added up"))
    outbox_drain_all()
    build_journey(build)
    counts["responses"] += build_rivals(build)
    counts["actions"] = build_actions(build)
    counts["cases"] = build_cases(build)
    counts["responses"] += build_recovery(build)
    build_playbook(build)
    counts["automations"] = build_automations(build)
    build_propositions(build)
    build_growth(build)
    build_scorecard(build)
    build_assessments(build)
    build_inventory(build)
    build_reports(build)
    build_topics(build)
    counts["comments"] = build_voice(build)
    counts["campaigns"] = build_campaigns(build)
    outbox_drain_all()
    build_relationships(build)
    build_committee(build)
    report(100, 100, _("The demo is ready"))
    return counts


def _load_customers(build: Build) -> int:
    build.report(1, 100, _("Customers arrive"))
    build.customers = list(customer_rows(build.rng, build.size.customers))
    _in_batches(build.customers, lambda rows: customers_bulk_upsert(actor=build.actor, rows=rows))
    staff = list(employee_rows(build.rng, EMPLOYEES))
    _in_batches(staff, lambda rows: customers_bulk_upsert(actor=build.actor, rows=rows))
    known = {s.code: s for s in Segment.objects.for_actor(build.actor)}
    for segment in content.SEGMENTS:
        build.segments[segment["code"]] = known.get(segment["code"]) or segment_create(
            actor=build.actor,
            code=segment["code"],
            name=segment["name"],
            kind=Segment.Kind.RULE,
            rule=segment["rule"],
            is_reported=segment.get("is_reported", False),
        )
    return len(build.customers)


def _load_transactions(build: Build) -> int:
    build.report(8, 100, _("Purchases arrive"))
    rows = transaction_rows(build.rng, build.customers, build.now, build.size.purchases_per_buyer)
    count = _in_batches(rows, lambda part: transactions_bulk_upsert(actor=build.actor, rows=part))
    build_value(build)
    return count


def _load_responses(build: Build) -> int:
    staff = list(employee_rows(np.random.default_rng(SEED), EMPLOYEES))
    done = 0
    for survey in content.SURVEYS:
        build.report(20 + 70 * done // build.size.responses, 100, _("Answers arrive"))
        asked = staff if survey["purpose"] == "pulse" else build.customers
        count = int(build.size.responses * survey["share"])
        rows = response_rows(build.rng, survey, asked, count, build.now)
        done += _in_batches(rows, _recorder(build, build.surveys[survey["code"]]))
        outbox_drain_all()
    return done


def _recorder(build: Build, survey: Survey) -> Callable[[list[dict[str, Any]]], Any]:
    return lambda rows: responses_record(actor=build.actor, survey=survey, rows=rows)


def _in_batches(rows: Iterable[dict[str, Any]], send: Callable[[list[dict[str, Any]]], Any]) -> int:
    count = 0
    for batch in _batches(iter(rows)):
        result = send(batch)
        if result.failed:
            raise ValueError(next(r for r in result.rows if r["errors"]))
        count += len(batch)
    return count


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def months_before(now: datetime, months: float) -> datetime:
    """A moment so many thirty-day months ago."""
    return now - timedelta(days=30.4 * months)
