"""Keys: shown once, kept as a hash, ended at once."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError
from cxportal.core.models import ApiKey, Program
from cxportal.core.queries.api_keys import api_key_by_secret
from cxportal.core.scopes import SCOPES
from cxportal.core.services.api_keys import api_key_create, api_key_revoke


def test_the_secret_opens_and_is_not_stored(system: Actor) -> None:
    key, secret = api_key_create(actor=system, name="Shop", scopes=["customers:write"])
    assert secret.startswith("cx_") and key.prefix == secret[:12]
    assert secret not in str(ApiKey.objects.for_actor(system).values().get())
    found = api_key_by_secret(secret)
    assert found is not None and found.program == system.program
    assert api_key_by_secret(secret[:-1] + "~") is None


def test_a_revoked_or_expired_key_opens_nothing(system: Actor) -> None:
    key, secret = api_key_create(actor=system, name="Shop", scopes=["customers:write"])
    api_key_revoke(actor=system, api_key=key)
    assert api_key_by_secret(secret) is None
    soon = timezone.now() + timedelta(days=1)
    late, other = api_key_create(
        actor=system, name="Shop", scopes=["customers:write"], expires_at=soon
    )
    assert api_key_by_secret(other) == late
    ApiKey.objects.for_actor(system).filter(pk=late.pk).update(expires_at=timezone.now())
    assert api_key_by_secret(other) is None


def test_unknown_scopes_and_empty_names_are_refused(system: Actor) -> None:
    for name, scopes in (("x", ["everything:write"]), ("x", []), (" ", ["customers:read"])):
        with pytest.raises(DomainError):
            api_key_create(actor=system, name=name, scopes=scopes)
    assert not ApiKey.objects.for_actor(system).exists()


def test_only_owners_make_keys(actor_for: Callable[[str], Actor]) -> None:
    for role in ("designer", "manager", "staff", "viewer"):
        with pytest.raises(Denied):
            api_key_create(actor=actor_for(role), name="x", scopes=["customers:read"])
    assert not ApiKey.objects.for_actor(actor_for("owner")).exists()


def test_the_command_prints_nothing_but_the_key(program: Program) -> None:
    out = StringIO()
    call_command("apikey", "create", program="acme", name="Sync", scopes="all", stdout=out)
    found = api_key_by_secret(out.getvalue().strip())
    assert found is not None and set(found.scopes) == set(SCOPES)
    with pytest.raises(CommandError):
        call_command("apikey", "create", program="nowhere", name="x", scopes="all")
    with pytest.raises(CommandError):
        call_command("apikey", "create", program="acme", name="x", scopes="nonsense")
