"""`python -m benchmarks`: each goal prints one line; exit status 0 when all of them ran.

SIZE=ci, small (the default) or full; ONLY=1,4 runs those alone. A run of every goal writes
docs/benchmarks.md.
"""

import os
import sys
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "bench"


def main() -> int:
    """Measure the chosen goals on ground of their own."""
    # Before anything of the portal is imported: its own folder, never a running portal's servers.
    os.environ["PORTAL_VAR"] = str(FOLDER)
    from tests.torture.ground import ground

    size = os.environ.get("SIZE") or "small"
    only = {name for name in os.environ.get("ONLY", "").split(",") if name}
    failed = False
    lines = []
    try:
        ground.start()
        from benchmarks.goals import GOALS

        for number, measure in GOALS.items():
            if only and number not in only:
                continue
            try:
                results = measure(size)
            except Exception:
                traceback.print_exc()
                print(f"SPEED {number} failed", flush=True)
                failed = True
                continue
            for line in results:
                print(line, flush=True)
                lines.append(line)
    finally:
        ground.stop()
    if not only and size != "ci":
        from benchmarks.report import write_report

        write_report(ROOT / "docs" / "benchmarks.md", size, lines)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
