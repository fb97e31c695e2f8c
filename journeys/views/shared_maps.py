"""A map behind a share link, and as a PDF that is mailed: read-only, without addresses inside."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import Shared, text_in
from cxportal.core.pdf import Document
from cxportal.core.registry import Shareable, SharedPage
from cxportal.core.views.base import get_or_404
from journeys.models import Journey
from journeys.queries.map_compare import Words
from journeys.queries.maps import JourneyMap, LaneRow, map_of
from journeys.services.map_documents import map_document

KIND = "journeys.map"
SCORES = "scores"


def _journey(actor: Actor, object_id: int | None) -> Journey:
    rows: Any = Journey.objects.for_actor(actor)
    found: Journey = get_or_404(rows.select_related("program", "persona"), pk=object_id or 0)
    return found


def _check(actor: Actor, object_id: int | None) -> None:
    rows: Any = Journey.objects.for_actor(actor)
    if not object_id or not rows.filter(pk=object_id).exists():
        raise DomainError("not_found", _("There is no such journey."), status=404)


def _rows(shown: JourneyMap, shared: Shared) -> list[LaneRow]:
    hidden = set() if SCORES in shared.content else {"metric", "work"}
    return [row for row in shown.rows if row.lane.kind not in hidden]


def _page(actor: Actor, shared: Shared, query: Any) -> SharedPage:
    shown = map_of(actor, _journey(actor, shared.object_id))
    context = {"map": shown, "journey": shown.journey, "rows": _rows(shown, shared)}
    return SharedPage("journeys/shared_map.html", context)


def _document(actor: Actor, shared: Shared) -> Document:
    """Stage by stage: its steps, and what each lane says."""
    journey = _journey(actor, shared.object_id)
    document = Document(
        shared.title,
        program=text_in(actor.program.name),
        made_at=timezone.now().astimezone(actor.program.zone),
        state=f"{text_in(journey.name)} · {journey.get_kind_display()}",
        language=shared.language,
    )
    whole, words = map_document(actor, journey), Words.of(actor)
    lanes = {lane["key"]: words.name(lane["name"] or lane["kind"]) for lane in whole["lanes"]}
    for number, stage in enumerate(whole["stages"], start=1):
        document.heading(f"{number}. {text_in(stage['name'])}")
        steps = {step["key"]: step for step in stage["steps"]}
        names = [words.name(step["name"] or step["touchpoint"]) for step in steps.values()]
        rows = [(_("Steps"), " · ".join(names))]
        for key, label in lanes.items():
            said = [
                text_in(card["title"])
                for card in whole["cards"]
                if card["lane"] == key and card["step"] in steps
            ]
            if said:
                rows.append((label, "\n".join(said)))
        document.table((_("Lane"), _("What it says")), rows, widths=(0.28, 0.72))
    return document


SHARED_MAP = Shareable(
    label=gettext_lazy("Journey map"),
    permission="journeys.view_journeys",
    check=_check,
    page=_page,
    document=_document,
    content=((SCORES, gettext_lazy("Scores and work under way")),),
)
