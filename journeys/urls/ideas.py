"""Addresses of the idea box."""

from django.urls import URLPattern, path

from journeys.views import ideas

urlpatterns: list[URLPattern] = [
    path("ideas/", ideas.IdeaListView.as_view(), name="idea-list"),
    path("ideas/new/", ideas.IdeaCreateView.as_view(), name="idea-new"),
    path("ideas/<int:pk>/vote/", ideas.IdeaVoteView.as_view(), name="idea-vote"),
    path("ideas/<int:pk>/decide/", ideas.IdeaDecideView.as_view(), name="idea-decide"),
]
