"""Every number of the demo's reports, computed anew from its exports with numpy alone."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.exports import write_rows
from cxportal.core.models import Customer, StoredFile
from cxportal.core.services.jobs import jobs_run_due
from cxportal.core.tokens import derived_pair
from cxportal.home.demo.load import Size, demo_fill, demo_program_create
from surveys.models import (
    Campaign,
    Delivery,
    Invitation,
    Metric,
    MetricSource,
    Occurrence,
    Response,
    Survey,
)
from surveys.queries.metric_reports import ProgramLine, program_report
from surveys.queries.reports import survey_report
from surveys.queries.scores import last_days
from surveys.queries.survey_files import survey_file
from surveys.services.exports import responses_export, scores_export
from surveys.views.campaign_links import LINK_COLUMNS, link_rows

SCRIPTS = Path(settings.BASE_DIR) / "scripts"
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
    path = exported("scores-", tmp_path / "scores.csv")
    found = computed("recompute_report.py", path, period.first, period.last)
    shown = {line.review.metric.code: line for line in lines if line.review.score.n}
    assert len(shown) >= 4
    for code, line in shown.items():
        assert_same(found[code], line)
    surveys = [s for s in Survey.objects.for_actor(actor) if s.current_version_id]
    ask(max((s for s in surveys if not s.anonymous), key=lambda s: s.responses.count()))
    compared = [
        survey_compared(actor, survey, tmp_path) for survey in surveys if not survey.anonymous
    ]
    assert sum(asked is not None for asked in compared) > 2
    assert [asked for asked in compared if asked] == [39]


def exported(name: str, path: Path) -> Path:
    """The file of the export that waits."""
    jobs_run_due()
    files = StoredFile.unscoped.filter(name__startswith=name, name__endswith=".csv")
    stored = files.exclude(name__contains="codebook")
    path.write_bytes(stored.latest("pk").file.read())
    return path


def computed(script: str, *arguments: Any) -> Any:
    """What a script that knows nothing of the portal makes of a file."""
    command = [sys.executable, "-I", str(SCRIPTS / script), *(str(a) for a in arguments)]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(told.stdout)


def survey_compared(actor: Actor, survey: Survey, folder: Path) -> int | None:
    """Compare a survey's report; returns how many were asked, None with too few answers."""
    period = last_days(actor, 365)
    report = survey_report(actor, survey, period)
    if report.counts.complete < report.minimum:
        return None
    responses_export(actor=actor, survey=survey, partial=True)
    path = exported(f"responses-{survey.pk}-", folder / f"{survey.pk}.csv")
    shape = folder / f"{survey.pk}.json"
    shape.write_bytes(survey_file(actor, survey, "json", "").content)
    zone, links = actor.program.timezone, links_of(actor, survey, folder)
    found = computed("recompute_survey.py", path, shape, period.first, period.last, zone, *links)
    funnel = report.counts.funnel
    for name, value in found["funnel"].items():
        assert value == pytest.approx(getattr(funnel, name)), (survey, name)
    counts, times = report.counts, report.duration
    assert (found["complete"], found["partial"]) == (counts.complete, counts.partial)
    assert found["completion"] == pytest.approx(counts.completion)
    assert found["pages"] == [[page.reached, page.left] for page in report.pages]
    if times is not None:
        shown = [times.quarter, times.median, times.three_quarters]
        assert found["seconds"] == pytest.approx(shown, abs=0.5)
    for block in report.choices:
        told = found["choices"][block.code]
        assert told["n"] == block.n
        for line in block.lines:
            assert told["options"][line.code] == pytest.approx([line.count, line.share])
    asked = dict(MetricSource.unscoped.filter(survey=survey).values_list("metric", "question_code"))
    for score in report.scores:
        assert found["values"][asked[score.metric.pk]] == list(score.review.histogram.counts)
    return funnel.asked


def ask(survey: Survey) -> None:
    """Ask forty people, of whom some are not reached, begin or finish; one is a test."""
    program, now = survey.program, timezone.now() - timedelta(days=3)
    campaign = Campaign.unscoped.create(program=program, survey=survey, name="W", channel="email")
    asked = Occurrence.unscoped.create(program=program, campaign=campaign, key="w", due_at=now)
    people = list(Customer.unscoped.filter(program=program).order_by("pk")[:40])
    Customer.unscoped.filter(pk=people[0].pk).update(is_test=True)
    for n, person in enumerate(people):
        nonce, hashed = derived_pair("invitation")
        invitation = Invitation.unscoped.create(
            program=program, campaign=campaign, occurrence=asked, customer=person, nonce=nonce,
            token_hash=hashed, answered_at=now if n % 4 == 0 else None,
        )  # fmt: skip
        state, back = ("hard", "") if n % 5 == 1 else ("sent", "bounced" if n % 7 == 2 else "")
        Delivery.unscoped.create(
            program=program, campaign=campaign, invitation=invitation, state=state, due_at=now,
            sent_at=now if state == "sent" else None, came_back=back,
        )  # fmt: skip
        if n % 6 == 3:
            Response.unscoped.create(
                program=program, survey=survey, version_id=survey.current_version_id or 0,
                invitation=invitation, started_at=now,
            )  # fmt: skip


def links_of(actor: Actor, survey: Survey, folder: Path) -> list[Path]:
    """The files of personal links of a survey's campaigns, as they are downloaded."""
    paths = []
    for campaign in survey.campaigns.all():
        path = folder / f"links-{campaign.pk}.csv"
        with path.open("wb") as file:
            write_rows(file, LINK_COLUMNS, link_rows(actor, campaign))
        paths.append(path)
    return paths


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
        "verdict": line.shown.change.verdict if line.shown.change else None,
    }
    for name, value in pairs.items():
        assert found[name] == pytest.approx(value, abs=NEAR), (line.review.metric.code, name)
