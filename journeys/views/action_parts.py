"""Parts of an action: watched, roles, checklist, what it waits for, pilot; templates; links."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.policies import authorise, may
from cxportal.core.views.base import CommandView, FormPage, PortalView, get_or_404
from journeys.forms.action_parts import ChecklistForm, PilotForm, RolesForm, TemplateForm
from journeys.models import Action, ActionRole, ActionTemplate, BoardLink, ChecklistItem
from journeys.queries.actions import actions_live
from journeys.services.action_bulk import action_move_undo
from journeys.services.action_parts import (
    action_block,
    action_pilot_set,
    action_roles_set,
    action_watch,
    checklist_add,
    checklist_remove,
    checklist_tick,
)
from journeys.services.action_templates import template_delete, template_save, template_use
from journeys.services.board_links import board_link_create, board_link_revoke


def _action(view: PortalView, pk: Any) -> Action:
    found: Action = get_or_404(actions_live(view.actor), pk=pk)
    return found


class ActionCommand(CommandView):
    """A button on an action's page."""

    permission = "journeys.change_actions"

    def done(self, action: Action, text: str = "") -> HttpResponse:
        """Back to the page, perhaps with a message."""
        if text:
            self.say(text)
        return self.redirect("journeys:action-detail", action.pk)


class ActionWatchView(ActionCommand):
    """Be told of what happens to it, or no longer."""

    permission = "journeys.view_boards"

    def command(self, pk: int) -> HttpResponse:
        action, on = _action(self, pk), self.request.POST.get("on") == "1"
        action_watch(actor=self.actor, action=action, on=on)
        return self.done(action, _("You are watching it.") if on else _("You are no longer told."))


class ActionUndoMoveView(ActionCommand):
    """Take the last move back."""

    def command(self, pk: int) -> HttpResponse:
        action = action_move_undo(actor=self.actor, action=_action(self, pk))
        words = {"title": action.title, "column": str(action.column)}
        self.say(_("“%(title)s” is back in “%(column)s”.") % words)
        return self.redirect("journeys:board-detail", action.board_id)


class ChecklistAddView(ActionCommand):
    """Add a step."""

    def command(self, pk: int) -> HttpResponse:
        action, form = _action(self, pk), ChecklistForm(self.request.POST, actor=self.actor)
        if form.is_valid():
            checklist_add(actor=self.actor, action=action, text=form.cleaned_data["text"])
        return self.done(action)


class ChecklistItemView(ActionCommand):
    """Tick a step off, open it again, or remove it."""

    def command(self, pk: int) -> HttpResponse:
        rows: Any = ChecklistItem.objects.for_actor(self.actor)
        item = get_or_404(rows.select_related("action"), pk=pk)
        if self.request.POST.get("act") == "remove":
            checklist_remove(actor=self.actor, item=item)
        else:
            checklist_tick(actor=self.actor, item=item, done=self.request.POST.get("done") == "1")
        return self.done(item.action)


class ActionBlockView(ActionCommand):
    """Say that it waits for another action, by number, or no longer."""

    def command(self, pk: int) -> HttpResponse:
        action = _action(self, pk)
        by = _action(self, self.request.POST.get("by", "").strip().lstrip("#"))
        on = self.request.POST.get("on", "1") == "1"
        action_block(actor=self.actor, action=action, by=by, on=on)
        return self.done(action)


class ActionRolesView(FormPage):
    """Who has which role."""

    permission = "journeys.change_actions"
    form_class: Any = RolesForm
    title = gettext_lazy("Roles (RACI)")

    def form_kwargs(self) -> dict[str, Any]:
        action = _action(self, self.kwargs["pk"])
        authorise(self.actor, self.permission, action)
        return {**super().form_kwargs(), "action": action}

    def save(self, form: Any) -> HttpResponse:
        action = _action(self, self.kwargs["pk"])
        roles = {role: form.cleaned_data[role] for role in ActionRole.Role.values}
        action_roles_set(actor=self.actor, action=action, roles=roles)
        self.say(_("The roles are saved."))
        return self.redirect("journeys:action-detail", action.pk)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:action-detail", self.kwargs["pk"])}


