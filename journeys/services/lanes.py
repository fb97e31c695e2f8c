"""Lanes of a map: added, renamed, moved, deleted."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, lock
from cxportal.core.errors import DomainError
from cxportal.core.models import as_texts
from cxportal.core.policies import authorise
from journeys.models import Journey, Lane
from journeys.services.journeys import refuse_invalid, refuse_unnamed, update_named
from journeys.services.map_edits import recorded, rows_of, rows_of_map
from journeys.services.stages import number_rows

EDITABLE = ("name",)
MOST_LANES = 40


@transaction.atomic
def lane_add(
    *,
    actor: Actor,
    journey: Journey,
    kind: str = Lane.Kind.CUSTOM,
    name: Mapping[str, str] | str | None = None,
    position: int | None = None,
) -> Lane:
    """Add a row to the map, at the end or at a place.

    Raises DomainError "invalid" (a lane of one's own needs a name), "too_many" (409).
    """
    authorise(actor, "journeys.change_journeys", journey)
    texts = as_texts(name, actor.program.default_language)
    if kind == Lane.Kind.CUSTOM:
        refuse_unnamed(texts)
    held = lock(journey)
    if held.lanes.count() >= MOST_LANES:
        message = _("A map holds at most %(most)d lanes.") % {"most": MOST_LANES}
        raise DomainError("too_many", message, status=409)
    last = held.lanes.aggregate(last=Max("position"))["last"]
    lane = Lane(
        program=actor.program,
        journey=held,
        kind=kind,
        name=texts,
        position=0 if last is None else last + 1,
    )
    refuse_invalid(lane, ("kind", "name"))
    with recorded(actor, held, lambda: rows_of(held.lanes.all())):
        lane.save()
        if position is not None:
            number_rows(list(held.lanes.order_by("position", "pk")), lane.pk, position)
            lane.refresh_from_db()
    audit(actor=actor, action="lane.add", obj=held, changes={"lane": str(lane)})
    return lane


@transaction.atomic
def lane_update(*, actor: Actor, lane: Lane, version: int | None = None, **values: Any) -> Lane:
    """Rename a lane. Raises DomainError "invalid", StaleEdit."""
    authorise(actor, "journeys.change_journeys", lane)
    if "name" in values and lane.kind != Lane.Kind.CUSTOM and not any(values["name"].values()):
        # Called as its kind is.
        values["name"] = {}
    with recorded(actor, lane.journey, lambda: rows_of(lane.journey.lanes.filter(pk=lane.pk))):
        changed: Lane = update_named(
            actor,
            lane,
            version,
            values,
            EDITABLE,
            "lane.update",
            may_be_unnamed=lane.kind != Lane.Kind.CUSTOM,
        )
    return changed


@transaction.atomic
def lane_move(*, actor: Actor, lane: Lane, position: int) -> None:
    """Put a lane at a place of its map (0 = first)."""
    authorise(actor, "journeys.change_journeys", lane)
    held = lock(lane.journey)
    with recorded(actor, held, lambda: rows_of(held.lanes.all())):
        number_rows(list(held.lanes.order_by("position", "pk")), lane.pk, position)
    audit(actor=actor, action="lane.move", obj=held, changes={"lane": str(lane)})


@transaction.atomic
def lane_delete(*, actor: Actor, lane: Lane) -> None:
    """Delete a lane with its cards; undo brings both back."""
    authorise(actor, "journeys.change_journeys", lane)
    held = lock(lane.journey)
    audit(actor=actor, action="lane.delete", obj=held, changes={"lane": str(lane)})
    with recorded(actor, held, lambda: rows_of_map(held)):
        lane.delete()
