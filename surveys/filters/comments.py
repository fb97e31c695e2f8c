"""What comments may be filtered by; the inbox, exports and the API share it."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from cxportal.core.filters import offer
from cxportal.core.models import Membership, text_in
from surveys.models import Comment, CommentTopic, Response, Survey, Topic
from surveys.queries.comments import comments_holding, of_topic
from surveys.queries.responses import DETRACTOR, PASSIVE, PROMOTER, in_group
from surveys.queries.surveys import surveys_visible

ALL = _("All")
_DATE = {"type": "date"}
_NOBODY, _ME = "none", "me"


def _members(request: Any) -> QuerySet[Any]:
    rows: QuerySet[Any] = Membership.objects.for_actor(request.actor)
    return rows.filter(is_active=True).select_related("user")


def _surveys(request: Any) -> QuerySet[Survey]:
    return surveys_visible(request.actor).order_by("-updated_at")


class CommentFilter(filters.FilterSet):  # type: ignore[misc]
    """Words, what it says, about what, from where, of when, whose turn it is."""

    search = filters.CharFilter(
        label=_("Search"),
        method="find",
        widget=forms.TextInput(
            attrs={"type": "search", "maxlength": 100, "placeholder": _("Words in comments")}
        ),
    )
    sentiment = filters.ChoiceFilter(
        label=_("Sentiment"), choices=Comment.Sentiment.choices, empty_label=ALL
    )
    kind = filters.ChoiceFilter(label=_("Kind"), choices=Comment.Kind.choices, empty_label=ALL)
    topic = filters.ChoiceFilter(label=_("Topic"), method="about", choices=[], empty_label=ALL)
    status = filters.ChoiceFilter(
        label=_("Status"), choices=Comment.Status.choices, empty_label=ALL
    )
    source = filters.ChoiceFilter(
        label=_("Source"), choices=Comment.Source.choices, empty_label=ALL
    )
    assignee = filters.ChoiceFilter(
        label=_("Assigned to"), method="of_assignee", choices=[], empty_label=ALL
    )
    survey = filters.ModelChoiceFilter(label=_("Survey"), queryset=_surveys, empty_label=ALL)
    group = filters.ChoiceFilter(
        label=_("Score group"),
        method="of_group",
        empty_label=ALL,
        choices=[
            (PROMOTER, _("Promoters")),
            (PASSIVE, _("Passives")),
            (DETRACTOR, _("Detractors")),
        ],
    )
    language = filters.ChoiceFilter(
        label=_("Language"), choices=[("ko", _("Korean")), ("en", _("English"))], empty_label=ALL
    )
    since = filters.DateFilter(
        label=_("From"),
        field_name="at",
        lookup_expr="date__gte",
        widget=forms.DateInput(attrs=_DATE),
    )
    until = filters.DateFilter(
        label=_("To"),
        field_name="at",
        lookup_expr="date__lte",
        widget=forms.DateInput(attrs=_DATE),
    )

    class Meta:
        model = Comment
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        actor = self.request.actor
        topics = Topic.objects.for_actor(actor).order_by("pk")
        named = [(str(topic.pk), text_in(topic.name) or topic.code) for topic in topics]
        offer(self.filters["topic"], [*named, (_NOBODY, _("No topic"))])
        people = [(str(m.pk), str(m)) for m in _members(self.request)]
        offer(self.filters["assignee"], [(_ME, _("Me")), (_NOBODY, _("Nobody yet")), *people])

    def find(self, queryset: Any, name: str, value: str) -> Any:
        return comments_holding(queryset, value)

    def about(self, queryset: Any, name: str, value: str) -> Any:
        actor = self.request.actor
        if value == _NOBODY:
            links = CommentTopic.objects.for_actor(actor).filter(comment=OuterRef("pk"))
            return queryset.exclude(Exists(links.exclude(origin=CommentTopic.Origin.REFUSED)))
        return queryset.filter(of_topic(actor, int(value)))

    def of_assignee(self, queryset: Any, name: str, value: str) -> Any:
        if value == _NOBODY:
            return queryset.filter(assignee=None)
        if value == _ME:
            member = self.request.actor.membership
            return queryset.filter(assignee=member) if member else queryset.none()
        return queryset.filter(assignee=int(value))

    def of_group(self, queryset: Any, name: str, value: str) -> Any:
        """By the score beside it; anonymous answers are not told apart by their score."""
        actor = self.request.actor
        responses = Response.objects.for_actor(actor).filter(
            pk=OuterRef("response"), survey__anonymous=False
        )
        return queryset.filter(Exists(responses.filter(in_group(actor, value))))
