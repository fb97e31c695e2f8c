"""Points: a double-entry ledger that only grows, lots that expire, tiers, campaigns."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from cxportal.core.models import Customer, I18nTextField, Program, TenantModel, VersionedModel


class PointsScheme(VersionedModel):
    """The program's rules of points: one row per program."""

    program = models.OneToOneField(Program, on_delete=models.CASCADE, related_name="+")
    name = I18nTextField()
    is_active = models.BooleanField(default=True)
    # Points for one unit of the currency paid, before the tier's and campaigns' multipliers.
    earn_rate = models.DecimalField(
        max_digits=9, decimal_places=4, default="0.0100", validators=[MinValueValidator(0)]
    )
    # Days until earned points may be spent (returns are over), and until they expire; 0 = never.
    pending_days = models.PositiveSmallIntegerField(default=0)
    expiry_days = models.PositiveSmallIntegerField(default=730)
    # What a point is worth when spent: the liability of points outstanding.
    point_value = models.DecimalField(max_digits=9, decimal_places=4, default="1.0000")

    def __str__(self) -> str:
        return str(_("Points"))


class PointsTier(TenantModel):
    """A level reached by points earned in the last 365 days, left again below it."""

    code = models.CharField(max_length=40)
    name = I18nTextField()
    threshold = models.PositiveBigIntegerField(default=0)
    multiplier = models.DecimalField(max_digits=5, decimal_places=2, default="1.00")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "code"], name="points_tier_code"),
            models.UniqueConstraint(fields=["program", "threshold"], name="points_tier_threshold"),
        ]
        ordering = ["threshold"]

    def __str__(self) -> str:
        return self.code


class PointsCampaign(TenantModel):
    """More points for a time, perhaps for one store, channel or product only."""

    name = I18nTextField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    multiplier = models.DecimalField(max_digits=5, decimal_places=2, default="2.00")
    channel = models.CharField(max_length=60, blank=True)
    store = models.CharField(max_length=120, blank=True)
    product = models.CharField(max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-starts_on"]

    def __str__(self) -> str:
        return str(self.name)


class PointsAccount(TenantModel):
    """A member's points. The two balances are what the postings add up to; a proof holds them."""

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="points")
    tier = models.ForeignKey(
        PointsTier, null=True, blank=True, on_delete=models.SET_NULL, related_name="accounts"
    )
    tier_since = models.DateField(null=True, blank=True)
    available = models.BigIntegerField(default=0)
    pending = models.BigIntegerField(default=0)
    enrolled_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(available__gte=0, pending__gte=0), name="points_not_negative"
            )
        ]
        indexes = [models.Index(fields=["program", "-available", "-id"], name="points_rank")]

    def __str__(self) -> str:
        return f"#{self.customer_id}"


class PointsEntry(TenantModel):
    """One thing that happened to points. Never changed: what was wrong is reversed."""

    class Kind(models.TextChoices):
        EARN = "earn", _("Earned")
        ACTIVATE = "activate", _("Became spendable")
        SPEND = "spend", _("Spent")
        EXPIRE = "expire", _("Expired")
        REVERSE = "reverse", _("Reversed")
        ADJUST = "adjust", _("Given by hand")
        TRANSFER = "transfer", _("Moved to another record")

    account = models.ForeignKey(PointsAccount, on_delete=models.CASCADE, related_name="entries")
    # Given by whoever asks; the same key again answers the first entry.
    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    points = models.BigIntegerField()
    at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
    reverses = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="reversed_by"
    )

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["program", "key"], name="points_entry_key")]
        indexes = [models.Index(fields=["account", "-id"], name="points_entry_recent")]

    def __str__(self) -> str:
        return f"{self.kind} {self.points}"


class PointsPosting(TenantModel):
    """One side of an entry; the sides of an entry add up to zero."""

    class Book(models.TextChoices):
        ISSUED = "issued", _("Issued")
        PENDING = "pending", _("Not yet spendable")
        AVAILABLE = "available", _("Spendable")
        SPENT = "spent", _("Spent")
        EXPIRED = "expired", _("Expired")

    entry = models.ForeignKey(PointsEntry, on_delete=models.CASCADE, related_name="postings")
    account = models.ForeignKey(PointsAccount, on_delete=models.CASCADE, related_name="postings")
    book = models.CharField(max_length=10, choices=Book.choices)
    points = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["account", "book"], name="points_posting_book")]

    def __str__(self) -> str:
        return f"{self.book} {self.points}"


class PointsLot(TenantModel):
    """Points earned at once, which become spendable and expire together."""

    class State(models.TextChoices):
        PENDING = "pending", _("Not yet spendable")
        ACTIVE = "active", _("Spendable")
        SPENT = "spent", _("Spent")
        EXPIRED = "expired", _("Expired")
        REVERSED = "reversed", _("Reversed")

    account = models.ForeignKey(PointsAccount, on_delete=models.CASCADE, related_name="lots")
    entry = models.ForeignKey(PointsEntry, on_delete=models.CASCADE, related_name="lots")
    # Where the points came from, after a merge of two members.
    origin = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices)
    points = models.BigIntegerField()
    left = models.BigIntegerField()
    active_from = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(left__gte=0) & models.Q(left__lte=models.F("points")),
                name="points_lot_left",
            )
        ]
        indexes = [
            models.Index(fields=["account", "state", "expires_at"], name="points_lot_next"),
            models.Index(fields=["state", "active_from"], name="points_lot_activate"),
            models.Index(fields=["state", "expires_at"], name="points_lot_expire"),
        ]

    def __str__(self) -> str:
        return f"{self.left}/{self.points}"


class PointsUse(TenantModel):
    """Which lot an entry took how many points from, so that a reversal puts them back."""

    entry = models.ForeignKey(PointsEntry, on_delete=models.CASCADE, related_name="uses")
    lot = models.ForeignKey(PointsLot, on_delete=models.CASCADE, related_name="uses")
    points = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.lot_id} -{self.points}"


class PointsProof(TenantModel):
    """The daily proof: entries balance, postings equal balances, lots equal balances."""

    at = models.DateTimeField(auto_now_add=True)
    is_right = models.BooleanField()
    accounts = models.PositiveIntegerField(default=0)
    entries = models.PositiveIntegerField(default=0)
    available = models.BigIntegerField(default=0)
    pending = models.BigIntegerField(default=0)
    wrong = models.JSONField(default=list)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["program", "-id"], name="points_proof_recent")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.is_right}"
