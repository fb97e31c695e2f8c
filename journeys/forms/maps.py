"""Shape of what people type on a map: cards, lanes, steps, feelings, evidence."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.forms.base import I18nTextFormField, ScopedForm
from journeys.forms.actions import NamedChoiceField
from journeys.forms.journeys import WordsField
from journeys.models import (
    COMPUTED,
    HIGHEST_EMOTION,
    LINES,
    LOWEST_EMOTION,
    Card,
    EvidenceItem,
    Journey,
    Lane,
    Persona,
    Stage,
    Touchpoint,
)

TITLE_LENGTH, TEXT_LENGTH = 300, 4000


class QuickCardForm(ScopedForm):
    """A title in the reader's language is enough for a new card."""

    title = forms.CharField(max_length=TITLE_LENGTH, label=_("New card"))


class CardForm(ScopedForm):
    """All that a card says."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    emotion = forms.IntegerField(
        required=False,
        min_value=LOWEST_EMOTION,
        max_value=HIGHEST_EMOTION,
        label=_("Feeling"),
        help_text=_("From −5 to 5; empty when the card says nothing about it."),
    )
    severity = forms.ChoiceField(
        required=False, choices=[("", "–"), *Card.Severity.choices], label=_("Severity")
    )
    persona = NamedChoiceField(
        Persona.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Persona"),
        empty_label=_("Every customer"),
    )
    is_moment_of_truth = forms.BooleanField(required=False, label=_("Moment of truth"))
    tags = WordsField(required=False, max_length=1000, label=_("Tags"), help_text=_("With commas."))
    picture = forms.FileField(
        required=False,
        label=_("Picture"),
        help_text=_("PNG, JPEG, GIF or WebP, at most 5 MB."),
        widget=forms.FileInput(attrs={"class": "form-control", "accept": "image/*"}),
    )
    no_picture = forms.BooleanField(required=False, label=_("Take the picture off"))

    def __init__(self, *args: Any, actor: Actor, has_picture: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        if not has_picture:
            self.fields["no_picture"].widget = forms.HiddenInput()
        languages = list(actor.program.languages)
        texts = {
            "title": I18nTextFormField(
                languages=languages, label=_("Title"), max_length=TITLE_LENGTH
            ),
            "text": I18nTextFormField(
                languages=languages,
                rows=2,
                required=False,
                label=_("Text"),
                max_length=TEXT_LENGTH,
            ),
        }
        self.fields = {**texts, **self.fields}


class CardPlaceForm(ScopedForm):
    """`to` is "lane:step" or "lane:step:place", ids and a place from 0."""

    to = forms.RegexField(r"^\d{1,18}:\d{1,18}(:\d{1,6})?$")

    @property
    def parts(self) -> tuple[int, int, int | None]:
        """Lane, step and place; the place is None for the end of the cell."""
        lane, step, *place = self.cleaned_data["to"].split(":")
        return int(lane), int(step), int(place[0]) if place else None


class LaneAddForm(ScopedForm):
    """A new lane: its kind, and a name when it is of one's own."""

    kind = forms.ChoiceField(choices=Lane.Kind.choices, label=_("Kind"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.fields["name"] = lane_name(actor)


def lane_name(actor: Actor) -> I18nTextFormField:
    """The name of a lane per language, which most kinds do without."""
    return I18nTextFormField(
        languages=list(actor.program.languages),
        required=False,
        label=_("Name"),
        max_length=TITLE_LENGTH,
        help_text=_("Empty: called as its kind is."),
    )


class LaneForm(ScopedForm):
    """A lane's name."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.fields["name"] = lane_name(actor)


class StepForm(ScopedForm):
    """A step's name and its touchpoint."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    touchpoint = NamedChoiceField(
        Touchpoint.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Touchpoint"),
        empty_label=_("None: the customer does it without us"),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        name = I18nTextFormField(
            languages=list(actor.program.languages),
            required=False,
            label=_("Name"),
            max_length=TITLE_LENGTH,
            help_text=_("Empty: called as its touchpoint is."),
        )
        self.fields = {"name": name, **self.fields}


class EmotionForm(ScopedForm):
    """A feeling of a persona (0: every customer); empty takes it off."""

    value = forms.IntegerField(
        required=False, min_value=LOWEST_EMOTION, max_value=HIGHEST_EMOTION, label=_("Feeling")
    )
    persona = forms.ModelChoiceField(
        Persona.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
    )


class EvidenceForm(ScopedForm):
    """Why a card may be believed."""

    kind = forms.ChoiceField(
        choices=[
            (kind, label)
            for kind, label in EvidenceItem.Kind.choices
            if kind not in {EvidenceItem.Kind.ANSWER, EvidenceItem.Kind.COMMENT}
        ],
        label=_("Kind"),
    )
    text = forms.CharField(
        required=False,
        max_length=TEXT_LENGTH,
        label=_("What was said or seen"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    source = forms.CharField(required=False, max_length=200, label=_("Who or where"))
    happened_on = forms.DateField(
        required=False, label=_("Day"), widget=forms.DateInput(attrs={"type": "date"})
    )
    url = forms.URLField(required=False, max_length=500, label=_("Address"), assume_scheme="https")
    upload = forms.FileField(required=False, label=_("File"))


class CardRowForm(ScopedForm):
    """What a row of the table edits: the title in the reader's language, and the feeling."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(max_length=TITLE_LENGTH, label=_("Title"))
    emotion = CardForm.base_fields["emotion"]

    def __init__(self, *args: Any, card: Card, actor: Actor, **kwargs: Any) -> None:
        initial = {"version": card.version, "title": str(card), "emotion": card.emotion}
        super().__init__(*args, actor=actor, initial=initial, auto_id=f"row-{card.pk}-%s", **kwargs)


class TableFilterForm(ScopedForm):
    """Which rows of the table."""

    stage = forms.ModelChoiceField(
        Stage.unscoped.none(),  # unscoped: narrowed to the journey below
        required=False,
        label=_("Stage"),
        empty_label=_("All"),
    )
    lane = forms.ModelChoiceField(
        Lane.unscoped.none(),  # unscoped: narrowed to the journey below
        required=False,
        label=_("Lane"),
        empty_label=_("All"),
    )

    def __init__(self, *args: Any, actor: Actor, journey: Journey, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["stage"].queryset = journey.stages.order_by("position", "pk")
        rows = journey.lanes.exclude(kind__in=COMPUTED | LINES)
        fields["lane"].queryset = rows.order_by("position", "pk")


class VersionForm(ScopedForm):
    """Why a version is kept, in a few words."""

    note = forms.CharField(
        required=False,
        max_length=200,
        label=_("Note"),
        help_text=_("For example: after the workshop in May."),
    )


class CopyForm(ScopedForm):
    """What a copy is called, and what it is."""

    kind = forms.ChoiceField(choices=Journey.Kind.choices, label=_("Kind"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        name = I18nTextFormField(
            languages=list(actor.program.languages), label=_("Name"), max_length=200
        )
        self.fields = {"name": name, **self.fields}
