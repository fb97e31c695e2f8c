"""The roadmap: how far each of the five steps is, read from the work itself."""

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Count,
    DateField,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce

from cxportal.core.actors import Actor
from cxportal.core.models import I18nTextField, Program, text_in
from cxportal.core.queries.pages import may_open
from journeys.models import Action
from journeys.queries.effects import Worked, effects_of
from loyalty.cem_steps import PILOT, STEPS, Deliverable, Step

#: Records named as a proof, the newest first.
NAMED = 3
#: Pilots closed last that are asked for their verdict.
PILOTS = 20


@dataclass(frozen=True)
class Proof:
    """A record that proves a deliverable; `url` is empty for who may not open it."""

    label: str
    url: str
    detail: str = ""


@dataclass(frozen=True)
class DeliverableRow:
    """A deliverable, how many records prove it, and the newest of them."""

    deliverable: Deliverable
    count: int
    proofs: list[Proof]

    @property
    def done(self) -> bool:
        return self.count >= self.deliverable.needed

    @property
    def more(self) -> int:
        return self.count - len(self.proofs)


@dataclass(frozen=True)
class StepRow:
    """A step with its deliverables; `state` is done, doing or todo."""

    step: Step
    rows: list[DeliverableRow]

    @property
    def done(self) -> int:
        return sum(row.done for row in self.rows)

    @property
    def state(self) -> str:
        if self.done == len(self.rows):
            return "done"
        return "doing" if self.done else "todo"


def roadmap_of(actor: Actor) -> list[StepRow]:
    """Every step with what proves it. Five queries at most."""
    every = [deliverable for step in STEPS for deliverable in step.deliverables]
    counts = {d.code: _counted(d.rows(actor)) for d in every}
    found: Any = Program.objects.filter(pk=actor.program_id).values(**counts).get()
    proofs = _proofs(actor, every)
    pilots = _pilots(actor, every) if found[PILOT] else []
    found[PILOT], proofs[PILOT] = len(pilots), pilots[:NAMED]
    return [
        StepRow(step, [DeliverableRow(d, found[d.code], proofs[d.code]) for d in step.deliverables])
        for step in STEPS
    ]


def _counted(rows: QuerySet[Any]) -> Coalesce:
    own = rows.filter(program_id=OuterRef("pk")).order_by().values("program_id")
    count = own.annotate(count_of_rows=Count("pk")).values("count_of_rows")
    return Coalesce(Subquery(count, output_field=IntegerField()), Value(0))


def _proofs(actor: Actor, every: list[Deliverable]) -> defaultdict[str, list[Proof]]:
    """The newest records of each deliverable, all in one query."""
    parts = [_newest(actor, at, deliverable) for at, deliverable in enumerate(every)]
    found: defaultdict[str, list[Proof]] = defaultdict(list)
    for at, pk, said in parts[0].union(*parts[1:], all=True):
        deliverable = every[at]
        found[deliverable.code].append(_proof(actor, deliverable, pk, said))
    return found


def _newest(actor: Actor, at: int, deliverable: Deliverable) -> QuerySet[Any, Any]:
    rows = deliverable.rows(actor).order_by("-pk")
    found: QuerySet[Any, Any] = rows.annotate(
        deliverable_at=Value(at, output_field=IntegerField()),
        said=Cast(deliverable.name, TextField()),
    ).values_list("deliverable_at", "pk", "said")[:NAMED]
    return found


def _proof(actor: Actor, deliverable: Deliverable, pk: int, said: str, detail: str = "") -> Proof:
    field = deliverable.rows(actor).model._meta.get_field(deliverable.name)
    if isinstance(field, I18nTextField):
        said = text_in(json.loads(said))
    elif isinstance(field, DateField):
        said = said[:7]
    url = actor.url(deliverable.record, pk)
    return Proof(said, url if may_open(actor, url) else "", detail)


def _pilots(actor: Actor, every: list[Deliverable]) -> list[Proof]:
    """Closed pilots that can be judged, with what came of them. Three queries."""
    deliverable = next(d for d in every if d.code == PILOT)
    closed: QuerySet[Action] = deliverable.rows(actor).select_related("column", "touchpoint")
    rows = list(closed.order_by("-closed_at", "-pk")[:PILOTS])
    effects = effects_of(actor, rows)
    judged = [(row, effects[row.pk]) for row in rows if row.pk in effects]
    return [
        _proof(actor, deliverable, row.pk, row.title, effect.word)
        for row, effect in judged
        if effect.verdict != Worked.EARLY
    ]
