"""S12: protected fields in every writable body change nothing they name."""

import json
from typing import Any

from django.db import models, transaction
from django.test import Client

from cxportal.core.models import Program, TenantModel, User
from tests.torture.line import Line

FAULT = "S12"
METHODS = ("POST", "PUT", "PATCH")


def run(size: str) -> Line:
    """Every API address × method, with the fields of other people's rows."""
    from tests.permission_matrix import API, address, routes
    from tests.permission_world import keys_for, make_home, make_outsider

    changed: list[str] = []
    sent = 0
    with transaction.atomic():
        home, outsider = make_home(), make_outsider()
        keys = keys_for(home, outsider)
        client = Client(raise_request_exception=False)
        body = _body(outsider.program, outsider.user)
        for route in routes():
            if not route.pattern.startswith(API) or "format" in route.pattern:
                continue
            path = address(route, "", home)
            for method in METHODS:
                point = transaction.savepoint()
                before = _state(outsider.program, home)
                status = client.generic(
                    method, str(path), json.dumps(body), content_type="application/json",
                    headers={"Authorization": f"Bearer {keys['full']}"},
                ).status_code  # fmt: skip
                sent += 1
                if status >= 500 or _state(outsider.program, home) != before:
                    changed.append(f"{method} {path} {status}")
                transaction.savepoint_rollback(point)
        transaction.set_rollback(True)
    for line in changed:
        print(f"  {line}")
    return Line(FAULT, {"requests": sent, "changed": len(changed)}, ok=not changed)


def _body(program: Program, user: User) -> dict[str, Any]:
    return {
        "program": program.pk, "program_id": program.pk, "is_staff": True, "is_superuser": True,
        "owner": user.pk, "owner_id": user.pk, "status": "complete", "state": "running",
        "id": 1, "pk": 1, "version": 99, "created_at": "2001-01-01T00:00:00Z",
        "name": "Name", "title": "Title", "external_id": "s12", "code": "s12",
    }  # fmt: skip


def _state(foreign: Program, home: Program) -> list[Any]:
    """What no such request may move: other programs' rows, operators, and owners of rows."""
    from django.apps import apps

    tenants = [m for m in apps.get_models() if issubclass(m, TenantModel)]
    rows: list[Any] = [model._default_manager.filter(program=foreign).count() for model in tenants]
    rows.append(User.objects.filter(models.Q(is_staff=True) | models.Q(is_superuser=True)).count())
    rows.append(Program.objects.order_by("pk").values_list("pk", "slug").count())
    for model in tenants:
        if any(field.name == "owner" for field in model._meta.fields):
            owned = models.Q(program=home, owner__isnull=False) & ~_own(model, home)
            rows.append(model._default_manager.filter(owned).count())
    return rows


def _own(model: type[models.Model], home: Program) -> models.Q:
    """Rows whose owner belongs to the program."""
    owner = model._meta.get_field("owner").related_model
    if owner is User:
        return models.Q(owner__memberships__program=home)
    return models.Q(owner__program=home)
