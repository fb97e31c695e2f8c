"""Surveys are made, changed, published, closed, copied and deleted."""

from collections.abc import Callable

import pytest

from cxportal.core.actors import Actor
from cxportal.core.errors import Denied, DomainError, StaleEdit
from cxportal.core.models import AuditEntry, OutboxEvent, Program
from surveys.models import Metric, Survey
from surveys.queries.surveys import survey_document
from surveys.services.questions import question_update
from surveys.services.surveys import (
    survey_close,
    survey_create,
    survey_delete,
    survey_duplicate,
    survey_publish,
    survey_reopen,
    survey_update,
)
from surveys.templates_library import TEMPLATES
from tests.surveys.answering import make_survey
from tests.surveys.designing import answered, asked, make_draft, question_of

pytestmark = pytest.mark.django_db
As = Callable[[str], Actor]


def actions_of(survey: Survey) -> list[str]:
    rows = AuditEntry.unscoped.filter(object_type="surveys.survey", object_id=survey.pk)
    return list(rows.order_by("pk").values_list("action", flat=True))


@pytest.mark.parametrize(
    ("template", "codes"),
    [
        ("empty", []),
        ("nps", ["nps", "why"]),
        ("csat", ["csat", "why"]),
        ("ces", ["ces", "why"]),
        ("purchase", ["csat", "advice", "reason", "why"]),
        ("pulse", ["enps", "good", "better"]),
    ],
)
def test_each_template_gives_its_questions(actor_for: As, template: str, codes: list[str]) -> None:
    survey = make_draft(actor_for("designer"), template)
    assert asked(survey) == codes
    assert survey.purpose == TEMPLATES[template]["purpose"]
    assert survey.anonymous is (template == "pulse")
    assert actions_of(survey) == ["survey.create"]


@pytest.mark.parametrize("template", [name for name in TEMPLATES if name != "empty"])
def test_every_template_can_be_published_at_once(actor_for: As, template: str) -> None:
    survey = make_draft(actor_for("designer"), template)
    version = survey_publish(actor=actor_for("designer"), survey=survey)
    assert version.number == 1
    questions = version.document["sections"][0]["questions"]
    assert all(set(q["text"]) == {"en", "ko"} for q in questions)


def test_a_plain_title_stands_in_the_main_language(actor_for: As) -> None:
    survey = make_draft(actor_for("designer"), title="Visit", default_language="ko")
    assert survey.title == {"ko": "Visit"}
    assert survey.languages == ["ko", "en"]
    survey.refresh_from_db()
    assert survey.sort_title == "Visit"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"title": " "}, "invalid"),
        ({"template": "horoscope"}, "unknown_template"),
        ({"languages": ["../etc"]}, "invalid"),
        ({"title": {"en": 5}}, "invalid"),
    ],
)
def test_bad_input_makes_no_survey(actor_for: As, values: dict[str, object], code: str) -> None:
    with pytest.raises(DomainError) as refused:
        survey_create(**{"actor": actor_for("designer"), "title": "Visit", **values})  # type: ignore[arg-type]
    assert refused.value.code == code
    assert not Survey.unscoped.exists()


def test_an_external_id_is_given_once(actor_for: As) -> None:
    make_draft(actor_for("designer"), external_id="crm-7")
    with pytest.raises(DomainError) as refused:
        make_draft(actor_for("designer"), external_id="crm-7")
    assert (refused.value.code, refused.value.status) == ("external_id_taken", 409)
    assert Survey.unscoped.count() == 1


@pytest.mark.parametrize("role", ["manager", "staff", "viewer"])
def test_only_designers_and_owners_change_surveys(actor_for: As, role: str) -> None:
    survey = make_draft(actor_for("owner"))
    for call in (
        make_draft,
        lambda actor: survey_update(actor=actor, survey=survey, title="Mine"),
        lambda actor: survey_publish(actor=actor, survey=survey),
        lambda actor: survey_delete(actor=actor, survey=survey),
    ):
        with pytest.raises(Denied):
            call(actor_for(role))
    assert Survey.unscoped.get().title == survey.title


def test_nobody_changes_a_survey_of_another_program(actor_for: As, other_program: Program) -> None:
    foreign = make_draft(Actor.system(other_program))
    with pytest.raises(Denied):
        survey_update(actor=actor_for("owner"), survey=foreign, title="Mine")


def test_a_change_is_kept_and_noted(actor_for: As) -> None:
    survey = make_draft(actor_for("designer"))
    changed = survey_update(actor=actor_for("designer"), survey=survey, title="Visit")
    assert (changed.title, changed.version) == ({"en": "Visit"}, 2)
    survey_update(actor=actor_for("designer"), survey=survey, title="Visit")
    assert Survey.unscoped.get().version == 2
    assert actions_of(survey) == ["survey.create", "survey.update"]


def test_a_stale_edit_is_refused_with_what_is_stored(actor_for: As) -> None:
    survey = make_draft(actor_for("designer"))
    survey_update(actor=actor_for("owner"), survey=survey, version=1, title="First")
    with pytest.raises(StaleEdit) as stale:
        survey_update(actor=actor_for("designer"), survey=survey, version=1, title="Second")
    current = stale.value.details["current"]
    assert (current["version"], current["title"]) == (2, {"en": "First"})
    assert current["changed_by"] == "Owner"
    assert Survey.unscoped.get().title == {"en": "First"}


def test_a_changed_question_does_not_make_the_title_stale(actor_for: As) -> None:
    survey = make_draft(actor_for("designer"))
    question_update(actor=actor_for("owner"), question=question_of(survey, "why"), text="So?")
    changed = survey_update(actor=actor_for("designer"), survey=survey, version=1, title="Mine")
    assert (changed.title, changed.version) == ({"en": "Mine"}, 3)


