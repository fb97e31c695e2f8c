"""Campaigns: written, tried on oneself, started, paused, resumed, stopped."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, emit, expect_version, lock, save_version
from cxportal.core.errors import DomainError
from cxportal.core.models import Membership, Segment, as_texts
from cxportal.core.policies import authorise, may
from cxportal.core.tokens import derived_pair
from surveys.calc.delivery import CLAIMABLE
from surveys.calc.merge_tags import unknown_tags
from surveys.models import Campaign, Delivery, Occurrence, SkipReason, Survey
from surveys.queries.audience import audience_preview
from surveys.services.couriers import BAD_MESSAGE, Courier, CourierDownError
from surveys.services.links import OPEN_LINK
from surveys.services.mails import (
    AUTHOR_TAGS,
    Recipient,
    default_body,
    default_subject,
    letter_make,
    message_for,
)

MAX_SUBJECT = 200
MAX_BODY = 10_000
MAX_GAP_DAYS = 3650
# What may still be changed once people were written to; the rest decides who they are.
_TEXTS = {"name", "subject", "body", "sender_name"}
_EDITABLE = _TEXTS | {"survey", "segment", "channel", "contact_gap_days"}
_EVENTS = {
    "campaign.start": "campaign.started",
    "campaign.pause": "campaign.paused",
    "campaign.resume": "campaign.resumed",
    "campaign.stop": "campaign.stopped",
}
State = Campaign.State


@transaction.atomic
def campaign_create(
    *,
    actor: Actor,
    survey: Survey,
    name: str,
    channel: str = Campaign.Channel.EMAIL,
    segment: Segment | None = None,
    subject: Mapping[str, str] | str | None = None,
    body: Mapping[str, str] | str | None = None,
    sender_name: str = "",
    contact_gap_days: int | None = None,
    external_id: str | None = None,
) -> Campaign:
    """Make a draft; subject and text that are not given get the portal's own words.

    Raises DomainError: "survey_not_published", "invalid", "external_id_taken" (409).
    """
    authorise(actor, "surveys.change_campaigns")
    values = _checked(
        actor,
        {
            "survey": survey,
            "name": name,
            "channel": channel,
            "segment": segment,
            "subject": subject or _defaults(survey, default_subject),
            "body": body or _defaults(survey, default_body),
            "sender_name": sender_name,
            "contact_gap_days": contact_gap_days,
        },
    )
    campaign = Campaign(program=actor.program, external_id=external_id or None, **values)
    _save_new(campaign)
    audit(actor=actor, action="campaign.create", obj=campaign)
    emit(actor=actor, event="campaign.created", payload=_told(campaign))
    return campaign


def _defaults(survey: Survey, text: Any) -> dict[str, str]:
    return {language: text(language) for language in survey.languages}


def _save_new(campaign: Campaign) -> None:
    try:
        with transaction.atomic():
            campaign.save()
    except IntegrityError as error:
        message = _("Another campaign of this program has this external id.")
        details = {"external_id": message}
        raise DomainError("external_id_taken", message, status=409, details=details) from error


def _told(campaign: Campaign) -> dict[str, Any]:
    return {"id": campaign.pk, "name": campaign.name, "state": campaign.state}


def _checked(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    """Bring values into the stored shape. Raises DomainError naming the field."""
    checks: dict[str, Callable[[Actor, Any], Any]] = {
        "survey": _survey,
        "name": _name,
        "channel": _channel,
        "segment": _segment,
        "subject": _subject,
        "body": _body,
        "sender_name": _sender_name,
        "contact_gap_days": _gap_days,
    }
    return {field: checks[field](actor, value) for field, value in values.items()}


def _bad(field: str, message: str) -> DomainError:
    return DomainError("invalid", message, details={field: message})


def _survey(actor: Actor, survey: Survey) -> Survey:
    if survey.program_id != actor.program_id:
        raise _bad("survey", _("This survey is not of your program."))
    if survey.current_version_id is None or survey.state != Survey.State.OPEN:
        message = _("Publish the survey first; then it can be sent.")
        raise DomainError("survey_not_published", message, details={"survey": message})
    return survey


def _name(_actor: Actor, name: str) -> str:
    text = " ".join(name.split())
    if not text or len(text) > 200:
        raise _bad("name", _("Give the campaign a name of at most 200 letters."))
    return text


def _channel(_actor: Actor, channel: str) -> str:
    if channel not in Campaign.Channel.values:
        raise _bad("channel", _("Choose e-mail or open link."))
    return channel


def _segment(actor: Actor, segment: Segment | None) -> Segment | None:
    if segment is not None and segment.program_id != actor.program_id:
        raise _bad("segment", _("This segment is not of your program."))
    return segment


def _subject(actor: Actor, subject: Mapping[str, str] | str) -> dict[str, str]:
    texts = _texts(actor, "subject", subject, MAX_SUBJECT)
    # One line: a subject is a header, and nothing in it may begin another one.
    return {language: " ".join(text.split()) for language, text in texts.items()}


def _body(actor: Actor, body: Mapping[str, str] | str) -> dict[str, str]:
    return _texts(actor, "body", body, MAX_BODY)


def _texts(
    actor: Actor, field: str, given: Mapping[str, str] | str, longest: int
) -> dict[str, str]:
    texts = as_texts(given, actor.program.default_language)
    for language, text in texts.items():
        if language not in actor.program.languages:
            raise _bad(field, _("The program does not use this language."))
        if not isinstance(text, str) or len(text) > longest or "\x00" in text:
            raise _bad(field, _("Write at most %(count)d letters.") % {"count": longest})
        unknown = sorted(unknown_tags(text, AUTHOR_TAGS))
        if unknown:
            known = ", ".join("{{" + tag + "}}" for tag in sorted(AUTHOR_TAGS))
            sentence = _("There is no tag {{%(tag)s}}. Use one of: %(known)s.")
            raise _bad(field, sentence % {"tag": unknown[0], "known": known})
    return texts


def _sender_name(_actor: Actor, name: str) -> str:
    text = " ".join(name.split())
    if len(text) > 120:
        raise _bad("sender_name", _("Write at most %(count)d letters.") % {"count": 120})
    return text


def _gap_days(_actor: Actor, days: int | None) -> int | None:
    if days is not None and not 0 <= days <= MAX_GAP_DAYS:
        raise _bad("contact_gap_days", _("Give a number of days between 0 and 3,650."))
    return days


@transaction.atomic
def campaign_update(
    *, actor: Actor, campaign: Campaign, version: int | None = None, **values: Any
) -> Campaign:
    """Change a draft; of a paused campaign the texts, for those who were not written to yet.

    Raises DomainError: "wrong_state" (409), "invalid"; StaleEdit (409).
    """
    authorise(actor, "surveys.change_campaigns", campaign)
    unknown = set(values) - _EDITABLE
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    stored = lock(campaign)
    expect_version(stored, version, ("name", "subject", "body", "sender_name"))
    _expect_editable(stored, set(values))
    if values.get("survey") == stored.survey:
        values.pop("survey")
    changes = save_version(stored, _checked(actor, values))
    if changes:
        audit(actor=actor, action="campaign.update", obj=stored, changes=changes)
        emit(actor=actor, event="campaign.updated", payload=_told(stored))
    return stored


def _expect_editable(campaign: Campaign, fields: set[str]) -> None:
    allowed = {State.DRAFT: _EDITABLE, State.PAUSED: _TEXTS}.get(State(campaign.state), {"name"})
    if fields - set(allowed):
        message = _("A campaign that was started keeps its audience; pause it to change its texts.")
        raise DomainError("wrong_state", message, status=409)


@transaction.atomic
def campaign_delete(*, actor: Actor, campaign: Campaign) -> None:
    """Remove a draft. Raises DomainError "wrong_state" (409) once it was started."""
    authorise(actor, "surveys.change_campaigns", campaign)
    stored = lock(campaign)
    if stored.state != State.DRAFT:
        message = _("Only a draft can be deleted; what was sent stays on record.")
        raise DomainError("wrong_state", message, status=409)
    audit(actor=actor, action="campaign.delete", obj=stored)
    stored.delete()


@transaction.atomic
def campaign_start(*, actor: Actor, campaign: Campaign) -> Campaign:
    """Send it off, or open its link. Starting a running campaign again changes nothing.

    Raises DomainError: "wrong_state" (409), "survey_not_published", "nobody_to_ask".
    """
    authorise(actor, "surveys.start_campaigns", campaign)
    stored = lock(campaign)
    if stored.state == State.RUNNING:
        return stored
    _expect_state(stored, State.DRAFT)
    _survey(actor, stored.survey)
    now = timezone.now()
    if stored.channel == Campaign.Channel.LINK:
        stored.link_nonce, stored.link_hash = derived_pair(OPEN_LINK)
    else:
        _expect_somebody(actor, stored)
        Occurrence.unscoped.get_or_create(  # unscoped: the campaign of the actor's own program
            program=stored.program, campaign=stored, key="once", defaults={"due_at": now}
        )
    stored.started_at, stored.started_by = now, actor.user
    stored.save(update_fields=["link_nonce", "link_hash", "started_at", "started_by"])
    return _change_state(actor, stored, State.RUNNING, "campaign.start")


def _expect_somebody(actor: Actor, campaign: Campaign) -> None:
    if not audience_preview(actor=actor, campaign=campaign).will_receive:
        message = _("Nobody would get this mail. Look at the reasons and choose other people.")
        raise DomainError("nobody_to_ask", message)


def _expect_state(campaign: Campaign, *states: str) -> None:
    if campaign.state not in states:
        label = campaign.get_state_display()
        message = _("This campaign is “%(state)s”; that cannot be done now.") % {"state": label}
        raise DomainError("wrong_state", message, status=409)


def _change_state(actor: Actor, campaign: Campaign, state: str, action: str) -> Campaign:
    changes = save_version(campaign, {"state": state})
    audit(actor=actor, action=action, obj=campaign, changes=changes)
    emit(actor=actor, event=_EVENTS[action], payload=_told(campaign))
    transaction.on_commit(_ring, robust=True)
    return campaign


def _ring() -> None:
    """Wake a worker; without a broker the next tick finds the rows all the same."""
    from surveys.tasks import campaigns_sweep

    campaigns_sweep.delay()


@transaction.atomic
def campaign_pause(*, actor: Actor, campaign: Campaign) -> Campaign:
    """Hold everything that has not gone out. Raises DomainError "wrong_state" (409)."""
    authorise(actor, "surveys.start_campaigns", campaign)
    stored = lock(campaign)
    if stored.state == State.PAUSED:
        return stored
    _expect_state(stored, State.RUNNING)
    return _change_state(actor, stored, State.PAUSED, "campaign.pause")


@transaction.atomic
def campaign_resume(*, actor: Actor, campaign: Campaign) -> Campaign:
    """Go on where it was paused. Raises DomainError "wrong_state" (409)."""
    authorise(actor, "surveys.start_campaigns", campaign)
    stored = lock(campaign)
    if stored.state == State.RUNNING:
        return stored
    _expect_state(stored, State.PAUSED)
    return _change_state(actor, stored, State.RUNNING, "campaign.resume")


@transaction.atomic
def campaign_stop(*, actor: Actor, campaign: Campaign) -> Campaign:
    """End it for good; waiting messages are left out, links in sent mails go on working.

    Raises DomainError "wrong_state" (409).
    """
    authorise(actor, "surveys.start_campaigns", campaign)
    stored = lock(campaign)
    if stored.state == State.STOPPED:
        return stored
    _expect_state(stored, State.RUNNING, State.PAUSED)
    stored.stopped_at = timezone.now()
    stored.save(update_fields=["stopped_at"])
    # What a worker holds just now is given up by the worker, which asks for the state again.
    stored.deliveries.filter(state__in=CLAIMABLE).update(
        state=Delivery.State.SKIPPED, reason=SkipReason.STOPPED
    )
    return _change_state(actor, stored, State.STOPPED, "campaign.stop")


def campaign_send_test(
    *, actor: Actor, campaign: Campaign, address: str, language: str = ""
) -> None:
    """Send the mail as it is to a member of the program; its links only show the survey's place.

    Raises DomainError: "invalid", "survey_not_published", "mail_refused", "mail_server_down".
    """
    if not may(actor, "surveys.start_campaigns", campaign):
        authorise(actor, "surveys.change_campaigns", campaign)
    if campaign.survey.current_version_id is None:
        _survey(actor, campaign.survey)
    recipient = Recipient(
        address=_member_address(actor, address),
        name=actor.user.name if actor.user is not None else "",
        link=_test_link(actor, campaign),
    )
    letter = letter_make(campaign, language or actor.language)
    _carry_test(message_for(letter, recipient))
    audit(actor=actor, action="campaign.test", obj=campaign, changes={"language": language})


def _member_address(actor: Actor, address: str) -> str:
    """Tests go to members only: they are no way to write to strangers."""
    text = address.strip()
    try:
        validate_email(text)
    except ValidationError:
        raise _bad("address", _("This is not an address one can write to.")) from None
    members = Membership.objects.for_actor(actor).filter(is_active=True, user__email__iexact=text)
    if not members.exists():
        raise _bad("address", _("Send the test to yourself or another member of the program."))
    return text


def _test_link(actor: Actor, campaign: Campaign) -> str:
    return f"{settings.SITE_URL}{actor.url('surveys:campaign-detail', campaign.pk)}"


def _carry_test(message: Any) -> None:
    with Courier() as courier:
        try:
            courier.ready()
            outcome = courier.carry(message)
        except CourierDownError as error:
            sentence = _("The mail server does not answer: %(words)s. Try again in a moment.")
            raise DomainError(
                "mail_server_down", sentence % {"words": error}, status=503
            ) from error
    if outcome.event != "accepted":
        words = _("a line of its head is not allowed")
        said = words if outcome.words == BAD_MESSAGE else outcome.words
        sentence = _("The mail server refused the test mail: %(words)s.")
        raise DomainError("mail_refused", sentence % {"words": said})
