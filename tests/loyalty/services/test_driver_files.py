"""Candidate drivers from a file."""

from pathlib import Path
from typing import Any

import pytest

from cxportal.core.actors import Actor
from cxportal.core.services.table_imports import table_import_begin, table_import_start
from journeys.models import Touchpoint
from loyalty.models import Driver
from loyalty.services.drivers import driver_create

pytestmark = pytest.mark.django_db
FILE = """요인,중요도,접점,근거
친절한 상담,9.5,desk,고객 인터뷰 12명
빠른 배송,11,,
가격,7,nowhere,
포장,"6,5",상담 창구,
"""


def test_a_list_of_candidates_is_taken_in_and_brought_again_changes_nothing(
    system: Actor, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    place = Touchpoint(program=system.program, code="desk", name={"en": "Desk", "ko": "상담 창구"})
    place.save()
    driver_create(actor=system, name={"en": "Parcel", "ko": "포장"}, source="team")
    for expected in ((1, 1, 0, 2), (0, 0, 2, 2)):
        started = table_import_start(
            actor=system, kind="drivers", name="d.csv", content=FILE.encode("cp949")
        )
        done = table_import_begin(actor=system, table_import=started)
        assert (done.created, done.updated, done.unchanged, done.failed) == expected
    faults = [list(fault.errors) for fault in done.faults.all()]
    assert faults == [["stated_importance"], ["touchpoint"]]
    advice = Driver.objects.for_actor(system).get(source=Driver.Source.IMPORT)
    assert (str(advice.stated_importance), advice.touchpoint) == ("9.50", place)
    assert advice.evidence == "고객 인터뷰 12명"
    parcel = Driver.objects.for_actor(system).get(source="team")
    assert (str(parcel.stated_importance), parcel.touchpoint) == ("6.50", place)
