"""Topics: made, renamed, taught by phrases, merged, split, put away."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, expect_version, lock, save_version
from cxportal.core.errors import DomainError
from cxportal.core.models import text_in
from cxportal.core.policies import authorise
from surveys.models import Comment, CommentTopic, Topic

EDITABLE = ("name", "seeds", "is_active")
MAX_SEEDS = 100
MAX_SEED = 200


@transaction.atomic
def topic_create(
    *, actor: Actor, name: Mapping[str, str], seeds: Sequence[str] = (), code: str = ""
) -> Topic:
    """Make a topic; the worker then looks for it in every comment.

    Raises DomainError "invalid", "code_taken" (409).
    """
    authorise(actor, "surveys.change_topics")
    _refuse_nameless(name)
    topic = Topic(
        program=actor.program,
        name=dict(name),
        seeds=tidy_seeds(seeds),
        code=code or _free_code(actor, name),
    )
    try:
        with transaction.atomic():
            topic.save(force_insert=True)
    except IntegrityError as taken:
        sentence = _("Another topic has this code.")
        details = {"code": sentence}
        raise DomainError("code_taken", sentence, status=409, details=details) from taken
    audit(actor=actor, action="topic.create", obj=topic)
    comments_read_again(actor)
    return topic


@transaction.atomic
def topic_update(*, actor: Actor, topic: Topic, version: int | None = None, **values: Any) -> Topic:
    """Change EDITABLE fields; other phrases sort all comments anew. Raises StaleEdit."""
    authorise(actor, "surveys.change_topics", topic)
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    stored = lock(topic)
    expect_version(stored, version, EDITABLE)
    if "name" in values:
        _refuse_nameless(values["name"])
    if "seeds" in values:
        values["seeds"] = tidy_seeds(values["seeds"])
    changes = save_version(stored, values)
    if changes:
        audit(actor=actor, action="topic.update", obj=stored, changes=changes)
    if {"seeds", "is_active"} & set(changes):
        comments_read_again(actor)
    return stored


@transaction.atomic
def topic_merge(*, actor: Actor, topic: Topic, into: Topic) -> Topic:
    """Move a topic's comments and phrases into another one and delete it."""
    authorise(actor, "surveys.change_topics", topic)
    authorise(actor, "surveys.change_topics", into)
    if topic.pk == into.pk:
        raise DomainError("same_topic", _("Choose another topic to merge into."))
    first, second = sorted([topic, into], key=lambda t: t.pk)
    locked = {found.pk: found for found in (lock(first), lock(second))}
    kept, gone = locked[into.pk], locked[topic.pk]
    seeds = tidy_seeds([*kept.seeds, *gone.seeds])
    changes = save_version(kept, {"seeds": seeds})
    links = CommentTopic.objects.for_actor(actor)
    there = links.filter(topic=kept).values("comment_id")
    moved = links.filter(topic=gone).exclude(comment_id__in=there).update(topic=kept)
    audit(
        actor=actor,
        action="topic.merge",
        obj=kept,
        changes={**changes, "merged": [str(gone), moved]},
    )
    gone.delete()
    return kept


@transaction.atomic
def topic_split(
    *, actor: Actor, topic: Topic, name: Mapping[str, str], seeds: Sequence[str]
) -> Topic:
    """Make a new topic of some of a topic's phrases; the comments are sorted anew.

    Raises DomainError "invalid" when none of the phrases is the topic's.
    """
    authorise(actor, "surveys.change_topics", topic)
    stored = lock(topic)
    taken = [seed for seed in stored.seeds if seed in set(tidy_seeds(seeds))]
    if not taken:
        sentence = _("Choose the phrases that make up the new topic.")
        raise DomainError("invalid", sentence, details={"seeds": sentence})
    made = topic_create(actor=actor, name=name, seeds=taken)
    left = [seed for seed in stored.seeds if seed not in taken]
    changes = save_version(stored, {"seeds": left})
    audit(actor=actor, action="topic.split", obj=stored, changes=changes)
    return made


@transaction.atomic
def topic_delete(*, actor: Actor, topic: Topic) -> None:
    """Delete a topic; its comments stay."""
    authorise(actor, "surveys.change_topics", topic)
    audit(actor=actor, action="topic.delete", obj=topic)
    topic.delete()


def comments_read_again(actor: Actor) -> int:
    """Let the worker read every comment again; what people decided stays."""
    return Comment.objects.for_actor(actor).exclude(analysed_at=None).update(analysed_at=None)


def tidy_seeds(seeds: Iterable[str]) -> list[str]:
    """Phrases without blanks around them, each once, in order. Raises DomainError "invalid"."""
    tidy = list(dict.fromkeys(" ".join(str(seed).split()) for seed in seeds))
    tidy = [seed for seed in tidy if seed]
    if len(tidy) > MAX_SEEDS or any(len(s) > MAX_SEED or "\x00" in s for s in tidy):
        sentence = _("Write at most 100 phrases of at most 200 characters.")
        raise DomainError("invalid", sentence, details={"seeds": sentence})
    return tidy


def _refuse_nameless(name: Mapping[str, str]) -> None:
    if not any(text.strip() for text in name.values()):
        sentence = _("Write it in at least one language.")
        raise DomainError("invalid", sentence, details={"name": sentence})


def _free_code(actor: Actor, name: Mapping[str, str]) -> str:
    """A code from the name; a number behind it where it is taken."""
    base = slugify(name.get("en") or text_in(name))[:50] or "topic"
    taken = set(
        Topic.objects.for_actor(actor).filter(code__startswith=base).values_list("code", flat=True)
    )
    number = 1
    while (code := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return code
