"""Sharing: links to hand on and reports by mail, made from whatever page offers it."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.forms.sharing import WEEKDAYS, ScheduledReportForm, SharedForm, ShareLinkForm
from cxportal.core.models import ScheduledReport, ShareLink
from cxportal.core.queries.sharing import (
    kind_label,
    scheduled_reports_listed,
    share_links_listed,
    share_state,
    share_url,
)
from cxportal.core.registry import Shareable
from cxportal.core.services.scheduled_reports import (
    scheduled_report_create,
    scheduled_report_delete,
    scheduled_report_send_now,
    scheduled_report_update,
)
from cxportal.core.services.sharing import share_create, share_revoke, shareable_of
from cxportal.core.views.base import CommandView, FormPage, ListPage, get_or_404


class ShareLinkListView(ListPage):
    permission = "core.view_shares"
    template = "core/share_list.html"

    def queryset(self) -> QuerySet[ShareLink]:
        return share_links_listed(self.actor)

    def render(self, template: str, context: Any = None, *, status: int = 200) -> HttpResponse:
        rows = (context or {})["page"].rows
        context["links"] = [
            {
                "link": link,
                "kind": kind_label(link.kind),
                "state": share_state(link),
                "url": share_url(link) if share_state(link) == "active" else "",
            }
            for link in rows
        ]
        return super().render(template, context, status=status)


class ScheduledReportListView(ListPage):
    permission = "core.view_shares"
    template = "core/scheduled_report_list.html"

    def queryset(self) -> QuerySet[ScheduledReport]:
        return scheduled_reports_listed(self.actor)

    def render(self, template: str, context: Any = None, *, status: int = 200) -> HttpResponse:
        rows = (context or {})["page"].rows
        context["reports"] = [
            {"report": report, "kind": kind_label(report.kind), "when": when_in_words(report)}
            for report in rows
        ]
        return super().render(template, context, status=status)


def when_in_words(report: ScheduledReport) -> str:
    """“Every Monday at 08:00”."""
    values = {"hour": f"{report.hour:02d}:00", "day": report.day}
    if report.cadence == ScheduledReport.Cadence.WEEKLY:
        return _("Every %(day)s at %(hour)s") % {**values, "day": WEEKDAYS[report.day]}
    return _("Every month on day %(day)d at %(hour)s") % values


class SharedCreateView(FormPage):
    """Base of both forms: the address says what is shared (?kind=&object=&query=&title=)."""

    permission = "core.change_shares"
    template = "core/share_form.html"

    def shareable(self) -> Shareable:
        return shareable_of(self.request.GET.get("kind", ""))

    def form_kwargs(self) -> dict[str, Any]:
        title = self.request.GET.get("title", "")[:200]
        language = self.actor.language
        initial = {"title": title, "language": language, "lifetime": "30", "hour": 8}
        return {"actor": self.actor, "shareable": self.shareable(), "initial": initial}

    def extra(self) -> dict[str, Any]:
        return {"kind": str(self.shareable().label), "cancel_url": self.back()}

    def back(self) -> str:
        raise LookupError("declare back()")

    def shared(self, form: SharedForm) -> dict[str, Any]:
        """What both services take."""
        asked, data = self.request.GET, form.cleaned_data
        number = asked.get("object", "")
        return {
            "actor": self.actor,
            "kind": asked.get("kind", ""),
            "object_id": int(number) if number.isdecimal() and len(number) < 19 else None,
            "title": data["title"],
            "params": {"query": asked.get("query", "")},
            "content": data.get("content", ()),
            "language": data["language"],
        }


class ShareLinkCreateView(SharedCreateView):
    form_class = ShareLinkForm
    title = gettext_lazy("Share by link")
    submit_label = gettext_lazy("Make the link")

    def back(self) -> str:
        return self.actor.url("core:share-list")

    def save(self, form: ShareLinkForm) -> HttpResponse:
        link = share_create(
            **self.shared(form),
            password=form.cleaned_data["password"],
            expires_at=form.expires_at(),
        )
        context = {"link": link, "url": share_url(link)}
        response = self.render("core/share_made.html", context)
        response.headers["Cache-Control"] = "no-store"
        return response


class ShareLinkRevokeView(CommandView):
    permission = "core.change_shares"

    def command(self, pk: int) -> HttpResponse:
        link = get_or_404(ShareLink.objects.for_actor(self.actor), pk=pk)
        share_revoke(actor=self.actor, link=link)
        self.say(_("The link was taken back; it opens nothing any more."))
        return self.redirect("core:share-list")


class ScheduledReportCreateView(SharedCreateView):
    form_class = ScheduledReportForm
    title = gettext_lazy("Send by mail as PDF")
    submit_label = gettext_lazy("Set up")

    def back(self) -> str:
        return self.actor.url("core:scheduled-report-list")

    def save(self, form: ScheduledReportForm) -> HttpResponse:
        report = scheduled_report_create(**self.shared(form), **form.schedule())
        self.say(_("Set up: %(when)s.") % {"when": when_in_words(report)})
        return self.redirect("core:scheduled-report-list")


class ScheduledReportEditView(FormPage):
    """To whom, when and in which language; what is sent stays what it was."""

    permission = "core.change_shares"
    template = "core/share_form.html"
    form_class = ScheduledReportForm
    title = gettext_lazy("Change the report by mail")

    def report(self) -> ScheduledReport:
        return get_or_404(ScheduledReport.objects.for_actor(self.actor), pk=self.kwargs["pk"])

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor, "initial": ScheduledReportForm.initial_of(self.report())}

    def extra(self) -> dict[str, Any]:
        back = self.actor.url("core:scheduled-report-list")
        return {"kind": kind_label(self.report().kind), "cancel_url": back}

    def save(self, form: ScheduledReportForm) -> HttpResponse:
        report = scheduled_report_update(
            actor=self.actor,
            report=self.report(),
            title=form.cleaned_data["title"],
            language=form.cleaned_data["language"],
            **form.schedule(),
        )
        self.say(_("Set up: %(when)s.") % {"when": when_in_words(report)})
        return self.redirect("core:scheduled-report-list")


class ScheduledReportCommand(CommandView):
    """Base of the buttons of one scheduled report."""

    permission = "core.change_shares"

    def report(self, pk: int) -> ScheduledReport:
        return get_or_404(ScheduledReport.objects.for_actor(self.actor), pk=pk)

    def command(self, pk: int) -> HttpResponse:
        self.say(self.act(self.report(pk)))
        return self.redirect("core:scheduled-report-list")

    def act(self, report: ScheduledReport) -> str:
        raise LookupError("declare act()")


class ScheduledReportSwitchView(ScheduledReportCommand):
    def act(self, report: ScheduledReport) -> str:
        scheduled_report_update(actor=self.actor, report=report, is_active=not report.is_active)
        return _("Paused.") if report.is_active else _("It is sent again.")


class ScheduledReportSendView(ScheduledReportCommand):
    def act(self, report: ScheduledReport) -> str:
        scheduled_report_send_now(actor=self.actor, report=report)
        return _("It is sent within seconds.")


class ScheduledReportDeleteView(ScheduledReportCommand):
    def act(self, report: ScheduledReport) -> str:
        scheduled_report_delete(actor=self.actor, report=report)
        return _("It is sent no more.")
