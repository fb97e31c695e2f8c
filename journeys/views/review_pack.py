"""The weekly pack: every live journey with its stages, as a PDF that is mailed."""

from datetime import timedelta
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from cxportal.core.actors import Actor
from cxportal.core.calc.numbers import plain_number, signed_number
from cxportal.core.figures import shown_score
from cxportal.core.models import Shared, ShareLink, text_in
from cxportal.core.pdf import Document
from cxportal.core.queries.sharing import shared_query
from cxportal.core.registry import Shareable, SharedPage
from journeys.queries.actions import actions_overdue
from journeys.queries.decisions import decisions_since
from journeys.queries.journeys import journeys_live
from journeys.queries.review import Review, period_of, reviews_of
from journeys.queries.review_signals import ShownReview, reviews_shown
from surveys.queries.scores import Period

KIND = "journeys.review"
MOST_JOURNEYS, MOST_LATE = 20, 15
DECISION_DAYS = 7
WIDTHS = (0.26, 0.16, 0.08, 0.1, 0.17, 0.14, 0.09)


def _check(actor: Actor, object_id: int | None) -> None:
    """The review is of the whole program."""


def _reviews(actor: Actor, query: QueryDict) -> tuple[Period, list[ShownReview]]:
    asked = {name: str(value) for name, value in query.items()}
    _key, period = period_of(actor, asked)
    journeys = list(journeys_live(actor)[:MOST_JOURNEYS])
    reviews: list[Review] = reviews_of(actor=actor, journeys=journeys, period=period)
    return period, reviews_shown(actor, reviews, period=period)


def _page(actor: Actor, shared: Shared, query: QueryDict) -> SharedPage:
    period, reviews = _reviews(actor, shared_query(shared))
    return SharedPage("journeys/shared_review.html", {"period": period, "reviews": reviews})


def _document(actor: Actor, shared: Shared) -> Document:
    period, reviews = _reviews(actor, shared_query(shared))
    days = {"first": period.first.isoformat(), "last": period.last.isoformat()}
    document = Document(
        shared.title,
        program=text_in(actor.program.name),
        made_at=timezone.now().astimezone(actor.program.zone),
        state=_("%(first)s to %(last)s, compared with as many days before") % days,
        language=shared.language,
    )
    for shown in reviews:
        _write(document, shown)
    _write_decisions(actor, document)
    _write_late(actor, document)
    return document


def pack_document(actor: Actor, title: str, query: str = "") -> Document:
    """The pack for whoever asks for it now, in their language."""
    params = {"query": query}
    shared = ShareLink(
        program=actor.program, kind=KIND, title=title, language=actor.language, params=params
    )
    return _document(actor, shared)


def _write_decisions(actor: Actor, document: Document) -> None:
    since = timezone.now() - timedelta(days=DECISION_DAYS)
    rows = [
        (
            row.action.title,
            str(row.journey),
            str(row.action.owner.user) if row.action.owner else "–",
            row.action.due.isoformat() if row.action.due else "–",
        )
        for row in decisions_since(actor, since)[:MOST_LATE]
    ]
    if rows:
        document.heading(_("Decided in the last 7 days"))
        columns = (_("Decision"), _("Journey"), _("Owner"), _("Due"))
        document.table(columns, rows, widths=(0.45, 0.2, 0.2, 0.15))


def _write(document: Document, shown: ShownReview) -> None:
    scores = shown.review.scores
    document.heading(str(scores.journey))
    whole = shown_score(scores.shown)
    if whole is not None and not whole.few:
        document.figure(_("Whole journey"), whole.value, f"± {whole.margin} · n {whole.n}")
    rows = []
    for stage in shown.stages:
        row = stage.entry.row
        words = shown_score(row.shown)
        change = words.change if words else None
        rows.append(
            (
                f"{stage.entry.number}. {row.stage}",
                (words.few or f"{words.value} ± {words.margin}") if words else "–",
                words.n if words else "",
                plain_number(row.stage.target),
                f"{change.word} {change.size}".strip() if change else "–",
                stage.beside.signal_words or "–",
                stage.entry.work.open or "–",
            )
        )
    columns = (
        _("Stage"),
        _("Score"),
        "n",
        _("Target"),
        pgettext("difference", "Change"),
        _("Signal"),
        _("Actions"),
    )
    document.table(columns, rows, numeric=(2, 3, 6), widths=WIDTHS)
    worst = scores.worst
    if worst is not None and worst.to_target is not None:
        place = {"stage": str(worst.stage), "gap": signed_number(worst.to_target, 1)}
        document.paragraph(_("Worst stage: %(stage)s, %(gap)s against its target.") % place)


def _write_late(actor: Actor, document: Document) -> None:
    late: Any = actions_overdue(actor).select_related("owner__user")[:MOST_LATE]
    rows = [(a.title, str(a.owner.user) if a.owner else "–", a.due.isoformat()) for a in late]
    if rows:
        document.heading(_("Overdue actions"))
        document.table((_("Action"), _("Owner"), _("Due")), rows, widths=(0.6, 0.25, 0.15))


REVIEW_PACK = Shareable(
    label=gettext_lazy("Stage review"),
    permission="journeys.view_journeys",
    check=_check,
    page=_page,
    document=_document,
)
