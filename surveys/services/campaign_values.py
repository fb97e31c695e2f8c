"""What a campaign may be told: each value checked and brought into its stored shape."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import Segment, as_texts
from cxportal.core.services.events import EVENT_KIND
from surveys.calc.embedding import EmbeddingError, embed_checked
from surveys.calc.merge_tags import unknown_tags
from surveys.calc.triggers import MOST_CONDITIONS, OPERATORS, ConditionError, condition_checked
from surveys.models import Campaign, SenderIdentity, Survey
from surveys.services.letters import AUTHOR_TAGS

MAX_SUBJECT = 200
MAX_BODY = 10_000
MAX_GAP_DAYS = 3650
MAX_DELAY_MINUTES = 366 * 24 * 60
MOST_REMINDERS = 5
MAX_REMINDER_DAYS = 90
FIRST_YEAR, LAST_YEAR = 2000, 2100
Check = Callable[[Actor, Any], Any]


def bad(field: str, message: str) -> DomainError:
    """The refusal of one value."""
    return DomainError("invalid", message, details={field: message})


def values_checked(actor: Actor, values: Mapping[str, Any]) -> dict[str, Any]:
    """Bring values into the stored shape. Raises DomainError naming the field."""
    return {field: CHECKS[field](actor, value) for field, value in values.items()}


def survey_checked(actor: Actor, survey: Survey) -> Survey:
    """A survey that can be sent. Raises DomainError "survey_not_published"."""
    if survey.program_id != actor.program_id:
        raise bad("survey", _("This survey is not of your program."))
    if survey.current_version_id is None or survey.state != Survey.State.OPEN:
        message = _("Publish the survey first; then it can be sent.")
        raise DomainError("survey_not_published", message, details={"survey": message})
    return survey


def _name(_actor: Actor, name: str) -> str:
    text = " ".join(name.split())
    if not text or len(text) > 200:
        raise bad("name", _("Give the campaign a name of at most 200 letters."))
    return text


def _one_of(field: str, choices: Iterable[str]) -> Check:
    known = tuple(choices)

    def check(_actor: Actor, value: str) -> str:
        if value not in known:
            raise bad(field, _("Choose one of: %(kinds)s.") % {"kinds": ", ".join(known)})
        return value

    return check


def _segment(field: str) -> Check:
    def check(actor: Actor, segment: Segment | None) -> Segment | None:
        if segment is not None and segment.program_id != actor.program_id:
            raise bad(field, _("This segment is not of your program."))
        return segment

    return check


def _subject(field: str) -> Check:
    def check(actor: Actor, subject: Mapping[str, str] | str) -> dict[str, str]:
        texts = _texts(actor, field, subject, MAX_SUBJECT)
        # One line: a subject is a header, and nothing in it may begin another one.
        return {language: " ".join(text.split()) for language, text in texts.items()}

    return check


def _body(field: str) -> Check:
    def check(actor: Actor, body: Mapping[str, str] | str) -> dict[str, str]:
        return _texts(actor, field, body, MAX_BODY)

    return check


def _texts(
    actor: Actor, field: str, given: Mapping[str, str] | str, longest: int
) -> dict[str, str]:
    texts = as_texts(given, actor.program.default_language)
    for language, text in texts.items():
        if language not in actor.program.languages:
            raise bad(field, _("The program does not use this language."))
        if not isinstance(text, str) or len(text) > longest or "\x00" in text:
            raise bad(field, _("Write at most %(count)d letters.") % {"count": longest})
        unknown = sorted(unknown_tags(text, AUTHOR_TAGS))
        if unknown:
            known = ", ".join("{{" + tag + "}}" for tag in sorted(AUTHOR_TAGS))
            sentence = _("There is no tag {{%(tag)s}}. Use one of: %(known)s.")
            raise bad(field, sentence % {"tag": unknown[0], "known": known})
    return texts


def _sender_name(_actor: Actor, name: str) -> str:
    text = " ".join(name.split())
    if len(text) > 120:
        raise bad("sender_name", _("Write at most %(count)d letters.") % {"count": 120})
    return text


def _sender(actor: Actor, sender: SenderIdentity | None) -> SenderIdentity | None:
    if sender is not None and sender.program_id != actor.program_id:
        raise bad("sender", _("This sender is not of your program."))
    return sender


def _embed(_actor: Actor, given: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return embed_checked(given or {})
    except EmbeddingError as error:
        name = str(error)
        raise bad(
            "embed", EMBED_WORDS.get(name, _("There is no such setting: %s.") % name)
        ) from None


EMBED_WORDS: dict[str, Any] = {
    "origins": gettext_lazy("Write each site as https://shop.example.com, at most ten of them."),
    "pages": gettext_lazy("Write each page as a path, for example /thanks*, at most twenty."),
    "mode": gettext_lazy("Choose “popup” or “inline”."),
    "position": gettext_lazy("Choose “right”, “left” or “centre”."),
    "delay": gettext_lazy("Give the delay in seconds, at most 3,600."),
    "scroll": gettext_lazy("Give the part of the page in percent."),
    "share": gettext_lazy("Give the share of visitors in percent, at least 1."),
    "again_days": gettext_lazy("Give a number of days, at most 3,650; 0 means never again."),
}


def _number(field: str, least: int, most: int) -> Check:
    def check(_actor: Actor, value: int | None) -> int | None:
        if value is not None and not least <= value <= most:
            sentence = _("Give a number between %(least)s and %(most)s.")
            raise bad(field, sentence % {"least": f"{least:,}", "most": f"{most:,}"})
        return value

    return check


def _event_kind(_actor: Actor, kind: str) -> str:
    if kind and not EVENT_KIND.fullmatch(kind):
        raise bad("event_kind", _("Name the event with small letters, for example “purchase”."))
    return kind


def _event_conditions(_actor: Actor, given: Any) -> list[dict[str, str]]:
    if not isinstance(given, list | tuple) or len(given) > MOST_CONDITIONS:
        raise bad("event_conditions", _("Give at most %(count)d conditions.") % {"count": 10})
    try:
        return [condition_checked(one) for one in given]
    except ConditionError as error:
        raise bad("event_conditions", condition_words(str(error))) from None


def condition_words(code: str) -> str:
    """What is wrong with a condition, by the code of ConditionError."""
    if code == "field":
        return _("A condition asks about “place” or about “data.” and the name of a field.")
    if code == "operator":
        return _("Choose one of: %(kinds)s.") % {"kinds": ", ".join(OPERATORS)}
    return _("Give each condition a value; “at_least” and “at_most” need a number.")


def _as_given(_actor: Actor, value: Any) -> Any:
    """Dates, times and choices of yes or no are checked where they come in."""
    return value


def _date(field: str) -> Check:
    def check(_actor: Actor, day: date | None) -> date | None:
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise bad(field, _("Give a day between 2000 and 2100."))
        return day

    return check


def _priority(_actor: Actor, value: int) -> int:
    if value not in Campaign.Priority.values:
        raise bad("priority", _("Choose one of: %(kinds)s.") % {"kinds": "1, 5, 9"})
    return value


def _reminder_days(_actor: Actor, given: Iterable[int]) -> list[int]:
    days = [int(day) for day in given]
    if len(days) > MOST_REMINDERS or any(not 1 <= day <= MAX_REMINDER_DAYS for day in days):
        sentence = _("Give at most %(count)d days between 1 and %(most)d.")
        raise bad("reminder_days", sentence % {"count": MOST_REMINDERS, "most": MAX_REMINDER_DAYS})
    if days != sorted(set(days)):
        raise bad("reminder_days", _("Give the days in order, each one once."))
    return days


def consistent(campaign: Campaign) -> None:
    """Refuse values that do not fit together. Raises DomainError naming the field."""
    timing = campaign.timing
    if timing != Campaign.Timing.NOW and not campaign.invites:
        raise bad("timing", _("Whoever comes by is asked at any time; choose another channel."))
    if timing in (Campaign.Timing.AT, Campaign.Timing.RECURRING):
        for field in ("send_on", "send_time"):
            if getattr(campaign, field) is None:
                raise bad(field, _("Say on which day and at what time."))
        first, last = campaign.send_on, campaign.ends_on
        if first is not None and last is not None and first > last:
            raise bad("ends_on", _("The last day lies before the first."))
    if timing == Campaign.Timing.EVENT and not campaign.event_kind:
        raise bad("event_kind", _("Say after which event people are asked."))


CHECKS: dict[str, Check] = {
    "survey": survey_checked,
    "name": _name,
    "channel": _one_of("channel", Campaign.Channel.values),
    "segment": _segment("segment"),
    "excluded_segment": _segment("excluded_segment"),
    "sample_size": _number("sample_size", 1, 100_000_000),
    "holdout_percent": _number("holdout_percent", 0, 50),
    "priority": _priority,
    "subject": _subject("subject"),
    "body": _body("body"),
    "sender_name": _sender_name,
    "sender": _sender,
    "is_advertising": _as_given,
    "embed": _embed,
    "contact_gap_days": _number("contact_gap_days", 0, MAX_GAP_DAYS),
    "timing": _one_of("timing", Campaign.Timing.values),
    "send_on": _date("send_on"),
    "send_time": _as_given,
    "in_recipient_zone": _as_given,
    "every": _number("every", 1, 365),
    "unit": _one_of("unit", Campaign.Unit.values),
    "parts": _number("parts", 1, 52),
    "event_kind": _event_kind,
    "event_conditions": _event_conditions,
    "delay_minutes": _number("delay_minutes", 0, MAX_DELAY_MINUTES),
    "ends_on": _date("ends_on"),
    "reminder_days": _reminder_days,
    "reminder_subject": _subject("reminder_subject"),
    "reminder_body": _body("reminder_body"),
}
