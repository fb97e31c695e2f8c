"""Addresses of the API, version 1: one line per resource, nested ones below their parents."""

from typing import Any

from django.urls import URLPattern, URLResolver, include, path
from rest_framework.routers import SimpleRouter

from cxportal.api.docs import DocsView, SchemaView, unknown_address
from cxportal.core.api.customers import ConsentViewSet, CustomerViewSet, DuplicateViewSet
from cxportal.core.api.events import EventViewSet
from cxportal.core.api.programs import ProgramViewSet
from cxportal.core.api.retention import RetentionViewSet
from cxportal.core.api.segments import SegmentCustomerViewSet, SegmentViewSet
from cxportal.core.api.sharing import SavedViewViewSet, ScheduledReportViewSet, ShareLinkViewSet
from journeys.api.action_parts import ActionStepViewSet, ActionTemplateViewSet
from journeys.api.actions import ActionCommentViewSet, ActionViewSet
from journeys.api.automations import AutomationRunViewSet, AutomationViewSet
from journeys.api.boards import BoardViewSet
from journeys.api.case_replies import CannedReplyViewSet
from journeys.api.cases import (
    CaseContactViewSet,
    CaseNoteViewSet,
    CaseViewSet,
    RootCauseViewSet,
)
from journeys.api.evidence import (
    EvidenceFileViewSet,
    EvidenceViewSet,
    InsightEvidenceViewSet,
    OpportunityEvidenceViewSet,
)
from journeys.api.insights import InsightViewSet, KanoViewSet, OpportunityViewSet
from journeys.api.journeys import (
    JourneyVersionViewSet,
    JourneyViewSet,
    PersonaViewSet,
    StageViewSet,
)
from journeys.api.maps import CardViewSet, EmotionViewSet, LaneViewSet
from journeys.api.meetings import MeetingViewSet
from journeys.api.outer_loop import AccountViewSet, CaseOverviewViewSet, IdeaViewSet
from journeys.api.playbook import BehaviourViewSet
from journeys.api.review import DecisionViewSet, ReviewViewSet
from journeys.api.touchpoints import StepViewSet, TouchpointMetricViewSet, TouchpointViewSet
from journeys.api.voice import CommentViewSet, TopicViewSet
from loyalty.api.drivers import BenchmarkViewSet, CompetitorViewSet, DriverViewSet
from loyalty.api.equity import EquityViewSet
from loyalty.api.goals import GoalViewSet
from loyalty.api.loyalty_index import LoyaltyIndexViewSet
from loyalty.api.metric_catalogue import MetricCatalogueViewSet
from loyalty.api.points import MemberViewSet, SchemeViewSet
from loyalty.api.portfolio import PortfolioViewSet
from loyalty.api.propositions import PropositionViewSet
from loyalty.api.responsibilities import ResponsibilityViewSet
from loyalty.api.roadmap import RoadmapViewSet
from loyalty.api.scorecard import KpiLinkViewSet, KpiValueViewSet, KpiViewSet, SnapshotViewSet
from loyalty.api.steering import (
    AssessmentViewSet,
    FrameworkViewSet,
    ProcessViewSet,
    TechnologyViewSet,
)
from loyalty.api.transactions import TransactionViewSet
from loyalty.api.value import CustomerValueViewSet, ValueModelViewSet, ValueRulesViewSet
from surveys.api.campaign_messages import CampaignFailureViewSet
from surveys.api.campaigns import CampaignLeftOutViewSet, CampaignLinkViewSet, CampaignViewSet
from surveys.api.consent_notices import ConsentNoticesViewSet
from surveys.api.contact_policy import ContactPolicyViewSet
from surveys.api.exports import ExportViewSet
from surveys.api.library import InsertViewSet, LibraryViewSet
from surveys.api.metrics import DimensionViewSet, MetricSourceViewSet, MetricViewSet
from surveys.api.operational_metrics import (
    DashboardViewSet,
    MetricValueViewSet,
    OperationalMetricViewSet,
)
from surveys.api.questions import QuestionViewSet, SectionViewSet
from surveys.api.reports import ReportViewSet
from surveys.api.responses import ResponseViewSet
from surveys.api.senders import SenderViewSet
from surveys.api.surveys import SurveyViewSet

