"""Tables of the understanding and acting floor."""

from journeys.models.action_parts import (
    ActionRole,
    ActionTemplate,
    BoardLink,
    ChecklistItem,
)
from journeys.models.automations import Automation, AutomationRun, Trigger
from journeys.models.boards import (
    CLOSED_STATES,
    OPEN_STATES,
    Action,
    ActionMove,
    Board,
    Column,
    Relationship,
    State,
)
from journeys.models.cases import (
    OPEN_CASES,
    CannedReply,
    Case,
    CaseContact,
    CaseMove,
    CaseRules,
    CaseState,
    RootCause,
    Severity,
)
from journeys.models.ideas import Idea, IdeaVote
from journeys.models.insights import Insight, KanoFeature, Opportunity
from journeys.models.journeys import (
    UNSCORED,
    Journey,
    PeriodEvidence,
    Persona,
    Stage,
    Step,
    Touchpoint,
    TouchpointMetric,
)
from journeys.models.mails import PlainMail
from journeys.models.maps import (
    COMPUTED,
    HIGHEST_EMOTION,
    LINES,
    LOWEST_EMOTION,
    Card,
    EmotionPoint,
    EvidenceItem,
    JourneyVersion,
    Lane,
    MapEdit,
)
from journeys.models.meetings import AgendaItem, Decision, Meeting
from journeys.models.playbook import Behaviour, BehaviourTraining
from journeys.models.review import ReviewDecision
from journeys.models.voice import CommentAction, CommentPlace, TopicPlace

__all__ = [
    "CLOSED_STATES",
    "COMPUTED",
    "HIGHEST_EMOTION",
    "LINES",
    "LOWEST_EMOTION",
    "OPEN_CASES",
    "OPEN_STATES",
    "UNSCORED",
    "Action",
    "ActionMove",
    "ActionRole",
    "ActionTemplate",
    "AgendaItem",
    "Automation",
    "AutomationRun",
    "Behaviour",
    "BehaviourTraining",
    "Board",
    "BoardLink",
    "CannedReply",
    "Card",
    "Case",
    "CaseContact",
    "CaseMove",
    "CaseRules",
    "CaseState",
    "ChecklistItem",
    "Column",
    "CommentAction",
    "CommentPlace",
    "Decision",
    "EmotionPoint",
    "EvidenceItem",
    "Idea",
    "IdeaVote",
    "Insight",
    "Journey",
    "JourneyVersion",
    "KanoFeature",
    "Lane",
    "MapEdit",
    "Meeting",
    "Opportunity",
    "PeriodEvidence",
    "Persona",
    "PlainMail",
    "Relationship",
    "ReviewDecision",
    "RootCause",
    "Severity",
    "Stage",
    "State",
    "Step",
    "TopicPlace",
    "Touchpoint",
    "TouchpointMetric",
    "Trigger",
]
