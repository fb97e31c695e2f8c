"""Shape of what is told after an action: to customers by mail, inside by notice."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.forms.base import I18nTextFormField, ScopedForm
from journeys.services.canned_replies import BODY_LENGTH, SUBJECT_LENGTH


class TellForm(ScopedForm):
    """One text in the program's languages, and to whom it goes."""

    to_customers = forms.BooleanField(
        required=False, initial=True, label=_("To the customers whose words led to it, by mail")
    )
    to_members = forms.BooleanField(
        required=False, initial=True, label=_("To the people involved, as a notice")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        languages = list(actor.program.languages)
        self.fields["subject"] = I18nTextFormField(
            languages=languages, label=_("Subject"), max_length=SUBJECT_LENGTH
        )
        self.fields["body"] = I18nTextFormField(
            languages=languages,
            label=_("Text"),
            rows=8,
            max_length=BODY_LENGTH,
            help_text=_("{{name}}, {{company}} and {{sender}} are filled in for each customer."),
        )
        self.order_fields(["subject", "body", "to_customers", "to_members"])
