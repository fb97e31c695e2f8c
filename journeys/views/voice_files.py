"""A file of comments: looked at before anything is written, then taken."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy, ngettext

from cxportal.core.services.files import file_delete, file_store
from cxportal.core.views.base import FormPage
from journeys.forms.voice import CommentFileForm
from journeys.services.voice_files import COLUMNS, comments_import, file_preview


class CommentImportView(FormPage):
    """A file of comments: looked at first, then taken."""

    permission = "surveys.record_comments"
    template = "journeys/comment_import.html"
    form_class = CommentFileForm
    title = gettext_lazy("Import comments")
    submit_label = gettext_lazy("Look at the file")

    def save(self, form: Any) -> HttpResponse:
        if form.cleaned_data["stored"] is not None:
            return self._take(form.cleaned_data["stored"])
        content = form.cleaned_data["file"].read()
        preview = file_preview(actor=self.actor, content=content)
        stored = file_store(actor=self.actor, name=form.cleaned_data["file"].name, content=content)
        return self.show(form, preview=preview, stored=stored)

    def _take(self, stored: Any) -> HttpResponse:
        with stored.file.open("rb") as handle:
            result = comments_import(actor=self.actor, content=handle.read())
        file_delete(actor=self.actor, stored=stored)
        sentence = ngettext(
            "%(n)s comment was taken.", "%(n)s comments were taken.", result.created
        )
        self.say(sentence % {"n": result.created})
        return self.redirect("journeys:voice")

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:voice"), "columns": COLUMNS}
