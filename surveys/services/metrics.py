"""Metrics as records: what is measured, from which questions, with which cut-offs."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, expect_version, lock, save_version
from cxportal.core.errors import DomainError
from cxportal.core.models import Membership, User, as_texts
from cxportal.core.policies import authorise
from surveys.calc.answers import SCALES, scale_of
from surveys.calc.definitions import Kind, standard_definition
from surveys.calc.loops import questions_by_answer
from surveys.models import Metric, MetricSource, Survey
from surveys.services.scores import lock_program, scores_clear, scores_fill

CODE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}")
MAX_MAPPING = 200
CUTOFFS = ("promoter_from", "detractor_to", "top_from")
EDITABLE = frozenset(
    {"name", "kind", "minimum", "maximum", "cutoffs", "high_is_good", "target", "min_n", "owner"}
    | {"is_headline"}
)
Source = tuple[Survey, str]


@transaction.atomic
def metric_create(
    *,
    actor: Actor,
    code: str,
    name: Mapping[str, str] | str,
    kind: str,
    sources: Iterable[Source] = (),
    minimum: int | None = None,
    maximum: int | None = None,
    cutoffs: Mapping[str, int] | None = None,
    target: Any = None,
    min_n: int | None = None,
    owner: User | None = None,
    is_headline: bool = False,
    high_is_good: bool = True,
) -> Metric:
    """Make a metric; earlier answers to its sources count at once.

    `target` is in the unit the metric is shown in. Raises DomainError for a code in use, a
    scale or cut-offs that do not fit, a source that is no question with a scale.
    """
    authorise(actor, "surveys.change_metrics")
    low, high = _scale(kind, minimum, maximum)
    metric = Metric(
        program=actor.program,
        code=_checked_code(code),
        name=as_texts(name, actor.program.default_language) or {"en": code},
        kind=kind,
        minimum=low,
        maximum=high,
        cutoffs=dict(cutoffs or {}),
        high_is_good=high_is_good,
        target=target,
        min_n=min_n,
        owner=owner,
        is_headline=is_headline,
    )
    _check(actor, metric)
    _save_new(metric)
    audit(actor=actor, action="metric.create", obj=metric)
    for survey, question_code in sources:
        metric_source_add(actor=actor, metric=metric, survey=survey, question_code=question_code)
    return metric


def _save_new(metric: Metric) -> None:
    try:
        with transaction.atomic():
            metric.save()
    except IntegrityError as taken:
        sentence = _("Another metric has this code. Choose a different one.")
        raise DomainError("code_taken", sentence, details={"code": sentence}) from taken


def _checked_code(code: str) -> str:
    if not CODE.fullmatch(code):
        sentence = _("Use lower-case letters, digits, dots and hyphens, at most 60.")
        raise DomainError("bad_code", sentence, details={"code": sentence})
    return code


def _scale(kind: str, minimum: int | None, maximum: int | None) -> tuple[int, int]:
    if kind not in Metric.Kind.values:
        sentence = _("There is no such kind of metric.")
        raise DomainError("bad_kind", sentence, details={"kind": sentence})
    usual = standard_definition(kind)
    low = usual.minimum if minimum is None else minimum
    high = usual.maximum if maximum is None else maximum
    return low, high


def _check(actor: Actor, metric: Metric) -> None:
    """Raise DomainError where scale, cut-offs, minimum or owner do not fit."""
    unknown = set(metric.cutoffs) - set(CUTOFFS)
    whole = all(isinstance(v, int) and not isinstance(v, bool) for v in metric.cutoffs.values())
    if unknown or not whole:
        sentence = _("Cut-offs are whole numbers named promoter_from, detractor_to or top_from.")
        raise DomainError("bad_cutoffs", sentence, details={"cutoffs": sentence})
    try:
        definition_of_values(metric)
    except ValueError as error:
        sentence = _("Scale and cut-offs do not fit each other. A scale lies within 0 to 10.")
        raise DomainError("bad_scale", sentence, details={"cutoffs": sentence}) from error
    if metric.min_n is not None and metric.min_n < 1:
        sentence = _("At least one answer is needed for a score.")
        raise DomainError("bad_min_n", sentence, details={"min_n": sentence})
    _check_owner(actor, metric.owner)


def definition_of_values(metric: Metric) -> None:
    """Try the metric's values as a definition. Raises ValueError when they do not fit."""
    standard_definition(
        metric.kind,
        minimum=metric.minimum,
        maximum=metric.maximum,
        direction="high" if metric.high_is_good else "low",
        **metric.cutoffs,
    )


