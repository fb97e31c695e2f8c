"""Shape of what people type about cases."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxportal.core.actors import Actor
from cxportal.core.forms.base import I18nTextFormField, ScopedForm
from cxportal.core.models import Customer, Membership, Team
from journeys.calc.working_time import COUNTRIES
from journeys.forms.actions import OPEN, NamedChoiceField, StageChoiceField
from journeys.forms.customers import CustomerNameField, customer_named
from journeys.models import (
    Action,
    Case,
    CaseContact,
    CaseRules,
    RootCause,
    Severity,
    Stage,
    Touchpoint,
)
from journeys.standard_cases import CLOSE_HOURS, CONTACT_HOURS
from surveys.models import Response, Survey

TITLE_LENGTH, TEXT_LENGTH = 200, 20_000
WEEK = [
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
]
COUNTRY_NAMES = {
    "KR": _("South Korea"),
    "US": _("United States"),
    "GB": _("United Kingdom"),
    "JP": _("Japan"),
    "SG": _("Singapore"),
    "": _("No public holidays"),
}


class CaseForm(ScopedForm):
    """A case opened by hand, or changed."""

    title = forms.CharField(max_length=TITLE_LENGTH, label=_("What it is about"))
    customer = CustomerNameField()
    description = forms.CharField(
        max_length=TEXT_LENGTH,
        required=False,
        label=_("What happened"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    reason = forms.ChoiceField(
        choices=Case.Reason.choices, initial=Case.Reason.MANUAL, label=_("Reason")
    )
    severity = forms.ChoiceField(
        choices=Severity.choices, initial=Severity.NORMAL, label=_("Severity")
    )
    owner = forms.ModelChoiceField(
        Membership.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Owner"),
        empty_label=_("By the program's rules"),
    )
    team = forms.ModelChoiceField(
        Team.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        empty_label=OPEN,
        label=_("Team"),
    )
    touchpoint = NamedChoiceField(
        Touchpoint.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        empty_label=OPEN,
        label=_("Touchpoint"),
    )
    stage = StageChoiceField(
        Stage.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        empty_label=OPEN,
        label=_("Stage"),
    )
    response = forms.ModelChoiceField(
        Response.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        widget=forms.HiddenInput,
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        # Loose because a choice field's queryset is only known once it is scoped.
        owners: Any = self.fields["owner"]
        stages: Any = self.fields["stage"]
        owners.queryset = owners.queryset.filter(is_active=True).select_related("user")
        stages.queryset = stages.queryset.select_related("journey").order_by(
            "journey_id", "position"
        )

    def clean_customer(self) -> Customer | None:
        return customer_named(self.actor, self.cleaned_data["customer"])


class CaseEditForm(CaseForm):
    """What may change later: not the customer, not the reason."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        for name in ("customer", "reason", "response"):
            del self.fields[name]
        owners: Any = self.fields["owner"]
        owners.empty_label = _("Nobody yet")


