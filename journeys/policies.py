"""Who may draw journeys and move actions."""

import rules

from cxportal.core.actors import Actor
from cxportal.core.policies import is_designer, is_lead, is_member, is_worker, role_is, scope_is


@rules.predicate
def is_own_action(actor: Actor, action: object) -> bool:
    """Staff change what they logged, own, or what is their team's."""
    if action is None:
        return True
    me = actor.membership.pk if actor.membership else None
    mine = me is not None and getattr(action, "owner_id", None) == me
    logged = actor.user is not None and getattr(action, "created_by_id", None) == actor.user.pk
    return mine or logged or getattr(action, "team_id", None) in actor.team_ids


@rules.predicate
def is_own_case(actor: Actor, case: object) -> bool:
    """Staff work on cases they own, of their teams, and on those nobody has taken yet."""
    if case is None:
        return True
    me = actor.membership.pk if actor.membership else None
    owner, team = getattr(case, "owner_id", None), getattr(case, "team_id", None)
    is_free = owner is None and team is None
    return is_free or (me is not None and owner == me) or team in actor.team_ids


rules.add_perm("journeys.view_journeys", is_member | scope_is("journeys:read"))
rules.add_perm("journeys.change_journeys", is_designer | scope_is("journeys:write"))
rules.add_perm("journeys.comment_journeys", is_worker | scope_is("journeys:write"))
rules.add_perm("journeys.change_insights", is_lead | is_designer | scope_is("journeys:write"))
rules.add_perm("journeys.train_behaviours", is_lead | is_designer | scope_is("journeys:write"))
rules.add_perm("journeys.view_boards", is_member | scope_is("actions:read"))
rules.add_perm("journeys.change_boards", is_lead | scope_is("actions:write"))
rules.add_perm("journeys.create_actions", is_worker | scope_is("actions:write"))
rules.add_perm(
    "journeys.change_actions",
    is_lead | role_is("staff") & is_own_action | scope_is("actions:write"),
)
rules.add_perm("journeys.comment_actions", is_worker | scope_is("actions:write"))
rules.add_perm("journeys.run_meetings", is_lead | is_designer | scope_is("actions:write"))
rules.add_perm("journeys.view_cases", is_member | scope_is("cases:read"))
rules.add_perm("journeys.create_cases", is_worker | scope_is("cases:write"))
rules.add_perm(
    "journeys.change_cases",
    is_lead | role_is("staff") & is_own_case | scope_is("cases:write"),
)
rules.add_perm("journeys.comment_cases", is_worker | scope_is("cases:write"))
rules.add_perm("journeys.change_case_rules", is_lead | scope_is("cases:write"))
rules.add_perm(
    "journeys.view_automations",
    role_is("owner", "designer", "manager") | scope_is("cases:read"),
)
rules.add_perm("journeys.change_automations", is_designer | scope_is("cases:write"))
rules.add_perm("journeys.assign_accounts", is_lead | scope_is("cases:write"))
rules.add_perm("journeys.propose_ideas", is_worker | scope_is("actions:write"))
rules.add_perm("journeys.decide_ideas", is_lead | scope_is("actions:write"))
