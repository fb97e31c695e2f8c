"""Particles fit whatever word a program or a person was named."""

import pytest

from cxportal.core.calc.korean import final_consonant, particle, settle_particles


@pytest.mark.parametrize(
    ("word", "pair", "expected"),
    [
        ("설문", "은/는", "은"),
        ("캠페인", "을/를", "을"),
        ("접점", "이/가", "이"),
        ("고객", "과/와", "과"),
        ("과제", "은/는", "는"),
        ("여정", "으로/로", "으로"),
        ("매장", "으로/로", "으로"),
        ("지표", "으로/로", "로"),
        ("서울", "으로/로", "로"),
        ("메일", "은/는", "은"),
        ("단계", "이란/란", "란"),
    ],
)
def test_a_korean_word_gets_the_form_of_its_last_syllable(
    word: str, pair: str, expected: str
) -> None:
    assert particle(word, pair) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("0", "은"), ("1", "은"), ("2", "는"), ("3", "은"), ("4", "는"), ("5", "는"), ("6", "은"),
        ("7", "은"), ("8", "은"), ("9", "는"), ("10", "은"), ("100", "은"), ("20", "은"),
        ("1,204", "는"), ("1000000000000", "는"), ("4.5", "는"), ("2분기 3", "은"), ("42%", "는"),
    ],
)  # fmt: skip
def test_digits_are_read_as_sino_korean_numbers(word: str, expected: str) -> None:
    assert particle(word, "은/는") == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("NPS", "는"), ("CSAT", "는"), ("CES", "는"), ("CRM", "은"), ("URL", "은"), ("QR", "은"),
        ("VPN", "은"), ("Hanbit", "은"), ("Google", "은"), ("online", "은"), ("game", "은"),
        ("team", "은"), ("marketing", "은"), ("Slack", "은"), ("shop", "은"), ("desk", "는"),
        ("test", "는"), ("store", "는"), ("Seoul Store", "는"), ("e-mail", "은"),
    ],
)  # fmt: skip
def test_latin_words_and_letters_get_the_form_of_how_they_are_read(
    word: str, expected: str
) -> None:
    assert particle(word, "은/는") == expected


@pytest.mark.parametrize("number", ["1", "7", "8"])
def test_rieul_takes_ro_and_not_euro(number: str) -> None:
    assert particle(number, "으로/로") == "로"


def test_brackets_and_quotation_marks_are_not_read() -> None:
    assert particle("회원(VIP)", "이/가") == "이"
    assert particle("“과제”", "을/를") == "를"
    assert particle("&quot;설문&quot;", "을/를") == "을"


def test_nothing_to_read_takes_the_open_form() -> None:
    assert final_consonant("") == ""
    assert final_consonant("!?") == ""


def test_an_unknown_pair_is_refused() -> None:
    with pytest.raises(KeyError):
        particle("설문", "은")


def test_translated_sentences_are_finished_after_the_words_are_in() -> None:
    text = "설문을(를) 게시했고 과제은(는) 남았으며 서울(으)로 NPS이(가) 갔습니다."
    assert settle_particles(text) == "설문을 게시했고 과제는 남았으며 서울로 NPS가 갔습니다."


def test_sentences_without_open_forms_stay_as_they_are() -> None:
    assert settle_particles("Done (3 of 4).") == "Done (3 of 4)."
    assert settle_particles("저장했습니다.") == "저장했습니다."
