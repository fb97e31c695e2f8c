"""Addresses of the voice-of-the-customer inbox and its topics."""

from django.urls import URLPattern, path

from journeys.views import topics, voice, voice_files, voice_map

urlpatterns: list[URLPattern] = [
    path("voice/", voice.VoiceView.as_view(), name="voice"),
    path("voice/new/", voice.CommentRecordView.as_view(), name="comment-new"),
    path("voice/map/", voice_map.VoiceMapView.as_view(), name="voice-map"),
    path("voice/sort/", voice.CommentBulkView.as_view(), name="comment-bulk"),
    path("voice/import/", voice_files.CommentImportView.as_view(), name="comment-import"),
    path("voice/<int:pk>/case/", voice.CommentCaseView.as_view(), name="comment-case"),
    path("voice/<int:pk>/", voice.CommentDetailView.as_view(), name="comment-detail"),
    path("voice/<int:pk>/action/", voice.CommentActionView.as_view(), name="comment-action"),
    path("voice/<int:pk>/delete/", voice.CommentDeleteView.as_view(), name="comment-delete"),
    path("voice/topics/", topics.TopicListView.as_view(), name="topic-list"),
    path("voice/topics/new/", topics.TopicCreateView.as_view(), name="topic-new"),
    path("voice/topics/<int:pk>/", topics.TopicEditView.as_view(), name="topic-detail"),
    path("voice/topics/<int:pk>/merge/", topics.TopicMergeView.as_view(), name="topic-merge"),
    path("voice/topics/<int:pk>/split/", topics.TopicSplitView.as_view(), name="topic-split"),
    path("voice/topics/<int:pk>/delete/", topics.TopicDeleteView.as_view(), name="topic-delete"),
]
