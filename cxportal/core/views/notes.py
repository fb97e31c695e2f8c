"""Notes on any object: said, answered, taken back."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from cxportal.core.errors import DomainError
from cxportal.core.forms.notes import NoteForm
from cxportal.core.models import Note
from cxportal.core.policies import authorise
from cxportal.core.registry import note_subjects, object_pages
from cxportal.core.services.files import file_store
from cxportal.core.services.notes import note_add, note_delete
from cxportal.core.views.base import CommandView, PortalView, add_domain_error, get_or_404


def subject_of(view: PortalView, kind: str, pk: Any) -> Any:
    """The object that is talked about, when the reader may see it. Raises Http404."""
    subject = note_subjects.get(kind)
    if subject is None:
        raise Http404
    authorise(view.actor, subject.read)
    return get_or_404(subject.rows(view.actor), pk=pk)


class NoteAddView(CommandView):
    """Say something; files are kept for who may read the object."""

    permission = "core.view_program"

    def command(self) -> HttpResponse:
        posted = self.request.POST
        kind = posted.get("object_type", "")
        obj = subject_of(self, kind, posted.get("object_id"))
        form = NoteForm(posted, self.request.FILES, actor=self.actor)
        if not form.is_valid():
            return self._shown(obj, form, 422)
        try:
            self._add(kind, obj, form.cleaned_data)
        except DomainError as error:
            if error.status == 403:
                raise
            add_domain_error(form, error)
            return self._shown(obj, form, error.status)
        if self.request.htmx:
            return self._shown(obj, NoteForm(actor=self.actor), 200)
        return self.redirect(object_pages[kind], obj.pk)

    def _add(self, kind: str, obj: Any, values: dict[str, Any]) -> Note:
        authorise(self.actor, note_subjects[kind].write, obj)
        files = [
            file_store(
                actor=self.actor,
                name=upload.name,
                content=upload,
                content_type=upload.content_type or "",
                permission=note_subjects[kind].read,
            )
            for upload in values["attachments"]
        ]
        parent = values["parent"]
        rows: Any = Note.objects.for_actor(self.actor)
        answered = get_or_404(rows.select_related("parent"), pk=parent) if parent else None
        return note_add(
            actor=self.actor, obj=obj, text=values["text"], files=files, parent=answered
        )

    def _shown(self, obj: Any, form: NoteForm, status: int) -> HttpResponse:
        template = "core/_notes_answer.html" if self.request.htmx else "core/note_page.html"
        return self.render(template, {"obj": obj, "note_form": form}, status=status)


class NoteDeleteView(CommandView):
    """Take a note back."""

    permission = "core.view_program"

    def command(self, pk: int) -> HttpResponse:
        rows: Any = Note.objects.for_actor(self.actor)
        note = get_or_404(rows, pk=pk)
        obj = subject_of(self, note.object_type, note.object_id)
        note_delete(actor=self.actor, note=note)
        if self.request.htmx:
            context = {"obj": obj, "note_form": NoteForm(actor=self.actor)}
            return self.render("core/_notes_answer.html", context)
        self.say(_("The comment is deleted."))
        asked = self.request.POST.get("next", "")
        if asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
            return HttpResponse(status=302, headers={"Location": asked})
        return self.redirect(object_pages[note.object_type], obj.pk)
