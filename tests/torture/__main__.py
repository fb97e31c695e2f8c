"""`python -m tests.torture`: every probe prints one line; exit status 1 when one fails.

SIZE=ci (small, seeded) or full; ONLY=F1,S7 runs those alone.
"""

import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.torture.line import Line
    from tests.torture.registry import Probe

FOLDER = Path(__file__).resolve().parents[2] / "var" / "torture"


def main() -> int:
    """Run the chosen probes on ground of their own; the exit status."""
    # Before anything of the portal is imported: its own folder, never a running portal's servers.
    os.environ["PORTAL_VAR"] = str(FOLDER)
    from cxportal.launch.processes import locked

    # A second run waits for the first: they would end each other's servers.
    with locked(FOLDER / "torture.lock"):
        return _main()


def _main() -> int:
    from tests.torture.ground import ground

    size = "full" if os.environ.get("SIZE") == "full" else "ci"
    only = {name for name in os.environ.get("ONLY", "").upper().split(",") if name}
    failed = 0
    try:
        ground.start()
        from tests.torture.registry import probes

        chosen = [probe for probe in probes() if not only or probe.fault in only]
        for probe in chosen:
            ground.empty()
            line = _run(probe, size)
            print(line, flush=True)
            failed += not line.ok
    finally:
        ground.stop()
    missing = only - {probe.fault for probe in chosen}
    if missing:
        print(f"no such probe: {', '.join(sorted(missing))}", file=sys.stderr)
    return 1 if failed or missing else 0


def _run(probe: "Probe", size: str) -> "Line":
    from tests.torture.line import Line

    try:
        return probe.run(size)
    except Exception as error:
        traceback.print_exc()
        return Line(probe.fault, {"error": type(error).__name__}, ok=False)


if __name__ == "__main__":
    sys.exit(main())
