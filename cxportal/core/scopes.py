"""What an API key may be allowed to do."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SUBJECTS: "dict[str, _StrPromise]" = {
    "program": _("Program and members"),
    "customers": _("Customers and consents"),
    "segments": _("Segments"),
    "events": _("Customer events"),
    "surveys": _("Surveys"),
    "campaigns": _("Campaigns"),
    "responses": _("Responses"),
    "comments": _("Comments and topics"),
    "metrics": _("Metrics and scores"),
    "journeys": _("Journeys"),
    "actions": _("Actions"),
    "cases": _("Cases"),
    "transactions": _("Transactions"),
    "propositions": _("Value propositions"),
    "shares": _("Share links and scheduled reports"),
    "scorecard": _("Scorecard and steering"),
    "value": _("Customer value"),
    "points": _("Points"),
    "personal_data": _("Personal data: names, addresses, erasure"),
}
SCOPES: tuple[str, ...] = (
    *(f"{subject}:{verb}" for subject in SUBJECTS for verb in ("read", "write")),
    "personal_data:export",
)
