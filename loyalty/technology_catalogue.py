"""Ten kinds of customer-experience technology and sales automation, with published use by peers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SOURCE = "Gartner"


@dataclass(frozen=True)
class Kind:
    """`peers`: per cent of companies that use it, None where nothing is published."""

    code: str
    label: "_StrPromise"
    peers: int | None = None


KINDS = (
    Kind("service", _("Customer service and cases"), 61),
    Kind("voc", _("Voice of the customer"), 56),
    Kind("sales", _("Sales automation"), 51),
    Kind("journey", _("Journey analytics")),
    Kind("profile", _("One view of the customer")),
    Kind("analytics", _("Customer analytics and value")),
    Kind("personal", _("Personalisation")),
    Kind("knowledge", _("Knowledge and self-service")),
    Kind("marketing", _("Campaigns over many channels")),
    Kind("digital", _("Web and app experience")),
    Kind("workforce", _("Employee engagement")),
)
BY_CODE = {kind.code: kind for kind in KINDS}
