"""The catalogue of mails to customers, worded once per language."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, check_fields, expect_version, save_version
from cxportal.core.errors import DomainError
from cxportal.core.models import as_texts
from cxportal.core.policies import authorise
from journeys.models import CannedReply
from journeys.standard_cases import REPLIES
from surveys.calc.merge_tags import unknown_tags

#: A note of a contact holds subject and text together.
SUBJECT_LENGTH, BODY_LENGTH = 150, 3_500
TAGS = frozenset({"name", "company", "sender"})


def canned_replies_ensure(actor: Actor) -> None:
    """Give a program without replies the standard ones; asks no right of its own."""
    if CannedReply.objects.for_actor(actor).exists():
        return
    CannedReply.unscoped.bulk_create(  # unscoped: written for the actor's own program
        (
            CannedReply(program=actor.program, code=code, position=place, **texts)
            for place, (code, texts) in enumerate(REPLIES.items())
        ),
        ignore_conflicts=True,
    )


@transaction.atomic
def canned_reply_save(
    *,
    actor: Actor,
    code: str,
    name: Mapping[str, str] | str,
    subject: Mapping[str, str] | str,
    body: Mapping[str, str] | str,
    is_active: bool = True,
    position: int = 0,
    version: int | None = None,
) -> CannedReply:
    """Word a reply, or change the one with this code. Raises DomainError "invalid", StaleEdit."""
    authorise(actor, "journeys.change_case_rules")
    key = code.replace("\x00", "").strip()[:40]
    language = actor.program.default_language
    texts = {
        field: as_texts(value, language)
        for field, value in (("name", name), ("subject", subject), ("body", body))
    }
    _check_texts(key, texts)
    values = {**texts, "is_active": is_active, "position": position}
    rows: Any = CannedReply.objects.for_actor(actor)
    found: CannedReply | None = rows.select_for_update().filter(code=key).first()
    if found is None:
        found = CannedReply(program=actor.program, code=key, **values)
        check_fields(found)
        found.save()
        audit(actor=actor, action="canned_reply.create", obj=found)
        return found
    expect_version(found, version, shown=("name", "subject", "body"))
    changes = save_version(found, values)
    if changes:
        audit(actor=actor, action="canned_reply.update", obj=found, changes=changes)
    return found


def _check_texts(code: str, texts: Mapping[str, Mapping[str, str]]) -> None:
    found = {} if code else {"code": _("Give it a code.")}
    found |= text_faults(texts)
    if found:
        raise DomainError("invalid", next(iter(found.values())), details=found)


def text_faults(texts: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """What is wrong with name, subject or body of a mail to customers, by field."""
    found: dict[str, str] = {}
    for field, most in (("name", 200), ("subject", SUBJECT_LENGTH), ("body", BODY_LENGTH)):
        if field not in texts:
            continue
        if not texts[field]:
            found[field] = _("Write it in one language at least.")
        elif any(len(text) > most for text in texts[field].values()):
            found[field] = _("At most %(max)s characters.") % {"max": most}
        else:
            unknown = {tag for text in texts[field].values() for tag in unknown_tags(text, TAGS)}
            if unknown:
                found[field] = _unknown(unknown)
    return found


def _unknown(tags: set[str] | frozenset[str]) -> str:
    names = ", ".join(sorted(f"{{{{{tag}}}}}" for tag in tags))
    return _("Nothing fills %(tags)s.") % {"tags": names}
