"""The language of a text: Korean by its letters, others by py3langid where there is enough text."""

from surveys.calc.text import guess_language

#: Shorter texts are too little to tell English from its neighbours.
ENOUGH = 24


def language_of(text: str, usual: str) -> str:
    """ "ko", "en", "ja" …; `usual` where the letters do not tell."""
    known = guess_language(text)
    if known == "ko":
        return "ko"
    letters = sum(letter.isalpha() for letter in text)
    if letters < ENOUGH:
        return known or usual
    from py3langid import classify

    found: str = classify(text)[0]
    return found
