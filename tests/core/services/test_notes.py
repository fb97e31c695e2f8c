"""Notes on any object: kept, answered, told to those they concern, and taken back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import AuditEntry, Membership, Note, Notification, StoredFile
from cxportal.core.queries.notes import note_threads
from cxportal.core.services.notes import note_add, note_delete
from journeys.models import Case
from journeys.services.cases import case_open

ActorFor = Callable[[str], Actor]
ClientFor = Callable[[str], Client]


@pytest.fixture
def case(system: Actor, people: dict[str, Membership]) -> Case:
    return case_open(actor=system, title="Call back", owner=people["staff"])


def told(member: Membership) -> list[str]:
    rows = Notification.unscoped.filter(membership=member).exclude(kind="case_assigned")
    return [row.kind for row in rows.order_by("pk")]


def test_who_is_called_by_name_is_told_and_so_is_the_owner(
    case: Case, actor_for: ActorFor, people: dict[str, Membership]
) -> None:
    note = note_add(actor=actor_for("manager"), obj=case, text="  @designer can you look? ")
    assert (note.text, note.author_label) == ("@designer can you look?", "Manager")
    assert [m.role for m in note.mentioned.all()] == ["designer"]
    assert told(people["designer"]) == ["note_mention"]
    assert told(people["staff"]) == ["note_added"]
    assert told(people["manager"]) == []
    notice = Notification.unscoped.get(membership=people["designer"])
    assert notice.url == f"/p/acme/cases/{case.pk}/#notes"
    assert AuditEntry.unscoped.filter(action="case.comment", object_id=case.pk).count() == 1


def test_an_answer_is_told_to_those_who_spoke_before(
    case: Case, actor_for: ActorFor, people: dict[str, Membership]
) -> None:
    first = note_add(actor=actor_for("designer"), obj=case, text="Why?")
    second = note_add(actor=actor_for("manager"), obj=case, text="Rain.", parent=first)
    third = note_add(actor=actor_for("staff"), obj=case, text="Snow.", parent=second)
    assert third.parent == first
    assert told(people["designer"]) == ["note_added", "note_added"]
    threads = note_threads(actor_for("viewer"), case)
    assert [(t.note.text, [r.text for r in t.replies]) for t in threads] == [
        ("Why?", ["Rain.", "Snow."])
    ]


@pytest.mark.parametrize("text", ["", "  \x00 ", "x" * 10_001])
def test_an_empty_or_endless_note_is_refused(case: Case, actor_for: ActorFor, text: str) -> None:
    with pytest.raises(DomainError) as refused:
        note_add(actor=actor_for("staff"), obj=case, text=text)
    assert "text" in refused.value.details
    assert Note.unscoped.count() == 0


def test_viewers_and_strangers_say_nothing(
    case: Case, actor_for: ActorFor, stranger: Membership
) -> None:
    for actor in (actor_for("viewer"), Actor.member(stranger)):
        with pytest.raises(Denied):
            note_add(actor=actor, obj=case, text="Hello")
    assert Note.unscoped.count() == 0


def test_its_author_and_leads_take_a_note_back(case: Case, actor_for: ActorFor) -> None:
    note = note_add(actor=actor_for("staff"), obj=case, text="Wrong case")
    other = note_add(actor=actor_for("manager"), obj=case, text="Mine")
    with pytest.raises(Denied):
        note_delete(actor=actor_for("staff"), note=other)
    note_delete(actor=actor_for("staff"), note=note)
    note_delete(actor=actor_for("designer"), note=other)
    assert Note.unscoped.count() == 0


def test_a_file_beside_a_note_is_fetched_by_who_may_read_the_case(
    case: Case, client_for: ClientFor
) -> None:
    upload = SimpleUploadedFile("photo.png", b"\x89PNG", content_type="image/png")
    about = {"object_type": "journeys.case", "object_id": case.pk}
    sent = client_for("staff").post(
        "/p/acme/notes/", {**about, "text": "See", "attachments": [upload]}
    )
    assert sent.status_code == 302
    file = StoredFile.unscoped.get()
    page = client_for("viewer").get(f"/p/acme/cases/{case.pk}/").text
    assert f"/p/acme/files/{file.pk}/" in page
    answer: Any = client_for("viewer").get(f"/p/acme/files/{file.pk}/")
    assert b"".join(answer.streaming_content) == b"\x89PNG"


def test_what_was_typed_stays_when_a_note_is_refused(case: Case, client_for: ClientFor) -> None:
    about = {"object_type": "journeys.case", "object_id": case.pk, "text": "y" * 10_001}
    for headers in ({}, {"HX-Request": "true"}):
        answer = client_for("staff").post("/p/acme/notes/", about, headers=headers)
        assert answer.status_code == 422
        assert "y" * 10_001 in answer.text


@pytest.mark.parametrize("kind", ["core.user", "journeys.case", "nothing"])
def test_what_is_not_there_is_not_talked_about(db: None, client_for: ClientFor, kind: str) -> None:
    about = {"object_type": kind, "object_id": 999_999, "text": "x"}
    assert client_for("owner").post("/p/acme/notes/", about).status_code == 404
