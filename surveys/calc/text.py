"""A first plain reading of comments: language by script, sentiment by word lists.

Rules of our own for customer comments in Korean and English. They abstain when they find
nothing or as much praise as blame, and then the sentiment is "unknown".
"""

import re
from enum import StrEnum

#: Words that turn the next few around.
_REACH = 3
#: Least share of Hangul among letters for a text to be read as Korean.
_KOREAN_SHARE = 0.2


class Sentiment(StrEnum):
    """What a comment says of the experience."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    UNKNOWN = "unknown"


_HANGUL = re.compile(r"[\uac00-\ud7a3\u1100-\u11ff\u3130-\u318f]")
_LATIN = re.compile(r"[A-Za-z]")
_WORD_EN = re.compile(r"[a-z']+")
_CLAUSES = re.compile(
    r"[.!?\n,;]|\bbut\b|\bhowever\b|(?<=지만)\s|(?<=는데)\s|(?<=으나)\s|(?<=고)\s"
)


def _words(listed: str) -> tuple[str, ...]:
    return tuple(listed.split())


_GOOD_EN = frozenset(
    _words(
        """
        good great excellent amazing love loved lovely friendly helpful easy fast quick kind polite
        perfect happy satisfied pleasant clean fresh recommend best nice wonderful smooth
        comfortable delicious thank thanks professional reliable fair generous impressed enjoyed
        convenient knowledgeable clear prompt
        """
    )
)
_BAD_EN = frozenset(
    _words(
        """
        bad slow rude terrible awful horrible broken late poor expensive difficult hard confusing
        dirty worst hate hated disappointed disappointing unhelpful annoying wrong problem problems
        waited waiting delay delayed lost damaged missing unfriendly complicated overpriced
        frustrating frustrated angry ignored cold stale refund useless crash crashed error
        """
    )
)
_NEGATORS_EN = frozenset(
    _words(
        """
        not no never isn't wasn't don't didn't doesn't can't couldn't won't without hardly
        """
    )
)
# Stems, matched inside words, since endings and particles are attached.
_GOOD_KO = _words(
    """
    좋 친절 만족 훌륭 최고 빠르 빨라 빨리 편리 편하 편했 편해 쉽 쉬웠 쉬워 감사 고맙
    추천 깨끗 신선 맛있 감동 완벽 즐거 믿음 정확 상세 자세 저렴 꼼꼼
    """
)
_BAD_KO = _words(
    """
    나쁘 나빠 나빴 불친절 불만 별로 실망 최악 느리 느려 느렸 늦게 늦어 늦었 불편 어렵
    어려 복잡 비싸 비쌌 비쌉 더럽 더러 짜증 화가 화나 파손 고장 오류 기다렸 기다려
    엉망 무시 불쾌 누락 답답 지저분 환불 후회 성의없 귀찮
    """
)
_NEGATION_KO = re.compile(r"지\s?(?:않|못|도\s?않|는\s?않)|(?<![가-힣])(?:안|못)\s|없")
_UNTURNED_KO = re.compile("(?:불만|문제|불편|오류|실망|어려움)[이은을도가함]{0,2}\\s?(?:없|은 없)")


def guess_language(text: str) -> str | None:
    """Give "ko" or "en" by the script of the letters, None when there are none of either."""
    korean, latin = len(_HANGUL.findall(text)), len(_LATIN.findall(text))
    if not korean + latin:
        return None
    # A Hangul syllable holds two or three letters, and Korean texts quote English names.
    return "ko" if korean >= _KOREAN_SHARE * (korean + latin) else "en"


def sentiment(text: str, language: str | None = None) -> Sentiment:
    """Read a comment; `language` is "ko" or "en", guessed when None."""
    known = language or guess_language(text)
    read = {"ko": _balance_ko, "en": _balance_en}.get(known or "")
    if read is None:
        return Sentiment.UNKNOWN
    balance = sum(read(clause) for clause in _CLAUSES.split(text.lower()) if clause)
    if balance == 0:
        return Sentiment.UNKNOWN
    return Sentiment.POSITIVE if balance > 0 else Sentiment.NEGATIVE


def _balance_en(clause: str) -> int:
    words = _WORD_EN.findall(clause.replace("’", "'"))
    balance = 0
    for place, word in enumerate(words):
        worth = (word in _GOOD_EN) - (word in _BAD_EN)
        before = words[max(0, place - _REACH) : place]
        balance += -worth if _NEGATORS_EN.intersection(before) else worth
    return balance


def _balance_ko(clause: str) -> int:
    praised_by_absence = len(_UNTURNED_KO.findall(clause))
    if praised_by_absence:
        return praised_by_absence
    turned = bool(_NEGATION_KO.search(clause))
    # 별로 only strengthens a negation that follows: 별로 안 좋아요.
    clause = clause.replace("별로", "") if turned else clause
    blame = sum(clause.count(stem) for stem in _BAD_KO)
    # 불친절, 불만족 hold a stem of praise inside the word of blame.
    rest = clause.replace("불친절", "").replace("불만족", "")
    praise = sum(rest.count(stem) for stem in _GOOD_KO)
    return blame - praise if turned else praise - blame
