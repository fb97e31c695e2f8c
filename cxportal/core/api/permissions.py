"""Each API view declares what opens it; a missing declaration refuses everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from cxportal.core.policies import may

if TYPE_CHECKING:
    from rest_framework.views import APIView


class DeclaredPermission(BasePermission):
    """`permissions` maps actions ("list", "create", a custom action's name) to permissions."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        actor = getattr(request.user, "actor", None)
        if actor is None:
            return False
        action = getattr(view, "action", None)
        if action is None and hasattr(view, "action_map"):
            raise MethodNotAllowed(str(request.method))
        declared: dict[str, str] = getattr(view, "permissions", {})
        permission = declared.get(action or (request.method or "").lower())
        return permission is not None and may(actor, permission)

    def has_object_permission(self, request: Request, view: APIView, obj: Any) -> bool:
        actor = getattr(request.user, "actor", None)
        declared: dict[str, str] = getattr(view, "permissions", {})
        permission = declared.get(getattr(view, "action", None) or "")
        return actor is not None and permission is not None and may(actor, permission, obj)
