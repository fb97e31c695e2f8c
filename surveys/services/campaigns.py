"""Campaigns: written, tried on oneself, started, paused, resumed, stopped."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, emit, expect_version, lock, save_version
from cxportal.core.errors import DomainError
from cxportal.core.policies import authorise
from cxportal.core.tokens import derived_pair
from surveys.calc.delivery import CLAIMABLE
from surveys.models import Campaign, Delivery, SkipReason, Survey
from surveys.queries.audience import audience_preview
from surveys.services.campaign_values import CHECKS, consistent, survey_checked, values_checked
from surveys.services.letters import default_body, default_sms, default_subject
from surveys.services.links import OPEN_LINK
from surveys.services.schedules import occurrence_first, occurrences_forget
from surveys.services.sms_letters import sms_sender

_SCHEDULE = {"send_time", "in_recipient_zone", "every", "unit", "ends_on"}
# What may still be changed once people were written to; the rest decides who they are.
_REST = _SCHEDULE | {
    "name",
    "contact_gap_days",
    "sample_size",
    "priority",
    "sender",
    "embed",
    "subject",
    "body",
    "sender_name",
    "delay_minutes",
    "reminder_days",
    "reminder_subject",
    "reminder_body",
}
_EDITABLE = set(CHECKS)
_EVENTS = {
    "campaign.start": "campaign.started",
    "campaign.pause": "campaign.paused",
    "campaign.resume": "campaign.resumed",
    "campaign.stop": "campaign.stopped",
}
State = Campaign.State


@transaction.atomic
def campaign_create(
    *, actor: Actor, survey: Survey, name: str, external_id: str | None = None, **values: Any
) -> Campaign:
    """Make a draft; subject and text that are not given get the portal's own words.

    `values` are fields of the campaign, those of `campaign_values.CHECKS`. Raises DomainError:
    "survey_not_published", "invalid", "external_id_taken" (409).
    """
    authorise(actor, "surveys.change_campaigns")
    _expect_known(values)
    values |= _default_texts(survey, values)
    checked = values_checked(actor, {"survey": survey, "name": name, **values})
    campaign = Campaign(program=actor.program, external_id=external_id or None, **checked)
    consistent(campaign)
    _save_new(campaign)
    audit(actor=actor, action="campaign.create", obj=campaign)
    emit(actor=actor, event="campaign.created", payload=_told(campaign))
    return campaign


def _expect_known(values: Mapping[str, Any]) -> None:
    unknown = set(values) - _EDITABLE
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")


def _default_texts(survey: Survey, values: Mapping[str, Any]) -> dict[str, Any]:
    """The portal's own words for what the channel says and nobody wrote."""
    channel = values.get("channel", Campaign.Channel.EMAIL)
    own: dict[str, Any] = {}
    if channel == Campaign.Channel.EMAIL:
        own = {"subject": default_subject, "body": default_body}
    elif channel == Campaign.Channel.SMS:
        own = {"body": default_sms}
    return {
        field: {language: text(language) for language in survey.languages}
        for field, text in own.items()
        if not values.get(field)
    }


def _save_new(campaign: Campaign) -> None:
    try:
        with transaction.atomic():
            campaign.save()
    except IntegrityError as error:
        message = _("Another campaign of this program has this external id.")
        details = {"external_id": message}
        raise DomainError("external_id_taken", message, status=409, details=details) from error


def _told(campaign: Campaign) -> dict[str, Any]:
    return {"id": campaign.pk, "name": campaign.name, "state": campaign.state}


@transaction.atomic
def campaign_update(
    *, actor: Actor, campaign: Campaign, version: int | None = None, **values: Any
) -> Campaign:
    """Change a draft; of a paused campaign what concerns those who were not written to yet.

    Raises DomainError: "wrong_state" (409), "invalid"; StaleEdit (409).
    """
    authorise(actor, "surveys.change_campaigns", campaign)
    _expect_known(values)
    stored = lock(campaign)
    expect_version(stored, version, ("name", "subject", "body", "sender_name"))
    _expect_editable(stored, set(values))
    if values.get("survey") == stored.survey:
        values.pop("survey")
    changes = save_version(stored, values_checked(actor, values))
    if changes:
        consistent(stored)
        if _SCHEDULE & set(changes) and stored.state != State.DRAFT:
            occurrences_forget(stored)
        audit(actor=actor, action="campaign.update", obj=stored, changes=changes)
        emit(actor=actor, event="campaign.updated", payload=_told(stored))
    return stored


def _expect_editable(campaign: Campaign, fields: set[str]) -> None:
    if not campaign.invites and State(campaign.state) is State.RUNNING:
        fields = fields - {"embed"}  # a website's rules may change while it is open
    allowed = {State.DRAFT: _EDITABLE, State.PAUSED: _REST}.get(State(campaign.state), {"name"})
    if fields - set(allowed):
        message = _("A campaign that was started keeps its audience; pause it to change the rest.")
        raise DomainError("wrong_state", message, status=409)


