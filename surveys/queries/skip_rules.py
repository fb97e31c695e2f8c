"""Why a person gets no message: the rules, as SQL conditions in the order they are asked."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import MD5, Cast, Coalesce, Concat, Lower, Trim
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, LessThan

from cxportal.core.actors import Actor
from cxportal.core.models import Channel, Consent, Suppression
from cxportal.core.queries.segments import segment_customers
from surveys.calc.chances import bound
from surveys.models import Campaign, ContactPolicy, Delivery, Invitation, SkipReason

# The purposes of consent: being asked, and being told of goods and offers.
PURPOSE, ADVERTISING = "survey", "marketing"
# A message in one of these states has reached the person or may still do so.
REACHED = (
    Delivery.State.SENDING,
    Delivery.State.SOFT,
    Delivery.State.SENT,
    Delivery.State.UNKNOWN,
)
ASKED = (Delivery.State.QUEUED, *REACHED)


@dataclass(frozen=True, slots=True)
class ContactRule:
    """At most `most` invitations in any `days` calendar days; `channel` "" counts all of them."""

    most: int
    days: int
    channel: str
    reason: str


def contact_rules(campaign: Campaign) -> list[ContactRule]:
    """What the campaign, its program and the contact policy say together."""
    days = campaign.contact_gap_days
    if days is None:
        days = campaign.program.contact_gap_days
    rules = [ContactRule(1, days, "", SkipReason.CONTACT_GAP.value)] if days else []
    policy = ContactPolicy.unscoped.filter(  # unscoped: the campaign's own program
        program_id=campaign.program_id
    ).first()
    for rule in policy.rules if policy is not None else []:
        if rule["channel"] in ("", campaign.channel):
            reason = SkipReason.CONTACT_POLICY.value
            rules.append(ContactRule(rule["most"], rule["days"], rule["channel"], reason))
    return rules


def skip_case(
    path: str = "",
    *,
    channel: str = Channel.EMAIL.value,
    invitation: str | None = None,
    advertising: bool = False,
) -> Case:
    """The lasting reason a customer must not be written to, "" for none, as an SQL expression.

    `path` leads from the queried table to the customer ("invitation__customer__"), `invitation`
    to the invitation where there is one ("invitation__"): who has answered is not asked again.
    """
    rules = [*_nobody(path), *_unreachable(path, channel, advertising=advertising)]
    if invitation is not None:
        answered = Q(**{f"{invitation}answered_at__isnull": False})
        rules.append(_then(answered, SkipReason.ANSWERED))
    return _case(rules)


def audience_case(
    *, actor: Actor, campaign: Campaign, day: date, sample_below: str = "", seed: str = ""
) -> Case:
    """The reason a customer is not asked by a campaign on `day`, "" for none, on Customer rows.

    `sample_below` is the highest lot of the sample drawn under `seed`; "" draws none.
    """
    rules = [
        *_nobody(""),
        *_left_out(actor, campaign),
        *_unreachable("", campaign.channel, advertising=campaign.is_advertising),
    ]
    for rule in contact_rules(campaign):
        rules.append(When(_asked(rule, campaign, day), then=Value(rule.reason)))
    if sample_below:
        beyond = GreaterThan(lot_of(seed), Value(sample_below))
        rules.append(_then(beyond, SkipReason.NOT_SAMPLED))
    return _case(rules)


def _case(rules: list[When]) -> Case:
    return Case(*rules, default=Value(""), output_field=CharField())


def _then(condition: Q | Exists | Exact | GreaterThan | LessThan, reason: SkipReason) -> When:
    return When(condition, then=Value(reason.value))


def _nobody(path: str) -> list[When]:
    return [
        _then(Q(**{f"{path}erased_at__isnull": False}), SkipReason.ERASED),
        _then(Q(**{f"{path}is_test": True}), SkipReason.TEST),
    ]


def _left_out(actor: Actor, campaign: Campaign) -> list[When]:
    rules = []
    if campaign.excluded_segment is not None:
        members = segment_customers(actor, campaign.excluded_segment).order_by().values("pk")
        rules.append(_then(Q(pk__in=members), SkipReason.EXCLUDED))
    if campaign.holdout_percent:
        held = LessThan(lot_of(holdout_seed(campaign)), Value(bound(campaign.holdout_percent, 100)))
        rules.append(_then(held, SkipReason.HOLDOUT))
    return rules


def holdout_seed(campaign: Campaign) -> str:
    """What the lots of a campaign's control group are drawn under."""
    return f"holdout:{campaign.pk}"


