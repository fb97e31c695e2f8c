"""The playbook: how the brand behaves at a touchpoint, and which teams were trained in it."""

from django.db import models
from django.utils.translation import pgettext_lazy

from cxportal.core.models import I18nTextField, Team, TenantModel, VersionedModel, text_in
from journeys.models.journeys import Touchpoint


class Behaviour(VersionedModel):
    """One thing customers can count on from whoever serves them at a touchpoint."""

    class Kind(models.TextChoices):
        ATTITUDE = "attitude", pgettext_lazy("behaviour", "Attitude")
        KNOWLEDGE = "knowledge", pgettext_lazy("behaviour", "Knowledge")
        COMMUNICATION = "communication", pgettext_lazy("behaviour", "Communication")

    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.CASCADE, related_name="behaviours")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    name = I18nTextField()
    # Words or a scene that show what is meant.
    example = I18nTextField(blank=True)

    class Meta(VersionedModel.Meta):
        indexes = [models.Index(fields=["program", "touchpoint", "id"], name="behaviour_place")]

    def __str__(self) -> str:
        return text_in(self.name)


class BehaviourTraining(TenantModel):
    """How far one team is with a behaviour; a team without a row was not trained."""

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("training", "Planned")
        TRAINED = "trained", pgettext_lazy("training", "Trained")

    behaviour = models.ForeignKey(Behaviour, on_delete=models.CASCADE, related_name="trainings")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices)
    # The day it was, or is to be.
    day = models.DateField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["behaviour", "team"], name="behaviour_team_unique")
        ]
        ordering = ["team__name", "pk"]

    def __str__(self) -> str:
        return f"{self.behaviour_id}: {self.team_id} {self.state}"
