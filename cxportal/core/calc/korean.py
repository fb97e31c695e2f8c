"""Korean particles that fit the word before them: 설문은, 캠페인은, NPS는, 7을, 10을.

Rules of the 표준어 규정: a particle's form follows the sound the word ends with. Digits are read as
Sino-Korean numbers, capital letters by their names, other Latin words by the endings that Korean
writes with a final consonant.
"""

import re

PARTICLES = {
    "은/는": ("은", "는"),
    "이/가": ("이", "가"),
    "을/를": ("을", "를"),
    "과/와": ("과", "와"),
    "으로/로": ("으로", "로"),
    "이나/나": ("이나", "나"),
    "이란/란": ("이란", "란"),
    "이라/라": ("이라", "라"),
    "이며/며": ("이며", "며"),
    "아/야": ("아", "야"),
}
# The final consonant each digit's reading ends with: 영 일 이 삼 사 오 육 칠 팔 구.
_DIGIT_FINALS = dict(
    zip("0123456789", ("ㅇ", "ㄹ", "", "ㅁ", "", "", "ㄱ", "ㄹ", "ㄹ", ""), strict=True)
)
_LETTER_FINALS = {"L": "ㄹ", "M": "ㅁ", "N": "ㄴ", "R": "ㄹ"}
_WORD_ENDINGS = (
    (re.compile(r"(l|le)$"), "ㄹ"),
    (re.compile(r"ng$"), "ㅇ"),
    (re.compile(r"(m|[aeiou]me)$"), "ㅁ"),
    (re.compile(r"(n|[aeiou]ne)$"), "ㄴ"),
    (re.compile(r"[aeiou](ck|k|c)$"), "ㄱ"),
    (re.compile(r"([aeiou]p|pp|[aeiou]b)$"), "ㅂ"),
    (re.compile(r"([aeiou]t|tt)$"), "ㅅ"),
)
_SYLLABLES = range(0xAC00, 0xD7A4)
_FINALS_PER_SYLLABLE = 28
_FINAL_RIEUL = 8
_TRAILING_BRACKETS = re.compile(r"(?<=\S)\s*[(\[（][^()\[\]（）]*[)\]）]\s*$")
_TRAILING_MARKS = re.compile(r"(?:&(?:quot|#x27|#39|gt);|[^0-9A-Za-z가-힣%])+$")
_OPEN_FORMS = re.compile(
    r"(?P<word>\S+?)(?:은\(는\)|이\(가\)|을\(를\)|과\(와\)|\(으\)로|\(이\)나|\(이\)란|\(이\)라|\(이\)며)"
)
_OPEN_TO_PAIR = {
    "은(는)": "은/는",
    "이(가)": "이/가",
    "을(를)": "을/를",
    "과(와)": "과/와",
    "(으)로": "으로/로",
    "(이)나": "이나/나",
    "(이)란": "이란/란",
    "(이)라": "이라/라",
    "(이)며": "이며/며",
}


def final_consonant(word: str) -> str:
    """The consonant the word's reading ends with: "" for a vowel, "ㄹ" apart from the rest.

    Brackets and quotation marks at the end are not read: 회원(VIP) ends like 회원.
    """
    word = _TRAILING_MARKS.sub("", _TRAILING_BRACKETS.sub("", word.strip()) or word)
    if not word:
        return ""
    last = word[-1]
    if ord(last) in _SYLLABLES:
        return _syllable_final(last)
    if last.isdigit():
        return _number_final(word)
    return _latin_final(word)


def particle(word: str, pair: str) -> str:
    """The form of a pair such as "은/는" that fits the word. Raises KeyError for unknown pairs."""
    closed, open_form = PARTICLES[pair]
    final = final_consonant(word)
    if pair == "으로/로" and final == "ㄹ":
        return open_form
    return closed if final else open_form


def settle_particles(text: str) -> str:
    """Replace open forms as translators write them, 설문을(를), by the one that fits: 설문을."""
    if "(" not in text:
        return text
    return _OPEN_FORMS.sub(_settled, text)


def _settled(match: re.Match[str]) -> str:
    word = match["word"]
    return word + particle(word, _OPEN_TO_PAIR[match[0][len(word) :]])


def _syllable_final(syllable: str) -> str:
    index = (ord(syllable) - _SYLLABLES.start) % _FINALS_PER_SYLLABLE
    if index == 0:
        return ""
    return "ㄹ" if index == _FINAL_RIEUL else "ㅇ"


def _number_final(word: str) -> str:
    """Trailing zeros read as 십, 백, 천, 만, 억, all closed, and 조, open."""
    number = re.search(r"[\d,.]*\d$", word)
    digits = number[0].replace(",", "") if number else word[-1]
    if "." in digits or digits.strip("0") == "":
        return _DIGIT_FINALS.get(digits[-1], "")
    zeros = len(digits) - len(digits.rstrip("0"))
    if zeros >= 12:
        return ""
    return "ㅂ" if zeros else _DIGIT_FINALS.get(digits[-1], "")


def _latin_final(word: str) -> str:
    last_word = re.split(r"[\s\-_/]", word)[-1]
    if last_word.endswith("%"):
        return ""
    if last_word.isupper():
        return _LETTER_FINALS.get(last_word[-1], "")
    lowered = last_word.lower()
    return next((final for ending, final in _WORD_ENDINGS if ending.search(lowered)), "")
