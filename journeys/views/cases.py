"""Cases: list, mine, page, opened, changed, worked on, closed and opened again."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.errors import StaleEdit
from cxportal.core.models import Customer
from cxportal.core.policies import authorise, may
from cxportal.core.services.personal_data import personal_data_looked
from cxportal.core.views.base import CommandView, FormPage, ListPage, PortalView, get_or_404
from journeys.filters import CaseFilter
from journeys.forms.cases import CaseEditForm, CaseForm, CloseForm, ContactForm
from journeys.models import Case, Stage, Touchpoint
from journeys.queries.actions import action_places
from journeys.queries.case_follow_up import follow_up_of
from journeys.queries.case_rules import replies_offered
from journeys.queries.cases import (
    case_counts,
    case_history,
    case_rows,
    cases_listed,
    cases_mine,
    sees_case_words,
)
from journeys.services.cases import (
    case_close,
    case_contact,
    case_move,
    case_open,
    case_reopen,
    case_take,
    case_update,
)
from surveys.models import Response
from surveys.queries.responses import answer_lines, score_lines


class CaseListView(ListPage):
    """Every case, what is due first on top."""

    permission = "journeys.view_cases"
    template = "journeys/case_list.html"
    filterset_class: Any = CaseFilter
    orderings = {
        "due": "due_at",
        "opened": "opened_at",
        "entered": "entered_state_at",
        "closed": "closed_at",
    }
    default_ordering = "-opened_at"

    def queryset(self) -> QuerySet[Any]:
        return cases_listed(self.actor)

    def of_rows(self, rows: list[Any]) -> dict[str, Any]:
        return {"rows": case_rows(self.actor, rows)}

    def extra(self) -> dict[str, Any]:
        return {
            "counts": case_counts(self.actor),
            "may_create": may(self.actor, "journeys.create_cases"),
            "may_rule": may(self.actor, "journeys.change_case_rules"),
        }


class MyCasesView(CaseListView):
    """What I own and is still open, soonest due first."""

    template = "journeys/case_mine.html"
    filterset_class: Any = None
    default_ordering = "due_at"

    def queryset(self) -> QuerySet[Any]:
        return cases_mine(self.actor)


def find_case(view: PortalView, pk: int) -> Case:
    """The case, else 404."""
    rows = cases_listed(view.actor).select_related(
        "response__survey", "comment", "stage__journey", "action__column", "event"
    )
    found: Case = get_or_404(rows, pk=pk)
    return found


class CaseDetailView(PortalView):
    """One case: who, what they said, what was done, what came of it."""

    permission = "journeys.view_cases"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return show_case(self, find_case(self, pk))


def show_case(view: PortalView, case: Case, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of a case, with forms that were filled in wrongly."""
    actor = view.actor
    row = case_rows(actor, [case])[0]
    if case.customer is not None and sees_case_words(actor, case):
        personal_data_looked(actor=actor, customer=case.customer)
    context = {
        "case": case,
        "row": row,
        "shows_words": sees_case_words(actor, case),
        "history": case_history(actor, case),
        "contact_form": ContactForm(actor=actor),
        "close_form": CloseForm(actor=actor, initial={"version": case.version}),
        "replies": replies_offered(actor),
        "follow_up": follow_up_of(actor, case),
        "answers": _answers(view, case),
        "response_url": _response_url(view, case),
        "may_log": may(actor, "journeys.create_actions"),
        "may_read": may(actor, "surveys.view_responses"),
        "is_mine": actor.membership is not None and case.owner_id == actor.membership.pk,
        **more,
    }
    return view.render("journeys/case_detail.html", context, status=status)


def _answers(view: PortalView, case: Case) -> dict[str, Any]:
    """Scores of the answer for everybody, its words for who may read them."""
    if case.response is None or not may(view.actor, "surveys.view_responses"):
        return {}
    scores = score_lines(case.response)
    if not sees_case_words(view.actor, case):
        return {"scores": scores}
    lines = [line for line in answer_lines(case.response) if line.is_text and line.answer]
    return {"scores": scores, "words": lines}


def _response_url(view: PortalView, case: Case) -> str:
    if case.response_id is None or not may(view.actor, "surveys.view_responses"):
        return ""
    return view.actor.url("surveys:response-detail", case.response_id)


