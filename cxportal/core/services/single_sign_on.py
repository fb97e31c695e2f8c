"""Memberships that a company's sign-on gives by its groups."""

from collections.abc import Mapping

from django.db import transaction

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.models import Membership, Program, Role, User


@transaction.atomic
def roles_apply(*, user: User, roles: Mapping[str, str]) -> list[Membership]:
    """Give the person these roles (by the program's slug); returns what was changed.

    A program the groups say nothing about is left as it is, and the last owner of a program
    stays one: a mistake in the provider's groups must lock nobody out.
    """
    changed = []
    for program in Program.objects.filter(slug__in=roles):
        role = roles[program.slug]
        member, made = Membership.unscoped.get_or_create(  # unscoped: the sign-on names the program
            program=program,
            user=user,
            defaults={"role": role, "sees_personal_data": role != Role.VIEWER},
        )
        if not made and ((member.role == role and member.is_active) or _last_owner(member)):
            continue
        before = None if made else member.role
        member.role, member.is_active = role, True
        member.save(update_fields=["role", "is_active"])
        changes = {"role": [before, role], "by": [None, "single sign-on"]}
        audit(actor=Actor.system(program), action="member.sign_on", obj=member, changes=changes)
        changed.append(member)
    return changed


def _last_owner(member: Membership) -> bool:
    if member.role != Role.OWNER or not member.is_active:
        return False
    owners = Membership.unscoped.filter(  # unscoped: the member's own program
        program=member.program, role=Role.OWNER, is_active=True
    )
    return owners.count() == 1
