"""Reads of journeys, personas and the touchpoint library."""

from typing import Any

from django.db.models import Count, QuerySet

from cxportal.core.actors import Actor
from cxportal.core.models import text_in
from journeys.models import Journey, Persona, Stage, Step, Touchpoint


def journeys_listed(actor: Actor) -> QuerySet[Any]:
    """Journeys with what a list says about each."""
    rows: QuerySet[Any] = Journey.objects.for_actor(actor)
    listed: QuerySet[Any] = rows.select_related("program", "persona", "owner").annotate(
        stage_count=Count("stages", distinct=True),
        touchpoint_count=Count("stages__steps__touchpoint", distinct=True),
    )
    return listed


def journeys_live(actor: Actor) -> QuerySet[Any]:
    """Journeys that are reviewed: live ones, in the order they were made."""
    rows: QuerySet[Any] = Journey.objects.for_actor(actor)
    return rows.filter(state=Journey.State.LIVE).select_related("program").order_by("pk")


def personas_listed(actor: Actor) -> QuerySet[Any]:
    """Personas with the number of their journeys."""
    rows: QuerySet[Any] = Persona.objects.for_actor(actor)
    listed: QuerySet[Any] = rows.select_related("program", "segment").annotate(
        journey_count=Count("journeys", distinct=True)
    )
    return listed


def stages_listed(actor: Actor) -> QuerySet[Any]:
    """Stages with all that their page says."""
    rows: QuerySet[Any] = Stage.objects.for_actor(actor)
    return rows.select_related("program", "journey__program", "owner", "team")


def steps_listed(actor: Actor) -> QuerySet[Any]:
    """Places of touchpoints, with both ends."""
    rows: QuerySet[Any] = Step.objects.for_actor(actor)
    return rows.select_related("stage__journey", "touchpoint").order_by(
        "stage__journey_id", "stage__position", "position", "pk"
    )


def touchpoint_named(actor: Actor, name: str) -> Touchpoint | None:
    """The library's touchpoint of this name in any language, None where there is none."""
    wanted = name.strip().casefold()
    rows: QuerySet[Any] = Touchpoint.objects.for_actor(actor)
    for touchpoint in rows.order_by("pk"):
        if wanted in {text.strip().casefold() for text in touchpoint.name.values()}:
            found: Touchpoint = touchpoint
            return found
    return None


def library_names(actor: Actor) -> list[str]:
    """Names of the library's touchpoints in the reader's language, to be offered while typing."""
    rows: QuerySet[Any] = Touchpoint.objects.for_actor(actor)
    names = (text_in(name) for name in rows.values_list("name", flat=True))
    return sorted({name for name in names if name})
