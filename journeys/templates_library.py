"""Journeys to begin with, in both languages. Data only."""

from typing import Any


def _touchpoint(code: str, en: str, ko: str, area: str, *, active: bool = True) -> dict[str, Any]:
    return {
        "code": code, "name": {"en": en, "ko": ko}, "area": area, "is_active_contact": active,
    }  # fmt: skip


def _stage(code: str, en: str, ko: str, *touchpoints: dict[str, Any]) -> dict[str, Any]:
    return {"code": code, "name": {"en": en, "ko": ko}, "touchpoints": touchpoints}


TEMPLATES: dict[str, dict[str, Any]] = {
    "empty": {"name": {"en": "Empty", "ko": "빈 여정"}, "stages": ()},
    "retail": {
        "name": {"en": "Retail, seven stages", "ko": "소매 7단계"},
        "stages": (
            _stage(
                "find", "Find", "알게 되기",
                _touchpoint("advert", "Advertising", "광고", "communication", active=False),
                _touchpoint("website", "Website", "홈페이지", "communication"),
            ),
            _stage(
                "enter", "Enter", "들어가기",
                _touchpoint("parking", "Parking and way in", "주차와 입구", "product"),
                _touchpoint("greeting", "Greeting", "맞이 인사", "people", active=False),
            ),
            _stage(
                "look", "Look around", "둘러보기",
                _touchpoint("display", "Display", "진열", "product"),
                _touchpoint("price-tags", "Prices and labels", "가격과 표시", "communication"),
            ),
            _stage(
                "ask", "Ask", "물어보기",
                _touchpoint("advice", "Advice", "상담", "people"),
                _touchpoint("call-center", "Call centre", "고객센터", "people"),
            ),
            _stage(
                "buy", "Buy", "구매하기",
                _touchpoint("checkout", "Checkout", "계산", "people"),
                _touchpoint("delivery", "Delivery", "배송", "product", active=False),
            ),
            _stage(
                "use", "Use", "사용하기",
                _touchpoint("product", "Product", "제품", "product"),
                _touchpoint("guide", "How-to guide", "사용 안내", "communication", active=False),
            ),
            _stage(
                "return", "Come back", "다시 찾기",
                _touchpoint("service", "After-sales service", "사후 서비스", "people"),
                _touchpoint("points", "Points", "포인트", "product", active=False),
            ),
        ),
    },
}  # fmt: skip
