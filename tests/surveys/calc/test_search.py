"""Words are found by pairs of letters, also Korean ones of two syllables with a particle."""

from surveys.calc.search import bigrams, text_key


def holds(text: str, phrase: str) -> bool:
    return set(bigrams(phrase)) <= set(bigrams(text))


def test_a_korean_word_is_found_inside_a_word_with_its_particle() -> None:
    assert holds("어제 배송이 늦었어요", "배송")
    assert not holds("어제 상담이 늦었어요", "배송")


def test_capitals_and_composition_do_not_matter() -> None:
    assert holds("Slow DELIVERY again", "delivery")
    assert bigrams("한글") == bigrams("한글")  # composed and decomposed


def test_pairs_do_not_cross_blanks_and_are_numbers_the_database_keeps() -> None:
    assert bigrams("a b") == []
    assert all(-(2**31) <= pair < 2**31 for pair in bigrams("배송이 늦었어요 and more"))


def test_equal_texts_have_equal_keys() -> None:
    assert text_key(" Good  service\n") == text_key("good service")
    assert text_key("Good service") != text_key("Good services")
