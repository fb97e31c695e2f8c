"""Addresses nobody writes to any more."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.filters import SuppressionFilter
from cxportal.core.forms.customers import SuppressionForm
from cxportal.core.models import Suppression
from cxportal.core.services.consent import suppression_add, suppression_remove
from cxportal.core.views.base import CommandView, ListPage, get_or_404
from cxportal.core.views.settings import SettingsForm


class SuppressionListView(ListPage):
    permission = "core.change_suppressions"
    template = "core/suppression_list.html"
    filterset_class = SuppressionFilter

    def queryset(self) -> QuerySet[Suppression]:
        return Suppression.objects.for_actor(self.actor)

    def extra(self) -> dict[str, Any]:
        return {"sees": self.actor.sees_personal_data}


class SuppressionAddView(SettingsForm):
    permission = "core.change_suppressions"
    form_class = SuppressionForm
    title = gettext_lazy("Never write to an address")
    parent = ("core:suppression-list", gettext_lazy("Suppression list"))

    def save(self, form: SuppressionForm) -> HttpResponse:
        suppression_add(actor=self.actor, **form.cleaned_data)
        self.say(_("Nobody writes to this address any more."))
        return self.redirect("core:suppression-list")


class SuppressionRemoveView(CommandView):
    permission = "core.change_suppressions"

    def command(self, pk: int) -> HttpResponse:
        row = get_or_404(Suppression.objects.for_actor(self.actor), pk=pk)
        suppression_remove(actor=self.actor, suppression=row)
        self.say(_("Messages to this address are allowed again."))
        return self.redirect("core:suppression-list")
