"""Two records of one person: suspected, compared, merged, taken apart."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.models import Customer, CustomerMerge, DuplicatePair
from cxportal.core.queries.customers import customers_listed, shown_name
from cxportal.core.queries.duplicates import duplicates_open
from cxportal.core.services.duplicates import DUPLICATES_JOB, duplicate_dismiss
from cxportal.core.services.jobs import job_queue
from cxportal.core.services.merges import (
    PERSON,
    customer_merge,
    customer_unmerge,
    merge_preview,
    merged_person,
    moved_label,
)
from cxportal.core.services.personal_data import personal_data_looked
from cxportal.core.views.base import CommandView, ListPage, PortalView, get_or_404

REASONS = {
    "email": gettext_lazy("same e-mail"),
    "phone": gettext_lazy("same phone"),
    "name": gettext_lazy("names alike"),
}
FIELD_WORDS = {
    "name": gettext_lazy("Name"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "language": gettext_lazy("Language"),
    "attributes": gettext_lazy("Attributes"),
}


class DuplicateListView(ListPage):
    """Pairs that look like one person, the most alike first."""

    permission = "core.merge_customers"
    template = "core/duplicate_list.html"
    default_ordering = "-likeness"

    def queryset(self) -> QuerySet[Any]:
        return duplicates_open(self.actor)

    def render(self, template: str, context: Any = None, *, status: int = 200) -> HttpResponse:
        page = (context or {}).get("page")
        if page is not None:
            for pair in page.rows:
                pair.words = ", ".join(str(REASONS[reason]) for reason in pair.reasons)
                pair.first_name = shown_name(self.actor, pair.first)
                pair.second_name = shown_name(self.actor, pair.second)
        return super().render(template, context, status=status)


class DuplicateFindView(CommandView):
    """Look for duplicates now, as a job."""

    permission = "core.merge_customers"

    def command(self) -> HttpResponse:
        job = job_queue(actor=self.actor, kind=DUPLICATES_JOB)
        self.say(_("Looking for duplicates. You may leave this page."))
        return self.redirect("core:job-detail", job.pk)


class DuplicateDismissView(CommandView):
    permission = "core.merge_customers"

    def command(self, pk: int) -> HttpResponse:
        duplicate_dismiss(
            actor=self.actor, pair=get_or_404(DuplicatePair.objects.for_actor(self.actor), pk=pk)
        )
        self.say(_("These stay two people."))
        return self.redirect("core:duplicate-list")


class CustomerMergeView(PortalView):
    """Two records side by side; what the merged one will be; how much moves."""

    permission = "core.merge_customers"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        kept = get_or_404(customers_listed(self.actor), pk=pk)
        other = self._other(request.GET.get("with", ""), kept)
        context: dict[str, Any] = {"kept": kept, "other": other, "rows": [], "moving": []}
        if other is not None:
            for customer in (kept, other):
                personal_data_looked(actor=self.actor, customer=customer)
            person = merged_person(kept, other)
            context["rows"] = [
                (name, FIELD_WORDS[name], getattr(kept, name), getattr(other, name), person[name])
                for name in FIELD_WORDS
            ]
            moving = merge_preview(kept, other)
            context["moving"] = [(moved_label(key), count) for key, count in moving.items()]
            context["conflicts"] = [row for row in context["rows"] if row[2] and row[3]]
        return self.render("core/customer_merge.html", context)

    def _other(self, said: str, kept: Customer) -> Customer | None:
        """By number (“#12” or “12”) or by the client's own id."""
        wanted = said.strip()[:120].replace("\x00", "")
        if not wanted:
            return None
        by = Q(external_id=wanted)
        number = wanted.lstrip("#")
        if number.isdecimal() and len(number) < 19:
            by |= Q(pk=int(number))
        return customers_listed(self.actor).filter(by).exclude(pk=kept.pk).first()

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        kept = get_or_404(customers_listed(self.actor), pk=pk)
        number = request.POST.get("merged", "")
        merged = get_or_404(customers_listed(self.actor), pk=number if number.isdecimal() else 0)
        taken = {name: request.POST.get(name, "") for name in PERSON}
        merge = customer_merge(actor=self.actor, kept=kept, merged=merged, taken=taken)
        self.say(_("The two records are one now."), undo=self.actor.url("core:unmerge", merge.pk))
        return self.redirect("core:customer-detail", kept.pk)


class UnmergeView(CommandView):
    permission = "core.merge_customers"

    def command(self, pk: int) -> HttpResponse:
        merge = get_or_404(CustomerMerge.objects.for_actor(self.actor), pk=pk)
        customer_unmerge(actor=self.actor, merge=merge)
        self.say(_("The records are two again."))
        return self.redirect("core:customer-detail", merge.merged_id)
