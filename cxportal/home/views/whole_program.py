"""Take a whole program along, or erase it."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import Customer, StoredFile
from cxportal.core.policies import may
from cxportal.core.views.base import CommandView, PortalView
from cxportal.home.services.whole_program import PERMISSION, whole_erase, whole_export
from surveys.models import Response


class WholeProgramView(PortalView):
    """What the file holds, and what erasing takes away."""

    permission = "core.change_program"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()

    def show(self, status: int = 200, **more: Any) -> HttpResponse:
        counts = {
            "customers": Customer.objects.for_actor(self.actor).count(),
            "responses": Response.objects.for_actor(self.actor).count(),
            "files": StoredFile.objects.for_actor(self.actor).count(),
        }
        context = {"counts": counts, "may_export": may(self.actor, PERMISSION), **more}
        return self.render("home/whole_program.html", context, status=status)


class WholeExportView(CommandView):
    """Begin the export; its job's page has the file when it is done."""

    permission = "core.change_program"

    def command(self) -> HttpResponse:
        return self.redirect("core:job-detail", whole_export(actor=self.actor).pk)


class WholeEraseView(CommandView, WholeProgramView):
    """Begin the erasure, once its address was typed."""

    permission = "core.change_program"

    def command(self) -> HttpResponse:
        try:
            job = whole_erase(actor=self.actor, confirmed=self.request.POST.get("confirmed", ""))
        except Denied:
            raise
        except DomainError as error:
            return self.show(422, error=error.message)
        return self.redirect("core:job-detail", job.pk)
