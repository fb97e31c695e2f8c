"""Who a campaign would reach, and the reason for each one it leaves out."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Customer
from cxportal.core.queries.segments import segment_customers
from surveys.calc.chances import ABOVE_ALL, turn
from surveys.models import Campaign, Occurrence, SkipReason
from surveys.queries.skip_rules import audience_case, lot_of

#: The attribute of a customer that names their time zone, for example "America/New_York".
ZONE_ATTRIBUTE = "timezone"


@dataclass(frozen=True)
class Audience:
    """`total` people are meant, `will_receive` get the message, the rest by reason."""

    total: int = 0
    will_receive: int = 0
    skipped: dict[str, int] = field(default_factory=dict)

    @property
    def reasons(self) -> list[tuple[str, str, int]]:
        """(code, words, people) in the order the rules are asked."""
        return [(r.value, str(r.label), self.skipped[r]) for r in SkipReason if r in self.skipped]

    @property
    def left_out(self) -> int:
        return self.total - self.will_receive


@dataclass(frozen=True, slots=True)
class Person:
    """One of an audience: the reason to leave them out or "", and their time zone or None."""

    pk: int
    reason: str
    zone: str | None


def audience_customers(
    *, actor: Actor, campaign: Campaign, number: int | None = None
) -> QuerySet[Customer]:
    """Everyone the campaign means: its segment's members, or all customers of the program.

    With the `number` of an occurrence only the part that is in turn then.
    """
    people = Customer.objects.for_actor(actor)
    if campaign.segment is None:
        people = people.filter(erased_at=None)
    else:
        # By key: a segment's rule may join other tables and repeat a person.
        members = segment_customers(actor, campaign.segment).order_by().values("pk")
        people = people.filter(pk__in=members)
    if number is None or campaign.parts <= 1:
        return people
    low, high = turn(number, campaign.parts)
    drawn = people.annotate(turn_lot=lot_of(f"turn:{campaign.pk}"))
    return drawn.filter(turn_lot__gte=low, turn_lot__lt=high)


def audience_preview(*, actor: Actor, campaign: Campaign) -> Audience:
    """Count without writing anything: how many would get the message, and who not and why.

    Of a recurring campaign the next occurrence is meant.
    """
    number, day = _next(campaign)
    people = audience_customers(actor=actor, campaign=campaign, number=number)
    judged = people.annotate(skip=audience_case(actor=actor, campaign=campaign, day=day))
    counts = dict(judged.order_by().values_list("skip").annotate(Count("pk")))
    receive = counts.pop("", 0)
    total = receive + sum(counts.values())
    if campaign.sample_size is not None and receive > campaign.sample_size:
        counts[SkipReason.NOT_SAMPLED.value] = receive - campaign.sample_size
        receive = campaign.sample_size
    return Audience(total=total, will_receive=receive, skipped=counts)


def _next(campaign: Campaign) -> tuple[int, date]:
    """Number and day of what comes next."""
    today = timezone.now().astimezone(campaign.program.zone).date()
    if campaign.timing == Campaign.Timing.AT:
        return 0, max(campaign.send_on or today, today)
    if campaign.timing != Campaign.Timing.RECURRING:
        return 0, today
    waits = campaign.occurrences.filter(filled_at=None).order_by("number").first()
    if waits is not None:
        return waits.number, waits.due_at.astimezone(campaign.program.zone).date()
    return 0, max(campaign.send_on or today, today)


def sample_seed(occurrence: Occurrence) -> str:
    """What the lots of one occurrence's sample are drawn under."""
    return f"sample:{occurrence.campaign_id}:{occurrence.number}"


def sample_bound(*, actor: Actor, occurrence: Occurrence, day: date) -> str:
    """The highest lot in the sample, drawn among those who may be asked now; "" draws nobody out.

    One query over the audience; the caller keeps the answer for all chunks.
    """
    campaign = occurrence.campaign
    if campaign.sample_size is None:
        return ""
    people = audience_customers(actor=actor, campaign=campaign, number=occurrence.number)
    judged = people.annotate(skip=audience_case(actor=actor, campaign=campaign, day=day))
    lots = judged.filter(skip="").annotate(sample_lot=lot_of(sample_seed(occurrence)))
    ordered = lots.order_by("sample_lot").values_list("sample_lot", flat=True)
    last = campaign.sample_size - 1
    return str(next(iter(ordered[last : last + 1]), ABOVE_ALL))


def audience_chunk(
    *, actor: Actor, occurrence: Occurrence, day: date, after: int, size: int
) -> list[Person]:
    """The next people of an occurrence in the order of ids, behind the id `after`."""
    campaign = occurrence.campaign
    people = audience_customers(actor=actor, campaign=campaign, number=occurrence.number)
    case = audience_case(
        actor=actor,
        campaign=campaign,
        day=day,
        sample_below=occurrence.sample_below,
        seed=sample_seed(occurrence),
    )
    judged = people.filter(pk__gt=after).annotate(skip=case, zone=_zone())
    rows = judged.order_by("pk").values_list("pk", "skip", "zone")[:size]
    return [Person(*row) for row in rows]


def _zone() -> KeyTextTransform:
    return KeyTextTransform(ZONE_ATTRIBUTE, "attributes")


def audience_reasons(
    *, actor: Actor, campaign: Campaign, customer_ids: Collection[int], day: date
) -> dict[int, str]:
    """{customer id: reason or ""} of those named whom the campaign means at all."""
    people = audience_customers(actor=actor, campaign=campaign).filter(pk__in=customer_ids)
    judged = people.annotate(skip=audience_case(actor=actor, campaign=campaign, day=day))
    return dict(judged.order_by().values_list("pk", "skip"))
