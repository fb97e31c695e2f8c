"""How far campaigns have come."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.models import Program
from surveys.calc.delivery import TERMINAL
from surveys.models import Campaign, Delivery, Invitation, Occurrence, Response, SkipReason

FAILED = (Delivery.State.HARD, Delivery.State.SOFT, Delivery.State.UNKNOWN)


@dataclass(frozen=True)
class Progress:
    """Counts of one campaign: `by_state` of first messages, `reminders` of the others by state.

    `left_out` are people by reason, from the beginning or since just before sending.
    """

    state: str
    filled: bool = False
    invited: int = 0
    by_state: dict[str, int] = field(default_factory=dict)
    reminders: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    waits_for_events: bool = False
    next_at: datetime | None = None
    started: int = 0
    answered: int = 0
    came_back: dict[str, int] = field(default_factory=dict)
    last_minute: int = 0

    @property
    def minutes_left(self) -> int | None:
        """About how long the waiting messages take at the present rate."""
        waits = self.queued + self.sending
        return -(-waits // self.last_minute) if self.last_minute and waits else None

    def count(self, state: str) -> int:
        return self.by_state.get(state, 0)

    @property
    def queued(self) -> int:
        return self.count(Delivery.State.QUEUED)

    @property
    def sending(self) -> int:
        return self.count(Delivery.State.SENDING)

    @property
    def sent(self) -> int:
        return self.count(Delivery.State.SENT)

    @property
    def soft(self) -> int:
        return self.count(Delivery.State.SOFT)

    @property
    def hard(self) -> int:
        return self.count(Delivery.State.HARD)

    @property
    def unknown(self) -> int:
        return self.count(Delivery.State.UNKNOWN)

    @property
    def skipped(self) -> int:
        """Left out when the audience was made, or just before their message went out."""
        return sum(self.left_out.values())

    @property
    def done(self) -> int:
        """Messages whose fate is settled, reminders too."""
        states = [*self.by_state.items(), *self.reminders.items()]
        return sum(n for state, n in states if state in TERMINAL)

    @property
    def total(self) -> int:
        return sum(self.by_state.values()) + sum(self.reminders.values())

    @property
    def reminded(self) -> int:
        """Reminders that went out."""
        return self.reminders.get(Delivery.State.SENT, 0)

    @property
    def finished(self) -> bool:
        """Computed, never stored: everyone was considered and no message waits."""
        settled = self.filled and self.done == self.total
        return settled and not self.waits_for_events and self.next_at is None

    @property
    def moving(self) -> bool:
        """Whether a page that shows it should look again soon."""
        return self.state == Campaign.State.RUNNING and not self.finished

    @property
    def listening(self) -> bool:
        """Whether answers may still come although nothing moves: a page looks now and then."""
        return self.state != Campaign.State.DRAFT and not self.moving

    @property
    def shown_state(self) -> tuple[str, str]:
        """(code, words) of what a reader calls the state."""
        if self.state == Campaign.State.RUNNING and self.finished:
            return "finished", _("Sent to everyone")
        if self.state == Campaign.State.RUNNING and self.waits_for_events:
            return "running", _("Waits for events")
        if self.state == Campaign.State.RUNNING and self.next_at and self.done == self.total:
            return "running", _("Waits for its next time")
        return self.state, str(Campaign.State(self.state).label)

    @property
    def response_share(self) -> float | None:
        """Answered of those who got a message, between 0 and 1; None before the first."""
        return self.answered / self.sent if self.sent else None

    @property
    def reasons(self) -> list[tuple[str, str, int]]:
        """(code, words, people) of those left out."""
        return [(r.value, str(r.label), self.left_out[r]) for r in SkipReason if r in self.left_out]


def campaign_progress(campaign: Campaign) -> Progress:
    """Six counting queries, whatever the campaign's size."""
    if not campaign.invites:
        return _link_progress(campaign)
    # First: a fill that ends between the queries must not look finished without its messages.
    fills = campaign.occurrences.aggregate(
        all=Count("pk"),
        open=Count("pk", filter=Q(filled_at=None, due_at__lte=timezone.now())),
        next_at=Min("due_at", filter=Q(filled_at=None, due_at__gt=timezone.now())),
    )
    by_state, reminders, late = _messages(campaign)
    left_out = Counter(late) + Counter(
        dict(
            campaign.invitations.exclude(skip_reason="")
            .order_by()
            .values_list("skip_reason")
            .annotate(Count("pk"))
        )
    )
    people = campaign.invitations.aggregate(
        invited=Count("pk", filter=Q(skip_reason="")),
        started=Count("pk", filter=Q(started_at__isnull=False)),
        answered=Count("pk", filter=Q(answered_at__isnull=False)),
    )
    return Progress(
        state=campaign.state,
        filled=fills["all"] > 0 and fills["open"] == 0,
        by_state=by_state,
        reminders=reminders,
        came_back=_came_back(campaign),
        last_minute=campaign.deliveries.filter(
            sent_at__gte=timezone.now() - timedelta(minutes=1)
        ).count(),
        next_at=fills["next_at"],
        waits_for_events=campaign.timing == Campaign.Timing.EVENT,
        left_out=dict(left_out),
        **people,
    )


