"""``make test`` and ``make lint``: every check runs, every exit status counts.

Usage: ``check.py lint`` or ``check.py all [pytest arguments]``. The types are checked beside the
rest, so that two cores are used. Browser tests need a Chromium; without one they are left out
and said so, or, with ``REQUIRE_BROWSER=1`` or ``CI=true``, counted as a failure.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_BROWSER = "no Chromium found (on Debian: apt-get install chromium fonts-noto-cjk)"


@dataclass(frozen=True)
class Check:
    """One command and what it is called."""

    name: str
    command: list[str]
    # most checks need Django's settings and no database
    servers: str = "off"


TYPES = Check("types", [str(BIN / "mypy"), "."])
QUICK = [
    Check("lint", [str(BIN / "ruff"), "check", "."]),
    Check("format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]),
    Check("contracts", [str(BIN / "lint-imports"), "--no-logo"]),
]
STATE = [
    Check(
        "migrations",
        [
            sys.executable, "-W", "ignore::RuntimeWarning", "manage.py", "makemigrations",
            "--check", "--dry-run",
        ],
    ),
    Check("translations", [sys.executable, "manage.py", "translations", "check"]),
]  # fmt: skip


def main(arguments: list[str]) -> int:
    """Run the checks of the chosen set; give 1 when any failed."""
    chosen, *rest = arguments or ["all"]
    os.chdir(ROOT)
    with tempfile.TemporaryFile() as types_said:
        types = _start(TYPES, types_said)
        failed = [check.name for check in QUICK if not _passes(check)]
        if chosen == "all":
            failed += [check.name for check in STATE if not _passes(check)]
            failed += _tests(rest)
        print("── types", flush=True)
        if types.wait():
            failed.append(TYPES.name)
        types_said.seek(0)
        sys.stdout.buffer.write(types_said.read())
    print(f"── {'FAILED: ' + ', '.join(failed) if failed else 'All checks passed.'}", flush=True)
    return 1 if failed else 0


def _tests(arguments: list[str]) -> list[str]:
    command = [sys.executable, "-m", "pytest", "-n", _processes(), "--dist", "worksteal"]
    command += arguments
    strict = os.environ.get("REQUIRE_BROWSER") == "1" or os.environ.get("CI", "") == "true"
    failed = []
    if _browser_missing():
        print(f"Browser tests are left out: {NO_BROWSER}.", flush=True)
        command += ["-m", "not browser"]
        failed = ["browser tests"] if strict else []
    elif strict:
        os.environ["REQUIRE_BROWSER"] = "1"
    return failed + ([] if _passes(Check("tests", command, servers="on")) else ["tests"])


def _processes() -> str:
    return os.environ.get("TEST_PROCESSES") or str(max(2, min(os.cpu_count() or 2, 8)))


def _browser_missing() -> bool:
    named = os.environ.get("CHROMIUM", "")
    return not any(shutil.which(name) for name in (named, *BROWSERS) if name)


def _passes(check: Check) -> bool:
    print(f"── {check.name}", flush=True)
    began = time.monotonic()
    status = subprocess.run(check.command, check=False, env=_environment(check)).returncode
    print(f"   {'ok' if status == 0 else 'FAILED'} in {time.monotonic() - began:.0f} s", flush=True)
    return status == 0


def _start(check: Check, output: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        check.command, env=_environment(check), stdout=output, stderr=subprocess.STDOUT
    )


def _environment(check: Check) -> dict[str, str]:
    return {**os.environ, "EMBEDDED_SERVERS": check.servers}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
