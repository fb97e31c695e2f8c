"""What this floor adds to the ground floor's registries, once, at start-up."""

from anymail.signals import tracking
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _

from cxportal.core.models import Segment
from cxportal.core.registry import NavigationItem, memories, navigation, operation_lines
from surveys import answer_registrations, survey_registrations  # noqa: F401  # registered by import
from surveys.queries.operation import message_lines
from surveys.rendering import forget_pages
from surveys.services.dimensions import forget_dimensions, segment_saved
from surveys.services.returns import provider_event

tracking.connect(provider_event, dispatch_uid="surveys.provider_event")
post_save.connect(segment_saved, sender=Segment, dispatch_uid="surveys.segment_saved")
operation_lines.append(message_lines)
memories += [forget_pages, forget_dimensions]
navigation += [
    NavigationItem(
        "surveys",
        _("Surveys"),
        "surveys:survey-list",
        "ui-checks",
        "surveys.view_surveys",
        20,
        True,
    ),
    NavigationItem(
        "campaigns", _("Campaigns"), "surveys:campaign-list", "send", "surveys.view_campaigns", 30
    ),
    NavigationItem(
        "responses",
        _("Responses"),
        "surveys:response-list",
        "chat-left-text",
        "surveys.view_responses",
        40,
    ),
]
