"""Customers, what happened to them, and the groups they form."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _

from cxportal.core.models.base import TenantModel, VersionedModel
from cxportal.core.models.fields import I18nTextField, text_in


class Customer(VersionedModel):
    """A person or firm the program listens to, known by `external_id` in its own systems."""

    class Kind(models.TextChoices):
        CUSTOMER = "customer", _("Customer")
        PROSPECT = "prospect", _("Prospect")
        EMPLOYEE = "employee", _("Employee")
        PARTNER = "partner", _("Partner")

    external_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.CUSTOMER)
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=8, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    account_manager = models.ForeignKey(
        "core.Membership", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_test = models.BooleanField(default=False)
    # Published facts: written by the loyalty floor, read by segments everywhere.
    value_segment = models.CharField(max_length=30, blank=True)
    lifetime_value = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    # Set on a record that was taken into another one; it has no person's data while it is.
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )

    class Meta(VersionedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "external_id"], name="customer_external_id_unique"
            )
        ]
        indexes = [
            models.Index(fields=["program", "updated_at", "id"], name="customer_changes"),
            models.Index(fields=["program", "email"], name="customer_email"),
            # Pairs of letters: a Korean name has two or three syllables, too few for trigrams.
            GinIndex(
                Func("name", "email", "phone", "external_id", function="core_search_pairs"),
                name="customer_search_pairs",
            ),
            GinIndex(
                fields=["attributes"], name="customer_attributes", opclasses=["jsonb_path_ops"]
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.external_id

    @property
    def pseudonym(self) -> str:
        """What people without the right to personal data see."""
        return f"#{self.pk}"


class CustomerEvent(TenantModel):
    """Something that happened: a purchase, a delivery, a call; from API, import or the portal."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=60)
    occurred_at = models.DateTimeField()
    place = models.CharField(max_length=120, blank=True)
    data = models.JSONField(default=dict, blank=True)
    external_id = models.CharField(max_length=120, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "external_id"], name="event_external_id_unique"
            )
        ]
        indexes = [
            models.Index(fields=["customer", "-occurred_at"], name="event_timeline"),
            models.Index(fields=["program", "kind", "occurred_at"], name="event_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.occurred_at:%Y-%m-%d}"


class Segment(VersionedModel):
    """A group of customers: by rule, by hand, or computed by an upper floor."""

    class Kind(models.TextChoices):
        RULE = "rule", _("By rule")
        MANUAL = "manual", _("By hand")
        COMPUTED = "computed", _("Computed")

    code = models.CharField(max_length=60)
    name = I18nTextField()
    description = models.TextField(blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.RULE)
    # {"match": "all"|"any", "conditions": [{"field", "operator", "value"}]}
    rule = models.JSONField(default=dict, blank=True)
    is_reported = models.BooleanField(default=False)
    # Who answers for these customers.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    members_counted_at = models.DateTimeField(null=True, blank=True)
    member_count = models.PositiveIntegerField(default=0)
    customers = models.ManyToManyField(Customer, through="SegmentMember", related_name="segments")

    class Meta(VersionedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "code"], name="segment_code_unique")
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return text_in(self.name) or self.code


class SegmentMember(TenantModel):
    """One customer in one segment, with the reason it is there."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="memberships")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["segment", "customer"], name="segment_member_unique")
        ]

    def __str__(self) -> str:
        return f"{self.segment_id}:{self.customer_id}"


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")
    LINK = "link", _("Open link")
    PHONE = "phone", _("Phone")
    POST = "post", _("Post")


class Consent(TenantModel):
    """Append-only: who agreed to or refused what, when and by which text."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    purpose = models.CharField(max_length=30, default="survey")
    granted = models.BooleanField()
    text_version = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=60, blank=True)
    night = models.BooleanField(default=False)
    reconfirm_by = models.DateField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["customer", "channel", "purpose", "-at"], name="consent_latest")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.channel} {self.purpose} {self.granted}"


class Suppression(TenantModel):
    """An address nobody in the program writes to any more."""

    class Reason(models.TextChoices):
        UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
        BOUNCED = "bounced", _("Bounced")
        COMPLAINED = "complained", _("Complained")
        MANUAL = "manual", _("Entered by hand")

    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    address = models.CharField(max_length=254)
    reason = models.CharField(max_length=15, choices=Reason.choices)
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["program", "channel", "address"], name="suppression_unique"
            )
        ]
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.address
