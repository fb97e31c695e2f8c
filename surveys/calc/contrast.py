"""Contrast of colours by WCAG 2.2 (relative luminance), and a brand colour made readable."""

_STEPS = 50
#: Least contrast of large text and controls, and of text (WCAG 2.2, 1.4.11 and 1.4.3).
CONTROL, TEXT = 3.0, 4.5
#: Respondents' pages, light and dark.
LIGHT, DARK = "ffffff", "0f1419"


def luminance(colour: str) -> float:
    """Relative luminance of six hexadecimal digits, 0 (black) to 1 (white)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def letters_on(colour: str) -> str:
    """White or near black, whichever reads better on the colour."""
    return "ffffff" if contrast("ffffff", colour) >= contrast("000000", colour) else "000000"


def readable_on(colour: str, behind: str, least: float = TEXT) -> str:
    """The colour, mixed with black or white just so far that it can be read on `behind`."""
    towards = letters_on(behind)
    for step in range(_STEPS + 1):
        mixed = _mixed(colour, towards, step / _STEPS)
        if contrast(mixed, behind) >= least:
            return mixed
    return towards


def _mixed(one: str, other: str, share: float) -> str:
    pairs = [(int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (0, 2, 4)]
    return "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)
