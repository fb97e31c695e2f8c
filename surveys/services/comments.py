"""What people said, kept as comments: from answers by the worker, from elsewhere by hand or API."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxportal.core.actors import Actor
from cxportal.core.commands import audit, emit, expect_version, lock, save_version
from cxportal.core.errors import DomainError
from cxportal.core.models import Customer, Membership
from cxportal.core.policies import authorise
from surveys.calc.answers import TEXT_LENGTHS
from surveys.calc.search import bigrams, text_key
from surveys.calc.text import guess_language, sentiment
from surveys.models import Comment, CommentTopic, Response, TextVector, Topic
from surveys.rendering import compiled_version

MAX_TEXT = 20_000
EVENT = "comment.recorded"
EDITABLE = ("sentiment", "kind", "status", "assignee")
_CHOICES = {
    "sentiment": Comment.Sentiment.values,
    "kind": Comment.Kind.values,
    "status": Comment.Status.values,
    "source": Comment.Source.values,
}
_BATCH = 2000
# A clock a little ahead of ours is believed.
_AHEAD = timedelta(minutes=5)
_READ = [
    "text",
    "language",
    "sentiment",
    "confidence",
    "read_by",
    "kind",
    "keywords",
    "text_key",
    "bigrams",
    "analysed_at",
]


def comments_write(program_id: int, response_ids: Sequence[int]) -> int:
    """Write the comments of complete responses; returns how many. Doing it twice changes nothing.

    Each open text becomes one comment, read by word rules at once and by the worker when its turn
    comes; a text that was taken back leaves none, a changed one is read anew.
    """
    responses = Response.unscoped.filter(  # unscoped: rows of the program the worker works for
        program_id=program_id, pk__in=response_ids, status=Response.Status.COMPLETE
    )
    said = {
        (c.response_id, c.question_code): c for r in responses.order_by("pk") for c in _said_in(r)
    }
    stored = {
        (c.response_id, c.question_code): c
        for c in Comment.unscoped.filter(  # unscoped: of those responses
            program_id=program_id, response__in=list(response_ids)
        )
    }
    gone = [c.pk for key, c in stored.items() if key not in said]
    if gone:
        Comment.unscoped.filter(pk__in=gone).delete()  # unscoped: of those responses
    _renew(said, stored)
    _insert([read_by_rules(c) for key, c in said.items() if key not in stored])
    return len(said)


# What a new answer's comment holds; the rest is as nobody has touched it yet.
_WRITTEN = (
    *("program_id", "response_id", "survey_id", "customer_id", "question_code", "source"),
    *("external_id", "author", "text", "language", "sentiment", "confidence", "read_by", "kind"),
    *("kind_is_given", "keywords", "status", "assignee_id", "is_test", "at", "analysed_at"),
    *("text_key", "bigrams", "version", "created_at", "updated_at"),
)
_INSERT = f"""
INSERT INTO surveys_comment ({", ".join(_WRITTEN)})
SELECT {", ".join(_WRITTEN)} FROM json_populate_recordset(NULL::surveys_comment, %s::json)
ON CONFLICT DO NOTHING
"""  # noqa: S608  # constant names


def _insert(comments: Sequence[Comment]) -> None:
    """New rows in one statement with one value, a third of what `bulk_create` takes.

    Comments are most of what the worker writes for an answer.
    """
    if not comments:
        return
    now = timezone.now()
    for comment in comments:
        comment.created_at = comment.updated_at = now
    rows = [{name: getattr(comment, name) for name in _WRITTEN} for comment in comments]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [orjson.dumps(rows).decode()])


def _renew(said: Mapping[Any, Comment], stored: Mapping[Any, Comment]) -> None:
    changed = []
    for key in said.keys() & stored.keys():
        old, new = stored[key], said[key]
        if old.text != new.text:
            old.text, old.read_by, old.kind_is_given = new.text, Comment.ReadBy.RULES, False
            old.language = new.language
            changed.append(read_by_rules(old))
    Comment.unscoped.bulk_update(  # unscoped: of those responses
        changed, [*_READ, "kind_is_given"], batch_size=_BATCH
    )
    CommentTopic.unscoped.filter(comment__in=changed).delete()  # unscoped: of those responses


def text_codes(version_id: int) -> list[str]:
    """Codes of a version's questions that are answered with an open text."""
    questions = compiled_version(version_id).questions
    return [code for code, question in questions.items() if question["kind"] in TEXT_LENGTHS]


