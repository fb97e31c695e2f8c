"""Celery: the bell. Rows in the database are the truth; a lost message costs one tick."""

import os
from typing import Any

from celery import Celery
from celery.signals import task_prerun, worker_init

from cxportal.launch.processes import end_group_after_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxportal.settings")

app = Celery("cxportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def _end_with_supervisor(**_signal: Any) -> None:
    """Under `make run`: a supervisor that is killed asks once; a worker may not hear it."""
    # Named by the supervisor: it may be dead before this worker has come so far.
    if supervisor := os.environ.get("CXPORTAL_SUPERVISOR"):
        end_group_after_parent(int(supervisor), seconds=10.0)


@task_prerun.connect
def _remember_what_holds(**_signal: Any) -> None:
    from cxportal.core.memory import memory_check

    memory_check()
