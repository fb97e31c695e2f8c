"""Events of a retailer."""

from journeys.automation_catalogue.entries import (
    case,
    notice,
    on_comment,
    on_date,
    on_event,
    on_pattern,
    task,
    when,
)

R = "retail"
RETAIL = (
    on_pattern("first_purchase", R, (
        "First purchase", "첫 구매",
        "Thank the customer, explain use, and ask after two weeks.",
        "감사 인사와 사용법을 전하고 2주 뒤 만족도를 여쭙니다."), task(14), "nth_purchase", 1),
    on_pattern("second_purchase", R, (
        "Second purchase", "두 번째 구매",
        "Offer membership and what goes with the first two products.",
        "멤버십과 함께 쓰기 좋은 제품을 안내합니다."), task(3), "nth_purchase", 2),
    on_pattern("tenth_purchase", R, (
        "Tenth purchase", "열 번째 구매",
        "Hand-written thanks and an invitation to a tasting.",
        "손편지로 감사드리고 시음회에 초대합니다."), task(7), "nth_purchase", 10),
    on_pattern("large_purchase", R, (
        "A large purchase", "고액 구매",
        "Call the same day: thanks, delivery time, care of the product.",
        "당일 전화로 감사 인사, 배송 일정, 보관법을 안내합니다."), task(1),
        "large_purchase", 500_000),
    on_pattern("no_purchase_90", R, (
        "Nothing bought for 90 days", "90일간 구매 없음",
        "Ask how the last product did, and remind of what runs out.",
        "지난 제품의 만족도를 여쭙고 다 쓸 때가 된 제품을 알려 드립니다."), task(5),
        "no_purchase", 90),
    on_pattern("no_purchase_180", R, (
        "Nothing bought for 180 days", "180일간 구매 없음",
        "Win back: call, listen, offer a reason to come again.",
        "전화로 이야기를 듣고 다시 찾을 이유를 제안합니다."), task(5), "no_purchase", 180),
    on_pattern("refund", R, (
        "A refund", "환불",
        "Ask why, and pass the cause on to the product team.",
        "이유를 여쭙고 원인을 제품팀에 전달합니다."), case(), "refund"),
    on_event("delivery_late", R, (
        "Delivery comes late", "배송 지연",
        "Tell the customer before they ask, with a new time.",
        "고객이 묻기 전에 먼저 알리고 새 도착 시각을 안내합니다."), case("high")),
    on_event("delivery_damaged", R, (
        "Delivery arrives damaged", "파손 배송",
        "Send again the same day, collect the damaged goods free.",
        "당일 재발송하고 파손품은 무료로 회수합니다."), case("high")),
    on_event("out_of_stock", R, (
        "A wanted product is out of stock", "희망 제품 품절",
        "Name the day it is back, or offer another that fits.",
        "재입고일을 알리거나 맞는 대체품을 제안합니다."), task(1)),
    on_event("back_in_stock", R, (
        "A wanted product is back", "희망 제품 재입고",
        "Tell the customer and keep one aside for two days.",
        "고객에게 알리고 이틀간 따로 보관합니다."), task(1)),
    on_event("cart_left", R, (
        "A full basket is left", "장바구니 이탈",
        "Ask by the allowed channel whether a question is open.",
        "동의한 채널로 궁금한 점이 있는지 여쭙니다."), notice(), once_days=14),
    on_event("gift_order", R, (
        "A gift is ordered", "선물 주문",
        "Check card and wrapping; note the occasion for next year.",
        "카드와 포장을 확인하고 내년을 위해 기념일을 기록합니다."), task(1)),
    on_event("event_signup", R, (
        "Signs up for a tasting or class", "행사·강좌 신청",
        "Confirm by phone; ask what the customer would like to learn.",
        "전화로 확정하고 무엇을 알고 싶은지 여쭙니다."), task(2)),
    on_event("review_written", R, (
        "Writes a review", "후기 작성",
        "Answer it in public within a working day.",
        "근무일 하루 안에 공개 답글을 답니다."), task(1)),
    on_comment("waiting_comment", R, (
        "Complains about waiting", "대기 불만",
        "Call, and look at staffing at that hour with the store manager.",
        "전화로 사과하고 점장과 그 시간대 인력을 점검합니다."), case(),
        {"all": [
            {"source": "comment.sentiment", "operator": "is", "value": "negative"},
            {"source": "comment.text", "operator": "contains", "value": "기다"},
        ]}),
    on_event("points_expiring", R, (
        "Points are about to expire", "포인트 소멸 예정",
        "Tell the customer what the points are worth today.",
        "포인트로 지금 받을 수 있는 혜택을 알려 드립니다."), notice(), once_days=30),
    on_event("tier_reached", R, (
        "A membership level is reached", "등급 상승",
        "Congratulate and explain the new services.",
        "축하 인사와 새 서비스를 안내합니다."), task(2)),
    on_event("tier_lost", R, (
        "A membership level will be lost", "등급 하락 예정",
        "Say what is missing, early enough to act.",
        "등급 유지에 필요한 조건을 미리 알려 드립니다."), task(7)),
    on_date("supply_runs_out", R, (
        "The supply bought runs out in a week", "복용분 소진 일주일 전",
        "Offer a refill with delivery to the door.",
        "재구매를 제안하고 문 앞 배송을 안내합니다."), task(5), "supply_until", 7),
    on_event("product_recall", R, (
        "A product bought is recalled", "구매 제품 회수",
        "Call each buyer, collect it, give the money back.",
        "구매 고객 모두에게 전화하고 회수·환불합니다."), case("critical")),
    on_event("store_closing", R, (
        "The customer's store closes or moves", "이용 매장 이전·폐점",
        "Introduce the next store and its manager by name.",
        "가까운 매장과 점장을 소개합니다."), task(10),
        condition=when("customer.kind", "is", "customer")),
)  # fmt: skip
