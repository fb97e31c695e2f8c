"""The committee's meetings: list, plan, agenda with decisions, minutes."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cxportal.core.errors import DomainError
from cxportal.core.models import text_in
from cxportal.core.pdf import CONTENT_TYPE, Document
from cxportal.core.policies import may
from cxportal.core.views.base import CommandView, FormPage, ListPage, PortalView, get_or_404
from journeys.forms.meetings import DecisionForm, MeetingForm, MeetingNotesForm
from journeys.models import AgendaItem, Meeting
from journeys.queries.actions import today_of
from journeys.queries.meetings import agenda_of, meetings_listed, minutes_lines
from journeys.services.meetings import (
    agenda_add,
    agenda_drop,
    agenda_fill,
    agenda_note,
    meeting_create,
    meeting_decide,
    meeting_delete,
    meeting_update,
    minutes_send,
)


class MeetingListView(ListPage):
    """Meetings, the latest first."""

    permission = "journeys.view_boards"
    template = "journeys/meeting_list.html"
    orderings = {"held": "held_on"}
    default_ordering = "-held_on"

    def queryset(self) -> QuerySet[Any]:
        return meetings_listed(self.actor)

    def extra(self) -> dict[str, Any]:
        return {"may_run": may(self.actor, "journeys.run_meetings")}


def find_meeting(view: PortalView, pk: int) -> Meeting:
    """The meeting, else 404."""
    found: Meeting = get_or_404(meetings_listed(view.actor), pk=pk)
    return found


class MeetingCreateView(FormPage):
    """Plan a meeting; the agenda fills itself."""

    permission = "journeys.run_meetings"
    form_class: Any = MeetingForm
    title = gettext_lazy("New meeting")

    def form_kwargs(self) -> dict[str, Any]:
        known: dict[str, Any] = {"held_on": today_of(self.actor), "title": _("CX committee")}
        last = meetings_listed(self.actor).order_by("-held_on", "-pk").first()
        if last is not None:
            known |= {"title": last.title, "place": last.place, "board": last.board}
            known["members"] = last.members.all()
        return {**super().form_kwargs(), "initial": known}

    def save(self, form: Any) -> HttpResponse:
        values = {k: v for k, v in form.cleaned_data.items() if k != "version"}
        meeting = meeting_create(actor=self.actor, **values)
        self.say(_("The meeting is planned and its agenda filled."))
        return self.redirect("journeys:meeting-detail", meeting.pk)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:meeting-list")}


class MeetingEditView(FormPage):
    """Change day, place, board and who takes part."""

    permission = "journeys.run_meetings"
    form_class: Any = MeetingForm
    title = gettext_lazy("Edit meeting")

    def form_kwargs(self) -> dict[str, Any]:
        meeting = find_meeting(self, self.kwargs["pk"])
        names = ("title", "held_on", "place", "board", "version")
        known = {name: getattr(meeting, name) for name in names}
        known["members"] = meeting.members.all()
        return {**super().form_kwargs(), "initial": known}

    def save(self, form: Any) -> HttpResponse:
        meeting = find_meeting(self, self.kwargs["pk"])
        meeting_update(actor=self.actor, meeting=meeting, **form.cleaned_data)
        self.say(_("The meeting is saved."))
        return self.redirect("journeys:meeting-detail", meeting.pk)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:meeting-detail", self.kwargs["pk"])}


class MeetingView(PortalView):
    """The agenda point by point, with what was said and decided."""

    permission = "journeys.view_boards"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return show_meeting(self, find_meeting(self, pk))


def show_meeting(
    view: PortalView, meeting: Meeting, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The page of a meeting, with a form that was filled in wrongly."""
    actor = view.actor
    notes = {"notes": meeting.notes, "version": meeting.version}
    form = more.get("form") or DecisionForm(actor=actor)
    owners: Any = form.fields["owner"]
    context = {
        "meeting": meeting,
        "agenda": agenda_of(actor, meeting),
        "may_run": may(actor, "journeys.run_meetings"),
        "form": form,
        # Once for all points: a form's choices are read anew each time they are asked for.
        "owners": list(owners.choices),
        "notes_form": MeetingNotesForm(actor=actor, initial=notes),
        **more,
    }
    return view.render("journeys/meeting.html", context, status=status)


class MeetingCommand(CommandView):
    """A button on a meeting's page."""

    permission = "journeys.run_meetings"

    def done(self, meeting: Meeting, text: str) -> HttpResponse:
        """Back to the page with a message."""
        self.say(text)
        return self.redirect("journeys:meeting-detail", meeting.pk)

    def item(self, meeting: Meeting) -> AgendaItem | None:
        """The point of the agenda that was named; None where none was."""
        asked = self.request.POST.get("item", "")
        rows: Any = AgendaItem.objects.for_actor(self.actor).filter(meeting=meeting)
        found: AgendaItem | None = get_or_404(rows, pk=asked) if asked else None
        return found


