"""Settings of a program."""

from collections.abc import Callable
from typing import Any

import pytest

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import AuditEntry, Program
from cxportal.core.services.programs import program_update


def test_owners_change_their_program(actor_for: Callable[[str], Actor]) -> None:
    owner = actor_for("owner")
    program_update(actor=owner, program=owner.program, name="Acme 2", min_n=5)
    stored = Program.objects.get(pk=owner.program.pk)
    assert (stored.name, stored.min_n) == ("Acme 2", 5)
    assert AuditEntry.objects.for_actor(owner).get().changes == {
        "name": ["Acme", "Acme 2"],
        "min_n": [10, 5],
    }


@pytest.mark.parametrize(
    "bad",
    [
        {"name": " "},
        {"timezone": "Mars/Base"},
        {"timezone": "../../etc/passwd"},
        {"currency": "won"},
        {"languages": []},
        {"languages": ["xx"]},
        {"default_language": "fr"},
        {"min_n": 0},
        {"contact_gap_days": 4000},
        {"sender_email": "nobody"},
        {"sender_name": "A\r\nBcc: x@y.zz"},
    ],
)
def test_nonsense_is_refused_beside_its_field(
    actor_for: Callable[[str], Actor], bad: dict[str, Any]
) -> None:
    owner = actor_for("owner")
    with pytest.raises(DomainError) as refused:
        program_update(actor=owner, program=owner.program, **bad)
    assert set(bad) <= set(refused.value.details)
    assert Program.objects.get(pk=owner.program.pk).name == "Acme"
    assert not AuditEntry.objects.for_actor(owner).exists()


def test_others_do_not(actor_for: Callable[[str], Actor], other_program: Program) -> None:
    with pytest.raises(Denied):
        program_update(actor=actor_for("designer"), program=actor_for("owner").program, name="X")
    with pytest.raises(DomainError) as foreign:
        program_update(actor=actor_for("owner"), program=other_program, name="X")
    assert foreign.value.status == 404
    assert set(Program.objects.values_list("name", flat=True)) == {"Acme", "Other"}
