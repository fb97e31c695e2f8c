"""Dashboards: made, arranged, shared with everybody or kept to oneself."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, expect_version, lock, save_version
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models.base import TenantQuerySet
from cxportal.core.policies import authorise, may
from surveys.calc.widgets import MOST_WIDGETS, WITH_OBJECT, checked_widget, moved
from surveys.models import Dashboard, Metric, OperationalMetric


def dashboards_visible(actor: Actor) -> TenantQuerySet[Dashboard]:
    """Dashboards shared with everybody, and the actor's own."""
    mine = Q(is_shared=True)
    if actor.user is not None:
        mine |= Q(owner=actor.user)
    rows: TenantQuerySet[Dashboard] = Dashboard.objects.for_actor(actor).filter(mine)
    return rows


def may_arrange(actor: Actor, dashboard: Dashboard) -> bool:
    """Its owner, and for shared ones whoever may share reports."""
    own = actor.user is not None and dashboard.owner_id == actor.user.pk
    return own or (dashboard.is_shared and may(actor, "core.change_shares"))


@transaction.atomic
def dashboard_create(
    *, actor: Actor, name: str, widgets: Any = (), is_shared: bool = False
) -> Dashboard:
    """Make a dashboard; to share it takes core.change_shares. Raises DomainError "invalid"."""
    authorise(actor, "surveys.make_dashboards")
    if is_shared or actor.user is None:
        authorise(actor, "core.change_shares")
    dashboard = Dashboard(
        program=actor.program,
        name=_checked_name(name),
        widgets=_checked(actor, widgets),
        is_shared=is_shared or actor.user is None,
        owner=actor.user,
    )
    dashboard.save()
    audit(actor=actor, action="dashboard.create", obj=dashboard)
    return dashboard


@transaction.atomic
def dashboard_update(
    *, actor: Actor, dashboard: Dashboard, version: int | None = None, **values: Any
) -> Dashboard:
    """Change name, widgets or whether it is shared. Raises StaleEdit, Denied, DomainError."""
    _authorise(actor, dashboard)
    if set(values) - {"name", "widgets", "is_shared"}:
        raise TypeError(f"a dashboard has no {sorted(values)}")
    if values.get("is_shared") and not dashboard.is_shared:
        authorise(actor, "core.change_shares")
    dashboard = lock(dashboard)
    expect_version(dashboard, version, shown=("name",))
    if "name" in values:
        values["name"] = _checked_name(values["name"])
    if "widgets" in values:
        values["widgets"] = _checked(actor, values["widgets"])
    changes = save_version(dashboard, values)
    if changes:
        told = {name: change for name, change in changes.items() if name != "widgets"}
        audit(actor=actor, action="dashboard.update", obj=dashboard, changes=told)
    return dashboard


def widget_add(*, actor: Actor, dashboard: Dashboard, widget: Mapping[str, Any]) -> Dashboard:
    """Put one more widget at the end."""
    widgets = [*dashboard.widgets, dict(widget)]
    return dashboard_update(actor=actor, dashboard=dashboard, widgets=widgets)


def widget_move(*, actor: Actor, dashboard: Dashboard, place: int, to: int) -> Dashboard:
    """Move a widget to another place of the order."""
    return dashboard_update(
        actor=actor,
        dashboard=dashboard,
        widgets=moved(dashboard.widgets, _place(dashboard, place), to),
    )


def widget_remove(*, actor: Actor, dashboard: Dashboard, place: int) -> Dashboard:
    """Take a widget off."""
    kept = [w for i, w in enumerate(dashboard.widgets) if i != _place(dashboard, place)]
    return dashboard_update(actor=actor, dashboard=dashboard, widgets=kept)


def _place(dashboard: Dashboard, place: int) -> int:
    if not 0 <= place < len(dashboard.widgets):
        raise DomainError("not_found", _("This widget is gone."), status=404)
    return place


@transaction.atomic
def dashboard_delete(*, actor: Actor, dashboard: Dashboard) -> None:
    """Forget a dashboard; what it showed stays."""
    _authorise(actor, dashboard)
    audit(actor=actor, action="dashboard.delete", obj=dashboard)
    dashboard.delete()


def _authorise(actor: Actor, dashboard: Dashboard) -> None:
    authorise(actor, "surveys.make_dashboards", dashboard)
    if not may_arrange(actor, dashboard):
        raise Denied("core.change_shares")


def _checked_name(name: str) -> str:
    if not name.strip():
        sentence = _("Give the dashboard a name.")
        raise DomainError("invalid", sentence, details={"name": sentence})
    return name.strip()[:120]


def _checked(actor: Actor, given: Any) -> list[dict[str, Any]]:
    """Clean widgets whose objects are the actor's."""
    fault = _("This widget cannot be shown. Look at its %(field)s.")
    try:
        widgets = [checked_widget(widget) for widget in given]
    except (ValueError, AttributeError, TypeError) as error:
        sentence = fault % {"field": error}
        raise DomainError("bad_widget", sentence, details={"widgets": sentence}) from error
    models = {"metric": Metric, "groups": Metric, "operational": OperationalMetric}
    for kind in WITH_OBJECT:
        wanted = {w["id"] for w in widgets if w["kind"] == kind}
        known = models[kind].objects.for_actor(actor).filter(pk__in=wanted).count()
        if known < len(wanted):
            sentence = fault % {"field": "id"}
            raise DomainError("bad_widget", sentence, details={"widgets": sentence})
    if len(widgets) > MOST_WIDGETS:
        sentence = _("A dashboard holds at most %(most)d widgets.") % {"most": MOST_WIDGETS}
        raise DomainError("bad_widget", sentence, details={"widgets": sentence})
    return widgets
