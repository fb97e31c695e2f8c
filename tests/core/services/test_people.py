"""Members, rights, teams; invitations that work once."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import MemberInvitation, Membership, Program, Team, User
from cxportal.core.queries.people import invitation_by_token
from cxportal.core.services.invitations import (
    invitation_accept,
    invitation_accept_new,
    invitation_check,
    invitation_revoke,
    invitation_send,
    member_invite,
)
from cxportal.core.services.people import (
    member_deactivate,
    member_reactivate,
    member_update,
    team_create,
    team_update,
)
from tests.conftest import PASSWORD, make_member

NEW = "New@person.example"


def accept(invitation: MemberInvitation, **values: str) -> Membership:
    given = {"name": "New Person", "password": PASSWORD, "language": "ko", **values}
    return invitation_accept_new(invitation=invitation, **given)


def test_the_last_owner_stays(people: dict[str, Membership], system: Actor) -> None:
    owner = people["owner"]
    with pytest.raises(DomainError) as refused:
        member_update(actor=system, membership=owner, role="viewer")
    assert refused.value.code == "last_owner"
    with pytest.raises(DomainError):
        member_deactivate(actor=system, membership=owner)
    make_member(system.program, "owner", "second@acme.example")
    assert member_update(actor=system, membership=owner, role="viewer").role == "viewer"


def test_roles_rights_and_teams_change(
    people: dict[str, Membership], system: Actor, other_program: Program
) -> None:
    team = team_create(actor=system, name="Seoul")
    foreign = Team.unscoped.create(program=other_program, name="Busan")
    changed = member_update(
        actor=system,
        membership=people["staff"],
        role="manager",
        teams=[team, foreign],
        exports_personal_data=True,
    )
    changed.refresh_from_db()
    assert (changed.role, changed.exports_personal_data) == ("manager", True)
    assert list(changed.teams.all()) == [team]


def test_only_owners_manage_people(
    actor_for: Callable[[str], Actor], people: dict[str, Membership]
) -> None:
    with pytest.raises(Denied):
        member_update(actor=actor_for("manager"), membership=people["manager"], role="owner")
    people["manager"].refresh_from_db()
    assert people["manager"].role == "manager"


def test_a_stranger_cannot_change_our_people(
    people: dict[str, Membership], stranger: Membership
) -> None:
    with pytest.raises(Denied):
        member_update(actor=Actor.member(stranger), membership=people["staff"], role="owner")


def test_team_names_are_unique(system: Actor) -> None:
    team_create(actor=system, name="Seoul")
    busan = team_create(actor=system, name="Busan")
    with pytest.raises(DomainError) as taken:
        team_update(actor=system, team=busan, name="Seoul")
    assert taken.value.code == "name_taken"
    busan.refresh_from_db()
    assert busan.name == "Busan"


def test_an_invited_person_joins_once(system: Actor) -> None:
    _invitation, token = member_invite(actor=system, email=NEW, role="staff")
    assert token not in str(MemberInvitation.objects.for_actor(system).values().get())
    found = invitation_by_token(token)
    assert found is not None
    joined = accept(found)
    assert (joined.role, joined.user.email, joined.user.language) == (
        "staff",
        NEW.lower(),
        "ko",
    )
    assert joined.user.check_password(PASSWORD)
    with pytest.raises(DomainError) as used:
        accept(found)
    assert (used.value.code, used.value.status) == ("used", 410)


def test_the_mail_carries_the_link(system: Actor, mailoutbox: list[Any]) -> None:
    invitation, token = member_invite(actor=system, email=NEW, role="staff")
    assert invitation_send(actor=system, invitation=invitation, token=token)
    (mail,) = mailoutbox
    assert mail.to == [NEW.lower()] and f"/join/{token}/" in mail.body
    assert f"/join/{token}/" in mail.alternatives[0][0]


def test_a_silent_mail_server_loses_no_invitation(
    system: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*args: Any, **kwargs: Any) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", silent)
    invitation, token = member_invite(actor=system, email=NEW, role="staff")
    assert invitation_send(actor=system, invitation=invitation, token=token) is False
    assert invitation_by_token(token) == invitation


def test_expired_and_revoked_links_say_so(system: Actor) -> None:
    invitation, _token = member_invite(actor=system, email=NEW, role="staff")
    invitation_revoke(actor=system, invitation=invitation)
    with pytest.raises(DomainError) as revoked:
        invitation_check(invitation)
    assert revoked.value.code == "revoked"
    late, _token = member_invite(actor=system, email=NEW, role="staff")
    MemberInvitation.objects.for_actor(system).filter(pk=late.pk).update(expires_at=timezone.now())
    with pytest.raises(DomainError) as expired:
        accept(late)
    assert expired.value.code == "expired"
    assert not User.objects.filter(email=NEW.lower()).exists()


def test_a_new_invitation_ends_the_older(system: Actor) -> None:
    first, _token = member_invite(actor=system, email=NEW, role="staff")
    member_invite(actor=system, email=NEW.upper(), role="manager")
    first.refresh_from_db()
    assert first.revoked_at is not None


def test_a_link_never_sets_the_password_of_somebody_known(
    system: Actor, stranger: Membership
) -> None:
    invitation, _token = member_invite(actor=system, email=stranger.user.email, role="staff")
    with pytest.raises(DomainError) as refused:
        accept(invitation, password="another long passphrase")
    assert refused.value.code == "sign_in_first"
    stranger.user.refresh_from_db()
    assert stranger.user.check_password(PASSWORD)
    joined = invitation_accept(invitation=invitation, user=stranger.user)
    assert joined.program == system.program


def test_somebody_else_cannot_take_an_invitation(system: Actor, stranger: Membership) -> None:
    invitation, _token = member_invite(actor=system, email=NEW, role="owner")
    with pytest.raises(DomainError) as refused:
        invitation_accept(invitation=invitation, user=stranger.user)
    assert refused.value.status == 403
    assert not Membership.objects.for_actor(system).exists()


def test_weak_passwords_are_refused_with_the_reason(system: Actor) -> None:
    invitation, _token = member_invite(actor=system, email=NEW, role="staff")
    with pytest.raises(DomainError) as refused:
        accept(invitation, password="short")
    assert "password" in refused.value.details
    assert not User.objects.filter(email=NEW.lower()).exists()


def test_who_left_has_no_open_links_and_may_come_back(
    people: dict[str, Membership], system: Actor
) -> None:
    staff = people["staff"]
    with pytest.raises(DomainError) as member:
        member_invite(actor=system, email=staff.user.email, role="staff")
    assert member.value.code == "already_member"
    assert member_deactivate(actor=system, membership=staff).is_active is False
    assert member_reactivate(actor=system, membership=staff).is_active is True


def test_the_command_makes_a_program_with_a_link_for_its_owner(db: None) -> None:
    out = StringIO()
    call_command(
        "program", "create", slug="nova", name="Nova", language="ko",
        owner_email="boss@nova.example", stdout=out,
    )  # fmt: skip
    program = Program.objects.get(slug="nova")
    assert (program.default_language, program.languages[0]) == ("ko", "ko")
    token = out.getvalue().rsplit("/join/", 1)[1].strip().rstrip("/")
    invitation = invitation_by_token(token)
    assert invitation is not None and invitation.role == "owner"
    assert invitation.expires_at - timezone.now() > timedelta(days=6)
    with pytest.raises(CommandError):
        call_command("program", "create", slug="nova", name="Again")
    with pytest.raises(CommandError):
        call_command("program", "create", slug="No Slug", name="Again")
    assert Program.objects.count() == 1
