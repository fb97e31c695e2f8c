"""Cards of a map: written, changed, moved, deleted."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.errors import DomainError
from cxportal.core.models import as_texts
from cxportal.core.policies import authorise
from journeys.models import COMPUTED, LINES, Card, EvidenceItem, Lane, Step
from journeys.services.journeys import (
    refuse_foreign,
    refuse_invalid,
    refuse_unnamed,
    update_named,
)
from journeys.services.map_edits import Rows, recorded, rows_of
from journeys.services.stages import number_rows

DETAILS = ("text", "emotion", "severity", "is_moment_of_truth", "persona", "image", "tags")
EDITABLE = ("title", *DETAILS)
MOST_IN_A_CELL = 50
MOST_TAGS = 20


@transaction.atomic
def card_add(
    *,
    actor: Actor,
    lane: Lane,
    step: Step,
    title: Mapping[str, str] | str,
    details: Mapping[str, Any] | None = None,
    **values: Any,
) -> Card:
    """Write a card at the end of a cell.

    Raises DomainError "invalid", "no_cards_here" (a computed lane or a line), "other_journey"
    (409), "too_many" (409).
    """
    authorise(actor, "journeys.change_journeys", lane)
    authorise(actor, "journeys.change_journeys", step)
    _refuse_cell(lane, step)
    language = actor.program.default_language
    texts = as_texts(title, language)
    refuse_unnamed(texts, "title")
    refuse_foreign(actor, values)
    values["text"] = as_texts(values.get("text"), language)
    cell = Card.unscoped.filter(lane=lane, step=step)  # unscoped: both were authorised above
    last = cell.aggregate(last=Max("position"))["last"]
    if last is not None and last + 1 >= MOST_IN_A_CELL:
        raise DomainError("too_many", _("This cell is full."), status=409)
    card = Card(
        program=actor.program,
        lane=lane,
        step=step,
        title=texts,
        position=0 if last is None else last + 1,
        details=dict(details or {}),
        **values,
    )
    refuse_invalid(card, ("title", "text", "emotion", "severity", "tags"))
    with recorded(actor, lane.journey, lambda: _own(card)):
        card.save()
    audit(actor=actor, action="card.add", obj=card)
    return card


def _refuse_cell(lane: Lane, step: Step) -> None:
    if lane.kind in COMPUTED or lane.kind in LINES:
        message = _("This lane is filled by the portal; choose one that holds cards.")
        raise DomainError("no_cards_here", message, details={"lane": message})
    if lane.journey_id != step.stage.journey_id:
        message = _("This step is of another journey.")
        raise DomainError("other_journey", message, status=409)


@transaction.atomic
def card_update(*, actor: Actor, card: Card, version: int | None = None, **values: Any) -> Card:
    """Change a card. Raises DomainError "invalid", StaleEdit with what is stored now."""
    authorise(actor, "journeys.change_journeys", card)
    journey = card.lane.journey
    with recorded(actor, journey, lambda: _own(card)):
        changed: Card = update_named(actor, card, version, values, EDITABLE, "card.update")
    return changed


def _own(card: Card) -> Rows:
    return rows_of(Card.unscoped.filter(pk=card.pk))  # unscoped: the card was authorised


@transaction.atomic
def card_move(
    *,
    actor: Actor,
    card: Card,
    lane: Lane | None = None,
    step: Step | None = None,
    position: int | None = None,
) -> Card:
    """Put a card into another cell of its map, or at another place of its own (0 = first)."""
    authorise(actor, "journeys.change_journeys", card)
    to_lane, to_step = lane or card.lane, step or card.step
    authorise(actor, "journeys.change_journeys", to_lane)
    _refuse_cell(to_lane, to_step)
    journey = card.lane.journey
    if to_lane.journey_id != journey.pk:
        raise DomainError("other_journey", _("This lane is of another journey."), status=409)
    cell = Card.unscoped.filter(lane=to_lane, step=to_step)  # unscoped: authorised above
    ids = [card.pk, *cell.values_list("pk", flat=True)]
    touched = Card.unscoped.filter(pk__in=ids)  # unscoped: the same
    with recorded(actor, journey, lambda: rows_of(touched.all())):
        Card.unscoped.filter(pk=card.pk).update(lane=to_lane, step=to_step)  # unscoped: the same
        rows = list(cell.order_by("position", "pk"))
        number_rows(rows, card.pk, len(rows) if position is None else position)
    card.refresh_from_db()
    audit(actor=actor, action="card.move", obj=card)
    return card


@transaction.atomic
def card_delete(*, actor: Actor, card: Card) -> None:
    """Delete a card with its evidence; undo brings both back."""
    authorise(actor, "journeys.change_journeys", card)
    audit(actor=actor, action="card.delete", obj=card)
    pk = card.pk

    def rows() -> Rows:
        cards = Card.unscoped.filter(pk=pk)  # unscoped: the card was authorised
        return rows_of(cards, EvidenceItem.unscoped.filter(card_id=pk))  # unscoped: the same

    with recorded(actor, card.lane.journey, rows):
        card.delete()
