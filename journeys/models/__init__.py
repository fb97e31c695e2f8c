"""Tables of the understanding and acting floor."""

from journeys.models.boards import (
    CLOSED_STATES,
    OPEN_STATES,
    Action,
    ActionMove,
    Board,
    Column,
    State,
)
from journeys.models.cases import (
    OPEN_CASES,
    Case,
    CaseContact,
    CaseMove,
    CaseRules,
    CaseState,
    RootCause,
    Severity,
)
from journeys.models.journeys import (
    Journey,
    PeriodEvidence,
    Persona,
    Stage,
    Step,
    Touchpoint,
    TouchpointMetric,
)
from journeys.models.voice import CommentAction, CommentPlace, TopicPlace

__all__ = [
    "CLOSED_STATES",
    "OPEN_CASES",
    "OPEN_STATES",
    "Action",
    "ActionMove",
    "Board",
    "Case",
    "CaseContact",
    "CaseMove",
    "CaseRules",
    "CaseState",
    "Column",
    "CommentAction",
    "CommentPlace",
    "Journey",
    "PeriodEvidence",
    "Persona",
    "RootCause",
    "Severity",
    "Stage",
    "State",
    "Step",
    "TopicPlace",
    "Touchpoint",
    "TouchpointMetric",
]
