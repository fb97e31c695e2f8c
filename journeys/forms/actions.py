"""Shape of what people type about actions."""

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.forms.base import I18nTextFormField, ScopedForm
from cxportal.core.models import Customer, Membership, Team, text_in
from journeys.forms.customers import CustomerNameField, customer_named
from journeys.models import Action, Board, Column, Relationship, Stage, State, Touchpoint
from journeys.models.boards import CONFIDENCE_WORDS, IMPACT_WORDS
from surveys.models import Response

TITLE_LENGTH, TEXT_LENGTH = 200, 20_000
MOST_CARDS = 999
OPEN = _("Not chosen")
FACTORS = [(1, _("1 (lowest)")), (2, "2"), (3, "3"), (4, "4"), (5, _("5 (highest)"))]
_PLACE = re.compile(
    r"(?P<column>\d{1,18})(?::(?P<side>before|after):(?P<card>\d{1,18}))?"
    r"(?:@(?P<lane>stage|owner|horizon|relationship):(?P<key>[a-z0-9]{0,18}))?",
    re.ASCII,
)


class NamedChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Choices over records with bilingual names, without a query per choice."""

    def label_from_instance(self, obj: Any) -> str:
        return text_in(obj.name) or obj.code


class StageChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Stages with their journey."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{text_in(obj.journey.name)} – {text_in(obj.name)}"


def factor(label: Any, help_text: Any = "") -> forms.TypedChoiceField:
    """A choice from 1 to 5."""
    return forms.TypedChoiceField(
        choices=FACTORS, coerce=int, initial=3, label=label, help_text=help_text
    )


class QuickActionForm(ScopedForm):
    """A title is enough."""

    title = forms.CharField(max_length=TITLE_LENGTH, label=_("Title"))
    board = forms.ModelChoiceField(
        Board.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
    )


class ActionForm(ScopedForm):
    """Everything about an action but its place on the board."""

    title = forms.CharField(max_length=TITLE_LENGTH, label=_("What is to be done"))
    description = forms.CharField(
        max_length=TEXT_LENGTH,
        required=False,
        label=_("Description"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    owner = forms.ModelChoiceField(
        Membership.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        label=_("Owner"),
        empty_label=_("Nobody yet"),
    )
    due = forms.DateField(
        required=False,
        label=_("Due"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    touchpoint = NamedChoiceField(
        Touchpoint.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        empty_label=OPEN,
        label=_("Touchpoint"),
        help_text=_("Its scores before and after will show whether the action worked."),
    )
    stage = StageChoiceField(
        Stage.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        empty_label=OPEN,
        label=_("Stage"),
    )
    team = forms.ModelChoiceField(
        Team.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        empty_label=OPEN,
        label=_("Team"),
    )
    horizon = forms.ChoiceField(choices=Action.Horizon.choices, label=_("Horizon"))
    importance = factor(_("Importance"))
    urgency = factor(_("Urgency"))
    effect = factor(_("Expected effect"))
    cost = factor(_("Cost"))
    reach = forms.IntegerField(
        required=False, min_value=0, max_value=10**9, label=_("Reach: people a quarter")
    )
    impact = forms.TypedChoiceField(
        choices=[("", OPEN), *IMPACT_WORDS],
        coerce=float,
        empty_value=None,
        required=False,
        label=_("Impact on each"),
    )
    confidence = forms.TypedChoiceField(
        choices=[("", OPEN), *CONFIDENCE_WORDS],
        coerce=int,
        empty_value=None,
        required=False,
        label=_("Confidence"),
    )
    effort = forms.FloatField(
        required=False, min_value=0.1, max_value=999, label=_("Effort: person-months")
    )
    customer = CustomerNameField()
    relationship = forms.ChoiceField(
        choices=[("", OPEN), *Relationship.choices],
        required=False,
        label=_("Relationship activity"),
        help_text=_("What it is to do for the relationship with this customer."),
    )
    board = NamedChoiceField(
        Board.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        widget=forms.HiddenInput,
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
        stages: Any = self.fields["stage"]
        owners: Any = self.fields["owner"]
        stages.queryset = stages.queryset.select_related("journey").order_by(
            "journey_id", "position"
        )
        owners.queryset = owners.queryset.filter(is_active=True).select_related("user")

    def clean_customer(self) -> Customer | None:
        return customer_named(self.actor, self.cleaned_data["customer"])


class ActionEditForm(ActionForm):
    """What may change later; the board changes by moving the card."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        del self.fields["board"]


@dataclass(frozen=True)
class Place:
    """Where a card is to go: a column, perhaps a neighbour, perhaps another lane."""

    column: int
    before: int | None = None
    after: int | None = None
    lane: tuple[str, str] | None = None


class MoveForm(ScopedForm):
    """`to` is "12", "12:before:5" or "12:after:7": column, side and neighbour by id.

    A lane follows behind "@": "12@owner:4", "12:after:7@horizon:mid", "12@stage:" for none.
    """

    to = forms.CharField(max_length=100)
    version = forms.IntegerField(required=False)

    def clean_to(self) -> Place:
        found = _PLACE.fullmatch(self.cleaned_data["to"])
        if found is None:
            raise forms.ValidationError(_("Say where to: a column of this board."))
        card = int(found["card"]) if found["card"] else None
        return Place(
            column=int(found["column"]),
            before=card if found["side"] == "before" else None,
            after=card if found["side"] == "after" else None,
            lane=(found["lane"], found["key"]) if found["lane"] else None,
        )


class BoardForm(ScopedForm):
    """Name of a board, and name and limit of each of its columns."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, actor: Actor, columns: list[Column] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        languages = list(actor.program.languages)
        self.fields["name"] = I18nTextFormField(
            languages=languages, label=_("Name of the board"), max_length=TITLE_LENGTH
        )
        if columns is None:
            self.fields["kind"] = forms.ChoiceField(
                choices=Board.Kind.choices,
                label=_("What it is for"),
                help_text=_(
                    "Relationships begin with the standard steps: prospect, opportunity, "
                    "approach, information, needs, design, contract, care."
                ),
            )
        for column in columns or []:
            self.fields[f"name_{column.pk}"] = I18nTextFormField(
                languages=languages,
                label=column.get_state_display(),
                max_length=TITLE_LENGTH,
                initial=column.name,
            )
            self.fields[f"limit_{column.pk}"] = forms.IntegerField(
                required=False,
                min_value=1,
                max_value=MOST_CARDS,
                label=_("Limit of cards"),
                initial=column.limit,
            )


class ColumnForm(ScopedForm):
    """A new column: its name, what it means, how many cards it should hold."""

    state = forms.ChoiceField(
        choices=State.choices,
        label=_("What it means"),
        help_text=_("Reports, measuring the effect and due dates go by it."),
    )
    limit = forms.IntegerField(
        required=False, min_value=1, max_value=MOST_CARDS, label=_("Limit of cards")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        name = I18nTextFormField(
            languages=list(actor.program.languages), label=_("Name"), max_length=TITLE_LENGTH
        )
        self.fields = {"name": name, **self.fields}
