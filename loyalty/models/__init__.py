"""Tables of the growing floor."""

from loyalty.models.propositions import ValueProposition
from loyalty.models.scorecard import Kpi, KpiLink, KpiValue, ScorecardSnapshot
from loyalty.models.transactions import Transaction
from loyalty.models.value import (
    CustomerValue,
    ValueModel,
    ValueMove,
    ValueRules,
    ValueSegment,
)

__all__ = [
    "CustomerValue",
    "Kpi",
    "KpiLink",
    "KpiValue",
    "ScorecardSnapshot",
    "Transaction",
    "ValueModel",
    "ValueMove",
    "ValueProposition",
    "ValueRules",
    "ValueSegment",
]
