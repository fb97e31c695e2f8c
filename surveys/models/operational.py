"""Metrics that are not asked but counted: their records and dated values."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxportal.core.models import BusyTenantModel, I18nTextField, VersionedModel, text_in


class OperationalMetric(VersionedModel):
    """A metric with dated values: brought by API or file, or computed by a formula."""

    class Subject(models.TextChoices):
        FIRST_CONTACT = "first_contact", _("First-contact resolution")
        REPEAT_ORDERS = "repeat_orders", _("Repeat orders")
        CHURN = "churn", _("Churn")
        PARTICIPATION = "participation", _("Participation in the loyalty program")
        BRAND = "brand", _("Brand tracking")
        BENCHMARK = "benchmark", _("Competitive benchmark")
        SENTIMENT = "sentiment", _("Sentiment")
        LIFETIME_VALUE = "lifetime_value", _("Customer lifetime value")
        OTHER = "other", _("Another figure")

    class Unit(models.TextChoices):
        PERCENT = "percent", _("Per cent")
        NUMBER = "", _("Number")
        MONEY = "money", _("Money")
        POINTS = "nps", pgettext_lazy("score", "Points")

    class Together(models.TextChoices):
        MEAN = "mean", _("Mean, weighted by n")
        SUM = "sum", _("Sum")
        LAST = "last", _("Last value")

    code = models.CharField(max_length=60)
    name = I18nTextField()
    subject = models.CharField(max_length=20, choices=Subject.choices, default=Subject.OTHER)
    unit = models.CharField(max_length=10, choices=Unit.choices, blank=True)
    decimals = models.PositiveSmallIntegerField(default=1)
    high_is_good = models.BooleanField(default=True)
    target = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    # How several values of a period become one.
    together = models.CharField(max_length=5, choices=Together.choices, default=Together.MEAN)
    # Where the values come from, in words; and a formula over other metrics' codes, if computed.
    source = models.CharField(max_length=300, blank=True)
    formula = models.CharField(max_length=500, blank=True)
    # What of the portal's own records it is counted from (registry.figure_feeds), with the
    # feed's setting, and when it was last counted; "" = values are brought.
    feed = models.CharField(max_length=40, blank=True)
    feed_setting = models.CharField(max_length=60, blank=True)
    fed_at = models.DateTimeField(null=True, blank=True)
    min_n = models.PositiveIntegerField(null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta(VersionedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "code"], name="operational_code_unique")
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return text_in(self.name) or self.code


class MetricValue(BusyTenantModel):
    """What was counted on a day; `n` is how many things were counted, where that is known."""

    metric = models.ForeignKey(OperationalMetric, on_delete=models.CASCADE, related_name="values")
    day = models.DateField()
    value = models.DecimalField(max_digits=18, decimal_places=4)
    n = models.PositiveIntegerField(null=True, blank=True)

    class Meta(BusyTenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["metric", "day"], name="metric_value_unique")
        ]

    def __str__(self) -> str:
        return f"{self.metric_id} {self.day} {self.value}"


class Dashboard(VersionedModel):
    """Reports one looks at together; `widgets` in order, as calc/widgets.py describes them."""

    name = models.CharField(max_length=120)
    widgets = models.JSONField(default=list, blank=True)
    is_shared = models.BooleanField(default=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta(VersionedModel.Meta):
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name
