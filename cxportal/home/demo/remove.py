"""Takes a program and all its rows away, table by table."""

from django.apps import apps
from django.db import connection, models, transaction

from cxportal.core.models import Membership, Program, TenantModel, User


@transaction.atomic
def program_remove(program: Program, *, spared: User | None = None) -> int:
    """Delete every row of the program and the people who belong to it alone; returns rows.

    `spared` stays in any case: whoever removes it to make room.

    Foreign keys are checked when the transaction ends, so the order of tables does not matter,
    and no row is loaded into memory.
    """
    members = Membership.unscoped.filter(program=program)  # unscoped: the program removed here
    people = list(members.values_list("user_id", flat=True))
    tenants = [m for m in apps.get_models() if issubclass(m, TenantModel)]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        removed = sum(_remove_links(cursor, model, program) for model in tenants)
        removed += sum(_remove_rows(cursor, model, program) for model in tenants)
    program.delete()
    gone = User.objects.filter(pk__in=people, memberships=None, is_superuser=False)
    (gone.exclude(pk=spared.pk) if spared else gone).delete()
    return removed


def _remove_rows(cursor: object, model: type[models.Model], program: Program) -> int:
    table = connection.ops.quote_name(model._meta.db_table)
    cursor.execute(f"DELETE FROM {table} WHERE program_id = %s", [program.pk])  # type: ignore[attr-defined]  # noqa: S608 # the table's own name
    return int(cursor.rowcount)  # type: ignore[attr-defined]


def _remove_links(cursor: object, model: type[models.Model], program: Program) -> int:
    removed = 0
    own = connection.ops.quote_name(model._meta.db_table)
    for field in model._meta.local_many_to_many:
        through = field.remote_field.through
        if through is None or not through._meta.auto_created:
            continue
        link = connection.ops.quote_name(through._meta.db_table)
        column = connection.ops.quote_name(field.m2m_column_name())
        sql = f"DELETE FROM {link} WHERE {column} IN (SELECT id FROM {own} WHERE program_id = %s)"  # noqa: S608 # the tables' own names
        cursor.execute(sql, [program.pk])  # type: ignore[attr-defined]
        removed += cursor.rowcount  # type: ignore[attr-defined]
    return removed
