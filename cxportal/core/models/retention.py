"""How long a program keeps what: rules that its owner sets and the portal carries out nightly."""

from django.db import models
from django.utils.translation import pgettext_lazy

from cxportal.core.models.base import TenantModel, VersionedModel


class RetentionRule(VersionedModel):
    """One subject of registry.retention_subjects, kept for so many days, then taken away.

    Without a row the subject's usual days hold; without days it is kept.
    """

    class Deed(models.TextChoices):
        ERASE = "erase", pgettext_lazy("retention", "Erase")
        ANONYMISE = "anonymise", pgettext_lazy("retention", "Make anonymous")

    subject = models.CharField(max_length=30)
    days = models.PositiveIntegerField(null=True, blank=True)
    deed = models.CharField(max_length=10, choices=Deed.choices)
    ran_at = models.DateTimeField(null=True, blank=True)
    # How many were taken away in the last night that found any, and when.
    last_count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "subject"], name="retention_rule_unique")
        ]

    def __str__(self) -> str:
        return self.subject
