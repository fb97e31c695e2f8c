"""What customers of the demo say outside surveys, and the topics the team sorts comments by."""

from datetime import timedelta
from typing import TYPE_CHECKING

from cxportal.core.models import Customer
from cxportal.home.demo.content_voice import HEARD, TOPICS
from journeys.models import TopicPlace
from journeys.services.voice import topic_place
from surveys.models import Comment, Topic
from surveys.services.comment_rows import comments_record
from surveys.services.topics import topic_create

if TYPE_CHECKING:
    from cxportal.home.demo.load import Build

_STATUS = (Comment.Status.NEW, Comment.Status.NEW, Comment.Status.OPEN, Comment.Status.DONE)
_WITH_CUSTOMER = {"call", "store"}


def build_topics(build: "Build") -> None:
    """Topics in both languages, most of them tied to a touchpoint."""
    known = {t.code: t for t in Topic.objects.for_actor(build.actor)}
    placed = set(TopicPlace.objects.for_actor(build.actor).values_list("topic_id", flat=True))
    for spec in TOPICS:
        topic = known.get(spec["code"]) or topic_create(
            actor=build.actor, code=spec["code"], name=spec["name"], seeds=spec["seeds"]
        )
        if spec["touchpoint"] and topic.pk not in placed:
            touchpoint = build.touchpoints.get(spec["touchpoint"])
            topic_place(actor=build.actor, topic=topic, touchpoint=touchpoint)


def build_voice(build: "Build") -> int:
    """Calls, visits, reviews, posts and interviews; some taken on already."""
    people = Customer.objects.for_actor(build.actor).filter(kind=Customer.Kind.CUSTOMER)
    ids = list(people.order_by("pk").values_list("external_id", flat=True)[: len(HEARD)])
    staff = build.members["staff"].user.email
    rows = [
        {
            "external_id": f"heard-{place}",
            "text": text,
            "source": source,
            "at": (build.now - timedelta(days=days, hours=place % 9)).isoformat(),
            "customer": ids[place] if source in _WITH_CUSTOMER and place < len(ids) else None,
            "status": _STATUS[place % len(_STATUS)],
            "assignee_email": staff if place % len(_STATUS) > 1 else None,
        }
        for place, (source, days, text) in enumerate(HEARD)
    ]
    result = comments_record(actor=build.actor, rows=rows)
    if result.failed:
        raise ValueError(next(r for r in result.rows if r["errors"]))
    return len(rows)
