"""The contact policy at the moment of sending, when what others have sent is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from surveys.calc.schedules import quiet_until, zone_of
from surveys.calc.sms import night_over
from surveys.models import Campaign, ContactPolicy, Delivery
from surveys.queries.audience import ZONE_ATTRIBUTE
from surveys.queries.skip_rules import REACHED, contact_rules

_OVER = """
    SELECT mine.invitation
    FROM unnest(%s::bigint[], %s::bigint[], %s::date[]) AS mine (invitation, customer, day)
    WHERE (
      SELECT count(*) FROM surveys_invitation i JOIN surveys_campaign c ON c.id = i.campaign_id
      WHERE i.customer_id = mine.customer AND i.id <> mine.invitation AND i.skip_reason = ''
        AND i.contact_on > mine.day - %s::int AND c.channel LIKE %s
        AND (c.channel = 'list' OR EXISTS (
          SELECT 1 FROM surveys_delivery d
          WHERE d.invitation_id = i.id AND d.step = 0 AND d.state = ANY(%s)))
    ) >= %s
"""


@dataclass(frozen=True, slots=True)
class Contact:
    """An invitation about to be sent to a customer on a day."""

    invitation_id: int
    customer_id: int
    day: date


def contacts_over(campaign: Campaign, contacts: Sequence[Contact]) -> dict[int, str]:
    """{invitation id: reason} of those whose customer has been asked as often as is allowed.

    One query per rule. The caller holds the program's lock, so that no other sender asks the same
    person meanwhile.
    """
    over: dict[int, str] = {}
    if not contacts:
        return over
    columns = (
        [contact.invitation_id for contact in contacts],
        [contact.customer_id for contact in contacts],
        [contact.day for contact in contacts],
    )
    reached = [state.value for state in REACHED]
    with connection.cursor() as cursor:
        for rule in contact_rules(campaign):
            channel = rule.channel or "%"
            cursor.execute(_OVER, [*columns, rule.days, channel, reached, rule.most])
            for (invitation_id,) in cursor.fetchall():
                over.setdefault(invitation_id, rule.reason)
    return over


def day_of(campaign: Campaign, delivery: Delivery, now: datetime) -> date:
    """The calendar day a message sent now counts for: the person's own, or the program's."""
    zone = zone_for(campaign, delivery) if campaign.in_recipient_zone else campaign.program.timezone
    return now.astimezone(zone_of(zone, campaign.program.timezone)).date()


def zone_for(campaign: Campaign, delivery: Delivery) -> str:
    """The name of the recipient's time zone, the program's where they have none."""
    named = delivery.invitation.customer.attributes.get(ZONE_ATTRIBUTE)
    return str(named or campaign.program.timezone)


def policy_of(campaign: Campaign) -> ContactPolicy | None:
    """The program's contact policy, None where nobody has set one."""
    policies = ContactPolicy.unscoped.filter(  # unscoped: the campaign's own program
        program_id=campaign.program_id
    )
    return policies.first()


def quiet_over(
    campaign: Campaign, delivery: Delivery, policy: ContactPolicy | None, now: datetime
) -> datetime | None:
    """When the recipient's quiet hours end (UTC), None outside of them.

    For text messages the night is quiet whatever the policy says.
    """
    zone = zone_of(zone_for(campaign, delivery), campaign.program.timezone)
    ends = []
    if campaign.channel == Campaign.Channel.SMS:
        ends.append(night_over(now, zone))
    if policy is not None and policy.quiet_from is not None and policy.quiet_until is not None:
        ends.append(quiet_until(now, zone, policy.quiet_from, policy.quiet_until))
    return max((end for end in ends if end is not None), default=None)
