"""Points: the scheme at a glance, its members, one member."""

import secrets
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.models import Customer
from cxportal.core.policies import may
from cxportal.core.queries.customers import shown_name
from cxportal.core.views.base import CommandView, FormPage, ListPage, get_or_404
from loyalty.forms.points import (
    PointsCampaignForm,
    PointsMoveForm,
    SchemeForm,
    scheme_initial,
)
from loyalty.models.points import PointsCampaign, PointsEntry, PointsScheme, PointsTier
from loyalty.queries.points import accounts_ranked, entries_of, lots_of, points_summary
from loyalty.services.points import member_enrol, points_earn, points_reverse, points_spend
from loyalty.services.points_scheme import points_campaign_create, scheme_save
from loyalty.services.points_tiers import points_prove
from loyalty.views.base import LoyaltyTabs


class PointsView(ListPage, LoyaltyTabs):
    """What is outstanding, whether the ledger proves, and the members."""

    permission = "loyalty.view_points"
    tab = "points"
    template = "loyalty/points.html"
    part = "loyalty/_points_members.html"
    default_ordering = "-available"
    orderings = {"available": "available", "pending": "pending"}

    def queryset(self) -> QuerySet[Any]:
        return accounts_ranked(self.actor)

    def render(self, template: str, context: Any = None, *, status: int = 200) -> HttpResponse:
        page = (context or {}).get("page")
        if page is not None:
            for account in page.rows:
                account.shown = shown_name(self.actor, account.customer)
        return super().render(template, context, status=status)

    def extra(self) -> dict[str, Any]:
        return {
            "summary": points_summary(self.actor),
            "campaigns": PointsCampaign.objects.for_actor(self.actor)[:5],
            "may_change": may(self.actor, "loyalty.change_points"),
        }


class PointsSchemeView(FormPage, LoyaltyTabs):
    permission = "loyalty.change_points"
    tab = "points"
    form_class = SchemeForm
    title = gettext_lazy("Rules of points")

    def form_kwargs(self) -> dict[str, Any]:
        scheme = PointsScheme.objects.for_actor(self.actor).first()
        tiers = list(PointsTier.objects.for_actor(self.actor))
        return {"actor": self.actor, "initial": scheme_initial(scheme, tiers)}

    def save(self, form: Any) -> HttpResponse:
        scheme_save(actor=self.actor, **form.cleaned_data)
        self.say(_("Saved."))
        return self.redirect("loyalty:points")

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("loyalty:points")}


class PointsCampaignCreateView(FormPage, LoyaltyTabs):
    permission = "loyalty.change_points"
    tab = "points"
    form_class = PointsCampaignForm
    title = gettext_lazy("More points for a time")

    def save(self, form: Any) -> HttpResponse:
        points_campaign_create(actor=self.actor, **form.cleaned_data)
        self.say(_("Saved."))
        return self.redirect("loyalty:points")

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("loyalty:points")}


class PointsProveView(CommandView):
    """Prove the ledger now."""

    permission = "loyalty.change_points"

    def command(self) -> HttpResponse:
        proof = points_prove(self.actor)
        right = _("The ledger proves: every sum is equal.")
        self.say(right if proof.is_right else _("The ledger does not prove. See what differs."))
        return self.redirect("loyalty:points")


class PointsEnrolView(CommandView):
    """Make a customer a member."""

    permission = "loyalty.change_points"

    def command(self, pk: int) -> HttpResponse:
        customer = get_or_404(Customer.objects.for_actor(self.actor), pk=pk)
        account = member_enrol(actor=self.actor, customer=customer)
        return self.redirect("loyalty:points-member", account.pk)


class PointsMemberView(FormPage, LoyaltyTabs):
    """One member: balance, what expires when, every entry; give, spend, take back."""

    permission = "loyalty.view_points"
    tab = "points"
    template = "loyalty/points_member.html"
    form_class = PointsMoveForm
    submit_label = gettext_lazy("Record")

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor, "initial": {"key": f"page:{secrets.token_hex(8)}"}}

    def account(self) -> Any:
        return get_or_404(accounts_ranked(self.actor), pk=self.kwargs["pk"])

    def extra(self) -> dict[str, Any]:
        account = self.account()
        return {
            "account": account,
            "shown_name": shown_name(self.actor, account.customer),
            "lots": lots_of(self.actor, account),
            "entries": entries_of(self.actor, account),
            "may_change": may(self.actor, "loyalty.change_points"),
        }

    def save(self, form: Any) -> HttpResponse:
        values = dict(form.cleaned_data)
        command = points_spend if values.pop("direction") == "spend" else points_earn
        command(actor=self.actor, account=self.account(), **values)
        self.say(_("Recorded."))
        return self.redirect("loyalty:points-member", self.kwargs["pk"])


class PointsReverseView(CommandView):
    """Take one entry back."""

    permission = "loyalty.change_points"

    def command(self, pk: int) -> HttpResponse:
        entries = PointsEntry.objects.for_actor(self.actor).select_related("account")
        entry = get_or_404(entries, pk=pk)
        points_reverse(actor=self.actor, entry=entry, key=f"reverse:{entry.pk}")
        self.say(_("The entry is reversed."))
        return self.redirect("loyalty:points-member", entry.account_id)
