"""Every number of the demo's program report, computed anew from its export with numpy alone."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from cxportal.core.actors import Actor
from cxportal.core.models import StoredFile
from cxportal.core.services.jobs import jobs_run_due
from cxportal.home.demo.load import Size, demo_fill, demo_program_create
from surveys.models import Metric
from surveys.queries.metric_reports import ProgramLine, program_report
from surveys.queries.scores import last_days
from surveys.services.exports import scores_export

SCRIPT = Path(settings.BASE_DIR) / "scripts" / "recompute_report.py"
NEAR = 1e-6


@pytest.mark.django_db
def test_the_report_of_the_demo_is_computed_anew_from_its_export(
    settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    program = demo_program_create("a password that is long")
    demo_fill(program, size=Size(customers=60, responses=500), report=lambda *_: None)
    actor = Actor.system(program)
    period = last_days(actor, 90)
    metrics = list(Metric.objects.for_actor(actor).select_related("program").order_by("pk"))
    lines = program_report(actor, metrics, period, {}).lines
    scores_export(actor=actor)
    jobs_run_due()
    path = tmp_path / "scores.csv"
    path.write_bytes(StoredFile.unscoped.get(name__startswith="scores-").file.read())
    told = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(path), str(period.first), str(period.last)],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    found = json.loads(told.stdout)
    shown = {line.review.metric.code: line for line in lines if line.review.score.n}
    assert len(shown) >= 4
    for code, line in shown.items():
        assert_same(found[code], line)


def assert_same(found: dict[str, Any], line: ProgramLine) -> None:
    score, change = line.review.score, line.review.change
    pairs: dict[str, Any] = {
        "n": score.n,
        "value": score.value,
        "low": score.low,
        "high": score.high,
        "margin": score.margin,
        "difference": change.difference,
        "p": change.p,
        "p_corrected": line.p,
        "to_target": line.review.to_target,
        "months": line.sparkline,
    }
    for name, value in pairs.items():
        assert found[name] == pytest.approx(value, abs=NEAR), (line.review.metric.code, name)
