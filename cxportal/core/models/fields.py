"""Texts that a program keeps in several languages."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

MAX_TEXT = 20_000


def text_in(value: Mapping[str, str] | str | None, language: str = "", fallback: str = "") -> str:
    """Pick the text for a language: the asked one, the fallback, then any that is filled."""
    if not value:
        return ""
    if isinstance(value, str):
        return value
    wanted = (language or get_language() or "en").split("-")[0]
    for code in (wanted, fallback, *value):
        if code and value.get(code):
            return value[code]
    return ""


def as_texts(value: Mapping[str, str] | str | None, language: str) -> dict[str, str]:
    """Bring a plain string or a mapping to the stored shape {"en": …, "ko": …}."""
    if not value:
        return {}
    if isinstance(value, str):
        return {language: value}
    return {code: text for code, text in value.items() if text}


def validate_texts(value: Any) -> None:
    """Refuse anything but a mapping of language codes to strings of bounded length."""
    good = isinstance(value, dict) and all(
        isinstance(k, str) and isinstance(v, str) and len(k) <= 8 and len(v) <= MAX_TEXT
        for k, v in value.items()
    )
    if not good:
        raise ValidationError(_("Give a text per language, for example {“en”: “Delivery”}."))


class I18nTextField(models.JSONField):
    """One text in several languages: {"en": "Delivery", "ko": "배송"}."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        kwargs.setdefault("validators", [validate_texts])
        super().__init__(*args, **kwargs)
