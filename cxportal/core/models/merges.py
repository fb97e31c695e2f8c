"""Two records of one person: found, merged, taken apart again; and the person's own link."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cxportal.core.models.base import TenantModel
from cxportal.core.models.customers import Customer


class CustomerMerge(TenantModel):
    """One record taken into another. What moved is listed, so that it can move back."""

    kept = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    merged = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    # {"app.model.field": [ids]} of the rows that moved.
    moved = models.JSONField(default=dict)
    # {"merged": {field: value}, "kept": {field: [before, after]}}
    before = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["kept", "-id"], name="merge_kept"),
            models.Index(fields=["merged", "-id"], name="merge_merged"),
        ]

    def __str__(self) -> str:
        return f"#{self.merged_id} → #{self.kept_id}"


class DuplicatePair(TenantModel):
    """Two records that are likely one person; `first` has the smaller id."""

    class State(models.TextChoices):
        OPEN = "open", _("To decide")
        MERGED = "merged", _("Merged")
        DIFFERENT = "different", _("Different people")

    first = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    # How alike, 0 to 100, and by which rules: "email", "phone", "name".
    likeness = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    found_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="duplicate_unique")]
        indexes = [
            models.Index(fields=["program", "state", "-likeness", "-id"], name="duplicate_open")
        ]

    def __str__(self) -> str:
        return f"#{self.first_id} = #{self.second_id}?"


class PrivacyLink(TenantModel):
    """The link by which a person sees, corrects and erases what is known of them."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"#{self.customer_id}"
