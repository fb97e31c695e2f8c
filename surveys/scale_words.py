"""What the ends of a scale are called where a question names none itself."""

from django.utils.translation import gettext as _


def usual_ends(kind: str) -> tuple[str, str]:
    """The field's usual words for the lowest and the highest point, in the active language."""
    words = {
        "nps": (_("Not at all likely"), _("Extremely likely")),
        "csat": (_("Very dissatisfied"), _("Very satisfied")),
        "ces": (_("Strongly disagree"), _("Strongly agree")),
        "rating": (_("Poor"), _("Excellent")),
        "best_worst": (_("Worst"), _("Best")),
    }
    return words.get(kind, ("", ""))
