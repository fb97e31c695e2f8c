"""Who answers for what, and what nobody answers for."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.models import Membership, Segment, User
from cxportal.core.policies import may
from journeys.models import Journey, Stage, Touchpoint
from loyalty.models import Goal, Kpi, Process, Technology, ValueProposition
from surveys.models import Metric, OperationalMetric

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: Records without an owner that are listed by name; the rest is counted.
LISTED = 12
#: Records of one kind on its page; those without an owner come first.
MOST_RECORDS = 200


@dataclass(frozen=True)
class Subject:
    """A kind of record that has an owner; `page` takes its id, `permission` lets one set it."""

    code: str
    label: "_StrPromise"
    model: Any
    page: str
    permission: str


SUBJECTS = (
    Subject("segments", _("Segments"), Segment, "core:segment-detail", "core.change_segments"),
    Subject(
        "journeys", _("Journeys"), Journey, "journeys:journey-detail", "journeys.change_journeys"
    ),
    Subject("stages", _("Stages"), Stage, "journeys:stage-detail", "journeys.change_journeys"),
    Subject(
        "touchpoints",
        _("Touchpoints"),
        Touchpoint,
        "journeys:touchpoint-detail",
        "journeys.change_journeys",
    ),
    Subject("metrics", _("Metrics"), Metric, "surveys:metric-detail", "surveys.change_metrics"),
    Subject(
        "counted-metrics",
        _("Counted metrics"),
        OperationalMetric,
        "surveys:operational-detail",
        "surveys.change_metrics",
    ),
    Subject(
        "propositions",
        _("Value propositions"),
        ValueProposition,
        "loyalty:proposition-detail",
        "loyalty.change_propositions",
    ),
    Subject("goals", _("Goals"), Goal, "steering:goal-edit", "loyalty.change_scorecard"),
    Subject("kpis", _("KPIs"), Kpi, "steering:kpi-detail", "loyalty.change_scorecard"),
    Subject(
        "technologies",
        _("Technologies"),
        Technology,
        "steering:technology-detail",
        "loyalty.change_steering",
    ),
    Subject(
        "processes", _("Processes"), Process, "steering:process-edit", "loyalty.change_steering"
    ),
)
BY_CODE = {subject.code: subject for subject in SUBJECTS}


@dataclass(frozen=True)
class SubjectRow:
    """How many records of a kind have an owner, and those that have none."""

    subject: Subject
    total: int
    unowned: list[tuple[str, str]]
    more: int

    @property
    def owned(self) -> int:
        return self.total - len(self.unowned) - self.more


@dataclass(frozen=True)
class Load:
    """What one person answers for: counts in the order of SUBJECTS."""

    person: str
    counts: list[int]

    @property
    def parts(self) -> list[tuple["_StrPromise", int]]:
        """Kinds of record and how many, where there are any."""
        pairs = zip(SUBJECTS, self.counts, strict=True)
        return [(subject.label, count) for subject, count in pairs if count]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True)
class Responsibilities:
    """Everything with an owner, by kind and by person; `leads` lead the whole program."""

    subjects: list[SubjectRow]
    people: list[Load]
    leads: list[str]


@dataclass(frozen=True)
class RecordRow:
    """One record and who answers for it."""

    pk: int
    name: str
    url: str
    owner: User | None


def responsibilities_of(actor: Actor) -> Responsibilities:
    """One query per kind of record, one for the people's names, one for who leads."""
    found: list[SubjectRow] = []
    loads: list[Counter[int]] = []
    for subject in SUBJECTS:
        rows = list(subject.model.objects.for_actor(actor))
        unowned = [row for row in rows if row.owner_id is None]
        named = [(str(row), actor.url(subject.page, row.pk)) for row in unowned[:LISTED]]
        found.append(SubjectRow(subject, len(rows), named, len(unowned) - len(named)))
        loads.append(Counter(row.owner_id for row in rows if row.owner_id is not None))
    owners = User.objects.filter(pk__in={pk for load in loads for pk in load})
    people = [Load(str(user), [load[user.pk] for load in loads]) for user in owners]
    leads = Membership.objects.for_actor(actor).filter(role="owner", is_active=True)
    return Responsibilities(
        found,
        sorted(people, key=lambda p: (-sum(p.counts), p.person)),
        [str(member.user) for member in leads.select_related("user").order_by("pk")],
    )


def records_of(actor: Actor, subject: Subject) -> list[RecordRow]:
    """Records of a kind, those without an owner first. One query."""
    rows = subject.model.objects.for_actor(actor).select_related("owner")
    ordered = rows.order_by(F("owner__name").asc(nulls_first=True), "pk")[:MOST_RECORDS]
    return [
        RecordRow(row.pk, str(row), actor.url(subject.page, row.pk), row.owner) for row in ordered
    ]


def members_of(actor: Actor) -> list[User]:
    """Who can answer for something: active members, by name. One query."""
    people = User.objects.filter(
        memberships__program=actor.program, memberships__is_active=True
    ).order_by("name", "pk")
    return list(people)


def may_set(actor: Actor, subject: Subject) -> bool:
    """Whether the actor may say who answers for records of this kind."""
    return may(actor, subject.permission)
