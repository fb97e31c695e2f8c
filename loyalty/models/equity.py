"""Customer equity: what all customers are worth on a day, and where means are spent."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxportal.core.models import Customer, TenantModel, VersionedModel
from loyalty.models.value import MONEY, ValueSegment


class ValueSnapshot(TenantModel):
    """One customer's lifetime value on a day that was kept."""

    on = models.DateField()
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    segment = models.CharField(max_length=20, choices=ValueSegment.choices, blank=True)
    lifetime_value = models.DecimalField(**MONEY)  # type: ignore[arg-type]

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "on", "customer"], name="value_snapshot")
        ]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} #{self.customer_id}"


class Allocation(VersionedModel):
    """The worksheet: people, money and time given to one activity for one value segment."""

    class Activity(models.TextChoices):
        ACQUIRE = "acquire", _("Find and win")
        GROW = "grow", _("Grow")
        KEEP = "keep", pgettext_lazy("strategy", "Keep")

    segment = models.CharField(max_length=20, choices=ValueSegment.choices)
    activity = models.CharField(max_length=10, choices=Activity.choices)
    people = models.DecimalField(max_digits=7, decimal_places=2, default=0)
    money = models.DecimalField(default=0, **MONEY)  # type: ignore[arg-type]
    hours = models.DecimalField(max_digits=9, decimal_places=1, default=0)
    note = models.CharField(max_length=300, blank=True)

    class Meta(VersionedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "segment", "activity"], name="allocation_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_segment_display()} · {self.get_activity_display()}"