def _said_in(response: Response) -> Iterator[Comment]:
    for code in text_codes(response.version_id):
        text = response.answers.get(code)
        if isinstance(text, str) and text.strip():
            yield Comment(
                program_id=response.program_id,
                response=response,
                survey_id=response.survey_id,
                customer_id=response.customer_id,
                question_code=code,
                text=text,
                language=response.language,
                is_test=response.is_test,
                at=response.completed_at or response.started_at,
            )


def read_by_rules(comment: Comment) -> Comment:
    """The first reading of a text: what word rules see at once. It waits for the worker."""
    comment.language = guess_language(comment.text) or comment.language
    comment.text_key = text_key(comment.text)
    comment.bigrams = bigrams(comment.text)
    comment.analysed_at = None
    comment.confidence, comment.keywords = None, []
    if comment.read_by != Comment.ReadBy.PERSON:
        comment.sentiment = Comment.Sentiment(sentiment(comment.text, comment.language))
    if not comment.kind_is_given:
        comment.kind = kind_of(comment.sentiment)
    return comment


def kind_of(sentiment: str) -> Comment.Kind:
    """Claim or blame as the sentiment suggests."""
    kinds = {
        Comment.Sentiment.POSITIVE: Comment.Kind.PRAISE,
        Comment.Sentiment.NEGATIVE: Comment.Kind.BLAME,
    }
    return kinds.get(Comment.Sentiment(sentiment), Comment.Kind.REMARK)


@transaction.atomic
def comment_record(
    *,
    actor: Actor,
    text: str,
    source: str = Comment.Source.STORE,
    customer: Customer | None = None,
    at: datetime | None = None,
    topics: Iterable[Topic] = (),
    **values: Any,
) -> Comment:
    """Record what a customer said outside a survey.

    `values`: author, external_id, language, sentiment, kind, status, assignee, is_test. Given
    sentiment and kind stand; else they are read from the text. Raises DomainError: "invalid"
    (details name the fields), "external_id_taken" (409).
    """
    authorise(actor, "surveys.record_comments")
    values |= {"text": text, "source": source, "customer": customer, "at": at or timezone.now()}
    _refuse_bad(actor, values)
    comment = new_comment(actor, **values)
    try:
        with transaction.atomic():
            comment.save(force_insert=True)
    except IntegrityError as taken:
        sentence = _("Another comment has this external id.")
        details = {"external_id": sentence}
        raise DomainError("external_id_taken", sentence, status=409, details=details) from taken
    topics_set(actor, comment, topics)
    audit(actor=actor, action="comment.record", obj=comment)
    emit(actor=actor, event=EVENT, payload=event_payload(comment))
    return comment


def new_comment(actor: Actor, **values: Any) -> Comment:
    """A comment of the actor's program, read by rules, not saved yet."""
    comment = Comment(program=actor.program, **values)
    comment.text = comment.text.strip()
    comment.external_id = comment.external_id or None
    comment.kind_is_given = bool(values.get("kind"))
    if values.get("sentiment"):
        comment.read_by = Comment.ReadBy.PERSON
    comment.language = values.get("language") or actor.program.default_language
    if comment.customer is not None and comment.customer.is_test:
        comment.is_test = True
    return read_by_rules(comment)


def event_payload(comment: Comment) -> dict[str, Any]:
    """What webhooks hear of a comment: nobody's name, and not the text."""
    return {
        "id": comment.pk,
        "source": comment.source,
        "sentiment": comment.sentiment,
        "kind": comment.kind,
        "language": comment.language,
        "at": comment.at.isoformat(),
    }


def _refuse_bad(actor: Actor, values: Mapping[str, Any]) -> None:
    errors = bad_values(actor, values)
    if errors:
        raise DomainError("invalid", _("Some fields need mending."), details=errors)


