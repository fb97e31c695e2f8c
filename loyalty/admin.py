"""Operators' view of transactions, value and propositions: read-only."""

from cxportal.core.admin import show
from loyalty.models import (
    assessments,
    drivers,
    equity,
    points,
    propositions,
    scorecard,
    technology,
    transactions,
    value,
)

show(propositions.ValueProposition, "__str__", "state", "segment_id", "updated_at",
     search=("name",), narrow=("state",))  # fmt: skip
show(transactions.Transaction, "external_id", "customer_id", "kind", "occurred_at", "amount",
     search=("=external_id",), narrow=("kind",))  # fmt: skip
show(value.CustomerValue, "customer_id", "segment", "revenue", "lifetime_value", "as_of")
show(value.ValueModel, "until", "method", "customers", "is_current", narrow=("method",))
show(value.ValueMove, "customer_id", "on", "came_from", "went_to")
show(value.ValueRules, "yearly_rate", "horizon_years", "updated_at")
show(points.PointsScheme, "name", "is_active", "earn_rate", "expiry_days")
show(points.PointsTier, "code", "threshold", "multiplier")
show(points.PointsCampaign, "name", "starts_on", "ends_on", "multiplier")
show(points.PointsAccount, "customer_id", "tier_id", "available", "pending")
show(points.PointsEntry, "account_id", "kind", "points", "at", narrow=("kind",))
show(points.PointsPosting, "entry_id", "account_id", "book", "points", narrow=("book",))
show(points.PointsLot, "account_id", "state", "points", "left", "expires_at", narrow=("state",))
show(points.PointsUse, "entry_id", "lot_id", "points")
show(points.PointsProof, "at", "is_right", "accounts", "available", narrow=("is_right",))
show(propositions.PropositionDifference, "proposition_id", "driver_id", "competitor_id")
show(drivers.Driver, "name", "source", "is_critical", narrow=("source", "is_critical"))
show(drivers.Competitor, "name", "is_same_industry")
show(drivers.Benchmark, "label", "value", "source", "measured_on")
show(equity.ValueSnapshot, "on", "customer_id", "segment", "lifetime_value")
show(equity.Allocation, "segment", "activity", "people", "money", "hours")
show(assessments.Framework, "code", "__str__", "updated_at", search=("code",))
show(assessments.Assessment, "name", "framework_id", "state", "level", narrow=("state",))
show(assessments.AssessmentAnswer, "assessment_id", "item", "level")
show(scorecard.Goal, "__str__", "parent_id", "weight", search=("name",))
show(scorecard.Kpi, "__str__", "view", "source", "target", search=("name",), narrow=("view",))
show(scorecard.KpiValue, "kpi_id", "month", "value", "n")
show(scorecard.KpiLink, "cause_id", "effect_id")
show(scorecard.ScorecardSnapshot, "month", "taken_at")
show(technology.Technology, "name", "kind", "state", "owner", search=("name",),
     narrow=("kind", "state"), related=("owner",))  # fmt: skip
show(technology.Process, "__str__", "state", "owner", search=("name",), narrow=("state",),
     related=("owner",))  # fmt: skip
