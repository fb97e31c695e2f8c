"""Surveys, metrics and open-link campaigns of the demo."""

from typing import TYPE_CHECKING, Any

from cxportal.home.demo import content
from surveys.models import Metric, Survey
from surveys.services.campaigns import campaign_create, campaign_start
from surveys.services.metrics import metric_create
from surveys.services.questions import question_add
from surveys.services.surveys import survey_create, survey_publish, survey_update

if TYPE_CHECKING:
    from cxportal.home.demo.load import Build

METRIC_KINDS = {
    "nps": Metric.Kind.NPS,
    "csat": Metric.Kind.CSAT,
    "ces": Metric.Kind.CES,
    "rating": Metric.Kind.RATING,
}
# Metrics of the whole relationship, by the code of their question.
RELATION_METRICS = {
    "nps": {"en": "Recommendation (NPS)", "ko": "추천 의향(NPS)"},
    "enps": {"en": "Employee NPS", "ko": "직원 순추천지수(eNPS)"},
    "satisfied": {"en": "Overall satisfaction", "ko": "전반적 만족도"},
    "again": {"en": "Would buy again", "ko": "재구매 의향"},
}
TARGETS = {Metric.Kind.NPS: 40, Metric.Kind.CSAT: 80, Metric.Kind.CES: 6, Metric.Kind.RATING: 4}


def build_surveys(build: "Build") -> None:
    """Design, measure and publish each survey; give each an open link."""
    known = {s.external_id: s for s in Survey.objects.for_actor(build.actor)}
    for number, spec in enumerate(content.SURVEYS):
        survey = known.get(f"demo-{spec['code']}")
        if survey is None:
            survey = _build(build, spec)
        build.surveys[spec["code"]] = survey
        _metrics(build, spec, survey)
        build.report(14 + number, 100, str(survey))


def _build(build: "Build", spec: dict[str, Any]) -> Survey:
    survey = survey_create(
        actor=build.actor,
        title=spec["title"],
        languages=["ko", "en"],
        default_language="ko",
        anonymous=spec.get("anonymous", False),
        external_id=f"demo-{spec['code']}",
    )
    for question in spec["questions"]:
        question_add(
            actor=build.actor,
            survey=survey,
            kind=question["kind"],
            code=question["code"],
            text=question["text"],
            settings=question["settings"],
            required=question["kind"] != "long_text",
        )
    if survey.anonymous:
        survey_update(actor=build.actor, survey=survey, settings={"show_results": True})
    survey.refresh_from_db()
    _measure(build, spec, survey)
    survey_publish(actor=build.actor, survey=survey)
    survey.refresh_from_db()
    campaign = campaign_create(
        actor=build.actor, survey=survey, name=spec["title"]["ko"], channel="link"
    )
    campaign_start(actor=build.actor, campaign=campaign)
    return survey


def _measure(build: "Build", spec: dict[str, Any], survey: Survey) -> None:
    for question in spec["questions"]:
        kind = METRIC_KINDS.get(question["kind"])
        if kind is None:
            continue
        is_pulse = spec["code"] == "pulse"
        headline = question["code"] in {"nps", "enps"} or question["touchpoint"] == "delivery"
        metric_create(
            actor=build.actor,
            code=f"{spec['code']}-{question['code']}",
            name=_metric_name(question),
            kind=Metric.Kind.ENPS if is_pulse else kind,
            sources=[(survey, question["code"])],
            minimum=question["settings"].get("min"),
            maximum=question["settings"].get("max"),
            target=TARGETS[kind],
            owner=build.members["manager"].user,
            is_headline=headline,
        )


def _metric_name(question: dict[str, Any]) -> dict[str, str]:
    touchpoint = next((t for t in content.TOUCHPOINTS if t["code"] == question["touchpoint"]), None)
    if touchpoint is None:
        return RELATION_METRICS[question["code"]]
    words = {
        "csat": {"en": "satisfaction", "ko": "만족도"},
        "ces": {"en": "ease", "ko": "쉬움(CES)"},
        "rating": {"en": "rating", "ko": "평점"},
    }[question["kind"]]
    name = touchpoint["name"]
    return {"en": f"{name['en']}: {words['en']}", "ko": f"{name['ko']} {words['ko']}"}


def _metrics(build: "Build", spec: dict[str, Any], survey: Survey) -> None:
    metrics = {m.code: m for m in Metric.objects.for_actor(build.actor)}
    for question in spec["questions"]:
        metric = metrics.get(f"{spec['code']}-{question['code']}")
        if metric is not None and question["touchpoint"]:
            build.metrics.setdefault(question["touchpoint"], []).append(metric)