def _check_owner(actor: Actor, owner: User | None) -> None:
    if owner is None:
        return
    if not Membership.objects.for_actor(actor).filter(user=owner, is_active=True).exists():
        sentence = _("The owner must be a member of this program.")
        raise DomainError("bad_owner", sentence, details={"owner": sentence})


@transaction.atomic
def metric_update(
    *, actor: Actor, metric: Metric, version: int | None = None, **values: Any
) -> Metric:
    """Change a metric; all its scores, old and new, are shown by the new definition.

    `version` is the one the caller edited (StaleEdit when it is no longer current). With
    another scale the facts are counted anew from the answers.
    """
    authorise(actor, "surveys.change_metrics", metric)
    unknown = set(values) - EDITABLE
    if unknown:
        raise TypeError(f"a metric has no {sorted(unknown)}")
    if {"minimum", "maximum"} & set(values):
        lock_program(actor.program_id, alone=True)
    metric = lock(metric)
    expect_version(metric, version, shown=("name", "kind", "cutoffs", "target", "min_n"))
    if "name" in values:
        values["name"] = as_texts(values["name"], actor.program.default_language)
    changes = _try(actor, metric, values)
    if changes:
        audit(actor=actor, action="metric.update", obj=metric, changes=changes)
    if {"minimum", "maximum"} & set(changes):
        scores_clear(actor.program, metric_id=metric.pk)
        scores_fill(actor.program, metric_id=metric.pk)
    return metric


def _try(actor: Actor, metric: Metric, values: dict[str, Any]) -> dict[str, list[Any]]:
    """Check the metric as it would be, then save it."""
    trial = Metric(program=metric.program)
    for name in EDITABLE:
        setattr(trial, name, values.get(name, getattr(metric, name)))
    _scale(trial.kind, trial.minimum, trial.maximum)
    _check(actor, trial)
    return save_version(metric, values)


@transaction.atomic
def metric_source_add(
    *,
    actor: Actor,
    metric: Metric,
    survey: Survey,
    question_code: str,
    mapping: Mapping[str, int] | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
) -> MetricSource:
    """Let a question feed the metric, from its first answer on. Adding it twice changes nothing.

    `mapping` turns answers ("yes", "4") into values of the metric's scale; what it does not name
    does not count. `first_day` and `last_day` bound one wave. Raises DomainError "bad_source",
    "bad_mapping".
    """
    authorise(actor, "surveys.change_metrics", metric)
    authorise(actor, "surveys.view_surveys", survey)
    _check_question(survey, question_code, mapped=bool(mapping))
    more = {
        "mapping": _checked_mapping(metric, mapping or {}),
        "first_day": first_day,
        "last_day": last_day,
    }
    lock_program(actor.program_id, alone=True)
    source, made = MetricSource.unscoped.get_or_create(  # unscoped: metric and survey authorised
        program=actor.program,
        metric=metric,
        survey=survey,
        question_code=question_code,
        defaults=more,
    )
    if made:
        filled = scores_fill(actor.program, metric_id=metric.pk)
        audit(
            actor=actor,
            action="metric.add_source",
            obj=metric,
            changes={"source": [None, f"{survey.pk}.{question_code}"], "answers": filled},
        )
    return source


@transaction.atomic
def metric_source_remove(*, actor: Actor, source: MetricSource) -> None:
    """Stop a question from feeding the metric; its answers leave the scores."""
    metric, survey = source.metric, source.survey
    authorise(actor, "surveys.change_metrics", metric)
    lock_program(actor.program_id, alone=True)
    name = f"{survey.pk}.{source.question_code}"
    source.delete()
    scores_clear(actor.program, metric_id=metric.pk, survey_id=survey.pk)
    # Another question of the same survey may feed it still.
    scores_fill(actor.program, metric_id=metric.pk)
    audit(actor=actor, action="metric.remove_source", obj=metric, changes={"source": [name, None]})


def score_questions(survey: Survey) -> dict[str, dict[str, Any]]:
    """Questions with a scale by code: of the newest version, else of the draft."""
    return {code: q for code, q in asked_questions(survey).items() if q["kind"] in SCALES}


