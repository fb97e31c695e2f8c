"""What respondents of a survey with rules rely on: their own way, by forms alone."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Customer, CustomerEvent, Program
from surveys.models import Response, Survey
from surveys.services.metrics import metrics_ensure_for_survey
from surveys.services.responses import response_change, responses_record
from tests.conftest import make_customers
from tests.surveys.answering import document, facts, invite, make_metric, make_survey, open_link
from tests.surveys.every_kind import ANSWERS, EVERY_KIND, FORM
from tests.surveys.logic_surveys import compare, question, section, survey

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget() -> None:
    from surveys.rendering import forget_pages
    from surveys.services.dimensions import forget_dimensions

    forget_pages()
    forget_dimensions()


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return dict(found)


class Walker:
    """A browser without scripts and cookies that follows forms."""

    def __init__(self, url: str, query: str = "") -> None:
        self.url, self.client = url, Client(enforce_csrf_checks=True)
        self.page = self.client.get(url + query).content.decode()

    def send(self, go: str = "next", **answers: Any) -> Any:
        named = {f"q_{code}": value for code, value in answers.items()}
        return self.post({**hidden(self.page), **named, "go": go})

    def post(self, fields: dict[str, Any]) -> Any:
        answer = self.client.post(self.url, fields)
        if answer.status_code == 303:
            answer = self.client.get(self.url + answer.headers["Location"].removeprefix("./"))
        self.page = answer.content.decode()
        return answer


def survey_of(program: Program, shape: dict[str, Any]) -> Survey:
    sections = shape.pop("sections")
    return make_survey(program, **{**document(), **shape, "sections": sections})


FOLLOW_UP = [
    section(question("nps", "nps", required=True)),
    section(
        question("why", "long_text", show_if=compare("answer.nps", "lte", 6), required=True),
        question("share", "short_text", show_if=compare("answer.nps", "gte", 9)),
    ),
]


def test_the_follow_up_adapts_to_the_score(program: Program) -> None:
    asked = survey_of(program, survey(*FOLLOW_UP))
    metric = make_metric(asked, "nps", "nps", 0, 10)
    url = open_link(asked)
    low = Walker(url)
    low.send(nps="3")
    assert 'name="q_why"' in low.page
    assert 'name="q_share"' not in low.page
    assert low.send(why="Slow").status_code == 200
    assert "Thank you" in low.page
    high = Walker(url)
    high.send(nps="10")
    assert 'name="q_share"' in high.page
    high.send()
    middle = Walker(url)
    middle.send(nps="8")
    assert "Thank you" in middle.page
    stored = [r.answers for r in Response.unscoped.order_by("pk")]
    assert stored == [{"nps": 3, "why": "Slow"}, {"nps": 10}, {"nps": 8}]
    assert facts(program) == [(metric.pk, 3), (metric.pk, 10), (metric.pk, 8)]


def test_going_back_and_changing_an_answer_changes_the_way(program: Program) -> None:
    walker = Walker(open_link(survey_of(program, survey(*FOLLOW_UP))))
    walker.send(nps="3")
    walker.send("back", why="Slow")
    assert 'value="3" checked' in walker.page
    walker.send(nps="9")
    walker.send(share="yes")
    assert Response.unscoped.get().answers == {"nps": 9, "share": "yes"}


def test_all_at_once_is_checked_along_the_way(program: Program) -> None:
    url = open_link(survey_of(program, survey(*FOLLOW_UP)))
    fields = {"submission_id": str(uuid4()), "q_nps": "2"}
    refused = Client().post(url, fields)
    assert refused.status_code == 422
    assert "Please answer this question." in refused.content.decode()
    assert Client().post(url, {**fields, "q_why": "Slow", "q_share": "x"}).status_code == 200
    assert Response.unscoped.get().answers == {"nps": 2, "why": "Slow"}


def test_who_is_screened_out_counts_in_no_score(program: Program) -> None:
    rule = {"if": compare("answer.nps", "lte", 6), "to": "disqualify"}
    shape = survey(section(question("nps", "nps", skip=[rule])), section(question("b")))
    asked = survey_of(program, shape)
    make_metric(asked, "nps", "nps", 0, 10)
    walker = Walker(open_link(asked))
    walker.send(nps="1")
    assert "another situation" in walker.page
    response = Response.unscoped.get()
    assert (response.status, response.meta) == ("screened", {"ending": "disqualify"})
    assert facts(program) == []


def test_a_quota_takes_exactly_as_many_as_it_wants(program: Program) -> None:
    quota = {
        "code": "men",
        "if": compare("answer.sex", "is", "m"),
        "limit": 2,
        "action": "disqualify",
        "text": {"en": "Enough of you"},
    }
    shape = survey(section(question("sex", skip=[])), section(question("b")), quotas=[quota])
    url = open_link(survey_of(program, shape))
    for sex in ("m", "m", "w", "m"):
        walker = Walker(url)
        walker.send(sex=sex)
        if 'name="q_b"' in walker.page:
            walker.send(b="x")
    assert "Enough of you" in walker.page
    counted = list(Response.unscoped.order_by("pk").values_list("status", flat=True))
    assert counted == ["complete", "complete", "complete", "screened"]


def test_texts_say_what_was_answered_and_who_is_asked(program: Program) -> None:
    [customer] = make_customers(program, 1)
    customer.name, customer.attributes = "Kim <b>", {"tier": "gold"}
    customer.save()
    text = {"en": "{{customer.name|there}}, {{customer.tier}}: why {{answer.nps}}, {{answer.x|?}}?"}
    shape = survey(section(question("nps", "nps")), section({**question("why"), "text": text}))
    _invitation, url = invite(survey_of(program, shape), customer)
    walker = Walker(url)
    walker.send(nps="7")
    assert "Kim &lt;b&gt;, gold: why 7, ??" in walker.page


def test_hidden_data_comes_from_the_link_and_cannot_be_typed_over_a_customers(
    program: Program,
) -> None:
    [customer] = make_customers(program, 1)
    shape = survey(
        section(
            question("store", "hidden", settings={"origin": "link", "name": "store"}),
            question("who", "hidden", settings={"origin": "customer", "name": "external_id"}),
            question("a"),
        ),
        section(question("b", show_if=compare("hidden.store", "is", "Gangnam"))),
    )
    _invitation, url = invite(survey_of(program, shape), customer)
    walker = Walker(url, "?store=Gangnam")
    walker.send(a="x", who="somebody else")
    walker.send(b="y")
    response = Response.unscoped.get()
    assert response.answers == {"store": "Gangnam", "who": "C0", "a": "x", "b": "y"}


def happened(program: Program, customer: Customer) -> CustomerEvent:
    event = CustomerEvent(
        program=program, customer=customer, kind="delivery", place="Seoul",
        occurred_at=timezone.now(), data={"order": "E-1"},
    )  # fmt: skip
    event.save()
    return event


OF_THE_EVENT = section(
    question("order", "hidden", settings={"origin": "event", "name": "order"}),
    question("place", "hidden", settings={"origin": "event"}),
    {**question("a"), "text": {"en": "How was {{hidden.order|it}}?"}},
)


def test_the_event_that_led_to_the_question_passes_its_data_on(program: Program) -> None:
    [customer] = make_customers(program, 1)
    asked = survey_of(program, survey(OF_THE_EVENT))
    _invitation, url = invite(asked, customer, event=happened(program, customer))
    walker = Walker(url, "?order=forged")
    assert "How was E-1?" in walker.page
    walker.send(a="fine", order="forged")
    answers = {"order": "E-1", "place": "Seoul", "a": "fine"}
    assert Response.unscoped.get().answers == answers


def test_an_anonymous_answer_takes_nothing_along_that_leads_to_a_person(program: Program) -> None:
    [customer] = make_customers(program, 1)
    who = question("who", "hidden", settings={"origin": "customer", "name": "external_id"})
    shape = survey(OF_THE_EVENT, section(who, question("b")))
    shape["anonymous"] = True
    _invitation, url = invite(
        survey_of(program, shape), customer, event=happened(program, customer)
    )
    walker = Walker(url)
    assert "How was it?" in walker.page
    walker.send(a="fine")
    walker.send(b="so")
    assert Response.unscoped.get().answers == {"a": "fine", "b": "so"}


def test_a_client_s_answers_are_checked_by_what_is_known_of_the_customer(
    program: Program, system: Actor
) -> None:
    [customer] = make_customers(program, 1)
    customer.attributes = {"tier": "gold"}
    customer.save()
    asked = survey_of(
        program,
        survey(
            section(
                question("tier", "hidden", settings={"origin": "customer", "name": "tier"}),
                question("order", "hidden", settings={"origin": "event"}),
                question("a"),
                question("perks", show_if=compare("customer.tier", "is", "gold")),
            )
        ),
    )
    invitation, _url = invite(asked, customer, event=happened(program, customer))
    given = {"a": "x", "perks": "tea"}
    rows: list[dict[str, Any]] = [
        {"answers": given, "external_id": "C0"},
        {"answers": given},
        {"answers": {**given, "tier": "blue"}, "invitation_id": invitation.pk},
    ]
    result = responses_record(actor=system, survey=asked, rows=rows)
    assert result.created == 3
    stored = [r.answers for r in Response.unscoped.order_by("pk")]
    assert stored == [
        {"tier": "gold", "a": "x", "perks": "tea"},
        {"a": "x"},
        # What a client says wins: it may tell of what once was.
        {"tier": "blue", "order": "E-1", "a": "x", "perks": "tea"},
    ]
    first = Response.unscoped.order_by("pk")[0]
    response_change(actor=system, response=first, answers={"a": "y", "perks": "cake"})
    first.refresh_from_db()
    assert first.answers == {"a": "y", "perks": "cake"}


def test_each_item_of_a_loop_has_a_metric_of_its_own(program: Program, system: Actor) -> None:
    places = [{"code": c, "text": {"en": c.upper()}} for c in ("app", "web")]
    shape = survey(
        section(question("used", "multiple", choices=places)),
        section({**question("rate", "rating"), "text": {"en": "Rate {{item}}"}},
                loop={"question": "used"}),
    )  # fmt: skip
    asked = survey_of(program, shape)
    made = metrics_ensure_for_survey(actor=system, survey=asked)
    assert [metric.sources.get().question_code for metric in made] == ["rate@app", "rate@web"]
    assert [metric.name["en"][-8:] for metric in made] == ["Rate APP", "Rate WEB"]
    walker = Walker(open_link(asked))
    walker.send(used=["app", "web"])
    walker.send(**{"rate@app": "4"})
    walker.send(**{"rate@web": "2"})
    assert facts(program) == [(made[0].pk, 4), (made[1].pk, 2)]


def test_a_loop_keeps_an_answer_per_item(program: Program) -> None:
    places = [{"code": c, "text": {"en": c.upper()}} for c in ("app", "web")]
    shape = survey(
        section(question("used", "multiple", choices=places)),
        section({**question("rate", "rating"), "text": {"en": "Rate {{item}}"}},
                loop={"question": "used"}),
    )  # fmt: skip
    walker = Walker(open_link(survey_of(program, shape)))
    walker.send(used=["app", "web"])
    assert "Rate APP" in walker.page
    walker.send(**{"rate@app": "4"})
    assert "Rate WEB" in walker.page
    walker.send(**{"rate@web": "2"})
    expected = {"used": ["app", "web"], "rate@app": 4, "rate@web": 2}
    assert Response.unscoped.get().answers == expected


def test_thanks_fit_the_score(program: Program) -> None:
    endings = [
        {
            "if": compare("answer.nps", "gte", 9),
            "text": {"en": "Tell others, {{answer.nps}}!"},
            "url": "https://example.com/review",
            "link": {"en": "Write a review"},
        }
    ]
    url = open_link(survey_of(program, survey(section(question("nps", "nps")), endings=endings)))
    walker = Walker(url)
    walker.send(nps="10")
    assert "Tell others, 10!" in walker.page
    assert 'href="https://example.com/review"' in walker.page
    walker = Walker(url)
    walker.send(nps="2")
    assert "review" not in walker.page


def test_a_survey_with_every_kind_is_answered_by_forms_alone(program: Program) -> None:
    for one_per_page in (False, True):
        shape = survey(
            section(*[{"required": False, **q} for q in EVERY_KIND]),
            settings={"one_per_page": one_per_page},
        )
        walker = Walker(open_link(survey_of(program, shape)), "?store=Gangnam")
        for _step in range(40):
            shown = set(re.findall(r'name="q_([a-z_]+)[".]', walker.page))
            fields = {
                f"q_{code}.{part}" if part else f"q_{code}": values
                for code in shown - {"hidden"}
                for part, values in FORM.get(code, {}).items()
            }
            answer = walker.post({**hidden(walker.page), **fields, "go": "next"})
            assert answer.status_code == 200, re.findall(r'class="error"[^<]*<', walker.page)
            if "Thank you" in walker.page:
                break
        response = Response.unscoped.order_by("-pk")[0]
        assert response.answers == ANSWERS
        assert response.status == "complete"
