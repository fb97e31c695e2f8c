"""Addresses of taking surveys over."""

from django.urls import URLPattern, path

from surveys.views import imports, response_imports

urlpatterns: list[URLPattern] = [
    path("surveys/import/", imports.SurveyImportView.as_view(), name="survey-import"),
    path(
        "surveys/imports/<int:pk>/",
        imports.SurveyImportReportView.as_view(),
        name="survey-import-report",
    ),
    path(
        "surveys/<int:pk>/answers/import/",
        response_imports.ResponseImportView.as_view(),
        name="response-import",
    ),
]
