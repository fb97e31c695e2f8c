"""What stands in a mail, in whose language, and what can never get into its head."""

import email
from email.message import EmailMessage
from typing import cast

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from cxportal.core.actors import Actor
from cxportal.core.models import Customer, Program
from surveys.services.deliveries import deliveries_send
from surveys.services.links import unsubscribe_invitation
from tests.conftest import make_customers
from tests.surveys.campaign_cast import DOCUMENT, make_survey, running

pytestmark = pytest.mark.django_db


def sent_one(system: Actor, **values: object) -> EmailMultiAlternatives:
    running(system, **values)
    deliveries_send(seconds=5)
    (message,) = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    return message


def html_of(message: EmailMultiAlternatives) -> str:
    return str(message.alternatives[0][0])


def test_the_first_question_is_answered_by_one_press(system: Actor, program: Program) -> None:
    make_customers(program, 1)
    message = sent_one(system)
    html = html_of(message)
    for point in range(11):
        assert f'/?q_nps={point}"' in html
    assert html.count("?q_nps=") == 11
    assert "Would you recommend us?" in html
    assert "Not at all" in html
    assert "<style" not in html
    assert "Would you recommend us?" in message.body
    assert "{{" not in html + message.body


def test_a_scale_without_words_of_its_own_gets_the_usual_ones(
    system: Actor, program: Program
) -> None:
    make_customers(program, 1)
    question = {**DOCUMENT["sections"][0]["questions"][0], "settings": {}}
    section = {**DOCUMENT["sections"][0], "questions": [question]}
    html = html_of(sent_one(system, survey=make_survey(program, sections=[section])))
    assert "Not at all likely" in html
    assert "Extremely likely" in html


def test_a_question_that_needs_typing_gets_a_button(system: Actor, program: Program) -> None:
    make_customers(program, 1)
    section = {**DOCUMENT["sections"][0], "questions": DOCUMENT["sections"][0]["questions"][1:]}
    html = html_of(sent_one(system, survey=make_survey(program, sections=[section])))
    assert "?q_" not in html
    assert "Answer the questions" in html


def test_few_choices_stand_in_the_mail_many_do_not(system: Actor, program: Program) -> None:
    make_customers(program, 1)
    program.contact_gap_days = 0
    program.save()

    def with_choices(count: int) -> str:
        choices = [{"code": f"c{i}", "text": {"en": f"Choice {i}"}} for i in range(count)]
        question = {**DOCUMENT["sections"][0]["questions"][1], "kind": "single", "code": "how"}
        section = {"id": 1, "title": {}, "questions": [{**question, "choices": choices}]}
        survey = make_survey(program, sections=[section])
        mail.outbox.clear()
        return html_of(sent_one(system, survey=survey))

    assert '/?q_how=c2"' in with_choices(3)
    assert "?q_how" not in with_choices(8)


def test_each_person_reads_their_own_language(system: Actor, program: Program) -> None:
    make_customers(program, 3)
    Customer.unscoped.filter(external_id="C2").update(language="fr")
    running(system)
    deliveries_send(seconds=5)
    bodies = {m.to[0]: m.body for m in mail.outbox}
    assert "Would you recommend us?" in bodies["c0@example.com"]
    assert "추천하시겠어요?" in bodies["c1@example.com"]
    # The survey does not speak French: the program's language.
    assert "Would you recommend us?" in bodies["c2@example.com"]


def test_tags_are_filled_and_escaped(system: Actor, program: Program) -> None:
    make_customers(program, 1)
    Customer.unscoped.update(name="<b>Kim</b> {{link}}")
    message = sent_one(
        system, subject="For {{name|you}} at {{company}}", body="Dear {{ name|friend }}, <i>hi</i>"
    )
    assert message.subject == "For <b>Kim</b> {{link}} at Acme"
    assert "Dear &lt;b&gt;Kim&lt;/b&gt; {{link}}, &lt;i&gt;hi&lt;/i&gt;" in html_of(message)
    assert "Dear <b>Kim</b> {{link}}, <i>hi</i>" in message.body


def test_a_missing_name_gives_way_to_the_word_behind_the_bar(
    system: Actor, program: Program
) -> None:
    make_customers(program, 1)
    Customer.unscoped.update(name="")
    message = sent_one(system, body='Dear {{name|friend of "ours"}}!')
    assert 'Dear friend of "ours"!' in message.body
    assert "Dear friend of &quot;ours&quot;!" in html_of(message)


def test_one_click_unsubscribing_is_offered_as_the_standard_asks(
    system: Actor, program: Program
) -> None:
    make_customers(program, 1)
    message = sent_one(system)
    link = message.extra_headers["List-Unsubscribe"].strip("<>")
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = link.rstrip("/").rpartition("/")[2]
    invitation = unsubscribe_invitation(token)
    assert invitation is not None
    assert invitation.customer.email == "c0@example.com"
    assert link in message.body
    assert link in html_of(message)


def test_the_foot_says_who_asks_why_and_where_they_are(system: Actor, program: Program) -> None:
    program.postal_address = "Sejong-daero 1, Seoul"
    program.sender_email = "care@acme.example"
    program.save()
    make_customers(program, 1)
    message = sent_one(system, sender_name="Acme Care")
    assert message.from_email == "Acme Care <care@acme.example>"
    for text in (html_of(message), message.body):
        assert "Acme asks you because you are its customer." in text
        assert "Acme, Sejong-daero 1, Seoul" in text


@pytest.mark.parametrize("bad", ["Hi\r\nBcc: x@example.com", "Hi\nX-Evil: 1", "a\u2028b\x85c"])
def test_nothing_typed_becomes_a_header(system: Actor, program: Program, bad: str) -> None:
    make_customers(program, 1)
    Customer.unscoped.update(name=bad)
    program.name = bad
    program.save()
    message = sent_one(system, subject="{{name}} {{company}}", sender_name=bad)
    parsed = cast(EmailMessage, email.message_from_bytes(message.message().as_bytes()))
    assert parsed["Bcc"] is None
    assert parsed["X-Evil"] is None
    assert parsed.get_all("Subject") is not None
    assert len(parsed.get_all("Subject") or []) == 1
    assert "\n" not in message.subject
