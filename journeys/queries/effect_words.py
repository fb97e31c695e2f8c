"""The honest sentence about an action's effect: what changed, against what, and how sure it is."""

from datetime import date

from django.utils.translation import gettext as _

from cxportal.core.calc.numbers import plain_number, score_number, signed_number
from cxportal.core.models import text_in
from journeys.calc.effect import SHORTEST
from journeys.queries.effects import UNITS, ActionEffect, MetricEffect, WindowScore, Worked
from surveys.calc.definitions import Unit


def effect_sentence(seen: ActionEffect) -> str:
    if seen.windows is None or not seen.metrics:
        words = _(
            "Too early to say: %(days)d whole days after the work are needed. Look again on "
            "%(date)s."
        )
        return words % {"days": SHORTEST, "date": seen.next_look}
    main = seen.metrics[0]
    if main.verdict is Worked.EARLY:
        return _early(main, seen.next_look)
    if main.rest is not None:
        return _pilot_sentence(main, main.rest)
    words = {
        Worked.BETTER: _("%(metric)s got better after this action, by %(size)s."),
        Worked.WORSE: _("%(metric)s got worse after this action, by %(size)s."),
        Worked.NONE: _("No change of %(metric)s is shown: %(size)s may be chance."),
    }[main.verdict]
    return " ".join(filter(None, [words % _figures(main), _compared(main), _caution(main)]))


def _early(main: MetricEffect, next_look: date | None) -> str:
    counts = {
        "n_before": main.effect.n[0],
        "n_after": main.effect.n[1],
        "needed": main.effect.min_n,
        "days": main.days,
        "date": next_look,
    }
    if next_look is None:
        return (
            _(
                "Too few answers to say: %(n_before)d of %(needed)d needed in the %(days)d days "
                "before, %(n_after)d of %(needed)d in the %(days)d days after."
            )
            % counts
        )
    return (
        _(
            "Too early to say: %(n_before)d of %(needed)d answers needed in the %(days)d days "
            "before, %(n_after)d of %(needed)d in the %(days)d days after. These windows grow "
            "until %(date)s."
        )
        % counts
    )


def _figures(main: MetricEffect) -> dict[str, str]:
    unit = main.definition.unit
    size = main.difference_words
    if unit is Unit.PERCENT:
        size = _("%(size)s percentage points") % {"size": size}
    return {"metric": text_in(main.metric.name) or main.metric.code, "size": size}


def _compared(main: MetricEffect) -> str:
    unit = UNITS[main.definition.unit]
    return _(
        "From %(before)s to %(after)s; n %(n_before)s and %(n_after)s, %(days)d days before and "
        "%(days)d days after the work."
    ) % {
        "before": score_number(main.before.value, unit, main.digits),
        "after": score_number(main.after.value, unit, main.digits),
        "n_before": plain_number(main.before.n),
        "n_after": plain_number(main.after.n),
        "days": main.days,
    }


def _caution(main: MetricEffect) -> str:
    if main.verdict is Worked.NONE:
        return ""
    return _("Seen together, not proved: other things changed in these days as well.")


def _pilot_sentence(main: MetricEffect, rest: tuple[WindowScore, WindowScore]) -> str:
    words = {
        Worked.BETTER: _("In the pilot %(metric)s got better than elsewhere, by %(size)s."),
        Worked.WORSE: _("In the pilot %(metric)s got worse than elsewhere, by %(size)s."),
        Worked.NONE: _(
            "The pilot and the rest changed alike: a difference of %(size)s may be chance."
        ),
    }[main.verdict]
    pilot, others = _moved(main, main.before, main.after), _moved(main, *rest)
    compared = _("Pilot: %(pilot)s. Comparison: %(others)s.") % {"pilot": pilot, "others": others}
    return f"{words % _figures(main)} {compared}"


def _moved(main: MetricEffect, before: WindowScore, after: WindowScore) -> str:
    """ "32 → 41 (+9; n 140 and 150)"."""
    unit = UNITS[main.definition.unit]
    change = (after.value or 0) - (before.value or 0)
    return _("%(before)s → %(after)s (%(change)s; n %(n_before)s and %(n_after)s)") % {
        "before": score_number(before.value, unit, main.digits),
        "after": score_number(after.value, unit, main.digits),
        "change": signed_number(change, main.digits),
        "n_before": plain_number(before.n),
        "n_after": plain_number(after.n),
    }
