"""Addresses of responses and of a survey's report."""

from django.urls import URLPattern, path

from surveys.views import reports, responses

urlpatterns: list[URLPattern] = [
    path("responses/", responses.ResponseListView.as_view(), name="response-list"),
    path("responses/<int:pk>/", responses.ResponseDetailView.as_view(), name="response-detail"),
    path("responses/<int:pk>/test/", responses.ResponseTestView.as_view(), name="response-test"),
    path("responses/<int:pk>/erase/", responses.ResponseEraseView.as_view(), name="response-erase"),
    path("surveys/<int:pk>/report/", reports.SurveyReportView.as_view(), name="survey-report"),
]
