"""Pages of mystery shopping."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cxportal.core.actors import Actor
from surveys.models import Survey
from surveys.services.recording import responses_record
from surveys.services.surveys import survey_publish
from tests.surveys.designing import make_draft
from tests.surveys.services.test_checklists import visit

pytestmark = pytest.mark.django_db
ClientFor = Callable[[str], Client]


@pytest.fixture
def survey(actor_for: Callable[[str], Actor]) -> Survey:
    return make_draft(actor_for("designer"), "mystery")


def test_the_checklist_is_edited_and_grows(client_for: ClientFor, survey: Survey) -> None:
    client, address = client_for("designer"), f"/p/acme/surveys/{survey.pk}/checklist/"
    html = client.get(address).content.decode()
    assert 'value="Entrance"' in html
    data: dict[str, Any] = {
        "weight_clean": "4",
        "touchpoint_clean": "Door",
        "weight_greeting": "",
        "competitor_other_1": "Rival",
        "lines": "Till | A smile | 2",
    }
    assert client.post(address, data)["Location"] == address
    items = {i.question_code: (i.touchpoint, float(i.weight)) for i in survey.checklist_items.all()}
    assert items["clean"] == ("Door", 4)
    assert items["greeting"][1] == 0
    assert len(items) == 7
    assert survey.checklist_stores.get(code="other_1").competitor == "Rival"
    bad = client.post(address, {"weight_clean": "heavy", "lines": "kept"})
    assert bad.status_code == 422
    assert "kept" in bad.content.decode()


def test_stores_are_compared_and_the_page_costs_the_same(
    client_for: ClientFor,
    actor_for: Callable[[str], Actor],
    survey: Survey,
    assert_same_queries: Callable[..., int],
) -> None:
    client, address = client_for("manager"), f"/p/acme/surveys/{survey.pk}/stores/"
    assert "No visit yet" in client.get(address).content.decode()
    survey_publish(actor=actor_for("designer"), survey=survey)
    survey.refresh_from_db()

    def go(store: str, count: int) -> None:
        rows = [visit(store, greeting="yes", needs="partly") for _number in range(count)]
        responses_record(actor=actor_for("designer"), survey=survey, rows=rows)

    go("own_1", 1)
    html = client.get(address).content.decode()
    assert "70%" in html  # 2 + 1.5 of 2 + 3
    assert "Our store 1" in html
    assert_same_queries(lambda: client.get(address), lambda: go("other_1", 30))


def test_tabs_lead_there_for_such_surveys_only(
    client_for: ClientFor, actor_for: Callable[[str], Actor], survey: Survey
) -> None:
    client = client_for("designer")
    address = f"/p/acme/surveys/{survey.pk}/"
    assert f"{address}checklist/" in client.get(address).content.decode()
    plain = make_draft(actor_for("designer"))
    html = client.get(f"/p/acme/surveys/{plain.pk}/").content.decode()
    assert f"/p/acme/surveys/{plain.pk}/checklist/" not in html
