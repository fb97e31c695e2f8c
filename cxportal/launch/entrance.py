"""The web server's entrance under ``make run``: it boots at once and serves when told.

So the portal loads while its tables are still being migrated, and no request meets half of them:
early ones wait in the listening socket.
"""

import os
from pathlib import Path

from cxportal.launch.processes import wait_until
from cxportal.wsgi import application

__all__ = ["application"]

SERVE_WHEN = "CXPORTAL_SERVE_WHEN"
LONGEST_MIGRATION_SECONDS = 3600.0

if named := os.environ.get(SERVE_WHEN):
    wait_until(Path(named).exists, LONGEST_MIGRATION_SECONDS)
