"""Personas: described, linked to a segment, deleted without harm to journeys."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import Program, Segment
from journeys.models import Persona
from journeys.services.journeys import journey_create
from journeys.services.personas import persona_create, persona_update

ClientFor = Callable[[str], Client]


def test_a_persona_is_described_in_both_languages(client_for: ClientFor, system: Actor) -> None:
    client_for("designer").post(
        "/p/acme/journeys/personas/new/",
        {"name_en": "Parent", "name_ko": "부모", "goals_en": "A gift, quickly"},
    )
    persona = Persona.objects.for_actor(system).get()
    assert persona.name == {"en": "Parent", "ko": "부모"}
    assert persona.goals == {"en": "A gift, quickly"}


def test_a_foreign_segment_is_refused(system: Actor, other_program: Program) -> None:
    foreign = Segment.unscoped.create(program=other_program, code="vip", name={"en": "VIP"})
    with pytest.raises(DomainError) as refused:
        persona_create(actor=system, name="Parent", segment=foreign)
    assert (refused.value.code, refused.value.status) == ("not_found", 404)
    persona = persona_create(actor=system, name="Parent")
    with pytest.raises(DomainError):
        persona_update(actor=system, persona=persona, segment=foreign)
    persona.refresh_from_db()
    assert (persona.segment, persona.version) == (None, 1)


def test_a_deleted_persona_leaves_its_journeys(client_for: ClientFor, system: Actor) -> None:
    persona = persona_create(actor=system, name="Parent")
    journey = journey_create(actor=system, name="Shopping", persona=persona)
    client_for("designer").post(f"/p/acme/journeys/personas/{persona.pk}/delete/")
    journey.refresh_from_db()
    assert journey.persona is None


@pytest.mark.parametrize("role", ["manager", "staff", "viewer"])
def test_only_designers_change_personas(client_for: ClientFor, system: Actor, role: str) -> None:
    persona = persona_create(actor=system, name="Parent")
    client = client_for(role)
    assert client.get("/p/acme/journeys/personas/").status_code == 200
    for path in ("new/", f"{persona.pk}/edit/", f"{persona.pk}/delete/"):
        answer = client.post(f"/p/acme/journeys/personas/{path}", {"name_en": "Mine"})
        assert answer.status_code == 403
    persona.refresh_from_db()
    assert persona.name == {"en": "Parent"}
    assert Persona.objects.for_actor(system).count() == 1


def test_the_list_costs_the_same_for_many_personas(
    client_for: ClientFor, system: Actor, assert_same_queries: Any
) -> None:
    client = client_for("designer")
    persona_create(actor=system, name="First")

    def grow() -> None:
        for number in range(20):
            persona_create(actor=system, name=f"Persona {number}")

    assert_same_queries(lambda: client.get("/p/acme/journeys/personas/"), grow)
