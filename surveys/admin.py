"""Operators' view of surveys, campaigns, answers and metrics: read-only."""

from cxportal.core.admin import show
from surveys.models import (
    campaigns,
    checklists,
    comments,
    consent_notices,
    drafts,
    imports,
    metrics,
    operational,
    responses,
    surveys,
)

show(surveys.Survey, "__str__", "state", "purpose", "anonymous", "updated_at",
     search=("title", "=external_id"), narrow=("state", "purpose"))  # fmt: skip
show(surveys.Section, "survey_id", "position")
show(surveys.Question, "survey_id", "code", "kind", "position", search=("code",), narrow=("kind",))
show(drafts.DraftStep, "survey_id", "action", "created_at", narrow=("action",))
show(drafts.DraftPresence, "survey_id", "since", "seen_at")
show(drafts.LibraryItem, "kind", "name", search=("name",), narrow=("kind",))
show(surveys.Choice, "question_id", "code", "position", search=("code",))
show(surveys.SurveyVersion, "survey_id", "number", "published_at", "published_by",
     related=("published_by",))  # fmt: skip
show(campaigns.Campaign, "name", "state", "channel", "survey_id", "started_at",
     search=("name", "=external_id"), narrow=("state", "channel"))  # fmt: skip
show(campaigns.Occurrence, "campaign_id", "key", "due_at", "filled_at")
show(campaigns.Invitation, "campaign_id", "customer_id", "skip_reason", "created_at",
     "answered_at", narrow=("skip_reason",))  # fmt: skip
show(campaigns.Delivery, "campaign_id", "step", "state", "attempt", "due_at", "sent_at", "reason",
     search=("=message_id",), narrow=("state",))  # fmt: skip
show(responses.Response, "survey_id", "status", "channel", "language", "is_test", "completed_at",
     search=("=submission_id",), narrow=("status", "channel", "is_test"))  # fmt: skip
show(comments.Comment, "survey_id", "source", "sentiment", "status", "language", "at",
     search=("=external_id",), narrow=("sentiment", "source", "status"))  # fmt: skip
show(comments.Topic, "__str__", "code", "is_active", search=("=code",))
show(comments.CommentTopic, "comment_id", "topic_id", "origin", narrow=("origin",))
show(comments.TextVector, "key")
show(metrics.Metric, "code", "kind", "target", "is_headline", search=("code",), narrow=("kind",))
show(metrics.MetricSource, "metric_id", "survey_id", "question_code")
show(operational.OperationalMetric, "code", "subject", "unit", "formula", search=("code",),
     narrow=("subject",))  # fmt: skip
show(operational.MetricValue, "metric_id", "day", "value", "n")
show(operational.Dashboard, "name", "is_shared", "owner", search=("name",), related=("owner",))
show(metrics.Dimension, "kind", "key", search=("key",), narrow=("kind",))
show(metrics.Score, "metric_id", "day", "value")
show(metrics.Tally, "metric_id", "dimension", "day", "n")
show(metrics.TallyMonth, "metric_id", "dimension", "month", "n")
show(metrics.RespondentFigure, "survey_id", "metric_id")
show(campaigns.SenderIdentity, "name", "email", "reply_to", search=("name", "email"))
show(campaigns.ContactPolicy, "program_id", "quiet_from", "quiet_until", "updated_at")
show(consent_notices.NoticeRules, "program_id", "tells_result", "reconfirms", "lapses")
show(consent_notices.ConsentNotice, "consent_id", "kind", "state", "due_on", "sent_at", "reason",
     search=("=message_id",), narrow=("kind", "state"))  # fmt: skip
show(checklists.ChecklistItem, "survey_id", "question_code", "touchpoint", "weight")
show(checklists.ChecklistStore, "survey_id", "code", "competitor", narrow=("competitor",))
show(imports.SurveyImport, "file_name", "format", "survey_id", "created_at", narrow=("format",))
