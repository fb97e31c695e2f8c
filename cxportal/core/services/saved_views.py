"""Pages kept with their filters under a name."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import SavedView
from cxportal.core.models.base import TenantQuerySet
from cxportal.core.policies import authorise, may
from cxportal.core.services.sharing import MAX_QUERY

MOST_VIEWS = 200


def saved_views(actor: Actor, page: str = "") -> TenantQuerySet[SavedView]:
    """The actor's own views and those shared with everybody; of one page where it is named."""
    mine = Q(is_shared=True) | Q(owner=actor.user) if actor.user else Q(is_shared=True)
    views: TenantQuerySet[SavedView] = SavedView.objects.for_actor(actor).filter(mine)
    return views.filter(page=page) if page else views


@transaction.atomic
def saved_view_create(
    *, actor: Actor, page: str, name: str, query: str, is_shared: bool = False
) -> SavedView:
    """Keep a page's filters. To share them with everybody takes core.change_shares.

    Raises DomainError "invalid".
    """
    authorise(actor, "core.save_views")
    if is_shared:
        authorise(actor, "core.change_shares")
    count = SavedView.objects.for_actor(actor).filter(page=page).count()
    if not name.strip() or not page or len(query) > MAX_QUERY or count >= MOST_VIEWS:
        sentence = _("Give the view a name.")
        raise DomainError("invalid", sentence, details={"name": sentence})
    view = SavedView.unscoped.create(  # unscoped: written for the actor's own program
        program=actor.program,
        page=page[:60],
        name=name.strip()[:120],
        query=query,
        is_shared=is_shared or actor.user is None,
        owner=actor.user,
    )
    audit(actor=actor, action="savedview.create", obj=view)
    return view


@transaction.atomic
def saved_view_delete(*, actor: Actor, view: SavedView) -> None:
    """Forget a view: its owner may, and for shared ones whoever may share."""
    authorise(actor, "core.save_views", view)
    own = actor.user is not None and view.owner_id == actor.user.pk
    if not own and not (view.is_shared and may(actor, "core.change_shares")):
        raise Denied("core.change_shares")
    audit(actor=actor, action="savedview.delete", obj=view)
    view.delete()
