"""Addresses of mystery shopping."""

from django.urls import URLPattern, path

from surveys.views import checklists as views

urlpatterns: list[URLPattern] = [
    path("surveys/<int:pk>/checklist/", views.ChecklistView.as_view(), name="survey-checklist"),
    path("surveys/<int:pk>/stores/", views.StoresView.as_view(), name="survey-stores"),
]
