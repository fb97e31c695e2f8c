"""People join by an owner's invitation: a mail with a link that works once, for a week."""

from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, lock
from cxportal.core.errors import DomainError
from cxportal.core.models import MemberInvitation, Membership, Role, User
from cxportal.core.policies import authorise
from cxportal.core.queries.people import INVITATION_PURPOSE
from cxportal.core.services.people import role_checked
from cxportal.core.tokens import hash_of, new_secret

VALID_FOR = timedelta(days=7)
MAX_NAME = 120


@transaction.atomic
def member_invite(*, actor: Actor, email: str, role: str) -> tuple[MemberInvitation, str]:
    """Invite somebody; returns the invitation and the token of its link, which is not stored.

    An earlier waiting invitation of the same address ends. Sending the mail is
    `invitation_send`'s. Raises DomainError: "invalid", "already_member" (409).
    """
    authorise(actor, "core.manage_members")
    address = _address(email)
    role_checked(role)
    _refuse_member(actor, address)
    now = timezone.now()
    waiting = MemberInvitation.objects.for_actor(actor).filter(
        email__iexact=address, accepted_at=None, revoked_at=None
    )
    waiting.update(revoked_at=now)
    token = new_secret()
    invitation = MemberInvitation.unscoped.create(  # unscoped: the actor's own program
        program=actor.program,
        email=address,
        role=role,
        token_hash=hash_of(token, INVITATION_PURPOSE),
        invited_by=actor.user,
        expires_at=now + VALID_FOR,
    )
    audit(actor=actor, action="member.invite", obj=invitation, changes={"role": role})
    return invitation, token


def _address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        message = _("This is not an e-mail address.")
        raise DomainError("invalid", message, details={"email": message}) from None
    return address


def _refuse_member(actor: Actor, address: str) -> None:
    members = Membership.objects.for_actor(actor).filter(user__email__iexact=address)
    if members.exists():
        message = _("This person is a member already. Change their role in the list of members.")
        raise DomainError("already_member", message, status=409, details={"email": message})


def invitation_link(token: str) -> str:
    """The address that stands in the mail."""
    from django.conf import settings

    return f"{settings.SITE_URL.rstrip('/')}{reverse('site:join', args=[token])}"


def invitation_send(*, actor: Actor, invitation: MemberInvitation, token: str) -> bool:
    """Send the mail; False when no mail server answered (the link can be copied instead)."""
    known = User.objects.filter(email__iexact=invitation.email).first()
    language = (known.language if known else "") or actor.program.default_language
    context = {
        "invitation": invitation,
        "program": actor.program,
        "inviter": actor.label,
        "link": invitation_link(token),
        "days": VALID_FOR.days,
    }
    with override(language):
        subject = _("%(program)s invites you to its CX portal") % {"program": actor.program.name}
        message = EmailMultiAlternatives(
            " ".join(subject.split()),
            render_to_string("core/mail/invitation.txt", context),
            to=[invitation.email],
        )
        message.attach_alternative(
            render_to_string("core/mail/invitation.html", context), "text/html"
        )
    try:
        return bool(message.send())
    except OSError:  # refused, unreachable, timed out: smtplib's errors are OSErrors
        return False


@transaction.atomic
def invitation_revoke(*, actor: Actor, invitation: MemberInvitation) -> MemberInvitation:
    """End a waiting invitation; its link stops working at once."""
    authorise(actor, "core.manage_members", invitation)
    stored = lock(invitation)
    if stored.accepted_at is None and stored.revoked_at is None:
        stored.revoked_at = timezone.now()
        stored.save(update_fields=["revoked_at"])
        audit(actor=actor, action="member.uninvite", obj=stored)
    return stored


@transaction.atomic
def invitation_accept_new(
    *, invitation: MemberInvitation, name: str, password: str, language: str
) -> Membership:
    """Somebody new joins: account, password and membership at once.

    Raises DomainError: "invalid" per field, and what `_open` and `_join` raise.
    """
    stored = _open(invitation)
    if User.objects.filter(email__iexact=stored.email).exists():
        raise DomainError(
            "sign_in_first",
            _("You have an account already. Sign in, then open the link."),
            status=409,
        )
    user = User(email=stored.email, name=_person_name(name), language=language)
    try:
        validate_password(password, user)
    except ValidationError as error:
        sentence = " ".join(error.messages)
        raise DomainError("invalid", sentence, details={"password": sentence}) from error
    user.set_password(password)
    user.save()
    return _join(stored, user)


@transaction.atomic
def invitation_accept(*, invitation: MemberInvitation, user: User) -> Membership:
    """A signed-in person joins one more program. Raises DomainError "other_person" (403)."""
    stored = _open(invitation)
    if user.email.lower() != stored.email.lower():
        message = _("This invitation is for %(email)s. Sign in with that address.")
        raise DomainError("other_person", message % {"email": stored.email}, status=403)
    return _join(stored, user)


def _open(invitation: MemberInvitation) -> MemberInvitation:
    """The invitation, locked, when its link still works. Raises DomainError (410)."""
    stored = lock(invitation)
    if stored.accepted_at is not None:
        raise DomainError(
            "used", _("This invitation was used already. Please sign in."), status=410
        )
    if stored.revoked_at is not None:
        message = _("This invitation was taken back. Ask an owner of the program for a new one.")
        raise DomainError("revoked", message, status=410)
    if stored.expires_at <= timezone.now():
        message = _("This invitation ran out. Ask an owner of the program for a new one.")
        raise DomainError("expired", message, status=410)
    return stored


def invitation_check(invitation: MemberInvitation) -> None:
    """Raise the DomainError that says why the link does not work, if it does not."""
    with transaction.atomic():
        _open(invitation)


def _person_name(name: str) -> str:
    text = " ".join(name.split())
    if not text or len(text) > MAX_NAME or "\x00" in text:
        message = _("Give your name, at most 120 characters.")
        raise DomainError("invalid", message, details={"name": message})
    return text


def _join(invitation: MemberInvitation, user: User) -> Membership:
    membership, is_new = Membership.unscoped.get_or_create(  # unscoped: the invitation's program
        program=invitation.program,
        user=user,
        defaults={
            "role": invitation.role,
            "sees_personal_data": invitation.role != Role.VIEWER,
            "exports_personal_data": invitation.role == Role.OWNER,
        },
    )
    if not is_new and not membership.is_active:
        membership.is_active, membership.role = True, invitation.role
        membership.save(update_fields=["is_active", "role"])
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    audit(actor=Actor.member(membership), action="member.join", obj=membership)
    return membership
