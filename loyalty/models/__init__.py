"""Tables of the growing floor."""

from loyalty.models.assessments import Assessment, AssessmentAnswer, Framework
from loyalty.models.propositions import ValueProposition
from loyalty.models.scorecard import Kpi, KpiLink, KpiValue, ScorecardSnapshot
from loyalty.models.technology import Process, Technology
from loyalty.models.transactions import Transaction
from loyalty.models.value import (
    CustomerValue,
    ValueModel,
    ValueMove,
    ValueRules,
    ValueSegment,
)

__all__ = [
    "Assessment",
    "AssessmentAnswer",
    "CustomerValue",
    "Framework",
    "Kpi",
    "KpiLink",
    "KpiValue",
    "Process",
    "ScorecardSnapshot",
    "Technology",
    "Transaction",
    "ValueModel",
    "ValueMove",
    "ValueProposition",
    "ValueRules",
    "ValueSegment",
]
