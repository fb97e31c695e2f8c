"""Tables of the growing floor."""

from loyalty.models.assessments import Assessment, AssessmentAnswer, Framework
from loyalty.models.drivers import Benchmark, Competitor, Driver
from loyalty.models.equity import Allocation, ValueSnapshot
from loyalty.models.points import (
    PointsAccount,
    PointsCampaign,
    PointsEntry,
    PointsLot,
    PointsPosting,
    PointsProof,
    PointsScheme,
    PointsTier,
    PointsUse,
)
from loyalty.models.propositions import PropositionDifference, ValueProposition
from loyalty.models.scorecard import Goal, Kpi, KpiLink, KpiValue, ScorecardSnapshot
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
    "Allocation",
    "Assessment",
    "AssessmentAnswer",
    "Benchmark",
    "Competitor",
    "CustomerValue",
    "Driver",
    "Framework",
    "Goal",
    "Kpi",
    "KpiLink",
    "KpiValue",
    "PointsAccount",
    "PointsCampaign",
    "PointsEntry",
    "PointsLot",
    "PointsPosting",
    "PointsProof",
    "PointsScheme",
    "PointsTier",
    "PointsUse",
    "Process",
    "PropositionDifference",
    "ScorecardSnapshot",
    "Technology",
    "Transaction",
    "ValueModel",
    "ValueMove",
    "ValueProposition",
    "ValueRules",
    "ValueSegment",
    "ValueSnapshot",
]
