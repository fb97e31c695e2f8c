"""What the inbox may be filtered by besides what the listening floor knows: the touchpoint."""

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from cxportal.core.filters import offer
from cxportal.core.models import text_in
from journeys.models import Touchpoint
from surveys.filters.comments import ALL, CommentFilter
from surveys.models import Comment

_NOWHERE = "none"
#: What is asked for most; a page may fold the others away.
FIRST = ("search", "sentiment", "topic", "touchpoint", "status")


class VoiceFilter(CommentFilter):
    """The listening floor's filters and the touchpoint."""

    touchpoint = filters.ChoiceFilter(
        label=_("Touchpoint"), method="at_touchpoint", choices=[], empty_label=ALL
    )

    class Meta:
        model = Comment
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = Touchpoint.objects.for_actor(self.request.actor)
        named = [(str(t.pk), text_in(t.name) or t.code) for t in found]
        offer(self.filters["touchpoint"], [*named, (_NOWHERE, _("No touchpoint"))])
        rest = [name for name in self.filters if name not in FIRST]
        for name in (*FIRST, *rest):
            self.filters.move_to_end(name)

    def at_touchpoint(self, queryset: Any, name: str, value: str) -> Any:
        """Comments placed there; "none" = placed nowhere."""
        if value == _NOWHERE:
            return queryset.filter(place__touchpoint=None)
        return queryset.filter(place__touchpoint=int(value))
