"""The playbook: behaviours stand at their touchpoint, and say which teams were trained."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError, StaleEdit
from cxportal.core.models import AuditEntry, Program, Team
from journeys.models import Behaviour, BehaviourTraining, Touchpoint
from journeys.services.playbook import (
    behaviour_create,
    behaviour_delete,
    behaviour_train,
    behaviour_update,
)

ActorFor = Callable[[str], Actor]
ClientFor = Callable[[str], Client]
BASE = "/p/acme/journeys"


def make_behaviour(actor: Actor) -> Behaviour:
    place = Touchpoint(program=actor.program, code="till", name={"en": "Till", "ko": "계산대"})
    place.save()
    name = {"en": "We greet first", "ko": "먼저 인사합니다"}
    return behaviour_create(actor=actor, touchpoint=place, kind="attitude", name=name)


def test_designers_word_it_and_managers_train(actor_for: ActorFor, system: Actor) -> None:
    behaviour = make_behaviour(actor_for("designer"))
    team = Team.unscoped.create(program=system.program, name="Seoul")
    manager = actor_for("manager")
    behaviour_train(actor=manager, behaviour=behaviour, team=team, state="planned")
    behaviour_train(
        actor=manager, behaviour=behaviour, team=team, state="trained", day=date(2026, 11, 2)
    )
    training = BehaviourTraining.objects.for_actor(system).get()
    assert (training.state, training.day) == ("trained", date(2026, 11, 2))
    last = AuditEntry.objects.for_actor(system).filter(action="behaviour.train").first()
    assert last is not None
    behaviour_train(actor=manager, behaviour=behaviour, team=team, state="none")
    assert not BehaviourTraining.objects.for_actor(system).exists()
    with pytest.raises(Denied):
        behaviour_train(actor=actor_for("staff"), behaviour=behaviour, team=team, state="none")
    with pytest.raises(Denied):
        behaviour_delete(actor=manager, behaviour=behaviour)


def test_trained_needs_a_day_and_a_behaviour_its_words(system: Actor) -> None:
    behaviour = make_behaviour(system)
    team = Team.unscoped.create(program=system.program, name="Seoul")
    with pytest.raises(DomainError) as no_day:
        behaviour_train(actor=system, behaviour=behaviour, team=team, state="trained")
    assert list(no_day.value.details) == ["day"]
    with pytest.raises(DomainError) as no_words:
        behaviour_update(actor=system, behaviour=behaviour, name={"en": " "})
    assert list(no_words.value.details) == ["name"]
    with pytest.raises(DomainError):
        behaviour_update(actor=system, behaviour=behaviour, kind="mood")
    behaviour_update(actor=system, behaviour=behaviour, version=1, kind="knowledge")
    with pytest.raises(StaleEdit):
        behaviour_update(actor=system, behaviour=behaviour, version=1, kind="attitude")


def test_another_programs_team_is_as_good_as_missing(system: Actor, other_program: Program) -> None:
    team = Team.unscoped.create(program=other_program, name="Other")
    with pytest.raises(DomainError) as refused:
        behaviour_train(actor=system, behaviour=make_behaviour(system), team=team, state="planned")
    assert refused.value.status == 404


def test_it_is_written_trained_and_taken_out_on_the_pages(
    client_for: ClientFor, system: Actor
) -> None:
    place = make_behaviour(system).touchpoint
    team = Team.unscoped.create(program=system.program, name="Busan")
    designer = client_for("designer")
    form = {"touchpoint": place.pk, "kind": "communication", "name_en": "We say when"}
    assert designer.post(f"{BASE}/behaviours/new/", form).status_code == 302
    made = Behaviour.objects.for_actor(system).get(kind="communication")
    address = f"{BASE}/behaviours/{made.pk}/"
    wrong = designer.post(f"{address}training/", {"team": team.pk, "state": "trained"})
    assert wrong.status_code == 422
    assert "on which day" in wrong.text
    done = {"team": team.pk, "state": "trained", "day": "2026-11-02"}
    assert designer.post(f"{address}training/", done).status_code == 302
    assert "2026-11-02" in client_for("viewer").get(address).text
    for page in (f"{BASE}/playbook/?q=say", f"{BASE}/touchpoints/{place.pk}/"):
        shown = client_for("viewer").get(page).text
        assert "We say when" in shown
        assert "Busan" in shown
    edit = {"kind": "communication", "name_en": "We say it", "version": 1}
    assert designer.post(f"{address}edit/", edit).status_code == 302
    assert designer.post(f"{address}edit/", edit).status_code == 409
    assert designer.post(f"{address}delete/").status_code == 302
    assert "We say it" not in designer.get(f"{BASE}/playbook/").text


def test_the_list_asks_the_database_the_same_however_long_it_is(
    client_for: ClientFor, system: Actor, assert_same_queries: Callable[..., None]
) -> None:
    place = make_behaviour(system).touchpoint
    client = client_for("viewer")

    def more() -> None:
        for number in range(5):
            made = behaviour_create(
                actor=system, touchpoint=place, kind="knowledge", name=f"B{number}"
            )
            team = Team.unscoped.create(program=system.program, name=f"T{number}")
            behaviour_train(actor=system, behaviour=made, team=team, state="planned")

    assert_same_queries(lambda: client.get(f"{BASE}/playbook/"), more)