@pytest.mark.parametrize("theme", [{"brand": "red"}, {"brand": "#12"}, {"css": "x"}, "x"])
def test_a_colour_is_six_digits(actor_for: As, theme: object) -> None:
    survey = make_draft(actor_for("designer"))
    with pytest.raises(DomainError, match="colour"):
        survey_update(actor=actor_for("designer"), survey=survey, theme=theme)
    good = survey_update(actor=actor_for("designer"), survey=survey, theme={"brand": "#0B6E69"})
    assert good.theme == {"brand": "#0B6E69"}


def test_anonymity_is_fixed_once_answered(actor_for: As, program: Program) -> None:
    survey = make_survey(program)
    survey_update(actor=actor_for("designer"), survey=survey, anonymous=True)
    survey.refresh_from_db()
    answered(survey)
    with pytest.raises(DomainError) as refused:
        survey_update(actor=actor_for("designer"), survey=survey, anonymous=False)
    assert (refused.value.code, refused.value.status) == ("anonymity_fixed", 409)
    survey.refresh_from_db()
    assert survey.anonymous is True


def test_publishing_twice_makes_two_versions_and_the_first_keeps_its_document(
    actor_for: As,
) -> None:
    designer = actor_for("designer")
    survey = make_draft(designer)
    first = survey_publish(actor=designer, survey=survey)
    before = survey_document(survey)
    assert (first.number, first.document) == (1, before)
    survey.refresh_from_db()
    assert (survey.state, survey.has_changes) == (Survey.State.OPEN, False)

    question_update(actor=designer, question=question_of(survey, "why"), text={"en": "So?"})
    survey.refresh_from_db()
    assert survey.has_changes is True
    assert survey.current_version == first

    second = survey_publish(actor=designer, survey=survey)
    survey.refresh_from_db()
    assert second.number == 2
    assert second.document["sections"][0]["questions"][1]["text"] == {"en": "So?"}
    assert survey.current_version == second
    assert survey.has_changes is False
    first.refresh_from_db()
    assert first.document == before


def test_publishing_without_a_change_makes_no_version(actor_for: As) -> None:
    designer = actor_for("designer")
    survey = make_draft(designer)
    first = survey_publish(actor=designer, survey=survey)
    assert survey_publish(actor=designer, survey=survey) == first
    assert survey.versions.count() == 1
    assert actions_of(survey).count("survey.publish") == 1
    assert OutboxEvent.unscoped.filter(payload__event="survey.published").count() == 1


def test_publishing_makes_one_metric_per_question_with_a_score(actor_for: As) -> None:
    designer = actor_for("designer")
    survey = make_draft(designer, "purchase")
    survey_publish(actor=designer, survey=survey)
    assert Metric.unscoped.filter(sources__survey=survey).count() == 2


def test_a_survey_with_errors_stays_a_draft(actor_for: As) -> None:
    designer = actor_for("designer")
    survey = make_draft(designer, "empty")
    with pytest.raises(DomainError) as refused:
        survey_publish(actor=designer, survey=survey)
    assert refused.value.code == "not_ready"
    assert refused.value.details["problems"] == ["Add at least one question."]
    survey.refresh_from_db()
    assert (survey.state, survey.versions.count()) == (Survey.State.DRAFT, 0)


def test_closing_and_reopening(actor_for: As) -> None:
    designer = actor_for("designer")
    survey = make_draft(designer)
    for command in (survey_close, survey_reopen):
        with pytest.raises(DomainError) as refused:
            command(actor=designer, survey=survey)
        assert refused.value.code == "never_published"
    survey_publish(actor=designer, survey=survey)
    assert survey_close(actor=designer, survey=survey).state == Survey.State.CLOSED
    assert survey_reopen(actor=designer, survey=survey).state == Survey.State.OPEN
    assert actions_of(survey)[-2:] == ["survey.close", "survey.reopen"]


def test_publishing_a_closed_survey_opens_it(actor_for: As) -> None:
    designer = actor_for("designer")
    survey = make_draft(designer)
    first = survey_publish(actor=designer, survey=survey)
    survey_close(actor=designer, survey=survey)
    assert survey_publish(actor=designer, survey=survey) == first
    survey.refresh_from_db()
    assert survey.state == Survey.State.OPEN


def test_a_copy_is_a_draft_of_its_own(actor_for: As) -> None:
    designer = actor_for("designer")
    survey = make_draft(designer, "purchase")
    survey_publish(actor=designer, survey=survey)
    copy = survey_duplicate(actor=designer, survey=survey)
    copy.refresh_from_db()
    assert copy.title == {"en": "Copy of After the visit", "ko": "사본: 방문 후"}
    assert (copy.state, copy.current_version, copy.external_id) == ("draft", None, None)
    assert asked(copy) == asked(survey)
    choices = question_of(copy, "reason").choices.values_list("code", flat=True)
    assert list(choices) == ["self", "gift", "again", "look"]


def test_a_survey_without_answers_can_be_deleted(actor_for: As) -> None:
    designer = actor_for("designer")
    survey = make_draft(designer)
    survey_publish(actor=designer, survey=survey)
    survey_delete(actor=designer, survey=survey)
    assert not Survey.unscoped.exists()
    assert AuditEntry.unscoped.latest("pk").action == "survey.delete"


def test_a_survey_with_answers_is_never_deleted(actor_for: As, program: Program) -> None:
    survey = make_survey(program)
    answered(survey)
    with pytest.raises(DomainError) as refused:
        survey_delete(actor=actor_for("owner"), survey=survey)
    assert (refused.value.code, refused.value.status) == ("has_responses", 409)
    assert Survey.unscoped.count() == 1
