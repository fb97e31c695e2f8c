"""Who may see money and shape promises."""

import rules

from cxportal.core.policies import is_lead, is_manager, is_member, role_is, scope_is

rules.add_perm(
    "loyalty.view_transactions",
    role_is("owner", "designer", "manager", "viewer") | scope_is("transactions:read"),
)
rules.add_perm("loyalty.change_transactions", is_manager | scope_is("transactions:write"))
rules.add_perm(
    "loyalty.view_value", role_is("owner", "designer", "manager", "viewer") | scope_is("value:read")
)
rules.add_perm("loyalty.change_value", is_manager | scope_is("value:write"))
rules.add_perm("loyalty.view_points", is_member | scope_is("points:read"))
rules.add_perm("loyalty.change_points", is_manager | scope_is("points:write"))
rules.add_perm("loyalty.view_propositions", is_member | scope_is("propositions:read"))
rules.add_perm("loyalty.change_propositions", is_manager | scope_is("propositions:write"))
rules.add_perm(
    "loyalty.view_scorecard",
    role_is("owner", "designer", "manager", "viewer") | scope_is("scorecard:read"),
)
rules.add_perm("loyalty.change_scorecard", is_manager | scope_is("scorecard:write"))
# Whoever owns a KPI writes what happened in its month.
rules.add_perm("loyalty.comment_scorecard", is_lead | scope_is("scorecard:write"))
rules.add_perm("loyalty.view_assessments", is_member | scope_is("scorecard:read"))
rules.add_perm("loyalty.answer_assessments", is_member)
rules.add_perm("loyalty.change_assessments", is_manager | scope_is("scorecard:write"))
rules.add_perm("loyalty.view_steering", is_member | scope_is("scorecard:read"))
rules.add_perm("loyalty.change_steering", is_lead | scope_is("scorecard:write"))