class CaseCreateView(FormPage):
    """Open a case by hand; ?response=, ?customer= and ?touchpoint= fill in what is known."""

    permission = "journeys.create_cases"
    template = "journeys/case_form.html"
    form_class: Any = CaseForm
    title = gettext_lazy("New case")
    submit_label: Any = gettext_lazy("Open case")

    def form_kwargs(self) -> dict[str, Any]:
        return {**super().form_kwargs(), "initial": self.known()}

    def known(self) -> dict[str, Any]:
        """Initial values from the address."""
        known: dict[str, Any] = {}
        response = self._asked(Response, "response")
        if response is not None:
            touchpoint, stage = action_places(self.actor, response)
            known = {"response": response, "touchpoint": touchpoint, "stage": stage}
            if response.customer_id:
                known["customer"] = f"#{response.customer_id}"
        customer = self._asked(Customer, "customer")
        if customer is not None:
            known["customer"] = f"#{customer.pk}"
        for name, model in (("stage", Stage), ("touchpoint", Touchpoint)):
            asked = self._asked(model, name)
            if asked is not None:
                known[name] = asked
        return known

    def _asked(self, model: Any, name: str) -> Any:
        asked = self.request.GET.get(name, "")
        return get_or_404(model.objects.for_actor(self.actor), pk=asked) if asked else None

    def save(self, form: Any) -> HttpResponse:
        values = {k: v for k, v in form.cleaned_data.items() if k != "version"}
        case = case_open(actor=self.actor, **values)
        self.say(_("The case is open."))
        return self.redirect("journeys:case-detail", case.pk)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:case-list")}


class CaseEditView(CaseCreateView):
    """Change a case; a stale edit shows what was stored meanwhile and keeps what was typed."""

    permission = "journeys.change_cases"
    form_class: Any = CaseEditForm
    title = gettext_lazy("Edit case")
    submit_label: Any = ""

    def known(self) -> dict[str, Any]:
        case = find_case(self, self.kwargs["pk"])
        authorise(self.actor, self.permission, case)
        names = ("title", "severity", "owner", "team", "touchpoint", "stage", "version")
        words = {"description": case.description} if sees_case_words(self.actor, case) else {}
        return {**{name: getattr(case, name) for name in names}, **words}

    def form(self, data: Any = None, files: Any = None) -> Any:
        made = super().form(data, files)
        if not sees_case_words(self.actor, find_case(self, self.kwargs["pk"])):
            del made.fields["description"]
        return made

    def save(self, form: Any) -> HttpResponse:
        case = find_case(self, self.kwargs["pk"])
        case_update(actor=self.actor, case=case, **form.cleaned_data)
        self.say(_("The case is saved."))
        return self.redirect("journeys:case-detail", case.pk)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:case-detail", self.kwargs["pk"])}


class CaseCommand(CommandView):
    """A button on a case's page."""

    permission = "journeys.change_cases"

    def done(self, case: Case, text: str) -> HttpResponse:
        """Back to the page with a message."""
        self.say(text)
        return self.redirect("journeys:case-detail", case.pk)


class CaseTakeView(CaseCommand):
    """Make oneself the owner."""

    def command(self, pk: int) -> HttpResponse:
        case = case_take(actor=self.actor, case=find_case(self, pk))
        return self.done(case, _("The case is yours."))


class CaseMoveView(CaseCommand):
    """Set the state of an open case."""

    def command(self, pk: int) -> HttpResponse:
        state = self.request.POST.get("state", "")
        case = case_move(actor=self.actor, case=find_case(self, pk), state=state)
        words = {"state": case.get_state_display()}
        return self.done(case, _("The case is now: %(state)s.") % words)


class CaseContactView(CaseCommand):
    """Write down an attempt to reach the customer."""

    def command(self, pk: int) -> HttpResponse:
        case = find_case(self, pk)
        form = ContactForm(self.request.POST, actor=self.actor)
        if not form.is_valid():
            return show_case(self, case, status=422, contact_form=form)
        case_contact(actor=self.actor, case=case, **form.cleaned_data)
        return self.done(case, _("The attempt is noted."))


class CaseCloseView(FormPage):
    """Close a case with what was learned."""

    permission = "journeys.change_cases"
    form_class = CloseForm
    title = gettext_lazy("Close the case")
    submit_label = gettext_lazy("Close case")

    def form_kwargs(self) -> dict[str, Any]:
        case = find_case(self, self.kwargs["pk"])
        authorise(self.actor, self.permission, case)
        initial = {"version": case.version, "action": case.action}
        return {**super().form_kwargs(), "initial": initial}

    def save(self, form: Any) -> HttpResponse:
        case = find_case(self, self.kwargs["pk"])
        try:
            case_close(actor=self.actor, case=case, **form.cleaned_data)
        except StaleEdit as stale:
            current = {**stale.details["current"], "state": str(case.get_state_display())}
            raise StaleEdit(current | {"owner": str(case.owner or "–")}) from stale
        self.say(_("The case is closed."))
        return self.redirect("journeys:case-detail", case.pk)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:case-detail", self.kwargs["pk"])}


class CaseReopenView(CaseCommand):
    """Open a closed case again."""

    def command(self, pk: int) -> HttpResponse:
        reason = self.request.POST.get("reason", "")
        case = case_reopen(actor=self.actor, case=find_case(self, pk), reason=reason)
        return self.done(case, _("The case is open again."))
