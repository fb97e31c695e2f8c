"""Pages of answers: the list, one response, its corrections."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.policies import may
from cxportal.core.queries.audit import history_of
from cxportal.core.queries.customers import sees_person, shown_name
from cxportal.core.services.personal_data import personal_data_looked
from cxportal.core.views.base import CommandView, ListPage, PortalView, get_or_404
from surveys.filters.responses import ResponseFilter
from surveys.models import Response
from surveys.queries.responses import (
    answer_lines,
    is_told,
    listed,
    responses_listed,
    responses_told,
    score_lines,
)
from surveys.services.responses import response_erase, response_mark_test


def page_or_none(actor: Actor, name: str, *args: Any) -> str:
    """Address of another floor's page; "" where it is not there."""
    try:
        return actor.url(name, *args)
    except NoReverseMatch:
        return ""


class ResponseListView(ListPage):
    """All answers, newest first."""

    permission = "surveys.view_responses"
    template = "surveys/response_list.html"
    filterset_class = ResponseFilter
    default_ordering = "-completed_at"

    def queryset(self) -> QuerySet[Response]:
        return responses_listed(self.actor)

    def narrowed(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return responses_told(self.actor, queryset)

    def render(
        self, template: str, context: dict[str, Any] | None = None, *, status: int = 200
    ) -> HttpResponse:
        rows = listed((context or {})["page"].rows)
        return super().render(template, {**(context or {}), "rows": rows}, status=status)


class ResponsePage(PortalView):
    """A page about one response of the actor's program."""

    permission = "surveys.view_responses"

    def response(self, pk: int) -> Response:
        responses = responses_listed(self.actor).select_related(
            "survey", "campaign", "customer", "version", "program"
        )
        found = get_or_404(responses, pk=pk)
        if not is_told(self.actor, found):
            raise Http404
        return found


class ResponseDetailView(ResponsePage):
    """One response: what was asked and answered, its scores, who it is from."""

    def get(self, request: Any, pk: int) -> HttpResponse:
        response = self.response(pk)
        context = {
            "response": response,
            "answers": answer_lines(response),
            "scores": score_lines(response),
            "history": history_of(self.actor, response),
            "action_url": self._action_url(response),
            "report_url": page_or_none(self.actor, "surveys:survey-report", response.survey_id),
            "menu": self._menu(response),
            "may_erase": may(self.actor, "surveys.change_responses", response),
            **self._person(response),
        }
        return self.render("surveys/response_detail.html", context)

    def _person(self, response: Response) -> dict[str, Any]:
        """Who answered: the name for those who may see it, and then the look is recorded."""
        customer = response.customer
        if customer is None:
            return {"customer_name": "", "customer_url": ""}
        if sees_person(self.actor, customer) and customer.erased_at is None:
            personal_data_looked(actor=self.actor, customer=customer)
        return {
            "customer_name": shown_name(self.actor, customer),
            "customer_url": page_or_none(self.actor, "core:customer-detail", customer.pk),
        }

    def _action_url(self, response: Response) -> str:
        url = page_or_none(self.actor, "journeys:action-new")
        return f"{url}?response={response.pk}" if url else ""

    def _menu(self, response: Response) -> list[dict[str, Any]]:
        case_url = page_or_none(self.actor, "journeys:case-new")
        items: list[dict[str, Any]] = []
        if case_url and may(self.actor, "journeys.create_cases"):
            url = f"{case_url}?response={response.pk}"
            items.append({"label": _("Open a case"), "url": url, "icon": "telephone"})
        if not may(self.actor, "surveys.change_responses", response):
            return items
        label = _("Count again") if response.is_test else _("Mark as test")
        test = self.actor.url("surveys:response-test", response.pk)
        return [
            *items,
            {"label": label, "url": test, "icon": "eyedropper", "method": "post"},
            {"label": _("Erase…"), "icon": "trash", "dialog": "erase-response", "danger": True},
        ]


class ResponseCommand(CommandView, ResponsePage):
    """A button on a response's page."""

    permission = "surveys.change_responses"


class ResponseTestView(ResponseCommand):
    """Take a response out of the scores as a test, or back in."""

    def command(self, pk: int) -> HttpResponse:
        response = self.response(pk)
        is_test = not response.is_test
        response_mark_test(actor=self.actor, response=response, is_test=is_test)
        if is_test:
            self.say(_("This answer is a test now and counts no more."))
        else:
            self.say(_("This answer counts again."))
        return self.redirect("surveys:response-detail", pk)


class ResponseEraseView(ResponseCommand):
    """Delete a response for good."""

    def command(self, pk: int) -> HttpResponse:
        response_erase(actor=self.actor, response=self.response(pk))
        self.say(_("The answer was erased and taken out of all scores."))
        return self.redirect("surveys:response-list")
