"""The survey of the bench: a score, a rating and a comment."""

from typing import Any

QUESTIONS: list[dict[str, Any]] = [
    {"code": "nps", "kind": "nps", "text": {"en": "Would you recommend us?"}, "required": True},
    {"code": "csat", "kind": "csat", "text": {"en": "How satisfied are you?"}},
    {"code": "why", "kind": "long_text", "text": {"en": "What is the main reason?"}},
]
DOCUMENT: dict[str, Any] = {
    "title": {"en": "Your visit"},
    "welcome": {},
    "thanks": {},
    "languages": ["en"],
    "default_language": "en",
    "anonymous": False,
    "theme": {},
    "sections": [{"id": 1, "title": {}, "questions": QUESTIONS}],
}
