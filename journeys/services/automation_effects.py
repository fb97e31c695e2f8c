"""What an automation does: each kind of effect checks its settings and carries itself out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import emit
from cxportal.core.errors import DomainError
from cxportal.core.models import Membership, Role, Team, Webhook, text_in
from cxportal.core.services.customers import customer_update
from cxportal.core.services.events import event_record
from cxportal.core.services.notifications import notify_many
from cxportal.core.services.webhooks import webhook_tell
from journeys.models import Automation, Board, Case, Severity
from journeys.queries.occasions import CHAIN, Occasion
from journeys.services.actions import action_create
from journeys.services.case_assignment import Rota
from journeys.services.cases import case_open
from surveys.models import Campaign

ACCOUNT_MANAGER = "account_manager"
_TITLE = 200
_REASONS = {
    "answer": Case.Reason.LOW_SCORE,
    "topic": Case.Reason.COMPLAINT,
}


@dataclass(frozen=True)
class Doing:
    """One automation on one occasion."""

    actor: Actor
    automation: Automation
    occasion: Occasion
    rota: Rota

    @property
    def name(self) -> str:
        """The automation's name in the program's language."""
        return text_in(self.automation.name, self.actor.program.default_language)

    @property
    def activity(self) -> str:
        """The standard activity in the program's language."""
        return text_in(self.automation.activity, self.actor.program.default_language)

    def once(self, number: int) -> str:
        """The key by which the numbered effect is carried out once."""
        return f"automation:{self.automation.pk}:{number}:{self.occasion.key}"[:120]

    @property
    def chain(self) -> list[int]:
        """Automations that led here, this one last."""
        return [*self.occasion.chain, self.automation.pk]


Effect = Mapping[str, Any]


def _title(doing: Doing, effect: Effect) -> str:
    own = text_in(effect.get("title") or {}, doing.actor.program.default_language)
    return (own or doing.name)[:_TITLE]


def _do_case(doing: Doing, effect: Effect, number: int) -> dict[str, Any]:
    occasion = doing.occasion
    case = case_open(
        actor=doing.actor,
        title=_title(doing, effect),
        description=doing.activity,
        reason=_REASONS.get(doing.automation.trigger, Case.Reason.EVENT),
        severity=effect.get("severity") or Severity.NORMAL,
        customer=occasion.customer,
        response=occasion.response,
        comment=occasion.comment,
        event=occasion.event,
        team=_team(doing.actor, effect.get("team")),
        once_key=doing.once(number),
        rota=doing.rota,
    )
    return {"kind": "case", "id": case.pk}


def _do_action(doing: Doing, effect: Effect, number: int) -> dict[str, Any]:
    actor, occasion = doing.actor, doing.occasion
    boards: Any = Board.objects.for_actor(actor)
    days = effect.get("days")
    today = timezone.now().astimezone(actor.program.zone).date()
    action = action_create(
        actor=actor,
        title=_title(doing, effect),
        description=doing.activity,
        board=boards.filter(pk=effect["board"]).first() if effect.get("board") else None,
        owner=_person(doing, effect.get("owner")),
        due=today + timedelta(days=int(days)) if days is not None else None,
        customer=occasion.customer,
        response=occasion.response,
        once_key=doing.once(number),
    )
    return {"kind": "action", "id": action.pk}


def _do_notify(doing: Doing, effect: Effect, number: int) -> dict[str, Any]:
    actor, customer = doing.actor, doing.occasion.customer
    told = list(_people(doing, str(effect.get("to", ""))))
    sent = notify_many(
        actor=actor,
        memberships=told,
        kind="automation",
        params={"name": doing.name, "who": customer.pseudonym if customer else "–"},
        url=_page(doing),
    )
    return {"kind": "notify", "count": sent}


def _page(doing: Doing) -> str:
    occasion, actor = doing.occasion, doing.actor
    if occasion.customer is not None:
        return actor.url("core:customer-detail", occasion.customer.pk)
    if occasion.metric is not None:
        return actor.url("surveys:metric-detail", occasion.metric.pk)
    return actor.url("journeys:automation-detail", doing.automation.pk)


