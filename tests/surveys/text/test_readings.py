"""The worker's reading: sure or undecided, each text once, taught by people."""

import pytest

from cxportal.core.actors import Actor
from surveys.models import Comment, CommentTopic, TextVector
from surveys.services.comments import comment_record, comment_update
from surveys.services.topics import topic_create
from surveys.text.head import LABELS, SURE
from surveys.text.keywords import keywords
from surveys.text.language import language_of
from surveys.text.schooling import school
from surveys.text.sentences import labelled
from tests.surveys.answering import read_comments
from tests.surveys.text.encoding import WordEncoder, word_encoder

__all__ = ["word_encoder"]


def said(actor: Actor, text: str) -> Comment:
    return comment_record(actor=actor, text=text, source="call")


@pytest.mark.django_db
def test_the_model_reads_what_rules_cannot(system: Actor, word_encoder: WordEncoder) -> None:
    made = said(system, "bad rude slow staff")
    read_comments()
    made.refresh_from_db()
    assert (made.sentiment, made.read_by, made.kind) == ("negative", "model", "blame")
    assert made.confidence is not None
    assert made.confidence >= SURE


@pytest.mark.django_db
def test_it_abstains_when_unsure(system: Actor, word_encoder: WordEncoder) -> None:
    made = said(system, "zebra quartz")
    read_comments()
    made.refresh_from_db()
    assert (made.sentiment, made.kind) == ("unknown", "remark")
    assert made.confidence is not None
    assert made.confidence < SURE


@pytest.mark.django_db
def test_each_distinct_text_is_encoded_once(system: Actor, word_encoder: WordEncoder) -> None:
    for _ in range(3):
        said(system, "good staff")
    read_comments()
    said(system, "Good  STAFF")
    read_comments()
    assert len([text for text in word_encoder.encoded if text.lower() == "good staff"]) == 1
    assert TextVector.unscoped.count() == 1
    assert Comment.unscoped.filter(analysed_at=None).count() == 0


@pytest.mark.django_db
def test_a_correction_reads_the_same_words_elsewhere_and_teaches(
    system: Actor, word_encoder: WordEncoder
) -> None:
    first, twin = said(system, "zebra quartz"), said(system, "zebra quartz")
    near = said(system, "zebra quartz again")
    read_comments()
    comment_update(actor=system, comment=first, sentiment="positive")
    Comment.unscoped.filter(pk=near.pk).update(analysed_at=None)
    read_comments()
    twin.refresh_from_db()
    near.refresh_from_db()
    assert (twin.sentiment, twin.read_by, twin.confidence) == ("positive", "model", 1.0)
    assert near.sentiment == "positive"


@pytest.mark.django_db
def test_a_text_near_a_phrase_is_of_its_topic(system: Actor, word_encoder: WordEncoder) -> None:
    topic_create(actor=system, name={"en": "Waiting"}, seeds=["waiting at the long till"])
    near = said(system, "long till waiting at the weekend")
    far = said(system, "green bicycle")
    read_comments()
    links = CommentTopic.unscoped.values_list("comment_id", flat=True)
    assert near.pk in links
    assert far.pk not in links


def test_the_weights_are_kept_and_used_again(word_encoder: WordEncoder) -> None:
    head, vectors = school()
    school.cache_clear()
    word_encoder.encoded.clear()
    again, same = school()
    assert word_encoder.encoded == []
    assert (again.weights == head.weights).all()
    assert (same == vectors).all()


def test_the_sentences_are_labelled_and_the_frozen_ones_never_taught() -> None:
    for language in ("ko", "en"):
        taught = labelled(f"train_{language}")
        assert {label for _text, label in taught} == set(LABELS)
        judging = [labelled(f"{name}_{language}") for name in ("frozen", "second")]
        seen = {t.lower() for t, _l in taught}
        for sentences in judging:
            texts = {t.lower() for t, _l in sentences}
            assert len(texts) == len(sentences) >= 300
            assert not texts & seen
            seen |= texts


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("The queue at the till was too long", "en", ["queue", "till", "long"]),
        ("배송이 늦어서 배송 조회를 했어요", "ko", {"배송", "조회"}),
    ],
)
def test_keywords_say_what_it_is_about(text: str, language: str, words: object) -> None:
    found = keywords(text, language)
    assert found == words if isinstance(words, list) else words <= set(found)  # type: ignore[operator]


def test_languages_are_told_apart() -> None:
    assert language_of("배송이 늦어요 really", "en") == "ko"
    assert language_of("The delivery was late again this week", "ko") == "en"
    assert language_of("Die Lieferung kam schon wieder viel zu spät an", "en") == "de"
    assert language_of("12 / 5", "ko") == "ko"
