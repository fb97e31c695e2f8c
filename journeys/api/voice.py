"""Comments from everywhere and the topics they are sorted by."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response as Answer

from cxportal.core.api.fields import (
    CustomerField,
    I18nField,
    MemberField,
    ScopedPrimaryKeyRelatedField,
    actor_of,
)
from cxportal.core.api.schema import query
from cxportal.core.api.serializers import BulkSerializer, PortalSerializer, RecordSerializer
from cxportal.core.api.views import BulkMixin, PortalViewSet
from journeys.models import Touchpoint
from journeys.queries.similar import comments_similar
from journeys.queries.voice import comments_listed
from journeys.queries.voice_map import TopicLine, VoiceMap, voice_map
from journeys.services.voice import comment_place, comment_to_action, comment_to_case, topic_place
from journeys.voice_filters import VoiceFilter
from surveys.models import Comment, Topic
from surveys.queries.comments import without_few_anonymous
from surveys.queries.periods import period_from
from surveys.services.comment_rows import comments_record
from surveys.services.comments import comment_delete, comment_record, comment_update
from surveys.services.topics import (
    topic_create,
    topic_delete,
    topic_merge,
    topic_split,
    topic_update,
)

CODE = r"^[a-z0-9][a-z0-9-]*$"


@extend_schema_field({"type": "array", "items": {"type": "string"}})
class TopicsField(serializers.Field[Any, Any, Any, Any]):
    """Topics by their codes."""

    default_error_messages = {
        "not_a_list": _("Send a list of topic codes."),
        "no_topic": _("No topic of this program has the code “{code}”."),
    }

    def to_internal_value(self, data: Any) -> list[Topic]:
        if not isinstance(data, list) or not all(isinstance(code, str) for code in data):
            self.fail("not_a_list")
        codes = [code.replace("\x00", "") for code in data]
        known = {t.code: t for t in Topic.objects.for_actor(actor_of(self)).filter(code__in=codes)}
        for code in codes:
            if code not in known:
                self.fail("no_topic", code=code[:60])
        return list(known.values())

    def to_representation(self, value: Any) -> list[str]:
        return [link.topic.code for link in value]


class ActionMadeSerializer(PortalSerializer):
    """The action that was logged."""

    action = serializers.IntegerField()
    title = serializers.CharField()


class CaseMadeSerializer(PortalSerializer):
    """The case that was opened."""

    case = serializers.IntegerField()
    title = serializers.CharField()


class MovedSerializer(PortalSerializer):
    """A difference with its margin and verdict: real, none or too_early."""

    difference = serializers.FloatField(allow_null=True)
    margin = serializers.FloatField(allow_null=True)
    verdict = serializers.CharField()


class TopicLineSerializer(PortalSerializer):
    """A topic over the period; `net` is praise less complaint, `share` its part, in per cent."""

    topic = serializers.CharField()
    name = I18nField()
    n = serializers.IntegerField()
    positive = serializers.IntegerField(allow_null=True)
    negative = serializers.IntegerField(allow_null=True)
    net = serializers.FloatField(allow_null=True)
    share = serializers.FloatField()
    change = MovedSerializer()
    score_effect = MovedSerializer(allow_null=True)
    touchpoints = serializers.ListField(child=serializers.IntegerField())


class VoiceMapSerializer(PortalSerializer):
    """All topics of the period; below `minimum` comments only their number is said."""

    first = serializers.DateField()
    last = serializers.DateField()
    n = serializers.IntegerField()
    minimum = serializers.IntegerField()
    without_topic = serializers.IntegerField()
    topics = TopicLineSerializer(many=True)


def map_shown(found: VoiceMap) -> dict[str, Any]:
    """The map as the API says it."""
    return {
        "first": found.period.first,
        "last": found.period.last,
        "n": found.total.n,
        "minimum": found.minimum,
        "without_topic": found.without_topic,
        "topics": [_line_shown(line) for line in found.lines],
    }


def _line_shown(line: TopicLine) -> dict[str, Any]:
    counts = line.counts
    return {
        "topic": line.topic.code,
        "name": line.topic.name,
        "n": counts.n,
        "positive": None if line.hidden else counts.positive,
        "negative": None if line.hidden else counts.negative,
        "net": None if line.hidden else round(counts.net, 1),
        "share": round(line.share, 1),
        "change": line.change,
        "score_effect": line.effect,
        "touchpoints": [place.pk for place, _n in line.touchpoints],
    }


class CustomerCommentSerializer(RecordSerializer):
    """A comment; who said it only for keys that may see persons."""

    external_id = serializers.CharField(max_length=120, required=False, allow_null=True)
    text = serializers.CharField(max_length=20_000)
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=Comment.Source.choices, default=Comment.Source.API
    )
    language = serializers.CharField(max_length=8, required=False, allow_blank=True)
    sentiment = serializers.ChoiceField(choices=Comment.Sentiment.choices, required=False)
    confidence = serializers.FloatField(read_only=True, allow_null=True)
    read_by = serializers.ChoiceField(choices=Comment.ReadBy.choices, read_only=True)
    kind = serializers.ChoiceField(choices=Comment.Kind.choices, required=False)
    status = serializers.ChoiceField(choices=Comment.Status.choices, required=False)
    topics = TopicsField(source="shown_topics", required=False)
    keywords = serializers.ListField(child=serializers.CharField(), read_only=True)
    touchpoint = ScopedPrimaryKeyRelatedField(
        source="place.touchpoint", model=Touchpoint, required=False, allow_null=True
    )
    customer = CustomerField(required=False, allow_null=True)
    author = serializers.CharField(max_length=200, required=False, allow_blank=True)
    assignee_email = MemberField(source="assignee", required=False, allow_null=True)
    survey = serializers.IntegerField(source="survey_id", read_only=True, allow_null=True)
    response = serializers.IntegerField(source="response_id", read_only=True, allow_null=True)
    is_test = serializers.BooleanField(required=False)
    at = serializers.DateTimeField(required=False)
    analysed_at = serializers.DateTimeField(read_only=True, allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if not actor_of(self).sees_personal_data:
            shown |= {"customer": None, "author": None}
        if instance.survey is not None and instance.survey.anonymous:
            shown |= {"customer": None, "author": None, "response": None}
        shown.setdefault("touchpoint", None)
        return shown


class CommentRowSerializer(PortalSerializer):
    """A comment as a client records many of them."""

    text = serializers.CharField(max_length=20_000)
    external_id = serializers.CharField(max_length=120, required=False, allow_null=True)
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=Comment.Source.choices, required=False
    )
    at = serializers.DateTimeField(required=False)
    customer = serializers.CharField(max_length=120, required=False, allow_null=True)
    author = serializers.CharField(max_length=200, required=False)
    language = serializers.CharField(max_length=8, required=False)
    sentiment = serializers.ChoiceField(choices=Comment.Sentiment.choices, required=False)
    kind = serializers.ChoiceField(choices=Comment.Kind.choices, required=False)
    status = serializers.ChoiceField(choices=Comment.Status.choices, required=False)
    topics = serializers.ListField(child=serializers.CharField(), required=False)
    assignee_email = serializers.EmailField(required=False, allow_null=True)
    is_test = serializers.BooleanField(required=False)


class CommentUpdateSerializer(CustomerCommentSerializer):
    """What was said stays as it was said; how it is sorted can change."""

    external_id = serializers.CharField(read_only=True, allow_null=True)
    text = serializers.CharField(read_only=True)
    source = serializers.CharField(read_only=True)  # type: ignore[assignment]
    language = serializers.CharField(read_only=True)
    customer = serializers.CharField(read_only=True, allow_null=True)  # type: ignore[assignment]
    author = serializers.CharField(read_only=True)
    is_test = serializers.BooleanField(read_only=True)
    at = serializers.DateTimeField(read_only=True)


def _sorted_out(values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Values for the comment's services, and the place apart (absent = not named)."""
    place = values.pop("place", {})
    if "shown_topics" in values:
        values["topics"] = values.pop("shown_topics")
    return values, place


