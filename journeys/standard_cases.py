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
