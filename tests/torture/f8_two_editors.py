"""F8: two editors save at once, on board, case and map: one wins, the other is told (409)."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections

from cxportal.core.actors import Actor
from cxportal.core.errors import StaleEdit
from journeys.models import Journey, Step
from journeys.services.action_lanes import action_place
from journeys.services.actions import action_create, action_move, action_update
from journeys.services.boards import board_default
from journeys.services.cards import card_add, card_update
from journeys.services.cases import case_open, case_update
from journeys.services.journeys import journey_create
from tests.torture.line import Line
from tests.torture.people import make_crowd

FAULT = "F8"
RACES = {"ci": 20, "full": 200}
Save = Callable[[str, int], Any]


def run(size: str) -> Line:
    """Every race begins from one version; what is stored in the end is what the winner wrote."""
    races = RACES[size]
    actor, _people = make_crowd("f8", 0)
    subjects = {
        "action": _actions,
        "move": _moves,
        "lane": _lanes,
        "case": _cases,
        "card": _cards,
    }
    figures: dict[str, int] = {"races": 0, "stale_409": 0, "silent_overwrite": 0, "both_lost": 0}
    for make in subjects.values():
        for _number in range(races):
            save, stored = make(actor)
            won, stale = _race(save)
            figures["races"] += 1
            figures["stale_409"] += stale
            figures["silent_overwrite"] += len(won) > 1 or (bool(won) and stored() != won[0])
            figures["both_lost"] += not won
    ok = figures["stale_409"] == figures["races"]
    ok = ok and not figures["silent_overwrite"] and not figures["both_lost"]
    return Line(FAULT, figures, ok)


def _race(save: Save) -> tuple[list[str], int]:
    """Both save what they made of version 1; the words that were taken, and the refusals."""
    start, won, stale = threading.Barrier(2), list[str](), list[int]()

    def edit(word: str) -> None:
        start.wait()
        try:
            save(word, 1)
            won.append(word)
        except StaleEdit as error:
            stale.append(error.status)
        finally:
            connections.close_all()

    editors = [threading.Thread(target=edit, args=(word,)) for word in ("short", "long")]
    for editor in editors:
        editor.start()
    for editor in editors:
        editor.join()
    return won, sum(status == 409 for status in stale)


def _actions(actor: Actor) -> tuple[Save, Callable[[], str]]:
    action = action_create(actor=actor, title="First")

    def stored() -> str:
        action.refresh_from_db()
        return action.title

    def save(word: str, version: int) -> Any:
        return action_update(actor=actor, action=action, title=word, version=version)

    return save, stored


def _moves(actor: Actor) -> tuple[Save, Callable[[], str]]:
    action = action_create(actor=actor, title="First")
    columns = {
        "short": board_default(actor).columns.get(state="ready"),
        "long": board_default(actor).columns.get(state="done"),
    }

    def stored() -> str:
        action.refresh_from_db()
        return next(word for word, column in columns.items() if column.pk == action.column_id)

    def save(word: str, version: int) -> Any:
        return action_move(actor=actor, action=action, column=columns[word], version=version)

    return save, stored


def _lanes(actor: Actor) -> tuple[Save, Callable[[], str]]:
    action = action_create(actor=actor, title="First", horizon="mid")

    def stored() -> str:
        action.refresh_from_db()
        return action.horizon

    def save(word: str, version: int) -> Any:
        return action_place(
            actor=actor,
            action=action,
            column=action.column,
            lane=("horizon", word),
            version=version,
        )

    return save, stored


def _cases(actor: Actor) -> tuple[Save, Callable[[], str]]:
    case = case_open(actor=actor, title="First")

    def stored() -> str:
        case.refresh_from_db()
        return case.title

    def save(word: str, version: int) -> Any:
        return case_update(actor=actor, case=case, title=word, version=version)

    return save, stored


def _cards(actor: Actor) -> tuple[Save, Callable[[], str]]:
    card = _card(actor)

    def stored() -> str:
        card.refresh_from_db()
        return str(card.title["en"])

    def save(word: str, version: int) -> Any:
        return card_update(actor=actor, card=card, title={"en": word}, version=version)

    return save, stored


def _card(actor: Actor) -> Any:
    rows: Any = Journey.objects.for_actor(actor)
    journey = rows.first() or journey_create(actor=actor, name="Map", template="retail")
    lane = journey.lanes.get(kind="pain")
    step = Step.objects.for_actor(actor).filter(stage__journey=journey).first()
    assert step is not None
    return card_add(actor=actor, lane=lane, step=step, title={"en": "First"})
