"""What the looks, settings, quotas, endings and access of a survey must fulfil."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from surveys.services.drafts import checked_texts, invalid
from surveys.services.question_checks import checked_condition

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_CODE = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_LINK = re.compile(r"https?://[^\s\"'<>]{3,500}")
_LOGO = re.compile(r"file:\d{1,18}")
#: Respondents' pages may use these; each is a list of fonts the device has.
FONTS = ("system", "serif", "rounded", "mono")
BUTTONS = ("next", "back", "send", "start")
SETTINGS = ("one_per_page", "hide_progress", "hide_back", "show_results")
MAX_QUOTAS, MAX_ENDINGS, MAX_LIMIT = 50, 20, 10_000_000
ACCESS_NUMBERS = {
    "max_responses": (1, MAX_LIMIT),
    "change_minutes": (1, 60 * 24 * 30),
    "kiosk_seconds": (5, 600),
}


def checked_workings(values: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The clean theme, settings, quotas and endings among the values to change."""
    checks = {
        "theme": checked_theme,
        "settings": _settings,
        "quotas": _quotas,
        "endings": _endings,
    }
    return {name: check(values[name], language) for name, check in checks.items() if name in values}


def checked_theme(theme: Any, language: str) -> dict[str, Any]:
    """{"brand", "logo", "font", "buttons"}. Raises DomainError "invalid"."""
    if not isinstance(theme, Mapping) or set(theme) - {"brand", "logo", "font", "buttons"}:
        raise invalid(_("A theme has a colour, a logo, a font and words of buttons."), "theme")
    kept: dict[str, Any] = {}
    if theme.get("brand"):
        if not _COLOUR.fullmatch(str(theme["brand"])):
            raise invalid(_("Give the colour as six digits, for example #0b6e69."), "theme")
        kept["brand"] = theme["brand"]
    if theme.get("logo"):
        if not _LOGO.fullmatch(str(theme["logo"])):
            raise invalid(_("Name the logo by the file you brought."), "theme")
        kept["logo"] = theme["logo"]
    if theme.get("font") and theme["font"] != FONTS[0]:
        if theme["font"] not in FONTS:
            raise invalid(_("There is no such font."), "theme")
        kept["font"] = theme["font"]
    buttons = _button_words(theme.get("buttons"), language)
    return {**kept, "buttons": buttons} if buttons else kept


def _button_words(buttons: Any, language: str) -> dict[str, dict[str, str]]:
    if not buttons:
        return {}
    if not isinstance(buttons, Mapping) or set(buttons) - set(BUTTONS):
        raise invalid(_("These are no buttons of a survey."), "theme")
    texts = {name: checked_texts(words, language, "theme") for name, words in buttons.items()}
    if any(len(word) > 40 for words in texts.values() for word in words.values()):
        raise invalid(_("The words of a button have at most 40 characters."), "theme")
    return {name: words for name, words in texts.items() if words}


def _settings(settings: Any, _language: str) -> dict[str, Any]:
    if not isinstance(settings, Mapping) or set(settings) - set(SETTINGS):
        raise invalid(_("The survey has no such setting."), "settings")
    return {name: True for name in SETTINGS if settings.get(name)}


def _listed(value: Any, most: int, field: str) -> list[Mapping[str, Any]]:
    good = isinstance(value, list) and all(isinstance(part, Mapping) for part in value)
    if not good or len(value) > most:
        raise invalid(_("Give at most %(most)s as a list.") % {"most": most}, field)
    return list(value)


def _quotas(quotas: Any, language: str) -> list[dict[str, Any]]:
    kept, codes = [], set()
    for number, quota in enumerate(_listed(quotas, MAX_QUOTAS, "quotas"), 1):
        code = str(quota.get("code") or f"quota{number}")
        limit, action = quota.get("limit"), quota.get("action", "disqualify")
        if not _CODE.fullmatch(code) or code in codes:
            raise invalid(_("Each quota needs a code of its own."), "quotas")
        if isinstance(limit, bool) or not isinstance(limit, int) or not 0 <= limit <= MAX_LIMIT:
            raise invalid(_("A quota takes a whole number of answers."), "quotas")
        if action not in ("disqualify", "end"):
            raise invalid(_("A full quota ends the survey or screens out."), "quotas")
        codes.add(code)
        texts = checked_texts(quota.get("text"), language, "quotas")
        kept.append(
            {
                "code": code,
                "name": str(quota.get("name") or code)[:120],
                "if": checked_condition(quota.get("if"), "quotas"),
                "limit": limit,
                "action": action,
                **({"text": texts} if texts else {}),
            }
        )
    return kept


def _endings(endings: Any, language: str) -> list[dict[str, Any]]:
    kept = []
    for ending in _listed(endings, MAX_ENDINGS, "endings"):
        clean: dict[str, Any] = {
            "if": checked_condition(ending.get("if"), "endings"),
            "text": checked_texts(ending.get("text"), language, "endings"),
        }
        url = str(ending.get("url") or "")
        if url:
            if not _LINK.fullmatch(url):
                raise invalid(_("A link begins with https://."), "endings")
            clean["url"] = url
            clean["link"] = checked_texts(ending.get("link"), language, "endings")
        if ending.get("contact"):
            clean["contact"] = True
        kept.append(clean)
    return kept


def checked_access(access: Any, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Closing date, most answers, password, minutes to change, seconds of a kiosk.

    A password comes in words and is kept as a hash; None keeps the stored one, "" takes it off.
    """
    names = {"closes_at", "password", *ACCESS_NUMBERS}
    if not isinstance(access, Mapping) or set(access) - names:
        raise invalid(_("The survey has no such setting."), "access")
    kept: dict[str, Any] = {}
    if access.get("closes_at"):
        kept["closes_at"] = _moment(access["closes_at"]).isoformat()
    for name, (least, most) in ACCESS_NUMBERS.items():
        number = access.get(name)
        if number is None:
            continue
        if isinstance(number, bool) or not isinstance(number, int) or not least <= number <= most:
            sentence = _("Give a whole number from %(least)s to %(most)s.")
            raise invalid(sentence % {"least": least, "most": most}, name)
        kept[name] = number
    password = access.get("password")
    if password is None and stored.get("password"):
        kept["password"] = stored["password"]
    elif password:
        kept["password"] = make_password(str(password)[:200])
    return kept


def _moment(value: Any) -> datetime:
    try:
        moment = value if isinstance(value, datetime) else parse_datetime(str(value))
    except ValueError:
        moment = None
    if moment is None or timezone.is_naive(moment):
        sentence = _("Give a time with its zone, like 2026-11-24T10:30:00+09:00.")
        raise invalid(sentence, "closes_at")
    return moment
