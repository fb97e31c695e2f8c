"""Insights and opportunities: written, linked, scored, turned into actions."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, lock
from cxportal.core.errors import DomainError
from cxportal.core.models import Membership, as_texts, text_in
from cxportal.core.policies import authorise
from journeys.calc.priority import CONFIDENCES, IMPACTS
from journeys.models import Action, Insight, KanoFeature, Opportunity
from journeys.services.actions import action_create
from journeys.services.evidence_items import insight_comments_set
from journeys.services.journeys import (
    refuse_foreign,
    refuse_invalid,
    refuse_unnamed,
    update_named,
)
from surveys.models import Survey

INSIGHT_LINKS = ("cards",)
INSIGHT_FIELDS = ("kind", "title", "text", "persona", "stage", "touchpoint")
OPPORTUNITY_LINKS = ("insights", "cards")
OPPORTUNITY_FIELDS = (
    "title", "text", "state", "stage", "touchpoint", "owner", "importance", "satisfaction",
    "value", "ease", "urgency", "reach", "impact", "confidence", "effort",
)  # fmt: skip
TITLE_LENGTH = 200


@transaction.atomic
def insight_create(*, actor: Actor, title: Mapping[str, str] | str, **values: Any) -> Insight:
    """Write an insight; `cards` and `comments` are what shows it. Raises DomainError "invalid"."""
    comments = values.pop("comments", ())
    made: Insight = _create(actor, Insight, title, values, INSIGHT_LINKS)
    insight_comments_set(actor, made, comments)
    return made


@transaction.atomic
def insight_update(
    *, actor: Actor, insight: Insight, version: int | None = None, **values: Any
) -> Insight:
    """Change an insight and its links. Raises DomainError "invalid", StaleEdit."""
    comments = values.pop("comments", None)
    changed: Insight = _update(actor, insight, version, values, INSIGHT_FIELDS, INSIGHT_LINKS)
    if comments is not None:
        insight_comments_set(actor, changed, comments)
    return changed


@transaction.atomic
def insight_delete(*, actor: Actor, insight: Insight) -> None:
    """Delete an insight; what it links to stays."""
    authorise(actor, "journeys.change_insights", insight)
    audit(actor=actor, action="insight.delete", obj=insight)
    insight.delete()


@transaction.atomic
def opportunity_create(
    *, actor: Actor, title: Mapping[str, str] | str, **values: Any
) -> Opportunity:
    """Write an opportunity with its scores. Raises DomainError "invalid"."""
    _refuse_unknown_rice(values)
    made: Opportunity = _create(actor, Opportunity, title, values, OPPORTUNITY_LINKS)
    return made


@transaction.atomic
def opportunity_update(
    *, actor: Actor, opportunity: Opportunity, version: int | None = None, **values: Any
) -> Opportunity:
    """Change an opportunity, its scores and links. Raises DomainError "invalid", StaleEdit."""
    _refuse_unknown_rice(values)
    changed: Opportunity = _update(
        actor, opportunity, version, values, OPPORTUNITY_FIELDS, OPPORTUNITY_LINKS
    )
    return changed


@transaction.atomic
def opportunity_delete(*, actor: Actor, opportunity: Opportunity) -> None:
    """Delete an opportunity; its insights and actions stay."""
    authorise(actor, "journeys.change_insights", opportunity)
    audit(actor=actor, action="opportunity.delete", obj=opportunity)
    opportunity.delete()


@transaction.atomic
def opportunity_act(
    *,
    actor: Actor,
    opportunity: Opportunity,
    title: str = "",
    owner: Membership | None = None,
    due: date | None = None,
) -> Action:
    """Make an action of an opportunity in one step; the opportunity counts as chosen."""
    authorise(actor, "journeys.create_actions")
    authorise(actor, "journeys.view_journeys", opportunity)
    held = lock(opportunity)
    action = action_create(
        actor=actor,
        title=(title or text_in(held.title, actor.language))[:TITLE_LENGTH],
        description=text_in(held.text, actor.language),
        owner=owner,
        due=due,
        stage=held.stage,
        touchpoint=held.touchpoint,
        importance=held.value,
        urgency=held.urgency,
        cost=6 - held.ease,
    )
    held.actions.add(action)
    if held.state == Opportunity.State.OPEN:
        held.state = Opportunity.State.CHOSEN
        held.version += 1
        held.save(update_fields=["state", "version", "updated_at"])
    audit(actor=actor, action="opportunity.act", obj=held, changes={"action": action.pk})
    return action


def _refuse_unknown_rice(values: Mapping[str, Any]) -> None:
    impact, confidence = values.get("impact"), values.get("confidence")
    if impact is not None and float(impact) not in IMPACTS:
        message = _("Impact is 3, 2, 1, 0.5 or 0.25.")
        raise DomainError("invalid", message, details={"impact": message})
    if confidence is not None and confidence not in CONFIDENCES:
        message = _("Confidence is 100, 80 or 50 per cent.")
        raise DomainError("invalid", message, details={"confidence": message})


def _create(
    actor: Actor,
    model: Any,
    title: Mapping[str, str] | str,
    values: dict[str, Any],
    links: tuple[str, ...],
) -> Any:
    authorise(actor, "journeys.change_insights")
    language = actor.program.default_language
    texts = as_texts(title, language)
    refuse_unnamed(texts, "title")
    linked = {name: values.pop(name) for name in links if name in values}
    refuse_foreign(actor, values)
    values["text"] = as_texts(values.get("text"), language)
    row = model(program=actor.program, title=texts, **values)
    refuse_invalid(row, [f.name for f in row._meta.concrete_fields if not f.is_relation])
    row.save()
    _link(actor, row, linked)
    audit(actor=actor, action=f"{row._meta.model_name}.create", obj=row)
    return row


def _update(  # noqa: PLR0917
    actor: Actor,
    row: Any,
    version: int | None,
    values: dict[str, Any],
    fields: tuple[str, ...],
    links: tuple[str, ...],
) -> Any:
    authorise(actor, "journeys.change_insights", row)
    linked = {name: values.pop(name) for name in links if name in values}
    action = f"{row._meta.model_name}.update"
    changed = update_named(actor, row, version, values, fields, action)
    _link(actor, changed, linked)
    return changed


def _link(actor: Actor, row: Any, links: Mapping[str, Iterable[Any]]) -> None:
    for name, wanted in links.items():
        chosen = list(wanted)
        for one in chosen:
            refuse_foreign(actor, {name: one})
        getattr(row, name).set(chosen)


@transaction.atomic
def kano_create(
    *,
    actor: Actor,
    name: Mapping[str, str] | str,
    survey: Survey,
    functional_code: str,
    dysfunctional_code: str,
    touchpoint: Any = None,
) -> KanoFeature:
    """Read a feature from two questions of a survey. Raises DomainError "invalid"."""
    authorise(actor, "journeys.change_insights")
    authorise(actor, "surveys.view_surveys", survey)
    texts = as_texts(name, actor.program.default_language)
    refuse_unnamed(texts)
    refuse_foreign(actor, {"touchpoint": touchpoint})
    codes = set(survey.questions.values_list("code", flat=True))
    asked = {"functional_code": functional_code, "dysfunctional_code": dysfunctional_code}
    for field, code in asked.items():
        if code not in codes:
            message = _("The survey has no question “%(code)s”.") % {"code": code}
            raise DomainError("invalid", message, details={field: message})
    feature = KanoFeature.unscoped.create(  # unscoped: the actor's own program
        program=actor.program,
        name=texts,
        survey=survey,
        touchpoint=touchpoint,
        **asked,
    )
    audit(actor=actor, action="kanofeature.create", obj=feature)
    return feature


@transaction.atomic
def kano_delete(*, actor: Actor, feature: KanoFeature) -> None:
    """Stop reading a feature; its answers stay."""
    authorise(actor, "journeys.change_insights", feature)
    audit(actor=actor, action="kanofeature.delete", obj=feature)
    feature.delete()