class CommentViewSet(PortalViewSet, BulkMixin):
    """What customers say, from surveys and everywhere else."""

    model = Comment
    serializer_class = CustomerCommentSerializer
    filterset_class = VoiceFilter
    permissions = {
        "list": "surveys.view_comments",
        "retrieve": "surveys.view_comments",
        "create": "surveys.record_comments",
        "bulk": "surveys.record_comments",
        "partial_update": "surveys.change_comments",
        "destroy": "surveys.delete_comments",
        "act": "journeys.create_actions",
        "case": "journeys.create_cases",
        "similar": "surveys.view_comments",
        "map": "surveys.view_comments",
    }
    orderings = {"id": "id", "at": "at", "updated_at": "updated_at"}
    updated_field = "updated_at"

    def scoped(self) -> QuerySet[Any]:
        return comments_listed(self.actor)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return without_few_anonymous(self.actor, super().filter_queryset(queryset))

    def create(self, request: Request) -> Answer:
        """Record what was said outside a survey; sentiment and topics are read by the worker."""
        values, place = _sorted_out(self.data())
        made = comment_record(actor=self.actor, **values)
        if place.get("touchpoint") is not None:
            comment_place(actor=self.actor, comment=made, touchpoint=place["touchpoint"])
        return self.created(self.scoped().get(pk=made.pk))

    @extend_schema(request=CommentRowSerializer(many=True), responses={200: BulkSerializer})
    @action(detail=False, methods=["post"], parser_classes=BulkMixin.bulk_parsers)
    def bulk(self, request: Request) -> Answer:
        """Record up to 10,000 comments; a bad row fails alone, a known external_id is unchanged."""
        return self.bulk_answer(request, lambda rows: comments_record(actor=self.actor, rows=rows))

    @extend_schema(request=CommentUpdateSerializer)
    def partial_update(self, request: Request, pk: int) -> Answer:
        """Sort it: sentiment, kind, topics, touchpoint, status, assignee."""
        found, version = self.get_object(), self.expected_version()
        values, place = _sorted_out(self.data(CommentUpdateSerializer, partial=True))
        comment_update(actor=self.actor, comment=found, version=version, **values)
        if "touchpoint" in place:
            comment_place(actor=self.actor, comment=found, touchpoint=place["touchpoint"])
        return self.shown(self.scoped().get(pk=found.pk))

    def destroy(self, request: Request, pk: int) -> Answer:
        """Delete a comment recorded from elsewhere."""
        comment_delete(actor=self.actor, comment=self.get_object())
        return self.gone()

    @extend_schema(request=None, responses={201: ActionMadeSerializer})
    @action(detail=True, methods=["post"], url_path="action")
    def act(self, request: Request, pk: int) -> Answer:
        """Log an improvement action from it, at its touchpoint."""
        made = comment_to_action(actor=self.actor, comment=self.get_object())
        return Answer({"action": made.pk, "title": made.title}, status=201)

    @extend_schema(request=None, responses={201: CaseMadeSerializer})
    @action(detail=True, methods=["post"])
    def case(self, request: Request, pk: int) -> Answer:
        """Open a case for whoever follows up its customer; a second call answers the same."""
        made = comment_to_case(actor=self.actor, comment=self.get_object())
        return Answer({"case": made.pk, "title": made.title}, status=201)

    @extend_schema(responses=CustomerCommentSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def similar(self, request: Request, pk: int) -> Answer:
        """At most five comments that mean much the same."""
        found = comments_similar(self.actor, self.get_object())
        return Answer(self.get_serializer(found, many=True).data)

    @extend_schema(
        parameters=[
            query("from", str, "First day, 2026-01-31"),
            query("to", str, "Last day"),
            query("touchpoint", int, "Only comments placed there"),
            query("source", str, "Only comments from there"),
        ],
        responses=VoiceMapSerializer,
        filters=False,
    )
    @action(detail=False, pagination_class=None)
    def map(self, request: Request) -> Answer:
        """Strengths and weaknesses: topics by sentiment, movement and score effect."""
        asked = request.query_params
        place, source = asked.get("touchpoint", ""), asked.get("source", "")
        found = voice_map(
            self.actor,
            period_from(self.actor, asked, default=90).period,
            touchpoint=int(place) if place.isdigit() and len(place) < 19 else None,
            source=source if source in Comment.Source.values else "",
        )
        return Answer(VoiceMapSerializer(map_shown(found)).data)


class TopicSerializer(RecordSerializer):
    """A topic: a name and the phrases it is known by."""

    code = serializers.RegexField(CODE, max_length=60, required=False)
    name = I18nField(max_length=100)
    seeds = serializers.ListField(
        child=serializers.CharField(max_length=200), required=False, max_length=100
    )
    is_active = serializers.BooleanField(read_only=True)
    touchpoint = ScopedPrimaryKeyRelatedField(
        source="place.touchpoint", model=Touchpoint, required=False, allow_null=True
    )

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = super().to_representation(instance)
        shown.setdefault("touchpoint", None)
        return shown


class TopicUpdateSerializer(TopicSerializer):
    """The code stays."""

    code = serializers.CharField(read_only=True)  # type: ignore[assignment]
    is_active = serializers.BooleanField(required=False)


class TopicMergeSerializer(PortalSerializer):
    """The topic that stays."""

    into = ScopedPrimaryKeyRelatedField(model=Topic)


class TopicSplitSerializer(PortalSerializer):
    """The new topic and the phrases it takes along."""

    name = I18nField(max_length=100)
    seeds = serializers.ListField(child=serializers.CharField(max_length=200), max_length=100)


class TopicViewSet(PortalViewSet):
    """Topics that comments are sorted by."""

    model = Topic
    serializer_class = TopicSerializer
    permissions = {
        "list": "surveys.view_comments",
        "retrieve": "surveys.view_comments",
        "create": "surveys.change_topics",
        "partial_update": "surveys.change_topics",
        "destroy": "surveys.change_topics",
        "merge": "surveys.change_topics",
        "split": "surveys.change_topics",
    }
    orderings = {"id": "id", "code": "code", "updated_at": "updated_at"}
    updated_field = "updated_at"

    def scoped(self) -> QuerySet[Any]:
        return super().scoped().select_related("place__touchpoint")

    def create(self, request: Request) -> Answer:
        """Make a topic; all comments are sorted anew."""
        values = self.data()
        place = values.pop("place", {})
        made = topic_create(actor=self.actor, **values)
        return self._placed(made, place, 201)

    @extend_schema(request=TopicUpdateSerializer)
    def partial_update(self, request: Request, pk: int) -> Answer:
        """Change name, phrases, touchpoint, or put it away (is_active false)."""
        found, version = self.get_object(), self.expected_version()
        values = self.data(TopicUpdateSerializer, partial=True)
        place = values.pop("place", {})
        changed = topic_update(actor=self.actor, topic=found, version=version, **values)
        return self._placed(changed, place, 200)

    def _placed(self, topic: Topic, place: dict[str, Any], status: int) -> Answer:
        if "touchpoint" in place:
            topic_place(actor=self.actor, topic=topic, touchpoint=place["touchpoint"])
        return self.shown(self.scoped().get(pk=topic.pk), status=status)

    def destroy(self, request: Request, pk: int) -> Answer:
        """Delete a topic; its comments stay."""
        topic_delete(actor=self.actor, topic=self.get_object())
        return self.gone()

    @extend_schema(request=TopicMergeSerializer, responses=TopicSerializer)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: int) -> Answer:
        """Move its comments and phrases into another topic and delete it."""
        topic = self.get_object()
        into = self.data(TopicMergeSerializer)["into"]
        kept = topic_merge(actor=self.actor, topic=topic, into=into)
        return self.shown(self.scoped().get(pk=kept.pk))

    @extend_schema(request=TopicSplitSerializer, responses={201: TopicSerializer})
    @action(detail=True, methods=["post"])
    def split(self, request: Request, pk: int) -> Answer:
        """Make a new topic of some of its phrases."""
        topic = self.get_object()
        made = topic_split(actor=self.actor, topic=topic, **self.data(TopicSplitSerializer))
        return self.created(self.scoped().get(pk=made.pk))