def bad_values(actor: Actor, values: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with those values of a comment that are there, by field."""
    errors = {
        name: _("Choose one of: %(known)s.") % {"known": ", ".join(choices)}
        for name, choices in _CHOICES.items()
        if values.get(name) and values[name] not in choices
    }
    text = values.get("text")
    if text is not None and (not text.strip() or "\x00" in text):
        errors["text"] = _("Write what was said.")
    elif text is not None and len(text) > MAX_TEXT:
        errors["text"] = _("At most 20,000 characters.")
    if values.get("source") == Comment.Source.SURVEY:
        errors["source"] = _("Say where it was heard. Answers of surveys arrive by themselves.")
    customer: Customer | None = values.get("customer")
    if customer is not None and customer.program_id != actor.program_id:
        errors["customer"] = _("No customer of this program has this external id.")
    if values.get("at") is not None and values["at"] > timezone.now() + _AHEAD:
        errors["at"] = _("This moment has not come yet.")
    assignee: Membership | None = values.get("assignee")
    if assignee is not None and assignee.program_id != actor.program_id:
        errors["assignee"] = _("No member of this program has this e-mail address.")
    return errors


@transaction.atomic
def comment_update(
    *,
    actor: Actor,
    comment: Comment,
    version: int | None = None,
    topics: Iterable[Topic] | None = None,
    **values: Any,
) -> Comment:
    """Sort a comment: EDITABLE fields, and its topics when given (all of them).

    A sentiment set here is a correction: it stands, and the reader learns from it. Raises
    DomainError "invalid", StaleEdit.
    """
    authorise(actor, "surveys.change_comments", comment)
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    stored = lock(comment)
    expect_version(stored, version, ("sentiment", "kind", "status"))
    _refuse_bad(actor, values)
    changes = save_version(stored, with_consequences(stored, values))
    if topics is not None:
        changes |= topics_set(actor, stored, topics)
    if changes:
        audit(actor=actor, action="comment.update", obj=stored, changes=changes)
    if "sentiment" in values:
        _teach(actor, stored)
    return stored


def _teach(actor: Actor, comment: Comment) -> None:
    """Let the worker read the same words elsewhere again, now that a person has read them."""
    same = Comment.objects.for_actor(actor).filter(text_key=comment.text_key)
    others = same.exclude(pk=comment.pk).exclude(read_by=Comment.ReadBy.PERSON)
    others.exclude(analysed_at=None).update(analysed_at=None)


def with_consequences(comment: Comment, values: Mapping[str, Any]) -> dict[str, Any]:
    """A corrected sentiment is a person's; the kind follows it unless it was given."""
    result = dict(values)
    if values.get("kind"):
        result["kind_is_given"] = True
    if values.get("sentiment"):
        result |= {"read_by": Comment.ReadBy.PERSON, "confidence": None}
        if not (comment.kind_is_given or values.get("kind")):
            result["kind"] = kind_of(values["sentiment"])
    return result


def topics_set(actor: Actor, comment: Comment, topics: Iterable[Topic]) -> dict[str, list[Any]]:
    """Let a comment be of exactly these topics, as a person says; returns the change."""
    wanted = {topic.pk for topic in topics if topic.program_id == actor.program_id}
    rows = CommentTopic.objects.for_actor(actor).filter(comment=comment)
    links = {link.topic_id: link for link in rows}
    origins = CommentTopic.Origin
    before = {pk for pk, link in links.items() if link.origin != origins.REFUSED}
    if before == wanted:
        return {}
    refused = [link.pk for pk, link in links.items() if pk not in wanted]
    rows.filter(pk__in=refused).update(origin=origins.REFUSED)
    again = [links[pk].pk for pk in wanted - before if pk in links]
    rows.filter(pk__in=again).update(origin=origins.PERSON)
    CommentTopic.unscoped.bulk_create(  # unscoped: the actor's own program
        CommentTopic(program=actor.program, comment=comment, topic_id=pk, origin=origins.PERSON)
        for pk in sorted(wanted - set(links))
    )
    return {"topics": [sorted(before), sorted(wanted)]}


@transaction.atomic
def comment_delete(*, actor: Actor, comment: Comment) -> None:
    """Delete a comment recorded from elsewhere. An answer's goes with the answer only."""
    authorise(actor, "surveys.delete_comments", comment)
    if comment.response_id is not None:
        sentence = _("This comment belongs to an answer. Correct or delete the answer instead.")
        raise DomainError("of_an_answer", sentence, status=409)
    audit(actor=actor, action="comment.delete", obj=comment)
    comment.delete()
    vectors_drop_unused(actor, [comment.text_key])


def vectors_drop_unused(actor: Actor, keys: Iterable[Any]) -> None:
    """Forget the vectors of texts that no comment has any more."""
    asked = {key for key in keys if key is not None}
    used = Comment.objects.for_actor(actor).filter(text_key__in=asked)
    unused = asked - set(used.values_list("text_key", flat=True))
    TextVector.objects.for_actor(actor).filter(key__in=unused).delete()
