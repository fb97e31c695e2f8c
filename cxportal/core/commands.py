"""What every service begins and ends with: the version check and the audit entry."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError, StaleEdit
from cxportal.core.models import AuditEntry, OutboxEvent, VersionedModel

T = TypeVar("T", bound=models.Model)

#: For a command that is one statement: columns and values of its line in the audit trail; the
#: statement adds `changes` and `at`.
AUDIT_COLUMNS = (
    "program_id, actor_label, user_id, api_key_id, action, object_type, object_id, object_label"
)
AUDIT_VALUES = """%(program)s::bigint, %(audit_actor)s::text, %(audit_user)s::bigint,
  %(audit_key)s::bigint, %(audit_action)s::text, %(audit_type)s::text, %(audit_id)s::bigint,
  %(audit_label)s::text"""


def audit(
    *, actor: Actor, action: str, obj: models.Model | None, changes: Mapping[str, Any] | None = None
) -> AuditEntry:
    """Record a command in the caller's transaction; `changes` maps fields to [before, after]."""
    return AuditEntry.unscoped.create(  # unscoped: written for the actor's own program
        program=actor.program,
        actor_label=actor.label[:200],
        user=actor.user,
        api_key=actor.api_key,
        action=action,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=obj.pk if obj is not None else None,
        object_label=str(obj)[:200] if obj is not None else "",
        changes=_plain(changes or {}),
    )


def audit_values(  # in the order of the line
    actor: Actor, action: str, object_type: str, object_id: int, object_label: str
) -> dict[str, Any]:
    """What AUDIT_VALUES stand for."""
    return {
        "program": actor.program_id,
        "audit_actor": actor.label[:200],
        "audit_user": actor.user.pk if actor.user else None,
        "audit_key": actor.api_key.pk if actor.api_key else None,
        "audit_action": action,
        "audit_type": object_type,
        "audit_id": object_id,
        "audit_label": object_label[:200],
    }


def _plain(value: Any) -> Any:
    """Bring values into a form that JSON keeps."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(v) for v in value]
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, models.Model):
        return value.pk
    return str(value)


def emit(*, actor: Actor, event: str, payload: Mapping[str, Any]) -> None:
    """Put an event for webhooks into the outbox, in the caller's transaction."""
    OutboxEvent.unscoped.create(  # unscoped: written for the actor's own program
        program=actor.program,
        topic="events",
        payload={"event": event, "at": timezone.now().isoformat(), "data": _plain(payload)},
    )


def changed_fields(obj: models.Model, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """{field: [before, after]} for those values that differ from the object's."""
    return {
        name: [getattr(obj, name), value]
        for name, value in values.items()
        if getattr(obj, name) != value
    }


def expect_version(obj: VersionedModel, version: int | None, shown: Iterable[str] = ()) -> None:
    """Raise StaleEdit when the caller edited an older version; None skips the check.

    `shown` names the fields whose stored values the answer carries.
    """
    if version is not None and version != obj.version:
        current = {name: _plain(getattr(obj, name)) for name in shown}
        raise StaleEdit({"version": obj.version, **current})


def save_version(obj: VersionedModel, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set values, grow the version by one and save only what changed; returns the changes.

    The caller holds the row lock (`lock`). Nothing changed: nothing is written.
    """
    changes = changed_fields(obj, values)
    if not changes:
        return {}
    for name, (_before, after) in changes.items():
        setattr(obj, name, after)
    obj.version += 1
    obj.save(update_fields=[*changes, "version", "updated_at"])
    return changes


def lock(obj: T) -> T:
    """The same row, fresh and locked until the transaction ends."""
    manager = type(obj)._default_manager  # the row was fetched for the actor before
    return manager.select_for_update(of=("self",)).get(pk=obj.pk)


def check_fields(obj: models.Model) -> None:
    """Raise DomainError "invalid" with a sentence per field that is out of its bounds.

    Relations are left to the database; long texts are held to their max_length, which Django
    leaves to forms.
    """
    try:
        obj.clean_fields(exclude=[f.name for f in obj._meta.fields if f.is_relation])
        _check_lengths(obj)
    except ValidationError as error:
        details = {name: " ".join(found) for name, found in error.message_dict.items()}
        raise DomainError("invalid", " ".join(details.values()), details=details) from error


def _check_lengths(obj: models.Model) -> None:
    for field in obj._meta.fields:
        most = field.max_length if isinstance(field, models.TextField) else None
        if most is not None and len(getattr(obj, field.name) or "") > most:
            raise ValidationError({field.name: [_("At most %(max)s characters.") % {"max": most}]})


def tidy(values: Mapping[str, Any]) -> dict[str, Any]:
    """Texts without blanks around them and without the one character no database keeps."""
    return {
        name: value.replace("\x00", "").strip() if isinstance(value, str) else value
        for name, value in values.items()
    }


def refuse_foreign(actor: Actor, linked: Mapping[str, Any]) -> None:
    """Links stay inside the program; another program's row is as good as missing.

    Raises DomainError "not_found" (404) naming the field.
    """
    for name, value in linked.items():
        if getattr(value, "program_id", actor.program_id) != actor.program_id:
            message = _("This does not exist in this program.")
            raise DomainError("not_found", message, status=404, details={name: message})
