"""Assessments: a round answered by several people, its result, its end."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied
from cxportal.core.models import Membership, Program
from journeys.models import Action
from journeys.services.actions import action_delete
from loyalty.calc.frameworks import items_of
from loyalty.models import Assessment, AssessmentAnswer, Framework
from loyalty.services.assessments import (
    assessment_answer,
    assessment_begin,
    framework_take,
    standard_frameworks,
)
from tests.conftest import make_key, make_member

PAGES = "/p/acme/"


@pytest.fixture
def round_open(actor_for: Callable[[str], Actor]) -> Assessment:
    owner = actor_for("owner")
    return assessment_begin(actor=owner, framework=framework_take(actor=owner, code="maturity"))


def test_a_round_is_begun_from_the_portal_s_framework(
    client_for: Callable[[str], Client], system: Actor
) -> None:
    answer = client_for("manager").post(f"{PAGES}frameworks/take/", {"code": "maturity"})
    assert answer.status_code == 302
    assert Assessment.objects.for_actor(system).get().framework.code == "maturity"


def test_several_people_answer_and_their_difference_shows(
    client_for: Callable[[str], Client], round_open: Assessment
) -> None:
    page = f"{PAGES}assessments/{round_open.pk}/"
    for role, level in (("owner", "5"), ("staff", "1")):
        form = {"level_mat-process": level, "note_mat-process": f"says {role}"}
        assert client_for(role).post(f"{page}answer/", form).status_code == 302
    context = client_for("viewer").get(page).context
    result = context["result"]
    assert (result.people, result.level) == (2, 50.0)
    assert [row.item["code"] for row in result.differing] == ["mat-process"]
    html = client_for("viewer").get(page).content.decode()
    assert "says staff" in html
    assert "47 % of companies" in html


def test_answers_can_be_changed_until_the_round_is_closed(
    client_for: Callable[[str], Client], round_open: Assessment
) -> None:
    page = f"{PAGES}assessments/{round_open.pk}/"
    client = client_for("staff")
    client.post(f"{page}answer/", {"level_mat-process": "2"})
    client.post(f"{page}answer/", {"level_mat-process": "4"})
    assert 'value="4" checked' in client.get(f"{page}answer/").content.decode()
    assert client_for("manager").post(f"{page}close/").status_code == 302
    round_open.refresh_from_db()
    assert round_open.state == "closed"
    assert round_open.level == Decimal(75)
    assert client.post(f"{page}answer/", {"level_mat-process": "5"}).status_code == 422
    assert round_open.answers.get().level == 4


def test_a_gap_becomes_an_action(
    client_for: Callable[[str], Client], round_open: Assessment, system: Actor
) -> None:
    client = client_for("staff")
    client.post(f"{PAGES}assessments/{round_open.pk}/answer/", {"level_mat-owner": "1"})
    page = f"{PAGES}assessments/{round_open.pk}/action/"
    assert client.post(page, {"item": "mat-owner"}).status_code == 302
    assert "coordinates" in Action.objects.for_actor(system).get().title
    assert client.post(page, {"item": "nothing"}).status_code == 404
    # Once more leads to the same action, brought back where it was deleted.
    made = Action.objects.for_actor(system).get()
    action_delete(actor=system, action=made)
    assert client.post(page, {"item": "mat-owner"}).headers["Location"].endswith(f"/{made.pk}/")
    assert Action.objects.for_actor(system).get().deleted_at is None
    detail = client.get(f"{PAGES}assessments/{round_open.pk}/")
    assert [action for _row, action in detail.context["gaps"]] == [made]


def test_the_round_before_stands_beside_this_one(
    client_for: Callable[[str], Client], actor_for: Callable[[str], Actor]
) -> None:
    owner = actor_for("owner")
    framework = framework_take(actor=owner, code="maturity")
    first = assessment_begin(actor=owner, framework=framework)
    assessment_answer(actor=owner, assessment=first, answers={"mat-process": (2, "")})
    client = client_for("owner")
    client.post(f"{PAGES}assessments/{first.pk}/close/")
    second = assessment_begin(actor=owner, framework=framework)
    assessment_answer(actor=owner, assessment=second, answers={"mat-process": (4, "")})
    result = client.get(f"{PAGES}assessments/{second.pk}/").context["result"]
    assert (result.before, result.level) == (25.0, 75.0)
    assert client.post(f"{PAGES}frameworks/{framework.pk}/begin/").status_code == 422


def test_an_own_framework_goes_out_and_comes_in(
    client_for: Callable[[str], Client], round_open: Assessment, system: Actor
) -> None:
    client = client_for("manager")
    exported = client.get(f"{PAGES}frameworks/{round_open.framework_id}/export/")
    document = json.loads(exported.content)
    assert document == standard_frameworks()["maturity"]
    document["code"] = "ours"
    sent = {"file": SimpleUploadedFile("f.json", json.dumps(document).encode())}
    assert client.post(f"{PAGES}frameworks/import/", sent).status_code == 302
    assert Framework.objects.for_actor(system).filter(code="ours").exists()
    broken = {"file": SimpleUploadedFile("f.json", b"{}")}
    refused = client.post(f"{PAGES}frameworks/import/", broken)
    assert refused.status_code == 422
    assert "cx-framework" in refused.content.decode()


def test_the_number_of_queries_does_not_grow_with_people(
    client_for: Callable[[str], Client],
    round_open: Assessment,
    assert_same_queries: Callable[[Callable[[], Any], Callable[[], Any]], int],
) -> None:
    client = client_for("owner")

    def answered(first: int, count: int) -> None:
        for at in range(first, first + count):
            member: Membership = make_member(round_open.program, "staff", f"s{at}@acme.example")
            assessment_answer(
                actor=Actor.member(member),
                assessment=round_open,
                answers={"mat-process": (at % 5 + 1, "")},
            )

    answered(0, 1)
    page = f"{PAGES}assessments/{round_open.pk}/"
    assert_same_queries(lambda: client.get(page), lambda: answered(1, 12))


def test_a_framework_is_written_and_changed_by_page(
    client_for: Callable[[str], Client], system: Actor
) -> None:
    client = client_for("manager")
    form = {
        "name_en": "Tea house",
        "levels": "No\nIn part\nYes",
        "outline": "# Service | 응대\nWe greet. | 인사합니다.\nWe pour. ×2",
    }
    assert client.post(f"{PAGES}frameworks/new/", form).status_code == 302
    made = Framework.objects.for_actor(system).get()
    assert (made.code, str(made)) == ("tea-house", "Tea house")
    assert [item["code"] for item in items_of(made.document)] == ["we-greet", "we-pour"]
    page = f"{PAGES}frameworks/{made.pk}/edit/"
    shown = client.get(page).context["form"].initial
    assert "We pour. ×2" in shown["outline"]
    changed = form | {"outline": form["outline"] + "\nWe thank.", "version": "1"}
    assert client.post(page, changed).status_code == 302
    assert client.post(page, changed).status_code == 409
    made.refresh_from_db()
    assert len(list(items_of(made.document))) == 3
    assert client.post(f"{PAGES}frameworks/new/", form | {"levels": "One"}).status_code == 422
    assert client_for("staff").get(page).status_code == 403


def test_a_client_brings_a_member_s_levels_in(
    program: Program, people: dict[str, Membership], round_open: Assessment, stranger: Membership
) -> None:
    client = Client(headers={"Authorization": f"Bearer {make_key(program)}"})
    page = f"/api/v1/assessments/{round_open.pk}/"

    def send(email: str, item: str, level: int | None) -> Any:
        body = {"member_email": email, "answers": [{"item": item, "level": level}]}
        return client.post(f"{page}answers/", body, content_type="application/json")

    staff, viewer = people["staff"].user.email, people["viewer"].user.email
    assert send(staff, "mat-process", 1).json() == {"answers": 1}
    assert send(viewer, "mat-process", 5).status_code == 200
    result = client.get(f"{page}result/").json()
    assert (result["people"], result["level"]) == (2, 50.0)
    # Said again, it replaces what was said.
    assert send(staff, "mat-process", 5).status_code == 200
    assert client.get(f"{page}result/").json()["level"] == 100.0
    for email, item, level in (
        (stranger.user.email, "mat-process", 1),
        (staff, "no-such", 1),
        (staff, "mat-process", 99),
    ):
        assert send(email, item, level).status_code == 422
    assert client.get(f"{page}result/").json()["people"] == 2


def test_nobody_speaks_for_another_without_running_the_round(
    actor_for: Callable[[str], Actor], people: dict[str, Membership], round_open: Assessment
) -> None:
    with pytest.raises(Denied):
        assessment_answer(
            actor=actor_for("staff"),
            assessment=round_open,
            answers={"mat-process": (1, "")},
            member=people["viewer"],
        )
    assert not AssessmentAnswer.unscoped.exists()  # unscoped: test
