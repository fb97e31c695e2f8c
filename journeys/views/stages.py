"""Stages: added, renamed, moved and deleted on the map; a stage's page with what is behind it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.errors import DomainError
from cxportal.core.policies import may
from cxportal.core.queries.paging import keyset_page
from cxportal.core.views.base import PortalView, get_or_404
from journeys.calc.stages import Part
from journeys.forms.journeys import PlaceForm, QuickNameForm, StageForm
from journeys.models import Stage
from journeys.queries.actions import actions_open
from journeys.queries.answers import answers_shown, responses_behind, with_comments_only
from journeys.queries.journeys import stages_listed
from journeys.queries.review import ReviewStage, ReviewTouchpoint, reviews_of
from journeys.queries.stage_scores import DIGITS
from journeys.services.stages import stage_add, stage_delete, stage_move, stage_update
from journeys.views.journeys import PanelFormPage, journey_found
from journeys.views.maps import MapCommand, map_answer
from journeys.views.review import review_context
from journeys.views.voice_map import voice_here
from surveys.models import Metric
from surveys.queries.scores import ShownScore

ANSWERS = 20
ACTIONS = 10


def stage_found(view: PortalView, pk: int) -> Stage:
    """A stage of the program, else 404."""
    found: Stage = get_or_404(stages_listed(view.actor), pk=pk)
    return found


class StageAddView(MapCommand):
    """The one-line form at the end of the map: a name and Enter."""

    def command(self, pk: int) -> HttpResponse:
        journey = journey_found(self, pk)
        form = QuickNameForm(self.request.POST, actor=self.actor)
        if not form.is_valid():
            raise DomainError("invalid", _("Give the stage a name of at most 200 letters."))
        name = {self.actor.language: form.cleaned_data["name"]}
        stage = stage_add(actor=self.actor, journey=journey, name=name)
        said = _("The stage “%(name)s” is there.") % {"name": str(stage)}
        self.say(said, undo=self.undo_url(journey))
        return map_answer(self, journey)


class StageEditView(PanelFormPage):
    """Name per language, target, owner and team of a stage."""

    permission = "journeys.change_journeys"
    form_class = StageForm
    title = gettext_lazy("Edit stage")

    def form_kwargs(self) -> dict[str, Any]:
        stage = stage_found(self, self.kwargs["pk"])
        names = ("name", "description", "target", "owner", "team", "version")
        return {**super().form_kwargs(), "initial": {name: getattr(stage, name) for name in names}}

    def save(self, form: Any) -> HttpResponse:
        stage = stage_found(self, self.kwargs["pk"])
        stage_update(actor=self.actor, stage=stage, **form.cleaned_data)
        self.say(_("The stage is saved."))
        return self.redirect("journeys:journey-detail", stage.journey_id)

    def extra(self) -> dict[str, Any]:
        stage = stage_found(self, self.kwargs["pk"])
        return {"cancel_url": self.actor.url("journeys:journey-detail", stage.journey_id)}


class StageMoveView(MapCommand):
    """Put a stage at another place of its journey."""

    def command(self, pk: int) -> HttpResponse:
        stage = stage_found(self, pk)
        form = PlaceForm(self.request.POST, actor=self.actor)
        if not form.is_valid() or form.stage_pk is not None:
            raise DomainError("invalid", _("Say where to: a place in this journey."))
        stage_move(actor=self.actor, stage=stage, position=form.position)
        words = {"name": str(stage), "place": form.position + 1}
        self.say(_("“%(name)s” is stage %(place)d now.") % words, undo=self.undo_url(stage.journey))
        return map_answer(self, stage.journey)


class StageDeleteView(MapCommand):
    """Delete a stage after it was asked for; its touchpoints stay in the library."""

    def command(self, pk: int) -> HttpResponse:
        stage = stage_found(self, pk)
        name = str(stage)
        stage_delete(actor=self.actor, stage=stage)
        said = _("The stage “%(name)s” is deleted.") % {"name": name}
        self.say(said, undo=self.undo_url(stage.journey))
        return self.redirect("journeys:journey-detail", stage.journey_id)


class StageDetailView(PortalView):
    """A stage's score: how it comes about, and the answers behind it."""

    permission = "journeys.view_journeys"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        stage = stage_found(self, pk)
        choice = review_context(self)
        period, dimension = choice["choice"].period, choice["choice"].dimension
        review = reviews_of(
            actor=self.actor, journeys=[stage.journey], period=period, dimension=dimension
        )[0]
        entry = next(entry for entry in review.stages if entry.row.stage.pk == stage.pk)
        metrics = metrics_of(entry, request.GET.get("touchpoint", ""))
        context = {
            **choice,
            "stage": stage,
            "entry": entry,
            "review": review,
            "parts": _parts(entry),
            "shown_touchpoint": request.GET.get("touchpoint", ""),
            "actions": actions_open(self.actor).filter(stage=stage).order_by("due", "pk")[:ACTIONS],
            "may_change": may(self.actor, "journeys.change_journeys", stage),
            "may_create": may(self.actor, "journeys.create_actions"),
            "may_write_insights": may(self.actor, "journeys.change_insights"),
            "opportunity_query": _known_of(entry, request.GET.get("touchpoint", "")),
            "voice": self.voice(entry),
            **self.answers(metrics, choice["choice"]),
        }
        return self.render("journeys/stage_detail.html", context)

    def voice(self, entry: ReviewStage) -> dict[str, Any] | None:
        """What customers say at the stage's touchpoints."""
        if not may(self.actor, "surveys.view_comments"):
            return None
        return voice_here(self.actor, [point.row.touchpoint.pk for point in entry.touchpoints])

    def answers(self, metrics: list[Metric], choice: Any) -> dict[str, Any]:
        """One page of the answers, newest first; nothing for who may not read answers."""
        if not may(self.actor, "surveys.view_responses"):
            return {"may_read": False}
        ids = [metric.pk for metric in metrics]
        rows = responses_behind(self.actor, ids, choice.period, choice.dimension)
        only = self.request.GET.get("comments", "") == "true"
        page = keyset_page(
            with_comments_only(self.actor, rows) if only else rows,
            ordering="-completed_at",
            cursor=self.request.GET.get("cursor", ""),
            size=ANSWERS,
        )
        return {
            "may_read": True,
            "page": page,
            "comments_only": only,
            "answers": answers_shown(self.actor, page.rows, ids),
        }


