"""The tenant rule: every row belongs to a program, every read says for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar

from django.db import models

from cxportal.core.errors import ScopeError

if TYPE_CHECKING:
    from cxportal.core.actors import Actor

M = TypeVar("M", bound=models.Model)


class TenantQuerySet(models.QuerySet[M]):
    """A queryset that knows how to narrow itself to one program."""

    def for_actor(self, actor: Actor) -> Self:
        """Rows of the actor's program that the actor may see at all."""
        return self.filter(program_id=actor.program_id)


class TenantManager(models.Manager[M]):
    """Refuses everything but `.for_actor(actor)`: a forgotten scope fails at once."""

    queryset_class: type[TenantQuerySet[Any]] = TenantQuerySet

    @classmethod
    def of(cls, queryset_class: type[TenantQuerySet[Any]]) -> TenantManager[Any]:
        """A manager whose scoped querysets are of the given class."""
        manager: TenantManager[Any] = cls()
        manager.queryset_class = queryset_class
        return manager

    def for_actor(self, actor: Actor) -> TenantQuerySet[M]:
        """Where every read begins."""
        return self.queryset_class(self.model, using=self._db).for_actor(actor)

    def get_queryset(self) -> NoReturn:
        raise ScopeError(f"{self.model.__name__}.objects needs .for_actor(actor)")


class TenantModel(models.Model):
    """Base of every tenant table.

    `objects` is for us and refuses without an actor. `unscoped` is the default manager that
    Django's own parts use (constraints, relations, admin); our code uses it only where a
    comment on the line says why.
    """

    program = models.ForeignKey("core.Program", on_delete=models.CASCADE, related_name="+")

    unscoped = models.Manager()
    objects = TenantManager()

    class Meta:
        abstract = True
        default_manager_name = "unscoped"
        base_manager_name = "unscoped"


class BusyTenantModel(TenantModel):
    """Base of tables that grow with every answer or message.

    `program` has no index of its own here: each index costs every insert, and these rows are
    found by what they hang on.
    """

    program = models.ForeignKey(
        "core.Program", on_delete=models.CASCADE, related_name="+", db_index=False
    )

    class Meta(TenantModel.Meta):
        abstract = True


class VersionedModel(TenantModel):
    """A document that people edit: `version` grows by one with each save."""

    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        abstract = True
