"""What people answered."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from cxportal.core.models import BusyTenantModel, Customer
from surveys.models.campaigns import Campaign, Invitation
from surveys.models.surveys import Survey, SurveyVersion


class Response(BusyTenantModel):
    """One person's answers to one version. `submission_id` makes a replay harmless."""

    class Status(models.TextChoices):
        PARTIAL = "partial", _("Started")
        COMPLETE = "complete", _("Complete")
        # Not asked further: a rule or a full quota ended it. Counts in no score.
        SCREENED = "screened", _("Screened out")

    # Found by the indexes below, which begin with them.
    survey = models.ForeignKey(
        Survey, on_delete=models.CASCADE, related_name="responses", db_index=False
    )
    version = models.ForeignKey(
        SurveyVersion, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.SET_NULL, related_name="responses"
    )
    invitation = models.OneToOneField(
        Invitation, null=True, blank=True, on_delete=models.SET_NULL, related_name="response"
    )
    customer = models.ForeignKey(
        Customer,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="responses",
        db_index=False,
    )
    submission_id = models.UUIDField(default=uuid.uuid4)
    channel = models.CharField(max_length=10, default="link")
    language = models.CharField(max_length=8, default="en")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PARTIAL)
    is_test = models.BooleanField(default=False)
    # {"nps": 9, "why": "…", "used": ["app", "store"]}; docs/survey-json.md has every shape.
    answers = models.JSONField(default=dict)
    # Of surveys with rules: {"score", "quotas": [codes it counts for], "ending"}; else None.
    meta = models.JSONField(null=True, blank=True)
    # Dimension ids fixed at arrival, so that a later change of segment moves no old score.
    dimensions = ArrayField(models.BigIntegerField(), default=list)
    started_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta(BusyTenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "submission_id"], name="response_submission_unique"
            )
        ]
        indexes = [
            models.Index(fields=["program", "-completed_at", "-id"], name="response_recent"),
            models.Index(fields=["survey", "-completed_at", "-id"], name="response_survey"),
            models.Index(fields=["customer", "-completed_at"], name="response_customer"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