def lot_of(seed: str) -> MD5:
    """The lot of the queried customer; the same as `surveys.calc.chances.lot`."""
    return MD5(Concat(Value(f"{seed}:"), Cast("pk", TextField()), output_field=TextField()))


def _unreachable(path: str, channel: str, *, advertising: bool) -> list[When]:
    """No address, stopped, refused. Personal links are mailed elsewhere: no address is needed."""
    by_sms = channel == Channel.SMS
    address = f"{path}phone" if by_sms else f"{path}email"
    way = Channel.SMS if by_sms else Channel.EMAIL
    rules = [
        _then(_suppressed(address, way), SkipReason.SUPPRESSED),
        _then(_refuses(path, way), SkipReason.REFUSED),
    ]
    if advertising:
        rules.append(_then(_has_not_agreed(path, way), SkipReason.NO_CONSENT))
    if channel != Campaign.Channel.LIST:
        rules.insert(0, _then(Q(**{address: ""}), SkipReason.NO_ADDRESS))
    return rules


def _suppressed(address: str, channel: str) -> Exists:
    """Addresses are compared as `address_normalised` writes them."""
    if channel == Channel.EMAIL:
        written: Func = Lower(Trim(OuterRef(address)))
    else:
        digits = Value("[^0-9+]"), Value(""), Value("g")
        written = Func(OuterRef(address), *digits, function="regexp_replace")
    return Exists(
        Suppression.unscoped.filter(  # unscoped: bound to the outer row's program
            program_id=OuterRef("program_id"), channel=channel, address=written
        )
    )


def _refuses(path: str, channel: str) -> Exact:
    """True where the newest word on survey messages is no; no word at all is no refusal."""
    return Exact(_newest_word(path, channel, PURPOSE), Value(False))


def _has_not_agreed(path: str, channel: str) -> Exact:
    """True unless the newest word on advertising is yes: it needs an explicit consent."""
    said = Coalesce(_newest_word(path, channel, ADVERTISING), Value(False))
    return Exact(said, Value(False))


def _newest_word(path: str, channel: str, purpose: str) -> Subquery:
    newest = Consent.unscoped.filter(  # unscoped: bound to the outer row's customer
        customer_id=OuterRef(f"{path}pk"), channel=channel, purpose=purpose
    ).order_by("-at", "-pk")
    return Subquery(newest.values("granted")[:1])


def _asked(rule: ContactRule, campaign: Campaign, day: date) -> Exists | GreaterThanOrEqual:
    """Whether the rule's days around `day` hold as many invitations as it allows.

    Whom a campaign of lower priority wants but has not written to yet does not count: it gives
    way (services/invitations.py).
    """
    gives_way = Q(deliveries__state=Delivery.State.QUEUED, campaign__priority__gt=campaign.priority)
    near = Invitation.unscoped.filter(  # unscoped: bound to the outer row's customer
        Q(deliveries__step=0, deliveries__state__in=ASKED)
        | Q(campaign__channel=Campaign.Channel.LIST),
        customer_id=OuterRef("pk"),
        contact_on__gt=day - timedelta(days=rule.days),
        contact_on__lt=day + timedelta(days=rule.days),
        skip_reason="",
    )
    if rule.channel:
        near = near.filter(campaign__channel=rule.channel)
    if rule.most == 1:
        return Exists(near.exclude(gives_way) if rule.reason == SkipReason.CONTACT_GAP else near)
    return GreaterThanOrEqual(_number(near, "customer_id"), Value(rule.most))


def _number(rows: QuerySet[Invitation], key: str) -> Coalesce:
    counted = rows.order_by().values(key).annotate(number=Count("pk", distinct=True))
    return Coalesce(Subquery(counted.values("number"), output_field=IntegerField()), 0)