class ActionPilotView(FormPage):
    """Where it is tried, and with whom that is compared."""

    permission = "journeys.change_actions"
    form_class: Any = PilotForm
    title = gettext_lazy("Pilot and comparison")

    def form_kwargs(self) -> dict[str, Any]:
        action = _action(self, self.kwargs["pk"])
        authorise(self.actor, self.permission, action)
        initial = {name: getattr(action, name) for name in ("pilot", "comparison", "version")}
        return {**super().form_kwargs(), "initial": initial}

    def save(self, form: Any) -> HttpResponse:
        action = _action(self, self.kwargs["pk"])
        action_pilot_set(actor=self.actor, action=action, **form.cleaned_data)
        self.say(_("The pilot is saved."))
        return self.redirect("journeys:action-detail", action.pk)

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:action-detail", self.kwargs["pk"])}


class TemplateListView(PortalView):
    """Templates of actions, used by hand or by the calendar."""

    permission = "journeys.view_boards"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows: Any = ActionTemplate.objects.for_actor(self.actor)
        context = {
            "templates": rows.select_related("board", "owner__user"),
            "may_change": may(self.actor, "journeys.change_boards"),
            "may_create": may(self.actor, "journeys.create_actions"),
        }
        return self.render("journeys/action_templates.html", context)


def _template(view: PortalView, pk: int) -> ActionTemplate:
    rows: Any = ActionTemplate.objects.for_actor(view.actor)
    found: ActionTemplate = get_or_404(rows.select_related("board", "owner__user"), pk=pk)
    return found


class TemplateCreateView(FormPage):
    """A new template."""

    permission = "journeys.change_boards"
    form_class: Any = TemplateForm
    title = gettext_lazy("New template")

    def save(self, form: Any) -> HttpResponse:
        values = {k: v for k, v in form.cleaned_data.items() if k != "version"}
        template_save(actor=self.actor, **values)
        self.say(_("The template is saved."))
        return self.redirect("journeys:template-list")

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:template-list")}


class TemplateEditView(TemplateCreateView):
    """Change a template."""

    title = gettext_lazy("Edit template")

    def form_kwargs(self) -> dict[str, Any]:
        template = _template(self, self.kwargs["pk"])
        names = [name for name in TemplateForm.base_fields if name != "checklist"]
        initial = {name: getattr(template, name) for name in names}
        initial |= {"name": template.name, "checklist": "\n".join(template.checklist)}
        return {**super().form_kwargs(), "initial": initial}

    def save(self, form: Any) -> HttpResponse:
        template = _template(self, self.kwargs["pk"])
        template_save(actor=self.actor, template=template, **form.cleaned_data)
        self.say(_("The template is saved."))
        return self.redirect("journeys:template-list")


class TemplateUseView(CommandView):
    """Log its action now."""

    permission = "journeys.create_actions"

    def command(self, pk: int) -> HttpResponse:
        action = template_use(actor=self.actor, template=_template(self, pk))
        self.say(_("The action is logged."))
        return self.redirect("journeys:action-detail", action.pk)


class TemplateDeleteView(CommandView):
    """Forget a template."""

    permission = "journeys.change_boards"

    def command(self, pk: int) -> HttpResponse:
        template_delete(actor=self.actor, template=_template(self, pk))
        self.say(_("The template is deleted."))
        return self.redirect("journeys:template-list")


class BoardLinkListView(PortalView):
    """One's own secret addresses; POST makes one, shown this once."""

    permission = "journeys.view_boards"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._shown("", "")

    def post(self, request: HttpRequest) -> HttpResponse:
        kind = request.POST.get("kind", "")
        _link, token = board_link_create(actor=self.actor, kind=kind)
        ending = ".ics" if kind == BoardLink.Kind.CALENDAR else "/"
        path = f"/{kind}/{token}{ending}"
        return self._shown(kind, request.build_absolute_uri(path))

    def _shown(self, kind: str, address: str) -> HttpResponse:
        rows: Any = BoardLink.objects.for_actor(self.actor)
        mine = rows.filter(membership=self.actor.membership, revoked_at=None)
        context = {
            "links": mine,
            "kinds": BoardLink.Kind.choices,
            "kind": kind,
            "address": address,
        }
        return self.render("journeys/board_links.html", context)


class BoardLinkRevokeView(CommandView):
    """End one's own link."""

    permission = "journeys.view_boards"

    def command(self, pk: int) -> HttpResponse:
        rows: Any = BoardLink.objects.for_actor(self.actor)
        link = get_or_404(rows.filter(membership=self.actor.membership), pk=pk)
        board_link_revoke(actor=self.actor, link=link)
        self.say(_("The link leads nowhere from now on."))
        return self.redirect("journeys:board-links")
