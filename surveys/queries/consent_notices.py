"""How the notices of consent stand, for the page and a customer's timeline."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.models import Customer
from cxportal.core.registry import TimelineEntry
from surveys.models import ConsentNotice, Delivery

_OPEN = ("queued", "sending", "soft")
_FAILED = ("hard", "unknown")
SHOWN_FAILURES = 20


@dataclass(frozen=True)
class NoticeCounts:
    """Notices of one kind: waiting, of these past their last day, sent, failed, left out.

    `sent` are those that did not come back, `came_back` the others.
    """

    kind: str
    label: str
    waiting: int
    overdue: int
    sent: int
    came_back: int
    failed: int
    left_out: int


def notice_counts(actor: Actor) -> list[NoticeCounts]:
    """One line per kind, in one query."""
    today = timezone.now().astimezone(actor.program.zone).date()
    is_open = Q(state__in=_OPEN)
    found: dict[str, Mapping[str, Any]] = {
        row["kind"]: row
        for row in ConsentNotice.objects.for_actor(actor)
        .values("kind")
        .annotate(
            waiting=Count("pk", filter=is_open),
            overdue=Count("pk", filter=is_open & Q(due_on__lt=today)),
            sent=Count("pk", filter=Q(state=Delivery.State.SENT, came_back="")),
            back=Count("pk", filter=~Q(came_back="")),
            failed=Count("pk", filter=Q(state__in=_FAILED)),
            left_out=Count("pk", filter=Q(state=Delivery.State.SKIPPED)),
        )
        .order_by("kind")
    }
    names = ("waiting", "overdue", "sent", "back", "failed", "left_out")
    return [
        NoticeCounts(kind, str(label), *(found[kind][n] if kind in found else 0 for n in names))
        for kind, label in ConsentNotice.Kind.choices
    ]


def notices_unsent(actor: Actor) -> QuerySet[ConsentNotice]:
    """The newest notices that failed, came back or were left out, with their customers."""
    unsent = Q(state__in=(*_FAILED, "skipped")) | ~Q(came_back="")
    rows = ConsentNotice.objects.for_actor(actor).filter(unsent)
    return rows.select_related("consent__customer").order_by("-pk")[:SHOWN_FAILURES]


def notice_entries(actor: Actor, customer: Customer, limit: int) -> Iterable[TimelineEntry]:
    """What a person was told about their consent."""
    sent = ConsentNotice.objects.for_actor(actor).filter(
        consent__customer=customer, sent_at__isnull=False
    )
    sentences = {
        ConsentNotice.Kind.RESULT: _("Told that the decision on advertising is recorded: %(way)s"),
        ConsentNotice.Kind.RECONFIRM: _("Asked whether the consent to advertising holds: %(way)s"),
    }
    for notice in sent.select_related("consent").order_by("-sent_at")[:limit]:
        assert notice.sent_at is not None
        text = sentences[ConsentNotice.Kind(notice.kind)]
        way = notice.consent.get_channel_display()
        yield TimelineEntry(notice.sent_at, "consent", text % {"way": way})
