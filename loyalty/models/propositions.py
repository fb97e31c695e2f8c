"""Value propositions: what is promised to whom, and what makes it true."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cxportal.core.models import I18nTextField, Segment, VersionedModel, text_in
from journeys.models import Action, Touchpoint


class ValueProposition(VersionedModel):
    """A promise to a segment, with its proof, the touchpoints that keep it and the actions."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        AGREED = "agreed", _("Agreed")
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
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    touchpoints = models.ManyToManyField(Touchpoint, blank=True, related_name="propositions")
    actions = models.ManyToManyField(Action, blank=True, related_name="propositions")

    class Meta(VersionedModel.Meta):
        ordering = ["pk"]

    def __str__(self) -> str:
        return text_in(self.name)