def asked_questions(survey: Survey) -> dict[str, dict[str, Any]]:
    """All questions by code: of the newest version, in loops one for each item ("rate@app");
    else of the draft.
    """
    # By position, so that versions fetched beforehand are used.
    version = max(survey.versions.all(), key=lambda v: v.number, default=None)
    if version is not None:
        return questions_by_answer(version.document)
    return {
        q.code: {"code": q.code, "kind": q.kind, "text": q.text, "settings": q.settings}
        for q in survey.questions.all()
    }


def _checked_mapping(metric: Metric, mapping: Mapping[str, int]) -> dict[str, int]:
    whole = all(isinstance(v, int) and not isinstance(v, bool) for v in mapping.values())
    inside = whole and all(metric.minimum <= v <= metric.maximum for v in mapping.values())
    if not inside or len(mapping) > MAX_MAPPING:
        sentence = _("Each answer needs a whole number on the metric's scale.")
        raise DomainError("bad_mapping", sentence, details={"mapping": sentence})
    return {str(answer)[:120]: value for answer, value in mapping.items()}


def _check_question(survey: Survey, question_code: str, *, mapped: bool) -> None:
    known = asked_questions(survey)
    question = known.get(question_code)
    fits = question is not None and (mapped or question["kind"] in SCALES)
    if not fits:
        sentence = _("The survey has no question with a scale of this code.")
        raise DomainError("bad_source", sentence, details={"question_code": sentence})


@transaction.atomic
def metrics_ensure_for_survey(*, actor: Actor, survey: Survey) -> list[Metric]:
    """Make one metric for each question with a scale that feeds none yet; returns the new ones.

    Called at publication, so that a survey has scores from its first answer on.
    """
    authorise(actor, "surveys.change_surveys", survey)
    fed = set(survey.metric_sources.values_list("question_code", flat=True))
    questions = score_questions(survey)
    missing = [q for code, q in questions.items() if code not in fed]
    if missing:
        lock_program(actor.program_id, alone=True)
    return [_make_for_question(actor, survey, q, questions) for q in missing]


def _make_for_question(
    actor: Actor, survey: Survey, question: dict[str, Any], among: Mapping[str, dict[str, Any]]
) -> Metric:
    kind = _kind_for(survey, question)
    low, high = scale_of(question) or SCALES["rating"]
    metrics = Metric.objects.for_actor(actor)
    is_first = kind in (Kind.NPS, Kind.ENPS) and not metrics.filter(is_headline=True).exists()
    wanted = f"{kind}-{survey.pk}-{question['code']}"
    metric = Metric(
        program=actor.program,
        code=_free_code(actor, wanted.lower().replace("@", "-")[:56]),
        name=_name_for(survey, question, among),
        kind=kind,
        minimum=low,
        maximum=high,
        is_headline=is_first,
    )
    metric.save()
    MetricSource(
        program=actor.program, metric=metric, survey=survey, question_code=question["code"]
    ).save()
    scores_fill(actor.program, metric_id=metric.pk)
    audit(actor=actor, action="metric.create", obj=metric)
    return metric


def _kind_for(survey: Survey, question: Mapping[str, Any]) -> str:
    is_pulse = survey.purpose == "pulse" and question["kind"] == "nps"
    return "enps" if is_pulse else str(question["kind"])


def _free_code(actor: Actor, wanted: str) -> str:
    taken = set(
        Metric.objects.for_actor(actor)
        .filter(code__startswith=wanted)
        .values_list("code", flat=True)
    )
    number, code = 1, wanted
    while code in taken:
        number += 1
        code = f"{wanted}-{number}"
    return code


_KIND_WORDS = {"nps": "NPS", "enps": "eNPS", "csat": "CSAT", "ces": "CES"}


def _name_for(
    survey: Survey, question: Mapping[str, Any], among: Mapping[str, dict[str, Any]]
) -> dict[str, str]:
    """The survey's title and the kind; where several are of one kind, the question's words."""
    alone = sum(q["kind"] == question["kind"] for q in among.values()) == 1
    word = _KIND_WORDS.get(_kind_for(survey, question), "") if alone else ""
    texts = question.get("text") or {}
    return {
        language: f"{title[:110]} · {word or texts.get(language) or question['code']}"[:200]
        for language, title in survey.title.items()
    }
