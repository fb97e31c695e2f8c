"""Personas: typical customers in a few words."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.models import Segment, as_texts
from cxportal.core.policies import authorise
from journeys.models import Persona
from journeys.services.journeys import (
    refuse_foreign,
    refuse_invalid,
    refuse_unnamed,
    update_named,
)

TEXTS = ("name", "description", "goals")
EDITABLE = (*TEXTS, "segment")


@transaction.atomic
def persona_create(
    *,
    actor: Actor,
    name: Mapping[str, str] | str,
    description: Mapping[str, str] | str | None = None,
    goals: Mapping[str, str] | str | None = None,
    segment: Segment | None = None,
) -> Persona:
    """Describe a typical customer. Raises DomainError "invalid" without a name."""
    authorise(actor, "journeys.change_journeys")
    language = actor.program.default_language
    texts = as_texts(name, language)
    refuse_unnamed(texts)
    refuse_foreign(actor, {"segment": segment})
    persona = Persona(
        program=actor.program,
        name=texts,
        description=as_texts(description, language),
        goals=as_texts(goals, language),
        segment=segment,
    )
    refuse_invalid(persona, TEXTS)
    persona.save()
    audit(actor=actor, action="persona.create", obj=persona)
    return persona


@transaction.atomic
def persona_update(
    *, actor: Actor, persona: Persona, version: int | None = None, **values: Any
) -> Persona:
    """Change a persona. Raises DomainError "invalid", StaleEdit."""
    authorise(actor, "journeys.change_journeys", persona)
    changed: Persona = update_named(actor, persona, version, values, EDITABLE, "persona.update")
    return changed


@transaction.atomic
def persona_delete(*, actor: Actor, persona: Persona) -> None:
    """Delete a persona; its journeys stay without one."""
    authorise(actor, "journeys.change_journeys", persona)
    audit(actor=actor, action="persona.delete", obj=persona)
    persona.delete()
