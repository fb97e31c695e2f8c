"""Commands on technologies and processes: one shape, two records."""

from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, expect_version, lock, save_version
from cxportal.core.errors import DomainError
from cxportal.core.models import VersionedModel
from cxportal.core.policies import authorise
from loyalty.models import Process, Technology
from loyalty.technology_catalogue import BY_CODE

R = TypeVar("R", Technology, Process)
_SHOWN: dict[type[VersionedModel], tuple[str, ...]] = {
    Technology: ("name", "state", "layer", "used_by", "project", "yearly_cost"),
    Process: ("name", "state", "departments", "customer_fit", "organisation_fit"),
}


@transaction.atomic
def record_create(*, actor: Actor, model: type[R], **values: Any) -> R:
    """Add a technology or process. Raises DomainError "invalid" that names the fields."""
    authorise(actor, "loyalty.change_steering")
    _check(actor, model, values)
    made = model.unscoped.create(program=actor.program, **values)  # unscoped: actor's own program
    audit(actor=actor, action=f"{model._meta.model_name}.create", obj=made)
    return made


@transaction.atomic
def record_update(*, actor: Actor, record: R, version: int | None = None, **values: Any) -> R:
    """Change a technology or process. Raises DomainError "invalid", StaleEdit."""
    authorise(actor, "loyalty.change_steering", record)
    stored = lock(record)
    expect_version(stored, version, _SHOWN[type(stored)])
    _check(actor, type(stored), values)
    changes = save_version(stored, values)
    if changes:
        action = f"{stored._meta.model_name}.update"
        audit(actor=actor, action=action, obj=stored, changes=changes)
    return stored


@transaction.atomic
def record_delete(*, actor: Actor, record: Technology | Process) -> None:
    """Delete a technology or process; what it names stays."""
    authorise(actor, "loyalty.change_steering", record)
    audit(actor=actor, action=f"{record._meta.model_name}.delete", obj=record)
    record.delete()


def _check(actor: Actor, model: type[VersionedModel], values: dict[str, Any]) -> None:
    faults: dict[str, str] = {}
    if "name" in values and not (
        any(values["name"].values()) if isinstance(values["name"], dict) else values["name"].strip()
    ):
        faults["name"] = _("Give it a name.")
    if model is Technology and "kind" in values and values["kind"] not in BY_CODE:
        faults["kind"] = _("Choose one of the kinds.")
    for name in ("customer_fit", "organisation_fit"):
        if values.get(name) is not None and not 1 <= values[name] <= 5:
            faults[name] = _("A fit is 1 to 5.")
    cost = values.get("yearly_cost")
    if cost is not None and cost < 0:
        faults["yearly_cost"] = _("A cost is zero or more.")
    for name in ("metric", "proposition"):
        linked = values.get(name)
        if linked is not None and linked.program_id != actor.program_id:
            faults[name] = _("This is not of this program.")
    if faults:
        raise DomainError("invalid", _("Some fields need mending."), details=faults)
