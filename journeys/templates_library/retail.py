"""The way through a store in seven stages, with the factors that make each experience."""

from journeys.templates_library.shape import alone, at, stage, template

LANES = (
    "goal", "doing", "touchpoint", "interaction", "factor", "emotion", "metric", "pain", "gain",
    "visibility", "backstage", "opportunity", "work",
)  # fmt: skip

RETAIL = template(
    ("Retail, seven stages with experience factors", "소매 7단계와 경험 요인"),
    LANES,
    stage(
        "find", ("Find", "알게 되기"),
        ("A need comes up; the shop comes to mind or is found.",
         "필요를 느끼고 매장을 떠올리거나 찾아냅니다."),
        at(
            "advert", ("Advertising", "광고"), "communication",
            active=False, channel="media", importance=3, feels=0,
            goal=[("Know who sells what I need", "내게 필요한 것을 어디서 파는지 알고 싶다")],
            factor=[
                ("The message fits my situation", "내 상황에 맞는 메시지"),
                ("The promise is believable", "믿을 수 있는 약속"),
                ("Price and offer are clear", "분명한 가격과 혜택"),
                ("Friends speak well of it", "지인의 좋은 평판"),
            ],
            backstage=[("Campaigns are planned from segments", "고객군별 캠페인 기획")],
        ),
        at(
            "website", ("Website", "홈페이지"), "communication",
            channel="web", importance=6, feels=1,
            doing=[("Looks up products, hours and the way", "제품과 영업시간, 길을 찾아본다")],
            factor=[
                ("Found in two clicks", "두 번 안에 찾는 정보"),
                ("Stock of my store is shown", "가까운 매장의 재고 표시"),
                ("Opening hours are right", "정확한 영업시간"),
                ("Works on my phone", "휴대전화에서도 편한 화면"),
            ],
            pain=[("Shown on the site, missing in the store", "홈페이지에는 있는데 매장에는 없다")],
            backstage=[("Stores report their stock hourly", "매장 재고가 매시간 반영된다")],
        ),
    ),
    stage(
        "enter", ("Enter", "들어가기"),
        ("The way to the store and the first impression.", "매장까지 오는 길과 첫인상입니다."),
        at(
            "parking", ("Parking and way in", "주차와 입구"), "product",
            channel="store", importance=4, feels=-1,
            goal=[("Get there without trouble", "수고 없이 도착하고 싶다")],
            factor=[
                ("A free place to park", "여유 있는 주차 자리"),
                ("Signs that lead me in", "입구까지 이어지는 안내판"),
                ("Easy with a pram or wheelchair", "유모차와 휠체어도 편한 길"),
                ("A clean, inviting entrance", "깨끗하고 반기는 입구"),
            ],
            pain=[("Full car park on Saturdays", "토요일에는 주차장이 가득 찬다")],
        ),
        at(
            "greeting", ("Greeting", "맞이 인사"), "people",
            active=False, channel="store", importance=5, feels=2,
            factor=[
                ("Noticed within half a minute", "30초 안에 알아봐 주는 직원"),
                ("A sincere welcome", "진심이 느껴지는 인사"),
                ("Free to look without pressure", "부담 없이 둘러볼 자유"),
                ("Pleasant temperature, light and sound", "쾌적한 온도와 조명, 소리"),
            ],
            backstage=[("Shifts follow the number of visitors", "방문객 수에 맞춘 근무 편성")],
        ),
    ),
    stage(
        "look", ("Look around", "둘러보기"),
        ("Finding one's way among the goods.", "상품 사이에서 원하는 것을 찾습니다."),
        at(
            "display", ("Display", "진열"), "product",
            channel="store", importance=6, feels=1,
            goal=[("See the choice at a glance", "한눈에 고를 것을 보고 싶다")],
            doing=[("Walks along the shelves and compares", "진열대를 따라 걸으며 비교한다")],
            factor=[
                ("A layout one understands", "이해하기 쉬운 배치"),
                ("Everything in reach", "손이 닿는 진열"),
                ("Nothing sold out", "품절 없는 진열대"),
                ("May be tried and tasted", "써 보고 맛볼 수 있는 기회"),
            ],
            gain=[("Discovers something new", "새로운 것을 발견한다")],
        ),
        at(
            "price-tags", ("Prices and labels", "가격과 표시"), "communication",
            channel="store", importance=5, feels=-1,
            factor=[
                ("Every product has its price", "빠짐없는 가격표"),
                ("Ingredients in large print", "큰 글씨의 성분 표시"),
                ("Shelf and till say the same", "진열대와 계산대가 같은 가격"),
                ("Offers without small print", "단서가 없는 행사 안내"),
            ],
            pain=[("Cannot tell two products apart", "두 제품의 차이를 알 수 없다")],
        ),
    ),
    stage(
        "ask", ("Ask", "물어보기"),
        ("Advice in the store or by phone.", "매장이나 전화로 상담을 받습니다."),
        at(
            "advice", ("Advice", "상담"), "people",
            channel="store", truth=True, importance=9, feels=3,
            goal=[("Be sure that it is the right one", "맞는 것을 고른다는 확신을 얻고 싶다")],
            doing=[("Describes the situation and asks", "상황을 설명하고 묻는다")],
            factor=[
                ("Somebody is there when needed", "필요할 때 곁에 있는 직원"),
                ("Listens before recommending", "권하기 전에 듣는 태도"),
                ("Knows the products", "제품에 밝은 지식"),
                ("Says openly what does not fit", "맞지 않는 것도 솔직히 말하기"),
                ("Explains in my words", "내 눈높이의 설명"),
            ],
            pain=[("Waits too long for an advisor", "상담 직원을 오래 기다린다")],
            gain=[("Feels understood", "이해받았다고 느낀다")],
            backstage=[("Product training every month", "매달 하는 제품 교육")],
        ),
        at(
            "call-center", ("Call centre", "고객센터"), "people",
            channel="phone", importance=7, feels=-2,
            factor=[
                ("Answered within twenty seconds", "20초 안의 연결"),
                ("Solved in one call", "한 번의 통화로 해결"),
                ("No need to tell it twice", "두 번 설명하지 않는 상담"),
            ],
            pain=[("Has to tell the story again", "같은 이야기를 다시 한다")],
            backstage=[("Agents see the customer's history", "상담원이 고객 이력을 함께 본다")],
        ),
    ),
    stage(
        "buy", ("Buy", "구매하기"),
        ("Paying, and how the goods get home.", "계산하고 집까지 가져가는 과정입니다."),
        at(
            "checkout", ("Checkout", "계산"), "people",
            channel="store", importance=7, feels=0,
            goal=[("Be done quickly", "빨리 끝내고 싶다")],
            factor=[
                ("A short queue", "짧은 줄"),
                ("My way of paying works", "내가 쓰는 결제 수단"),
                ("Points counted without asking", "말하지 않아도 쌓이는 포인트"),
                ("Packed with care", "정성스러운 포장"),
                ("A friendly good-bye", "다정한 배웅"),
            ],
            pain=[("One till for everyone", "계산대가 하나뿐이다")],
        ),
        at(
            "delivery", ("Delivery", "배송"), "product",
            active=False, channel="parcel", truth=True, importance=8, feels=2,
            factor=[
                ("Comes on the promised day", "약속한 날의 도착"),
                ("Told before it is late", "늦기 전에 먼저 받는 연락"),
                ("Arrives undamaged", "손상 없는 상태"),
                ("Easy to follow on its way", "쉬운 배송 조회"),
            ],
            pain=[("Late without a word", "연락 없이 늦는다")],
            backstage=[("Carriers report every scan", "택배사가 단계마다 알려 온다")],
        ),
    ),
    stage(
        "use", ("Use", "사용하기"),
        ("What the product does at home.", "집에서 제품을 쓰며 느끼는 것입니다."),
        at(
            "product", ("Product", "제품"), "product",
            truth=True, importance=9, feels=3,
            goal=[("Feel that it was worth it", "산 보람을 느끼고 싶다")],
            factor=[
                ("Does what was promised", "약속한 효과"),
                ("The same quality each time", "한결같은 품질"),
                ("Worth its price", "값어치를 하는 가격"),
                ("Pleasant to use every day", "매일 쓰기 좋은 느낌"),
            ],
            gain=[("Tells friends about it", "주변에 이야기한다")],
        ),
        at(
            "guide", ("How-to guide", "사용 안내"), "communication",
            active=False, channel="paper", importance=4, feels=0,
            factor=[
                ("Understood at once", "바로 이해되는 설명"),
                ("Answers the usual questions", "자주 묻는 질문의 답"),
                ("Found again when needed", "필요할 때 다시 찾는 안내"),
            ],
        ),
    ),
    stage(
        "return", ("Come back", "다시 찾기"),
        ("Help afterwards, and reasons to come again.", "이후의 도움과 다시 찾을 이유입니다."),
        at(
            "service", ("After-sales service", "사후 서비스"), "people",
            truth=True, importance=8, feels=1,
            goal=[("Be helped without a fight", "다투지 않고 도움받고 싶다")],
            factor=[
                ("Exchange without questions", "이유를 묻지 않는 교환"),
                ("Somebody feels responsible", "책임지는 담당자"),
                ("Asked whether all is well", "괜찮은지 먼저 묻는 연락"),
            ],
            pain=[("Sent from one desk to the next", "이 창구 저 창구로 보내진다")],
        ),
        at(
            "points", ("Points", "포인트"), "product",
            active=False, importance=5, feels=1,
            factor=[
                ("Easy to see and to spend", "보기 쉽고 쓰기 쉬운 포인트"),
                ("Rewards that one wants", "갖고 싶은 보상"),
                ("Told before points expire", "소멸 전에 받는 알림"),
            ],
        ),
        alone(
            ("Tells others", "주변에 말한다"),
            feels=2,
            factor=[("A story worth telling", "이야기할 만한 경험")],
            gain=[("Recommends the shop", "매장을 추천한다")],
        ),
    ),
)  # fmt: skip
