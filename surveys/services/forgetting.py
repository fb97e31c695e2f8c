"""Answers and comments without the person: at an erasure, and when they have had their time."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from cxportal.core.actors import Actor
from cxportal.core.models import Customer, Job, StoredFile
from cxportal.core.registry import RetentionSubject
from cxportal.core.services.files import file_delete
from surveys.calc.answers import TEXT_LENGTHS, UNSEEN
from surveys.calc.kinds import PERSONAL
from surveys.models import Comment, Response, Score, SurveyVersion
from surveys.rendering import CompiledVersion, compiled_version
from surveys.services.answer_files import PERMISSION as ANSWER_FILE
from surveys.services.comments import vectors_drop_unused
from surveys.services.exports import RESPONSES
from surveys.services.responses import response_erase
from surveys.services.scores import lock_program

#: Kinds whose answers may name or reach a person.
TELLING = frozenset(TEXT_LENGTHS) | PERSONAL | UNSEEN | {"side_by_side"}
#: A key like "used.other": the text beside a choice or in a cell.
_SIDE_TEXT = r'"[^"]*[.][^"]*": '


@transaction.atomic
def responses_forget_customer(*, actor: Actor, customer_id: int) -> int:
    """Take a person out of the answers: who, by which link and every open text. Scores stay.

    Returns the number of responses. Called when a customer is erased.
    """
    lock_program(actor.program_id)
    mine = Response.objects.for_actor(actor).filter(customer_id=customer_id)
    return responses_forget(actor, list(mine.select_for_update().order_by("pk")))


def responses_forget(actor: Actor, responses: Sequence[Response]) -> int:
    """Leave of these answers what counts: no person, no link, no open text, file or comment."""
    files: set[int] = set()
    for response in responses:
        version = compiled_version(response.version_id)
        files |= _files_of(version, response.answers)
        response.answers = impersonal(version, response.answers)
        response.customer = response.invitation = None
    Response.unscoped.bulk_update(  # unscoped: rows of the actor's own program
        responses, ["answers", "customer", "invitation"], batch_size=500
    )
    ids = [r.pk for r in responses]
    _comments_delete(actor, Comment.objects.for_actor(actor).filter(response__in=ids))
    Score.objects.for_actor(actor).filter(response__in=ids).update(customer=None)
    _files_delete(actor, files)
    return len(ids)


def impersonal(version: CompiledVersion, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers without open texts, addresses, files and hidden data."""
    kept = {}
    for name, value in answers.items():
        question = version.questions.get(name.partition("@")[0], {})
        kind = question.get("kind")
        # A text beside a choice or in a cell may name somebody as well.
        free = "." in name or kind is None
        if not free and kind not in TELLING:
            kept[name] = value
    return kept


def _files_of(version: CompiledVersion, answers: Mapping[str, Any]) -> set[int]:
    found = set()
    for name, value in answers.items():
        question = version.questions.get(name.partition("@")[0], {})
        if question.get("kind") == "file":
            found |= {int(file["id"]) for file in value or [] if "id" in file}
    return found


def _files_delete(actor: Actor, ids: Iterable[int]) -> None:
    rows = StoredFile.objects.for_actor(actor).filter(pk__in=set(ids), permission=ANSWER_FILE)
    for stored in rows:
        file_delete(actor=Actor.system(actor.program), stored=stored)


@transaction.atomic
def comments_forget_customer(*, actor: Actor, customer_id: int) -> int:
    """Delete what a person said, with what the encoder made of it. Called at erasure."""
    return _comments_delete(actor, Comment.objects.for_actor(actor).filter(customer_id=customer_id))


def _comments_delete(actor: Actor, comments: QuerySet[Any]) -> int:
    found = dict(comments.values_list("pk", "text_key"))
    Comment.objects.for_actor(actor).filter(pk__in=found).delete()
    vectors_drop_unused(actor, found.values())
    return len(found)


def words_of(actor: Actor, customer: Customer) -> Iterator[str]:
    """What the person said in comments and open answers, of which others may have made a quote."""
    comments = Comment.objects.for_actor(actor).filter(customer=customer)
    yield from comments.values_list("text", flat=True)
    for response in Response.objects.for_actor(actor).filter(customer=customer):
        version = compiled_version(response.version_id)
        plain = impersonal(version, response.answers)
        for name, value in response.answers.items():
            if name not in plain and isinstance(value, str):
                yield value


