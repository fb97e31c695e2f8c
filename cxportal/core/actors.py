"""Who acts: a member, an API key or the portal itself, always inside one program."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import reverse

if TYPE_CHECKING:
    from cxportal.core.models import ApiKey, Membership, Program, User

ROLES = ("owner", "designer", "manager", "staff", "viewer")


@dataclass(frozen=True)
class Actor:
    """Carries program, role and language through page, API, task and import alike.

    `role` is one of ROLES for a member, "api_key", "guest" or "system". `scopes` are the key's
    ("customers:read", "customers:write" …). `language` is "en" or "ko".
    """

    program: Program
    role: str
    language: str = "en"
    user: User | None = None
    membership: Membership | None = None
    api_key: ApiKey | None = None
    scopes: frozenset[str] = frozenset()
    team_ids: frozenset[int] = field(default_factory=frozenset)
    # What was read for this actor and holds until its request is answered.
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def system(cls, program: Program) -> Actor:
        """The portal itself: workers, demo, commands."""
        return cls(program=program, role="system", language=program.default_language)

    @classmethod
    def member(cls, membership: Membership) -> Actor:
        """A signed-in person in one program."""
        return cls(
            program=membership.program,
            role=membership.role,
            language=membership.user.language or membership.program.default_language,
            user=membership.user,
            membership=membership,
            team_ids=frozenset(t.pk for t in membership.teams.all()),
        )

    @classmethod
    def key(cls, api_key: ApiKey) -> Actor:
        """A client of the API."""
        return cls(
            program=api_key.program,
            role="api_key",
            language=api_key.program.default_language,
            api_key=api_key,
            scopes=frozenset(api_key.scopes),
        )

    @classmethod
    def guest(cls, program: Program, language: str) -> Actor:
        """Whoever opens a shared link: no role, no permission, no personal data."""
        return cls(program=program, role="guest", language=language)

    @property
    def program_id(self) -> int:
        return int(self.program.pk)

    @property
    def is_system(self) -> bool:
        return self.role == "system"

    @property
    def sees_personal_data(self) -> bool:
        """Names, e-mail addresses, phones and answers beside a name: a right of its own."""
        if self.membership is not None:
            return self.membership.sees_personal_data
        return self.is_system or "personal_data:read" in self.scopes

    @property
    def exports_personal_data(self) -> bool:
        if self.membership is not None:
            return self.membership.exports_personal_data
        return self.is_system or "personal_data:export" in self.scopes

    @property
    def label(self) -> str:
        """How the audit trail names the actor."""
        if self.user is not None:
            return self.user.name or self.user.email
        if self.api_key is not None:
            return f"API: {self.api_key.name}"
        return "system"

    def url(self, name: str, *args: Any) -> str:
        """Address of a page inside the actor's program."""
        return reverse(name, args=(self.program.slug, *args))
