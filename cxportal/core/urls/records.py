"""Addresses of jobs, the audit trail, notices and files."""

from django.urls import URLPattern, path

from cxportal.core.views import notes, records

urlpatterns: list[URLPattern] = [
    path("jobs/", records.JobListView.as_view(), name="job-list"),
    path("jobs/<int:pk>/", records.JobDetailView.as_view(), name="job-detail"),
    path("audit/", records.AuditListView.as_view(), name="audit-list"),
    path("notifications/", records.NotificationListView.as_view(), name="notification-list"),
    path("notifications/read/", records.NotificationReadView.as_view(), name="notification-read"),
    path(
        "notifications/<int:pk>/open/",
        records.NotificationOpenView.as_view(),
        name="notification-open",
    ),
    path("notes/", notes.NoteAddView.as_view(), name="note-add"),
    path("notes/<int:pk>/delete/", notes.NoteDeleteView.as_view(), name="note-delete"),
    path("files/<int:pk>/", records.FileDownloadView.as_view(), name="file-download"),
]
