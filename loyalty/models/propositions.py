"""Value propositions: what is promised to whom, and what makes it true."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxportal.core.models import I18nTextField, Segment, TenantModel, VersionedModel, text_in
from journeys.models import Action, Touchpoint
from surveys.models import Metric


class ValueProposition(VersionedModel):
    """A promise to a segment, with its proof, the touchpoints that keep it and the actions."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        AGREED = "agreed", pgettext_lazy("proposition", "Agreed")
        KEPT = "kept", _("Kept at every touchpoint")
        RETIRED = "retired", _("Retired")

    name = I18nTextField()
    segment = models.ForeignKey(
        Segment, null=True, blank=True, on_delete=models.SET_NULL, related_name="propositions"
    )
    promise = I18nTextField()
    functional_value = I18nTextField(blank=True)
    emotional_value = I18nTextField(blank=True)
    proof = I18nTextField(blank=True)
    # The customer's side: what they want to get done, what hinders and what helps them.
    jobs = I18nTextField(blank=True)
    pains = I18nTextField(blank=True)
    gains = I18nTextField(blank=True)
    # Ours: how people behave who keep the promise, and in which steps it comes true.
    behaviours = I18nTextField(blank=True)
    roadmap = I18nTextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    touchpoints = models.ManyToManyField(Touchpoint, blank=True, related_name="propositions")
    actions = models.ManyToManyField(Action, blank=True, related_name="propositions")
    drivers = models.ManyToManyField("loyalty.Driver", blank=True, related_name="propositions")
    # By which the promise is judged.
    metric = models.ForeignKey(
        Metric, null=True, blank=True, on_delete=models.SET_NULL, related_name="propositions"
    )

    class Meta(VersionedModel.Meta):
        ordering = ["pk"]

    def __str__(self) -> str:
        return text_in(self.name)


class PropositionDifference(TenantModel):
    """How a promise differs from one named competitor's, on one driver."""

    proposition = models.ForeignKey(
        ValueProposition, on_delete=models.CASCADE, related_name="differences"
    )
    driver = models.ForeignKey("loyalty.Driver", on_delete=models.CASCADE, related_name="+")
    competitor = models.ForeignKey("loyalty.Competitor", on_delete=models.CASCADE, related_name="+")
    text = I18nTextField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["proposition", "driver", "competitor"], name="difference_unique"
            )
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return text_in(self.text)
