"""The customer's way: personas, journeys, stages, touchpoints and what is measured there."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxportal.core.models import I18nTextField, Segment, Team, TenantModel, VersionedModel, text_in
from surveys.models import Metric


class Persona(VersionedModel):
    """A typical customer, in a few words."""

    name = I18nTextField()
    description = I18nTextField(blank=True)
    goals = I18nTextField(blank=True)
    segment = models.ForeignKey(
        Segment, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta(VersionedModel.Meta):
        ordering = ["pk"]

    def __str__(self) -> str:
        return text_in(self.name)


class Journey(VersionedModel):
    """A way through the company, from awareness to buying again."""

    class Kind(models.TextChoices):
        AS_IS = "as_is", _("As it is")
        TO_BE = "to_be", _("As it should be")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        LIVE = "live", _("Live")
        ARCHIVED = "archived", _("Archived")

    code = models.CharField(max_length=60)
    name = I18nTextField()
    description = I18nTextField(blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.AS_IS)
    state = models.CharField(max_length=10, choices=State.choices, default=State.LIVE)
    persona = models.ForeignKey(
        Persona, null=True, blank=True, on_delete=models.SET_NULL, related_name="journeys"
    )
    # Those with a line of their own on the emotion curve.
    personas = models.ManyToManyField(Persona, blank=True, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # The larger journey this one is a part of.
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children"
    )
    # What it is today, for a journey as it should be.
    counterpart = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="targets"
    )
    review_due = models.DateField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta(VersionedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "code"], name="journey_code_unique")
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return text_in(self.name)


class Stage(VersionedModel):
    """A phase of a journey. `target` is on the 0–100 scale of stage scores."""

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="stages")
    code = models.CharField(max_length=60)
    name = I18nTextField()
    description = I18nTextField(blank=True)
    position = models.PositiveIntegerField(default=0)
    target = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta(VersionedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["journey", "code"], name="stage_code_unique")
        ]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return text_in(self.name)


class Touchpoint(VersionedModel):
    """A library record: where customers meet the company. Placed in stages by steps."""

    class Area(models.TextChoices):
        PRODUCT = "product", _("Products and services")
        PEOPLE = "people", _("People and systems")
        COMMUNICATION = "communication", _("Communications")

    code = models.CharField(max_length=60)
    name = I18nTextField()
    description = I18nTextField(blank=True)
    area = models.CharField(max_length=15, choices=Area.choices, default=Area.PEOPLE)
    # Active: the customer comes to us (inbound); it weighs more than outbound.
    is_active_contact = models.BooleanField(default=True)
    is_manageable = models.BooleanField(default=True)
    is_moment_of_truth = models.BooleanField(default=False)
    # Whether customers notice it at all; what they do not notice is not among the important few.
    is_perceived = models.BooleanField(default=True)
    channel = models.CharField(max_length=60, blank=True)
    # 0–10; the weight of the touchpoint within its stage.
    importance = models.DecimalField(
        max_digits=4,
        decimal_places=2,
        default=5,
        validators=[MinValueValidator(0), MaxValueValidator(10)],
    )
    # 0–10 as stated by the team; a metric that measures it goes before.
    expectation = models.DecimalField(
        max_digits=4,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(10)],
    )
    # Kinds of customer events by which a visit is seen, beside the answers of its metrics.
    event_kinds = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    metrics = models.ManyToManyField(Metric, through="TouchpointMetric", related_name="touchpoints")

    class Meta(VersionedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "code"], name="touchpoint_code_unique")
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return text_in(self.name)


class Step(VersionedModel):
    """What a customer does in a stage, usually at a touchpoint; a column of the map."""

    # The same over versions and copies; the database gives rows of before one each.
    uid = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="steps")
    # None: the customer does it without us.
    touchpoint = models.ForeignKey(
        Touchpoint, null=True, blank=True, on_delete=models.CASCADE, related_name="steps"
    )
    # Empty: called as its touchpoint is.
    name = I18nTextField(blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta(VersionedModel.Meta):
        constraints = [models.UniqueConstraint(fields=["stage", "touchpoint"], name="step_unique")]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        if any(self.name.values()):
            return text_in(self.name)
        return str(self.touchpoint) if self.touchpoint else text_in(self.stage.name)

    @property
    def place(self) -> Touchpoint:
        """The touchpoint of a step that has one. Raises LookupError."""
        if self.touchpoint is None:
            raise LookupError("a step without a touchpoint")
        return self.touchpoint


class TouchpointMetric(TenantModel):
    """Which metric measures what at a touchpoint, and how much it weighs there."""

    class Aspect(models.TextChoices):
        PERFORMANCE = "performance", _("Performance")
        EMOTION = "emotion", _("Emotion")
        EFFORT = "effort", pgettext_lazy("aspect", "Effort")
        OUTCOME = "outcome", _("Outcome")
        # What customers say of it, not how it went: never part of a score.
        IMPORTANCE = "importance", _("Stated importance")
        EXPECTATION = "expectation", _("Expectation")
        # What customers of a competitor say of it there.
        COMPETITOR = "competitor", _("A competitor's score")

    touchpoint = models.ForeignKey(
        Touchpoint, on_delete=models.CASCADE, related_name="metric_links"
    )
    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, related_name="touchpoint_links")
    aspect = models.CharField(max_length=12, choices=Aspect.choices, default=Aspect.PERFORMANCE)
    weight = models.DecimalField(
        max_digits=5, decimal_places=2, default=1, validators=[MinValueValidator(0)]
    )
    # Whose score it is, with the aspect "competitor" alone.
    competitor = models.CharField(max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["touchpoint", "metric"], name="touchpoint_metric_unique"
            )
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.touchpoint_id} ← {self.metric_id} × {self.weight}"


class PeriodEvidence(TenantModel):
    """What a period's answers say about a journey's metrics: sums small enough to score from.

    The shape is journeys.calc.evidence.Evidence; touchpoint, stage and journey scores with
    errors clustered by customer follow from it without touching the facts again. A row whose
    answers moved is marked stale and recomputed when it is next read. Days are inclusive.
    """

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="evidence")
    dimension = models.BigIntegerField(default=0)
    first_day = models.DateField()
    last_day = models.DateField()
    # The metrics it was computed for; another set asks for a new computation.
    metric_ids = ArrayField(models.BigIntegerField(), default=list)
    evidence = models.JSONField(default=dict)
    is_stale = models.BooleanField(default=False)
    computed_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["journey", "dimension", "first_day", "last_day"],
                name="period_evidence_unique",
            )
        ]
        indexes = [models.Index(fields=["program", "last_day"], name="period_evidence_day")]

    def __str__(self) -> str:
        return f"{self.journey_id} {self.first_day}–{self.last_day}"


#: What customers say of a touchpoint rather than how it went with us: no part of a score.
UNSCORED = (
    TouchpointMetric.Aspect.IMPORTANCE,
    TouchpointMetric.Aspect.EXPECTATION,
    TouchpointMetric.Aspect.COMPETITOR,
)
