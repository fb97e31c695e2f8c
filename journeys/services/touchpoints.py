"""Touchpoints: library records, and what is measured at them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.errors import DomainError
from cxportal.core.models import as_texts
from cxportal.core.policies import authorise
from journeys.models import Touchpoint, TouchpointMetric
from journeys.services.codes import code_from
from journeys.services.journeys import (
    refuse_foreign,
    refuse_invalid,
    refuse_unnamed,
    save_unique,
    update_named,
)
from surveys.models import Metric

EDITABLE = (
    "name",
    "description",
    "area",
    "is_active_contact",
    "is_manageable",
    "is_moment_of_truth",
    "is_perceived",
    "channel",
    "importance",
    "expectation",
    "event_kinds",
    "owner",
)
MAX_IMPORTANCE = 10
MAX_WEIGHT = 100


@transaction.atomic
def touchpoint_create(
    *,
    actor: Actor,
    name: Mapping[str, str] | str,
    code: str = "",
    description: Mapping[str, str] | str | None = None,
    **values: Any,
) -> Touchpoint:
    """Add a touchpoint to the library; `importance` is 0–10.

    Raises DomainError "invalid", "code_taken" (409).
    """
    authorise(actor, "journeys.change_journeys")
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise LookupError(f"not a field: {sorted(unknown)}")
    language = actor.program.default_language
    texts = as_texts(name, language)
    refuse_unnamed(texts)
    _refuse_importance(values.get("importance"))
    refuse_foreign(actor, values)
    touchpoint = Touchpoint(
        program=actor.program,
        code=code or code_from(texts, "touchpoint", Touchpoint.objects.for_actor(actor)),
        name=texts,
        description=as_texts(description, language),
        **values,
    )
    save_unique(touchpoint)
    audit(actor=actor, action="touchpoint.create", obj=touchpoint)
    return touchpoint


def touchpoint_ensure(*, actor: Actor, code: str, **values: Any) -> Touchpoint:
    """The touchpoint of this code, made when the library has none."""
    known = Touchpoint.objects.for_actor(actor).filter(code=code).first()
    return known or touchpoint_create(actor=actor, code=code, **values)


def _refuse_importance(importance: Any) -> None:
    if importance is not None and not 0 <= importance <= MAX_IMPORTANCE:
        message = _("Importance lies between 0 and 10.")
        raise DomainError("invalid", message, details={"importance": message})


@transaction.atomic
def touchpoint_update(
    *, actor: Actor, touchpoint: Touchpoint, version: int | None = None, **values: Any
) -> Touchpoint:
    """Change a touchpoint. Raises DomainError "invalid", StaleEdit."""
    authorise(actor, "journeys.change_journeys", touchpoint)
    _refuse_importance(values.get("importance"))
    changed: Touchpoint = update_named(
        actor, touchpoint, version, values, EDITABLE, "touchpoint.update"
    )
    return changed


@transaction.atomic
def touchpoint_delete(*, actor: Actor, touchpoint: Touchpoint) -> None:
    """Delete a touchpoint everywhere; its actions stay without it."""
    authorise(actor, "journeys.change_journeys", touchpoint)
    audit(actor=actor, action="touchpoint.delete", obj=touchpoint)
    touchpoint.delete()


@transaction.atomic
def touchpoint_metric_attach(
    *,
    actor: Actor,
    touchpoint: Touchpoint,
    metric: Metric,
    weight: Decimal | float = 1,
    aspect: str = TouchpointMetric.Aspect.PERFORMANCE,
    competitor: str = "",
) -> TouchpointMetric:
    """Measure a touchpoint by a metric; attaching it again changes weight and aspect.

    With the aspect "competitor" it is the score of the one named. Raises DomainError "invalid".
    """
    authorise(actor, "journeys.change_journeys", touchpoint)
    authorise(actor, "surveys.view_metrics", metric)
    if not 0 <= weight <= MAX_WEIGHT:
        message = _("A weight lies between 0 and 100.")
        raise DomainError("invalid", message, details={"weight": message})
    name = competitor.strip()
    if (aspect == TouchpointMetric.Aspect.COMPETITOR) != bool(name):
        message = _("Name the competitor whose score it is, and nobody for a score of ours.")
        raise DomainError("invalid", message, details={"competitor": message})
    trial = TouchpointMetric(weight=weight, aspect=aspect, competitor=name)
    refuse_invalid(trial, ("weight", "aspect", "competitor"))
    link, _is_new = TouchpointMetric.unscoped.update_or_create(  # unscoped: authorised above
        touchpoint=touchpoint,
        metric=metric,
        defaults={
            "program": actor.program,
            "weight": weight,
            "aspect": aspect,
            "competitor": name,
        },
    )
    changes = {"metric": metric.pk, "weight": weight, "aspect": aspect, "competitor": name}
    audit(actor=actor, action="touchpoint.attach", obj=touchpoint, changes=changes)
    return link


@transaction.atomic
def touchpoint_metric_detach(*, actor: Actor, link: TouchpointMetric) -> None:
    """Stop measuring a touchpoint by a metric; the metric stays."""
    authorise(actor, "journeys.change_journeys", link.touchpoint)
    changes = {"metric": link.metric_id}
    audit(actor=actor, action="touchpoint.detach", obj=link.touchpoint, changes=changes)
    link.delete()
