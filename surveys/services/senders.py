"""Sender identities: whom messages come from."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, expect_version, lock, save_version
from cxportal.core.errors import DomainError
from cxportal.core.policies import authorise
from surveys.calc.merge_tags import header_safe
from surveys.calc.sms import number_normalised
from surveys.models import SenderIdentity
from surveys.services.campaign_values import bad

_FIELDS = ("name", "email", "reply_to", "phone")


@transaction.atomic
def sender_create(*, actor: Actor, name: str, **values: str) -> SenderIdentity:
    """Add an identity: `email`, `reply_to`, `phone`. Raises DomainError "invalid", "name_taken"."""
    authorise(actor, "surveys.change_campaigns")
    sender = SenderIdentity(program=actor.program, **_checked({"name": name, **values}))
    _save(sender)
    audit(actor=actor, action="sender.create", obj=sender)
    return sender


@transaction.atomic
def sender_update(
    *, actor: Actor, sender: SenderIdentity, version: int | None = None, **values: str
) -> SenderIdentity:
    """Change an identity; messages not yet sent come from what it says then."""
    authorise(actor, "surveys.change_campaigns", sender)
    stored = lock(sender)
    expect_version(stored, version, _FIELDS)
    try:
        with transaction.atomic():
            changes = save_version(stored, _checked(values))
    except IntegrityError as error:
        raise _taken() from error
    if changes:
        audit(actor=actor, action="sender.update", obj=stored, changes=changes)
    return stored


@transaction.atomic
def sender_delete(*, actor: Actor, sender: SenderIdentity) -> None:
    """Remove an identity no campaign uses. Raises DomainError "in_use" (409)."""
    authorise(actor, "surveys.change_campaigns", sender)
    audit(actor=actor, action="sender.delete", obj=sender)
    try:
        sender.delete()
    except ProtectedError as error:
        message = _("Campaigns use this sender. Give them another one first.")
        raise DomainError("in_use", message, status=409) from error


def _save(sender: SenderIdentity) -> None:
    try:
        with transaction.atomic():
            sender.save()
    except IntegrityError as error:
        raise _taken() from error


def _taken() -> DomainError:
    message = _("There is a sender of this name already.")
    return DomainError("name_taken", message, status=409, details={"name": message})


def _checked(values: dict[str, str]) -> dict[str, Any]:
    unknown = set(values) - set(_FIELDS)
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    found = {field: " ".join((text or "").split()) for field, text in values.items()}
    if "name" in found:
        found["name"] = header_safe(found["name"])
        if not found["name"] or len(found["name"]) > 120:
            raise bad("name", _("Give the sender a name of at most 120 letters."))
    for field in ("email", "reply_to"):
        if found.get(field):
            _expect_address(field, found[field])
    if found.get("phone") and not 3 <= len(number_normalised(found["phone"])) <= 15:
        raise bad("phone", _("Write the number with its digits, for example 02-123-4567."))
    return found


def _expect_address(field: str, text: str) -> None:
    try:
        validate_email(text)
    except ValidationError:
        raise bad(field, _("This is not an address one can write to.")) from None
