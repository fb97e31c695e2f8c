"""A good body for every address that takes one; ids are filled in from the world."""

from typing import Any

RULE = {"match": "all", "conditions": [{"field": "kind", "operator": "is", "value": "customer"}]}
QUESTION = {
    "code": "q1",
    "kind": "single",
    "text": {"en": "What?"},
    "help": {"en": "One"},
    "required": True,
    "settings": {},
    "choices": [{"code": "a", "text": "A"}, {"code": "b", "text": "B"}],
}
ROW = {
    "answers": {"nps": 7, "why": "Slow"},
    "submission_id": "7b0c1c3e-6f0e-4c55-9a53-0d5a3a6f0b11",
    "external_id": "C1",
    "completed_at": "2026-11-01T10:00:00+09:00",
    "started_at": "2026-11-01T09:59:00+09:00",
    "language": "en",
    "channel": "phone",
    "campaign_id": None,
    "invitation_id": None,
    "is_test": False,
    "dimensions": {"store": "Gangnam"},
}
CUSTOMER = {
    "external_id": "N1",
    "kind": "customer",
    "name": "Kim",
    "email": "kim@example.com",
    "phone": "010-1",
    "language": "ko",
    "attributes": {"tier": "gold"},
    "is_test": False,
    "account_manager": None,
}
TRANSACTION = {
    "external_id": "T9",
    "customer": "C0",
    "kind": "purchase",
    "occurred_at": "2026-11-01T10:00:00+09:00",
    "amount": "10.00",
    "margin": "2.00",
    "channel": "web",
    "store": "",
    "product": "Tea",
}
EVENT = {
    "external_id": "E9",
    "customer": "C0",
    "kind": "call",
    "occurred_at": "2026-11-01T10:00:00+09:00",
    "place": "Seoul",
    "data": {"minutes": 3},
}
AUTOMATION = {
    "code": "mine",
    "name": "Late parcels",
    "activity": {"en": "Call"},
    "industry": "retail",
    "trigger": "event",
    "settings": {"kinds": ["delivery_late"]},
    "condition": {"all": [{"source": "event.days", "operator": "gte", "value": 2}]},
    "effects": [{"kind": "case", "severity": "high"}],
    "once_days": 7,
    "hourly_limit": 100,
}
CASE = {
    "external_id": "K9",
    "title": "Parcel lost",
    "description": "Called twice",
    "reason": "complaint",
    "severity": "high",
    "customer": "C0",
    "response": "{response}",
    "touchpoint": "{touchpoint}",
    "stage": "{stage}",
    "owner_email": None,
    "team": None,
    "action": None,
}
JOURNEY = {
    "code": "j9",
    "name": {"en": "Journey"},
    "description": {"en": "All of it"},
    "kind": "as_is",
    "persona": None,
    "template": "empty",
}
STAGE = {
    "code": "s9",
    "name": "Stage",
    "description": "What",
    "position": 0,
    "target": "50",
    "team": None,
}
TOUCHPOINT = {
    "code": "t9",
    "name": "Desk",
    "description": "Where",
    "area": "people",
    "is_active_contact": True,
    "is_manageable": True,
    "is_moment_of_truth": False,
    "channel": "store",
    "importance": "5",
}
ACTION = {
    "external_id": "A9",
    "title": "Do it",
    "description": "How",
    "board": "{board}",
    "owner_email": None,
    "team": None,
    "due": "2027-01-01",
    "horizon": "short",
    "importance": 3,
    "urgency": 3,
    "effect": 3,
    "cost": 3,
    "stage": "{stage}",
    "touchpoint": "{touchpoint}",
    "response": "{response}",
}
METRIC = {
    "code": "m9",
    "name": "Metric",
    "kind": "nps",
    "minimum": 0,
    "maximum": 10,
    "cutoffs": {"promoter_from": 9},
    "high_is_good": True,
    "target": "40",
    "min_n": 10,
    "is_headline": False,
    "sources": [{"survey": "{survey}", "question_code": "nps"}],
}
SURVEY = {
    "external_id": "S9",
    "title": {"en": "Title"},
    "template": "empty",
    "languages": ["en", "ko"],
    "default_language": "en",
    "welcome": {"en": "Hi"},
    "thanks": {"en": "Bye"},
    "anonymous": False,
    "sections": [{"title": "Page", "questions": [QUESTION]}],
}
CAMPAIGN = {
    "external_id": "K9",
    "survey": "{survey}",
    "name": "Ask",
    "channel": "email",
    "segment": "{segment}",
    "subject": {"en": "One question"},
    "body": {"en": "Please answer: {{name}}"},
    "sender_name": "Us",
    "contact_gap_days": 3,
    "is_advertising": False,
    "embed": {"mode": "popup", "delay": 3, "origins": ["https://shop.example"]},
    "excluded_segment": "{segment}",
    "sample_size": 500,
    "holdout_percent": 5,
    "priority": 5,
    "timing": "event",
    "send_on": "2030-01-31",
    "send_time": "10:00",
    "in_recipient_zone": True,
    "every": 2,
    "unit": "week",
    "parts": 3,
    "event_kind": "delivery",
    "event_conditions": [{"field": "place", "operator": "is", "value": "Seoul"}],
    "delay_minutes": 60,
    "ends_on": "2030-12-31",
    "reminder_days": [3],
    "reminder_subject": {"en": "Once more"},
    "reminder_body": {"en": "Please: {{name}}"},
}
POLICY = {
    "rules": [{"channel": "email", "most": 2, "days": 30}],
    "quiet_from": "21:00",
    "quiet_until": "08:00",
}
PROPOSITION = {
    "name": "Fast",
    "promise": "Quick",
    "functional_value": "Time",
    "emotional_value": "Calm",
    "proof": "Study",
    "state": "draft",
    "segment": "{segment}",
    "touchpoints": ["{touchpoint}"],
    "actions": ["{action}"],
}
PERSONA = {"name": "Regular", "description": "Who", "goals": "Why", "segment": "{segment}"}
TECHNOLOGY = {
    "kind": "voc",
    "name": "Portal",
    "state": "active",
    "layer": "experience",
    "used_by": "CX team",
    "project": "",
    "yearly_cost": "1200",
    "metric": "{metric}",
    "since": "2026-01-01",
}
PROCESS = {
    "name": "Returns",
    "departments": "Stores, logistics",
    "proposition": "{proposition}",
    "state": "in_progress",
    "customer_fit": 3,
    "organisation_fit": 4,
    "metric": "{metric}",
}
KPI = {
    "name": "Likely to come back",
    "goal": "They return",
    "view": "capability",
    "source": "metric",
    "metric": "{metric}",
    "target": "40",
    "weight": "2",
}
COMMENT = {
    "external_id": "V9",
    "text": "The queue was too long",
    "source": "store",
    "language": "en",
    "sentiment": "negative",
    "kind": "blame",
    "status": "new",
    "topics": ["queue"],
    "customer": "C0",
    "author": "Lee",
    "assignee_email": None,
    "is_test": False,
    "at": "2026-11-01T10:00:00+09:00",
}
TOPIC = {"name": "Staff", "seeds": ["staff", "직원"], "touchpoint": "{touchpoint}"}
CONSENT = {
    "channel": "email",
    "purpose": "survey",
    "granted": True,
    "text_version": "1",
    "source": "web",
    "night": False,
    "at": "2026-11-01T10:00:00+09:00",
}


