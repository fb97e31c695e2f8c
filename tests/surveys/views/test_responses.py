"""Pages of answers."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.models import AuditEntry, Program
from surveys.models import Comment, Response, Survey
from surveys.services.recording import responses_record
from tests.conftest import make_customers
from tests.surveys.answering import NPS, USED, WHY, drain, make_metric, make_survey

pytestmark = pytest.mark.django_db
BASE = "/p/acme/responses/"
SignIn = Callable[[str], Client]


@pytest.fixture
def survey(program: Program) -> Survey:
    made = make_survey(program, [NPS, USED, WHY])
    make_metric(made, "nps", "nps", 0, 10)
    make_customers(program, 3)
    return made


def record(actor: Actor, survey: Survey, *rows: dict[str, Any]) -> None:
    assert responses_record(actor=actor, survey=survey, rows=rows).failed == 0
    drain()


def some(actor: Actor, survey: Survey) -> None:
    record(
        actor,
        survey,
        {"answers": {"nps": 10, "why": "So friendly"}, "external_id": "C0"},
        {"answers": {"nps": 7, "used": ["app", "store"]}, "language": "ko"},
        {"answers": {"nps": 2, "why": "배송이 늦었어요"}, "completed_at": "2026-01-15T12:00:00Z"},
    )


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {10, 7, 2}),
        ("group=promoter", {10}),
        ("group=passive", {7}),
        ("group=detractor", {2}),
        ("language=ko", {7}),
        ("search=friendly", {10}),
        ("search=늦었", {2}),
        ("since=2026-01-15&until=2026-01-15", {2}),
        ("since=2026-01-16", {10, 7}),
        ("show=test", set()),
        ("show=partial", set()),
        ("show=all", {10, 7, 2}),
        ("survey=999999", {10, 7, 2}),
    ],
)
def test_the_list_is_narrowed_by_its_filters(
    client_for: SignIn, system: Actor, survey: Survey, query: str, shown: set[int]
) -> None:
    some(system, survey)
    page = client_for("viewer").get(f"{BASE}?{query}")
    assert page.status_code == 200
    assert {row.response.answers["nps"] for row in page.context["rows"]} == shown


def test_a_list_costs_the_same_for_one_and_for_thirty(
    client_for: SignIn, system: Actor, survey: Survey, assert_same_queries: Any
) -> None:
    client = client_for("manager")
    record(system, survey, {"answers": {"nps": 9, "why": "ok"}, "external_id": "C0"})
    rows = [{"answers": {"nps": i % 11, "why": "ok"}, "external_id": "C1"} for i in range(29)]
    assert_same_queries(lambda: client.get(BASE), lambda: record(system, survey, *rows))


def test_names_stay_out_of_the_list(client_for: SignIn, system: Actor, survey: Survey) -> None:
    some(system, survey)
    text = client_for("owner").get(BASE).content.decode()
    assert "Customer 0" not in text
    assert "So friendly" in text


def test_one_response_shows_answers_and_the_name_only_to_those_who_may_see_it(
    client_for: SignIn, system: Actor, survey: Survey
) -> None:
    some(system, survey)
    response = Response.unscoped.get(customer__isnull=False)
    address = f"{BASE}{response.pk}/"
    seen = client_for("manager").get(address).content.decode()
    assert "Customer 0" in seen
    assert "So friendly" in seen
    assert "Promoter" in seen
    looks = AuditEntry.unscoped.filter(object_type="core.customer", object_id=response.customer_id)
    assert looks.count() == 1
    hidden = client_for("viewer").get(address).content.decode()
    assert "Customer 0" not in hidden
    assert f"#{response.customer_id}" in hidden
    assert looks.count() == 1


def test_choices_are_shown_in_words(client_for: SignIn, system: Actor, survey: Survey) -> None:
    some(system, survey)
    response = Response.unscoped.get(language="ko")
    assert "The app, A store" in client_for("viewer").get(f"{BASE}{response.pk}/").content.decode()


def test_a_response_is_marked_as_test_and_erased_from_its_page(
    client_for: SignIn, system: Actor, survey: Survey
) -> None:
    some(system, survey)
    response = Response.unscoped.get(language="ko")
    designer = client_for("designer")
    page = designer.post(f"{BASE}{response.pk}/test/", follow=True)
    assert "counts no more" in page.content.decode()
    response.refresh_from_db()
    assert response.is_test
    designer.post(f"{BASE}{response.pk}/erase/")
    assert not Response.unscoped.filter(pk=response.pk).exists()


def test_others_may_not_change_and_strangers_find_nothing(
    client_for: SignIn, stranger_client: Client, system: Actor, survey: Survey
) -> None:
    some(system, survey)
    pk = Response.unscoped.values_list("pk", flat=True).first()
    for role in ("manager", "staff", "viewer"):
        assert client_for(role).post(f"{BASE}{pk}/erase/").status_code == 403
    assert stranger_client.get(f"{BASE}{pk}/").status_code == 404
    assert stranger_client.get(f"/p/other/responses/{pk}/").status_code == 404
    assert stranger_client.post(f"/p/other/responses/{pk}/erase/").status_code == 404
    assert client_for("owner").get(f"{BASE}{pk}/erase/").status_code == 405
    assert Response.unscoped.count() == 3


def test_a_comment_is_read_in_its_own_language(system: Actor, survey: Survey) -> None:
    some(system, survey)
    comment = Comment.unscoped.get(text="배송이 늦었어요")
    assert (comment.language, comment.sentiment) == ("ko", "negative")


def test_answers_of_an_anonymous_survey_are_shown_in_whole_groups_only(
    client_for: SignIn, program: Program, system: Actor
) -> None:
    survey = make_survey(program, [NPS], anonymous=True)
    client = client_for("owner")
    size = program.anonymity_n

    def shown(query: str = "") -> int:
        page = client.get(f"{BASE}?{query}").content.decode()
        return sum(f'{BASE}{pk}/"' in page for pk in Response.unscoped.values_list("pk", flat=True))

    record(system, survey, *({"answers": {"nps": 9}} for _ in range(size - 1)))
    first = Response.unscoped.order_by("pk").first()
    assert first is not None
    assert (shown(), client.get(f"{BASE}{first.pk}/").status_code) == (0, 404)
    record(system, survey, {"answers": {"nps": 9}}, {"answers": {"nps": 1}, "language": "ko"})
    newest = Response.unscoped.latest("pk")
    assert (shown(), client.get(f"{BASE}{first.pk}/").status_code) == (size, 200)
    # One answer more tells of nobody, nor does a filter that leaves few.
    assert client.get(f"{BASE}{newest.pk}/").status_code == 404
    assert shown("language=ko") == 0
    Response.unscoped.filter(pk=newest.pk).update(is_test=True)
    assert shown("show=test") == 1
