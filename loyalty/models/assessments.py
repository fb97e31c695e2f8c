"""Assessments: questions about the company itself, answered by several people, over time."""

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy

from cxportal.core.models import I18nTextField, TenantModel, VersionedModel, text_in


class Framework(VersionedModel):
    """A set of statements on one scale; the shape of `document` is that of loyalty/frameworks/."""

    code = models.CharField(max_length=60)
    name = I18nTextField()
    document = models.JSONField()

    class Meta(VersionedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "code"], name="framework_code_unique")
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return text_in(self.name) or self.code


class Assessment(VersionedModel):
    """One round of a framework. `document` is the framework as it was when the round began."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("state", "Open")
        CLOSED = "closed", pgettext_lazy("state", "Closed")

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="assessments")
    name = models.CharField(max_length=200)
    document = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    due = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # 0–100, kept when the round is closed; None while it is open or nobody answered.
    level = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta(VersionedModel.Meta):
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name


class AssessmentAnswer(TenantModel):
    """What one person says of one statement: 1 to the number of levels, or None = cannot say."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="answers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    item = models.CharField(max_length=60)
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "user", "item"], name="assessment_answer_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.item} {self.level}"
