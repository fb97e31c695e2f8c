"""Who may design, send and read."""

import rules

from cxportal.core.actors import Actor
from cxportal.core.policies import (
    is_designer,
    is_lead,
    is_manager,
    is_member,
    is_owner,
    is_worker,
    scope_is,
    sees_personal_data,
)


@rules.predicate
def is_published(actor: Actor, survey: object) -> bool:
    """Staff and viewers see surveys from their first publication on."""
    return survey is None or getattr(survey, "current_version_id", None) is not None


@rules.predicate
def starts_campaigns(actor: Actor) -> bool:
    return actor.membership is None or actor.membership.starts_campaigns


rules.add_perm(
    "surveys.view_surveys", is_lead | is_member & is_published | scope_is("surveys:read")
)
rules.add_perm("surveys.comment_surveys", is_lead | scope_is("surveys:write"))
rules.add_perm("surveys.change_surveys", is_designer | scope_is("surveys:write"))
rules.add_perm("surveys.view_campaigns", is_member | scope_is("campaigns:read"))
rules.add_perm("surveys.change_campaigns", is_designer | scope_is("campaigns:write"))
rules.add_perm(
    "surveys.start_campaigns",
    is_designer & starts_campaigns | is_manager | scope_is("campaigns:write"),
)
rules.add_perm("surveys.change_consent_notices", is_owner | scope_is("campaigns:write"))
rules.add_perm("surveys.view_links", is_designer & sees_personal_data | scope_is("campaigns:write"))
rules.add_perm("surveys.view_responses", is_member | scope_is("responses:read"))
rules.add_perm("surveys.change_responses", is_designer | scope_is("responses:write"))
rules.add_perm("surveys.make_dashboards", is_member | scope_is("metrics:write"))
rules.add_perm("surveys.export_responses", is_lead | scope_is("responses:read"))
rules.add_perm("surveys.view_metrics", is_member | scope_is("metrics:read"))
rules.add_perm("surveys.change_metrics", is_designer | scope_is("metrics:write"))
rules.add_perm("surveys.view_reports", is_worker | is_member | scope_is("metrics:read"))
rules.add_perm("surveys.view_comments", is_member | scope_is("comments:read"))
rules.add_perm("surveys.record_comments", is_worker | scope_is("comments:write"))
rules.add_perm("surveys.change_comments", is_worker | scope_is("comments:write"))
rules.add_perm("surveys.delete_comments", is_lead | scope_is("comments:write"))
rules.add_perm("surveys.change_topics", is_lead | scope_is("comments:write"))
