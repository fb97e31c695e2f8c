"""Events of a bank, broker or insurer."""

from journeys.automation_catalogue.entries import (
    case,
    notice,
    on_date,
    on_event,
    task,
    when,
)

F = "finance"
FINANCE = (
    on_event("target_return_reached", F, (
        "The target return is reached", "목표 수익률 도달",
        "Call the same day: congratulate, and decide together whether to take the profit.",
        "당일 전화로 축하하고 수익 실현 여부를 함께 정합니다."), task(1)),
    on_event("assets_fell", F, (
        "Assets with us fell by more than 30 %", "예탁 자산 30% 이상 감소",
        "Find out where the money went and what would bring it back.",
        "자금이 옮겨 간 이유와 되돌릴 방법을 확인합니다."), task(2),
        condition=when("event.share", "gte", 30)),
    on_event("large_deposit", F, (
        "A large deposit comes in", "거액 입금",
        "Thank the customer and offer a conversation about plans.",
        "감사 인사를 드리고 운용 계획 상담을 제안합니다."), task(1),
        condition=when("event.amount", "gte", 100_000_000)),
    on_event("large_withdrawal", F, (
        "A large withdrawal", "거액 출금",
        "Ask whether everything is in order, and what it is for.",
        "불편한 점은 없었는지, 용도는 무엇인지 여쭙니다."), task(1),
        condition=when("event.amount", "gte", 100_000_000)),
    on_date("deposit_matures", F, (
        "A deposit matures in 14 days", "예금 만기 14일 전",
        "Prepare three ways on and make an appointment.",
        "만기 후 방안 세 가지를 준비해 상담을 예약합니다."), task(7), "maturity_date", 14),
    on_date("loan_rate_reset", F, (
        "A loan's rate is set anew in 30 days", "대출 금리 변동 30일 전",
        "Explain the new instalment before the letter comes.",
        "안내장이 가기 전에 새 상환액을 설명합니다."), task(10), "rate_reset_date", 30),
    on_event("loan_repaid_early", F, (
        "A loan is paid back early", "대출 중도 상환",
        "Ask for the reason; learn whether another lender was better.",
        "사유를 여쭙고 다른 금융사의 조건을 확인합니다."), task(3)),
    on_event("loan_declined", F, (
        "A loan was declined", "대출 거절",
        "Explain why and name the way that is open.",
        "거절 사유를 설명하고 가능한 방법을 안내합니다."), case()),
    on_event("claim_filed", F, (
        "An insurance claim is filed", "보험금 청구",
        "Say within a day what happens next and who is in charge.",
        "하루 안에 절차와 담당자를 알려 드립니다."), case("high")),
    on_event("claim_paid", F, (
        "A claim is paid", "보험금 지급",
        "Call to ask whether everything was clear, and how they are.",
        "안부를 묻고 절차가 명확했는지 여쭙니다."), task(5)),
    on_event("claim_refused", F, (
        "A claim is refused", "보험금 부지급",
        "Explain in person, in plain words, with the way to object.",
        "쉬운 말로 직접 설명하고 이의 절차를 안내합니다."), case("critical")),
    on_date("policy_anniversary", F, (
        "A policy has its anniversary in 30 days", "계약 기념일 30일 전",
        "Go through cover and life changes together.",
        "보장 내용과 생활 변화를 함께 점검합니다."), task(14), "policy_anniversary", 30),
    on_event("premium_missed", F, (
        "A premium was not paid", "보험료 미납",
        "Ask kindly, prevent the lapse, offer another day of debit.",
        "부드럽게 확인하고 실효를 막으며 이체일 변경을 제안합니다."), task(2)),
    on_event("card_lost", F, (
        "A card is lost or stolen", "카드 분실",
        "Block, replace within a day, explain liability.",
        "정지 후 하루 안에 재발급하고 책임 범위를 설명합니다."), case("critical")),
    on_event("fraud_suspected", F, (
        "Fraud is suspected", "부정 거래 의심",
        "Call at once on the known number, block, reassure.",
        "등록된 번호로 즉시 전화해 차단하고 안심시켜 드립니다."), case("critical")),
    on_event("salary_account_moved", F, (
        "The salary goes to another bank", "급여 이체 변경",
        "Ask for the reason within the week.",
        "일주일 안에 이유를 여쭙니다."), task(5)),
    on_event("first_investment", F, (
        "First investment product", "첫 투자 상품 가입",
        "Explain ups and downs; agree how often you talk.",
        "등락을 설명하고 연락 주기를 정합니다."), task(7)),
    on_event("market_shock", F, (
        "The market falls sharply", "시장 급락",
        "Call key customers first, with facts and no haste.",
        "핵심 고객부터 사실에 근거해 차분히 전화합니다."), task(1),
        condition=when("customer.value_segment", "is", "most_valuable")),
    on_event("app_error", F, (
        "A transfer in the app fails", "앱 이체 오류",
        "Say that the money is safe, and when it will work.",
        "돈이 안전함과 정상화 시각을 알려 드립니다."), case("high")),
    on_event("retirement_near", F, (
        "Retirement comes near", "은퇴 임박",
        "Invite to a talk on income after work.",
        "은퇴 후 소득 상담에 초대합니다."), task(14)),
    on_event("inheritance_question", F, (
        "Asks about inheritance or gifts", "상속·증여 문의",
        "Bring the specialist in within three days.",
        "사흘 안에 전문가를 연결합니다."), task(3)),
    on_event("branch_wait_long", F, (
        "Waited more than 30 minutes in the branch", "지점 30분 이상 대기",
        "Say sorry the same day and offer appointments.",
        "당일 사과하고 예약 상담을 안내합니다."), notice()),
)  # fmt: skip