def exports_forget(actor: Actor, marks: Sequence[str]) -> None:
    """Drop kept exports in which one of the marks stands; a packed one may always hold it."""
    jobs = Job.objects.for_actor(actor).filter(kind=RESPONSES, result__has_key="file")
    wanted = [mark.encode() for mark in marks]
    kept = StoredFile.objects.for_actor(actor)
    for job in jobs:
        stored = kept.filter(pk=job.result["file"]).first()
        if stored is None or not _may_hold(stored, wanted):
            continue
        file_delete(actor=Actor.system(actor.program), stored=stored)
        job.result = {n: v for n, v in job.result.items() if n != "file"}
        job.message = str(_("The file is gone: a person in it was erased. Export it again."))
        job.save(update_fields=["result", "message"])


def _may_hold(stored: StoredFile, marks: Sequence[bytes]) -> bool:
    if not stored.name.endswith((".csv", ".jsonl")):
        return True
    try:
        with stored.file.open("rb") as file:
            content = file.read()
    except OSError:
        return True
    return any(mark in content for mark in marks)


def _old_comments(actor: Actor, before: datetime) -> QuerySet[Any]:
    return Comment.objects.for_actor(actor).filter(at__lt=before)


def _comments_erase(actor: Actor, rows: Sequence[Any]) -> None:
    _comments_delete(actor, Comment.objects.for_actor(actor).filter(pk__in=[r.pk for r in rows]))


def _telling_answers(actor: Actor, before: datetime) -> QuerySet[Any]:
    """Finished answers that still name a person or hold words of theirs."""
    rows: QuerySet[Any] = Response.objects.for_actor(actor).filter(completed_at__lt=before)
    comments = Comment.unscoped.filter(  # unscoped: inside a query of the actor's answers
        response=OuterRef("pk")
    )
    telling = Q(customer__isnull=False) | Q(invitation__isnull=False) | Q(Exists(comments))
    telling |= Q(as_text__regex=_SIDE_TEXT)
    for version in SurveyVersion.objects.for_actor(actor).values_list("pk", flat=True):
        questions = compiled_version(version).questions
        codes = [re.escape(code) for code, one in questions.items() if one["kind"] in TELLING]
        if codes:  # in a loop a code is followed by “@” and the round
            pattern = f'"({"|".join(codes)})(@[^"]*)?": '
            telling |= Q(version=version, as_text__regex=pattern)
    found: QuerySet[Any] = rows.alias(as_text=Cast("answers", TextField())).filter(telling)
    return found


def _answers_forget(actor: Actor, rows: Sequence[Any]) -> None:
    lock_program(actor.program_id)
    mine = Response.objects.for_actor(actor).filter(pk__in=[row.pk for row in rows])
    responses_forget(actor, list(mine.select_for_update().order_by("pk")))


def _begun(actor: Actor, before: datetime) -> QuerySet[Any]:
    rows: QuerySet[Any] = Response.objects.for_actor(actor)
    return rows.filter(status=Response.Status.PARTIAL, started_at__lt=before)


def answers_erase(actor: Actor, rows: Sequence[Any]) -> None:
    """Delete answers with their comments and files; their scores go as well."""
    files: set[int] = set()
    for response in rows:
        version = compiled_version(response.version_id)
        files |= _files_of(version, response.answers)
        _comments_delete(actor, Comment.objects.for_actor(actor).filter(response=response))
        response_erase(actor=actor, response=response)
    _files_delete(actor, files)


def answered_since(since: datetime) -> Q:
    """Customers who answered since then: a sign of life."""
    answers = Response.unscoped.filter(  # unscoped: inside a query of the actor's customers
        customer=OuterRef("pk"), started_at__gte=since
    )
    comments = Comment.unscoped.filter(customer=OuterRef("pk"), at__gte=since)  # unscoped: same
    return Q(Exists(answers)) | Q(Exists(comments))


RETENTION = {
    "answers": RetentionSubject(
        _("Answers that name a person"),
        _("Who answered, open texts, addresses and files go; scores and choices stay."),
        _telling_answers,
        {"anonymise": _answers_forget, "erase": answers_erase},
    ),
    "answers_begun": RetentionSubject(
        _("Answers begun and not finished"),
        _("They count in no score."),
        _begun,
        {"erase": answers_erase},
    ),
    "comments": RetentionSubject(
        _("Comments"),
        _("The words, from surveys and elsewhere; the answer and its score stay."),
        _old_comments,
        {"erase": _comments_erase},
    ),
}
