"""The portal's template tags and filters, available in every template without {% load %}.

templates/components/README.md shows each with an example.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context, RequestContext
from django.template.defaultfilters import stringfilter
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cxportal.core.calc.korean import particle as particle_for
from cxportal.core.calc.korean import settle_particles
from cxportal.core.calc.numbers import (
    duration_text,
    money_text,
    plain_number,
    share_text,
    signed_number,
    spoken_ago,
    spoken_day,
)
from cxportal.core.charts import distribution as lay_distribution
from cxportal.core.charts import sparkline as lay_sparkline
from cxportal.core.figures import shown_change, shown_score
from cxportal.core.forms.notes import NoteForm
from cxportal.core.icons import icon_drawings
from cxportal.core.models.fields import text_in
from cxportal.core.policies import may
from cxportal.core.queries.audit import SYSTEM
from cxportal.core.queries.notes import note_threads
from cxportal.core.registry import note_subjects
from cxportal.core.statuses import STATUS_LOOKS, StatusLook

register = template.Library()

# Where a message may offer its undo: a path of this site, never an address elsewhere.
_UNDO = "undo:"
_PHONE_ITEMS = 4


def _language() -> str:
    return (get_language() or "en").split("-")[0]


@register.simple_tag(takes_context=True)
def page_url(context: Context, name: str, *args: Any, **kwargs: Any) -> str:
    """Address of a page inside the reader's program: {% page_url 'surveys:survey-detail' 3 %}."""
    slug = context["actor"].program.slug
    if kwargs:
        return reverse(name, kwargs={"program": slug, **kwargs})
    return reverse(name, args=(slug, *args))


@register.simple_tag(takes_context=True)
def allowed(context: Context, permission: str) -> bool:
    """Whether the reader may: {% allowed 'loyalty.view_scorecard' as sees_card %}."""
    return may(context["actor"], permission)


@register.filter
def i18n(value: Mapping[str, str] | str | None) -> str:
    """The text of a bilingual record field in the reader's language."""
    return text_in(value)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon by its Bootstrap Icons name; with a label it is read out, else it is hidden."""
    if not label:
        return _drawn(name)
    return format_html('{}<span class="visually-hidden">{}</span>', _drawn(name), label)


@lru_cache(maxsize=512)
def _drawn(name: str) -> SafeString:
    # The drawing comes from the installed library, never from a user.
    drawing = mark_safe(icon_drawings().get(name, ""))  # noqa: S308  # safe: no user text
    return format_html('<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">{}</svg>', drawing)


@register.inclusion_tag("components/score.html")
def score(value: Any, unit: str = "", digits: int | None = None) -> dict[str, Any]:
    """A score with margin, n and change: 42 ± 6 · n 318 · ▲ 9 real change."""
    return {"shown": shown_score(value, unit, digits)}


@register.inclusion_tag("components/change.html")
def change(value: Any, digits: int = 0, lower_is_better: bool = False) -> dict[str, Any]:
    """Only the change of a score, in the same words."""
    return {"change": shown_change(value, digits, lower_is_better)}


@register.inclusion_tag("components/chip.html")
def chip(label: Any, tone: str = "neutral", icon: str = "") -> dict[str, Any]:
    """A state in word, icon and colour; tone is good, bad, neutral, attention or accent."""
    return {"label": label, "tone": tone, "icon": icon}


@register.inclusion_tag("components/chip.html")
def status(code: str, label: Any) -> dict[str, Any]:
    """A chip for a well-known state code, so that "paused" looks the same everywhere."""
    look = STATUS_LOOKS.get(code, StatusLook("neutral", "circle"))
    return {"label": label, "tone": look.tone, "icon": look.icon}


@register.simple_tag
def money(amount: Any, currency: str, headline: bool = False) -> str:
    """₩1,234,000; with headline=True ₩1.2M, in Korean 123만 원."""
    return money_text(amount, currency, _language(), headline)


@register.simple_tag
def ago(moment: datetime | date | None) -> SafeString | str:
    """A spoken time, exact on hover: <time>3 days ago</time>."""
    if moment is None:
        return "–"
    if not isinstance(moment, datetime):
        passed = (timezone.localdate() - moment).days
        return format_html(
            '<time datetime="{0}" title="{0}">{1}</time>',
            moment.isoformat(),
            spoken_day(passed, _language()),
        )
    exact = timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")
    return format_html(
        '<time datetime="{}" title="{}" data-ago>{}</time>',
        moment.isoformat(timespec="seconds"),
        exact,
        spoken_ago(timezone.now() - moment, _language()),
    )


@register.simple_tag
def particle(word: Any, pair: str) -> str:
    """The Korean particle that fits a word: {{ name }}{% particle name '은/는' %}."""
    return particle_for(str(word), pair)


@register.filter(is_safe=True)
@stringfilter
def settled(text: str) -> str:
    """Finish Korean sentences written with open particles: 설문을(를) → 설문을."""
    return settle_particles(text)


@register.filter
def whole(value: Any) -> str:
    """A whole number with thousands separators, – for none."""
    return plain_number(_present(value), 0, _language())


@register.filter
def decimals(value: Any, digits: int) -> str:
    """A number with that many decimals, – for none."""
    return plain_number(_present(value), digits, _language())


@register.filter
def figure(value: Any, digits: int) -> str:
    """A number with that many decimals where it has any: 14, 14.5, – for none."""
    number = _present(value)
    is_whole = number is not None and float(number) == int(number)
    return plain_number(number, 0 if is_whole else digits, _language())


def _present(value: Any) -> Any:
    """None for what a template found nothing for: it hands filters an empty string."""
    return None if value == "" else value


@register.filter
def signed(value: Any, digits: int = 0) -> str:
    """A difference with its sign: +9, −3."""
    return signed_number(value, digits, _language())


@register.filter
def share(value: Any, digits: int = 0) -> str:
    """A share between 0 and 1 as per cent."""
    return share_text(value, digits)


@register.filter
def duration(seconds: Any) -> str:
    """Seconds, short: 3 min 20 s, 3분 20초."""
    return duration_text(_present(seconds), _language())


@register.inclusion_tag("components/charts/distribution.html")
def distribution_bar(parts: Any, tall: bool = False) -> dict[str, Any]:
    """A bar of (label, count, tone) rows; tall=True writes the shares and a key."""
    return {"parts": lay_distribution(parts), "tall": tall}


@register.inclusion_tag("components/charts/sparkline.html")
def sparkline(values: Sequence[float | None], label: str = "") -> dict[str, Any]:
    """A small line of values, oldest first; None is a gap."""
    return {"line": lay_sparkline(values), "label": label}


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(
    context: RequestContext, key: str, label: str, css: str = "", param: str = "sort"
) -> dict[str, Any]:
    """A column head that sorts; a second press turns the order. Resets the pager."""
    query = context["request"].GET.copy()
    current = query.get(param, "")
    query[param] = f"-{key}" if current == key else key
    query.pop("cursor", None)
    order = {key: "ascending", f"-{key}": "descending"}.get(current, "")
    return {"label": label, "href": f"?{query.urlencode()}", "order": order, "css": css}


@register.filter
def undo_url(message: Any) -> str:
    """The address a message's undo posts to, from extra_tags 'undo:/p/…'; "" where none."""
    for tag in str(message.extra_tags or "").split():
        url = tag.removeprefix(_UNDO)
        if url != tag and url.startswith("/") and not url.startswith("//"):
            return url
    return ""