def _messages(campaign: Campaign) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """First messages by state, reminders by state, first messages left out late by reason."""
    first, reminders, late = Counter[str](), Counter[str](), Counter[str]()
    why = Case(When(state=Delivery.State.SKIPPED, then=F("reason")), default=Value(""))
    counted = campaign.deliveries.order_by().values_list("state", "step", why)
    for state, step, reason, number in counted.annotate(Count("pk")):
        (reminders if step else first)[state] += number
        if state == Delivery.State.SKIPPED and not step:
            late[reason] += number
    return dict(first), dict(reminders), dict(late)


def _came_back(campaign: Campaign) -> dict[str, int]:
    """Bounces and complaints after sending."""
    returned = campaign.deliveries.exclude(came_back="").order_by()
    return dict(returned.values_list("came_back").annotate(Count("pk")))


def _link_progress(campaign: Campaign) -> Progress:
    counts = campaign.responses.filter(is_test=False).aggregate(
        started=Count("pk"), answered=Count("pk", filter=Q(status=Response.Status.COMPLETE))
    )
    return Progress(state=campaign.state, **counts)


def campaigns_listed(actor: Actor) -> QuerySet[Campaign]:
    """Campaigns for a list: survey and segment at hand, counts of messages and answers."""
    waiting = Delivery.unscoped.filter(  # unscoped: bound to the outer row's campaign
        campaign_id=OuterRef("pk")
    ).exclude(state__in=TERMINAL)
    unfilled = Occurrence.unscoped.filter(  # unscoped: bound to the outer row's campaign
        campaign_id=OuterRef("pk"), filled_at=None
    )
    return (
        Campaign.objects.for_actor(actor)
        .select_related("survey", "segment__program", "program")
        .annotate(
            sent=_counted(
                Delivery.unscoped.filter(  # unscoped: bound to the outer row's campaign
                    state=Delivery.State.SENT, step=0
                )
            ),
            answered=_counted(
                Response.unscoped.filter(  # unscoped: bound to the outer row's campaign
                    status=Response.Status.COMPLETE, is_test=False
                )
            ),
            waits=Exists(waiting) | Exists(unfilled),
        )
    )


def _counted(rows: QuerySet[Any]) -> Any:
    counted = (
        rows.filter(campaign_id=OuterRef("pk"))
        .order_by()
        .values("campaign_id")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def shown_state(campaign: Any) -> tuple[str, str]:
    """(code, words) of a listed campaign; a running one without waiting rows is finished."""
    if campaign.invites and campaign.state == Campaign.State.RUNNING:
        if campaign.timing == Campaign.Timing.EVENT:
            return "running", _("Waits for events")
        if not campaign.waits:
            return "finished", _("Sent to everyone")
    return campaign.state, str(campaign.get_state_display())


def occurrences_shown(campaign: Campaign, limit: int = 12) -> list[Occurrence]:
    """The newest occurrences of a scheduled campaign, with how many were asked, newest first."""
    asked = Count("invitations", filter=Q(invitations__skip_reason=""))
    answered = Count("invitations", filter=Q(invitations__answered_at__isnull=False))
    rows = campaign.occurrences.annotate(asked=asked, answered=answered)
    return list(rows.order_by("-due_at")[:limit])


def deliveries_failed(*, actor: Actor, campaign: Campaign) -> QuerySet[Delivery]:
    """Messages that were refused, wait for another try, or may or may not have arrived."""
    return (
        Delivery.objects.for_actor(actor)
        .filter(campaign=campaign, state__in=FAILED)
        .select_related("invitation__customer")
    )


def invitations_left_out(
    *, actor: Actor, campaign: Campaign, reason: str = ""
) -> QuerySet[Invitation]:
    """People the campaign does not write to, from the beginning or since just before sending.

    `why` is the reason of each. Whose reminder was left out got the first message and is none of
    them; nor is who answered an anonymous survey, which nobody may know.
    """
    late = Delivery.unscoped.filter(  # unscoped: bound to the outer row's invitation
        invitation_id=OuterRef("pk"), state=Delivery.State.SKIPPED, step=0
    )
    if campaign.survey.anonymous:
        late = late.exclude(reason=SkipReason.ANSWERED)
    own = NullIf(F("skip_reason"), Value(""))
    rows = (
        Invitation.objects.for_actor(actor)
        .filter(campaign=campaign)
        .annotate(why=Coalesce(own, Subquery(late.values("reason")[:1])))
        .select_related("customer")
    )
    return rows.filter(why=reason) if reason else rows.filter(why__isnull=False)


def problem_key(channel: str) -> str:
    """Where what a channel's server last said is kept for a while."""
    return f"server-problem-{channel}"


def mail_server_problem(channel: str = Campaign.Channel.EMAIL) -> str:
    """What the channel's server last said when it could not be reached; "" when all is well."""
    return str(cache.get(problem_key(channel)) or "")


def program_warnings(program: Program) -> list[str]:
    """What a sender should set before a campaign goes out to real people."""
    warnings = []
    if not program.sender_email:
        warnings.append(_("The program has no sender address of its own yet."))
    if not program.postal_address:
        warnings.append(_("The program has no postal address for the foot of its mails yet."))
    return warnings
