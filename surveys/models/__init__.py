"""Tables of the listening floor."""

from surveys.models.campaigns import (
    Campaign,
    ContactPolicy,
    Delivery,
    Invitation,
    Occurrence,
    SenderIdentity,
    SkipReason,
)
from surveys.models.checklists import ChecklistItem, ChecklistStore
from surveys.models.comments import Comment, CommentTopic, TextVector, Topic
from surveys.models.consent_notices import ConsentNotice, NoticeRules, NoticeSkip
from surveys.models.drafts import DraftPresence, DraftStep, LibraryItem
from surveys.models.imports import SurveyImport
from surveys.models.metrics import (
    Dimension,
    Metric,
    MetricSource,
    RespondentFigure,
    Score,
    Tally,
    TallyColumns,
    TallyMonth,
)
from surveys.models.operational import Dashboard, MetricValue, OperationalMetric
from surveys.models.responses import Response
from surveys.models.surveys import Choice, Question, Section, Survey, SurveyVersion

__all__ = [
    "Campaign",
    "ChecklistItem",
    "ChecklistStore",
    "Choice",
    "Comment",
    "CommentTopic",
    "ConsentNotice",
    "ContactPolicy",
    "Dashboard",
    "Delivery",
    "Dimension",
    "DraftPresence",
    "DraftStep",
    "Invitation",
    "LibraryItem",
    "Metric",
    "MetricSource",
    "MetricValue",
    "NoticeRules",
    "NoticeSkip",
    "Occurrence",
    "OperationalMetric",
    "Question",
    "RespondentFigure",
    "Response",
    "Score",
    "Section",
    "SenderIdentity",
    "SkipReason",
    "Survey",
    "SurveyImport",
    "SurveyVersion",
    "Tally",
    "TallyColumns",
    "TallyMonth",
    "TextVector",
    "Topic",
]
