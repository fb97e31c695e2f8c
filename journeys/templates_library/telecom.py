"""The life of a telecom customer, from comparing offers to leaving or staying."""

from journeys.templates_library.shape import alone, at, stage, template

LANES = (
    "goal", "doing", "touchpoint", "interaction", "factor", "emotion", "metric", "pain", "gain",
    "visibility", "backstage", "support", "opportunity", "work",
)  # fmt: skip

TELECOM = template(
    ("Telecom, the whole life cycle", "통신 고객 생애 주기"),
    LANES,
    stage(
        "compare", ("Compare", "비교하기"),
        ("Looking for a tariff, alone or with help.", "혼자 또는 도움을 받아 요금제를 찾습니다."),
        at(
            "tariff-page", ("Tariff page", "요금제 안내 화면"), "communication",
            channel="web", importance=6, feels=-1,
            goal=[("Pay for what I use, no more", "쓰는 만큼만 내고 싶다")],
            factor=[("The whole price at once", "한눈에 보이는 전체 요금"),
                    ("Compared with what I pay today", "지금 요금과의 비교")],
            pain=[("Discounts that end after a year", "1년 뒤 끝나는 할인")],
        ),
        at(
            "shop", ("Shop", "대리점"), "people", channel="store", importance=7, feels=1,
            factor=[("Advice that asks how I use it", "사용 습관부터 묻는 상담"),
                    ("The same offer as online", "온라인과 같은 조건")],
        ),
    ),
    stage(
        "join", ("Join", "가입하기"),
        ("Contract, number and device.", "계약과 번호 이동, 단말기 수령입니다."),
        at(
            "contract", ("Contract", "계약"), "people",
            channel="store", truth=True, importance=8, feels=0,
            doing=[("Signs and hands over the old number", "서명하고 번호를 옮긴다")],
            factor=[("One page in plain words", "쉬운 말로 된 한 장"),
                    ("Term and fees said aloud", "말로 짚어 주는 약정과 위약금")],
            backstage=[("Identity check", "본인 확인")],
        ),
        at(
            "activation", ("Activation", "개통"), "product",
            active=False, channel="network", truth=True, importance=9, feels=2,
            factor=[("Works within the hour", "한 시간 안의 개통"),
                    ("Told when it is ready", "개통되면 바로 알림")],
            support=[("Number portability", "번호 이동 시스템")],
        ),
    ),
    stage(
        "use", ("Use", "이용하기"),
        ("Calls, data and what stands on the bill.", "통화와 데이터, 그리고 청구서입니다."),
        at(
            "network", ("Network", "통화와 데이터 품질"), "product",
            channel="network", truth=True, importance=10, feels=1,
            factor=[("Coverage where I live", "사는 곳의 수신 품질"),
                    ("Speed as promised", "약속한 속도")],
            pain=[("No signal in the underground", "지하철에서 끊긴다")],
        ),
        at(
            "app", ("Customer app", "고객 앱"), "people",
            channel="app", importance=6, feels=1,
            factor=[("Data left at a glance", "한눈에 보는 남은 데이터"),
                    ("Change it myself", "스스로 바꾸는 설정")],
        ),
        at(
            "bill", ("Bill", "청구서"), "communication",
            active=False, channel="email", importance=8, feels=-3,
            factor=[("Understood without help", "도움 없이 이해되는 청구서"),
                    ("No surprise", "뜻밖의 금액 없음")],
            pain=[("Roaming cost nobody warned of", "미리 알려 주지 않은 로밍 요금")],
        ),
    ),
    stage(
        "help", ("Get help", "도움받기"),
        ("When something fails or is unclear.", "장애가 나거나 모를 때입니다."),
        at(
            "hotline", ("Hotline", "고객센터"), "people",
            channel="phone", truth=True, importance=9, feels=-2,
            goal=[("Solved in one call", "한 번에 해결하고 싶다")],
            factor=[("A person within two minutes", "2분 안의 상담원 연결"),
                    ("Knows what I said before", "지난 상담을 아는 상담원")],
            support=[("Shared history of contacts", "통합 상담 이력")],
        ),
        at(
            "technician", ("Technician", "방문 기사"), "people",
            channel="visit", importance=7, feels=2,
            factor=[("Comes at the agreed time", "약속한 시간의 방문"),
                    ("Leaves it clean", "깨끗한 마무리")],
        ),
    ),
    stage(
        "stay", ("Stay or leave", "남거나 떠나기"),
        ("The contract ends; competitors call.", "약정이 끝나고 경쟁사가 다가옵니다."),
        at(
            "renewal", ("Renewal offer", "재약정 제안"), "communication",
            active=False, channel="phone", truth=True, importance=9, feels=-1,
            factor=[("As good as for new customers", "새 고객과 같은 혜택"),
                    ("Asked before it is too late", "늦기 전에 받는 제안")],
            opportunity=[("Call those whose contract ends in 60 days", "약정 만료 60일 전 연락")],
        ),
        alone(("Asks friends about their provider", "주변에 다른 통신사를 묻는다"), feels=0),
        at(
            "cancellation", ("Cancellation", "해지"), "people",
            channel="phone", importance=6, feels=-3,
            factor=[("As easy as joining", "가입만큼 쉬운 해지"),
                    ("Asked why, once", "한 번만 묻는 이유")],
            pain=[("Kept on the line", "전화를 놓아주지 않는다")],
        ),
    ),
)  # fmt: skip
