"""The demo's survey with rules is answered as its rules allow, and built once."""

from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from cxportal.core.actors import Actor
from cxportal.core.models import Program
from cxportal.home.demo.load import Build, Size
from cxportal.home.demo.ways import ANSWERS, build_ways
from surveys.models import Response, Survey
from surveys.queries.surveys import survey_problems

pytestmark = pytest.mark.django_db


def test_the_survey_with_rules_is_built_once(program: Program) -> None:
    def report(*_progress: Any) -> None:
        pass

    build = Build(
        actor=Actor.system(program),
        size=Size.small(),
        now=timezone.now(),
        rng=np.random.default_rng(1),
        report=report,
    )
    assert build_ways(build) == ANSWERS
    survey = Survey.unscoped.get(external_id="demo-visit-study")
    assert [p.text for p in survey_problems(survey) if p.blocks] == []
    stored = Response.unscoped.filter(survey=survey)
    assert stored.count() == ANSWERS
    assert all("why" not in r.answers or r.answers["nps"] <= 6 for r in stored)
    assert all(set(r.answers["each"]) == set(r.answers["used"]) for r in stored)
    assert build_ways(build) == 0
