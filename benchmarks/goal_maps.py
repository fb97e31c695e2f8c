"""Journey maps: opening a map of 60 steps × 12 lanes and saving a card, beside a bare view."""

import time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client, override_settings
from django.urls import path

from benchmarks.goal_map_script import measure_map_script
from benchmarks.line import Line, ratio
from benchmarks.world import World, make_world
from cxportal import urls as portal
from cxportal.core.models import Membership, User
from journeys.models import Card, Journey, Lane
from journeys.services.journeys import journey_create
from journeys.services.map_documents import map_fill
from journeys.templates_library.shape import alone, document_of, stage, template

STEPS, STAGES = 60, 6
LANES = (
    "goal", "doing", "thinking", "factor", "pain", "gain", "quote", "onstage", "backstage",
    "support", "evidence", "opportunity",
)  # fmt: skip
ROUNDS = {"ci": 7, "small": 15, "full": 31}
_BARE = (
    "<table>{% for row in rows %}<tr>{% for value in row %}<td>{{ value }}</td>{% endfor %}</tr>"
    "{% endfor %}</table>"
)
HTMX = {"HX-Request": "true"}


def bare(request: HttpRequest, program: str, pk: int) -> HttpResponse:
    """As many rows from one query, each value in one plain cell, behind the same middlewares."""
    rows = Card.objects.for_actor(request.actor).filter(  # type: ignore[attr-defined]
        lane__journey_id=pk
    )
    values = rows.values_list("pk", "lane_id", "step_id", "title", "emotion", "severity", "version")
    html = engines["django"].from_string(_BARE).render({"rows": values})
    return HttpResponse(html)


urlpatterns = [path("p/<slug:program>/bench/map/<int:pk>/", bare), *portal.urlpatterns]


def measure_maps(size: str) -> list[Line]:
    """Opening the map and saving one card beside the bare view; then its scripts."""
    world = make_world("bench-maps")
    journey = _journey(world)
    user = User.objects.create_user("maps@bench.example", name="Maps", language="en")
    Membership.unscoped.create(program=world.actor.program, user=user, role="designer")
    client = Client()
    client.force_login(user, backend="cxportal.core.auth.ActiveUserBackend")
    base = f"/p/{world.actor.program.slug}"
    card = Card.unscoped.filter(lane__journey=journey).order_by("pk")[0]
    times: dict[str, list[float]] = {"bare": [], "page": [], "edit": []}
    with override_settings(ROOT_URLCONF="benchmarks.goal_maps"):
        for number in range(ROUNDS[size] + 2):
            values = {"title": f"Word {number}", "version": card.version, "emotion": "2"}
            seconds = {
                "bare": _seconds(client.get, f"{base}/bench/map/{journey.pk}/"),
                "page": _seconds(client.get, f"{base}/journeys/{journey.pk}/"),
                "edit": _seconds(
                    client.post, f"{base}/journeys/cards/{card.pk}/row/", values, headers=HTMX
                ),
            }
            card.refresh_from_db()
            if number > 1:  # the first two warm up
                for name, one in seconds.items():
                    times[name].append(one)
    script = measure_map_script(client, f"{base}/journeys/{journey.pk}/", size)
    return [
        ratio("14", "map/bare", times["page"], times["bare"], 6.0, unit="s", at_most=True),
        ratio("14", "edit/bare", times["edit"], times["bare"], 3.0, unit="s", at_most=True),
        *script,
    ]


def _journey(world: World) -> Journey:
    """60 steps × 12 lanes, a card in every cell."""
    names: Any = [("Card of a cell", "칸의 카드")]
    spec = template(
        ("Large", "큰 지도"),
        LANES,
        *(
            stage(
                f"s{number}",
                (f"Stage {number}", f"단계 {number}"),
                ("", ""),
                *(
                    alone(
                        (f"Step {number}.{n}", f"걸음 {number}.{n}"), **dict.fromkeys(LANES, names)
                    )
                    for n in range(STEPS // STAGES)
                ),
            )
            for number in range(STAGES)
        ),
    )
    journey = journey_create(actor=world.actor, name="Large")
    Lane.unscoped.filter(journey=journey).delete()
    map_fill(world.actor, journey, document_of(spec, "bench"))
    return journey


def _seconds(call: Any, *args: Any, **kwargs: Any) -> float:
    started = time.perf_counter()
    answer = call(*args, **kwargs)
    taken = time.perf_counter() - started
    if answer.status_code != 200:
        raise RuntimeError(f"{args[0]} answered {answer.status_code}")
    return taken
