"""Account managers: my morning, key customers without anybody, portfolios."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxportal.core.models import Customer
from cxportal.core.policies import may
from cxportal.core.queries.customers import shown_name, value_segment_words
from cxportal.core.registry import pages
from cxportal.core.views.base import CommandView, PortalView
from journeys.forms.ideas import AssignForm
from journeys.queries.accounts import key_customers, morning_of, portfolios
from journeys.queries.cases import case_rows
from journeys.services.accounts import accounts_assign

SHOWN = 50


class AccountsView(PortalView):
    """My morning list; for who leads also whom nobody looks after, and who has how much."""

    permission = "journeys.view_cases"

    def get(self, request: HttpRequest) -> HttpResponse:
        leads = may(self.actor, "journeys.assign_accounts")
        morning = morning_of(self.actor)
        unassigned = list(key_customers(self.actor)[: SHOWN + 1]) if leads else []
        words = value_segment_words(self.actor)
        context = {
            "morning": morning,
            "rows": case_rows(self.actor, morning.cases),
            "activities": [
                (a, shown_name(self.actor, a.customer) if a.customer else "")
                for a in morning.activities
            ],
            "portfolio_url": self.actor.url(pages["portfolio"]) if "portfolio" in pages else "",
            "leads": leads,
            "unassigned": [
                (c, shown_name(self.actor, c), words.get(c.value_segment, c.value_segment))
                for c in unassigned[:SHOWN]
            ],
            "more": len(unassigned) > SHOWN,
            "portfolios": portfolios(self.actor) if leads else [],
            "form": AssignForm(actor=self.actor) if leads else None,
            "may_rule": may(self.actor, "journeys.change_case_rules"),
        }
        return self.render("journeys/accounts.html", context)


class AccountsAssignView(CommandView):
    """Give the ticked customers an account manager."""

    permission = "journeys.assign_accounts"

    def command(self) -> HttpResponse:
        form = AssignForm(self.request.POST, actor=self.actor)
        picked = self.request.POST.getlist("customer")
        ids = [int(pk) for pk in picked if pk.isascii() and pk.isdigit() and len(pk) < 19]
        if not form.is_valid() or not ids:
            messages.error(self.request, _("Tick customers and choose who looks after them."))
            return self.redirect("journeys:accounts")
        customers: Any = Customer.objects.for_actor(self.actor).filter(pk__in=ids[:500])
        manager = form.cleaned_data["manager"]
        given = accounts_assign(actor=self.actor, customers=customers, manager=manager)
        words = ngettext(
            "%(n)d customer has an account manager now, with a welcome and a service plan.",
            "%(n)d customers have an account manager now, each with a welcome and a service plan.",
            given,
        )
        self.say(words % {"n": given})
        return self.redirect("journeys:accounts")
