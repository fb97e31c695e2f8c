"""Programs: made by an operator, changed by their owners."""

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, changed_fields, lock
from cxportal.core.errors import DomainError
from cxportal.core.models import Program
from cxportal.core.models.programs import Role, slug_validator
from cxportal.core.policies import authorise

MAX_GAP_DAYS = 3650
EDITABLE = (
    "name",
    "timezone",
    "currency",
    "languages",
    "default_language",
    "min_n",
    "anonymity_n",
    "contact_gap_days",
    "active_weight",
    "sender_name",
    "sender_email",
    "postal_address",
    "two_factor_roles",
)


@transaction.atomic
def program_create(
    *,
    slug: str,
    name: str,
    language: str = "en",
    timezone: str = "Asia/Seoul",
    currency: str = "KRW",
    is_demo: bool = False,
    **values: Any,
) -> Program:
    """Make an empty program. Raises DomainError "invalid" per field, "slug_taken" (409)."""
    known = [code for code, _name in settings.LANGUAGES]
    languages = [language, *(code for code in known if code != language)]
    program = Program(slug=slug, is_demo=is_demo)
    wanted = {
        "name": name,
        "timezone": timezone,
        "currency": currency,
        "languages": languages,
        "default_language": language,
        **values,
    }
    _refuse_slug(slug)
    _set(program, wanted)
    try:
        with transaction.atomic():
            program.save()
    except IntegrityError as error:
        message = _("Another program has this address. Choose another one.")
        raise DomainError("slug_taken", message, status=409, details={"slug": message}) from error
    audit(actor=Actor.system(program), action="program.create", obj=program)
    return program


def _refuse_slug(slug: str) -> None:
    try:
        slug_validator(slug)
    except ValidationError as error:
        sentence = error.messages[0]
        raise DomainError("invalid", sentence, details={"slug": sentence}) from error


@transaction.atomic
def program_update(*, actor: Actor, program: Program, **values: Any) -> Program:
    """Change settings of one's program. Raises DomainError "invalid" per field."""
    authorise(actor, "core.change_program")
    if program.pk != actor.program_id:
        raise DomainError("invalid", _("This is not your program."), status=404)
    stored = lock(program)
    changes = changed_fields(stored, values)
    _set(stored, values)
    if changes:
        stored.save(update_fields=list(changes))
        audit(actor=actor, action="program.update", obj=stored, changes=changes)
    return stored


def _set(program: Program, values: dict[str, Any]) -> None:
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    for name, value in values.items():
        setattr(program, name, value.strip() if isinstance(value, str) else value)
    errors = _errors(program)
    if errors:
        first = next(iter(errors.values()))
        raise DomainError("invalid", first, details=errors)


def _errors(program: Program) -> dict[str, str]:
    known = {code for code, _name in settings.LANGUAGES}
    checks = {
        "name": (0 < len(program.name) <= 200 and "\x00" not in program.name, _("Give a name.")),
        "timezone": (_is_zone(program.timezone), _("This time zone is not known.")),
        "currency": (
            len(program.currency) == 3
            and program.currency.isalpha()
            and program.currency.isupper(),
            _("Write the currency with three capital letters, for example KRW."),
        ),
        "languages": (
            bool(program.languages) and set(program.languages) <= known,
            _("Choose at least one of the portal's languages."),
        ),
        "default_language": (
            program.default_language in program.languages,
            _("Choose one of the program's languages."),
        ),
        "min_n": (1 <= program.min_n <= 1000, _("Choose a number from 1 to 1,000.")),
        "anonymity_n": (1 <= program.anonymity_n <= 1000, _("Choose a number from 1 to 1,000.")),
        "contact_gap_days": (
            0 <= program.contact_gap_days <= MAX_GAP_DAYS,
            _("Choose a number of days from 0 to 3,650."),
        ),
        "sender_email": (_is_sender(program.sender_email), _("This is not an e-mail address.")),
        "sender_name": (_is_line(program.sender_name), _("Write the name on one line.")),
        "two_factor_roles": (
            set(program.two_factor_roles) <= set(Role.values),
            _("Choose among the roles."),
        ),
        "postal_address": (_is_line(program.postal_address), _("Write the address on one line.")),
    }
    return {name: sentence for name, (fine, sentence) in checks.items() if not fine}


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return bool(name)


def _is_currency(code: str) -> bool:
    return len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()


def _is_sender(address: str) -> bool:
    if not address:
        return True
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


def _is_line(text: str) -> bool:
    """Goes into mail headers: no line breaks, no NUL."""
    return not any(c in text for c in "\r\n\x00")
