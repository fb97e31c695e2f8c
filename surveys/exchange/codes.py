"""Names that keep the file's own as far as ours allow, each used once."""

import re
import unicodedata

_LONGEST = 40
_NOT_QUESTION = re.compile(r"[^a-z0-9_]+")
_NOT_CHOICE = re.compile(r"[^A-Za-z0-9_-]+")


def question_code(name: str, taken: set[str]) -> str:
    """A free code like the file's name: small letters, digits and _, a letter first."""
    stem = _NOT_QUESTION.sub("_", _ascii(name).lower()).strip("_")
    if not stem or not stem[0].isalpha():
        stem = f"q_{stem}".rstrip("_") if stem else "q"
    return _free(stem, taken)


def choice_code(name: str, taken: set[str]) -> str:
    """A free choice code like the file's: letters, digits, _ and -."""
    stem = _NOT_CHOICE.sub("_", _ascii(name).strip()).strip("_")
    if not stem or (stem == "_" * len(stem)):
        stem = "c"
    return _free(stem, taken)


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name)
    return plain.encode("ascii", "ignore").decode()


def _free(stem: str, taken: set[str]) -> str:
    stem = stem[:_LONGEST]
    code, number = stem, 2
    while code in taken:
        tail = f"_{number}"
        code, number = stem[: _LONGEST - len(tail)] + tail, number + 1
    taken.add(code)
    return code


_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{2,4})?")
_NAMES = {
    "english": "en", "korean": "ko", "한국어": "ko", "français": "fr", "french": "fr",
    "spanish": "es", "español": "es", "german": "de", "deutsch": "de", "chinese": "zh",
    "中文": "zh", "japanese": "ja", "日本語": "ja", "arabic": "ar", "portuguese": "pt",
    "russian": "ru", "hindi": "hi", "swahili": "sw", "vietnamese": "vi", "thai": "th",
    "indonesian": "id", "italian": "it", "dutch": "nl", "turkish": "tr", "bengali": "bn",
    "nepali": "ne", "burmese": "my", "khmer": "km", "tagalog": "tl", "ukrainian": "uk",
    "polish": "pl", "swedish": "sv", "kiswahili": "sw", "urdu": "ur", "farsi": "fa",
    "persian": "fa", "amharic": "am", "somali": "so", "hausa": "ha", "kurdish": "ku",
    "malay": "ms", "mongolian": "mn", "greek": "el", "hebrew": "he", "hungarian": "hu",
    "czech": "cs", "romanian": "ro", "danish": "da", "norwegian": "no", "finnish": "fi",
    "estonian": "et", "lao": "lo", "pashto": "ps", "tamil": "ta", "telugu": "te",
}  # fmt: skip
_LONGER = {
    "zh-hans": "zh", "zh-s": "zh", "zh-hant-tw": "zh-Hant", "zh-t": "zh-Hant",
    "pt-br": "pt-BR", "es-es": "es-ES", "en-gb": "en-GB", "de-informal": "de", "kr": "ko",
    "nl-informal": "nl", "fr-ca": "fr-CA", "en_gb": "en-GB", "it-informal": "it",
    "es-ar-informal": "es-AR", "sr-latn": "sr-Latn",
}  # fmt: skip


def language_code(name: str) -> str:
    """A tool's name of a language as our code; "" when it cannot be told.

    Reads codes ("KO", "pt-BR", "zh-Hans"), names ("Français") and "Name (code)".
    """
    text = name.strip()
    inside = re.search(r"\(([^()]+)\)\s*$", text)
    if inside and _LANGUAGE.fullmatch(inside[1].strip()):
        text = inside[1].strip()
    low = text.lower()
    if low in _LONGER or low in _NAMES:
        return _LONGER.get(low) or _NAMES[low]
    if not _LANGUAGE.fullmatch(text):
        return ""
    main, _, rest = text.replace("_", "-").partition("-")
    if not rest:
        return main.lower() if len(main) <= 3 else ""
    return f"{main.lower()}-{rest.upper() if len(rest) == 2 else rest.title()}"
