"""Addresses of boards and actions."""

from django.urls import URLPattern, path

from journeys.views import action_parts, action_views, actions, board_columns, boards, telling

urlpatterns: list[URLPattern] = [
    path("actions/", boards.BoardView.as_view(), name="board"),
    path("actions/boards/new/", boards.BoardCreateView.as_view(), name="board-new"),
    path("actions/boards/<int:pk>/", boards.BoardView.as_view(), name="board-detail"),
    path("actions/boards/<int:pk>/edit/", boards.BoardEditView.as_view(), name="board-edit"),
    path(
        "actions/boards/<int:pk>/columns/new/",
        board_columns.ColumnCreateView.as_view(),
        name="column-new",
    ),
    path(
        "actions/columns/<int:pk>/move/",
        board_columns.ColumnMoveView.as_view(),
        name="column-move",
    ),
    path(
        "actions/columns/<int:pk>/delete/",
        board_columns.ColumnDeleteView.as_view(),
        name="column-delete",
    ),
    path("actions/columns/<int:pk>/", boards.BoardCardsView.as_view(), name="board-cards"),
    path("actions/list/", actions.ActionListView.as_view(), name="action-list"),
    path("actions/mine/", actions.MyActionsView.as_view(), name="my-actions"),
    path("actions/calendar/", action_views.CalendarView.as_view(), name="action-calendar"),
    path("actions/roadmap/", action_views.RoadmapView.as_view(), name="action-roadmap"),
    path("actions/flow/", action_views.FlowView.as_view(), name="action-flow"),
    path("actions/flow/export/", action_views.TransitionsView.as_view(), name="transitions"),
    path("actions/library/", action_views.LibraryView.as_view(), name="action-library"),
    path("actions/bulk/", action_views.ActionBulkView.as_view(), name="action-bulk"),
    path("actions/links/", action_parts.BoardLinkListView.as_view(), name="board-links"),
    path(
        "actions/board-links/<int:pk>/revoke/",
        action_parts.BoardLinkRevokeView.as_view(),
        name="board-link-revoke",
    ),
    path("action-templates/", action_parts.TemplateListView.as_view(), name="template-list"),
    path("action-templates/new/", action_parts.TemplateCreateView.as_view(), name="template-new"),
    path(
        "action-templates/<int:pk>/",
        action_parts.TemplateEditView.as_view(),
        name="template-edit",
    ),
    path(
        "action-templates/<int:pk>/use/",
        action_parts.TemplateUseView.as_view(),
        name="template-use",
    ),
    path(
        "action-templates/<int:pk>/delete/",
        action_parts.TemplateDeleteView.as_view(),
        name="template-delete",
    ),
    path(
        "actions/checklist/<int:pk>/", action_parts.ChecklistItemView.as_view(), name="action-step"
    ),
    path("actions/<int:pk>/watch/", action_parts.ActionWatchView.as_view(), name="action-watch"),
    path(
        "actions/<int:pk>/undo-move/",
        action_parts.ActionUndoMoveView.as_view(),
        name="action-undo-move",
    ),
    path(
        "actions/<int:pk>/checklist/",
        action_parts.ChecklistAddView.as_view(),
        name="action-step-new",
    ),
    path("actions/<int:pk>/waits/", action_parts.ActionBlockView.as_view(), name="action-block"),
    path("actions/<int:pk>/roles/", action_parts.ActionRolesView.as_view(), name="action-roles"),
    path("actions/<int:pk>/pilot/", action_parts.ActionPilotView.as_view(), name="action-pilot"),
    path("actions/new/", actions.ActionCreateView.as_view(), name="action-new"),
    path("actions/log/", actions.ActionLogView.as_view(), name="action-log"),
    path("actions/<int:pk>/", actions.ActionDetailView.as_view(), name="action-detail"),
    path("actions/<int:pk>/tell/", telling.ActionTellView.as_view(), name="action-tell"),
    path("actions/<int:pk>/edit/", actions.ActionEditView.as_view(), name="action-edit"),
    path("actions/<int:pk>/menu/", actions.ActionMenuView.as_view(), name="action-menu"),
    path("actions/<int:pk>/move/", actions.ActionMoveView.as_view(), name="action-move"),
    path("actions/<int:pk>/delete/", actions.ActionDeleteView.as_view(), name="action-delete"),
    path("actions/<int:pk>/restore/", actions.ActionRestoreView.as_view(), name="action-restore"),
]
