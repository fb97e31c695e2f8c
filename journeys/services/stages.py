"""Stages of a journey: added, changed, moved, deleted."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, lock
from cxportal.core.errors import DomainError
from cxportal.core.models import Team, User, as_texts
from cxportal.core.policies import authorise
from journeys.models import Journey, Stage
from journeys.services.codes import code_from
from journeys.services.journeys import (
    refuse_foreign,
    refuse_unnamed,
    save_unique,
    update_named,
)
from journeys.services.map_edits import recorded, rows_of, rows_of_map

EDITABLE = ("name", "description", "target", "owner", "team")
TOP = 100


@transaction.atomic
def stage_add(
    *,
    actor: Actor,
    journey: Journey,
    name: Mapping[str, str] | str,
    code: str = "",
    target: Decimal | float | None = None,
    owner: User | None = None,
    team: Team | None = None,
    description: Mapping[str, str] | str | None = None,
) -> Stage:
    """Add a stage at the end; `target` is on 0–100. Raises DomainError "invalid", "code_taken"."""
    authorise(actor, "journeys.change_journeys", journey)
    language = actor.program.default_language
    texts = as_texts(name, language)
    refuse_unnamed(texts)
    _refuse_target(target)
    refuse_foreign(actor, {"owner": owner, "team": team})
    held = lock(journey)
    last = held.stages.aggregate(last=Max("position"))["last"]
    stage = Stage(
        program=actor.program,
        journey=held,
        code=code or code_from(texts, "stage", held.stages.all()),
        name=texts,
        description=as_texts(description, language),
        target=target,
        owner=owner,
        team=team,
        position=0 if last is None else last + 1,
    )
    with recorded(actor, held, lambda: rows_of(held.stages.all())):
        save_unique(stage)
    audit(actor=actor, action="stage.add", obj=stage, changes={"journey": held.pk})
    return stage


def _refuse_target(target: Any) -> None:
    if target is not None and not 0 <= target <= TOP:
        message = _("A target lies between 0 and 100.")
        raise DomainError("invalid", message, details={"target": message})


@transaction.atomic
def stage_update(*, actor: Actor, stage: Stage, version: int | None = None, **values: Any) -> Stage:
    """Change a stage. Raises DomainError "invalid", StaleEdit."""
    authorise(actor, "journeys.change_journeys", stage)
    _refuse_target(values.get("target"))
    journey = stage.journey
    with recorded(actor, journey, lambda: rows_of(journey.stages.filter(pk=stage.pk))):
        changed: Stage = update_named(actor, stage, version, values, EDITABLE, "stage.update")
    return changed


@transaction.atomic
def stage_move(*, actor: Actor, stage: Stage, position: int) -> None:
    """Put a stage at a place of its journey (0 = first)."""
    authorise(actor, "journeys.change_journeys", stage)
    held = lock(stage.journey)
    with recorded(actor, held, lambda: rows_of(held.stages.all())):
        number_rows(list(held.stages.order_by("position", "pk")), stage.pk, position)
    audit(actor=actor, action="stage.move", obj=stage, changes={"position": position})


def number_rows(rows: list[Any], moved: int, position: int) -> None:
    """Put the row with the id `moved` at a place (0 = first) and write every place that differs."""
    others = [row for row in rows if row.pk != moved]
    chosen = [row for row in rows if row.pk == moved]
    at = max(0, min(position, len(others)))
    for place, row in enumerate([*others[:at], *chosen, *others[at:]]):
        if row.position != place:
            row.position = place
            row.save(update_fields=["position"])


@transaction.atomic
def stage_delete(*, actor: Actor, stage: Stage) -> None:
    """Delete a stage with its steps and cards; its touchpoints stay in the library."""
    authorise(actor, "journeys.change_journeys", stage)
    journey = lock(stage.journey)
    audit(actor=actor, action="stage.delete", obj=stage)
    with recorded(actor, journey, lambda: rows_of_map(journey)):
        stage.delete()