@register.filter
def message_tone(message: Any) -> str:
    """The tone of a Django message: good, attention or bad."""
    return {"error": "bad", "warning": "attention"}.get(message.level_tag, "good")


@register.filter
def for_phone(items: Sequence[Any]) -> list[Any]:
    """The four entries of the navigation that stand in a phone's bottom bar."""
    chosen = [entry for entry in items if entry["item"].on_phone] or list(items)
    return chosen[:_PHONE_ITEMS]


@register.filter
def made_by(label: str) -> str:
    """Who did it, as a row keeps it; what the portal did by itself is said in words."""
    return _("the portal") if label == SYSTEM else label


@register.filter
def initial(person: Any) -> str:
    """The letter that stands for a person."""
    name = getattr(person, "name", "") or getattr(person, "email", "") or str(person or "")
    return name[:1].upper() or "?"


class BlockText(template.Node):
    """Another block's text without its markup, so that <title> repeats the page's heading."""

    child_nodelists = ()

    def __init__(self, name: str) -> None:
        self.name = name

    def render(self, context: Context) -> str:
        block = context.render_context[BLOCK_CONTEXT_KEY].get_block(self.name)
        nodes: NodeList = block.nodelist if block else NodeList()
        with context.push():
            return " ".join(strip_tags(nodes.render(context)).split())


@register.tag
def block_text(_parser: Parser, token: Token) -> BlockText:
    """{% block_text "title" %}: the text of a block of this page."""
    return BlockText(token.split_contents()[1].strip("\"'"))


@register.simple_tag
def waiting_words(count: int) -> str:
    """How the notification link is read out."""
    return _("Notifications, %(count)d unread") % {"count": count} if count else _("Notifications")


@register.inclusion_tag("components/notes.html", takes_context=True)
def notes(context: Context, obj: Any) -> dict[str, Any]:
    """{% notes case %}: what was said about an object, and the form to say more; two queries."""
    actor, kind = context["actor"], obj._meta.label_lower
    form = context.get("note_form") or NoteForm(actor=actor)
    may_write = may(actor, note_subjects[kind].write, obj)
    return {
        "actor": actor,
        "request": context["request"],
        "csrf_token": context.get("csrf_token"),
        "obj": obj,
        "kind": kind,
        "threads": note_threads(actor, obj),
        "note_form": form,
        "may_write": may_write,
        "may_delete": may(actor, "core.delete_notes"),
        "own": actor.membership.pk if actor.membership else None,
    }


@register.filter
def program_path(path: str) -> str:
    """The part of an address below /p/<program>/."""
    return path.split("/", 3)[3] if path.startswith("/p/") and path.count("/") > 2 else ""
