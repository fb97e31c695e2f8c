"""A survey leaves as a file and comes back as the same survey."""

import io
import json
from collections.abc import Callable

import pytest
from python_calamine import CalamineWorkbook

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from surveys.calc.kinds import SPECS
from surveys.exchange.native import written
from surveys.exchange.reading import read_survey
from surveys.models import Survey
from surveys.queries.survey_files import FILES, survey_file
from surveys.services.imports import survey_import
from surveys.services.surveys import survey_publish
from tests.surveys.designing import make_draft
from tests.surveys.services.everything import everything

pytestmark = pytest.mark.django_db
As = Callable[[str], Actor]


@pytest.fixture
def survey(designer: Actor) -> Survey:
    return survey_import(actor=designer, name="s.json", content=written(everything())).survey


def test_our_json_comes_back_byte_for_byte(designer: Actor, survey: Survey) -> None:
    kinds = {q.kind for q in survey.questions.all()}
    assert kinds == set(SPECS)
    first = survey_file(designer, survey, "json").content
    again = survey_import(actor=designer, name="s.json", content=first)
    assert survey_file(designer, again.survey, "json").content == first
    assert again.report["refused"] == again.report["changed"] == 0
    assert json.loads(first)["survey"] == json.loads(written(everything()))["survey"]


def test_pages_named_by_their_number_are_named_by_code_outside(designer: Actor) -> None:
    """A rule that leads to page 7 of this database finds the same page elsewhere."""
    draft = make_draft(designer)
    page = draft.sections.get()
    question = draft.questions.order_by("position")[0]
    question.logic = {"skip": [{"to": f"section:p{page.pk}"}]}
    question.save()
    first = survey_file(designer, draft, "json").content
    assert json.loads(first)["survey"]["sections"][0]["code"] == f"p{page.pk}"
    again = survey_import(actor=designer, name="s.json", content=first)
    assert survey_file(designer, again.survey, "json").content == first


def test_xlsform_holds_the_questions_and_is_read_again(designer: Actor, survey: Survey) -> None:
    content = survey_file(designer, survey, "xlsform").content
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["survey", "choices", "settings"]
    for kind in ("xlsform", "xlsform-csv"):
        made = read_survey(survey_file(designer, survey, kind).content, "f.xlsx")
        questions = {q["code"]: q for s in made.document["sections"] for q in s["questions"]}
        assert questions["single"]["kind"] == "single"
        assert [c["code"] for c in questions["multiple"]["choices"]] == ["a", "b", "zz"]
        assert questions["number"]["settings"]["max"] == 99
        assert questions["nps"]["settings"] == {"min": 0, "max": 10}
        assert made.document["title"] == {"en": "Everything"}


def test_the_codebook_names_every_column(designer: Actor, survey: Survey) -> None:
    entries = json.loads(survey_file(designer, survey, "codebook-json").content)
    columns = {(e["code"], e["part"]): e for e in entries}
    assert {code for code, _part in columns} == (set(SPECS) | {"why"}) - {"statement", "long_text"}
    assert columns["nps", ""]["high"] == 10
    assert [v["code"] for v in columns["matrix_single", "r2"]["values"]] == ["a", "b", "zz"]
    assert columns["side_by_side", "r1.n"]["type"] == "number"
    assert columns["multiple", "zz"]["type"] == "text"  # what is written beside “other”
    table = survey_file(designer, survey, "codebook-csv").content.decode("utf-8-sig")
    lines = table.splitlines()
    assert lines[0].startswith("code,part,kind,type,page,required,low,high,text_ko,text_en")
    assert any("single,,single,code,1,yes,,," in line and "사과" in line for line in lines)


@pytest.mark.parametrize("kind", sorted(FILES))
def test_every_format_can_be_written(designer: Actor, survey: Survey, kind: str) -> None:
    made = survey_file(designer, survey, kind, "ko")
    assert made.name == f"everything{FILES[kind].ending}"
    assert len(made.content) > 500


def test_readers_get_what_is_published_and_no_notes(
    actor_for: As, designer: Actor, survey: Survey
) -> None:
    viewer = actor_for("viewer")
    with pytest.raises(DomainError) as refused:
        survey_file(viewer, survey, "json")
    assert refused.value.code == "never_published"
    draft = make_draft(designer)
    draft.questions.update(note="between us")
    survey_publish(actor=designer, survey=draft)
    draft.refresh_from_db()
    assert b"between us" in survey_file(designer, draft, "json").content
    assert b"between us" not in survey_file(viewer, draft, "json").content


def test_an_unknown_format_is_refused(designer: Actor, survey: Survey) -> None:
    with pytest.raises(DomainError) as refused:
        survey_file(designer, survey, "docx")
    assert refused.value.status == 404
