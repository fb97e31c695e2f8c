"""The settings of each kind of question as form fields, and back."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from surveys.calc.kinds import (
    CONTACT_FIELDS,
    CONTACT_USUAL,
    FILE_MEGABYTES,
    FILE_TYPES,
    MAX_FILES,
    MAX_MEGABYTES,
    ORIGINS,
    SLIDER,
    SOURCES,
    SPECS,
    TEXT_LENGTHS,
)
from surveys.forms.texts import merged, survey_texts
from surveys.models import Question, Survey
from surveys.services.drafts import MAX_CHOICES, TEXT_LIMITS
from surveys.services.question_checks import ORDERS, WHICH

_MOST_BOXES = 30  # a longer list of boxes is no setting
RATINGS = ((1, 3), (1, 4), (1, 5), (1, 6), (1, 7), (1, 10), (0, 5), (0, 10))
_K = Question.Kind
_LOOKS = {
    "numbers": gettext_lazy("Numbers"),
    "stars": gettext_lazy("Stars"),
    "smileys": gettext_lazy("Faces"),
}
_ORDERS = {
    "random": gettext_lazy("Mixed anew for each person"),
    "reversed_half": gettext_lazy("Turned round for half of the people"),
}
WHICH_WORDS = {
    "chosen": gettext_lazy("those taken"),
    "not_chosen": gettext_lazy("those not taken"),
    "offered": gettext_lazy("all offered"),
}
_ORIGINS = {
    "link": gettext_lazy("From the link: ?name=value"),
    "event": gettext_lazy("From the event that sent the survey"),
    "customer": gettext_lazy("From the customer"),
    "fixed": gettext_lazy("Always the same value"),
}
CONTACT_WORDS = {
    "name": gettext_lazy("Name"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "company": gettext_lazy("Company"),
    "address": gettext_lazy("Address"),
}
_TYPES = {
    "image": gettext_lazy("Pictures"),
    "pdf": gettext_lazy("PDF"),
    "document": gettext_lazy("Documents and tables"),
    "media": gettext_lazy("Sound and film"),
}
assert (
    set(_ORDERS) == set(ORDERS) and set(WHICH_WORDS) == set(WHICH) and set(_ORIGINS) == set(ORIGINS)
)


#: What a setting means that is not stored.
_USUAL: dict[str, Any] = {
    "fields": list(CONTACT_USUAL),
    "types": ["image", "pdf"],
    "look": "numbers",
    "origin": "link",
}


def whole(label: Any, least: int, most: int, **kwargs: Any) -> forms.IntegerField:
    """A whole number between bounds; the right keyboard on phones."""
    field = forms.IntegerField(
        label=label, min_value=least, max_value=most, required=False, **kwargs
    )
    field.widget.attrs |= {"class": "form-control", "inputmode": "numeric"}
    return field


def _number(label: Any, **kwargs: Any) -> forms.FloatField:
    field = forms.FloatField(label=label, required=False, **kwargs)
    field.widget.attrs |= {"class": "form-control", "inputmode": "decimal", "step": "any"}
    return field


def select(label: Any, choices: Iterable[tuple[str, Any]], **kwargs: Any) -> forms.ChoiceField:
    """One of a few words."""
    widget = forms.Select(attrs={"class": "form-select"})
    return forms.ChoiceField(
        label=label, choices=list(choices), required=False, widget=widget, **kwargs
    )


def _several(label: Any, words: Mapping[str, Any]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=list(words.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def _line(label: Any, **kwargs: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "form-control"})
    return forms.CharField(label=label, required=False, widget=widget, **kwargs)


def _flag(label: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


class SettingsFields:
    """The fields of one question's settings: `fields()` for the form, `values()` from it.

    Settings that have no field here stay as they are stored.
    """

    def __init__(self, survey: Survey, question: Question, languages: list[str]) -> None:
        self.survey, self.question, self.languages = survey, question, languages
        self.kind, self.stored = question.kind, question.settings

    def fields(self) -> dict[str, forms.Field]:
        known = SPECS[self.kind].settings
        found: dict[str, forms.Field] = {}
        for name in _ORDER_SHOWN:
            if name in known:
                found |= getattr(self, f"_{name}")()
        return found

    def initial(self) -> dict[str, Any]:
        """What the fields show at first."""
        stored = self.stored
        carry = stored.get("choices_from") or stored.get("rows_from") or {}
        return {
            **{f"set_{name}": value for name, value in {**_USUAL, **stored}.items()},
            "scale": f"{stored.get('min', 1)}-{stored.get('max', 5)}",
            "max_length": stored.get("max_length"),
            "least": stored.get("min"),
            "most": stored.get("max"),
            "carry_question": carry.get("question", ""),
            "carry_which": carry.get("which", "chosen"),
        }

    def _look(self) -> dict[str, forms.Field]:
        return {"set_look": select(_("Look"), _LOOKS.items())}

    def _min(self) -> dict[str, forms.Field]:
        """Least and greatest together: what they bound differs from kind to kind."""
        if self.kind == _K.RATING:
            own = (self.stored.get("min", 1), self.stored.get("max", 5))
            pairs = RATINGS if own in RATINGS else (*RATINGS, own)
            scales = [(f"{low}-{high}", f"{low}–{high}") for low, high in pairs]
            return {"scale": select(_("Scale"), scales)}
        if self.kind == _K.SLIDER:
            low, high = (_("Empty: %(usual)s.") % {"usual": end} for end in SLIDER)
            return {
                "set_min": whole(_("Least"), -(10**6), 10**6, help_text=low),
                "set_max": whole(_("Greatest"), -(10**6), 10**6, help_text=high),
            }
        if self.kind == _K.NUMBER:
            return {"set_min": _number(_("Least")), "set_max": _number(_("Greatest"))}
        return {
            "least": whole(_("Fewest choices"), 0, MAX_CHOICES),
            "most": whole(_("Most choices"), 1, MAX_CHOICES),
        }

    def _step(self) -> dict[str, forms.Field]:
        return {"set_step": whole(pgettext("slider", "Step"), 1, 10**6)}

    def _max_length(self) -> dict[str, forms.Field]:
        usual = _("Empty: %(usual)s.") % {"usual": TEXT_LENGTHS[self.kind]}
        limit = TEXT_LIMITS[_K(self.kind)]
        return {"max_length": whole(_("Most characters"), 1, limit, help_text=usual)}

    def _multiple(self) -> dict[str, forms.Field]:
        return {"set_multiple": _flag(_("Several pictures may be taken"))}

    def _scored(self) -> dict[str, forms.Field]:
        return {"set_scored": _flag(_("Adds its number to the score"))}

    def _order(self) -> dict[str, forms.Field]:
        label = _("Order of the rows") if SPECS[self.kind].rows else _("Order of the choices")
        return {"set_order": select(label, [("", _("As written")), *_ORDERS.items()])}

    def _choices_from(self) -> dict[str, forms.Field]:
        return self._carry(_("Carry choices on from"))

    def _rows_from(self) -> dict[str, forms.Field]:
        return self._carry(_("Carry rows on from"))

    def _carry(self, label: str) -> dict[str, forms.Field]:
        earlier = [("", _("Nothing"))]
        for other in self.survey.questions.order_by("section__position", "position"):
            if other.kind in SOURCES and other.pk != self.question.pk:
                earlier.append((other.code, str(other)))
        return {
            "carry_question": select(label, earlier),
            "carry_which": select(_("Which of them"), WHICH_WORDS.items()),
        }

    def _total(self) -> dict[str, forms.Field]:
        return {"set_total": whole(_("Points in all"), 1, 1_000_000, help_text=_("Empty: 100."))}

    def _unit(self) -> dict[str, forms.Field]:
        return {
            "set_unit": survey_texts(
                self.languages, self.survey.default_language, max_length=40, label=_("Unit")
            )
        }

    def _decimals(self) -> dict[str, forms.Field]:
        return {"set_decimals": whole(_("Digits after the point"), 0, 6)}

    def _earliest(self) -> dict[str, forms.Field]:
        usual = _("A day like 2026-11-24, or today.")
        return {"set_earliest": _line(_("Not before"), max_length=10, help_text=usual)}

    def _latest(self) -> dict[str, forms.Field]:
        return {"set_latest": _line(_("Not after"), max_length=10)}

    def _fields(self) -> dict[str, forms.Field]:
        return {"set_fields": _several(_("Asks for"), CONTACT_WORDS)}

    def _max_files(self) -> dict[str, forms.Field]:
        return {"set_max_files": whole(_("Most files"), 1, MAX_FILES, help_text=_("Empty: 1."))}

    def _max_mb(self) -> dict[str, forms.Field]:
        usual = _("Empty: %(usual)s.") % {"usual": FILE_MEGABYTES}
        return {"set_max_mb": whole(_("Most MB a file"), 1, MAX_MEGABYTES, help_text=usual)}

    def _types(self) -> dict[str, forms.Field]:
        return {"set_types": _several(_("Kinds of files"), _TYPES)}

    def _origin(self) -> dict[str, forms.Field]:
        return {"set_origin": select(_("Where it comes from"), _ORIGINS.items())}

    def _name(self) -> dict[str, forms.Field]:
        help_text = _("Of the link's parameter or the customer's attribute. Empty: the code.")
        return {"set_name": _line(_("Name there"), max_length=120, help_text=help_text)}

    def _default(self) -> dict[str, forms.Field]:
        if self.kind == _K.HIDDEN:
            return {"set_default": _line(_("Otherwise"), max_length=500)}
        label, usual = _("There beforehand"), _("Whoever answers may change it. Empty: nothing.")
        if self.kind not in (_K.SINGLE, _K.DROPDOWN, _K.MULTIPLE):
            return {"set_default": _line(label, max_length=500, help_text=usual)}
        choices = {choice.code: str(choice) for choice in self.question.choices.all()}
        if self.kind == _K.MULTIPLE and len(choices) > _MOST_BOXES:
            return {}
        if self.kind == _K.MULTIPLE:
            return {"set_default": _several(label, choices)}
        offered = [("", _("Nothing")), *choices.items()]
        return {"set_default": select(label, offered, help_text=usual)}

    def values(self, clean: Mapping[str, Any]) -> dict[str, Any]:
        """The settings as the service takes them; blank ones fall back to the usual."""
        settings = dict(self.stored)
        for field, value in clean.items():
            if field.startswith("set_"):
                name = field.removeprefix("set_")
                texts = isinstance(value, dict)
                if name not in self.stored and value == _USUAL.get(name):
                    continue
                before = self.stored.get(name, {})
                settings[name] = merged(before, value, self.languages) if texts else value
        if clean.get("scale"):
            low, _dash, high = clean["scale"].partition("-")
            settings |= {"min": int(low), "max": int(high)}
        for name, field in (("max_length", "max_length"), ("min", "least"), ("max", "most")):
            if field in clean:
                settings[name] = clean[field]
        return {**settings, **self._carried(clean)}

    def _carried(self, clean: Mapping[str, Any]) -> dict[str, Any]:
        if "carry_question" not in clean:
            return {}
        name = "rows_from" if SPECS[self.kind].rows else "choices_from"
        if not clean["carry_question"]:
            return {name: None}
        which = clean.get("carry_which") or "chosen"
        return {name: {"question": clean["carry_question"], "which": which}}


_ORDER_SHOWN = (
    "look", "min", "step", "max_length", "multiple", "total", "unit", "decimals", "earliest",
    "latest", "fields", "max_files", "max_mb", "types", "origin", "name", "order",
    "choices_from", "rows_from", "default", "scored",
)  # fmt: skip
#: Stands for both where a kind is shown and where it is stored.
assert all(name in CONTACT_WORDS for name in CONTACT_FIELDS) and set(_TYPES) == set(FILE_TYPES)
