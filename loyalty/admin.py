"""Operators' view of transactions, value and propositions: read-only."""

from cxportal.core.admin import show
from loyalty.models import propositions, transactions

show(propositions.ValueProposition, "__str__", "state", "segment_id", "updated_at",
     search=("name",), narrow=("state",))  # fmt: skip
show(transactions.Transaction, "external_id", "customer_id", "kind", "occurred_at", "amount",
     search=("=external_id",), narrow=("kind",))  # fmt: skip
show(transactions.CustomerValue, "customer_id", "transactions", "revenue", "past_value", "as_of")
