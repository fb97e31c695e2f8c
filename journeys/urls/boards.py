"""Addresses of boards and actions."""

from django.urls import URLPattern, path

from journeys.views import actions, boards

urlpatterns: list[URLPattern] = [
    path("actions/", boards.BoardView.as_view(), name="board"),
    path("actions/boards/new/", boards.BoardCreateView.as_view(), name="board-new"),
    path("actions/boards/<int:pk>/", boards.BoardView.as_view(), name="board-detail"),
    path("actions/boards/<int:pk>/edit/", boards.BoardEditView.as_view(), name="board-edit"),
    path("actions/columns/<int:pk>/", boards.BoardCardsView.as_view(), name="board-cards"),
    path("actions/list/", actions.ActionListView.as_view(), name="action-list"),
    path("actions/mine/", actions.MyActionsView.as_view(), name="my-actions"),
    path("actions/new/", actions.ActionCreateView.as_view(), name="action-new"),
    path("actions/log/", actions.ActionLogView.as_view(), name="action-log"),
    path("actions/<int:pk>/", actions.ActionDetailView.as_view(), name="action-detail"),
    path("actions/<int:pk>/edit/", actions.ActionEditView.as_view(), name="action-edit"),
    path("actions/<int:pk>/move/", actions.ActionMoveView.as_view(), name="action-move"),
    path("actions/<int:pk>/delete/", actions.ActionDeleteView.as_view(), name="action-delete"),
    path("actions/<int:pk>/restore/", actions.ActionRestoreView.as_view(), name="action-restore"),
]
