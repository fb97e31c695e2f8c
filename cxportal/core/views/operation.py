"""How the portal runs, and what to do where it does not."""

from django.http import HttpRequest, HttpResponse

from cxportal.core.queries.operation import operation_checks
from cxportal.core.views.base import PortalView


class OperationView(PortalView):
    """Worker, queues, mail, disk, versions."""

    permission = "core.change_program"

    def get(self, request: HttpRequest) -> HttpResponse:
        checks = operation_checks(self.actor)
        context = {"checks": checks, "troubles": sum(not check.fine for check in checks)}
        return self.render("core/operation.html", context)
