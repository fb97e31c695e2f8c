"""docs/benchmarks.md: what the last whole run measured, and on what."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.line import Line

HEAD = """# Benchmarks

Each figure is a ratio against a limit that was measured in the same run, in turn with it, so that
it holds when the machine's speed drifts. `make bench` runs them at a reduced size and writes this
page, `make bench SIZE=full` at full size. A goal counts as missed only below it by more than the
run's own spread.

Run of {day}, size {size}, {cores} cores, Python {python}.

| Goal | What | Ratio | Goal | Met | Behind it |
|---|---|---|---|---|---|
"""


def write_report(path: Path, size: str, lines: Sequence[Line]) -> None:
    """Replace the page by this run's figures."""
    head = HEAD.format(
        day=datetime.now(UTC).date(),
        size=size,
        cores=os.cpu_count(),
        python=platform.python_version(),
    )
    rows = [
        f"| {line.number} | {line.name} | {line.value:.3g} | "
        f"{'≤' if line.at_most else '≥'} {line.goal:g} | "
        f"{'yes' if line.word == 'ok' else 'no'} | {line.behind} |"
        for line in lines
    ]
    path.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
