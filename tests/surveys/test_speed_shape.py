"""The number of statements a respondent's request may cost, whatever the survey holds."""

from uuid import uuid4

import pytest
from django.test import Client

from tests.conftest import count_queries, make_customers, make_program
from tests.surveys.answering import CSAT, NPS, WHY, invite, make_metric, make_survey, open_link


@pytest.mark.django_db(transaction=True)
def test_a_page_costs_one_statement_and_an_answer_two() -> None:
    program = make_program("acme")
    survey = make_survey(program, [NPS, CSAT, WHY], languages=["en"])
    links = [invite(survey, c)[1] for c in make_customers(program, 3)]
    links += [open_link(survey)] * 3
    answer = {"q_nps": "9", "q_csat": "4", "q_why": "Quick and friendly"}
    for url in (links.pop(0), links.pop()):  # the first of a kind fills this process's memory
        Client().post(url, {**answer, "submission_id": str(uuid4())})
    for number in range(1, 4):
        for code, kind, low, high in (("nps", "nps", 0, 10), ("csat", "csat", 1, 5)):
            make_metric(survey, code, kind, low, high, metric_code=f"{code}-{number}")
        url = links.pop(0)
        with count_queries() as looked:
            assert Client().get(url).status_code == 200
        with count_queries() as sent:
            form = {**answer, "submission_id": str(uuid4())}
            assert Client().post(url, form).status_code == 200
        assert (len(looked), len(sent)) == (1, 2)
