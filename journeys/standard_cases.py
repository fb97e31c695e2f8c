"""What a program's follow-up starts with: due hours by severity and a catalogue of causes."""

from journeys.models import Severity

#: Working hours until somebody has called.
CONTACT_HOURS: dict[str, int] = {
    Severity.LOW: 18,
    Severity.NORMAL: 9,
    Severity.HIGH: 4,
    Severity.CRITICAL: 1,
}
#: Working hours until the case is closed.
CLOSE_HOURS: dict[str, int] = {
    Severity.LOW: 90,
    Severity.NORMAL: 45,
    Severity.HIGH: 27,
    Severity.CRITICAL: 9,
}
ROOT_CAUSES: tuple[tuple[str, str, str], ...] = (
    ("product", "Product or quality", "제품·품질"),
    ("delivery", "Delivery late or damaged", "배송 지연·파손"),
    ("price", "Price, fee or bill", "가격·요금·청구"),
    ("waiting", "Waiting time", "대기 시간"),
    ("staff", "Attitude of staff", "직원 태도"),
    ("knowledge", "Knowledge of staff", "직원 업무 지식"),
    ("information", "Wrong or missing information", "안내 부족·오안내"),
    ("digital", "Website or app", "웹·앱 오류"),
    ("process", "Our process", "업무 절차"),
    ("promise", "Promise not kept", "약속 불이행"),
    ("expectation", "Expectation we never promised", "과도한 기대"),
    ("outside", "Beyond our reach", "외부 요인"),
)
#: Mails to a customer: name, subject and body per language.
REPLIES: dict[str, dict[str, dict[str, str]]] = {
    "apology": {
        "name": {"en": "Sorry, and what we do now", "ko": "사과와 조치 안내"},
        "subject": {
            "en": "We are sorry, and we are looking into it",
            "ko": "불편을 드려 죄송합니다. 확인하고 있습니다",
        },
        "body": {
            "en": "Hello {{name|there}},\n\nthank you for telling us what went wrong. I am sorry. "
            "I am looking into it myself and will write to you again as soon as I know more.\n\n"
            "{{sender}}\n{{company}}",
            "ko": "{{name|고객}}님, 안녕하세요.\n\n겪으신 불편을 알려 주셔서 감사합니다. 진심으로 "
            "사과드립니다. 제가 직접 확인하고 있으며, 확인되는 대로 다시 연락드리겠습니다.\n\n"
            "{{company}} {{sender}} 드림",
        },
    },
    "not_reached": {
        "name": {"en": "We could not reach you", "ko": "통화가 되지 않았을 때"},
        "subject": {"en": "We tried to call you", "ko": "전화드렸으나 통화가 되지 않았습니다"},
        "body": {
            "en": "Hello {{name|there}},\n\nwe tried to call you about your feedback and did not "
            "reach you. When would a call suit you? A short answer to this mail is enough.\n\n"
            "{{sender}}\n{{company}}",
            "ko": "{{name|고객}}님, 안녕하세요.\n\n보내 주신 의견과 관련해 전화드렸으나 통화가 "
            "되지 않았습니다. 편하신 시간을 이 메일로 알려 주시면 다시 연락드리겠습니다.\n\n"
            "{{company}} {{sender}} 드림",
        },
    },
    "solved": {
        "name": {"en": "It is mended", "ko": "조치 완료 안내"},
        "subject": {"en": "What came of your feedback", "ko": "보내 주신 의견의 처리 결과입니다"},
        "body": {
            "en": "Hello {{name|there}},\n\nwhat you told us is mended: …\n\nIf anything is "
            "still not right, please answer this mail.\n\n{{sender}}\n{{company}}",
            "ko": "{{name|고객}}님, 안녕하세요.\n\n말씀해 주신 사항을 다음과 같이 조치했습니다. …"
            "\n\n아직 불편하신 점이 있으면 이 메일로 회신해 주세요.\n\n{{company}} {{sender}} 드림",
        },
    },
    "thanks": {
        "name": {"en": "Thank you for the praise", "ko": "칭찬에 대한 감사"},
        "subject": {"en": "Thank you for your kind words", "ko": "따뜻한 말씀 감사합니다"},
        "body": {
            "en": "Hello {{name|there}},\n\nthank you for your kind words. I have passed them on "
            "to the people you praised.\n\n{{sender}}\n{{company}}",
            "ko": "{{name|고객}}님, 안녕하세요.\n\n따뜻한 말씀을 남겨 주셔서 감사합니다. 칭찬해 "
            "주신 직원에게 잘 전하겠습니다.\n\n{{company}} {{sender}} 드림",
        },
    },
}
#: What is told after an action, to begin with.
TELLING: dict[str, dict[str, str]] = {
    "subject": {
        "en": "You told us, and we changed it",
        "ko": "보내 주신 의견을 반영해 개선했습니다",
    },
    "body": {
        "en": "Hello {{name|there}},\n\nsome time ago you told us what was not right. This is what "
        "we changed: …\n\nThank you for helping us.\n\n{{sender}}\n{{company}}",
        "ko": "{{name|고객}}님, 안녕하세요.\n\n지난번에 보내 주신 의견을 바탕으로 다음과 같이 "
        "개선했습니다. …\n\n소중한 의견에 감사드립니다.\n\n{{company}} {{sender}} 드림",
    },
}
