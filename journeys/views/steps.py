"""Steps of the map: placed, named, moved, taken off, and the feelings at them."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.errors import DomainError
from cxportal.core.views.base import PortalView, get_or_404
from journeys.forms.journeys import PlaceForm, QuickNameForm
from journeys.forms.maps import EmotionForm, StepForm
from journeys.models import Stage, Step
from journeys.queries.journeys import steps_listed, touchpoint_named
from journeys.services.emotions import emotion_set
from journeys.services.steps import step_add, step_move, step_remove, step_update
from journeys.services.touchpoints import touchpoint_create
from journeys.views.journeys import PanelFormPage, journey_found
from journeys.views.maps import MapCommand, grid_context, map_answer
from journeys.views.stages import stage_found


class StepAddView(MapCommand):
    """The one-line form under a stage: a touchpoint by its name, else a new one.

    With `alone` it is a step that the customer does without us.
    """

    def command(self, pk: int) -> HttpResponse:
        stage = stage_found(self, pk)
        form = QuickNameForm(self.request.POST, actor=self.actor)
        if not form.is_valid():
            raise DomainError("invalid", _("Give the touchpoint a name of at most 200 letters."))
        name = form.cleaned_data["name"]
        texts = {self.actor.language: name}
        if self.request.POST.get("alone"):
            step = step_add(actor=self.actor, stage=stage, name=texts)
        else:
            touchpoint = touchpoint_named(self.actor, name) or touchpoint_create(
                actor=self.actor, name=texts
            )
            step = step_add(actor=self.actor, stage=stage, touchpoint=touchpoint)
        words = {"name": str(step), "stage": str(stage)}
        self.say(_("“%(name)s” is in “%(stage)s”.") % words, undo=self.undo_url(stage.journey))
        return map_answer(self, stage.journey)


def step_found(view: PortalView, pk: int) -> Step:
    """A step of the program, else 404."""
    found: Step = get_or_404(steps_listed(view.actor), pk=pk)
    return found


class StepMoveView(MapCommand):
    """Move a card within its stage or to another stage of the same journey."""

    def command(self, pk: int) -> HttpResponse:
        step = step_found(self, pk)
        form = PlaceForm(self.request.POST, actor=self.actor)
        if not form.is_valid():
            raise DomainError("invalid", _("Say where to: a stage of this journey."))
        stage = self._stage(step, form.stage_pk)
        step_move(actor=self.actor, step=step, position=form.position, stage=stage)
        words = {
            "name": str(step),
            "stage": str(stage),
            "place": form.position + 1,
        }
        said = _("“%(name)s” is in “%(stage)s”, place %(place)d.") % words
        self.say(said, undo=self.undo_url(stage.journey))
        return map_answer(self, stage.journey)

    def _stage(self, step: Step, pk: int | None) -> Stage:
        if pk is None or pk == step.stage_id:
            return step.stage
        rows: Any = Stage.objects.for_actor(self.actor)
        rows = rows.filter(journey_id=step.stage.journey_id).select_related("journey__program")
        found: Stage = get_or_404(rows, pk=pk)
        return found


class StepRemoveView(MapCommand):
    """Take a step with its cards off the map; the message offers to put both back."""

    def command(self, pk: int) -> HttpResponse:
        step = step_found(self, pk)
        stage, name = step.stage, str(step)
        step_remove(actor=self.actor, step=step)
        words = {"name": name, "stage": str(stage)}
        said = _("“%(name)s” is no longer in “%(stage)s”.") % words
        self.say(said, undo=self.undo_url(stage.journey))
        return map_answer(self, stage.journey)


class StepEditView(PanelFormPage):
    """A step's name and touchpoint; moved and taken off from the same place."""

    permission = "journeys.change_journeys"
    form_class = StepForm
    panel = "journeys/_step_panel.html"
    template = "journeys/step.html"
    title = gettext_lazy("Edit step")

    def form_kwargs(self) -> dict[str, Any]:
        step = step_found(self, self.kwargs["pk"])
        names = ("name", "touchpoint", "version")
        return {**super().form_kwargs(), "initial": {name: getattr(step, name) for name in names}}

    def save(self, form: Any) -> HttpResponse:
        step = step_found(self, self.kwargs["pk"])
        step_update(actor=self.actor, step=step, **form.cleaned_data)
        self.say(_("The step is saved."))
        return self.redirect("journeys:journey-detail", step.stage.journey_id)

    def extra(self) -> dict[str, Any]:
        step = step_found(self, self.kwargs["pk"])
        stages = list(step.stage.journey.stages.order_by("position", "pk"))
        return {
            "step": step,
            "stages": stages,
            "siblings": list(step.stage.steps.order_by("position", "pk")),
            "cancel_url": self.actor.url("journeys:journey-detail", step.stage.journey_id),
        }


class EmotionSetView(MapCommand):
    """Set a persona's feeling at a step; the answer is the curve with its numbers."""

    def command(self, pk: int) -> HttpResponse:
        step = step_found(self, pk)
        data = self.request.POST.copy()
        if data.get("persona") == "0":
            data["persona"] = ""
        form = EmotionForm(data, actor=self.actor)
        if not form.is_valid():
            raise DomainError("invalid", _("An emotion lies between −5 and 5."))
        emotion_set(actor=self.actor, step=step, **form.cleaned_data)
        journey = journey_found(self, step.stage.journey_id)
        self.say(_("The feeling is saved."), undo=self.undo_url(journey))
        if not self.request.htmx:
            return self.redirect("journeys:journey-detail", journey.pk)
        return self.render("journeys/_map_emotions_answer.html", grid_context(self, journey))
