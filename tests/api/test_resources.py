"""Every resource: listed, searched, read, made, changed."""

from typing import Any

import pytest

from tests.api.conftest import World, make_api

pytestmark = pytest.mark.django_db

LISTS = [
    "customers/",
    "customers/{customer}/consents/",
    "segments/",
    "segments/{segment}/customers/",
    "events/",
    "counted-metrics/",
    "counted-metrics/{counted}/values/",
    "dashboards/",
    "exports/",
    "share-links/",
    "scheduled-reports/",
    "surveys/",
    "surveys/{survey}/sections/",
    "surveys/{survey}/questions/",
    "library/",
    "campaigns/",
    "campaigns/{campaign}/links/",
    "responses/",
    "comments/",
    "topics/",
    "metrics/",
    "metrics/{metric}/sources/",
    "dimensions/",
    "journeys/",
    "journeys/{journey}/stages/",
    "stages/{stage}/steps/",
    "behaviours/",
    "touchpoints/",
    "touchpoints/{touchpoint}/metrics/",
    "personas/",
    "boards/",
    "actions/",
    "actions/{action}/comments/",
    "actions/{action}/checklist/",
    "action-templates/",
    "ideas/",
    "meetings/",
    "cases/",
    "cases/{case}/comments/",
    "cases/{case}/contacts/",
    "canned-replies/",
    "root-causes/",
    "automations/",
    "automations/{automation}/runs/",
    "transactions/",
    "propositions/",
    "customer-values/",
    "value-models/",
    "drivers/",
    "competitors/",
    "benchmarks/",
    "points/accounts/",
    "points/accounts/{account}/entries/",
]
ONES = [
    "customers/{customer}/",
    "segments/{segment}/",
    "events/{event}/",
    "counted-metrics/{counted}/",
    "dashboards/{dashboard}/",
    "exports/{export}/",
    "share-links/{share}/",
    "scheduled-reports/{report}/",
    "surveys/{survey}/",
    "surveys/{survey}/sections/{section}/",
    "surveys/{survey}/questions/{question}/",
    "library/{item}/",
    "campaigns/{campaign}/",
    "campaigns/{campaign}/progress/",
    "campaigns/{campaign}/audience/",
    "responses/{response}/",
    "comments/{comment}/",
    "topics/{topic}/",
    "metrics/{metric}/",
    "metrics/{metric}/score/",
    "metrics/{metric}/trend/",
    "journeys/{journey}/",
    "journeys/{journey}/stage-scores/",
    "journeys/{journey}/stages/{stage}/",
    "behaviours/{behaviour}/",
    "touchpoints/{touchpoint}/",
    "personas/{persona}/",
    "boards/{board}/",
    "actions/{action}/",
    "actions/{action}/effect/",
    "actions/flow/",
    "action-templates/{template}/",
    "ideas/{idea}/",
    "meetings/{meeting}/",
    "cases/{case}/",
    "canned-replies/{reply}/",
    "root-causes/{cause}/",
    "automations/{automation}/",
    "automations/{automation}/trial/",
    "transactions/{transaction}/",
    "propositions/{proposition}/",
    "customer-values/{customer_value}/",
    "value-models/{value_model}/",
    "drivers/{driver}/",
    "competitors/{competitor}/",
    "benchmarks/{benchmark}/",
    "points/accounts/{account}/",
]


@pytest.mark.parametrize("path", LISTS)
def test_a_list_answers_results_and_the_ways_on(world_made: World, path: str) -> None:
    body = world_made.api.seen(world_made.path(path))
    assert set(body) == {"next", "previous", "results"}
    empty = {
        "customers/{customer}/consents/",
        "automations/{automation}/runs/",
        "campaigns/{campaign}/links/",
    }
    assert bool(body["results"]) is (path not in empty)


@pytest.mark.parametrize("path", ONES)
def test_one_record_is_read(world_made: World, path: str) -> None:
    assert isinstance(world_made.api.seen(world_made.path(path)), dict)


@pytest.mark.parametrize("path", LISTS + ONES)
def test_another_program_s_key_sees_nothing(
    world_made: World, foreign_world: World, path: str
) -> None:
    status, body = foreign_world.api.get(world_made.path(path))
    if "{" in path:
        assert (status, body["code"]) == (404, "not_found")
    elif path in LISTS:
        ours = {row["id"] for row in world_made.api.seen(path)["results"]}
        assert status == 200
        assert not ours & {row["id"] for row in body["results"]}
    else:
        # Its own finished action, and not ours beside it.
        assert (status, body["finished"]) == (200, 1)


