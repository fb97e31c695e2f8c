"""Members of a program: their roles, rights and teams."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, changed_fields, lock
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import MemberInvitation, Membership, Program, Role, Team
from cxportal.core.policies import authorise

RIGHTS = ("sees_personal_data", "exports_personal_data", "starts_campaigns")


@transaction.atomic
def member_update(
    *,
    actor: Actor,
    membership: Membership,
    role: str | None = None,
    teams: Iterable[Team] | None = None,
    **rights: bool,
) -> Membership:
    """Change role, rights and teams. Raises DomainError "last_owner" (409), "invalid"."""
    authorise(actor, "core.manage_members", membership)
    if set(rights) - set(RIGHTS):
        raise TypeError(f"no such right: {sorted(rights)}")
    stored = _locked(membership)
    values: dict[str, Any] = dict(rights)
    if role is not None:
        values["role"] = role_checked(role)
        if role != Role.OWNER:
            _keep_an_owner(stored)
    changes = changed_fields(stored, values)
    for name, value in values.items():
        setattr(stored, name, value)
    stored.save(update_fields=list(values) or None)
    if teams is not None:
        changes |= _teams_changed(actor, stored, teams)
    if changes:
        audit(actor=actor, action="member.update", obj=stored, changes=changes)
    return stored


def role_checked(role: str) -> str:
    """The role, or DomainError "invalid"."""
    if role not in Role.values:
        message = _("Choose one of: %(kinds)s.") % {"kinds": ", ".join(Role.values)}
        raise DomainError("invalid", message, details={"role": message})
    return role


def _locked(membership: Membership) -> Membership:
    """Fresh and locked behind the program, so that two changes never remove the last owner."""
    lock(membership.program)
    return lock(membership)


def _keep_an_owner(membership: Membership) -> None:
    if membership.role != Role.OWNER or not membership.is_active:
        return
    owners = Membership.unscoped.filter(  # unscoped: owners of the member's own program
        program_id=membership.program_id, role=Role.OWNER, is_active=True, user__is_active=True
    )
    if not owners.exclude(pk=membership.pk).exists():
        message = _("A program needs an owner. Make somebody else an owner first.")
        raise DomainError("last_owner", message, status=409)


def _teams_changed(
    actor: Actor, membership: Membership, teams: Iterable[Team]
) -> dict[str, list[Any]]:
    wanted = {t.pk for t in teams}
    own = set(Team.objects.for_actor(actor).filter(pk__in=wanted).values_list("pk", flat=True))
    before = sorted(membership.teams.values_list("pk", flat=True))
    membership.teams.set(own)
    return {"teams": [before, sorted(own)]} if before != sorted(own) else {}


@transaction.atomic
def member_deactivate(*, actor: Actor, membership: Membership) -> Membership:
    """End a person's access to the program at once, and links on their way to them.

    Somebody without another program is signed out everywhere. Raises DomainError "last_owner".
    """
    authorise(actor, "core.manage_members", membership)
    stored = _locked(membership)
    _keep_an_owner(stored)
    if not stored.is_active:
        return stored
    stored.is_active = False
    stored.save(update_fields=["is_active"])
    invitations_void(stored.user.email, program=stored.program)
    audit(actor=actor, action="member.deactivate", obj=stored)
    return stored


@transaction.atomic
def member_reactivate(*, actor: Actor, membership: Membership) -> Membership:
    """Give a person their access back."""
    authorise(actor, "core.manage_members", membership)
    stored = _locked(membership)
    if not stored.is_active:
        stored.is_active = True
        stored.save(update_fields=["is_active"])
        audit(actor=actor, action="member.reactivate", obj=stored)
    return stored


def invitations_void(email: str, *, program: Program | None = None) -> int:
    """End the waiting invitations of an address, in one program or everywhere."""
    from django.utils import timezone

    waiting = MemberInvitation.unscoped.filter(  # unscoped: the person's own links everywhere
        email__iexact=email, accepted_at=None, revoked_at=None
    )
    if program is not None:
        waiting = waiting.filter(program=program)
    return waiting.update(revoked_at=timezone.now())


@transaction.atomic
def team_create(*, actor: Actor, name: str) -> Team:
    """Make a team. Raises DomainError "invalid", "name_taken" (409)."""
    authorise(actor, "core.manage_members")
    team = Team(program=actor.program, name=_team_name(name))
    _save_team(team)
    audit(actor=actor, action="team.create", obj=team)
    return team


@transaction.atomic
def team_update(*, actor: Actor, team: Team, name: str) -> Team:
    """Rename a team."""
    authorise(actor, "core.manage_members", team)
    stored = lock(team)
    changes = changed_fields(stored, {"name": _team_name(name)})
    if changes:
        stored.name = name.strip()
        _save_team(stored)
        audit(actor=actor, action="team.update", obj=stored, changes=changes)
    return stored


@transaction.atomic
def team_delete(*, actor: Actor, team: Team) -> None:
    """Remove a team; its people stay."""
    authorise(actor, "core.manage_members", team)
    audit(actor=actor, action="team.delete", obj=team)
    team.delete()


def _team_name(name: str) -> str:
    text = name.strip()
    if not text or len(text) > 120 or "\x00" in text:
        message = _("Give the team a name of at most 120 characters.")
        raise DomainError("invalid", message, details={"name": message})
    return text


def _save_team(team: Team) -> None:
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError as error:
        message = _("Another team of this program has this name.")
        raise DomainError("name_taken", message, status=409, details={"name": message}) from error


@transaction.atomic
def digest_choose(*, actor: Actor, wanted: bool) -> None:
    """Have the weekly digest of this program by mail, or not. Raises Denied for no member."""
    authorise(actor, "core.own_notifications")
    if actor.membership is None:
        raise Denied("core.own_notifications")
    actor.membership.wants_digest = wanted
    actor.membership.save(update_fields=["wants_digest"])
