"""The addresses people are sent: survey, open link, unsubscribing."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.policies import authorise
from cxportal.core.tokens import derive
from surveys.models import Campaign, Invitation, Survey
from surveys.queries.funnels import invitations_followed
from surveys.queries.links import trial_end, trial_token

INVITATION = "invitation"
OPEN_LINK = "open-link"
UNSUBSCRIBE = "unsubscribe"
#: A test link that was passed on by mistake ends by itself.
TEST_DAYS = 14


@dataclass(frozen=True)
class TestLink:
    """The address by which a published survey is tried, and when it stops working."""

    # Not a test of ours, whatever its name begins with.
    __test__ = False

    url: str
    expires_at: datetime


def survey_url(token: str) -> str:
    """Address of the respondent's page for a token."""
    return f"{settings.SITE_URL}/s/{token}/"


def invitation_url(invitation: Invitation) -> str:
    """The personal link of one invitation; the same in every reminder."""
    return survey_url(derive(invitation.nonce, INVITATION))


def open_link_url(campaign: Campaign) -> str:
    """The link anybody may use, "" before the campaign was started."""
    return survey_url(derive(campaign.link_nonce, OPEN_LINK)) if campaign.link_nonce else ""


def test_link(*, actor: Actor, survey: Survey) -> TestLink:
    """Where staff answer the published survey as respondents do; answers are marked as test.

    Raises DomainError "not_open" (409) for a draft and a closed survey.
    """
    authorise(actor, "surveys.change_surveys", survey)
    if survey.state != Survey.State.OPEN or survey.current_version_id is None:
        message = _("Only a published survey that is open can be tried by a link.")
        raise DomainError("not_open", message, status=409)
    ends = timezone.now().date() + timedelta(days=TEST_DAYS)
    return TestLink(survey_url(trial_token(survey.pk, ends)), trial_end(ends))


def unsubscribe_token(invitation: Invitation) -> str:
    """Names the invitation and proves that its mail was received."""
    return f"{invitation.pk}-{derive(invitation.nonce, UNSUBSCRIBE)}"


def unsubscribe_url(invitation: Invitation) -> str:
    """Address that ends survey mails to the person; for the mail's foot and headers."""
    return f"{settings.SITE_URL}/u/{unsubscribe_token(invitation)}/"


def unsubscribe_invitation(token: str) -> Invitation | None:
    """The invitation an unsubscribing token belongs to, None for any other text."""
    number, _dash, proof = token.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 19 and proof.isascii()):
        return None
    invitation = (
        Invitation.unscoped.filter(pk=int(number))  # unscoped: the token opens its own row only
        .select_related("program", "customer__merged_into", "campaign")
        .first()
    )
    if invitation is None:
        return None
    expected = derive(invitation.nonce, UNSUBSCRIBE)
    return invitation if hmac.compare_digest(proof, expected) else None


def invitations_links(*, actor: Actor, campaign: Campaign) -> Iterator[tuple[Any, str]]:
    """Each invitation that was not left out, with its customer, how far it came (as
    `invitations_followed` tells), and its link.

    Raises Denied for those who may not hand out other people's links.
    """
    authorise(actor, "surveys.view_links", campaign)
    invited = (
        Invitation.objects.for_actor(actor)
        .filter(campaign=campaign, skip_reason="")
        .select_related("customer")
        .order_by("pk")
    )
    followed = invitations_followed(actor, invited)
    return ((row, invitation_url(row)) for row in followed.iterator(chunk_size=2000))
