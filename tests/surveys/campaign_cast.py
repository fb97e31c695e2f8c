"""A published survey, campaigns over it and a mail server that does as it is told."""

from collections.abc import Callable
from typing import Any

from django.core.mail import EmailMessage

from cxportal.core.actors import Actor
from cxportal.core.models import Program
from surveys.calc.delivery import Event
from surveys.models import Campaign, Delivery, Survey, SurveyVersion
from surveys.services.campaigns import campaign_create, campaign_start
from surveys.services.couriers import Courier, CourierDownError, Outcome
from surveys.services.deliveries import Desk
from surveys.services.invitations import occurrence_fill, occurrences_due

DOCUMENT: dict[str, Any] = {
    "title": {"en": "After your order", "ko": "주문 후 설문"},
    "welcome": {},
    "thanks": {},
    "languages": ["en", "ko"],
    "default_language": "en",
    "anonymous": False,
    "theme": {},
    "sections": [
        {
            "id": 1,
            "title": {},
            "questions": [
                {
                    "code": "nps",
                    "kind": "nps",
                    "text": {"en": "Would you recommend us?", "ko": "추천하시겠어요?"},
                    "help": {},
                    "required": True,
                    "settings": {"labels": {"low": {"en": "Not at all"}, "high": {"en": "Yes"}}},
                    "choices": [],
                },
                {
                    "code": "why",
                    "kind": "long_text",
                    "text": {"en": "Why?", "ko": "왜요?"},
                    "help": {},
                    "required": False,
                    "settings": {},
                    "choices": [],
                },
            ],
        }
    ],
}


def make_survey(program: Program, **document: Any) -> Survey:
    """An open survey with one published version."""
    content = {**DOCUMENT, **document}
    survey = Survey.unscoped.create(program=program, title=content["title"], state="open")
    survey.current_version = SurveyVersion.unscoped.create(
        program=program, survey=survey, number=1, document=content
    )
    survey.save()
    return survey


def make_campaign(actor: Actor, **values: Any) -> Campaign:
    """A draft by e-mail to everyone."""
    values.setdefault("survey", None)
    survey = values.pop("survey") or make_survey(actor.program)
    return campaign_create(actor=actor, survey=survey, name=values.pop("name", "Autumn"), **values)


def fill_all() -> int:
    """Fill every due occurrence, as the worker does."""
    return sum(occurrence_fill(pk) for pk in occurrences_due())


def running(actor: Actor, **values: Any) -> Campaign:
    """A started campaign whose invitations are written."""
    campaign = campaign_start(actor=actor, campaign=make_campaign(actor, **values))
    fill_all()
    return campaign


def states(campaign: Campaign) -> dict[str, int]:
    """How many messages are in which state."""
    counts: dict[str, int] = {}
    for state in Delivery.unscoped.filter(campaign=campaign).values_list("state", flat=True):
        counts[state] = counts.get(state, 0) + 1
    return counts


class ScriptedCourier(Courier):
    """Answers each address as told, accepts all others, and keeps what it took."""

    def __init__(self, script: dict[str, Outcome] | None = None) -> None:
        self.script = script or {}
        self.taken: list[EmailMessage] = []
        self.down = False
        self.before: Callable[[EmailMessage], None] = lambda message: None

    def speaks_smtp(self) -> bool:
        return False

    def ready(self) -> None:
        if self.down:
            raise CourierDownError("connection refused")

    def carry(self, message: EmailMessage) -> Outcome:
        self.before(message)
        self.taken.append(message)
        return self.script.get(message.to[0], Outcome(Event.ACCEPTED))

    def close(self) -> None:
        return


def desk_with(script: dict[str, Outcome] | None = None) -> tuple[Desk, ScriptedCourier]:
    """A sender's desk with a scripted courier."""
    courier = ScriptedCourier(script)
    return Desk(courier), courier
