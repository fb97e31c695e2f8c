"""Fields every serializer needs: texts in several languages and foreign keys of one's own."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cxportal.core.actors import Actor
from cxportal.core.models.fields import as_texts, validate_texts


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
    }

    def __init__(self, *, max_length: int = 2000, **kwargs: Any) -> None:
        self.max_length = max_length
        super().__init__(**kwargs)

    def to_representation(self, value: Any) -> dict[str, str]:
        return dict(value or {})

    def to_internal_value(self, data: Any) -> dict[str, str]:
        if not isinstance(data, str | dict):
            raise serializers.ValidationError(self.error_messages["required_text"])
        texts = as_texts(data, actor_of(self).program.default_language)
        try:
            validate_texts(texts)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error
        if any(len(text) > self.max_length for text in texts.values()):
            self.fail("too_long", max=self.max_length)
        if any("\x00" in text for text in texts.values()) or (self.required and not texts):
            self.fail("required_text")
        return texts


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
        try:
            return super().to_internal_value(data)
        except (OverflowError, ObjectDoesNotExist):
            self.fail("does_not_exist", pk_value=data)
