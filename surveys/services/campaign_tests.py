"""A campaign's mail, tried on a member of the program; its text message, on a number."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.errors import DomainError
from cxportal.core.models import AuditEntry, Membership
from cxportal.core.policies import authorise, may
from surveys.calc.sms import night_over, number_normalised
from surveys.models import Campaign
from surveys.services.campaign_values import bad, survey_checked
from surveys.services.couriers import BAD_MESSAGE, Courier, CourierDownError
from surveys.services.letters import Recipient
from surveys.services.mails import letter_make, message_for, sample_recipient
from surveys.services.sms_letters import sample_sms, sms_for, sms_letter_make
from surveys.services.texters import Sms, provider_make

TESTED = "campaign.test"
SMS_TESTS_A_DAY = 10


def campaign_send_test(
    *, actor: Actor, campaign: Campaign, address: str, language: str = "", reminder: bool = False
) -> None:
    """Send the message, or the reminder, as it is; its links only show the survey's place.

    A mail goes to a member of the program, a text message to the number given, by day only and
    at most ten a day per campaign. Raises DomainError: "invalid", "survey_not_published",
    "mail_refused", "mail_server_down", "night", "too_many_tests".
    """
    if not may(actor, "surveys.start_campaigns", campaign):
        authorise(actor, "surveys.change_campaigns", campaign)
    if campaign.survey.current_version_id is None:
        survey_checked(actor, campaign.survey)
    language = language_of_test(actor, campaign, language)
    by_sms = campaign.channel == Campaign.Channel.SMS
    if campaign.channel not in (Campaign.Channel.EMAIL, Campaign.Channel.SMS):
        raise DomainError("no_messages", _("This campaign writes to nobody itself."), status=409)
    link = _test_link(actor, campaign)
    recipient = Recipient(
        address=_number(actor, campaign, address) if by_sms else _member_address(actor, address),
        name=actor.user.name if actor.user is not None else "",
        link=link,
        # A text message names the link that ends it in its text; a mail of a test has none.
        stop_link=link if by_sms else "",
    )
    if by_sms:
        _carry_sms(sms_for(sms_letter_make(campaign, language, reminder=reminder), recipient))
    else:
        _carry_test(message_for(letter_make(campaign, language, reminder=reminder), recipient))
    told = {"language": language} | ({"reminder": True} if reminder else {})
    audit(actor=actor, action=TESTED, obj=campaign, changes=told)


@dataclass(frozen=True)
class Sample:
    """A message as a sample person reads it; a text message has text only."""

    language: str
    text: str
    subject: str = ""
    html: str = ""


def message_sample(
    *, actor: Actor, campaign: Campaign, language: str = "", reminder: bool = False
) -> Sample:
    """The message as it will read, sent to nobody.

    Raises DomainError: "no_messages" for an open link, "invalid", "survey_not_published".
    """
    if campaign.channel not in (Campaign.Channel.EMAIL, Campaign.Channel.SMS):
        raise DomainError("no_messages", _("This campaign writes to nobody itself."), status=409)
    if campaign.survey.current_version_id is None:
        survey_checked(actor, campaign.survey)
    language = language_of_test(actor, campaign, language)
    with override(language):
        if campaign.channel == Campaign.Channel.SMS:
            return Sample(language, sample_sms(campaign, language, reminder=reminder))
        letter = letter_make(campaign, language, reminder=reminder)
        mail = message_for(letter, sample_recipient())
    html, _kind = mail.alternatives[0]
    return Sample(language, str(mail.body), str(mail.subject), str(html))


def language_of_test(actor: Actor, campaign: Campaign, asked: str) -> str:
    """The language asked for, else the actor's where the survey has it, else its first.

    Raises DomainError "invalid" for one the survey has not.
    """
    spoken = campaign.survey.languages
    if asked and asked not in spoken:
        raise bad("language", _("The survey does not speak this language."))
    return asked or (actor.language if actor.language in spoken else spoken[0])


def _member_address(actor: Actor, address: str) -> str:
    """Tests go to members only: they are no way to write to strangers."""
    text = address.strip()
    try:
        validate_email(text)
    except ValidationError:
        raise bad("address", _("This is not an address one can write to.")) from None
    members = Membership.objects.for_actor(actor).filter(is_active=True, user__email__iexact=text)
    if not members.exists():
        raise bad("address", _("Send the test to yourself or another member of the program."))
    return text


def _number(actor: Actor, campaign: Campaign, address: str) -> str:
    """A number one can write to now; a test costs money and wakes people like any other text."""
    number = number_normalised(address)
    if not 3 <= len(number) <= 15:
        raise bad("address", _("Write the number with its digits, for example 010-1234-5678."))
    if night_over(timezone.now(), campaign.program.zone) is not None:
        message = _("No text messages go out between nine in the evening and eight in the morning.")
        raise DomainError("night", message, status=409)
    today = timezone.now() - timedelta(days=1)
    tests = AuditEntry.objects.for_actor(actor).filter(
        action=TESTED, object_type="surveys.campaign", object_id=campaign.pk, at__gte=today
    )
    if tests.count() >= SMS_TESTS_A_DAY:
        message = _("At most %(count)d test messages a day go out per campaign.")
        raise DomainError("too_many_tests", message % {"count": SMS_TESTS_A_DAY}, status=429)
    return number


def _carry_sms(message: Sms) -> None:
    provider = provider_make()
    try:
        with _server_words(_("The text message provider does not answer: %(words)s.")):
            provider.ready()
            outcome = provider.carry(message)
    finally:
        provider.close()
    if outcome.event != "accepted":
        sentence = _("The provider refused the test message: %(words)s.")
        raise DomainError("mail_refused", sentence % {"words": outcome.words})


@contextmanager
def _server_words(sentence: str) -> Iterator[None]:
    try:
        yield
    except CourierDownError as error:
        raise DomainError("mail_server_down", sentence % {"words": error}, status=503) from error


def _test_link(actor: Actor, campaign: Campaign) -> str:
    return f"{settings.SITE_URL}{actor.url('surveys:campaign-detail', campaign.pk)}"


def _carry_test(message: Any) -> None:
    down = _("The mail server does not answer: %(words)s. Try again in a moment.")
    with Courier() as courier, _server_words(down):
        courier.ready()
        outcome = courier.carry(message)
    if outcome.event != "accepted":
        words = _("a line of its head is not allowed")
        said = words if outcome.words == BAD_MESSAGE else outcome.words
        sentence = _("The mail server refused the test mail: %(words)s.")
        raise DomainError("mail_refused", sentence % {"words": said})
