"""Keeping and forgetting views; they are shown on the page they belong to."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.policies import may
from cxportal.core.services.saved_views import saved_view_create, saved_view_delete, saved_views
from cxportal.core.views.base import CommandView, get_or_404


class SavedViewCommand(CommandView):
    permission = "core.save_views"

    def back(self) -> HttpResponse:
        """To where the button was pressed; nowhere outside this portal."""
        path = self.request.POST.get("next", "")
        safe = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
        return HttpResponseRedirect(path) if safe else self.redirect("home:home")


class SavedViewCreateView(SavedViewCommand):
    def command(self) -> HttpResponse:
        sent = self.request.POST
        saved_view_create(
            actor=self.actor,
            page=sent.get("page", ""),
            name=sent.get("name", ""),
            query=sent.get("query", ""),
            is_shared=sent.get("is_shared") == "on",
        )
        self.say(_("The view was kept."))
        return self.back()


class SavedViewDeleteView(SavedViewCommand):
    def command(self, pk: int) -> HttpResponse:
        view = get_or_404(saved_views(self.actor), pk=pk)
        saved_view_delete(actor=self.actor, view=view)
        self.say(_("The view was forgotten."))
        return self.back()


def saved_context(actor: Actor, page: str, query: str) -> dict[str, Any]:
    """What components/saved_views.html needs."""
    return {
        "page": page,
        "query": query,
        "views": list(saved_views(actor, page)),
        "may_share": may(actor, "core.change_shares"),
    }
