"""What customers are worth: the rules, the fitted models, the values and how they moved."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cxportal.core.models import Customer, Program, TenantModel, VersionedModel

SHARE: dict[str, object] = {
    "max_digits": 4,
    "decimal_places": 3,
    "validators": [MinValueValidator(0), MaxValueValidator(1)],
}
MONEY: dict[str, object] = {"max_digits": 18, "decimal_places": 2}


class ValueSegment(models.TextChoices):
    """High or low now, by high or low in future."""

    MOST_VALUABLE = "most_valuable", _("Most valuable")
    AT_RISK_EARNER = "at_risk_earner", _("At-risk earners")
    GROWABLE = "growable", _("Growable")
    BELOW_COST = "below_cost", _("Below cost")


class ValueRules(VersionedModel):
    """How the program counts value: one row per program; absent, the defaults hold."""

    program = models.OneToOneField(Program, on_delete=models.CASCADE, related_name="+")
    # What money earned in the past is worth today, and what coming money is worth less, a year.
    yearly_rate = models.DecimalField(default="0.08", **SHARE)  # type: ignore[arg-type]
    horizon_years = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    # High is above the value that this share of customers does not exceed.
    present_cut = models.DecimalField(default="0.700", **SHARE)  # type: ignore[arg-type]
    future_cut = models.DecimalField(default="0.700", **SHARE)  # type: ignore[arg-type]
    # Which of the customers' attributes holds our share (0 to 100) of what they spend.
    wallet_attribute = models.CharField(max_length=60, default="share_of_wallet", blank=True)
    # How much of what competitors hold can be won over.
    winnable_share = models.DecimalField(default="0.200", **SHARE)  # type: ignore[arg-type]
    # Names of the program's own for the four segments: {code: {"en", "ko"}}.
    segment_names = models.JSONField(default=dict, blank=True)
    # What is done for each segment: {code: {"en", "ko"}}.
    segment_strategies = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return str(_("Rules of customer value"))


class ValueModel(TenantModel):
    """One fit of the models, never changed: `is_current` marks the one that values are from."""

    class Method(models.TextChoices):
        BG_NBD = "bg_nbd", _("BG/NBD and Gamma–Gamma")
        SIMPLE = "simple", _("Margin and retention (Gupta–Lehmann)")

    made_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    is_current = models.BooleanField(default=False)
    until = models.DateField()
    method = models.CharField(max_length=10, choices=Method.choices)
    why_simple = models.CharField(max_length=30, blank=True)
    customers = models.PositiveIntegerField(default=0)
    repeaters = models.PositiveIntegerField(default=0)
    r = models.FloatField(null=True)
    alpha = models.FloatField(null=True)
    a = models.FloatField(null=True)
    b = models.FloatField(null=True)
    log_likelihood = models.FloatField(null=True)
    p = models.FloatField(null=True)
    q = models.FloatField(null=True)
    gamma = models.FloatField(null=True)
    spending_log_likelihood = models.FloatField(null=True)
    margin_share = models.FloatField(default=0)
    retention = models.FloatField(default=0)
    # The models fitted on the first half of the time against what then happened.
    holdout = models.JSONField(default=dict, blank=True)
    # Where RFM cells and segments are cut, in hundredths of the currency.
    cuts = models.JSONField(default=dict, blank=True)
    # How few customers bring the profit: {"type", "customers", "curve"}.
    concentration = models.JSONField(default=dict, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["program", "-id"], name="value_model_recent")]
        constraints = [
            models.UniqueConstraint(
                fields=["program"], condition=models.Q(is_current=True), name="value_model_current"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.until:%Y-%m-%d}"


class CustomerValue(TenantModel):
    """What a customer brought and will bring, recomputed when transactions change."""

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="value")
    as_of = models.DateField()
    transactions = models.PositiveIntegerField(default=0)
    revenue = models.DecimalField(default=0, **MONEY)  # type: ignore[arg-type]
    # Σ margin · (1 + yearly rate)^age in years; amounts stand in where the margin is unknown.
    past_value = models.DecimalField(default=0, **MONEY)  # type: ignore[arg-type]
    # Profit of the last 365 days.
    present_value = models.DecimalField(default=0, **MONEY)  # type: ignore[arg-type]
    future_value = models.DecimalField(default=0, **MONEY)  # type: ignore[arg-type]
    future_low = models.DecimalField(null=True, **MONEY)  # type: ignore[arg-type]
    future_high = models.DecimalField(null=True, **MONEY)  # type: ignore[arg-type]
    # Profit held by competitors that can be won; null where the share of wallet is unknown.
    potential = models.DecimalField(null=True, **MONEY)  # type: ignore[arg-type]
    lifetime_value = models.DecimalField(default=0, **MONEY)  # type: ignore[arg-type]
    alive = models.FloatField(null=True)
    expected_purchases = models.FloatField(null=True)
    repeats = models.PositiveIntegerField(default=0)
    recency_cell = models.PositiveSmallIntegerField(default=0)
    frequency_cell = models.PositiveSmallIntegerField(default=0)
    money_cell = models.PositiveSmallIntegerField(default=0)
    segment = models.CharField(max_length=20, choices=ValueSegment.choices, blank=True)
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["program", "-lifetime_value", "-id"], name="value_rank")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.lifetime_value}"


class ValueMove(TenantModel):
    """A customer went from one value segment to another."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="value_moves")
    on = models.DateField()
    came_from = models.CharField(max_length=20, choices=ValueSegment.choices, blank=True)
    went_to = models.CharField(max_length=20, choices=ValueSegment.choices, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["customer", "-on"], name="value_move_customer"),
            models.Index(fields=["program", "-on", "-id"], name="value_move_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.came_from} → {self.went_to}"
