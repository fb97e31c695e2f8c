"""Members, teams and invitations."""

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from cxportal.core.actors import Actor
from cxportal.core.models import MemberInvitation, Membership, Program, Role, Team, User
from cxportal.core.tokens import hash_of

INVITATION_PURPOSE = "member-invitation"


def members_listed(actor: Actor) -> QuerySet[Membership]:
    """Everyone who is or was a member, with their teams."""
    return (
        Membership.objects.for_actor(actor)
        .select_related("user")
        .prefetch_related("teams")
        .order_by("-is_active", "user__name", "user__email")
    )


def teams_listed(actor: Actor) -> QuerySet[Team]:
    """Teams with the number of their active people as `people`."""
    active = Q(members__is_active=True)
    return Team.objects.for_actor(actor).annotate(people=Count("members", filter=active))


def invitations_waiting(actor: Actor) -> QuerySet[MemberInvitation]:
    """Invitations nobody has used or taken back yet, expired ones too."""
    return (
        MemberInvitation.objects.for_actor(actor)
        .filter(accepted_at=None, revoked_at=None)
        .select_related("invited_by")
    )


def invitation_by_token(token: str) -> MemberInvitation | None:
    """The invitation of a link, whatever became of it."""
    return (
        MemberInvitation.unscoped.filter(  # unscoped: the link itself brings the program
            token_hash=hash_of(token, INVITATION_PURPOSE)
        )
        .select_related("program")
        .first()
    )


def programs_of(user: User) -> list[Program]:
    """Where a person works, by name."""
    own = Membership.unscoped.filter(user=user, is_active=True)  # unscoped: one's own programs
    return [m.program for m in own.select_related("program").order_by("program__name")]


def setup_is_open() -> bool:
    """Whether the first person may come in without an invitation: nobody has an account yet."""
    return bool(settings.SETUP_OPEN) and not User.objects.exists()


def may_begin_program(user: User) -> bool:
    """Whether this person may make another program: operators, owners where SETUP_OPEN is set."""
    if user.is_staff:
        return True
    owned = Membership.unscoped.filter(user=user, role=Role.OWNER, is_active=True)  # unscoped: own
    return bool(settings.SETUP_OPEN) and owned.exists()


def sign_on_name() -> str:
    """What the company's single sign-on is called; "" where none is connected."""
    providers = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", [])
    return ", ".join(str(app.get("name") or app.get("provider_id") or "") for app in providers)