def _known_of(entry: ReviewStage, touchpoint: str) -> str:
    """What an opportunity here begins with: place, importance and how well it is met, 0–10."""
    shown: Any = next(
        (p for p in entry.touchpoints if str(p.row.touchpoint.pk) == touchpoint), entry
    )
    known: dict[str, Any] = {"stage": entry.row.stage.pk}
    if shown is not entry:
        known["touchpoint"] = touchpoint
    if shown.importance is not None:
        known["importance"] = f"{shown.importance:.1f}"
    if shown.row.roll_up.value is not None:
        known["satisfaction"] = f"{shown.row.roll_up.value / 10:.1f}"
    return urlencode(known)


@dataclass(frozen=True)
class MetricFigure:
    """A metric's part of a touchpoint's score."""

    metric: Metric
    weight: float
    share: float
    shown: ShownScore


def _parts(entry: ReviewStage) -> list[tuple[ReviewTouchpoint, Part, list[MetricFigure]]]:
    """Each touchpoint with its weight in the stage, and its metrics with theirs."""
    return [
        (point, part, _figures(point))
        for point, part in zip(entry.touchpoints, entry.row.roll_up.parts, strict=True)
    ]


def _figures(point: ReviewTouchpoint) -> list[MetricFigure]:
    roll = point.row.roll_up
    return [
        MetricFigure(
            metric=metric,
            weight=part.weight,
            share=part.share,
            shown=ShownScore(
                value=part.value,
                margin=None,
                n=part.n,
                hidden=part.value is None,
                minimum=metric.min_n or roll.min_n,
                unit="",
                digits=DIGITS,
            ),
        )
        for metric, part in zip(point.row.metrics, roll.parts, strict=True)
    ]


def metrics_of(entry: ReviewStage, touchpoint: str) -> list[Metric]:
    """Metrics of a stage, or of the one touchpoint whose id is given, each once."""
    found = {
        metric.pk: metric
        for point in entry.touchpoints
        if not touchpoint or str(point.row.touchpoint.pk) == touchpoint
        for metric in point.row.metrics
    }
    return list(found.values())
