"""What the ground floor itself offers in its registries, once, at start-up."""

from django.utils.translation import gettext_lazy as _

from cxportal.core.registry import NavigationItem, navigation

navigation += [
    NavigationItem("home", _("Home"), "home:home", "house", "core.view_program", 10, True),
    NavigationItem(
        "customers", _("Customers"), "core:customer-list", "people", "core.view_customers", 70, True
    ),
    NavigationItem("settings", _("Settings"), "core:settings", "gear", "core.view_program", 90),
]
