"""What makes customers loyal, and how we and named competitors do at it."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from cxportal.core.models import I18nTextField, TenantModel, VersionedModel, text_in
from journeys.models import Stage, Touchpoint
from surveys.models import Metric


class Driver(VersionedModel):
    """A candidate reason for loyalty: measured by a metric, or stated by people."""

    class Source(models.TextChoices):
        SURVEY = "survey", _("Survey")
        INTERVIEW = "interview", _("Interview")
        IMPORT = "import", _("Import")
        TEAM = "team", _("Our own hypothesis")

    name = I18nTextField()
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.TEAM)
    stage = models.ForeignKey(
        Stage, null=True, blank=True, on_delete=models.SET_NULL, related_name="drivers"
    )
    touchpoint = models.ForeignKey(
        Touchpoint, null=True, blank=True, on_delete=models.SET_NULL, related_name="drivers"
    )
    # How satisfied customers are with it, answered by the same people as the outcome.
    metric = models.ForeignKey(
        Metric, null=True, blank=True, on_delete=models.SET_NULL, related_name="drivers"
    )
    # What people say how important it is, 0 to 10.
    stated_importance = models.DecimalField(
        max_digits=4, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(10)],
    )  # fmt: skip
    is_critical = models.BooleanField(default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    evidence = models.TextField(blank=True)

    class Meta(VersionedModel.Meta):
        ordering = ["-is_critical", "pk"]

    def __str__(self) -> str:
        return text_in(self.name)


class Competitor(VersionedModel):
    """A named competitor, or a firm of another industry to learn from."""

    name = models.CharField(max_length=120)
    is_same_industry = models.BooleanField(default=True)
    note = models.TextField(blank=True)

    class Meta(VersionedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "name"], name="competitor_name_unique")
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Benchmark(TenantModel):
    """One dated value of a competitor or of a published study, with its source."""

    # Empty: a reference of a whole market, for example all B2B firms.
    competitor = models.ForeignKey(
        Competitor, null=True, blank=True, on_delete=models.CASCADE, related_name="benchmarks"
    )
    driver = models.ForeignKey(
        Driver, null=True, blank=True, on_delete=models.CASCADE, related_name="benchmarks"
    )
    metric = models.ForeignKey(
        Metric, null=True, blank=True, on_delete=models.CASCADE, related_name="benchmarks"
    )
    label = models.CharField(max_length=200, blank=True)
    # On 0 to 100, but NPS on -100 to 100.
    value = models.DecimalField(max_digits=7, decimal_places=2)
    unit = models.CharField(max_length=20, default="score")
    n = models.PositiveIntegerField(null=True, blank=True)
    source = models.CharField(max_length=300)
    measured_on = models.DateField()
    is_best_in_class = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        ordering = ["-measured_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.label or self.driver or self.metric} {self.value}"
