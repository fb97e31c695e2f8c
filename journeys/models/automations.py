"""Automations: when something happens and a condition holds, something is done, once."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxportal.core.models import (
    BusyTenantModel,
    Customer,
    I18nTextField,
    VersionedModel,
    text_in,
)


class Trigger(models.TextChoices):
    """What an automation waits for."""

    ANSWER = "answer", _("An answer comes in")
    TOPIC = "topic", _("A comment is read")
    EVENT = "event", _("A customer event happens")
    PATTERN = "pattern", _("Purchases or value show a pattern")
    DATE = "date", _("A date of the customer comes near")
    SCORE = "score", _("A score really changes")


class Automation(VersionedModel):
    """Event → condition → effects.

    `settings` narrow the trigger: {"survey"}, {"kinds": [...]}, {"pattern", "value"},
    {"attribute", "days"}, {"metric", "direction"}. `condition` is that of survey logic
    (docs/survey-json.md). `effects` are objects with a `kind` of automation_effects.KINDS.
    """

    class Industry(models.TextChoices):
        ANY = "", pgettext_lazy("industry", "All")
        RETAIL = "retail", _("Retail")
        FINANCE = "finance", _("Finance")
        TELECOM = "telecom", _("Telecom")

    name = I18nTextField()
    # The standard activity: what the account manager is to do.
    activity = I18nTextField(blank=True)
    industry = models.CharField(max_length=10, choices=Industry.choices, blank=True)
    trigger = models.CharField(max_length=10, choices=Trigger.choices)
    settings = models.JSONField(default=dict, blank=True)
    condition = models.JSONField(default=dict, blank=True)
    effects = models.JSONField(default=list, blank=True)
    # A customer is the reason at most once in this many days; 0 = every time.
    once_days = models.PositiveSmallIntegerField(default=0)
    # More in one hour stop the automation: something is wrong.
    hourly_limit = models.PositiveIntegerField(default=500)
    is_active = models.BooleanField(default=False)
    switched_on_at = models.DateTimeField(null=True, blank=True)
    stopped_reason = models.CharField(max_length=300, blank=True)
    # Entry of the starter catalogue it was made from.
    code = models.CharField(max_length=60, null=True, blank=True)

    class Meta(VersionedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "code"], name="automation_code_unique")
        ]
        indexes = [
            models.Index(
                fields=["program", "trigger"],
                name="automation_active",
                condition=models.Q(is_active=True),
            )
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return text_in(self.name) or self.code or f"#{self.pk}"


class AutomationRun(BusyTenantModel):
    """One occasion of one automation, whatever came of it; the key makes it once."""

    class State(models.TextChoices):
        DONE = "done", pgettext_lazy("run", "Done")
        LIMITED = "limited", pgettext_lazy("run", "Left out: limit")
        FAILED = "failed", pgettext_lazy("run", "Failed")
        SEEN = "seen", pgettext_lazy("run", "Was so before")

    automation = models.ForeignKey(Automation, on_delete=models.CASCADE, related_name="runs")
    key = models.CharField(max_length=160)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices)
    # What was done: [{"kind": "case", "id": 5}].
    results = models.JSONField(default=list)
    note = models.CharField(max_length=300, blank=True)
    # Automations that led here, oldest first.
    chain = ArrayField(models.BigIntegerField(), default=list, blank=True)

    class Meta(BusyTenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["automation", "key"], name="automation_run_once")
        ]
        indexes = [
            models.Index(fields=["automation", "-id"], name="automation_run_recent"),
            models.Index(fields=["automation", "customer", "-at"], name="automation_run_customer"),
            models.Index(fields=["program", "-id"], name="automation_run_program"),
        ]

    def __str__(self) -> str:
        return f"{self.automation_id}: {self.key}"