class ContactForm(ScopedForm):
    """An attempt to reach the customer."""

    channel = forms.ChoiceField(choices=CaseContact.Channel.choices, label=_("By"))
    reached = forms.TypedChoiceField(
        choices=[("yes", _("Customer reached")), ("no", _("Not reached"))],
        coerce=lambda value: value == "yes",
        initial="yes",
        label=_("Result"),
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        max_length=4_000,
        required=False,
        label=_("What was said"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class CloseForm(ScopedForm):
    """What came of it and why it happened."""

    resolution = forms.ChoiceField(
        choices=[("", OPEN), *Case.Resolution.choices], label=_("What came of it")
    )
    root_cause = NamedChoiceField(
        RootCause.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        empty_label=OPEN,
        label=_("Root cause"),
        help_text=_("Why it happened. Patterns of causes become actions."),
    )
    recovery = forms.ChoiceField(
        choices=Case.Recovery.choices, label=_("What the customer was given")
    )
    outcome = forms.CharField(
        max_length=10_000,
        required=False,
        label=_("In a few words"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    customer_told = forms.BooleanField(
        required=False, label=_("The customer was told what came of it")
    )
    action = forms.ModelChoiceField(
        Action.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        empty_label=pgettext_lazy("action", "None"),
        label=_("Improvement action that is to prevent it"),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        # Loose because a choice field's queryset is only known once it is scoped.
        causes: Any = self.fields["root_cause"]
        actions: Any = self.fields["action"]
        causes.queryset = causes.queryset.filter(is_active=True)
        actions.queryset = actions.queryset.filter(deleted_at=None).order_by("-pk")[:200]


class CaseRulesForm(ScopedForm):
    """Working time, hours by severity, who gets a case."""

    opens_on_low_score = forms.BooleanField(
        required=False,
        label=_("Open a case for every low score"),
        help_text=_(
            "Detractors, and the bottom quarter of other scales; fresh answers of known customers."
        ),
    )
    assignment = forms.ChoiceField(
        choices=CaseRules.Assignment.choices, label=_("Who gets a new case")
    )
    team = forms.ModelChoiceField(
        Team.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        empty_label=OPEN,
        label=_("Team"),
    )
    escalate_to = forms.ModelChoiceField(
        Membership.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        empty_label=_("The team's managers"),
        label=_("Who is told of an overdue case"),
    )
    working_days = forms.TypedMultipleChoiceField(
        choices=WEEK, coerce=int, label=_("Working days"), widget=forms.CheckboxSelectMultiple
    )
    opens_at = forms.TimeField(
        label=_("Work begins"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    closes_at = forms.TimeField(
        label=_("Work ends"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    country = forms.ChoiceField(
        choices=[(code, COUNTRY_NAMES[code]) for code in COUNTRIES],
        required=False,
        label=_("Public holidays of"),
    )
    follow_up_survey = forms.ModelChoiceField(
        Survey.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        empty_label=_("Nothing is asked"),
        label=_("Follow-up survey after a case is closed"),
        help_text=_("It goes out by a campaign, with its consent, rests and quiet hours."),
    )
    follow_up_days = forms.IntegerField(
        min_value=0, max_value=90, label=_("Days after the case is closed")
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, rules: CaseRules, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        members: Any = self.fields["escalate_to"]
        members.queryset = members.queryset.filter(is_active=True).select_related("user")
        surveys: Any = self.fields["follow_up_survey"]
        surveys.queryset = surveys.queryset.filter(
            current_version__isnull=False, anonymous=False
        ).order_by("-pk")
        for severity, word in Severity.choices:
            for kind, label, chosen, standard in (
                ("contact", _("%(severity)s: first call"), rules.contact_hours, CONTACT_HOURS),
                ("close", _("%(severity)s: closed"), rules.close_hours, CLOSE_HOURS),
            ):
                self.fields[f"{kind}_{severity}"] = forms.FloatField(
                    min_value=0.5,
                    max_value=1_000,
                    initial=chosen.get(severity) or standard[severity],
                    label=str(label) % {"severity": word},
                    help_text=_("working hours") if kind == "contact" else "",
                )

    def hours(self, kind: str) -> dict[str, float]:
        """Hours by severity as typed."""
        return {s: self.cleaned_data[f"{kind}_{s}"] for s in Severity.values}


class RootCauseForm(ScopedForm):
    """A cause of the catalogue."""

    is_active = forms.BooleanField(required=False, initial=True, label=_("May be chosen"))
    position = forms.IntegerField(min_value=0, max_value=999, initial=0, label=_("Order"))

    field_order = ("name", "code", "position", "is_active")

    def __init__(self, *args: Any, actor: Actor, code: str = "", **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.fields["name"] = I18nTextFormField(
            languages=list(actor.program.languages), label=_("Name"), max_length=TITLE_LENGTH
        )
        if not code:
            self.fields["code"] = forms.SlugField(max_length=40, label=_("Code"))
        self.order_fields(self.field_order)