def _do_survey(doing: Doing, effect: Effect, number: int) -> dict[str, Any]:
    """Record the event a campaign waits for: consent, rests and quiet hours are asked there."""
    campaigns: Any = Campaign.objects.for_actor(doing.actor)
    campaign = campaigns.filter(pk=effect["campaign"], timing=Campaign.Timing.EVENT).first()
    if campaign is None or doing.occasion.customer is None:
        return {"kind": "survey", "skipped": "no_campaign" if campaign is None else "nobody"}
    event = event_record(
        actor=doing.actor,
        customer=doing.occasion.customer,
        kind=campaign.event_kind,
        data={CHAIN: doing.chain},
        external_id=doing.once(number),
    )
    return {"kind": "survey", "id": event.pk, "campaign": campaign.pk}


def _do_event(doing: Doing, effect: Effect, number: int) -> dict[str, Any]:
    """Record a customer event, which other automations may wait for."""
    if doing.occasion.customer is None:
        return {"kind": "event", "skipped": "nobody"}
    event = event_record(
        actor=doing.actor,
        customer=doing.occasion.customer,
        kind=str(effect["event"]),
        data={CHAIN: doing.chain},
        external_id=doing.once(number),
    )
    return {"kind": "event", "id": event.pk}


def _do_tag(doing: Doing, effect: Effect, number: int) -> dict[str, Any]:
    """Set an attribute of the customer, which segments and conditions may ask for."""
    customer = doing.occasion.customer
    if customer is None:
        return {"kind": "tag", "skipped": "nobody"}
    attributes = {str(effect["key"]): effect.get("value", "yes")}
    customer_update(actor=doing.actor, customer=customer, attributes=attributes)
    return {"kind": "tag", "id": customer.pk}


def _do_webhook(doing: Doing, effect: Effect, number: int) -> dict[str, Any]:
    occasion = doing.occasion
    payload = {
        "automation": doing.automation.pk,
        "name": doing.name,
        "key": occasion.key,
        "customer": occasion.customer.external_id if occasion.customer else None,
        "response": occasion.response.pk if occasion.response else None,
        "comment": occasion.comment.pk if occasion.comment else None,
        "event": occasion.event.pk if occasion.event else None,
        "at": occasion.at,
    }
    emit(actor=doing.actor, event="automation.fired", payload=payload)
    return {"kind": "webhook"}


def _do_chat(doing: Doing, effect: Effect, number: int) -> dict[str, Any]:
    """Say it in a chat channel: what, what to do, and a way to the page; no name of a customer."""
    hooks: Any = Webhook.objects.for_actor(doing.actor).filter(is_active=True)
    hook = hooks.filter(pk=effect["channel"]).first()
    if hook is None or not hook.is_chat:
        return {"kind": "chat", "skipped": "no_channel"}
    customer = doing.occasion.customer
    data = {
        "heading": doing.name,
        "activity": doing.activity,
        "customer": customer.pseudonym if customer else "",
        "path": _page(doing),
    }
    webhook_tell(
        actor=doing.actor, webhook=hook, key=doing.once(number), event="automation.fired", data=data
    )
    return {"kind": "chat", "id": hook.pk}


def _team(actor: Actor, pk: Any) -> Team | None:
    teams: Any = Team.objects.for_actor(actor)
    found: Team | None = teams.filter(pk=pk).first() if pk else None
    return found


def _person(doing: Doing, who: Any) -> Membership | None:
    """The account manager of the customer, a member by id, or nobody."""
    if who == ACCOUNT_MANAGER:
        customer = doing.occasion.customer
        return customer.account_manager if customer else None
    members: Any = Membership.objects.for_actor(doing.actor).filter(is_active=True)
    found: Membership | None = members.filter(pk=who).first() if who else None
    return found


