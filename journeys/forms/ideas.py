"""Shape of an idea, and of giving customers an account manager."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.forms.base import ScopedForm
from cxportal.core.models import Customer, Membership
from journeys.forms.actions import OPEN, TITLE_LENGTH, NamedChoiceField
from journeys.forms.customers import CustomerNameField, customer_named
from journeys.models import Touchpoint


class IdeaForm(ScopedForm):
    """A proposal."""

    title = forms.CharField(max_length=TITLE_LENGTH, label=_("Your idea in a few words"))
    description = forms.CharField(
        max_length=10_000,
        required=False,
        label=_("Why, and how"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    touchpoint = NamedChoiceField(
        Touchpoint.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        empty_label=OPEN,
        label=_("Touchpoint"),
    )
    customer = CustomerNameField(label=_("A customer's idea"))

    def clean_customer(self) -> Customer | None:
        return customer_named(self.actor, self.cleaned_data["customer"])


class AssignForm(ScopedForm):
    """Who is to look after the ticked customers."""

    manager = forms.ModelChoiceField(
        Membership.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        label=_("Account manager"),
        empty_label=OPEN,
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        managers: Any = self.fields["manager"]
        managers.queryset = managers.queryset.filter(is_active=True).select_related("user")
