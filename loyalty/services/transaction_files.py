"""Transactions from a file: which columns they may have, and how a line becomes a row."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.bulk import BulkResult
from cxportal.core.registry import ImportColumn, ImportTarget
from loyalty.services.transaction_rows import REQUIRED
from loyalty.services.transactions import transactions_bulk_upsert

_KINDS = {
    "sale": "purchase",
    "order": "purchase",
    "구매": "purchase",
    "판매": "purchase",
    "주문": "purchase",
    "return": "refund",
    "환불": "refund",
    "반품": "refund",
    "취소": "refund",
    "비용": "cost",
    "서비스 비용": "cost",
}
_CURRENCIES = {"원": "KRW", "₩": "KRW", "$": "USD", "€": "EUR", "£": "GBP"}
# Year first, so that nobody has to guess which of two numbers is the month.
_DAY = re.compile(
    r"(\d{4})(?:\s*[./년-]\s*)(\d{1,2})(?:\s*[./월-]\s*)(\d{1,2})\s*[.일]?"
    r"(?:[\sT]+(\d{1,2}:\d{2}(?::\d{2})?))?"
)
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_SIGNS = re.compile(r"^([+-]?)\s*[₩$€£]\s*|\s*(원|₩|KRW)$")


def transaction_row(cells: Mapping[str, str]) -> dict[str, Any]:
    """{field: text} as `transactions_bulk_upsert` takes it.

    An empty cell of an optional column says nothing; one of a needed column is refused. Dates
    with the year first and amounts with thousands are read as they are meant.
    """
    row: dict[str, Any] = {}
    for name, text in cells.items():
        value = text.strip()
        if not value and name not in REQUIRED:
            continue
        row[name] = _READERS.get(name, str)(value)
    return row


def _moment(text: str) -> str:
    found = _DAY.fullmatch(text)
    if found is None:
        whole = _DIGITS.fullmatch(text)
        return "-".join(whole.groups()) if whole else text
    year, month, day, time = found.groups()
    date = f"{year}-{int(month):02}-{int(day):02}"
    return f"{date}T{time.zfill(len(time) + (time.index(':') == 1))}" if time else date


def _amount(text: str) -> str:
    plain = _SIGNS.sub(lambda found: found[1] or "", text).strip()
    return plain.replace(",", "") if _GROUPED.fullmatch(plain) else plain


def _kind(text: str) -> str:
    small = text.lower()
    return _KINDS.get(small, small)


def _currency(text: str) -> str:
    return _CURRENCIES.get(text, text.upper())


_READERS = {
    "occurred_at": _moment,
    "amount": _amount,
    "margin": _amount,
    "kind": _kind,
    "currency": _currency,
}


def _write(actor: Actor, rows: Sequence[Any]) -> BulkResult:
    return transactions_bulk_upsert(actor=actor, rows=rows)


TRANSACTIONS = ImportTarget(
    label=_("Transactions"),
    permission="loyalty.change_transactions",
    key="external_id",
    columns=(
        ImportColumn(
            "external_id", _("Transaction id"),
            ("id", "transaction", "order id", "order no", "order number", "receipt no",
             "receipt number", "거래번호", "주문번호", "거래 ID", "주문 ID", "영수증번호",
             "전표번호", "결제번호"),
            required=True,
        ),
        ImportColumn(
            "customer", _("Customer"),
            ("customer id", "customer number", "customer no", "customer code", "member id",
             "member no", "고객", "고객번호", "고객 ID", "고객코드", "회원번호", "회원 ID",
             "고객아이디", "회원아이디"),
            required=True,
        ),
        ImportColumn(
            "occurred_at", _("Time"),
            ("date", "datetime", "day", "order date", "purchase date", "transaction date", "일시",
             "거래일", "거래일시", "주문일", "주문일시", "구매일", "구매일시", "결제일",
             "결제일시", "날짜", "일자", "거래일자"),
            required=True,
        ),
        ImportColumn(
            "amount", _("Amount"),
            ("total", "sum", "price", "revenue", "sales", "spend", "paid", "금액", "거래금액",
             "구매금액", "결제금액", "주문금액", "매출", "매출액", "총액"),
            required=True,
        ),
        ImportColumn(
            "margin", _("Margin"), ("profit", "마진", "이익", "매출이익", "공헌이익", "수익")
        ),
        ImportColumn("kind", _("Kind"), ("type", "구분", "거래구분", "유형", "종류")),
        ImportColumn("channel", _("Channel"), ("sales channel", "채널", "판매채널", "경로")),
        ImportColumn("store", _("Store"), ("shop", "branch", "매장", "매장명", "점포", "지점")),
        ImportColumn(
            "product", _("Product"),
            ("item", "sku", "article", "상품", "상품명", "제품", "제품명", "품목"),
        ),
        ImportColumn("currency", _("Currency"), ("통화", "화폐", "통화코드")),
    ),
    row=transaction_row,
    write=_write,
    start_url="loyalty:transaction-import",
    list_url="loyalty:transaction-list",
)  # fmt: skip
