"""The field's metrics with the share of peers that use them, and how each is connected here."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from surveys.models import Metric, OperationalMetric

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: Where the shares of peers come from; the year is not stated where they were quoted.
SOURCE = "Gartner"

_Kind, _Subject, _Unit = Metric.Kind, OperationalMetric.Subject, OperationalMetric.Unit


@dataclass(frozen=True)
class FieldMetric:
    """One metric of the field: `peers` per cent use it.

    It is connected by asking (`kind`), by values that are brought (`subject`, `unit`,
    `high_is_good`), by a feed the portal counts it from (`feed`, a name in registry.figure_feeds)
    or as a KPI the portal computes (`computed`, a name in kpi_sources.SOURCES).
    """

    code: str
    label: "_StrPromise"
    about: "_StrPromise"
    peers: int
    kind: str = ""
    subject: str = ""
    unit: str = _Unit.PERCENT
    high_is_good: bool = True
    feed: str = ""
    computed: str = ""


CATALOGUE = (
    FieldMetric(
        "csat",
        _("Customer satisfaction (CSAT)"),
        _("Share of the two best answers to “How satisfied are you?”"),
        68,
        kind=_Kind.CSAT,
    ),
    FieldMetric(
        "benchmark",
        _("Competitive benchmark"),
        _("Our score beside a named competitor's, by the same question."),
        35,
        subject=_Subject.BENCHMARK,
        unit=_Unit.POINTS,
    ),
    FieldMetric(
        "first_contact",
        _("First-contact resolution"),
        _("Share of concerns that were settled with one contact."),
        33,
        subject=_Subject.FIRST_CONTACT,
        feed="first-contact",
    ),
    FieldMetric(
        "repeat_orders",
        _("Repeat orders"),
        _("Share of buyers who had bought before."),
        24,
        subject=_Subject.REPEAT_ORDERS,
        feed="repeat-orders",
        computed="repeat_share",
    ),
    FieldMetric(
        "brand",
        _("Brand tracking"),
        _("Share of the market that knows, considers or prefers the brand."),
        24,
        subject=_Subject.BRAND,
    ),
    FieldMetric(
        "lifetime_value",
        _("Customer lifetime value"),
        _("What a customer is worth over the whole relationship, on average."),
        20,
        subject=_Subject.LIFETIME_VALUE,
        unit=_Unit.MONEY,
        computed="lifetime_value",
    ),
    FieldMetric(
        "churn",
        _("Churn"),
        _("Share of customers who left, or fell silent."),
        19,
        subject=_Subject.CHURN,
        high_is_good=False,
        feed="churn",
    ),
    FieldMetric(
        "nps",
        _("Net promoter score (NPS)"),
        _("Promoters less detractors among those asked whether they would recommend us."),
        17,
        kind=_Kind.NPS,
    ),
    FieldMetric(
        "sentiment",
        _("Sentiment"),
        _("Share of positive comments among those that are positive or negative."),
        12,
        subject=_Subject.SENTIMENT,
        feed="sentiment",
    ),
    FieldMetric(
        "participation",
        _("Participation in the loyalty program"),
        _("Share of buyers who are members."),
        10,
        subject=_Subject.PARTICIPATION,
        feed="participation",
    ),
    FieldMetric(
        "ces",
        _("Customer effort (CES)"),
        _("How easy it was, from 1 to 7."),
        4,
        kind=_Kind.CES,
    ),
)
BY_CODE = {one.code: one for one in CATALOGUE}
