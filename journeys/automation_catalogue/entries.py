"""What an entry of the starter catalogue says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from journeys.models import Trigger

ACCOUNT_MANAGER = "account_manager"


@dataclass(frozen=True)
class Entry:
    """A customer event with its standard activity, ready to be taken over and edited."""

    code: str
    industry: str
    name: Mapping[str, str]
    activity: Mapping[str, str]
    trigger: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    condition: Mapping[str, Any] = field(default_factory=dict)
    effects: Sequence[Mapping[str, Any]] = ()
    once_days: int = 0


def task(days: int = 3) -> dict[str, Any]:
    """An activity for the account manager, due in some days."""
    return {"kind": "action", "owner": ACCOUNT_MANAGER, "days": days}


def case(severity: str = "normal") -> dict[str, Any]:
    """A follow-up by whoever the program's rules say."""
    return {"kind": "case", "severity": severity}


def notice() -> dict[str, Any]:
    """A notice to the account manager."""
    return {"kind": "notify", "to": ACCOUNT_MANAGER}


def when(source: str, operator: str, value: Any) -> dict[str, Any]:
    """A condition of one comparison."""
    return {"all": [{"source": source, "operator": operator, "value": value}]}


def on_event(
    code: str, industry: str, texts: tuple[str, str, str, str], effect: dict[str, Any], **more: Any
) -> Entry:
    """An entry that waits for a customer event of its own name.

    `texts` are the names and activities: English, Korean, English, Korean.
    """
    return _entry(
        code, industry, texts, effect, trigger=Trigger.EVENT, settings={"kinds": [code]}, **more
    )


def on_pattern(  # noqa: PLR0917 - a row of a table
    code: str,
    industry: str,
    texts: tuple[str, str, str, str],
    effect: dict[str, Any],
    pattern: str,
    value: Any = None,
    **more: Any,
) -> Entry:
    """An entry that waits for a pattern of purchases or value."""
    settings = {"pattern": pattern} | ({} if value is None else {"value": value})
    return _entry(code, industry, texts, effect, trigger=Trigger.PATTERN, settings=settings, **more)


def on_date(  # noqa: PLR0917 - a row of a table
    code: str,
    industry: str,
    texts: tuple[str, str, str, str],
    effect: dict[str, Any],
    attribute: str,
    days: int,
) -> Entry:
    """An entry that waits for a date in a customer's attribute."""
    settings = {"attribute": attribute, "days": days}
    return _entry(code, industry, texts, effect, trigger=Trigger.DATE, settings=settings)


def on_answer(
    code: str,
    industry: str,
    texts: tuple[str, str, str, str],
    effect: dict[str, Any],
    condition: dict[str, Any],
) -> Entry:
    """An entry that waits for an answer."""
    return _entry(code, industry, texts, effect, trigger=Trigger.ANSWER, condition=condition)


def on_comment(
    code: str,
    industry: str,
    texts: tuple[str, str, str, str],
    effect: dict[str, Any],
    condition: dict[str, Any],
) -> Entry:
    """An entry that waits for a comment that was read."""
    return _entry(code, industry, texts, effect, trigger=Trigger.TOPIC, condition=condition)


def _entry(
    code: str, industry: str, texts: tuple[str, str, str, str], effect: dict[str, Any], **more: Any
) -> Entry:
    en, ko, todo_en, todo_ko = texts
    return Entry(
        code=code,
        industry=industry,
        name={"en": en, "ko": ko},
        activity={"en": todo_en, "ko": todo_ko},
        effects=(effect,),
        **more,
    )
