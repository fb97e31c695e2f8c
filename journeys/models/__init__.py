"""Tables of the understanding and acting floor."""

from journeys.models.boards import Action, ActionComment, ActionMove, Board, Column, State
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
