"""Customers: list, one person with everything that happened, edit, import, erase."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.filters import CustomerFilter
from cxportal.core.forms.customers import ConsentForm, CustomerForm
from cxportal.core.models import Customer, Segment
from cxportal.core.policies import may
from cxportal.core.queries.audit import history_of
from cxportal.core.queries.consent import consents_latest, suppressed
from cxportal.core.queries.customers import (
    customers_listed,
    sees_person,
    shown_name,
    value_segment_words,
)
from cxportal.core.queries.duplicates import merges_of
from cxportal.core.queries.timeline import customer_timeline
from cxportal.core.registry import customer_facts, customer_panels
from cxportal.core.services.consent import consent_record
from cxportal.core.services.customer_rows import FIELDS
from cxportal.core.services.customers import (
    customer_create,
    customer_mark_test,
    customer_update,
)
from cxportal.core.services.erasure import customer_erase
from cxportal.core.services.personal_data import personal_data_looked
from cxportal.core.services.privacy import privacy_link
from cxportal.core.views.base import CommandView, FormPage, ListPage, PortalView, get_or_404
from cxportal.core.views.table_imports import TableImportStartView


class CustomerListView(ListPage):
    permission = "core.view_customers"
    template = "core/customer_list.html"
    filterset_class = CustomerFilter
    orderings = {"name": "name", "updated": "updated_at", "value": "lifetime_value"}

    def queryset(self) -> QuerySet[Customer]:
        return customers_listed(self.actor)

    def _ordering(self) -> str:
        """By name only for those who may see names."""
        by_name = self.request.GET.get("sort", "").lstrip("-") == "name"
        return self.default_ordering if by_name and not self._sees else super()._ordering()

    @property
    def _sees(self) -> bool:
        return self.actor.sees_personal_data

    def render(self, template: str, context: Any = None, *, status: int = 200) -> HttpResponse:
        page = (context or {}).get("page")
        if page is not None:
            words = value_segment_words(self.actor)
            for customer in page.rows:
                customer.segment_word = words.get(customer.value_segment, customer.value_segment)
            context["people"] = [
                (c, shown_name(self.actor, c), sees_person(self.actor, c)) for c in page.rows
            ]
        return super().render(template, context, status=status)

    def extra(self) -> dict[str, Any]:
        return {
            "may_change": may(self.actor, "core.change_customers"),
            "may_merge": may(self.actor, "core.merge_customers"),
            "sees": self._sees,
        }


class CustomerView(PortalView):
    """Base of pages about one customer."""

    def customer(self, pk: int) -> Customer:
        segments = Prefetch("segments", Segment.objects.for_actor(self.actor))
        customers = Customer.objects.for_actor(self.actor).select_related("account_manager__user")
        return get_or_404(customers.prefetch_related(segments), pk=pk)


class CustomerDetailView(CustomerView):
    permission = "core.view_customers"

    def get(self, request: Any, pk: int) -> HttpResponse:
        customer = self.customer(pk)
        sees = sees_person(self.actor, customer)
        if sees and customer.erased_at is None:
            personal_data_looked(actor=self.actor, customer=customer)
        context = {
            "customer": customer,
            "shown_name": shown_name(self.actor, customer),
            "sees": sees,
            "facts": [fact for facts in customer_facts for fact in facts(self.actor, customer)],
            "panels": [
                found for panel in customer_panels if (found := panel(self.actor, customer))
            ],
            "entries": _with_icons(customer_timeline(self.actor, customer)),
            "consents": consents_latest(self.actor, customer),
            "suppressed": bool(customer.email and suppressed(self.actor, [customer.email])),
            "history": history_of(self.actor, customer),
            "merges": merges_of(self.actor, customer),
            "may_merge": may(self.actor, "core.merge_customers"),
            "consent_form": ConsentForm(actor=self.actor),
            "menu": self._menu(customer),
            "may_change": may(self.actor, "core.change_customers"),
            "may_consent": may(self.actor, "core.record_consent"),
        }
        return self.render("core/customer_detail.html", context)

    def _menu(self, customer: Customer) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        if customer.erased_at is not None:
            return items
        if may(self.actor, "core.change_customers"):
            label = _("Count again") if customer.is_test else _("Mark as test")
            url = self.actor.url("core:customer-test", customer.pk)
            items.append({"label": label, "url": url, "icon": "eyedropper", "method": "post"})
        if may(self.actor, "core.record_consent"):
            url = self.actor.url("core:customer-privacy-link", customer.pk)
            label = _("Link to the person's own page")
            items.append({"label": label, "url": url, "icon": "link-45deg", "method": "post"})
        if may(self.actor, "core.merge_customers"):
            url = self.actor.url("core:customer-merge", customer.pk)
            items.append({"label": _("Merge…"), "url": url, "icon": "sign-merge-right"})
        if may(self.actor, "core.erase_customers"):
            items.append({"label": _("Erase…"), "icon": "trash", "dialog": "erase", "danger": True})
        return items


_ICONS = {
    "event": "calendar-event",
    "consent": "shield-check",
    "invitation": "envelope",
    "response": "chat-left-text",
    "comment": "chat-quote",
    "transaction": "receipt",
    "action": "kanban",
    "case": "life-preserver",
}


def _with_icons(entries: list[Any]) -> list[dict[str, Any]]:
    return [
        {"at": e.at, "text": e.text, "url": e.url, "detail": e.detail, "icon": _ICONS.get(e.kind)}
        for e in entries
    ]


class CustomerCreateView(FormPage):
    permission = "core.change_customers"
    form_class = CustomerForm
    title = gettext_lazy("New customer")

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("core:customer-list")}

    def save(self, form: CustomerForm) -> HttpResponse:
        customer = customer_create(actor=self.actor, **form.values())
        self.say(_("The customer was added."))
        return self.redirect("core:customer-detail", customer.pk)


class CustomerEditView(FormPage, CustomerView):
    permission = "core.change_customers"
    form_class = CustomerForm

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.pk = kwargs.pop("pk")
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None, files: Any = None) -> CustomerForm:
        self.editing = customer = self.customer(self.pk)
        self.title = shown_name(self.actor, customer)
        initial = {name: getattr(customer, name) for name in FIELDS}
        initial |= {"version": customer.version}
        return CustomerForm(data=data, actor=self.actor, customer=customer, initial=initial)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("core:customer-detail", self.pk)}

    def save(self, form: CustomerForm) -> HttpResponse:
        version = form.cleaned_data.get("version")
        customer_update(actor=self.actor, customer=self.editing, version=version, **form.values())
        self.say(_("Saved."))
        return self.redirect("core:customer-detail", self.pk)


class CustomerPrivacyLinkView(CommandView, CustomerView):
    """Make and show the link by which the person sees and corrects their data."""

    permission = "core.record_consent"

    def command(self, pk: int) -> HttpResponse:
        customer = self.customer(pk)
        link = privacy_link(actor=self.actor, customer=customer)
        context = {"customer": customer, "name": shown_name(self.actor, customer), "link": link}
        return self.render("core/customer_privacy_link.html", context)


class CustomerTestView(CommandView, CustomerView):
    permission = "core.change_customers"

    def command(self, pk: int) -> HttpResponse:
        customer = self.customer(pk)
        marked = customer_mark_test(
            actor=self.actor, customer=customer, is_test=not customer.is_test
        )
        done = _("This customer counts nowhere now.") if marked.is_test else _("Counts again.")
        self.say(done, undo=self.actor.url("core:customer-test", pk))
        return self.redirect("core:customer-detail", pk)


class CustomerEraseView(CommandView, CustomerView):
    permission = "core.erase_customers"

    def command(self, pk: int) -> HttpResponse:
        customer_erase(actor=self.actor, customer=self.customer(pk))
        self.say(_("The person was erased."))
        return self.redirect("core:customer-list")


class CustomerConsentView(CommandView, CustomerView):
    permission = "core.record_consent"

    def command(self, pk: int) -> HttpResponse:
        customer = self.customer(pk)
        form = ConsentForm(data=self.request.POST, actor=self.actor)
        if not form.is_valid():
            context = {"form": form, "title": _("Record a consent")}
            return self.render("components/form_page.html", context, status=422)
        consent_record(actor=self.actor, customer=customer, **form.cleaned_data)
        self.say(_("The decision was recorded."))
        return self.redirect("core:customer-detail", pk)


class CustomerImportView(TableImportStartView):
    permission = "core.change_customers"
    kind = "customers"
    title = gettext_lazy("Import customers")
