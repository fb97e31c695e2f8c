"""Money: what customers paid and what serving them cost."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cxportal.core.models import Customer, TenantModel


class Transaction(TenantModel):
    """A purchase, refund or cost of serving. In the program's currency; the last two negative."""

    class Kind(models.TextChoices):
        PURCHASE = "purchase", _("Purchase")
        REFUND = "refund", _("Refund")
        COST = "cost", _("Cost of serving")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="transactions")
    external_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PURCHASE)
    occurred_at = models.DateTimeField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    # What is left of the amount after the cost of goods and service; unknown = null.
    margin = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    channel = models.CharField(max_length=60, blank=True)
    store = models.CharField(max_length=120, blank=True)
    product = models.CharField(max_length=120, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "external_id"], name="transaction_external_id_unique"
            )
        ]
        indexes = [
            models.Index(fields=["customer", "-occurred_at"], name="transaction_customer"),
            models.Index(fields=["program", "-occurred_at", "-id"], name="transaction_recent"),
            models.Index(fields=["program", "updated_at", "id"], name="transaction_changes"),
        ]

    def __str__(self) -> str:
        return f"{self.external_id} {self.amount}"
