"""What this floor adds to the ground floor's registries, once, at start-up."""

from django.utils.translation import gettext_lazy as _

from cxportal.core.registry import NavigationItem, navigation

navigation += [
    NavigationItem(
        "loyalty", _("Loyalty"), "loyalty:overview", "gem", "loyalty.view_propositions", 80
    ),
]
