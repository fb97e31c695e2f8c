"""Programs, the people who work in them and their teams."""

from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxportal.core.models.base import TenantModel

slug_validator = RegexValidator(
    r"^[a-z0-9][a-z0-9-]{0,48}$", _("Use lower-case letters, digits and hyphens.")
)


def default_languages() -> list[str]:
    return ["en", "ko"]


class Program(models.Model):
    """One company's CX program: the tenant."""

    slug = models.CharField(max_length=50, unique=True, validators=[slug_validator])
    name = models.CharField(max_length=200)
    timezone = models.CharField(max_length=60, default="Asia/Seoul")
    currency = models.CharField(max_length=3, default="KRW")
    languages = ArrayField(models.CharField(max_length=8), default=default_languages)
    default_language = models.CharField(max_length=8, default="en")
    # Scores from fewer answers are hidden; anonymous surveys use the second threshold.
    min_n = models.PositiveSmallIntegerField(default=10)
    anonymity_n = models.PositiveSmallIntegerField(default=5)
    # A person is asked at most once in this many days, over all campaigns; 0 = no limit.
    contact_gap_days = models.PositiveSmallIntegerField(default=30)
    # How much more an active (inbound) touchpoint weighs than a passive one.
    active_weight = models.DecimalField(max_digits=4, decimal_places=2, default="1.50")
    sender_name = models.CharField(max_length=120, blank=True)
    sender_email = models.EmailField(blank=True)
    postal_address = models.CharField(max_length=300, blank=True)
    # Roles that work here only with a second factor at sign-in.
    two_factor_roles = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone whose midnight ends a day of scores."""
        return ZoneInfo(self.timezone)


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """Make a person; without a password they set one through the reset mail."""
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """Make an operator who may enter Django's admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in; what they may do hangs on their memberships."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=8, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_ci_unique")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name or self.email


class Team(TenantModel):
    """People who own stages, segments or branches together."""

    name = models.CharField(max_length=120)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["program", "name"], name="team_name_unique")]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    OWNER = "owner", pgettext_lazy("role", "Owner")
    DESIGNER = "designer", pgettext_lazy("role", "Designer")
    MANAGER = "manager", pgettext_lazy("role", "Manager")
    STAFF = "staff", pgettext_lazy("role", "Staff")
    VIEWER = "viewer", pgettext_lazy("role", "Viewer")


class Membership(TenantModel):
    """A person's role in one program."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    teams = models.ManyToManyField(Team, blank=True, related_name="members")
    sees_personal_data = models.BooleanField(default=False)
    exports_personal_data = models.BooleanField(default=False)
    starts_campaigns = models.BooleanField(default=True)
    # Whether a digest comes each Monday, and the last week ("2026-W48") one was sent for.
    wants_digest = models.BooleanField(default=True)
    digest_week = models.CharField(max_length=8, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["program", "user"], name="membership_unique")
        ]
        ordering = ["user__name", "pk"]

    def __str__(self) -> str:
        return str(self.user)


class MemberInvitation(TenantModel):
    """A mail that lets one person join; the token is stored as a hash only."""

    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Role.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.email


class Takeover(models.Model):
    """A whole program's file that somebody brought: looked at first, then taken over.

    It belongs to no program: the one that comes is not there yet, and the one it began in may
    have to make room for it.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Looked at")
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    user = models.ForeignKey("core.User", on_delete=models.CASCADE, related_name="takeovers")
    file = models.FileField(upload_to="takeovers/")
    size = models.PositiveBigIntegerField(default=0)
    # What the file says of itself: name, slug, made_at, people, rows, counts by kind.
    summary = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    message = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "id"], name="takeover_next")]

    def __str__(self) -> str:
        return f"{self.summary.get('slug', '')} {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for the worker or is under way."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)
