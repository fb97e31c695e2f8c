"""What stands on a journey's map: lanes, cards, emotions, evidence; its versions and edits."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cxportal.core.models import I18nTextField, StoredFile, TenantModel, VersionedModel, text_in
from journeys.models.journeys import Journey, Persona, Step
from surveys.models import Comment, Response

LOWEST_EMOTION, HIGHEST_EMOTION = -5, 5
_EMOTION = [MinValueValidator(LOWEST_EMOTION), MaxValueValidator(HIGHEST_EMOTION)]


class Lane(VersionedModel):
    """A row of the map. What is computed (touchpoints, emotions, scores …) holds no cards."""

    class Kind(models.TextChoices):
        GOAL = "goal", _("Goals and needs")
        DOING = "doing", _("What the customer does")
        THINKING = "thinking", _("Thoughts")
        FACTOR = "factor", _("Experience factors")
        TOUCHPOINT = "touchpoint", _("Touchpoints and channels")
        EMOTION = "emotion", _("Emotions")
        METRIC = "metric", _("Scores")
        PAIN = "pain", _("Pains")
        GAIN = "gain", _("Gains")
        QUOTE = "quote", _("Quotes")
        IMAGE = "image", _("Images")
        INTERACTION = "interaction", _("Line of interaction")
        ONSTAGE = "onstage", _("Onstage: people and systems customers meet")
        VISIBILITY = "visibility", _("Line of visibility")
        BACKSTAGE = "backstage", _("Backstage")
        SUPPORT = "support", _("Supporting processes")
        EVIDENCE = "evidence", _("Physical evidence")
        OPPORTUNITY = "opportunity", _("Opportunities")
        WORK = "work", _("Actions under way")
        CUSTOM = "custom", _("A lane of your own")

    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="lanes")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.CUSTOM)
    # Empty: called as its kind is.
    name = I18nTextField(blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta(VersionedModel.Meta):
        constraints = [models.UniqueConstraint(fields=["journey", "uid"], name="lane_uid_unique")]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return text_in(self.name) or str(self.Kind(self.kind).label)


#: Rows that only part others.
LINES = frozenset({Lane.Kind.INTERACTION, Lane.Kind.VISIBILITY})
#: Rows filled from records, not by cards.
COMPUTED = frozenset({Lane.Kind.TOUCHPOINT, Lane.Kind.EMOTION, Lane.Kind.METRIC, Lane.Kind.WORK})


class Card(VersionedModel):
    """One note in a cell of the map; `emotion` runs from -5 to 5."""

    class Severity(models.TextChoices):
        LOW = "low", _("Low")
        MEDIUM = "medium", _("Medium")
        HIGH = "high", _("High")

    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    lane = models.ForeignKey(Lane, on_delete=models.CASCADE, related_name="cards")
    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="cards")
    title = I18nTextField()
    text = I18nTextField(blank=True)
    position = models.PositiveIntegerField(default=0)
    emotion = models.SmallIntegerField(null=True, blank=True, validators=_EMOTION)
    severity = models.CharField(max_length=6, choices=Severity.choices, blank=True)
    is_moment_of_truth = models.BooleanField(default=False)
    persona = models.ForeignKey(
        Persona, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    image = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    tags = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    # What a taken-over file said beyond our fields: purpose, sentiment, icon, blueprint.
    details = models.JSONField(default=dict, blank=True)

    class Meta(VersionedModel.Meta):
        constraints = [models.UniqueConstraint(fields=["lane", "uid"], name="card_uid_unique")]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return text_in(self.title)


class EmotionPoint(TenantModel):
    """How a persona (none: every customer) feels at a step, -5 to 5."""

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="emotions")
    persona = models.ForeignKey(
        Persona, null=True, blank=True, on_delete=models.CASCADE, related_name="emotions"
    )
    value = models.SmallIntegerField(validators=_EMOTION)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["step", "persona"], nulls_distinct=False, name="emotion_point_unique"
            )
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.step_id}: {self.value}"


class EvidenceItem(TenantModel):
    """Why a card, an insight or an opportunity may be believed: an answer, a comment, a file, an
    interview or a link. It belongs to one of the three.
    """

    class Kind(models.TextChoices):
        ANSWER = "answer", _("Answer")
        COMMENT = "comment", _("Comment")
        INTERVIEW = "interview", _("Interview")
        OBSERVATION = "observation", _("Observation")
        FILE = "file", _("File")
        LINK = "link", _("Link")

    card = models.ForeignKey(
        Card, null=True, blank=True, on_delete=models.CASCADE, related_name="evidence"
    )
    insight = models.ForeignKey(
        "journeys.Insight", null=True, blank=True, on_delete=models.CASCADE, related_name="evidence"
    )
    opportunity = models.ForeignKey(
        "journeys.Opportunity",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="evidence",
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    text = models.TextField(blank=True, max_length=4000)
    # Who said it, or where it was seen.
    source = models.CharField(max_length=200, blank=True)
    happened_on = models.DateField(null=True, blank=True)
    url = models.URLField(max_length=500, blank=True)
    response = models.ForeignKey(
        Response, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    comment = models.ForeignKey(
        Comment, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    file = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(card=None, insight=None, opportunity__isnull=False)
                | Q(card=None, insight__isnull=False, opportunity=None)
                | Q(card__isnull=False, insight=None, opportunity=None),
                name="evidence_of_one",
            )
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:80] or self.source or self.url or str(self.get_kind_display())

    @property
    def owner(self) -> Any:
        """The card, insight or opportunity it belongs to."""
        return self.card or self.insight or self.opportunity


class JourneyVersion(TenantModel):
    """A kept state of a map: the whole document, and in a few words why it was kept."""

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="kept_versions")
    number = models.PositiveIntegerField()
    note = models.CharField(max_length=200, blank=True)
    document = models.JSONField()
    made_by_label = models.CharField(max_length=200)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["journey", "number"], name="journey_version_unique")
        ]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.journey_id} v{self.number}"


class MapEdit(TenantModel):
    """One change of a map, as the rows it touched before and after: what undo goes back by."""

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="edits")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)
    # [[table, id, values before or null, values after or null], …]
    rows = models.JSONField()
    undone_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["journey", "user", "-id"],
                condition=Q(undone_at=None),
                name="map_edit_latest",
            )
        ]

    def __str__(self) -> str:
        return f"{self.journey_id} {self.at}"
