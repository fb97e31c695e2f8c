"""What shows that a card, an insight or an opportunity is so: added and taken off."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.errors import DomainError
from cxportal.core.policies import authorise
from journeys.models import Card, EvidenceItem, Insight, Opportunity
from journeys.services.journeys import refuse_foreign, refuse_invalid
from surveys.models import Comment

KINDS = EvidenceItem.Kind


@transaction.atomic
def evidence_add(
    *,
    actor: Actor,
    kind: str,
    card: Card | None = None,
    insight: Insight | None = None,
    opportunity: Opportunity | None = None,
    **values: Any,
) -> EvidenceItem:
    """Say why a card, an insight or an opportunity may be believed; the same thing once only.

    Raises DomainError "invalid" when nothing is said.
    """
    owners = {"card": card, "insight": insight, "opportunity": opportunity}
    (owner,) = (row for row in owners.values() if row is not None)
    authorise(actor, _permission(owner), owner)
    if values.get("response") is not None:
        authorise(actor, "surveys.view_responses", values["response"])
    if values.get("comment") is not None:
        authorise(actor, "surveys.view_comments", values["comment"])
    refuse_foreign(actor, values)
    _refuse_mismatch(kind, values)
    known = _known(owners, values)
    if known is not None:
        return known
    item = EvidenceItem(program=actor.program, kind=kind, **owners, **values)
    refuse_invalid(item, ("kind", "text", "source", "happened_on", "url"))
    item.save()
    changes = {"evidence": str(item)}
    audit(actor=actor, action="evidence.add", obj=owner, changes=changes)
    return item


def _permission(owner: Any) -> str:
    is_card = isinstance(owner, Card)
    return "journeys.change_journeys" if is_card else "journeys.change_insights"


def _refuse_mismatch(kind: str, values: dict[str, Any]) -> None:
    said = any(values.get(name) for name in ("text", "source", "url"))
    named = [name for name in ("response", "comment", "file") if values.get(name) is not None]
    if not said and not named:
        message = _("Write what was said, or name the answer, the file or the address.")
        raise DomainError("invalid", message, details={"text": message})
    fitting = {"response": KINDS.ANSWER, "comment": KINDS.COMMENT}
    for name, wanted in fitting.items():
        if name in named and kind != wanted:
            message = _("An answer is of the kind “answer”, a comment of the kind “comment”.")
            raise DomainError("invalid", message, details={"kind": message})


def _known(owners: dict[str, Any], values: dict[str, Any]) -> EvidenceItem | None:
    """The same answer, comment or file where it stands already."""
    for name in ("response", "comment", "file"):
        if values.get(name) is not None:
            rows = EvidenceItem.unscoped.filter(  # unscoped: the owner was authorised
                **owners, **{name: values[name]}
            )
            return rows.first()
    return None


@transaction.atomic
def evidence_remove(*, actor: Actor, item: EvidenceItem) -> None:
    """Take a piece of evidence off; what it names stays where it is."""
    owner = item.owner
    authorise(actor, _permission(owner), owner)
    audit(actor=actor, action="evidence.remove", obj=owner, changes={"evidence": str(item)})
    item.delete()


def insight_comments_set(actor: Actor, insight: Insight, comments: Iterable[Comment]) -> None:
    """Make the comments among an insight's evidence be these; for the insight's own services."""
    wanted = {comment.pk: comment for comment in comments}
    rows = EvidenceItem.unscoped.filter(  # unscoped: the insight was authorised
        insight=insight, comment__isnull=False
    )
    known = set(rows.values_list("comment_id", flat=True))
    rows.exclude(comment__in=wanted).delete()
    for pk, comment in wanted.items():
        if pk not in known:
            evidence_add(actor=actor, kind=KINDS.COMMENT, insight=insight, comment=comment)
