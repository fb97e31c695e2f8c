"""F16: a dry run over a large audience says in seconds what then happens, to the row."""

from collections.abc import Sequence

from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Consent, Customer, Segment, SegmentMember, Suppression
from surveys.models import Campaign, Delivery, Invitation
from surveys.queries.audience import audience_preview
from surveys.queries.campaigns import campaign_progress, invitations_left_out
from surveys.services.campaigns import campaign_start
from surveys.services.invitations import occurrence_fill, occurrences_due
from tests.torture.ground import Stopwatch
from tests.torture.line import Line
from tests.torture.people import crowd_campaign, make_crowd

FAULT = "F16"
SIZES = {"ci": 1_000, "full": 100_000}
SECONDS = 10.0
GROUPS = 20
_CHUNK = 5_000


def run(size: str) -> Line:
    """Groups of people that one rule each leaves out, a control group and a sample; no fault."""
    actor, people = make_crowd("f16", SIZES[size])
    excluded = _make_reasons(actor, people)
    campaign = crowd_campaign(
        actor,
        excluded_segment=excluded,
        holdout_percent=10,
        sample_size=len(people) // 2,
        contact_gap_days=7,
    )
    watch = Stopwatch()
    seen = audience_preview(actor=actor, campaign=campaign)
    seconds = watch.seconds
    campaign_start(actor=actor, campaign=campaign)
    _fill()
    progress = campaign_progress(campaign)
    written = Invitation.unscoped.filter(campaign=campaign)
    queued = Delivery.unscoped.filter(campaign=campaign, step=0).count()
    named = {r: _named(actor, campaign, r) for r in seen.skipped}
    wrong = sum(named[r] != seen.skipped[r] for r in seen.skipped)
    wrong += progress.left_out != seen.skipped
    unaccounted = len(people) - queued - sum(named.values())
    figures = {"people": len(people), "send": seen.will_receive, "reasons": len(seen.skipped)}
    figures |= {"wrong": wrong, "unaccounted": unaccounted}
    ok = wrong == unaccounted == 0 and len(seen.skipped) == 8 and seconds < SECONDS
    ok = ok and seen.total == len(people) == written.values("customer_id").distinct().count()
    return Line(FAULT, {**figures, "dry_run_s": seconds}, ok and queued == seen.will_receive)


def _named(actor: Actor, campaign: Campaign, reason: str) -> int:
    """How many people stand in the list of that reason."""
    return invitations_left_out(actor=actor, campaign=campaign, reason=reason).count()


def _fill() -> None:
    for occurrence in occurrences_due():
        occurrence_fill(occurrence)


def _make_reasons(actor: Actor, people: Sequence[Customer]) -> Segment:
    """One of twenty for each reason; returns the segment to be left out."""
    program = actor.program

    def group(number: int) -> list[Customer]:
        return list(people[number::GROUPS])

    def keys(number: int) -> list[int]:
        return [person.pk for person in group(number)]

    customers = Customer.unscoped.filter(program=program)
    customers.filter(pk__in=keys(0)).update(is_test=True)
    customers.filter(pk__in=keys(1)).update(email="")
    now = timezone.now()
    Suppression.unscoped.bulk_create(
        [Suppression(program=program, address=p.email, reason="bounced") for p in group(2)],
        batch_size=_CHUNK,
    )
    Consent.unscoped.bulk_create(
        [
            Consent(program=program, customer=p, channel="email", granted=False, at=now)
            for p in group(3)
        ],
        batch_size=_CHUNK,
    )
    before = crowd_campaign(actor, segment=_segment(actor, "asked", group(5)), contact_gap_days=0)
    campaign_start(actor=actor, campaign=before)
    _fill()
    return _segment(actor, "out", group(4))


def _segment(actor: Actor, code: str, members: list[Customer]) -> Segment:
    segment = Segment.unscoped.create(
        program=actor.program, code=code, name={"en": code}, kind="manual"
    )
    SegmentMember.unscoped.bulk_create(
        [SegmentMember(program=actor.program, segment=segment, customer=p) for p in members],
        batch_size=_CHUNK,
    )
    return segment
