"""How a survey looks, runs, ends and whom it lets in: one small form for each."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.forms.base import ScopedForm
from surveys.forms.question_settings import select, whole
from surveys.forms.rules import GroupLines, GroupsForm
from surveys.forms.texts import merged, survey_texts
from surveys.models import Survey
from surveys.queries.logic_words import RuleWords
from surveys.services.survey_checks import ACCESS_NUMBERS, BUTTONS, FONTS, SETTINGS

FONT_WORDS = {
    "system": _("The device's own"),
    "serif": _("With serifs"),
    "rounded": _("Rounded"),
    "mono": _("Typewriter"),
}
BUTTON_WORDS = {
    "next": _("Button “Next”"),
    "back": _("Button “Back”"),
    "send": _("Button “Send answers”"),
    "start": _("Button “Begin”"),
}
SETTING_WORDS = {
    "one_per_page": _("One question a page"),
    "hide_progress": _("No progress bar"),
    "hide_back": _("No way back"),
    "show_results": _("Show respondents the scores after they answered"),
}
assert set(FONT_WORDS) == set(FONTS)
assert set(BUTTON_WORDS) == set(BUTTONS)
assert set(SETTING_WORDS) == set(SETTINGS)


class SurveyForm(ScopedForm):
    """Base: about one survey, whose languages its texts have."""

    def __init__(self, *args: Any, actor: Actor, survey: Survey, **kwargs: Any) -> None:
        self.survey, self.languages = survey, list(survey.languages)
        super().__init__(*args, actor=actor, **kwargs)

    def texts(self, label: Any, **kwargs: Any) -> forms.Field:
        return survey_texts(self.languages, self.survey.default_language, label=label, **kwargs)


class LookForm(SurveyForm):
    """Font, logo and words of the buttons."""

    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG, JPEG, GIF or WebP, at most 1 MB."),
        widget=forms.ClearableFileInput(attrs={"class": "form-control", "accept": "image/*"}),
    )
    no_logo = forms.BooleanField(label=_("Take the logo off"), required=False)

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        theme = survey.theme
        initial: dict[str, Any] = {"font": theme.get("font", FONTS[0])}
        for name in _SHOWN_BUTTONS:
            initial[name] = (theme.get("buttons") or {}).get(name)
        kwargs.setdefault("initial", initial)
        super().__init__(*args, survey=survey, **kwargs)
        self.fields["font"] = select(_("Font"), FONT_WORDS.items())
        for name in _SHOWN_BUTTONS:
            self.fields[name] = self.texts(BUTTON_WORDS[name], max_length=40)
        if not theme.get("logo"):
            del self.fields["no_logo"]

    def theme(self, logo: str) -> dict[str, Any]:
        """The theme with these looks; `logo` names the stored picture, "" for none."""
        clean, theme = self.cleaned_data, dict(self.survey.theme)
        stored = theme.get("buttons") or {}
        buttons = {
            name: merged(stored.get(name, {}), clean[name], self.languages)
            for name in _SHOWN_BUTTONS
        }
        other = {name: words for name, words in stored.items() if name not in buttons}
        return {**theme, "font": clean["font"], "logo": logo, "buttons": {**other, **buttons}}


_SHOWN_BUTTONS = ("next", "back", "send")


class RunForm(SurveyForm):
    """How the pages follow each other."""

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        kwargs.setdefault("initial", survey.settings)
        super().__init__(*args, survey=survey, **kwargs)
        for name in SETTINGS:
            self.fields[name] = forms.BooleanField(label=SETTING_WORDS[name], required=False)

    @property
    def values(self) -> dict[str, bool]:
        return {name: bool(self.cleaned_data.get(name)) for name in SETTINGS}


class AccessForm(SurveyForm):
    """Who may answer, from now on."""

    closes_at = forms.CharField(
        label=_("Closes at"),
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control", "type": "datetime-local"}),
    )
    max_responses = whole(_("Most complete answers"), *ACCESS_NUMBERS["max_responses"])
    change_minutes = whole(
        _("Minutes to change an answer"),
        *ACCESS_NUMBERS["change_minutes"],
        help_text=_("By the same personal link. Empty: not at all."),
    )
    kiosk_seconds = whole(
        _("A kiosk begins anew after seconds"),
        *ACCESS_NUMBERS["kiosk_seconds"],
        help_text=_("Without a touch. Empty: no kiosk."),
    )
    password = forms.CharField(
        label=_("Password"),
        required=False,
        max_length=200,
        help_text=_("Asked before the first page. Empty: as it is."),
        widget=forms.PasswordInput(attrs={"class": "form-control", "autocomplete": "new-password"}),
    )
    no_password = forms.BooleanField(label=_("Ask for no password"), required=False)

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        access = survey.access
        closes = access.get("closes_at")
        local = datetime.fromisoformat(closes).astimezone(survey.program.zone) if closes else None
        initial = {**access, "closes_at": f"{local:%Y-%m-%dT%H:%M}" if local else ""}
        initial.pop("password", None)
        kwargs.setdefault("initial", initial)
        super().__init__(*args, survey=survey, **kwargs)
        if not access.get("password"):
            del self.fields["no_password"]

    def clean_closes_at(self) -> datetime | None:
        text = self.cleaned_data["closes_at"]
        if not text:
            return None
        try:
            moment = parse_datetime(text)
        except ValueError:
            moment = None
        if moment is None:
            raise forms.ValidationError(_("Give a day and a time."))
        zone = self.survey.program.zone
        return timezone.make_aware(moment, zone) if timezone.is_naive(moment) else moment

    @property
    def values(self) -> dict[str, Any]:
        clean = dict(self.cleaned_data)
        off = clean.pop("no_password", False)
        clean["password"] = "" if off else clean["password"] or None
        return clean


class ListedForm(GroupsForm):
    """Quotas or endings: one block of fields each, a blank one at the end.

    Block n posts `<n>_name`, `<n>_limit` …, its texts `<n>_text_<language>` and the group
    `<n>` of comparisons; a block without a limit (or text) is left out.
    """

    def __init__(self, survey: Survey, words: RuleWords, data: Any = None) -> None:
        super().__init__(words, data)
        self.survey, self.languages = survey, list(survey.languages)

    def blocks(self, stored: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """What the template shows."""
        blank: dict[str, Any] = {}
        return [self._block(n, item) for n, item in enumerate([*stored, blank])]

    def _block(self, number: int, item: dict[str, Any]) -> dict[str, Any]:
        group: GroupLines = self.group(f"b{number}", item.get("if"))
        texts = [(c, item.get("text", {}).get(c, "")) for c in self.languages]
        links = [(c, item.get("link", {}).get(c, "")) for c in self.languages]
        return {
            "item": item,
            "group": group,
            "prefix": f"b{number}",
            "texts": texts,
            "links": links,
        }

    def quotas(self, stored: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The posted quotas as the service takes them."""
        data, found = self.data, []
        assert data is not None
        for number in range(len(stored) + 1):
            prefix = f"b{number}"
            limit, before = data.get(f"{prefix}_limit", "").strip(), _at(stored, number)
            if limit:
                quota = {
                    **({"code": before["code"]} if before else {}),
                    "name": data.get(f"{prefix}_name", ""),
                    "limit": int(limit) if limit.isdigit() else limit,
                    "action": data.get(f"{prefix}_action", "disqualify"),
                    "text": self._texts(prefix, "text", before),
                    "if": self.posted(prefix, before.get("if")) or {},
                }
                found.append(quota)
        return found

    def endings(self, stored: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The posted pages of thanks as the service takes them."""
        data, found = self.data, []
        assert data is not None
        for number in range(len(stored) + 1):
            prefix, before = f"b{number}", _at(stored, number)
            texts = self._texts(prefix, "text", before)
            if texts:
                ending = {
                    "text": texts,
                    "url": data.get(f"{prefix}_url", "").strip(),
                    "link": self._texts(prefix, "link", before),
                    "contact": f"{prefix}_contact" in data,
                    "if": self.posted(prefix, before.get("if")) or {},
                }
                found.append(ending)
        return found

    def _texts(self, prefix: str, name: str, before: dict[str, Any]) -> dict[str, str]:
        assert self.data is not None
        typed = {c: self.data.get(f"{prefix}_{name}_{c}", "").strip() for c in self.languages}
        return merged(before.get(name, {}), {c: t for c, t in typed.items() if t}, self.languages)


def _at(stored: list[dict[str, Any]], number: int) -> dict[str, Any]:
    return stored[number] if number < len(stored) else {}
