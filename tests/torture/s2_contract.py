"""S2: requests made from the OpenAPI document, good and bad ones, never answered by a 5xx."""

import os
import re
import subprocess
import sys
from pathlib import Path

from cxportal.launch.environment import VAR
from tests.conftest import make_key
from tests.torture.ground import ground
from tests.torture.line import Line
from tests.torture.people import make_crowd

FAULT = "S2"
EXAMPLES = {"ci": 6, "full": 60}
SECONDS = {"ci": 900, "full": 7200}
CHECKS = "not_a_server_error"


def run(size: str) -> Line:
    """Schemathesis over every operation with a full key."""
    actor, _people = make_crowd("s2", 5)
    secret = make_key(actor.program)
    tool = Path(sys.executable).with_name("schemathesis")
    report = VAR / "s2.txt"
    with ground.web({"API_RATE_PER_MINUTE": "1000000"}) as address:
        ran = subprocess.run(
            [
                str(tool), "run", f"{address}/api/schema/", "--checks", CHECKS,
                "--header", f"Authorization: Bearer {secret}",
                "--max-examples", str(EXAMPLES[size]), "--seed", "7", "--workers", "2",
                "--request-timeout", "20",
            ],
            capture_output=True, text=True, check=False, timeout=SECONDS[size],
            env={**os.environ, "NO_COLOR": "1"},
        )  # fmt: skip
    report.write_text(ran.stdout + ran.stderr, encoding="utf-8")
    server_errors = len(re.findall(r"Server error", ran.stdout))
    operations = re.search(r"Operations?:\s+(\d+)", ran.stdout)
    tried = int(operations[1]) if operations else 0
    figures = {"operations": tried, "5xx": server_errors, "exit": ran.returncode}
    return Line(FAULT, figures, ok=ran.returncode == 0 and server_errors == 0)
