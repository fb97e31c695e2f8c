"""What this floor adds to the ground floor's registries, once, at start-up."""

from django.utils.translation import gettext_lazy as _

from cxportal.core.registry import NavigationItem, navigation

navigation += [
    NavigationItem(
        "journeys",
        _("Journeys"),
        "journeys:journey-list",
        "signpost-split",
        "journeys.view_journeys",
        50,
        True,
    ),
    NavigationItem(
        "actions", _("Actions"), "journeys:board", "kanban", "journeys.view_boards", 60, True
    ),
]
