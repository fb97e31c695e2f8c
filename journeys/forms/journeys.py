"""Shape of what people type about personas, journeys, stages and touchpoints."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.forms.base import I18nTextFormField, ScopedForm, narrow_owner, owner_field
from cxportal.core.models import Segment, Team, text_in
from journeys.forms.actions import NamedChoiceField
from journeys.models import Journey, Persona, Touchpoint, TouchpointMetric
from journeys.templates_library import TEMPLATES
from surveys.models import Metric

NAME_LENGTH, TEXT_LENGTH, CODE_LENGTH = 200, 4000, 60
LOWEST_TARGET, HIGHEST_TARGET = 0, 100
HIGHEST_IMPORTANCE, HIGHEST_WEIGHT = 10, 100


class NamedForm(ScopedForm):
    """A name and a description per language, and the version that was edited."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    #: Help below the description.
    about: Any = ""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        texts = self.texts(list(actor.program.languages))
        self.fields = {**texts, **self.fields}
        if "owner" in self.fields:
            narrow_owner(self, actor)

    def texts(self, languages: list[str]) -> dict[str, forms.Field]:
        """The fields in several languages."""
        return {
            "name": I18nTextFormField(languages=languages, label=_("Name"), max_length=NAME_LENGTH),
            "description": I18nTextFormField(
                languages=languages,
                rows=2,
                required=False,
                label=_("Description"),
                help_text=self.about,
                max_length=TEXT_LENGTH,
            ),
        }


class WordsField(forms.CharField):
    """Words between commas, each once."""

    def clean(self, value: Any) -> list[str]:
        """The words in the order typed."""
        words = [word.strip()[:CODE_LENGTH] for word in super().clean(value).split(",")]
        return list(dict.fromkeys(word for word in words if word))

    def prepare_value(self, value: Any) -> Any:
        """The words as one line."""
        return ", ".join(value) if isinstance(value, list) else value


class PersonaForm(NamedForm):
    """A typical customer in a few words."""

    about = _("Who this is, in two or three sentences.")
    segment = NamedChoiceField(
        Segment.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Segment"),
        empty_label=_("None"),
        help_text=_("The customers this persona stands for."),
    )

    def texts(self, languages: list[str]) -> dict[str, forms.Field]:
        goals = I18nTextFormField(
            languages=languages,
            rows=2,
            required=False,
            label=_("What they want to get done"),
            max_length=TEXT_LENGTH,
        )
        return {**super().texts(languages), "goals": goals}


class JourneyForm(NamedForm):
    """A journey's own fields."""

    about = _("From where to where, and for whom.")
    kind = forms.ChoiceField(choices=Journey.Kind.choices, label=_("Kind"))
    state = forms.ChoiceField(choices=Journey.State.choices, label=_("State"))
    persona = NamedChoiceField(
        Persona.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Persona"),
        empty_label=_("Every customer"),
    )
    personas = forms.ModelMultipleChoiceField(
        Persona.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Personas with a line on the emotion curve"),
        widget=forms.CheckboxSelectMultiple,
    )
    owner = owner_field()
    parent = NamedChoiceField(
        Journey.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Part of"),
        empty_label=_("No larger journey"),
    )
    counterpart = NamedChoiceField(
        Journey.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("What it is today"),
        empty_label=_("None"),
        help_text=_("For a journey as it should be: the one it departs from."),
    )
    review_due = forms.DateField(
        required=False,
        label=_("Look it over by"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )


def template_choices() -> list[tuple[str, str]]:
    """Templates by name in the reader's language, the fullest first."""
    rows = sorted(TEMPLATES.items(), key=lambda item: -len(item[1]["stages"]))
    return [(key, text_in(spec["name"])) for key, spec in rows]


class JourneyCreateForm(JourneyForm):
    """A new journey: also what to begin with."""

    template = forms.ChoiceField(
        choices=template_choices,
        label=_("Begin with"),
        widget=forms.RadioSelect,
        help_text=_("Stages and touchpoints of a template can all be changed afterwards."),
    )
    field_order = ["template"]

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        for name in ("state", "version", "personas", "parent", "counterpart", "review_due"):
            del self.fields[name]


class StageForm(NamedForm):
    """A stage's own fields."""

    about = _("What the customer does and wants here.")
    target = forms.DecimalField(
        required=False,
        min_value=LOWEST_TARGET,
        max_value=HIGHEST_TARGET,
        max_digits=5,
        decimal_places=2,
        label=_("Target"),
        help_text=_("On the scale of stage scores, 0 to 100."),
    )
    owner = owner_field()
    team = forms.ModelChoiceField(
        Team.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Team"),
        empty_label=_("None"),
    )


class TouchpointForm(NamedForm):
    """A touchpoint's attributes."""

    about = _("What happens here between the customer and us.")
    area = forms.ChoiceField(choices=Touchpoint.Area.choices, label=_("Area"))
    channel = forms.CharField(
        required=False,
        max_length=60,
        label=_("Channel"),
        help_text=_("For example store, app, phone or e-mail."),
    )
    importance = forms.DecimalField(
        min_value=0,
        max_value=HIGHEST_IMPORTANCE,
        max_digits=4,
        decimal_places=2,
        label=_("Importance"),
        help_text=_("From 0 to 10: how much it weighs in its stage."),
    )
    is_active_contact = forms.BooleanField(
        required=False,
        label=_("The customer comes to us here"),
        help_text=_("Such contacts weigh more than those that we begin."),
    )
    is_moment_of_truth = forms.BooleanField(required=False, label=_("Moment of truth"))
    is_manageable = forms.BooleanField(required=False, label=_("We can change it ourselves"))
    is_perceived = forms.BooleanField(required=False, label=_("Customers notice it"))
    expectation = forms.DecimalField(
        required=False,
        min_value=0,
        max_value=HIGHEST_IMPORTANCE,
        max_digits=4,
        decimal_places=2,
        label=_("Expectation"),
        help_text=_("From 0 to 10: what customers expect here, as the team sees it."),
    )
    event_kinds = WordsField(
        required=False,
        max_length=1000,
        label=_("Events that show a visit"),
        help_text=_("Kinds of customer events with commas, for example visit, call."),
    )
    owner = owner_field()


class TouchpointMetricForm(ScopedForm):
    """Which metric measures what at a touchpoint, and how much it weighs there."""

    metric = NamedChoiceField(
        Metric.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        label=_("Metric"),
        empty_label=None,
    )
    aspect = forms.ChoiceField(choices=TouchpointMetric.Aspect.choices, label=_("What it measures"))
    weight = forms.DecimalField(
        min_value=0,
        max_value=HIGHEST_WEIGHT,
        max_digits=5,
        decimal_places=2,
        initial=1,
        label=_("Weight"),
    )
    competitor = forms.CharField(
        required=False,
        max_length=120,
        label=_("Competitor"),
        help_text=_("Whose score it is; only where it measures a competitor."),
    )


class QuickNameForm(ScopedForm):
    """A name in the reader's language is enough for a new stage or card."""

    name = forms.CharField(max_length=NAME_LENGTH, label=_("Name"))


class PlaceForm(ScopedForm):
    """`to` is "3" (a place) or "12:3" (a stage and a place in it), both from 0."""

    to = forms.RegexField(r"^\d{1,18}(:\d{1,6})?$")

    @property
    def stage_pk(self) -> int | None:
        """The stage named, None without one."""
        first, colon, _rest = self.cleaned_data["to"].partition(":")
        return int(first) if colon else None

    @property
    def position(self) -> int:
        """The place, 0 is first."""
        return int(self.cleaned_data["to"].rpartition(":")[2])
