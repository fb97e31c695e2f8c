"""Addresses of cases."""

from django.urls import URLPattern, path

from journeys.views import accounts, case_overview, case_replies, case_rules, cases, coaching

urlpatterns: list[URLPattern] = [
    path("cases/", cases.CaseListView.as_view(), name="case-list"),
    path("cases/mine/", cases.MyCasesView.as_view(), name="my-cases"),
    path("cases/new/", cases.CaseCreateView.as_view(), name="case-new"),
    path("cases/overview/", case_overview.CaseOverviewView.as_view(), name="case-overview"),
    path("cases/patterns/", case_overview.CasePatternView.as_view(), name="case-pattern"),
    path("cases/topics/", case_overview.TopicActionView.as_view(), name="topic-action"),
    path("cases/accounts/", accounts.AccountsView.as_view(), name="accounts"),
    path("cases/accounts/assign/", accounts.AccountsAssignView.as_view(), name="accounts-assign"),
    path("cases/coaching/", coaching.CoachingView.as_view(), name="coaching"),
    path("cases/rules/", case_rules.CaseRulesView.as_view(), name="case-rules"),
    path("cases/causes/new/", case_rules.RootCauseCreateView.as_view(), name="cause-new"),
    path("cases/causes/<int:pk>/", case_rules.RootCauseEditView.as_view(), name="cause-edit"),
    path("cases/replies/new/", case_replies.CannedReplyCreateView.as_view(), name="reply-new"),
    path("cases/replies/<int:pk>/", case_replies.CannedReplyEditView.as_view(), name="reply-edit"),
    path("cases/<int:pk>/reply/", case_replies.CaseReplyView.as_view(), name="case-reply"),
    path("cases/<int:pk>/", cases.CaseDetailView.as_view(), name="case-detail"),
    path("cases/<int:pk>/edit/", cases.CaseEditView.as_view(), name="case-edit"),
    path("cases/<int:pk>/take/", cases.CaseTakeView.as_view(), name="case-take"),
    path("cases/<int:pk>/move/", cases.CaseMoveView.as_view(), name="case-move"),
    path("cases/<int:pk>/contact/", cases.CaseContactView.as_view(), name="case-contact"),
    path("cases/<int:pk>/close/", cases.CaseCloseView.as_view(), name="case-close"),
    path("cases/<int:pk>/reopen/", cases.CaseReopenView.as_view(), name="case-reopen"),
]
