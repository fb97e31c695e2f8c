"""The scorecard: what the company can do, what customers experience, what comes of it in money."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cxportal.core.models import I18nTextField, TenantModel, VersionedModel, text_in
from surveys.models import Metric, OperationalMetric


class Goal(VersionedModel):
    """Something the program wants to reach: over other goals, or over KPIs that show it."""

    name = I18nTextField()
    # Why it matters, in a sentence.
    about = I18nTextField(blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children"
    )
    # Its share of the goal above, beside its siblings' weights.
    weight = models.DecimalField(max_digits=5, decimal_places=2, default=1)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    position = models.PositiveIntegerField(default=0)

    class Meta(VersionedModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("pk")),
                name="goal_not_its_own_parent",
            )
        ]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return text_in(self.name)


class Kpi(VersionedModel):
    """One figure of the scorecard, taken from a metric, computed by the portal or entered."""

    class View(models.TextChoices):
        CAPABILITY = "capability", _("Capability")
        EXPERIENCE = "experience", _("Experience")
        EQUITY = "equity", _("Customer equity")

    class Source(models.TextChoices):
        METRIC = "metric", _("A metric of the program")
        COUNTED = "counted", _("A counted metric of the program")
        COMPUTED = "computed", _("Computed by the portal")
        MANUAL = "manual", _("Entered by hand")

    class Unit(models.TextChoices):
        POINTS = "nps", _("NPS points")
        PERCENT = "percent", _("Per cent")
        NUMBER = "", _("Number")
        MONEY = "money", _("Money")

    name = I18nTextField()
    # What reaching it is good for, in a sentence.
    goal = I18nTextField(blank=True)
    view = models.CharField(max_length=10, choices=View.choices)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.MANUAL)
    metric = models.ForeignKey(
        Metric, null=True, blank=True, on_delete=models.CASCADE, related_name="kpis"
    )
    counted = models.ForeignKey(
        OperationalMetric, null=True, blank=True, on_delete=models.CASCADE, related_name="kpis"
    )
    # The goal it shows; its weight counts among what stands under that goal.
    part_of = models.ForeignKey(
        Goal, null=True, blank=True, on_delete=models.SET_NULL, related_name="kpis"
    )
    # Name in loyalty.queries.kpi_sources.SOURCES.
    computed = models.CharField(max_length=40, blank=True)
    unit = models.CharField(max_length=10, choices=Unit.choices, blank=True)
    high_is_good = models.BooleanField(default=True)
    target = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    weight = models.DecimalField(max_digits=5, decimal_places=2, default=1)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    position = models.PositiveIntegerField(default=0)

    class Meta(VersionedModel.Meta):
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return text_in(self.name)


class KpiValue(TenantModel):
    """A KPI's value of one month, and what its owner says about it."""

    kpi = models.ForeignKey(Kpi, on_delete=models.CASCADE, related_name="values")
    # First day of the month.
    month = models.DateField()
    # None: measured, but too few to be shown, or nothing but a comment.
    value = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    # Answers, customers or cases behind the value; None where there is no such number.
    n = models.PositiveIntegerField(null=True, blank=True)
    comment = models.TextField(blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["kpi", "month"], name="kpi_value_unique")]
        ordering = ["month"]

    def __str__(self) -> str:
        return f"{self.kpi_id} {self.month:%Y-%m}"


class KpiLink(TenantModel):
    """A hypothesis: when `cause` moves, `effect` follows."""

    cause = models.ForeignKey(Kpi, on_delete=models.CASCADE, related_name="effects")
    effect = models.ForeignKey(Kpi, on_delete=models.CASCADE, related_name="causes")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["cause", "effect"], name="kpi_link_unique"),
            models.CheckConstraint(
                condition=~models.Q(cause=models.F("effect")), name="kpi_link_apart"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cause_id} → {self.effect_id}"


class ScorecardSnapshot(TenantModel):
    """A month's scorecard as it stood; never changed afterwards.

    `document`: {"kpis": [{"id", "name", "view", "value", "n", "target", "state", "weight",
    "owner", "comment"}], "links": [{"cause", "effect", "verdict", "lag", "r", "p", "n"}],
    "goals": [{"id", "name", "parent", "weight", "share", "state"}]}; months closed before goals
    were kept have no "goals".
    """

    month = models.DateField()
    document = models.JSONField()
    taken_at = models.DateTimeField(auto_now_add=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "month"], name="scorecard_snapshot_unique")
        ]
        ordering = ["-month"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    @property
    def views(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """The KPIs as they stood, by the name of their view."""
        kpis = self.document["kpis"]
        return [(str(v.label), [row for row in kpis if row["view"] == v]) for v in Kpi.View]

    @property
    def links(self) -> list[dict[str, Any]]:
        """The links as they were judged, with the names of their KPIs."""
        names = {row["id"]: text_in(row["name"]) for row in self.document["kpis"]}
        return [
            {**link, "cause": names.get(link["cause"], ""), "effect": names.get(link["effect"], "")}
            for link in self.document["links"]
        ]
