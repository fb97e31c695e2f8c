"""Tables of the listening floor."""

from surveys.models.campaigns import Campaign, Delivery, Invitation, Occurrence, SkipReason
from surveys.models.metrics import (
    Dimension,
    Metric,
    MetricSource,
    Score,
    Tally,
    TallyColumns,
    TallyMonth,
)
from surveys.models.responses import Comment, Response
from surveys.models.surveys import Choice, Question, Section, Survey, SurveyVersion

__all__ = [
    "Campaign",
    "Choice",
    "Comment",
    "Delivery",
    "Dimension",
    "Invitation",
    "Metric",
    "MetricSource",
    "Occurrence",
    "Question",
    "Response",
    "Score",
    "Section",
    "SkipReason",
    "Survey",
    "SurveyVersion",
    "Tally",
    "TallyColumns",
    "TallyMonth",
]
