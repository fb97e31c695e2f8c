"""Improvement actions: logged, changed, moved, discussed, deleted and restored."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from fractional_indexing import generate_key_between, generate_n_keys_between

from cxportal.core.actors import Actor
from cxportal.core.commands import (
    audit,
    changed_fields,
    check_fields,
    emit,
    lock,
    refuse_foreign,
    save_version,
    tidy,
)
from cxportal.core.errors import DomainError, StaleEdit
from cxportal.core.models import Customer, Membership, Team
from cxportal.core.policies import authorise
from cxportal.core.services.notifications import notify
from journeys.models import (
    CLOSED_STATES,
    Action,
    ActionMove,
    Board,
    Column,
    Stage,
    State,
    Step,
    Touchpoint,
)
from journeys.queries.baselines import baseline_of
from journeys.services.boards import board_default
from surveys.models import Response

EDITABLE = (
    "title",
    "description",
    "owner",
    "team",
    "due",
    "horizon",
    "importance",
    "urgency",
    "effect",
    "cost",
    "stage",
    "touchpoint",
    "response",
    "customer",
    "relationship",
    "reach",
    "impact",
    "confidence",
    "effort",
    "external_id",
)
#: A rank longer than this means that the column is numbered anew.
CROWDED = 120
_SHORT_TITLE = 80


@transaction.atomic
def action_create(
    *,
    actor: Actor,
    title: str,
    board: Board | None = None,
    column: Column | None = None,
    owner: Membership | None = None,
    team: Team | None = None,
    due: date | None = None,
    stage: Stage | None = None,
    touchpoint: Touchpoint | None = None,
    response: Response | None = None,
    customer: Customer | None = None,
    once_key: str | None = None,
    at: datetime | None = None,
    **values: Any,
) -> Action:
    """Log an action on top of a column: the given one, else the board's first.

    `values` are others of EDITABLE. A once_key that is known returns the action it logged. `at`
    dates it back, for the portal itself taking over what happened. Raises DomainError: "invalid"
    (details name the fields), "not_found" (404), "external_id_taken" (409).
    """
    authorise(actor, "journeys.create_actions")
    _refuse_unknown(values)
    if (known := _known(actor, once_key)) is not None:
        return known
    linked = {
        "owner": owner,
        "team": team,
        "stage": stage or _only_stage(touchpoint),
        "touchpoint": touchpoint,
        "response": response,
        "customer": customer,
    }
    refuse_foreign(actor, {**linked, "board": board, "column": column})
    place = _locked_column(column or _first_column(board or board_default(actor)))
    made_at = _moment(actor, at)
    action = Action(
        program=actor.program,
        board_id=place.board_id,
        column=place,
        rank=_rank(place, None, None),
        created_by=actor.user,
        once_key=once_key,
        due=due,
        entered_column_at=made_at,
        **linked,
        **tidy({"title": title, **values}),
    )
    _enter(action, place.state, made_at)
    _fix_baseline(actor, action)
    check_fields(action)
    _save_new(action)
    _record_move(actor, action, "", place, made_at)
    audit(actor=actor, action="action.create", obj=action)
    for event in ("created", "closed") if place.state in CLOSED_STATES else ("created",):
        emit(actor=actor, event=f"action.{event}", payload=event_payload(action))
    _tell_owner(actor, action)
    return action


@transaction.atomic
def action_update(
    *, actor: Actor, action: Action, version: int | None = None, **values: Any
) -> Action:
    """Change fields of EDITABLE. Raises DomainError as `action_create` does, and StaleEdit."""
    authorise(actor, "journeys.change_actions", action)
    _refuse_unknown(values)
    stored = _stored(action)
    _expect(stored, version, values)
    refuse_foreign(actor, values)
    before = stored.owner_id
    changes = changed_fields(stored, tidy(values))
    words = _words(changes)
    if changes:
        _save_changed(stored, changes)
        audit(actor=actor, action="action.update", obj=stored, changes=words)
    if "touchpoint" in changes and not stored.baseline:
        _fix_baseline(actor, stored)
        stored.save(update_fields=["baseline"])
    if stored.owner_id != before:
        _tell_owner(actor, stored)
    return stored


@transaction.atomic
def action_move(
    *,
    actor: Actor,
    action: Action,
    column: Column,
    before: Action | None = None,
    after: Action | None = None,
    version: int | None = None,
    at: datetime | None = None,
) -> Action:
    """Move an action into a column, or within it.

    It comes directly before `before` or directly after `after`; with neither, or when that
    neighbour has left the column meanwhile, on top. Only a change of column grows the version
    and is remembered as a move: the order says nothing about the action. `at` dates it back, for
    the portal itself. Raises StaleEdit when it was changed meanwhile, DomainError "not_found".
    """
    authorise(actor, "journeys.change_actions", action)
    refuse_foreign(actor, {"column": column, "before": before, "after": after})
    # Always the column first, then the action: two moves cannot wait for each other.
    place = _locked_column(column)
    stored = _stored(action)
    _expect(stored, version, {})
    rank = _rank(place, before, after, moving=stored)
    if place.pk == stored.column_id:
        Action.objects.for_actor(actor).filter(pk=stored.pk).update(rank=rank)
        stored.rank = rank
        return stored
    _change_column(actor, stored, place, rank, _moment(actor, at))
    return stored


def _change_column(
    actor: Actor, action: Action, place: Column, rank: str, moment: datetime
) -> None:
    source = action.column
    was_closed = action.closed_at is not None
    action.board_id, action.column, action.rank = place.board_id, place, rank
    action.entered_column_at = moment
    action.version += 1
    _enter(action, place.state, moment)
    _fix_baseline(actor, action)
    action.save(
        update_fields=[
            "board",
            "column",
            "rank",
            "entered_column_at",
            "started_at",
            "closed_at",
            "baseline",
            "version",
            "updated_at",
        ]
    )
    _record_move(actor, action, source.state, place, moment)
    changes = {"column": [str(source), str(place)], "state": [source.state, place.state]}
    audit(actor=actor, action="action.move", obj=action, changes=changes)
    _tell_watchers(actor, action)
    if action.closed_at is not None and not was_closed:
        emit(actor=actor, event="action.closed", payload=event_payload(action))


@transaction.atomic
def action_delete(*, actor: Actor, action: Action) -> Action:
    """Take an action off the board; `action_restore` brings it back."""
    authorise(actor, "journeys.change_actions", action)
    stored = _stored(action)
    save_version(stored, {"deleted_at": timezone.now()})
    audit(actor=actor, action="action.delete", obj=stored)
    return stored


@transaction.atomic
def action_restore(*, actor: Actor, action: Action) -> Action:
    """Bring a deleted action back to its place; one that is there stays as it is."""
    authorise(actor, "journeys.change_actions", action)
    stored = lock(action)
    if stored.deleted_at is not None:
        save_version(stored, {"deleted_at": None})
        audit(actor=actor, action="action.restore", obj=stored)
    return stored


def event_payload(action: Action) -> dict[str, Any]:
    """What webhooks hear of an action."""
    return {
        "id": action.pk,
        "external_id": action.external_id,
        "title": action.title,
        "state": action.column.state,
        "owner": action.owner_id,
        "due": action.due,
        "stage": action.stage_id,
        "touchpoint": action.touchpoint_id,
        "response": action.response_id,
        "started_at": action.started_at,
        "closed_at": action.closed_at,
    }


def _stored(action: Action) -> Action:
    """The action fresh and locked. Raises DomainError when it is deleted."""
    stored = lock(action)
    if stored.deleted_at is not None:
        message = _("This action was deleted. Restore it first.")
        raise DomainError("deleted", message, status=409)
    return stored


def _expect(stored: Action, version: int | None, values: Mapping[str, Any]) -> None:
    """Raise StaleEdit with what is stored now in place of the values, as people read it."""
    if version is None or version == stored.version:
        return
    current = {name: getattr(stored, name) for name in values}
    shown = {name: _word(value) for name, value in current.items()}
    column = {"column": str(stored.column), "state": stored.column.state}
    raise StaleEdit({"version": stored.version, **column, **shown})


def _enter(action: Action, state: str, moment: datetime) -> None:
    """Set the times that hang on the state."""
    if state == State.DOING and action.started_at is None:
        action.started_at = moment
    if state in CLOSED_STATES:
        action.closed_at = action.closed_at or moment
    else:
        action.closed_at = None


def _fix_baseline(actor: Actor, action: Action) -> None:
    """Keep the scores the work began with; what was kept once is never changed."""
    if action.started_at is not None and not action.baseline and action.touchpoint_id:
        action.baseline = baseline_of(actor, action)


def _record_move(
    actor: Actor, action: Action, from_state: str, place: Column, moment: datetime
) -> None:
    ActionMove.unscoped.create(  # unscoped: written for the actor's own program
        program=actor.program,
        action=action,
        from_state=from_state,
        to_state=place.state,
        to_column=place,
        at=moment,
        by=actor.label,
    )


def _moment(actor: Actor, at: datetime | None) -> datetime:
    # People act now; only the portal itself takes over what happened earlier.
    return at if at is not None and actor.is_system else timezone.now()


def _locked_column(column: Column) -> Column:
    return lock(column)


def _first_column(board: Board) -> Column:
    first = board.columns.first()
    if first is None:
        raise DomainError("invalid", _("This board has no column yet."))
    return first


def _only_stage(touchpoint: Touchpoint | None) -> Stage | None:
    """The stage of a touchpoint that stands in one only."""
    if touchpoint is None:
        return None
    steps: list[Step] = list(touchpoint.steps.select_related("stage")[:2])
    return steps[0].stage if len(steps) == 1 else None


def _rank(
    column: Column, before: Action | None, after: Action | None, moving: Action | None = None
) -> str:
    """A free rank in a locked column. Deleted actions keep theirs, so they count."""
    low, high = _gap(column, before, after, moving)
    made: str = generate_key_between(low, high)
    if len(made) <= CROWDED:
        return made
    _spread(column)
    low, high = _gap(column, before, after, moving)
    made = generate_key_between(low, high)
    return made


def _gap(
    column: Column, before: Action | None, after: Action | None, moving: Action | None
) -> tuple[str | None, str | None]:
    """Ranks around the wanted place; None is the end of the column."""
    rows = column.actions.order_by("rank")
    if moving is not None:
        rows = rows.exclude(pk=moving.pk)
    ranks = rows.values_list("rank", flat=True)
    lower = ranks.filter(pk=after.pk).first() if after is not None else None
    upper = ranks.filter(pk=before.pk).first() if before is not None else None
    if upper is not None:
        return ranks.filter(rank__lt=upper).last(), upper
    if lower is not None:
        return lower, ranks.filter(rank__gt=lower).first()
    return None, ranks.first()


def _spread(column: Column) -> None:
    """Number a crowded column anew, in the same order."""
    rows = list(column.actions.order_by("rank").only("pk", "rank"))
    keys = generate_n_keys_between(None, None, len(rows))
    for row, key in zip(rows, keys, strict=True):
        row.rank = key
    column.actions.model.unscoped.bulk_update(  # unscoped: rows of the locked column
        rows, ["rank"]
    )


def _known(actor: Actor, once_key: str | None) -> Action | None:
    rows: Any = Action.objects.for_actor(actor)
    found: Action | None = rows.filter(once_key=once_key).first() if once_key else None
    return found


def _refuse_unknown(values: Mapping[str, Any]) -> None:
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise TypeError(f"an action has no {', '.join(sorted(unknown))} to set")


def _save_changed(stored: Action, changes: Mapping[str, list[Any]]) -> None:
    for name, (_before, after) in changes.items():
        setattr(stored, name, after)
    check_fields(stored)
    stored.version += 1
    try:
        with transaction.atomic():
            stored.save(update_fields=[*changes, "version", "updated_at"])
    except IntegrityError as error:
        raise _taken() from error


def _save_new(action: Action) -> None:
    try:
        with transaction.atomic():
            action.save()
    except IntegrityError as error:
        raise _taken() from error


def _taken() -> DomainError:
    message = _("Another action of this program has this external id.")
    return DomainError("external_id_taken", message, status=409, details={"external_id": message})


def _words(changes: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """Changes as a history reads them: a person by name, not by number."""
    return {name: [_word(before), _word(after)] for name, (before, after) in changes.items()}


def _word(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int) else str(value)


def _tell_owner(actor: Actor, action: Action) -> None:
    if action.owner is not None:
        _notify(actor, action, action.owner, "action_assigned")


def _tell_watchers(actor: Actor, action: Action) -> None:
    for member in action.watchers.all():
        if member.pk != action.owner_id:
            _notify(actor, action, member, "action_moved", column=str(action.column))


def _notify(actor: Actor, action: Action, member: Membership, kind: str, **more: str) -> None:
    notify(
        actor=actor,
        membership=member,
        kind=kind,
        params={"title": action.title[:_SHORT_TITLE], "who": actor.label, **more},
        url=actor.url("journeys:action-detail", action.pk),
    )
