"""Tables of the growing floor."""

from loyalty.models.propositions import ValueProposition
from loyalty.models.transactions import CustomerValue, Transaction

__all__ = ["CustomerValue", "Transaction", "ValueProposition"]
