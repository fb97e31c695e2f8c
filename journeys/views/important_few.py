"""The important few of the touchpoints, and Kano's categories of features."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cxportal.core.errors import DomainError
from cxportal.core.policies import may
from cxportal.core.views.base import CommandView, PortalView, add_domain_error, get_or_404
from journeys.calc.importance import Kano
from journeys.forms.insights import KanoForm
from journeys.models import KanoFeature
from journeys.queries.important_few import FEW, kano_results, touchpoints_weighed
from journeys.services.insights import kano_create, kano_delete

MOST = 200


class ImportantFewView(PortalView):
    """Touchpoints by importance, expectation, performance and gap; ?most= sets how many matter."""

    permission = "journeys.view_journeys"

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("most", "")
        most = min(int(asked), MOST) if asked.isascii() and asked.isdigit() else FEW
        rows = touchpoints_weighed(self.actor, most=most)
        few = [row for row in rows if row.is_few]
        context = {
            "rows": rows,
            "few": few,
            "most": most,
            "may_change": may(self.actor, "journeys.change_journeys"),
        }
        return self.render("journeys/important_few.html", context)


class KanoView(PortalView):
    """Features asked about twice, with their Kano category."""

    permission = "journeys.view_journeys"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(KanoForm(actor=self.actor))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = KanoForm(request.POST, actor=self.actor)
        if not form.is_valid():
            return self.show(form, 422)
        try:
            kano_create(actor=self.actor, **form.cleaned_data)
        except DomainError as error:
            if error.status == 403:
                raise
            add_domain_error(form, error)
            return self.show(form, error.status)
        self.say(_("The feature is read from its two questions."))
        return self.redirect("journeys:kano")

    def show(self, form: Any, status: int = 200) -> HttpResponse:
        """The table and the form."""
        context = {
            "results": kano_results(self.actor),
            "kinds": kano_words(),
            "form": form,
            "may_change": may(self.actor, "journeys.change_insights"),
        }
        return self.render("journeys/kano.html", context, status=status)


def kano_words() -> list[tuple[str, str]]:
    """What the categories are called, in their order."""
    words = {
        Kano.ATTRACTIVE: _("Attractive"),
        Kano.ONE_DIMENSIONAL: _("One-dimensional"),
        Kano.MUST_BE: _("Must-be"),
        Kano.INDIFFERENT: _("Indifferent"),
        Kano.REVERSE: pgettext("kano", "Reverse"),
        Kano.QUESTIONABLE: _("Questionable"),
    }
    return [(kind.value, words[kind]) for kind in Kano]


class KanoDeleteView(CommandView):
    """Stop reading a feature."""

    permission = "journeys.change_insights"

    def command(self, pk: int) -> HttpResponse:
        rows: Any = KanoFeature.objects.for_actor(self.actor)
        kano_delete(actor=self.actor, feature=get_or_404(rows, pk=pk))
        self.say(_("The feature is no longer read; its answers stay."))
        return self.redirect("journeys:kano")
