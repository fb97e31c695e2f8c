"""Technologies, processes, the roadmap, responsibilities."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.test import Client

from cxportal.core.actors import Actor
from cxportal.core.models import Membership, Program
from cxportal.core.services.segments import segment_create
from journeys.services.journeys import journey_create
from loyalty.models import Process, Technology
from loyalty.queries.responsibilities import SUBJECTS
from loyalty.queries.roadmap import roadmap_of
from loyalty.services.steering import record_create
from surveys.models import Metric, Tally, TallyMonth
from surveys.queries.scores import today_of
from tests.conftest import make_key

PAGES = "/p/acme/"


def test_a_technology_is_added_and_its_kind_is_covered(
    client_for: Callable[[str], Client], system: Actor
) -> None:
    client = client_for("designer")
    form = {"name": "Helpdesk", "kind": "service", "state": "active", "layer": "execution"}
    assert client.post(f"{PAGES}technologies/new/", form).status_code == 302
    rows = client.get(f"{PAGES}technologies/").context["inventory"].kinds
    states = {row.kind.code: row.is_gap for row in rows}
    assert states["service"] is False
    assert states["voc"] is True
    stored = Technology.objects.for_actor(system).get()
    edit = f"{PAGES}technologies/{stored.pk}/edit/"
    assert client.post(edit, {**form, "name": "Desk", "version": "1"}).status_code == 302
    assert client.post(edit, {**form, "name": "D", "version": "1"}).status_code == 409
    assert client_for("viewer").post(edit, form).status_code == 403


def test_the_metric_stands_before_and_after_the_day(
    client_for: Callable[[str], Client], system: Actor
) -> None:
    metric = Metric.unscoped.create(
        program=system.program, code="n", name={"en": "N"}, kind="nps", minimum=0, maximum=10
    )
    since = today_of(system) - timedelta(20)
    for day, column in ((since - timedelta(5), "n0"), (since + timedelta(5), "n10")):
        Tally.unscoped.create(program=system.program, metric=metric, day=day, n=40, **{column: 40})
        TallyMonth.unscoped.update_or_create(
            program=system.program, metric=metric, month=day.replace(day=1), dimension=0
        )
    stored = record_create(
        actor=system, model=Technology, kind="voc", name="P", metric=metric, since=since
    )
    evidence = client_for("viewer").get(f"{PAGES}technologies/{stored.pk}/").context["evidence"]
    assert evidence.before.value == -100
    assert evidence.after.value == 100
    assert evidence.after.change.verdict == "real"


def test_a_process_has_fit_owner_and_metric(
    client_for: Callable[[str], Client], system: Actor
) -> None:
    client = client_for("designer")
    form = {"name_en": "Returns", "state": "idea", "customer_fit": "2", "organisation_fit": ""}
    assert client.post(f"{PAGES}processes/new/", form).status_code == 302
    assert Process.objects.for_actor(system).get().customer_fit == 2
    assert "Returns" in client.get(f"{PAGES}processes/").content.decode()


def test_the_roadmap_is_read_from_the_work(
    client_for: Callable[[str], Client], system: Actor
) -> None:
    before = {row.deliverable.code: row.done for step in roadmap_of(system) for row in step.rows}
    assert not any(before.values())
    journey_create(actor=system, name={"en": "Buy"})
    after = {row.deliverable.code: row.done for step in roadmap_of(system) for row in step.rows}
    assert after["as_is"]
    assert client_for("staff").get(f"{PAGES}roadmap/").status_code == 200


def test_what_nobody_answers_for_is_listed(
    client_for: Callable[[str], Client], system: Actor, people: dict[str, Membership]
) -> None:
    record_create(actor=system, model=Technology, kind="voc", name="Orphan")
    record_create(
        actor=system, model=Technology, kind="voc", name="Owned", owner=people["manager"].user
    )
    html = client_for("viewer").get(f"{PAGES}responsibilities/").content.decode()
    assert "Orphan" in html
    assert ">Owned<" not in html
    assert "Manager" in html


def test_an_owner_is_set_in_place_by_who_may(
    client_for: Callable[[str], Client], system: Actor, people: dict[str, Membership]
) -> None:
    segment = segment_create(actor=system, code="club", name={"en": "Club"}, kind="manual")
    journey = journey_create(actor=system, name={"en": "Buy"})
    page = f"{PAGES}responsibilities/"
    sent = {"kind": "segments", "record": segment.pk, "owner": people["staff"].user.pk}
    assert "Club" in client_for("manager").get(f"{page}?kind=segments").content.decode()
    assert client_for("manager").post(f"{page}set/", sent).status_code == 403
    assert client_for("designer").post(f"{page}set/", sent).status_code == 302
    segment.refresh_from_db()
    assert segment.owner == people["staff"].user
    assert "Staff" in client_for("viewer").get(f"{page}?kind=segments").content.decode()
    again = {"kind": "journeys", "record": journey.pk, "owner": people["manager"].user.pk}
    assert client_for("owner").post(f"{page}set/", again).status_code == 302
    journey.refresh_from_db()
    assert journey.owner == people["manager"].user
    assert client_for("owner").post(f"{page}set/", again | {"owner": ""}).status_code == 302
    assert "Buy" in client_for("owner").get(page).content.decode()
    for kind in (subject.code for subject in SUBJECTS):
        assert client_for("owner").get(f"{page}?kind={kind}").status_code == 200
    assert client_for("owner").get(f"{page}?kind=nothing").status_code == 404


def test_a_client_sets_owners_by_api(
    program: Program, system: Actor, people: dict[str, Membership], stranger: Membership
) -> None:
    client = Client(headers={"Authorization": f"Bearer {make_key(program)}"})
    made = record_create(actor=system, model=Process, name={"en": "Returns"})
    address = people["manager"].user.email
    sent = {"kind": "processes", "id": made.pk, "owner_email": address}

    def send(body: dict[str, Any]) -> int:
        path = "/api/v1/responsibilities/"
        return client.post(path, body, content_type="application/json").status_code

    assert send(sent) == 200
    rows = client.get("/api/v1/responsibilities/?kind=processes").json()
    assert [(row["id"], row["owner_email"]) for row in rows] == [(made.pk, address)]
    assert send(sent | {"owner_email": stranger.user.email}) == 422
    assert send(sent | {"id": 10**9}) == 404
    segment = segment_create(actor=system, code="club", name={"en": "Club"}, kind="manual")
    path = f"/api/v1/segments/{segment.pk}/"
    body = {"owner_email": address}
    answer = client.patch(path, body, content_type="application/json")
    assert answer.json()["owner_email"] == address


def test_queries_do_not_grow_with_records(
    client_for: Callable[[str], Client],
    system: Actor,
    people: dict[str, Membership],
    assert_same_queries: Callable[[Callable[[], Any], Callable[[], Any]], int],
) -> None:
    client = client_for("owner")

    def add(count: int) -> None:
        for at in range(count):
            owner = people["manager"].user if at % 2 else None
            record_create(actor=system, model=Technology, kind="voc", name=f"T{at}", owner=owner)
            record_create(actor=system, model=Process, name={"en": f"P{at}"}, owner=owner)

    add(2)
    for page in ("technologies/", "processes/", "responsibilities/", "roadmap/"):
        used = assert_same_queries(lambda page=page: client.get(PAGES + page), lambda: add(8))  # type: ignore[misc]
        assert used <= 20


def test_the_inventory_names_gaps_overlaps_and_what_moved(
    client_for: Callable[[str], Client], system: Actor, program: Program
) -> None:
    for name, cost in (("Desk", 5), ("Second desk", 7)):
        record_create(
            actor=system, model=Technology, kind="service", name=name, yearly_cost=Decimal(cost)
        )
    inventory = client_for("viewer").get(f"{PAGES}technologies/").context["inventory"]
    assert [(row.kind.code, row.cost) for row in inventory.overlapping] == [("service", 12)]
    assert inventory.gaps[0].kind.code == "voc"
    stored = Technology.objects.for_actor(system).order_by("pk")[0]
    page = f"{PAGES}technologies/{stored.pk}/"
    assert client_for("viewer").get(page).context["evidence"] is None
    key = Client(headers={"Authorization": f"Bearer {make_key(program)}"})
    rows = {row["kind"]: row for row in key.get("/api/v1/technologies/inventory/").json()}
    assert (rows["service"]["state"], rows["voc"]["state"]) == ("overlap", "gap")
    assert [found["moved"] for found in rows["service"]["technologies"]] == [None, None]


def test_a_deliverable_names_the_records_that_prove_it(
    client_for: Callable[[str], Client], system: Actor, program: Program
) -> None:
    for name in ("One", "Two", "Three", "Four"):
        journey_create(actor=system, name={"en": name})
    rows = {row.deliverable.code: row for step in roadmap_of(system) for row in step.rows}
    assert [proof.label for proof in rows["as_is"].proofs] == ["Four", "Three", "Two"]
    assert rows["as_is"].more == 1
    assert not rows["pilot"].done
    page = client_for("viewer").get(f"{PAGES}roadmap/").content.decode()
    assert ">Four</a>" in page
    key = Client(headers={"Authorization": f"Bearer {make_key(program)}"})
    steps = key.get("/api/v1/roadmap/").json()
    assert [step["state"] for step in steps] == ["doing", "todo", "todo", "todo", "todo"]
    mapped = next(d for d in steps[0]["deliverables"] if d["code"] == "as_is")
    assert (mapped["done"], mapped["count"], mapped["records"][0]) == (True, 4, "Four")
