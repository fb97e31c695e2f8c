"""Forms about customers, consents and the suppression list."""

import json
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.forms.base import ScopedForm
from cxportal.core.models import Channel, Customer, Membership

WRITABLE = (Channel.EMAIL, Channel.SMS, Channel.PHONE)


class AttributesField(forms.CharField):
    """One attribute a line, “name: value”; a value in JSON keeps its type."""

    widget = forms.Textarea(attrs={"rows": 5, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return "\n".join(f"{key}: {_written(item)}" for key, item in value.items())

    def to_python(self, value: Any) -> Any:
        pairs = {}
        for line in (super().to_python(value) or "").splitlines():
            if not line.strip():
                continue
            key, colon, text = line.partition(":")
            if not colon or not key.strip():
                message = gettext(
                    "Write one attribute a line: “name: value”. This line has none: %s"
                )
                raise forms.ValidationError(message % line[:60])
            pairs[key.strip()] = _read(text.strip())
        return pairs


def _written(item: Any) -> str:
    """Plain text as it is, unless it would be read back as something else."""
    if isinstance(item, str) and _read(item) == item:
        return item
    return json.dumps(item, ensure_ascii=False)


def _read(text: str) -> Any:
    try:
        value = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return text
    return value if isinstance(value, bool | int | float | list | str) else text


class CustomerForm(ScopedForm):
    """A customer's own data; empty external id only when one is changed."""

    external_id = forms.CharField(label=_("External id"), max_length=120, help_text=_(
        "The customer's number in your own systems; it is unique."
    ))  # fmt: skip
    kind = forms.ChoiceField(label=_("Kind"), choices=Customer.Kind.choices)
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", "–"), *settings.LANGUAGES]
    )
    account_manager = forms.ModelChoiceField(
        label=_("Account manager"),
        queryset=Membership.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
    )
    attributes = AttributesField(
        label=_("Attributes"),
        required=False,
        help_text=_("One a line, for example “tier: gold”. Segments can ask for them."),
    )
    is_test = forms.BooleanField(
        label=_("Test customer"),
        required=False,
        help_text=_("Answers of test customers count nowhere."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, actor: Actor, customer: Customer | None = None, **kw: Any
    ) -> None:
        self.customer = customer
        super().__init__(*args, actor=actor, **kw)
        managers = self.fields["account_manager"]
        assert isinstance(managers, forms.ModelChoiceField)
        assert managers.queryset is not None
        managers.queryset = managers.queryset.filter(is_active=True).select_related("user")
        if customer is not None and customer.language not in ("", "en", "ko"):
            language = self.fields["language"]
            assert isinstance(language, forms.ChoiceField)
            language.choices = [*settings.LANGUAGES, (customer.language, customer.language)]
        if not actor.sees_personal_data:
            for name in ("name", "email", "phone", "attributes", "external_id"):
                if customer is not None:
                    del self.fields[name]

    def values(self) -> dict[str, Any]:
        """What the services take; attributes taken out of the text are taken away."""
        values = {k: v for k, v in self.cleaned_data.items() if k != "version"}
        manager = values.get("account_manager")
        values["account_manager"] = manager.user.email if manager else None
        if self.customer is not None and "attributes" in values:
            gone = dict.fromkeys(self.customer.attributes.keys() - values["attributes"].keys())
            values["attributes"] = {**gone, **values["attributes"]}
        return values


class TableFileForm(ScopedForm):
    """A file whose rows become customers, transactions …"""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV (UTF-8 or CP949) or Excel, at most 20 MB and 100,000 rows. "
            "The first line names the columns."
        ),
        widget=forms.FileInput(
            attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xls,text/csv,application/vnd.ms-excel"}
        ),
    )


class ConsentForm(ScopedForm):
    """What a person decided, as told to a member of staff."""

    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices)
    granted = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("yes", _("Agrees")), ("no", _("Refuses"))],
        coerce=lambda value: value == "yes",
    )
    source = forms.CharField(
        label=_("How do we know?"),
        max_length=60,
        help_text=_("For example: call on 3 March, paper form."),
    )
    text_version = forms.CharField(
        label=_("Version of the text agreed to"), max_length=60, required=False
    )
    night = forms.BooleanField(label=_("Also between 21:00 and 8:00"), required=False)


class SuppressionForm(ScopedForm):
    """An address nobody writes to any more."""

    channel = forms.ChoiceField(
        label=_("Channel"),
        choices=[c for c in Channel.choices if c[0] in ("email", "sms", "phone")],
    )
    address = forms.CharField(label=_("Address"), max_length=254)
    note = forms.CharField(label=_("Why"), max_length=200, required=False)
