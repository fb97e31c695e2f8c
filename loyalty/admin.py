"""Operators' view of transactions, value and propositions: read-only."""

from cxportal.core.admin import show
from loyalty.models import propositions, transactions, value

show(propositions.ValueProposition, "__str__", "state", "segment_id", "updated_at",
     search=("name",), narrow=("state",))  # fmt: skip
show(transactions.Transaction, "external_id", "customer_id", "kind", "occurred_at", "amount",
     search=("=external_id",), narrow=("kind",))  # fmt: skip
show(value.CustomerValue, "customer_id", "segment", "revenue", "lifetime_value", "as_of")
show(value.ValueModel, "until", "method", "customers", "is_current", narrow=("method",))
show(value.ValueMove, "customer_id", "on", "came_from", "went_to")
show(value.ValueRules, "yearly_rate", "horizon_years", "updated_at")
