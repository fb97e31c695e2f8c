"""A survey of the demo that asks by rules: many kinds, a branch, carried choices, a quota."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from surveys.models import Survey
from surveys.services.campaigns import campaign_create, campaign_start
from surveys.services.questions import question_add, section_add
from surveys.services.recording import responses_record
from surveys.services.surveys import survey_create, survey_publish, survey_update

if TYPE_CHECKING:
    from cxportal.home.demo.load import Build

CODE = "demo-visit-study"
ANSWERS = 120
TITLE = {"ko": "매장 방문 심층 조사", "en": "A closer look at store visits"}


def _t(ko: str, en: str) -> dict[str, str]:
    return {"ko": ko, "en": en}


def _parts(*parts: tuple[str, str, str]) -> list[dict[str, Any]]:
    return [{"code": code, "text": _t(ko, en)} for code, ko, en in parts]


_USED = _parts(
    ("fitting", "피팅룸", "Fitting room"),
    ("advice", "직원 상담", "Advice"),
    ("till", "계산대", "Till"),
    ("pickup", "픽업대", "Pick-up desk"),
)
_OTHER = {"code": "other", "text": _t("그 밖의 것", "Something else"), "other": True}
_MARKS = _parts(
    ("good", "좋았어요", "Good"), ("fair", "보통이에요", "Fair"), ("bad", "아쉬워요", "Bad")
)
_REASONS = ("줄이 너무 길었어요.", "직원을 찾기 어려웠어요.", "찾는 크기가 없었어요.")
_LOW = {"source": "answer.nps", "operator": "lte", "value": 6}
_HIGH = {"source": "answer.nps", "operator": "gte", "value": 9}

FIRST: list[dict[str, Any]] = [
    {
        "code": "nps",
        "kind": "nps",
        "required": True,
        "text": _t(
            "한빛을 가족이나 친구에게 추천할 마음이 얼마나 있으세요?",
            "How likely are you to recommend us to family or friends?",
        ),
    },
    {
        "code": "why",
        "kind": "long_text",
        "logic": {"show_if": _LOW},
        "text": _t("무엇이 가장 아쉬우셨나요?", "What disappointed you most?"),
    },
    {
        "code": "used",
        "kind": "multiple",
        "required": True,
        "choices": [*_USED, _OTHER],
        "settings": {"order": "random"},
        "text": _t("매장에서 무엇을 이용하셨어요?", "What did you use in the store?"),
    },
]
SECOND: list[dict[str, Any]] = [
    {
        "code": "each",
        "kind": "matrix_single",
        "rows": [],
        "choices": _MARKS,
        "settings": {"rows_from": {"question": "used"}},
        "text": _t("이용하신 곳은 어떠셨어요?", "How was each of them?"),
    },
    {
        "code": "order",
        "kind": "ranking",
        "choices": _USED,
        "settings": {"max": 3},
        "text": _t("먼저 나아지면 좋을 것을 골라 주세요.", "What should become better first?"),
    },
    {
        "code": "look",
        "kind": "rating",
        "settings": {"min": 1, "max": 5, "look": "stars"},
        "text": _t("매장 분위기는 어떠셨어요?", "How was the atmosphere?"),
    },
    {
        "code": "agree",
        "kind": "consent",
        "text": _t("결과를 메일로 받아 볼게요.", "Tell me the results by mail."),
    },
]
ENDINGS = [
    {
        "if": _HIGH,
        "text": _t(
            "고맙습니다! 다른 분들께도 알려 주시겠어요?", "Thank you! Will you tell others?"
        ),
        "url": "https://hanbit.example/review",
        "link": _t("후기 쓰기", "Write a review"),
    },
    {
        "if": _LOW,
        "text": _t("솔직한 말씀 고마워요. 꼭 나아질게요.", "Thank you for being frank."),
        "contact": True,
    },
]
QUOTAS = [{"code": "fans", "name": "추천 고객", "if": _HIGH, "limit": 2000, "action": "end"}]


def build_ways(build: "Build") -> int:
    """Design, publish and answer it once; returns the number of answers taken."""
    actor = build.actor
    if Survey.objects.for_actor(actor).filter(external_id=CODE).exists():
        return 0
    survey = survey_create(
        actor=actor,
        title=TITLE,
        languages=["ko", "en"],
        default_language="ko",
        external_id=CODE,
    )
    for spec in FIRST:
        question_add(actor=actor, survey=survey, **spec)
    section = section_add(actor=actor, survey=survey, title=_t("조금 더 자세히", "A little more"))
    for spec in SECOND:
        question_add(actor=actor, survey=survey, section=section, **spec)
    survey = survey_update(actor=actor, survey=survey, endings=ENDINGS, quotas=QUOTAS)
    survey_publish(actor=actor, survey=survey)
    survey.refresh_from_db()
    campaign = campaign_create(actor=actor, survey=survey, name=TITLE["ko"], channel="link")
    campaign_start(actor=actor, campaign=campaign)
    rows = [_row(build, number) for number in range(ANSWERS)]
    result = responses_record(actor=actor, survey=survey, rows=rows)
    if result.failed:
        raise ValueError(next(row for row in result.rows if row["errors"]))
    return len(rows)


def _row(build: "Build", number: int) -> dict[str, Any]:
    """One believable answer: what was used decides what is rated, low scores say why."""
    rng = build.rng
    score = int(min(10, max(0, round(rng.normal(7.4, 2.2)))))
    count = int(rng.integers(1, len(_USED) + 1))
    used = sorted(str(c) for c in rng.choice([c["code"] for c in _USED], count, replace=False))
    marks = ("good", "fair", "bad") if score > 6 else ("bad", "fair", "good")
    each = {code: str(rng.choice(marks, p=[0.65, 0.25, 0.10])) for code in used}
    answers: dict[str, Any] = {
        "nps": score,
        "used": used,
        "each": each,
        "order": [str(c) for c in rng.permutation([c["code"] for c in _USED])[:2]],
        "look": int(min(5, max(1, round(score / 2)))),
    }
    if score <= 6 and number % 3:
        answers["why"] = _REASONS[number % 3]
    if number % 4 == 0:
        answers["agree"] = True
    at = build.now - timedelta(days=int(rng.integers(1, 80)), minutes=int(rng.integers(0, 600)))
    return {"answers": answers, "completed_at": at.isoformat(), "channel": "link"}
