"""Addresses of the committee's meetings."""

from django.urls import URLPattern, path

from journeys.views import meetings

urlpatterns: list[URLPattern] = [
    path("meetings/", meetings.MeetingListView.as_view(), name="meeting-list"),
    path("meetings/new/", meetings.MeetingCreateView.as_view(), name="meeting-new"),
    path("meetings/<int:pk>/", meetings.MeetingView.as_view(), name="meeting-detail"),
    path("meetings/<int:pk>/edit/", meetings.MeetingEditView.as_view(), name="meeting-edit"),
    path("meetings/<int:pk>/decide/", meetings.MeetingDecideView.as_view(), name="meeting-decide"),
    path("meetings/<int:pk>/fill/", meetings.AgendaFillView.as_view(), name="agenda-fill"),
    path("meetings/<int:pk>/points/", meetings.AgendaAddView.as_view(), name="agenda-add"),
    path("meetings/<int:pk>/note/", meetings.AgendaNoteView.as_view(), name="agenda-note"),
    path("meetings/<int:pk>/notes/", meetings.MeetingNotesView.as_view(), name="meeting-notes"),
    path("meetings/<int:pk>/send/", meetings.MinutesSendView.as_view(), name="minutes-send"),
    path("meetings/<int:pk>/delete/", meetings.MeetingDeleteView.as_view(), name="meeting-delete"),
    path("meetings/<int:pk>/minutes/", meetings.MinutesView.as_view(), name="minutes"),
]
