"""`manage.py migrate`: an empty database gets its tables at once, any other step by step.

Some hundred steps that each think of all tables take half a minute of a processor; the tables as
they stand today take two seconds. The probe F43 of `make torture` holds both equal.
"""

from typing import Any

from django.contrib.postgres.operations import CreateExtension
from django.core.management.commands import migrate
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration, RunSQL
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

#: Hint of a RunSQL whose functions the tables' own indexes call.
BEFORE_TABLES = "before_tables"
_STEPWISE = ("app_label", "migration_name", "plan", "fake", "fake_initial", "check_unapplied")


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        stepwise = options.pop("stepwise", False) or any(options.get(name) for name in _STEPWISE)
        if not stepwise and not connection.introspection.table_names():
            self.verbosity = options["verbosity"]
            self._tables_create(connection)
        super().handle(*args, **options)

    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--stepwise", action="store_true", help="Take every step, on an empty database too"
        )

    def _tables_create(self, connection: BaseDatabaseWrapper) -> None:
        executor = MigrationExecutor(connection)
        plan = [step for step, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
        with transaction.atomic(using=connection.alias):
            _run(connection, plan, before_tables=True)
            self.sync_apps(connection, {step.app_label for step in plan})
            _run(connection, plan, before_tables=False)
            _note(connection, plan)


def _run(connection: BaseDatabaseWrapper, plan: list[Migration], *, before_tables: bool) -> None:
    """What the steps do besides making tables; RunPython moves rows, and there are none."""
    state = ProjectState()
    with connection.schema_editor() as editor:
        for step in plan:
            for operation in step.operations:
                if _comes_before(operation) is before_tables:
                    operation.database_forwards(step.app_label, editor, state, state)


def _comes_before(operation: Operation) -> bool | None:
    """Whether an operation precedes the tables; None where it makes tables or moves rows."""
    if isinstance(operation, RunSQL):
        return bool(operation.hints.get(BEFORE_TABLES))
    return True if isinstance(operation, CreateExtension) else None


def _note(connection: BaseDatabaseWrapper, plan: list[Migration]) -> None:
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    applied = {(step.app_label, step.name) for step in plan}
    applied |= {replaced for step in plan for replaced in step.replaces}
    for app, name in sorted(applied):
        recorder.record_applied(app, name)
