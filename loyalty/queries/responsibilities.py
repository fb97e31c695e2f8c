"""Who answers for what, and what nobody answers for."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.models import Segment, User
from journeys.models import Journey, Stage, Touchpoint
from loyalty.models import Kpi, Process, Technology, ValueProposition
from surveys.models import Metric

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: Records without an owner that are listed by name; the rest is counted.
LISTED = 12


@dataclass(frozen=True)
class Subject:
    """A kind of record that has an owner; `page` takes its id."""

    label: "_StrPromise"
    model: Any
    page: str


SUBJECTS = (
    Subject(_("Segments"), Segment, "core:segment-detail"),
    Subject(_("Journeys"), Journey, "journeys:journey-map"),
    Subject(_("Stages"), Stage, "journeys:stage-detail"),
    Subject(_("Touchpoints"), Touchpoint, "journeys:touchpoint-detail"),
    Subject(_("Metrics"), Metric, "surveys:metric-detail"),
    Subject(_("Value propositions"), ValueProposition, "loyalty:proposition-detail"),
    Subject(_("KPIs"), Kpi, "steering:kpi-detail"),
    Subject(_("Technologies"), Technology, "steering:technology-edit"),
    Subject(_("Processes"), Process, "steering:process-edit"),
)


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


@dataclass(frozen=True)
class Responsibilities:
    """Everything with an owner, by kind and by person."""

    subjects: list[SubjectRow]
    people: list[Load]


def responsibilities_of(actor: Actor) -> Responsibilities:
    """One query per kind of record, and one for the people's names."""
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
    return Responsibilities(found, sorted(people, key=lambda p: (-sum(p.counts), p.person)))