class MeetingDecideView(MeetingCommand):
    """Log a decision as an action."""

    def command(self, pk: int) -> HttpResponse:
        meeting = find_meeting(self, pk)
        form = DecisionForm(self.request.POST, actor=self.actor)
        if not form.is_valid():
            return show_meeting(self, meeting, status=422, form=form)
        values = form.cleaned_data
        action = meeting_decide(
            actor=self.actor, meeting=meeting, item=self.item(meeting), **values
        )
        return self.done(meeting, _("Decided and logged: “%(title)s”.") % {"title": action.title})


class AgendaFillView(MeetingCommand):
    """Add what calls for a word by now."""

    def command(self, pk: int) -> HttpResponse:
        meeting = find_meeting(self, pk)
        added = agenda_fill(actor=self.actor, meeting=meeting)
        words = ngettext("%(n)d point added.", "%(n)d points added.", added)
        return self.done(meeting, words % {"n": added})


class AgendaAddView(MeetingCommand):
    """Put a point of one's own on the agenda."""

    def command(self, pk: int) -> HttpResponse:
        meeting = find_meeting(self, pk)
        try:
            agenda_add(
                actor=self.actor, meeting=meeting, text=self.request.POST.get("text", "")[:300]
            )
        except DomainError as error:
            messages.error(self.request, error.message)
            return self.redirect("journeys:meeting-detail", pk)
        return self.done(meeting, _("The point is on the agenda."))


class AgendaNoteView(MeetingCommand):
    """Note what was said about a point, or take it off the agenda."""

    def command(self, pk: int) -> HttpResponse:
        meeting = find_meeting(self, pk)
        item = self.item(meeting)
        if item is None:
            messages.error(self.request, _("Choose a point of the agenda."))
            return self.redirect("journeys:meeting-detail", pk)
        if "drop" in self.request.POST:
            agenda_drop(actor=self.actor, item=item)
            return self.done(meeting, _("The point is off the agenda."))
        agenda_note(actor=self.actor, item=item, note=self.request.POST.get("note", "")[:4_000])
        return self.done(meeting, _("Noted."))


class MeetingNotesView(MeetingCommand):
    """Notes beside the agenda."""

    def command(self, pk: int) -> HttpResponse:
        meeting = find_meeting(self, pk)
        form = MeetingNotesForm(self.request.POST, actor=self.actor)
        if not form.is_valid():
            return show_meeting(self, meeting, status=422, notes_form=form)
        meeting_update(actor=self.actor, meeting=meeting, **form.cleaned_data)
        return self.done(meeting, _("Noted."))


class MinutesSendView(MeetingCommand):
    """Close the meeting and mail the minutes."""

    def command(self, pk: int) -> HttpResponse:
        meeting = find_meeting(self, pk)
        asked = self.request.POST.get("version", "")
        version = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
        sent = minutes_send(actor=self.actor, meeting=meeting, version=version)
        words = ngettext("The minutes go to %(n)d person.", "The minutes go to %(n)d people.", sent)
        return self.done(meeting, words % {"n": sent})


class MeetingDeleteView(MeetingCommand):
    """Forget a planned meeting."""

    def command(self, pk: int) -> HttpResponse:
        meeting_delete(actor=self.actor, meeting=find_meeting(self, pk))
        self.say(_("The meeting is deleted."))
        return self.redirect("journeys:meeting-list")


class MinutesView(PortalView):
    """The minutes as PDF."""

    permission = "journeys.view_boards"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        meeting = find_meeting(self, pk)
        document = Document(
            meeting.title,
            program=text_in(self.actor.program.name),
            made_at=timezone.now().astimezone(self.actor.program.zone),
            state=" · ".join(filter(None, [meeting.held_on.isoformat(), meeting.place])),
            language=self.actor.language,
        )
        for kind, words in minutes_lines(meeting, agenda_of(self.actor, meeting)):
            if kind == "head":
                document.heading(words)
            else:
                mark = {"point": "", "note": "", "decision": "→ "}[kind]
                document.paragraph(f"{mark}{words}", muted=kind == "note")
        response = HttpResponse(document.bytes(), content_type=CONTENT_TYPE)
        name = f"minutes-{meeting.held_on.isoformat()}.pdf"
        response.headers["Content-Disposition"] = f'inline; filename="{name}"'
        response.headers["Cache-Control"] = "private, no-store"
        return response
