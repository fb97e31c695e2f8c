"""A campaign's mail, tried on a member of the program."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.errors import DomainError
from cxportal.core.models import Membership
from cxportal.core.policies import authorise, may
from surveys.models import Campaign
from surveys.services.campaign_values import bad, survey_checked
from surveys.services.couriers import BAD_MESSAGE, Courier, CourierDownError
from surveys.services.letters import Recipient
from surveys.services.mails import letter_make, message_for


def campaign_send_test(
    *, actor: Actor, campaign: Campaign, address: str, language: str = ""
) -> None:
    """Send the mail as it is to a member of the program; its links only show the survey's place.

    Raises DomainError: "invalid", "survey_not_published", "mail_refused", "mail_server_down".
    """
    if not may(actor, "surveys.start_campaigns", campaign):
        authorise(actor, "surveys.change_campaigns", campaign)
    if campaign.survey.current_version_id is None:
        survey_checked(actor, campaign.survey)
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
        raise bad("address", _("This is not an address one can write to.")) from None
    members = Membership.objects.for_actor(actor).filter(is_active=True, user__email__iexact=text)
    if not members.exists():
        raise bad("address", _("Send the test to yourself or another member of the program."))
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
