"""How long what is kept: the owner's rules, tried out before they are saved."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxportal.core.errors import DomainError
from cxportal.core.queries.retention import Rules, retention_rows
from cxportal.core.registry import retention_subjects
from cxportal.core.services.retention import retention_check, retention_set
from cxportal.core.views.base import PortalView

_NO_NUMBER = -1  # refused with the sentence that asks for a number


class RetentionView(PortalView):
    """A row per subject; “look” counts what typed rules would take away, “save” keeps them."""

    permission = "core.change_retention"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show()

    def post(self, request: HttpRequest) -> HttpResponse:
        asked = self._asked()
        try:
            if request.POST.get("wish") != "save":
                retention_check(asked)
                return self._show(asked, looked=True)
            changed = retention_set(actor=self.actor, rules=asked)
        except DomainError as error:
            return self._show(asked, errors=error.details, status=error.status)
        words = ngettext("%(n)d rule was changed.", "%(n)d rules were changed.", changed)
        self.say(words % {"n": changed} if changed else _("Nothing was changed."))
        return self.redirect("core:retention")

    def _asked(self) -> dict[str, tuple[int | None, str]]:
        asked: dict[str, tuple[int | None, str]] = {}
        for code, subject in retention_subjects.items():
            text = self.request.POST.get(f"days_{code}", "").strip()
            number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
            days = number if number is not None or not text else _NO_NUMBER
            deed = self.request.POST.get(f"deed_{code}") or next(iter(subject.deeds))
            asked[code] = (days, deed)
        return asked

    def _show(
        self,
        asked: Rules | None = None,
        *,
        looked: bool = False,
        errors: dict[str, Any] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        rows = retention_rows(self.actor, None if errors else asked)
        found = errors or {}
        context = {
            "rows": [
                (row, self.request.POST.get(f"days_{row.code}", ""), found.get(row.code, ""))
                for row in rows
            ],
            "typed": bool(errors),
            "looked": looked,
            "total": sum(row.due or 0 for row in rows),
        }
        return self.render("core/retention.html", context, status=status)
