"""Fields every serializer needs: texts in several languages and foreign keys of one's own."""

import re
from collections.abc import Iterator
from typing import Any

import orjson
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cxportal.core.actors import Actor
from cxportal.core.models import Customer, Membership
from cxportal.core.models.fields import as_texts, validate_texts

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?", re.ASCII)
MAX_ID = 2**63 - 1


def actor_of(serializer: Any) -> Actor:
    """The actor behind a serializer or field."""
    actor: Actor = serializer.context["request"].user.actor
    return actor


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string"},
            {"type": "object", "additionalProperties": {"type": "string"}},
        ]
    }
)
class I18nField(serializers.Field[Any, Any, Any, Any]):
    """Reads a string (kept under the program's default language) or {"en": …, "ko": …}."""

    default_error_messages = {
        "required_text": _("Give a text in at least one language."),
        "too_long": _("At most {max} characters."),
        "bad_language": _("Write the language as a code, for example “ko” or “en”."),
    }

    def __init__(self, *, max_length: int = 2000, **kwargs: Any) -> None:
        self.max_length = max_length
        super().__init__(**kwargs)

    def to_representation(self, value: Any) -> dict[str, str]:
        return dict(value or {})

    def to_internal_value(self, data: Any) -> dict[str, str]:
        if not isinstance(data, str | dict):
            self.fail("required_text")
        texts = as_texts(data, actor_of(self).program.default_language)
        try:
            validate_texts(texts)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error
        if not all(LANGUAGE.fullmatch(language) for language in texts):
            self.fail("bad_language")
        if any(len(text) > self.max_length for text in texts.values()):
            self.fail("too_long", max=self.max_length)
        if any("\x00" in text for text in texts.values()) or (self.required and not texts):
            self.fail("required_text")
        return texts


@extend_schema_field({"type": "object", "additionalProperties": True})
class JsonField(serializers.Field[Any, Any, Any, Any]):
    """A JSON object of free shape: bounded, and without the one character no database keeps."""

    default_error_messages = {
        "not_an_object": _("Send an object."),
        "too_big": _("At most {max} bytes."),
        "nul": _("The text holds a NUL character, which cannot be stored."),
        "number": _("A number is too large."),
    }

    def __init__(self, *, max_bytes: int = 64_000, **kwargs: Any) -> None:
        self.max_bytes = max_bytes
        super().__init__(**kwargs)

    def to_representation(self, value: Any) -> Any:
        return value

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("not_an_object")
        if len(orjson.dumps(data)) > self.max_bytes:
            self.fail("too_big", max=self.max_bytes)
        for leaf in leaves(data):
            if isinstance(leaf, str) and "\x00" in leaf:
                self.fail("nul")
            # A whole number beyond 64 bits arrives as a float of this size.
            if isinstance(leaf, float) and abs(leaf) > MAX_ID:
                self.fail("number")
        return dict(data)


def leaves(value: Any) -> Iterator[Any]:
    """Every key and every plain value of a JSON value."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    else:
        yield value


class ScopedPrimaryKeyRelatedField(serializers.PrimaryKeyRelatedField[Any]):
    """A related id, looked up among the actor's own rows only."""

    def __init__(self, *, model: Any = None, **kwargs: Any) -> None:
        self.model = model
        if model is not None:
            kwargs.setdefault("queryset", model.unscoped.none())  # unscoped: replaced per request
        super().__init__(**kwargs)

    def get_queryset(self) -> Any:
        return self.model.objects.for_actor(actor_of(self))

    def to_internal_value(self, data: Any) -> Any:
        is_text = isinstance(data, str) and data.isascii() and data.isdigit() and len(data) < 20
        if not is_text and (not isinstance(data, int) or isinstance(data, bool)):
            self.fail("incorrect_type", data_type=type(data).__name__)
        if not 0 < int(data) <= MAX_ID:
            self.fail("does_not_exist", pk_value=data)
        try:
            return super().to_internal_value(data)
        except (OverflowError, ObjectDoesNotExist):
            self.fail("does_not_exist", pk_value=data)


@extend_schema_field({"type": "string", "format": "email"})
class MemberField(serializers.Field[Any, Any, Any, Any]):
    """A member of the program, named by e-mail address; shown by it to who may see persons."""

    default_error_messages = {
        "no_member": _("No member of this program has this e-mail address."),
    }

    def to_internal_value(self, data: Any) -> Any:
        address = serializers.EmailField(max_length=254).run_validation(data)
        members = Membership.objects.for_actor(actor_of(self)).filter(is_active=True)
        found = members.filter(user__email__iexact=address).select_related("user").first()
        return found or self.fail("no_member")

    def to_representation(self, value: Any) -> Any:
        return value.user.email if actor_of(self).sees_personal_data else None


class OwnerField(MemberField):
    """Like MemberField, for records that are owned by the person, not the membership."""

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data).user

    def to_representation(self, value: Any) -> Any:
        return value.email if actor_of(self).sees_personal_data else None


def owner_email() -> OwnerField:
    """The field `owner_email` of a record whose `owner` is a person."""
    return OwnerField(source="owner", required=False, allow_null=True)


@extend_schema_field({"type": "string", "maxLength": 120})
class CustomerField(serializers.Field[Any, Any, Any, Any]):
    """A customer of the program, named by external_id."""

    default_error_messages = {
        "no_customer": _("No customer of this program has this external id."),
    }

    def to_internal_value(self, data: Any) -> Any:
        external_id = serializers.CharField(max_length=120).run_validation(data)
        known = Customer.objects.for_actor(actor_of(self))
        found = known.filter(external_id=external_id, erased_at=None).first()
        return found or self.fail("no_customer")

    def to_representation(self, value: Any) -> str:
        return str(value.external_id)
