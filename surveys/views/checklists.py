"""Pages of mystery shopping: the checklist, and stores beside each other."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cxportal.core import charts
from cxportal.core.errors import DomainError
from cxportal.core.views.base import add_domain_error
from surveys.calc.checklists import Score
from surveys.forms.checklists import ChecklistForm
from surveys.queries.checklists import STORE, store_choices, store_table, touchpoints_known
from surveys.services.checklists import checklist_add, checklist_set
from surveys.views.surveys import SurveyPage

PERCENT = 100.0


class ChecklistView(SurveyPage):
    """What is checked, what it weighs, whose the stores are."""

    permission = "surveys.change_surveys"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        survey = self.survey(pk)
        return self.show(survey, ChecklistForm(actor=self.actor, survey=survey))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        survey = self.survey(pk)
        form = ChecklistForm(request.POST, actor=self.actor, survey=survey)
        if not form.is_valid():
            return self.show(survey, form, status=422)
        try:
            checklist_set(actor=self.actor, survey=survey, **form.values)
            checklist_add(actor=self.actor, survey=survey, lines=form.cleaned_data["lines"])
        except DomainError as error:
            add_domain_error(form, error)
            return self.show(survey, form, status=error.status)
        self.say(_("The checklist is saved."))
        return self.redirect("surveys:survey-checklist", pk)

    def show(self, survey: Any, form: ChecklistForm, status: int = 200) -> HttpResponse:
        context = {
            **self.head(survey, "checklist"),
            "form": form,
            "touchpoints": touchpoints_known(self.actor),
            "has_stores": bool(store_choices(survey)),
            "store_code": STORE,
        }
        return self.render("surveys/checklist.html", context, status=status)


class StoresView(SurveyPage):
    """Stores beside each other, per touchpoint, ours and competitors'."""

    permission = "surveys.view_reports"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        survey = self.survey(pk)
        table = store_table(self.actor, survey)
        lines = [
            {
                "name": name or _("Other items"),
                "cells": [_cell(store.parts[place]) for store in table.stores],
                "own": _cell(table.own[place]),
                "others": _cell(table.others[place]),
                "gap": _gap(table.own[place], table.others[place]),
            }
            for place, name in enumerate(table.touchpoints)
        ]
        whole = {
            "cells": [_cell(store.whole) for store in table.stores],
            "own": _cell(table.own_whole),
            "others": _cell(table.others_whole),
            "gap": _gap(table.own_whole, table.others_whole),
        }
        context = {**self.head(survey, "stores"), "table": table, "lines": lines, "whole": whole}
        return self.render("surveys/stores.html", context)


def _cell(score: Score) -> dict[str, Any]:
    share = score.share
    return {
        "share": share,
        "visits": score.visits,
        "bar": charts.bar(None if share is None else share * PERCENT, scale=(0.0, PERCENT)),
    }


def _gap(own: Score, others: Score) -> float | None:
    """Percentage points of ours above the others'."""
    if own.share is None or others.share is None:
        return None
    return (own.share - others.share) * PERCENT
