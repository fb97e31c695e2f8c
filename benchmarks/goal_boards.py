"""A board of 1,000 actions and a case list of 100,000, each beside a bare view of its rows."""

import time
from datetime import timedelta
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client, override_settings
from django.urls import path
from django.utils import timezone

from benchmarks.line import Line, ratio
from benchmarks.world import World, make_world
from cxportal import urls as portal
from cxportal.core.models import Membership, User
from journeys.models import Action, Board, Case
from journeys.queries.boards import CARDS
from journeys.services.boards import board_default

ACTIONS = 1_000
CASES = {"ci": 20_000, "small": 100_000, "full": 100_000}
ROUNDS = {"ci": 9, "small": 15, "full": 31}
MOST = 6.0
_CHUNK = 5_000
_BARE = (
    "<table>{% for row in rows %}<tr>{% for value in row %}<td>{{ value }}</td>{% endfor %}</tr>"
    "{% endfor %}</table>"
)
_ACTION = (
    "pk", "title", "column__name", "owner__user__name", "touchpoint__name", "due", "importance",
    "urgency", "effect", "cost", "entered_column_at", "version", "rank",
)  # fmt: skip
_CASE = (
    "pk", "title", "state", "severity", "owner__user__name", "customer__name", "touchpoint__name",
    "opened_at", "due_at", "contact_due_at", "contacted_at", "version",
)  # fmt: skip


def _table(rows: Any) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(_BARE).render({"rows": rows}))


def bare_actions(request: HttpRequest, program: str, count: int) -> HttpResponse:
    """As many actions as the board shows, from one query, each value in one plain cell."""
    rows: Any = Action.objects.for_actor(request.actor)  # type: ignore[attr-defined]
    return _table(rows.order_by("column", "rank").values_list(*_ACTION)[:count])


def bare_cases(request: HttpRequest, program: str, count: int) -> HttpResponse:
    """As many cases as a page of the list shows."""
    rows: Any = Case.objects.for_actor(request.actor)  # type: ignore[attr-defined]
    return _table(rows.order_by("-opened_at", "-pk").values_list(*_CASE)[:count])


urlpatterns = [
    path("p/<slug:program>/bench/actions/<int:count>/", bare_actions),
    path("p/<slug:program>/bench/cases/<int:count>/", bare_cases),
    *portal.urlpatterns,
]


def measure_boards(size: str) -> list[Line]:
    """Pages and bare views, interleaved."""
    world = make_world("bench-boards")
    user = User.objects.create_user("boards@bench.example", name="Boards", language="en")
    member = Membership.unscoped.create(program=world.actor.program, user=user, role="manager")
    _fill(world, member, CASES[size])
    client = Client()
    client.force_login(user, backend="cxportal.core.auth.ActiveUserBackend")
    base = f"/p/{world.actor.program.slug}"
    with override_settings(ROOT_URLCONF="benchmarks.goal_boards"):
        cards = client.get(f"{base}/actions/").content.decode().count("data-card-link")
        listed = client.get(f"{base}/cases/").content.decode().count('<th scope="row"')
        addresses = {
            "bare board": f"{base}/bench/actions/{cards}/",
            "board": f"{base}/actions/",
            "bare cases": f"{base}/bench/cases/{listed}/",
            "cases": f"{base}/cases/",
        }
        times: dict[str, list[float]] = {name: [] for name in addresses}
        for number in range(ROUNDS[size] + 2):
            for name, address in addresses.items():
                taken = _seconds(client, address)
                if number > 1:  # the first two warm up
                    times[name].append(taken)
    assert cards >= CARDS
    return [
        ratio(
            "15", "board/bare", times["board"], times["bare board"], MOST, unit="s", at_most=True
        ),
        ratio(
            "15", "cases/bare", times["cases"], times["bare cases"], MOST, unit="s", at_most=True
        ),
    ]


def _fill(world: World, member: Membership, cases: int) -> None:
    """1,000 actions over the columns of the board, and the cases."""
    board: Board = board_default(world.actor)
    columns, now = list(board.columns.all()), timezone.now()
    Action.unscoped.bulk_create(
        (
            Action(
                program=world.actor.program,
                board=board,
                column=columns[number % len(columns)],
                rank=f"a{number:05d}",
                title=f"Action number {number}",
                owner=member,
                due=(now + timedelta(days=number % 60 - 20)).date(),
                entered_column_at=now - timedelta(days=number % 90),
            )
            for number in range(ACTIONS)
        ),
        batch_size=_CHUNK,
    )
    Case.unscoped.bulk_create(
        (
            Case(
                program=world.actor.program,
                title=f"Case number {number}",
                owner=member,
                opened_at=now - timedelta(minutes=number),
                opened_by="Bench",
                contact_due_at=now + timedelta(hours=number % 90 - 40),
                due_at=now + timedelta(hours=number % 90),
                entered_state_at=now,
                state="closed" if number % 10 else "new",
                closed_at=now if number % 10 else None,
            )
            for number in range(cases)
        ),
        batch_size=_CHUNK,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _seconds(client: Client, address: str) -> float:
    started = time.perf_counter()
    answer = client.get(address)
    taken = time.perf_counter() - started
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    return taken
