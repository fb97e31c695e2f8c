"""Which pages a reader may open."""

from django.urls import resolve

from cxportal.core.actors import Actor
from cxportal.core.policies import may


def may_open(actor: Actor, url: str) -> bool:
    """Whether the page at this address says by its permission that the actor may see it."""
    view = getattr(resolve(url).func, "view_class", None)
    return view is not None and may(actor, view.permission)
