"""Who may do what. Predicates take (actor, obj); pages, API and services ask the same ones."""

from typing import Any

import rules

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied


def role_is(*roles: str) -> rules.predicates.Predicate:
    """True for members of these roles and for the portal itself."""

    @rules.predicate("role:" + "|".join(roles))
    def has_role(actor: Actor) -> bool:
        return actor.role in roles or actor.is_system

    return has_role


def scope_is(scope: str) -> rules.predicates.Predicate:
    """True for an API key that carries the scope, for example "customers:write"."""

    @rules.predicate(f"scope:{scope}")
    def has_scope(actor: Actor) -> bool:
        return scope in actor.scopes

    return has_scope


is_owner = role_is("owner")
is_designer = role_is("owner", "designer")
is_manager = role_is("owner", "manager")
is_lead = role_is("owner", "designer", "manager")
is_worker = role_is("owner", "designer", "manager", "staff")
is_member = role_is("owner", "designer", "manager", "staff", "viewer")


@rules.predicate
def sees_personal_data(actor: Actor) -> bool:
    return actor.sees_personal_data


@rules.predicate
def exports_personal_data(actor: Actor) -> bool:
    return actor.exports_personal_data


def may(actor: Actor, permission: str, obj: Any = None) -> bool:
    """Ask one permission; an object of another program is always refused."""
    if obj is not None and getattr(obj, "program_id", actor.program_id) != actor.program_id:
        return False
    return bool(rules.has_perm(permission, actor, obj))


def authorise(actor: Actor, permission: str, obj: Any = None) -> None:
    """First line of every service. Raises Denied."""
    if not rules.perm_exists(permission):
        raise LookupError(f"unknown permission {permission}")
    if not may(actor, permission, obj):
        raise Denied(permission)


rules.add_perm("core.view_program", is_member | scope_is("program:read"))
rules.add_perm("core.change_program", is_owner)
rules.add_perm("core.view_retention", is_owner | scope_is("program:read"))
rules.add_perm("core.change_retention", is_owner | scope_is("program:write"))
rules.add_perm("core.manage_members", is_owner)
rules.add_perm("core.manage_api_keys", is_owner)
rules.add_perm("core.manage_webhooks", is_owner)
rules.add_perm("core.view_audit", is_owner | is_manager)
rules.add_perm("core.view_customers", is_member | scope_is("customers:read"))
rules.add_perm("core.change_customers", is_designer | is_manager | scope_is("customers:write"))
rules.add_perm("core.view_personal_data", sees_personal_data)
rules.add_perm("core.export_personal_data", exports_personal_data)
rules.add_perm("core.erase_customers", exports_personal_data | scope_is("personal_data:write"))
rules.add_perm("core.merge_customers", exports_personal_data | scope_is("personal_data:write"))
rules.add_perm("core.view_segments", is_member | scope_is("segments:read"))
rules.add_perm("core.change_segments", is_designer | scope_is("segments:write"))
rules.add_perm("core.record_consent", is_designer | is_manager | scope_is("customers:write"))
rules.add_perm("core.change_suppressions", is_lead)
rules.add_perm("core.record_events", is_lead | scope_is("events:write"))
rules.add_perm("core.view_events", is_member | scope_is("events:read"))
rules.add_perm("core.view_jobs", is_member)
rules.add_perm("core.own_notifications", is_member)
rules.add_perm("core.save_views", is_member | scope_is("shares:write"))
rules.add_perm("core.view_shares", is_lead | scope_is("shares:read"))
rules.add_perm("core.change_shares", is_lead | scope_is("shares:write"))
rules.add_perm("core.delete_notes", is_lead)
