"""The voice-of-the-customer inbox: list, one comment, recording, sorting, into an action."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cxportal.core.errors import DomainError
from cxportal.core.policies import may
from cxportal.core.queries.audit import history_of
from cxportal.core.queries.customers import sees_person, shown_name
from cxportal.core.services.personal_data import personal_data_looked
from cxportal.core.views.base import CommandView, FormPage, ListPage, PortalView, get_or_404
from journeys.forms.voice import (
    CommentBulkForm,
    CommentRecordForm,
    CommentSortForm,
)
from journeys.queries.similar import comments_similar
from journeys.queries.voice import comments_listed, heard
from journeys.services.voice import (
    comment_place,
    comment_sort,
    comment_to_action,
    comment_to_case,
    comments_change,
)
from journeys.voice_filters import FIRST, VoiceFilter
from surveys.models import Comment
from surveys.queries.comments import without_few_anonymous
from surveys.services.comments import comment_delete, comment_record
from surveys.text.encoder import encoder_is_installed


class VoiceView(ListPage):
    """What customers say, from everywhere, newest first."""

    permission = "surveys.view_comments"
    template = "journeys/voice.html"
    filterset_class = VoiceFilter
    default_ordering = "-at"

    def queryset(self) -> QuerySet[Any]:
        return comments_listed(self.actor).filter(is_test=False)

    def narrowed(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return without_few_anonymous(self.actor, queryset)

    def render(
        self, template: str, context: dict[str, Any] | None = None, *, status: int = 200
    ) -> HttpResponse:
        rows = heard(self.actor, (context or {})["page"].rows)
        return super().render(template, {**(context or {}), "rows": rows}, status=status)

    def extra(self) -> dict[str, Any]:
        return {
            "may_record": may(self.actor, "surveys.record_comments"),
            "may_change": may(self.actor, "surveys.change_comments"),
            "by_rules": not encoder_is_installed(),
            "bulk_form": CommentBulkForm(actor=self.actor),
            "more_open": any(v and k not in FIRST for k, v in self.request.GET.items()),
        }


class CommentPage(PortalView):
    """A page about one comment of the actor's program."""

    permission = "surveys.view_comments"

    def comment(self, pk: int) -> Comment:
        found: Comment = get_or_404(comments_listed(self.actor), pk=pk)
        return found


class CommentDetailView(CommentPage, FormPage):
    """One comment: who, where, what it says; sorted in place. A page, or the inbox's panel."""

    form_class = CommentSortForm
    template = "journeys/comment_detail.html"

    def form_kwargs(self) -> dict[str, Any]:
        comment: Any = self.comment(self.kwargs["pk"])
        self.shown = comment
        place = getattr(comment, "place", None)
        initial = {
            "sentiment": comment.sentiment,
            "kind": comment.kind,
            "status": comment.status,
            "assignee": comment.assignee_id,
            "topics": [link.topic_id for link in comment.shown_topics],
            "touchpoint": place.touchpoint_id if place else None,
            "version": comment.version,
        }
        return {**super().form_kwargs(), "initial": initial}

    def save(self, form: Any) -> HttpResponse:
        comment_sort(actor=self.actor, comment=self.shown, **form.cleaned_data)
        self.say(_("The comment is sorted."))
        return self.redirect("journeys:comment-detail", self.shown.pk)

    def show(self, form: Any, *, status: int = 200, **more: Any) -> HttpResponse:
        htmx = getattr(self.request, "htmx", None)
        if htmx and not htmx.boosted:
            self.template = "journeys/_comment_panel.html"
        return super().show(form, status=status, **more)

    def extra(self) -> dict[str, Any]:
        comment = self.shown
        return {
            "row": heard(self.actor, [comment])[0],
            "similar": heard(self.actor, comments_similar(self.actor, comment)),
            "may_open_case": may(self.actor, "journeys.create_cases"),
            "person": self._person(comment),
            "history": history_of(self.actor, comment),
            "may_change": may(self.actor, "surveys.change_comments", comment),
            "may_act": may(self.actor, "journeys.create_actions"),
            "may_delete": comment.response_id is None
            and may(self.actor, "surveys.delete_comments", comment),
        }

    def _person(self, comment: Comment) -> dict[str, str]:
        """Who said it: the name for those who may see it, and then the look is recorded."""
        customer = comment.customer
        if customer is None:
            return {"name": comment.author if self.actor.sees_personal_data else "", "url": ""}
        if sees_person(self.actor, customer) and customer.erased_at is None:
            personal_data_looked(actor=self.actor, customer=customer)
        url = self.actor.url("core:customer-detail", customer.pk)
        return {"name": shown_name(self.actor, customer), "url": url}


class CommentRecordView(FormPage):
    """Record what was heard in a call, a store, a review …"""

    permission = "surveys.record_comments"
    form_class = CommentRecordForm
    title = gettext_lazy("Record a comment")

    def save(self, form: Any) -> HttpResponse:
        values = {k: v for k, v in form.cleaned_data.items() if v not in (None, "")}
        touchpoint = values.pop("touchpoint", None)
        made = comment_record(actor=self.actor, **values)
        if touchpoint is not None:
            comment_place(actor=self.actor, comment=made, touchpoint=touchpoint)
        self.say(_("The comment is recorded."))
        return self.redirect("journeys:comment-detail", made.pk)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:voice")}


class CommentBulkView(CommandView):
    """Sort the chosen comments together: status, person, topic, touchpoint."""

    permission = "surveys.change_comments"

    def command(self) -> HttpResponse:
        form = CommentBulkForm(self.request.POST, actor=self.actor)
        if not form.is_valid():
            raise DomainError("invalid", _("Choose comments, and what is to change."))
        comments = form.cleaned_data.pop("comments")
        count = comments_change(actor=self.actor, comments=comments, **form.changes())
        sentence = ngettext("%(n)s comment was sorted.", "%(n)s comments were sorted.", count)
        self.say(sentence % {"n": count})
        back = self.request.POST.get("next", "")
        here = self.actor.url("journeys:voice")
        return HttpResponseRedirect(back if back.startswith(f"{here}?") else here)


class CommentCaseView(CommandView, CommentPage):
    """Open a case from a comment."""

    permission = "journeys.create_cases"

    def command(self, pk: int) -> HttpResponse:
        case = comment_to_case(actor=self.actor, comment=self.comment(pk))
        self.say(_("The case is open."))
        return self.redirect("journeys:case-detail", case.pk)


class CommentActionView(CommandView, CommentPage):
    """Log an improvement action from a comment."""

    permission = "journeys.create_actions"

    def command(self, pk: int) -> HttpResponse:
        action = comment_to_action(actor=self.actor, comment=self.comment(pk))
        self.say(_("The action is logged. Name it and give it an owner."))
        return self.redirect("journeys:action-edit", action.pk)


class CommentDeleteView(CommandView, CommentPage):
    """Delete a comment recorded from elsewhere."""

    permission = "surveys.delete_comments"

    def command(self, pk: int) -> HttpResponse:
        comment_delete(actor=self.actor, comment=self.comment(pk))
        self.say(_("The comment is deleted."))
        return self.redirect("journeys:voice")
