"""What customers say in their own words, from everywhere, and the topics it is sorted by."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxportal.core.models import (
    Customer,
    I18nTextField,
    Membership,
    TenantModel,
    VersionedModel,
    text_in,
)
from surveys.models.responses import Response
from surveys.models.surveys import Survey


class Topic(VersionedModel):
    """What comments are about, in the team's own words: a name and phrases that are examples."""

    code = models.CharField(max_length=60)
    name = I18nTextField()
    # Phrases in any language; a comment that holds one, or means nearly the same, is of the topic.
    seeds = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta(VersionedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "code"], name="topic_code_unique")
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return text_in(self.name) or self.code


class Comment(VersionedModel):
    """One thing somebody said: an open answer, a call, a review, an interview …

    A comment whose `analysed_at` is empty waits for the worker, which reads sentiment, topics
    and keywords. What a person decided (`read_by` "person") is never overwritten, and teaches.
    """

    class Sentiment(models.TextChoices):
        POSITIVE = "positive", _("Positive")
        NEGATIVE = "negative", _("Negative")
        NEUTRAL = "neutral", _("Neutral")
        UNKNOWN = "unknown", _("Undecided")

    class Kind(models.TextChoices):
        PRAISE = "praise", _("Praise")
        BLAME = "blame", _("Complaint")
        REMARK = "remark", _("Remark")

    class Source(models.TextChoices):
        SURVEY = "survey", _("Survey")
        CALL = "call", _("Call")
        REVIEW = "review", _("Review")
        STORE = "store", _("Store")
        INTERVIEW = "interview", _("Interview")
        GROUP = "group", _("Focus group")
        SOCIAL = "social", _("Social media")
        API = "api", _("Other system")

    class Status(models.TextChoices):
        NEW = "new", pgettext_lazy("comment", "New")
        OPEN = "open", _("In progress")
        DONE = "done", _("Done")
        ASIDE = "aside", _("Set aside")

    class ReadBy(models.TextChoices):
        RULES = "rules", _("Word rules")
        MODEL = "model", _("Language model")
        PERSON = "person", _("A person")

    response = models.ForeignKey(
        Response, null=True, blank=True, on_delete=models.CASCADE, related_name="comments"
    )
    survey = models.ForeignKey(
        Survey, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="comments"
    )
    question_code = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.SURVEY)
    external_id = models.CharField(max_length=120, null=True, blank=True)
    # Who said it where no customer is known: a reviewer's name. Personal data.
    author = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    language = models.CharField(max_length=8, blank=True)
    sentiment = models.CharField(
        max_length=10, choices=Sentiment.choices, default=Sentiment.UNKNOWN
    )
    # 0–1, how sure the reader was; None where rules or a person decided.
    confidence = models.FloatField(null=True, blank=True)
    read_by = models.CharField(max_length=10, choices=ReadBy.choices, default=ReadBy.RULES)
    # Claim or blame. Follows the sentiment unless whoever recorded it said so.
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.REMARK)
    kind_is_given = models.BooleanField(default=False)
    keywords = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    topics = models.ManyToManyField(Topic, through="CommentTopic", related_name="comments")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.NEW)
    assignee = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_test = models.BooleanField(default=False)
    at = models.DateTimeField()
    analysed_at = models.DateTimeField(null=True, blank=True)
    # Equal texts have equal keys: each distinct text is read once.
    text_key = models.UUIDField(null=True, blank=True)
    # Hashes of its pairs of letters: how a word of two syllables is found (surveys.calc.search).
    bigrams = ArrayField(models.IntegerField(), default=list, blank=True)

    class Meta(VersionedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["response", "question_code"], name="comment_answer_unique"
            ),
            models.UniqueConstraint(
                fields=["program", "external_id"], name="comment_external_id_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["program", "-at", "-id"], name="comment_recent"),
            models.Index(fields=["program", "sentiment", "-at", "-id"], name="comment_sentiment"),
            models.Index(fields=["program", "updated_at", "id"], name="comment_updated"),
            models.Index(fields=["survey", "-at"], name="comment_survey"),
            models.Index(fields=["program", "text_key"], name="comment_text_key"),
            models.Index(
                fields=["program", "-at"],
                name="comment_waiting",
                condition=models.Q(analysed_at=None),
            ),
            models.Index(
                fields=["program", "assignee", "-at"],
                name="comment_assignee",
                condition=models.Q(assignee__isnull=False),
            ),
            GinIndex(fields=["bigrams"], name="comment_bigrams"),
        ]

    def __str__(self) -> str:
        # Not the text: it may be personal, and audit entries outlive it.
        return f"#{self.pk}"


class CommentTopic(TenantModel):
    """A comment is of a topic, found by the reader or set by a person; or a person refused it."""

    class Origin(models.TextChoices):
        AUTO = "auto", _("Found by the reader")
        PERSON = "person", _("Set by a person")
        REFUSED = "refused", _("Taken away by a person")

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="topic_links")
    topic = models.ForeignKey(
        Topic, on_delete=models.CASCADE, related_name="comment_links", db_index=False
    )
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.AUTO)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["comment", "topic"], name="comment_topic_unique")
        ]
        indexes = [models.Index(fields=["topic", "comment"], name="comment_topic_topic")]

    def __str__(self) -> str:
        return f"{self.comment_id} · {self.topic_id}"


class TextVector(TenantModel):
    """What the encoder made of a distinct text: 384 half-precision numbers, computed once."""

    key = models.UUIDField()
    vector = models.BinaryField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "key"], name="text_vector_unique")
        ]

    def __str__(self) -> str:
        return str(self.key)
