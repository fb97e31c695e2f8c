"""Shape of a canned reply, and of a mail to the customer of a case."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.forms.base import LANGUAGE_NAMES, I18nTextFormField, ScopedForm
from journeys.forms.actions import TITLE_LENGTH, NamedChoiceField
from journeys.models import CannedReply
from journeys.services.canned_replies import BODY_LENGTH, SUBJECT_LENGTH


class CannedReplyForm(ScopedForm):
    """A reply in the program's languages."""

    is_active = forms.BooleanField(required=False, initial=True, label=_("May be chosen"))
    position = forms.IntegerField(min_value=0, max_value=999, initial=0, label=_("Order"))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    field_order = ("name", "code", "subject", "body", "position", "is_active")

    def __init__(self, *args: Any, actor: Actor, code: str = "", **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        languages = list(actor.program.languages)
        self.fields["name"] = I18nTextFormField(
            languages=languages, label=_("Name"), max_length=TITLE_LENGTH
        )
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
        if not code:
            self.fields["code"] = forms.SlugField(max_length=40, label=_("Code"))
        self.order_fields(self.field_order)


class ReplyChoiceForm(ScopedForm):
    """Which reply, in which language."""

    reply = NamedChoiceField(
        CannedReply.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        empty_label=_("A mail of your own"),
        label=_("Reply"),
    )
    language = forms.ChoiceField(required=False, label=_("Language"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        # Loose because a choice field's queryset is only known once it is scoped.
        replies: Any = self.fields["reply"]
        replies.queryset = replies.queryset.filter(is_active=True)
        languages: Any = self.fields["language"]
        languages.choices = [(code, LANGUAGE_NAMES[code]) for code in actor.program.languages]


class ReplyForm(ScopedForm):
    """The mail as it will be sent."""

    subject = forms.CharField(max_length=SUBJECT_LENGTH, label=_("Subject"))
    body = forms.CharField(
        max_length=BODY_LENGTH, label=_("Text"), widget=forms.Textarea(attrs={"rows": 12})
    )
