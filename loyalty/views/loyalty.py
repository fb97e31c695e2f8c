"""What loyalty is worth: overview and transactions."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from cxportal.core.policies import may
from cxportal.core.views.base import ListPage
from cxportal.core.views.table_imports import TableImportStartView
from loyalty.filters import TransactionPageFilter
from loyalty.models import Transaction, ValueProposition
from loyalty.queries.value import revenue_of_last_year, value_segments
from loyalty.views.base import LoyaltyTabs

SHOWN_PROPOSITIONS = 6


class LoyaltyOverviewView(LoyaltyTabs):
    """Money in a year, what customers are worth, and the promises made."""

    permission = "loyalty.view_propositions"
    tab = "overview"

    def get(self, request: HttpRequest) -> HttpResponse:
        sees_money = may(self.actor, "loyalty.view_value")
        propositions = ValueProposition.objects.for_actor(self.actor).select_related("segment")
        context = {
            "revenue": revenue_of_last_year(self.actor) if sees_money else None,
            "segments": value_segments(self.actor) if sees_money else [],
            "propositions": propositions.order_by("-updated_at")[:SHOWN_PROPOSITIONS],
            "may_change": may(self.actor, "loyalty.change_propositions"),
        }
        return self.render("loyalty/overview.html", context)


class TransactionListView(ListPage, LoyaltyTabs):
    """Every transaction, newest first."""

    permission = "loyalty.view_transactions"
    tab = "transactions"
    template = "loyalty/transaction_list.html"
    part = "loyalty/_transactions.html"
    filterset_class = TransactionPageFilter
    default_ordering = "-occurred_at"
    orderings = {"time": "occurred_at", "amount": "amount"}

    def queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Transaction.objects.for_actor(self.actor)
        return rows.select_related("customer")

    def extra(self) -> dict[str, Any]:
        return {"may_import": may(self.actor, "loyalty.change_transactions")}


class TransactionImportView(TableImportStartView):
    """Transactions from a file: good rows go in, bad ones are kept with the reason."""

    permission = "loyalty.change_transactions"
    kind = "transactions"
    title = _("Import transactions")
