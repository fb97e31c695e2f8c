"""What a command answers when it cannot do what was asked."""

from collections.abc import Mapping
from typing import Any


class ScopeError(RuntimeError):
    """A tenant table was read without saying for whom. Always a mistake of ours."""


class DomainError(Exception):
    """A refusal the user can act on.

    `code` is stable (for API clients), `message` is a translated sentence that says what to do,
    `status` is the HTTP status, `details` maps field names to sentences.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int = 422,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = str(message)
        self.status = status
        self.details = dict(details or {})


class Denied(DomainError):
    """The actor may not do this."""

    def __init__(self, permission: str, message: str = "") -> None:
        from django.utils.translation import gettext as _

        sentence = message or _("You may not do this. An owner of the program can give the right.")
        super().__init__("denied", sentence, status=403, details={"permission": permission})


class StaleEdit(DomainError):
    """Somebody else saved in between; `details["current"]` holds what is stored now."""

    def __init__(self, current: Mapping[str, Any]) -> None:
        from django.utils.translation import gettext as _

        sentence = _("Somebody else changed this meanwhile. Look at what changed, then save again.")
        super().__init__("stale_edit", sentence, status=409, details={"current": dict(current)})
