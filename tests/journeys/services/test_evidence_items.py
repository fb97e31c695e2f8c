"""Evidence of cards, insights and opportunities: chosen, brought, taken off, and pictures."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import StoredFile
from journeys.models import Card, EvidenceItem, Insight
from journeys.services.evidence_items import evidence_add
from journeys.services.insights import insight_create, insight_update, opportunity_create
from journeys.services.journeys import journey_create
from surveys.models import Comment
from surveys.services.comments import comment_record
from tests.conftest import make_customers
from tests.journeys.mapping import make_place, yesterday_of

BASE = "/p/acme/journeys"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


@pytest.fixture
def card(system: Actor) -> Card:
    journey = journey_create(actor=system, name="Shopping", template="retail")
    found = Card.objects.for_actor(system).filter(lane__journey=journey).first()
    assert found is not None
    return found


def said(actor: Actor, text: str) -> Comment:
    return comment_record(actor=actor, text=text, source="call")


def test_a_comment_is_found_by_its_words_and_attached_once(
    client_for: Any, system: Actor, card: Card
) -> None:
    wanted, _other = said(system, "The queue at the till is long"), said(system, "Kind advice")
    client: Client = client_for("designer")
    path = f"{BASE}/cards/{card.pk}/evidence/choose/"
    html = client.get(path, {"kind": "comment", "q": "queue"}).content.decode()
    assert "The queue at the till is long" in html
    assert "Kind advice" not in html
    for _twice in range(2):
        answer = client.post(path, {"kind": "comment", "id": wanted.pk}, HTTP_HX_REQUEST="true")
        assert answer.status_code == 200
    item = EvidenceItem.objects.for_actor(system).get(card=card)
    assert (item.kind, item.comment) == ("comment", wanted)
    assert (
        "The queue at the till is long" in client.get(f"{BASE}/cards/{card.pk}/").content.decode()
    )
    assert client.post(path, {"kind": "comment", "id": "x"}).status_code == 404


def test_an_answer_and_a_file_stand_on_an_insight_and_an_opportunity(
    client_for: Any, system: Actor
) -> None:
    make_customers(system.program, 2)
    place = make_place(system)
    place.answer([("C1", {"nps": 2, "why": "Nobody asked me"})], yesterday_of(system))
    insight = insight_create(actor=system, title="They wait")
    opportunity = opportunity_create(actor=system, title="A second till")
    client: Client = client_for("manager")
    path = f"{BASE}/insights/{insight.pk}/evidence/choose/"
    assert "Nobody asked me" in client.get(path, {"kind": "answer", "q": "asked"}).content.decode()
    response = place.survey.responses.get()
    assert client.post(path, {"kind": "answer", "id": response.pk}).status_code == 302
    upload = SimpleUploadedFile("queue.png", PNG, content_type="text/html")
    body = {"kind": "observation", "upload": upload}
    assert client.post(f"{BASE}/opportunities/{opportunity.pk}/evidence/", body).status_code == 302
    assert insight.evidence.get().response == response
    file = opportunity.evidence.get().file
    assert file is not None
    assert (file.name, file.content_type) == ("queue.png", "image/png")
    shown = client.get(f"{BASE}/files/{file.pk}/picture/")
    assert b"".join(shown.streaming_content) == PNG  # type: ignore[attr-defined]
    assert "queue.png" in client.get(f"{BASE}/opportunities/{opportunity.pk}/").content.decode()


def test_answers_of_anonymous_surveys_are_not_offered(client_for: Any, system: Actor) -> None:
    place = make_place(system, anonymous=True)
    place.answer([("", {"nps": 2, "why": "Nobody asked me"})], yesterday_of(system))
    insight = insight_create(actor=system, title="They wait")
    path = f"{BASE}/insights/{insight.pk}/evidence/choose/"
    for kind in ("answer", "comment"):
        html = client_for("manager").get(path, {"kind": kind}).content.decode()
        assert "Nobody asked me" not in html


def test_a_viewer_attaches_nothing(people: Any, system: Actor, card: Card) -> None:
    viewer = Actor.member(people["viewer"])
    with pytest.raises(Denied):
        evidence_add(actor=viewer, card=card, kind="interview", text="She waited")
    with pytest.raises(DomainError, match="Write what was said"):
        evidence_add(actor=system, card=card, kind="interview")
    assert not EvidenceItem.objects.for_actor(system).filter(card=card).exists()


def test_comments_of_an_insight_are_set_as_a_list(system: Actor) -> None:
    one, two = said(system, "One"), said(system, "Two")
    insight = insight_create(actor=system, title="They wait", comments=[one])
    evidence_add(actor=system, insight=insight, kind="interview", text="She waited")
    insight_update(actor=system, insight=insight, comments=[two])
    stored = Insight.objects.for_actor(system).get(pk=insight.pk)
    assert stored.comments == [two]
    assert stored.evidence.filter(kind="interview").count() == 1


def test_a_picture_is_brought_to_a_card_and_nothing_else(
    client_for: Any, system: Actor, card: Card
) -> None:
    client: Client = client_for("designer")
    path = f"{BASE}/cards/{card.pk}/"
    body = {"version": card.version, "title_en": "Queue", "tags": ""}
    script = SimpleUploadedFile("x.png", b"<script>alert(1)</script>", content_type="image/png")
    refused = client.post(path, {**body, "picture": script})
    assert refused.status_code == 422
    assert not StoredFile.objects.for_actor(system).exists()
    picture = BytesIO(PNG)
    picture.name = "queue.png"
    assert client.post(path, {**body, "picture": picture}).status_code == 302
    card.refresh_from_db()
    assert card.image is not None
    grid = client.get(f"{BASE}/{card.lane.journey_id}/").content.decode()
    assert f"/journeys/files/{card.image_id}/picture/" in grid
    gone = {**body, "version": card.version, "no_picture": "on"}
    assert client.post(path, gone).status_code == 302
    card.refresh_from_db()
    assert card.image is None
