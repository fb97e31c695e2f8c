"""Who answers for what: the overview, and one kind of record with its owners set in place."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from cxportal.core.models import User
from cxportal.core.views.base import CommandView, PortalView, get_or_404
from loyalty.queries.responsibilities import (
    BY_CODE,
    MOST_RECORDS,
    SUBJECTS,
    may_set,
    members_of,
    records_of,
    responsibilities_of,
)
from loyalty.services.responsibilities import owner_set


class ResponsibilitiesView(PortalView):
    """Who answers for what, and what nobody answers for; `?kind=` opens one kind."""

    permission = "loyalty.view_steering"

    def get(self, request: HttpRequest) -> HttpResponse:
        kind = request.GET.get("kind")
        if kind:
            return self._kind(kind)
        found = responsibilities_of(self.actor)
        return self.render("steering/responsibilities.html", {"found": found})

    def _kind(self, kind: str) -> HttpResponse:
        subject = BY_CODE.get(kind)
        if subject is None:
            raise Http404
        can = may_set(self.actor, subject)
        context = {
            "subject": subject,
            "kinds": SUBJECTS,
            "records": records_of(self.actor, subject),
            "members": members_of(self.actor) if can else [],
            "may_set": can,
            "most": MOST_RECORDS,
        }
        return self.render("steering/responsibilities_kind.html", context)


class OwnerSetView(CommandView):
    """Say who answers for a record."""

    permission = "loyalty.view_steering"

    def command(self) -> HttpResponse:
        post = self.request.POST
        kind, number, person = (post.get(name, "") for name in ("kind", "record", "owner"))
        if kind not in BY_CODE or not number.isdecimal():
            raise Http404
        owner = get_or_404(User.objects.all(), pk=person) if person else None
        record = owner_set(actor=self.actor, kind=kind, pk=int(number), owner=owner)
        names = {"name": str(record), "owner": str(owner or _("Nobody yet"))}
        self.say(_("Answers for “%(name)s”: %(owner)s.") % names)
        return HttpResponseRedirect(f"{self.actor.url('steering:responsibilities')}?kind={kind}")
