"""Shape of what people record and decide about comments and topics."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxportal.core.actors import Actor
from cxportal.core.forms.base import I18nTextFormField, ScopedForm
from cxportal.core.models import Customer, Membership, StoredFile
from journeys.forms.actions import NamedChoiceField
from journeys.models import Touchpoint
from surveys.models import Comment, Topic

KEEP = _("Leave it")
_RECORDED = [choice for choice in Comment.Source.choices if choice[0] != Comment.Source.SURVEY]


class NamedChoicesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several records with bilingual names."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj)


def _touchpoint(**kwargs: Any) -> NamedChoiceField:
    return NamedChoiceField(
        Touchpoint.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Touchpoint"),
        **kwargs,
    )


def _topics() -> NamedChoicesField:
    return NamedChoicesField(
        Topic.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Topics"),
        widget=forms.CheckboxSelectMultiple,
    )


def _assignee() -> forms.ModelChoiceField:  # type: ignore[type-arg]
    return forms.ModelChoiceField(
        Membership.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Assigned to"),
        empty_label=_("Nobody yet"),
    )


class _WithMembers(ScopedForm):
    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        members: Any = self.fields["assignee"]
        members.queryset = members.queryset.filter(is_active=True).select_related("user")


class CommentSortForm(_WithMembers):
    """What a person decides about one comment."""

    sentiment = forms.ChoiceField(
        choices=Comment.Sentiment.choices, label=_("Sentiment"), widget=forms.RadioSelect
    )
    kind = forms.ChoiceField(choices=Comment.Kind.choices, label=_("Kind"))
    touchpoint = _touchpoint(empty_label=_("No touchpoint"))
    topics = _topics()
    status = forms.ChoiceField(choices=Comment.Status.choices, label=_("Status"))
    assignee = _assignee()
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class CommentBulkForm(_WithMembers):
    """Comments chosen on the list, and what is to change; what is left empty stays."""

    comments = forms.ModelMultipleChoiceField(
        Comment.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
    )
    status = forms.ChoiceField(
        choices=[("", KEEP), *Comment.Status.choices], required=False, label=_("Status")
    )
    assignee = _assignee()
    topic = NamedChoiceField(
        Topic.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Add a topic"),
        empty_label=KEEP,
    )
    touchpoint = _touchpoint(empty_label=KEEP)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        members: Any = self.fields["assignee"]
        members.empty_label = KEEP
        for name in ("status", "assignee", "topic", "touchpoint"):
            self.fields[name].widget.attrs["class"] = "form-select"

    def clean(self) -> dict[str, Any]:
        if not self.changes():
            raise forms.ValidationError(_("Choose comments, and what is to change."))
        return self.cleaned_data

    def changes(self) -> dict[str, Any]:
        """What is to change, without the comments."""
        return {k: v for k, v in self.cleaned_data.items() if k != "comments" and v}


class CommentFileForm(ScopedForm):
    """A file to look at, or one that was looked at and is to be taken."""

    file = forms.FileField(
        required=False, label=_("File"), help_text=_("CSV or XLSX, at most 10,000 rows.")
    )
    stored = forms.ModelChoiceField(
        StoredFile.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        files: Any = self.fields["stored"]
        # Whoever sent a file takes it; nobody else's.
        files.queryset = files.queryset.filter(created_by=actor.user)

    def clean(self) -> dict[str, Any]:
        if not self.cleaned_data.get("file") and not self.cleaned_data.get("stored"):
            self.add_error("file", _("Choose a file."))
        return self.cleaned_data


class CommentRecordForm(ScopedForm):
    """What was heard outside a survey."""

    text = forms.CharField(
        max_length=20_000, label=_("What was said"), widget=forms.Textarea(attrs={"rows": 5})
    )
    source = forms.ChoiceField(choices=_RECORDED, label=_("Where it was heard"))
    kind = forms.ChoiceField(
        choices=[("", _("Read it from the text")), *Comment.Kind.choices],
        required=False,
        label=_("Kind"),
    )
    touchpoint = _touchpoint(empty_label=_("Find it by topic"))
    topics = _topics()
    customer = forms.CharField(
        max_length=120,
        required=False,
        label=_("Customer"),
        help_text=_("The customer’s id in your systems, if you know it."),
    )
    author = forms.CharField(
        max_length=200,
        required=False,
        label=_("Name or nickname"),
        help_text=_("Only where the customer is not known, for example a reviewer."),
    )
    at = forms.DateTimeField(
        required=False,
        label=pgettext_lazy("automation", "When"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        help_text=_("Empty means now."),
    )

    def clean_customer(self) -> Customer | None:
        external_id = self.cleaned_data["customer"].strip()
        if not external_id or "\x00" in external_id:
            return None
        known = Customer.objects.for_actor(self.actor).filter(erased_at=None)
        found = known.filter(external_id=external_id).first()
        if found is None:
            raise forms.ValidationError(
                _("No customer of this program has this external id."), code="no_customer"
            )
        return found


class TopicForm(ScopedForm):
    """A topic's name and the phrases it is known by, one a line."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.fields["name"] = I18nTextFormField(
            languages=list(actor.program.languages), label=_("Name"), max_length=100
        )
        self.fields["seeds"] = forms.CharField(
            required=False,
            label=_("Phrases"),
            widget=forms.Textarea(attrs={"rows": 8}),
            help_text=_(
                "One a line, in any language: “late delivery”, “배송이 늦”. Comments that hold one,"
                " or mean nearly the same, are of this topic."
            ),
        )
        self.fields["touchpoint"] = _touchpoint(empty_label=_("No touchpoint"))
        touchpoints: Any = self.fields["touchpoint"]
        touchpoints.queryset = Touchpoint.objects.for_actor(actor)
        self.fields["touchpoint"].help_text = _("Its comments are placed here.")
        self.fields["version"] = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean_seeds(self) -> list[str]:
        return [line for line in self.cleaned_data["seeds"].splitlines() if line.strip()]
