"""What loyalty is worth: overview and transactions."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from cxportal.core.bulk import MAX_ROWS
from cxportal.core.imports import read_csv
from cxportal.core.policies import may
from cxportal.core.views.base import FormPage, ListPage
from loyalty.filters import TransactionPageFilter
from loyalty.forms.propositions import TransactionFileForm
from loyalty.models import Transaction, ValueProposition
from loyalty.queries.value import revenue_of_last_year, value_segments
from loyalty.services.transaction_rows import FIELDS, REQUIRED
from loyalty.services.transactions import transactions_bulk_upsert
from loyalty.views.base import LoyaltyTabs

SHOWN_ERRORS = 50
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


class TransactionImportView(FormPage):
    """Transactions from a CSV file: good rows go in, bad ones are listed with the reason."""

    permission = "loyalty.change_transactions"
    template = "loyalty/transaction_import.html"
    form_class = TransactionFileForm
    title = _("Import transactions")
    submit_label = _("Import")

    def save(self, form: Any) -> HttpResponse:
        content = form.cleaned_data["file"].read()
        table = read_csv(content, required=REQUIRED, known=FIELDS, max_rows=MAX_ROWS)
        rows = [_filled(row) for _line, row in table.rows]
        result = transactions_bulk_upsert(actor=self.actor, rows=rows)
        lines = (line for line, _row in table.rows)
        answered = zip(lines, result.rows, strict=True)
        failed = [{"line": line, **row} for line, row in answered if row["errors"]]
        return self.show(
            self.form(),
            result=result,
            failed=failed[:SHOWN_ERRORS],
            more=len(failed) - SHOWN_ERRORS,
        )


def _filled(row: dict[str, str]) -> dict[str, str]:
    """An empty cell of an optional column says nothing; one of a needed column is refused."""
    return {name: text for name, text in row.items() if text or name in REQUIRED}