app_name = "api"


class DeclaredRouter(SimpleRouter):
    """Opens the actions a view declares a permission for, and no others."""

    def get_method_map(self, viewset: Any, method_map: Any) -> dict[str, str]:
        found = super().get_method_map(viewset, method_map)
        return {m: action for m, action in found.items() if action in viewset.permissions}


router = DeclaredRouter(use_regex_path=False)
for prefix, viewset in (
    ("customers", CustomerViewSet),
    ("duplicates", DuplicateViewSet),
    ("customers/<int:customer>/consents", ConsentViewSet),
    ("segments", SegmentViewSet),
    ("segments/<int:segment>/customers", SegmentCustomerViewSet),
    ("events", EventViewSet),
    ("share-links", ShareLinkViewSet),
    ("scheduled-reports", ScheduledReportViewSet),
    ("saved-views", SavedViewViewSet),
    ("surveys", SurveyViewSet),
    ("surveys/<int:survey>/sections", SectionViewSet),
    ("surveys/<int:survey>/questions", QuestionViewSet),
    ("surveys/<int:survey>/insert", InsertViewSet),
    ("library", LibraryViewSet),
    ("campaigns", CampaignViewSet),
    ("campaigns/<int:campaign>/links", CampaignLinkViewSet),
    ("campaigns/<int:campaign>/left-out", CampaignLeftOutViewSet),
    ("campaigns/<int:campaign>/failures", CampaignFailureViewSet),
    ("senders", SenderViewSet),
    ("responses", ResponseViewSet),
    ("comments", CommentViewSet),
    ("topics", TopicViewSet),
    ("exports", ExportViewSet),
    ("metrics", MetricViewSet),
    ("metrics/<int:metric>/sources", MetricSourceViewSet),
    ("counted-metrics", OperationalMetricViewSet),
    ("counted-metrics/<int:metric>/values", MetricValueViewSet),
    ("dashboards", DashboardViewSet),
    ("dimensions", DimensionViewSet),
    ("journeys", JourneyViewSet),
    ("journeys/<int:journey>/stages", StageViewSet),
    ("journeys/<int:journey>/versions", JourneyVersionViewSet),
    ("journeys/<int:journey>/lanes", LaneViewSet),
    ("journeys/<int:journey>/cards", CardViewSet),
    ("journeys/<int:journey>/emotions", EmotionViewSet),
    ("cards/<int:card>/evidence", EvidenceViewSet),
    ("insights/<int:insight>/evidence", InsightEvidenceViewSet),
    ("opportunities/<int:opportunity>/evidence", OpportunityEvidenceViewSet),
    ("map-files", EvidenceFileViewSet),
    ("review/decisions", DecisionViewSet),
    ("stages/<int:stage>/steps", StepViewSet),
    ("touchpoints", TouchpointViewSet),
    ("touchpoints/<int:touchpoint>/metrics", TouchpointMetricViewSet),
    ("personas", PersonaViewSet),
    ("behaviours", BehaviourViewSet),
    ("insights", InsightViewSet),
    ("opportunities", OpportunityViewSet),
    ("kano", KanoViewSet),
    ("boards", BoardViewSet),
    ("actions", ActionViewSet),
    ("actions/<int:action_id>/comments", ActionCommentViewSet),
    ("actions/<int:action_id>/checklist", ActionStepViewSet),
    ("action-templates", ActionTemplateViewSet),
    ("cases", CaseViewSet),
    ("cases/<int:case_id>/comments", CaseNoteViewSet),
    ("cases/<int:case_id>/contacts", CaseContactViewSet),
    ("case-overview", CaseOverviewViewSet),
    ("account-assignments", AccountViewSet),
    ("ideas", IdeaViewSet),
    ("meetings", MeetingViewSet),
    ("root-causes", RootCauseViewSet),
    ("canned-replies", CannedReplyViewSet),
    ("automations", AutomationViewSet),
    ("automations/<int:automation>/runs", AutomationRunViewSet),
    ("transactions", TransactionViewSet),
    ("propositions", PropositionViewSet),
    ("goals", GoalViewSet),
    ("kpis", KpiViewSet),
    ("kpis/<int:kpi>/values", KpiValueViewSet),
    ("kpi-links", KpiLinkViewSet),
    ("scorecard/months", SnapshotViewSet),
    ("frameworks", FrameworkViewSet),
    ("assessments", AssessmentViewSet),
    ("technologies", TechnologyViewSet),
    ("processes", ProcessViewSet),
    ("customer-values", CustomerValueViewSet),
    ("value-models", ValueModelViewSet),
    ("points/accounts", MemberViewSet),
    ("drivers", DriverViewSet),
    ("competitors", CompetitorViewSet),
    ("benchmarks", BenchmarkViewSet),
):
    router.register(prefix, viewset, basename=prefix.replace("/<int:", "-").replace(">/", "-"))

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/review/", ReviewViewSet.as_view({"get": "review"}), name="review"),
    path(
        "v1/review/comparisons/",
        ReviewViewSet.as_view({"get": "comparisons"}),
        name="review-comparisons",
    ),
    path("v1/review/pack/", ReviewViewSet.as_view({"get": "pack"}), name="review-pack"),
    path("v1/program/", ProgramViewSet.as_view({"get": "own"}), name="program"),
    path(
        "v1/retention/",
        RetentionViewSet.as_view({"get": "own", "patch": "change"}),
        name="retention",
    ),
    path("v1/portfolio/", PortfolioViewSet.as_view({"get": "own"}), name="portfolio"),
    path("v1/equity/", EquityViewSet.as_view({"get": "flows", "post": "keep"}), name="equity"),
    path("v1/loyalty-index/", LoyaltyIndexViewSet.as_view({"get": "index"}), name="loyalty-index"),
    path(
        "v1/metric-catalogue/",
        MetricCatalogueViewSet.as_view({"get": "catalogue", "post": "connect"}),
        name="metric-catalogue",
    ),
    path(
        "v1/responsibilities/",
        ResponsibilityViewSet.as_view({"get": "listed", "post": "assign"}),
        name="responsibilities",
    ),
    path("v1/roadmap/", RoadmapViewSet.as_view({"get": "steps"}), name="roadmap"),
    path("v1/nps-money/", EquityViewSet.as_view({"get": "money"}), name="nps-money"),
    path(
        "v1/points/scheme/",
        SchemeViewSet.as_view({"get": "own", "patch": "change"}),
        name="points-scheme",
    ),
    path("v1/points/proof/", SchemeViewSet.as_view({"post": "prove"}), name="points-proof"),
    path(
        "v1/value-rules/",
        ValueRulesViewSet.as_view({"get": "own", "patch": "change"}),
        name="value-rules",
    ),
    path(
        "v1/contact-policy/",
        ContactPolicyViewSet.as_view({"get": "own", "patch": "change"}),
        name="contact-policy",
    ),
    path(
        "v1/consent-notices/",
        ConsentNoticesViewSet.as_view({"get": "own", "patch": "change"}),
        name="consent-notices",
    ),
    path(
        "v1/surveys/<int:pk>/report/",
        ReportViewSet.as_view({"get": "survey"}),
        name="survey-report",
    ),
    path(
        "v1/surveys/<int:pk>/report/table/",
        ReportViewSet.as_view({"get": "table"}),
        name="survey-table",
    ),
    path("v1/program-report/", ReportViewSet.as_view({"get": "program"}), name="program-report"),
    path("v1/", include(router.urls)),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(), name="docs"),
    path("<path:rest>", unknown_address, name="unknown"),
]
