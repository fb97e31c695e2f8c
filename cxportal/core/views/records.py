"""What the portal remembers: jobs, audit trail, notices, files."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from cxportal.core.filters import AuditFilter
from cxportal.core.models import AuditEntry, Job, Notification, StoredFile
from cxportal.core.queries.audit import audit_listed, entry_in_words
from cxportal.core.queries.jobs import job_title, jobs_listed
from cxportal.core.queries.notifications import in_words, notifications_of
from cxportal.core.services.files import file_fetch
from cxportal.core.services.notifications import notifications_read
from cxportal.core.views.base import CommandView, ListPage, PortalView, get_or_404

OPEN_STATES = (Job.State.QUEUED, Job.State.RUNNING)


class JobListView(ListPage):
    permission = "core.view_jobs"
    template = "core/job_list.html"
    part = "core/_job_rows.html"

    def queryset(self) -> QuerySet[Job]:
        return jobs_listed(self.actor)

    def extra(self) -> dict[str, Any]:
        return {"polls": jobs_listed(self.actor).filter(state__in=OPEN_STATES).exists()}

    def render(self, template: str, context: Any = None, *, status: int = 200) -> HttpResponse:
        page = (context or {}).get("page")
        if page is not None:
            context["jobs"] = [(job, job_title(job)) for job in page.rows]
        return super().render(template, context, status=status)


class JobDetailView(PortalView):
    """One job; while it works, the page asks for its progress every two seconds."""

    permission = "core.view_jobs"

    def get(self, request: Any, pk: int) -> HttpResponse:
        job = get_or_404(jobs_listed(self.actor), pk=pk)
        context = {
            "job": job,
            "title": job_title(job),
            "is_open": job.state in OPEN_STATES,
            "failed_rows": (job.result or {}).get("rows", []),
        }
        partial = request.htmx and not request.htmx.boosted
        return self.render("core/_job.html" if partial else "core/job_detail.html", context)


class AuditListView(ListPage):
    permission = "core.view_audit"
    template = "core/audit_list.html"
    filterset_class = AuditFilter
    page_size = 50

    def queryset(self) -> QuerySet[AuditEntry]:
        return audit_listed(self.actor)

    def render(self, template: str, context: Any = None, *, status: int = 200) -> HttpResponse:
        page = (context or {}).get("page")
        if page is not None:
            context["entries"] = [entry_in_words(self.actor, entry) for entry in page.rows]
        return super().render(template, context, status=status)


class NotificationListView(ListPage):
    permission = "core.own_notifications"
    template = "core/notification_list.html"

    def queryset(self) -> QuerySet[Notification]:
        return notifications_of(self.actor)

    def render(self, template: str, context: Any = None, *, status: int = 200) -> HttpResponse:
        page = (context or {}).get("page")
        if page is not None:
            context["notices"] = [in_words(row) for row in page.rows]
        return super().render(template, context, status=status)


class NotificationOpenView(CommandView):
    """Mark one as read and go where it points."""

    permission = "core.own_notifications"

    def command(self, pk: int) -> HttpResponse:
        notice = get_or_404(notifications_of(self.actor), pk=pk)
        notifications_read(actor=self.actor, ids=[pk])
        if notice.url.startswith("/") and not notice.url.startswith("//"):
            return HttpResponseRedirect(notice.url)
        return self.redirect("core:notification-list")


class NotificationReadView(CommandView):
    permission = "core.own_notifications"

    def command(self) -> HttpResponse:
        notifications_read(actor=self.actor)
        self.say(_("All are read."))
        return self.redirect("core:notification-list")


class FileDownloadView(PortalView):
    """A stored file, after asking again who may have it."""

    permission = "core.view_program"

    def get(self, request: Any, pk: int) -> FileResponse:
        stored = get_or_404(StoredFile.objects.for_actor(self.actor), pk=pk)
        file = file_fetch(actor=self.actor, stored=stored)
        if file is None:
            raise Http404
        response = FileResponse(
            file, as_attachment=True, filename=stored.name, content_type=stored.content_type or None
        )
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["Content-Security-Policy"] = "sandbox"
        return response
