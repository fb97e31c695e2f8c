"""Addresses of a survey's files."""

from django.urls import URLPattern, path

from surveys.views import survey_files as views

urlpatterns: list[URLPattern] = [
    path("surveys/<int:pk>/files/", views.SurveyFilesView.as_view(), name="survey-files"),
    path("surveys/<int:pk>/files/<slug:kind>/", views.SurveyFileView.as_view(), name="survey-file"),
    path("surveys/<int:pk>/print/", views.SurveyPrintView.as_view(), name="survey-print"),
]