def without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}


VALUE_RULES = {
    "yearly_rate": "0.080",
    "horizon_years": 3,
    "present_cut": "0.700",
    "future_cut": "0.700",
    "wallet_attribute": "share",
    "winnable_share": "0.200",
    "segment_names": {"growable": {"en": "Growers"}},
    "segment_strategies": {"growable": {"en": "Offer more"}},
}
BODIES: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "customers/", CUSTOMER),
    ("PATCH", "customers/{customer}/", without(CUSTOMER, "external_id")),
    ("POST", "customers/{customer}/consents/", CONSENT),
    ("POST", "segments/", {"code": "s9", "name": "S", "kind": "rule", "rule": RULE}),
    ("PATCH", "segments/{segment}/", {"name": "S", "description": "D", "is_reported": True}),
    ("POST", "segments/preview/", {"rule": RULE}),
    ("POST", "segments/{segment}/add/", {"customers": ["C2"], "reason": "Asked"}),
    ("POST", "segments/{segment}/remove/", {"customers": ["C1"]}),
    ("POST", "events/", EVENT),
    ("POST", "surveys/", SURVEY),
    ("PATCH", "surveys/{survey}/", without(SURVEY, "external_id", "template", "sections")),
    ("POST", "surveys/{survey}/sections/", {"title": "Page", "position": 0}),
    ("PATCH", "surveys/{survey}/sections/{section}/", {"title": "Page", "position": 0}),
    ("POST", "surveys/{survey}/questions/", {**QUESTION, "section": "{section}", "position": 0}),
    ("PATCH", "surveys/{survey}/questions/{question}/", {"text": "Q", "position": 0}),
    ("POST", "campaigns/", CAMPAIGN),
    (
        "PATCH",
        "contact-policy/",
        {"rules": [{"most": 2, "days": 30}], "quiet_from": "21:00", "quiet_until": "08:00"},
    ),
    ("PATCH", "campaigns/{campaign}/", without(CAMPAIGN, "external_id")),
    ("POST", "responses/", {**ROW, "survey": "{survey}"}),
    ("PATCH", "responses/{response}/", {"answers": {"nps": 3}, "is_test": True}),
    ("POST", "comments/", {**COMMENT, "touchpoint": "{touchpoint}"}),
    (
        "PATCH",
        "comments/{comment}/",
        {
            "sentiment": "neutral",
            "kind": "remark",
            "status": "open",
            "topics": [],
            "touchpoint": None,
            "assignee_email": None,
        },
    ),
    ("POST", "topics/", {**TOPIC, "code": "staff"}),
    ("PATCH", "topics/{topic}/", {**TOPIC, "is_active": True}),
    ("POST", "topics/{topic}/split/", {"name": "Half", "seeds": ["queue"]}),
    ("POST", "metrics/", METRIC),
    ("PATCH", "metrics/{metric}/", without(METRIC, "code", "sources")),
    ("POST", "metrics/{metric}/sources/", {"survey": "{survey}", "question_code": "nps"}),
    ("POST", "journeys/", JOURNEY),
    ("PATCH", "journeys/{journey}/", {**without(JOURNEY, "code", "template"), "state": "draft"}),
    ("POST", "journeys/{journey}/stages/", STAGE),
    ("PATCH", "journeys/{journey}/stages/{stage}/", without(STAGE, "code")),
    ("POST", "stages/{stage}/steps/", {"touchpoint": "{touchpoint}", "position": 0}),
    ("PATCH", "stages/{stage}/steps/{step}/", {"stage": "{stage}", "position": 0}),
    ("POST", "touchpoints/", TOUCHPOINT),
    ("PATCH", "touchpoints/{touchpoint}/", without(TOUCHPOINT, "code")),
    (
        "POST",
        "touchpoints/{touchpoint}/metrics/",
        {"metric": "{metric}", "aspect": "effort", "weight": "2"},
    ),
    ("POST", "personas/", PERSONA),
    ("PATCH", "personas/{persona}/", PERSONA),
    ("POST", "boards/", {"name": "Board", "team": None}),
    ("POST", "actions/", ACTION),
    ("PATCH", "actions/{action}/", without(ACTION, "board")),
    ("POST", "actions/{action}/move/", {"state": "doing", "before": None, "after": None}),
    ("POST", "actions/{action}/comments/", {"text": "Words"}),
    ("POST", "cases/", CASE),
    ("PATCH", "cases/{case}/", without(CASE, "customer", "response", "reason")),
    ("POST", "cases/{case}/move/", {"state": "waiting"}),
    ("POST", "cases/{case}/comments/", {"text": "Words", "parent": None}),
    ("POST", "cases/{case}/contacts/", {"channel": "phone", "reached": True, "note": "Sorry"}),
    (
        "POST",
        "cases/{case}/close/",
        {
            "resolution": "solved",
            "root_cause": "delivery",
            "recovery": "refund",
            "outcome": "Sent again",
            "customer_told": True,
            "action": "{action}",
        },
    ),
    ("POST", "automations/", AUTOMATION),
    ("PATCH", "automations/{automation}/", without(AUTOMATION, "code")),
    ("POST", "automations/take/", {"code": "complaint"}),
    ("POST", "automations/{automation}/switch/", {"on": True}),
    ("POST", "root-causes/", {"code": "parking", "name": "Parking", "position": 3}),
    ("POST", "transactions/", TRANSACTION),
    ("POST", "propositions/", PROPOSITION),
    ("PATCH", "propositions/{proposition}/", PROPOSITION),
    ("POST", "kpis/", KPI),
    ("PATCH", "kpis/{kpi}/", KPI),
    ("POST", "kpis/{kpi}/values/", {"month": "2026-03-01", "comment": "Why"}),
    ("POST", "frameworks/", {"standard": "maturity"}),
    ("POST", "assessments/", {"framework": "{framework}", "name": "Spring", "due": "2027-01-01"}),
    ("POST", "technologies/", TECHNOLOGY),
    ("PATCH", "technologies/{technology}/", TECHNOLOGY),
    ("POST", "processes/", PROCESS),
    ("PATCH", "processes/{process}/", PROCESS),
    ("POST", "kpi-links/", {"cause": "{kpi}", "effect": "{effect_kpi}"}),
    ("POST", "customers/{customer}/merge/", {"merged": "C2", "take": ["name"]}),
    ("POST", "value-models/", {"until": "2026-11-01"}),
    ("PATCH", "value-rules/", VALUE_RULES),
]
BULKS: list[tuple[str, dict[str, Any]]] = [
    ("customers/bulk/", CUSTOMER),
    ("transactions/bulk/", TRANSACTION),
    ("events/bulk/", EVENT),
    ("responses/bulk/?survey={survey}", ROW),
    ("comments/bulk/", COMMENT),
]


def with_ids(body: Any, ids: dict[str, int]) -> Any:
    """ "{survey}" becomes the id; other texts stay."""
    if isinstance(body, dict):
        return {name: with_ids(value, ids) for name, value in body.items()}
    if isinstance(body, list):
        return [with_ids(value, ids) for value in body]
    name = body[1:-1] if isinstance(body, str) and body.startswith("{") else ""
    return ids.get(name, body)
