"""What people do on the pages of this floor."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from cxportal.core.actors import Actor
from cxportal.core.models import (
    ApiKey,
    AuditEntry,
    Consent,
    Customer,
    Job,
    MemberInvitation,
    Membership,
    Notification,
    Program,
    Segment,
    Suppression,
    Team,
    Webhook,
)
from cxportal.core.queries.api_keys import api_key_by_secret
from cxportal.core.queries.segments import segment_customers
from cxportal.core.services.consent import suppression_add
from cxportal.core.services.customers import customer_create, customer_update
from cxportal.core.services.files import file_store
from cxportal.core.services.notifications import notify
from cxportal.core.services.segments import segment_create
from tests.conftest import make_customers
from tests.core.conftest import Sink

P = "/p/acme/"


@pytest.fixture
def owner(client_for: Callable[[str], Client]) -> Client:
    return client_for("owner")


def test_a_customer_is_added_and_changed(owner: Client, system: Actor) -> None:
    form = {"external_id": "A", "kind": "customer", "name": "Ann", "attributes": "tier: gold\nn: 5"}
    assert owner.post(f"{P}customers/new/", form).status_code == 302
    ann = Customer.objects.for_actor(system).get()
    assert ann.attributes == {"tier": "gold", "n": 5}
    refused = owner.post(f"{P}customers/new/", form)
    assert refused.status_code == 409
    assert "Another customer of this program has this external id." in refused.content.decode()
    change = {**form, "name": "Anna", "attributes": "n: 5", "version": "1"}
    assert owner.post(f"{P}customers/{ann.pk}/edit/", change).status_code == 302
    ann.refresh_from_db()
    assert (ann.name, ann.attributes, ann.version) == ("Anna", {"n": 5}, 2)


def test_a_stale_form_answers_409_and_shows_what_is_stored(owner: Client, system: Actor) -> None:
    ann = customer_create(actor=system, external_id="A", name="Ann")
    customer_update(actor=system, customer=ann, name="Changed meanwhile")
    form = {"external_id": "A", "kind": "customer", "name": "Mine", "version": "1"}
    page = owner.post(f"{P}customers/{ann.pk}/edit/", form)
    shown = page.content.decode()
    assert page.status_code == 409
    assert "Changed meanwhile" in shown and "Mine" in shown
    ann.refresh_from_db()
    assert ann.name == "Changed meanwhile"
    assert 'name="version" value="2"' in shown
    assert owner.post(f"{P}customers/{ann.pk}/edit/", {**form, "version": "2"}).status_code == 302
    ann.refresh_from_db()
    assert ann.name == "Mine"


def test_who_may_not_see_a_person_changes_the_rest_only(
    client_for: Callable[[str], Client], people: dict[str, Membership], system: Actor
) -> None:
    ann = customer_create(actor=system, external_id="A", name="Ann", attributes={"a": "b"})
    Membership.unscoped.filter(pk=people["manager"].pk).update(sees_personal_data=False)
    form = {"kind": "partner", "language": "ko", "name": "Thief", "attributes": "", "version": "1"}
    client_for("manager").post(f"{P}customers/{ann.pk}/edit/", form)
    ann.refresh_from_db()
    assert (ann.kind, ann.language, ann.name, ann.attributes) == (
        "partner",
        "ko",
        "Ann",
        {"a": "b"},
    )


def test_test_mark_consent_and_erasure(owner: Client, system: Actor) -> None:
    ann = customer_create(actor=system, external_id="A", name="Ann")
    page = f"{P}customers/{ann.pk}/"
    owner.post(f"{page}test/")
    consent = {"channel": "email", "granted": "no", "source": "call"}
    assert owner.post(f"{page}consent/", consent).status_code == 302
    assert owner.post(f"{page}consent/", {"channel": "x"}).status_code == 422
    ann.refresh_from_db()
    assert ann.is_test is True
    assert Consent.objects.for_actor(system).get().granted is False
    assert owner.get(f"{page}erase/").status_code == 405
    assert owner.post(f"{page}erase/").status_code == 302
    ann.refresh_from_db()
    assert ann.erased_at is not None
    assert "This person was erased" in owner.get(page).content.decode()


def test_a_file_of_customers_comes_in(
    owner: Client, system: Actor, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)

    def bring(content: bytes) -> Any:
        return owner.post(f"{P}customers/import/", {"file": SimpleUploadedFile("c.csv", content)})

    def take(content: bytes) -> str:
        page = bring(content).headers["Location"]
        columns = {"column_0": "external_id", "column_1": "email", "wish": "take"}
        assert owner.post(page, columns).status_code == 302
        return owner.get(page).content.decode()

    assert "1 added" in take(b"external_id,email\nA,ann@example.com\n")
    assert "This is not an e-mail address." in take(b"external_id,email\nB,nonsense\nC,\n")
    assert bring(b"PK\x03\x04").status_code == 422
    take(b"external_id,email\n" + b"".join(b"M%d,\n" % i for i in range(1001)))
    assert Job.objects.for_actor(system).get().state == "queued"
    known = Customer.objects.for_actor(system).values_list("external_id", flat=True)
    assert set(known) == {"A", "C"}


def rule_form(**values: str) -> dict[str, str]:
    return {
        "name_en": "Korean",
        "code": "korean",
        "kind": "rule",
        "match": "all",
        "field-0": "language",
        "operator-0": "is",
        "value-0": "ko",
        **values,
    }


def test_a_segment_is_built_without_script(owner: Client, system: Actor) -> None:
    make_customers(system.program, 3)
    seen = owner.post(f"{P}segments/new/", rule_form(act="preview")).content.decode()
    assert "1 of 3 customers" in seen and "Customer 1" in seen and "Language is ko" in seen
    more = owner.post(f"{P}segments/new/", rule_form(act="add")).content.decode()
    assert 'name="field-1"' in more and 'name="name_en" value="Korean"' in more
    fewer = owner.post(f"{P}segments/new/", rule_form(act="remove-0")).content.decode()
    assert 'name="value-0" value="ko"' not in fewer
    assert not Segment.objects.for_actor(system).exists()
    assert owner.post(f"{P}segments/new/", rule_form()).status_code == 302
    segment = Segment.objects.for_actor(system).get()
    assert (segment.code, segment.member_count) == ("korean", 1)
    change = rule_form(**{"value-0": "en", "version": "1"})
    assert owner.post(f"{P}segments/{segment.pk}/edit/", change).status_code == 302
    segment.refresh_from_db()
    assert segment.member_count == 2
    stale = owner.post(f"{P}segments/{segment.pk}/edit/", change)
    assert stale.status_code == 409


def test_the_builder_answers_htmx_with_its_part(owner: Client, system: Actor) -> None:
    make_customers(system.program, 3)
    part = owner.post(
        f"{P}segments/new/", rule_form(act="refresh"), headers={"HX-Request": "true"}
    ).content.decode()
    assert part.lstrip().startswith('<div id="rule-builder"') and "<html" not in part


def test_a_rule_that_makes_no_sense_is_said_in_the_form(owner: Client, system: Actor) -> None:
    page = owner.post(f"{P}segments/new/", rule_form(**{"value-0": ""}))
    assert page.status_code == 422
    assert "Condition 1" in page.content.decode()
    assert not Segment.objects.for_actor(system).exists()


def test_people_go_in_and_out_by_hand(owner: Client, system: Actor) -> None:
    customers = make_customers(system.program, 3)
    vip = segment_create(actor=system, code="vip", name="VIP", kind="manual")
    page = f"{P}segments/{vip.pk}/"
    owner.post(f"{page}people/", {"external_ids": "C0, C1\nnobody"})
    assert segment_customers(system, vip).count() == 2
    owner.post(f"{page}people/{customers[0].pk}/remove/")
    assert [c.external_id for c in segment_customers(system, vip)] == ["C1"]
    assert owner.post(f"{page}people/", {"external_ids": "nobody"}).status_code == 422
    assert owner.post(f"{page}delete/").status_code == 302
    assert not Segment.objects.for_actor(system).exists()


def test_the_suppression_list_is_kept_by_hand(owner: Client, system: Actor) -> None:
    form = {"channel": "email", "address": "A@Example.com", "note": "asked by phone"}
    assert owner.post(f"{P}suppressions/new/", form).status_code == 302
    row = Suppression.objects.for_actor(system).get()
    assert row.address == "a@example.com"
    owner.post(f"{P}suppressions/{row.pk}/remove/")
    assert not Suppression.objects.for_actor(system).exists()
    wish = suppression_add(actor=system, address="b@example.com", reason="unsubscribed")
    assert owner.post(f"{P}suppressions/{wish.pk}/remove/").status_code == 409
    assert Suppression.objects.for_actor(system).count() == 1


def test_the_program_is_set(owner: Client, program: Program) -> None:
    form = {
        "name": "Acme CX",
        "timezone": "Europe/London",
        "currency": "gbp",
        "languages": ["en"],
        "default_language": "en",
        "min_n": "5",
        "anonymity_n": "5",
        "contact_gap_days": "0",
        "active_weight": "1.5",
        "sender_name": "Acme",
    }
    assert owner.post(f"{P}settings/program/", form).status_code == 302
    program.refresh_from_db()
    assert (program.name, program.currency, program.languages) == ("Acme CX", "GBP", ["en"])
    refused = owner.post(f"{P}settings/program/", {**form, "default_language": "ko"})
    assert refused.status_code == 422
    program.refresh_from_db()
    assert program.default_language == "en"


def test_members_are_invited_changed_and_let_go(
    owner: Client, system: Actor, people: dict[str, Membership]
) -> None:
    page = owner.post(f"{P}settings/members/invite/", {"email": "n@x.example", "role": "staff"})
    assert page.status_code == 200 and "/join/" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert len(mail.outbox) == 1
    invitation = MemberInvitation.objects.for_actor(system).get()
    owner.post(f"{P}settings/invitations/{invitation.pk}/resend/")
    assert len(mail.outbox) == 2
    newest = MemberInvitation.objects.for_actor(system).get(revoked_at=None)
    owner.post(f"{P}settings/invitations/{newest.pk}/revoke/")
    assert not MemberInvitation.objects.for_actor(system).filter(revoked_at=None).exists()
    owner.post(f"{P}settings/teams/new/", {"name": "Seoul"})
    team = Team.objects.for_actor(system).get()
    staff = f"{P}settings/members/{people['staff'].pk}/"
    owner.post(staff, {"role": "manager", "teams": [team.pk], "sees_personal_data": "on"})
    people["staff"].refresh_from_db()
    assert people["staff"].role == "manager"
    assert list(people["staff"].teams.all()) == [team]
    owner.post(f"{staff}deactivate/")
    people["staff"].refresh_from_db()
    assert people["staff"].is_active is False
    owner.post(f"{staff}reactivate/")
    last = owner.post(
        f"{P}settings/members/{people['owner'].pk}/", {"role": "viewer"}
    ).content.decode()
    assert "A program needs an owner" in last
    owner.post(f"{P}settings/teams/{team.pk}/", {"name": "Busan"})
    owner.post(f"{P}settings/teams/{team.pk}/delete/")
    assert not Team.objects.for_actor(system).exists()


def test_a_key_is_shown_once(owner: Client, system: Actor) -> None:
    form = {"name": "Shop", "scopes": ["customers:read"], "expires_on": "2099-01-01"}
    page = owner.post(f"{P}settings/keys/new/", form)
    secret = page.content.decode().split('value="cx_', 1)[1].split('"', 1)[0]
    key = api_key_by_secret(f"cx_{secret}")
    assert key is not None and "no-store" in page.headers["Cache-Control"]
    assert secret not in owner.get(f"{P}settings/keys/").content.decode()
    owner.post(f"{P}settings/keys/{key.pk}/revoke/")
    assert api_key_by_secret(f"cx_{secret}") is None
    assert owner.post(f"{P}settings/keys/new/", {"name": "x"}).status_code == 422
    assert ApiKey.objects.for_actor(system).count() == 1


def test_a_webhook_is_made_tested_and_switched(owner: Client, system: Actor, sink: Sink) -> None:
    page = owner.post(f"{P}settings/webhooks/new/", {"url": sink.url, "events": ["*"]})
    assert "whsec_" in page.content.decode()
    hook = Webhook.objects.for_actor(system).get()
    at = f"{P}settings/webhooks/{hook.pk}/"
    assert "The receiver took the test" in owner.post(f"{at}test/", follow=True).content.decode()
    assert "whsec_" in owner.post(f"{at}secret/").content.decode()
    owner.post(f"{at}switch/")
    hook.refresh_from_db()
    assert hook.is_active is False
    inside = owner.post(f"{at}edit/", {"url": "http://10.0.0.1/", "events": ["*"]})
    assert inside.status_code == 422 and "private network" in inside.content.decode()
    assert len(sink.received) == 1
    owner.post(f"{at}delete/")
    assert not Webhook.objects.for_actor(system).exists()


def test_notices_are_read_by_opening_them(
    owner: Client, system: Actor, people: dict[str, Membership]
) -> None:
    for url in (f"{P}jobs/", "https://evil.example/", "//evil.example/"):
        notify(actor=system, membership=people["owner"], kind="job_done", url=url)
    foreign = notify(actor=system, membership=people["staff"], kind="job_done")
    mine = Notification.objects.for_actor(system).filter(membership=people["owner"])
    first, *others = mine.order_by("pk")
    assert owner.post(f"{P}notifications/{first.pk}/open/").headers["Location"] == f"{P}jobs/"
    for other in others:
        answer = owner.post(f"{P}notifications/{other.pk}/open/")
        assert answer.headers["Location"] == f"{P}notifications/"
    assert foreign is not None
    assert owner.post(f"{P}notifications/{foreign.pk}/open/").status_code == 404
    owner.post(f"{P}notifications/read/")
    unread = Notification.objects.for_actor(system).filter(read_at=None)
    assert list(unread) == [foreign]


def test_a_file_is_fetched_by_its_maker_and_by_right(
    client_for: Callable[[str], Client],
    actor_for: Callable[[str], Actor],
    stranger_client: Client,
    settings: Settings,
    tmp_path: Path,
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    own = file_store(actor=actor_for("manager"), name="<b>.html", content=b"<script>")
    shared = file_store(
        actor=actor_for("manager"), name="a.csv", content=b"a", permission="core.view_audit"
    )
    answer = client_for("manager").get(f"{P}files/{own.pk}/")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert client_for("owner").get(f"{P}files/{own.pk}/").status_code == 403
    assert client_for("owner").get(f"{P}files/{shared.pk}/").status_code == 200
    assert client_for("staff").get(f"{P}files/{shared.pk}/").status_code == 403
    assert stranger_client.get(f"/p/other/files/{shared.pk}/").status_code == 404
    shared.file.storage.delete(str(shared.file.name))
    assert client_for("owner").get(f"{P}files/{shared.pk}/").status_code == 404


def test_the_trail_is_filtered_and_hides_names(
    client_for: Callable[[str], Client], people: dict[str, Membership], system: Actor
) -> None:
    ann = customer_create(actor=system, external_id="A", name="Ann Secret")
    segment_create(actor=system, code="vip", name="VIP")
    manager = client_for("manager")
    assert "Ann Secret" in manager.get(f"{P}audit/").content.decode()
    only = manager.get(f"{P}audit/?action=segment.create").content.decode()
    assert "Ann Secret" not in only and "VIP" in only
    assert "VIP" not in manager.get(f"{P}audit/?until=2000-01-01").content.decode()
    assert manager.get(f"{P}audit/?since=nonsense").status_code == 200
    Membership.unscoped.filter(pk=people["manager"].pk).update(sees_personal_data=False)
    hidden = manager.get(f"{P}audit/").content.decode()
    assert "Ann Secret" not in hidden and f"#{ann.pk}" in hidden
    assert AuditEntry.objects.for_actor(system).count() == 2