@pytest.mark.parametrize("path", LISTS + ONES)
def test_a_key_without_the_scope_is_refused(world_made: World, path: str) -> None:
    bare = make_api(world_made.api.program, "program:read")
    status, body = bare.get(world_made.path(path))
    assert (status, body["code"]) == (403, "permission_denied")


SEARCHES = [
    ("customers/?search=Customer 1", 1),
    ("customers/?search=nobody", 0),
    ("customers/?external_id=C2", 1),
    ("customers/?kind=partner", 0),
    ("customers/?segment={segment}", 2),
    ("segments/?search=VIP", 1),
    ("segments/?kind=rule", 0),
    ("events/?customer=C0&kind=purchase", 1),
    ("events/?customer=C1", 0),
    ("surveys/?search=visit&state=open", 1),
    ("surveys/?state=closed", 0),
    ("campaigns/?survey={survey}&state=draft", 1),
    ("campaigns/?search=none", 0),
    ("responses/?survey={survey}&customer=C0&is_test=false", 1),
    ("responses/?customer=C1", 0),
    ("metrics/?kind=nps&search=visit", 1),
    ("metrics/?kind=csat", 0),
    ("dimensions/?kind=channel&search=api", 1),
    ("journeys/?search=buy&state=live", 1),
    ("journeys/?code=none", 0),
    ("touchpoints/?stage={stage}", 1),
    ("touchpoints/?area=product", 0),
    ("actions/?search=queue&state=idea", 1),
    ("actions/?state=done", 1),
    ("cases/?search=call&state=open&customer=C0", 1),
    ("cases/?severity=critical", 0),
    ("automations/?trigger=answer&is_active=false&code=low_nps", 1),
    ("transactions/?customer=C0&kind=purchase", 1),
    ("transactions/?search=T2", 0),
    ("propositions/?search=fast&state=draft", 1),
    ("propositions/?state=kept", 0),
    ("customer-values/?customer=C0", 1),
    ("customer-values/?segment=growable", 0),
]


@pytest.mark.parametrize(("path", "count"), SEARCHES)
def test_lists_are_filtered(world_made: World, path: str, count: int) -> None:
    assert len(world_made.api.seen(world_made.path(path))["results"]) == count


CHANGES = [
    ("customers/{customer}/", {"name": "Kim"}),
    ("segments/{segment}/", {"name": {"en": "Best", "ko": "최고"}}),
    ("surveys/{survey}/", {"welcome": {"en": "Hello"}}),
    ("surveys/{survey}/sections/{section}/", {"title": {"en": "First"}}),
    ("surveys/{survey}/questions/{question}/", {"text": {"en": "Would you?"}}),
    ("campaigns/{campaign}/", {"subject": {"en": "One question"}}),
    ("metrics/{metric}/", {"is_headline": False}),
    ("journeys/{journey}/", {"description": {"en": "From need to use"}}),
    ("journeys/{journey}/stages/{stage}/", {"target": "72.50"}),
    ("behaviours/{behaviour}/", {"kind": "knowledge"}),
    ("touchpoints/{touchpoint}/", {"importance": "8.00"}),
    ("personas/{persona}/", {"goals": {"en": "Health"}}),
    ("actions/{action}/", {"due": "2026-12-31", "urgency": 5}),
    ("action-templates/{template}/", {"due_days": 3}),
    ("cases/{case}/", {"severity": "high"}),
    ("automations/{automation}/", {"once_days": 30}),
    ("propositions/{proposition}/", {"state": "agreed"}),
    ("value-rules/", {"horizon_years": 4}),
    ("drivers/{driver}/", {"stated_importance": "7.00"}),
    ("competitors/{competitor}/", {"note": "Cheap"}),
]


@pytest.mark.parametrize(("path", "change"), CHANGES)
def test_a_change_is_kept_and_grows_the_version(
    world_made: World, path: str, change: dict[str, Any]
) -> None:
    path = world_made.path(path)
    before = world_made.api.send("GET", path)
    old = before.headers["ETag"]
    status, body = world_made.api.patch(path, change, if_match=old)
    assert status == 200, body
    assert {name: body[name] for name in change} == change
    assert world_made.api.seen(path) == body
    assert f'"{body["version"]}"' != old


@pytest.mark.parametrize(("path", "change"), CHANGES)
def test_a_stale_change_is_refused_and_changes_nothing(
    world_made: World, path: str, change: dict[str, Any]
) -> None:
    path = world_made.path(path)
    first = world_made.api.send("GET", path).headers["ETag"]
    assert world_made.api.patch(path, change)[0] == 200
    now = world_made.api.seen(path)
    status, body = world_made.api.patch(path, change, if_match=first)
    assert (status, body["code"]) == (409, "stale_edit")
    assert body["current"]["version"] == world_made.api.seen(path)["version"] or "survey" in path
    assert world_made.api.seen(path) == now
