"""What was understood and what could be done about it: insights and opportunities."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxportal.core.models import I18nTextField, VersionedModel, text_in
from journeys.models.boards import Action
from journeys.models.journeys import Persona, Stage, Touchpoint
from journeys.models.maps import Card
from surveys.models import Comment, Survey

_FIVE = [MinValueValidator(1), MaxValueValidator(5)]
_TEN = [MinValueValidator(0), MaxValueValidator(10)]


class Insight(VersionedModel):
    """Something we know about customers, linked to what shows it."""

    class Kind(models.TextChoices):
        NEED = "need", _("Need")
        PAIN = "pain", _("Pain")
        GAIN = "gain", _("Gain")
        OBSERVATION = "observation", _("Observation")

    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.OBSERVATION)
    title = I18nTextField()
    text = I18nTextField(blank=True)
    persona = models.ForeignKey(
        Persona, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    stage = models.ForeignKey(
        Stage, null=True, blank=True, on_delete=models.SET_NULL, related_name="insights"
    )
    touchpoint = models.ForeignKey(
        Touchpoint, null=True, blank=True, on_delete=models.SET_NULL, related_name="insights"
    )
    cards = models.ManyToManyField(Card, blank=True, related_name="insights")

    class Meta(VersionedModel.Meta):
        ordering = ["pk"]

    def __str__(self) -> str:
        return text_in(self.title)

    @property
    def comments(self) -> list[Comment]:
        """Comments among its evidence."""
        items: Any = self.evidence.all()
        return [item.comment for item in items if item.comment_id]


class Opportunity(VersionedModel):
    """What could be done, scored so that the best comes first.

    `importance` and `satisfaction` are 0–10 (Ulwick); `value`, `ease` and `urgency` 1–5; `reach`
    customers a quarter, `impact` 3, 2, 1, 0.5 or 0.25, `confidence` 100, 80 or 50 %, `effort`
    person-months (RICE).
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("state", "Open")
        CHOSEN = "chosen", _("Chosen")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Dropped")

    title = I18nTextField()
    text = I18nTextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    stage = models.ForeignKey(
        Stage, null=True, blank=True, on_delete=models.SET_NULL, related_name="opportunities"
    )
    touchpoint = models.ForeignKey(
        Touchpoint, null=True, blank=True, on_delete=models.SET_NULL, related_name="opportunities"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    importance = models.DecimalField(
        max_digits=4, decimal_places=2, null=True, blank=True, validators=_TEN
    )
    satisfaction = models.DecimalField(
        max_digits=4, decimal_places=2, null=True, blank=True, validators=_TEN
    )
    value = models.PositiveSmallIntegerField(default=3, validators=_FIVE)
    ease = models.PositiveSmallIntegerField(default=3, validators=_FIVE)
    urgency = models.PositiveSmallIntegerField(default=3, validators=_FIVE)
    reach = models.PositiveIntegerField(null=True, blank=True)
    impact = models.DecimalField(max_digits=3, decimal_places=2, null=True, blank=True)
    confidence = models.PositiveSmallIntegerField(null=True, blank=True)
    effort = models.DecimalField(
        max_digits=5,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0.1)],
    )
    insights = models.ManyToManyField(Insight, blank=True, related_name="opportunities")
    cards = models.ManyToManyField(Card, blank=True, related_name="opportunities")
    actions = models.ManyToManyField(Action, blank=True, related_name="opportunities")

    class Meta(VersionedModel.Meta):
        ordering = ["pk"]
        verbose_name_plural = "opportunities"

    def __str__(self) -> str:
        return text_in(self.title)


class KanoFeature(VersionedModel):
    """A feature asked about twice, with it and without it: 1 Like … 5 Dislike."""

    name = I18nTextField()
    touchpoint = models.ForeignKey(
        Touchpoint, null=True, blank=True, on_delete=models.SET_NULL, related_name="kano_features"
    )
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="+")
    functional_code = models.CharField(max_length=60)
    dysfunctional_code = models.CharField(max_length=60)

    class Meta(VersionedModel.Meta):
        ordering = ["pk"]

    def __str__(self) -> str:
        return text_in(self.name)
