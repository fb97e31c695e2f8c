"""The digest each member gets on Monday morning, in the member's language."""

import logging
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from cxportal.core.actors import Actor
from cxportal.core.models import Membership, Program
from cxportal.home.queries.digest import Digest, digest_of

logger = logging.getLogger(__name__)
MONDAY, MORNING = 0, 8


def digests_send_due(now: datetime | None = None) -> int:
    """Send what is due now; returns how many mails went out.

    A member's week is claimed before the mail is made, so that two workers, or one that dies,
    send at most one; a digest that is lost comes again the week after.
    """
    moment = now or timezone.now()
    sent = 0
    for program in Program.objects.order_by("pk"):
        local = moment.astimezone(program.zone)
        if local.weekday() != MONDAY or local.hour < MORNING:
            continue
        week = f"{local:%G-W%V}"
        for pk in _due(program, week):
            sent += _send_claimed(pk, week)
    return sent


def _due(program: Program, week: str) -> list[int]:
    members = Membership.unscoped.filter(  # unscoped: the worker goes through all programs
        program=program, is_active=True, user__is_active=True, wants_digest=True
    )
    return list(members.exclude(digest_week=week).values_list("pk", flat=True))


def _send_claimed(pk: int, week: str) -> int:
    with transaction.atomic():
        claimed = Membership.unscoped.filter(  # unscoped: as above
            ~Q(digest_week=week), pk=pk
        ).update(digest_week=week)
    if not claimed:
        return 0
    member = Membership.unscoped.select_related("program", "user").get(pk=pk)  # unscoped: as above
    actor = Actor.member(member)
    with override(actor.language), timezone.override(member.program.zone):
        digest = digest_of(actor)
        if not digest:
            return 0
        try:
            digest_message(actor, digest).send()
        except Exception:
            logger.exception("digest of member %s was not sent", pk)
            return 0
    return 1


def digest_message(actor: Actor, digest: Digest) -> EmailMultiAlternatives:
    """The mail in the active language; the actor is a member."""
    assert actor.user is not None
    import css_inline

    context = {
        "actor": actor,
        "program": actor.program,
        "digest": digest,
        "site": settings.SITE_URL.rstrip("/"),
        "brand_name": actor.program.name,
    }
    subject = _("%(program)s: your week") % {"program": actor.program.name}
    message = EmailMultiAlternatives(
        subject=subject.replace("\n", " "),
        body=render_to_string("home/mail/digest.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[actor.user.email],
    )
    html = css_inline.inline(render_to_string("home/mail/digest.html", context))
    message.attach_alternative(html, "text/html")
    return message
