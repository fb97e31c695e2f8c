"""Events of a telecom or subscription provider."""

from journeys.automation_catalogue.entries import (
    case,
    notice,
    on_comment,
    on_date,
    on_event,
    task,
    when,
)

T = "telecom"
TELECOM = (
    on_date("contract_ends_60", T, (
        "The contract ends in 60 days", "약정 만료 60일 전",
        "Check use and tariff, prepare a fitting offer.",
        "이용량과 요금제를 확인해 맞는 제안을 준비합니다."), task(14), "contract_end", 60),
    on_date("contract_ends_14", T, (
        "The contract ends in 14 days", "약정 만료 14일 전",
        "Call with the offer; never let it run out in silence.",
        "준비한 제안으로 전화하고 말없이 만료되지 않게 합니다."), task(3), "contract_end", 14),
    on_date("contract_ended", T, (
        "The contract ended a week ago", "약정 만료 일주일 후",
        "Ask what the customer needs to stay.",
        "계속 이용하려면 무엇이 필요한지 여쭙니다."), task(3), "contract_end", -7),
    on_event("cancellation_asked", T, (
        "Asks how to cancel", "해지 문의",
        "Call within the hour, listen first, offer second.",
        "한 시간 안에 전화해 먼저 듣고 그다음 제안합니다."), case("critical")),
    on_event("cancelled", T, (
        "Cancels", "해지",
        "Part as friends: clear bill, reason noted, door open.",
        "정산을 분명히 하고 사유를 기록하며 다시 올 길을 열어 둡니다."), task(3)),
    on_event("port_out_request", T, (
        "Takes the number to a competitor", "번호 이동 신청",
        "Retention call the same day with what the competitor offers.",
        "당일 전화해 경쟁사 조건을 듣고 대안을 제시합니다."), case("critical")),
    on_event("bill_shock", T, (
        "The bill is twice the usual one", "평소의 두 배 요금 청구",
        "Explain before the customer asks; correct what is wrong.",
        "고객이 묻기 전에 설명하고 잘못은 바로잡습니다."), case("high"),
        condition=when("event.ratio", "gte", 2)),
    on_event("payment_failed", T, (
        "A payment failed", "요금 납부 실패",
        "Offer another way to pay before the line is cut.",
        "이용 정지 전에 다른 납부 방법을 안내합니다."), task(2)),
    on_event("outage", T, (
        "An outage at the customer's address", "고객 지역 장애",
        "Tell the cause and time of repair; credit the day.",
        "원인과 복구 시각을 알리고 요금을 감액합니다."), notice(), once_days=1),
    on_event("outage_repeated", T, (
        "The third outage in 90 days", "90일 내 세 번째 장애",
        "Visit with a technician, and give a name to call.",
        "기사와 방문하고 직통 연락처를 드립니다."), case("critical"),
        condition=when("event.count", "gte", 3)),
    on_event("repair_missed", T, (
        "A repair appointment was missed", "수리 약속 불이행",
        "Say sorry, come within 24 hours, compensate.",
        "사과하고 24시간 안에 방문하며 보상합니다."), case("critical")),
    on_event("repair_done", T, (
        "A repair is done", "수리 완료",
        "Ask after two days whether it holds.",
        "이틀 뒤 이상이 없는지 여쭙니다."), task(2)),
    on_event("installed", T, (
        "A line is installed", "개통·설치 완료",
        "Welcome call: does everything work, who to ask.",
        "환영 전화로 사용에 문제가 없는지 확인합니다."), task(3)),
    on_event("installation_late", T, (
        "The installation is late", "설치 지연",
        "Tell the new day and lend a way to go online.",
        "새 일정을 알리고 임시 접속 수단을 빌려 드립니다."), case("high")),
    on_event("data_limit_80", T, (
        "80 % of the data is used up", "데이터 80% 소진",
        "Say what fits better, without extra cost this month.",
        "이번 달 추가 비용 없이 더 맞는 요금제를 알려 드립니다."), notice(), once_days=30),
    on_event("roaming_started", T, (
        "Goes abroad", "해외 로밍 시작",
        "Send the tariff and the number for help at once.",
        "요금과 도움 받을 번호를 바로 보냅니다."), notice(), once_days=7),
    on_event("device_paid_off", T, (
        "The device is paid off", "단말기 할부 완료",
        "Offer the lower tariff before the customer asks.",
        "고객이 묻기 전에 더 낮은 요금을 제안합니다."), task(7)),
    on_event("slow_speed_test", T, (
        "Measures a slow line", "속도 측정 결과 미달",
        "Check the line from afar and call with the result.",
        "원격으로 점검하고 결과를 전화로 알려 드립니다."), case()),
    on_event("family_added", T, (
        "A family member joins", "가족 결합 추가",
        "Welcome, and check that the discount is on the bill.",
        "환영하고 할인이 청구서에 반영됐는지 확인합니다."), task(5)),
    on_event("call_centre_third", T, (
        "Calls for the third time about the same", "같은 문의 세 번째 전화",
        "One person takes it over until it is solved.",
        "한 사람이 해결될 때까지 맡습니다."), case("high"),
        condition=when("event.count", "gte", 3)),
    on_comment("price_comment", T, (
        "Complains about the price", "요금 불만",
        "Look at use and tariff, and call with a fair one.",
        "이용량과 요금제를 살펴 합리적인 요금제를 안내합니다."), task(3),
        {"all": [
            {"source": "comment.sentiment", "operator": "is", "value": "negative"},
            {"source": "comment.text", "operator": "contains", "value": "요금"},
        ]}),
    on_event("minor_comes_of_age", T, (
        "A child on the contract comes of age", "자녀 성년 전환",
        "Explain own contract and what it costs.",
        "본인 명의 전환과 요금을 안내합니다."), task(14)),
)  # fmt: skip
