"""A file becomes a draft with its report, or nothing at all."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cxportal.core.actors import Actor
from cxportal.core.errors import DomainError
from cxportal.core.models import AuditEntry
from surveys.models import Question, Response, Survey, SurveyImport
from surveys.queries.problems import problems_of
from surveys.queries.surveys import sections_of
from surveys.services.imports import survey_import
from surveys.services.surveys import survey_publish
from tests.surveys.answering import open_link
from tests.surveys.exchange.files import GROUP, archive, lss, question, rows, text
from tests.surveys.robot import Robot

pytestmark = pytest.mark.django_db
As = Callable[[str], Actor]
# Real files of others are not ours to copy: a few are tried where they lie beside the checkout, all
# of them by the probe TAKEOVER (tests/torture).
BROKEN = "kpi__enumerator_weekly.xls"
SAMPLES = next(
    (p / "shared/samples" for p in Path(__file__).parents if (p / "shared/samples").is_dir()),
    Path(),
)
FILES = [
    path
    for name in ("lss", "qsf", "xlsform")
    for path in sorted(SAMPLES.glob(f"{name}/*"), key=lambda path: path.stat().st_size)[:2]
] + list(SAMPLES.glob(f"xlsform/{BROKEN}"))
TEA = b"""
| survey | | | | |
| | type | name | label | relevant |
| | select_one yn | came | Did you come? | |
| | text | why | Why? | ${came} = 'y' |
| | text | odd | Odd? | today() > '2026-01-01' |
| choices | | | |
| | list_name | name | label |
| | yn | y | Yes |
| | yn | n | No |
"""
ARCHIVE = {
    "survey_9.lss": lss(
        GROUP,
        rows("surveys", [{"sid": "9", "language": "en"}]),
        rows("questions", [question("1", "5", "mark"), question("2", "T", "why")]),
        rows("question_l10ns", [text("1", "How?"), text("2", "Why?")]),
    ),
    "survey_9_responses.lsr": lss(
        rows(
            "responses",
            [
                {"id": "1", "submitdate": "2026-01-02 03:04:05", "_9X1X1": "4", "_9X1X2": "Nice"},
                {"id": "2", "submitdate": "2026-01-03 03:04:05", "_9X1X1": "9", "_9X1X2": "Off"},
            ],
        ),
        kind="Responses",
    ),
}


def test_a_file_becomes_a_draft_with_its_report(designer: Actor) -> None:
    done = survey_import(actor=designer, name="tea.md", content=TEA)
    survey, report = done.survey, done.report
    assert (survey.state, str(survey), done.format) == ("draft", "tea", "xlsform")
    codes = [(q.code, q.kind, q.note) for q in survey.questions.order_by("position")]
    assert codes == [
        ("came", "single", ""),
        ("why", "short_text", ""),
        ("odd", "short_text", "relevant: today() > '2026-01-01'"),
    ]
    why = survey.questions.get(code="why")
    assert why.logic == {"show_if": {"source": "answer.came", "operator": "is", "value": "y"}}
    assert report["found"] == report["taken"] + report["changed"] + report["refused"]
    for row in report["kinds"].values():
        assert row["found"] == row["taken"] + row["changed"] + row["refused"]
    assert AuditEntry.unscoped.filter(action="survey.import", object_id=survey.pk).exists()
    survey_publish(actor=designer, survey=survey)


def test_an_archive_records_its_answers_where_they_fit(designer: Actor) -> None:
    done = survey_import(actor=designer, name="a.lsa", content=archive(ARCHIVE))
    assert done.report["responses"] == {"found": 2, "taken": 1, "refused": 1}
    (response,) = Response.objects.for_actor(designer).filter(survey=done.survey)
    assert response.answers == {"mark": 4, "why": "Nice"}
    assert response.completed_at is not None
    assert response.completed_at.isoformat() == "2026-01-01T18:04:05+00:00"  # Seoul's clock
    (refused,) = [e for e in done.report["elements"] if e["reason"] == "answer_refused"]
    assert "5" in refused["params"]["why"]


@pytest.mark.parametrize(
    "content",
    [
        b"<document><LimeSurveyDocType>Survey</LimeSurveyDocType></document>",
        b"type,name,label,label\ntext,a,b,c",
        b'{"format": "cxportal-survey", "version": 1, "survey": {"title": {"en": "T"},'
        b' "languages": ["en"], "default_language": "en", "sections": [{"questions":'
        b' [{"code": "a", "kind": "nps", "text": {"en": "A"}},'
        b' {"code": "a", "kind": "nps", "text": {"en": "B"}}]}]}}',
    ],
    ids=["no question", "a column twice", "a code twice"],
)
def test_a_refused_file_leaves_nothing_behind(designer: Actor, content: bytes) -> None:
    with pytest.raises(DomainError):
        survey_import(actor=designer, name="x", content=content)
    assert not Survey.unscoped.exists()
    assert not Question.unscoped.exists()
    assert not SurveyImport.unscoped.exists()


@pytest.mark.parametrize("role", ["manager", "staff", "viewer"])
def test_only_designers_take_surveys_over(actor_for: As, role: str) -> None:
    with pytest.raises(DomainError) as refused:
        survey_import(actor=actor_for(role), name="tea.md", content=TEA)
    assert refused.value.code == "denied"


@pytest.mark.skipif(not FILES, reason="the sample files are not on this machine")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_real_file_can_be_published_and_answered(designer: Actor, path: Path) -> None:
    if path.name == BROKEN:
        with pytest.raises(DomainError) as refused:
            survey_import(actor=designer, name=path.name, content=path.read_bytes())
        assert "“label” stands twice" in refused.value.message
        return
    done = survey_import(actor=designer, name=path.name, content=path.read_bytes())
    survey = done.survey
    survey.refresh_from_db()
    assert not [p.text for p in problems_of(survey, sections_of(survey)) if p.blocks]
    survey_publish(actor=designer, survey=survey)
    report = done.report
    assert report["found"] == report["taken"] + report["changed"] + report["refused"]
    assert Robot(open_link(survey), seed=1).run().trouble == ""
    assert survey.responses.filter(status="complete", channel="link").count() == 1
