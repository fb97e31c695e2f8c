"""The form of an automation: what it waits for, when it holds, what is done."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cxportal.core.actors import Actor
from cxportal.core.forms.base import I18nTextFormField, ScopedForm
from cxportal.core.models import Membership, Team, Webhook
from cxportal.core.registry import customer_patterns
from journeys.forms.actions import OPEN, NamedChoiceField
from journeys.models import Automation, Board, Severity, Trigger
from journeys.queries.automations import operator_words
from journeys.services.automation_effects import ACCOUNT_MANAGER
from surveys.calc.logic import UNARY
from surveys.models import Campaign, Metric, Survey

MOST_ROWS = 10
_LISTS = ("any_of", "none_of", "between")
_OWNERS = [("", OPEN), (ACCOUNT_MANAGER, _("The customer's account manager"))]


class AutomationForm(ScopedForm):
    """Name, trigger with its settings, limits, and one of each thing to do."""

    industry = forms.ChoiceField(
        choices=Automation.Industry.choices, required=False, label=_("Industry")
    )
    trigger = forms.ChoiceField(choices=Trigger.choices, label=_("It waits until"))
    kinds = forms.CharField(
        required=False,
        max_length=600,
        label=_("Customer events"),
        help_text=_("Names of events, separated by commas: delivery_late, complaint"),
    )
    survey = forms.ModelChoiceField(
        Survey.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        empty_label=_("Any survey"),
        label=_("Survey"),
    )
    pattern = forms.ChoiceField(required=False, label=_("Pattern"))
    value = forms.CharField(
        required=False, max_length=40, label=_("Value"), help_text=_("An amount, days or a number")
    )
    attribute = forms.CharField(
        required=False,
        max_length=60,
        label=_("Attribute with a date"),
        help_text=_("For example contract_end; written as 2027-01-31"),
    )
    days = forms.IntegerField(
        required=False,
        min_value=-730,
        max_value=730,
        label=_("Days before"),
        help_text=_("After the date: negative"),
    )
    metric = NamedChoiceField(
        Metric.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        empty_label=_("Any score"),
        label=_("Score"),
    )
    direction = forms.ChoiceField(
        choices=[("worse", _("gets worse")), ("better", _("gets better"))],
        required=False,
        label=_("Direction"),
    )
    once_days = forms.IntegerField(
        min_value=0,
        max_value=730,
        initial=0,
        label=_("Rest per customer, in days"),
        help_text=_("0: every time"),
    )
    hourly_limit = forms.IntegerField(
        min_value=1,
        max_value=100_000,
        initial=500,
        label=_("At most in one hour"),
        help_text=_("More stop the automation: something is wrong then."),
    )
    do_case = forms.BooleanField(required=False, label=_("Open a case"))
    case_severity = forms.ChoiceField(
        choices=Severity.choices, initial=Severity.NORMAL, required=False, label=_("Severity")
    )
    case_team = forms.ModelChoiceField(
        Team.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        empty_label=_("By the program's rules"),
        label=_("Team"),
    )
    do_action = forms.BooleanField(required=False, label=_("Give an activity to do"))
    action_owner = forms.ChoiceField(
        choices=_OWNERS, required=False, label=pgettext_lazy("assign", "To whom")
    )
    action_days = forms.IntegerField(
        required=False, min_value=0, max_value=365, initial=3, label=_("Due in days")
    )
    action_board = NamedChoiceField(
        Board.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        empty_label=_("The program's board"),
        label=_("Board"),
    )
    do_notify = forms.BooleanField(required=False, label=_("Tell people"))
    notify_to = forms.ChoiceField(required=False, label=pgettext_lazy("automation", "Whom"))
    do_survey = forms.BooleanField(required=False, label=_("Invite to a survey"))
    survey_campaign = forms.ModelChoiceField(
        Campaign.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        empty_label=OPEN,
        label=_("Campaign"),
        help_text=_("A campaign that asks after an event; its rests and quiet hours hold."),
    )
    do_tag = forms.BooleanField(required=False, label=_("Set an attribute of the customer"))
    tag_key = forms.CharField(required=False, max_length=60, label=_("Attribute"))
    tag_value = forms.CharField(required=False, max_length=200, label=_("Value"))
    do_event = forms.BooleanField(required=False, label=_("Record a customer event"))
    event_event = forms.CharField(required=False, max_length=60, label=_("Name of the event"))
    do_webhook = forms.BooleanField(required=False, label=_("Tell other systems (webhook)"))
    do_chat = forms.BooleanField(required=False, label=_("Say it in a chat channel"))
    chat_channel = forms.ModelChoiceField(
        Webhook.unscoped.none(),  # unscoped: narrowed to the actor by ScopedForm
        required=False,
        empty_label=OPEN,
        label=_("Channel"),
        help_text=_("Slack and Teams channels are connected in the settings, under webhooks."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        languages = list(actor.program.languages)
        self.fields["name"] = I18nTextFormField(
            languages=languages, label=_("Name"), max_length=200
        )
        self.fields["activity"] = I18nTextFormField(
            languages=languages,
            label=_("Standard activity"),
            rows=2,
            required=False,
            help_text=_("What is to be done then, in a sentence or two"),
        )
        patterns: Any = self.fields["pattern"]
        patterns.choices = [("", OPEN), *((c, p.label) for c, p in customer_patterns.items())]
        people: Any = self.fields["notify_to"]
        people.choices = _audience(actor)
        campaigns: Any = self.fields["survey_campaign"]
        campaigns.queryset = campaigns.queryset.filter(timing=Campaign.Timing.EVENT)
        channels: Any = self.fields["chat_channel"]
        channels.queryset = channels.queryset.exclude(format=Webhook.Format.STANDARD)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        pattern = customer_patterns.get(values.get("pattern", ""))
        if pattern is not None and values.get("trigger") == Trigger.PATTERN:
            values["value"] = _pattern_value(pattern, values.get("value", ""))
        return values

    def settings(self) -> dict[str, Any]:
        """The trigger's settings as the service keeps them."""
        values = self.cleaned_data
        kinds = [part.strip() for part in values["kinds"].split(",") if part.strip()]
        found: dict[str, dict[str, Any]] = {
            Trigger.ANSWER: {"survey": values["survey"].pk if values["survey"] else None},
            Trigger.EVENT: {"kinds": kinds},
            Trigger.PATTERN: {"pattern": values["pattern"], "value": values["value"]},
            Trigger.DATE: {"attribute": values["attribute"], "days": values["days"] or 0},
            Trigger.SCORE: {
                "metric": values["metric"].pk if values["metric"] else None,
                "direction": values["direction"],
            },
        }
        return found.get(values["trigger"], {})

    def effects(self) -> list[dict[str, Any]]:
        """What is to be done, as the service keeps it."""
        values = self.cleaned_data
        team, board = values["case_team"], values["action_board"]
        campaign, channel = values["survey_campaign"], values["chat_channel"]
        offered: dict[str, dict[str, Any]] = {
            "case": {"severity": values["case_severity"], "team": team.pk if team else None},
            "action": {
                "owner": values["action_owner"],
                "days": values["action_days"],
                "board": board.pk if board else None,
            },
            "notify": {"to": values["notify_to"]},
            "survey": {"campaign": campaign.pk if campaign else None},
            "tag": {"key": values["tag_key"], "value": values["tag_value"]},
            "event": {"event": values["event_event"]},
            "webhook": {},
            "chat": {"channel": channel.pk if channel else None},
        }
        return [
            {"kind": kind, **{n: v for n, v in more.items() if v not in (None, "")}}
            for kind, more in offered.items()
            if values[f"do_{kind}"]
        ]


