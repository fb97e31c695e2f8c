"""Mystery visits of the demo: own stores and a competitor's, over the last months."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from surveys.models import Survey
from surveys.services.checklists import checklist_set
from surveys.services.questions import choices_set
from surveys.services.recording import responses_record
from surveys.services.surveys import survey_create, survey_publish

if TYPE_CHECKING:
    from cxportal.home.demo.load import Build

_CODE = "demo-mystery"
# code, names, competitor, share of items done well
_STORES = [
    ("gangnam", {"en": "Gangnam", "ko": "강남점"}, "", 0.84),
    ("pangyo", {"en": "Pangyo", "ko": "판교점"}, "", 0.72),
    ("haeundae", {"en": "Haeundae", "ko": "해운대점"}, "", 0.63),
    ("rival", {"en": "Rival, Gangnam", "ko": "라이벌 강남점"}, "라이벌마트", 0.76),
]
# item: the touchpoint of the journey it belongs to, weight
_ITEMS = {
    "clean": ("매장 진열", 1), "greeting": ("매장 상담", 2), "needs": ("매장 상담", 3),
    "knowledge": ("매장 상담", 3), "waiting": ("매장 계산", 2), "goodbye": ("매장 계산", 1),
}  # fmt: skip
_VISITS = 12  # per store
_NOTES = ("계산 줄이 길었어요.", "상담이 친절했어요.", "재고를 바로 확인해 주었어요.", "")


def build_checklists(build: "Build") -> None:
    """The survey with its weights, and visits every other week."""
    if Survey.objects.for_actor(build.actor).filter(external_id=_CODE).exists():
        return
    survey = survey_create(
        actor=build.actor,
        title={"ko": "매장 미스터리 쇼핑", "en": "Mystery shopping of stores"},
        template="mystery",
        languages=["ko", "en"],
        default_language="ko",
        external_id=_CODE,
    )
    stores = [{"code": code, "text": names} for code, names, _rival, _good in _STORES]
    choices_set(actor=build.actor, question=survey.questions.get(code="store"), choices=stores)
    survey.refresh_from_db()
    checklist_set(
        actor=build.actor,
        survey=survey,
        items=[{"code": c, "touchpoint": t, "weight": w} for c, (t, w) in _ITEMS.items()],
        stores=[{"code": code, "competitor": rival} for code, _n, rival, _good in _STORES],
    )
    survey_publish(actor=build.actor, survey=survey)
    survey.refresh_from_db()
    rows = [_visit(build, place, number) for number in range(_VISITS) for place in range(4)]
    responses_record(actor=build.actor, survey=survey, rows=rows)


def _visit(build: "Build", place: int, number: int) -> dict[str, Any]:
    code, _names, _rival, good = _STORES[place]
    answers: dict[str, Any] = {"store": code}
    for item in _ITEMS:
        draw = build.rng.random()
        answers[item] = "yes" if draw < good else "partly" if draw < good + 0.12 else "no"
    if number % 5 == place:
        answers["waiting"] = "na"
    note = _NOTES[(number + place) % len(_NOTES)]
    at = build.now - timedelta(days=14 * (_VISITS - number), hours=3 * place)
    return {
        "answers": {**answers, **({"note": note} if note else {})},
        "completed_at": at.isoformat(),
        "language": "ko",
        "channel": "visit",
    }
