"""Topics the team edits: list, make, change, merge, split, delete."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxportal.core.policies import authorise, may
from cxportal.core.views.base import CommandView, FormPage, PortalView, get_or_404
from journeys.forms.voice import TopicForm
from journeys.services.voice import topic_place
from surveys.models import CommentTopic, Topic
from surveys.services.topics import (
    topic_create,
    topic_delete,
    topic_merge,
    topic_split,
    topic_update,
)


def topics_of(view: PortalView) -> QuerySet[Any]:
    """The program's topics with their touchpoint."""
    rows: QuerySet[Any] = Topic.objects.for_actor(view.actor)
    return rows.select_related("place__touchpoint")


class TopicListView(PortalView):
    """What comments are about, with how many there are."""

    permission = "surveys.view_comments"

    def get(self, request: HttpRequest) -> HttpResponse:
        real = Q(comment_links__comment__is_test=False) & ~Q(
            comment_links__origin=CommentTopic.Origin.REFUSED
        )
        rows = topics_of(self).annotate(size=Count("comment_links", filter=real))
        context = {
            "topics": rows.order_by("-is_active", "-size", "pk"),
            "may_change": may(self.actor, "surveys.change_topics"),
        }
        return self.render("journeys/topic_list.html", context)


class TopicCreateView(FormPage):
    """A new topic."""

    permission = "surveys.change_topics"
    form_class = TopicForm
    title = gettext_lazy("New topic")

    def save(self, form: Any) -> HttpResponse:
        values = form.cleaned_data
        made = topic_create(actor=self.actor, name=values["name"], seeds=values["seeds"])
        if values["touchpoint"] is not None:
            topic_place(actor=self.actor, topic=made, touchpoint=values["touchpoint"])
        self.say(_("The topic is saved. Comments are being sorted."))
        return self.redirect("journeys:topic-list")

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.actor.url("journeys:topic-list")}


class TopicEditView(FormPage):
    """One topic: name, phrases, touchpoint; merge and split."""

    permission = "surveys.view_comments"
    template = "journeys/topic_detail.html"
    form_class = TopicForm

    def stored(self) -> Any:
        return get_or_404(topics_of(self), pk=self.kwargs["pk"])

    def form_kwargs(self) -> dict[str, Any]:
        self.topic = topic = self.stored()
        place = getattr(topic, "place", None)
        initial = {
            "name": topic.name,
            "seeds": "\n".join(topic.seeds),
            "touchpoint": place.touchpoint_id if place else None,
            "version": topic.version,
        }
        return {**super().form_kwargs(), "initial": initial}

    def save(self, form: Any) -> HttpResponse:
        values = form.cleaned_data
        authorise(self.actor, "surveys.change_topics", self.topic)
        topic_place(actor=self.actor, topic=self.topic, touchpoint=values.pop("touchpoint"))
        topic_update(actor=self.actor, topic=self.topic, **values)
        self.say(_("The topic is saved. Comments are being sorted."))
        return self.redirect("journeys:topic-detail", self.topic.pk)

    def extra(self) -> dict[str, Any]:
        others = topics_of(self).exclude(pk=self.topic.pk).order_by("pk")
        return {
            "title": str(self.topic),
            "topic": self.topic,
            "others": others,
            "languages": self.actor.program.languages,
            "may_change": may(self.actor, "surveys.change_topics", self.topic),
            "cancel_url": self.actor.url("journeys:topic-list"),
        }


class TopicCommand(CommandView):
    """A button on a topic's page."""

    permission = "surveys.change_topics"

    def topic(self, pk: int) -> Topic:
        found: Topic = get_or_404(topics_of(self), pk=pk)
        return found


class TopicMergeView(TopicCommand):
    """Merge a topic into another one."""

    def command(self, pk: int) -> HttpResponse:
        topic = self.topic(pk)
        into = get_or_404(topics_of(self), pk=self.request.POST.get("into", ""))
        kept = topic_merge(actor=self.actor, topic=topic, into=into)
        self.say(_("The topics are one now: %(name)s.") % {"name": kept})
        return self.redirect("journeys:topic-detail", kept.pk)


class TopicSplitView(TopicCommand):
    """Make a topic of its own of some phrases."""

    def command(self, pk: int) -> HttpResponse:
        topic = self.topic(pk)
        name = {
            code: self.request.POST.get(f"name_{code}", "").strip()[:100]
            for code in self.actor.program.languages
        }
        made = topic_split(
            actor=self.actor,
            topic=topic,
            name={code: text for code, text in name.items() if text},
            seeds=self.request.POST.getlist("seeds"),
        )
        self.say(_("The new topic is made: %(name)s.") % {"name": made})
        return self.redirect("journeys:topic-detail", made.pk)


class TopicDeleteView(TopicCommand):
    """Delete a topic; its comments stay."""

    def command(self, pk: int) -> HttpResponse:
        topic_delete(actor=self.actor, topic=self.topic(pk))
        self.say(_("The topic is deleted. Its comments stay."))
        return self.redirect("journeys:topic-list")
