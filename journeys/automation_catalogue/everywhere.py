"""Events of every industry."""

from journeys.automation_catalogue.entries import (
    case,
    notice,
    on_answer,
    on_comment,
    on_date,
    on_event,
    on_pattern,
    task,
    when,
)

EVERYWHERE = (
    on_answer(
        "low_nps",
        "",
        (
            "A detractor answers",
            "비추천 고객의 응답",
            "Call within the due time, say sorry, find the cause, mend it, and tell what was done.",
            "기한 안에 전화로 사과하고 원인을 찾아 해결한 뒤 결과를 알려 드립니다.",
        ),
        case("high"),
        when("answer.nps", "lte", 6),
    ),
    on_answer(
        "promoter",
        "",
        (
            "A promoter answers",
            "추천 고객의 응답",
            "Say thank you and ask whether a review or a recommendation is welcome.",
            "감사 인사를 드리고 후기나 추천을 부탁드립니다.",
        ),
        notice(),
        when("answer.nps", "gte", 9),
    ),
    on_comment(
        "complaint_comment",
        "",
        (
            "A complaint in the customer's own words",
            "고객이 남긴 불만",
            "Read it in full, call the customer and settle it.",
            "내용을 끝까지 읽고 고객에게 연락해 해결합니다.",
        ),
        case(),
        when("comment.kind", "is", "blame"),
    ),
    on_event(
        "complaint",
        "",
        (
            "A complaint reaches the call centre",
            "고객센터 불만 접수",
            "Take it over from the call centre and answer within a working day.",
            "고객센터에서 인계받아 근무일 하루 안에 답변합니다.",
        ),
        case("high"),
    ),
    on_event(
        "address_changed",
        "",
        (
            "The customer moves house",
            "주소 변경",
            "Wish a good start, and name the branch or store nearby.",
            "새 출발을 축하하고 가까운 지점이나 매장을 안내합니다.",
        ),
        task(7),
    ),
    on_date(
        "birthday",
        "",
        (
            "Birthday in a week",
            "생일 일주일 전",
            "Prepare a card or a small gift by the customer's own taste.",
            "고객 취향에 맞는 카드나 작은 선물을 준비합니다.",
        ),
        task(7),
        "birthday_this_year",
        7,
    ),
    on_event(
        "recommended",
        "",
        (
            "The customer recommends us to somebody",
            "지인 소개",
            "Thank the customer, and greet the new one by name.",
            "소개해 주신 고객께 감사드리고 새 고객을 이름으로 맞이합니다.",
        ),
        task(2),
    ),
    on_pattern(
        "became_most_valuable",
        "",
        (
            "Becomes a most valuable customer",
            "핵심 고객 진입",
            "Welcome call by the branch manager; an account manager and a service plan.",
            "지점장이 환영 전화를 드리고 담당자를 정해 서비스 계획을 세웁니다.",
        ),
        task(3),
        "value_segment",
        "most_valuable",
    ),
    on_pattern(
        "became_at_risk",
        "",
        (
            "A good earner has no future value",
            "이탈 위험 고객 전환",
            "Find out in a conversation what has changed, and offer what keeps the customer.",
            "무엇이 달라졌는지 대화로 확인하고 관계를 이어 갈 제안을 합니다.",
        ),
        task(3),
        "value_segment",
        "at_risk_earner",
    ),
    on_event(
        "employee_visit",
        "",
        (
            "A key customer comes by without an appointment",
            "핵심 고객의 예고 없는 방문",
            "Greet in person and note what the visit was about.",
            "직접 맞이하고 방문 목적을 기록합니다.",
        ),
        notice(),
    ),
)