def _people(doing: Doing, to: str) -> Iterable[Membership]:
    """ "account_manager", "managers", "team:5" or "member:7"."""
    members: Any = Membership.objects.for_actor(doing.actor).filter(is_active=True)
    word, _colon, pk = to.partition(":")
    if word == ACCOUNT_MANAGER:
        person = _person(doing, ACCOUNT_MANAGER)
        return [person] if person else members.filter(role=Role.MANAGER)
    if word == "team":
        return list(members.filter(teams=pk))
    if word == "member":
        return list(members.filter(pk=pk))
    return list(members.filter(role=Role.MANAGER))


KINDS: dict[str, Callable[[Doing, Effect, int], dict[str, Any]]] = {
    "case": _do_case,
    "action": _do_action,
    "notify": _do_notify,
    "survey": _do_survey,
    "event": _do_event,
    "tag": _do_tag,
    "webhook": _do_webhook,
    "chat": _do_chat,
}
_ALLOWED = {
    "case": {"title", "severity", "team"},
    "action": {"title", "board", "owner", "days"},
    "notify": {"to"},
    "survey": {"campaign"},
    "event": {"event"},
    "tag": {"key", "value"},
    "webhook": set(),
    "chat": {"channel"},
}
_NEEDED = {
    "survey": "campaign",
    "event": "event",
    "tag": "key",
    "notify": "to",
    "chat": "channel",
}


def effects_do(doing: Doing) -> list[dict[str, Any]]:
    """Carry out every effect in order; the caller's transaction holds them together."""
    return [
        KINDS[effect["kind"]](doing, effect, number)
        for number, effect in enumerate(doing.automation.effects)
    ]


def effects_checked(actor: Actor, effects: Any) -> list[dict[str, Any]]:
    """Effects that can be kept. Raises DomainError "invalid" naming what is wrong."""
    if not isinstance(effects, list) or not 0 < len(effects) <= 10:
        raise _bad(_("Choose between one and ten things to do."))
    return [_effect_checked(actor, effect) for effect in effects]


def _effect_checked(actor: Actor, effect: Any) -> dict[str, Any]:
    kind = effect.get("kind") if isinstance(effect, Mapping) else None
    if kind not in KINDS:
        raise _bad(_("Choose what is to be done: %(kinds)s.") % {"kinds": ", ".join(KINDS)})
    unknown = set(effect) - _ALLOWED[kind] - {"kind"}
    if unknown:
        raise _bad(_("“%(kind)s” has no %(name)s.") % {"kind": kind, "name": min(unknown)})
    needed = _NEEDED.get(kind)
    if needed and not effect.get(needed):
        raise _bad(_("“%(kind)s” needs its %(name)s.") % {"kind": kind, "name": needed})
    _check_links(actor, effect)
    return {name: value for name, value in effect.items() if value not in (None, "", {})}


def _check_links(actor: Actor, effect: Effect) -> None:
    """What an effect names must be the program's own."""
    severity, days = effect.get("severity"), effect.get("days")
    good = (not severity or severity in Severity.values) and (
        days is None or (isinstance(days, int) and 0 <= days <= 365)
    )
    links: list[tuple[str, Any]] = [
        ("team", Team),
        ("board", Board),
        ("campaign", Campaign),
        ("channel", Webhook),
    ]
    for name, model in links:
        good = good and (not effect.get(name) or _is_own(actor, model, effect[name]))
    owner = effect.get("owner")
    good = good and (not owner or owner == ACCOUNT_MANAGER or _is_own(actor, Membership, owner))
    word, _colon, pk = str(effect.get("to") or "managers").partition(":")
    models: dict[str, Any] = {"team": Team, "member": Membership}
    good = good and (word in (ACCOUNT_MANAGER, "managers") or word in models)
    if word in models:
        good = good and _is_own(actor, models[word], pk)
    if not good:
        raise _bad(_("One of the things to do names what this program does not have."))


def _is_own(actor: Actor, model: Any, pk: Any) -> bool:
    text = str(pk)
    if isinstance(pk, bool) or not (text.isascii() and text.isdigit() and len(text) < 19):
        return False
    return bool(model.objects.for_actor(actor).filter(pk=int(text)).exists())


def _bad(sentence: str) -> DomainError:
    return DomainError("invalid", sentence, details={"effects": sentence})
