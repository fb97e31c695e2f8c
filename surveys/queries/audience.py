"""Who a campaign would reach, and the reason for each one it leaves out."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Lower, Trim
from django.db.models.lookups import Exact
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Channel, Consent, Customer, Suppression
from cxportal.core.queries.segments import segment_customers
from surveys.models import Campaign, Delivery, Invitation, SkipReason

PURPOSE = "survey"
# A message in one of these states has reached the person or may still do so.
ASKED = (
    Delivery.State.QUEUED,
    Delivery.State.SENDING,
    Delivery.State.SOFT,
    Delivery.State.SENT,
    Delivery.State.UNKNOWN,
)


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


def audience_customers(*, actor: Actor, campaign: Campaign) -> QuerySet[Customer]:
    """Everyone the campaign means: its segment's members, or all customers of the program."""
    everyone = Customer.objects.for_actor(actor)
    if campaign.segment is None:
        return everyone.filter(erased_at=None)
    # By key: a segment's rule may join other tables and repeat a person.
    members = segment_customers(actor, campaign.segment).order_by().values("pk")
    return everyone.filter(pk__in=members)


def audience_preview(*, actor: Actor, campaign: Campaign) -> Audience:
    """Count without writing anything: how many would get the message now, and who not and why."""
    people = audience_customers(actor=actor, campaign=campaign)
    judged = people.annotate(skip=skip_case(asked_since=asked_since(campaign)))
    counts = dict(judged.order_by().values_list("skip").annotate(Count("pk")))
    receive = counts.pop("", 0)
    return Audience(total=receive + sum(counts.values()), will_receive=receive, skipped=counts)


def audience_chunk(
    *, actor: Actor, campaign: Campaign, after: int, size: int
) -> list[tuple[int, str]]:
    """The next (customer id, reason or "") in the order of ids, behind the id `after`."""
    people = audience_customers(actor=actor, campaign=campaign).filter(pk__gt=after)
    judged = people.annotate(skip=skip_case(asked_since=asked_since(campaign)))
    return list(judged.order_by("pk").values_list("pk", "skip")[:size])


def audience_reasons(
    *, actor: Actor, campaign: Campaign, customer_ids: Collection[int]
) -> dict[int, str]:
    """{customer id: reason or ""} of those named whom the campaign means at all."""
    people = audience_customers(actor=actor, campaign=campaign).filter(pk__in=customer_ids)
    judged = people.annotate(skip=skip_case(asked_since=asked_since(campaign)))
    return dict(judged.order_by().values_list("pk", "skip"))


def asked_since(campaign: Campaign) -> datetime | None:
    """Whoever was asked after this moment is left alone; None where there is no such rule."""
    days = campaign.contact_gap_days
    if days is None:
        days = campaign.program.contact_gap_days
    return timezone.now() - timedelta(days=days) if days else None


def skip_case(
    path: str = "", *, invitation: str | None = None, asked_since: datetime | None = None
) -> Case:
    """The reason a customer must not be written to, "" for none, as an SQL expression.

    `path` leads from the queried table to the customer ("invitation__customer__"), `invitation`
    to the invitation where there is one ("invitation__"): who has answered is not asked again.
    """
    rules = [
        When(Q(**{f"{path}erased_at__isnull": False}), then=Value(SkipReason.ERASED.value)),
        When(Q(**{f"{path}is_test": True}), then=Value(SkipReason.TEST.value)),
        When(Q(**{f"{path}email": ""}), then=Value(SkipReason.NO_ADDRESS.value)),
        When(_suppressed(path), then=Value(SkipReason.SUPPRESSED.value)),
        When(_refuses(path), then=Value(SkipReason.REFUSED.value)),
    ]
    if invitation is not None:
        answered = Q(**{f"{invitation}answered_at__isnull": False})
        rules.append(When(answered, then=Value(SkipReason.ANSWERED.value)))
    if asked_since is not None:
        asked = _asked(path, asked_since)
        rules.append(When(asked, then=Value(SkipReason.CONTACT_GAP.value)))
    return Case(*rules, default=Value(""), output_field=CharField())


def _suppressed(path: str) -> Exists:
    return Exists(
        Suppression.unscoped.filter(  # unscoped: bound to the outer row's program
            program_id=OuterRef("program_id"),
            channel=Channel.EMAIL,
            address=Lower(Trim(OuterRef(f"{path}email"))),
        )
    )


def _refuses(path: str) -> Exact:
    """True where the newest word on survey mails is no; no word at all is no refusal."""
    newest = (
        Consent.unscoped.filter(  # unscoped: bound to the outer row's customer
            customer_id=OuterRef(f"{path}pk"), channel=Channel.EMAIL, purpose=PURPOSE
        )
        .order_by("-at", "-pk")
        .values("granted")[:1]
    )
    return Exact(Subquery(newest), Value(False))


def _asked(path: str, since: datetime) -> Exists:
    return Exists(
        Invitation.unscoped.filter(  # unscoped: bound to the outer row's customer
            customer_id=OuterRef(f"{path}pk"),
            created_at__gte=since,
            skip_reason="",
            deliveries__state__in=ASKED,
        )
    )
