"""Customers from a file: which columns they may have, and how a line becomes a row."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.bulk import BulkResult
from cxportal.core.imports import ATTRIBUTE
from cxportal.core.registry import ImportColumn, ImportTarget
from cxportal.core.services.customers import customers_bulk_upsert

_TRUE = frozenset({"true", "yes", "1", "y", "o", "예", "네"})
_FALSE = frozenset({"false", "no", "0", "n", "x", "아니오", "아니요"})
_KINDS = {
    "고객": "customer",
    "잠재 고객": "prospect",
    "잠재고객": "prospect",
    "직원": "employee",
    "임직원": "employee",
    "협력사": "partner",
    "파트너": "partner",
}
_LANGUAGES = {"korean": "ko", "한국어": "ko", "english": "en", "영어": "en"}


def customer_row(cells: Mapping[str, str]) -> dict[str, Any]:
    """{field: text} as `customers_bulk_upsert` takes it; an empty cell leaves what is stored."""
    row: dict[str, Any] = {}
    attributes: dict[str, Any] = {}
    for name, text in cells.items():
        value = text.strip()
        if name == "external_id":
            row[name] = value
        elif not value:
            continue
        elif name.startswith(ATTRIBUTE):
            attributes[name.removeprefix(ATTRIBUTE)] = _typed(value)
        else:
            row[name] = _meant(name, value)
    return {**row, "attributes": attributes} if attributes else row


def _meant(name: str, value: str) -> Any:
    small = value.lower()
    if name == "is_test" and small in _TRUE | _FALSE:
        return small in _TRUE
    if name == "kind":
        return _KINDS.get(small, small)
    return _LANGUAGES.get(small, value) if name == "language" else value


def _typed(value: str) -> Any:
    """Numbers become numbers, unless they start with 0 like a postal code."""
    digits = value.removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) <= 15:
        return int(value) if digits == "0" or not digits.startswith("0") else value
    return value


def _write(actor: Actor, rows: Sequence[Any]) -> BulkResult:
    return customers_bulk_upsert(actor=actor, rows=rows)


CUSTOMERS = ImportTarget(
    label=_("Customers"),
    permission="core.change_customers",
    key="external_id",
    columns=(
        ImportColumn(
            "external_id",
            _("External id"),
            ("id", "customer id", "customer number", "customer no", "customer code", "member id",
             "member no", "고객번호", "고객 ID", "고객아이디", "고객코드", "회원번호", "회원 ID",
             "회원아이디", "아이디", "외부 ID", "번호"),
            required=True,
        ),
        ImportColumn(
            "name", _("Name"),
            ("full name", "customer name", "이름", "성명", "고객명", "회원명", "성함"),
        ),
        ImportColumn(
            "email", _("E-mail"),
            ("mail", "email address", "e-mail address", "이메일", "이메일주소", "메일",
             "메일주소", "전자우편"),
        ),
        ImportColumn(
            "phone", _("Phone"),
            ("mobile", "mobile phone", "phone number", "cell", "tel", "telephone", "전화",
             "전화번호", "휴대폰", "휴대폰번호", "휴대전화", "핸드폰", "연락처"),
        ),
        ImportColumn("kind", _("Kind"), ("type", "customer type", "구분", "고객구분", "유형")),
        ImportColumn("language", _("Language"), ("lang", "locale", "언어")),
        ImportColumn(
            "account_manager", _("Account manager"),
            ("manager", "manager email", "담당자", "담당 매니저", "고객 담당자", "담당자 이메일"),
        ),
        ImportColumn("is_test", _("Test"), ("test", "테스트", "시험")),
    ),
    row=customer_row,
    write=_write,
    start_url="core:customer-import",
    list_url="core:customer-list",
    free=ATTRIBUTE,
)  # fmt: skip
