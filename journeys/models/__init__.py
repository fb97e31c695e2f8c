"""Tables of the understanding and acting floor."""

from journeys.models.boards import (
    CLOSED_STATES,
    OPEN_STATES,
    Action,
    ActionComment,
    ActionMove,
    Board,
    Column,
    State,
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
    "OPEN_STATES",
    "Action",
    "ActionComment",
    "ActionMove",
    "Board",
    "Column",
    "CommentAction",
    "CommentPlace",
    "Journey",
    "PeriodEvidence",
    "Persona",
    "Stage",
    "State",
    "Step",
    "TopicPlace",
    "Touchpoint",
    "TouchpointMetric",
]
