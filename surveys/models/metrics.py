"""Metrics, the facts behind them, and the tallies pages read."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from cxportal.core.models import (
    BusyTenantModel,
    Customer,
    I18nTextField,
    TenantModel,
    VersionedModel,
    text_in,
)
from surveys.models.responses import Response
from surveys.models.surveys import Survey


class Metric(VersionedModel):
    """What is measured: kind, scale, cut-offs, target, owner; fed by its sources."""

    class Kind(models.TextChoices):
        NPS = "nps", _("NPS")
        ENPS = "enps", _("eNPS")
        CSAT = "csat", _("CSAT (top 2 box)")
        CES = "ces", _("CES 2.0 (mean, high = easy)")
        RATING = "rating", _("Rating (mean)")

    code = models.CharField(max_length=60)
    name = I18nTextField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    minimum = models.SmallIntegerField(default=0)
    maximum = models.SmallIntegerField(default=10)
    # {"promoter_from": 9, "detractor_to": 6, "top_from": 4}; empty = the field's usual ones.
    cutoffs = models.JSONField(default=dict, blank=True)
    high_is_good = models.BooleanField(default=True)
    # In the unit the metric is shown in (NPS points, % or scale points).
    target = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    min_n = models.PositiveSmallIntegerField(null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_headline = models.BooleanField(default=False)

    class Meta(VersionedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "code"], name="metric_code_unique")
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return text_in(self.name) or self.code


class MetricSource(TenantModel):
    """A question whose answers feed the metric, from every version of its survey."""

    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, related_name="sources")
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="metric_sources")
    # By the code its answers have: in a loop "rate@app", code and item.
    question_code = models.CharField(max_length=90)
    # {answer: value on the metric's scale} for another wording or scale; empty = as answered.
    mapping = models.JSONField(default=dict, blank=True)
    # Only answers of these days count: one wave of a survey. None = no bound.
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "survey", "question_code"], name="metric_source_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.metric_id} ← {self.survey_id}.{self.question_code}"


class Dimension(TenantModel):
    """A group the program reports by: a channel, a language, a segment, a store …"""

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=120)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "kind", "key"], name="dimension_unique")
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"


class Score(BusyTenantModel):
    """The fact: one value of one metric from one response, on a day of the program's zone."""

    metric = models.ForeignKey(
        Metric, on_delete=models.CASCADE, related_name="scores", db_index=False
    )
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="scores")
    # Both are the response's, which has the constraints: checked once more with each of several
    # facts, they took a fifth of the time of taking answers in.
    program = models.ForeignKey(
        "core.Program",
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    customer = models.ForeignKey(
        Customer,
        null=True,
        on_delete=models.SET_NULL,
        related_name="scores",
        db_constraint=False,
    )
    day = models.DateField()
    value = models.SmallIntegerField()
    # The response's dimensions, kept with the fact so that a rebuild needs one table.
    dimensions = ArrayField(models.BigIntegerField(), default=list)

    class Meta(BusyTenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["metric", "response"], name="score_unique")]
        indexes = [models.Index(fields=["metric", "day"], name="score_day")]

    def __str__(self) -> str:
        return f"{self.metric_id} {self.day} {self.value}"


class TallyColumns(BusyTenantModel):
    """A histogram of one metric for one dimension; dimension 0 is everyone."""

    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, related_name="+", db_index=False)
    dimension = models.BigIntegerField(default=0)
    n = models.IntegerField(default=0)
    total = models.BigIntegerField(default=0)
    total_sq = models.BigIntegerField(default=0)
    n0 = models.IntegerField(default=0)
    n1 = models.IntegerField(default=0)
    n2 = models.IntegerField(default=0)
    n3 = models.IntegerField(default=0)
    n4 = models.IntegerField(default=0)
    n5 = models.IntegerField(default=0)
    n6 = models.IntegerField(default=0)
    n7 = models.IntegerField(default=0)
    n8 = models.IntegerField(default=0)
    n9 = models.IntegerField(default=0)
    n10 = models.IntegerField(default=0)

    class Meta(BusyTenantModel.Meta):
        abstract = True


class Tally(TallyColumns):
    """One day."""

    day = models.DateField()

    class Meta(TallyColumns.Meta):
        constraints = [
            models.UniqueConstraint(fields=["metric", "dimension", "day"], name="tally_unique")
        ]

    def __str__(self) -> str:
        return f"{self.metric_id}/{self.dimension} {self.day} n={self.n}"


class TallyMonth(TallyColumns):
    """One month; `month` is its first day."""

    month = models.DateField()

    class Meta(TallyColumns.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "dimension", "month"], name="tally_month_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.metric_id}/{self.dimension} {self.month} n={self.n}"


class RespondentFigure(TenantModel):
    """One score of a survey as respondents are shown it, held still between steps.

    `counts` are answers by value 0..10. The row is only replaced when as many answers were added
    as count together, so that no two looks at it differ by a few people.
    """

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="respondent_figures")
    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, related_name="+")
    counts = ArrayField(models.PositiveIntegerField())

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["survey", "metric"], name="respondent_figure_unique")
        ]

    def __str__(self) -> str:
        return f"{self.survey_id}/{self.metric_id} n={self.n}"

    @property
    def n(self) -> int:
        """How many answers stand behind it."""
        return sum(self.counts)
