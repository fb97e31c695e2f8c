"""Operators' view of journeys and boards: read-only."""

from cxportal.core.admin import show
from journeys.models import (
    action_parts,
    automations,
    boards,
    cases,
    ideas,
    insights,
    journeys,
    mails,
    maps,
    meetings,
    playbook,
    review,
    voice,
)

show(journeys.Persona, "__str__", "segment_id", "updated_at", search=("name",))
show(journeys.Journey, "code", "__str__", "kind", "state", search=("code", "name"),
     narrow=("kind", "state"))  # fmt: skip
show(journeys.Stage, "journey_id", "code", "position", "target", search=("code",))
show(journeys.Touchpoint, "code", "__str__", "area", "is_moment_of_truth",
     search=("code", "name"), narrow=("area",))  # fmt: skip
show(journeys.Step, "stage_id", "touchpoint_id", "position")
show(journeys.TouchpointMetric, "touchpoint_id", "metric_id", "aspect", "weight",
     "competitor", narrow=("aspect",))  # fmt: skip
show(boards.Board, "__str__", "team_id", "updated_at", search=("name",))
show(boards.Column, "board_id", "__str__", "state", "position", narrow=("state",))
show(boards.Action, "title", "column_id", "owner", "due", "closed_at",
     search=("title", "=external_id"), related=("owner__user",))  # fmt: skip
show(boards.ActionMove, "action_id", "from_state", "to_state", "by", "at")
show(journeys.PeriodEvidence, "journey_id", "dimension", "first_day", "last_day", "is_stale")
show(voice.CommentPlace, "comment_id", "touchpoint_id", "by_person", narrow=("by_person",))
show(voice.TopicPlace, "topic_id", "touchpoint_id")
show(voice.CommentAction, "comment_id", "action_id")
show(voice.TopicAction, "topic_id", "action_id")
show(voice.ActionTold, "action_id", "customer_id", "at", "by")
show(mails.PlainMail, "__str__", "attempts", "due_at", "sent_at", "problem", narrow=("state",))
show(meetings.Meeting, "title", "held_on", "state", search=("title",), narrow=("state",))
show(meetings.AgendaItem, "meeting_id", "kind", "text")
show(meetings.Decision, "meeting_id", "action_id", "at", "by")
show(cases.RootCause, "code", "__str__", "is_active", search=("code",))
show(cases.CannedReply, "code", "__str__", "is_active", search=("code",))
show(cases.CaseRules, "program_id", "opens_on_low_score", "assignment")
show(cases.Case, "title", "state", "severity", "owner", "due_at", "resolution",
     search=("title", "=external_id"), narrow=("state", "severity"),
     related=("owner__user",))  # fmt: skip
show(cases.CaseMove, "case_id", "from_state", "to_state", "by", "at")
show(cases.CaseContact, "case_id", "channel", "reached", "by", "at")
show(maps.Lane, "journey_id", "__str__", "kind", "position", narrow=("kind",))
show(maps.Card, "lane_id", "step_id", "__str__", "emotion", search=("title",))
show(maps.EmotionPoint, "step_id", "persona_id", "value")
show(
    maps.EvidenceItem,
    "card_id",
    "insight_id",
    "opportunity_id",
    "kind",
    "source",
    "happened_on",
    narrow=("kind",),
)
show(maps.JourneyVersion, "journey_id", "number", "note", "made_by_label", "made_at")
show(maps.MapEdit, "journey_id", "user_id", "at", "undone_at")
show(automations.Automation, "__str__", "trigger", "is_active", "stopped_reason",
     search=("name", "code"), narrow=("trigger", "is_active"))  # fmt: skip
show(automations.AutomationRun, "automation_id", "key", "state", "at", narrow=("state",))
show(review.ReviewDecision, "journey_id", "action_id", "decided_at")
show(insights.Insight, "__str__", "kind", "stage_id", "touchpoint_id", search=("title",))
show(insights.Opportunity, "__str__", "state", "stage_id", "touchpoint_id", search=("title",))
show(insights.KanoFeature, "__str__", "survey_id", "functional_code", "dysfunctional_code")
show(action_parts.ActionTemplate, "__str__", "title", "every", "next_on")
show(action_parts.BoardLink, "membership_id", "kind", "created_at", "revoked_at")
show(playbook.Behaviour, "__str__", "kind", "touchpoint_id", narrow=("kind",))
show(playbook.BehaviourTraining, "behaviour_id", "team_id", "state", "day", narrow=("state",))
show(action_parts.ActionRole, "action_id", "membership_id", "role", narrow=("role",))
show(action_parts.ChecklistItem, "action_id", "text", "position", "done_at")
show(ideas.IdeaVote, "idea_id", "membership_id")
show(ideas.Idea, "title", "state", "votes", search=("title",), narrow=("state",))
