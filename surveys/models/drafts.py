"""Beside the draft: what each person did last, who is at it now, and what is kept for reuse."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cxportal.core.models import ApiKey, TenantModel
from surveys.models.surveys import Survey


class DraftStep(TenantModel):
    """One change of a draft by a person or an API key, so that it can be undone and done again.

    `changes`: {part: {field: [before, after]}} of what the command touched; see
    surveys/calc/draft_steps.py.
    """

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="steps")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    api_key = models.ForeignKey(
        ApiKey, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    # The command's name in the audit trail, and what it was about in the survey's main language.
    action = models.CharField(max_length=40)
    label = models.CharField(max_length=200, blank=True)
    changes = models.JSONField()
    undone = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["survey", "user", "-id"], name="draft_step_last")]
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.label or self.action


class DraftPresence(TenantModel):
    """Somebody who has the designer of a survey open; `seen_at` is renewed while it is."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["survey", "user"], name="draft_presence_unique")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.survey_id}"


class LibraryItem(TenantModel):
    """A question or a block (a page with its questions) kept for other surveys.

    `document`: a section of docs/survey-json.md without its number; a single question stands on a
    page of its own.
    """

    class Kind(models.TextChoices):
        QUESTION = "question", _("Question")
        BLOCK = "block", _("Block")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=120)
    document = models.JSONField()
    default_language = models.CharField(max_length=8)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["program", "name"], name="library_item_name")]
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name
