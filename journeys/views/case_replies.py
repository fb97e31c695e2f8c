"""Canned replies worded by the program, and the mail to the customer of a case."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.errors import Denied
from cxportal.core.policies import authorise
from cxportal.core.views.base import FormPage, get_or_404
from journeys.forms.case_replies import CannedReplyForm, ReplyChoiceForm, ReplyForm
from journeys.models import CannedReply, Case
from journeys.queries.cases import sees_case_words
from journeys.services.canned_replies import canned_reply_save
from journeys.services.case_replies import case_reply, reply_language, reply_words
from journeys.views.cases import find_case


class CannedReplyCreateView(FormPage):
    """Word a reply."""

    permission = "journeys.change_case_rules"
    form_class: Any = CannedReplyForm
    title = gettext_lazy("New canned reply")

    def save(self, form: Any) -> HttpResponse:
        canned_reply_save(actor=self.actor, **form.cleaned_data)
        self.say(_("The reply is saved."))
        return self.redirect("journeys:case-rules")

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:case-rules")}


class CannedReplyEditView(CannedReplyCreateView):
    """Change the words of a reply, or take it out of the choice."""

    title = gettext_lazy("Edit canned reply")

    def form_kwargs(self) -> dict[str, Any]:
        reply = self._reply()
        names = ("name", "subject", "body", "is_active", "position", "version")
        initial = {name: getattr(reply, name) for name in names}
        return {**super().form_kwargs(), "code": reply.code, "initial": initial}

    def _reply(self) -> CannedReply:
        rows: Any = CannedReply.objects.for_actor(self.actor)
        found: CannedReply = get_or_404(rows, pk=self.kwargs["pk"])
        return found

    def save(self, form: Any) -> HttpResponse:
        canned_reply_save(actor=self.actor, code=self._reply().code, **form.cleaned_data)
        self.say(_("The reply is saved."))
        return self.redirect("journeys:case-rules")


class CaseReplyView(FormPage):
    """Write to the customer; ?reply= and ?language= begin with a canned reply."""

    permission = "journeys.change_cases"
    template = "journeys/case_reply.html"
    form_class = ReplyForm
    title = gettext_lazy("Write to the customer")
    submit_label = gettext_lazy("Send")

    def form_kwargs(self) -> dict[str, Any]:
        case = self._case()
        reply, words = self._chosen().get("reply"), {}
        if reply is not None:
            words = reply_words(self.actor, case, reply, self._language(case))
        return {**super().form_kwargs(), "initial": words}

    def _case(self) -> Case:
        """The case, for who may work on it and see the customer. Raises Denied."""
        case = find_case(self, self.kwargs["pk"])
        authorise(self.actor, self.permission, case)
        if not sees_case_words(self.actor, case):
            raise Denied("core.view_personal_data")
        return case

    def _chosen(self) -> dict[str, Any]:
        form = ReplyChoiceForm(self.request.GET, actor=self.actor)
        form.is_valid()
        return form.cleaned_data

    def _language(self, case: Case) -> str:
        return reply_language(self.actor, case.customer, self._chosen().get("language", ""))

    def save(self, form: Any) -> HttpResponse:
        case = self._case()
        case_reply(actor=self.actor, case=case, **form.cleaned_data)
        self.say(_("The mail goes out now and is noted."))
        return self.redirect("journeys:case-detail", case.pk)

    def extra(self) -> dict[str, Any]:
        case = self._case()
        chosen = {"reply": self._chosen().get("reply"), "language": self._language(case)}
        return {
            "case": case,
            "choice": ReplyChoiceForm(actor=self.actor, initial=chosen),
            "cancel_url": self.actor.url("journeys:case-detail", case.pk),
        }
