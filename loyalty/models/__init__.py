"""Tables of the growing floor."""

from loyalty.models.propositions import ValueProposition
from loyalty.models.scorecard import Kpi, KpiLink, KpiValue, ScorecardSnapshot
from loyalty.models.transactions import CustomerValue, Transaction

__all__ = [
    "CustomerValue",
    "Kpi",
    "KpiLink",
    "KpiValue",
    "ScorecardSnapshot",
    "Transaction",
    "ValueProposition",
]
