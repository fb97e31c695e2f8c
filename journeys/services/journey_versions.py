"""Kept versions of a map, and copies of a journey: as it should be beside as it is."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Max

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, lock
from cxportal.core.policies import authorise
from journeys.models import Journey, JourneyVersion
from journeys.services.journeys import journey_create
from journeys.services.map_documents import map_document, map_fill
from journeys.services.map_edits import recorded, rows_of_map

NOTE_LENGTH = 200


@transaction.atomic
def version_keep(*, actor: Actor, journey: Journey, note: str = "") -> JourneyVersion:
    """Keep the map as it is now. Nothing changed since the last one: that one is answered."""
    authorise(actor, "journeys.change_journeys", journey)
    held = lock(journey)
    document = map_document(actor, held)
    latest: JourneyVersion | None = held.kept_versions.order_by("-number").first()
    if latest is not None and latest.document == document and not note:
        return latest
    last = held.kept_versions.aggregate(last=Max("number"))["last"] or 0
    version: JourneyVersion = held.kept_versions.create(
        program=actor.program,
        number=last + 1,
        note=note.strip()[:NOTE_LENGTH],
        document=document,
        made_by_label=actor.label[:200],
    )
    audit(actor=actor, action="journey.keep", obj=held, changes={"version": version.number})
    return version


@transaction.atomic
def version_restore(*, actor: Actor, version: JourneyVersion) -> Journey:
    """Make the map say what a kept version said; what it says now is kept first."""
    journey = version.journey
    authorise(actor, "journeys.change_journeys", journey)
    version_keep(actor=actor, journey=journey)
    held = lock(journey)
    with recorded(actor, held, lambda: rows_of_map(held)):
        map_fill(actor, held, version.document)
    held.save(update_fields=["updated_at"])
    audit(actor=actor, action="journey.restore", obj=held, changes={"version": version.number})
    return held


@transaction.atomic
def journey_copy(
    *,
    actor: Actor,
    journey: Journey,
    name: Mapping[str, str] | str,
    kind: str = Journey.Kind.TO_BE,
) -> Journey:
    """Copy a journey with its map; a copy as it should be remembers what it departs from.

    What both share keeps its key, so that the differences can be told. Raises DomainError.
    """
    authorise(actor, "journeys.change_journeys", journey)
    made = journey_create(
        actor=actor,
        name=name,
        description=journey.description,
        kind=kind,
        persona=journey.persona,
        owner=journey.owner,
    )
    made.personas.set(journey.personas.all())
    if kind == Journey.Kind.TO_BE and journey.kind == Journey.Kind.AS_IS:
        made.counterpart = journey
        made.save(update_fields=["counterpart"])
    map_fill(actor, made, map_document(actor, journey))
    audit(actor=actor, action="journey.copy", obj=made, changes={"from": journey.pk})
    return made
