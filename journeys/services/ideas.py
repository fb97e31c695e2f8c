"""Ideas: proposed, voted on, taken up as actions or declined with an answer."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, check_fields, lock, refuse_foreign, tidy
from cxportal.core.errors import DomainError
from cxportal.core.models import Customer
from cxportal.core.policies import authorise
from cxportal.core.services.notifications import notify
from journeys.models import Action, Idea, IdeaVote, Touchpoint
from journeys.services.actions import action_create

_SHORT = 80


@transaction.atomic
def idea_propose(
    *,
    actor: Actor,
    title: str,
    description: str = "",
    touchpoint: Touchpoint | None = None,
    customer: Customer | None = None,
) -> Idea:
    """Put an idea into the box: one's own, or a customer's. Raises DomainError "invalid"."""
    authorise(actor, "journeys.propose_ideas")
    refuse_foreign(actor, {"touchpoint": touchpoint, "customer": customer})
    idea = Idea(
        program=actor.program,
        author=None if customer else actor.membership,
        customer=customer,
        touchpoint=touchpoint,
        **tidy({"title": title, "description": description}),
    )
    check_fields(idea)
    idea.save()
    audit(actor=actor, action="idea.create", obj=idea)
    return idea


@transaction.atomic
def idea_vote(*, actor: Actor, idea: Idea, on: bool = True) -> Idea:
    """Vote for an idea, or take the vote back; a member has one vote for each.

    Raises DomainError "invalid" for who is no member, "closed" (409).
    """
    authorise(actor, "journeys.propose_ideas", idea)
    if actor.membership is None:
        raise DomainError("invalid", _("Only a member can vote."))
    stored = _open(lock(idea))
    votes: Any = IdeaVote.objects.for_actor(actor).filter(idea=stored, membership=actor.membership)
    if on and not votes.exists():
        try:
            with transaction.atomic():
                IdeaVote(program=actor.program, idea=stored, membership=actor.membership).save()
        except IntegrityError:
            return stored
    elif not on:
        votes.delete()
    stored.votes = stored.voters.count()
    stored.save(update_fields=["votes"])
    return stored


@transaction.atomic
def idea_take(*, actor: Actor, idea: Idea) -> Action:
    """Make an improvement action of an idea, and tell who had it. Raises DomainError "closed"."""
    authorise(actor, "journeys.decide_ideas", idea)
    stored = _open(lock(idea))
    action = action_create(
        actor=actor,
        title=stored.title,
        description=stored.description,
        touchpoint=stored.touchpoint,
    )
    _decide(actor, stored, Idea.State.TAKEN, action=action)
    return action


@transaction.atomic
def idea_decline(*, actor: Actor, idea: Idea, answer: str) -> Idea:
    """Say why an idea is not taken up, and tell who had it. Raises DomainError "invalid"."""
    authorise(actor, "journeys.decide_ideas", idea)
    stored, words = _open(lock(idea)), tidy({"answer": answer})["answer"]
    if not words:
        message = _("Say why: whoever had the idea will read it.")
        raise DomainError("invalid", message, details={"answer": message})
    _decide(actor, stored, Idea.State.DECLINED, answer=words[:500])
    return stored


def _open(idea: Idea) -> Idea:
    if idea.state != Idea.State.OPEN:
        raise DomainError("closed", _("This idea was decided already."), status=409)
    return idea


def _decide(actor: Actor, idea: Idea, state: str, **values: Any) -> None:
    idea.state = state
    idea.version += 1
    for name, value in values.items():
        setattr(idea, name, value)
    idea.save()
    audit(actor=actor, action="idea.decide", obj=idea, changes={"state": ["open", state]})
    if idea.author is not None:
        notify(
            actor=actor,
            membership=idea.author,
            kind=f"idea_{state}",
            params={"title": idea.title[:_SHORT], "who": actor.label, "answer": idea.answer},
            url=actor.url("journeys:idea-list"),
        )