@transaction.atomic
def campaign_delete(*, actor: Actor, campaign: Campaign) -> None:
    """Remove a draft. Raises DomainError "wrong_state" (409) once it was started."""
    authorise(actor, "surveys.change_campaigns", campaign)
    stored = lock(campaign)
    if stored.state != State.DRAFT:
        message = _("Only a draft can be deleted; what was sent stays on record.")
        raise DomainError("wrong_state", message, status=409)
    audit(actor=actor, action="campaign.delete", obj=stored)
    stored.delete()


@transaction.atomic
def campaign_start(*, actor: Actor, campaign: Campaign) -> Campaign:
    """Send it off, or open its link. Starting a running campaign again changes nothing.

    Raises DomainError: "wrong_state" (409), "survey_not_published", "nobody_to_ask".
    """
    authorise(actor, "surveys.start_campaigns", campaign)
    stored = lock(campaign)
    if stored.state == State.RUNNING:
        return stored
    _expect_state(stored, State.DRAFT)
    survey_checked(actor, stored.survey)
    _expect_number(stored)
    now = timezone.now()
    if not stored.invites:
        stored.link_nonce, stored.link_hash = derived_pair(OPEN_LINK)
    else:
        if stored.timing == Campaign.Timing.NOW:
            _expect_somebody(actor, stored)
        occurrence_first(stored, now)
    stored.started_at, stored.started_by = now, actor.user
    stored.save(update_fields=["link_nonce", "link_hash", "started_at", "started_by"])
    return _change_state(actor, stored, State.RUNNING, "campaign.start")


def _expect_number(campaign: Campaign) -> None:
    """Text messages come from a number the provider knows."""
    needed = campaign.channel == Campaign.Channel.SMS and settings.SMS_PROVIDER != "folder"
    if needed and not sms_sender(campaign):
        message = _("Choose a sender with the number your provider has registered.")
        raise DomainError("no_sender_number", message, details={"sender": message})


def _expect_somebody(actor: Actor, campaign: Campaign) -> None:
    if not audience_preview(actor=actor, campaign=campaign).will_receive:
        message = _("Nobody would get this mail. Look at the reasons and choose other people.")
        raise DomainError("nobody_to_ask", message)


def _expect_state(campaign: Campaign, *states: str) -> None:
    if campaign.state not in states:
        label = campaign.get_state_display()
        message = _("This campaign is “%(state)s”; that cannot be done now.") % {"state": label}
        raise DomainError("wrong_state", message, status=409)


def _change_state(actor: Actor, campaign: Campaign, state: str, action: str) -> Campaign:
    changes = save_version(campaign, {"state": state})
    audit(actor=actor, action=action, obj=campaign, changes=changes)
    emit(actor=actor, event=_EVENTS[action], payload=_told(campaign))
    transaction.on_commit(_ring, robust=True)
    return campaign


def _ring() -> None:
    """Wake a worker; without a broker the next tick finds the rows all the same."""
    from surveys.tasks import campaigns_sweep

    campaigns_sweep.delay()


@transaction.atomic
def campaign_pause(*, actor: Actor, campaign: Campaign) -> Campaign:
    """Hold everything that has not gone out. Raises DomainError "wrong_state" (409)."""
    authorise(actor, "surveys.start_campaigns", campaign)
    stored = lock(campaign)
    if stored.state == State.PAUSED:
        return stored
    _expect_state(stored, State.RUNNING)
    return _change_state(actor, stored, State.PAUSED, "campaign.pause")


@transaction.atomic
def campaign_resume(*, actor: Actor, campaign: Campaign) -> Campaign:
    """Go on where it was paused. Raises DomainError "wrong_state" (409)."""
    authorise(actor, "surveys.start_campaigns", campaign)
    stored = lock(campaign)
    if stored.state == State.RUNNING:
        return stored
    _expect_state(stored, State.PAUSED)
    return _change_state(actor, stored, State.RUNNING, "campaign.resume")


@transaction.atomic
def campaign_stop(
    *, actor: Actor, campaign: Campaign, reason: str = SkipReason.STOPPED
) -> Campaign:
    """End it for good; waiting messages are left out, links in sent mails go on working.

    Raises DomainError "wrong_state" (409).
    """
    authorise(actor, "surveys.start_campaigns", campaign)
    stored = lock(campaign)
    if stored.state == State.STOPPED:
        return stored
    _expect_state(stored, State.RUNNING, State.PAUSED)
    stored.stopped_at = timezone.now()
    stored.save(update_fields=["stopped_at"])
    # What a worker holds just now is given up by the worker, which asks for the state again.
    stored.deliveries.filter(state__in=CLAIMABLE).update(
        state=Delivery.State.SKIPPED, reason=reason
    )
    return _change_state(actor, stored, State.STOPPED, "campaign.stop")


def campaigns_end_due() -> int:
    """Stop every campaign whose last day is over where its program lives; returns how many."""
    now = timezone.now()
    dated = Campaign.unscoped.filter(  # unscoped: the worker serves all programs
        state__in=(State.RUNNING, State.PAUSED), ends_on__lt=now.date() + timedelta(days=1)
    ).select_related("program")
    over = [c for c in dated if c.ends_on and c.ends_on < now.astimezone(c.program.zone).date()]
    for campaign in over:
        campaign_stop(
            actor=Actor.system(campaign.program), campaign=campaign, reason=SkipReason.ENDED
        )
    return len(over)
