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
    Persona,
    Stage,
    StageScore,
    Step,
    Touchpoint,
    TouchpointMetric,
)

__all__ = [
    "CLOSED_STATES",
    "OPEN_STATES",
    "Action",
    "ActionComment",
    "ActionMove",
    "Board",
    "Column",
    "Journey",
    "Persona",
    "Stage",
    "StageScore",
    "State",
    "Step",
    "Touchpoint",
    "TouchpointMetric",
]
