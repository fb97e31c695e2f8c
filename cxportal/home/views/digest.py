"""One's own digest: how it looks now, and whether it comes."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cxportal.core.services.people import digest_choose
from cxportal.core.views.base import CommandView, PortalView
from cxportal.home.queries.digest import digest_of


class DigestView(PortalView):
    """What would be in the mail today."""

    permission = "core.own_notifications"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("home/digest.html", {"digest": digest_of(self.actor)})


class DigestChooseView(CommandView):
    """Have it or not."""

    permission = "core.own_notifications"

    def command(self) -> HttpResponse:
        wanted = self.request.POST.get("wanted") == "yes"
        digest_choose(actor=self.actor, wanted=wanted)
        self.say(_("The digest comes each Monday.") if wanted else _("The digest comes no more."))
        return self.redirect("home:digest")
