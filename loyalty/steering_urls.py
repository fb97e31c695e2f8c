"""Addresses of steering the program, all below /p/<program>/."""

from django.urls import path

from loyalty.views import (
    assessments,
    goals,
    metric_catalogue,
    responsibilities,
    scorecard,
    technology,
)

app_name = "steering"
urlpatterns = [
    path("scorecard/", scorecard.ScorecardView.as_view(), name="scorecard"),
    path("scorecard/refresh/", scorecard.ScorecardRefreshView.as_view(), name="scorecard-refresh"),
    path("scorecard/begin/", scorecard.ScorecardTemplateView.as_view(), name="scorecard-begin"),
    path("scorecard/close/", scorecard.ScorecardCloseView.as_view(), name="scorecard-close"),
    path(
        "scorecard/months/<int:pk>/",
        scorecard.SnapshotDetailView.as_view(),
        name="snapshot-detail",
    ),
    path("scorecard/links/add/", scorecard.KpiLinkAddView.as_view(), name="kpi-link-add"),
    path(
        "scorecard/kpi-links/<int:pk>/remove/",
        scorecard.KpiLinkRemoveView.as_view(),
        name="kpi-link-remove",
    ),
    path("scorecard/kpis/new/", scorecard.KpiCreateView.as_view(), name="kpi-create"),
    path("scorecard/kpis/<int:pk>/", scorecard.KpiDetailView.as_view(), name="kpi-detail"),
    path("scorecard/kpis/<int:pk>/edit/", scorecard.KpiEditView.as_view(), name="kpi-edit"),
    path("scorecard/kpis/<int:pk>/month/", scorecard.KpiMonthView.as_view(), name="kpi-month"),
    path("scorecard/kpis/<int:pk>/delete/", scorecard.KpiDeleteView.as_view(), name="kpi-delete"),
    path("scorecard/kpis/<int:pk>/goal/", goals.KpiGoalView.as_view(), name="kpi-goal"),
    path("scorecard/goals/", goals.GoalTreeView.as_view(), name="goal-tree"),
    path("scorecard/goals/begin/", goals.GoalsBeginView.as_view(), name="goals-begin"),
    path("scorecard/goals/new/", goals.GoalCreateView.as_view(), name="goal-create"),
    path("scorecard/goals/<int:pk>/edit/", goals.GoalEditView.as_view(), name="goal-edit"),
    path("scorecard/goals/<int:pk>/move/", goals.GoalMoveView.as_view(), name="goal-move"),
    path("scorecard/goals/<int:pk>/delete/", goals.GoalDeleteView.as_view(), name="goal-delete"),
    path(
        "metric-catalogue/",
        metric_catalogue.MetricCatalogueView.as_view(),
        name="metric-catalogue",
    ),
    path(
        "metric-catalogue/connect/",
        metric_catalogue.MetricConnectView.as_view(),
        name="metric-connect",
    ),
    path("assessments/", assessments.AssessmentListView.as_view(), name="assessment-list"),
    path("frameworks/take/", assessments.FrameworkTakeView.as_view(), name="framework-take"),
    path("frameworks/new/", assessments.FrameworkCreateView.as_view(), name="framework-create"),
    path(
        "frameworks/<int:pk>/edit/", assessments.FrameworkEditView.as_view(), name="framework-edit"
    ),
    path("frameworks/import/", assessments.FrameworkImportView.as_view(), name="framework-import"),
    path(
        "frameworks/<int:pk>/export/",
        assessments.FrameworkExportView.as_view(),
        name="framework-export",
    ),
    path(
        "frameworks/<int:pk>/begin/",
        assessments.AssessmentBeginView.as_view(),
        name="assessment-begin",
    ),
    path(
        "assessments/<int:pk>/",
        assessments.AssessmentDetailView.as_view(),
        name="assessment-detail",
    ),
    path(
        "assessments/<int:pk>/answer/",
        assessments.AssessmentAnswerView.as_view(),
        name="assessment-answer",
    ),
    path(
        "assessments/<int:pk>/close/",
        assessments.AssessmentCloseView.as_view(),
        name="assessment-close",
    ),
    path("assessments/<int:pk>/action/", assessments.GapActionView.as_view(), name="gap-action"),
    path("roadmap/", technology.RoadmapView.as_view(), name="roadmap"),
    path(
        "responsibilities/",
        responsibilities.ResponsibilitiesView.as_view(),
        name="responsibilities",
    ),
    path("responsibilities/set/", responsibilities.OwnerSetView.as_view(), name="owner-set"),
    path("technologies/", technology.TechnologyListView.as_view(), name="technology-list"),
    path("technologies/new/", technology.TechnologyCreateView.as_view(), name="technology-create"),
    path(
        "technologies/<int:pk>/",
        technology.TechnologyDetailView.as_view(),
        name="technology-detail",
    ),
    path(
        "technologies/<int:pk>/edit/",
        technology.TechnologyEditView.as_view(),
        name="technology-edit",
    ),
    path(
        "technologies/<int:pk>/delete/",
        technology.TechnologyDeleteView.as_view(),
        name="technology-delete",
    ),
    path("processes/", technology.ProcessListView.as_view(), name="process-list"),
    path("processes/new/", technology.ProcessCreateView.as_view(), name="process-create"),
    path("processes/<int:pk>/edit/", technology.ProcessEditView.as_view(), name="process-edit"),
    path(
        "processes/<int:pk>/delete/", technology.ProcessDeleteView.as_view(), name="process-delete"
    ),
]