def _audience(actor: Actor) -> list[tuple[str, Any]]:
    teams = Team.objects.for_actor(actor)
    members: Any = Membership.objects.for_actor(actor).filter(is_active=True)
    return [
        (ACCOUNT_MANAGER, _("The customer's account manager")),
        ("managers", _("All managers")),
        *((f"team:{team.pk}", str(team)) for team in teams),
        *((f"member:{m.pk}", str(m.user)) for m in members.select_related("user")),
    ]


def _pattern_value(pattern: Any, text: str) -> Any:
    if pattern.choices:
        return text
    if not pattern.unit:
        return None
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        return None
    return int(number) if number == int(number) else number


def initial_of(automation: Automation) -> dict[str, Any]:
    """Initial values of the form for a stored automation."""
    names = ("name", "activity", "industry", "trigger", "once_days", "hourly_limit", "version")
    initial: dict[str, Any] = {name: getattr(automation, name) for name in names}
    settings = dict(automation.settings)
    settings["kinds"] = ", ".join(settings.get("kinds", []))
    initial |= settings
    for effect in automation.effects:
        kind = effect["kind"]
        initial[f"do_{kind}"] = True
        initial |= {f"{kind}_{name}": value for name, value in effect.items() if name != "kind"}
    return initial


@dataclasses.dataclass(frozen=True)
class ConditionRow:
    """One comparison of the condition's editor."""

    number: int
    source: str = ""
    operator: str = "is"
    value: str = ""


def condition_rows(condition: Mapping[str, Any]) -> tuple[str, list[ConditionRow]]:
    """("all"|"any", rows) of a stored condition, with two empty rows to write into."""
    match = "any" if "any" in condition else "all"
    tests = [t for t in condition.get(match, []) if "source" in t]
    rows = [_row(number, test) for number, test in enumerate(tests[: MOST_ROWS - 2])]
    empty = [ConditionRow(len(rows) + n) for n in range(2)]
    return match, [*rows, *empty]


def _row(number: int, test: Mapping[str, Any]) -> ConditionRow:
    value = test.get("value")
    shown = ", ".join(map(str, value)) if isinstance(value, list) else value
    return ConditionRow(
        number, str(test["source"]), str(test["operator"]), "" if shown is None else str(shown)
    )


def is_simple(condition: Mapping[str, Any]) -> bool:
    """Whether the editor can show the condition; others are kept as the API set them."""
    if not condition:
        return True
    if set(condition) not in ({"all"}, {"any"}):
        return False
    tests = next(iter(condition.values()))
    return len(tests) <= MOST_ROWS - 2 and all("source" in test for test in tests)


def condition_posted(data: Mapping[str, Any]) -> dict[str, Any]:
    """The condition as the editor posts it: match, source-N, operator-N, value-N."""
    tests = []
    for number in range(MOST_ROWS):
        source = str(data.get(f"source-{number}", "")).strip()
        if source:
            operator = str(data.get(f"operator-{number}", "is"))
            value = _value(operator, str(data.get(f"value-{number}", "")).strip())
            test = {"source": source, "operator": operator}
            tests.append(test if operator in UNARY else {**test, "value": value})
    match = "any" if data.get("match") == "any" else "all"
    return {match: tests} if tests else {}


def _value(operator: str, text: str) -> Any:
    if operator in _LISTS:
        return [_number(part.strip()) for part in text.split(",") if part.strip()]
    return _number(text)


def _number(text: str) -> Any:
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() and "." not in text else number


def operator_choices() -> list[tuple[str, str]]:
    """Comparisons to choose from."""
    return list(operator_words().items())
