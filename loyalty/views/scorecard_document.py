"""The scorecard as a shared page and as PDF, for links and scheduled mails."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from cxportal.core.actors import Actor
from cxportal.core.calc.numbers import NONE, money_text, plain_number, signed_number
from cxportal.core.errors import DomainError
from cxportal.core.models import Shared, text_in
from cxportal.core.pdf import Document
from cxportal.core.queries.sharing import shared_query
from cxportal.core.registry import Shareable, SharedPage
from loyalty.calc.attainment import State
from loyalty.calc.chain import Verdict
from loyalty.calc.months import month_of, month_shift
from loyalty.forms.scorecard import month_from
from loyalty.models import Kpi, ScorecardSnapshot
from loyalty.queries.goal_tree import goal_tree
from loyalty.queries.scorecard import Card, KpiRow, scorecard_of
from surveys.queries.scores import today_of

KIND = "scorecard"
_WIDTHS = (30, 14, 9, 14, 13, 30)


def _check(actor: Actor, object_id: int | None) -> None:
    if object_id is not None:
        raise DomainError("invalid", _("The scorecard is shared as a whole."))


def _card(actor: Actor, shared: Shared) -> Card:
    """The month it was shared for; without one, the last whole month at the time of reading."""
    last = month_shift(month_of(today_of(actor)), -1)
    month: date = month_from(shared_query(shared).get("month"), last)
    return scorecard_of(actor, month)


def _page(actor: Actor, shared: Shared, query: Any) -> SharedPage:
    return SharedPage("steering/scorecard_shared.html", {"card": _card(actor, shared)})


def kpi_text(kpi: Kpi, value: float | None, currency: str, language: str) -> str:
    """A value in the KPI's unit."""
    return unit_text(kpi.unit, value, currency, language)


def unit_text(unit: str, value: float | None, currency: str, language: str) -> str:
    """A value in one of the units of KPIs."""
    if value is None:
        return NONE
    if unit == Kpi.Unit.MONEY:
        return money_text(value, currency, language, headline=True)
    if unit == Kpi.Unit.POINTS:
        return signed_number(value, 0, language)
    if unit == Kpi.Unit.PERCENT:
        return plain_number(value, 0, language) + "%"
    return plain_number(value, 1, language)


def _document(actor: Actor, shared: Shared) -> Document:
    card, program = _card(actor, shared), actor.program
    document = Document(
        shared.title,
        program=program.name,
        made_at=timezone.now().astimezone(program.zone),
        state=_state(card),
        language=shared.language,
    )
    if card.snapshot is not None:
        kept_month_write(document, card.snapshot, program.currency, shared.language)
        return document
    _goals(document, card)
    columns = [_("KPI"), _("Value"), "n", _("Target"), _("State"), pgettext("kpi", "Comment")]
    for view in card.views:
        document.heading(str(view.view.label))
        rows = [_cells(row, program.currency, shared.language) for row in view.rows]
        if rows:
            document.table(columns, rows, numeric=(1, 2, 3), widths=_WIDTHS)
        else:
            document.paragraph(_("No KPI in this view."), muted=True)
    linked = [
        (str(row.cause), str(row.effect), verdict_word(row.verdict), str(row.test.n))
        for row in card.links
    ]
    _linked(document, linked)
    return document


def _linked(document: Document, rows: list[tuple[str, str, str, str]]) -> None:
    """Which KPI should follow which, and what the months say."""
    if not rows:
        return
    document.heading(_("Links between KPIs"))
    heads = [_("When this moves"), _("this should follow"), _("What the months say"), _("Months")]
    document.table(heads, rows, numeric=(3,))


def _state(card: Card) -> str:
    """The month, and since when it stands for good."""
    month = f"{card.month:%Y-%m}"
    if card.snapshot is None:
        return month
    day = f"{card.snapshot.taken_at:%Y-%m-%d}"
    return _("%(month)s, as it was closed on %(day)s") % {"month": month, "day": day}


def kept_month_write(
    document: Document, snapshot: ScorecardSnapshot, currency: str, language: str
) -> None:
    """A closed month as it stood, whatever was changed since."""
    goals = snapshot.document.get("goals") or []
    if goals:
        document.heading(_("Goals"))
        rows = [
            (text_in(goal["name"]), percent_text(goal["share"]), state_word(State(goal["state"])))
            for goal in goals
        ]
        document.table([_("Goal"), _("Reached"), _("State")], rows, numeric=(1,))
    columns = [_("KPI"), _("Value"), "n", _("Target"), _("State"), pgettext("kpi", "Comment")]
    for label, kpis in snapshot.views:
        document.heading(label)
        if not kpis:
            document.paragraph(_("No KPI in this view."), muted=True)
            continue
        cells = [
            [
                text_in(kpi["name"]),
                unit_text(kpi["unit"], kpi["value"], currency, language),
                plain_number(kpi["n"], 0, language),
                unit_text(kpi["unit"], kpi["target"], currency, language),
                state_word(State(kpi["state"])),
                kpi["comment"],
            ]
            for kpi in kpis
        ]
        document.table(columns, cells, numeric=(1, 2, 3), widths=_WIDTHS)
    linked = [
        (link["cause"], link["effect"], verdict_word(Verdict(link["verdict"])), str(link["n"]))
        for link in snapshot.links
    ]
    _linked(document, linked)


def percent_text(share: float | None) -> str:
    """0–1 as per cent."""
    return NONE if share is None else f"{round(100 * share)}%"


def _goals(document: Document, card: Card) -> None:
    """The goals in the order of the outline, each with its sum."""
    outline = goal_tree(card).outline
    if not outline:
        return
    document.heading(_("Goals"))
    rows = [
        (f"{node.number} {node.goal}", node.percent, state_word(node.state), node.formula or NONE)
        for node in outline
    ]
    heads = [_("Goal"), _("Reached"), _("State"), _("How it adds up")]
    document.table(heads, rows, numeric=(1,), widths=(40, 12, 14, 34))


def _cells(row: KpiRow, currency: str, language: str) -> list[str]:
    return [
        str(row.kpi),
        kpi_text(row.kpi, row.value, currency, language),
        plain_number(row.n, 0, language),
        kpi_text(row.kpi, row.target, currency, language),
        state_word(row.state),
        row.comment,
    ]


def state_word(state: State) -> str:
    """A KPI's state in the reader's language."""
    return {
        State.REACHED: _("reached"),
        State.CLOSE: _("close"),
        State.BEHIND: _("behind"),
        State.NO_TARGET: _("no target"),
        State.NO_VALUE: _("no value"),
    }[state]


def verdict_word(verdict: Verdict) -> str:
    """What may be said of a link, in the reader's language."""
    return {
        Verdict.SEEN: _("link seen"),
        Verdict.NOT_SEEN: _("no link seen"),
        Verdict.EARLY: _("too early"),
    }[verdict]


SCORECARD = Shareable(
    label=gettext_lazy("Scorecard"),
    permission="loyalty.view_scorecard",
    check=_check,
    page=_page,
    document=_document,
)
