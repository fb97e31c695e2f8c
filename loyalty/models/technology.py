"""What is used for the customer experience, and the processes customers feel."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from cxportal.core.models import I18nTextField, VersionedModel, text_in
from loyalty.models.propositions import ValueProposition
from surveys.models import Metric


def _owner() -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )


class Technology(VersionedModel):
    """One system in use, planned or on its way out; `kind` is one of the catalogue's."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        PROJECT = "in_progress", _("Project running")
        IN_USE = "active", _("In use")
        ENDING = "ended", _("On its way out")

    class Layer(models.TextChoices):
        EXECUTION = "execution", _("Execution")
        COMMUNICATION = "communication", _("Communication")
        EXPERIENCE = "experience", _("Experience")
        PERFORMANCE = "performance", _("Performance")
        STRATEGY = "strategy", _("Strategy")

    kind = models.CharField(max_length=30)
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=15, choices=State.choices, default=State.IN_USE)
    layer = models.CharField(max_length=15, choices=Layer.choices, default=Layer.EXECUTION)
    # Who works with it and who runs its project, in words.
    used_by = models.CharField(max_length=300, blank=True)
    project = models.CharField(max_length=300, blank=True)
    owner = _owner()
    # A year, in the program's currency.
    yearly_cost = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    # Evidence: the metric it should move, and the day it came into use.
    metric = models.ForeignKey(
        Metric, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    since = models.DateField(null=True, blank=True)

    class Meta(VersionedModel.Meta):
        ordering = ["layer", "name", "pk"]

    def __str__(self) -> str:
        return self.name


class Process(VersionedModel):
    """A process across departments, with its owner, its fit and the metric it is judged by."""

    class State(models.TextChoices):
        AS_IS = "idea", _("As it grew")
        REDESIGN = "in_progress", _("Being redesigned")
        RUNNING = "active", _("Runs as designed")

    name = I18nTextField()
    departments = models.CharField(max_length=300, blank=True)
    proposition = models.ForeignKey(
        ValueProposition, null=True, blank=True, on_delete=models.SET_NULL, related_name="processes"
    )
    state = models.CharField(max_length=15, choices=State.choices, default=State.AS_IS)
    # 1 to 5: how well it serves customers, how well the organisation can run it.
    customer_fit = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    organisation_fit = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    metric = models.ForeignKey(
        Metric, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    owner = _owner()

    class Meta(VersionedModel.Meta):
        ordering = ["pk"]

    def __str__(self) -> str:
        return text_in(self.name)
